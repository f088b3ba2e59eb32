//! Parametric cysts: ellipses with an outline that is perturbed by a seed, one at a time or scattered.
//!
//! Sizes are in the units of `unit_per_px`: micrometres where the spacing is known, pixels (1, 1) where it
//! is not.

use std::f32::consts::TAU;

use super::random::SeededRandom;
use super::{Mask, Region, polygon_region};
use crate::anatomy::{BELOW_BM, LAYER_COUNT, UNANNOTATED};
use crate::scan::Rect;

/// Points of an outline.
const OUTLINE_POINTS: usize = 96;
/// Waves around an outline: from 2 (an oval) to this many bumps.
const MAX_WAVES: usize = 6;
/// A scatter gives up a cyst after so many places that did not suit.
const PLACES_TRIED: usize = 200;
/// A scatter ends when so many cysts in a row found no place.
const CYSTS_GIVEN_UP: usize = 4;
/// Share of a scattered cyst that must lie where it may.
const LEAST_INSIDE: f64 = 0.7;

/// Where a cyst may lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    /// Anywhere between ILM and BM.
    Retina,
    /// Within one layer, 1-7.
    Layer(u8),
}

impl Seat {
    /// Whether a layer-plane code belongs to it.
    pub fn holds(self, code: u8) -> bool {
        match self {
            Self::Retina => (1..=LAYER_COUNT as u8).contains(&code),
            Self::Layer(layer) => code == layer && code != UNANNOTATED && code < BELOW_BM,
        }
    }
}

/// The shape of a cyst, apart from where it lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CystShape {
    /// Half the length and half the width.
    pub radii: [f32; 2],
    /// Of the length against the horizontal, clockwise on the screen, in radians.
    pub angle: f32,
    /// How far the outline strays from the ellipse, as a share of the radius: 0 to 0.5.
    pub roughness: f32,
    /// The same seed strays the same way.
    pub seed: u64,
}

impl CystShape {
    /// The closed outline about `centre`, in image coordinates.
    pub fn outline(&self, centre: [f32; 2], unit_per_px: [f32; 2]) -> Vec<[f32; 2]> {
        let mut random = SeededRandom::new(self.seed);
        let waves: Vec<(f32, f32, f32)> = (2..=MAX_WAVES)
            .map(|wave| {
                (wave as f32, random.share_f32() * TAU, (random.share_f32() * 2.0 - 1.0) / (wave - 1) as f32)
            })
            .collect();
        let roughness = self.roughness.clamp(0.0, 0.5);
        let (sin, cos) = self.angle.sin_cos();
        (0..OUTLINE_POINTS)
            .map(|point| {
                let around = point as f32 / OUTLINE_POINTS as f32 * TAU;
                let stray: f32 =
                    waves.iter().map(|(wave, phase, height)| height * (wave * around + phase).cos()).sum();
                let radius = 1.0 + roughness * stray.clamp(-1.0, 1.0);
                let (x, y) = (self.radii[0] * radius * around.cos(), self.radii[1] * radius * around.sin());
                [
                    centre[0] + (x * cos - y * sin) / unit_per_px[0],
                    centre[1] + (x * sin + y * cos) / unit_per_px[1],
                ]
            })
            .collect()
    }

    /// The pixels it covers that lie in the seat: a cyst never leaves its retina.
    pub fn region(&self, mask: &Mask, centre: [f32; 2], unit_per_px: [f32; 2], seat: Seat) -> Region {
        let outline = self.outline(centre, unit_per_px);
        let covered = polygon_region(&outline, mask.width(), mask.height());
        covered.filtered(|x, y| seat.holds(mask.layers.get(x, y)))
    }
}

/// What a scatter draws from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scatter {
    /// How many are asked for; fewer are placed where there is no room.
    pub count: usize,
    /// Shortest and longest cyst.
    pub lengths: [f32; 2],
    /// Smallest ratio of width to length; the largest is 1.
    pub flattest: f32,
    /// Of their outlines, as in [`CystShape`].
    pub roughness: f32,
    /// What they must lie in.
    pub seat: Seat,
    /// The same gives the same cysts.
    pub seed: u64,
}

impl Scatter {
    /// The scattered cysts. They touch neither each other nor a lesion that is there, and lie in the seat
    /// with at least seven tenths of their area; the rest is cut off. There are fewer than asked for where
    /// no more fit.
    pub fn regions(&self, mask: &Mask, unit_per_px: [f32; 2]) -> Vec<Region> {
        let places = self.places(mask);
        let Some(&(total, _)) = places.last() else { return Vec::new() };
        let mut random = SeededRandom::new(self.seed);
        let mut taken = mask.lesions.clone();
        let mut regions = Vec::new();
        let mut given_up = 0;
        for _ in 0..self.count {
            if given_up == CYSTS_GIVEN_UP {
                break;
            }
            given_up += 1;
            for _ in 0..PLACES_TRIED {
                let nth = (random.share_f32() * total as f32) as u64;
                let (centre, shape) = (pixel_at(&places, nth), self.shape(&mut random));
                let outline = shape.outline(centre, unit_per_px);
                let whole = polygon_region(&outline, mask.width(), mask.height());
                let region = whole.filtered(|x, y| self.seat.holds(mask.layers.get(x, y)));
                let fits = region.pixel_count() as f64 >= LEAST_INSIDE * whole.pixel_count() as f64;
                if region.is_empty() || !fits || touches(&taken, &region) {
                    continue;
                }
                for &(y, x0, x1) in region.runs() {
                    taken.fill_run(y, x0, x1, 1);
                }
                regions.push(region);
                given_up = 0;
                break;
            }
        }
        regions
    }

    /// The runs of the seat, each with the number of pixels up to its end.
    fn places(&self, mask: &Mask) -> Vec<(u64, (u32, u32, u32))> {
        let bounds = mask.layers.bounds();
        let seat = Region::from_pixels(bounds, |x, y| self.seat.holds(mask.layers.get(x, y)));
        let mut total = 0;
        let runs = seat.runs().iter().map(|&(y, x0, x1)| {
            total += u64::from(x1 - x0);
            (total, (y, x0, x1))
        });
        runs.collect()
    }

    fn shape(&self, random: &mut SeededRandom) -> CystShape {
        let [shortest, longest] = self.lengths;
        let length = shortest + random.share_f32() * (longest - shortest).max(0.0);
        let flatness = self.flattest + random.share_f32() * (1.0 - self.flattest);
        CystShape {
            radii: [length / 2.0, length * flatness / 2.0],
            angle: (random.share_f32() - 0.5) * 0.6,
            roughness: self.roughness,
            seed: random.bits(),
        }
    }
}

/// The centre of the `nth` pixel of runs that are counted up.
fn pixel_at(places: &[(u64, (u32, u32, u32))], nth: u64) -> [f32; 2] {
    let index = places.partition_point(|(end, _)| *end <= nth).min(places.len() - 1);
    let (end, (y, _, x1)) = places[index];
    let back = (end - nth.min(end - 1)) as f32;
    [x1 as f32 - back + 0.5, y as f32 + 0.5]
}

/// Whether a region or a pixel beside it is taken.
fn touches(taken: &super::Plane, region: &Region) -> bool {
    region.runs().iter().any(|&(y, x0, x1)| {
        let near = Rect::new(x0, y, x1, y + 1).grown(1, taken.width(), taken.height());
        taken.read_rect(near).iter().any(|code| *code != 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::Plane;

    fn retina() -> Mask {
        let mut layers = Plane::filled(300, 200, 0);
        for y in 60..200 {
            layers.fill_run(
                y,
                0,
                280,
                if y < 100 {
                    3
                } else if y < 150 {
                    5
                } else {
                    8
                },
            );
            layers.fill_run(y, 280, 300, UNANNOTATED);
        }
        Mask { layers, lesions: Plane::filled(300, 200, 0) }
    }

    const SHAPE: CystShape = CystShape { radii: [60.0, 30.0], angle: 0.4, roughness: 0.2, seed: 5 };

    #[test]
    fn sizes_are_in_micrometres_whatever_the_pixels() {
        let round = CystShape { radii: [60.0, 60.0], angle: 0.0, roughness: 0.0, seed: 1 };
        let area = std::f32::consts::PI * 3600.0;
        for unit_per_px in [[1.0, 1.0], [11.0, 3.9], [6.0, 3.9]] {
            let pixels = polygon_region(&round.outline([150.0, 100.0], unit_per_px), 300, 200).pixel_count();
            let measured = pixels as f32 * unit_per_px[0] * unit_per_px[1];
            assert!((measured / area - 1.0).abs() < 0.05, "{measured} of {area}");
        }
    }

    #[test]
    fn the_seed_decides_the_outline() {
        let outline = |seed| CystShape { seed, ..SHAPE }.outline([9.0, 9.0], [1.0, 1.0]);
        assert_eq!(outline(5), outline(5));
        assert_ne!(outline(5), outline(6));
        let smooth = CystShape { roughness: 0.0, ..SHAPE };
        assert_eq!(
            smooth.outline([0.0; 2], [1.0; 2]),
            CystShape { seed: 9, ..smooth }.outline([0.0; 2], [1.0; 2])
        );
    }

    #[test]
    fn a_cyst_stays_in_its_seat() {
        let mask = retina();
        let cut = SHAPE.region(&mask, [100.0, 100.0], [1.0, 1.0], Seat::Layer(3));
        assert!(!cut.is_empty() && cut.bounds().y1 <= 100);
        let whole = SHAPE.region(&mask, [100.0, 100.0], [1.0, 1.0], Seat::Retina);
        assert!(whole.pixel_count() > cut.pixel_count());
        assert!(SHAPE.region(&mask, [100.0, 20.0], [1.0, 1.0], Seat::Layer(5)).is_empty());
    }

    #[test]
    fn scattered_cysts_lie_in_the_layer_apart_from_each_other() {
        let mut mask = retina();
        let scatter = Scatter {
            count: 9,
            lengths: [10.0, 24.0],
            flattest: 0.5,
            roughness: 0.15,
            seat: Seat::Layer(5),
            seed: 3,
        };
        let regions = scatter.regions(&mask, [1.0, 1.0]);
        assert_eq!(regions.len(), 9);
        assert_eq!(regions, scatter.regions(&mask, [1.0, 1.0]));
        for region in &regions {
            assert!(!touches(&mask.lesions, region));
            for &(y, x0, x1) in region.runs() {
                assert!((x0..x1).all(|x| mask.layers.get(x, y) == 5));
                mask.lesions.fill_run(y, x0, x1, 1);
            }
        }
        let crowded = Scatter { count: 4000, ..scatter }.regions(&mask, [1.0, 1.0]);
        assert!(crowded.len() < 1000);
        assert!(Scatter { seat: Seat::Layer(7), ..scatter }.regions(&mask, [1.0, 1.0]).is_empty());
    }
}
