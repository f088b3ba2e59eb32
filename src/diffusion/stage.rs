//! Which training made a network: the word that configurations, model files and the command line share.

use serde::{Deserialize, Serialize};

/// Which training a run is: one of the method's three, a student's, or a segmenter's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 1: scans alone, without any mask, to be fine-tuned
    Pretrain,
    /// 2: masks
    Masks,
    /// 3: scans from masks, with dynamic region masking
    #[default]
    Finetune,
    /// 4: a student that draws in one step what its teacher (`--from`) draws in many
    Distill,
    /// a segmenter (`--network`), which labels scans
    Segment,
}

impl Stage {
    /// As in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Pretrain => "pretrain",
            Stage::Masks => "masks",
            Stage::Finetune => "finetune",
            Stage::Distill => "distill",
            Stage::Segment => "segment",
        }
    }

    /// Whether sheets of samples show the live sample: those of runs that draw scans do.
    pub fn draws_live_sample(self) -> bool {
        matches!(self, Stage::Pretrain | Stage::Finetune | Stage::Distill)
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn files_and_the_command_line_call_a_stage_by_the_same_name() {
        for stage in Stage::value_variants() {
            assert_eq!(serde_json::to_value(stage).unwrap(), stage.name());
            assert_eq!(stage.to_possible_value().unwrap().get_name(), stage.name());
        }
    }
}
