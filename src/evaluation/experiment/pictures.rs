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
use crate::metrics::feature_distances::{Features, frechet, kernel_distance};
use crate::metrics::fidelity::{Criterion, Mask, PictureSet, criteria};
use crate::metrics::segmentation::FLUID;
use crate::metrics::segmentation::confusion::Confusion;

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
    /// The measured scans themselves, and what the painter of the training scans makes of their masks: what lines and
    /// judge are worth. `None` in figures of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub real_scans: Option<JudgedFigures>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub painter: Option<JudgedFigures>,
}

/// Pictures of the same masks whose worth is known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct JudgedFigures {
    /// `None` of real scans, whose lines these are.
    pub lines_passed: Option<usize>,
    pub agreement: Option<f64>,
    pub agreement_fluid: Option<f64>,
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
        let painter = judge.painter(self.data, task.split)?;
        let [mut drawn_set, mut real_set, mut painted_set] = <[PictureSet; 3]>::default();
        let mut found = [Confusion::default(); 3];
        let mut secs = 0.0;
        for (index, scan) in test.scans.iter().enumerate() {
            on_picture(index);
            let began = Instant::now();
            let picture = drawer.draw_graded(scan, index as u64, task.steps);
            secs += began.elapsed().as_secs_f64();
            let valid = scan.valid_pixels();
            let mask = Mask { labels: &scan.labels, scanned: &scan.scanned, valid: &valid };
            let painted = painter.paint(&scan.labels, [scan.image.width, scan.image.height], index as u64);
            drawn_set.add(&picture, mask);
            real_set.add(&scan.image, mask);
            painted_set.add(&painted, mask);
            // The judge learned from scans whose unscanned areas are filled.
            let real = scan.filled_image();
            for (found, image) in found.iter_mut().zip([&picture, &real, &painted]) {
                *found = found.joined(&judge.agreement(scan, image));
            }
            let about = [("Software", "RetiDiff Studio"), ("Synthetic", "true")];
            let file = folder_of(self.folder, name).join("pictures").join(format!("{}.png", scan.entry.id));
            write_file(&file, &scan_image::write(&picture, &about)?)?;
        }
        let lines = criteria(&drawn_set, &real_set);
        let passed = |lines: &[Criterion]| lines.iter().filter(|line| line.passed).count();
        let judged = |lines_passed: Option<usize>, found: &Confusion| JudgedFigures {
            lines_passed,
            agreement: found.mean_dice(),
            agreement_fluid: found.dice(FLUID),
        };
        let [agreement, of_real, of_painter] = &found;
        let drawn = judge.features_of_pairs(&Manifest::read(&pairs_of(self.folder, task.pairs))?)?;
        let real = judge.features_of_real(self.data, task.split)?;
        let real_features = features(&real);
        let both = features(&drawn).zip(real_features.as_ref());
        Ok(PictureFigures {
            version: FIGURES_VERSION,
            scans: test.scans.len(),
            lines_passed: passed(&lines),
            lines: lines.len(),
            frechet: both.as_ref().and_then(|(drawn, real)| frechet(drawn, real).ok()),
            frechet_of_real_halves: real_features
                .as_ref()
                .and_then(Features::halves)
                .and_then(|[even, odd]| frechet(&even, &odd).ok()),
            kernel: both.as_ref().and_then(|(drawn, real)| {
                let distance = kernel_distance(drawn, real, SUBSETS, SUBSET_SIZE, 0).ok()?;
                Some(1000.0 * distance.mean)
            }),
            pictures: drawn.len(),
            real: real.len(),
            agreement: agreement.mean_dice(),
            agreement_fluid: agreement.dice(FLUID),
            secs_per_picture: secs / test.scans.len() as f64,
            real_scans: Some(judged(None, of_real)),
            painter: Some(judged(Some(passed(&criteria(&painted_set, &real_set))), of_painter)),
        })
    }
}

/// `None` of too few.
fn features(rows: &[Vec<f64>]) -> Option<Features> {
    Features::new(rows.len(), rows.first().map_or(0, Vec::len), rows.concat()).ok()
}
