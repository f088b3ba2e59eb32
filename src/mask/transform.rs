//! Moving, scaling and turning a region about a point.

use super::Region;
use crate::scan::Rect;

/// A similarity with a stretch: scale, then turn, then move, about a centre. Turning is done where the
/// pixels are `aspect` times as wide as high (lateral over axial micrometres), so a turned lesion keeps its
/// true shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// Fixed point of scaling and turning, in image coordinates.
    pub centre: [f32; 2],
    /// By how much it is moved, in pixels.
    pub offset: [f32; 2],
    /// Factors along x and y, before turning. Positive.
    pub scale: [f32; 2],
    /// Clockwise on the screen, in radians.
    pub angle: f32,
    /// Width of a pixel over its height: a turn is one of the eye, not of the pixels.
    pub aspect: f32,
}

impl Placement {
    /// Leaves everything where it is.
    pub fn identity(centre: [f32; 2], aspect: f32) -> Self {
        Self { centre, offset: [0.0, 0.0], scale: [1.0, 1.0], angle: 0.0, aspect }
    }

    /// Where a point goes.
    pub fn apply(&self, point: [f32; 2]) -> [f32; 2] {
        let (sin, cos) = self.angle.sin_cos();
        let x = (point[0] - self.centre[0]) * self.scale[0] * self.aspect;
        let y = (point[1] - self.centre[1]) * self.scale[1];
        [
            self.centre[0] + self.offset[0] + (x * cos - y * sin) / self.aspect,
            self.centre[1] + self.offset[1] + x * sin + y * cos,
        ]
    }

    /// Where a point comes from.
    pub fn invert(&self, point: [f32; 2]) -> [f32; 2] {
        let (sin, cos) = self.angle.sin_cos();
        let x = (point[0] - self.centre[0] - self.offset[0]) * self.aspect;
        let y = point[1] - self.centre[1] - self.offset[1];
        [
            self.centre[0] + (x * cos + y * sin) / (self.scale[0] * self.aspect),
            self.centre[1] + (y * cos - x * sin) / self.scale[1],
        ]
    }

    /// The region where it is placed, cut to `width` x `height`. Edges lie where half of a pixel is covered.
    ///
    /// # Panics
    /// If a scale or the aspect is not positive.
    pub fn place(&self, region: &Region, width: u32, height: u32) -> Region {
        assert!(self.scale[0] > 0.0 && self.scale[1] > 0.0 && self.aspect > 0.0, "{self:?} turns inside out");
        if region.is_empty() {
            return Region::default();
        }
        let from = region.bounds();
        let corners = [[from.x0, from.y0], [from.x1, from.y0], [from.x0, from.y1], [from.x1, from.y1]]
            .map(|corner| self.apply(corner.map(|v| v as f32)));
        let side = |axis: usize, pick: fn(f32, f32) -> f32| {
            corners.iter().map(|corner| corner[axis]).reduce(pick).unwrap_or(0.0)
        };
        let clamp = |v: f32, limit: u32| v.clamp(0.0, limit as f32) as u32;
        let to = Rect::new(
            clamp(side(0, f32::min).floor() - 1.0, width),
            clamp(side(1, f32::min).floor() - 1.0, height),
            clamp(side(0, f32::max).ceil() + 1.0, width),
            clamp(side(1, f32::max).ceil() + 1.0, height),
        );
        let bits = region.to_bits(from);
        let bit = |x: i64, y: i64| -> f32 {
            let (x, y) = (x - i64::from(from.x0), y - i64::from(from.y0));
            let inside =
                (0..i64::from(from.width())).contains(&x) && (0..i64::from(from.height())).contains(&y);
            if inside { f32::from(bits[y as usize * from.width() as usize + x as usize]) } else { 0.0 }
        };
        Region::from_pixels(to, |x, y| {
            let [u, v] = self.invert([x as f32 + 0.5, y as f32 + 0.5]).map(|at| at - 0.5);
            let (left, top) = (u.floor(), v.floor());
            let (across, down) = (u - left, v - top);
            let (left, top) = (left as i64, top as i64);
            let upper = bit(left, top) * (1.0 - across) + bit(left + 1, top) * across;
            let lower = bit(left, top + 1) * (1.0 - across) + bit(left + 1, top + 1) * across;
            // The tie of a shift by exactly half a pixel goes to one side, whatever rounding did.
            upper * (1.0 - down) + lower * down > 0.499
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob() -> Region {
        Region::from_runs((20..34).map(|y| (y, 30 - (y % 5), 50 + y / 3)).collect())
    }

    #[test]
    fn whole_pixel_moves_are_exact_and_come_back() {
        let region = blob();
        let identity = Placement::identity([40.0, 27.0], 2.5);
        assert_eq!(identity.place(&region, 100, 100), region);
        let moved = Placement { offset: [13.0, -7.0], ..identity }.place(&region, 100, 100);
        assert_eq!(moved.pixel_count(), region.pixel_count());
        assert_eq!(Placement { offset: [-13.0, 7.0], ..identity }.place(&moved, 100, 100), region);
    }

    #[test]
    fn area_follows_the_scale_and_not_the_angle() {
        let outline: Vec<[f32; 2]> = (0..60)
            .map(|i| (i as f32 / 60.0 * std::f32::consts::TAU).sin_cos())
            .map(|(sin, cos)| [80.0 + 22.0 * cos, 90.0 + (13.0 + 4.0 * cos) * sin])
            .collect();
        let region = crate::mask::polygon_region(&outline, 200, 200);
        let centre = region.centroid().expect("not empty");
        let area = region.pixel_count() as f32;
        for (scale, angle) in [([1.0, 1.0], 0.7), ([1.5, 0.8], -1.2), ([2.0, 2.0], 3.0)] {
            let placement = Placement { scale, angle, ..Placement::identity(centre, 1.7) };
            let placed = placement.place(&region, 200, 200).pixel_count() as f32;
            let expected = area * scale[0] * scale[1];
            assert!((placed / expected - 1.0).abs() < 0.05, "{placed} of {expected}");
        }
    }

    #[test]
    fn points_go_there_and_back() {
        let placement = Placement {
            centre: [10.0, 20.0],
            offset: [3.0, -4.0],
            scale: [1.4, 0.6],
            angle: 0.9,
            aspect: 2.9,
        };
        let back = placement.invert(placement.apply([33.0, 5.0]));
        assert!((back[0] - 33.0).abs() < 1e-3 && (back[1] - 5.0).abs() < 1e-3);
    }

    #[test]
    fn a_quarter_turn_swaps_sides_in_micrometres() {
        // 20 x 8 px of 2 x 1 um: 40 um wide and 8 um high, so turned 4 px wide and 40 px high.
        let region = Region::from_runs((51..59).map(|y| (y, 50, 70)).collect());
        let quarter =
            Placement { angle: std::f32::consts::FRAC_PI_2, ..Placement::identity([60.0, 55.0], 2.0) };
        let bounds = quarter.place(&region, 200, 200).bounds();
        assert_eq!((bounds.width(), bounds.height()), (4, 40));
    }
}
