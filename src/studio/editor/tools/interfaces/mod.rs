//! Tools that draw and move interfaces, and what they share: which interface is meant, and how it looks.
//!
//! Unless one is chosen in the options, a tool edits the interface nearest to the pointer where it was
//! pressed; that one is lit while the pointer moves over the scan.

mod livewire;
mod pen;
mod spline;
mod warp;

use eframe::egui::{Color32, ComboBox, Painter, Pos2, Shape, Stroke, Ui};

pub use livewire::LiveWireTool;
pub use pen::InterfacePen;
pub use spline::InterfaceSpline;
pub use warp::LayerWarpTool;

use super::{OverlayPainter, ToolContext, options};
use crate::anatomy::Interface;
use crate::mask::{Interfaces, LineSettings, Plane};
use crate::studio::editor::session::EditorSession;
use crate::studio::shell::action::{Action, TraceAction};
use crate::studio::texts::text;
use crate::studio::widgets::theme;

/// Width of an interface that is meant, and of the dark rim that sets it off, in points.
const LINE_WIDTH: f32 = 1.8;
const RIM_WIDTH: f32 = 4.0;

/// The interfaces of the page shown, derived once per change.
#[derive(Debug, Default)]
pub(super) struct PageLines {
    known_for: Option<(u64, u64)>,
    lines: Option<Interfaces>,
}

impl PageLines {
    /// Brings them up to date.
    pub(super) fn follow(&mut self, session: &EditorSession) {
        let now = (session.view_number(), session.editor.revision());
        if self.known_for != Some(now) {
            self.known_for = Some(now);
            self.lines = Some(Interfaces::from_layers(&session.page().mask.layers));
        }
    }

    /// All interfaces of the page.
    pub(super) fn of_page(&self) -> Option<&Interfaces> {
        self.lines.as_ref()
    }

    /// Rows of an interface over all columns.
    pub(super) fn rows(&self, interface: Interface) -> Option<&[f32]> {
        Some(&self.lines.as_ref()?.rows[interface.index()])
    }
}

/// What an interface tool writes on the history.
pub(super) fn line_settings(context: &ToolContext<'_>) -> LineSettings {
    LineSettings { ordered: context.settings.ordered, locked: context.locked() }
}

/// The interface meant at a point: the chosen one, or the nearest there.
fn meant(chosen: Option<Interface>, layers: &Plane, at: [f32; 2]) -> Option<Interface> {
    chosen.or_else(|| nearest(layers, at))
}

/// The interface of the pointer's column that is nearest to it. Of several at one row, the innermost when
/// the pointer is above them, the outermost when it is below: the one that would be pulled off the others.
fn nearest(layers: &Plane, at: [f32; 2]) -> Option<Interface> {
    let x = column(layers, at[0])?;
    let lines = Interfaces::in_columns(layers, x, x + 1);
    let rows = Interface::ALL.map(|interface| (interface, lines.rows[interface.index()][x as usize]));
    let distance = rows.iter().map(|(_, row)| (row - at[1]).abs()).fold(f32::INFINITY, f32::min);
    let mut equal = rows.iter().filter(|(_, row)| (row - at[1]).abs() <= distance);
    let found = if rows.iter().any(|(_, row)| (row - at[1]).abs() <= distance && at[1] < *row) {
        equal.next()
    } else {
        equal.next_back()
    };
    found.map(|(interface, _)| *interface)
}

/// The column of an image coordinate, `None` outside.
fn column(layers: &Plane, x: f32) -> Option<u32> {
    (x >= 0.0 && x < layers.width() as f32).then_some(x as u32)
}

/// Rows of a straight line between two points, one for the centre of every column it passes.
fn straight(layers: &Plane, from: [f32; 2], to: [f32; 2]) -> (u32, Vec<f32>) {
    let (left, right) = if from[0] <= to[0] { (from, to) } else { (to, from) };
    let last = layers.width().max(1) - 1;
    let x0 = (left[0].max(0.0) as u32).min(last);
    let x1 = (right[0].max(0.0) as u32).min(last);
    let row = |x: u32| {
        let run = right[0] - left[0];
        let share = if run > 0.0 { ((x as f32 + 0.5 - left[0]) / run).clamp(0.0, 1.0) } else { 1.0 };
        left[1] + (right[1] - left[1]) * share
    };
    (x0, (x0..=x1).map(row).collect())
}

/// Colour of an interface: that of the layer below it, as in the outline.
fn line_color(interface: Interface) -> Color32 {
    theme::swatch_color(if interface == Interface::Bm { 7 } else { interface.index() as u8 + 1 })
}

/// Draws a line over the columns from `x0` on, broken where it is unknown.
fn paint_line(painter: &Painter, overlay: &OverlayPainter<'_>, x0: u32, rows: &[f32], color: Color32) {
    let mut points: Vec<Pos2> = Vec::new();
    let draw = |points: &mut Vec<Pos2>| {
        if points.len() > 1 {
            painter.add(Shape::line(points.clone(), Stroke::new(RIM_WIDTH, theme::OVER_SCAN_SHADOW)));
            painter.add(Shape::line(std::mem::take(points), Stroke::new(LINE_WIDTH, color)));
        }
        points.clear();
    };
    for (i, &row) in rows.iter().enumerate() {
        if row.is_finite() {
            points.push(overlay.screen([x0 as f32 + i as f32 + 0.5, row]));
        } else {
            draw(&mut points);
        }
    }
    draw(&mut points);
}

/// Lights an interface that is meant.
pub(super) fn paint_meant(
    painter: &Painter,
    overlay: &OverlayPainter<'_>,
    lines: &PageLines,
    interface: Interface,
) {
    if let Some(rows) = lines.rows(interface) {
        paint_line(painter, overlay, 0, rows, line_color(interface));
    }
}

/// The choice of an interface, and the button that traces all of them.
fn show_shared_options(ui: &mut Ui, context: &mut ToolContext<'_>) {
    let chosen = context.settings.interface;
    let text =
        |interface: Option<Interface>| interface.map_or(text!("tool-interface-nearest"), Interface::name);
    options::named(ui, text!("tool-interface"), |ui| {
        ComboBox::from_id_salt("interface")
            .width(92.0)
            .selected_text(text(chosen))
            .show_ui(ui, |ui| {
                for choice in std::iter::once(None).chain(Interface::ALL.map(Some)) {
                    ui.selectable_value(&mut context.settings.interface, choice, text(choice));
                }
            })
            .response
    });
    options::keep_order(ui, context);
    show_trace_button(ui, context);
}

/// The button that traces all interfaces.
fn show_trace_button(ui: &mut Ui, context: &mut ToolContext<'_>) {
    let hint = text!("tool-trace-about");
    if ui.button(text!("tool-trace")).on_hover_text(hint).clicked() {
        context.actions.push(Action::Trace(TraceAction::TraceLayers));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_lines_that_coincide_the_one_on_the_pointers_side_is_meant() {
        // One column: vitreous, two rows of INL (NFL and GCL-IPL absent), below BM.
        let layers = Plane::from_pixels(1, 8, &[0, 0, 0, 3, 3, 3, 3, 8]);
        assert_eq!(nearest(&layers, [0.5, 2.5]), Some(Interface::Ilm));
        assert_eq!(nearest(&layers, [0.5, 3.4]), Some(Interface::IplInl));
        assert_eq!(nearest(&layers, [0.5, 7.6]), Some(Interface::Bm));
        assert_eq!(nearest(&layers, [4.0, 2.0]), None);
    }

    #[test]
    fn a_straight_line_has_a_row_for_every_column_it_passes() {
        let layers = Plane::filled(10, 10, 0);
        let (x0, rows) = straight(&layers, [6.5, 8.0], [2.5, 4.0]);
        assert_eq!((x0, rows), (2, vec![4.0, 5.0, 6.0, 7.0, 8.0]));
        assert_eq!(straight(&layers, [-5.0, 1.0], [50.0, 1.0]).1.len(), 10);
        assert_eq!(straight(&layers, [3.2, 1.0], [3.2, 6.0]), (3, vec![6.0]));
    }
}
