//! Painted cysts that are seen: as dark as a real one against what surrounds it, with a wall where it was painted.
//!
//! A network of live size draws a small cyst too faintly and spreads its wall over five or six pixels, although where it
//! lies is known exactly. So what came is measured by distance from the painted edge, and what is missing is multiplied
//! into the greys there: the inside becomes at least as dark as the darker quarter of real cysts of its width (one that
//! came darker stays so), and the step at the edge as steep as in a scan. The contrast that this gives is what lesion
//! contrast multiplies. Speckle and vessels keep their own contrast, and farther than [`OUTER_PX`] from a cyst nothing
//! changes.

use crate::anatomy::{ABOVE_ILM, BELOW_BM, IRF, is_lesion};
use crate::mask::{Connectivity, Plane, Region, signed_distance};

/// Mean grey inside over that of the layers around that a painted cyst has at most: a little below the darker quarter of
/// the cysts that graders drew in Duke 1-8, .60 of those under 90 µm and .65 to .66 of wider ones.
const NARROW: f32 = 0.58;
const WIDE: f32 = 0.63;
/// Columns of the grid (11.3 µm each) from which a cyst is wide.
const WIDE_COLUMNS: u32 = 8;
/// Pixels over which the grey goes from 10 to 90 % of the step; walls of real cysts measure 2.6 to 4.9.
const WALL_PX: f32 = 3.0;
/// The logistic function goes from 10 to 90 % over `2 ln 9` of its scale.
const LOGISTIC_10_TO_90: f32 = 4.394_449;
/// Beyond the first of these distances outside the edge less and less is changed, from the second on nothing.
const OUTER_PX: [f32; 2] = [3.0, 5.0];
/// What surrounds a cyst: layer pixels whose distance from the edge lies between these, ...
const AROUND_PX: [f32; 2] = [1.5, 7.5];
/// ... and from here on no blurred wall reaches.
const CLEAR_PX: f32 = 4.0;
/// A ring of fewer pixels is no surrounding to compare with, and a smaller region no cyst but a stray dot.
const LEAST_RING: usize = 8;
const LEAST_INSIDE: u64 = 4;
/// Distances from the edge are told apart down to this depth; everything deeper is the core.
const CORE_PX: i32 = -5;
/// Fewer pixels at one distance are speckle: they are measured with those of the next distance outwards.
const LEAST_AT_A_DISTANCE: f32 = 6.0;
/// What a grey may be multiplied by, as far as the contrast is that of scans; more or less contrast moves the bounds.
const FACTORS: [f32; 2] = [0.35, 1.5];
/// The least and most grey inside over that around that any contrast asks for.
const CONTRASTS: [f32; 2] = [0.1, 1.0];
/// A grey, as a share of white, that can be divided by.
const LEAST_GREY: f32 = 0.01;

/// The cysts of a mask, and how dark they are to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PaintedCysts {
    cysts: Vec<Cyst>,
    /// How much of what is missing is added, 0 to 1.
    share: f32,
    /// What the contrast of a cyst that is seen as in scans is multiplied by.
    contrast: f32,
}

/// One cyst with what lies around it.
#[derive(Clone, Debug, PartialEq)]
struct Cyst {
    columns: u32,
    places: Vec<Place>,
}

/// A pixel in or near a cyst.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    pixel: usize,
    /// From its centre to the painted edge, in pixels, negative inside.
    distance: f32,
    /// Its layer; `None` inside.
    layer: Option<u8>,
}

impl Place {
    fn is_around(&self) -> bool {
        self.layer.is_some() && (AROUND_PX[0]..=AROUND_PX[1]).contains(&self.distance)
    }
}

impl PaintedCysts {
    /// The IRF of composite codes on a grid, row-major; `None` where there is none, or `share` is 0.
    ///
    /// # Panics
    /// If the codes are not `width * height`.
    pub fn of(labels: &[u8], [width, height]: [u32; 2], share: f64, contrast: f64) -> Option<Self> {
        if share <= 0.0 || !labels.contains(&IRF) {
            return None;
        }
        let plane = Plane::from_pixels(width, height, labels);
        let regions = Region::components(&plane, |code| code == IRF, Connectivity::Eight);
        let cysts: Vec<Cyst> = regions
            .iter()
            .filter(|region| region.pixel_count() >= LEAST_INSIDE)
            .filter_map(|region| Cyst::around(region, labels, [width, height]))
            .collect();
        let (share, contrast) = (share.min(1.0) as f32, contrast as f32);
        (!cysts.is_empty()).then_some(Self { cysts, share, contrast })
    }

    /// Changes a picture, row-major in `[-1, 1]`, so that its cysts are seen; `share` of it, so that what is left of a
    /// real scan is not changed once more.
    pub fn meet(&self, picture: &mut [f32], share: f32) {
        for cyst in &self.cysts {
            cyst.meet(picture, share * self.share, self.contrast);
        }
    }
}

impl Cyst {
    /// `None` where too few layer pixels surround it.
    fn around(region: &Region, labels: &[u8], [width, height]: [u32; 2]) -> Option<Self> {
        let bounds = region.bounds().grown(AROUND_PX[1].ceil() as u32 + 1, width, height);
        let inside: Vec<bool> = region.to_bits(bounds).into_iter().map(|bit| bit != 0).collect();
        let distances = signed_distance(bounds.width(), bounds.height(), &inside, [1.0; 2]);
        let pixels = (bounds.y0..bounds.y1)
            .flat_map(|y| (bounds.x0..bounds.x1).map(move |x| (y * width + x) as usize));
        let places: Vec<Place> = pixels
            .zip(inside.into_iter().zip(distances))
            .filter_map(|(pixel, (is_inside, distance))| {
                let code = labels[pixel];
                let is_layer = code > ABOVE_ILM && code < BELOW_BM && !is_lesion(code);
                let layer = (!is_inside).then_some(code);
                let is_near = is_inside || (is_layer && distance <= AROUND_PX[1]);
                is_near.then_some(Place { pixel, distance, layer })
            })
            .collect();
        let ring = places.iter().filter(|place| place.is_around()).count();
        (ring >= LEAST_RING).then(|| Self { columns: region.bounds().width(), places })
    }

    fn meet(&self, picture: &mut [f32], share: f32, contrast: f32) {
        let grey = |place: &Place| (picture[place.pixel] + 1.0) / 2.0;
        let Some(around) = mean(self.places.iter().filter(|place| place.is_around()).map(grey)) else {
            return;
        };
        let inside = || self.places.iter().filter(|place| place.layer.is_none());
        let Some(came) = mean(inside().map(grey)).filter(|_| around > LEAST_GREY) else { return };

        // Layers around a cyst differ in brightness; a bright one beside it is no part of its wall.
        let layers = self.greys_of_layers(grey, around);
        let expected = |place: &Place| place.layer.map_or(around, |layer| layers[usize::from(layer)]);
        let profile =
            Profile::of(self.places.iter().map(|place| (place.distance, grey(place), expected(place))));

        let darkest = if self.columns < WIDE_COLUMNS { NARROW } else { WIDE };
        let as_in_scans = (came / around).min(darkest);
        let wanted = (1.0 - (1.0 - as_in_scans) * contrast).clamp(CONTRASTS[0], CONTRASTS[1]);
        let [least, most] = [FACTORS[0] / contrast.max(1.0), FACTORS[1] / contrast.clamp(0.25, 1.0)];
        let spared = mean(inside().map(|place| step(place.distance))).unwrap_or(0.0);
        let core = ((wanted - spared) / (1.0 - spared)).max(0.05);

        let changed: Vec<(usize, f32)> = self
            .places
            .iter()
            .filter(|place| place.distance < OUTER_PX[1])
            .map(|place| {
                let target = core + (1.0 - core) * step(place.distance);
                let factor = (target / profile.at(place.distance).max(LEAST_GREY)).clamp(least, most);
                let [whole, none] = OUTER_PX;
                let part = ((none - place.distance) / (none - whole)).clamp(0.0, 1.0) * share;
                (place.pixel, (factor - 1.0) * part)
            })
            .collect();
        for (pixel, change) in changed {
            picture[pixel] = (picture[pixel] + (picture[pixel] + 1.0) * change).min(1.0);
        }
    }

    /// Mean grey of every layer around, clear of the wall; where a layer has too little of it, that of the whole ring.
    fn greys_of_layers(&self, grey: impl Fn(&Place) -> f32, around: f32) -> [f32; 256] {
        let mut sums = [(0_usize, 0.0_f32); 256];
        for place in self.places.iter().filter(|place| place.is_around() && place.distance >= CLEAR_PX) {
            let (count, sum) = &mut sums[usize::from(place.layer.unwrap_or_default())];
            *count += 1;
            *sum += grey(place);
        }
        sums.map(|(count, sum)| {
            let own = sum / count.max(1) as f32;
            if count >= LEAST_RING && own > LEAST_GREY { own } else { around }
        })
    }
}

/// Grey against what is expected without a cyst, by distance from the painted edge.
struct Profile {
    /// Mean distance and grey, from the core outwards; never empty.
    levels: Vec<(f32, f32)>,
}

impl Profile {
    /// From distance, grey and expected grey of every pixel.
    fn of(pixels: impl Iterator<Item = (f32, f32, f32)>) -> Self {
        let outermost = OUTER_PX[1].ceil() as i32;
        let mut bins = vec![[0.0_f32; 4]; (outermost - CORE_PX + 1) as usize];
        for (distance, grey, expected) in pixels {
            let place = (distance.floor() as i32).max(CORE_PX);
            if place <= outermost {
                let bin = &mut bins[(place - CORE_PX) as usize];
                *bin = [bin[0] + 1.0, bin[1] + distance, bin[2] + grey, bin[3] + expected];
            }
        }
        let mut levels = Vec::new();
        let mut waiting = [0.0; 4];
        for (index, bin) in bins.into_iter().enumerate() {
            let bin: [f32; 4] = std::array::from_fn(|part| bin[part] + waiting[part]);
            // What lies at the edge itself is never measured with what lies outside.
            let is_last_inside = index as i32 + CORE_PX == -1;
            if bin[0] < LEAST_AT_A_DISTANCE && !is_last_inside {
                waiting = bin;
                continue;
            }
            waiting = [0.0; 4];
            if bin[3] > 0.0 {
                levels.push((bin[1] / bin[0], bin[2] / bin[3]));
            }
        }
        Self { levels }
    }

    /// Linear between the measured distances, constant beyond them.
    fn at(&self, distance: f32) -> f32 {
        let after = self.levels.partition_point(|(known, _)| *known < distance);
        match (after.checked_sub(1).map(|before| self.levels[before]), self.levels.get(after)) {
            (Some((x0, y0)), Some(&(x1, y1))) => y0 + (y1 - y0) * (distance - x0) / (x1 - x0),
            (Some((_, level)), None) => level,
            (None, level) => level.map_or(1.0, |(_, level)| *level),
        }
    }
}

/// The wall: 0 deep inside, a half at the painted edge, 1 outside.
fn step(distance: f32) -> f32 {
    1.0 / (1.0 + (-distance * LOGISTIC_10_TO_90 / WALL_PX).exp())
}

fn mean(values: impl Iterator<Item = f32>) -> Option<f32> {
    let (count, sum) = values.fold((0_usize, 0.0), |(count, sum), value| (count + 1, sum + value));
    (count > 0).then(|| sum / count as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::noise::Rng;

    const WIDTH: usize = 80;
    const HEIGHT: usize = 60;

    /// A bright and a dark layer, and an ellipse of IRF between them.
    fn labels(half_width: f32) -> Vec<u8> {
        let code = |at: usize| {
            let (x, y) = ((at % WIDTH) as f32 - 40.0, (at / WIDTH) as f32 - 30.0);
            if (x / half_width).powi(2) + (y / (0.8 * half_width)).powi(2) <= 1.0 {
                IRF
            } else if y < 4.0 {
                5
            } else {
                4
            }
        };
        (0..WIDTH * HEIGHT).map(code).collect()
    }

    /// Layers of 100 and 140 levels, speckled, and a cyst of `contrast` whose wall takes `wall` pixels.
    fn picture(labels: &[u8], contrast: f32, wall: f32) -> Vec<f32> {
        let inside: Vec<bool> = labels.iter().map(|&code| code == IRF).collect();
        let distances = signed_distance(WIDTH as u32, HEIGHT as u32, &inside, [1.0; 2]);
        let mut rng = Rng::new(4, 0, 0);
        let pixels = labels.iter().zip(distances).map(|(&code, distance)| {
            let layer = if code == 4 { 140.0 } else { 100.0 };
            let seen = contrast + (1.0 - contrast) / (1.0 + (-distance * LOGISTIC_10_TO_90 / wall).exp());
            layer * seen * (0.9 + 0.2 * rng.uniform() as f32) / 127.5 - 1.0
        });
        pixels.collect()
    }

    fn shown(labels: &[u8], picture: &[f32]) -> crate::metrics::lesions::LesionFigures {
        let scanned = vec![true; labels.len()];
        let grey: Vec<f32> = picture.iter().map(|value| (value + 1.0) * 127.5).collect();
        let free: Vec<f32> = labels.iter().map(|&code| if code == 4 { 140.0 } else { 100.0 }).collect();
        let size = [WIDTH as u32, HEIGHT as u32];
        let scan = crate::metrics::lesions::LesionScan {
            size,
            grey: &grey,
            labels,
            scanned: &scanned,
            lesion_free: Some(&free),
        };
        let plane = Plane::from_pixels(size[0], size[1], labels);
        let region = &Region::components(&plane, |code| code == IRF, Connectivity::Eight)[0];
        crate::metrics::lesions::measure(&scan, None, region).expect("a cyst with layers around")
    }

    fn met(labels: &[u8], picture: &[f32], share: f64, contrast: f64) -> Vec<f32> {
        let cysts = PaintedCysts::of(labels, [WIDTH as u32, HEIGHT as u32], share, contrast).expect("a cyst");
        let mut after = picture.to_vec();
        cysts.meet(&mut after, 1.0);
        after
    }

    #[test]
    fn a_faint_cyst_with_a_blurred_wall_becomes_one_that_is_seen() {
        for (half_width, darkest) in [(3.0, NARROW), (6.0, WIDE), (14.0, WIDE)] {
            let labels = labels(half_width);
            let faint = picture(&labels, 0.75, 6.5);
            let before = shown(&labels, &faint);
            assert!(before.inside_over_around > f64::from(darkest) + 0.04, "{before:?}");
            let after = shown(&labels, &met(&labels, &faint, 1.0, 1.0));
            assert!((after.inside_over_around - f64::from(darkest)).abs() < 0.03, "{half_width}: {after:?}");
            let rim = after.rim.expect("a wall");
            assert!(rim.width_px < 3.9 && rim.offset_px.abs() < 0.5, "{half_width}: {rim:?}");
        }
    }

    #[test]
    fn a_dark_cyst_stays_dark_and_more_contrast_makes_it_darker() {
        let labels = labels(8.0);
        let dark = picture(&labels, 0.3, 3.0);
        let (before, after) = (shown(&labels, &dark), shown(&labels, &met(&labels, &dark, 1.0, 1.0)));
        assert!((before.inside_over_around - after.inside_over_around).abs() < 0.02, "{before:?}, {after:?}");
        let faint = picture(&labels, 0.92, 3.0);
        let contrasts = [0.5, 1.0, 1.5]
            .map(|contrast| shown(&labels, &met(&labels, &faint, 1.0, contrast)).inside_over_around);
        assert!(contrasts[0] > contrasts[1] + 0.1 && contrasts[1] > contrasts[2] + 0.1, "{contrasts:?}");
    }

    #[test]
    fn contrast_multiplies_that_of_scans_whatever_came() {
        let labels = labels(14.0);
        for came in [0.4, 0.7, 0.9] {
            let picture = picture(&labels, came, 3.5);
            let usual = shown(&labels, &met(&labels, &picture, 1.0, 1.0)).inside_over_around;
            for contrast in [0.0, 0.5, 1.5, 2.0] {
                let expected = (1.0 - (1.0 - usual) * contrast).max(f64::from(CONTRASTS[0]));
                let is = shown(&labels, &met(&labels, &picture, 1.0, contrast)).inside_over_around;
                assert!((is - expected).abs() < 0.06, "{came}, times {contrast}: {is}, not {expected}");
            }
        }
    }

    #[test]
    fn nothing_changes_away_from_a_cyst_nor_where_none_is() {
        let mut labels = labels(5.0);
        let faint = picture(&labels, 0.8, 6.0);
        let after = met(&labels, &faint, 1.0, 1.0);
        let inside: Vec<bool> = labels.iter().map(|&code| code == IRF).collect();
        let distances = signed_distance(WIDTH as u32, HEIGHT as u32, &inside, [1.0; 2]);
        for (at, distance) in distances.into_iter().enumerate() {
            assert!(distance < OUTER_PX[1] || after[at] == faint[at], "{distance} px away");
        }
        assert_ne!(after, faint);
        assert_eq!(PaintedCysts::of(&labels, [WIDTH as u32, HEIGHT as u32], 0.0, 1.0), None);
        // A cyst that fills the picture has nothing around it; no cyst is none.
        assert_eq!(PaintedCysts::of(&[IRF; 64], [8, 8], 1.0, 1.0), None);
        labels.iter_mut().filter(|code| **code == IRF).for_each(|code| *code = 5);
        assert_eq!(PaintedCysts::of(&labels, [WIDTH as u32, HEIGHT as u32], 1.0, 1.0), None);
    }
}
