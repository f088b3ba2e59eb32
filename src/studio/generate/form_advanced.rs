//! What most generations never change: how scans and masks are computed, and where.

use eframe::egui::Ui;

use super::form::{Form, Source};
use crate::device::DeviceChoice;
use crate::studio::texts::text;
use crate::studio::widgets::controls::{number_row, row, segments_about, slider, switch};

/// Draws the switch, and what is behind it.
pub(super) fn show(ui: &mut Ui, form: &mut Form) {
    let is_on = form.advanced_shown;
    if switch(ui, is_on, text!("synthesis-advanced"), text!("advanced-generate-about")) {
        form.advanced_shown = !is_on;
    }
    if !form.advanced_shown {
        return;
    }
    let mut steps = u64::from(form.settings.steps);
    number_row(ui, text!("advanced-steps"), text!("advanced-generate-steps-about"), &mut steps, 1..=1000);
    form.settings.steps = steps as u32;
    if form.source == Source::Model {
        let mut steps = u64::from(form.settings.mask_steps);
        let hint = text!("advanced-mask-steps-about");
        number_row(ui, text!("advanced-mask-steps"), hint, &mut steps, 1..=1000);
        form.settings.mask_steps = steps as u32;
        guidance_row(ui, form);
    }
    device_row(ui, form);
}

fn guidance_row(ui: &mut Ui, form: &mut Form) {
    let mut guidance = form.settings.guidance as f32;
    let shown = format!("{guidance:.1}");
    row(ui, text!("advanced-guidance"), |ui| {
        let hint = text!("advanced-mask-guidance-about");
        let response = slider(ui, &mut guidance, 0.0..=6.0, &shown).on_hover_text(hint);
        response.accessible_name(text!("advanced-mask-guidance-spoken"));
    });
    form.settings.guidance = f64::from((guidance * 10.0).round() / 10.0);
}

fn device_row(ui: &mut Ui, form: &mut Form) {
    row(ui, text!("generate-compute-on"), |ui| {
        let devices = [DeviceChoice::Auto, DeviceChoice::Gpu, DeviceChoice::Cpu];
        let choices = [
            (text!("generate-device-auto"), text!("generate-device-auto-spoken")),
            (text!("generate-device-gpu"), text!("generate-device-gpu-spoken")),
            (text!("generate-device-cpu"), text!("generate-device-cpu-spoken")),
        ];
        let chosen = devices.iter().position(|device| *device == form.settings.device).unwrap_or(0);
        let about = text!("advanced-compute-about");
        if let Some(index) = segments_about(ui, ui.available_width(), &choices, chosen, about) {
            form.settings.device = devices[index];
        }
    });
}
