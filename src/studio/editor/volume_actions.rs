//! What the window does for a volume: turns its pages, carries labels between them, keeps facts of all of them.

use crate::document::Command;
use crate::scan::Calibration;
use crate::studio::shell::action::VolumeAction;
use crate::studio::shell::app::Studio;
use crate::studio::texts::text;

impl Studio {
    /// Does what a volume is asked for.
    pub(in crate::studio) fn perform_volume(&mut self, action: VolumeAction) {
        match action {
            VolumeAction::TurnPage(by) => self.session.turn_page(by),
            VolumeAction::ShowPage(page) => self.session.show_page(page),
            VolumeAction::CopyLayers(from) => self.copy_layers(from),
            VolumeAction::InterpolateSlices { all } => self.interpolate_slices(all),
            VolumeAction::LabelVolume => self.label_volume(),
            VolumeAction::CancelLabelVolume => self.editor.volume_tracing.cancel(),
            VolumeAction::SetBScanDistance(distance_um) => {
                self.edit(Command::SetBScanDistance { distance_um });
            }
            VolumeAction::SetVolumeFovea(fovea) => self.set_volume_fovea(fovea),
        }
    }

    /// One step for all pages: a volume has one fovea.
    fn set_volume_fovea(&mut self, fovea: Option<(usize, f32)>) {
        self.with_tools(|tools, context| tools.release(context));
        self.session.editor.begin(text!("step-fovea"));
        for page in 0..self.session.page_count() {
            let calibration = self.session.editor.document().pages[page].scan.calibration();
            let fovea_column = fovea.filter(|(of, _)| *of == page).map(|(_, column)| column);
            if calibration.fovea_column != fovea_column {
                self.edit(Command::Calibrate {
                    page,
                    calibration: Calibration { fovea_column, ..calibration },
                });
            }
        }
        self.session.editor.commit();
    }
}
