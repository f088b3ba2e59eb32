//! What the page asks for, and how it is done.

use std::path::PathBuf;

use super::comparisons::ComparisonAction;
use super::form::{Form, FormStart};
use super::part::Part;
use super::place::TrainingPlace;
use super::{Leaving, Run, TrainingPage};
use crate::nn::SegmenterKind;
use crate::studio::texts::text;
use crate::training::config::Stage;
use crate::training::run_directory::{MODEL_FILE, checkpoint_folder};
use crate::training::run_record::RunRecord;
use crate::training::{Order, Preset, RunConfig};
use crate::worker::models::UserModel;
use crate::worker::{Launch, ModelSource, Start, TrainerProcess};

/// What the page's buttons ask for.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
pub enum TrainingAction {
    /// Shows the page, or the editor again.
    Toggle,
    /// Shows the run in a folder.
    Select(PathBuf),
    /// Shows a run's curves beside those of the selected one, or no longer.
    Compare(PathBuf),
    /// Opens the form of a new run.
    NewRun,
    /// Opens the form of a new run with these settings.
    NewRunWith { name: String, data: PathBuf, config: Box<RunConfig> },
    /// Opens the form that goes on with the selected run.
    ResumeRun,
    /// Opens the form of a run that begins at a checkpoint of the selected one.
    BranchRun(u64),
    /// Forgets the form.
    CloseForm,
    /// Fills the form with the settings of a preset's stage.
    UsePreset(Preset, Stage),
    /// Fills the form with the settings of a segmenter.
    UseNetwork(SegmenterKind),
    /// Asks for a path.
    Choose(TrainingPlace),
    /// A path was chosen.
    Use(TrainingPlace, PathBuf),
    /// Reads the data set that the form names.
    LookAtData,
    /// Opens the form that makes a data set.
    MakeData,
    /// Adds folders or files of scans to that form.
    AddInputs(Vec<PathBuf>),
    /// Takes the input of that number out of the form.
    RemoveInput(usize),
    /// Makes what that form describes.
    StartMaking,
    /// Forgets the form that makes a data set.
    CloseDataForm,
    /// Takes the split of a file.
    UseSplit(PathBuf),
    /// Goes back to the data set's own split.
    ClearSplit,
    /// Reads the model that the form names.
    LookAtStart,
    /// Starts what the form describes.
    Start,
    /// Tells the trainer of the selected run something.
    Order(Order),
    /// Publishes the model of a checkpoint of the selected run.
    Publish { step: u64, name: String },
    /// Draws the open page on every sheet of the selected run, or no longer.
    ToggleLiveSample,
    /// Synthesises with another model from now on.
    UseModel(ModelSource),
    /// Draws new masks with another model from now on.
    UseMasks(ModelSource),
    /// Looks at pairs under review with another segmenter from now on.
    UseSegmenter(ModelSource),
    /// Synthesises with the teacher of a student, and draws the drafts with the student.
    UseStudent(UserModel),
    /// Shows a part of the page.
    ShowPart(Part),
    /// What a comparison asks for.
    Comparison(ComparisonAction),
    /// Answers whether runs go on when the window closes.
    Leave(LeaveAnswer),
}

/// What becomes of runs at work when the window closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaveAnswer {
    /// It closes: runs are processes of their own.
    KeepRunning,
    /// It closes once all have ended, with a checkpoint.
    StopAndSave,
    /// It stays open.
    Cancel,
}

impl TrainingPage {
    /// Does what was asked for.
    ///
    /// # Errors
    /// A message for the user.
    pub(in crate::studio) fn perform(&mut self, action: TrainingAction) -> Result<(), String> {
        match action {
            TrainingAction::Select(path) => self.select(path),
            TrainingAction::Compare(path) => {
                if !self.compared.remove(&path) {
                    self.compared.insert(path);
                }
            }
            TrainingAction::NewRun => {
                let data = self.form.take().map(|form| form.data).or_else(|| self.last_data());
                let form = Form::new(FormStart::New, self.new_name("run"), data.unwrap_or_default());
                self.open_form(form)?;
            }
            TrainingAction::NewRunWith { name, data, config } => {
                let mut form = Form::new(FormStart::New, name, data.display().to_string());
                form.use_config(&config);
                self.open_form(form)?;
            }
            TrainingAction::ResumeRun => self.open_form_to_resume()?,
            TrainingAction::BranchRun(step) => self.open_form_to_branch(step)?,
            TrainingAction::CloseForm => self.form = None,
            TrainingAction::UsePreset(preset, stage) => {
                self.change_form(|form| form.use_preset(preset, stage))?;
            }
            TrainingAction::UseNetwork(kind) => self.change_form(|form| form.use_network(kind))?,
            TrainingAction::ClearSplit => self.change_form(Form::clear_split)?,
            TrainingAction::Use(place, path) => self.use_place(place, path)?,
            TrainingAction::LookAtData => self.look_at_data()?,
            TrainingAction::MakeData
            | TrainingAction::AddInputs(_)
            | TrainingAction::RemoveInput(_)
            | TrainingAction::StartMaking
            | TrainingAction::CloseDataForm => self.perform_on_data(action)?,
            TrainingAction::UseSplit(file) => self.background.read_split(file)?,
            TrainingAction::LookAtStart => {
                if let Some(model) = self.form.as_mut().and_then(Form::start_to_look_at) {
                    self.background.look_at_start(model)?;
                }
            }
            TrainingAction::Start => self.start()?,
            TrainingAction::Order(order) => self.order(order)?,
            TrainingAction::Publish { step, name } => self.publish(step, name)?,
            TrainingAction::ToggleLiveSample => self.toggle_live_sample(),
            TrainingAction::ShowPart(part) => self.show_part(part),
            TrainingAction::Comparison(action) => {
                let program = self.places.as_ref().map(|places| places.program.as_path());
                self.comparisons.perform(action, program)?;
            }
            // The window does it: the page has no chooser and no synthesis, and knows of no other page.
            TrainingAction::Toggle
            | TrainingAction::Choose(_)
            | TrainingAction::UseModel(_)
            | TrainingAction::UseMasks(_)
            | TrainingAction::UseSegmenter(_)
            | TrainingAction::UseStudent(_) => {}
            TrainingAction::Leave(answer) => self.leave(answer)?,
        }
        Ok(())
    }

    fn select(&mut self, path: PathBuf) {
        self.form = None;
        self.compared.remove(&path);
        self.selected = Some(path);
        self.publish_name.clear();
    }

    /// Shows the form of a new run, and looks what it needs to know.
    fn open_form(&mut self, form: Form) -> Result<(), String> {
        self.part = Part::Train;
        self.form = Some(form);
        self.look_at_data()?;
        self.look_for_gpus()
    }

    fn open_form_to_resume(&mut self) -> Result<(), String> {
        let record = self.selected().cloned().ok_or(text!("training-choose-run"))?;
        self.form = Some(Form::of_run(FormStart::Resume, record.name(), &record)?);
        self.look_for_gpus()
    }

    fn open_form_to_branch(&mut self, step: u64) -> Result<(), String> {
        let record = self.selected().cloned().ok_or(text!("training-choose-run"))?;
        let name = self.new_name(&format!("{}-from-{step}", record.name()));
        let start = FormStart::Branch { from: record.path.clone(), step };
        self.form = Some(Form::of_run(start, name, &record)?);
        Ok(())
    }

    /// Changes the form, if it is still open, in something that its data may not suit.
    fn change_form(&mut self, change: impl FnOnce(&mut Form)) -> Result<(), String> {
        if let Some(form) = &mut self.form {
            change(form);
        }
        self.look_at_data()
    }

    fn toggle_live_sample(&mut self) {
        let is_on = self.live.as_ref().map(|(path, _)| path) == self.selected.as_ref();
        self.live = if is_on { None } else { self.selected.clone().map(|path| (path, None)) };
    }

    fn show_part(&mut self, part: Part) {
        self.part = part;
        let data = self.last_data();
        self.comparisons.offer_data(data);
    }

    fn leave(&mut self, answer: LeaveAnswer) -> Result<(), String> {
        self.leaving = match answer {
            LeaveAnswer::StopAndSave => {
                self.stop_all()?;
                Some(Leaving::Saving)
            }
            LeaveAnswer::KeepRunning | LeaveAnswer::Cancel => None,
        };
        Ok(())
    }

    /// Takes a path that was chosen.
    fn use_place(&mut self, place: TrainingPlace, path: PathBuf) -> Result<(), String> {
        match (place, &mut self.form, &mut self.data_form) {
            (TrainingPlace::Data, Some(form), _) => form.data = path.display().to_string(),
            (TrainingPlace::Start, Some(form), _) => form.from = path.display().to_string(),
            (TrainingPlace::DataParent, _, Some(form)) => form.parent = path.display().to_string(),
            (TrainingPlace::Split, ..) => self.background.read_split(path)?,
            (place, ..) if place.is_of_comparison() => self.comparisons.use_place(place, &path),
            (TrainingPlace::InputFolders | TrainingPlace::InputFiles, ..) => {
                self.background.look_at_inputs(vec![path])?;
            }
            // Its form was closed meanwhile.
            _ => {}
        }
        Ok(())
    }

    /// Asks for the GPUs once.
    fn look_for_gpus(&mut self) -> Result<(), String> {
        match std::mem::replace(&mut self.has_asked_for_gpus, true) {
            true => Ok(()),
            false => self.background.find_gpus(),
        }
    }

    pub(super) fn look_at_data(&mut self) -> Result<(), String> {
        let Some(form) = &mut self.form else { return Ok(()) };
        match form.data_to_look_at() {
            Some((path, split)) => self.background.look_at_data(path, split),
            None => Ok(()),
        }
    }

    /// The data set of the newest run.
    fn last_data(&self) -> Option<String> {
        let data = self.runs.iter().find_map(|run| run.record.data.as_ref())?;
        Some(data.display().to_string())
    }

    /// A name that no run of the list has.
    fn new_name(&self, stem: &str) -> String {
        let is_taken = |name: &str| self.runs.iter().any(|run| run.record.name() == name);
        let numbered = (1..).map(|number| format!("{stem}-{number}"));
        let first = (stem != "run").then(|| stem.to_owned());
        first.into_iter().chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
    }

    fn start(&mut self) -> Result<(), String> {
        let places = self.places.as_ref().ok_or(text!("training-no-runs-folder"))?;
        let form = self.form.as_ref().ok_or(text!("training-no-form"))?;
        let config = form.config()?;
        let run = match &form.start {
            FormStart::Resume => self.selected.clone().ok_or(text!("training-choose-run"))?,
            _ => places.runs.join(form.folder_name()?),
        };
        let start = match &form.start {
            FormStart::New => {
                Start::New { data: form.data_path(), from: form.start_model().map(str::to_owned) }
            }
            FormStart::Resume => Start::Resume,
            FormStart::Branch { from, step } => Start::Branch { from: from.clone(), step: *step },
        };
        let launch = Launch {
            program: places.program.clone(),
            run: run.clone(),
            start,
            config,
            device: form.device,
            remote: form.remote.clone().filter(|_| form.start == FormStart::New),
            live: None,
        };
        let process = TrainerProcess::launch(launch, self.wake.clone())
            .map_err(|error| text!("training-no-thread", %error))?;
        self.runs.retain(|known| known.record.path != run);
        self.runs.insert(0, Run { record: process.record(), process: Some(process) });
        if form.live_sample && form.can_watch() {
            self.live = Some((run.clone(), None));
        }
        self.selected = Some(run);
        self.form = None;
        Ok(())
    }

    fn order(&mut self, order: Order) -> Result<(), String> {
        let path = self.selected.clone().ok_or(text!("training-choose-run"))?;
        let Some(Run { process: Some(process), .. }) = self.run_mut(&path) else {
            return Err(text!("training-no-trainer").to_owned());
        };
        process.order(order).map_err(|error| text!("training-no-thread", %error))
    }

    fn stop_all(&mut self) -> Result<(), String> {
        for run in &self.runs {
            if let (true, Some(process)) = (run.record.state.is_alive(), &run.process) {
                process.order(Order::Stop).map_err(|error| text!("training-no-thread", %error))?;
            }
        }
        self.comparisons.stop_all()
    }

    fn publish(&mut self, step: u64, name: String) -> Result<(), String> {
        let record: &RunRecord = self.selected().ok_or(text!("training-choose-run"))?;
        let model = checkpoint_folder(&record.path, step).join(MODEL_FILE);
        let places = self.places.as_ref().ok_or(text!("training-no-models-folder"))?;
        self.background.publish(model, places.models.clone(), name)
    }
}
