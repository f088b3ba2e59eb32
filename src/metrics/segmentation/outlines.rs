//! How far apart the outlines of a class are: the 95th percentile of their distances, and the mean, in micrometres;
//! and which share of them is near the other (normalised surface Dice, NSD).
//!
//! Pixels are three times as wide as they are high, so distances in pixels would say nothing. An outline is made of
//! the pixels of a class beside a judged pixel of another one (by sides): where the annotated columns or the image
//! end, no outline is, or the two sides would agree there for nothing.

use super::{LabelledPair, class_of};
use crate::mask::signed_distance;
use crate::metrics::quantile::quantile;

/// The share of distances that HD95 does not exceed.
const HAUSDORFF_SHARE: f64 = 0.95;

/// Distances are computed in single precision: one that is the tolerance must not be beyond it by a rounding.
const TOLERANCE_SLACK: f64 = 1.0 + 1e-5;

/// Distances between the outlines of a class.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct OutlineDistances {
    /// 95th percentile of the distances from either outline to the other, taken together.
    pub hd95_um: f64,
    /// Average symmetric surface distance: the mean of the two mean distances.
    pub assd_um: f64,
    /// Share of both outlines within one axial pixel of the other, 0 to 1.
    pub nsd: f64,
}

/// What one image says of a class.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outlines {
    /// Both are there.
    Apart(OutlineDistances),
    /// One side has no outline: there is no distance, and a number in its place would be made up.
    OneSided,
    /// Neither side has one: nothing to judge.
    Absent,
}

impl Outlines {
    /// Compares the outlines of a class in one image.
    ///
    /// # Panics
    /// If the planes have different sizes.
    pub fn of(pair: &LabelledPair, class: usize) -> Self {
        pair.check();
        let [truth, predicted] = [pair.truth, pair.predicted].map(|codes| outline(pair, codes, class));
        match (truth.contains(&true), predicted.contains(&true)) {
            (false, false) => Self::Absent,
            (true, true) => Self::Apart(distances(pair, &truth, &predicted)),
            _ => Self::OneSided,
        }
    }
}

/// The outline pixels of a class.
fn outline(pair: &LabelledPair, codes: &[u8], class: usize) -> Vec<bool> {
    let (width, height) = (pair.size[0] as usize, pair.size[1] as usize);
    let is_of_class = |pixel: usize| class_of(codes[pixel]) == Some(class);
    let is_other = |pixel: usize| pair.is_judged(pixel) && !is_of_class(pixel);
    (0..width * height)
        .map(|pixel| {
            let (x, y) = (pixel % width, pixel / width);
            pair.is_judged(pixel)
                && is_of_class(pixel)
                && ((x > 0 && is_other(pixel - 1))
                    || (x + 1 < width && is_other(pixel + 1))
                    || (y > 0 && is_other(pixel - width))
                    || (y + 1 < height && is_other(pixel + width)))
        })
        .collect()
}

fn distances(pair: &LabelledPair, truth: &[bool], predicted: &[bool]) -> OutlineDistances {
    let from_truth = distances_to(pair, truth, predicted);
    let from_prediction = distances_to(pair, predicted, truth);
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let assd_um = 0.5 * (mean(&from_truth) + mean(&from_prediction));
    let all: Vec<f64> = from_truth.into_iter().chain(from_prediction).collect();
    let tolerance_um = f64::from(pair.spacing.axial_um_per_px) * TOLERANCE_SLACK;
    let near = all.iter().filter(|&&distance| distance <= tolerance_um).count();
    let nsd = near as f64 / all.len() as f64;
    let hd95_um = quantile(&all, HAUSDORFF_SHARE).expect("outlines on both sides");
    OutlineDistances { hd95_um, assd_um, nsd }
}

/// For every pixel of one outline the distance to the nearest pixel of the other, in micrometres.
fn distances_to(pair: &LabelledPair, from: &[bool], to: &[bool]) -> Vec<f64> {
    let pixel_um = [pair.spacing.lateral_um_per_px, pair.spacing.axial_um_per_px];
    let half = pixel_um[0].min(pixel_um[1]) / 2.0;
    let signed = signed_distance(pair.size[0], pair.size[1], to, pixel_um);
    let places = (0..from.len()).filter(|&pixel| from[pixel]);
    places.map(|pixel| if to[pixel] { 0.0 } else { f64::from(signed[pixel] + half) }).collect()
}
