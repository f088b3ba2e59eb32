//! The picture of the fundus that an instrument takes with a volume, and where each B-scan lies on it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::GreyImage;

/// Where a B-scan lies on a localizer, in its image coordinates (0.5 is the middle of the first pixel).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScanLine {
    /// Of the first A-scan, across and down.
    pub start: [f32; 2],
    /// Of the last A-scan.
    pub end: [f32; 2],
}

impl ScanLine {
    /// A line, or `None` unless both ends are finite.
    pub fn checked(start: [f32; 2], end: [f32; 2]) -> Option<Self> {
        let is_finite = |point: [f32; 2]| point.iter().all(|value| value.is_finite());
        (is_finite(start) && is_finite(end)).then_some(Self { start, end })
    }

    /// How far a point lies from the line, in pixels.
    pub fn distance(self, point: [f32; 2]) -> f32 {
        let along = [self.end[0] - self.start[0], self.end[1] - self.start[1]];
        let from_start = [point[0] - self.start[0], point[1] - self.start[1]];
        let length_squared = along[0] * along[0] + along[1] * along[1];
        let dot = from_start[0] * along[0] + from_start[1] * along[1];
        let share = if length_squared > 0.0 { (dot / length_squared).clamp(0.0, 1.0) } else { 0.0 };
        (from_start[0] - share * along[0]).hypot(from_start[1] - share * along[1])
    }

    /// Whether any of the line's middle third lies on an image.
    fn is_on(self, image: &GreyImage) -> bool {
        (1..=3).any(|quarter| {
            let share = quarter as f32 / 4.0;
            let at = |k: usize| self.start[k] + share * (self.end[k] - self.start[k]);
            (0.0..=image.width as f32).contains(&at(0)) && (0.0..=image.height as f32).contains(&at(1))
        })
    }
}

/// A localizer (SLO or fundus picture) with the lines of the B-scans that were taken with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Localizer {
    /// The fundus as the instrument showed it.
    pub image: GreyImage,
    /// One a B-scan of its volume, in order; `None` where the file does not say.
    pub lines: Arc<[Option<ScanLine>]>,
}

impl Localizer {
    /// A localizer; lines that lie beside the picture belong to another one and are left out.
    pub fn new(image: GreyImage, lines: impl IntoIterator<Item = Option<ScanLine>>) -> Self {
        let lines = lines.into_iter().map(|line| line.filter(|line| line.is_on(&image))).collect();
        Self { image, lines }
    }

    /// How many B-scans have a line on the picture.
    pub fn known_lines(&self) -> usize {
        self.lines.iter().flatten().count()
    }

    /// The B-scan whose line lies nearest to a point, if it is not further away than `within` pixels.
    pub fn nearest(&self, point: [f32; 2], within: f32) -> Option<usize> {
        let lines = self.lines.iter().enumerate();
        let distances = lines.filter_map(|(index, line)| Some((index, line.as_ref()?.distance(point))));
        let nearest = distances.min_by(|(_, a), (_, b)| a.total_cmp(b))?;
        (nearest.1 <= within).then_some(nearest.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_line_is_found_and_lines_beside_the_picture_are_left_out() {
        let image = GreyImage::new(100, 80, vec![0; 8000]);
        let line = |y: f32| ScanLine::checked([10.0, y], [90.0, y]);
        let localizer = Localizer::new(image, [line(10.0), None, line(30.0), line(500.0)]);
        assert_eq!(localizer.known_lines(), 2);
        assert_eq!(localizer.nearest([50.0, 22.0], 10.0), Some(2));
        assert_eq!(localizer.nearest([50.0, 12.0], 10.0), Some(0));
        assert_eq!(localizer.nearest([50.0, 70.0], 10.0), None, "too far from every line");
        assert_eq!(localizer.nearest([97.0, 10.0], 10.0), Some(0), "beyond its end");
        assert_eq!(ScanLine::checked([f32::NAN, 0.0], [1.0, 1.0]), None);
        let point = ScanLine { start: [3.0, 4.0], end: [3.0, 4.0] };
        assert_eq!(point.distance([0.0, 0.0]), 5.0, "a line without length");
    }
}
