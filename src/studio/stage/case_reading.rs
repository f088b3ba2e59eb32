//! A shared case that was let go over the page of cases, read on a thread of its own.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::Context;

use crate::background::Job;
use crate::formats::case_file::CaseFile;
use crate::formats::read_file;
use crate::studio::texts::{self, text};

/// What became of a file.
pub(super) type Outcome = Result<CaseFile, String>;

/// The file that is being read.
#[derive(Default)]
pub(super) struct CaseReading {
    job: Option<(PathBuf, Job<Outcome>)>,
}

impl CaseReading {
    /// Reads a file; one that is being read is forgotten.
    pub fn start(&mut self, path: PathBuf, context: &Context) {
        let (file, context) = (path.clone(), context.clone());
        let wake = Arc::new(move || context.request_repaint());
        let work = texts::job_in_this_language(move |_| {
            let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
            let read = read_file(&file).and_then(|bytes| CaseFile::read(&bytes, &name));
            read.map_err(|error| error.to_string())
        });
        let started = Job::start("case file", wake, work);
        let job = started.unwrap_or_else(|error| Job::done(Err(text!("file-no-thread", %error))));
        self.job = Some((path, job));
    }

    /// The file that was read since the last call, and what is in it.
    pub fn finished(&mut self) -> Option<(PathBuf, Outcome)> {
        let outcome = self.job.as_ref()?.1.answer()?;
        let outcome = outcome.unwrap_or_else(|_| Err(text!("file-broke-off").to_owned()));
        self.job.take().map(|(path, _)| (path, outcome))
    }
}
