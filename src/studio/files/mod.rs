//! Files without waiting: choosers, reading and writing run on threads of their own and report back.
//!
//! Every report carries the number of the document that was shown when it was asked for: it may come when another one
//! is.

pub mod arrived;
pub mod before_reading;
pub mod choosing;
pub mod course_export;
pub mod documents;
pub mod events;
pub mod figure_export;
pub mod figure_order;
pub mod keeping;
pub mod news;
pub mod opened_file;
mod opened_in_window;
pub mod opening;
pub mod path_dialog;
pub mod path_dialog_view;
pub mod path_question;
pub mod samples;
pub mod sector_export;
pub mod shown;
pub mod suspected_labels;

pub use news::{FileEvent, FileNews};
pub use opened_file::OpenedFile;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use eframe::egui::Context;

use crate::background::{Receiver, Sender, Watch, queue, start_thread};
use crate::document::{Document, HistorySnapshot, Page};
use crate::formats::atomic::{remove_stale_parts, remove_stale_parts_of_export, write_atomically};
use crate::formats::journal::{self, Recovery};
use crate::formats::journal_removal::remove_discarded;
use crate::formats::label_png::CodeScheme;
use crate::formats::{label_png, measurement_csv, open, retidiff, scan_image, undo_history};
use crate::mask::Mask;
use crate::platform::may_show_chooser;
use crate::scan::GreyImage;
use crate::studio::export::{PlanOrder, PlannedFile, write_files};
use crate::studio::files::choosing::{Place, Purpose, show_chooser};
use crate::studio::files::shown::Shown;
use crate::studio::flow::Version;
use crate::studio::label_mapping::MappingTrial;
use crate::studio::shell::notices::Topic;
use crate::studio::texts::{self, text};

/// A chooser that is gone sooner never came up: nobody cancels that fast.
const NO_CHOOSER: Duration = Duration::from_millis(400);
/// Events that may wait; a thread that finds the queue full waits, not the window.
const WAITING_EVENTS: usize = 16;
/// How long the end of the window waits for what is being written or removed.
const END_TIMEOUT: Duration = Duration::from_secs(5);

/// A document to be written.
pub struct SaveOrder {
    /// Of the document shown; comes back with the outcome, as `job` and `version` do.
    pub document_number: u64,
    /// Of the flow, which knows the writing by it.
    pub job: u64,
    /// What the file will hold.
    pub version: Version,
    /// Written as it is.
    pub document: Document,
    /// Kept in a folder apart, where there is one.
    pub history: HistorySnapshot,
    /// Where to; what is there is replaced.
    pub path: PathBuf,
}

/// Files that are being read to be opened.
pub struct Reading {
    /// Of the first.
    pub name: String,
    /// How far it is, and the way to stop it.
    pub watch: Watch,
    /// When its thread was started.
    pub began: Instant,
    /// Its number, where it was decided about unsaved changes before.
    number: Option<u64>,
    thread: JoinHandle<()>,
}

/// The way to the threads.
pub struct Files {
    sender: Sender<FileEvent>,
    receiver: Receiver<FileEvent>,
    context: Context,
    /// Folder of the undo histories; without it none is kept.
    history_folder: Option<PathBuf>,
    running: usize,
    reading: Option<Reading>,
    /// Documents being written, by path: a second write to a path begins when the first has ended.
    writes: Vec<(PathBuf, JoinHandle<()>)>,
    /// What else must not be broken off by the end of the window.
    must_end: Vec<JoinHandle<()>>,
}

impl Files {
    /// Events wake the window. Without a folder for them no undo history is kept.
    pub fn new(context: Context, history_folder: Option<PathBuf>) -> Self {
        let (sender, receiver) = queue(WAITING_EVENTS);
        let (writes, must_end) = (Vec::new(), Vec::new());
        Self { sender, receiver, context, history_folder, running: 0, reading: None, writes, must_end }
    }

    /// The events since the last call.
    pub fn events(&mut self) -> Vec<FileEvent> {
        let events: Vec<FileEvent> = self.receiver.try_iter().collect();
        self.running -= events.len().min(self.running);
        events
    }

    /// Whether a thread is at work.
    pub fn is_busy(&self) -> bool {
        self.running > 0
    }

    /// Starts a thread; `topic` is what it is about, should it break off.
    fn run(
        &mut self,
        document: u64,
        topic: Topic,
        work: impl FnOnce() -> FileNews + Send + 'static,
    ) -> Result<JoinHandle<()>, String> {
        self.run_reading(document, None, topic, work)
    }

    /// [`Files::run`]; a reading of a number ends with what it reports.
    fn run_reading(
        &mut self,
        document: u64,
        reading: Option<u64>,
        topic: Topic,
        work: impl FnOnce() -> FileNews + Send + 'static,
    ) -> Result<JoinHandle<()>, String> {
        let (sender, context) = (self.sender.clone(), self.context.clone());
        let work = move || {
            let news = guarded(work).unwrap_or_else(|message| FileNews::Failed { topic, message });
            // The window may be gone; then nobody waits for the answer.
            sender.send(FileEvent { document, reading, news }).unwrap_or_default();
            context.request_repaint();
        };
        let handle = start_thread("studio-files", texts::in_this_language(work));
        let handle = handle.map_err(|error| text!("file-no-thread", %error))?;
        self.running += 1;
        Ok(handle)
    }

    /// [`Files::run`], but the end of the window waits for it.
    fn run_to_its_end(
        &mut self,
        document: u64,
        topic: Topic,
        work: impl FnOnce() -> FileNews + Send + 'static,
    ) -> Result<(), String> {
        let handle = self.run(document, topic, work)?;
        self.must_end.retain(|handle| !handle.is_finished());
        self.must_end.push(handle);
        Ok(())
    }

    /// Asks for a path with the system's chooser.
    pub fn choose(&mut self, document: u64, purpose: Purpose, suggestion: PathBuf) -> Result<(), String> {
        let work = move || {
            let started = Instant::now();
            let is_there = may_show_chooser();
            let show = || if is_there { show_chooser(&purpose, &suggestion) } else { Vec::new() };
            let chosen = guarded(show).unwrap_or_default();
            match (chosen.first(), purpose.extension()) {
                (Some(path), Some(extension)) => match Place::look(path.clone(), extension) {
                    // The chooser has asked about this file itself.
                    Place::Occupied(file) if file == *path => FileNews::Chosen { purpose, paths: chosen },
                    Place::Free(path) => FileNews::Chosen { purpose, paths: vec![path] },
                    place => FileNews::PlaceSeen { purpose, place, is_typed: false },
                },
                (Some(_), None) => FileNews::Chosen { purpose, paths: chosen },
                (None, _) if !is_there || started.elapsed() < NO_CHOOSER => {
                    FileNews::NoChooser { purpose, suggestion }
                }
                (None, _) => FileNews::NotChosen { purpose },
            }
        };
        self.run(document, Topic::Place, work).map(drop)
    }

    /// Looks at the place that was typed for something to be written.
    pub fn look_at_place(&mut self, document: u64, purpose: Purpose, path: PathBuf) -> Result<(), String> {
        let work = move || {
            let place = Place::look(path, purpose.extension().unwrap_or_default());
            FileNews::PlaceSeen { purpose, place, is_typed: true }
        };
        self.run(document, Topic::Place, work).map(drop)
    }

    /// Reads files, as [`opening::open`] does, for the page shown. [`Files::reading`] tells how far it is. `number` is
    /// the reading's, where it was decided about unsaved changes before.
    pub fn open(
        &mut self,
        document: u64,
        number: Option<u64>,
        paths: Vec<PathBuf>,
        shown: Shown,
    ) -> Result<(), String> {
        let history_folder = self.history_folder.clone();
        let name = paths.first().map_or_else(String::new, |path| opening::name_of(path));
        let watch = Watch::default();
        let watched = watch.clone();
        let work = move || match opening::open(paths, &shown, history_folder.as_deref(), &watched) {
            // Nobody waits for it any more.
            _ if watched.is_cancelled() => FileNews::Done,
            news => news,
        };
        let thread = self.run_reading(document, number, Topic::Open, work)?;
        self.reading = Some(Reading { name, watch, number, thread, began: Instant::now() });
        Ok(())
    }

    /// What is being read, and how far it is.
    pub fn reading(&mut self) -> Option<&Reading> {
        self.reading.take_if(|reading| reading.thread.is_finished() || reading.watch.is_cancelled());
        self.reading.as_ref()
    }

    /// Gives up what is being read. Returns its number, where it has one.
    pub fn cancel_reading(&mut self) -> Option<u64> {
        let reading = self.reading.take()?;
        reading.watch.cancel();
        reading.number
    }

    /// Reads a file as labels of what is shown.
    pub fn load_labels(&mut self, document: u64, path: PathBuf, shown: Shown) -> Result<(), String> {
        self.run(document, Topic::Labels, move || opening::load_labels(path, &shown)).map(drop)
    }

    /// Makes labels of the values of a file, as they are mapped so far.
    pub fn try_mapping(&mut self, document: u64, path: PathBuf, trial: MappingTrial) -> Result<(), String> {
        self.run(document, Topic::Labels, move || {
            let revision = trial.revision;
            let outcome = guarded(|| trial.made()).and_then(|made| made);
            FileNews::MappingTried { path, revision, outcome }
        })
        .map(drop)
    }

    /// Reads another grader's labels of a page.
    pub fn open_second_grader(
        &mut self,
        document: u64,
        path: PathBuf,
        page: Page,
        view_number: u64,
    ) -> Result<(), String> {
        let work = move || {
            let outcome = open::open_label_onto(&path, &page, CodeScheme::Studio);
            let outcome = outcome.map_err(|error| error.to_string());
            FileNews::SecondGraderRead { path, view_number, outcome }
        };
        self.run(document, Topic::Labels, work).map(drop)
    }

    /// Measures every page and writes the table.
    pub fn export_measurements(
        &mut self,
        number: u64,
        document: Document,
        path: PathBuf,
    ) -> Result<(), String> {
        self.run_to_its_end(number, Topic::Export, move || {
            let outcome = guarded(|| measurement_csv::write(&document))
                .and_then(|table| write(&path, table.as_bytes()));
            FileNews::Exported { path, outcome }
        })
    }

    /// Clears away what earlier processes could not: discarded sessions, and parts of files in `places`, in those of
    /// `exports` and beside the files of what is found. Then looks for work that they left behind.
    pub fn find_recoveries(
        &mut self,
        journal: Option<PathBuf>,
        places: Vec<PathBuf>,
        exports: Vec<PathBuf>,
    ) -> Result<(), String> {
        let work = move || {
            let found = journal.as_deref().map_or_else(Vec::new, |folder| {
                remove_discarded(folder);
                journal::recoverable(folder)
            });
            let beside = found.iter().filter_map(|recovery| recovery.original_path.as_deref()?.parent());
            let mut places: Vec<PathBuf> = beside.map(Path::to_path_buf).chain(places).collect();
            places.sort();
            places.dedup();
            for place in &places {
                remove_stale_parts(place);
            }
            for export in &exports {
                remove_stale_parts_of_export(export);
            }
            FileNews::Recoverable(found)
        };
        self.run(0, Topic::Restore, work).map(drop)
    }

    /// Reads work that was left behind.
    pub fn load_recovery(&mut self, document: u64, recovery: Recovery) -> Result<(), String> {
        let work = move || {
            let outcome =
                guarded(|| recovery.load()).and_then(|read| read.map_err(|error| error.to_string()));
            let outcome = outcome.map(|(editor, warnings)| (Box::new(editor), warnings));
            FileNews::Recovered { recovery, outcome }
        };
        self.run(document, Topic::Restore, work).map(drop)
    }

    /// Removes work that was left behind.
    pub fn discard_recovery(&mut self, document: u64, recovery: Recovery) -> Result<(), String> {
        self.run_to_its_end(document, Topic::Removal, move || {
            let outcome = recovery.discard();
            let path = recovery.path.display();
            FileNews::Removed { outcome: outcome.map_err(|error| text!("file-not-removed", %path, %error)) }
        })
    }

    /// Writes a document, and its undo history where those are kept.
    pub fn save(&mut self, order: SaveOrder) -> Result<(), String> {
        let SaveOrder { document_number, job, version, document, history, path } = order;
        let history_folder = self.history_folder.clone();
        self.writes.retain(|(_, handle)| !handle.is_finished());
        let is_same = |(other, _): &(PathBuf, JoinHandle<()>)| *other == path;
        let before = self.writes.iter().position(is_same).map(|at| self.writes.swap_remove(at).1);
        let target = path.clone();
        let handle = self.run(document_number, Topic::Save, move || {
            if let Some(before) = before {
                // However it ended: it has been reported by itself.
                before.join().unwrap_or_default();
            }
            let outcome = guarded(|| {
                write(&path, &retidiff::write_document(&document))?;
                Ok(keep_history(history_folder, &document, &history))
            });
            FileNews::Saved { job, path, version, outcome: outcome.and_then(|outcome| outcome) }
        })?;
        self.writes.push((target, handle));
        Ok(())
    }

    /// Writes the label PNG of a mask in the codes of a scheme.
    pub fn export_mask(
        &mut self,
        document: u64,
        mask: Mask,
        scheme: CodeScheme,
        path: PathBuf,
    ) -> Result<(), String> {
        self.run_to_its_end(document, Topic::Export, move || {
            let codes = mask.composite_pixels();
            let outcome = label_png::write_in(scheme, mask.width(), mask.height(), &codes, &[])
                .map_err(|error| error.to_string())
                .and_then(|bytes| write(&path, &bytes));
            FileNews::Exported { path, outcome }
        })
    }

    /// Makes the files of an export, for a look at them.
    pub fn plan_export(&mut self, document: u64, order: PlanOrder) -> Result<(), String> {
        let wish = order.wish.clone();
        let work = move || {
            let outcome = guarded(|| order.made()).and_then(|made| made);
            FileNews::ExportPlanned { wish, outcome }
        };
        self.run(document, Topic::ExportPlan, work).map(drop)
    }

    /// Writes the files of an export as they were looked at.
    pub fn write_export(
        &mut self,
        document: u64,
        folder: PathBuf,
        files: Arc<[PlannedFile]>,
        replaces: bool,
    ) -> Result<(), String> {
        self.run_to_its_end(document, Topic::Export, move || {
            let outcome = guarded(|| write_files(&folder, &files, replaces)).and_then(|written| written);
            FileNews::Exported { path: folder, outcome }
        })
    }

    /// Writes a synthetic scan with what made it.
    pub fn export_image(
        &mut self,
        document: u64,
        image: GreyImage,
        provenance: Vec<(&'static str, String)>,
        path: PathBuf,
    ) -> Result<(), String> {
        self.run_to_its_end(document, Topic::Export, move || {
            let text: Vec<(&str, &str)> =
                provenance.iter().map(|(key, value)| (*key, value.as_str())).collect();
            let outcome = scan_image::write(&image, &text)
                .map_err(|error| error.to_string())
                .and_then(|bytes| write(&path, &bytes));
            FileNews::Exported { path, outcome }
        })
    }
}

impl Drop for Files {
    /// What is being written ends before the process does, unless the disk does not answer.
    fn drop(&mut self) {
        // Nobody takes events any more: a thread must not wait until somebody does.
        let (_, nobody) = queue(0);
        self.receiver = nobody;
        let writes = self.writes.drain(..).map(|(_, handle)| handle);
        let at_work: Vec<JoinHandle<()>> = writes.chain(self.must_end.drain(..)).collect();
        let begun = Instant::now();
        while !at_work.iter().all(JoinHandle::is_finished) && begun.elapsed() < END_TIMEOUT {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// What a piece of work returns, or that it broke off: whoever waits for its report must not wait for ever.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| text!("file-broke-off").to_owned())
}

/// Keeps the undo history of a document that was just written. Returns what to say where it could not be.
fn keep_history(folder: Option<PathBuf>, document: &Document, history: &HistorySnapshot) -> Option<String> {
    let folder = folder?;
    let error = undo_history::keep(&folder, document, history).err()?;
    Some(text!("file-no-history", folder = %folder.display(), %error))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    write_atomically(path, bytes).map_err(|error| {
        let path = path.display();
        match error.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => text!("file-not-permitted", %path),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => text!("file-no-space", %path),
            _ => text!("file-not-written", %path, %error),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::read_document;
    use crate::scan::BScan;

    /// A write of a scan of this many pixels a side: the larger, the slower.
    fn order(side: u32, job: u64, path: &Path) -> SaveOrder {
        let noise = |at: u32| (at.wrapping_mul(2_654_435_761) >> 24) as u8;
        let pixels: Vec<u8> = (0..side * side).map(noise).collect();
        let scan = BScan::from_image(GreyImage::new(side, side, pixels), "scan");
        let document = Document::from_scan(scan, Mask::unannotated(side, side));
        let version = Version { revision: job, state: job };
        let history = HistorySnapshot::default();
        SaveOrder { document_number: 0, job, version, document, history, path: path.to_path_buf() }
    }

    fn width_in(path: &Path) -> u32 {
        let bytes = std::fs::read(path).expect("a file");
        read_document(&bytes, "written").expect("whole").0.pages[0].scan.width()
    }

    #[test]
    fn writes_to_one_path_end_in_the_order_in_which_they_were_wanted() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.retidiff");
        let mut files = Files::new(Context::default(), None);
        files.save(order(1500, 1, &path)).expect("a thread");
        files.save(order(16, 2, &path)).expect("a thread");
        let mut jobs = Vec::new();
        while jobs.len() < 2 {
            thread::sleep(Duration::from_millis(5));
            jobs.extend(files.events().into_iter().map(|event| match event.news {
                FileNews::Saved { job, outcome: Ok(None), .. } => job,
                _ => panic!("it is written"),
            }));
        }
        assert_eq!((jobs, width_in(&path)), (vec![1, 2], 16));
        assert!(!files.is_busy());
    }

    #[test]
    fn the_end_of_the_window_waits_for_what_is_being_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.retidiff");
        let mut files = Files::new(Context::default(), None);
        files.save(order(800, 1, &path)).expect("a thread");
        drop(files);
        assert_eq!(width_in(&path), 800);
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1, "and no part is left");
    }
}
