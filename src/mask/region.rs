//! A set of pixels as horizontal runs: what a lasso encloses, a fill reaches, a cyst covers.

use super::Plane;
use crate::scan::Rect;

/// Which neighbours of a pixel belong together with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connectivity {
    /// Those that it shares a side with.
    Four,
    /// Those at its corners, too.
    Eight,
}

/// Pixels `(y, x0, x1)` with `x0..x1` half-open, ordered by row and column; runs neither touch nor overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Region {
    runs: Vec<(u32, u32, u32)>,
}

impl Region {
    /// A region from runs in any order, which may overlap.
    pub fn from_runs(mut runs: Vec<(u32, u32, u32)>) -> Self {
        runs.retain(|&(_, x0, x1)| x0 < x1);
        runs.sort_unstable();
        let mut merged: Vec<(u32, u32, u32)> = Vec::with_capacity(runs.len());
        for (y, x0, x1) in runs {
            match merged.last_mut() {
                Some(last) if last.0 == y && x0 <= last.2 => last.2 = last.2.max(x1),
                _ => merged.push((y, x0, x1)),
            }
        }
        Self { runs: merged }
    }

    /// The pixels of `bounds` that are accepted.
    pub fn from_pixels(bounds: Rect, accepted: impl Fn(u32, u32) -> bool) -> Self {
        let mut runs = Vec::new();
        for y in bounds.y0..bounds.y1 {
            let mut x = bounds.x0;
            while x < bounds.x1 {
                let start = x;
                while x < bounds.x1 && accepted(x, y) {
                    x += 1;
                }
                if start < x {
                    runs.push((y, start, x));
                }
                x += 1;
            }
        }
        Self { runs }
    }

    /// The runs, by row and column.
    pub fn runs(&self) -> &[(u32, u32, u32)] {
        &self.runs
    }

    /// Whether it holds no pixel.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Number of pixels.
    pub fn pixel_count(&self) -> u64 {
        self.runs.iter().map(|(_, x0, x1)| u64::from(x1 - x0)).sum()
    }

    /// The smallest rectangle around it.
    pub fn bounds(&self) -> Rect {
        self.runs.iter().fold(Rect::EMPTY, |all, &(y, x0, x1)| all.union(Rect::new(x0, y, x1, y + 1)))
    }

    /// Whether a pixel belongs to it.
    pub fn contains(&self, x: u32, y: u32) -> bool {
        let after = self.runs.partition_point(|&(row, x0, _)| (row, x0) <= (y, x));
        after > 0 && self.runs[after - 1].0 == y && x < self.runs[after - 1].2
    }

    /// The mean of the pixel centres, in image coordinates; `None` when empty.
    pub fn centroid(&self) -> Option<[f32; 2]> {
        let mut sums = [0.0_f64; 2];
        for &(y, x0, x1) in &self.runs {
            let length = f64::from(x1 - x0);
            sums[0] += length * (f64::from(x0) + f64::from(x1)) / 2.0;
            sums[1] += length * (f64::from(y) + 0.5);
        }
        let count = self.pixel_count() as f64;
        (count > 0.0).then(|| sums.map(|sum| (sum / count) as f32))
    }

    /// The pixels of both.
    pub fn union(&self, other: &Region) -> Region {
        Self::from_runs(self.runs.iter().chain(&other.runs).copied().collect())
    }

    /// The pixels that are accepted.
    pub fn filtered(&self, accepted: impl Fn(u32, u32) -> bool) -> Region {
        let mut runs = Vec::new();
        for &(y, x0, x1) in &self.runs {
            let row = Self::from_pixels(Rect::new(x0, y, x1, y + 1), &accepted);
            runs.extend(row.runs);
        }
        Self { runs }
    }

    /// Its pixels as bytes over `bounds`, row-major: 1 inside.
    pub fn to_bits(&self, bounds: Rect) -> Vec<u8> {
        let mut bits = vec![0; bounds.width() as usize * bounds.height() as usize];
        for &(y, x0, x1) in &self.runs {
            let (x0, x1) = (x0.max(bounds.x0), x1.min(bounds.x1));
            if (bounds.y0..bounds.y1).contains(&y) && x0 < x1 {
                let start = (y - bounds.y0) as usize * bounds.width() as usize;
                bits[start + (x0 - bounds.x0) as usize..start + (x1 - bounds.x0) as usize].fill(1);
            }
        }
        bits
    }

    /// For each column from `bounds().x0` on, the rows `first..end` that hold all of its pixels.
    pub fn column_hulls(&self) -> (u32, Vec<(u32, u32)>) {
        let bounds = self.bounds();
        let mut hulls = vec![(u32::MAX, 0); bounds.width() as usize];
        for &(y, x0, x1) in &self.runs {
            for hull in &mut hulls[(x0 - bounds.x0) as usize..(x1 - bounds.x0) as usize] {
                *hull = (hull.0.min(y), y + 1);
            }
        }
        (bounds.x0, hulls)
    }

    /// The connected pixels around `(x, y)` whose codes are like the one there.
    ///
    /// # Panics
    /// Outside the plane.
    pub fn connected(plane: &Plane, x: u32, y: u32, connectivity: Connectivity) -> Region {
        let code = plane.get(x, y);
        let inside = |x: u32, y: u32| plane.get(x, y) == code;
        Self::flooded([plane.width(), plane.height()], [x, y], connectivity, inside, |_| true)
            .unwrap_or_default()
    }

    /// All connected regions of pixels that share a wanted code, by their first pixel.
    pub fn components(plane: &Plane, wanted: impl Fn(u8) -> bool, connectivity: Connectivity) -> Vec<Region> {
        let (width, codes) = (plane.width(), plane.to_pixels());
        let mut is_seen = vec![false; codes.len()];
        let mut found = Vec::new();
        for (at, &code) in codes.iter().enumerate() {
            if is_seen[at] || !wanted(code) {
                continue;
            }
            let start = [at as u32 % width, at as u32 / width];
            let same = |x: u32, y: u32| codes[(y * width + x) as usize] == code;
            let size = [width, plane.height()];
            let region = Self::flooded(size, start, connectivity, same, |_| true).unwrap_or_default();
            region.fill(width, &mut is_seen);
            found.push(region);
        }
        found
    }

    /// Sets its pixels in a row-major plane of `width` columns.
    ///
    /// # Panics
    /// If it leaves the plane.
    pub fn fill(&self, width: u32, plane: &mut [bool]) {
        for &(y, x0, x1) in &self.runs {
            plane[(y * width + x0) as usize..(y * width + x1) as usize].fill(true);
        }
    }

    /// The connected pixels around `start` for which `inside(x, y)` holds, in an image of `size`. `None` as
    /// soon as a run `(y, x0, x1)` is not accepted. Runs are followed as a whole, so the cost is that of the
    /// pixels reached.
    pub fn flooded(
        size: [u32; 2],
        start: [u32; 2],
        connectivity: Connectivity,
        inside: impl Fn(u32, u32) -> bool,
        accepted: impl Fn((u32, u32, u32)) -> bool,
    ) -> Option<Region> {
        let [width, height] = size;
        if start[0] >= width || start[1] >= height || !inside(start[0], start[1]) {
            return Some(Self::default());
        }
        let index = |x: u32, y: u32| y as usize * width as usize + x as usize;
        let mut seen = vec![false; width as usize * height as usize];
        let mut runs = Vec::new();
        let mut waiting = vec![start];
        let reach = u32::from(connectivity == Connectivity::Eight);
        while let Some([x, y]) = waiting.pop() {
            if seen[index(x, y)] {
                continue;
            }
            let (mut x0, mut x1) = (x, x + 1);
            while x0 > 0 && inside(x0 - 1, y) {
                x0 -= 1;
            }
            while x1 < width && inside(x1, y) {
                x1 += 1;
            }
            seen[index(x0, y)..index(x0, y) + (x1 - x0) as usize].fill(true);
            if !accepted((y, x0, x1)) {
                return None;
            }
            runs.push((y, x0, x1));
            let (from, to) = (x0.saturating_sub(reach), (x1 + reach).min(width));
            let above = y.checked_sub(1);
            let below = (y + 1 < height).then_some(y + 1);
            for next in [above, below].into_iter().flatten() {
                let mut was_inside = false;
                for x in from..to {
                    let is_inside = !seen[index(x, next)] && inside(x, next);
                    if is_inside && !was_inside {
                        waiting.push([x, next]);
                    }
                    was_inside = is_inside;
                }
            }
        }
        Some(Self::from_runs(runs))
    }

    /// The lines between its pixels and the others, as pairs of pixel corners.
    pub fn outline(&self) -> Vec<[[u32; 2]; 2]> {
        let mut lines = Vec::new();
        for &(y, x0, x1) in &self.runs {
            lines.push([[x0, y], [x0, y + 1]]);
            lines.push([[x1, y], [x1, y + 1]]);
            for (neighbour, edge) in [(y.checked_sub(1), y), (Some(y + 1), y + 1)] {
                let mut from = x0;
                let row = neighbour.map_or(&[][..], |row| self.row(row));
                for &(_, other0, other1) in row.iter().filter(|run| run.2 > x0 && run.1 < x1) {
                    if from < other0 {
                        lines.push([[from, edge], [other0, edge]]);
                    }
                    from = from.max(other1);
                }
                if from < x1 {
                    lines.push([[from, edge], [x1, edge]]);
                }
            }
        }
        lines
    }

    /// The runs of a row.
    fn row(&self, y: u32) -> &[(u32, u32, u32)] {
        let start = self.runs.partition_point(|run| run.0 < y);
        let end = self.runs.partition_point(|run| run.0 <= y);
        &self.runs[start..end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_share_a_code_and_are_told_by_their_first_pixel() {
        #[rustfmt::skip]
        let plane = Plane::from_pixels(4, 3, &[
            0, 9, 0, 0,
            0, 0, 9, 10,
            9, 0, 0, 0,
        ]);
        let counts = |connectivity| -> Vec<u64> {
            Region::components(&plane, |code| code > 8, connectivity)
                .iter()
                .map(Region::pixel_count)
                .collect()
        };
        let sizes = [Connectivity::Eight, Connectivity::Four].map(counts);
        assert_eq!(sizes, [vec![2, 1, 1], vec![1, 1, 1, 1]]);
        let mut filled = vec![false; 12];
        Region::components(&plane, |code| code == 9, Connectivity::Eight)[0].fill(4, &mut filled);
        assert_eq!((0..12).filter(|&at| filled[at]).collect::<Vec<_>>(), [1, 6]);
    }

    #[test]
    fn runs_are_joined_and_found_again() {
        let region = Region::from_runs(vec![(3, 5, 9), (1, 2, 2), (3, 9, 11), (3, 1, 3), (2, 0, 1)]);
        assert_eq!(region.runs(), [(2, 0, 1), (3, 1, 3), (3, 5, 11)]);
        assert_eq!(region.pixel_count(), 9);
        assert_eq!(region.bounds(), Rect::new(0, 2, 11, 4));
        for (x, y, inside) in [(0, 2, true), (1, 2, false), (3, 3, false), (10, 3, true), (11, 3, false)] {
            assert_eq!(region.contains(x, y), inside, "({x}, {y})");
        }
        let bounds = region.bounds();
        let bits = region.to_bits(bounds);
        assert_eq!(Region::from_pixels(bounds, |x, y| bits[((y - 2) * 11 + x) as usize] == 1), region);
    }

    #[test]
    fn a_flood_stays_inside_one_code_and_touches_corners_only_when_told() {
        let plane = Plane::from_pixels(4, 3, &[1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1]);
        assert_eq!(Region::connected(&plane, 0, 0, Connectivity::Four).runs(), [(0, 0, 2)]);
        assert_eq!(
            Region::connected(&plane, 0, 0, Connectivity::Eight).runs(),
            [(0, 0, 2), (1, 2, 4), (2, 3, 4)]
        );
        assert_eq!(Region::connected(&plane, 3, 0, Connectivity::Four).pixel_count(), 2);
    }

    #[test]
    fn a_flood_that_is_not_accepted_is_given_up() {
        let found = Region::flooded([5, 5], [2, 2], Connectivity::Four, |_, _| true, |(_, x0, _)| x0 > 0);
        assert_eq!(found, None);
    }

    #[test]
    fn the_outline_has_the_length_of_the_border() {
        let region = Region::from_runs(vec![(1, 1, 4), (2, 1, 2), (2, 3, 4), (3, 1, 4)]);
        let length: u32 =
            region.outline().iter().map(|[a, b]| a[0].abs_diff(b[0]) + a[1].abs_diff(b[1])).sum();
        // A ring of 3 x 3 pixels: 12 outside, 4 around the hole.
        assert_eq!(length, 16);
    }

    #[test]
    fn the_hull_of_a_column_spans_its_gaps() {
        let region = Region::from_runs(vec![(1, 4, 6), (4, 5, 6)]);
        assert_eq!(region.column_hulls(), (4, vec![(1, 2), (1, 5)]));
    }
}
