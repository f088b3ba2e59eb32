//! The line that the forms of comparisons share.

use eframe::egui::Ui;

use crate::device::DeviceChoice;
use crate::studio::texts::text;
use crate::studio::widgets::controls::{row, segments};

/// Where it is computed.
pub(super) fn device_row(ui: &mut Ui, device: &mut DeviceChoice) {
    row(ui, text!("training-compute-on"), |ui| {
        let devices = [DeviceChoice::Auto, DeviceChoice::Gpu, DeviceChoice::Cpu];
        let choices = [
            (text!("training-device-auto"), text!("training-device-auto-spoken")),
            (text!("training-device-gpu"), text!("training-device-gpu-spoken")),
            (text!("training-device-cpu"), text!("training-device-cpu-spoken")),
        ];
        let chosen = devices.iter().position(|known| known == device).unwrap_or(0);
        if let Some(index) = segments(ui, ui.available_width(), &choices, chosen) {
            *device = devices[index];
        }
    });
}
