//! The dialogs that are open, and how one is opened and closed.

use super::keymap_dialog::KeymapDialog;
use super::palette::Palette;
use crate::document::LabelTable;
use crate::scan::BScan;
use crate::studio::editor::calibration::CalibrationDialog;
use crate::studio::editor::label_editor::LabelEditor;
use crate::studio::editor::step_list::StepList;
use crate::studio::synthesis::remote_dialog::RemoteDialog;

/// The dialogs that are open.
#[derive(Default)]
pub(in crate::studio) struct Dialogs {
    pub keys_shown: bool,
    pub(super) palette: Option<Palette>,
    pub(super) keymap: Option<KeymapDialog>,
    pub(super) label_editor: Option<LabelEditor>,
    pub(super) calibration: Option<CalibrationDialog>,
    pub(super) remote: Option<RemoteDialog>,
    pub(super) steps: StepList,
}

impl Dialogs {
    /// Forgets what lay on a graphics device that is gone.
    pub fn forget_pictures(&mut self) {
        self.steps = StepList::default();
    }

    /// Opens the palette, or closes it.
    pub fn toggle_palette(&mut self) {
        self.palette = if self.palette.is_some() { None } else { Some(Palette::default()) };
    }

    /// Opens the dialog of keys, or closes it.
    pub fn toggle_keymap(&mut self) {
        self.keymap = if self.keymap.is_some() { None } else { Some(KeymapDialog::default()) };
        self.keys_shown = false;
    }

    /// Opens the dialog of the computer that draws with the command of the settings, or closes it.
    pub fn toggle_remote(&mut self, command: Option<&str>) {
        self.remote = if self.remote.is_some() { None } else { Some(RemoteDialog::new(command)) };
    }

    /// Closes the dialog of the computer that draws.
    pub fn close_remote(&mut self) {
        self.remote = None;
    }

    /// Opens the dialog of the size of a pixel with what is known of a scan, or closes it.
    pub fn toggle_calibration(&mut self, scan: &BScan, b_scan_distance_um: Option<f32>) {
        self.calibration = match self.calibration {
            Some(_) => None,
            None => Some(CalibrationDialog::new(scan, b_scan_distance_um)),
        };
    }

    /// Opens the dialog of labels with a table, or closes it.
    pub fn toggle_label_editor(&mut self, table: &LabelTable) {
        self.label_editor = if self.label_editor.is_some() { None } else { Some(LabelEditor::new(table)) };
    }
}
