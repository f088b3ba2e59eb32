//! What is compared, kept beside the results so that nothing else is ever mixed in.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::arm::Arm;
use super::error::DownstreamError;
use crate::dataset::Split;
use crate::dataset::augmentation::Augmentation;
use crate::formats::{read_file, write_file};
use crate::nn::SegmenterKind;
use crate::training::RunConfig;

/// Version of the plan this program writes and reads.
const PLAN_VERSION: u32 = 1;
/// What a plan need not have as it was kept, or is compared by itself.
const MAY_DIFFER: [&str; 7] =
    ["arms", "seeds", "pairs", "mask_order", "training_sha256", "test_sha256", "software"];

/// Everything that decides the figures. Arms and seeds may be added later; all else stays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// [`Plan::VERSION`]; others are refused.
    pub version: u32,
    /// What segmenters are trained on, one after the other.
    pub arms: Vec<Arm>,
    /// Seeds of each arm: 0, 1, ..
    pub seeds: u64,
    /// Which segmenter is trained.
    pub network: SegmenterKind,
    /// Side of the square that scans are stretched to; `None` takes them at the network's own scale.
    pub size: Option<u32>,
    /// Optimiser steps of every run.
    pub steps: u64,
    /// Scans in a step.
    pub batch: usize,
    /// Where pairs come from: the models by tensor hash, or the folder that was given.
    pub pairs: PairOrigin,
    /// Which of the graders' masks an arm of N of them takes.
    #[serde(default)]
    pub mask_order: MaskOrder,
    /// Subjects that are measured.
    pub test_subjects: Vec<String>,
    /// Labelled scans that are measured on.
    pub test_scans: usize,
    /// Subjects whose labelled scans train.
    pub training_subjects: Vec<String>,
    /// Labelled scans of those subjects.
    pub training_scans: usize,
    /// [`contents_sha256`](crate::dataset::contents::contents_sha256) of the scans that train, which the comparison fills
    /// in when it runs; `None` in plans of programs that did not keep it.
    #[serde(default)]
    pub training_sha256: Option<String>,
    /// The same of those that are measured.
    #[serde(default)]
    pub test_sha256: Option<String>,
    /// The program that began the comparison, with its version; filled in and missing likewise.
    #[serde(default)]
    pub software: Option<String>,
}

/// The order in which arms take the graders' masks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaskOrder {
    /// As the scans were imported, which can be all of one kind of eye: how programs before 0.2.1 took them.
    #[default]
    Imported,
    /// The subjects take turns, see [`crate::dataset::subjects_in_turn`].
    SubjectsInTurn,
}

/// Where synthetic pairs come from; nothing where no arm has any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairOrigin {
    /// The folder of sampled pairs that was given.
    pub folder: Option<String>,
    pub models: Option<ModelOrigin>,
    /// What the pairs of that folder are, filled in when the comparison runs; `None` in plans of programs that did not keep
    /// it.
    #[serde(default)]
    pub contents: Option<PairContents>,
}

/// The pairs that arms take from a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairContents {
    /// So many, from the first on.
    pub count: usize,
    /// [`contents_sha256`](crate::dataset::contents::contents_sha256) of them.
    pub sha256: String,
}

/// The models that make pairs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelOrigin {
    pub image_sha256: String,
    pub masks_sha256: String,
    pub synthesis_steps: u32,
    /// The program that draws with them, with its version; `None` in plans of programs that did not keep it.
    #[serde(default)]
    pub software: Option<String>,
    /// Whether every scan has a style and vessel shadows of its own; in plans of before none has.
    #[serde(default)]
    pub drawn_looks: bool,
}

impl ModelOrigin {
    /// Whether the same pairs come of both, as far as that is known.
    fn agrees_with(&self, before: &Self) -> bool {
        let same_software =
            self.software.is_none() || before.software.is_none() || self.software == before.software;
        let known = Self { software: self.software.clone(), ..before.clone() };
        same_software && *self == known
    }
}

impl Plan {
    /// Name of the plan in the folder of a comparison.
    pub(super) const FILE: &str = "plan.json";
    /// The version of a new plan.
    pub const VERSION: u32 = PLAN_VERSION;

    /// What was begun in the folder of a comparison; `None` where there is nothing, or nothing that this program reads.
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&read_file(&folder.join(Self::FILE)).ok()?).ok()
    }

    /// The configuration of a run.
    pub fn config(&self, arm: Arm, seed: u64) -> RunConfig {
        let base = match self.size {
            Some(side) => RunConfig::square_segmenter(self.network, side),
            None => RunConfig::segmenter(self.network),
        };
        RunConfig {
            seed,
            steps: self.steps,
            batch: self.batch,
            augmentation: match arm.augmented {
                true => base.augmentation.clone(),
                false => Augmentation::none(),
            },
            // The arm's folder holds what it trains on and nothing else.
            split: Split { validation: Vec::new(), held_out: Vec::new() },
            validate_every: 0,
            sample_every: 0,
            ..base
        }
    }

    fn takes_masks(&self) -> bool {
        self.arms.iter().any(|arm| arm.of_training_masks > 0)
    }

    /// Whether arms take sampled pairs, or the same painted.
    pub(super) fn takes_pairs(&self) -> bool {
        self.arms.iter().any(|arm| arm.synthetic.max(arm.painted) > 0)
    }

    /// Whether the pairs that arms of both take come from the same place.
    fn pairs_agree(&self, before: &Self) -> bool {
        let same_folder =
            !(self.takes_pairs() && before.takes_pairs()) || self.pairs.folder == before.pairs.folder;
        let same_models = match (&self.pairs.models, &before.pairs.models) {
            (Some(now), Some(then)) => now.agrees_with(then),
            _ => true,
        };
        same_folder && same_models
    }

    /// The plan that is kept in the folder of a comparison, where one is; this one may add arms and seeds to it.
    ///
    /// # Errors
    /// If the folder holds another comparison; the message names what differs.
    pub(super) fn begun_in(&self, folder: &Path) -> Result<Option<Self>, DownstreamError> {
        let file = folder.join(Self::FILE);
        if !file.is_file() {
            return Ok(None);
        }
        let place = file.display();
        let refuse = |problem: String| {
            DownstreamError::refused(place.to_string(), problem, "give the same settings, or another --out")
        };
        let before: serde_json::Value =
            serde_json::from_slice(&read_file(&file)?).map_err(|error| refuse(error.to_string()))?;
        let now = serde_json::to_value(self).expect("a plan is plain data");
        let mut differing: Vec<&str> = now
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(name, value)| !MAY_DIFFER.contains(&name.as_str()) && before.get(name) != Some(value))
            .map(|(name, _)| name.as_str())
            .collect();
        let before: Self = serde_json::from_value(before).map_err(|error| refuse(error.to_string()))?;
        // Arms that are added may be the first that need pairs, or masks of graders.
        if !self.pairs_agree(&before) {
            differing.push("pairs");
        }
        if self.takes_masks() && before.takes_masks() && self.mask_order != before.mask_order {
            differing.push("mask_order");
        }
        if !differing.is_empty() {
            return Err(refuse(format!("this comparison was begun with other {}", differing.join(", "))));
        }
        Ok(Some(before))
    }

    /// Keeps the plan in the folder of the comparison. Arms and seeds of the plan of `before`, with which it agrees, stay
    /// on record beside these; what is not known of that stays unknown.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn keep(&self, folder: &Path, before: Option<Self>) -> Result<(), DownstreamError> {
        let mut kept = self.clone();
        if let Some(before) = before {
            kept.seeds = kept.seeds.max(before.seeds);
            if before.takes_masks() {
                kept.mask_order = before.mask_order;
            }
            if before.takes_pairs() {
                if !self.takes_pairs() || before.pairs.contents.is_none() {
                    kept.pairs.contents = before.pairs.contents;
                }
                kept.pairs.folder = before.pairs.folder;
            }
            kept.pairs.models = before.pairs.models.or(kept.pairs.models);
            kept.training_sha256 = before.training_sha256;
            kept.test_sha256 = before.test_sha256;
            kept.software = before.software;
            let others = before.arms.into_iter().filter(|arm| !self.arms.contains(arm));
            kept.arms.extend(others);
        }
        std::fs::create_dir_all(folder).map_err(DownstreamError::io(folder, "making the folder"))?;
        let json = serde_json::to_vec_pretty(&kept).expect("a plan is plain data");
        write_file(&folder.join(Self::FILE), &json)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub fn plan() -> Plan {
        Plan {
            version: PLAN_VERSION,
            arms: vec![Arm::REAL],
            seeds: 1,
            network: SegmenterKind::Small,
            size: Some(48),
            steps: 3,
            batch: 2,
            pairs: PairOrigin::default(),
            mask_order: MaskOrder::SubjectsInTurn,
            test_subjects: vec!["b".to_owned()],
            test_scans: 1,
            training_subjects: vec!["a".to_owned()],
            training_scans: 2,
            training_sha256: None,
            test_sha256: None,
            software: None,
        }
    }

    /// Begins in a folder, or goes on there.
    fn agree(plan: &Plan, folder: &Path) -> Result<(), DownstreamError> {
        plan.keep(folder, plan.begun_in(folder)?)
    }

    #[test]
    fn arms_and_seeds_may_be_added_and_nothing_else_changed() {
        let folder = tempfile::tempdir().unwrap();
        agree(&plan(), folder.path()).unwrap();
        let more = Plan { arms: vec![Arm::REAL_AUGMENTED], seeds: 3, ..plan() };
        agree(&more, folder.path()).unwrap();
        let kept = std::fs::read(folder.path().join(Plan::FILE)).unwrap();
        let kept: Plan = serde_json::from_slice(&kept).unwrap();
        assert_eq!((kept.arms, kept.seeds), (vec![Arm::REAL_AUGMENTED, Arm::REAL], 3));
        let longer = Plan { steps: 4, ..more };
        let message = agree(&longer, folder.path()).unwrap_err().to_string();
        assert!(message.contains("other steps") && message.contains("another --out"), "{message}");
    }

    /// Such a comparison may have taken masks of healthy eyes alone; its other arms are as good as ever.
    #[test]
    fn masks_that_an_earlier_program_took_in_another_order_are_not_mixed_in() {
        let of_masks = Arm { of_training_masks: 2, ..Arm::default() };
        let begun_with = |arm: Arm| {
            let folder = tempfile::tempdir().unwrap();
            let mut before = serde_json::to_value(Plan { arms: vec![arm], ..plan() }).unwrap();
            before.as_object_mut().unwrap().remove("mask_order");
            write_file(&folder.path().join(Plan::FILE), before.to_string().as_bytes()).unwrap();
            agree(&Plan { arms: vec![of_masks], ..plan() }, folder.path())
        };
        let message = begun_with(of_masks).unwrap_err().to_string();
        assert!(message.contains("other mask_order") && message.contains("another --out"), "{message}");
        begun_with(Arm::REAL_AUGMENTED).unwrap();
    }

    #[test]
    fn arms_without_pairs_are_asked_for_again_where_others_have_them() {
        let models = |hash: &str| {
            Some(ModelOrigin {
                image_sha256: hash.to_owned(),
                masks_sha256: hash.to_owned(),
                synthesis_steps: 8,
                software: None,
                drawn_looks: true,
            })
        };
        let with = |arm: Arm, folder: Option<&str>, hash: Option<&str>| Plan {
            arms: vec![arm],
            pairs: PairOrigin {
                folder: folder.map(str::to_owned),
                models: hash.and_then(models),
                contents: None,
            },
            ..plan()
        };
        let sampled = Arm { synthetic: 2, ..Arm::default() };
        let of_masks = Arm { of_training_masks: 2, ..Arm::default() };
        let folder = tempfile::tempdir().unwrap();
        agree(&with(sampled, None, Some("a")), folder.path()).unwrap();
        agree(&with(Arm::REAL, None, None), folder.path()).unwrap();
        let refused = [with(sampled, Some("elsewhere"), None), with(of_masks, None, Some("b"))];
        for other in refused {
            let message = agree(&other, folder.path()).unwrap_err().to_string();
            assert!(message.contains("other pairs"), "{message}");
        }
        agree(&with(of_masks, None, Some("a")), folder.path()).unwrap();

        // Models draw otherwise in another version of the program; of which version, older plans do not say.
        let by = |software: &str| {
            let mut plan = with(of_masks, None, Some("a"));
            let models = plan.pairs.models.as_mut().unwrap();
            models.software = Some(software.to_owned());
            plan
        };
        agree(&by("2"), folder.path()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        agree(&by("1"), folder.path()).unwrap();
        assert!(agree(&by("2"), folder.path()).unwrap_err().to_string().contains("other pairs"));
    }

    #[test]
    fn every_arm_trains_alike_but_for_its_data_and_augmentation() {
        let plan = plan();
        let (plain, augmented) = (plan.config(Arm::REAL, 5), plan.config(Arm::REAL_AUGMENTED, 5));
        assert_eq!(plain.check(), Ok(()));
        assert_eq!(plain.augmentation, Augmentation::none());
        assert_eq!(RunConfig { augmentation: Augmentation::none(), ..augmented }, plain);
        assert_eq!((plain.seed, plain.steps, plain.crop_columns), (5, 3, 48));
    }
}
