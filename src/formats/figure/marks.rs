//! What is written onto a picture: that it is synthetic, and the central millimetre.

use super::drawing::{Anchor, Area, Drawing};
use super::typeface::Weight;
use crate::mask::CentralThickness;

/// The words on every synthetic picture.
pub(super) const SYNTHETIC: &str = "SYNTHETIC – not for diagnosis";
/// Vermillion of Okabe & Ito, dark enough for white letters.
const WARNING: &str = "#b3440b";

/// A plate in the upper right corner of a picture: who crops the caption still shows it.
pub(super) fn synthetic(drawing: &mut Drawing, area: Area, text_size: f64) {
    let margin = text_size * 0.6;
    let most = area.width - 4.0 * margin;
    let wanted = drawing.typeface.width(SYNTHETIC, Weight::SemiBold, text_size);
    let text_size = text_size * (most / wanted).min(1.0);
    let width = wanted.min(most);
    let plate = Area {
        x: area.right() - width - 3.0 * margin,
        y: area.y + margin,
        width: width + 2.0 * margin,
        height: text_size * 1.6,
    };
    drawing.rectangle(plate, WARNING, r#"rx="5""#);
    let at = [plate.x + plate.width / 2.0, plate.y + text_size * 1.16];
    drawing.text(at, Anchor::Middle, Weight::SemiBold, text_size, "#ffffff", SYNTHETIC);
}

/// A bracket over the columns whose mean thickness is told, in the upper part of a picture `width` pixels wide.
pub(super) fn central(
    drawing: &mut Drawing,
    area: Area,
    width: u32,
    central: &CentralThickness,
    text_size: f64,
) {
    let words = match (central.thickness.um, central.thickness.px, &central.fovea) {
        (Some(um), _, Some(_)) => format!("central mm: {um:.0} µm"),
        (Some(um), _, None) => format!("middle mm: {um:.0} µm"),
        (None, Some(px), _) => format!("middle: {px:.0} px"),
        (None, None, _) => return,
    };
    let at = |column: u32| area.x + f64::from(column) / f64::from(width) * area.width;
    let (left, right) = (at(central.columns.start), at(central.columns.end));
    let y = area.y + text_size * 4.6;
    for x in [left, right] {
        drawing.line([x, y - text_size * 0.4], [x, y + text_size * 0.4], "#ffffff", 2.5);
    }
    drawing.line([left, y], [right, y], "#ffffff", 2.5);
    let text_width = drawing.typeface.width(&words, Weight::SemiBold, text_size);
    let middle = (left + right) / 2.0;
    let plate = Area {
        x: middle - text_width / 2.0 - 8.0,
        y: y - text_size * 2.0,
        width: text_width + 16.0,
        height: text_size * 1.4,
    };
    drawing.rectangle(plate, "#000000", r#"fill-opacity="0.55" rx="5""#);
    let at = [middle, y - text_size * 0.95];
    drawing.text(at, Anchor::Middle, Weight::SemiBold, text_size, "#ffffff", &words);
}
