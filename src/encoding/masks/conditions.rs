//! The conditions of a mask model: what can be requested of it, and how that is encoded.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::fluid_placement::LEAST_CYST_PX;
use crate::anatomy::IRF;
use crate::mask::{CentralThickness, Interfaces, Mask};
use crate::scan::Spacing;

/// Condition planes of a mask model: a value and a "this is set" for each condition.
pub const MASK_CONDITION_PLANES: usize = 6;

/// Width of the middle of a scan in which the retina's thickness is taken.
const CENTRE_UM: f32 = 1000.0;

/// A finished mask meets an area or a thickness when it is so near, as a part of it.
const MET_WITHIN: f64 = 0.02;
/// Areas are met to some two pixels of the training scale in any case.
const LEAST_MM2: f64 = 1e-4;

/// What is requested of a mask; what is `None` is left to the model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MaskConditions {
    /// Area of intraretinal fluid in mm².
    pub fluid_mm2: Option<f64>,
    /// Number of separate fluid regions.
    pub cysts: Option<u32>,
    /// Mean distance from ILM to BM over the middle millimetre of the scan, in µm.
    pub thickness_um: Option<f64>,
}

impl MaskConditions {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What the condition planes hold, everywhere alike: value and "set" of each condition in turn. Values are
    /// near 0..=1 over what the training data holds; a value beyond is followed as far as the model can.
    pub fn plane_values(&self) -> [f32; MASK_CONDITION_PLANES] {
        let fluid = self.fluid_mm2.map(|area| (area.max(0.0) / 0.5).sqrt());
        let cysts = self.cysts.map(|count| (1.0 + f64::from(count)).ln() / 21.0_f64.ln());
        let thickness = self.thickness_um.map(|thickness| (thickness - 250.0) / 250.0);
        let mut values = [0.0; MASK_CONDITION_PLANES];
        for (pair, condition) in values.chunks_exact_mut(2).zip([fluid, cysts, thickness]) {
            if let Some(value) = condition {
                pair[0] = value.clamp(-1.0, 2.0) as f32;
                pair[1] = 1.0;
            }
        }
        values
    }

    /// What a mask itself would answer to. `lines` are its interfaces in pixels, `fluid` its fluid pixels
    /// (row-major over the columns of the lines), `pixel_um` the size of a pixel down and across.
    pub fn measured(lines: &Interfaces, fluid: &[bool], pixel_um: [f32; 2]) -> Self {
        let width = lines.width() as usize;
        let pixels = fluid.iter().filter(|&&lit| lit).count();
        Self {
            fluid_mm2: Some(pixels as f64 * f64::from(pixel_um[0]) * f64::from(pixel_um[1]) / 1e6),
            cysts: Some(count_regions(fluid, width)),
            thickness_um: central_thickness(lines, pixel_um),
        }
    }

    /// What of this a finished mask that measures so does not meet: thickness and area may be two parts in a hundred off,
    /// counts not at all. A figure that was not measured meets nothing.
    pub fn unmet(&self, measured: &Self) -> Vec<Unmet> {
        let is_near =
            |wanted: f64, found: f64, least: f64| (found - wanted).abs() <= (MET_WITHIN * wanted).max(least);
        let mut unmet = Vec::new();
        if let Some(requested) = self.fluid_mm2 {
            let found = measured.fluid_mm2.unwrap_or(0.0);
            if !is_near(requested, found, LEAST_MM2) {
                unmet.push(Unmet::Fluid { requested, measured: found });
            }
        }
        if let Some(requested) = self.cysts {
            let found = measured.cysts.unwrap_or(0);
            if requested != found {
                unmet.push(Unmet::Cysts { requested, measured: found });
            }
        }
        if let Some(requested) = self.thickness_um {
            let found = measured.thickness_um.unwrap_or(0.0);
            if !is_near(requested, found, 0.0) {
                unmet.push(Unmet::Thickness { requested, measured: found });
            }
        }
        unmet
    }

    /// What a finished mask measures: as [`MaskConditions::measured`], with the thickness over the millimetre about the
    /// fovea where the layers show one, as everywhere in the window.
    pub fn of_mask(mask: &Mask, pixel_um: [f32; 2]) -> Self {
        let fluid: Vec<bool> = mask.composite_pixels().iter().map(|&code| code == IRF).collect();
        let spacing = Spacing::checked(pixel_um[0], pixel_um[1]);
        let thickness_um = CentralThickness::of_mask(mask, spacing, None).thickness.um;
        let lines = Interfaces::from_layers(&mask.layers);
        Self { thickness_um, ..Self::measured(&lines, &fluid, pixel_um) }
    }

    /// [`MaskConditions::measured`] of composite codes.
    ///
    /// # Panics
    /// If the number of codes is not `width * height`.
    pub fn of_codes(width: u32, height: u32, codes: &[u8], pixel_um: [f32; 2]) -> Self {
        let (mask, _) = crate::mask::Mask::from_composite(width, height, codes);
        let fluid: Vec<bool> = codes.iter().map(|&code| code == IRF).collect();
        Self::measured(&Interfaces::from_layers(&mask.layers), &fluid, pixel_um)
    }
}

/// A request that a finished mask does not meet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unmet {
    /// Area of intraretinal fluid in mm².
    Fluid {
        /// What was requested.
        requested: f64,
        /// What there is.
        measured: f64,
    },
    /// Separate fluid regions.
    Cysts {
        /// What was requested.
        requested: u32,
        /// What there is.
        measured: u32,
    },
    /// Mean distance from ILM to BM over the central millimetre, in µm.
    Thickness {
        /// What was requested.
        requested: f64,
        /// What there is.
        measured: f64,
    },
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fluid { requested, measured } => {
                write!(f, "fluid {measured:.3} mm² in place of {requested:.3}")
            }
            Self::Cysts { requested, measured } => write!(f, "{measured} cysts in place of {requested}"),
            Self::Thickness { requested, measured } => {
                write!(f, "thickness {measured:.0} µm in place of {requested:.0}")
            }
        }
    }
}

/// Mean ILM to BM over the known columns of the scan's middle.
fn central_thickness(lines: &Interfaces, pixel_um: [f32; 2]) -> Option<f64> {
    let width = lines.width() as usize;
    let half = ((0.5 * CENTRE_UM / pixel_um[1]) as usize).clamp(1, (width / 2).max(1));
    let (first, last) = (&lines.rows[0], &lines.rows[lines.rows.len() - 1]);
    let heights: Vec<f64> = ((width / 2).saturating_sub(half)..(width / 2 + half).min(width))
        .map(|x| f64::from(last[x] - first[x]))
        .filter(|height| height.is_finite())
        .collect();
    let mean = heights.iter().sum::<f64>() / heights.len().max(1) as f64;
    (!heights.is_empty()).then_some(mean * f64::from(pixel_um[0]))
}

/// Number of 8-connected regions that are no specks.
fn count_regions(lit: &[bool], width: usize) -> u32 {
    let mut seen = vec![false; lit.len()];
    let mut stack = Vec::new();
    let mut count = 0;
    for start in 0..lit.len() {
        if !lit[start] || seen[start] {
            continue;
        }
        let mut pixels = 0;
        stack.push(start);
        seen[start] = true;
        while let Some(pixel) = stack.pop() {
            pixels += 1;
            let (x, y) = (pixel % width, pixel / width);
            for ny in y.saturating_sub(1)..=y + 1 {
                for nx in x.saturating_sub(1)..=(x + 1).min(width - 1) {
                    let at = ny * width + nx;
                    if at < lit.len() && lit[at] && !seen[at] {
                        seen[at] = true;
                        stack.push(at);
                    }
                }
            }
        }
        count += u32::from(pixels >= LEAST_CYST_PX);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_is_measured_in_its_units() {
        let mut codes: Vec<u8> = (0..100 * 60).map(|pixel| (pixel / 100 / 6).min(8) as u8).collect();
        for y in 20..24 {
            codes[y * 100 + 40..y * 100 + 48].fill(IRF);
            codes[y * 100 + 60..y * 100 + 64].fill(IRF);
        }
        codes[30 * 100 + 3] = IRF;
        let conditions = MaskConditions::of_codes(100, 60, &codes, [4.0, 50.0]);
        assert_eq!(conditions.cysts, Some(2), "a speck is no cyst");
        assert!((conditions.fluid_mm2.unwrap() - 49.0 * 200.0 / 1e6).abs() < 1e-12);
        assert!((conditions.thickness_um.unwrap() - 42.0 * 4.0).abs() < 1e-6);
    }

    #[test]
    fn what_is_not_met_is_said_with_both_figures() {
        let requested = MaskConditions { fluid_mm2: Some(0.3), cysts: Some(4), thickness_um: Some(300.0) };
        let near = MaskConditions { fluid_mm2: Some(0.305), cysts: Some(4), thickness_um: Some(295.0) };
        assert!(requested.unmet(&near).is_empty());
        let off = MaskConditions { fluid_mm2: Some(0.28), cysts: Some(3), thickness_um: Some(352.0) };
        let words: Vec<String> = requested.unmet(&off).iter().map(Unmet::to_string).collect();
        assert_eq!(
            words,
            [
                "fluid 0.280 mm² in place of 0.300",
                "3 cysts in place of 4",
                "thickness 352 µm in place of 300"
            ]
        );
        assert!(MaskConditions::default().unmet(&off).is_empty());
        assert_eq!(requested.unmet(&MaskConditions::default()).len(), 3, "unmeasured is unmet");
    }

    #[test]
    fn what_is_not_requested_is_zero_and_unset() {
        assert_eq!(MaskConditions::default().plane_values(), [0.0; 6]);
        let conditions =
            MaskConditions { cysts: Some(0), thickness_um: Some(500.0), ..MaskConditions::default() };
        assert_eq!(conditions.plane_values(), [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
        assert!(MaskConditions::default().is_empty() && !conditions.is_empty());
    }
}
