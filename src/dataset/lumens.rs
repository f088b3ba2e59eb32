//! Cysts cut out of training scans, with their walls, and pasted into other training scans with their exact mask.
//!
//! Few training scans show cysts, small ones above all, and graders outlined them roughly. A pasted lumen has real
//! speckle, a real wall, and a mask that is right by construction (Ghiasi et al. 2021, "Simple copy-paste").

use serde::{Deserialize, Serialize};

use super::samples::Sample;
use super::stamps::{PlaceSearch, Stamp};
use crate::anatomy::{IRF, is_lesion};
use crate::encoding::noise::Rng;
use crate::mask::{Connectivity, Plane, Region, signed_distance};
use crate::scan::Rect;

/// What is cut out around a lumen, and the ring that its brightness is compared with, in pixels.
const RING_PX: f32 = 4.0;
/// Up to this distance from the edge a pasted pixel is the lumen's alone; from [`BLEND_END_PX`] on it is the scan's.
const BLEND_START_PX: f32 = 0.5;
const BLEND_END_PX: f32 = 2.5;
/// Fewest pixels of a lumen.
const LEAST_PIXELS: u64 = 12;
/// Lumens that are hardly darker than what lies around them teach nothing.
const MAX_CONTRAST: f32 = 0.8;
/// How far a lumen may be scaled from its own size: its speckle is scaled with it.
const SCALES: [f64; 2] = [0.7, 1.4];
/// How far its brightness may be matched.
const GAINS: [f32; 2] = [0.4, 2.5];
/// Lumens near the wanted size that are chosen among.
const NEAREST: usize = 16;
/// Places that are tried for each.
const TRIES: usize = 24;

/// How often lumens are pasted, and how large they are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasteLumens {
    /// Share of the strips that get some; 0 for never.
    pub probability: f64,
    /// At most so many in a strip of 96 columns; wider strips get more.
    pub most: usize,
    /// Smallest and largest width in pixels, drawn evenly in its logarithm.
    pub width_px: [f32; 2],
}

impl Default for PasteLumens {
    /// None; the sizes are those of cysts of 40 to 600 µm.
    fn default() -> Self {
        Self { probability: 0.0, most: 3, width_px: [3.5, 53.0] }
    }
}

impl PasteLumens {
    /// Whether the numbers make sense.
    ///
    /// # Errors
    /// If a number is out of its range; the message names it.
    pub fn check(&self) -> Result<(), String> {
        let [low, high] = self.width_px;
        if !(0.0..=1.0).contains(&self.probability) {
            Err(format!("paste.probability is {}, expected 0 to 1", self.probability))
        } else if !(1..=32).contains(&self.most) {
            Err(format!("paste.most is {}, expected 1 to 32", self.most))
        } else if !(low >= 1.0 && low <= high && high <= 512.0) {
            Err(format!("paste.width_px is {low} to {high}, expected rising within 1 to 512"))
        } else {
            Ok(())
        }
    }
}

/// One lumen with its surroundings.
#[derive(Clone, Debug, PartialEq)]
pub struct Lumen {
    columns: usize,
    rows: usize,
    image: Vec<u8>,
    /// Distance to its edge in pixels, negative inside.
    distance: Vec<f32>,
    /// Width of the lumen itself.
    width: f32,
    /// Mean grey around it.
    around: f32,
    /// Its own mean grey as a part of that.
    contrast: f32,
}

/// The lumens of the training scans, by width.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LumenBank {
    lumens: Vec<Lumen>,
}

impl LumenBank {
    /// All lumens of some scans that can be cut out: wholly scanned, apart from others, and darker than their
    /// surroundings.
    pub fn of(samples: &[Sample]) -> Self {
        let mut lumens: Vec<Lumen> = samples.iter().flat_map(cut_out).collect();
        lumens.sort_by(|a, b| a.width.total_cmp(&b.width));
        Self { lumens }
    }

    /// Number of lumens.
    pub fn len(&self) -> usize {
        self.lumens.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lumens.is_empty()
    }

    /// Pastes lumens into a strip, where `how` says so and there is room.
    ///
    /// - `image`: grey values in [-1, 1]; `labels`: composite codes; row-major, `columns` columns
    pub fn paste(
        &self,
        how: &PasteLumens,
        columns: usize,
        image: &mut [f32],
        labels: &mut [u8],
        rng: &mut Rng,
    ) {
        if self.is_empty() || !rng.chance(how.probability) {
            return;
        }
        let most = (how.most * columns).div_ceil(96);
        for _ in 0..1 + rng.below(most) {
            let (lumen, scale) = self.choose(how, rng);
            let flip = rng.chance(0.5);
            let pasted = Pasted::new(lumen, scale, flip);
            if let Some(place) = pasted.place(columns, labels, rng) {
                pasted.blend(place, columns, image, labels);
            }
        }
    }

    /// A lumen of about the drawn width, and the scale that makes it so; of two the darker one: graders call much
    /// fluid that is hardly seen.
    fn choose(&self, how: &PasteLumens, rng: &mut Rng) -> (&Lumen, f64) {
        let [low, high] = how.width_px.map(|px| f64::from(px).ln());
        let width = (low + rng.uniform() * (high - low)).exp();
        let at = self.lumens.partition_point(|lumen| f64::from(lumen.width) < width);
        let first = at.saturating_sub(NEAREST / 2).min(self.len().saturating_sub(NEAREST));
        let near = &self.lumens[first..self.len().min(first + NEAREST)];
        let [a, b] = [(); 2].map(|()| &near[rng.below(near.len())]);
        let lumen = if a.contrast <= b.contrast { a } else { b };
        (lumen, (width / f64::from(lumen.width)).clamp(SCALES[0], SCALES[1]))
    }
}

/// The lumens of one scan.
fn cut_out(sample: &Sample) -> Vec<Lumen> {
    let (width, height) = (sample.width as u32, sample.height as u32);
    let plane = Plane::from_pixels(width, height, &sample.labels);
    let regions = Region::components(&plane, is_lesion, Connectivity::Eight);
    regions.iter().filter_map(|region| Lumen::cut(sample, region)).collect()
}

impl Lumen {
    fn cut(sample: &Sample, region: &Region) -> Option<Self> {
        let bounds = region.bounds();
        let margin = RING_PX.ceil() as u32;
        let is_inside = bounds.x0 >= margin
            && bounds.y0 >= margin
            && (bounds.x1 + margin) as usize <= sample.width
            && (bounds.y1 + margin) as usize <= sample.height;
        if !is_inside || region.pixel_count() < LEAST_PIXELS {
            return None;
        }
        let window =
            Rect::new(bounds.x0 - margin, bounds.y0 - margin, bounds.x1 + margin, bounds.y1 + margin);
        let places: Vec<(u32, u32)> =
            (window.y0..window.y1).flat_map(|y| (window.x0..window.x1).map(move |x| (x, y))).collect();
        let inside: Vec<bool> = places.iter().map(|&(x, y)| region.contains(x, y)).collect();
        let distance = signed_distance(window.width(), window.height(), &inside, [1.0; 2]);
        let at = |(x, y): (u32, u32)| y as usize * sample.width + x as usize;
        let is_clean = places.iter().zip(&distance).zip(&inside).all(|((&place, &distance), &inside)| {
            distance > RING_PX
                || (sample.valid[at(place)] && (inside || !is_lesion(sample.labels[at(place)])))
        });
        if !is_clean {
            return None;
        }
        let image: Vec<u8> = places.iter().map(|&place| sample.image[at(place)]).collect();
        let mean = |from: f32, to: f32| {
            let (sum, count) = image
                .iter()
                .zip(&distance)
                .filter(|(_, distance)| (from..to).contains(*distance))
                .fold((0.0, 0.0_f32), |(sum, count), (&grey, _)| (sum + f32::from(grey), count + 1.0));
            sum / count.max(1.0)
        };
        let around = mean(1.0, RING_PX);
        let contrast = mean(f32::MIN, 0.0) / around.max(1.0);
        (contrast < MAX_CONTRAST).then(|| Self {
            columns: window.width() as usize,
            rows: window.height() as usize,
            width: bounds.width() as f32,
            image,
            distance,
            around,
            contrast,
        })
    }
}

/// A lumen as it is to be pasted.
struct Pasted<'a> {
    lumen: &'a Lumen,
    stamp: Stamp,
}

impl<'a> Pasted<'a> {
    fn new(lumen: &'a Lumen, scale: f64, flip: bool) -> Self {
        Self { lumen, stamp: Stamp { columns: lumen.columns, rows: lumen.rows, scale, flip } }
    }

    /// Grey and distance to the edge at a pixel of the pasted window, between the lumen's own pixels.
    fn at(&self, column: usize, row: usize) -> (f32, f32) {
        let grey = self.stamp.at(column, row, &|at| f32::from(self.lumen.image[at]));
        (grey, self.stamp.distance_at(column, row, &self.lumen.distance))
    }

    /// A place for its first pixel where it lies in the layers that cysts grow in and touches no other lesion.
    fn place(&self, columns: usize, labels: &[u8], rng: &mut Rng) -> Option<[usize; 2]> {
        let search = PlaceSearch { apart_px: BLEND_END_PX, tries: TRIES };
        self.stamp.place(&self.lumen.distance, columns, labels, search, rng)
    }

    fn blend(&self, [x, y]: [usize; 2], columns: usize, image: &mut [f32], labels: &mut [u8]) {
        let [width, height] = self.stamp.size();
        let pixels: Vec<(usize, f32, f32)> = (0..height)
            .flat_map(|row| (0..width).map(move |column| (column, row)))
            .map(|(column, row)| {
                let (grey, distance) = self.at(column, row);
                ((y + row) * columns + x + column, grey, distance)
            })
            .collect();
        let mean = |from: f32, to: f32| {
            let (sum, count) = pixels
                .iter()
                .filter(|(_, _, distance)| (from..to).contains(distance))
                .fold((0.0, 0.0_f32), |(sum, count), &(at, ..)| {
                    (sum + (image[at] + 1.0) * 127.5, count + 1.0)
                });
            sum / count.max(1.0)
        };
        // As bright against its surroundings as it was, but never as bright as the tissue it takes the place of: the
        // outer nuclear layer may be darker than all that lies around the lumen.
        let matched = mean(1.0, RING_PX) / self.lumen.around.max(1.0);
        let inside = (self.lumen.contrast * self.lumen.around).max(1.0);
        let gain =
            matched.clamp(GAINS[0], GAINS[1]).min(MAX_CONTRAST * mean(f32::MIN, f32::EPSILON) / inside);
        for (at, grey, distance) in pixels {
            let share = ((BLEND_END_PX - distance) / (BLEND_END_PX - BLEND_START_PX)).clamp(0.0, 1.0);
            let pasted = (grey * gain / 127.5 - 1.0).clamp(-1.0, 1.0);
            image[at] += share * (pasted - image[at]);
            if distance <= 0.0 {
                labels[at] = IRF;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bright layer, in one scan with a dark cyst.
    fn sample(with_cyst: bool) -> Sample {
        let (width, height) = (96, 64);
        let inside = |x: usize, y: usize| (x as f32 - 40.0).hypot(2.0 * (y as f32 - 32.0)) <= 12.0;
        let mut labels = vec![3; width * height];
        let mut image = vec![120; width * height];
        for y in 0..height {
            for x in 0..width {
                let at = y * width + x;
                if !(12..52).contains(&y) {
                    labels[at] = if y < 12 { 1 } else { 7 };
                } else if with_cyst && inside(x, y) {
                    (labels[at], image[at]) = (IRF, 40);
                }
            }
        }
        Sample {
            width,
            height,
            image,
            labels,
            valid: vec![true; width * height],
            annotated: 0..width,
            ..Sample::default()
        }
    }

    fn pasted(event: u64) -> (Vec<f32>, Vec<u8>) {
        let bank = LumenBank::of(&[sample(true)]);
        assert_eq!(bank.len(), 1);
        let how = PasteLumens { probability: 1.0, most: 1, width_px: [18.0, 34.0] };
        let target = sample(false);
        let mut image: Vec<f32> =
            target.image.iter().map(|&grey| f32::from(grey / 2) / 127.5 - 1.0).collect();
        let mut labels = target.labels;
        bank.paste(&how, 96, &mut image, &mut labels, &mut Rng::new(1, 0, event));
        (image, labels)
    }

    #[test]
    fn a_pasted_lumen_is_dark_where_its_mask_is_and_nowhere_else() {
        let mut found = 0;
        for event in 0..20 {
            let (image, labels) = pasted(event);
            let grey = |at: usize| (image[at] + 1.0) * 127.5;
            let cyst: Vec<usize> = (0..labels.len()).filter(|&at| labels[at] == IRF).collect();
            found += usize::from(!cyst.is_empty());
            let area = cyst.len() as f32;
            assert!(cyst.is_empty() || (100.0..500.0).contains(&area), "{area}");
            // The target is half as bright: so is what was pasted.
            let mean = cyst.iter().map(|&at| grey(at)).sum::<f32>() / area.max(1.0);
            assert!(cyst.is_empty() || (18.0..28.0).contains(&mean), "{mean}");
            let dark_outside =
                (0..labels.len()).filter(|&at| labels[at] != IRF && grey(at) < 40.0).count() as f32;
            assert!(dark_outside <= 0.25 * area, "{dark_outside} beside {area}");
            assert!(cyst.iter().all(|&at| (12..52).contains(&(at / 96))), "within its layer");
            assert_eq!(pasted(event), (image, labels), "the same draws, the same lumens");
        }
        assert!(found >= 12, "{found} of 20");
    }

    #[test]
    fn lumens_at_the_border_and_faint_ones_are_left_out() {
        let mut faint = sample(true);
        faint.image.iter_mut().for_each(|grey| *grey = (*grey).max(105));
        assert!(LumenBank::of(&[faint]).is_empty());
        let mut cut = sample(true);
        cut.valid[32 * 96 + 54] = false;
        assert!(LumenBank::of(&[cut]).is_empty());
    }

    #[test]
    fn wild_settings_are_refused() {
        assert_eq!(PasteLumens::default().check(), Ok(()));
        assert!(PasteLumens { probability: 1.5, ..PasteLumens::default() }.check().is_err());
        assert!(PasteLumens { width_px: [9.0, 3.0], ..PasteLumens::default() }.check().is_err());
        assert!(PasteLumens { most: 0, ..PasteLumens::default() }.check().is_err());
    }
}
