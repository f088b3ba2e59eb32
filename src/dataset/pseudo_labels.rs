//! Labels for scans that nobody annotated: what the auto-trace is sure of.
//!
//! They are never taken for a grader's: the manifest marks them, training takes them only where its configuration
//! says so, and nothing is validated or evaluated on them. The trace finds layers, not lesions: fluid in such a scan
//! is labelled as the layers around it.

use crate::anatomy::UNANNOTATED;
use crate::mask::Interfaces;
use crate::mask::trace::{Trace, trace_between};
use crate::scan::BScan;

/// Below this confidence of any of its interfaces a column is unsure, as the studio shows it.
const UNSURE: f32 = 0.45;
/// Unsure segments shorter than this are taken for sure: a line does not get lost between two places that it is
/// sure of.
const SHORTEST_COLUMNS: usize = 6;
/// Scans of which a smaller part is sure are left without labels.
const LEAST_SURE: f64 = 0.25;

/// Composite codes of the layers as they are traced, 255 in columns that the trace is unsure of; `None` where it finds
/// no retina, or is sure of less than a quarter of the columns. Lines that the device drew are kept.
pub fn pseudo_labels(scan: &BScan, device_lines: Option<&Interfaces>) -> Option<Vec<u8>> {
    let unknown = Interfaces::unknown(scan.width());
    let known = device_lines.filter(|lines| lines.width() == scan.width()).unwrap_or(&unknown);
    // Nobody cancels it.
    let traced = trace_between(scan, known, &|| false).ok()?;
    let sure = sure_columns(&traced);
    let count = sure.iter().filter(|&&is_sure| is_sure).count();
    if (count as f64) < LEAST_SURE * sure.len() as f64 {
        return None;
    }
    let mut codes = traced.interfaces.rasterised(scan.height()).to_pixels();
    for (code, is_sure) in codes.iter_mut().zip(sure.iter().cycle()) {
        if !is_sure {
            *code = UNANNOTATED;
        }
    }
    Some(codes)
}

fn sure_columns(traced: &Trace) -> Vec<bool> {
    let width = traced.interfaces.width() as usize;
    let is_traced = |x: usize| traced.interfaces.rows.iter().all(|line| line[x].is_finite());
    let mut sure: Vec<bool> =
        (0..width).map(|x| is_traced(x) && traced.confidence.iter().all(|line| line[x] >= UNSURE)).collect();
    let mut x = 0;
    while x < width {
        let end = (x..width).find(|&x| sure[x]).unwrap_or(width);
        let is_short_gap = x > 0 && end < width && end - x < SHORTEST_COLUMNS && (x..end).all(is_traced);
        if is_short_gap {
            sure[x..end].fill(true);
        }
        x = end + 1;
    }
    sure
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::noise::Rng;
    use crate::scan::GreyImage;

    #[test]
    fn gaps_are_bridged_and_long_doubts_are_kept() {
        let mut interfaces = Interfaces::unknown(40);
        for (k, line) in interfaces.rows.iter_mut().enumerate() {
            line.fill(4.0 * k as f32);
        }
        interfaces.rows[1][36] = f32::NAN;
        let mut confidence: [Vec<f32>; 8] = std::array::from_fn(|_| vec![0.9; 40]);
        confidence[2][5..20].fill(0.1);
        confidence[4][30..33].fill(0.0);
        let sure = sure_columns(&Trace { interfaces, confidence });
        let unsure: Vec<usize> = (0..40).filter(|&x| !sure[x]).collect();
        assert_eq!(unsure, (5..20).chain([36]).collect::<Vec<_>>());
    }

    #[test]
    fn what_shows_no_retina_is_left_without_labels() {
        let black = BScan::from_image(GreyImage::new(96, 64, vec![0; 96 * 64]), "black");
        assert_eq!(pseudo_labels(&black, None), None);
        let mut rng = Rng::new(1, 0, 0);
        let noise: Vec<u8> = (0..96 * 64).map(|_| rng.below(200) as u8).collect();
        let noise = BScan::from_image(GreyImage::new(96, 64, noise), "noise");
        // Whatever it makes of noise, it is sure of little: most of it stays unannotated.
        let labelled = pseudo_labels(&noise, None)
            .map_or(0, |codes| codes.iter().filter(|&&code| code != UNANNOTATED).count());
        assert!(labelled < 96 * 64 / 2, "{labelled}");
    }
}
