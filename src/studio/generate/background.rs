//! What the page has done on other threads: looking at folders, reading pairs, measuring.

use std::path::{Path, PathBuf};

use eframe::egui::{ColorImage, Context};

use super::known_folders;
use super::sheet_pictures::{self, CellToRead};
use crate::generation::coverage;
use crate::generation::folder::GENERATION_FILE;
use crate::generation::record::GenerationRecord;
use crate::studio::shell::jobs::Jobs;
use crate::studio::texts::text;
use crate::worker::GenerationRequest;
use crate::worker::generation_process::{GenerationEstimate, estimate};

/// What a thread reports.
pub(super) enum News {
    /// The generations there are, the newest first.
    Found {
        records: Vec<GenerationRecord>,
        problems: Vec<String>,
    },
    /// One that the user named.
    Added(Box<GenerationRecord>),
    Estimated {
        request: Box<GenerationRequest>,
        outcome: Result<GenerationEstimate, String>,
    },
    /// The pictures of a pair: with and without its labels.
    Cell {
        folder: PathBuf,
        id: String,
        outcome: Result<[ColorImage; 2], String>,
    },
    /// All cells that were asked for have come.
    SheetRead,
    Coverage {
        folder: PathBuf,
        outcome: Result<String, String>,
    },
    Failed(String),
}

/// The way to the threads.
pub(super) struct Background {
    jobs: Jobs<News>,
}

impl Background {
    pub fn new(context: Context) -> Self {
        Self { jobs: Jobs::new("studio-generate", context, News::Failed) }
    }

    /// The news since the last call.
    pub fn news(&self) -> Vec<News> {
        self.jobs.news()
    }

    /// Looks for generations.
    pub fn find(&self, folder: PathBuf) -> Result<(), String> {
        self.jobs.run(move || Some(found(&folder)))
    }

    /// Keeps a generation in the list of those elsewhere, if it is.
    pub fn keep(&self, folder: PathBuf, generation: PathBuf) -> Result<(), String> {
        self.jobs.run(move || known_folders::keep(&folder, &generation).err().map(News::Failed))
    }

    /// Adds the generation in a folder to the list.
    pub fn add(&self, folder: PathBuf, generation: PathBuf) -> Result<(), String> {
        self.jobs.run(move || Some(added(&folder, &generation)))
    }

    /// Measures two pairs.
    pub fn estimate(&self, program: PathBuf, request: GenerationRequest) -> Result<(), String> {
        self.jobs.run(move || {
            let outcome = estimate(&program, &request);
            Some(News::Estimated { request: Box::new(request), outcome })
        })
    }

    /// Reads pairs for the sheet, one after the other.
    pub fn read_cells(&self, folder: PathBuf, cells: Vec<CellToRead>) -> Result<(), String> {
        self.jobs.run_telling(move |reporter| {
            for cell in cells {
                let outcome = sheet_pictures::read(&folder, &cell);
                if !reporter.tell(News::Cell { folder: folder.clone(), id: cell.id, outcome }) {
                    return;
                }
            }
            reporter.tell(News::SheetRead);
        })
    }

    /// Measures how much the masks of a generation repeat each other.
    pub fn measure_coverage(&self, folder: PathBuf, reference: Option<PathBuf>) -> Result<(), String> {
        self.jobs.run(move || {
            let measured = coverage::of_folder(&folder, reference.as_deref());
            let outcome = measured.map(|coverage| coverage.in_words()).map_err(|error| error.to_string());
            Some(News::Coverage { folder, outcome })
        })
    }

    /// Shows a folder with the system's file manager.
    pub fn show_folder(&self, folder: PathBuf) -> Result<(), String> {
        self.jobs.run(move || {
            let error = open::that_detached(&folder).err()?;
            Some(News::Failed(text!("generate-folder-not-shown", folder = %folder.display(), %error)))
        })
    }
}

fn found(folder: &Path) -> News {
    let (paths, mut problems) = known_folders::all(folder);
    let mut records = Vec::new();
    for path in paths {
        let changed = std::fs::metadata(&path).and_then(|facts| facts.modified()).ok();
        match GenerationRecord::read(&path) {
            Ok(record) => records.push((changed, record)),
            Err(error) => problems.push(error.to_string()),
        }
    }
    records.sort_by_key(|(changed, _)| std::cmp::Reverse(*changed));
    News::Found { records: records.into_iter().map(|(_, record)| record).collect(), problems }
}

fn added(folder: &Path, generation: &Path) -> News {
    if !generation.join(GENERATION_FILE).is_file() {
        return News::Failed(
            text!("generate-no-pairs", folder = %generation.display(), file = GENERATION_FILE),
        );
    }
    let kept = known_folders::keep(folder, generation);
    match (GenerationRecord::read(generation), kept) {
        (Ok(record), Ok(())) => News::Added(Box::new(record)),
        (Err(error), _) => News::Failed(error.to_string()),
        (_, Err(problem)) => News::Failed(problem),
    }
}
