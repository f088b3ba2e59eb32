//! What is to be generated, as a value with a hash: the same plan gives the same pairs.

use std::ops::Range;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::GenerationError;
use super::best::BestOf;
use super::conditions::Conditions;
use super::filters::Filters;
use super::judging::JudgePlanning;
use crate::cases::CaseRecipe;
use crate::formats::provenance::{SOFTWARE, sha256_hex};

/// Version of the plans that this program writes and reads.
pub const PLAN_VERSION: u32 = 1;
/// Most pairs of a plan.
pub const MAX_PAIRS: u64 = 1_000_000_000;
/// Seeds stay below this, so that programs whose numbers are floating-point read them unchanged.
const SEED_BITS: u32 = 53;

/// What JSON of the version that is known says.
///
/// # Errors
/// If it is of another one, or says something else.
pub fn of_version<T: DeserializeOwned>(json: &[u8], known: u32) -> Result<T, String> {
    let value: serde_json::Value =
        serde_json::from_slice(json).map_err(|error| format!("no JSON: {error}"))?;
    let found = value.get("version").and_then(serde_json::Value::as_u64);
    if found != Some(known.into()) {
        let found = found.map_or("none".to_owned(), |version| version.to_string());
        return Err(format!("version {found} where this program knows {known}"));
    }
    serde_json::from_value(value).map_err(|error| error.to_string())
}

/// What is to be generated. Its text, and so its hash, holds no path and no date.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenerationPlan {
    /// [`PLAN_VERSION`]; others are refused.
    pub version: u32,
    /// The program that made the plan; another version may draw another last bit.
    pub software: String,
    /// How many pairs there are.
    pub pairs: u64,
    /// Pairs of a shard, where the work is divided.
    pub per_shard: u64,
    /// Of every seed in it.
    pub seed: u64,
    /// How masks are made.
    pub masks: MaskPlanning,
    /// How scans are drawn.
    pub scans: ScanPlanning,
    /// Masks that get a scan. (Plans of before say nothing of it, and neither does one that keeps every mask: its hash
    /// stays what it was.)
    #[serde(default, skip_serializing_if = "Filters::are_none")]
    pub filters: Filters,
    /// Who looks at the scans, where somebody does. (Plans of before keep their hash likewise.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judge: Option<JudgePlanning>,
    /// What shards keep of the pairs. (Plans of before keep everything, and their hash.)
    #[serde(default, skip_serializing_if = "Kept::is_everything")]
    pub kept: Kept,
}

/// What is kept of a pair when it is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// Pictures and line.
    #[default]
    Pairs,
    /// Only the line, with its seed, its scores and the hashes of the pictures: for so many pairs that no disk holds
    /// them. A pair is made again by its number.
    Lines,
}

impl Kept {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_everything(&self) -> bool {
        *self == Self::Pairs
    }
}

/// Where masks come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case", deny_unknown_fields)]
pub enum MaskPlanning {
    /// A mask model draws them.
    Model {
        /// The model's name.
        name: String,
        /// Of its tensor bytes.
        sha256: String,
        /// As the command line names it.
        sampler: String,
        /// How the noise levels are spaced, as the command line names it; evenly in time where nothing is said. (Plans of
        /// before say nothing of it and keep their hash.)
        #[serde(default, skip_serializing_if = "Option::is_none")]
        noise_levels: Option<String>,
        /// Of a mask.
        steps: u32,
        /// How strongly conditions are followed; 1 as trained.
        guidance: f64,
        /// What is asked of them.
        conditions: Conditions,
        /// Columns of a mask.
        width: u32,
        /// Rows of a mask.
        height: u32,
        /// Down, across.
        pixel_um: [f32; 2],
    },
    /// Masks of a data set, bent and stretched.
    Warp {
        /// Of its manifest.
        manifest_sha256: String,
        /// Columns of a mask.
        width: u32,
        /// Rows of a mask.
        height: u32,
        /// Down, across.
        pixel_um: [f32; 2],
        /// (Plans of before say nothing of it and keep their hash.)
        #[serde(default, skip_serializing_if = "WarpedFluid::is_bent")]
        fluid: WarpedFluid,
    },
    /// The solver meets a recipe, its seed another for every pair.
    Recipe {
        /// The case.
        recipe: Box<CaseRecipe>,
        /// Of the base mask that it names.
        base_mask_sha256: Option<String>,
        /// What is asked beyond the recipe, another for every pair.
        #[serde(default, skip_serializing_if = "Conditions::are_none")]
        conditions: Conditions,
    },
}

/// Where the fluid of bent masks comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarpedFluid {
    /// It is bent with its mask: the same cysts for ever.
    #[default]
    Bent,
    /// Cysts of any training eye, another number, area and place for every pair.
    Placed,
}

impl WarpedFluid {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_bent(&self) -> bool {
        *self == Self::Bent
    }
}

/// How scans are synthesised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanPlanning {
    /// The model's name.
    pub name: String,
    /// Of its tensor bytes.
    pub sha256: String,
    /// As the command line names it.
    pub sampler: String,
    /// How the noise levels are spaced, as the command line names it; evenly in time where nothing is said. (Plans of
    /// before say nothing of it and keep their hash.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise_levels: Option<String>,
    /// Steps of a scan.
    pub steps: u32,
    /// (Plans of before say nothing of it and keep their hash.)
    #[serde(default, skip_serializing_if = "PlannedLooks::are_plain")]
    pub looks: PlannedLooks,
}

/// What scans look like beyond their masks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum PlannedLooks {
    /// As the model draws them when nothing is asked.
    #[default]
    Plain,
    /// A style between those of two training eyes and vessels at random places, another for every pair.
    Drawn,
}

impl PlannedLooks {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn are_plain(&self) -> bool {
        *self == Self::Plain
    }
}

impl GenerationPlan {
    /// A plan of this program.
    pub fn new(pairs: u64, seed: u64, masks: MaskPlanning, scans: ScanPlanning) -> Self {
        let software = SOFTWARE.to_owned();
        Self {
            version: PLAN_VERSION,
            software,
            pairs,
            per_shard: 2000,
            seed,
            masks,
            scans,
            filters: Filters::default(),
            judge: None,
            kept: Kept::default(),
        }
    }

    /// From JSON. `place` is the file's name for messages.
    ///
    /// # Errors
    /// If it is no plan, one of another version, or asks for nothing or too much.
    pub fn read(json: &[u8], place: &str) -> Result<Self, GenerationError> {
        let refuse = |problem: String| GenerationError::Plan { place: place.to_owned(), problem };
        let plan: Self = of_version(json, PLAN_VERSION).map_err(refuse)?;
        if !(1..=MAX_PAIRS).contains(&plan.pairs) || !(1..=MAX_PAIRS).contains(&plan.per_shard) {
            let (pairs, per_shard) = (plan.pairs, plan.per_shard);
            return Err(refuse(format!(
                "{pairs} pairs in shards of {per_shard}; 1 to {MAX_PAIRS} can be made"
            )));
        }
        if let Some(BestOf { kept, of }) = plan.best().filter(|best| !best.is_possible()) {
            return Err(refuse(format!("the best {kept} of {of} pairs cannot be kept")));
        }
        Ok(plan)
    }

    /// Its text, the same for equal plans.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a plan has only strings, numbers and lists")
    }

    /// SHA-256 of [`GenerationPlan::to_json`], hexadecimal.
    pub fn sha256(&self) -> String {
        sha256_hex(self.to_json().as_bytes())
    }

    /// How the best are kept; `None` where all are.
    pub fn best(&self) -> Option<BestOf> {
        self.judge.as_ref().and_then(|judge| judge.best)
    }

    /// Runs of pairs that are made together, among some in order, as positions: those of one unit where the best are kept,
    /// else each alone.
    pub fn groups(&self, indices: &[u64]) -> Vec<Range<usize>> {
        match self.best() {
            Some(best) => best.groups(indices),
            None => (0..indices.len()).map(|at| at..at + 1).collect(),
        }
    }

    /// How many shards the plan has.
    pub fn shards(&self) -> u64 {
        self.pairs.div_ceil(self.per_shard)
    }

    /// The pairs of a shard.
    pub fn pairs_of(&self, shard: u64) -> Range<u64> {
        let first = shard.saturating_mul(self.per_shard).min(self.pairs);
        first..first.saturating_add(self.per_shard).min(self.pairs)
    }
}

/// The seed of an attempt at a pair: of the plan's hash, the pair's index and the attempt, and of nothing else.
pub fn pair_seed(plan_sha256: &str, index: u64, attempt: u32) -> u64 {
    let mut hasher = Sha256::new();
    hasher.update(plan_sha256.as_bytes());
    hasher.update(index.to_le_bytes());
    hasher.update(attempt.to_le_bytes());
    let hash = hasher.finalize();
    let first = hash.iter().take(8).fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
    first >> (u64::BITS - SEED_BITS)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::generation::judging::PairChoice;

    pub(crate) fn plan(pairs: u64) -> GenerationPlan {
        let masks = MaskPlanning::Warp {
            manifest_sha256: "00".repeat(32),
            width: 32,
            height: 24,
            pixel_um: [3.87, 11.3],
            fluid: WarpedFluid::Bent,
        };
        let scans = ScanPlanning {
            name: "test".into(),
            sha256: "ab".repeat(32),
            sampler: "DDIM".into(),
            noise_levels: None,
            steps: 2,
            looks: PlannedLooks::Plain,
        };
        GenerationPlan::new(pairs, 1, masks, scans)
    }

    #[test]
    fn a_plan_is_read_back_and_its_hash_knows_every_part() {
        let one = plan(5);
        assert_eq!(GenerationPlan::read(one.to_json().as_bytes(), "p").unwrap(), one);
        let other = GenerationPlan { seed: 2, ..one.clone() };
        assert_ne!(one.sha256(), other.sha256());
        assert_eq!(one.sha256().len(), 64);
        for absent in ["kept", "noise_levels"] {
            assert!(!one.to_json().contains(absent), "plans of before keep their hash");
        }
        let scans = ScanPlanning { noise_levels: Some("karras".into()), ..one.scans.clone() };
        let spaced = GenerationPlan { scans, ..one.clone() };
        assert_ne!(one.sha256(), spaced.sha256());
        assert_eq!(GenerationPlan::read(spaced.to_json().as_bytes(), "p").unwrap(), spaced);
        let lines = GenerationPlan { kept: Kept::Lines, ..one.clone() };
        assert_ne!(one.sha256(), lines.sha256());
        assert_eq!(GenerationPlan::read(lines.to_json().as_bytes(), "p").unwrap(), lines);
    }

    /// The text of a plan that an earlier version wrote, and its hash then.
    #[test]
    fn a_plan_of_before_keeps_its_hash() {
        let hash = "00".repeat(32);
        let before = format!(
            "{{\"version\":1,\"software\":\"RetiDiff Studio 0.1.0\",\"pairs\":5,\"per_shard\":2000,\"seed\":1,\
             \"masks\":{{\"from\":\"warp\",\"manifest_sha256\":\"{hash}\",\"width\":32,\"height\":24,\
             \"pixel_um\":[3.87,11.3]}},\"scans\":{{\"name\":\"test\",\"sha256\":\"{hash}\",\"sampler\":\"ddim\",\
             \"steps\":2}},\"judge\":{{\"name\":\"s\",\"sha256\":\"{hash}\",\"least_dice\":0.5}}}}"
        );
        let read = GenerationPlan::read(before.as_bytes(), "p").unwrap();
        assert_eq!(read.to_json(), before);
        assert_eq!(read.sha256(), sha256_hex(before.as_bytes()));
        assert!(matches!(read.masks, MaskPlanning::Warp { fluid: WarpedFluid::Bent, .. }));
        assert_eq!((read.best(), read.groups(&[3, 4])), (None, vec![0..1, 1..2]));
    }

    #[test]
    fn what_is_new_in_a_plan_changes_its_hash_and_is_read_back() {
        let choice = |kept| {
            let best = Some(BestOf { kept, of: 10 });
            Some(JudgePlanning::new(
                "s".into(),
                "ab".repeat(32),
                PairChoice { best, ..PairChoice::default() },
            ))
        };
        let best = GenerationPlan { judge: choice(6), ..plan(20) };
        assert_ne!(best.sha256(), GenerationPlan { judge: choice(5), ..plan(20) }.sha256());
        assert_eq!(GenerationPlan::read(best.to_json().as_bytes(), "p").unwrap(), best);
        assert_eq!(best.groups(&[4, 5, 6]), [0..2, 2..3]);
        let none = GenerationPlan { judge: choice(0), ..plan(20) };
        let refused = GenerationPlan::read(none.to_json().as_bytes(), "p").unwrap_err().to_string();
        assert!(refused.contains("the best 0 of 10 pairs cannot be kept"), "{refused}");
        let mut placed = plan(5);
        if let MaskPlanning::Warp { fluid, .. } = &mut placed.masks {
            *fluid = WarpedFluid::Placed;
        }
        assert_ne!(placed.sha256(), plan(5).sha256());
        assert_eq!(GenerationPlan::read(placed.to_json().as_bytes(), "p").unwrap(), placed);
    }

    #[test]
    fn other_versions_and_nonsense_are_refused() {
        let message =
            |text: &str| GenerationPlan::read(text.as_bytes(), "plan.json").unwrap_err().to_string();
        assert!(message("{").starts_with("plan.json: no JSON"));
        let newer = plan(5).to_json().replace("\"version\":1", "\"version\":2");
        assert!(message(&newer).contains("version 2 where this program knows 1"));
        let none = plan(5).to_json().replace("\"pairs\":5", "\"pairs\":0");
        assert!(message(&none).contains("0 pairs"), "{}", message(&none));
        let unknown = plan(5).to_json().replace("\"pairs\":5", "\"pairs\":5,\"colour\":1");
        assert!(message(&unknown).contains("colour"));
    }

    #[test]
    fn seeds_depend_on_plan_index_and_attempt() {
        let (a, b) = (plan(5).sha256(), plan(6).sha256());
        let seeds = [pair_seed(&a, 0, 0), pair_seed(&a, 1, 0), pair_seed(&a, 0, 1), pair_seed(&b, 0, 0)];
        for (at, seed) in seeds.iter().enumerate() {
            assert!(*seed < 1 << SEED_BITS);
            assert!(!seeds[..at].contains(seed));
        }
        assert_eq!(pair_seed(&a, 3, 0), pair_seed(&a, 3, 0));
    }

    #[test]
    fn shards_hold_every_pair_once() {
        let plan = GenerationPlan { per_shard: 4, ..plan(10) };
        assert_eq!(plan.shards(), 3);
        let all: Vec<u64> = (0..plan.shards()).flat_map(|shard| plan.pairs_of(shard)).collect();
        assert_eq!(all, (0..10).collect::<Vec<_>>());
        assert!(plan.pairs_of(u64::MAX).is_empty());
    }
}
