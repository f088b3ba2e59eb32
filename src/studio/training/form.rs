//! The form that starts a run: a configuration as a tree of named values, whatever it may hold.
//!
//! The form knows no field of the configuration beyond the lists of `fields`: it edits
//! the JSON of [`RunConfig`], and reading that back says whether it makes sense. The choices of a field
//! are those that reading a wrong word names.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::background::DataFacts;
use super::choices::{choices_at, collect_strings};
use crate::dataset::Split;
use crate::device::DeviceChoice;
use crate::diffusion::model_file::ModelInfo;
use crate::nn::SegmenterKind;
use crate::serve::limits::is_plain_name;
use crate::studio::flow::typed_path::typed_path;
use crate::studio::texts::text;
use crate::training::config::Stage;
use crate::training::run_record::RunRecord;
use crate::training::{Preset, RunConfig};

/// How the run begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormStart {
    /// With fresh weights, or those of a model.
    New,
    /// The selected run goes on.
    Resume,
    /// A new run begins at a checkpoint of another.
    Branch {
        /// That run's folder.
        from: PathBuf,
        /// Of the checkpoint.
        step: u64,
    },
}

/// What the data set says, for the folder and split it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataState {
    /// Nobody has looked.
    Unknown,
    /// A thread reads it.
    Looking,
    /// What a run has to train on and to validate with.
    Known(DataFacts),
    /// Why it cannot be read, and the remedy.
    Wrong(String),
}

/// What is known of the model that a run is to begin with.
#[derive(Clone, Debug, PartialEq)]
pub enum StartState {
    /// None is named, or nobody has looked.
    Unknown,
    /// A thread reads it.
    Looking,
    /// What its file says.
    Known(Box<ModelInfo>),
    /// Why it cannot be read, and the remedy.
    Wrong(String),
}

/// The form.
pub struct Form {
    /// Anew, on, or from a checkpoint.
    pub start: FormStart,
    /// Of the run's folder.
    pub name: String,
    /// Folder of the data set, as it is typed.
    pub data: String,
    /// Name or file of the model that a new run begins with, or a student's teacher; empty for fresh weights.
    pub from: String,
    /// What computes where this computer trains.
    pub device: DeviceChoice,
    /// The command that reaches the computer which trains, in place of this one.
    pub remote: Option<String>,
    /// Whether the open page is drawn on every sheet.
    pub live_sample: bool,
    /// The configuration as JSON.
    pub(super) values: Value,
    /// Choices of the fields that have some, by path.
    choices: HashMap<String, Vec<String>>,
    /// Where the split was taken from.
    split_file: Option<PathBuf>,
    requested_data: Option<(PathBuf, Split)>,
    data_state: DataState,
    requested_start: Option<String>,
    start_state: StartState,
}

impl Form {
    /// A form with the settings of the preset `live`.
    pub fn new(start: FormStart, name: String, data: String) -> Self {
        let mut form = Self {
            start,
            name,
            data,
            from: String::new(),
            device: DeviceChoice::Auto,
            remote: None,
            live_sample: true,
            values: Value::Null,
            choices: HashMap::new(),
            split_file: None,
            requested_data: None,
            data_state: DataState::Unknown,
            requested_start: None,
            start_state: StartState::Unknown,
        };
        form.use_config(&RunConfig::live());
        form
    }

    /// A form with the settings of a run.
    ///
    /// # Errors
    /// If the run's settings are not known.
    pub fn of_run(start: FormStart, name: String, record: &RunRecord) -> Result<Self, String> {
        let config = record.config.as_ref().ok_or(text!("training-no-settings"))?;
        let data = record.data.as_ref().map(|path| path.display().to_string());
        let mut form = Self::new(start, name, data.unwrap_or_default());
        form.live_sample = false;
        form.remote.clone_from(&record.remote);
        form.use_config(config);
        Ok(form)
    }

    /// Takes the settings of a preset's stage, or of the segmenter that was chosen; the split stays, for the data set does.
    pub fn use_preset(&mut self, preset: Preset, stage: Stage) {
        match (stage, self.network()) {
            (Stage::Segment, Some(kind)) => self.use_network(kind),
            (stage, _) => self.use_recipe(RunConfig::of(preset, stage)),
        }
    }

    /// Takes the settings of a segmenter; the split stays.
    pub fn use_network(&mut self, kind: SegmenterKind) {
        self.use_recipe(RunConfig::segmenter(kind));
    }

    fn use_recipe(&mut self, recipe: RunConfig) {
        let split = self.values.get("split").and_then(|split| serde_json::from_value(split.clone()).ok());
        self.use_config(&RunConfig { split: split.unwrap_or_default(), ..recipe });
        self.follow_start();
    }

    /// Takes settings.
    pub(super) fn use_config(&mut self, config: &RunConfig) {
        self.values = serde_json::to_value(config).unwrap_or_default();
        self.choices.clear();
        let mut strings = Vec::new();
        collect_strings(&self.values, String::new(), &mut strings);
        for path in strings {
            let choices = choices_at(&self.values, &path);
            if !choices.is_empty() {
                self.choices.insert(path, choices);
            }
        }
    }

    /// The preset the settings began with.
    pub fn preset(&self) -> Option<Preset> {
        serde_json::from_value(self.values.get("preset")?.clone()).ok()
    }

    /// Which training it is.
    pub fn stage(&self) -> Option<Stage> {
        serde_json::from_value(self.values.get("stage")?.clone()).ok()
    }

    /// Which segmenter the stage `segment` trains.
    pub fn network(&self) -> Option<SegmenterKind> {
        serde_json::from_value(self.values.pointer("/segmenter/network/kind")?.clone()).ok()
    }

    /// Whether the run's sheets of samples can show the open page, which does not travel.
    pub(super) fn can_watch(&self) -> bool {
        self.remote.is_none() && self.stage().is_some_and(Stage::draws_live_sample)
    }

    /// What a field may be, if it is one of a few words; `path` like `/drm/value`.
    pub(super) fn choices(&self, path: &str) -> Option<&[String]> {
        self.choices.get(path).map(Vec::as_slice)
    }

    /// The configuration, if it makes sense.
    ///
    /// # Errors
    /// A message that names what does not.
    pub fn config(&self) -> Result<RunConfig, String> {
        let config: RunConfig =
            serde_json::from_value(self.values.clone()).map_err(|error| error.to_string())?;
        config.check()?;
        Ok(config)
    }

    /// Name or file of the model to begin with, if there is to be one. A segmenter begins with fresh weights.
    pub fn start_model(&self) -> Option<&str> {
        let name = self.from.trim();
        let takes_one = self.start == FormStart::New && self.stage() != Some(Stage::Segment);
        (takes_one && !name.is_empty()).then_some(name)
    }

    /// What is known of the model to begin with.
    pub fn start_state(&self) -> &StartState {
        &self.start_state
    }

    /// The model to look at, if it was not looked at yet.
    pub(super) fn start_to_look_at(&mut self) -> Option<String> {
        let wanted = self.start_model().map(str::to_owned);
        if self.requested_start == wanted {
            return None;
        }
        self.start_state = if wanted.is_some() { StartState::Looking } else { StartState::Unknown };
        self.requested_start.clone_from(&wanted);
        wanted
    }

    /// Whether the model to begin with was not looked at yet.
    pub(super) fn start_needs_a_look(&self) -> bool {
        self.requested_start.as_deref() != self.start_model()
    }

    /// Learns what a model is.
    pub(super) fn learn_start(&mut self, model: &str, outcome: Result<Box<ModelInfo>, String>) {
        if self.requested_start.as_deref() == Some(model) {
            self.start_state = outcome.map_or_else(StartState::Wrong, StartState::Known);
            self.follow_start();
        }
    }

    /// What a run takes over from the model it begins with (a student its teacher's network, labels, geometry and
    /// schedule); the form shows it.
    fn follow_start(&mut self) {
        if let StartState::Known(info) = &self.start_state
            && let Ok(mut config) = serde_json::from_value::<RunConfig>(self.values.clone())
            && config.begin_with(info).is_ok()
        {
            self.use_config(&config);
        }
    }

    /// What keeps a new run from beginning with the model that was chosen.
    fn start_problem(&self) -> Option<String> {
        match (&self.start_state, self.start_model()) {
            (_, None) if self.stage() == Some(Stage::Distill) => {
                Some(text!("training-needs-teacher").to_owned())
            }
            (_, None) | (StartState::Unknown, _) => None,
            (StartState::Looking, Some(_)) => Some(text!("training-looking-at-start").to_owned()),
            (StartState::Wrong(message), Some(_)) => Some(message.clone()),
            (StartState::Known(info), Some(_)) => {
                let mut config: RunConfig = serde_json::from_value(self.values.clone()).ok()?;
                let differs = |config: &RunConfig| {
                    let same =
                        (&config.network.widths, config.network.unshuffle, config.network.condition_channels)
                            == (
                                &info.network.widths,
                                info.network.unshuffle,
                                info.network.condition_channels,
                            );
                    (!same).then(|| {
                        text!(
                            "training-other-network",
                            name = %info.name,
                            widths = format!("{:?}", info.network.widths)
                        )
                    })
                };
                match config.begin_with(info) {
                    Err(reason) => Some(format!("{}: {reason}", info.name)),
                    Ok(()) => differs(&config),
                }
            }
        }
    }

    /// The name of the run's folder.
    ///
    /// # Errors
    /// If the name cannot be one.
    pub fn folder_name(&self) -> Result<&str, String> {
        let name = self.name.trim();
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.');
        match name {
            "" => Err(text!("training-needs-name").to_owned()),
            _ if name.starts_with('.') || !name.chars().all(is_plain) || name.len() > 80 => {
                Err(text!("training-bad-name").to_owned())
            }
            _ => Ok(name),
        }
    }

    /// Everything that keeps the run from starting.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        problems.extend(self.config().err());
        if self.start != FormStart::Resume {
            problems.extend(self.folder_name().err());
        }
        if self.remote.is_some() {
            problems.extend(self.remote_problem());
        } else if self.start == FormStart::New {
            problems.extend(match &self.data_state {
                _ if self.data.trim().is_empty() => Some(text!("training-needs-data").to_owned()),
                DataState::Wrong(message) => Some(message.clone()),
                DataState::Known(facts) => match self.stage() {
                    Some(Stage::Pretrain) => {
                        (facts.scans[0] == 0).then(|| text!("training-no-training-scan").to_owned())
                    }
                    _ if self.labelled_to_train_on(facts) > 0 => None,
                    _ if facts.pseudo_labelled > 0 => Some(text!("training-only-traced").to_owned()),
                    _ => Some(text!("training-no-labelled-scan").to_owned()),
                },
                DataState::Unknown | DataState::Looking => None,
            });
            problems.extend(self.start_problem());
        }
        problems
    }

    /// What keeps another computer from training so: it knows runs, data sets and models by plain names.
    fn remote_problem(&self) -> Option<String> {
        let names = match self.start {
            FormStart::Resume => vec![],
            FormStart::Branch { .. } => vec![self.name.trim()],
            FormStart::New => {
                let data = [self.name.trim(), self.data.trim()];
                data.into_iter().chain(self.start_model()).collect()
            }
        };
        match names.iter().all(|name| is_plain_name(name)) {
            true if self.start == FormStart::New && self.stage() == Some(Stage::Distill) => {
                self.start_model().is_none().then(|| text!("training-needs-teacher").to_owned())
            }
            true => None,
            false => Some(text!("training-needs-plain-names").to_owned()),
        }
    }

    /// Labelled scans that the settings train on.
    pub(super) fn labelled_to_train_on(&self, facts: &DataFacts) -> usize {
        facts.training + if self.takes_pseudo_labelled() { facts.pseudo_labelled } else { 0 }
    }

    /// Whether labels of the auto-trace are trained on.
    pub(super) fn takes_pseudo_labelled(&self) -> bool {
        self.values.get("pseudo_labelled").and_then(Value::as_bool).unwrap_or_default()
    }

    /// The file that the split was taken from, if somebody chose one.
    pub fn split_file(&self) -> Option<&Path> {
        self.split_file.as_deref()
    }

    /// Takes the split of a file; it stays, whatever the data set was built with.
    pub(super) fn use_split(&mut self, file: PathBuf, split: &Split) {
        self.values["split"] = serde_json::to_value(split).unwrap_or_default();
        self.split_file = Some(file);
    }

    /// Goes back to the split that the data set was built with, or the program's own.
    pub(super) fn clear_split(&mut self) {
        self.split_file = None;
        let of_data = match &self.data_state {
            DataState::Known(facts) => facts.split.clone(),
            _ => None,
        };
        self.values["split"] = serde_json::to_value(of_data.unwrap_or_default()).unwrap_or_default();
    }

    /// What is known of the data set.
    pub fn data_state(&self) -> &DataState {
        &self.data_state
    }

    /// The data set that the field names; on another computer a name is all it may be.
    pub(super) fn data_path(&self) -> PathBuf {
        typed_path(&self.data)
    }

    /// Whether the data set was not looked at yet with this split.
    pub(super) fn needs_a_look(&self) -> bool {
        if self.remote.is_some() {
            return false;
        }
        let data = self.data_path();
        match &self.requested_data {
            Some((path, split)) => *path != data || self.config().is_ok_and(|config| config.split != *split),
            None => !data.as_os_str().is_empty(),
        }
    }

    /// The data set to look at, if it was not looked at yet with this split.
    pub(super) fn data_to_look_at(&mut self) -> Option<(PathBuf, Split)> {
        let path = self.data_path();
        if path.as_os_str().is_empty() || self.remote.is_some() {
            self.data_state = DataState::Unknown;
            self.requested_data = None;
            return None;
        }
        let requested = (path, self.config().map(|config| config.split).unwrap_or_default());
        if self.requested_data.as_ref() == Some(&requested) {
            return None;
        }
        self.requested_data = Some(requested.clone());
        self.data_state = DataState::Looking;
        Some(requested)
    }

    /// Learns what a data set holds.
    pub(super) fn learn_data(&mut self, path: &Path, outcome: Result<DataFacts, String>) {
        if self.requested_data.as_ref().is_none_or(|(requested, _)| requested != path) {
            return;
        }
        self.data_state = outcome.map_or_else(DataState::Wrong, DataState::Known);
        // As the command line does: the split the data set was built with, unless somebody chose another.
        if let DataState::Known(DataFacts { split: Some(split), .. }) = &self.data_state
            && self.start == FormStart::New
            && self.split_file.is_none()
            && self.config().is_ok_and(|config| config.split == Split::default())
        {
            self.values["split"] = serde_json::to_value(split).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diffusion::model_file::{MODEL_FILE_VERSION, ModelKind};
    use crate::nn::UNetConfig;

    #[test]
    fn the_form_is_the_configuration() {
        let mut form = Form::new(FormStart::New, "run-1".to_owned(), String::new());
        assert_eq!(form.config(), Ok(RunConfig::live()));
        form.values["steps"] = 7.into();
        assert_eq!(form.config().map(|config| config.steps), Ok(7));
        form.use_preset(Preset::Paper, Stage::Finetune);
        assert_eq!((form.config(), form.preset()), (Ok(RunConfig::paper()), Some(Preset::Paper)));
        form.values["batch"] = 0.into();
        assert!(form.config().is_err_and(|message| message.contains("batch")));
        form.use_preset(Preset::Live, Stage::Masks);
        assert_eq!(
            (form.config(), form.stage()),
            (Ok(RunConfig::of(Preset::Live, Stage::Masks)), Some(Stage::Masks))
        );
    }

    #[test]
    fn choices_are_found_in_the_configuration() {
        let form = Form::new(FormStart::New, "run-1".to_owned(), String::new());
        let choices = form.choices("/network/time_conditioning");
        assert_eq!(choices, Some(["add".to_owned(), "scale_shift".to_owned()].as_slice()));
        assert_eq!(form.choices("/steps"), None);
    }

    #[test]
    fn a_form_says_what_is_missing() {
        let mut form = Form::new(FormStart::New, "../elsewhere".to_owned(), String::new());
        let problems = form.problems();
        assert!(problems.iter().any(|problem| problem.contains("name")), "{problems:?}");
        assert!(problems.iter().any(|problem| problem.contains("data set")), "{problems:?}");
        form.name = "run 2".to_owned();
        form.data = "somewhere".to_owned();
        let (path, _) = form.data_to_look_at().unwrap();
        assert!(form.data_to_look_at().is_none(), "it is looked at once");
        form.data = "~/eyes".to_owned();
        assert_eq!(form.data_to_look_at().map(|(path, _)| path), Some(typed_path("~/eyes")));
        form.data = "somewhere".to_owned();
        assert!(form.data_to_look_at().is_some());
        let facts = |training: usize| DataFacts { training, scans: [9, 1], ..DataFacts::default() };
        form.learn_data(&path, Ok(facts(0)));
        assert_eq!(form.problems().len(), 1, "scans without labels are for stage 1");
        form.use_preset(Preset::Live, Stage::Pretrain);
        assert_eq!(form.problems(), [""; 0]);
        form.use_preset(Preset::Live, Stage::Finetune);
        form.learn_data(&path, Ok(facts(3)));
        assert!(form.problems().is_empty());
    }

    #[test]
    fn the_split_of_the_data_set_is_taken_once() {
        let mut form = Form::new(FormStart::New, "run".to_owned(), "somewhere".to_owned());
        let split = Split { validation: vec!["a".to_owned()], held_out: Vec::new() };
        let facts =
            DataFacts { training: 3, scans: [3, 0], split: Some(split.clone()), ..DataFacts::default() };
        let (path, _) = form.data_to_look_at().unwrap();
        form.learn_data(&path, Ok(facts.clone()));
        assert_eq!(form.config().unwrap().split, split);
        assert!(form.needs_a_look(), "its scans are counted anew");
        form.use_preset(Preset::Paper, Stage::Finetune);
        assert_eq!(form.config().unwrap().split, split);
        let own = Split { validation: vec!["b".to_owned()], held_out: Vec::new() };
        form.values["split"] = serde_json::to_value(&own).unwrap();
        form.data_to_look_at();
        form.learn_data(&path, Ok(facts));
        assert_eq!(form.config().unwrap().split, own);
    }

    #[test]
    fn a_split_file_is_taken_until_it_is_cleared() {
        let mut form = Form::new(FormStart::New, "run".to_owned(), "somewhere".to_owned());
        let named = |name: &str| Split { validation: vec![name.to_owned()], held_out: Vec::new() };
        let facts = DataFacts { training: 3, split: Some(named("of data")), ..DataFacts::default() };
        let (path, _) = form.data_to_look_at().unwrap();
        form.learn_data(&path, Ok(facts.clone()));
        form.data_to_look_at();
        form.use_split("other/split.json".into(), &named("of file"));
        assert!(form.needs_a_look(), "its scans are counted anew");
        assert_eq!(form.data_to_look_at().map(|(_, split)| split), Some(named("of file")));
        form.learn_data(&path, Ok(facts.clone()));
        form.use_preset(Preset::Paper, Stage::Finetune);
        assert_eq!(form.config().unwrap().split, named("of file"));
        // Even a file that says what the program says by itself is a choice.
        form.use_split("same.json".into(), &Split::default());
        form.data_to_look_at();
        form.learn_data(&path, Ok(facts.clone()));
        assert_eq!(form.config().unwrap().split, Split::default());
        assert_eq!(form.split_file(), Some(Path::new("same.json")));
        form.clear_split();
        assert_eq!((form.config().unwrap().split, form.split_file()), (named("of data"), None));
        assert!(form.needs_a_look());
    }

    #[test]
    fn labels_of_the_auto_trace_train_only_where_they_are_asked_for() {
        let mut form = Form::new(FormStart::New, "run".to_owned(), "somewhere".to_owned());
        let (path, _) = form.data_to_look_at().unwrap();
        form.learn_data(&path, Ok(DataFacts { pseudo_labelled: 7, scans: [7, 0], ..DataFacts::default() }));
        assert!(form.problems()[0].contains("auto-trace"), "{:?}", form.problems());
        form.values["pseudo_labelled"] = true.into();
        assert_eq!(form.problems(), [""; 0]);
    }

    #[test]
    fn another_computer_is_asked_by_plain_names_and_its_data_are_not_looked_for_here() {
        let mut form = Form::new(FormStart::New, "run 1".to_owned(), "/data/eyes".to_owned());
        form.remote = Some("ssh gpu retidiff serve --stdio".to_owned());
        assert!(!form.needs_a_look() && form.data_to_look_at().is_none());
        assert!(form.problems()[0].contains("letters"), "{:?}", form.problems());
        (form.name, form.data) = ("run-1".to_owned(), "eyes".to_owned());
        assert_eq!(form.problems(), [""; 0]);
        form.from = "/models/mine.safetensors".to_owned();
        assert_eq!(form.problems().len(), 1);
        form.from = "live".to_owned();
        assert_eq!(form.problems(), [""; 0]);
        form.use_preset(Preset::Live, Stage::Distill);
        form.from.clear();
        assert_eq!(form.problems().len(), 1, "a student needs its teacher there, too");
    }

    #[test]
    fn a_student_needs_a_teacher_and_becomes_like_it() {
        let mut form = Form::new(FormStart::New, "student".to_owned(), "somewhere".to_owned());
        let (path, _) = form.data_to_look_at().unwrap();
        form.learn_data(&path, Ok(DataFacts { training: 3, scans: [3, 1], ..DataFacts::default() }));
        form.use_preset(Preset::Live, Stage::Distill);
        assert_eq!(form.problems(), ["choose the teacher, an image model"]);
        form.from = "teacher.safetensors".to_owned();
        assert_eq!(form.start_to_look_at().as_deref(), Some("teacher.safetensors"));
        assert!(form.start_to_look_at().is_none(), "it is looked at once");
        let mut info = info_of(&RunConfig::of(Preset::Live, Stage::Masks), ModelKind::Mask);
        form.learn_start("teacher.safetensors", Ok(Box::new(info.clone())));
        assert!(form.problems()[0].contains("draws masks"), "{:?}", form.problems());
        let network = UNetConfig { widths: vec![8, 16, 24], ..UNetConfig::live() };
        info = info_of(&RunConfig { network: network.clone(), ..RunConfig::live() }, ModelKind::Image);
        form.learn_start("teacher.safetensors", Ok(Box::new(info)));
        assert_eq!(form.problems(), [""; 0]);
        assert_eq!(form.config().unwrap().network, network);
        form.use_preset(Preset::Teacher, Stage::Finetune);
        assert!(form.problems()[0].contains("another network"), "{:?}", form.problems());
    }

    fn info_of(config: &RunConfig, kind: ModelKind) -> ModelInfo {
        ModelInfo {
            version: MODEL_FILE_VERSION,
            name: "teacher".to_owned(),
            kind,
            style: None,
            shadow: false,
            mask: None,
            preset: "live".to_owned(),
            network: config.network.clone(),
            labels: config.labels.clone(),
            mapping: config.mapping.clone(),
            normalisation: Default::default(),
            schedule: config.schedule,
            prediction: config.prediction,
            training: Default::default(),
            tensors_sha256: "abc".to_owned(),
        }
    }
}
