//! A segmenter that looks for the masks in the pictures.

use burn::tensor::Device;

use super::findings::Findings;
use crate::dataset::samples::LabelledScan;
use crate::diffusion::TrainingSummary;
use crate::evaluation::EvaluationError;
use crate::evaluation::leak_guard::{seen, unknown_ancestors};
use crate::metrics::fidelity::agreement::FoundAgain;
use crate::metrics::segmentation::LabelledPair;
use crate::metrics::segmentation::confusion::Confusion;
use crate::scan::GreyImage;
use crate::segmentation::labeller::ASSUMED_SPACING;
use crate::segmentation::{Labeller, segmenter_file};

/// A segmenter, and what it found so far.
#[derive(Debug)]
pub struct Reader {
    labeller: Labeller,
    findings: Findings,
}

impl Reader {
    /// The segmenter of a file: its bytes, and its name for messages. `measured` are the subjects whose scans it will see.
    ///
    /// # Errors
    /// If it is no model file of a segmenter.
    pub fn load(
        (bytes, file): &(impl AsRef<[u8]>, String),
        measured: &[String],
    ) -> Result<Self, EvaluationError> {
        // Seconds of a processor's work, and the same figures whatever draws.
        let device = Device::flex();
        let (network, info) = segmenter_file::load(bytes.as_ref(), file, &device)?;
        let findings = Findings {
            segmenter: info.name.clone(),
            sha256: info.tensors_sha256.clone(),
            flattered: flattered(&info.training, measured),
            real: FoundAgain::default(),
            baseline: FoundAgain::default(),
            judged: None,
        };
        Ok(Self { labeller: Labeller::new(network, info, device), findings })
    }

    /// Looks at the pictures of a scan's mask: the scan itself, the baseline's and the judged one.
    pub(super) fn look(&mut self, scan: &LabelledScan, painted: &GreyImage, judged: Option<&GreyImage>) {
        let subject = &scan.entry.subject;
        let read = |picture: &GreyImage| {
            counts(&self.labeller, &LabelledScan { image: picture.clone(), ..scan.clone() })
        };
        let (real, baseline, judged) = (read(&scan.image), read(painted), judged.map(read));
        self.findings.real.add(subject, real);
        self.findings.baseline.add(subject, baseline);
        if let Some(judged) = judged {
            self.findings.judged.get_or_insert_default().add(subject, judged);
        }
    }

    /// What it found in all of them.
    pub(super) fn finished(self) -> Findings {
        self.findings
    }
}

/// Why a segmenter may read the real scans of some subjects better than those of others; `None` where it does not.
fn flattered(training: &TrainingSummary, measured: &[String]) -> Option<String> {
    let seen = seen(training, measured);
    if !seen.is_empty() {
        return Some(format!("the segmenter trained on {}", seen.join(", ")));
    }
    let is_unknown = training.trained_on().is_empty() || !unknown_ancestors(training).is_empty();
    is_unknown.then(|| {
        format!(
            "the segmenter does not say on which subjects it trained and may know {}",
            measured.join(", ")
        )
    })
}

/// The classes of the mask against those that the segmenter gives the picture over it.
fn counts(labeller: &Labeller, scan: &LabelledScan) -> Confusion {
    let columns: Vec<bool> = (0..scan.image.width).map(|x| scan.is_column_valid(x)).collect();
    Confusion::of(&LabelledPair {
        size: [scan.image.width, scan.image.height],
        truth: &scan.labels,
        predicted: &labeller.label_graded(scan),
        scanned: &scan.scanned,
        columns: &columns,
        spacing: scan.entry.spacing.unwrap_or(ASSUMED_SPACING),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segmenter_that_knows_the_measured_eyes_or_may_is_said_to() {
        let why =
            |training: serde_json::Value| flattered(&TrainingSummary::from(training), &["duke-7".to_owned()]);
        let trained = |name: &str| serde_json::json!({"training_subjects": ["duke-1", name]});
        assert_eq!(why(trained("duke-2")), None);
        assert_eq!(why(trained("mine_duke-7")).unwrap(), "the segmenter trained on duke-7");
        assert!(why(serde_json::Value::Null).unwrap().contains("may know duke-7"));
        let inherited = serde_json::json!({
            "training_subjects": ["duke-1"],
            "lineage": [{"name": "old", "training_subjects": null}],
        });
        assert!(why(inherited).unwrap().contains("does not say"));
    }
}
