//! Greys of fluid that a network has never been shown.
//!
//! The labelled scans at hand name one fluid, IRF, and a network that learned from them is given SRF and PED as if they
//! were IRF. It then draws a dome as bright as the ONL, for what it knows of IRF are small lumens among tissue. On real
//! scans SRF is about as dark as the vitreous and a serous PED hardly brighter, so their greys are multiplied by what is
//! missing. A network with a class of its own for either is left alone. The bright line beside them is
//! [`super::bright_line`]'s, and what a style leaves to be met [`super::dark_fluid`]'s.
//!
//! Lesion contrast is a power of the same factors, of a network that knows such fluid, too: how dark fluid is does not
//! depend on what lies around it.

use crate::anatomy::{LESION_BASE, Lesion};
use crate::encoding::labels::LabelScheme;
use crate::mask::signed_distance;

/// What an inside drawn as IRF is multiplied by, of its grey above black: on designed domes of the bundled model (67 and
/// 71 of 255, ONL 63, vitreous 20) this gives 1.1 and 2 times the vitreous.
const SRF: f32 = 0.33;
const PED: f32 = 0.55;
/// Pixels from the painted edge inwards over which the inside becomes as dark as it is: a scan has no sharper edges.
const EDGE_PX: f32 = 2.0;

/// The pixels of all SRF, or of all PED, of a mask.
pub(super) struct Inside {
    pub lesion: Lesion,
    /// How much of a factor every pixel gets, row-major: nothing outside, less towards the painted edge than farther in.
    pub weights: Vec<f32>,
}

/// The SRF and PED of composite codes, row-major, where there are any.
///
/// # Panics
/// If the codes are not `width * height`.
pub(super) fn insides(labels: &[u8], [width, height]: [u32; 2]) -> Vec<Inside> {
    assert_eq!(labels.len(), width as usize * height as usize, "labels of a {width}x{height} grid");
    let inside_of = |lesion: Lesion| {
        let code = LESION_BASE + lesion.code();
        let is_inside: Vec<bool> = labels.iter().map(|&label| label == code).collect();
        is_inside.contains(&true).then(|| {
            let distances = signed_distance(width, height, &is_inside, [1.0; 2]);
            let weights = distances.into_iter().map(|distance| (-distance / EDGE_PX).clamp(0.0, 1.0));
            Inside { lesion, weights: weights.collect() }
        })
    };
    [Lesion::Srf, Lesion::Ped].into_iter().filter_map(inside_of).collect()
}

/// By what the grey above black of every pixel is multiplied, row-major: 1 but for SRF and PED. `None` where nothing is to
/// be done. `share` of it, 0 to 1, where a network is told less of a mask; `contrast` is 1 as in scans.
pub(super) fn factors(
    scheme: &LabelScheme,
    insides: &[Inside],
    share: f64,
    contrast: f64,
) -> Option<Vec<f32>> {
    let share = share.clamp(0.0, 1.0) as f32;
    let mut found: Option<Vec<f32>> = None;
    for Inside { lesion, weights } in insides {
        let as_in_scans = lacked(*lesion);
        let known = if scheme.is_encoded_as_irf(*lesion) { 0.0 } else { 1.0 };
        let darkest = 1.0 + (as_in_scans.powf(contrast as f32 - known) - 1.0) * share;
        if darkest == 1.0 {
            continue;
        }
        let factors = found.get_or_insert_with(|| vec![1.0; weights.len()]);
        for (factor, weight) in factors.iter_mut().zip(weights) {
            *factor *= 1.0 - (1.0 - darkest) * weight;
        }
    }
    found
}

/// What an inside drawn as IRF is multiplied by to be as dark as the fluid is.
pub(super) fn lacked(lesion: Lesion) -> f32 {
    if lesion == Lesion::Ped { PED } else { SRF }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::IRF;

    /// Of the labels of 16 x 16 pixels.
    fn factors_of(scheme: &LabelScheme, labels: &[u8], share: f64, contrast: f64) -> Option<Vec<f32>> {
        factors(scheme, &insides(labels, [16, 16]), share, contrast)
    }

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
            let factors = factors_of(&scheme, &labels, 1.0, 1.0).expect("there is some");
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
        let of = |scheme: &LabelScheme, code| factors_of(scheme, &square(code), 1.0, 1.0);
        assert_eq!(of(&LabelScheme::studio(), IRF), None);
        assert_eq!(of(&own_classes(), 10), None);
    }

    #[test]
    fn contrast_is_a_power_and_a_share_a_part() {
        let middle = |scheme: &LabelScheme, share, contrast| {
            factors_of(scheme, &square(10), share, contrast).map(|factors| factors[8 * 16 + 8])
        };
        let is_near = |found: Option<f32>, expected: f32| {
            assert!(found.is_some_and(|found| (found - expected).abs() < 1e-5), "{found:?}, not {expected}");
        };
        let studio = LabelScheme::studio();
        is_near(middle(&studio, 1.0, 2.0), SRF * SRF);
        is_near(middle(&studio, 1.0, 0.5), SRF.sqrt());
        is_near(middle(&studio, 0.5, 1.0), 1.0 - 0.5 * (1.0 - SRF));
        assert_eq!((middle(&studio, 0.0, 1.0), middle(&studio, 1.0, 0.0)), (None, None));
        // A network that knows SRF draws it as in scans by itself.
        is_near(middle(&own_classes(), 1.0, 2.0), SRF);
    }

    fn own_classes() -> LabelScheme {
        let mut own_classes = LabelScheme::studio();
        own_classes.classes.pop();
        own_classes.classes.extend([9, 10, 11].map(|code| vec![code]));
        own_classes
    }
}
