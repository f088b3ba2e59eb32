//! A healthy macula of no particular eye: mean layer thickness by distance from the fovea, varied by a seed.

use super::frame::Frame;
use super::healthy_table::{COLUMNS, FIRST_UM, SPREAD, STEP_UM, THICKNESS_UM};
use super::recipe::Base;
use super::shapes::{mean_filter, undulation};
use super::tissue::Tissue;
use crate::anatomy::LAYER_COUNT;
use crate::mask::random::SeededRandom;

/// Where the pit's wall ends: layers that run across a flat fovea have the thickness they have here.
const PIT_RADIUS_UM: f64 = 800.0;
/// Layers that make the pit: NFL, GCL-IPL, INL and OPL.
const PIT_LAYERS: usize = 4;
/// Waves of the interfaces: how long, and how high as a share of a layer's thickness.
const WAVE_LENGTH_UM: f64 = 450.0;
const WAVE_SHARE: f64 = 0.05;
/// How BM curves towards the vitreous at the sides, in um per square millimetre; seven eyes of Tian 2015
/// (B-scan through the fovea) have 3.4 to 15.7.
const BM_CURVATURE: [f64; 2] = [3.4, 9.0];
/// Largest tilt that a seed gives, in um per millimetre; the same eyes have up to 37.
const SEED_TILT: f64 = 18.0;
/// Share of the image's height above the middle of the retina.
const MIDDLE_SHARE: f64 = 0.5;
/// Seeds vary layers by this share of what eyes differ by: the extremes of seven layers at once are no eye.
const SPREAD_SHARE: f64 = 0.6;

/// The tissue of a healthy macula.
pub fn healthy(frame: &Frame, base: &Base, tilt_um_per_mm: Option<f64>, random: &mut SeededRandom) -> Tissue {
    let columns = frame.columns as usize;
    let vary = base.variation;
    let scales: [f64; LAYER_COUNT] =
        std::array::from_fn(|layer| 1.0 + SPREAD_SHARE * SPREAD[layer] * 1.7 * vary * random.about_zero());
    let pit_width = 1.0 + 0.12 * vary * random.about_zero();
    let mut layers_um: [Vec<f64>; LAYER_COUNT] = std::array::from_fn(|layer| {
        let wave = undulation(random, columns, WAVE_LENGTH_UM / frame.lateral_um);
        let thickness = |x: usize| {
            let um = thickness_um(layer, frame, frame.at_um(x) / pit_width, base.pit);
            um * scales[layer] * (1.0 + WAVE_SHARE * vary * wave[x])
        };
        (0..columns).map(thickness).collect()
    });
    let half = frame.columns_in(40.0);
    for layer in &mut layers_um {
        *layer = mean_filter(layer, half);
    }
    let curvature = match vary {
        0.0 => (BM_CURVATURE[0] + BM_CURVATURE[1]) / 2.0,
        _ => random.between(BM_CURVATURE[0], BM_CURVATURE[1]),
    };
    let tilt = tilt_um_per_mm.unwrap_or(SEED_TILT * vary * random.about_zero());
    let wave = undulation(random, columns, 2.0 * WAVE_LENGTH_UM / frame.lateral_um);
    let bm_um = (0..columns)
        .map(|x| {
            let mm = frame.at_um(x) / 1000.0;
            tilt * mm - curvature * mm * mm + 4.0 * vary * wave[x]
        })
        .collect();
    Tissue { layers_um, bm_um }
}

/// Moves BM so that the retina over the whole image lies about the middle of its height.
pub fn centre_in_image(tissue: &mut Tissue, frame: &Frame, lifted_um: &[f64]) {
    let columns = tissue.columns();
    let top = (0..columns).map(|x| tissue.top_um(0, x) - lifted_um[x]).fold(f64::INFINITY, f64::min);
    let bottom = tissue.bm_um.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let image = f64::from(frame.rows) * frame.axial_um;
    // Below BM the choroid wants more room than the vitreous.
    let shift = image * MIDDLE_SHARE - (top + bottom) / 2.0 - image * 0.04;
    // Whole rows: the same interfaces, elsewhere.
    let shift = (shift / frame.axial_um).round() * frame.axial_um;
    tissue.bm_um.iter_mut().for_each(|row| *row += shift);
}

/// Mean thickness of a layer at a distance along the scan.
fn thickness_um(layer: usize, frame: &Frame, at_um: f64, pit: f64) -> f64 {
    let across = frame.from_fovea_um;
    let distance = (at_um * at_um + across * across).sqrt();
    let nasal = if distance > 0.0 { 0.5 + 0.5 * frame.nasal_sign() * at_um / distance } else { 0.5 };
    let ring = |distance: f64| nasal * table(layer, distance) + (1.0 - nasal) * table(layer, -distance);
    if layer < PIT_LAYERS && distance < PIT_RADIUS_UM {
        pit * ring(distance) + (1.0 - pit) * ring(PIT_RADIUS_UM)
    } else {
        ring(distance)
    }
}

/// The table between its columns, and its outermost value beyond them.
fn table(layer: usize, at_um: f64) -> f64 {
    let place = ((at_um - FIRST_UM) / STEP_UM).clamp(0.0, (COLUMNS - 1) as f64);
    let column = (place as usize).min(COLUMNS - 2);
    let (left, right) = (THICKNESS_UM[layer][column], THICKNESS_UM[layer][column + 1]);
    left + (right - left) * (place - column as f64)
}
