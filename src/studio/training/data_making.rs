//! A data set being made on a thread: how far it is, what it leaves out, and the wish to stop it.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use eframe::egui::Context;

use crate::dataset::building::{BuildError, BuildTerms, build};
use crate::dataset::importing::ImportError;
use crate::dataset::split::Role;
use crate::dataset::watch::{Progress, Tally, Watch, Work};
use crate::studio::texts::text;

/// Reasons that are kept to be shown; what is beyond them is counted.
const MAX_REASONS: usize = 200;

/// What the thread and the window share.
#[derive(Default)]
pub(super) struct Making {
    progress: Mutex<Option<Progress>>,
    /// What is left out, and why.
    skipped: Mutex<Vec<String>>,
    skipped_count: AtomicUsize,
    stop: AtomicBool,
}

impl Making {
    /// How far it is; `None` before the first scan.
    pub fn progress(&self) -> Option<Progress> {
        *locked(&self.progress)
    }

    /// What is left out so far, and why; and how many that are.
    pub fn skipped(&self) -> (Vec<String>, usize) {
        (locked(&self.skipped).clone(), self.skipped_count.load(Ordering::Relaxed))
    }

    /// Has it end after the scan that it is at.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    pub fn is_stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// A data set that was made, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Made {
    pub words: String,
    /// Pairs of near-copies across the split.
    pub copies: usize,
}

/// Makes a data set; the window shows how far it is.
///
/// # Errors
/// In words, if it cannot be made or was stopped.
pub(super) fn make(terms: &BuildTerms, making: &Arc<Making>, context: &Context) -> Result<Made, String> {
    let mut watch = Watcher { making, context };
    let built = build(terms, &mut watch).map_err(|error| match error {
        BuildError::Stopped(_) | BuildError::Import(ImportError::Stopped) => text!("data-stopped").to_owned(),
        other => other.to_string(),
    })?;
    let of = |role: Role| {
        let entries = built.manifest.entries.iter();
        let mut subjects: Vec<&str> = entries
            .filter(|entry| built.split.role(&entry.subject) == role)
            .map(|entry| entry.subject.as_str())
            .collect();
        let scans = subjects.len();
        subjects.sort_unstable();
        subjects.dedup();
        (scans, subjects.len())
    };
    let ((training, trainers), (validation, validators)) = (of(Role::Training), of(Role::Validation));
    let words = text!("data-made", training, trainers, validation, validators);
    Ok(Made { words, copies: built.copies.len() })
}

struct Watcher<'a> {
    making: &'a Making,
    context: &'a Context,
}

impl Watch for Watcher<'_> {
    fn note(&mut self, text: &str) {
        tracing::info!("{text}");
    }

    fn skipped(&mut self, text: &str) {
        self.making.skipped_count.fetch_add(1, Ordering::Relaxed);
        let mut skipped = locked(&self.making.skipped);
        if skipped.len() < MAX_REASONS {
            skipped.push(text.to_owned());
        }
    }

    fn imported(&mut self, _input: &Path, _tally: &Tally) {}

    fn goes_on(&mut self, progress: Progress) -> bool {
        *locked(&self.making.progress) = Some(progress);
        self.context.request_repaint();
        !self.making.is_stopping()
    }
}

/// "Reading 12 of 330 scans".
pub(super) fn in_words(progress: Option<Progress>) -> String {
    match progress {
        None => text!("data-looking").to_owned(),
        Some(Progress { work: Work::Importing, done, of: Some(of) }) => text!("data-importing", done, of),
        Some(Progress { work: Work::Importing, done, of: None }) => text!("data-importing-some", done),
        Some(Progress { work: Work::Framing, done, of }) => {
            text!("data-framing", done, of = of.unwrap_or(done))
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No code that can panic runs under the lock.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
