//! Whether pictures differ from each other as the real scans do: bright eyes bright, dark ones dark.
//!
//! A maker that gives every eye the mean brightness passes any comparison of means. What it cannot have is the spread
//! of the layers' greys between scans, nor their correlation with the real ones.

use super::PictureSet;
use crate::anatomy::LAYER_COUNT;
use crate::encoding::noise::{Rng, stream};
use crate::metrics::quantile::quantile;
use crate::metrics::regions::correlation;

/// Shuffles of the scans that say what correlation comes by chance.
const SHUFFLES: u64 = 999;
/// The correlation must be above this share of theirs.
const ABOVE_SHARE: f64 = 0.95;
/// Layers of fewer scans say nothing of how scans differ.
const MIN_SCANS: usize = 3;

/// Deviation of a layer's grey in a scan from its mean over the scans; by layer, then scan.
type Deviations = [Vec<Option<f64>>; LAYER_COUNT];

fn deviations(set: &PictureSet) -> Deviations {
    std::array::from_fn(|layer| {
        let greys: Vec<Option<f64>> = set.scan_class_means.iter().map(|classes| classes[layer + 1]).collect();
        let there: Vec<f64> = greys.iter().copied().flatten().collect();
        let mean = there.iter().sum::<f64>() / there.len().max(1) as f64;
        greys.into_iter().map(|grey| grey.map(|grey| grey - mean)).collect()
    })
}

/// Standard deviation of a layer's grey between scans, mean over the layers, in grey levels.
pub(super) fn spread_between_scans(set: &PictureSet) -> Option<f64> {
    let spreads: Vec<f64> = deviations(set)
        .iter()
        .map(|scans| scans.iter().copied().flatten().collect::<Vec<f64>>())
        .filter(|scans| scans.len() >= MIN_SCANS)
        .map(|scans| (scans.iter().map(|value| value * value).sum::<f64>() / (scans.len() - 1) as f64).sqrt())
        .collect();
    (!spreads.is_empty()).then(|| spreads.iter().sum::<f64>() / spreads.len() as f64)
}

/// How the deviations of pictures go with those of the real scans of the same masks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tracking {
    /// Correlation over all layers of all scans.
    pub correlation: f64,
    /// What nineteen in twenty shuffles of the scans do not exceed.
    pub by_chance: f64,
}

/// Whether there are scans enough to say how they differ.
pub(super) fn can_be_tracked(real: &PictureSet) -> bool {
    real.scan_class_means.len() >= MIN_SCANS
}

/// `None` where one of the two sets does not differ from scan to scan, or there are too few scans.
pub(super) fn tracking(synthetic: &PictureSet, real: &PictureSet) -> Option<Tracking> {
    let (drawn, expected) = (deviations(synthetic), deviations(real));
    let scans = drawn[0].len().min(expected[0].len());
    if scans < MIN_SCANS {
        return None;
    }
    let with_order = |order: &[usize]| {
        let pairs: Vec<(f64, f64)> = drawn
            .iter()
            .zip(&expected)
            .flat_map(|(drawn, expected)| {
                order.iter().enumerate().filter_map(|(scan, &other)| Some((drawn[other]?, expected[scan]?)))
            })
            .collect();
        correlation(&pairs)
    };
    let mut order: Vec<usize> = (0..scans).collect();
    let correlation = with_order(&order)?;
    let shuffled: Vec<f64> = (0..SHUFFLES)
        .filter_map(|shuffle| {
            Rng::new(0, stream::BOOTSTRAP, 1 << 32 | shuffle).shuffle(&mut order);
            with_order(&order)
        })
        .collect();
    Some(Tracking { correlation, by_chance: quantile(&shuffled, ABOVE_SHARE)? })
}
