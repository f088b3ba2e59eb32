//! The lines that the form is made of.

use std::ops::RangeInclusive;

use eframe::egui::{Align, DragValue, Label, Layout, RichText, Ui};

use crate::studio::texts::text;
use crate::studio::widgets::controls::{row, switch};
use crate::studio::widgets::theme;

/// A condition or filter: off, or between two numbers.
pub(super) struct RangeLine<'a> {
    name: &'a str,
    hint: &'a str,
    /// What it begins with when it is switched on.
    usual: [f64; 2],
    limits: RangeInclusive<f64>,
    decimals: usize,
    unit: &'static str,
}

impl<'a> RangeLine<'a> {
    /// An area of fluid.
    pub fn fluid(name: &'a str, hint: &'a str, usual: [f64; 2]) -> Self {
        Self { name, hint, usual, limits: 0.0..=5.0, decimals: 3, unit: " mm²" }
    }

    /// A number of lesions, up to so many.
    pub fn count(name: &'a str, hint: &'a str, usual: [f64; 2], most: f64) -> Self {
        Self { name, hint, usual, limits: 0.0..=most, decimals: 0, unit: "" }
    }

    /// The thickness of the retina at its centre.
    pub fn thickness(name: &'a str, hint: &'a str, usual: [f64; 2], limits: RangeInclusive<f64>) -> Self {
        Self { name, hint, usual, limits, decimals: 0, unit: " µm" }
    }

    /// Draws it.
    pub fn show(&self, ui: &mut Ui, range: &mut Option<[f64; 2]>) {
        let is_on = range.is_some();
        if switch(ui, is_on, self.name, self.hint) {
            *range = if is_on { None } else { Some(self.usual) };
        }
        let Some([low, high]) = range else { return };
        row(ui, "", |ui| {
            let speed = 10_f64.powi(-(self.decimals as i32)).max(self.usual[1] / 100.0);
            let value = |ui: &mut Ui, value: &mut f64, which: &str| {
                let drag = DragValue::new(value)
                    .range(self.limits.clone())
                    .speed(speed)
                    .max_decimals(self.decimals)
                    .suffix(self.unit)
                    .update_while_editing(false);
                ui.add(drag).accessible_name(format!("{}: {which}", self.name));
            };
            value(ui, low, text!("generate-range-from"));
            ui.label(theme::weak(text!("generate-range-to")));
            value(ui, high, text!("generate-range-to"));
        });
    }
}

/// A fact: its name at the left, its value at the right end.
pub(super) fn fact(ui: &mut Ui, name: &str, value: impl Into<String>) {
    ui.horizontal(|ui| {
        ui.label(theme::weak(name));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add(Label::new(RichText::new(value).color(theme::TEXT_STRONG)).truncate());
        });
    });
}

/// Bytes as people say them.
pub(super) fn bytes_in_words(bytes: f64) -> String {
    match bytes {
        bytes if bytes >= 1e9 => format!("{:.1} GB", bytes / 1e9),
        bytes if bytes >= 1e6 => format!("{:.1} MB", bytes / 1e6),
        bytes => text!("generate-kilobytes", number = format!("{:.0}", bytes / 1e3)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_in_their_own_unit() {
        assert_eq!([2.34e9, 45e6, 1500.0].map(bytes_in_words), ["2.3 GB", "45.0 MB", "2 kB"]);
    }
}
