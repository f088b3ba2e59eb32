//! What a segmenter's run trains, as the configuration keeps it.

use serde::{Deserialize, Serialize};

use super::loss::SegmentLoss;
use crate::nn::{SegmenterConfig, SegmenterKind};

/// How a grader's labels come onto the network's grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelResize {
    /// Each place has the label of the nearest pixel.
    #[default]
    Nearest,
    /// As the published code of YNet resizes them (algorithms 0.4): class numbers are interpolated and rounded, which
    /// makes classes that are not there where others meet.
    Compat,
}

/// What the stage `segment` trains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentTask {
    /// What is trained.
    pub network: SegmenterConfig,
    /// What is minimised.
    pub loss: SegmentLoss,
    /// How labels come onto the grid, those that validate too. Figures of `evaluate` are taken at the scan's own pixels.
    #[serde(default)]
    pub label_resize: LabelResize,
}

impl Default for SegmentTask {
    fn default() -> Self {
        Self {
            network: SegmenterConfig::of(SegmenterKind::Small),
            loss: SegmentLoss::default(),
            label_resize: LabelResize::Nearest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_of_before_takes_labels_from_the_nearest_pixel() {
        let mut json = serde_json::to_value(SegmentTask::default()).unwrap();
        assert_eq!(json["label_resize"], "nearest");
        json.as_object_mut().unwrap().remove("label_resize");
        assert_eq!(serde_json::from_value::<SegmentTask>(json).unwrap(), SegmentTask::default());
    }
}
