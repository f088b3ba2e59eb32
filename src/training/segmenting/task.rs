//! What a segmenter's run trains, as the configuration keeps it.

use serde::{Deserialize, Serialize};

use super::loss::SegmentLoss;
use crate::nn::{SegmenterConfig, SegmenterKind};

/// What the stage `segment` trains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentTask {
    /// What is trained.
    pub network: SegmenterConfig,
    /// What is minimised.
    pub loss: SegmentLoss,
}

impl Default for SegmentTask {
    fn default() -> Self {
        Self { network: SegmenterConfig::of(SegmenterKind::Small), loss: SegmentLoss::default() }
    }
}
