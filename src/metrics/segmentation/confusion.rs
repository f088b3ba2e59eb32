//! Which class was taken for which: the counts that overlap figures are made of.

use super::{BACKGROUND, CLASS_COUNT, LabelledPair, class_of, mean};

/// The predicted class of pixels that the segmenter left without one.
const UNLABELLED: usize = CLASS_COUNT;

/// Pixels by true class and predicted class, over as many scans as were added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Confusion {
    counts: [[u64; CLASS_COUNT + 1]; CLASS_COUNT],
}

impl Confusion {
    /// The counts of one scan.
    ///
    /// # Panics
    /// If its planes have different sizes.
    pub fn of(pair: &LabelledPair) -> Self {
        pair.check();
        let mut confusion = Self::default();
        for (pixel, (&truth, &predicted)) in pair.truth.iter().zip(pair.predicted).enumerate() {
            if let (true, Some(truth)) = (pair.is_judged(pixel), class_of(truth)) {
                confusion.counts[truth][class_of(predicted).unwrap_or(UNLABELLED)] += 1;
            }
        }
        confusion
    }

    /// The counts of both.
    #[must_use]
    pub fn joined(mut self, other: &Self) -> Self {
        for (row, other) in self.counts.iter_mut().zip(&other.counts) {
            row.iter_mut().zip(other).for_each(|(count, other)| *count += other);
        }
        self
    }

    /// The counts of all.
    pub fn sum<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        all.into_iter().fold(Self::default(), Self::joined)
    }

    /// Pixels of a class that were found.
    pub fn both(&self, class: usize) -> u64 {
        self.counts[class][class]
    }

    /// Pixels of a class in the truth.
    pub fn truth(&self, class: usize) -> u64 {
        self.counts[class].iter().sum()
    }

    /// Pixels of a class in the prediction.
    pub fn predicted(&self, class: usize) -> u64 {
        self.counts.iter().map(|row| row[class]).sum()
    }

    /// Dice of a class; `None` where it is on neither side.
    pub fn dice(&self, class: usize) -> Option<f64> {
        ratio(2 * self.both(class), self.truth(class) + self.predicted(class))
    }

    /// Mean Dice of the classes that are not background and are on either side.
    pub fn mean_dice(&self) -> Option<f64> {
        mean(&(BACKGROUND + 1..CLASS_COUNT).filter_map(|class| self.dice(class)).collect::<Vec<_>>())
    }

    /// Intersection over union of a class; `None` where it is on neither side.
    pub fn iou(&self, class: usize) -> Option<f64> {
        ratio(self.both(class), self.truth(class) + self.predicted(class) - self.both(class))
    }

    /// Share of a class's pixels that were found, which segmentation papers call its pixel accuracy; `None` where
    /// the truth has none.
    pub fn recall(&self, class: usize) -> Option<f64> {
        ratio(self.both(class), self.truth(class))
    }

    /// Share of all pixels that were labelled right; `None` of no pixel.
    pub fn pixel_accuracy(&self) -> Option<f64> {
        let right = (0..CLASS_COUNT).map(|class| self.both(class)).sum();
        ratio(right, self.counts.iter().flatten().sum())
    }

    /// Mean intersection over union of the classes that are on either side.
    pub fn mean_iou(&self) -> Option<f64> {
        let ious: Vec<f64> = (0..CLASS_COUNT).filter_map(|class| self.iou(class)).collect();
        mean(&ious)
    }
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
