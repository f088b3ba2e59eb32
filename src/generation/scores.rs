//! What is known of a pair without a look at it: what had to be cleaned, and what its mask measures.

use serde::{Deserialize, Serialize};

use crate::anatomy::{LABELS, LAYER_COUNT, Lesion};
use crate::encoding::dmc::RepairReport;
use crate::mask::{Mask, Measurements};
use crate::scan::Spacing;

/// Figures of one pair. Areas are in mm2 and thicknesses in um, rounded to six and three places: lines stay short, and
/// the last bit of a sum is nobody's finding.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Columns that were out of anatomical order before the mask was cleaned.
    pub columns_out_of_order: u32,
    /// Specks that were removed.
    pub specks: u32,
    /// Pixels that the cleaning changed.
    pub cleaned_px: u64,
    /// Of every label, in code order.
    pub area_mm2: [f64; LABELS.len()],
    /// Connected regions of IRF, SRF and PED.
    pub lesions: [u32; Lesion::ALL.len()],
    /// Mean from the ILM to BM.
    pub retina_um: Option<f64>,
    /// The same over the middle millimetre.
    pub central_um: Option<f64>,
    /// Means of the seven layers.
    pub layers_um: [f64; LAYER_COUNT],
    /// How far a segmenter that looks at the scan finds the mask again; nobody has looked where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<SegmenterAgreement>,
}

/// How far a segmenter that sees only the synthetic scan finds the mask again; where labels follow the scan, the painted
/// mask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SegmenterAgreement {
    /// Of the segmenter's tensor bytes.
    pub segmenter_sha256: String,
    /// Mean over the classes that either has.
    pub dice: f64,
    /// Of all fluid together; `None` where neither has any.
    #[serde(default)]
    pub fluid_dice: Option<f64>,
    /// Mean distance of the interfaces.
    pub boundary_um: f64,
    /// The worst place: interface, first and last column, mean distance there.
    #[serde(default)]
    pub worst: Option<(String, [u32; 2], f64)>,
}

impl Scores {
    /// Of a cleaned mask, and of what cleaning it took.
    pub fn of(mask: &Mask, pixel_um: [f32; 2], cleaning: Option<&RepairReport>) -> Self {
        let spacing = Spacing { axial_um_per_px: pixel_um[0], lateral_um_per_px: pixel_um[1] };
        let measured = Measurements::of(mask, Some(spacing));
        let mm2 = f64::from(pixel_um[0]) * f64::from(pixel_um[1]) / 1e6;
        Self {
            columns_out_of_order: cleaning.map_or(0, |c| c.columns_out_of_order as u32),
            specks: cleaning.map_or(0, |c| c.specks as u32),
            cleaned_px: cleaning.map_or(0, |c| c.speck_px + c.order_px),
            area_mm2: std::array::from_fn(|code| rounded(measured.label_pixels[code] as f64 * mm2, 6)),
            lesions: measured.lesions.map(|lesion| lesion.count as u32),
            retina_um: measured.retina.um.map(|um| rounded(um, 3)),
            central_um: measured.central.um.map(|um| rounded(um, 3)),
            layers_um: measured.layers.map(|layer| rounded(layer.mean_thickness_um.unwrap_or(0.0), 3)),
            agreement: None,
        }
    }

    /// The same pair with another mask: what the cleaning took and what was found again stay.
    #[must_use]
    pub fn remeasured(self, mask: &Mask, pixel_um: [f32; 2]) -> Self {
        Self {
            columns_out_of_order: self.columns_out_of_order,
            specks: self.specks,
            cleaned_px: self.cleaned_px,
            agreement: self.agreement,
            ..Self::of(mask, pixel_um, None)
        }
    }

    /// Area of all lesions together.
    pub fn fluid_mm2(&self) -> f64 {
        self.area_mm2[LABELS.len() - Lesion::ALL.len()..].iter().sum()
    }
}

fn rounded(value: f64, places: i32) -> f64 {
    let scale = 10_f64.powi(places);
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_is_measured_in_mm_and_um() {
        // Nine bands of five rows, 40 columns; one cyst of 8 x 3 pixels.
        let mut codes: Vec<u8> = (0..40 * 45).map(|at| (at / 40 / 5) as u8).collect();
        for y in 16..19 {
            codes[y * 40 + 10..y * 40 + 18].fill(9);
        }
        let (mask, _) = Mask::from_composite(40, 45, &codes);
        let scores = Scores::of(&mask, [4.0, 25.0], None);
        assert_eq!(scores.area_mm2[9], 24.0 * 100.0 / 1e6);
        assert_eq!(scores.fluid_mm2(), scores.area_mm2[9]);
        assert_eq!(scores.lesions, [1, 0, 0]);
        assert_eq!((scores.retina_um, scores.central_um), (Some(140.0), Some(140.0)));
        assert_eq!(scores.layers_um, [20.0; LAYER_COUNT]);
        let json = serde_json::to_string(&scores).unwrap();
        assert!(!json.contains("agreement"), "nobody has looked");
        assert_eq!(serde_json::from_str::<Scores>(&json).unwrap(), scores);
    }
}
