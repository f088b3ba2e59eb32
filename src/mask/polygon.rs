//! The pixels inside a closed line: what a lasso, a polygon or a parametric outline covers.

use super::Region;

/// The pixels of a `width` x `height` image whose centres lie inside the closed line through `points`
/// (image coordinates). A line that crosses itself encloses all it runs around (nonzero winding), so a
/// freehand loop that closes past its beginning leaves no hole. Points that are not finite are left out.
pub fn polygon_region(points: &[[f32; 2]], width: u32, height: u32) -> Region {
    let points: Vec<[f64; 2]> =
        points.iter().filter(|p| p.iter().all(|v| v.is_finite())).map(|p| p.map(f64::from)).collect();
    if points.len() < 3 {
        return Region::default();
    }
    let top = points.iter().map(|p| p[1]).fold(f64::INFINITY, f64::min).floor().max(0.0) as u32;
    let bottom = points.iter().map(|p| p[1]).fold(f64::NEG_INFINITY, f64::max).ceil().max(0.0);
    let bottom = (bottom.min(f64::from(height))) as u32;
    let mut runs = Vec::new();
    let mut crossings: Vec<(f64, i32)> = Vec::new();
    for y in top..bottom {
        let centre = f64::from(y) + 0.5;
        crossings.clear();
        for (a, b) in points.iter().zip(points.iter().cycle().skip(1)) {
            let down = a[1] <= centre && b[1] > centre;
            let up = b[1] <= centre && a[1] > centre;
            if down || up {
                let x = a[0] + (centre - a[1]) / (b[1] - a[1]) * (b[0] - a[0]);
                crossings.push((x, if down { 1 } else { -1 }));
            }
        }
        crossings.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut winding = 0;
        for pair in crossings.windows(2) {
            winding += pair[0].1;
            if winding != 0 {
                // Pixel x is inside when x + 0.5 lies in [left, right).
                let column = |x: f64| (x - 0.5).ceil().clamp(0.0, f64::from(width)) as u32;
                runs.push((y, column(pair[0].0), column(pair[1].0)));
            }
        }
    }
    Region::from_runs(runs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_covers_the_pixels_whose_centres_it_holds() {
        let square = [[1.0, 1.0], [4.0, 1.0], [4.0, 3.0], [1.0, 3.0]];
        assert_eq!(polygon_region(&square, 8, 8).runs(), [(1, 1, 4), (2, 1, 4)]);
        let reversed: Vec<_> = square.iter().rev().copied().collect();
        assert_eq!(polygon_region(&reversed, 8, 8), polygon_region(&square, 8, 8));
        assert_eq!(polygon_region(&square, 3, 2).runs(), [(1, 1, 3)]);
    }

    #[test]
    fn neighbours_share_no_pixel_and_leave_none_between_them() {
        // One quadrilateral cut along a slanted line.
        let left = [[2.0, 1.0], [9.3, 1.0], [6.1, 14.0], [2.0, 14.0]];
        let right = [[9.3, 1.0], [18.0, 1.0], [18.0, 14.0], [6.1, 14.0]];
        let whole = [[2.0, 1.0], [18.0, 1.0], [18.0, 14.0], [2.0, 14.0]];
        let [left, right, whole] = [left, right, whole].map(|points| polygon_region(&points, 20, 20));
        assert_eq!(left.pixel_count() + right.pixel_count(), whole.pixel_count());
        assert_eq!(left.union(&right), whole);
    }

    #[test]
    fn a_loop_that_closes_past_its_beginning_has_no_hole() {
        let twice: Vec<[f32; 2]> = (0..100)
            .map(|i| {
                let angle = i as f32 / 100.0 * 1.3 * std::f32::consts::TAU;
                [20.0 + 10.0 * angle.cos(), 20.0 + 10.0 * angle.sin()]
            })
            .collect();
        assert!(polygon_region(&twice, 40, 40).contains(20, 20));
        assert!(polygon_region(&twice, 40, 40).contains(27, 23));
    }

    #[test]
    fn nonsense_encloses_nothing() {
        assert!(polygon_region(&[[f32::NAN, 0.0], [5.0, 5.0], [0.0, 5.0]], 9, 9).is_empty());
        assert!(polygon_region(&[[-9.0, -9.0], [-1.0, -9.0], [-5.0, -1.0]], 9, 9).is_empty());
        assert!(!polygon_region(&[[-1e30, -1e30], [1e30, -1e30], [0.0, 1e30]], 9, 9).is_empty());
    }
}
