//! How far the strongest edges of a picture lie from the interfaces of its mask.

use crate::anatomy::{ABOVE_ILM, BELOW_BM, Interface, UNANNOTATED};
use crate::scan::GreyImage;

/// Speckle is smoothed before edges are looked for: standard deviations in pixels.
const LATERAL_SIGMA_PX: f64 = 4.0;
const AXIAL_SIGMA_PX: f64 = 1.0;
/// Rows above and below the mask's interface in which the strongest edge is looked for.
const SEARCH_PX: usize = 15;
/// The same at inner interfaces: some of their layers are but 8 px thick.
const INNER_SEARCH_PX: usize = 4;
/// Gaussian kernels reach this many standard deviations.
const KERNEL_REACH: f64 = 4.0;

/// The interfaces whose edges are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// Dark vitreous above bright nerve fibres.
    Ilm,
    /// Bright nerve fibres above darker ganglion cells.
    NflGcl,
    /// Bright inner plexiform layer above darker nuclei.
    IplInl,
    /// Dark nuclei above the bright outer plexiform layer.
    InlOpl,
    /// Bright outer plexiform layer above darker nuclei.
    OplOnl,
    /// Bright pigment epithelium above darker choroid.
    Bm,
}

impl Edge {
    /// Those inside the retina, which a soft picture loses first.
    pub const INNER: [Edge; 4] = [Edge::NflGcl, Edge::IplInl, Edge::InlOpl, Edge::OplOnl];

    /// The field's short name.
    pub fn name(self) -> &'static str {
        self.interface().name()
    }

    fn interface(self) -> Interface {
        match self {
            Edge::Ilm => Interface::Ilm,
            Edge::NflGcl => Interface::NflGcl,
            Edge::IplInl => Interface::IplInl,
            Edge::InlOpl => Interface::InlOpl,
            Edge::OplOnl => Interface::OplOnl,
            Edge::Bm => Interface::Bm,
        }
    }

    /// Whether grey rises from the layer above to the one below.
    fn rises(self) -> bool {
        matches!(self, Edge::Ilm | Edge::InlOpl)
    }

    fn search_px(self) -> usize {
        if matches!(self, Edge::Ilm | Edge::Bm) { SEARCH_PX } else { INNER_SEARCH_PX }
    }
}

/// For every column in which the mask shows the interface and its surroundings are `valid`: the distance
/// in pixels from the mask's interface to the strongest edge of its polarity within 15 px (4 px of inner interfaces).
pub fn edge_distances(image: &GreyImage, labels: &[u8], valid: &[bool], edge: Edge) -> Vec<f64> {
    let [found] = strongest_edges(image, labels, valid, [edge]);
    found.into_iter().map(|found| found.distance_px).collect()
}

/// The height of those edges: the step from one row to the next in grey levels, after the same smoothing. A
/// blurred picture has low ones.
pub fn edge_heights(image: &GreyImage, labels: &[u8], valid: &[bool], edge: Edge) -> Vec<f64> {
    let [found] = strongest_edges(image, labels, valid, [edge]);
    found.into_iter().map(|found| found.height).collect()
}

/// The strongest edge of one column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StrongestEdge {
    /// As [`edge_distances`] has it.
    pub distance_px: f64,
    /// As [`edge_heights`] has it.
    pub height: f64,
}

/// The strongest edges at several interfaces, column by column, in the columns that show the interface. The picture is
/// smoothed but once.
pub fn strongest_edges<const COUNT: usize>(
    image: &GreyImage,
    labels: &[u8],
    valid: &[bool],
    edges: [Edge; COUNT],
) -> [Vec<StrongestEdge>; COUNT] {
    assert!(image.pixels.len() == labels.len() && labels.len() == valid.len(), "planes of one size");
    let smooth = smoothed(image);
    edges.map(|edge| edges_of(&smooth, image.width as usize, labels, valid, edge))
}

fn edges_of(smooth: &[f64], width: usize, labels: &[u8], valid: &[bool], edge: Edge) -> Vec<StrongestEdge> {
    let height = labels.len() / width;
    (0..width)
        .filter_map(|x| {
            let row = interface_row(labels, width, x, edge)?;
            let low = row.saturating_sub(edge.search_px()).max(1);
            let high = (row + edge.search_px()).min(height - 1);
            if !(low - 1..=high).all(|y| valid[y * width + x]) {
                return None;
            }
            // The edge at row y lies between rows y - 1 and y, as the interface at row y does.
            let strength = |y: usize| {
                let step = smooth[y * width + x] - smooth[(y - 1) * width + x];
                if edge.rises() { step } else { -step }
            };
            let strongest =
                (low..=high).fold(low, |best, y| if strength(y) > strength(best) { y } else { best });
            Some(StrongestEdge { distance_px: strongest.abs_diff(row) as f64, height: strength(strongest) })
        })
        .collect()
}

/// First row below the interface in a column; `None` where the column is not annotated or lacks it.
fn interface_row(labels: &[u8], width: usize, x: usize, edge: Edge) -> Option<usize> {
    let height = labels.len() / width;
    let code = |y: usize| labels[y * width + x];
    if (0..height).any(|y| code(y) == UNANNOTATED) {
        return None;
    }
    let first = (0..height).find(|&y| code(y) != ABOVE_ILM)?;
    let last = (0..height).rev().find(|&y| code(y) != BELOW_BM)?;
    let row = match edge {
        Edge::Ilm => first,
        Edge::Bm => last + 1,
        // Where both layers are there; a lesion between them hides the interface.
        inner => {
            let above = inner.interface().index() as u8;
            (first + 1..=last).find(|&y| code(y - 1) == above && code(y) == above + 1)?
        }
    };
    (first > 0 && last + 1 < height && first <= last).then_some(row)
}

/// The middle value, the mean of the two middle ones for an even number; `None` of nothing.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        count if count % 2 == 1 => Some(values[middle]),
        _ => Some(0.5 * (values[middle - 1] + values[middle])),
    }
}

fn smoothed(image: &GreyImage) -> Vec<f64> {
    let (width, height) = (image.width as usize, image.height as usize);
    let grey: Vec<f64> = image.pixels.iter().map(|&grey| f64::from(grey)).collect();
    let across = convolved(&grey, &gaussian(LATERAL_SIGMA_PX), width, 1, height, width);
    convolved(&across, &gaussian(AXIAL_SIGMA_PX), height, width, width, 1)
}

/// Half of a Gaussian kernel, from its centre outwards; the whole sums to one.
fn gaussian(sigma: f64) -> Vec<f64> {
    let radius = (KERNEL_REACH * sigma + 0.5) as usize;
    let mut half: Vec<f64> = (0..=radius).map(|i| (-0.5 * (i as f64 / sigma).powi(2)).exp()).collect();
    let sum = half[0] + 2.0 * half[1..].iter().sum::<f64>();
    half.iter_mut().for_each(|weight| *weight /= sum);
    half
}

/// Convolves `lines` lines of `length` values that lie `step` apart; lines begin `line_step` apart. Ends are
/// reflected with the edge repeated.
fn convolved(
    values: &[f64],
    half: &[f64],
    length: usize,
    step: usize,
    lines: usize,
    line_step: usize,
) -> Vec<f64> {
    let reflected = |place: i64| {
        let place = place.rem_euclid(2 * length as i64);
        (if place < length as i64 { place } else { 2 * length as i64 - 1 - place }) as usize
    };
    let mut out = vec![0.0; values.len()];
    for line in 0..lines {
        let start = line * line_step;
        for at in 0..length {
            let mut sum = half[0] * values[start + at * step];
            for (distance, weight) in half.iter().enumerate().skip(1) {
                let before = reflected(at as i64 - distance as i64);
                let after = reflected(at as i64 + distance as i64);
                sum += weight * (values[start + before * step] + values[start + after * step]);
            }
            out[start + at * step] = sum;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_found_where_they_were_painted() {
        let (width, height) = (20, 60);
        let labels: Vec<u8> = (0..width * height)
            .map(|i| match i / width {
                0..20 => 0,
                20..40 => 4,
                _ => 8,
            })
            .collect();
        let painted: Vec<u8> = (0..width * height)
            .map(|i| match i / width {
                0..23 => 10,
                23..38 => 200,
                _ => 60,
            })
            .collect();
        let image = GreyImage::new(width as u32, height as u32, painted);
        let valid = vec![true; width * height];
        assert_eq!(edge_distances(&image, &labels, &valid, Edge::Ilm), [3.0; 20]);
        assert_eq!(edge_distances(&image, &labels, &valid, Edge::Bm), [2.0; 20]);
        // A step through a Gaussian of one pixel: its height times the middle of the kernel.
        for (edge, step) in [(Edge::Ilm, 190.0), (Edge::Bm, 140.0)] {
            let heights = edge_heights(&image, &labels, &valid, edge);
            assert!(heights.iter().all(|height| (height / step - 0.398_9).abs() < 2e-4), "{heights:?}");
        }
        assert!(edge_distances(&image, &vec![255; width * height], &valid, Edge::Bm).is_empty());
        assert!(edge_distances(&image, &labels, &vec![false; width * height], Edge::Ilm).is_empty());
    }

    #[test]
    fn medians() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }
}
