//! The swept brush: which pixels a round brush covers on its way between two pointer samples.
//!
//! A capsule instead of dots: a fast stroke leaves no gaps, whatever the distance of the samples.
//! Image coordinates: pixel (x, y) covers `[x, x+1) x [y, y+1)`, its centre is (x + 0.5, y + 0.5).

/// The horizontal runs `(y, x0, x1)` (half-open, inside `width` x `height`, one a row, rows ascending)
/// of the pixels a brush of `radius` covers between `from` and `to` (x, y in image coordinates).
///
/// A pixel is covered when its centre is within the radius of the segment, or when the segment itself
/// passes through it: the thinnest brush still draws an unbroken line. Coordinates that are not finite
/// cover nothing.
pub fn capsule_runs(from: [f32; 2], to: [f32; 2], radius: f32, width: u32, height: u32) -> CapsuleRuns {
    let finite = [from[0], from[1], to[0], to[1], radius].iter().all(|value| value.is_finite());
    let a = from.map(f64::from);
    let b = to.map(f64::from);
    let radius = f64::from(radius.max(0.0));
    let (next_y, end_y) = if finite && width > 0 {
        let top = (a[1].min(b[1]) - radius).floor() - 1.0;
        let bottom = (a[1].max(b[1]) + radius).ceil() + 1.0;
        (clamp_to(top, height), clamp_to(bottom, height))
    } else {
        (0, 0)
    };
    CapsuleRuns { a, b, radius, width, next_y, end_y }
}

/// Iterator of [`capsule_runs`].
#[derive(Clone, Debug)]
pub struct CapsuleRuns {
    a: [f64; 2],
    b: [f64; 2],
    radius: f64,
    width: u32,
    next_y: u32,
    end_y: u32,
}

impl Iterator for CapsuleRuns {
    type Item = (u32, u32, u32);

    fn next(&mut self) -> Option<Self::Item> {
        while self.next_y < self.end_y {
            let y = self.next_y;
            self.next_y += 1;
            if let Some((x0, x1)) = self.row(y) {
                return Some((y, x0, x1));
            }
        }
        None
    }
}

impl CapsuleRuns {
    /// The covered run of one row. A capsule is convex, so one run is all there is.
    fn row(&self, y: u32) -> Option<(u32, u32)> {
        let (mut first, mut end) = (self.width, 0);
        let mut cover = |x0: f64, x1: f64| {
            if x0 < x1 {
                first = first.min(clamp_to(x0, self.width));
                end = end.max(clamp_to(x1, self.width));
            }
        };
        if let Some((left, right)) = self.chord(f64::from(y) + 0.5) {
            cover((left - 0.5).ceil(), (right - 0.5).floor() + 1.0);
        }
        if let Some((left, right)) = self.segment_within(f64::from(y)) {
            cover(left.floor(), right.floor() + 1.0);
        }
        (first < end).then_some((first, end))
    }

    /// The interval of x the capsule covers at height `y`: the hull of both end discs and the body.
    fn chord(&self, y: f64) -> Option<(f64, f64)> {
        let mut chord: Option<(f64, f64)> = None;
        let mut widen = |left: f64, right: f64| {
            chord = Some(chord.map_or((left, right), |(l, r)| (l.min(left), r.max(right))));
        };
        for end in [self.a, self.b] {
            let above = y - end[1];
            if above.abs() <= self.radius {
                let half = (self.radius * self.radius - above * above).sqrt();
                widen(end[0] - half, end[0] + half);
            }
        }
        let direction = [self.b[0] - self.a[0], self.b[1] - self.a[1]];
        let length = direction[0].hypot(direction[1]);
        if length > 0.0 {
            // In the frame of a: 0 <= along <= length and |across| <= radius, both linear in x.
            let unit = [direction[0] / length, direction[1] / length];
            let dy = y - self.a[1];
            let along = linear_interval(unit[0], dy * unit[1], 0.0, length);
            let across = linear_interval(-unit[1], dy * unit[0], -self.radius, self.radius);
            let (left, right) = (along.0.max(across.0), along.1.min(across.1));
            if left <= right {
                widen(self.a[0] + left, self.a[0] + right);
            }
        }
        chord
    }

    /// The interval of x through which the segment passes within the row `[y, y + 1)`.
    fn segment_within(&self, y: f64) -> Option<(f64, f64)> {
        let [(x_top, y_top), (x_bottom, y_bottom)] =
            if self.a[1] <= self.b[1] { [self.a, self.b] } else { [self.b, self.a] }.map(|p| (p[0], p[1]));
        if y_bottom < y || y_top >= y + 1.0 {
            return None;
        }
        let at = |row: f64| {
            if y_bottom > y_top {
                x_top + (x_bottom - x_top) * ((row - y_top) / (y_bottom - y_top)).clamp(0.0, 1.0)
            } else {
                x_top
            }
        };
        let (enters, leaves) = if y_bottom > y_top { (at(y), at(y + 1.0)) } else { (x_top, x_bottom) };
        Some((enters.min(leaves), enters.max(leaves)))
    }
}

/// The interval of `x` in which `low <= slope * x + offset <= high`; empty intervals have left > right.
fn linear_interval(slope: f64, offset: f64, low: f64, high: f64) -> (f64, f64) {
    if slope.abs() < 1e-12 {
        let everywhere = (low - 1e-9..=high + 1e-9).contains(&offset);
        return if everywhere { (f64::NEG_INFINITY, f64::INFINITY) } else { (1.0, -1.0) };
    }
    let (p, q) = ((low - offset) / slope, (high - offset) / slope);
    (p.min(q), p.max(q))
}

fn clamp_to(value: f64, limit: u32) -> u32 {
    value.clamp(0.0, f64::from(limit)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(from: [f32; 2], to: [f32; 2], radius: f32) -> Vec<(u32, u32)> {
        capsule_runs(from, to, radius, 40, 30).flat_map(|(y, x0, x1)| (x0..x1).map(move |x| (x, y))).collect()
    }

    fn distance_to_segment(p: [f32; 2], a: [f32; 2], b: [f32; 2]) -> f32 {
        let (d, v) = ([b[0] - a[0], b[1] - a[1]], [p[0] - a[0], p[1] - a[1]]);
        let squared = d[0] * d[0] + d[1] * d[1];
        let t = if squared > 0.0 { ((v[0] * d[0] + v[1] * d[1]) / squared).clamp(0.0, 1.0) } else { 0.0 };
        (v[0] - t * d[0]).hypot(v[1] - t * d[1])
    }

    #[test]
    fn covers_what_brute_force_covers() {
        for (from, to, radius) in [
            ([5.2, 6.1], [30.7, 20.3], 4.3),
            ([30.0, 3.0], [8.5, 3.0], 2.5),
            ([12.0, 25.0], [12.0, 2.0], 6.0),
            ([-8.0, -3.0], [50.0, 40.0], 3.2),
            ([20.0, 15.0], [20.0, 15.0], 9.4),
        ] {
            let covered = pixels(from, to, radius);
            for y in 0..30 {
                for x in 0..40 {
                    let distance = distance_to_segment([x as f32 + 0.5, y as f32 + 0.5], from, to);
                    if (distance - radius).abs() > 1e-3 {
                        assert_eq!(
                            covered.contains(&(x, y)),
                            distance < radius,
                            "({x}, {y}) {from:?} {to:?}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn the_thinnest_brush_paints_the_pixel_under_it() {
        assert_eq!(pixels([7.0, 9.0], [7.0, 9.0], 0.0), [(7, 9)]);
        assert_eq!(pixels([7.5, 9.5], [7.5, 9.5], 0.5), [(7, 9)]);
        assert_eq!(pixels([7.99, 9.99], [7.99, 9.99], 0.5), [(7, 9)]);
    }

    #[test]
    fn nonsense_coordinates_cover_nothing() {
        for bad in [f32::NAN, f32::INFINITY] {
            assert!(pixels([bad, 1.0], [3.0, 3.0], 2.0).is_empty());
            assert!(pixels([1.0, 1.0], [3.0, 3.0], bad).is_empty());
        }
        assert!(pixels([-100.0, -100.0], [-90.0, -90.0], 5.0).is_empty());
        assert!(!pixels([-1e30, 5.0], [1e30, 5.0], 1.0).is_empty());
    }
}
