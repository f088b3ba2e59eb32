//! What a segmenter found again in the pictures, and whether that may count.

use serde::Serialize;

use crate::metrics::fidelity::agreement::{Agreement, FoundAgain};

/// Characters of a hash that a person is shown.
const SHOWN_HASH: usize = 12;

/// What a segmenter found again in each set of pictures.
#[derive(Debug)]
#[cfg_attr(not(feature = "cpu"), allow(dead_code, reason = "networks are left out of this build"))]
pub(super) struct Findings {
    /// Which segmenter.
    pub segmenter: String,
    pub sha256: String,
    /// Why the real scans may be read better than other eyes would be, where they may.
    pub flattered: Option<String>,
    pub real: FoundAgain,
    pub baseline: FoundAgain,
    /// `None` where the baseline alone is measured.
    pub judged: Option<FoundAgain>,
}

/// The same for programs.
#[derive(Debug, Serialize)]
pub(super) struct FindingsReport {
    segmenter: String,
    sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    flattered: Option<String>,
    pub real: Agreement,
    pub model: Option<Agreement>,
    pub baseline: Agreement,
}

impl FindingsReport {
    /// The figures of what was found.
    pub fn new(findings: &Findings) -> Self {
        Self {
            segmenter: findings.segmenter.clone(),
            sha256: findings.sha256.clone(),
            flattered: findings.flattered.clone(),
            real: findings.real.agreement(),
            model: findings.judged.as_ref().map(FoundAgain::agreement),
            baseline: findings.baseline.agreement(),
        }
    }

    /// Why the line is there to be read alone, where it is: where the segmenter knows the measured eyes the real scans ask
    /// too much of pictures, and what the baseline passes shows nothing about a model.
    pub fn not_counted(&self) -> Option<&str> {
        let baseline_passes =
            || self.baseline.criterion(&self.real).passed.then_some("the baseline passes too");
        self.flattered.as_deref().or_else(baseline_passes)
    }

    /// What the line rests on, for a person.
    pub fn note(&self) -> String {
        let hash = &self.sha256[..self.sha256.len().min(SHOWN_HASH)];
        let mut note = format!("read by {} ({hash})", self.segmenter);
        if let Some(why) = self.not_counted() {
            note += &format!("; shown for reading, does not count: {why}");
        }
        note
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::segmentation::LabelledPair;
    use crate::metrics::segmentation::confusion::Confusion;
    use crate::scan::Spacing;

    /// Twenty pixels of two layers, of which some of the second are taken for the first.
    fn found(missed: usize) -> FoundAgain {
        let truth: Vec<u8> = [1, 2].iter().flat_map(|&code| [code; 10]).collect();
        let mut predicted = truth.clone();
        predicted[10..10 + missed].fill(1);
        let mut found = FoundAgain::default();
        found.add(
            "duke-7",
            Confusion::of(&LabelledPair {
                size: [20, 1],
                truth: &truth,
                predicted: &predicted,
                scanned: &[true; 20],
                columns: &[true; 20],
                spacing: Spacing { axial_um_per_px: 4.0, lateral_um_per_px: 10.0 },
            }),
        );
        found
    }

    fn report(missed_by_baseline: usize, flattered: Option<&str>) -> FindingsReport {
        FindingsReport::new(&Findings {
            segmenter: "small".to_owned(),
            sha256: "0123456789abcdef".to_owned(),
            flattered: flattered.map(str::to_owned),
            real: found(1),
            baseline: found(missed_by_baseline),
            judged: None,
        })
    }

    #[test]
    fn what_the_baseline_passes_or_the_segmenter_knows_does_not_count() {
        let honest = report(8, None);
        assert_eq!((honest.not_counted(), honest.note().as_str()), (None, "read by small (0123456789ab)"));
        let painted = report(0, None);
        assert_eq!(painted.not_counted(), Some("the baseline passes too"));
        assert!(painted.note().ends_with("shown for reading, does not count: the baseline passes too"));
        let known = report(8, Some("the segmenter trained on duke-7"));
        assert_eq!(known.not_counted(), Some("the segmenter trained on duke-7"));
    }
}
