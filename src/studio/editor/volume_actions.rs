//! What the page does for a volume: turns its pages, carries labels between them, keeps facts of all of them.

use super::context::EditorContext;
use super::page::EditorPage;
use crate::document::Command;
use crate::scan::Calibration;
use crate::studio::shell::action::{Action, VolumeAction};
use crate::studio::texts::text;

impl EditorPage {
    /// Does what a volume is asked for.
    pub fn perform_volume(
        &mut self,
        action: VolumeAction,
        context: &mut EditorContext<'_>,
        actions: &mut Vec<Action>,
    ) {
        match action {
            VolumeAction::TurnPage(by) => context.session.turn_page(by),
            VolumeAction::ShowPage(page) => context.session.show_page(page),
            VolumeAction::CopyLayers(from) => self.copy_layers(from, context, actions),
            VolumeAction::InterpolateSlices { all } => self.interpolate_slices(all, context, actions),
            VolumeAction::LabelVolume => self.label_volume(context, actions),
            VolumeAction::CancelLabelVolume => self.volume_tracing.cancel(),
            VolumeAction::SetBScanDistance(distance_um) => {
                self.edit(context, Command::SetBScanDistance { distance_um });
            }
            VolumeAction::SetVolumeFovea(fovea) => self.set_volume_fovea(fovea, context, actions),
        }
    }

    /// One step for all pages: a volume has one fovea.
    fn set_volume_fovea(
        &mut self,
        fovea: Option<(usize, f32)>,
        context: &mut EditorContext<'_>,
        actions: &mut Vec<Action>,
    ) {
        self.release_tools(context, actions);
        context.session.editor.begin(text!("step-fovea"));
        for page in 0..context.session.page_count() {
            let calibration = context.session.editor.document().pages[page].scan.calibration();
            let fovea_column = fovea.filter(|(of, _)| *of == page).map(|(_, column)| column);
            if calibration.fovea_column != fovea_column {
                let calibration = Calibration { fovea_column, ..calibration };
                self.edit(context, Command::Calibrate { page, calibration });
            }
        }
        context.session.editor.commit();
    }
}
