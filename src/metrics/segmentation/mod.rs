//! How well a segmenter labels scans: overlap, distances of outlines and interfaces, thickness, area, lesions found.
//!
//! Published figures for retinal layers mix definitions under one name (Dice alone has four, one of them with a bug),
//! so each is here under a name of its own. What is undefined is counted, never replaced by a number.

pub mod bootstrap;
pub mod confusion;
pub mod dice;
pub mod interfaces;
pub mod lesion_detection;
pub mod outlines;
pub mod verdict;

use crate::anatomy::{ABOVE_ILM, BELOW_BM, LAYER_COUNT, UNANNOTATED, is_lesion};
use crate::scan::Spacing;

/// Classes of a segmenter: background on both sides of the retina, seven layers, fluid.
pub const CLASS_COUNT: usize = LAYER_COUNT + 2;
/// The class above the ILM and below BM.
pub const BACKGROUND: usize = 0;
/// The class of all lesions.
pub const FLUID: usize = CLASS_COUNT - 1;

/// The class of a composite code; `None` for unannotated pixels and codes outside the label table.
pub fn class_of(code: u8) -> Option<usize> {
    match code {
        ABOVE_ILM | BELOW_BM => Some(BACKGROUND),
        code if code < BELOW_BM => Some(usize::from(code)),
        code if is_lesion(code) => Some(FLUID),
        _ => None,
    }
}

/// The name of a class.
pub fn class_name(class: usize) -> &'static str {
    match class {
        BACKGROUND => "background",
        FLUID => "fluid",
        layer => crate::anatomy::LABELS[layer].name,
    }
}

/// One scan as a grader and as a segmenter labelled it; planes are row-major and of one size.
#[derive(Clone, Copy, Debug)]
pub struct LabelledPair<'a> {
    /// Columns and rows.
    pub size: [u32; 2],
    /// The grader's composite codes.
    pub truth: &'a [u8],
    /// The segmenter's composite codes.
    pub predicted: &'a [u8],
    /// Where the instrument recorded something.
    pub scanned: &'a [bool],
    /// For each column whether the grader drew every interface there.
    pub columns: &'a [bool],
    /// Size of a pixel.
    pub spacing: Spacing,
}

impl LabelledPair<'_> {
    /// Pixels that are judged: scanned and annotated. A segmenter that leaves one of them unlabelled is wrong there.
    pub(super) fn is_judged(&self, pixel: usize) -> bool {
        self.scanned[pixel] && self.truth[pixel] != UNANNOTATED
    }

    /// # Panics
    /// If a plane has another size.
    pub(super) fn check(&self) {
        let [width, height] = self.size;
        let pixels = width as usize * height as usize;
        assert!(
            self.truth.len() == pixels && self.predicted.len() == pixels && self.scanned.len() == pixels,
            "planes of a {width}x{height} scan"
        );
        assert_eq!(self.columns.len(), width as usize, "columns of a {width}x{height} scan");
    }
}

/// A mean over images, and how many images have no value.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct MeanOfDefined {
    /// `None` where no image has a value.
    pub mean: Option<f64>,
    /// How many values went into it.
    pub defined: usize,
    /// Images in which the figure is undefined, for one side is empty.
    pub undefined: usize,
}

impl MeanOfDefined {
    /// The mean of the values that are there.
    pub fn of(values: &[Option<f64>]) -> Self {
        let defined: Vec<f64> = values.iter().copied().flatten().collect();
        Self { mean: mean(&defined), defined: defined.len(), undefined: values.len() - defined.len() }
    }
}

/// The mean; `None` of nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_the_papers() {
        assert_eq!([0, 8, 1, 7, 9, 11].map(class_of), [0, 0, 1, 7, 8, 8].map(Some));
        assert_eq!([255, 12].map(class_of), [None, None]);
        assert_eq!((class_name(0), class_name(3), class_name(8)), ("background", "INL", "fluid"));
    }

    #[test]
    fn what_is_undefined_is_counted() {
        let found = MeanOfDefined::of(&[Some(1.0), None, Some(3.0)]);
        assert_eq!(found, MeanOfDefined { mean: Some(2.0), defined: 2, undefined: 1 });
        assert_eq!(MeanOfDefined::of(&[None]).mean, None);
    }
}
