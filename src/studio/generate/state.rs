//! The state of the page, and what it learns from threads and processes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::Context;

use super::background::{Background, News};
use super::form::{Form, MeasuredEstimate};
use super::sheet::ContactSheet;
use crate::background::Wake;
use crate::generation::MasksFrom;
use crate::generation::record::{GenerationRecord, GenerationState};
use crate::studio::shell::notices::Severity;
use crate::studio::texts::text;
use crate::worker::models::UserModel;
use crate::worker::{GenerationProcess, GenerationRequest};

/// Where generations live on this machine.
#[derive(Clone, Debug)]
pub struct GenerationPlaces {
    /// The program that generates, which is `retidiff`.
    pub program: PathBuf,
    /// Where they are kept unless another folder is chosen.
    pub folder: PathBuf,
}

impl GenerationPlaces {
    /// Inside the studio's own folder, with this program; `None` if the system does not tell which program this is.
    pub fn in_folder(folder: &Path) -> Option<Self> {
        let program = std::env::current_exe().ok()?;
        Some(Self { program, folder: folder.join("generations") })
    }
}

/// A generation of the list.
pub(super) struct Generation {
    pub record: Arc<GenerationRecord>,
    /// Watches a process that is at work, or was.
    pub process: Option<GenerationProcess>,
}

/// How far the coverage of a generation is measured.
pub(super) enum CoverageState {
    Measuring,
    Known(Result<String, String>),
}

/// What the page is drawn with and does not own.
#[derive(Clone, Copy)]
pub struct GenerateContext<'a> {
    /// The models that the user published.
    pub models: &'a [UserModel],
}

/// The page.
pub struct GeneratePage {
    pub(super) places: Option<GenerationPlaces>,
    pub(super) background: Background,
    pub(super) wake: Wake,
    /// The newest first.
    pub(super) generations: Vec<Generation>,
    pub(super) is_looking: bool,
    pub(super) selected: Option<PathBuf>,
    pub(super) form: Option<Form>,
    pub(super) sheet: ContactSheet,
    /// Of the generation with this folder.
    pub(super) coverage: Option<(PathBuf, CoverageState)>,
}

impl GeneratePage {
    /// Looks for generations at once: one may be at work since before the window was opened.
    pub fn new(context: Context, places: Option<GenerationPlaces>) -> Self {
        let wake: Wake = {
            let context = context.clone();
            Arc::new(move || context.request_repaint())
        };
        let mut page = Self {
            places,
            background: Background::new(context),
            wake,
            generations: Vec::new(),
            is_looking: false,
            selected: None,
            form: None,
            sheet: ContactSheet::default(),
            coverage: None,
        };
        if let Some(places) = &page.places {
            page.is_looking = page.background.find(places.folder.clone()).is_ok();
        }
        page
    }

    /// Generates with another program than this one, as a test must.
    pub fn use_program(&mut self, program: PathBuf) {
        if let Some(places) = &mut self.places {
            places.program = program;
        }
    }

    /// Keeps what the open form begins in another folder, as the chooser does.
    pub fn keep_in(&mut self, parent: &Path) {
        self.with_form(|form| form.parent = parent.display().to_string());
    }

    /// Whether a process of a generation is at work.
    pub fn is_running(&self) -> bool {
        self.generations.iter().any(|generation| generation.record.state.is_alive())
    }

    /// Part of its pairs that the generation at work has made.
    pub fn progress(&self) -> Option<f32> {
        let at_work = self.generations.iter().find(|generation| generation.record.state.is_alive())?;
        Some(at_work.record.made as f32 / at_work.record.pairs.max(1) as f32)
    }

    /// What is known of the generation that is shown.
    pub fn selected(&self) -> Option<&GenerationRecord> {
        self.selected_record().map(Arc::as_ref)
    }

    pub(super) fn selected_record(&self) -> Option<&Arc<GenerationRecord>> {
        let path = self.selected.as_ref()?;
        let chosen = self.generations.iter().find(|generation| generation.record.path == *path)?;
        Some(&chosen.record)
    }

    /// What the open form asks for.
    pub fn request(&self) -> Option<GenerationRequest> {
        self.form.as_ref().map(Form::request)
    }

    /// What keeps the open form from starting.
    pub fn form_problems(&self) -> Option<Vec<String>> {
        self.form.as_ref().map(Form::problems)
    }

    /// Whether the folders have been looked for.
    pub fn has_looked(&self) -> bool {
        !self.is_looking
    }

    /// Whether the folders have been looked for and the pictures of the sheet are there.
    pub fn is_settled(&self) -> bool {
        !self.is_looking && self.selected().is_none_or(|record| self.sheet.is_settled(record))
    }

    /// Forgets what lay on a graphics device that is gone.
    pub(in crate::studio) fn forget_pictures(&mut self) {
        self.sheet = ContactSheet::default();
    }

    /// Takes what threads and processes report; answers what the user must hear, which the page shows by itself where it
    /// is in the window.
    pub(in crate::studio) fn follow(&mut self, is_page_shown: bool) -> Vec<(Severity, String)> {
        let mut notices: Vec<(Severity, String)> =
            self.background.news().into_iter().filter_map(|news| self.take(news)).collect();
        for generation in &mut self.generations {
            let Some(process) = &generation.process else { continue };
            let before = generation.record.state.clone();
            generation.record = process.record();
            let record = &generation.record;
            if is_page_shown || !before.is_alive() {
                continue;
            }
            match &record.state {
                GenerationState::Failed(message) => {
                    notices.push((
                        Severity::Error,
                        text!("generate-broke-off", name = record.name(), message = message.as_str()),
                    ));
                }
                GenerationState::Finished => notices.push((
                    Severity::Info,
                    text!("generate-is-finished", name = record.name(), made = record.made),
                )),
                _ => {}
            }
        }
        notices
    }

    fn take(&mut self, news: News) -> Option<(Severity, String)> {
        match news {
            News::Found { records, problems } => {
                self.is_looking = false;
                records.into_iter().for_each(|record| self.know(record));
                if self.selected.is_none() {
                    self.selected = self.generations.first().map(|first| first.record.path.clone());
                }
                return problems.into_iter().next().map(|problem| (Severity::Warning, problem));
            }
            News::Added(record) => {
                let path = record.path.clone();
                self.know(*record);
                (self.selected, self.form) = (Some(path), None);
            }
            News::Estimated { request, outcome } => self.with_form(|form| {
                form.take_estimate(MeasuredEstimate { request: *request, outcome });
            }),
            News::Cell { folder, id, outcome } => self.sheet.take(&folder, id, outcome),
            News::SheetRead => self.sheet.end_reading(),
            News::Coverage { folder, outcome } => {
                self.coverage = Some((folder, CoverageState::Known(outcome)));
            }
            News::Failed(message) => return Some((Severity::Error, message)),
        }
        None
    }

    pub(super) fn with_form(&mut self, change: impl FnOnce(&mut Form)) {
        if let Some(form) = &mut self.form {
            change(form);
        }
    }

    /// Puts a generation that was found into the list; watches it if a process is at work.
    fn know(&mut self, record: GenerationRecord) {
        if self.generations.iter().any(|generation| generation.record.path == record.path) {
            return;
        }
        let process =
            record.state.is_alive().then(|| GenerationProcess::attach(record.clone(), self.wake.clone()));
        let process = process.and_then(Result::ok);
        self.generations.push(Generation { record: Arc::new(record), process });
    }
}

/// The data set that a generation bends masks of.
pub(super) fn data_of(record: &GenerationRecord) -> Option<PathBuf> {
    match &record.places.as_ref()?.masks {
        MasksFrom::Warp(data) => Some(data.clone()),
        _ => None,
    }
}
