//! A hatch for every label, so that colour is never the only sign of one.
//!
//! Some labels that can lie beside each other have colours that a protanope, a deuteranope or a tritanope cannot
//! tell apart (NFL and IRF, ONL-ISM and ISE, GCL-IPL and PED): their hatches differ. Nuclear layers are dotted, the
//! nerve fibres and the photoreceptors' segments are drawn the way they run, lesions are slanted.

use super::LABELS;

/// The figure that is repeated over a label's area.
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HatchPattern {
    /// Colour alone.
    Plain,
    /// Parallel lines; 0 degrees is along the image row, and the angle grows clockwise.
    Lines { degrees: u16 },
    /// Two sets of lines at right angles, the first at so many degrees.
    Grid { degrees: u16 },
    /// Round dots.
    Dots,
}

/// How a label is hatched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hatch {
    /// What is drawn.
    pub pattern: HatchPattern,
    /// Distance between lines or dots, in points of a picture of which 1600 make the width of a slide.
    pub spacing: f32,
    /// Width of a line or of a dot, in the same points.
    pub thickness: f32,
    /// sRGB of lines and dots on the label's own colour.
    pub ink: [u8; 3],
}

const INK: [u8; 3] = [16, 20, 28];
const PAPER: [u8; 3] = [255, 255, 255];
/// On the wide ground below BM: seen, but quieter than what lies above it.
const QUIET: [u8; 3] = [142, 130, 122];

const fn hatched(pattern: HatchPattern, spacing: f32, thickness: f32, ink: [u8; 3]) -> Hatch {
    Hatch { pattern, spacing, thickness, ink }
}

/// The hatches of [`LABELS`], in code order.
pub const HATCHES: [Hatch; LABELS.len()] = [
    hatched(HatchPattern::Plain, 1.0, 0.0, PAPER),
    hatched(HatchPattern::Lines { degrees: 0 }, 6.0, 1.0, INK),
    hatched(HatchPattern::Plain, 1.0, 0.0, INK),
    hatched(HatchPattern::Dots, 8.0, 2.2, PAPER),
    hatched(HatchPattern::Plain, 1.0, 0.0, INK),
    hatched(HatchPattern::Dots, 8.0, 2.2, PAPER),
    hatched(HatchPattern::Lines { degrees: 90 }, 6.0, 1.2, INK),
    hatched(HatchPattern::Grid { degrees: 0 }, 7.0, 1.0, INK),
    hatched(HatchPattern::Lines { degrees: 0 }, 14.0, 1.0, QUIET),
    hatched(HatchPattern::Lines { degrees: 45 }, 8.0, 1.8, INK),
    hatched(HatchPattern::Lines { degrees: 135 }, 8.0, 1.8, INK),
    hatched(HatchPattern::Grid { degrees: 45 }, 10.0, 1.6, INK),
];

/// The hatch of a composite code; `None` for a code outside the label table (255 among them).
pub fn hatch(code: u8) -> Option<&'static Hatch> {
    HATCHES.get(usize::from(code))
}
