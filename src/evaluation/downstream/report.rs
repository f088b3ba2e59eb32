//! What a comparison found out, for machines, and in one sentence.

use std::path::PathBuf;

use serde::Serialize;

use super::arm::Arm;
use super::figures::{ArmComparison, ArmFigures};
use super::measure::RunFigures;
use super::plan::Plan;
use crate::dataset::split::eyes_of;
use crate::evaluation::SeenEyes;
use crate::metrics::segmentation::bootstrap::Interval;

const REPORT_VERSION: u32 = 1;

/// An arm that was trained and measured.
pub(super) struct MeasuredArm {
    pub arm: Arm,
    pub training_scans: usize,
    /// By seed: the folder of the run, and its figures.
    pub runs: Vec<(PathBuf, RunFigures)>,
}

/// Everything that was found out.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Version of the report.
    pub version: u32,
    /// What was done.
    pub plan: Plan,
    /// One for every arm of the plan.
    pub arms: Vec<ArmFigures>,
    /// Every arm against `real`, and against `real+aug`, where those were trained.
    pub comparisons: Vec<ArmComparison>,
    /// What must be known of the pairs, such as models that nobody could look at.
    pub notes: Vec<String>,
    /// Whether the models behind the pairs were allowed to have seen who is measured, and did.
    #[serde(flatten)]
    pub seen: SeenEyes,
    /// In plain words, the notes among them.
    pub says: String,
}

impl Report {
    pub(super) fn of(plan: &Plan, arms: &[MeasuredArm], notes: &[String], seen: &SeenEyes) -> Self {
        let runs =
            |arm: &MeasuredArm| arm.runs.iter().map(|(_, figures)| figures.clone()).collect::<Vec<_>>();
        let mut comparisons = Vec::new();
        for over in [Arm::REAL, Arm::REAL_AUGMENTED] {
            let Some(base) = arms.iter().find(|measured| measured.arm == over) else { continue };
            let others = arms.iter().filter(|measured| measured.arm != over);
            comparisons.extend(
                others.filter_map(|other| ArmComparison::of(other.arm, &runs(other), over, &runs(base))),
            );
        }
        let figures = arms
            .iter()
            .map(|measured| ArmFigures::of(measured.arm, measured.training_scans, &runs(measured)));
        Self {
            version: REPORT_VERSION,
            plan: plan.clone(),
            arms: figures.collect(),
            says: says(plan, &comparisons, notes),
            comparisons,
            notes: notes.to_vec(),
            seen: seen.clone(),
        }
    }
}

/// What the comparisons say in plain words, whatever they say.
fn says(plan: &Plan, comparisons: &[ArmComparison], notes: &[String]) -> String {
    let mut sentences: Vec<String> = comparisons.iter().map(sentence).collect();
    let eyes = eyes_of(&plan.test_subjects).len();
    sentences.push(format!(
        "That is {} of {eyes} {} and {} {}, {} steps a run: {}",
        match plan.test_scans {
            1 => "1 scan".to_owned(),
            count => format!("{count} scans"),
        },
        if eyes == 1 { "eye" } else { "eyes" },
        plan.seeds,
        if plan.seeds == 1 { "seed" } else { "seeds" },
        plan.steps,
        if eyes < 5 { "too few eyes to speak of others." } else { "other eyes may say otherwise." }
    ));
    sentences.extend(notes.iter().map(|note| format!("Note: {note}.")));
    sentences.join(" ")
}

fn sentence(comparison: &ArmComparison) -> String {
    let interval = &comparison.mean_dice.difference;
    let fluid = comparison.fluid_dice.as_ref().map_or(String::new(), |fluid| {
        let Interval { estimate, low, high, .. } = fluid.difference;
        format!(", and that of fluid by {estimate:+.3} ({low:+.3} to {high:+.3})")
    });
    let verdict = comparison.verdict();
    format!(
        "Against {}, {} changes the mean Dice of an image by {:+.3} (95 % of the resamples from {:+.3} to {:+.3}){fluid}: \
         {verdict}.",
        comparison.over, comparison.arm, interval.estimate, interval.low, interval.high
    )
}
