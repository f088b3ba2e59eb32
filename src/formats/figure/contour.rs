//! The border of a label as closed lines, drawn as people draw them: without the steps of pixels.
//!
//! Steps are cut at their corners, by at most half of either side: a slope of one row in five columns becomes a
//! straight line, and no point moves by more than half a pixel across the border.

use crate::mask::Mask;

/// A corner is cut at most so many pixels from it.
const LONGEST_CUT: f64 = 3.0;

/// Directions clockwise, y downwards.
const STEPS: [[i64; 2]; 4] = [[1, 0], [0, 1], [-1, 0], [0, -1]];

/// Closed lines around the pixels of one code; with even-odd filling they are its area. Points are in pixels.
pub(super) fn contours(codes: &[u8], size: [u32; 2], code: u8) -> Vec<Vec<[f64; 2]>> {
    let corners = Corners::of(codes, size, code);
    corners.loops().iter().map(|corners| smoothed(corners, size)).collect()
}

/// The codes that occur in a mask.
pub(super) fn codes_present(mask: &Mask) -> [bool; 256] {
    let mut present = [false; 256];
    mask.composite_pixels().iter().for_each(|&code| present[usize::from(code)] = true);
    present
}

/// Which border edges leave every corner of a pixel: a bit for each of [`STEPS`].
struct Corners {
    leaving: Vec<u8>,
    across: i64,
}

impl Corners {
    fn of(codes: &[u8], [width, height]: [u32; 2], code: u8) -> Self {
        let (width, height) = (i64::from(width), i64::from(height));
        let inside = |x: i64, y: i64| {
            (0..width).contains(&x) && (0..height).contains(&y) && codes[(y * width + x) as usize] == code
        };
        let across = width + 1;
        let mut leaving = vec![0_u8; (across * (height + 1)) as usize];
        for y in 0..height {
            for x in (0..width).filter(|&x| inside(x, y)) {
                // The inside lies to the right of every edge.
                let edges = [
                    (x, y - 1, x, y, 0),
                    (x + 1, y, x + 1, y, 1),
                    (x, y + 1, x + 1, y + 1, 2),
                    (x - 1, y, x, y + 1, 3),
                ];
                for (nx, ny, from_x, from_y, step) in edges {
                    if !inside(nx, ny) {
                        leaving[(from_y * across + from_x) as usize] |= 1 << step;
                    }
                }
            }
        }
        Self { leaving, across }
    }

    /// Closed lines through corners where they turn.
    fn loops(mut self) -> Vec<Vec<[i64; 2]>> {
        let mut loops = Vec::new();
        for start in 0..self.leaving.len() {
            while self.leaving[start] != 0 {
                loops.push(self.walk(start));
            }
        }
        loops
    }

    fn walk(&mut self, start: usize) -> Vec<[i64; 2]> {
        let mut turns = Vec::new();
        let mut at = start;
        let mut step = self.leaving[start].trailing_zeros() as usize;
        let first = step;
        loop {
            self.leaving[at] &= !(1 << step);
            at = (at as i64 + STEPS[step][0] + STEPS[step][1] * self.across) as usize;
            let here = [at as i64 % self.across, at as i64 / self.across];
            if at == start {
                // A loop that meets itself here becomes two: together they hold the same area.
                if step != first {
                    turns.push(here);
                }
                return turns;
            }
            // Right turns first: pixels that touch at a corner stay apart.
            let next = [(step + 1) % 4, step, (step + 3) % 4]
                .into_iter()
                .find(|&next| self.leaving[at] & (1 << next) != 0);
            let Some(next) = next else { return turns };
            if next != step {
                turns.push(here);
            }
            step = next;
        }
    }
}

/// Corners cut; those on the image's border stay.
fn smoothed(corners: &[[i64; 2]], [width, height]: [u32; 2]) -> Vec<[f64; 2]> {
    let count = corners.len();
    let on_border =
        |p: [i64; 2]| p[0] == 0 || p[1] == 0 || p[0] == i64::from(width) || p[1] == i64::from(height);
    let as_point = |p: [i64; 2]| [p[0] as f64, p[1] as f64];
    let mut points: Vec<[f64; 2]> = Vec::with_capacity(2 * count);
    for (i, &corner) in corners.iter().enumerate() {
        if on_border(corner) {
            points.push(as_point(corner));
            continue;
        }
        for other in [corners[(i + count - 1) % count], corners[(i + 1) % count]] {
            let length = ((other[0] - corner[0]).abs() + (other[1] - corner[1]).abs()) as f64;
            let share = (length / 2.0).min(LONGEST_CUT) / length.max(1.0);
            let [x, y] = as_point(corner);
            let point = [x + (other[0] as f64 - x) * share, y + (other[1] as f64 - y) * share];
            if points.last() != Some(&point) {
                points.push(point);
            }
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twice the signed area within a closed line.
    fn area(points: &[[f64; 2]]) -> f64 {
        let next = points.iter().cycle().skip(1);
        points.iter().zip(next).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f64>() / 2.0
    }

    #[test]
    fn borders_are_closed_and_hold_the_area() {
        // A ring of 9 about a hole, and a pixel that touches it at a corner.
        #[rustfmt::skip]
        let codes = [
            0, 0, 0, 0, 0, 0,
            0, 9, 9, 9, 0, 0,
            0, 9, 0, 9, 0, 0,
            0, 9, 9, 9, 0, 0,
            0, 0, 0, 0, 9, 0,
            0, 0, 0, 0, 0, 0,
        ];
        let corners = Corners::of(&codes, [6, 6], 9).loops();
        assert_eq!(corners.iter().map(Vec::len).collect::<Vec<_>>(), [4, 4, 4]);
        let exact = |corners: &[[i64; 2]]| {
            area(&corners.iter().map(|p| [p[0] as f64, p[1] as f64]).collect::<Vec<_>>())
        };
        assert_eq!(corners.iter().map(|c| exact(c)).collect::<Vec<_>>(), [9.0, -1.0, 1.0]);
        // The whole image keeps its corners.
        assert_eq!(area(&contours(&[7; 12], [4, 3], 7)[0]), 12.0);
        assert!(contours(&codes, [6, 6], 3).is_empty());
    }

    #[test]
    fn a_slope_becomes_straight() {
        let (width, height) = (40, 12);
        let codes: Vec<u8> =
            (0..height).flat_map(|y| (0..width).map(move |x| u8::from(y >= 2 + x / 5))).collect();
        let points = &contours(&codes, [width, height], 1)[0];
        for p in points.iter().filter(|p| p[0] > 3.0 && p[0] < 37.0 && p[1] < 11.0) {
            let line = 2.0 + (p[0] - 2.5) / 5.0;
            assert!((p[1] - line).abs() < 0.51, "{p:?} is far from {line}");
        }
        assert!((area(points) - codes.iter().map(|&c| f64::from(c)).sum::<f64>()).abs() < 4.0);
    }
}
