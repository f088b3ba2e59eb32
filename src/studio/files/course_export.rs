//! One eye over time, written as a film, a strip or a table.

use std::path::PathBuf;
use std::sync::Arc;

use super::{FileNews, Files, guarded, write};
use crate::cases::visits::Course;
use crate::formats::course_files::CourseFile;

impl Files {
    /// Draws a course and writes it.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn export_course(
        &mut self,
        document: u64,
        course: Arc<Course>,
        file: CourseFile,
        path: PathBuf,
    ) -> Result<(), String> {
        self.run_to_its_end(document, move || {
            let encoded = guarded(|| file.encoded(&course).map_err(|error| error.to_string()));
            let outcome = encoded.and_then(|bytes| write(&path, &bytes?));
            FileNews::Exported { path, outcome }
        })
    }
}
