//! The training page: runs, their curves and samples, and the form that starts one; beside them comparisons of what
//! segmenters are trained on, and the paper's tables.
//!
//! The page reads run folders and trainers' records; it trains nothing itself. Folders are looked at on
//! threads of their own, trainers are processes, and both leave their news in mailboxes.

mod background;
mod choices;
mod comparisons;
mod curves;
mod data_form;
mod data_form_view;
mod data_making;
mod data_orders;
mod field_names;
mod fields;
pub mod form;
mod form_view;
mod machine_lines;
pub(in crate::studio) mod models;
mod orders;
mod page;
mod part;
mod place;
mod recipe_rows;
mod run_view;
mod runs;
mod sheet;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::Context;

pub use background::DataFacts;
use background::{Background, News};
pub use comparisons::ComparisonAction;
use comparisons::Comparisons;
use curves::CurveLook;
use data_form::DataForm;
use form::Form;
pub use orders::{LeaveAnswer, TrainingAction};
pub use part::Part;
pub use place::TrainingPlace;
use sheet::SheetViewer;

use crate::background::Wake;
use crate::document::Page;
use crate::studio::shell::notices::Severity;
use crate::studio::texts::text;
use crate::training::RunConfig;
use crate::training::cost::Cost;
use crate::training::run_record::{RunRecord, RunState};
use crate::worker::models::UserModel;
use crate::worker::{ComparisonRecord, TrainerProcess};

/// Where training lives on this machine.
#[derive(Clone, Debug)]
pub struct TrainingPlaces {
    /// The program that trains, which is `retidiff`.
    pub program: PathBuf,
    /// Folder of the runs.
    pub runs: PathBuf,
    /// Folder of published models.
    pub models: PathBuf,
    /// Folder of data sets that are made here.
    pub data_sets: PathBuf,
    /// Folder of comparisons.
    pub comparisons: PathBuf,
}

impl TrainingPlaces {
    /// Inside the studio's own folder, with this program as the trainer; `None` if the system does not
    /// tell which program this is.
    pub fn in_folder(folder: &Path) -> Option<Self> {
        let program = std::env::current_exe().ok()?;
        Some(Self {
            program,
            runs: folder.join("runs"),
            models: folder.join("models"),
            data_sets: folder.join("datasets"),
            comparisons: folder.join("comparisons"),
        })
    }
}

/// A run of the list.
struct Run {
    record: Arc<RunRecord>,
    /// Watches a trainer that is at work, or was.
    process: Option<TrainerProcess>,
}

/// What the window asks when it is to close over runs at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::studio) enum Leaving {
    Asking,
    /// The runs were told to stop; the window closes when they have saved.
    Saving,
}

/// The state of the page.
pub struct TrainingPage {
    places: Option<TrainingPlaces>,
    background: Background,
    wake: Wake,
    /// What the page shows.
    part: Part,
    comparisons: Comparisons,
    /// The newest first.
    runs: Vec<Run>,
    is_looking: bool,
    selected: Option<PathBuf>,
    compared: BTreeSet<PathBuf>,
    form: Option<Form>,
    /// In front of the other form while it is open.
    data_form: Option<DataForm>,
    /// A line for each GPU, once somebody looked.
    gpus: Option<Vec<String>>,
    has_asked_for_gpus: bool,
    look: CurveLook,
    sheet: SheetViewer,
    /// What the user published, by name.
    models: Vec<UserModel>,
    /// Run that gets the open page as its live sample, and the page's revision it got last.
    live: Option<(PathBuf, Option<(u64, u64)>)>,
    /// Name that a checkpoint is to be published under.
    publish_name: String,
    pub(in crate::studio) leaving: Option<Leaving>,
    /// Whether runs at work were asked about and go on without the window.
    pub(in crate::studio) runs_may_go_on: bool,
}

impl TrainingPage {
    /// Looks for runs at once: one may be at work since before the window was opened.
    pub fn new(context: Context, places: Option<TrainingPlaces>) -> Self {
        let wake: Wake = {
            let context = context.clone();
            Arc::new(move || context.request_repaint())
        };
        let folder = places.as_ref().map(|places| places.comparisons.as_path());
        let comparisons = Comparisons::new(context.clone(), folder);
        let mut training = Self {
            background: Background::new(context),
            wake,
            part: Part::default(),
            comparisons,
            runs: Vec::new(),
            is_looking: false,
            selected: None,
            compared: BTreeSet::new(),
            form: None,
            data_form: None,
            gpus: None,
            has_asked_for_gpus: false,
            look: CurveLook::default(),
            sheet: SheetViewer::default(),
            models: Vec::new(),
            live: None,
            publish_name: String::new(),
            leaving: None,
            runs_may_go_on: false,
            places,
        };
        if let Some(places) = &training.places {
            training.is_looking = training.background.find_runs(places.runs.clone()).is_ok();
            let models = places.models.clone();
            // Without a thread the list of models stays as it is in the program.
            training.background.find_models(models).unwrap_or_default();
        }
        training
    }

    /// Trains with another program than this one, as a test must.
    pub fn use_program(&mut self, program: PathBuf) {
        if let Some(places) = &mut self.places {
            places.program = program;
        }
    }

    /// The window is to close over runs at work.
    pub(in crate::studio) fn ask_about_runs(&mut self) {
        self.leaving.get_or_insert(Leaving::Asking);
    }

    /// Whether a trainer or a comparison is at work.
    pub fn is_running(&self) -> bool {
        self.runs.iter().any(|run| run.record.state.is_alive()) || self.comparisons.is_running()
    }

    /// What is known of the comparison that the page shows.
    pub fn comparison(&self) -> Option<&ComparisonRecord> {
        self.comparisons.record(self.part.comparison()?)
    }

    /// What keeps the comparison that the page shows from starting; nothing where it shows none.
    pub fn comparison_problems(&self) -> Vec<String> {
        self.part.comparison().map(|kind| self.comparisons.problems(kind)).unwrap_or_default()
    }

    /// What is known of the run that is shown.
    pub fn selected(&self) -> Option<&RunRecord> {
        let path = self.selected.as_ref()?;
        self.runs.iter().map(|run| run.record.as_ref()).find(|record| record.path == *path)
    }

    /// What keeps the form that is open from starting a run.
    pub fn form_problems(&self) -> Option<Vec<String>> {
        self.form.as_ref().map(Form::problems)
    }

    /// What the form that is open would train; a message where its settings do not fit together.
    pub fn form_config(&self) -> Option<Result<RunConfig, String>> {
        self.form.as_ref().map(Form::config)
    }

    /// What the user published, by name.
    pub(in crate::studio) fn models(&self) -> &[UserModel] {
        &self.models
    }

    /// Share of its steps that the run at work has done, or of its runs that the comparison at work has.
    pub fn progress(&self) -> Option<f32> {
        match self.runs.iter().find(|run| run.record.state.is_alive()) {
            Some(run) => Some(run.record.step as f32 / run.record.steps.max(1) as f32),
            None => self.comparisons.progress(),
        }
    }

    /// Forgets what lay on a graphics device that is gone.
    pub(in crate::studio) fn forget_pictures(&mut self) {
        self.sheet.forget_picture();
    }

    fn run_mut(&mut self, path: &Path) -> Option<&mut Run> {
        self.runs.iter_mut().find(|run| run.record.path == *path)
    }

    /// Takes what threads and trainers report; answers what the user must hear, which the page shows by itself where it is
    /// in the window.
    pub(in crate::studio) fn follow(&mut self, is_page_shown: bool) -> Vec<(Severity, String)> {
        let mut notices = Vec::new();
        for news in self.background.news() {
            self.take_news(news, &mut notices);
        }
        self.follow_trainers(is_page_shown, &mut notices);
        notices.extend(self.comparisons.follow(is_page_shown));
        notices
    }

    fn take_news(&mut self, news: News, notices: &mut Vec<(Severity, String)>) {
        match news {
            News::Runs(records) => {
                self.is_looking = false;
                for record in records {
                    self.know(record);
                }
                if self.selected.is_none() {
                    self.selected = self.runs.first().map(|run| run.record.path.clone());
                }
            }
            News::Data { path, outcome } => {
                if let Some(form) = &mut self.form {
                    form.learn_data(&path, outcome);
                }
            }
            News::Inputs(_) | News::Made(_) => notices.extend(self.take_data_news(news)),
            News::Split { file, split } => {
                if let Some(form) = &mut self.form {
                    form.use_split(file, &split);
                }
                let looked = self.look_at_data();
                notices.extend(looked.err().map(|message| (Severity::Error, message)));
            }
            News::Start { model, outcome } => {
                if let Some(form) = &mut self.form {
                    form.learn_start(&model, outcome);
                }
            }
            News::Gpus(lines) => self.gpus = Some(lines),
            News::Sheet { run, step, outcome } => self.sheet.take(run, step, outcome),
            News::Models(models) => self.models = models,
            News::Published { outcome: Ok(model), .. } => {
                let place = model.path.display();
                let text = text!("training-added", %place);
                notices.push((Severity::Info, text));
                self.models.push(model);
                self.models.sort_by(|a, b| a.name.cmp(&b.name));
            }
            News::Published { name, outcome: Err(message) } => {
                notices.push((Severity::Error, text!("training-not-added", %name, %message)));
            }
            News::Failed(message) => notices.push((Severity::Error, message)),
        }
    }

    /// Takes what trainers have written; a run that ended behind another page is told of.
    fn follow_trainers(&mut self, is_page_shown: bool, notices: &mut Vec<(Severity, String)>) {
        for run in &mut self.runs {
            let Some(process) = &run.process else { continue };
            let before = run.record.state.clone();
            run.record = process.record();
            if let (true, RunState::Failed(message)) = (before.is_alive(), &run.record.state)
                && !is_page_shown
            {
                notices.push((
                    Severity::Error,
                    text!("training-run-failed", run = %run.record.name(), %message),
                ));
            }
            if before.is_alive() && run.record.state == RunState::Finished && !is_page_shown {
                notices.push((Severity::Info, text!("training-run-finished", run = %run.record.name())));
            }
        }
    }

    /// Puts a run that was found into the list; watches it if a trainer is at work.
    fn know(&mut self, record: RunRecord) {
        if self.runs.iter().any(|run| run.record.path == record.path) {
            return;
        }
        let process =
            record.state.is_alive().then(|| TrainerProcess::attach(record.clone(), self.wake.clone()));
        let process = process.and_then(Result::ok);
        self.runs.push(Run { record: Arc::new(record), process });
    }

    /// Gives the page that is open to the run that wants it, unless it has it already. Not during a
    /// stroke: a stroke is many revisions.
    pub(in crate::studio) fn keep_live_sample(&mut self, page: &Page, state: (u64, u64), is_painting: bool) {
        if is_painting {
            return;
        }
        if let Some((run, given)) = &mut self.live
            && *given != Some(state)
        {
            *given = Some(state);
            self.background.place_live_sample(run.clone(), page.clone());
        }
    }

    /// The pace of this machine in network operations a second, from the newest run that was measured.
    fn measured_pace(&self) -> Option<f64> {
        self.runs.iter().find_map(|run| {
            let cost = Cost::known(run.record.config.as_ref()?)?;
            Some(cost.step_operations / run.record.secs_per_step?)
        })
    }
}
