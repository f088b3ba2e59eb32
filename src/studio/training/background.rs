//! What the page has done on other threads: looking at folders, reading sheets, publishing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::{ColorImage, Context};

use super::data_form::Input;
use super::data_making::{self, Made, Making};
use crate::dataset::building::BuildTerms;
use crate::dataset::manifest::{Manifest, ManifestEntry};
use crate::dataset::split::{Role, SPLIT_FILE, Split};
use crate::device;
use crate::diffusion::model_file::{self, ModelInfo};
use crate::document::Page;
use crate::studio::shell::jobs::Jobs;
use crate::studio::texts::text;
use crate::training::live_sample;
use crate::training::run_directory::RunDirectory;
use crate::training::run_record::RunRecord;
use crate::worker::ModelSource;
use crate::worker::models::{self, UserModel};

/// Largest side of a sheet that is shown.
const MAX_SHEET_SIDE: u32 = 16_384;

/// What the form says of a data set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataFacts {
    /// Scans to train on that a grader labelled.
    pub training: usize,
    /// Scans of training subjects that the auto-trace labelled; taken only if the settings say so.
    pub pseudo_labelled: usize,
    /// Scans to validate on that a grader labelled.
    pub validation: usize,
    /// Scans of training subjects, labelled or not, and of validation subjects: stage 1 sees these.
    pub scans: [usize; 2],
    /// The split that the data set was built with.
    pub split: Option<Split>,
}

/// What a thread reports.
pub(super) enum News {
    /// The runs of the folder, the newest first.
    Runs(Vec<RunRecord>),
    Data {
        path: PathBuf,
        outcome: Result<DataFacts, String>,
    },
    /// Inputs of a data set that is to be made.
    Inputs(Vec<Input>),
    /// A data set was made, or not.
    Made(Result<Made, String>),
    /// The split of a file.
    Split {
        file: PathBuf,
        split: Split,
    },
    /// What a model is that a run may begin with.
    Start {
        model: String,
        outcome: Result<Box<ModelInfo>, String>,
    },
    /// A line for each GPU.
    Gpus(Vec<String>),
    Sheet {
        run: PathBuf,
        step: u64,
        outcome: Result<ColorImage, String>,
    },
    Models(Vec<UserModel>),
    Published {
        name: String,
        outcome: Result<UserModel, String>,
    },
    Failed(String),
}

/// The way to the threads.
pub(super) struct Background {
    jobs: Jobs<News>,
    context: Context,
}

impl Background {
    pub fn new(context: Context) -> Self {
        Self { jobs: Jobs::new("studio-training", context.clone(), News::Failed), context }
    }

    /// The news since the last call.
    pub fn news(&self) -> Vec<News> {
        self.jobs.news()
    }

    fn run(&self, work: impl FnOnce() -> Option<News> + Send + 'static) -> Result<(), String> {
        self.jobs.run(work)
    }

    /// Looks for runs in a folder.
    pub fn find_runs(&self, folder: PathBuf) -> Result<(), String> {
        self.run(move || Some(News::Runs(runs_in(&folder))))
    }

    /// Looks for published models in a folder.
    pub fn find_models(&self, folder: PathBuf) -> Result<(), String> {
        self.run(move || Some(News::Models(models::user_models(&folder))))
    }

    /// Counts the scans of a data set.
    pub fn look_at_data(&self, path: PathBuf, split: Split) -> Result<(), String> {
        self.run(move || {
            let outcome = data_facts(&path, &split);
            Some(News::Data { path, outcome })
        })
    }

    /// Looks at what is to become a data set.
    pub fn look_at_inputs(&self, paths: Vec<PathBuf>) -> Result<(), String> {
        self.run(move || Some(News::Inputs(paths.into_iter().map(Input::look_at).collect())))
    }

    /// Makes a data set.
    pub fn make_data_set(&self, terms: BuildTerms, making: Arc<Making>) -> Result<(), String> {
        let context = self.context.clone();
        self.run(move || {
            let made = catch_unwind(AssertUnwindSafe(|| data_making::make(&terms, &making, &context)));
            Some(News::Made(made.unwrap_or_else(|_| Err(text!("data-broke-off").to_owned()))))
        })
    }

    /// Reads a split file.
    pub fn read_split(&self, file: PathBuf) -> Result<(), String> {
        self.run(move || Some(split_of(file)))
    }

    /// Reads what a model is, by its name or path.
    pub fn look_at_start(&self, model: String) -> Result<(), String> {
        self.run(move || {
            let outcome = model_info(&model).map(Box::new);
            Some(News::Start { model, outcome })
        })
    }

    /// Asks the drivers for the GPUs.
    pub fn find_gpus(&self) -> Result<(), String> {
        self.run(|| Some(News::Gpus(device::gpu_lines())))
    }

    /// Reads a sheet of samples.
    pub fn read_sheet(&self, run: PathBuf, step: u64, file: &str) -> Result<(), String> {
        let path = run.join(file);
        self.run(move || {
            let outcome = read_picture(&path);
            Some(News::Sheet { run, step, outcome })
        })
    }

    /// Puts a page into a run's folder. A problem is told; the run goes on without.
    pub fn place_live_sample(&self, run: PathBuf, page: Page) {
        let placed = self.run(move || {
            let error = live_sample::place(&run, &page).err()?;
            Some(News::Failed(text!("training-sample-not-placed", run = %run.display(), %error)))
        });
        // Without a thread there is no live sample, which the page shows by not showing it.
        placed.unwrap_or_default();
    }

    /// Copies a model file to the list of models.
    pub fn publish(&self, model: PathBuf, folder: PathBuf, name: String) -> Result<(), String> {
        self.run(move || {
            let outcome = models::publish(&model, &folder, &name).map(UserModel::of_file);
            let outcome = outcome.map_err(|error| error.to_string());
            Some(News::Published { name, outcome })
        })
    }
}

fn runs_in(folder: &Path) -> Vec<RunRecord> {
    let paths = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut runs: Vec<(std::time::SystemTime, RunRecord)> = paths
        .filter(|path| RunDirectory::is_run(path))
        .filter_map(|path| {
            let changed = std::fs::metadata(&path).and_then(|facts| facts.modified()).ok()?;
            Some((changed, RunRecord::read(&path).ok()?))
        })
        .collect();
    runs.sort_by_key(|run| std::cmp::Reverse(run.0));
    runs.into_iter().map(|(_, record)| record).collect()
}

fn data_facts(path: &Path, split: &Split) -> Result<DataFacts, String> {
    let manifest = Manifest::read(path).map_err(|error| error.to_string())?;
    let count = |role: Role, is_counted: fn(&ManifestEntry) -> bool| {
        let entries = manifest.entries.iter().filter(|entry| is_counted(entry));
        entries.filter(|entry| split.role(&entry.subject) == role).count()
    };
    let file = path.join(SPLIT_FILE);
    let built_with = match file.is_file() {
        true => {
            let bytes = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            Some(serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", file.display()))?)
        }
        false => None,
    };
    Ok(DataFacts {
        training: count(Role::Training, |entry| entry.is_graded()),
        pseudo_labelled: count(Role::Training, |entry| entry.label.is_some() && entry.pseudo_labelled),
        validation: count(Role::Validation, |entry| entry.is_graded()),
        scans: [Role::Training, Role::Validation].map(|role| count(role, |_| true)),
        split: built_with,
    })
}

fn split_of(file: PathBuf) -> News {
    let read = std::fs::read(&file).map_err(|error| error.to_string());
    let split = read.and_then(|bytes| serde_json::from_slice(&bytes).map_err(|error| error.to_string()));
    match split {
        Ok(split) => News::Split { file, split },
        Err(error) => News::Failed(text!("training-no-split-file", file = %file.display(), %error)),
    }
}

fn model_info(model: &str) -> Result<ModelInfo, String> {
    let (bytes, name) = ModelSource::named(model).read().map_err(|error| error.to_string())?;
    model_file::read_info(&bytes, &name).map_err(|error| error.to_string())
}

fn read_picture(path: &Path) -> Result<ColorImage, String> {
    let problem = |error: String| text!("training-sheet-not-shown", file = %path.display(), %error);
    let bytes = std::fs::read(path).map_err(|error| problem(error.to_string()))?;
    let reader = image::ImageReader::with_format(std::io::Cursor::new(&bytes), image::ImageFormat::Png);
    let (width, height) = reader.into_dimensions().map_err(|error| problem(error.to_string()))?;
    if width.max(height) > MAX_SHEET_SIDE {
        return Err(problem(text!("training-too-many-pixels", %width, %height)));
    }
    let picture = image::load_from_memory_with_format(&bytes, image::ImageFormat::Png);
    let picture = picture.map_err(|error| problem(error.to_string()))?.into_rgb8();
    let size = [picture.width() as usize, picture.height() as usize];
    Ok(ColorImage::from_rgb(size, picture.as_raw()))
}
