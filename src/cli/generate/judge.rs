//! The segmenter behind [`PairJudge`].

use anyhow::ensure;
use burn::tensor::Device;

use crate::generation::judging::{JudgePlanning, JudgedScan, PairJudge};
use crate::generation::pair::Unmade;
use crate::generation::scores::SegmenterAgreement;
use crate::mask::Mask;
use crate::metrics::segmentation::LabelledPair;
use crate::metrics::segmentation::verdict::MaskVerdict;
use crate::scan::{GreyImage, Spacing};
use crate::segmentation::{Labeller, segmenter_file};
use crate::worker::models::ModelSource;

/// A segmenter that looks at every scan.
pub struct SegmenterJudge {
    labeller: Labeller,
}

impl SegmenterJudge {
    /// Loads the segmenter of a plan.
    ///
    /// # Errors
    /// If it cannot be loaded, or is another one than the plan names.
    pub fn load(source: &ModelSource, planning: &JudgePlanning, device: Device) -> anyhow::Result<Self> {
        let (bytes, file) = source.read()?;
        let (network, info) = segmenter_file::load(&bytes, &file, &device)?;
        ensure!(
            info.tensors_sha256 == planning.sha256,
            "{file} is another segmenter than the plan was made with: its hash is {}, the plan's {}",
            info.tensors_sha256,
            planning.sha256
        );
        Ok(Self { labeller: Labeller::new(network, info, device) })
    }
}

impl PairJudge for SegmenterJudge {
    fn judge(&mut self, mask: &Mask, scan: &GreyImage, pixel_um: [f32; 2]) -> Result<JudgedScan, Unmade> {
        let [axial_um_per_px, lateral_um_per_px] = pixel_um;
        let spacing = Spacing { axial_um_per_px, lateral_um_per_px };
        let labelling = self.labeller.label(scan, Some(spacing));
        let truth = mask.composite_pixels();
        let verdict = MaskVerdict::of(&LabelledPair {
            size: [mask.width(), mask.height()],
            truth: &truth,
            predicted: &labelling.codes,
            scanned: &vec![true; truth.len()],
            columns: &vec![true; mask.width() as usize],
            spacing,
        });
        let agreement = SegmenterAgreement::of(&verdict, &self.labeller.info().tensors_sha256);
        Ok(JudgedScan { agreement, codes: labelling.codes })
    }
}
