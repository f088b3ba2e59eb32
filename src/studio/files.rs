//! Files without waiting: choosers, reading and writing run on threads of their own and report back.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use eframe::egui::Context;

use super::opening::{self, SuspectedLabels};
use crate::document::{Document, Editor, HistorySnapshot, Page};
use crate::formats::atomic::write_atomically;
use crate::formats::journal::{self, Recovery};
use crate::formats::label_png::CodeScheme;
use crate::formats::open::{FileKind, Opened};
use crate::formats::{label_png, measurement_csv, open, registry, retidiff, scan_image, undo_history};
use crate::mask::Mask;
use crate::scan::GreyImage;

/// A chooser that is gone sooner never came up: nobody cancels that fast.
const NO_CHOOSER: Duration = Duration::from_millis(400);
/// Events that may wait; a thread that finds the queue full waits, not the window.
const WAITING_EVENTS: usize = 16;

/// What a chosen path is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    Open,
    /// A folder of scans.
    OpenFolder,
    /// Labels of the page shown.
    OpenLabels,
    Save,
    ExportMask(CodeScheme),
    ExportSynthetic,
    ExportMeasurements,
    /// Another grader's labels of the page shown.
    OpenSecondGrader,
    /// A model to compare with.
    RivalModel,
}

impl Purpose {
    /// As the title of a chooser.
    pub fn title(&self) -> &'static str {
        match self {
            Purpose::Open => "Open scan, labels or document",
            Purpose::OpenFolder => "Open a folder of scans",
            Purpose::OpenLabels => "Load labels onto this B-scan",
            Purpose::Save => "Save document",
            Purpose::ExportMask(CodeScheme::Studio) => "Export label mask",
            Purpose::ExportMask(CodeScheme::Paper) => "Export label mask with the paper's nine classes",
            Purpose::ExportSynthetic => "Export synthetic scan",
            Purpose::ExportMeasurements => "Export measurements",
            Purpose::RivalModel => "Choose a model to compare with",
            Purpose::OpenSecondGrader => "Open the second grader's label image",
        }
    }

    /// Whether something is read, not written.
    pub fn reads(&self) -> bool {
        match self {
            Purpose::Open
            | Purpose::OpenFolder
            | Purpose::OpenLabels
            | Purpose::OpenSecondGrader
            | Purpose::RivalModel => true,
            Purpose::Save
            | Purpose::ExportMask(_)
            | Purpose::ExportSynthetic
            | Purpose::ExportMeasurements => false,
        }
    }
}

/// What a thread reports.
pub enum FileEvent {
    /// A path was chosen for something.
    Chosen {
        purpose: Purpose,
        path: PathBuf,
    },
    /// The chooser was closed without a choice.
    Cancelled,
    /// No chooser could be shown: the window asks for the path itself.
    NoChooser {
        purpose: Purpose,
        suggestion: PathBuf,
    },
    Opened {
        path: PathBuf,
        outcome: Result<Box<OpenedFile>, String>,
    },
    /// A label image was read for the page shown under a view number.
    LabelsRead {
        path: PathBuf,
        view_number: u64,
        outcome: Result<(Mask, Vec<String>), String>,
    },
    /// An image was read for the page shown under a view number that may be labels for it.
    LabelsSuspected {
        path: PathBuf,
        view_number: u64,
        suspected: Box<SuspectedLabels>,
    },
    /// Another grader's label image was read for the page shown under a view number.
    SecondGraderRead {
        view_number: u64,
        outcome: Result<(Mask, Vec<String>), String>,
    },
    Saved {
        path: PathBuf,
        revision: u64,
        /// What is to be told beside it where it went well.
        outcome: Result<Option<String>, String>,
    },
    Exported {
        path: PathBuf,
        outcome: Result<(), String>,
    },
    /// Work that earlier processes left behind, the latest first.
    Recoverable(Vec<Recovery>),
    Recovered {
        recovery: Recovery,
        outcome: Result<(Box<Editor>, Vec<String>), String>,
    },
    /// Something else went wrong.
    Failed(String),
}

/// A file that was read, with the undo history that was kept of it.
pub struct OpenedFile {
    pub editor: Editor,
    pub kind: FileKind,
    /// What the reader assumed, repaired or skipped.
    pub warnings: Vec<String>,
}

/// The way to the threads.
pub struct Files {
    sender: SyncSender<FileEvent>,
    receiver: Receiver<FileEvent>,
    context: Context,
    /// Folder of the undo histories; without it none is kept.
    history_folder: Option<PathBuf>,
    running: usize,
}

impl Files {
    /// Events wake the window. Without a folder for them no undo history is kept.
    pub fn new(context: Context, history_folder: Option<PathBuf>) -> Self {
        let (sender, receiver) = sync_channel(WAITING_EVENTS);
        Self { sender, receiver, context, history_folder, running: 0 }
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

    fn run(&mut self, work: impl FnOnce() -> FileEvent + Send + 'static) -> Result<(), String> {
        let (sender, context) = (self.sender.clone(), self.context.clone());
        let outcome = thread::Builder::new().name("studio-files".to_owned()).spawn(move || {
            // The window may be gone; then nobody waits for the answer.
            sender.send(work()).unwrap_or_default();
            context.request_repaint();
        });
        match outcome {
            Ok(_) => {
                self.running += 1;
                Ok(())
            }
            Err(error) => Err(format!("no thread could be started for the file: {error}")),
        }
    }

    /// Asks for a path with the system's chooser.
    pub fn choose(&mut self, purpose: Purpose, suggestion: PathBuf) -> Result<(), String> {
        self.run(move || {
            let started = Instant::now();
            match show_chooser(&purpose, &suggestion) {
                Some(path) => FileEvent::Chosen { purpose, path },
                None if started.elapsed() < NO_CHOOSER => FileEvent::NoChooser { purpose, suggestion },
                None => FileEvent::Cancelled,
            }
        })
    }

    /// Reads files, as [`opening::open`] does.
    pub fn open(&mut self, paths: Vec<PathBuf>, page: Page, view_number: u64) -> Result<(), String> {
        let history_folder = self.history_folder.clone();
        self.run(move || opening::open(paths, &page, view_number, history_folder.as_deref()))
    }

    /// Reads a file as labels of a page.
    pub fn load_labels(&mut self, path: PathBuf, page: Page, view_number: u64) -> Result<(), String> {
        self.run(move || opening::load_labels(path, &page, view_number))
    }

    /// Reads another grader's labels of a page.
    pub fn open_second_grader(&mut self, path: PathBuf, page: Page, view_number: u64) -> Result<(), String> {
        self.run(move || {
            let outcome = open::open_label_onto(&path, &page, CodeScheme::Studio);
            FileEvent::SecondGraderRead { view_number, outcome: outcome.map_err(|error| error.to_string()) }
        })
    }

    /// Measures every page and writes the table.
    pub fn export_measurements(&mut self, document: Document, path: PathBuf) -> Result<(), String> {
        self.run(move || {
            let outcome = write(&path, measurement_csv::write(&document).as_bytes());
            FileEvent::Exported { path, outcome }
        })
    }

    /// Looks for work that earlier processes left behind.
    pub fn find_recoveries(&mut self, folder: PathBuf) -> Result<(), String> {
        self.run(move || FileEvent::Recoverable(journal::recoverable(&folder)))
    }

    /// Reads work that was left behind.
    pub fn load_recovery(&mut self, recovery: Recovery) -> Result<(), String> {
        self.run(move || {
            let outcome = recovery.load().map_err(|error| error.to_string());
            let outcome = outcome.map(|(editor, warnings)| (Box::new(editor), warnings));
            FileEvent::Recovered { recovery, outcome }
        })
    }

    /// Removes work that was left behind.
    pub fn discard_recovery(&mut self, recovery: Recovery) -> Result<(), String> {
        self.run(move || match recovery.discard() {
            Ok(()) => FileEvent::Cancelled,
            Err(error) => FileEvent::Failed(format!(
                "{} could not be removed: {error}. Remove the folder by hand.",
                recovery.path.display()
            )),
        })
    }

    /// Writes a document, and its undo history where those are kept.
    pub fn save(
        &mut self,
        document: Document,
        history: HistorySnapshot,
        revision: u64,
        path: PathBuf,
    ) -> Result<(), String> {
        let history_folder = self.history_folder.clone();
        self.run(move || {
            let outcome = write(&path, &retidiff::write_document(&document)).map(|()| {
                let folder = history_folder?;
                let kept = undo_history::keep(&folder, &document, &history);
                kept.err().map(|error| {
                    format!(
                        "The document is saved. Its undo history could not be kept in {}: {error}.",
                        folder.display()
                    )
                })
            });
            FileEvent::Saved { path, revision, outcome }
        })
    }

    /// Writes the label PNG of a mask in the codes of a scheme.
    pub fn export_mask(&mut self, mask: Mask, scheme: CodeScheme, path: PathBuf) -> Result<(), String> {
        self.run(move || {
            let codes = mask.composite_pixels();
            let outcome = label_png::write_in(scheme, mask.width(), mask.height(), &codes, &[])
                .map_err(|error| error.to_string())
                .and_then(|bytes| write(&path, &bytes));
            FileEvent::Exported { path, outcome }
        })
    }

    /// Writes a synthetic scan with what made it.
    pub fn export_image(
        &mut self,
        image: GreyImage,
        provenance: Vec<(&'static str, String)>,
        path: PathBuf,
    ) -> Result<(), String> {
        self.run(move || {
            let text: Vec<(&str, &str)> =
                provenance.iter().map(|(key, value)| (*key, value.as_str())).collect();
            let outcome = scan_image::write(&image, &text)
                .map_err(|error| error.to_string())
                .and_then(|bytes| write(&path, &bytes));
            FileEvent::Exported { path, outcome }
        })
    }
}

/// The undo history is looked for where a document was read; any other file begins without one.
pub(super) fn with_history(opened: Opened, folder: Option<&Path>) -> OpenedFile {
    let Opened { document, kind, mut warnings, .. } = opened;
    let folder = folder.filter(|_| kind == FileKind::Document);
    let found = folder.map_or(Ok(None), |folder| undo_history::find(folder, &document));
    let history = found.unwrap_or_else(|error| {
        warnings.push(error.to_string());
        None
    });
    OpenedFile { editor: Editor::with_history(document, history.unwrap_or_default()), kind, warnings }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    write_atomically(path, bytes).map_err(|error| {
        format!("{} could not be written: {error}. Choose another folder or free some space.", path.display())
    })
}

fn show_chooser(purpose: &Purpose, suggestion: &Path) -> Option<PathBuf> {
    let mut dialog = rfd::FileDialog::new().set_title(purpose.title());
    if purpose.reads() {
        dialog = dialog.set_directory(suggestion);
    } else {
        if let Some(folder) = suggestion.parent().filter(|folder| folder.is_dir()) {
            dialog = dialog.set_directory(folder);
        }
        if let Some(name) = suggestion.file_name() {
            dialog = dialog.set_file_name(name.to_string_lossy());
        }
    }
    match purpose {
        Purpose::Open => dialog
            .add_filter("Scans, labels, documents", registry::endings().as_slice())
            .add_filter("All files", &["*"])
            .pick_file(),
        Purpose::RivalModel => dialog.add_filter("Model", &["safetensors"]).pick_file(),
        Purpose::OpenFolder => dialog.pick_folder(),
        Purpose::OpenLabels | Purpose::OpenSecondGrader => dialog
            .add_filter("Label image", &["png", "tif", "tiff", "bmp", "nii", "gz", "mha", "mhd"])
            .add_filter("All files", &["*"])
            .pick_file(),
        Purpose::ExportMeasurements => {
            dialog.add_filter("Table", &["csv"]).save_file().map(|path| with_extension(path, "csv"))
        }
        Purpose::Save => dialog
            .add_filter("RetiDiff document", &["retidiff"])
            .save_file()
            .map(|path| with_extension(path, "retidiff")),
        Purpose::ExportMask(_) | Purpose::ExportSynthetic => {
            dialog.add_filter("PNG image", &["png"]).save_file().map(|path| with_extension(path, "png"))
        }
    }
}

/// A path that ends as its format does.
pub fn with_extension(path: PathBuf, extension: &str) -> PathBuf {
    match path.extension() {
        Some(found) if found.eq_ignore_ascii_case(extension) => path,
        _ => {
            let mut name = path.file_name().unwrap_or_default().to_os_string();
            name.push(".");
            name.push(extension);
            path.with_file_name(name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_dots_keeps_them() {
        assert_eq!(with_extension("a/scan.v2".into(), "retidiff"), PathBuf::from("a/scan.v2.retidiff"));
        assert_eq!(with_extension("a/scan.RETIDIFF".into(), "retidiff"), PathBuf::from("a/scan.RETIDIFF"));
    }
}
