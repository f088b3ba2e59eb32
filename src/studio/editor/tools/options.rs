//! Controls several tools share in the bar of options.

use eframe::egui::{Align2, DragValue, Role, Sense, Ui, WidgetInfo, vec2};

use super::ToolContext;
use crate::scan::Spacing;
use crate::studio::shell::commands::keymap::with_each_key;
use crate::studio::shell::settings::RADIUS_RANGE_PX;
use crate::studio::texts::text;
use crate::studio::widgets::controls::{SliderScale, segments, slider_of, switch};
use crate::studio::widgets::theme;

/// A quiet word before a control, whose name it is, and the control.
pub fn named<R>(ui: &mut Ui, name: &str, control: impl FnOnce(&mut Ui) -> R) -> R {
    ui.label(theme::caption(name));
    ui.name_inputs(name, control)
}

/// A whole number that is dragged or typed, with its unit.
pub fn whole_number(
    ui: &mut Ui,
    name: &str,
    hint: &str,
    value: &mut f32,
    range: std::ops::RangeInclusive<f32>,
    unit: &str,
) {
    let speed = ((range.end() - range.start()) / 300.0).max(0.02);
    let drag = DragValue::new(value).range(range).speed(speed).fixed_decimals(0).suffix(unit.to_owned());
    named(ui, name, |ui| ui.add(drag).on_hover_text(hint));
    *value = value.round();
}

/// A share from 0 to 1, shown in percent.
pub fn percent(ui: &mut Ui, name: &str, hint: &str, value: &mut f32, range: std::ops::RangeInclusive<f32>) {
    let mut shown = *value * 100.0;
    let range = range.start() * 100.0..=range.end() * 100.0;
    whole_number(ui, name, hint, &mut shown, range, " %");
    *value = shown / 100.0;
}

/// A length that is meant in micrometres where the spacing is known, and in pixels where it is not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Length {
    um: f32,
    px: f32,
    prefers_px: bool,
}

impl Length {
    /// What it is with and without a spacing.
    pub fn new(um: f32, px: f32) -> Self {
        Self { um, px, prefers_px: false }
    }

    /// The value in its unit.
    pub fn value(&self, spacing: Option<Spacing>) -> f32 {
        if self.is_in_um(spacing) { self.um } else { self.px }
    }

    /// Sets the value in its unit.
    pub fn set(&mut self, value: f32, spacing: Option<Spacing>) {
        if self.is_in_um(spacing) { self.um = value } else { self.px = value }
    }

    fn is_in_um(&self, spacing: Option<Spacing>) -> bool {
        spacing.is_some() && !self.prefers_px
    }

    /// Units per pixel along x and y.
    pub fn unit_per_px(&self, spacing: Option<Spacing>) -> [f32; 2] {
        match spacing {
            Some(spacing) if !self.prefers_px => [spacing.lateral_um_per_px, spacing.axial_um_per_px],
            _ => [1.0, 1.0],
        }
    }

    /// The value in pixels along x and y.
    pub fn pixels(&self, spacing: Option<Spacing>) -> [f32; 2] {
        self.unit_per_px(spacing).map(|unit| self.value(spacing) / unit)
    }

    /// "10 µm" or "2 px".
    pub fn shown(&self, spacing: Option<Spacing>) -> String {
        format!("{:.0} {}", self.value(spacing), self.unit(spacing))
    }

    /// "µm" or "px".
    pub fn unit(&self, spacing: Option<Spacing>) -> &'static str {
        if self.is_in_um(spacing) { "µm" } else { "px" }
    }

    /// The number; `um` is its range in micrometres, a quarter of which it is in pixels.
    pub fn show(&mut self, ui: &mut Ui, name: &str, hint: &str, um: [f32; 2], spacing: Option<Spacing>) {
        let unit = format!(" {}", self.unit(spacing));
        let range = if self.is_in_um(spacing) { um[0]..=um[1] } else { (um[0] / 4.0).max(1.0)..=um[1] / 4.0 };
        let mut value = self.value(spacing);
        whole_number(ui, name, hint, &mut value, range, &unit);
        self.set(value, spacing);
    }

    /// Whether it is meant in micrometres or in pixels: a choice only where there is a spacing.
    pub fn show_unit(&mut self, ui: &mut Ui, spacing: Option<Spacing>) {
        if spacing.is_some() {
            let choices = [("µm", text!("options-in-um")), ("px", text!("options-in-px"))];
            if let Some(chosen) = segments(ui, 74.0, &choices, usize::from(self.prefers_px)) {
                self.prefers_px = chosen == 1;
            }
        }
    }

    /// Takes over the unit of another length.
    pub fn same_unit(&mut self, other: Length) {
        self.prefers_px = other.prefers_px;
    }
}

/// Whether the primary button does one thing or its opposite, for those who have no other button to hold.
pub fn opposite(ui: &mut Ui, is_opposite: &mut bool, choices: &[(&str, &str); 2]) {
    if let Some(chosen) = segments(ui, 126.0, choices, usize::from(*is_opposite)) {
        *is_opposite = chosen == 1;
    }
}

/// A tooltip with what changes a size without its control: the keys in force, and the wheel.
pub fn sizing_hint(ui: &Ui, text: &str) -> String {
    let ways = [("tool.smaller", text!("options-smaller")), ("tool.larger", text!("options-larger"))];
    text!("options-shift-wheel", hint = with_each_key(ui, text, &ways))
}

/// The size of the round brush.
pub fn brush_size(ui: &mut Ui, context: &mut ToolContext<'_>) {
    let mut diameter = context.settings.radius_px * 2.0;
    let range = RADIUS_RANGE_PX.start() * 2.0..=RADIUS_RANGE_PX.end() * 2.0;
    let in_um = context.session.page().scan.spacing.map_or_else(
        || text!("options-diameter").to_owned(),
        |spacing| {
            let (wide, high) = (diameter * spacing.lateral_um_per_px, diameter * spacing.axial_um_per_px);
            text!("options-wide-high", wide = format!("{wide:.0}"), high = format!("{high:.0}"))
        },
    );
    let in_um = sizing_hint(ui, &in_um);
    let response = named(ui, text!("options-size"), |ui| {
        slider_of(ui, &mut diameter, range, SliderScale::Logarithmic, 110.0)
    });
    if response.changed() {
        context.settings.radius_px = diameter.round() / 2.0;
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
pub fn keep_order(ui: &mut Ui, context: &mut ToolContext<'_>) {
    let hint = text!("options-ordered-about");
    ui.add_space(5.0);
    ui.scope(|ui| {
        ui.set_max_width(166.0);
        if switch(ui, context.settings.ordered, text!("options-ordered"), hint) {
            context.settings.ordered = !context.settings.ordered;
        }
    });
    ui.add_space(5.0);
}
