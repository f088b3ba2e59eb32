//! The wall of a lesion: how many pixels its grey takes from dark to bright, and where it stands against the painted
//! edge.
//!
//! Grey is averaged over all pixels at the same distance from the painted edge, so speckle goes and what is left is
//! the step along the normal, averaged over the outline. The step is made monotone (isotonic regression by pooling
//! neighbours, Barlow et al. 1972); its two levels are the means of the fit beyond [`LEVEL_PX`] on either side.
//! What it cannot tell: a lesion thinner than twice the wall has no level of its own, so in one of 60 µm (five
//! columns) a wall of 4 px measures 3.3 and one of 6 px 4.2.

use std::collections::BTreeMap;

use serde::Serialize;

/// How far from the edge the profile reaches, in pixels.
const REACH_PX: f64 = 8.0;
/// From here on, on either side, the grey is that of the inside or of the surroundings.
const LEVEL_PX: f64 = 3.0;
/// The innermost distances are joined until they hold this many pixels.
const MIN_BIN_PX: usize = 6;
/// A smaller step, as a share of the bright side, is no wall: its width would be that of speckle.
const MIN_STEP: f64 = 0.05;

/// The wall of a lesion.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rim {
    /// Distance over which the grey goes from 10 to 90 % of the step, in pixels. A perfectly sharp edge measures 1.
    pub width_px: f64,
    /// Where the grey is half-way, against the painted edge, in pixels: positive outside.
    pub offset_px: f64,
}

/// A pixel of a lesion or of the layers around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    /// Distance from its centre to the painted edge, negative inside.
    pub signed_px: f64,
    pub grey: f64,
    /// Its grey were there no lesion; 1 where that is not known.
    pub unpainted: f64,
}

/// All samples of one distance.
#[derive(Clone, Copy, Debug, Default)]
struct Bin {
    count: usize,
    grey: f64,
    unpainted: f64,
    distance: f64,
}

impl Bin {
    fn joined(self, other: Bin) -> Bin {
        Bin {
            count: self.count + other.count,
            grey: self.grey + other.grey,
            unpainted: self.unpainted + other.unpainted,
            distance: self.distance + other.distance,
        }
    }
}

/// A place on the profile: mean distance, level, pixels.
#[derive(Clone, Copy, Debug)]
struct Level {
    distance: f64,
    level: f64,
    weight: f64,
}

/// Measures the wall; `None` where one side has no pixel or there is no step to darker grey.
pub(super) fn measure(samples: &[Sample]) -> Option<Rim> {
    let profile = monotone(&profile(samples));
    let first = profile.iter().position(|level| level.distance > 0.0)?;
    if first == 0 {
        return None;
    }
    // Where nothing lies that far from the edge, the outermost place says what the level is.
    let mean_or = |fallback: &Level, wanted: &dyn Fn(f64) -> bool| {
        let far = || profile.iter().filter(|level| wanted(level.distance));
        let weight: f64 = far().map(|level| level.weight).sum();
        let sum: f64 = far().map(|level| level.weight * level.level).sum();
        if weight > 0.0 { sum / weight } else { fallback.level }
    };
    let dark = mean_or(profile.first()?, &|distance| distance < -LEVEL_PX);
    let bright = mean_or(profile.last()?, &|distance| distance > LEVEL_PX);
    if bright - dark < MIN_STEP * bright {
        return None;
    }
    let crossing = |share: f64| crossing(&profile, dark + share * (bright - dark));
    Some(Rim { width_px: crossing(0.9) - crossing(0.1), offset_px: crossing(0.5) })
}

/// Mean grey by whole pixels of distance, from the innermost outwards.
fn profile(samples: &[Sample]) -> Vec<Level> {
    let mut bins: BTreeMap<i32, Bin> = BTreeMap::new();
    for sample in samples.iter().filter(|sample| sample.signed_px.abs() < REACH_PX) {
        let bin = bins.entry(sample.signed_px.floor() as i32).or_default();
        *bin = bin.joined(Bin {
            count: 1,
            grey: sample.grey,
            unpainted: sample.unpainted,
            distance: sample.signed_px,
        });
    }
    let mut joined: Vec<Bin> = Vec::new();
    let mut waiting = Bin::default();
    for (place, bin) in bins {
        let bin = bin.joined(std::mem::take(&mut waiting));
        // The last bin inside stands, however small: the lesion ends there.
        if place < -1 && bin.count < MIN_BIN_PX {
            waiting = bin;
        } else {
            joined.push(bin);
        }
    }
    joined
        .into_iter()
        .filter(|bin| bin.unpainted > 0.0)
        .map(|bin| Level {
            distance: bin.distance / bin.count as f64,
            level: bin.grey / bin.unpainted,
            weight: bin.count as f64,
        })
        .collect()
}

/// The nearest profile (least squares, weighted) that never falls.
fn monotone(profile: &[Level]) -> Vec<Level> {
    // Pools of neighbours: level, weight, how many.
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for place in profile {
        pools.push((place.level, place.weight, 1));
        while let [.., (before, before_weight, _), (after, after_weight, _)] = pools[..]
            && before > after
        {
            let weight = before_weight + after_weight;
            let level = (before * before_weight + after * after_weight) / weight;
            let (_, _, taken) = pools.pop().expect("the pool after");
            let last = pools.last_mut().expect("the pool before");
            *last = (level, weight, last.2 + taken);
        }
    }
    let levels = pools.into_iter().flat_map(|(level, _, count)| std::iter::repeat_n(level, count));
    profile.iter().zip(levels).map(|(place, level)| Level { level, ..*place }).collect()
}

/// The distance at which a profile that never falls reaches a level, linear between its places.
fn crossing(profile: &[Level], level: f64) -> f64 {
    let Some(at) = profile.iter().position(|place| place.level >= level) else {
        return profile.last().map_or(f64::NAN, |place| place.distance);
    };
    if at == 0 {
        return profile[0].distance;
    }
    let (before, after) = (profile[at - 1], profile[at]);
    before.distance
        + (level - before.level) / (after.level - before.level) * (after.distance - before.distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A straight edge with a linear ramp of `width` pixels from 50 to 100 around `centre`.
    fn ramp(width: f64, centre: f64) -> Vec<Sample> {
        let grey = |x: f64| 75.0 + 50.0 * ((x - centre) / width.max(1e-9)).clamp(-0.5, 0.5);
        let places = (-10..10).map(|x| f64::from(x) + 0.5);
        places
            .flat_map(|x| std::iter::repeat_n(Sample { signed_px: x, grey: grey(x), unpainted: 1.0 }, 20))
            .collect()
    }

    #[test]
    fn a_ramp_measures_four_fifths_of_itself_and_a_sharp_edge_less_than_a_pixel() {
        for (width, centre) in [(0.0, 0.0), (4.0, 0.0), (4.0, 1.0), (5.0, -1.0)] {
            let rim = measure(&ramp(width, centre)).unwrap();
            let expected = 0.8 * width.max(1.0);
            assert!((rim.width_px - expected).abs() < 0.3, "{width}, {centre}: {rim:?}");
            assert!((rim.offset_px - centre).abs() < 0.05, "{width}, {centre}: {rim:?}");
        }
    }

    #[test]
    fn what_is_not_darker_has_no_wall_and_layers_are_divided_out() {
        let mut bright = ramp(2.0, 0.0);
        bright.iter_mut().for_each(|sample| sample.grey = 200.0 - sample.grey);
        assert_eq!(measure(&bright), None);
        assert_eq!(measure(&bright[..0]), None);
        // A layer that grows brighter outwards widens the step, unless what it was without the lesion is known.
        let mut sloped = ramp(2.0, 0.0);
        for sample in &mut sloped {
            sample.unpainted = 100.0 + 5.0 * sample.signed_px;
            sample.grey *= sample.unpainted;
        }
        let divided = measure(&sloped).unwrap();
        let plain = measure(&ramp(2.0, 0.0)).unwrap();
        assert!((divided.width_px - plain.width_px).abs() < 1e-9, "{divided:?}, {plain:?}");
        sloped.iter_mut().for_each(|sample| sample.unpainted = 1.0);
        assert!(measure(&sloped).unwrap().width_px > plain.width_px + 1.0);
    }
}
