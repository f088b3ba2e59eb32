//! Cutting training strips out of samples: place, flip, vertical shift, gain.
//!
//! Strips are as high as the scan, so that the share of retina in them, which the network's group norms
//! see, is that of whole scans. OCT has an up and a down: there is no vertical flip.

use serde::{Deserialize, Serialize};

use super::noise::Draws;
use super::samples::Sample;

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
}

impl Default for Augmentation {
    fn default() -> Self {
        Self {
            flip_probability: 0.5,
            shift_px: 40,
            gain: 0.05,
            lesion_probability: 0.3,
            anywhere_probability: 0.1,
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
    pub flip: bool,
    pub gain: f32,
}

impl Augmentation {
    /// Draws a cut of `columns` x `rows` pixels for a sample.
    pub fn draw(&self, sample: &Sample, columns: usize, rows: usize, draws: &mut Draws) -> Cut {
        let anywhere = draws.chance(self.anywhere_probability) || sample.annotated.is_empty();
        let span = if anywhere { 0..sample.width } else { sample.annotated.clone() };
        let on_lesion = draws.chance(self.lesion_probability) && !sample.lesion_columns.is_empty();
        let lesion = draws.below(sample.lesion_columns.len());
        let place = draws.below(span.len().saturating_sub(columns) + 1) as i64;
        let (low, high) = (span.start as i64, span.end as i64 - columns as i64);
        let x = if high < low {
            // Narrower than the strip: centred.
            (low + high) / 2
        } else if on_lesion {
            let within = draws.below(columns) as i64;
            (i64::from(sample.lesion_columns[lesion]) - within).clamp(low, high)
        } else {
            low + place
        };
        let spare_rows = sample.height.saturating_sub(rows);
        let shift = draws.below(2 * self.shift_px as usize + 1) as i64 - i64::from(self.shift_px);
        Cut {
            x,
            y: draws.below(spare_rows + 1) as i64 - shift,
            flip: draws.chance(self.flip_probability),
            gain: 1.0 + self.gain * (2.0 * draws.uniform() as f32 - 1.0),
        }
    }
}

/// A strip being filled: `rows` x `columns`, row-major.
#[derive(Debug)]
pub struct Strip<'a> {
    pub columns: usize,
    /// Grey values in [-1, 1].
    pub image: &'a mut [f32],
    /// Composite codes.
    pub labels: &'a mut [u8],
    /// 1 where the pixel may be learned from, else 0.
    pub counted: &'a mut [f32],
}

impl Cut {
    /// The plain cut at a place: no flip, no shift, no gain.
    pub fn at(x: usize) -> Self {
        Self { x: x as i64, y: 0, flip: false, gain: 1.0 }
    }

    /// Fills `strip`. Outside the sample the image is reflected (grain, not streaks), the labels repeat
    /// the edge, and nothing counts.
    ///
    /// # Panics
    /// If the strip's buffers differ in size or are not whole rows.
    pub fn fill(&self, sample: &Sample, strip: &mut Strip) {
        let columns = strip.columns;
        assert!(strip.image.len().is_multiple_of(columns), "whole rows");
        assert!(strip.image.len() == strip.labels.len() && strip.image.len() == strip.counted.len());
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
                strip.counted[at] = if inside && sample.counted[label_row + label_x] { 1.0 } else { 0.0 };
            }
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
            counted: vec![true; 48],
            annotated: 2..12,
            lesion_columns: vec![9],
        }
    }

    fn fill(cut: Cut, columns: usize, rows: usize) -> (Vec<f32>, Vec<u8>, Vec<f32>) {
        let mut out = (vec![0.0; columns * rows], vec![0; columns * rows], vec![0.0; columns * rows]);
        let mut strip = Strip { columns, image: &mut out.0, labels: &mut out.1, counted: &mut out.2 };
        cut.fill(&sample(), &mut strip);
        out
    }

    #[test]
    fn scan_and_mask_move_together() {
        let grey = |value: f32| ((value + 1.0) * 127.5).round() as usize / 5;
        let (image, labels, counted) = fill(Cut { x: 3, y: -1, flip: true, gain: 1.0 }, 4, 4);
        // Row 0 lies above the sample: reflected image, repeated label, not counted.
        assert_eq!(image[..4].iter().map(|&v| grey(v)).collect::<Vec<_>>(), [6, 5, 4, 3]);
        assert_eq!((labels[0], counted[0]), (0, 0.0));
        assert_eq!(image[8..12].iter().map(|&v| grey(v)).collect::<Vec<_>>(), [18, 17, 16, 15]);
        assert_eq!((labels[8], counted[8]), (1, 1.0));
    }

    #[test]
    fn cuts_stay_in_the_annotated_columns_and_find_lesions() {
        let augmentation =
            Augmentation { lesion_probability: 0.0, anywhere_probability: 0.0, ..Augmentation::default() };
        let focused = Augmentation { lesion_probability: 1.0, ..augmentation.clone() };
        let mut places = std::collections::HashSet::new();
        for event in 0..200 {
            let cut = augmentation.draw(&sample(), 4, 4, &mut Draws::new(1, 2, event));
            assert!((2..=8).contains(&cut.x) && cut.y.abs() <= 40 && (cut.gain - 1.0).abs() <= 0.05);
            places.insert(cut.x);
            let cut = focused.draw(&sample(), 4, 4, &mut Draws::new(1, 2, event));
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
            &mut Draws::new(0, 0, 0),
        );
        assert_eq!(cut.x, -2);
        let (_, _, counted) = fill(cut, 16, 8);
        assert_eq!(counted.iter().sum::<f32>(), 48.0);
    }
}
