//! The legend: the labels that are shown, each with its colour, its hatch and its name.

use super::contour::codes_present;
use super::drawing::{Anchor, Area, Drawing, hex};
use super::page::{Figure, LabelStyle};
use super::panel::{color, shows};
use super::pattern::{Ground, OVERLAY_OPACITY, pattern};
use super::typeface::Weight;
use crate::anatomy::LABELS;

const SWATCH: [f64; 2] = [46.0, 26.0];
const TEXT_SIZE: f64 = 23.0;
const ROW: f64 = 42.0;
const INK: &str = "#1b1f27";

/// Draws the legend below `y`, between two edges; returns where it ends.
pub(super) fn draw(drawing: &mut Drawing, figure: &Figure, y: f64, left: f64, right: f64) -> f64 {
    let codes = codes(figure);
    if codes.is_empty() {
        return y;
    }
    // Swatches look as the first panel with labels does.
    let style = figure.panels.iter().find_map(|panel| panel.labels).map_or(LabelStyle::Filled, |l| l.style);
    let names: Vec<String> = codes.iter().map(|&code| figure.table.name(code).to_owned()).collect();
    let gap = 14.0;
    let widest = names
        .iter()
        .map(|name| drawing.typeface.width(name, Weight::Regular, TEXT_SIZE))
        .fold(0.0, f64::max)
        .min(right - left - SWATCH[0] - gap);
    let cell = SWATCH[0] + gap + widest + 36.0;
    let fit = (((right - left + 36.0) / cell).floor() as usize).clamp(1, codes.len());
    // Rows of equal length look better than a full one and a rest.
    let rows = codes.len().div_ceil(fit);
    let columns = codes.len().div_ceil(rows);
    let step = ((right - left) / columns as f64).max(cell.min(right - left));
    for (index, (&code, name)) in codes.iter().zip(&names).enumerate() {
        let (row, column) = (index / columns, index % columns);
        let x = left + column as f64 * step;
        let top = y + row as f64 * ROW;
        let swatch = Area { x, y: top, width: SWATCH[0], height: SWATCH[1] };
        let color = color(figure.table, code);
        if style != LabelStyle::Filled {
            drawing.rectangle(swatch, "#3a3f47", r#"rx="3""#);
        }
        let color = hex(color);
        let opacity = match style {
            LabelStyle::Filled => 1.0,
            LabelStyle::Overlay => OVERLAY_OPACITY,
            LabelStyle::Outlines => 0.0,
        };
        let edge = format!(r#"rx="3" fill-opacity="{opacity}" stroke="{color}" stroke-width="2""#);
        drawing.rectangle(swatch, &color, &edge);
        let ground = match style {
            LabelStyle::Filled => Some(Ground::Colour),
            LabelStyle::Overlay => Some(Ground::Scan),
            LabelStyle::Outlines => None,
        };
        if let Some(pattern) = ground.and_then(|ground| pattern(drawing, code, &color, ground)) {
            drawing.rectangle(swatch, &format!("url(#{pattern})"), r#"rx="3""#);
        }
        let at = [x + SWATCH[0] + gap, top + SWATCH[1] / 2.0 + TEXT_SIZE * 0.36];
        let name = drawing.typeface.cut(name, Weight::Regular, TEXT_SIZE, widest + 1.0);
        drawing.text(at, Anchor::Start, Weight::Regular, TEXT_SIZE, INK, &name);
    }
    y + rows as f64 * ROW
}

/// The codes that any panel shows, in order.
pub(super) fn codes(figure: &Figure) -> Vec<u8> {
    let mut shown = [false; LABELS.len()];
    for labels in figure.panels.iter().filter_map(|panel| panel.labels) {
        let present = codes_present(labels.mask);
        for label in &LABELS {
            let code = usize::from(label.code);
            shown[code] |= present[code] && shows(labels.style, label.code);
        }
    }
    LABELS.iter().map(|label| label.code).filter(|&code| shown[usize::from(code)]).collect()
}
