//! The dialog that takes what a plain image does not say: how large a pixel is, and which eye it is. It
//! proposes nothing: a guess that is applied unread would be invented µm.

use eframe::egui::{
    Align, Button, Context, DragValue, Frame, Id, Layout, Margin, Modal, RichText, Stroke, Ui, vec2,
};

use crate::scan::{BScan, Calibration, Laterality, Spacing};
use crate::studio::shell::action::{Action, VolumeAction};
use crate::studio::texts::{self, text};
use crate::studio::widgets::controls::{row, segments};
use crate::studio::widgets::theme;

/// Nothing is known yet.
const UNKNOWN: Spacing = Spacing { axial_um_per_px: 0.0, lateral_um_per_px: 0.0 };
/// Eyes with their names, plain and spoken, by keys of the table of texts.
const EYES: [(Option<Laterality>, &str, &str); 3] = [
    (Some(Laterality::Right), "size-od", "size-od-spoken"),
    (Some(Laterality::Left), "size-os", "size-os-spoken"),
    (None, "size-unknown", "size-unknown-spoken"),
];

/// An open dialog.
#[derive(Clone, Copy, Debug)]
pub struct CalibrationDialog {
    /// Zero where it is not known.
    spacing: Spacing,
    laterality: Option<Laterality>,
    /// Columns of the scan, for its width in millimetres.
    columns: u32,
    /// Between B-scans; zero where it is not known.
    distance_um: f32,
}

impl CalibrationDialog {
    /// Begins with what is known of a scan.
    pub fn new(scan: &BScan, b_scan_distance_um: Option<f32>) -> Self {
        let spacing = scan.spacing.unwrap_or(UNKNOWN);
        let distance_um = b_scan_distance_um.unwrap_or(0.0);
        Self { spacing, laterality: scan.laterality, columns: scan.width(), distance_um }
    }
}

/// Draws the dialog over the window.
pub fn show(context: &Context, dialog: &mut CalibrationDialog, pages: usize, actions: &mut Vec<Action>) {
    let frame = Frame::new()
        .fill(theme::CHROME)
        .stroke(Stroke::new(1.0, theme::LINE))
        .corner_radius(10.0)
        .inner_margin(Margin::symmetric(22, 18));
    let modal = Modal::new(Id::unique("calibration")).frame(frame).backdrop_color(theme::BACKDROP);
    let response = modal.show(context, |ui| {
        ui.set_width(420.0);
        let title = RichText::new(text!("size-title")).font(theme::semibold(16.0));
        ui.label(title.color(theme::TEXT_STRONG));
        let about = if pages > 1 { text!("size-for-volume") } else { text!("size-for-scan") };
        ui.label(theme::weak(about));
        ui.add_space(8.0);
        let spacing = &mut dialog.spacing;
        let hint = text!("size-depth-about");
        length(ui, text!("size-depth"), hint, &mut spacing.axial_um_per_px, " µm/px");
        let hint = text!("size-across-about");
        length(ui, text!("size-across"), hint, &mut spacing.lateral_um_per_px, " µm/px");
        let columns = dialog.columns.max(1) as f32;
        let mut width_mm = dialog.spacing.lateral_um_per_px * columns / 1000.0;
        let hint = text!("size-width-about");
        if length(ui, text!("size-width"), hint, &mut width_mm, " mm") {
            dialog.spacing.lateral_um_per_px = width_mm * 1000.0 / columns;
        }
        if pages > 1 {
            let (name, hint) = (text!("size-distance"), text!("size-distance-about"));
            length(ui, name, hint, &mut dialog.distance_um, " µm");
        }
        row(ui, text!("size-eye"), |ui| {
            let choices = EYES.map(|(_, shown, spoken)| (texts::plain(shown), texts::plain(spoken)));
            let chosen = EYES.iter().position(|(eye, ..)| *eye == dialog.laterality).unwrap_or(2);
            if let Some(index) = segments(ui, 220.0, &choices, chosen) {
                dialog.laterality = EYES[index].0;
            }
        });
        ui.add_space(12.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let Spacing { axial_um_per_px, lateral_um_per_px } = dialog.spacing;
            let spacing = Spacing::checked(axial_um_per_px, lateral_um_per_px);
            let apply = Button::new(RichText::new(text!("label-editor-apply")).color(theme::ON_ACCENT))
                .fill(theme::ACCENT);
            if ui.add_enabled(spacing.is_some(), apply.min_size(vec2(88.0, 30.0))).clicked() {
                actions.push(Action::Calibrate(Calibration {
                    spacing,
                    laterality: dialog.laterality,
                    ..Calibration::default()
                }));
                if pages > 1 {
                    let known = Some(dialog.distance_um).filter(|um| (0.1..=10_000.0).contains(um));
                    actions.push(Action::Volume(VolumeAction::SetBScanDistance(known)));
                }
                actions.push(Action::ToggleCalibration);
            }
            if ui.add(Button::new(text!("shell-cancel")).min_size(vec2(88.0, 30.0))).clicked() {
                actions.push(Action::ToggleCalibration);
            }
            let hint = text!("size-forget-about");
            if ui
                .add(Button::new(text!("size-forget")).min_size(vec2(88.0, 30.0)))
                .on_hover_text(hint)
                .clicked()
            {
                actions.push(Action::Calibrate(Calibration {
                    laterality: dialog.laterality,
                    ..Calibration::default()
                }));
                actions.push(Action::ToggleCalibration);
            }
        });
    });
    if response.should_close() {
        actions.push(Action::ToggleCalibration);
    }
}

/// A length that is typed or dragged; a dash until it is. Returns whether it changed.
fn length(ui: &mut Ui, name: &str, hint: &str, value: &mut f32, unit: &str) -> bool {
    let unit = unit.to_owned();
    row(ui, name, |ui| {
        ui.spacing_mut().interact_size.x = 120.0;
        let shown = move |value: f64, _: std::ops::RangeInclusive<usize>| {
            if value > 0.0 { format!("{value:.2}{unit}") } else { "–".to_owned() }
        };
        let typed = |text: &str| {
            let number: String =
                text.chars().take_while(|c| c.is_ascii_digit() || ".,".contains(*c)).collect();
            number.replace(',', ".").parse().ok()
        };
        let drag = DragValue::new(value).range(0.0..=10_000.0).speed(0.01);
        ui.add(drag.custom_formatter(shown).custom_parser(typed)).on_hover_text(hint).changed()
    })
}
