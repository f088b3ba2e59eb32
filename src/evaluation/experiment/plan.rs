//! What is run, as a value with a hash: the same plan on the same data gives the same figures.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::error::ExperimentError;
use crate::dataset::contents::{contents_sha256, data_sha256};
use crate::dataset::{Manifest, ManifestEntry, Split};
use crate::encoding::dmc::DmcMode;
use crate::evaluation::downstream::Arm;
use crate::formats::FormatError;
use crate::formats::provenance::{SOFTWARE, sha256_hex};
use crate::generation::plan::of_version;
use crate::training::RunConfig;

/// Name of the plan in the folder of an experiment.
pub const PLAN_FILE: &str = "plan.json";
/// Version of the plans that this program writes and reads.
const PLAN_VERSION: u32 = 1;
/// Most runs of a plan.
const MAX_RUNS: usize = 10_000;
/// Longest name of a run.
const MAX_NAME_CHARS: usize = 80;

/// An experiment. Its text, and so its hash, holds no path and no date.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExperimentPlan {
    /// `PLAN_VERSION`; others are refused.
    pub version: u32,
    /// The program that made the plan.
    pub software: String,
    /// What the report is headed.
    pub title: String,
    /// [`data_sha256`] of the labelled scans.
    pub data_sha256: String,
    /// The same of the scans for stage 1, where they are others.
    pub pretraining_sha256: Option<String>,
    /// [`contents_sha256`] of the labelled scans: their files, which can change while their lines stay. `None` in plans
    /// that were made before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contents_sha256: Option<String>,
    /// The same of the scans for stage 1, where they are others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pretraining_contents_sha256: Option<String>,
    /// In an order in which every run comes after those that it needs.
    pub runs: Vec<PlannedRun>,
}

/// A run of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedRun {
    /// Unique in its plan; the name of its folder: letters, digits, `.`, `_` and `-`.
    pub name: String,
    /// What is done.
    pub task: Task,
}

/// What a run does. Others are named by their names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Task {
    /// Trains a network.
    Train(Training),
    /// Draws pairs as a data set.
    Pairs {
        /// Training of what draws the scans.
        image: String,
        /// Where the masks come from.
        masks: MaskOrigin,
        /// How many pairs.
        count: usize,
        /// Network evaluations of a scan.
        steps: u32,
    },
    /// Paints the masks of drawn pairs with mean greys and noise: whether it is the pictures that help, or the masks.
    Painted {
        /// Run of the pairs whose masks are painted.
        pairs: String,
        /// How many of them, from the first on.
        count: usize,
        /// Subjects whose scans say nothing of greys and noise.
        split: Split,
    },
    /// Takes a segmenter that lies beside the plan: nobody has to train it.
    Segmenter {
        /// As its file calls it.
        name: String,
        /// Name of the file beside the plan.
        file: String,
        /// Of the file's bytes, lower-case hexadecimal.
        sha256: String,
    },
    /// Measures what draws scans: a row of Table 1.
    Pictures {
        /// The row that it fills.
        row: MethodRow,
        /// Training of what draws.
        image: String,
        /// Whose pictures are compared with the training scans.
        pairs: String,
        /// Run of the segmenter whose features and labels judge: a training, or one that lies beside the plan.
        segmenter: String,
        /// Subjects whose graded masks are drawn.
        measured: Vec<String>,
        /// Network evaluations of a picture.
        steps: u32,
        /// Subjects that do not train: the scans of all others are what pictures are compared with. Without it those
        /// that the segmenter trained on, which a given one need not have seen in this data set.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        split: Option<Split>,
    },
    /// Measures a segmenter: a row of Table 2.
    Labels {
        /// The row that it fills.
        row: ArmRow,
        /// Training of the segmenter.
        segmenter: String,
        /// Subjects whose graded scans it labels.
        measured: Vec<String>,
    },
}

/// A training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// Everything that decides what it computes.
    pub config: Box<RunConfig>,
    /// The training that it begins with.
    pub from: Option<String>,
    /// What it is shown.
    pub on: TrainingSet,
}

/// What a training is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TrainingSet {
    /// The data set, by the split of the configuration.
    Data,
    /// The scans for stage 1, where there are others.
    Pretraining,
    /// An arm: graded training scans, pairs of other runs, or both.
    Arm {
        /// Real, synthetic or both.
        arm: Arm,
        /// Pairs of sampled masks, from the first on.
        sampled: Option<String>,
        /// Pairs of the training masks.
        of_masks: Option<String>,
        /// Painted masks of sampled pairs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        painted: Option<String>,
        /// Subjects that do not train.
        split: Split,
    },
}

/// Where the masks of pairs come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum MaskOrigin {
    /// The graded training scans' own.
    Training(Split),
    /// Drawn by a mask model.
    Sampled {
        /// Training of what draws masks.
        masks: String,
        /// Network evaluations of a mask.
        steps: u32,
        /// How they become labels; without it what draws the scan is shown the sampled values themselves, as far as it
        /// can be shown them.
        dmc: Option<DmcMode>,
    },
}

/// A row of Table 1.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MethodRow {
    /// Name of what draws.
    pub method: String,
    /// `None` where the method has no such part.
    pub pretrained: Option<bool>,
    /// Whether it was trained with dynamic region masking.
    pub drm: Option<bool>,
    /// Whether sampled masks were clustered.
    pub dmc: Option<bool>,
}

/// A row of Table 2.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArmRow {
    /// Name of the segmenter.
    pub network: String,
    /// What it was trained on.
    pub arm: Arm,
    /// Scans it was shown.
    pub training_scans: usize,
}

impl Task {
    /// The runs that must be done before.
    pub fn needs(&self) -> Vec<&str> {
        let names: Vec<Option<&String>> = match self {
            Self::Train(Training { from, on, .. }) => {
                let pairs = match on {
                    TrainingSet::Arm { sampled, of_masks, painted, .. } => {
                        [sampled, of_masks, painted].map(Option::as_ref)
                    }
                    TrainingSet::Data | TrainingSet::Pretraining => [None; 3],
                };
                [vec![from.as_ref()], pairs.to_vec()].concat()
            }
            Self::Pairs { image, masks, .. } => {
                let masks = match masks {
                    MaskOrigin::Sampled { masks, .. } => Some(masks),
                    MaskOrigin::Training(_) => None,
                };
                vec![Some(image), masks]
            }
            Self::Painted { pairs, .. } => vec![Some(pairs)],
            Self::Segmenter { .. } => Vec::new(),
            Self::Pictures { image, pairs, segmenter, .. } => {
                vec![Some(image), Some(pairs), Some(segmenter)]
            }
            Self::Labels { segmenter, .. } => vec![Some(segmenter)],
        };
        names.into_iter().flatten().map(String::as_str).collect()
    }

    /// The kind of run, as files have it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Train(_) => "train",
            Self::Pairs { .. } => "pairs",
            Self::Painted { .. } => "painted",
            Self::Segmenter { .. } => "segmenter",
            Self::Pictures { .. } => "pictures",
            Self::Labels { .. } => "labels",
        }
    }
}

impl ExperimentPlan {
    /// A plan of this program.
    pub fn new(
        title: String,
        data: &Manifest,
        pretraining: Option<&Manifest>,
        runs: Vec<PlannedRun>,
    ) -> Self {
        Self {
            version: PLAN_VERSION,
            software: SOFTWARE.to_owned(),
            title,
            data_sha256: data_sha256(data),
            pretraining_sha256: pretraining.map(data_sha256),
            contents_sha256: None,
            pretraining_contents_sha256: None,
            runs,
        }
    }

    /// The plan with the hashes of the files that it is made for, every one of which is read.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn with_contents(
        mut self,
        data: &Manifest,
        pretraining: Option<&Manifest>,
    ) -> Result<Self, FormatError> {
        self.contents_sha256 = Some(all_contents(data)?);
        self.pretraining_contents_sha256 = pretraining.map(all_contents).transpose()?;
        Ok(self)
    }

    /// Whether a plan that was made before is this one, as far as that says what files it was made for.
    pub fn is_that_of(&self, before: &Self) -> bool {
        let mut known = self.clone();
        if before.contents_sha256.is_none() {
            known.contents_sha256 = None;
            known.pretraining_contents_sha256 = None;
        }
        known == *before
    }

    /// Whether a plan that was made before is this one but for what the files hold.
    pub fn has_other_contents_than(&self, before: &Self) -> bool {
        let known = Self {
            contents_sha256: before.contents_sha256.clone(),
            pretraining_contents_sha256: before.pretraining_contents_sha256.clone(),
            ..self.clone()
        };
        known == *before && !self.is_that_of(before)
    }

    /// From JSON. `place` is the file's name for messages.
    ///
    /// # Errors
    /// If it is no plan, one of another version, or [`ExperimentPlan::check`] refuses it.
    pub fn read(json: &[u8], place: &str) -> Result<Self, ExperimentError> {
        let refuse = |problem: String| ExperimentError::plan(place, problem);
        let plan: Self = of_version(json, PLAN_VERSION).map_err(refuse)?;
        plan.check().map_err(refuse)?;
        Ok(plan)
    }

    /// Whether every run can be done after those before it; the message says which cannot and why.
    ///
    /// # Errors
    /// If not.
    pub fn check(&self) -> Result<(), String> {
        if !(1..=MAX_RUNS).contains(&self.runs.len()) {
            return Err(format!("{} runs, expected 1 to {MAX_RUNS}", self.runs.len()));
        }
        let mut known: HashMap<&str, &Task> = HashMap::new();
        for run in &self.runs {
            let name = run.name.as_str();
            check_name(name)?;
            if known.contains_key(name) {
                return Err(format!("two runs are called \"{name}\""));
            }
            if let Some(missing) = run.task.needs().iter().find(|need| !known.contains_key(*need)) {
                return Err(format!("\"{name}\" needs \"{missing}\", which no run before it is called"));
            }
            check_task(&run.task, &known).map_err(|reason| format!("\"{name}\": {reason}"))?;
            known.insert(name, &run.task);
        }
        Ok(())
    }

    /// Its text, the same for equal plans.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a plan has only strings, numbers and lists")
    }

    /// SHA-256 of [`ExperimentPlan::to_json`], hexadecimal, with the names of before, which marks of finished runs were made with.
    pub fn sha256(&self) -> String {
        sha256_hex(self.to_json().replace("\"target\": ", "\"lesson\": ").as_bytes())
    }
}

/// Names become folders on any system.
fn check_name(name: &str) -> Result<(), String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let is_name = (1..=MAX_NAME_CHARS).contains(&name.len())
        && name.chars().all(is_plain)
        && !name.starts_with('.')
        && !name.ends_with(".done");
    match is_name {
        true => Ok(()),
        false => {
            Err(format!("\"{name}\" is no name for a run: 1 to {MAX_NAME_CHARS} of a-z, A-Z, 0-9, . _ -"))
        }
    }
}

fn check_task(task: &Task, known: &HashMap<&str, &Task>) -> Result<(), String> {
    let is_of = |name: &str, kind: &str| match known.get(name) {
        Some(task) if task.kind() == kind => Ok(()),
        _ => Err(format!("\"{name}\" is no run of the kind {kind}")),
    };
    match task {
        Task::Train(Training { config, from, on }) => {
            config.check()?;
            if let Some(from) = from {
                is_of(from, "train")?;
            }
            if let TrainingSet::Arm { arm, sampled, of_masks, painted, .. } = on {
                let wanted =
                    [(arm.synthetic, sampled), (arm.of_training_masks, of_masks), (arm.painted, painted)];
                if wanted.iter().any(|(count, pairs)| *count > 0 && pairs.is_none()) {
                    return Err(format!("the arm {arm} takes pairs that no run is named for"));
                }
                [sampled, of_masks].into_iter().flatten().try_for_each(|pairs| is_of(pairs, "pairs"))?;
                painted.iter().try_for_each(|pairs| is_of(pairs, "painted"))?;
            }
            Ok(())
        }
        Task::Pairs { image, masks, count, steps } => {
            is_of(image, "train")?;
            if let MaskOrigin::Sampled { masks, steps, .. } = masks {
                is_of(masks, "train")?;
                check_steps(*steps)?;
            }
            check_steps(*steps)?;
            check_count(*count)
        }
        Task::Painted { pairs, count, .. } => {
            is_of(pairs, "pairs")?;
            check_count(*count)
        }
        Task::Segmenter { file, .. } => check_name(file),
        Task::Pictures { image, pairs, segmenter, measured, steps, .. } => {
            is_of(image, "train")?;
            is_of(pairs, "pairs")?;
            is_of(segmenter, "segmenter").or_else(|_| is_of(segmenter, "train"))?;
            check_steps(*steps)?;
            check_measured(measured)
        }
        Task::Labels { segmenter, measured, .. } => {
            is_of(segmenter, "train")?;
            check_measured(measured)
        }
    }
}

fn check_steps(steps: u32) -> Result<(), String> {
    match (1..=1000).contains(&steps) {
        true => Ok(()),
        false => Err(format!("{steps} network evaluations, expected 1 to 1000")),
    }
}

fn check_count(count: usize) -> Result<(), String> {
    match (2..=1_000_000).contains(&count) {
        true => Ok(()),
        false => Err(format!("{count} pairs, expected 2 to 1000000")),
    }
}

fn check_measured(subjects: &[String]) -> Result<(), String> {
    if subjects.is_empty() { Err("no subject is measured".to_owned()) } else { Ok(()) }
}

/// [`contents_sha256`] of all of a data set.
///
/// # Errors
/// If a file cannot be read.
pub(super) fn all_contents(data: &Manifest) -> Result<String, FormatError> {
    contents_sha256(&data.dir, &data.entries.iter().collect::<Vec<&ManifestEntry>>())
}

/// The runs that rows of tables need, those rows among them; nobody asked for the others.
pub fn needed_by_rows(runs: Vec<PlannedRun>) -> Vec<PlannedRun> {
    let mut needed: HashSet<String> = HashSet::new();
    let mut kept = Vec::new();
    for run in runs.into_iter().rev() {
        let is_row = matches!(run.task, Task::Pictures { .. } | Task::Labels { .. });
        if is_row || needed.contains(&run.name) {
            needed.extend(run.task.needs().into_iter().map(str::to_owned));
            kept.push(run);
        }
    }
    kept.reverse();
    kept
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::training::{Preset, Stage};

    pub fn plan(runs: Vec<PlannedRun>) -> ExperimentPlan {
        let data = Manifest { dir: "d".into(), entries: Vec::new() };
        ExperimentPlan::new("t".to_owned(), &data, None, runs)
    }

    /// A row of Table 1.
    pub fn pictures(name: &str) -> PlannedRun {
        let row = MethodRow { method: name.to_owned(), pretrained: None, drm: None, dmc: None };
        let [image, pairs, segmenter] = ["image", "pairs", "judge"].map(str::to_owned);
        let measured = vec!["s".to_owned()];
        let task = Task::Pictures { row, image, pairs, segmenter, measured, steps: 1, split: None };
        PlannedRun { name: name.to_owned(), task }
    }

    fn train(name: &str, from: Option<&str>) -> PlannedRun {
        let config = Box::new(RunConfig::of(Preset::PaperSmall, Stage::Finetune));
        let from = from.map(str::to_owned);
        PlannedRun {
            name: name.to_owned(),
            task: Task::Train(Training { config, from, on: TrainingSet::Data }),
        }
    }

    #[test]
    fn a_plan_survives_its_file_and_keeps_its_hash() {
        let plan = plan(vec![train("a", None), train("b", Some("a"))]);
        let back = ExperimentPlan::read(plan.to_json().as_bytes(), "plan.json").unwrap();
        assert_eq!((back.sha256(), &back), (plan.sha256(), &plan));
        let before = plan.to_json().replace("\"target\": ", "\"lesson\": ");
        let read = ExperimentPlan::read(before.as_bytes(), "plan.json").unwrap();
        assert_eq!((read.sha256(), &read), (sha256_hex(before.as_bytes()), &plan));
        let newer = plan.to_json().replacen("\"version\": 1", "\"version\": 7", 1);
        let error = ExperimentPlan::read(newer.as_bytes(), "p").unwrap_err();
        assert!(error.to_string().contains("version 7") && error.is_bad_plan());
        assert!(ExperimentPlan::read(b"{", "p").unwrap_err().to_string().starts_with("p: no JSON"));
    }

    #[test]
    fn a_plan_knows_its_files_and_one_of_before_keeps_its_hash() {
        let before = plan(vec![train("a", None)]);
        assert!(
            !before.to_json().contains("contents_sha256"),
            "the text, and so the hash, of plans of before"
        );
        let hashed = |sha256: &str| ExperimentPlan {
            contents_sha256: Some(sha256.to_owned()),
            ..plan(vec![train("a", None)])
        };
        let now = hashed("1");
        let back = ExperimentPlan::read(now.to_json().as_bytes(), "p").unwrap();
        assert_eq!(back, now);
        assert!(now.is_that_of(&back) && now.is_that_of(&before) && !now.has_other_contents_than(&before));
        assert!(!now.is_that_of(&hashed("2")) && now.has_other_contents_than(&hashed("2")));
        let other = ExperimentPlan { title: "other".to_owned(), ..hashed("2") };
        assert!(!now.is_that_of(&other) && !now.has_other_contents_than(&other));
    }

    #[test]
    fn what_cannot_be_done_is_named() {
        let refused = |runs| plan(runs).check().unwrap_err();
        assert!(refused(Vec::new()).contains("0 runs"));
        assert!(refused(vec![train("b", Some("a")), train("a", None)]).contains("needs \"a\""));
        assert!(refused(vec![train("a", None), train("a", None)]).contains("two runs"));
        for name in ["", "../x", "a/b", ".hidden", "x.done", "ä"] {
            assert!(refused(vec![train(name, None)]).contains("no name for a run"), "{name}");
        }
        let mut broken = train("a", None);
        if let Task::Train(training) = &mut broken.task {
            training.config.batch = 0;
        }
        assert!(refused(vec![broken]).contains("batch is 0"));
        let pairs = Task::Pairs {
            image: "a".to_owned(),
            masks: MaskOrigin::Training(Split::default()),
            count: 1,
            steps: 5,
        };
        let run = |task| PlannedRun { name: "p".to_owned(), task };
        assert!(refused(vec![train("a", None), run(pairs)]).contains("1 pairs"));
        let labels = Task::Labels {
            row: ArmRow { network: "n".to_owned(), arm: Arm::REAL, training_scans: 1 },
            segmenter: "a".to_owned(),
            measured: Vec::new(),
        };
        assert!(refused(vec![train("a", None), run(labels)]).contains("no subject"));
    }
}
