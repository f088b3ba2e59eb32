//! What is known of a comparison, from its folder: for whoever watches it or finds it again, whoever started it.

use std::path::{Path, PathBuf};

use super::comparison_request::{ComparisonKind, ComparisonRequest, StepName, stop_file};
use crate::evaluation::downstream::{self, Plan, Summary};
use crate::evaluation::experiment::{self, ExperimentPlan, PLAN_FILE};
use crate::evaluation::{RunStanding, Standing};
use crate::formats::read_file;
use crate::training::run_lock;

/// Name of the report that a browser shows.
const REPORT_PAGE: &str = "report.html";

/// How a comparison stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ComparisonState {
    /// Its folder is being looked at.
    Looking,
    /// There is none in its folder.
    Empty,
    /// A process works on it.
    Running,
    /// It was told to stop.
    Stopping,
    /// It can go on.
    Stopped,
    /// Everything is done.
    Finished,
    /// It ended otherwise, and why; it can go on.
    Failed(String),
}

impl ComparisonState {
    /// Whether a process works on it.
    pub fn is_alive(&self) -> bool {
        matches!(self, Self::Running | Self::Stopping)
    }
}

/// What is known of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparisonRecord {
    /// What is compared.
    pub kind: ComparisonKind,
    /// Where everything is kept.
    pub folder: PathBuf,
    /// What a window asked for; nothing where the command line did.
    pub request: Option<ComparisonRequest>,
    /// How it stands.
    pub state: ComparisonState,
    /// The commands of the process that was started here; nothing of another one.
    pub steps: Vec<StepName>,
    /// The one that is at work, counted from 0.
    pub step: usize,
    /// The last line that the process said.
    pub said: Option<String>,
    /// The runs of its plan.
    pub runs: Vec<RunStanding>,
    /// What a comparison of segmenters found out, once its report is written.
    pub summary: Option<Summary>,
    /// The report, once it is written.
    pub report: Option<PathBuf>,
    /// What cannot be read of it.
    pub problem: Option<String>,
}

impl ComparisonRecord {
    /// Nothing known yet.
    pub fn new(kind: ComparisonKind, folder: &Path) -> Self {
        Self {
            kind,
            folder: folder.to_owned(),
            request: None,
            state: ComparisonState::Looking,
            steps: Vec::new(),
            step: 0,
            said: None,
            runs: Vec::new(),
            summary: None,
            report: None,
            problem: None,
        }
    }

    /// Its name: that of its folder.
    pub fn name(&self) -> String {
        self.folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Runs that are done.
    pub fn done(&self) -> usize {
        self.runs.iter().filter(|run| run.standing == Standing::Done).count()
    }

    /// Part of its runs that is done.
    pub fn progress(&self) -> f32 {
        self.done() as f32 / self.runs.len().max(1) as f32
    }
}

/// Looks at the folder of a comparison.
#[derive(Debug)]
pub(super) struct FolderLook {
    /// What was found.
    pub record: ComparisonRecord,
    /// It never changes, and is read once.
    plan: Option<ExperimentPlan>,
}

impl FolderLook {
    /// With what is known so far.
    pub fn of(record: ComparisonRecord) -> Self {
        Self { record, plan: None }
    }

    /// Looks how the runs stand.
    pub fn follow(&mut self) {
        let work = self.record.kind.work_folder(&self.record.folder);
        self.record.runs = match self.record.kind {
            ComparisonKind::Downstream => self.runs_of_arms(&work),
            ComparisonKind::Paper => {
                self.read_plan(&work.join(PLAN_FILE));
                self.plan.as_ref().map(|plan| experiment::standings(&work, plan)).unwrap_or_default()
            }
        };
    }

    fn runs_of_arms(&self, folder: &Path) -> Vec<RunStanding> {
        let requested = match &self.record.request {
            Some(ComparisonRequest::Downstream(request)) => Some((request.arms.clone(), request.seeds)),
            _ => Plan::read(folder).map(|plan| (plan.arms, plan.seeds)),
        };
        requested.map(|(arms, seeds)| downstream::standings(folder, &arms, seeds)).unwrap_or_default()
    }

    fn read_plan(&mut self, file: &Path) {
        if self.plan.is_some() || !file.is_file() {
            return;
        }
        let place = file.display().to_string();
        let plan = read_file(file)
            .map_err(|error| error.to_string())
            .and_then(|json| ExperimentPlan::read(&json, &place).map_err(|error| error.to_string()));
        match plan {
            Ok(plan) => (self.plan, self.record.problem) = (Some(plan), None),
            Err(problem) => self.record.problem = Some(problem),
        }
    }

    /// Looks what came out.
    pub fn read_report(&mut self) {
        let record = &mut self.record;
        let work = record.kind.work_folder(&record.folder);
        record.report = Some(work.join(REPORT_PAGE)).filter(|page| page.is_file());
        if record.kind == ComparisonKind::Downstream {
            match Summary::read(&work) {
                Ok(summary) => record.summary = summary,
                Err(error) => record.problem = Some(error.to_string()),
            }
        }
    }

    /// How it stands as far as its folder tells.
    pub fn state(&self) -> ComparisonState {
        let record = &self.record;
        let has_run_at_work = record.runs.iter().any(|run| run.standing == Standing::Running);
        // Of a list of runs any number of machines may do some, so its folder has no lock.
        let is_locked = record.kind == ComparisonKind::Downstream && run_lock::is_alive(&record.folder);
        let is_whole = record.done() == record.runs.len() && record.report.is_some();
        match (has_run_at_work || is_locked, record.runs.is_empty()) {
            (true, _) if stop_file(&record.folder).exists() => ComparisonState::Stopping,
            (true, _) => ComparisonState::Running,
            (false, true) if record.request.is_none() => ComparisonState::Empty,
            (false, false) if is_whole => ComparisonState::Finished,
            (false, _) => ComparisonState::Stopped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::write_file;
    use crate::training::run_lock::RunLock;

    fn look_at(kind: ComparisonKind, folder: &Path) -> FolderLook {
        let mut look = FolderLook::of(ComparisonRecord::new(kind, folder));
        look.follow();
        look.read_report();
        look
    }

    #[test]
    fn a_folder_tells_how_its_comparison_stands() {
        let folder = tempfile::tempdir().unwrap();
        let state = || look_at(ComparisonKind::Downstream, folder.path()).state();
        assert_eq!(state(), ComparisonState::Empty);
        // As the command line began it: no window asked for anything.
        let plan = r#"{"version": 1, "arms": ["real"], "seeds": 1, "network": "small", "size": 48, "steps": 3, "batch": 2,
            "pairs": {"folder": null, "models": null}, "test_subjects": ["b"], "test_scans": 1,
            "training_subjects": ["a"], "training_scans": 2}"#;
        write_file(&folder.path().join("plan.json"), plan.as_bytes()).unwrap();
        assert_eq!(state(), ComparisonState::Stopped);
        let lock = RunLock::take(folder.path()).unwrap();
        assert_eq!(state(), ComparisonState::Running);
        write_file(&stop_file(folder.path()), b"stop").unwrap();
        assert_eq!(state(), ComparisonState::Stopping);
        drop(lock);
        let run = folder.path().join("runs/real/seed-0");
        std::fs::create_dir_all(&run).unwrap();
        write_file(&run.join("downstream.json"), b"{}").unwrap();
        assert_eq!(state(), ComparisonState::Stopped, "the report is missing");
        write_file(&folder.path().join(REPORT_PAGE), b"<html>").unwrap();
        write_file(&folder.path().join("report.json"), b"[").unwrap();
        let look = look_at(ComparisonKind::Downstream, folder.path());
        assert_eq!((look.state(), look.record.done()), (ComparisonState::Finished, 1));
        assert!(look.record.problem.is_some_and(|problem| problem.contains("report.json")));
    }

    #[test]
    fn a_plan_that_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("experiment")).unwrap();
        write_file(&folder.path().join("experiment/plan.json"), b"{}").unwrap();
        let look = look_at(ComparisonKind::Paper, folder.path());
        assert!(look.record.problem.is_some_and(|problem| problem.contains("plan.json")));
    }
}
