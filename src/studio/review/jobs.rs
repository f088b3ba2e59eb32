//! What the page has done on other threads: opening sets, ordering rows, looking at every file, exporting.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use eframe::egui::Context;

use super::blind_pictures::RealScans;
use super::looker::Reference;
use crate::dataset::manifest::MANIFEST_FILE;
use crate::review::audit::Audit;
use crate::review::blind::BlindAnswer;
use crate::review::edits::EditFacts;
use crate::review::embedding::SetMap;
use crate::review::export::ExportReport;
use crate::review::files::TroubledFile;
use crate::review::{ReviewSet, Reviewed};
use crate::segmentation::Labeller;
use crate::studio::flow::Version;
use crate::studio::shell::jobs;

/// A set that was read.
pub(super) struct ReadSet {
    pub reviewed: Reviewed,
    /// What of the manifest was read.
    pub manifest_bytes: u64,
    /// Rows whose pictures are others than before; `None` where the rows themselves are.
    pub changed: Option<Vec<u32>>,
}

/// What a thread reports.
pub(super) enum News {
    Opened {
        ticket: u64,
        dir: PathBuf,
        outcome: Result<Box<ReadSet>, String>,
    },
    Ordered {
        ticket: u64,
        order: Vec<u32>,
    },
    /// Files of all rows were looked at.
    Checked(Result<Vec<TroubledFile>, String>),
    Audited {
        ticket: u64,
        audit: Box<Audit>,
    },
    /// Groups of an audit that were recorded now.
    Recorded(Result<usize, String>),
    Exported {
        out: PathBuf,
        outcome: Result<ExportReport, String>,
    },
    Mapped {
        outcome: Result<Option<Arc<SetMap>>, String>,
    },
    Referenced {
        dir: PathBuf,
        outcome: Result<Arc<Reference>, String>,
    },
    Segmenter(Result<(String, Arc<Mutex<Labeller>>), String>),
    /// Something that changes figures of rows was written: the set is to be read again.
    Scored(Result<String, String>),
    /// An edited mask was written, as it was at a moment of a document.
    Edited {
        id: String,
        document: u64,
        version: Version,
        outcome: Result<EditFacts, String>,
    },
    Blind(Result<RealScans, String>),
    /// Answers of blind tests, and how many lines cannot be read.
    Answers(Result<(Vec<BlindAnswer>, usize), String>),
    /// Something was written that is only to be told.
    Written(Result<String, String>),
    /// It was done, and there is nothing to be said about it.
    Nothing,
}

/// How far a long job has come.
pub(super) struct Progress {
    /// What it does, for people: "Looking at files".
    pub name: &'static str,
    pub total: usize,
    pub done: Arc<AtomicUsize>,
    pub stop: Arc<AtomicBool>,
}

impl Progress {
    pub fn new(name: &'static str, total: usize) -> Self {
        Self { name, total, done: Arc::default(), stop: Arc::default() }
    }

    /// Share that is done.
    pub fn share(&self) -> f32 {
        self.done.load(Ordering::Relaxed) as f32 / self.total.max(1) as f32
    }
}

/// The way to the threads.
pub(super) struct Jobs(jobs::Jobs<News>);

impl Jobs {
    pub fn new(context: Context) -> Self {
        Self(jobs::Jobs::new("review-job", context, |why| News::Written(Err(why))))
    }

    /// The news since the last call.
    pub fn news(&self) -> Vec<News> {
        self.0.news()
    }

    /// Does something on a thread of its own. `failed` makes news of a job that could not be done at all.
    pub fn run(
        &self,
        work: impl FnOnce() -> News + Send + 'static,
        failed: impl FnOnce(String) -> News + Clone + Send + 'static,
    ) {
        self.0.run_or(work, failed);
    }
}

/// Reads a set; `before` is the same set as it was read before.
pub(super) fn read_set(dir: &Path, before: Option<&ReviewSet>) -> Result<ReadSet, String> {
    let reviewed = Reviewed::load(dir).map_err(|error| error.to_string())?;
    let rows = &reviewed.set.rows;
    let manifest_bytes = std::fs::metadata(dir.join(MANIFEST_FILE)).map_or(0, |data| data.len());
    let changed = before.and_then(|before| {
        let is_same_pair = |row: u32| before.id(row) == reviewed.set.id(row);
        let is_longer = rows.len() >= before.len() && (0..before.len() as u32).all(is_same_pair);
        let is_other = |row: &u32| {
            let set = &reviewed.set;
            before.edited_at(*row) != set.edited_at(*row)
        };
        is_longer.then(|| (0..before.len() as u32).filter(is_other).collect())
    });
    Ok(ReadSet { reviewed, manifest_bytes, changed })
}
