//! Sizes of pixels as files state them, and how sure they are.
//!
//! Files leave the unit out, state 1 mm because nobody set it, or 0. A size that no OCT scan has is not taken;
//! one whose unit had to be guessed is taken and said to be assumed.

use serde::Serialize;

use crate::scan::Spacing;

/// How a fact about a scan is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FactState {
    /// The file states it.
    FromFile,
    /// The user has set it.
    Set,
    /// A convention or a guess, shown as such.
    Assumed,
}

/// A unit of length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LengthUnit {
    Metre,
    Centimetre,
    Millimetre,
    Micrometre,
    Nanometre,
    Inch,
}

impl LengthUnit {
    /// The unit that a word of a file names.
    pub(super) fn named(word: &str) -> Option<Self> {
        match word.trim().trim_matches('"') {
            "m" | "meter" | "metre" => Some(Self::Metre),
            "cm" | "centimeter" => Some(Self::Centimetre),
            "mm" | "millimeter" | "millimetre" => Some(Self::Millimetre),
            "um" | "µm" | "\u{3bc}m" | "\\u00B5m" | "\\u00b5m" | "micron" | "microns" | "micrometer"
            | "micrometre" => Some(Self::Micrometre),
            "nm" | "nanometer" => Some(Self::Nanometre),
            "in" | "inch" | "inches" => Some(Self::Inch),
            _ => None,
        }
    }

    fn um(self) -> f64 {
        match self {
            Self::Metre => 1e6,
            Self::Centimetre => 1e4,
            Self::Millimetre => 1e3,
            Self::Micrometre => 1.0,
            Self::Nanometre => 1e-3,
            Self::Inch => 25_400.0,
        }
    }
}

/// The size of a voxel, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct PixelSize {
    pub spacing: Option<Spacing>,
    /// Between neighbouring B-scans.
    pub b_scan_distance_um: Option<f32>,
    pub state: Option<FactState>,
    /// Why a stated size was not taken, or what was assumed.
    pub note: Option<String>,
}

/// The size that a file states: lengths across, down and between B-scans in its unit, 0 where it states none.
/// `name` is the file's name for the note.
pub(super) fn stated(name: &str, lengths: [f64; 3], unit: Option<LengthUnit>) -> PixelSize {
    let [across, down, between] = lengths;
    let is_given = |length: f64| length.is_finite() && length > 0.0;
    // Programs write 1 where nobody set a size.
    let is_default = across == 1.0 && down == 1.0 && unit != Some(LengthUnit::Micrometre);
    if !is_given(across) && !is_given(down) || is_default {
        return PixelSize::default();
    }
    let candidates = unit.into_iter().chain([LengthUnit::Millimetre, LengthUnit::Micrometre]);
    let fitting = candidates.into_iter().find_map(|unit| {
        let spacing = Spacing::checked((down * unit.um()) as f32, (across * unit.um()) as f32)?;
        is_plausible(spacing).then_some((unit, spacing))
    });
    let Some((taken, spacing)) = fitting else {
        let note = format!(
            "{name}: it states pixels of {across} across and {down} down, which no OCT scan has; the spacing \
             stays unknown until it is set"
        );
        return PixelSize { note: Some(note), ..PixelSize::default() };
    };
    let distance = (between * taken.um()) as f32;
    let state = if unit == Some(taken) { FactState::FromFile } else { FactState::Assumed };
    let note = (state == FactState::Assumed).then(|| {
        let Spacing { axial_um_per_px, lateral_um_per_px } = spacing;
        format!(
            "{name}: the unit of its pixel size is {}: {lateral_um_per_px:.2} µm across and \
             {axial_um_per_px:.2} µm down are assumed",
            if unit.is_some() { "not credible" } else { "not stated" }
        )
    });
    PixelSize {
        spacing: Some(spacing),
        b_scan_distance_um: (distance.is_finite() && (0.1..=10_000.0).contains(&distance))
            .then_some(distance),
        state: Some(state),
        note,
    }
}

/// Whether an OCT device has such pixels.
fn is_plausible(spacing: Spacing) -> bool {
    (0.5..=50.0).contains(&spacing.axial_um_per_px) && (0.5..=500.0).contains(&spacing.lateral_um_per_px)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_believed_where_they_make_sense_and_assumed_else() {
        let size = stated("a", [0.0117, 0.0039, 0.25], Some(LengthUnit::Millimetre));
        assert_eq!(size.spacing, Spacing::checked(3.9, 11.7));
        assert_eq!((size.b_scan_distance_um, size.state), (Some(250.0), Some(FactState::FromFile)));
        let size = stated("a", [0.0117, 0.0039, 0.0], None);
        assert_eq!((size.spacing, size.state), (Spacing::checked(3.9, 11.7), Some(FactState::Assumed)));
        assert!(size.note.unwrap().contains("11.70 µm across"));
        let size = stated("a", [11.7, 3.9, 250.0], Some(LengthUnit::Millimetre));
        assert_eq!((size.spacing, size.state), (Spacing::checked(3.9, 11.7), Some(FactState::Assumed)));
    }

    #[test]
    fn sizes_nobody_set_are_unknown() {
        assert_eq!(stated("a", [0.0, 0.0, 1.0], None), PixelSize::default());
        assert_eq!(stated("a", [f64::NAN; 3], None), PixelSize::default());
        assert_eq!(stated("a", [1.0; 3], Some(LengthUnit::Millimetre)), PixelSize::default());
        assert!(stated("a", [1.0; 3], Some(LengthUnit::Micrometre)).spacing.is_some());
        let size = stated("a.nii", [1.0, 1000.0, 1.0], Some(LengthUnit::Millimetre));
        assert!(size.spacing.is_none() && size.note.unwrap().starts_with("a.nii: it states"));
    }
}
