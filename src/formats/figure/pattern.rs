//! Hatches as patterns of SVG: lines and dots alone, to be laid over a label's colour.

use std::fmt::Write;

use super::drawing::{Drawing, hex};
use crate::anatomy::{self, Hatch, HatchPattern};

/// Share of its area that an overlay's colour covers.
pub(super) const OVERLAY_OPACITY: f64 = 0.34;
/// The same of the hatch over it, in the label's own colour.
const OVERLAY_HATCH_OPACITY: f64 = 0.85;
/// Lines are this many times as long as they are apart, so that the joints of tiles are few.
const LENGTH: f32 = 40.0;

/// What a label is hatched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ground {
    /// The label's colour, inked.
    Colour,
    /// The scan: lines in the label's colour over a veil of it.
    Scan,
}

/// Defines the pattern of a label, once, and names it; `None` for a label without hatch.
pub(super) fn pattern(drawing: &mut Drawing, code: u8, color: &str, ground: Ground) -> Option<String> {
    let hatch = anatomy::hatch(code).filter(|hatch| hatch.pattern != HatchPattern::Plain)?;
    let name = format!("{}{code}", if ground == Ground::Colour { "label" } else { "veil" });
    let start = format!(r#"<pattern id="{name}" "#);
    if !drawing.definitions.contains(&start) {
        let ink = hex(hatch.ink);
        let (ink, opacity) = match ground {
            Ground::Colour => (ink.as_str(), 1.0),
            Ground::Scan => (color, OVERLAY_HATCH_OPACITY),
        };
        let degrees = match hatch.pattern {
            HatchPattern::Lines { degrees } | HatchPattern::Grid { degrees } => degrees,
            _ => 0,
        };
        let height = hatch.spacing;
        let width =
            if matches!(hatch.pattern, HatchPattern::Lines { .. }) { height * LENGTH } else { height };
        let tile = tile(hatch, width, ink, opacity);
        let _ = writeln!(
            drawing.definitions,
            r#"{start}width="{width}" height="{height}" patternUnits="userSpaceOnUse" patternTransform="rotate({degrees})">{tile}</pattern>"#
        );
    }
    Some(name)
}

/// What is repeated.
fn tile(hatch: &Hatch, width: f32, ink: &str, opacity: f64) -> String {
    let (side, stroke, middle) = (hatch.spacing, hatch.thickness, hatch.spacing / 2.0);
    if hatch.pattern == HatchPattern::Dots {
        let radius = stroke / 2.0;
        return format!(
            r#"<circle cx="{middle}" cy="{middle}" r="{radius}" fill="{ink}" fill-opacity="{opacity}"/>"#
        );
    }
    let across = match hatch.pattern {
        HatchPattern::Grid { .. } => format!("M{middle} 0V{side}"),
        _ => String::new(),
    };
    format!(
        r#"<path d="M0 {middle}H{width}{across}" stroke="{ink}" stroke-width="{stroke}" stroke-opacity="{opacity}"/>"#
    )
}
