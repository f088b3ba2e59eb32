//! The runs of the paper's Table 1: ReTree, latent diffusion, and RetiDiff with and without pretraining, DRM and DMC.

use super::budget::{Budget, Sizes, seeded};
use super::judge::GivenJudge;
use super::plan::{MaskOrigin, MethodRow, PlannedRun, Task, Training, TrainingSet};
use crate::dataset::Split;
use crate::diffusion::drm::Drm;
use crate::encoding::dmc::DmcMode;
use crate::evaluation::downstream::Arm;
use crate::training::{RunConfig, Stage};

/// One seed of one split, whose runs are named alike.
#[derive(Clone, Debug)]
pub struct Repetition<'a> {
    /// How much is spent.
    pub budget: Budget,
    /// The numbers of that budget.
    pub sizes: &'a Sizes,
    /// Of every training.
    pub seed: u64,
    /// Subjects that do not train, those that are measured among them.
    pub split: Split,
    /// Subjects that are measured on.
    pub measured: Vec<String>,
    /// Put before the names of its runs.
    pub prefix: String,
    /// Whether stage 1 has scans of its own.
    pub has_pretraining_scans: bool,
    /// The segmenter that judges, where none is trained for it.
    pub judge: Option<&'a GivenJudge>,
}

impl Repetition<'_> {
    /// Name of a run.
    pub(super) fn name(&self, run: &str) -> String {
        format!("{}{run}", self.prefix)
    }

    pub(super) fn run(&self, name: &str, task: Task) -> PlannedRun {
        PlannedRun { name: self.name(name), task }
    }

    /// A training on the data set.
    pub(super) fn training(&self, name: &str, config: RunConfig, from: Option<&str>) -> PlannedRun {
        let on = match config.stage {
            Stage::Pretrain if self.has_pretraining_scans => TrainingSet::Pretraining,
            _ => TrainingSet::Data,
        };
        let config = Box::new(seeded(config, self.seed, &self.split));
        self.run(name, Task::Train(Training { config, from: from.map(|from| self.name(from)), on }))
    }

    /// Pairs of sampled masks.
    pub(super) fn sampled_pairs(&self, name: &str, image: &str, dmc: Option<DmcMode>) -> PlannedRun {
        let masks = MaskOrigin::Sampled { masks: self.name("masks"), steps: self.sizes.evaluations, dmc };
        self.run(
            name,
            Task::Pairs {
                image: self.name(image),
                masks,
                count: self.sizes.pictures,
                steps: self.sizes.evaluations,
            },
        )
    }

    /// The trainings of RetiDiff whole, which both tables need.
    pub fn shared_runs(&self) -> Vec<PlannedRun> {
        let ours = |stage| self.budget.ours(stage, self.sizes);
        vec![
            self.training("masks", ours(Stage::Masks), None),
            self.training("pretrain", ours(Stage::Pretrain), None),
            self.training("drm", ours(Stage::Finetune), Some("pretrain")),
            self.sampled_pairs("pairs-dmc", "drm", Some(DmcMode::default())),
        ]
    }

    /// The runs of Table 1 beyond [`Repetition::shared_runs`].
    pub fn table_1(&self) -> Vec<PlannedRun> {
        let plain = RunConfig { drm: no_drm(), ..self.budget.ours(Stage::Finetune, self.sizes) };
        let latent = |stage| self.budget.latent_diffusion(stage, self.sizes);
        let mut runs = vec![
            self.run("judge", self.judge.map_or_else(|| self.trained_judge(), GivenJudge::task)),
            self.training("retree", self.budget.retree(self.sizes), None),
            self.training("ldm-autoencoder", latent(Stage::Pretrain), None),
            self.training("ldm", latent(Stage::Finetune), Some("ldm-autoencoder")),
            self.training("plain", plain.clone(), None),
            self.training("pretrained", plain, Some("pretrain")),
        ];
        let clean = Some(DmcMode::default());
        for (image, dmc) in
            [("retree", clean), ("ldm", clean), ("plain", None), ("pretrained", None), ("drm", None)]
        {
            runs.push(self.sampled_pairs(&format!("pairs-{image}"), image, dmc));
        }
        runs.extend(self.rows());
        runs
    }

    fn trained_judge(&self) -> Task {
        Task::Train(Training {
            config: Box::new(seeded(self.budget.judge(self.sizes), self.seed, &nobody())),
            from: None,
            on: TrainingSet::Arm {
                arm: Arm::REAL_AUGMENTED,
                sampled: None,
                of_masks: None,
                painted: None,
                split: self.split.clone(),
            },
        })
    }

    /// What is measured, in the order of the paper's rows.
    fn rows(&self) -> Vec<PlannedRun> {
        let compared =
            |method: &str| MethodRow { method: method.to_owned(), pretrained: None, drm: None, dmc: None };
        let ours = |parts: [bool; 3]| {
            let [pretrained, drm, dmc] = parts.map(Some);
            MethodRow { method: "RetiDiff".to_owned(), pretrained, drm, dmc }
        };
        let rows = [
            ("retree", "retree", compared("Retree")),
            ("ldm", "ldm", compared("LDM")),
            ("plain", "plain", ours([false, false, false])),
            ("pretrained", "pretrained", ours([true, false, false])),
            ("drm", "drm", ours([true, true, false])),
            ("drm", "dmc", ours([true, true, true])),
        ];
        rows.into_iter()
            .map(|(image, pairs, row)| {
                self.run(
                    &format!("table1-{pairs}"),
                    Task::Pictures {
                        row,
                        image: self.name(image),
                        pairs: self.name(&format!("pairs-{pairs}")),
                        segmenter: self.name("judge"),
                        measured: self.measured.clone(),
                        steps: self.sizes.evaluations,
                        split: self.judge.map(|_| self.split.clone()),
                    },
                )
            })
            .collect()
    }
}

fn no_drm() -> Drm {
    Drm { apply_probability: 0.0, ..Drm::default() }
}

/// The split of a folder that holds nothing but what trains.
pub(super) fn nobody() -> Split {
    Split { validation: Vec::new(), held_out: Vec::new() }
}
