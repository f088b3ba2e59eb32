//! Growing and shrinking a region by a distance, which may differ along x and y: pixels are seldom square
//! in micrometres.

use super::Region;
use crate::scan::Rect;

/// The pixels within an ellipse of `radii` (pixels along x, y) around any pixel of the region.
pub fn grown(region: &Region, radii: [f32; 2], width: u32, height: u32) -> Region {
    let element = ellipse_runs(radii);
    let mut runs = Vec::with_capacity(region.runs().len() * element.len());
    for &(y, x0, x1) in region.runs() {
        for &(dy, half) in &element {
            let row = i64::from(y) + i64::from(dy);
            if (0..i64::from(height)).contains(&row) {
                runs.push((row as u32, x0.saturating_sub(half), (x1 + half).min(width)));
            }
        }
    }
    Region::from_runs(runs)
}

/// The pixels of the region farther than an ellipse of `radii` from every pixel outside it. The edge of the
/// image counts as inside: a lesion cut by it does not shrink away from it.
pub fn shrunk(region: &Region, radii: [f32; 2], width: u32, height: u32) -> Region {
    let margin = (radii[0].max(radii[1]).max(0.0).ceil() as u32).saturating_add(1);
    let bounds = region.bounds().grown(margin, width, height);
    let outside = complement(region, bounds);
    let eaten = grown(&outside, radii, width, height);
    region.filtered(|x, y| !eaten.contains(x, y))
}

/// The pixels of `bounds` outside a region.
fn complement(region: &Region, bounds: Rect) -> Region {
    let bits = region.to_bits(bounds);
    let across = bounds.width() as usize;
    Region::from_pixels(bounds, |x, y| {
        bits[(y - bounds.y0) as usize * across + (x - bounds.x0) as usize] == 0
    })
}

/// Rows of the ellipse: (dy, half width in pixels).
fn ellipse_runs(radii: [f32; 2]) -> Vec<(i32, u32)> {
    let [rx, ry] = radii.map(|radius| if radius.is_finite() { radius.clamp(0.0, 1000.0) } else { 0.0 });
    let rows = ry.floor() as i32;
    (-rows..=rows)
        .map(|dy| {
            let share = if ry > 0.0 { dy as f32 / ry } else { 0.0 };
            (dy, (rx * (1.0 - share * share).max(0.0).sqrt()).floor() as u32)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disc(radius: f32) -> Region {
        Region::from_runs(crate::mask::capsule_runs([30.5, 30.5], [30.5, 30.5], radius, 60, 60).collect())
    }

    #[test]
    fn a_disc_grows_to_a_larger_disc_and_shrinks_back() {
        let (small, large) = (disc(8.0), grown(&disc(8.0), [5.0, 5.0], 60, 60));
        let expected = disc(13.0).pixel_count() as f64;
        assert!((large.pixel_count() as f64 - expected).abs() / expected < 0.06);
        let back = shrunk(&large, [5.0, 5.0], 60, 60);
        // Closing a convex shape returns it.
        assert_eq!(back, small);
    }

    #[test]
    fn each_axis_has_its_own_distance_and_the_image_ends() {
        let pixel = Region::from_runs(vec![(2, 3, 4)]);
        assert_eq!(grown(&pixel, [4.0, 1.0], 6, 9).bounds(), Rect::new(0, 1, 6, 4));
        assert_eq!(grown(&pixel, [0.0, 0.0], 6, 9), pixel);
        let at_edge = Region::from_runs((0..5).map(|y| (y, 0, 5)).collect());
        assert_eq!(shrunk(&at_edge, [1.0, 1.0], 20, 20).bounds(), Rect::new(0, 0, 4, 4));
    }

    #[test]
    fn what_is_thinner_than_the_distance_vanishes() {
        assert!(shrunk(&disc(4.0), [6.0, 6.0], 60, 60).is_empty());
    }
}
