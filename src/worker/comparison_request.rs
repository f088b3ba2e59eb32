//! What a window asks of `retidiff evaluate downstream`, or of the chain that reproduces the paper, as a value: the form
//! fills it, its folder keeps it for whoever goes on, and the command line reads it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::dataset::manifest::MANIFEST_FILE;
use crate::device::{DeviceChoice, chosen_gpu_for};
use crate::evaluation::downstream::Arm;
use crate::evaluation::experiment::{Budget, PLAN_FILE};
use crate::formats::write_atomically;
use crate::nn::SegmenterKind;

/// The request in the folder of what it asks for.
const REQUESTED_FILE: &str = "requested.json";
/// There while somebody wants the work in a folder to stop.
const STOP_FILE: &str = "comparison.stop";

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparisonKind {
    /// Segmenters by what they were trained on.
    Downstream,
    /// The methods of the paper: its Tables 1 and 2.
    Paper,
}

impl ComparisonKind {
    /// Folder of the runs and the report, in that of the comparison.
    pub fn work_folder(self, out: &Path) -> PathBuf {
        match self {
            Self::Downstream => out.to_owned(),
            Self::Paper => out.join("experiment"),
        }
    }
}

/// A comparison as it is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ComparisonRequest {
    /// Of segmenters.
    Downstream(DownstreamRequest),
    /// Of the paper's methods.
    Paper(PaperRequest),
}

/// Segmenters by what they were trained on; the words are those of the command line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DownstreamRequest {
    /// Folder of the data set.
    pub data: PathBuf,
    /// Data set that is measured on, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_data: Option<PathBuf>,
    /// Folder of synthetic pairs to take; made where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairs: Option<PathBuf>,
    /// Name or file of the model that draws the scans of pairs, where it is not the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<PathBuf>,
    /// What segmenters are trained on.
    pub arms: Vec<Arm>,
    /// Which segmenter.
    pub network: SegmenterKind,
    /// Side of the square that scans are stretched to, in pixels; 0 takes them at the network's own scale.
    pub size: u32,
    /// Optimiser steps of every run.
    pub steps: u64,
    /// Runs of every arm.
    pub seeds: u64,
    /// Where it is computed.
    pub device: DeviceChoice,
    /// Where everything is kept.
    pub out: PathBuf,
}

/// The paper's tables from its public files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PaperRequest {
    /// Folder of a data set, or of the files it is imported from.
    pub source: PathBuf,
    /// How much a machine can afford.
    pub budget: Budget,
    /// OCT2017 as it was published, for stage 1.
    pub scans: Option<PathBuf>,
    /// Subjects that are measured, joined by commas; those who validate where it is empty.
    pub subjects: String,
    /// Repetitions.
    pub seeds: u64,
    /// Where it is computed.
    pub device: DeviceChoice,
    /// Where everything is kept.
    pub out: PathBuf,
}

/// A command of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepName {
    /// `import`.
    Import,
    /// `experiment plan`.
    Plan,
    /// `experiment run`.
    Runs,
    /// `experiment report`.
    Report,
    /// `evaluate downstream`.
    Compare,
}

/// A command of a chain with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparisonStep {
    /// Which one.
    pub name: StepName,
    /// Of the program.
    pub arguments: Vec<OsString>,
    /// Whether it stops by itself once the stop file is there. Others take a moment and go on from what is whole, so
    /// their process is ended.
    pub obeys: bool,
}

impl ComparisonRequest {
    /// What is compared.
    pub fn kind(&self) -> ComparisonKind {
        match self {
            Self::Downstream(_) => ComparisonKind::Downstream,
            Self::Paper(_) => ComparisonKind::Paper,
        }
    }

    /// Where everything is kept.
    pub fn out(&self) -> &Path {
        match self {
            Self::Downstream(request) => &request.out,
            Self::Paper(request) => &request.out,
        }
    }

    /// What is done, one command after the other, where `before` was asked for in the same folder last.
    pub fn steps(&self, before: Option<&Self>) -> Vec<ComparisonStep> {
        match self {
            Self::Downstream(request) => vec![request.step()],
            Self::Paper(request) => request.steps(before == Some(self)),
        }
    }

    /// What was asked for in a folder last; `None` if nothing, or nothing that this program reads. The folder may have
    /// been moved since: it is called as it is now.
    pub fn kept_in(folder: &Path) -> Option<Self> {
        let json = std::fs::read(folder.join(REQUESTED_FILE)).ok()?;
        let mut request: Self = serde_json::from_slice(&json).ok()?;
        match &mut request {
            Self::Downstream(request) => request.out = folder.to_owned(),
            Self::Paper(request) => request.out = folder.to_owned(),
        }
        Some(request)
    }

    /// Keeps it in its folder, which is made.
    ///
    /// # Errors
    /// A message that names the folder and the remedy.
    pub fn keep(&self) -> Result<(), String> {
        let problem = |error: std::io::Error| {
            let folder = self.out().display();
            format!("{folder}: {error}. Check the folder's space and permissions, or keep it elsewhere.")
        };
        let json = serde_json::to_vec_pretty(self).map_err(|error| error.to_string())?;
        std::fs::create_dir_all(self.out()).map_err(problem)?;
        write_atomically(&self.out().join(REQUESTED_FILE), &json).map_err(problem)
    }
}

/// The file that stops what is at work in a folder.
pub(super) fn stop_file(folder: &Path) -> PathBuf {
    folder.join(STOP_FILE)
}

impl DownstreamRequest {
    fn step(&self) -> ComparisonStep {
        let arms: Vec<String> = self.arms.iter().map(ToString::to_string).collect();
        let mut line = Line::new(&["evaluate", "downstream"]);
        line.path("--data", &self.data).word("--arms", arms.join(",")).word("--network", self.network.word());
        line.word("--size", self.size.to_string()).word("--steps", self.steps.to_string());
        line.word("--seeds", self.seeds.to_string()).device(self.device);
        let places = [("--test-data", &self.test_data), ("--pairs", &self.pairs), ("--model", &self.model)];
        for (name, place) in places {
            if let Some(place) = place {
                line.path(name, place);
            }
        }
        line.path("--out", &self.out).path("--stop-file", &stop_file(&self.out));
        ComparisonStep { name: StepName::Compare, arguments: line.arguments, obeys: true }
    }
}

impl PaperRequest {
    /// Whether the source is a data set already.
    fn is_imported(&self) -> bool {
        self.source.join(MANIFEST_FILE).is_file()
    }

    /// `is_as_before`: the plan that is there was made for this request, perhaps by an earlier version of the program,
    /// which would write another one now.
    fn steps(&self, is_as_before: bool) -> Vec<ComparisonStep> {
        let mut steps = Vec::new();
        let data = if self.is_imported() { self.source.clone() } else { self.out.join("data") };
        if !self.is_imported() {
            let mut line = Line::new(&["import"]);
            line.arguments.push(self.source.clone().into());
            // Stage 1 learns from scans without labels, too. Tables of fewer eyes would be no reproduction.
            line.path("--out", &data).flag("--unlabelled").flag("--strict");
            steps.push(ComparisonStep { name: StepName::Import, arguments: line.arguments, obeys: false });
        }
        let experiment = ComparisonKind::Paper.work_folder(&self.out);
        let plan = experiment.join(PLAN_FILE);
        let scans = |line: &mut Line| {
            if let Some(scans) = &self.scans {
                line.path("--pretrain-data", scans);
            }
        };
        if !(is_as_before && plan.is_file()) {
            let mut line = Line::new(&["experiment", "plan", "--table", "1", "--table", "2"]);
            line.word("--budget", self.budget.word()).word("--seeds", self.seeds.to_string());
            if !self.subjects.trim().is_empty() {
                line.word("--subjects", self.subjects.split_whitespace().collect::<String>());
            }
            line.path("--data", &data).path("--out", &experiment);
            scans(&mut line);
            steps.push(ComparisonStep { name: StepName::Plan, arguments: line.arguments, obeys: false });
        }
        let mut line = Line::new(&["experiment", "run"]);
        line.path("--plan", &plan).path("--data", &data).device(self.device);
        line.path("--stop-file", &stop_file(&self.out));
        scans(&mut line);
        steps.push(ComparisonStep { name: StepName::Runs, arguments: line.arguments, obeys: true });
        let mut line = Line::new(&["experiment", "report"]);
        line.path("--plan", &plan).path("--data", &data);
        steps.push(ComparisonStep { name: StepName::Report, arguments: line.arguments, obeys: false });
        steps
    }
}

/// A command line that grows; a path in it may be no text.
struct Line {
    arguments: Vec<OsString>,
}

impl Line {
    fn new(command: &[&str]) -> Self {
        Self { arguments: command.iter().map(Into::into).collect() }
    }

    fn word(&mut self, name: &str, value: impl Into<OsString>) -> &mut Self {
        self.arguments.push(name.into());
        self.arguments.push(value.into());
        self
    }

    fn path(&mut self, name: &str, path: &Path) -> &mut Self {
        self.word(name, path)
    }

    fn flag(&mut self, name: &str) -> &mut Self {
        self.arguments.push(name.into());
        self
    }

    fn device(&mut self, device: DeviceChoice) -> &mut Self {
        self.word("--device", device.word());
        self.arguments.extend(chosen_gpu_for(device).into_iter().map(OsString::from));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::write_file;

    fn words(step: &ComparisonStep) -> String {
        let words: Vec<String> =
            step.arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        words.join(" ")
    }

    fn downstream(out: &Path) -> ComparisonRequest {
        ComparisonRequest::Downstream(DownstreamRequest {
            data: "data".into(),
            test_data: None,
            pairs: None,
            model: None,
            arms: ["real", "real+syn250"].map(|arm| arm.parse().unwrap()).to_vec(),
            network: SegmenterKind::Unet,
            size: 224,
            steps: 600,
            seeds: 3,
            device: DeviceChoice::Cpu,
            out: out.to_owned(),
        })
    }

    fn paper(source: &Path, out: &Path) -> PaperRequest {
        PaperRequest {
            source: source.to_owned(),
            budget: Budget::Tiny,
            scans: None,
            subjects: "duke-9, duke-10".to_owned(),
            seeds: 1,
            device: DeviceChoice::Cpu,
            out: out.to_owned(),
        }
    }

    #[test]
    fn a_comparison_is_one_command() {
        let steps = downstream(Path::new("out")).steps(None);
        let stop = stop_file(Path::new("out"));
        let expected = format!(
            "evaluate downstream --data data --arms real,real+syn250 --network unet --size 224 --steps 600 --seeds 3 \
             --device cpu --out out --stop-file {}",
            stop.display()
        );
        assert_eq!(steps.iter().map(words).collect::<Vec<_>>(), [expected]);
        assert!(steps[0].obeys);
        let ComparisonRequest::Downstream(mut request) = downstream(Path::new("out")) else { unreachable!() };
        request.test_data = Some("other eyes".into());
        (request.pairs, request.model) = (Some("pairs".into()), Some("live".into()));
        let steps = ComparisonRequest::Downstream(request).steps(None);
        let places = "--device cpu --test-data other eyes --pairs pairs --model live --out out";
        assert!(words(&steps[0]).contains(places), "{}", words(&steps[0]));
    }

    #[test]
    fn a_request_of_before_names_no_pairs_and_no_model() {
        let folder = tempfile::tempdir().unwrap();
        downstream(folder.path()).keep().unwrap();
        let kept = std::fs::read_to_string(folder.path().join(REQUESTED_FILE)).unwrap();
        assert!(
            !kept.contains("test_data") && !kept.contains("model"),
            "as programs of before wrote it: {kept}"
        );
        let mut request = downstream(folder.path());
        if let ComparisonRequest::Downstream(request) = &mut request {
            request.test_data = Some("other eyes".into());
            request.pairs = Some("pairs".into());
        }
        request.keep().unwrap();
        assert_eq!(ComparisonRequest::kept_in(folder.path()), Some(request));
    }

    #[test]
    fn the_paper_is_a_chain_that_imports_what_is_no_data_set_and_plans_what_is_not_planned() {
        let folder = tempfile::tempdir().unwrap();
        let (source, out) = (folder.path().join("mats"), folder.path().join("out"));
        let request = ComparisonRequest::Paper(paper(&source, &out));
        let names = |steps: &[ComparisonStep]| steps.iter().map(|step| step.name).collect::<Vec<_>>();
        let steps = request.steps(None);
        assert_eq!(names(&steps), [StepName::Import, StepName::Plan, StepName::Runs, StepName::Report]);
        assert!(words(&steps[0]).ends_with("--unlabelled --strict"), "{}", words(&steps[0]));
        assert!(words(&steps[1]).contains("--budget tiny --seeds 1 --subjects duke-9,duke-10"));
        let data = out.join("data").display().to_string();
        assert!(steps[1..].iter().all(|step| words(step).contains(&format!("--data {data}"))));

        std::fs::create_dir_all(&source).unwrap();
        std::fs::create_dir_all(out.join("experiment")).unwrap();
        write_file(&source.join(MANIFEST_FILE), b"").unwrap();
        write_file(&out.join("experiment").join(PLAN_FILE), b"{}").unwrap();
        assert_eq!(names(&request.steps(Some(&request))), [StepName::Runs, StepName::Report]);
        // Another request is planned: the command refuses what is another plan.
        let other = ComparisonRequest::Paper(PaperRequest {
            scans: Some("oct2017".into()),
            subjects: String::new(),
            ..paper(&source, &out)
        });
        let steps = other.steps(Some(&request));
        assert_eq!(names(&steps), [StepName::Plan, StepName::Runs, StepName::Report]);
        assert!(
            words(&steps[0]).ends_with("--pretrain-data oct2017") && !words(&steps[0]).contains("--subjects")
        );
        assert!(words(&steps[1]).contains("--pretrain-data oct2017"));
    }

    #[test]
    fn a_request_is_kept_in_its_folder_and_moves_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let (out, moved) = (folder.path().join("out"), folder.path().join("moved"));
        assert_eq!(ComparisonRequest::kept_in(&out), None);
        downstream(&out).keep().unwrap();
        assert_eq!(ComparisonRequest::kept_in(&out), Some(downstream(&out)));
        std::fs::rename(&out, &moved).unwrap();
        assert_eq!(ComparisonRequest::kept_in(&moved), Some(downstream(&moved)));
        let paper = ComparisonRequest::Paper(paper(Path::new("mats"), &moved));
        paper.keep().unwrap();
        assert_eq!(ComparisonRequest::kept_in(&moved), Some(paper));
    }
}
