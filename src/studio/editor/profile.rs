//! The thickness profile under the scan: its columns stand under the columns of the canvas.

use eframe::egui::{
    Align2, Color32, ComboBox, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::canvas::view::ViewTransform;
use super::measure_panel::{extent_color, extent_name};
use crate::document::LabelTable;
use crate::mask::measure::{ColumnThickness, Extent};
use crate::scan::Spacing;
use crate::studio::texts::text;
use crate::studio::widgets::theme;

/// Height of the strip under each pane.
pub const HEIGHT: f32 = 104.0;
const TOP_ROOM: f32 = 10.0;
const BOTTOM_ROOM: f32 = 16.0;

/// Values with their unit.
#[derive(Clone, Copy)]
struct Scale {
    per_px: f64,
    unit: &'static str,
}

impl Scale {
    fn of(spacing: Option<Spacing>) -> Self {
        match spacing {
            Some(spacing) => Self { per_px: f64::from(spacing.axial_um_per_px), unit: "µm" },
            None => Self { per_px: 1.0, unit: "px" },
        }
    }

    fn text(self, px: f64) -> String {
        format!("{:.0} {}", px * self.per_px, self.unit)
    }
}

/// The curve of the page shown.
pub(super) struct Profile<'a> {
    pub columns: &'a ColumnThickness,
    /// Of the scan's pixels.
    pub spacing: Option<Spacing>,
    /// What it is the thickness of.
    pub extent: Extent,
    /// The panes that it stands under, and how the scan lies in them.
    pub panes: [Rect; 2],
    pub view: &'a ViewTransform,
}

impl Profile<'_> {
    /// Draws the curve under the left pane.
    pub fn paint(&self, ui: &Ui, strip: Rect) {
        let painter = ui.painter_at(strip);
        painter.rect_filled(strip, 0.0, theme::CHROME.gamma_multiply(0.6));
        let (columns, extent) = (self.columns, self.extent);
        let scale = Scale::of(self.spacing);
        let known = (0..columns.width()).filter_map(|x| columns.at(extent, x));
        let Some(most) = known.max() else {
            let text = text!("profile-none");
            painter.text(strip.center(), Align2::CENTER_CENTER, text, theme::small(), theme::TEXT_WEAK);
            return;
        };
        let top = round_up(f64::from(most.max(1)) * scale.per_px) / scale.per_px;
        let plot = Rect::from_min_max(strip.min + vec2(0.0, TOP_ROOM), strip.max - vec2(0.0, BOTTOM_ROOM));
        let y_of = |px: f64| plot.bottom() - (px / top) as f32 * plot.height();
        for share in [0.0, 0.5, 1.0] {
            painter.hline(strip.x_range(), y_of(top * share), Stroke::new(1.0, theme::LINE));
        }
        let color = extent_color(extent);
        for run in self.known_runs(strip) {
            let line: Vec<Pos2> = run.iter().map(|&(x, px)| pos2(x, y_of(px))).collect();
            fill_below(&painter, &line, plot.bottom(), color.gamma_multiply(0.18));
            painter.add(Shape::line(line, Stroke::new(1.5, color)));
        }
        for (share, anchor) in [(0.5, Align2::LEFT_CENTER), (1.0, Align2::LEFT_CENTER)] {
            let at = pos2(strip.left() + 10.0, y_of(top * share));
            let galley = painter.layout_no_wrap(scale.text(top * share), theme::small(), theme::TEXT_WEAK);
            let plate = anchor.anchor_size(at, galley.size()).expand2(vec2(3.0, 0.0));
            painter.rect_filled(plate, 2.0, theme::CHROME);
            painter.galley(plate.min + vec2(3.0, 0.0), galley, theme::TEXT_WEAK);
        }
        self.paint_reading(ui, &painter, strip, scale, &y_of);
    }

    /// Segments of annotated columns as (x on the screen, thickness), one sample a screen point at most.
    fn known_runs(&self, strip: Rect) -> Vec<Vec<(f32, f64)>> {
        let (columns, pane) = (self.columns, self.panes[0]);
        let step = (1.0 / self.view.scale().x).floor().max(1.0) as usize;
        let [from, to] = [strip.left(), strip.right()].map(|x| {
            let column = self.view.image_from_screen(pane, pos2(x, pane.center().y))[0];
            column.clamp(0.0, columns.width() as f32) as u32
        });
        let mut runs: Vec<Vec<(f32, f64)>> = vec![Vec::new()];
        for x in (from..(to + 1).min(columns.width())).step_by(step) {
            match columns.at(self.extent, x) {
                Some(px) => {
                    let at = self.view.screen_from_image(pane, [x as f32 + 0.5, 0.0]).x;
                    runs.last_mut().expect("begins with one").push((at, f64::from(px)));
                }
                None if runs.last().is_some_and(|run| !run.is_empty()) => runs.push(Vec::new()),
                None => {}
            }
        }
        runs.retain(|run| run.len() > 1);
        runs
    }

    /// The value in the column under the pointer, wherever on the panes or the strip it is.
    fn paint_reading(
        &self,
        ui: &Ui,
        painter: &eframe::egui::Painter,
        strip: Rect,
        scale: Scale,
        y_of: &dyn Fn(f64) -> f32,
    ) {
        let Some(pointer) = ui.input(|input| input.pointer.hover_pos()) else { return };
        let Some(place) = [self.panes[0], strip, self.panes[1]].into_iter().find(|r| r.contains(pointer))
        else {
            return;
        };
        let pane = if place == self.panes[1] { place } else { self.panes[0] };
        let column = self.view.image_from_screen(pane, pointer)[0];
        if !(0.0..self.columns.width() as f32).contains(&column) {
            return;
        }
        let Some(px) = self.columns.at(self.extent, column as u32) else { return };
        let x = self.view.screen_from_image(self.panes[0], [column.floor() + 0.5, 0.0]).x;
        let at = pos2(x, y_of(f64::from(px)));
        painter.vline(x, strip.y_range(), Stroke::new(1.0, theme::TEXT_WEAK.gamma_multiply(0.6)));
        painter.circle(at, 3.0, theme::CANVAS, Stroke::new(1.5, theme::TEXT_STRONG));
        let text = text!("profile-column", column = %column as u32, value = %scale.text(f64::from(px)));
        let galley = painter.layout_no_wrap(text, theme::small(), theme::TEXT_STRONG);
        let room = galley.size().x + 12.0;
        let left = (x + 8.0).min(strip.right() - room - 4.0).max(strip.left() + 4.0);
        let plate = Rect::from_min_size(pos2(left, strip.bottom() - 18.0), vec2(room, 16.0));
        painter.rect_filled(plate, 3.0, theme::OVER_SCAN_PLATE);
        painter.galley(plate.min + vec2(6.0, 1.0), galley, theme::TEXT_STRONG);
    }
}

/// Draws what the curve is of, to be chosen, and its figures, under the right pane.
pub(super) fn show_facts(
    ui: &mut Ui,
    strip: Rect,
    columns: &ColumnThickness,
    spacing: Option<Spacing>,
    extent: &mut Extent,
    table: &LabelTable,
) {
    ui.painter().rect_filled(strip, 0.0, theme::CHROME.gamma_multiply(0.6));
    let inner = strip.shrink2(vec2(14.0, 10.0));
    let mut child = ui.new_child(UiBuilder::new().max_rect(inner));
    child.set_clip_rect(strip);
    child.horizontal(|ui| {
        ui.label(theme::heading(text!("profile-thickness-of")));
        let chosen = *extent;
        let name = |extent: Extent| extent_name(extent, table);
        ui.spacing_mut().combo_width = 110.0;
        let list = ComboBox::from_id_salt("profile extent").selected_text(name(chosen)).show_ui(ui, |ui| {
            for choice in Extent::all() {
                ui.selectable_value(extent, choice, name(choice));
            }
        });
        list.response.widget_info(|| {
            WidgetInfo::labeled(Role::ComboBox, true, text!("profile-spoken", extent = %name(chosen)))
        });
    });
    child.add_space(4.0);
    let scale = Scale::of(spacing);
    let known: Vec<u32> = (0..columns.width()).filter_map(|x| columns.at(*extent, x)).collect();
    let (Some(&least), Some(&most)) = (known.iter().min(), known.iter().max()) else { return };
    let mean = known.iter().map(|&px| f64::from(px)).sum::<f64>() / known.len() as f64;
    child.horizontal(|ui| {
        for (name, px) in [
            (text!("profile-mean"), mean),
            (text!("profile-thinnest"), f64::from(least)),
            (text!("profile-thickest"), f64::from(most)),
        ] {
            figure(ui, name, &scale.text(px));
        }
    });
}

/// A number with its name beneath it.
fn figure(ui: &mut Ui, name: &str, value: &str) {
    let (rect, response) = ui.allocate_exact_size(vec2(84.0, 38.0), Sense::hover());
    let painter = ui.painter();
    painter.text(rect.left_top(), Align2::LEFT_TOP, value, theme::semibold(15.0), theme::TEXT_STRONG);
    painter.text(rect.left_bottom(), Align2::LEFT_BOTTOM, name, theme::small(), theme::TEXT_WEAK);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name} {value}")));
}

/// Fills between a curve and a base line, column by column: the outline need not be convex.
fn fill_below(painter: &eframe::egui::Painter, line: &[Pos2], base: f32, color: Color32) {
    let mut mesh = eframe::egui::Mesh::default();
    for point in line {
        mesh.colored_vertex(*point, color);
        mesh.colored_vertex(pos2(point.x, base), color);
    }
    for index in 0..line.len().saturating_sub(1) as u32 {
        let corner = index * 2;
        mesh.add_triangle(corner, corner + 1, corner + 2);
        mesh.add_triangle(corner + 1, corner + 2, corner + 3);
    }
    painter.add(Shape::mesh(mesh));
}

/// The next of 1, 2, 4, 5, 8 times a power of ten: what an axis ends at.
fn round_up(value: f64) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 4.0, 5.0, 8.0, 10.0];
    steps.into_iter().map(|step| step * power).find(|end| *end >= value).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number_above() {
        for (value, end) in [(1.0, 1.0), (3.0, 4.0), (312.0, 400.0), (81.0, 100.0), (20.0, 20.0)] {
            assert_eq!(round_up(value), end);
        }
    }
}
