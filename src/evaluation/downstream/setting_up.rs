//! From what is asked of a comparison to its plan.

use super::arm::Arm;
use super::error::DownstreamError;
use super::pairs::Pairs;
use super::plan::{MaskOrder, Plan};
use super::test_set::TestSet;
use crate::dataset::ManifestEntry;
use crate::nn::SegmenterKind;

/// Side that scans are stretched to unless one is named: of the network for a CPU, and of the published ones.
const USUAL_SIZE_PX: [u32; 2] = [160, 224];

/// What is asked of a comparison.
#[derive(Clone, Debug)]
pub struct ComparisonSetup {
    /// What segmenters are trained on, each once.
    pub arms: Vec<Arm>,
    /// Runs of each arm, with the seeds 0, 1, ..
    pub seeds: u64,
    /// Which segmenter is trained.
    pub network: SegmenterKind,
    /// Side of the square that scans are stretched to: 0 takes them at the network's own scale, `None` is the usual one of
    /// the network.
    pub size: Option<u32>,
    /// Optimiser steps of every run.
    pub steps: u64,
    /// Scans in a step.
    pub batch: usize,
}

impl ComparisonSetup {
    /// The plan for some training scans, a test set and pairs.
    ///
    /// # Errors
    /// If no run can be trained so.
    pub fn plan(
        self,
        training: &[&ManifestEntry],
        test: &TestSet,
        pairs: &Pairs,
    ) -> Result<Plan, DownstreamError> {
        let usual = USUAL_SIZE_PX[usize::from(self.network != SegmenterKind::Small)];
        let size = Some(self.size.unwrap_or(usual)).filter(|&side| side > 0);
        let mut training_subjects: Vec<String> = training.iter().map(|entry| entry.subject.clone()).collect();
        training_subjects.sort_unstable();
        training_subjects.dedup();
        let plan = Plan {
            version: Plan::VERSION,
            arms: self.arms,
            seeds: self.seeds,
            network: self.network,
            size,
            steps: self.steps,
            batch: self.batch,
            pairs: pairs.origin(),
            mask_order: MaskOrder::SubjectsInTurn,
            test_subjects: test.subjects.clone(),
            test_scans: test.scans.len(),
            training_subjects,
            training_scans: training.len(),
            training_sha256: None,
            test_sha256: None,
            software: None,
        };
        let checked = plan.arms.first().map_or(Ok(()), |&arm| plan.config(arm, 0).check());
        match checked {
            Ok(()) => Ok(plan),
            Err(reason) => Err(DownstreamError::refused(
                "this comparison cannot be trained",
                reason,
                "see --size and --batch",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_the_usual_one_of_the_network_and_what_cannot_be_trained_is_refused() {
        let entry = |id: &str, subject: &str| -> ManifestEntry {
            serde_json::from_value(serde_json::json!({
                "version": 1, "id": id, "image": "a.png", "label": "b.png", "width": 8, "height": 4,
                "subject": subject, "source": "x"
            }))
            .unwrap()
        };
        let entries = [entry("1", "b"), entry("2", "a"), entry("3", "b")];
        let training: Vec<&ManifestEntry> = entries.iter().collect();
        let test = TestSet { dir: "data".into(), subjects: vec!["c".to_owned()], scans: Vec::new() };
        let setup = |network, size, batch| ComparisonSetup {
            arms: vec![Arm::REAL],
            seeds: 1,
            network,
            size,
            steps: 3,
            batch,
        };
        let plan = |network, size| setup(network, size, 2).plan(&training, &test, &Pairs::default()).unwrap();
        let small = plan(SegmenterKind::Small, None);
        assert_eq!((small.size, small.training_scans), (Some(160), 3));
        assert_eq!(small.training_subjects, ["a", "b"]);
        assert_eq!(plan(SegmenterKind::Unet, None).size, Some(224));
        assert_eq!(plan(SegmenterKind::Small, Some(0)).size, None);
        let refused = setup(SegmenterKind::Small, None, 0).plan(&training, &test, &Pairs::default());
        let message = refused.unwrap_err().to_string();
        assert!(message.starts_with("this comparison cannot be trained: "), "{message}");
        assert!(message.ends_with("; see --size and --batch"), "{message}");
    }
}
