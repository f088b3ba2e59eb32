//! The figures of an arm: over its seeds, with intervals over the test eyes, and against another arm.

use std::borrow::Cow;

use serde::Serialize;

use super::arm::Arm;
use super::measure::{ImageFigures, RunFigures};
use super::spread::MeanAndDeviation;
use super::undefined::UndefinedCounts;
use crate::anatomy::INTERFACE_COUNT;
use crate::dataset::split::eye_of;
use crate::metrics::segmentation::bootstrap::{
    Interval, PairedDifference, SeedsOfImage, seeded_bootstrap, seeded_difference,
};
use crate::metrics::segmentation::confusion::Confusion;
use crate::metrics::segmentation::dice::{DiceKind, ImageCounts, dice};
use crate::metrics::segmentation::lesion_detection::LesionDetection;
use crate::metrics::segmentation::mean;
use crate::metrics::segmentation::{BACKGROUND, CLASS_COUNT, FLUID};

/// Seed of the resamples.
const BOOTSTRAP_SEED: u64 = 0;

/// What an arm came to.
#[derive(Clone, Debug, Serialize)]
pub struct ArmFigures {
    pub arm: Arm,
    pub training_scans: usize,
    /// Pooled Dice of each class over the test set.
    pub class_dice: Vec<Option<MeanAndDeviation>>,
    /// Mean of the eight classes that are not background, pooled.
    pub mean_dice: Option<MeanAndDeviation>,
    /// The same with Dice taken in the other ways: per image, per subject, and as YNet's published code does.
    pub mean_dice_per_image: Option<MeanAndDeviation>,
    pub mean_dice_per_subject: Option<MeanAndDeviation>,
    pub mean_dice_ynet_compat: Option<MeanAndDeviation>,
    /// Share of the pixels of each class that were found ("PA" of the published tables).
    pub class_recall: Vec<Option<MeanAndDeviation>>,
    pub pixel_accuracy: Option<MeanAndDeviation>,
    pub mean_iou: Option<MeanAndDeviation>,
    /// Means over images and classes without background that both sides have, in µm.
    pub hd95_um: Option<MeanAndDeviation>,
    pub assd_um: Option<MeanAndDeviation>,
    /// Normalised surface Dice within one axial pixel: mean over images and classes without background.
    pub nsd: Option<MeanAndDeviation>,
    /// Mean over images and interfaces, in µm.
    pub interfaces_um: Option<MeanAndDeviation>,
    /// The same of each interface.
    pub interface_um: Vec<Option<MeanAndDeviation>>,
    /// Mean over images and layers, in µm.
    pub thickness_um: Option<MeanAndDeviation>,
    /// Mean over images, in mm².
    pub fluid_mm2: Option<MeanAndDeviation>,
    pub lesion_f1: Option<MeanAndDeviation>,
    /// Where the means of distances, interfaces and thicknesses leave something out.
    pub undefined: UndefinedCounts,
    /// Of the mean over seeds, by resampled seeds, eyes and images.
    pub mean_dice_interval: Option<Interval>,
    pub fluid_dice_interval: Option<Interval>,
}

/// What an arm gains over another, image by image.
#[derive(Clone, Debug, Serialize)]
pub struct ArmComparison {
    pub arm: Arm,
    pub over: Arm,
    /// Seeds of the arm that has fewer.
    pub seeds: usize,
    /// Of an image's mean Dice over its classes without background, mean over seeds.
    pub mean_dice: PairedDifference,
    /// Of an image's fluid Dice, where either side has fluid.
    pub fluid_dice: Option<PairedDifference>,
}

impl ArmFigures {
    /// Of an arm's runs, one a seed.
    pub fn of(arm: Arm, training_scans: usize, runs: &[RunFigures]) -> Self {
        let pooled: Vec<Confusion> =
            runs.iter().map(|run| Confusion::sum(run.images.iter().map(|image| &image.confusion))).collect();
        let of_class = |figure: fn(&Confusion, usize) -> Option<f64>| {
            (0..CLASS_COUNT)
                .map(|class| MeanAndDeviation::of(pooled.iter().map(|counts| figure(counts, class))))
                .collect()
        };
        let of_pooled =
            |figure: fn(&Confusion) -> Option<f64>| MeanAndDeviation::of(pooled.iter().map(figure));
        let of_kind = |kind| MeanAndDeviation::of(runs.iter().map(|run| mean_dice_of(kind, run)));
        let of_images = |figure: fn(&ImageFigures) -> Vec<Option<f64>>| {
            MeanAndDeviation::of(
                runs.iter()
                    .map(|run| mean(&run.images.iter().flat_map(figure).flatten().collect::<Vec<_>>())),
            )
        };
        let by_subject = by_subject(runs);
        let interval = |figure: fn(&Confusion) -> Option<f64>| {
            seeded_bootstrap(runs.len(), &by_subject, BOOTSTRAP_SEED, |seeds, images| {
                over_seeds(seeds, images, figure)
            })
        };
        Self {
            arm,
            training_scans,
            class_dice: of_class(|counts, class| counts.dice(class)),
            mean_dice: of_pooled(Confusion::mean_dice),
            mean_dice_per_image: of_kind(DiceKind::PerImage),
            mean_dice_per_subject: of_kind(DiceKind::PerSubject),
            mean_dice_ynet_compat: of_kind(DiceKind::YnetCompat),
            class_recall: of_class(|counts, class| counts.recall(class)),
            pixel_accuracy: of_pooled(Confusion::pixel_accuracy),
            mean_iou: of_pooled(Confusion::mean_iou),
            hd95_um: of_images(|image| image.hd95_um[BACKGROUND + 1..].to_vec()),
            assd_um: of_images(|image| image.assd_um[BACKGROUND + 1..].to_vec()),
            nsd: of_images(|image| image.nsd[BACKGROUND + 1..].to_vec()),
            interfaces_um: of_images(|image| image.interfaces_um.to_vec()),
            interface_um: (0..INTERFACE_COUNT)
                .map(|k| {
                    MeanAndDeviation::of(runs.iter().map(|run| {
                        let errors: Vec<f64> =
                            run.images.iter().filter_map(|image| image.interfaces_um[k]).collect();
                        mean(&errors)
                    }))
                })
                .collect(),
            thickness_um: of_images(|image| image.thickness_um.to_vec()),
            fluid_mm2: of_images(|image| vec![Some(image.fluid_mm2)]),
            lesion_f1: MeanAndDeviation::of(runs.iter().map(|run| {
                let all = run.images.iter().map(|image| image.lesions);
                all.fold(LesionDetection::default(), LesionDetection::joined).f1()
            })),
            undefined: UndefinedCounts::of(runs),
            mean_dice_interval: interval(Confusion::mean_dice),
            fluid_dice_interval: interval(|counts| counts.dice(FLUID)),
        }
    }
}

impl ArmComparison {
    /// Of the runs of two arms on the same images; `None` without images.
    pub fn of(arm: Arm, runs: &[RunFigures], over: Arm, others: &[RunFigures]) -> Option<Self> {
        let difference = |figure: fn(&Confusion) -> Option<f64>| {
            let (own, other) = (by_subject(runs), by_subject(others));
            let values = |image: &Vec<Confusion>| -> Vec<Option<f64>> { image.iter().map(figure).collect() };
            let pairs: Vec<Vec<SeedsOfImage>> = own
                .iter()
                .zip(&other)
                .map(|(own, other)| {
                    own.iter().zip(other).map(|(own, other)| [values(other), values(own)]).collect()
                })
                .collect();
            seeded_difference(&pairs, BOOTSTRAP_SEED)
        };
        Some(Self {
            arm,
            over,
            seeds: runs.len().min(others.len()),
            mean_dice: difference(Confusion::mean_dice)?,
            fluid_dice: difference(|counts| counts.dice(FLUID)),
        })
    }

    /// What the interval of the mean Dice says. With one seed no interval knows what another training would give.
    pub fn verdict(&self) -> &'static str {
        let Interval { low, high, .. } = self.mean_dice.difference;
        if low <= 0.0 && high >= 0.0 {
            "no difference is shown"
        } else if self.seeds < 2 {
            "one seed shows nothing of chance in training"
        } else if low > 0.0 {
            "it helps on these eyes"
        } else {
            "it harms on these eyes"
        }
    }
}

fn mean_dice_of(kind: DiceKind, run: &RunFigures) -> Option<f64> {
    let images: Vec<ImageCounts> = run
        .images
        .iter()
        .map(|image| ImageCounts { subject: &image.subject, confusion: &image.confusion })
        .collect();
    dice(kind, &images).mean_without_background
}

/// For each subject its images, each with the counts of every seed.
fn by_subject(runs: &[RunFigures]) -> Vec<Vec<Vec<Confusion>>> {
    let mut subjects: Vec<(Cow<str>, Vec<Vec<Confusion>>)> = Vec::new();
    let images = runs.first().map_or(&[][..], |run| &run.images);
    for (index, image) in images.iter().enumerate() {
        let counts = runs.iter().map(|run| run.images[index].confusion).collect();
        let eye = eye_of(&image.subject);
        match subjects.iter_mut().find(|(known, _)| *known == eye) {
            Some((_, of_subject)) => of_subject.push(counts),
            None => subjects.push((eye, vec![counts])),
        }
    }
    subjects.into_iter().map(|(_, images)| images).collect()
}

/// The mean over seeds of a figure of pooled images.
fn over_seeds(
    seeds: &[usize],
    images: &[&Vec<Confusion>],
    figure: fn(&Confusion) -> Option<f64>,
) -> Option<f64> {
    let values: Vec<f64> = seeds
        .iter()
        .filter_map(|&seed| figure(&Confusion::sum(images.iter().map(|counts| &counts[seed]))))
        .collect();
    mean(&values)
}

#[cfg(test)]
mod tests {
    use super::super::blind_to_fluid;
    use super::*;
    use crate::metrics::segmentation::LabelledPair;
    use crate::scan::Spacing;

    /// Trainings, a seed each, that take so many of a hundred pixels of INL for OPL on every image alike.
    fn runs(missed: &[usize]) -> Vec<RunFigures> {
        let run = |&missed: &usize| {
            let predicted: Vec<u8> = (0..100).map(|at| if at < missed { 4 } else { 3 }).collect();
            let pair = LabelledPair {
                size: [100, 1],
                truth: &[3; 100],
                predicted: &predicted,
                scanned: &[true; 100],
                columns: &[true; 100],
                spacing: Spacing::checked(4.0, 11.0).unwrap(),
            };
            let mut run = blind_to_fluid();
            run.images.iter_mut().for_each(|image| image.confusion = Confusion::of(&pair));
            run
        };
        missed.iter().map(run).collect()
    }

    #[test]
    fn what_another_seed_would_have_given_is_in_the_interval_and_in_the_verdict() {
        let verdict = |own: &[usize], other: &[usize]| {
            let arm = "real+syn3".parse().unwrap();
            ArmComparison::of(arm, &runs(own), Arm::REAL, &runs(other)).unwrap().verdict()
        };
        assert_eq!(verdict(&[10, 12], &[20, 22]), "it helps on these eyes");
        assert_eq!(verdict(&[20, 22], &[10, 12]), "it harms on these eyes");
        // Better in the mean on every image, and worse in one of three trainings.
        assert_eq!(verdict(&[2, 4, 40], &[20, 20, 20]), "no difference is shown");
        for (own, other) in [(&[10][..], &[20][..]), (&[20][..], &[10, 12][..])] {
            assert_eq!(verdict(own, other), "one seed shows nothing of chance in training");
        }
        assert_eq!(verdict(&[10], &[10]), "no difference is shown");
        let arm = ArmFigures::of(Arm::REAL, 3, &runs(&[2, 4, 40]));
        let interval = arm.mean_dice_interval.unwrap();
        assert!(interval.low < 0.42 && interval.high > 0.48, "{interval:?}");
    }
}
