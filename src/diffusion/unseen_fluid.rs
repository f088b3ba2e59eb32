//! Greys of fluid that a network has never been shown.
//!
//! The labelled scans at hand name one fluid, IRF, and a network that learned from them is given SRF and PED as if they
//! were IRF. It then draws a dome as bright as the ONL, for what it knows of IRF are small lumens among tissue. On real
//! scans SRF is about as dark as the vitreous and a serous PED hardly brighter, so their greys are multiplied by what is
//! missing. A network with a class of its own for either is left alone.

use crate::anatomy::{LESION_BASE, Lesion};
use crate::encoding::labels::LabelScheme;
use crate::mask::signed_distance;

/// What an inside drawn as IRF is multiplied by, of its grey above black: on designed domes of the bundled model (67 and
/// 71 of 255, ONL 63, vitreous 20) this gives 1.1 and 2 times the vitreous.
const SRF: f32 = 0.33;
const PED: f32 = 0.55;
/// Pixels from the painted edge inwards over which the inside becomes as dark as it is: a scan has no sharper edges.
const EDGE_PX: f32 = 2.0;

/// By what the grey above black of every pixel is multiplied, row-major: 1 but for SRF and PED. `None` where nothing is to
/// be done.
///
/// # Panics
/// If the codes are not `width * height`.
pub(super) fn factors(scheme: &LabelScheme, labels: &[u8], [width, height]: [u32; 2]) -> Option<Vec<f32>> {
    assert_eq!(labels.len(), width as usize * height as usize, "labels of a {width}x{height} grid");
    let mut found: Option<Vec<f32>> = None;
    for (lesion, darkest) in [(Lesion::Srf, SRF), (Lesion::Ped, PED)] {
        let code = LESION_BASE + lesion.code();
        let inside: Vec<bool> = labels.iter().map(|&label| label == code).collect();
        if !scheme.is_encoded_as_irf(lesion) || !inside.contains(&true) {
            continue;
        }
        let factors = found.get_or_insert_with(|| vec![1.0; labels.len()]);
        let distances = signed_distance(width, height, &inside, [1.0; 2]);
        for (factor, distance) in factors.iter_mut().zip(distances) {
            *factor *= 1.0 - (1.0 - darkest) * (-distance / EDGE_PX).clamp(0.0, 1.0);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::IRF;

    /// A square of 8 pixels of a code in 16 x 16 pixels of ONL.
    fn square(code: u8) -> Vec<u8> {
        let is_inside = |at: usize| (4..12).contains(&(at % 16)) && (4..12).contains(&(at / 16));
        (0..256).map(|at| if is_inside(at) { code } else { 5 }).collect()
    }

    #[test]
    fn fluid_that_no_scan_showed_becomes_dark_from_its_edge_inwards() {
        let scheme = LabelScheme::studio();
        for (lesion, darkest) in [(Lesion::Srf, SRF), (Lesion::Ped, PED)] {
            let labels = square(LESION_BASE + lesion.code());
            let factors = factors(&scheme, &labels, [16, 16]).expect("there is some");
            assert_eq!((factors[0], factors[8 * 16 + 3]), (1.0, 1.0), "nothing outside");
            // Half a pixel inside a quarter of the way, one and a half three quarters, then all.
            for (column, share) in [(4, 0.25), (5, 0.75), (6, 1.0), (8, 1.0)] {
                let expected = 1.0 - (1.0 - darkest) * share;
                assert!((factors[8 * 16 + column] - expected).abs() < 1e-6, "{lesion:?}, column {column}");
            }
        }
    }

    #[test]
    fn what_a_network_was_shown_is_left_alone() {
        assert_eq!(factors(&LabelScheme::studio(), &square(IRF), [16, 16]), None);
        let mut own_classes = LabelScheme::studio();
        own_classes.classes.pop();
        own_classes.classes.extend([9, 10, 11].map(|code| vec![code]));
        assert_eq!(factors(&own_classes, &square(10), [16, 16]), None);
    }
}
