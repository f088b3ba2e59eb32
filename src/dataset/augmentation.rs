//! Cutting training strips out of samples: place, flip, vertical shift, gain; deformation and speckle.
//!
//! Strips are as high as the scan, so that the share of retina in them, which the network's group norms
//! see, is that of whole scans. OCT has an up and a down: there is no vertical flip.
//!
//! Rotation, stretch, elastic bending and speckle are off in every preset. What a strip is resampled from is
//! smoothed by it, and speckle on top is not the instrument's: a model that draws scans would learn a speckle that no
//! scan has. They are for small sets, where a model learns its scans by heart, and for segmenters, which do not
//! draw.

use serde::{Deserialize, Serialize};

use super::deformation::{Deformation, MAX_ELASTIC_PX};
use super::lumens::PasteLumens;
use super::samples::Sample;
use crate::encoding::noise::{Rng, fill_gaussian, stream};
use crate::scan::Rect;

/// Largest rotation that leaves up and down what they are, in degrees.
const MAX_ROTATION_DEGREES: f32 = 30.0;
/// Largest stretch.
const MAX_LATERAL_STRETCH: f32 = 0.5;

/// How strips vary.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Augmentation {
    /// Probability of a horizontal flip.
    pub flip_probability: f64,
    /// Largest vertical shift in pixels, up or down.
    pub shift_px: u32,
    /// Grey values are multiplied by 1 ± up to this.
    pub gain: f32,
    /// Probability that a strip of a scan with a lesion is placed over the lesion.
    pub lesion_probability: f64,
    /// Probability that a strip may lie outside the annotated columns, where no condition is given: the
    /// network then learns what to draw where nobody labelled anything.
    pub anywhere_probability: f64,
    /// Strips are turned by up to so many degrees either way, pixels taken as square.
    pub rotation_degrees: f32,
    /// Strips are wider or narrower by up to this part.
    pub lateral_stretch: f32,
    /// Strips are bent by smooth waves of up to so many pixels, along either axis.
    pub elastic_px: f32,
    /// Grey values are multiplied by 1 plus normal noise of up to this deviation, pixel by pixel.
    pub speckle: f32,
    /// Lumens of other training scans are pasted in.
    pub paste: PasteLumens,
}

impl Default for Augmentation {
    fn default() -> Self {
        Self {
            flip_probability: 0.5,
            shift_px: 40,
            gain: 0.05,
            lesion_probability: 0.3,
            anywhere_probability: 0.1,
            rotation_degrees: 0.0,
            lateral_stretch: 0.0,
            elastic_px: 0.0,
            speckle: 0.0,
            paste: PasteLumens::default(),
        }
    }
}

/// One way to cut a strip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cut {
    /// First column; may lie outside the sample where it is narrower than the strip.
    pub x: i64,
    /// Row of the sample that becomes row 0; outside rows are reflected.
    pub y: i64,
    /// Whether it is mirrored.
    pub flip: bool,
    /// Factor on its grey values.
    pub gain: f32,
    /// How it is bent.
    pub deformation: Deformation,
    /// Deviation of the speckle, and the seed of its field.
    pub speckle: (f32, u64),
}

impl Augmentation {
    /// Strips as they are: what the paper states.
    pub fn none() -> Self {
        Self {
            flip_probability: 0.0,
            shift_px: 0,
            gain: 0.0,
            lesion_probability: 0.0,
            anywhere_probability: 0.0,
            ..Self::default()
        }
    }

    /// Whether the deformations are ones that leave a scan a scan.
    ///
    /// # Errors
    /// If a deformation goes further than that, or a number of [`PasteLumens`] is out of its range; the message names
    /// it.
    pub fn check(&self) -> Result<(), String> {
        let most = [
            ("rotation_degrees", self.rotation_degrees, MAX_ROTATION_DEGREES),
            ("lateral_stretch", self.lateral_stretch, MAX_LATERAL_STRETCH),
            ("elastic_px", self.elastic_px, MAX_ELASTIC_PX),
            ("speckle", self.speckle, 1.0),
        ];
        match most.iter().find(|(_, value, most)| !(0.0..=*most).contains(value)) {
            Some((name, value, most)) => Err(format!("{name} is {value}, expected 0 to {most}")),
            None => self.paste.check(),
        }
    }

    /// Draws a cut of `columns` x `rows` pixels for a sample.
    pub fn draw(&self, sample: &Sample, columns: usize, rows: usize, rng: &mut Rng) -> Cut {
        let anywhere = rng.chance(self.anywhere_probability) || sample.annotated.is_empty();
        let span = if anywhere { 0..sample.width } else { sample.annotated.clone() };
        let on_lesion = rng.chance(self.lesion_probability) && !sample.lesion_columns.is_empty();
        let lesion = rng.below(sample.lesion_columns.len());
        let place = rng.below(span.len().saturating_sub(columns) + 1) as i64;
        let (low, high) = (span.start as i64, span.end as i64 - columns as i64);
        let x = if high < low {
            // Narrower than the strip: centred.
            (low + high) / 2
        } else if on_lesion {
            let within = rng.below(columns) as i64;
            (i64::from(sample.lesion_columns[lesion]) - within).clamp(low, high)
        } else {
            low + place
        };
        let spare_rows = sample.height.saturating_sub(rows);
        let shift = rng.below(2 * self.shift_px as usize + 1) as i64 - i64::from(self.shift_px);
        Cut {
            x,
            y: rng.below(spare_rows + 1) as i64 - shift,
            flip: rng.chance(self.flip_probability),
            gain: 1.0 + self.gain * (2.0 * rng.uniform() as f32 - 1.0),
            deformation: Deformation::draw(self.rotation_degrees, self.lateral_stretch, self.elastic_px, rng),
            speckle: match self.speckle > 0.0 {
                true => {
                    let seed = u64::from(rng.word()) << 32 | u64::from(rng.word());
                    (self.speckle * rng.uniform() as f32, seed)
                }
                false => (0.0, 0),
            },
        }
    }
}

/// A strip being filled: `rows` x `columns`, row-major.
#[derive(Debug)]
pub struct Strip<'a> {
    /// Of the strip.
    pub columns: usize,
    /// Grey values in [-1, 1].
    pub image: &'a mut [f32],
    /// Composite codes.
    pub labels: &'a mut [u8],
    /// 1 where the pixel may be learned from, else 0.
    pub loss_weights: &'a mut [f32],
}

impl Cut {
    /// The plain cut at a place: no flip, no shift, no gain.
    pub fn at(x: usize) -> Self {
        Self {
            x: x as i64,
            y: 0,
            flip: false,
            gain: 1.0,
            deformation: Deformation::default(),
            speckle: (0.0, 0),
        }
    }

    /// Fills `strip`. Outside the sample the image is reflected (speckle, not streaks), the labels repeat
    /// the edge, and nothing counts.
    ///
    /// # Panics
    /// If the strip's buffers differ in size or are not whole rows.
    pub fn fill(&self, sample: &Sample, strip: &mut Strip) {
        let columns = strip.columns;
        assert!(strip.image.len().is_multiple_of(columns), "whole rows");
        assert!(strip.image.len() == strip.labels.len() && strip.image.len() == strip.loss_weights.len());
        if self.deformation.is_none() {
            self.copy(sample, strip);
        } else {
            self.resample(sample, strip);
        }
        self.lay_speckle(strip);
    }

    /// Fills one number a column of the strip with the sample's vessel shadows; columns outside the sample, and all
    /// of a sample whose shadows nobody measured, have none. Deformed strips take them from the undeformed place.
    pub fn shadow(&self, sample: &Sample, columns: &mut [f32]) {
        let count = columns.len();
        for (column, shadow) in columns.iter_mut().enumerate() {
            let x = self.x + if self.flip { count - 1 - column } else { column } as i64;
            *shadow = usize::try_from(x).ok().and_then(|x| sample.shadow.get(x)).copied().unwrap_or(0.0);
        }
    }

    /// [`Cut::fill`] pixel by pixel, as the scan has them.
    fn copy(&self, sample: &Sample, strip: &mut Strip) {
        let columns = strip.columns;
        for row in 0..strip.image.len() / columns {
            let y = row as i64 + self.y;
            let image_row = reflected(y, sample.height) * sample.width;
            let label_row = y.clamp(0, sample.height as i64 - 1) as usize * sample.width;
            let row_inside = (0..sample.height as i64).contains(&y);
            for column in 0..columns {
                let x = self.x + if self.flip { columns - 1 - column } else { column } as i64;
                let label_x = x.clamp(0, sample.width as i64 - 1) as usize;
                let inside = row_inside && label_x as i64 == x;
                let grey = f32::from(sample.image[image_row + reflected(x, sample.width)]);
                let at = row * columns + column;
                strip.image[at] = ((grey * self.gain) / 127.5 - 1.0).min(1.0);
                strip.labels[at] = sample.labels[label_row + label_x];
                strip.loss_weights[at] = if inside && sample.valid[label_row + label_x] { 1.0 } else { 0.0 };
            }
        }
    }

    /// [`Cut::fill`] between the pixels: grey values bilinearly, labels and what counts by the nearest pixel.
    fn resample(&self, sample: &Sample, strip: &mut Strip) {
        let columns = strip.columns;
        let size = [columns, strip.image.len() / columns];
        let grey = |x: i64, y: i64| {
            f64::from(sample.image[reflected(y, sample.height) * sample.width + reflected(x, sample.width)])
        };
        for at in 0..strip.image.len() {
            let [column, row] = self.deformation.source([(at % columns) as f64, (at / columns) as f64], size);
            let x = self.x as f64 + if self.flip { columns as f64 - 1.0 - column } else { column };
            let y = self.y as f64 + row;
            let (left, top) = (x.floor() as i64, y.floor() as i64);
            let (right_share, lower_share) = (x - left as f64, y - top as f64);
            let along = |y: i64| (1.0 - right_share) * grey(left, y) + right_share * grey(left + 1, y);
            let grey = (1.0 - lower_share) * along(top) + lower_share * along(top + 1);
            strip.image[at] = (grey as f32 * self.gain / 127.5 - 1.0).min(1.0);
            let (x, y) = (x.round() as i64, y.round() as i64);
            let label_x = x.clamp(0, sample.width as i64 - 1);
            let label_y = y.clamp(0, sample.height as i64 - 1);
            let nearest = label_y as usize * sample.width + label_x as usize;
            let inside = (label_x, label_y) == (x, y);
            strip.labels[at] = sample.labels[nearest];
            strip.loss_weights[at] = if inside && sample.valid[nearest] { 1.0 } else { 0.0 };
        }
    }

    /// Multiplies grey values by 1 plus noise; black stays black.
    fn lay_speckle(&self, strip: &mut Strip) {
        let (deviation, seed) = self.speckle;
        if deviation <= 0.0 {
            return;
        }
        let mut noise = vec![0.0; strip.image.len()];
        let rows = (strip.image.len() / strip.columns) as u32;
        fill_gaussian(
            seed,
            stream::TRAINING_SPECKLE,
            Rect::new(0, 0, strip.columns as u32, rows),
            &mut noise,
        );
        for (value, noise) in strip.image.iter_mut().zip(noise) {
            let factor = (1.0 + deviation * noise).max(0.0);
            *value = ((*value + 1.0) * factor - 1.0).min(1.0);
        }
    }
}

/// A place outside `0..length` reflected into it (edges repeat once).
fn reflected(place: i64, length: usize) -> usize {
    let length = length as i64;
    let place = place.rem_euclid(2 * length);
    (if place < length { place } else { 2 * length - 1 - place }) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Sample {
        let (width, height) = (12, 4);
        Sample {
            id: "a".to_owned(),
            subject: "s".to_owned(),
            width,
            height,
            image: (0..48).map(|i| i * 5).collect(),
            labels: (0..48).map(|i| if i % 12 < 2 { 255 } else { (i / 12) as u8 }).collect(),
            valid: vec![true; 48],
            annotated: 2..12,
            lesion_columns: vec![9],
            ..Sample::default()
        }
    }

    fn fill(cut: Cut, columns: usize, rows: usize) -> (Vec<f32>, Vec<u8>, Vec<f32>) {
        let mut out = (vec![0.0; columns * rows], vec![0; columns * rows], vec![0.0; columns * rows]);
        let mut strip = Strip { columns, image: &mut out.0, labels: &mut out.1, loss_weights: &mut out.2 };
        cut.fill(&sample(), &mut strip);
        out
    }

    #[test]
    fn scan_and_mask_move_together() {
        let grey = |value: f32| ((value + 1.0) * 127.5).round() as usize / 5;
        let (image, labels, loss_weights) = fill(Cut { y: -1, flip: true, ..Cut::at(3) }, 4, 4);
        // Row 0 lies above the sample: reflected image, repeated label, not counted.
        assert_eq!(image[..4].iter().map(|&v| grey(v)).collect::<Vec<_>>(), [6, 5, 4, 3]);
        assert_eq!((labels[0], loss_weights[0]), (0, 0.0));
        assert_eq!(image[8..12].iter().map(|&v| grey(v)).collect::<Vec<_>>(), [18, 17, 16, 15]);
        assert_eq!((labels[8], loss_weights[8]), (1, 1.0));
    }

    #[test]
    fn cuts_stay_in_the_annotated_columns_and_find_lesions() {
        let augmentation =
            Augmentation { lesion_probability: 0.0, anywhere_probability: 0.0, ..Augmentation::default() };
        let focused = Augmentation { lesion_probability: 1.0, ..augmentation.clone() };
        let mut places = std::collections::HashSet::new();
        for event in 0..200 {
            let cut = augmentation.draw(&sample(), 4, 4, &mut Rng::new(1, 2, event));
            assert!((2..=8).contains(&cut.x) && cut.y.abs() <= 40 && (cut.gain - 1.0).abs() <= 0.05);
            places.insert(cut.x);
            let cut = focused.draw(&sample(), 4, 4, &mut Rng::new(1, 2, event));
            assert!((6..=8).contains(&cut.x), "the lesion column 9 is in the strip");
        }
        assert_eq!(places.len(), 7);
    }

    #[test]
    fn samples_smaller_than_the_strip_are_extended_without_counting() {
        let cut = Augmentation { shift_px: 0, anywhere_probability: 1.0, ..Augmentation::default() }.draw(
            &sample(),
            16,
            8,
            &mut Rng::new(0, 0, 0),
        );
        assert_eq!(cut.x, -2);
        let (_, _, loss_weights) = fill(cut, 16, 8);
        assert_eq!(loss_weights.iter().sum::<f32>(), 48.0);
    }

    /// A bright band in a scan of which the mask says the same, pixel for pixel.
    fn banded() -> Sample {
        let (width, height) = (120, 100);
        let inside = |i: usize| (40..60).contains(&(i / width)) && i % width > 30;
        Sample {
            width,
            height,
            image: (0..width * height).map(|i| if inside(i) { 200 } else { 20 }).collect(),
            labels: (0..width * height).map(|i| u8::from(inside(i))).collect(),
            valid: vec![true; width * height],
            annotated: 0..width,
            lesion_columns: Vec::new(),
            ..sample()
        }
    }

    fn filled(cut: &Cut, sample: &Sample) -> (Vec<f32>, Vec<u8>, Vec<f32>) {
        let (columns, rows) = (64, 96);
        let mut out = (vec![0.0; columns * rows], vec![0; columns * rows], vec![0.0; columns * rows]);
        let mut strip = Strip { columns, image: &mut out.0, labels: &mut out.1, loss_weights: &mut out.2 };
        cut.fill(sample, &mut strip);
        out
    }

    #[test]
    fn a_deformed_scan_and_its_mask_move_together() {
        let deforming = Augmentation {
            rotation_degrees: 8.0,
            lateral_stretch: 0.2,
            elastic_px: 8.0,
            gain: 0.0,
            ..Augmentation::default()
        };
        assert_eq!(deforming.check(), Ok(()));
        let plain = Augmentation { gain: 0.0, ..Augmentation::default() };
        let (mut moved, mut apart) = (0, 0);
        for event in 0..20 {
            let draw = |how: &Augmentation| how.draw(&banded(), 64, 96, &mut Rng::new(4, 2, event));
            let (cut, still) = (draw(&deforming), draw(&plain));
            assert_eq!((cut.x, cut.y, cut.flip), (still.x, still.y, still.flip), "the place is drawn first");
            let (image, labels, loss_weights) = filled(&cut, &banded());
            assert_eq!((&image, &labels), (&filled(&cut, &banded()).0, &filled(&cut, &banded()).1));
            moved += usize::from(labels != filled(&still, &banded()).1);
            // Half bright is where the nearest pixel changes; only a pixel between the two may differ.
            let bright = |value: f32| (value + 1.0) * 127.5 > 110.0;
            let counting = loss_weights.iter().filter(|&&counts| counts > 0.0).count();
            let differing = (0..image.len())
                .filter(|&at| loss_weights[at] > 0.0 && bright(image[at]) != (labels[at] == 1));
            apart += usize::from(50 * differing.count() > counting);
        }
        assert!(moved >= 19, "{moved} of 20 were deformed");
        assert_eq!(apart, 0, "fewer than one pixel in fifty");
    }

    #[test]
    fn nothing_asked_for_is_the_scan_to_the_bit() {
        let cut = Augmentation::default().draw(&banded(), 64, 96, &mut Rng::new(1, 2, 3));
        assert!(cut.deformation.is_none() && cut.speckle == (0.0, 0));
        let none = Augmentation::none().draw(&banded(), 64, 96, &mut Rng::new(1, 2, 3));
        assert_eq!(none, Cut { y: none.y, ..Cut::at(none.x as usize) });
        // Resampling at whole pixels gives them back, too.
        let mut copied = (vec![0.0; 64 * 96], vec![0; 64 * 96], vec![0.0; 64 * 96]);
        let mut strip =
            Strip { columns: 64, image: &mut copied.0, labels: &mut copied.1, loss_weights: &mut copied.2 };
        cut.resample(&banded(), &mut strip);
        assert_eq!(copied, filled(&cut, &banded()));
    }

    #[test]
    fn speckle_is_multiplied_on_the_scan_alone() {
        let speckled = Augmentation { speckle: 0.5, gain: 0.0, ..Augmentation::default() };
        let plain = Augmentation { speckle: 0.0, ..speckled.clone() };
        let draw = |how: &Augmentation| how.draw(&banded(), 64, 96, &mut Rng::new(1, 2, 3));
        let (image, labels, loss_weights) = filled(&draw(&speckled), &banded());
        let (still, still_labels, still_weights) = filled(&draw(&plain), &banded());
        assert_eq!((&labels, &loss_weights), (&still_labels, &still_weights));
        assert_eq!(image, filled(&draw(&speckled), &banded()).0, "the same draws, the same speckle");
        let spread = |bright: bool| {
            let pairs = image.iter().zip(&still).filter(|(_, still)| (**still > 0.0) == bright);
            let differences: Vec<f32> = pairs.map(|(a, b)| (a - b).abs()).collect();
            differences.iter().sum::<f32>() / differences.len() as f32
        };
        assert!(spread(true) > 2.0 * spread(false) && spread(false) > 0.0, "bright pixels vary more");
        let other = speckled.draw(&banded(), 64, 96, &mut Rng::new(1, 2, 4));
        assert_ne!(image, filled(&other, &banded()).0);
    }

    #[test]
    fn settings_of_earlier_runs_still_read_and_wild_ones_are_refused() {
        let before = r#"{"flip_probability": 0.5, "shift_px": 40, "gain": 0.05, "lesion_probability": 0.3,
            "anywhere_probability": 0.1}"#;
        assert_eq!(serde_json::from_str::<Augmentation>(before).unwrap(), Augmentation::default());
        for wild in [
            Augmentation { rotation_degrees: 90.0, ..Augmentation::default() },
            Augmentation { elastic_px: 40.0, ..Augmentation::default() },
            Augmentation { lateral_stretch: f32::NAN, ..Augmentation::default() },
            Augmentation { speckle: -0.1, ..Augmentation::default() },
        ] {
            assert!(wild.check().unwrap_err().contains("expected 0 to"), "{wild:?}");
        }
    }
}
