//! Scale bars in both directions: a pixel of an OCT is about three times as wide as it is tall, so one bar says
//! nothing about the other direction.

use super::drawing::{Anchor, Area, Drawing};
use super::typeface::Weight;
use crate::scan::Spacing;

/// A bar is at most this share of its side.
const LONGEST: f64 = 0.24;
const STROKE: f64 = 3.5;
const PADDING: f64 = 12.0;

/// The longest of 1, 2, 5, 10, 20, ... that is no longer than a length.
pub(super) fn round_length(longest: f64) -> f64 {
    let power = 10_f64.powf(longest.log10().floor());
    [5.0, 2.0, 1.0].into_iter().map(|step| step * power).find(|&length| length <= longest).unwrap_or(power)
}

/// "500 µm", "2 mm".
pub(super) fn in_words(um: f64) -> String {
    if um >= 1000.0 { format!("{} mm", um / 1000.0) } else { format!("{um} µm") }
}

/// Draws both bars into the lower left corner of a picture of `size` pixels.
pub(super) fn draw(drawing: &mut Drawing, area: Area, size: [u32; 2], spacing: Spacing, text_size: f64) {
    let um = [
        f64::from(spacing.lateral_um_per_px) * f64::from(size[0]),
        f64::from(spacing.axial_um_per_px) * f64::from(size[1]),
    ];
    let lengths_um = um.map(|um| round_length(um * LONGEST));
    let across = lengths_um[0] / um[0] * area.width;
    let down = lengths_um[1] / um[1] * area.height;
    let words = lengths_um.map(in_words);
    let widths = words.each_ref().map(|words| drawing.typeface.width(words, Weight::SemiBold, text_size));
    let corner = [area.x + 2.0 * PADDING, area.bottom() - 2.0 * PADDING - text_size];
    let plate = Area {
        x: corner[0] - PADDING,
        y: corner[1] - down - PADDING,
        width: across.max(widths[0]).max(PADDING + widths[1]) + 2.0 * PADDING,
        height: down + text_size + 2.5 * PADDING,
    };
    // A plate keeps the bars readable over a bright choroid.
    drawing.rectangle(plate, "#000000", r#"fill-opacity="0.55" rx="6""#);
    drawing.line(corner, [corner[0], corner[1] - down], "#ffffff", STROKE);
    drawing.line(corner, [corner[0] + across, corner[1]], "#ffffff", STROKE);
    let beside = [corner[0] + PADDING, corner[1] - down / 2.0 + text_size * 0.36];
    drawing.text(beside, Anchor::Start, Weight::SemiBold, text_size, "#ffffff", &words[1]);
    let below = [corner[0], corner[1] + text_size + PADDING * 0.5];
    drawing.text(below, Anchor::Start, Weight::SemiBold, text_size, "#ffffff", &words[0]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_round_and_no_longer_than_asked() {
        for (longest, wanted) in
            [(1990.0, 1000.0), (2000.0, 2000.0), (450.0, 200.0), (999.0, 500.0), (7.2, 5.0), (0.3, 0.2)]
        {
            assert!((round_length(longest) - wanted).abs() < 1e-9, "{longest}");
        }
        assert_eq!((in_words(500.0), in_words(2000.0)), ("500 µm".to_owned(), "2 mm".to_owned()));
    }
}
