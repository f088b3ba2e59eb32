//! The runs of the paper's Table 2: segmenters trained on real scans, on synthetic ones of the training masks, on
//! synthetic ones of sampled masks, on both and on painted masks, for equal steps.

use super::budget::seeded;
use super::plan::{ArmRow, MaskOrigin, PlannedRun, Task, Training, TrainingSet};
use super::table_1::{Repetition, nobody};
use crate::dataset::augmentation::Augmentation;
use crate::evaluation::downstream::Arm;
use crate::training::RunConfig;

impl Repetition<'_> {
    /// The arms of Table 2 unless others are named; `real` graded scans train.
    pub fn usual_arms(&self, real: usize) -> Vec<Arm> {
        let pictures = self.sizes.pictures;
        vec![
            Arm::REAL,
            Arm::REAL_AUGMENTED,
            Arm { of_training_masks: real, ..Arm::default() },
            Arm { synthetic: pictures, ..Arm::default() },
            Arm { synthetic: pictures, ..Arm::REAL },
            Arm { painted: pictures, ..Arm::default() },
        ]
    }

    /// Whether every arm can have what it asks for.
    ///
    /// # Errors
    /// What cannot, and the remedy.
    pub fn check_arms(&self, arms: &[Arm], real: usize) -> Result<(), String> {
        let pictures = self.sizes.pictures;
        for arm in arms {
            let pairs = arm.synthetic.max(arm.painted);
            if pairs > pictures {
                return Err(format!(
                    "{arm} asks for {pairs} pairs where {pictures} are drawn: ask for as many, or draw more (--pictures)"
                ));
            }
            if arm.of_training_masks > real {
                return Err(format!(
                    "{arm} asks for the masks of {} scans where {real} graded scans train: ask for as many",
                    arm.of_training_masks
                ));
            }
            if arms.iter().filter(|other| *other == arm).count() > 1 {
                return Err(format!("{arm} is there twice: leave one out"));
            }
        }
        Ok(())
    }

    /// The runs of Table 2 beyond [`Repetition::shared_runs`]; `real` graded scans train.
    pub fn table_2(&self, real: usize, arms: &[Arm]) -> Vec<PlannedRun> {
        let most = |count: fn(&Arm) -> usize| arms.iter().map(count).max().unwrap_or(0);
        let (of_masks, painted) = (most(|arm| arm.of_training_masks), most(|arm| arm.painted));
        let mut runs = Vec::new();
        if of_masks > 0 {
            let pairs = Task::Pairs {
                image: self.name("drm"),
                masks: MaskOrigin::Training(self.split.clone()),
                count: of_masks,
                steps: self.sizes.evaluations,
            };
            runs.push(self.run("pairs-of-masks", pairs));
        }
        if painted > 0 {
            let pairs =
                Task::Painted { pairs: self.name("pairs-dmc"), count: painted, split: self.split.clone() };
            runs.push(self.run("pairs-painted", pairs));
        }
        for &kind in &self.sizes.segmenters {
            for &arm in arms {
                let base = self.budget.segmenter(kind, self.sizes);
                let augmentation =
                    if arm.augmented { base.augmentation.clone() } else { Augmentation::none() };
                let config = RunConfig { augmentation, ..base };
                let name = format!("segment-{}-{}", kind.word(), arm.to_string().replace('+', "-"));
                let training = Training {
                    config: Box::new(seeded(config, self.seed, &nobody())),
                    from: None,
                    on: TrainingSet::Arm {
                        arm,
                        sampled: (arm.synthetic > 0).then(|| self.name("pairs-dmc")),
                        of_masks: (arm.of_training_masks > 0).then(|| self.name("pairs-of-masks")),
                        painted: (arm.painted > 0).then(|| self.name("pairs-painted")),
                        split: self.split.clone(),
                    },
                };
                runs.push(self.run(&name, Task::Train(training)));
                let row = ArmRow {
                    network: kind.word().to_owned(),
                    arm,
                    training_scans: usize::from(arm.real) * real
                        + arm.of_training_masks
                        + arm.synthetic
                        + arm.painted,
                };
                let labels =
                    Task::Labels { row, segmenter: self.name(&name), measured: self.measured.clone() };
                runs.push(self.run(&name.replacen("segment-", "table2-", 1), labels));
            }
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Manifest, Split};
    use crate::evaluation::experiment::budget::{Budget, Sizes};
    use crate::evaluation::experiment::plan::{ExperimentPlan, needed_by_rows};

    fn repetition(sizes: &Sizes) -> Repetition<'_> {
        Repetition {
            budget: Budget::Tiny,
            sizes,
            seed: 0,
            split: Split::default(),
            measured: vec!["duke-7".to_owned()],
            prefix: String::new(),
            has_pretraining_scans: false,
            judge: None,
        }
    }

    fn checked(runs: Vec<PlannedRun>) -> ExperimentPlan {
        let nobody = Manifest { dir: "data".into(), entries: Vec::new() };
        let plan = ExperimentPlan::new("t".to_owned(), &nobody, None, runs);
        assert_eq!(plan.check(), Ok(()));
        plan
    }

    #[test]
    fn the_usual_arms_have_both_together_and_the_painter() {
        let sizes = Budget::Tiny.sizes();
        let repetition = repetition(&sizes);
        let arms = repetition.usual_arms(66);
        let words: Vec<String> = arms.iter().map(ToString::to_string).collect();
        assert_eq!(words, ["real", "real+aug", "synmask66", "syn4", "real+syn4", "painter4"]);
        let mut runs = repetition.shared_runs();
        runs.extend(repetition.table_2(66, &arms));
        let plan = checked(runs);
        let rows: Vec<(String, usize)> = plan
            .runs
            .iter()
            .filter_map(|run| match &run.task {
                Task::Labels { row, .. } => Some((row.arm.to_string(), row.training_scans)),
                _ => None,
            })
            .collect();
        assert!(rows.contains(&("real+syn4".to_owned(), 70)), "{rows:?}");
        assert!(rows.contains(&("painter4".to_owned(), 4)), "{rows:?}");
        let back = ExperimentPlan::read(plan.to_json().as_bytes(), "plan.json").unwrap();
        assert_eq!(back, plan);
        assert!(!plan.to_json().contains("\"painted\": null"), "plans of before keep their hash");
    }

    #[test]
    fn what_no_arm_asks_for_is_not_planned() {
        let sizes = Budget::Tiny.sizes();
        let repetition = repetition(&sizes);
        let names = |arms: &[Arm]| -> Vec<String> {
            let mut runs = repetition.shared_runs();
            runs.extend(repetition.table_2(66, arms));
            checked(needed_by_rows(runs)).runs.into_iter().map(|run| run.name).collect()
        };
        assert_eq!(names(&[Arm::REAL]), ["segment-small-real", "table2-small-real"]);
        let painted = names(&["painter2".parse().unwrap()]);
        assert!(painted.contains(&"pairs-painted".to_owned()) && painted.contains(&"masks".to_owned()));
    }

    #[test]
    fn an_arm_that_asks_for_too_much_is_told_what_helps() {
        let sizes = Budget::Tiny.sizes();
        let check = |arms: &[&str]| {
            let arms: Vec<Arm> = arms.iter().map(|arm| arm.parse().unwrap()).collect();
            repetition(&sizes).check_arms(&arms, 66)
        };
        assert_eq!(check(&["real", "syn4", "synmask66"]), Ok(()));
        assert!(check(&["real+syn250"]).unwrap_err().contains("--pictures"));
        assert!(check(&["painter5"]).unwrap_err().contains("5 pairs where 4"));
        assert!(check(&["synmask67"]).unwrap_err().contains("66 graded scans"));
        assert!(check(&["real", "real"]).unwrap_err().contains("twice"));
    }
}
