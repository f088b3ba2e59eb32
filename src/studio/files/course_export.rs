//! What the page of cases writes: one eye over time as film, strip, poster or table, a case to be sent, answers of a quiz.

use std::path::PathBuf;
use std::sync::Arc;

use super::{FileNews, Files, guarded, write};
use crate::cases::visits::Course;
use crate::formats::case_file::CaseFile;
use crate::formats::course_files::CourseFile;
use crate::scan::GreyImage;
use crate::studio::shell::notices::Topic;

impl Files {
    /// Draws a course and writes it; with the synthetic scans of its visits where all of them are there.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn export_course(
        &mut self,
        document: u64,
        course: Arc<Course>,
        scans: Vec<GreyImage>,
        file: CourseFile,
        path: PathBuf,
    ) -> Result<(), String> {
        self.run_to_its_end(document, Topic::Export, move || {
            let encoded = guarded(|| file.encoded(&course, &scans).map_err(|error| error.to_string()));
            let outcome = encoded.and_then(|bytes| write(&path, &bytes?));
            FileNews::Exported { path, outcome }
        })
    }

    /// Writes a case as the small file that is sent.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn share_case(&mut self, document: u64, case: CaseFile, path: PathBuf) -> Result<(), String> {
        self.run_to_its_end(document, Topic::Export, move || {
            let text = guarded(|| case.to_text().map_err(|error| error.to_string()));
            let outcome = text.and_then(|text| write(&path, text?.as_bytes()));
            FileNews::Exported { path, outcome }
        })
    }

    /// Writes what is there already.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn export_bytes(&mut self, document: u64, bytes: Vec<u8>, path: PathBuf) -> Result<(), String> {
        self.run_to_its_end(document, Topic::Export, move || {
            let outcome = write(&path, &bytes);
            FileNews::Exported { path, outcome }
        })
    }
}
