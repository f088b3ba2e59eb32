//! The comparison itself: pairs, training sets, runs, figures. Whatever is done stays done.

use std::cell::OnceCell;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use burn::tensor::Device;

use super::arm::Arm;
use super::arm_data::{ArmPart, assemble};
use super::copies::MeasuredPictures;
use super::error::DownstreamError;
use super::files;
use super::measure::{RunFigures, measured};
use super::pairs::{Pairs, fill, painted, painter_of};
use super::plan::Plan;
use super::report::{MeasuredArm, Report};
use super::standing::run_folder;
use super::test_set::{TAKE_OUT, TestSet, check_real};
use crate::dataset::samples::LabelledScan;
use crate::dataset::{Manifest, ManifestEntry, subjects_in_turn};
use crate::metrics::painter::Painter;
use crate::training::run_directory::RunDirectory;
use crate::training::run_lock::RunLock;
use crate::training::run_record::{RunRecord, RunState};
use crate::training::{Control, Event, Run};

/// A comparison, ready to run.
#[derive(Debug)]
pub struct Experiment<'a> {
    /// What is to be done.
    pub plan: Plan,
    /// Folder of everything that it makes.
    pub out: &'a Path,
    /// The graded scans.
    pub data: &'a Manifest,
    /// The graded scans that train.
    pub training: Vec<&'a ManifestEntry>,
    /// The scans that are measured on.
    pub test: TestSet,
    /// Synthetic pairs, as far as arms need them.
    pub pairs: Pairs,
    /// Where segmenters are trained.
    pub device: Device,
    /// As shown to the user.
    pub device_name: String,
}

/// What happens on the way.
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
#[derive(Debug)]
pub enum DownstreamProgress<'a> {
    /// A synthetic pair is to be made.
    Pair { what: &'static str, index: usize, count: usize },
    /// A run says something.
    Run { arm: Arm, seed: u64, event: &'a Event },
    /// A run is finished and measured.
    Measured { arm: Arm, seed: u64, figures: &'a RunFigures },
}

impl Experiment<'_> {
    /// Refuses what would fail halfway, or measure what is known: arms that want more scans or pairs than there are,
    /// training scans of measured eyes, pictures of measured scans under any name, files that cannot be read. Nothing is
    /// written.
    ///
    /// # Errors
    /// Names the file or the arm and the remedy.
    pub fn check(&self) -> Result<(), DownstreamError> {
        let measured = MeasuredPictures::of(&self.test);
        for entry in &self.training {
            check_real(self.data, entry, TAKE_OUT)?;
            self.test.check_unseen(self.data, entry)?;
            measured.check(self.data, &LabelledScan::load(self.data, entry)?)?;
        }
        let folder = self.data.dir.display();
        if self.training.is_empty() {
            let problem = "it holds no scan that a grader labelled of a training subject";
            return Err(DownstreamError::refused(folder, problem, "name another --data"));
        }
        for arm in &self.plan.arms {
            if arm.of_training_masks > self.training.len() {
                let problem = format!("{arm} asks for the masks of {} scans", arm.of_training_masks);
                let remedy =
                    format!("there are {} graded training scans: ask for as many", self.training.len());
                return Err(DownstreamError::refused(folder, problem, remedy));
            }
        }
        if let Some(given) = &self.pairs.folder {
            let wanted = self.wanted_pairs();
            if given.entries.len() < wanted {
                let problem =
                    format!("it holds {} pairs where the arms ask for {wanted}", given.entries.len());
                return Err(DownstreamError::refused(
                    given.dir.display(),
                    problem,
                    "make more, or ask for fewer",
                ));
            }
            for entry in &given.entries[..wanted] {
                self.test.check_unseen(given, entry)?;
                if entry.label.is_none() {
                    let problem = format!("\"{}\" has no labels", entry.id);
                    return Err(DownstreamError::refused(given.dir.display(), problem, "take it out"));
                }
                measured.check(given, &LabelledScan::load(given, entry)?)?;
            }
        }
        Ok(())
    }

    /// Trains and measures what is not yet, and writes the report, which is of the arms and seeds of this plan alone;
    /// what else the folder holds stays there.
    ///
    /// # Errors
    /// What [`Experiment::check`] refuses, a folder that holds another comparison, one of other scans or of another version
    /// of the program, or that another process works in, or whatever keeps it from going on; the same call goes on from
    /// there.
    pub fn run(
        mut self,
        control: &Control,
        on_progress: &mut dyn FnMut(&DownstreamProgress),
    ) -> Result<Report, DownstreamError> {
        self.check()?;
        let before = self.plan.begun_in(self.out)?;
        let notes = self.agree_on_contents(before.as_ref())?;
        self.pairs.notes.extend(notes);
        self.plan.keep(self.out, before)?;
        // Two of them in one folder would make the same pairs into the same files.
        let _lock = RunLock::take(self.out)?;
        let sets = self.synthetic_sets(control, on_progress)?;
        let mut arms = Vec::new();
        for &arm in &self.plan.arms {
            let folder = self.out.join("data").join(arm.to_string());
            let parts = self.parts(arm, &sets);
            assemble(&folder, &parts)?;
            let mut runs = Vec::new();
            for seed in 0..self.plan.seeds {
                let run = run_folder(self.out, arm, seed);
                self.train(arm, seed, &folder, &run, control, on_progress)?;
                let figures = measured(&run, &self.test, &self.device)?;
                on_progress(&DownstreamProgress::Measured { arm, seed, figures: &figures });
                runs.push((run, figures));
            }
            let training_scans = parts.iter().map(|part| part.entries.len()).sum();
            arms.push(MeasuredArm { arm, training_scans, runs });
        }
        let report = Report::of(&self.plan, &arms, &self.pairs.notes, &self.pairs.seen);
        files::write(&report, self.out, &self.test, &arms)?;
        Ok(report)
    }

    /// Sampled pairs that the arms ask for.
    pub(super) fn wanted_pairs(&self) -> usize {
        Arm::sampled_pairs(&self.plan.arms)
    }

    fn synthetic_sets(
        &self,
        control: &Control,
        on_progress: &mut dyn FnMut(&DownstreamProgress),
    ) -> Result<SyntheticSets, DownstreamError> {
        let most = |count: fn(&Arm) -> usize| self.plan.arms.iter().map(count).max().unwrap_or(0);
        let (sampled, masks, painted_count) =
            (self.wanted_pairs(), most(|arm| arm.of_training_masks), most(|arm| arm.painted));
        let tell = |what, count| {
            move |index: usize, on_progress: &mut dyn FnMut(&DownstreamProgress)| {
                on_progress(&DownstreamProgress::Pair { what, index, count });
                if control.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            }
        };
        let folder = |what: &str| self.out.join("pairs").join(what);
        let mut sets = SyntheticSets { sampled: self.pairs.folder.clone(), of_masks: None, painted: None };
        if sampled > 0 && sets.sampled.is_none() {
            let step = tell("syn", sampled);
            let pair = |index: usize| Ok(self.models()?.sampled(index));
            let made = fill(&folder("syn"), "syn", sampled, pair, |index| step(index, on_progress))?;
            sets.sampled = Some(made);
        }
        if masks > 0 {
            let step = tell("synmask", masks);
            let in_turn = subjects_in_turn(&self.training, 0);
            let pair = |index: usize| {
                let scan = LabelledScan::load(self.data, in_turn[index])?;
                Ok(self.models()?.of_graded(&scan, index))
            };
            let made = fill(&folder("synmask"), "synmask", masks, pair, |index| step(index, on_progress))?;
            sets.of_masks = Some(made);
        }
        if let (1.., Some(from)) = (painted_count, &sets.sampled) {
            let step = tell("painter", painted_count);
            // Fitting it takes a while, and is needed only where a pair is not there yet.
            let fitted = OnceCell::new();
            let pair = |index: usize| {
                let painter = match fitted.get() {
                    Some(painter) => painter,
                    None => {
                        let painter = self.painter()?;
                        fitted.get_or_init(|| painter)
                    }
                };
                let mask = LabelledScan::load(from, &from.entries[index])?;
                Ok(painted(painter, &mask, index))
            };
            let made =
                fill(&folder("painter"), "painter", painted_count, pair, |index| step(index, on_progress))?;
            sets.painted = Some(made);
        }
        Ok(sets)
    }

    /// The models, asked for only where a pair is not there yet.
    fn models(&self) -> Result<&super::PairModels, DownstreamError> {
        self.pairs.models.as_deref().ok_or_else(|| {
            DownstreamError::refused(
                "these arms",
                "ask for synthetic pairs and there is no model",
                "name --model",
            )
        })
    }

    /// The painter with the greys and the speckle of the training scans.
    fn painter(&self) -> Result<Painter, DownstreamError> {
        painter_of(self.training.iter().map(|entry| LabelledScan::load(self.data, entry)))
    }

    /// The scans of an arm.
    fn parts<'b>(&'b self, arm: Arm, sets: &'b SyntheticSets) -> Vec<ArmPart<'b>> {
        let first = |set: &'b Option<Manifest>, count: usize| {
            let manifest = set.as_ref().filter(|_| count > 0)?;
            Some(ArmPart { manifest, entries: manifest.entries[..count].iter().collect() })
        };
        let real = arm.real.then(|| ArmPart { manifest: self.data, entries: self.training.clone() });
        let synthetic = [
            first(&sets.of_masks, arm.of_training_masks),
            first(&sets.sampled, arm.synthetic),
            first(&sets.painted, arm.painted),
        ];
        real.into_iter().chain(synthetic.into_iter().flatten()).collect()
    }

    /// Brings a run to its last step; one that is there goes on, a finished one is left alone.
    fn train(
        &self,
        arm: Arm,
        seed: u64,
        data: &Path,
        path: &PathBuf,
        control: &Control,
        on_progress: &mut dyn FnMut(&DownstreamProgress),
    ) -> Result<(), DownstreamError> {
        let resume = RunDirectory::is_run(path);
        if resume && RunRecord::read(path)?.state == RunState::Finished {
            return Ok(());
        }
        let run = Run {
            data,
            path,
            resume,
            from: None,
            student: None,
            lpips: None,
            device: self.device.clone(),
            device_name: self.device_name.clone(),
            free_memory: None,
        };
        let mut is_finished = false;
        let mut on_event = |event: &Event| {
            is_finished |= matches!(event, Event::Finished { .. });
            on_progress(&DownstreamProgress::Run { arm, seed, event });
        };
        crate::training::run(self.plan.config(arm, seed), &run, control, &mut on_event)?;
        if is_finished { Ok(()) } else { Err(DownstreamError::Stopped) }
    }
}

/// The synthetic data sets that arms take from.
struct SyntheticSets {
    sampled: Option<Manifest>,
    of_masks: Option<Manifest>,
    painted: Option<Manifest>,
}
