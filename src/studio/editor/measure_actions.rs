//! What the window does for measurements and for the second grader: their files, and the clipboard.

use std::path::PathBuf;

use crate::document::Command;
use crate::formats::measurement_csv;
use crate::mask::Measurements;
use crate::studio::files::choosing::Purpose;
use crate::studio::shell::action::MeasureAction;
use crate::studio::shell::app::Studio;
use crate::studio::shell::notices::{Severity, Topic};
use crate::studio::texts::text;

impl Studio {
    /// Does what is asked of measurements and of the second grader.
    pub(in crate::studio) fn perform_measure(&mut self, action: MeasureAction) {
        match action {
            MeasureAction::ExportMeasurements => self.choose(Purpose::ExportMeasurements),
            MeasureAction::ExportMeasurementsTo(path) => self.export_measurements(path),
            MeasureAction::ExportSectors(file) => self.choose_for_sectors(file),
            MeasureAction::CopyMeasurements => self.copy_measurements(),
            MeasureAction::LoadSecondGrader => self.choose(Purpose::OpenSecondGrader),
            MeasureAction::OpenSecondGrader(path) => self.open_second_grader(path),
            MeasureAction::RemoveSecondGrader => {
                self.edit(Command::SetSecondGrader { page: self.session.page_index(), mask: None });
            }
        }
    }

    fn export_measurements(&mut self, path: PathBuf) {
        let document = self.session.editor.document().clone();
        let outcome =
            self.documents.files.export_measurements(self.documents.flow.document(), document, path);
        self.report(Topic::Export, outcome);
    }

    fn open_second_grader(&mut self, path: PathBuf) {
        let (page, view_number) = (self.session.page().clone(), self.session.view_number());
        let document = self.documents.flow.document();
        let outcome = self.documents.files.open_second_grader(document, path, page, view_number);
        self.report(Topic::Labels, outcome);
    }

    fn copy_measurements(&mut self) {
        let page = self.session.page();
        let measured = Measurements::about(&page.mask, page.scan.spacing, page.scan.fovea_column);
        let labels = &self.session.editor.document().labels;
        self.context.copy_text(measurement_csv::report(page, &measured, labels));
        self.chrome.notices.add(Severity::Info, text!("notice-measurements-copied"));
    }
}
