//! Controls several tools share in the bar of options.

use eframe::egui::{Align2, DragValue, Role, Sense, Ui, WidgetInfo, vec2};

use super::Workbench;
use crate::studio::controls::switch;
use crate::studio::settings::RADIUS_RANGE_PX;
use crate::studio::theme;

/// A quiet word before a control, whose name it is, and the control.
pub fn named<R>(ui: &mut Ui, name: &str, control: impl FnOnce(&mut Ui) -> R) -> R {
    ui.label(theme::caption(name));
    ui.name_inputs(name, control)
}

/// A number that is dragged or typed, with its unit.
pub fn number(
    ui: &mut Ui,
    name: &str,
    hint: &str,
    value: &mut f32,
    range: std::ops::RangeInclusive<f32>,
    unit: &str,
) {
    let speed = (range.end() - range.start()) / 300.0;
    let drag = DragValue::new(value).range(range).speed(speed).max_decimals(1).suffix(unit.to_owned());
    named(ui, name, |ui| ui.add(drag).on_hover_text(hint));
}

/// The size of the round brush.
pub fn brush_size(ui: &mut Ui, bench: &mut Workbench<'_>) {
    let mut diameter = bench.settings.radius_px * 2.0;
    let range = RADIUS_RANGE_PX.start() * 2.0..=RADIUS_RANGE_PX.end() * 2.0;
    let in_um = bench.session.page().scan.spacing.map_or_else(
        || "[  ]   Shift + wheel".to_owned(),
        |spacing| {
            let (wide, high) = (diameter * spacing.lateral_um_per_px, diameter * spacing.axial_um_per_px);
            format!("{wide:.0} µm wide, {high:.0} µm high   [  ]   Shift + wheel")
        },
    );
    let response = named(ui, "Size", |ui| {
        ui.spacing_mut().slider_width = 110.0;
        let slider = eframe::egui::Slider::new(&mut diameter, range).logarithmic(true).show_value(false);
        ui.add(slider)
    });
    if response.changed() {
        bench.settings.radius_px = diameter.round() / 2.0;
    }
    response.on_hover_text(in_um);
    reading(ui, 44.0, &format!("{diameter:.0} px"));
}

/// A value in a field of fixed width, so that nothing beside it moves.
pub fn reading(ui: &mut Ui, width: f32, text: &str) {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 24.0), Sense::hover());
    ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, text, theme::small(), theme::TEXT_STRONG);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
}

/// Whether editing a layer pushes its neighbours.
pub fn keep_order(ui: &mut Ui, bench: &mut Workbench<'_>) {
    let hint = "On: painting a layer pushes its neighbours, so layers never cross. Off: raw pixels.";
    ui.scope(|ui| {
        ui.set_max_width(172.0);
        if switch(ui, bench.settings.ordered, "Keep layers in order", hint) {
            bench.settings.ordered = !bench.settings.ordered;
        }
    });
}
