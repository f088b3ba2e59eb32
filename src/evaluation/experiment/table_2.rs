//! The runs of the paper's Table 2: segmenters trained on real scans, on synthetic ones of the training masks, and on
//! synthetic ones of sampled masks, for equal steps.

use super::budget::seeded;
use super::plan::{ArmRow, MaskOrigin, PlannedRun, Task, Training, TrainingSet};
use super::table_1::{Repetition, nobody};
use crate::dataset::augmentation::Augmentation;
use crate::evaluation::downstream::Arm;
use crate::training::RunConfig;

impl Repetition<'_> {
    /// The runs of Table 2 beyond [`Repetition::shared_runs`]; `real` graded scans train.
    pub fn table_2(&self, real: usize) -> Vec<PlannedRun> {
        let pairs = Task::Pairs {
            image: self.name("drm"),
            masks: MaskOrigin::Training(self.split.clone()),
            count: real,
            steps: self.sizes.evaluations,
        };
        let mut runs = vec![self.run("pairs-of-masks", pairs)];
        let arms = [
            (Arm::REAL, real),
            (Arm::REAL_AUGMENTED, real),
            (Arm { of_training_masks: real, ..Arm::default() }, real),
            (Arm { synthetic: self.sizes.pictures, ..Arm::default() }, self.sizes.pictures),
        ];
        for &kind in &self.sizes.segmenters {
            for (arm, training_scans) in arms {
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
                        split: self.split.clone(),
                    },
                };
                runs.push(self.run(&name, Task::Train(training)));
                let row = ArmRow { network: kind.word().to_owned(), arm, training_scans };
                let labels =
                    Task::Labels { row, segmenter: self.name(&name), measured: self.measured.clone() };
                runs.push(self.run(&name.replacen("segment-", "table2-", 1), labels));
            }
        }
        runs
    }
}
