//! Cyst stamp: places a parametric cyst, and scatters many inside one layer.
//!
//! A click places one of the chosen size; a drag draws one out from its middle, to size and turned. The
//! shape is laid out in micrometres, so it is what it would be in the eye, whatever the pixels.

use std::borrow::Cow;
use std::sync::Arc;

use eframe::egui::{Align2, Button, ComboBox, Painter, RichText, Ui, vec2};

use super::drawing_out::DrawingOut;
use super::options::{Length, percent, whole_number};
use super::{About, CanvasTool, Group, OverlayPainter, PointerEvent, PointerKind, ToolContext, feedback};
use crate::anatomy::{IRF, LAYER_COUNT, LESION_BASE, is_lesion};
use crate::document::{Command, LabelTable};
use crate::mask::cyst::{CystShape, Scatter, Seat};
use crate::mask::{PaintSettings, PaintTarget, Region};
use crate::scan::Spacing;
use crate::studio::shell::settings::{PanelSettings, Tool};
use crate::studio::texts::text;
use crate::studio::widgets::controls::segments;
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

const ABOUT: About = About {
    tool: Tool::Cyst,
    icon: Icon::Cyst,
    name_key: "tool-cyst",
    does_key: "tool-cyst-does",
    group: Group::Lesions,
};

/// Shortest and longest cyst the bar offers.
const SIZES_UM: [f32; 2] = [10.0, 2000.0];

/// The cyst stamp.
#[derive(Debug)]
pub struct Cyst {
    length: Length,
    /// Width over length.
    flatness: f32,
    roughness: f32,
    seat: Seat,
    /// Of the next cyst's outline.
    seed: u64,
    /// Whether the bar shows the options of a scatter.
    scatters: bool,
    count: f32,
    shortest: Length,
    longest: Length,
    scatter_seed: f32,
    drawing: Option<DrawingOut>,
    /// Placed and asked for by the last scatter.
    scattered: Option<(usize, usize)>,
}

impl Default for Cyst {
    fn default() -> Self {
        Self {
            length: Length::new(150.0, 20.0),
            flatness: 0.6,
            roughness: 0.2,
            seat: Seat::Retina,
            seed: 1,
            scatters: false,
            count: 12.0,
            shortest: Length::new(60.0, 8.0),
            longest: Length::new(220.0, 26.0),
            scatter_seed: 1.0,
            drawing: None,
            scattered: None,
        }
    }
}

impl Cyst {
    fn shape(&self, spacing: Option<Spacing>) -> CystShape {
        let half = self.length.value(spacing) / 2.0;
        let plain = CystShape {
            radii: [half, half * self.flatness],
            angle: 0.0,
            roughness: self.roughness,
            seed: self.seed,
        };
        let Some(DrawingOut { centre, towards: Some(towards) }) = self.drawing else { return plain };
        let unit = self.length.unit_per_px(spacing);
        let (x, y) = ((towards[0] - centre[0]) * unit[0], (towards[1] - centre[1]) * unit[1]);
        let half = x.hypot(y);
        CystShape { radii: [half, half * self.flatness], angle: y.atan2(x), ..plain }
    }

    fn stamp(&mut self, centre: [f32; 2], context: &mut ToolContext<'_>) {
        let spacing = context.session.page().scan.spacing;
        let unit = self.length.unit_per_px(spacing);
        let region = self.shape(spacing).region(context.mask(), centre, unit, self.seat);
        paint(region, &text!("step-cyst", lesion = lesion_name(context.settings)), context);
    }

    /// Draws the cyst under way anew, within its step.
    fn restamp(&mut self, context: &mut ToolContext<'_>) {
        if let Some(drawing) = self.drawing {
            context.abort();
            context.begin(text!("step-cyst", lesion = lesion_name(context.settings)));
            self.stamp(drawing.centre, context);
        }
    }

    fn scatter(&mut self, context: &mut ToolContext<'_>) {
        let spacing = context.session.page().scan.spacing;
        let requested = self.count as usize;
        let lengths = [self.shortest.value(spacing), self.longest.value(spacing)];
        let scatter = Scatter {
            count: requested,
            lengths: [lengths[0].min(lengths[1]), lengths[0].max(lengths[1])],
            flattest: self.flatness,
            roughness: self.roughness,
            seat: self.seat,
            seed: self.scatter_seed as u64,
        };
        let regions = scatter.regions(context.mask(), self.length.unit_per_px(spacing));
        let placed = regions.len();
        let all =
            Region::from_runs(regions.iter().flat_map(|region| region.runs().iter().copied()).collect());
        paint(all, &text!("step-scatter", %placed, lesion = %lesion_name(context.settings)), context);
        self.scattered = Some((placed, requested));
        self.scatter_seed += 1.0;
    }

    fn show_seat(&mut self, ui: &mut Ui, labels: &LabelTable) {
        ui.name_inputs(text!("tool-cyst-inside"), |ui| {
            let combo = ComboBox::from_id_salt("cyst seat")
                .width(92.0)
                .selected_text(text!("tool-cyst-in", seat = %seat_name(self.seat, labels)));
            let response = combo.show_ui(ui, |ui| {
                let layers = (1..=LAYER_COUNT as u8).map(Seat::Layer);
                for seat in std::iter::once(Seat::Retina).chain(layers) {
                    ui.selectable_value(&mut self.seat, seat, seat_name(seat, labels));
                }
            });
            response.response.on_hover_text(text!("tool-cyst-inside-about"));
        });
    }

    fn show_one(&mut self, ui: &mut Ui, spacing: Option<Spacing>) {
        self.length.show(ui, text!("tool-cyst-length"), text!("tool-cyst-length-about"), SIZES_UM, spacing);
        self.length.show_unit(ui, spacing);
        percent(ui, text!("tool-cyst-width"), text!("tool-cyst-width-about"), &mut self.flatness, 0.2..=1.0);
        percent(ui, text!("tool-cyst-rough"), text!("tool-cyst-rough-about"), &mut self.roughness, 0.0..=0.5);
    }

    fn show_scatter(&mut self, ui: &mut Ui, spacing: Option<Spacing>, context: &mut ToolContext<'_>) {
        self.shortest.same_unit(self.length);
        self.longest.same_unit(self.length);
        whole_number(
            ui,
            text!("tool-cyst-count"),
            text!("tool-cyst-count-about"),
            &mut self.count,
            1.0..=200.0,
            "",
        );
        self.shortest.show(ui, text!("tool-cyst-from"), text!("tool-cyst-shortest"), SIZES_UM, spacing);
        self.longest.show(ui, text!("tool-cyst-to"), text!("tool-cyst-longest"), SIZES_UM, spacing);
        let hint = text!("tool-cyst-seed-about");
        whole_number(ui, text!("tool-cyst-seed"), hint, &mut self.scatter_seed, 0.0..=99_999.0, "");
        let scatter = Button::new(RichText::new(text!("tool-cyst-scatter")).color(theme::ON_ACCENT))
            .fill(theme::ACCENT);
        let seat = seat_name(self.seat, context.labels());
        let hint = text!("tool-cyst-scatter-about", %seat);
        if ui.add(scatter).on_hover_text(hint).clicked() {
            self.finish(context);
            self.scatter(context);
        }
    }
}

impl CanvasTool for Cyst {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn pointer(&mut self, event: PointerEvent, context: &mut ToolContext<'_>) {
        match event.kind {
            PointerKind::Press { .. } => {
                self.drawing = Some(DrawingOut::at(event.at));
                self.restamp(context);
            }
            PointerKind::Drag => {
                let reach = context.reach();
                if self.drawing.as_mut().is_some_and(|drawing| drawing.drag(event.at, reach)) {
                    self.restamp(context);
                }
            }
            PointerKind::Release => self.finish(context),
            PointerKind::Hover => {}
        }
    }

    fn is_busy(&self) -> bool {
        self.drawing.is_some()
    }

    fn finish(&mut self, context: &mut ToolContext<'_>) {
        if self.drawing.take().is_some() {
            context.commit();
            self.seed += 1;
        }
    }

    fn cancel(&mut self, context: &mut ToolContext<'_>) {
        if self.drawing.take().is_some() {
            context.abort();
        }
    }

    fn put_away(&mut self, context: &mut ToolContext<'_>) {
        self.finish(context);
        self.scattered = None;
    }

    fn paint_feedback(&self, painter: &Painter, overlay: &OverlayPainter<'_>) {
        let centre = self.drawing.map(|drawing| drawing.centre).or(overlay.pointer_in_image());
        let (Some(centre), Some(pointer)) = (centre, overlay.pointer) else { return };
        let page = overlay.session.page();
        let spacing = page.scan.spacing;
        let shape = self.shape(spacing);
        let outline = shape.outline(centre, self.length.unit_per_px(spacing));
        let points: Vec<_> = outline.into_iter().map(|point| overlay.screen(point)).collect();
        let seated = overlay
            .session
            .pixel_at(centre)
            .is_some_and(|(x, y)| self.seat.holds(page.mask.layers.get(x, y)));
        let color =
            if seated { theme::swatch_color(lesion_code(overlay.settings)) } else { theme::TEXT_WEAK };
        feedback::closed_line(painter, &points, color);
        let text = if self.drawing.is_some() {
            let [long, wide] = shape.radii.map(|radius| radius * 2.0);
            format!("{long:.0} × {wide:.0} {}", self.length.unit(spacing))
        } else if seated {
            return;
        } else {
            text!("tool-cyst-not-in", seat = %seat_name(self.seat, &overlay.session.editor.document().labels))
        };
        feedback::tag(painter, pointer + vec2(14.0, 20.0), Align2::LEFT_CENTER, &text);
    }

    fn hint(&self) -> Cow<'static, str> {
        match (self.drawing, self.scattered) {
            (Some(_), _) => text!("tool-cyst-drag").into(),
            (None, Some((placed, requested))) if placed < requested => {
                text!("tool-cyst-fitted", %placed, asked = %requested).into()
            }
            _ => text!("tool-cyst-hint").into(),
        }
    }

    fn show_options(&mut self, ui: &mut Ui, context: &mut ToolContext<'_>) {
        let spacing = context.session.page().scan.spacing;
        let choices = [
            (text!("tool-cyst-place"), text!("tool-cyst-place-spoken")),
            (text!("tool-cyst-scatter"), text!("tool-cyst-scatter-spoken")),
        ];
        if let Some(chosen) = segments(ui, 116.0, &choices, usize::from(self.scatters)) {
            self.scatters = chosen == 1;
        }
        self.show_seat(ui, context.labels());
        if self.scatters {
            self.show_scatter(ui, spacing, context);
        } else {
            self.show_one(ui, spacing);
        }
    }
}

fn paint(region: Region, name: &str, context: &mut ToolContext<'_>) {
    let target = PaintTarget::Lesion(lesion_code(context.settings) - LESION_BASE);
    let settings = PaintSettings { target, radius_px: 0.0, ordered: true, locked: context.locked() };
    let (page, region) = (context.session.page_index(), Arc::new(region));
    context.apply(Command::PaintRegion { page, region, settings, name: name.to_owned() });
}

/// The lesion in the hand; intraretinal fluid while a layer is.
fn lesion_code(settings: &PanelSettings) -> u8 {
    if is_lesion(settings.label) { settings.label } else { IRF }
}

fn lesion_name(settings: &PanelSettings) -> &str {
    settings.table.name(lesion_code(settings))
}

fn seat_name(seat: Seat, labels: &LabelTable) -> &str {
    match seat {
        Seat::Retina => text!("tool-cyst-retina"),
        Seat::Layer(layer) => labels.name(layer),
    }
}
