//! Outlines of real cysts, as graders drew them, and new places for them in masks without fluid.
//!
//! A mask that is bent together with its fluid shows the same cysts for ever. So the fluid of one is taken out, and
//! outlines of any training eye are put where the placement test of pasted lumens lets them lie: as many, and of as much
//! area together, as a cut of some training mask has.

use std::collections::BTreeSet;
use std::ops::Range;

use super::mask_samples::MaskSample;
use super::stamps::{PlaceSearch, Stamp};
use crate::anatomy::{IRF, Interface};
use crate::encoding::noise::Rng;
use crate::mask::{Connectivity, Plane, Region, signed_distance};

/// What is kept around an outline, so that distances to it are known there, in pixels.
const MARGIN_PX: u32 = 4;
/// Two cysts have at least such a wall between them, in pixels.
const APART_PX: f32 = 2.5;
/// An outline of fewer pixels is a speck.
const LEAST_PIXELS: usize = 12;
/// No cyst is scaled down below so many pixels: the cleaning would take it for a speck.
const LEAST_SCALED_PIXELS: f64 = 18.0;
/// How far an outline may be scaled from its own size.
const SCALES: [f64; 2] = [0.7, 1.4];
/// Scales within which no other outlines are looked for.
const NEAR_SCALES: [f64; 2] = [0.9, 1.1];
/// Choices of outlines among which the one is taken whose area is nearest to the wanted.
const CHOICES: usize = 24;
/// Places that are tried for each: most of a mask is not retina.
const TRIES: usize = 400;
/// What is tried with a cyst that has no room as it is.
const SHRINKINGS: [f64; 3] = [1.0, 0.85, 0.7];

/// The outline of one cyst.
#[derive(Clone, Debug, PartialEq)]
struct CystOutline {
    /// Whose it is.
    subject: String,
    columns: usize,
    rows: usize,
    /// Distance to its edge in pixels, negative inside.
    distance: Vec<f32>,
    /// Its own, without the margin.
    pixels: usize,
    /// Where its middle lies in its scan.
    middle: f32,
}

/// How many cysts a mask is to have, and how many pixels they take together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WantedCysts {
    /// Separate cysts.
    pub count: usize,
    /// Of all together.
    pub area_px: usize,
}

/// The cysts of training masks, by mask.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CystOutlines {
    of_samples: Vec<Vec<CystOutline>>,
}

impl CystOutlines {
    /// All cysts of some masks whose middle lies between the inner nuclear and the outer nuclear layer and which the
    /// border of the annotation does not cut. Fluid below the photoreceptors is no cyst.
    pub fn of(samples: &[MaskSample]) -> Self {
        Self { of_samples: samples.iter().map(outlines_of).collect() }
    }

    /// Number of cysts.
    pub fn len(&self) -> usize {
        self.of_samples.iter().map(Vec::len).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What some columns of a mask have; nothing of one that is not there.
    pub fn found_in(&self, sample: usize, columns: Range<f32>) -> WantedCysts {
        let outlines = self.of_samples.get(sample).map(Vec::as_slice).unwrap_or_default();
        let within = outlines.iter().filter(|outline| columns.contains(&outline.middle));
        within.fold(WantedCysts::default(), |sum, outline| WantedCysts {
            count: sum.count + 1,
            area_px: sum.area_px + outline.pixels,
        })
    }

    /// Puts cysts of any of the masks into one without fluid, in its inner nuclear to outer nuclear layer. Where there is
    /// no room for one, it is left out. The subjects whose outlines were put, each once.
    ///
    /// - `codes`: composite codes, row-major, `columns` columns
    pub fn stamp(&self, wanted: WantedCysts, columns: usize, codes: &mut [u8], rng: &mut Rng) -> Vec<String> {
        let mut subjects = BTreeSet::new();
        let (mut chosen, scale) = self.chosen(wanted, rng);
        // The large ones first: they fit in few places.
        chosen.sort_by_key(|outline| std::cmp::Reverse(outline.pixels));
        for outline in chosen {
            let least = (LEAST_SCALED_PIXELS / outline.pixels as f64).sqrt();
            let flip = rng.chance(0.5);
            for shrinking in SHRINKINGS {
                let scale = (scale * shrinking).max(least);
                let stamp = Stamp { columns: outline.columns, rows: outline.rows, scale, flip };
                let search = PlaceSearch { apart_px: APART_PX, tries: TRIES };
                if let Some(place) = stamp.place(&outline.distance, columns, codes, search, rng) {
                    outline.fill(&stamp, place, columns, codes);
                    subjects.insert(outline.subject.clone());
                    break;
                }
            }
        }
        subjects.into_iter().collect()
    }

    /// So many outlines whose area together comes near to the wanted, and the scale that brings it nearer.
    fn chosen(&self, wanted: WantedCysts, rng: &mut Rng) -> (Vec<&CystOutline>, f64) {
        let all: Vec<&CystOutline> = self.of_samples.iter().flatten().collect();
        if all.is_empty() || wanted.count == 0 {
            return (Vec::new(), 1.0);
        }
        let (mut best, mut best_scale) = (Vec::new(), 0.0_f64);
        for _ in 0..CHOICES {
            let chosen: Vec<&CystOutline> = (0..wanted.count).map(|_| all[rng.below(all.len())]).collect();
            let pixels: usize = chosen.iter().map(|outline| outline.pixels).sum();
            let scale = (wanted.area_px as f64 / pixels as f64).sqrt();
            if best.is_empty() || scale.ln().abs() < best_scale.ln().abs() {
                (best, best_scale) = (chosen, scale);
            }
            if (NEAR_SCALES[0]..=NEAR_SCALES[1]).contains(&best_scale) {
                break;
            }
        }
        (best, best_scale.clamp(SCALES[0], SCALES[1]))
    }
}

/// The cysts of one mask.
fn outlines_of(sample: &MaskSample) -> Vec<CystOutline> {
    let lit: Vec<u8> = sample.fluid.iter().map(|&lit| u8::from(lit)).collect();
    let plane = Plane::from_pixels(sample.width as u32, sample.height as u32, &lit);
    let regions = Region::components(&plane, |code| code == 1, Connectivity::Eight);
    regions.iter().filter_map(|region| CystOutline::of(sample, region)).collect()
}

impl CystOutline {
    fn of(sample: &MaskSample, region: &Region) -> Option<Self> {
        let bounds = region.bounds();
        let (first, behind) = (sample.known.start as u32, sample.known.end as u32);
        let is_cut = bounds.x0 <= first
            || bounds.x1 >= behind
            || bounds.y0 == 0
            || bounds.y1 as usize >= sample.height;
        let pixels = region.pixel_count() as usize;
        if is_cut || pixels < LEAST_PIXELS {
            return None;
        }
        let [x, y] = region.centroid()?;
        let row_of = |interface: Interface| sample.lines.rows[interface.index()].get(x as usize).copied();
        let (top, bottom) = (row_of(Interface::IplInl)?, row_of(Interface::IsmIse)?);
        if !(top..bottom).contains(&y) {
            return None;
        }
        let (width, height) = (bounds.width(), bounds.height());
        let (columns, rows) = (width + 2 * MARGIN_PX, height + 2 * MARGIN_PX);
        let mut inside = vec![false; (columns * rows) as usize];
        for (row, bits) in (MARGIN_PX..).zip(region.to_bits(bounds).chunks_exact(width as usize)) {
            for (column, &bit) in (MARGIN_PX..).zip(bits) {
                inside[(row * columns + column) as usize] = bit == 1;
            }
        }
        let distance = signed_distance(columns, rows, &inside, [1.0; 2]);
        let (subject, columns, rows) = (sample.subject.clone(), columns as usize, rows as usize);
        Some(Self { subject, columns, rows, distance, pixels, middle: x })
    }

    /// Its pixels become fluid.
    fn fill(&self, stamp: &Stamp, [x, y]: [usize; 2], columns: usize, codes: &mut [u8]) {
        let [width, height] = stamp.size();
        for row in 0..height {
            for column in 0..width {
                if stamp.distance_at(column, row, &self.distance) <= 0.0 {
                    codes[(y + row) * columns + x + column] = IRF;
                }
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::mask::Interfaces;

    /// Flat layers of 24 rows from row 10 on, 200 x 220 pixels, with the ellipses of fluid `(x, y, half width, half
    /// height)`.
    pub(crate) fn sample(id: &str, ellipses: &[[f32; 4]]) -> MaskSample {
        let (width, height) = (200, 220);
        let mut lines = Interfaces::unknown(width as u32);
        for (k, line) in lines.rows.iter_mut().enumerate() {
            line.fill(10.0 + 24.0 * k as f32);
        }
        let inside = |at: usize| {
            let (x, y) = ((at % width) as f32, (at / width) as f32);
            ellipses.iter().any(|[cx, cy, a, b]| ((x - cx) / a).powi(2) + ((y - cy) / b).powi(2) <= 1.0)
        };
        let fluid = (0..width * height).map(inside).collect();
        MaskSample {
            id: id.to_owned(),
            subject: format!("eye-{id}"),
            source: String::new(),
            width,
            height,
            lines,
            fluid,
            known: 0..width,
        }
    }

    fn layers() -> Vec<u8> {
        let code = |y: usize| if y < 10 { 0 } else { ((y - 10) / 24 + 1).min(8) as u8 };
        (0..200 * 220).map(|at| code(at / 200)).collect()
    }

    fn cysts(codes: &[u8]) -> Vec<u64> {
        let plane = Plane::from_pixels(200, 220, codes);
        Region::components(&plane, |code| code == IRF, Connectivity::Eight)
            .iter()
            .map(Region::pixel_count)
            .collect()
    }

    #[test]
    fn only_whole_cysts_between_inner_and_outer_nuclear_layer_are_outlines() {
        // One in the INL (rows 58 to 82); one at the border; one below the photoreceptors; a speck.
        let ellipses = [
            [60.0, 70.0, 14.0, 8.0],
            [1.0, 70.0, 9.0, 6.0],
            [120.0, 150.0, 20.0, 6.0],
            [150.0, 70.0, 1.0, 1.0],
        ];
        let outlines = CystOutlines::of(&[sample("a", &ellipses), sample("b", &[])]);
        assert_eq!(outlines.len(), 1);
        let found = outlines.found_in(0, 0.0..200.0);
        assert_eq!(found.count, 1);
        assert!((300..400).contains(&found.area_px), "{found:?}");
        assert_eq!(outlines.found_in(0, 100.0..200.0), WantedCysts::default());
        assert_eq!(outlines.found_in(1, 0.0..200.0), WantedCysts::default());
    }

    #[test]
    fn cysts_are_as_many_and_as_large_as_wanted_and_lie_where_cysts_grow() {
        let ellipses = [[40.0, 70.0, 14.0, 8.0], [100.0, 100.0, 8.0, 5.0], [150.0, 118.0, 20.0, 9.0]];
        let outlines = CystOutlines::of(&[sample("a", &ellipses)]);
        let before = layers();
        let mut middles = Vec::new();
        for event in 0..20 {
            let stamped = |event| {
                let mut codes = layers();
                let wanted = WantedCysts { count: 4, area_px: 1000 };
                outlines.stamp(wanted, 200, &mut codes, &mut Rng::new(1, 0, event));
                codes
            };
            let codes = stamped(event);
            let found = cysts(&codes);
            assert_eq!(found.len(), 4, "{found:?}");
            let area: u64 = found.iter().sum();
            assert!((700..1300).contains(&area), "{area}");
            let changed = (0..codes.len()).filter(|&at| codes[at] != before[at]);
            let astray = changed.clone().filter(|&at| !(3..=5).contains(&before[at])).count() as f32;
            assert!(changed.clone().all(|at| codes[at] == IRF && (2..=6).contains(&before[at])));
            assert!(astray <= 0.15 * area as f32 + 1.0, "{astray} of {area}");
            middles.push(changed.map(|at| at % 200).sum::<usize>() / area as usize);
            assert_eq!(stamped(event), codes, "the same draws, the same cysts");
        }
        middles.sort_unstable();
        assert!(middles[19] - middles[0] > 30, "always the same place: {middles:?}");
        let mut codes = layers();
        outlines.stamp(WantedCysts::default(), 200, &mut codes, &mut Rng::new(1, 0, 0));
        CystOutlines::default().stamp(
            WantedCysts { count: 3, area_px: 300 },
            200,
            &mut codes,
            &mut Rng::new(1, 0, 0),
        );
        assert_eq!(codes, before);
    }
}
