//! Dice in the four ways in which it is reported.

use std::borrow::Cow;

use super::confusion::Confusion;
use super::{BACKGROUND, CLASS_COUNT, mean};
use crate::dataset::split::eye_of;

/// What YNet and ReLayNet add to both sides of the fraction.
const YNET_EPSILON: f64 = 1e-4;

/// How Dice is taken over a set of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DiceKind {
    /// Of the pixels of all images together.
    Pooled,
    /// Mean over images. One that has the class on neither side is left out; one that has it in the prediction alone
    /// counts 0.
    PerImage,
    /// Pooled within each subject, then the mean over subjects; an eye with two names is one.
    PerSubject,
    /// As the published code of YNet and ReLayNet computes it: mean over images of 2 (both + 1e-4) / (sum + 1e-4),
    /// so that an image with the class on neither side scores **2**. For comparison with published numbers only.
    YnetCompat,
}

impl DiceKind {
    /// All kinds.
    pub const ALL: [DiceKind; 4] = [Self::Pooled, Self::PerImage, Self::PerSubject, Self::YnetCompat];
}

/// An image's counts and whose eye it shows.
#[derive(Clone, Copy, Debug)]
pub struct ImageCounts<'a> {
    /// Whose scan it is.
    pub subject: &'a str,
    /// Which pixels were taken for what.
    pub confusion: &'a Confusion,
}

/// Dice of every class and its means.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Dice {
    /// How pixels and scans are summed.
    pub kind: DiceKind,
    /// By class; `None` where it is nowhere.
    pub classes: [Option<f64>; CLASS_COUNT],
    /// Mean of the eight classes that are not background.
    pub mean_without_background: Option<f64>,
    /// Mean of all nine.
    pub mean_with_background: Option<f64>,
}

/// Dice of a set of images.
pub fn dice(kind: DiceKind, images: &[ImageCounts]) -> Dice {
    let classes: [Option<f64>; CLASS_COUNT] = match kind {
        DiceKind::Pooled => {
            let all = Confusion::sum(images.iter().map(|image| image.confusion));
            std::array::from_fn(|class| all.dice(class))
        }
        DiceKind::PerImage => std::array::from_fn(|class| {
            mean(&images.iter().filter_map(|image| image.confusion.dice(class)).collect::<Vec<_>>())
        }),
        DiceKind::PerSubject => {
            let subjects = by_subject(images);
            std::array::from_fn(|class| {
                mean(&subjects.iter().filter_map(|subject| subject.dice(class)).collect::<Vec<_>>())
            })
        }
        DiceKind::YnetCompat => std::array::from_fn(|class| {
            mean(&images.iter().map(|image| ynet_dice(image.confusion, class)).collect::<Vec<_>>())
        }),
    };
    let mean_from = |first: usize| mean(&classes[first..].iter().copied().flatten().collect::<Vec<_>>());
    Dice {
        kind,
        classes,
        mean_without_background: mean_from(BACKGROUND + 1),
        mean_with_background: mean_from(BACKGROUND),
    }
}

/// The counts of each eye, in the order in which they first appear.
fn by_subject(images: &[ImageCounts]) -> Vec<Confusion> {
    let mut subjects: Vec<(Cow<'_, str>, Confusion)> = Vec::new();
    for image in images {
        let eye = eye_of(image.subject);
        match subjects.iter_mut().find(|(name, _)| *name == eye) {
            Some((_, sum)) => *sum = sum.joined(image.confusion),
            None => subjects.push((eye, *image.confusion)),
        }
    }
    subjects.into_iter().map(|(_, sum)| sum).collect()
}

fn ynet_dice(confusion: &Confusion, class: usize) -> f64 {
    let both = confusion.both(class) as f64 + YNET_EPSILON;
    let sum = (confusion.truth(class) + confusion.predicted(class)) as f64 + YNET_EPSILON;
    2.0 * both / sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::segmentation::LabelledPair;
    use crate::scan::Spacing;

    /// One row of the INL, of which so many pixels were found.
    fn found(pixels: usize) -> Confusion {
        let mut predicted = [0; 8];
        predicted[..pixels].fill(3);
        Confusion::of(&LabelledPair {
            size: [8, 1],
            truth: &[3; 8],
            predicted: &predicted,
            scanned: &[true; 8],
            columns: &[true; 8],
            spacing: Spacing::checked(4.0, 11.0).unwrap(),
        })
    }

    #[test]
    fn an_eye_under_two_names_counts_once() {
        let (whole, none) = (found(8), found(0));
        let inl = |names: [&str; 3]| {
            let images = [(names[0], &whole), (names[1], &whole), (names[2], &none)];
            let images = images.map(|(subject, confusion)| ImageCounts { subject, confusion });
            dice(DiceKind::PerSubject, &images).classes[3].unwrap()
        };
        assert!((inl(["tian-1", "tian-8", "tian-2"]) - 0.5).abs() < 1e-12);
        assert!((inl(["tian-1", "tian-3", "tian-2"]) - 2.0 / 3.0).abs() < 1e-12);
    }
}
