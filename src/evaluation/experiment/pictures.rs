//! What a method draws, measured: against the real scans of the same masks, by what a segmenter sees in them, and as a
//! set against the training scans.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::context::Worker;
use super::done::folder_of;
use super::drawing::ScanDrawer;
use super::error::ExperimentError;
use super::judge::Judge;
use super::training::{model_of, pairs_of};
use crate::dataset::{Manifest, Split};
use crate::formats::{scan_image, write_file};
use crate::metrics::feature_distances::{FeatureError, Features, frechet, kernel_distance};
use crate::metrics::fidelity::{Mask, PictureSet, criteria};
use crate::metrics::segmentation::confusion::Confusion;
use crate::metrics::segmentation::{BACKGROUND, CLASS_COUNT, FLUID, mean};

const FIGURES_VERSION: u32 = 1;
/// Random subsets of the kernel distance, and pictures in one.
const SUBSETS: usize = 20;
const SUBSET_SIZE: usize = 50;

/// What a row of Table 1 comes to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PictureFigures {
    version: u32,
    /// Graded scans of the measured eyes whose masks were drawn.
    pub scans: usize,
    /// Lines of `evaluate fidelity` that the pictures pass, and how many there are.
    pub lines_passed: usize,
    pub lines: usize,
    /// Fréchet distance of the pairs' pictures from the training scans, on the segmenter's features; `None` where it
    /// cannot be computed.
    pub frechet: Option<f64>,
    /// The same of one half of the training scans from the other: what no set of pictures can be below.
    pub frechet_of_real_halves: Option<f64>,
    /// Kernel distance (KID with the same features), times 1000.
    pub kernel: Option<f64>,
    /// Pictures and training scans in those distances.
    pub pictures: usize,
    pub real: usize,
    /// Dice of the segmenter's labels of the drawn scans against the masks they were drawn from: the mean of eight
    /// classes, and fluid.
    pub agreement: Option<f64>,
    pub agreement_fluid: Option<f64>,
    pub secs_per_picture: f64,
}

/// What a row is measured by.
pub(super) struct PictureTask<'a> {
    pub image: &'a str,
    pub pairs: &'a str,
    pub segmenter: &'a str,
    pub measured: &'a [String],
    pub steps: u32,
    pub split: Option<&'a Split>,
}

impl Worker<'_> {
    /// The figures of what a method draws. Its pictures of the measured masks are kept in the run's folder.
    pub(super) fn measure_pictures(
        &self,
        name: &str,
        task: &PictureTask,
        on_picture: &mut dyn FnMut(usize),
    ) -> Result<PictureFigures, ExperimentError> {
        let drawer = ScanDrawer::load(&model_of(self.folder, task.image), &self.device)?;
        let judge = Judge::load(self, task.segmenter, task.measured)?;
        let test = self.test_set(task.measured)?;
        let mut sets = [PictureSet::default(), PictureSet::default()];
        let mut agreement = Confusion::default();
        let mut secs = 0.0;
        for (index, scan) in test.scans.iter().enumerate() {
            on_picture(index);
            let began = Instant::now();
            let picture = drawer.draw_graded(scan, index as u64, task.steps);
            secs += began.elapsed().as_secs_f64();
            let valid = scan.valid_pixels();
            let mask = Mask { labels: &scan.labels, scanned: &scan.scanned, valid: &valid };
            sets[0].add(&picture, mask);
            sets[1].add(&scan.image, mask);
            agreement = agreement.joined(&judge.agreement(scan, &picture));
            let about = [("Software", "RetiDiff Studio"), ("Synthetic", "true")];
            let file = folder_of(self.folder, name).join("pictures").join(format!("{}.png", scan.entry.id));
            write_file(&file, &scan_image::write(&picture, &about)?)?;
        }
        let lines = criteria(&sets[0], &sets[1]);
        let drawn = judge.features_of_pairs(&Manifest::read(&pairs_of(self.folder, task.pairs))?)?;
        let real = judge.features_of_real(self.data, task.split)?;
        let (even, odd) = halves(&real);
        let classes: Vec<f64> =
            (BACKGROUND + 1..CLASS_COUNT).filter_map(|class| agreement.dice(class)).collect();
        Ok(PictureFigures {
            version: FIGURES_VERSION,
            scans: test.scans.len(),
            lines_passed: lines.iter().filter(|line| line.passed).count(),
            lines: lines.len(),
            frechet: distance(&drawn, &real, frechet),
            frechet_of_real_halves: distance(&even, &odd, frechet),
            kernel: distance(&drawn, &real, |drawn, real| {
                kernel_distance(drawn, real, SUBSETS, SUBSET_SIZE, 0).map(|distance| 1000.0 * distance.mean)
            }),
            pictures: drawn.len(),
            real: real.len(),
            agreement: mean(&classes),
            agreement_fluid: agreement.dice(FLUID),
            secs_per_picture: secs / test.scans.len() as f64,
        })
    }
}

/// Every second row, and the others.
fn halves(rows: &[Vec<f64>]) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let of = |parity: usize| rows.iter().skip(parity).step_by(2).cloned().collect();
    (of(0), of(1))
}

/// A distance between rows of features; `None` where they are too few.
fn distance(
    first: &[Vec<f64>],
    second: &[Vec<f64>],
    of: impl Fn(&Features, &Features) -> Result<f64, FeatureError>,
) -> Option<f64> {
    let features =
        |rows: &[Vec<f64>]| Features::new(rows.len(), rows.first().map_or(0, Vec::len), rows.concat()).ok();
    of(&features(first)?, &features(second)?).ok()
}
