//! The lines that the forms of comparisons are made of.

use eframe::egui::{Button, Color32, Label, RichText, TextEdit, Ui, vec2};

use crate::device::DeviceChoice;
use crate::studio::texts::text;
use crate::studio::widgets::controls::{row, segments};
use crate::studio::widgets::theme;

/// What was done to a folder's line.
#[derive(Clone, Copy, Debug)]
pub(super) struct FolderRow {
    /// It is to be chosen.
    pub is_chosen: bool,
    /// Somebody types in it.
    pub is_typed_in: bool,
}

/// A folder with a button that chooses it.
pub(super) fn folder_row(ui: &mut Ui, name: &str, folder: &mut String, spoken: &str) -> FolderRow {
    row(ui, name, |ui| {
        let width = ui.available_width() - 86.0;
        let field = TextEdit::singleline(folder).hint_text(text!("training-folder")).desired_width(width);
        let field = ui.add(field);
        // Its placeholder would stand for its name.
        ui.ctx().accesskit_node_builder(field.id, |node| node.set_label(name));
        let choose = ui.add(Button::new(text!("training-choose")).min_size(vec2(76.0, 24.0)));
        let is_chosen = choose.accessible_name(spoken).clicked();
        FolderRow { is_chosen, is_typed_in: field.has_focus() }
    })
}

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

/// Small text that goes over several lines.
pub(super) fn small(ui: &mut Ui, said: impl Into<String>, color: Color32) {
    ui.add(Label::new(RichText::new(said).font(theme::small()).color(color)).wrap());
}
