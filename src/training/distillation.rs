//! How a student learns from its teacher or from itself: settings.

use serde::{Deserialize, Serialize};

use crate::diffusion::Schedule;
use crate::diffusion::consistency::ConsistencyTuning;
use crate::nn::UNetConfig;

/// What a student learns from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DistillationTarget {
    /// Its own estimate at less noise, of a scan: consistency tuning. Runs that were begun before there was a
    /// choice learn so.
    #[default]
    Consistency,
    /// The picture at the end of its teacher's path from the same noise.
    Path,
}

/// How a student learns.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distillation {
    /// What the student is shown.
    #[serde(default, alias = "lesson")]
    pub target: DistillationTarget,
    /// The path that is walked where that is the target.
    #[serde(default)]
    pub path: TeacherPath,
    /// Channels of each level of a student whose target is its teacher's path, in per cent of its teacher's: 75 takes
    /// 56 of 100 products. Below 100 it begins with fresh weights.
    #[serde(default = "whole")]
    pub width_percent: u32,
    /// What is compared in consistency tuning.
    pub tuning: ConsistencyTuning,
    /// Stage the run begins with: 0 is diffusion at little noise, which a trained model knows already.
    pub first_stage: u32,
    /// Steps after which the compared noise levels come closer.
    pub stage_steps: u64,
}

fn whole() -> u32 {
    100
}

impl Default for Distillation {
    fn default() -> Self {
        Self {
            target: DistillationTarget::Path,
            path: TeacherPath::default(),
            width_percent: whole(),
            tuning: ConsistencyTuning::default(),
            first_stage: 1,
            stage_steps: 375,
        }
    }
}

/// The path of a teacher from noise to picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeacherPath {
    /// Steps of DPM-Solver++(2M).
    pub steps: u32,
    /// Share of the strips that the student sees at its beginning, as pure noise; the others stand somewhere along it.
    pub pure_noise: f64,
}

impl Default for TeacherPath {
    fn default() -> Self {
        Self { steps: 8, pure_noise: 0.5 }
    }
}

/// Longer paths cost more than they show.
const MAX_PATH_STEPS: u32 = 64;

impl TeacherPath {
    fn check(&self) -> Result<(), String> {
        if !(2..=MAX_PATH_STEPS).contains(&self.steps) {
            return Err(format!(
                "the teacher's path has {} steps, expected 2 to {MAX_PATH_STEPS}",
                self.steps
            ));
        }
        match (0.0..=1.0).contains(&self.pure_noise) {
            true => Ok(()),
            false => Err(format!("the share of pure noise is {}, expected 0 to 1", self.pure_noise)),
        }
    }

    /// The step of the path at which a strip is seen, for a place in [0, 1).
    pub(super) fn step_at(&self, place: f64) -> u32 {
        if place < self.pure_noise {
            return 0;
        }
        let along = (place - self.pure_noise) / (1.0 - self.pure_noise);
        (1 + (along * f64::from(self.steps - 1)) as u32).min(self.steps - 1)
    }
}

/// Gaps beyond this stage are lost in the rounding of `f32`.
pub(super) const LAST_STAGE: u32 = 12;

impl Distillation {
    /// Whether the numbers make sense together.
    ///
    /// # Errors
    /// If a number is out of its range, or the schedule is of single steps; the message says which.
    pub fn check(&self, schedule: &Schedule) -> Result<(), String> {
        self.tuning.check()?;
        self.path.check()?;
        if schedule.noise_level_of_ratio(1.0).is_none() {
            return Err("a student needs a teacher with a continuous noise schedule".to_owned());
        }
        let percent = self.width_percent;
        if !(25..=100).contains(&percent) {
            return Err(format!("width_percent is {percent}, expected 25 to 100"));
        }
        if percent != 100 && self.target != DistillationTarget::Path {
            return Err(
                "a student with fewer channels than its teacher learns from the teacher's sampling path: set \
                 distillation.target to path"
                    .to_owned(),
            );
        }
        if self.stage_steps == 0 || self.first_stage > LAST_STAGE {
            return Err(format!("stages of {} steps from stage {}", self.stage_steps, self.first_stage));
        }
        Ok(())
    }

    /// Whether the student has its teacher's network, and begins with its weights.
    pub fn is_of_teachers_size(&self) -> bool {
        self.width_percent == 100
    }

    /// The student's network.
    pub fn network_of(&self, teacher: &UNetConfig) -> UNetConfig {
        let groups = teacher.groups.max(1);
        let width = |&width: &usize| (width * self.width_percent as usize / 100).next_multiple_of(groups);
        UNetConfig { widths: teacher.widths.iter().map(width).collect(), ..teacher.clone() }
    }

    /// The stage of a step (0-based).
    pub fn stage_at(&self, step: u64) -> u32 {
        let passed = u32::try_from(step / self.stage_steps.max(1)).unwrap_or(LAST_STAGE);
        self.first_stage.saturating_add(passed).min(LAST_STAGE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_the_strips_are_pure_noise_and_the_others_stand_along_the_path() {
        let path = TeacherPath { steps: 5, pure_noise: 0.5 };
        let seen = [0.0, 0.49, 0.5, 0.62, 0.63, 0.87, 0.88, 0.999].map(|place| path.step_at(place));
        assert_eq!(seen, [0, 0, 1, 1, 2, 3, 4, 4]);
        assert_eq!(TeacherPath { steps: 5, pure_noise: 1.0 }.step_at(0.999), 0);
        assert!(TeacherPath { steps: 1, ..path }.check().is_err());
        assert!(TeacherPath { pure_noise: 1.5, ..path }.check().is_err());
    }

    #[test]
    fn a_student_may_be_narrower_than_its_teacher() {
        let narrow = Distillation { width_percent: 75, ..Distillation::default() };
        assert_eq!(narrow.network_of(&UNetConfig::live()).widths, [24, 48, 96]);
        assert_eq!(narrow.network_of(&UNetConfig::live()).check(), Ok(()));
        assert_eq!(Distillation::default().network_of(&UNetConfig::live()), UNetConfig::live());
        assert_eq!(narrow.check(&Schedule::live()), Ok(()));
        let by_itself = Distillation { target: DistillationTarget::Consistency, ..narrow };
        let refusal = by_itself.check(&Schedule::live()).unwrap_err();
        assert!(refusal.contains("the teacher's sampling path"), "{refusal}");
        assert!(refusal.ends_with("set distillation.target to path"), "as files call it: {refusal}");
        for percent in [0, 24, 101] {
            assert!(Distillation { width_percent: percent, ..narrow }.check(&Schedule::live()).is_err());
        }
    }

    #[test]
    fn runs_that_were_begun_before_there_was_a_choice_go_on_as_they_were() {
        let mut json = serde_json::to_value(Distillation::default()).unwrap();
        for newer in ["target", "path", "width_percent"] {
            json.as_object_mut().unwrap().remove(newer);
        }
        let old: Distillation = serde_json::from_value(json).unwrap();
        assert_eq!(old, Distillation { target: DistillationTarget::Consistency, ..Distillation::default() });
    }
}
