//! Interface pen: an interface redrawn by hand; its neighbours keep out of the way.

use std::borrow::Cow;

use eframe::egui::{Painter, PointerButton, Ui};

use super::{PageLines, line_settings, meant, paint_meant, show_shared_options, straight};
use crate::anatomy::Interface;
use crate::document::Command;
use crate::mask::Interfaces;
use crate::studio::editor::canvas;
use crate::studio::editor::tools::{
    About, CanvasTool, Group, OverlayPainter, PointerEvent, PointerKind, ToolContext,
};
use crate::studio::shell::settings::Tool;
use crate::studio::texts::text;
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

const ABOUT: About = About {
    tool: Tool::InterfacePen,
    icon: Icon::InterfacePen,
    name_key: "tool-pen",
    does_key: "tool-pen-does",
    group: Group::Interfaces,
};

/// Columns beside a stroke over which the line runs back to where it was: a hand never meets it exactly.
const RUN_OUT: usize = 6;
/// A stroke that ends farther (px) from the line is meant to.
const SLIP_PX: f32 = 8.0;
/// Shorter strokes (columns) mend single columns and leave their neighbours alone.
const SHORTEST_RUN_OUT: usize = 12;

/// A line being drawn.
#[derive(Clone, Debug, PartialEq)]
struct Stroke {
    interface: Interface,
    /// The last sample in image coordinates.
    last: [f32; 2],
    /// Rows of the interface before the stroke, and as drawn; not finite where nothing was drawn.
    before: Vec<f32>,
    drawn: Vec<f32>,
}

impl Stroke {
    /// Rows that lead from both ends of the stroke back to the line as it was, from the first column on.
    fn run_outs(&self) -> Vec<(u32, Vec<f32>)> {
        let drawn = |x: &usize| self.drawn[*x].is_finite();
        let columns = 0..self.drawn.len();
        let (Some(first), Some(last)) = (columns.clone().find(drawn), columns.clone().rev().find(drawn))
        else {
            return Vec::new();
        };
        if last - first < SHORTEST_RUN_OUT {
            return Vec::new();
        }
        let ends = [(first, first.saturating_sub(RUN_OUT)..first), (last, last + 1..last + 1 + RUN_OUT)];
        let run_out = |(end, beside): (usize, std::ops::Range<usize>)| {
            let slip = self.drawn[end] - self.before[end];
            let beside = beside.start..beside.end.min(self.drawn.len());
            let is_slip = (1.0..=SLIP_PX).contains(&slip.abs()) && !beside.is_empty();
            let row =
                |x: usize| self.before[x] + slip * (1.0 - x.abs_diff(end) as f32 / (RUN_OUT + 1) as f32);
            is_slip.then(|| (beside.start as u32, beside.map(row).collect()))
        };
        ends.into_iter().filter_map(run_out).collect()
    }
}

/// The interface pen.
#[derive(Debug, Default)]
pub struct InterfacePen {
    stroke: Option<Stroke>,
    hovered: Option<Interface>,
    lines: PageLines,
}

impl InterfacePen {
    fn draw(&mut self, mut stroke: Stroke, to: [f32; 2], context: &mut ToolContext<'_>) {
        let (x0, rows) = straight(&context.mask().layers, stroke.last, to);
        for (drawn, row) in stroke.drawn[x0 as usize..].iter_mut().zip(&rows) {
            *drawn = *row;
        }
        put(stroke.interface, x0, rows, context);
        self.stroke = Some(Stroke { last: to, ..stroke });
    }
}

fn put(interface: Interface, x0: u32, rows: Vec<f32>, context: &mut ToolContext<'_>) {
    let (page, settings) = (context.session.page_index(), line_settings(context));
    context.apply(Command::MoveInterface { page, interface, x0, rows: rows.into(), settings });
}

impl CanvasTool for InterfacePen {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn pointer(&mut self, event: PointerEvent, context: &mut ToolContext<'_>) {
        match event.kind {
            PointerKind::Hover => {
                self.hovered = meant(context.settings.interface, &context.mask().layers, event.at);
            }
            PointerKind::Press { .. } if event.button == PointerButton::Primary => {
                let Some(interface) = meant(context.settings.interface, &context.mask().layers, event.at)
                else {
                    return;
                };
                self.hovered = Some(interface);
                context.begin(text!("step-pen", interface = %interface.name()));
                let lines = Interfaces::from_layers(&context.mask().layers);
                let before = lines.rows[interface.index()].clone();
                let drawn = vec![f32::NAN; before.len()];
                self.draw(Stroke { interface, last: event.at, before, drawn }, event.at, context);
            }
            PointerKind::Drag => {
                if let Some(stroke) = self.stroke.take() {
                    self.draw(stroke, event.at, context);
                }
            }
            PointerKind::Release => self.finish(context),
            PointerKind::Press { .. } => {}
        }
    }

    fn is_busy(&self) -> bool {
        self.stroke.is_some()
    }

    fn finish(&mut self, context: &mut ToolContext<'_>) {
        if let Some(stroke) = self.stroke.take() {
            for (x0, rows) in stroke.run_outs() {
                put(stroke.interface, x0, rows, context);
            }
            context.commit();
        }
    }

    fn cancel(&mut self, context: &mut ToolContext<'_>) {
        if self.stroke.take().is_some() {
            context.abort();
        }
    }

    fn put_away(&mut self, context: &mut ToolContext<'_>) {
        self.finish(context);
        self.hovered = None;
    }

    fn frame(&mut self, context: &mut ToolContext<'_>) {
        if self.stroke.is_none() {
            self.lines.follow(context.session);
        }
    }

    fn paint_feedback(&self, painter: &Painter, overlay: &OverlayPainter<'_>) {
        let Some(pointer) = overlay.pointer else { return };
        if let (Some(interface), None) = (self.hovered, &self.stroke) {
            paint_meant(painter, overlay, &self.lines, interface);
        }
        canvas::paint_crosshair(painter, pointer, theme::OVER_SCAN);
    }

    fn hint(&self) -> Cow<'static, str> {
        match self.hovered {
            Some(interface) => text!("tool-pen-chosen-hint", interface = %interface.name()).into(),
            None => text!("tool-pen-hint").into(),
        }
    }

    fn show_options(&mut self, ui: &mut Ui, context: &mut ToolContext<'_>) {
        show_shared_options(ui, context);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stroke(columns: std::ops::Range<usize>, row: f32) -> Stroke {
        let mut drawn = vec![f32::NAN; 50];
        drawn[columns].fill(row);
        Stroke { interface: Interface::Ilm, last: [0.0, row], before: vec![10.0; 50], drawn }
    }

    #[test]
    fn a_stroke_that_just_missed_the_line_runs_out_into_it() {
        let outs = stroke(20..40, 14.0).run_outs();
        let (left, right) = (&outs[0], &outs[1]);
        assert_eq!((left.0, left.1.len(), right.0, right.1.len()), (14, 6, 40, 6));
        assert!(left.1.windows(2).all(|pair| pair[0] < pair[1]), "down towards the stroke: {left:?}");
        assert!(right.1.windows(2).all(|pair| pair[0] > pair[1]), "up again after it: {right:?}");
        assert!(left.1.iter().chain(&right.1).all(|row| (10.0..14.0).contains(row)));
        // At the edge of the scan there is less room, or none.
        assert_eq!(stroke(3..50, 12.0).run_outs().len(), 1);
    }

    #[test]
    fn what_was_meant_to_end_there_does() {
        assert!(stroke(20..40, 10.5).run_outs().is_empty(), "it met the line");
        assert!(stroke(20..40, 30.0).run_outs().is_empty(), "far from the line on purpose");
        assert!(stroke(20..26, 13.0).run_outs().is_empty(), "a few columns mended");
        assert!(stroke(0..0, 13.0).run_outs().is_empty());
    }
}
