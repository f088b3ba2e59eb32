//! Interface spline: knots on an interface that bend it when they are dragged.
//!
//! A dragged knot adds the difference of the two splines to the line, so that between the knots the line
//! keeps the detail it was drawn with; deleting a knot lays the spline of the others in its place.

use std::borrow::Cow;

use eframe::egui::{CursorIcon, Key, Modifiers, Painter, PointerButton, Ui};

use super::{PageLines, line_color, line_settings, meant, paint_line, show_shared_options};
use crate::anatomy::Interface;
use crate::document::Command;
use crate::mask::pchip::Pchip;
use crate::studio::editor::canvas;
use crate::studio::editor::tools::{
    About, CanvasTool, Group, OverlayPainter, PointerEvent, PointerKind, ToolContext, feedback,
};
use crate::studio::shell::settings::Tool;
use crate::studio::texts::text;
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

const ABOUT: About = About {
    tool: Tool::InterfaceSpline,
    icon: Icon::InterfaceSpline,
    name_key: "tool-spline",
    does_key: "tool-spline-does",
    group: Group::Interfaces,
};

/// Knots a line begins with.
const KNOTS: usize = 11;
/// A dragged knot bends the line this many knots to each side.
const BENDS: usize = 2;

/// Columns, rows of the knots of one interface.
#[derive(Clone, Debug)]
struct Knots {
    interface: Interface,
    /// Column and row, columns rising.
    at: Vec<[f32; 2]>,
    /// The knot Delete takes.
    chosen: Option<usize>,
    view_number: u64,
    /// Revision of the document the rows were read at.
    revision: u64,
}

/// A knot being dragged.
#[derive(Clone, Debug)]
struct Grip {
    index: usize,
    before: Vec<[f32; 2]>,
    /// The line before the drag.
    rows: Vec<f32>,
}

/// The interface spline.
#[derive(Debug, Default)]
pub struct InterfaceSpline {
    knots: Option<Knots>,
    grip: Option<Grip>,
    hovered: Option<Interface>,
    lines: PageLines,
}

impl Knots {
    /// Evenly spaced knots on an interface. `None` where it is unknown.
    fn on(interface: Interface, lines: &PageLines, view_number: u64, revision: u64) -> Option<Self> {
        let rows = lines.rows(interface)?;
        let known: Vec<usize> = (0..rows.len()).filter(|&x| rows[x].is_finite()).collect();
        let (first, last) = (*known.first()?, *known.last()?);
        let places = (0..KNOTS).map(|i| first + (last - first) * i / (KNOTS - 1));
        let mut at: Vec<[f32; 2]> = places.filter_map(|x| on_line(rows, x as f32 + 0.5)).collect();
        at.dedup_by(|a, b| a[0] <= b[0]);
        Some(Self { interface, at, chosen: None, view_number, revision })
    }

    /// The knot at a point, within `reach` pixels.
    fn knot_at(&self, point: [f32; 2], reach: [f32; 2]) -> Option<usize> {
        let distance =
            |knot: &[f32; 2]| ((knot[0] - point[0]) / reach[0]).hypot((knot[1] - point[1]) / reach[1]);
        let nearest = self.at.iter().map(distance).enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
        nearest.filter(|(_, distance)| *distance <= 1.2).map(|(index, _)| index)
    }

    /// Rows of the knots where the line lies now: after an undo, say.
    fn follow(&mut self, lines: &PageLines, revision: u64) {
        if self.revision == revision {
            return;
        }
        self.revision = revision;
        let Some(rows) = lines.rows(self.interface) else { return };
        for knot in &mut self.at {
            if let Some([_, row]) = on_line(rows, knot[0]) {
                knot[1] = row;
            }
        }
    }
}

/// The point of a line at a column, `None` where the line is unknown.
fn on_line(rows: &[f32], x: f32) -> Option<[f32; 2]> {
    let row = *rows.get(x.max(0.0) as usize)?;
    row.is_finite().then_some([x, row])
}

/// The columns between two knots' columns, those of the knots included.
fn columns_between(knots: &[[f32; 2]], from: usize, to: usize, width: usize) -> std::ops::Range<usize> {
    let end = (knots[to][0].max(0.0) as usize + 1).min(width);
    (knots[from][0].max(0.0) as usize).min(end)..end
}

impl InterfaceSpline {
    fn grab(&mut self, index: usize) {
        let Some(knots) = &mut self.knots else { return };
        knots.chosen = Some(index);
        if let Some(rows) = self.lines.rows(knots.interface) {
            self.grip = Some(Grip { index, before: knots.at.clone(), rows: rows.to_vec() });
        }
    }

    fn drag(&mut self, to: [f32; 2], context: &mut ToolContext<'_>) {
        let (Some(knots), Some(grip)) = (&mut self.knots, &self.grip) else { return };
        let i = grip.index;
        let width = grip.rows.len() as f32;
        let left = if i > 0 { grip.before[i - 1][0] + 1.0 } else { 0.5 };
        let right = grip.before.get(i + 1).map_or(width - 0.5, |next| next[0] - 1.0);
        let x = if left <= right { to[0].clamp(left, right) } else { grip.before[i][0] };
        let mut moved = grip.before.clone();
        moved[i] = [x, to[1].clamp(0.0, context.mask().height() as f32)];
        let (from, last) = (i.saturating_sub(BENDS), (i + BENDS).min(moved.len() - 1));
        let columns = columns_between(&grip.before, from, last, grip.rows.len());
        let (Some(old), Some(new)) = (Pchip::through(&grip.before), Pchip::through(&moved)) else { return };
        let bent: Vec<f32> = columns
            .clone()
            .map(|x| {
                let centre = x as f32 + 0.5;
                grip.rows[x] + new.at(centre) - old.at(centre)
            })
            .collect();
        let interface = knots.interface;
        knots.at = moved;
        // From what was there before: a drag there and back leaves nothing behind.
        context.abort();
        context.begin(text!("step-spline", interface = %interface.name()));
        let (page, settings) = (context.session.page_index(), line_settings(context));
        let x0 = columns.start as u32;
        context.apply(Command::MoveInterface { page, interface, x0, rows: bent.into(), settings });
        knots.revision = context.session.editor.revision();
    }

    /// Adds a knot where the line passes the column, and takes hold of it.
    fn add_knot(&mut self, x: f32) {
        let Some(knots) = &mut self.knots else { return };
        let Some(point) = self.lines.rows(knots.interface).and_then(|rows| on_line(rows, x)) else { return };
        let index = knots.at.partition_point(|knot| knot[0] < x);
        let is_free = |neighbour: Option<&[f32; 2]>| neighbour.is_none_or(|n| (n[0] - x).abs() >= 1.0);
        if is_free(knots.at.get(index)) && is_free(index.checked_sub(1).and_then(|i| knots.at.get(i))) {
            knots.at.insert(index, point);
            self.grab(index);
        }
    }

    /// Takes a knot away and lays the spline of the others where it was.
    fn delete_knot(&mut self, index: usize, context: &mut ToolContext<'_>) {
        let Some(knots) = &mut self.knots else { return };
        if knots.at.len() < 3 || index >= knots.at.len() {
            return;
        }
        let before = knots.at.clone();
        knots.at.remove(index);
        knots.chosen = None;
        let (Some(curve), Some(rows)) = (Pchip::through(&knots.at), self.lines.rows(knots.interface)) else {
            return;
        };
        if index == 0 || index + 1 == before.len() {
            return;
        }
        let columns = columns_between(&before, index - 1, index + 1, rows.len());
        let x0 = columns.start as u32;
        let placed: Vec<f32> =
            columns.map(|x| if rows[x].is_finite() { curve.at(x as f32 + 0.5) } else { f32::NAN }).collect();
        let interface = knots.interface;
        let (page, settings) = (context.session.page_index(), line_settings(context));
        context.begin(text!("step-spline", interface = %interface.name()));
        context.apply(Command::MoveInterface { page, interface, x0, rows: placed.into(), settings });
        context.commit();
    }
}

impl CanvasTool for InterfaceSpline {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn pointer(&mut self, event: PointerEvent, context: &mut ToolContext<'_>) {
        match event.kind {
            PointerKind::Hover => {
                self.hovered = meant(context.settings.interface, &context.mask().layers, event.at);
            }
            PointerKind::Press { clicks } if event.button == PointerButton::Primary => {
                let reach = context.reach();
                let grabbed = self.knots.as_ref().and_then(|knots| knots.knot_at(event.at, reach));
                if let Some(index) = grabbed {
                    self.grab(index);
                    return;
                }
                let interface = meant(context.settings.interface, &context.mask().layers, event.at);
                let is_other = self.knots.as_ref().map(|knots| knots.interface) != interface;
                if let (true, Some(interface)) = (is_other, interface) {
                    let session = &context.session;
                    self.knots =
                        Knots::on(interface, &self.lines, session.view_number(), session.editor.revision());
                } else if clicks == 2 {
                    self.add_knot(event.at[0]);
                } else if let Some(knots) = &mut self.knots {
                    knots.chosen = None;
                }
            }
            PointerKind::Drag => self.drag(event.at, context),
            PointerKind::Release => self.finish(context),
            PointerKind::Press { .. } => {}
        }
    }

    fn key(&mut self, key: Key, _modifiers: Modifiers, context: &mut ToolContext<'_>) -> bool {
        let chosen = self.knots.as_ref().and_then(|knots| knots.chosen);
        match (key, chosen) {
            (Key::Delete | Key::Backspace, Some(index)) if self.grip.is_none() => {
                self.delete_knot(index, context);
                true
            }
            _ => false,
        }
    }

    fn is_busy(&self) -> bool {
        self.grip.is_some()
    }

    fn finish(&mut self, context: &mut ToolContext<'_>) {
        if self.grip.take().is_some() {
            context.commit();
        }
    }

    fn cancel(&mut self, context: &mut ToolContext<'_>) {
        if let (Some(grip), Some(knots)) = (self.grip.take(), &mut self.knots) {
            context.abort();
            knots.at = grip.before;
            knots.revision = context.session.editor.revision();
        }
    }

    fn put_away(&mut self, context: &mut ToolContext<'_>) {
        self.finish(context);
        self.hovered = None;
        if self.knots.as_ref().is_some_and(|knots| knots.view_number != context.session.view_number()) {
            self.knots = None;
        }
    }

    fn frame(&mut self, context: &mut ToolContext<'_>) {
        self.lines.follow(context.session);
        if self.grip.is_none()
            && let Some(knots) = &mut self.knots
        {
            knots.follow(&self.lines, context.session.editor.revision());
        }
    }

    fn paint_feedback(&self, painter: &Painter, overlay: &OverlayPainter<'_>) {
        let held = self.knots.as_ref().map(|knots| knots.interface);
        if let (Some(interface), Some(_)) =
            (self.hovered.filter(|&hovered| Some(hovered) != held), overlay.pointer)
            && let Some(rows) = self.lines.rows(interface)
        {
            paint_line(painter, overlay, 0, rows, line_color(interface).gamma_multiply(0.6));
        }
        if let Some(knots) = &self.knots {
            let color = line_color(knots.interface);
            if let Some(rows) = self.lines.rows(knots.interface) {
                paint_line(painter, overlay, 0, rows, color);
            }
            for (index, &knot) in knots.at.iter().enumerate() {
                let color = if knots.chosen == Some(index) { theme::ACCENT } else { color };
                feedback::knob(painter, overlay.screen(knot), color);
            }
        }
        if let Some(pointer) = overlay.pointer {
            canvas::paint_crosshair(painter, pointer, theme::OVER_SCAN);
        }
    }

    fn cursor(&self, _overlay: &OverlayPainter<'_>) -> CursorIcon {
        if self.grip.is_some() { CursorIcon::Grabbing } else { CursorIcon::Crosshair }
    }

    fn hint(&self) -> Cow<'static, str> {
        match (&self.knots, self.hovered) {
            (Some(knots), _) if knots.chosen.is_some() => text!("tool-spline-knot-hint").into(),
            (Some(knots), _) => text!("tool-spline-knots-hint", interface = %knots.interface.name()).into(),
            (None, Some(interface)) => text!("tool-spline-chosen-hint", interface = %interface.name()).into(),
            (None, None) => text!("tool-spline-hint").into(),
        }
    }

    fn show_options(&mut self, ui: &mut Ui, context: &mut ToolContext<'_>) {
        show_shared_options(ui, context);
    }
}
