//! A shared case that was let go over the page of cases, read on a thread of its own.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

use eframe::egui::Context;

use crate::formats::case_file::CaseFile;
use crate::formats::read_file;
use crate::studio::texts::{self, text};

/// What became of a file.
pub(super) type Outcome = Result<CaseFile, String>;

/// The file that is being read.
#[derive(Default)]
pub(super) struct CaseReading {
    job: Option<(PathBuf, Receiver<Outcome>)>,
}

impl CaseReading {
    /// Reads a file; one that is being read is forgotten.
    pub fn start(&mut self, path: PathBuf, context: &Context) {
        let (sender, receiver) = sync_channel(1);
        let (file, failed, context) = (path.clone(), sender.clone(), context.clone());
        let work = texts::in_this_language(move || {
            let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
            let read = read_file(&file).and_then(|bytes| CaseFile::read(&bytes, &name));
            // The page may be gone.
            let _ = sender.send(read.map_err(|error| error.to_string()));
            context.request_repaint();
        });
        if let Err(error) = std::thread::Builder::new().name("case file".to_owned()).spawn(work) {
            let _ = failed.send(Err(text!("file-no-thread", %error)));
        }
        self.job = Some((path, receiver));
    }

    /// The file that was read since the last call, and what is in it.
    pub fn finished(&mut self) -> Option<(PathBuf, Outcome)> {
        let (_, receiver) = self.job.as_ref()?;
        let outcome = match receiver.try_recv() {
            Ok(outcome) => outcome,
            Err(TryRecvError::Empty) => return None,
            Err(TryRecvError::Disconnected) => Err(text!("cases-stopped").to_owned()),
        };
        self.job.take().map(|(path, _)| (path, outcome))
    }
}
