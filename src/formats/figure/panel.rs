//! One picture of a figure: scan, labels, marks.

use std::fmt::Write;

use super::contour::{codes_present, contours};
use super::drawing::{Area, Drawing, Picture, PlacedPicture, hex};
use super::page::{Figure, LabelStyle, Panel, PanelLabels, Proportions};
use super::pattern::{Ground, OVERLAY_OPACITY, pattern};
use super::{marks, scale_bar};
use crate::anatomy::{ABOVE_ILM, BELOW_BM, LABELS};
use crate::document::LabelTable;

/// No picture is taller than so many times its width: what is narrower is drawn narrower.
const TALLEST: f64 = 0.78;
/// Nor flatter than this.
const FLATTEST: f64 = 0.02;

impl Panel<'_> {
    /// Height of the picture for each point of its width.
    pub(super) fn aspect(&self) -> f64 {
        let [width, height] = self.size.map(f64::from);
        let pixel = match (self.proportions, self.spacing) {
            (Proportions::True, Some(um)) => f64::from(um.axial_um_per_px) / f64::from(um.lateral_um_per_px),
            _ => 1.0,
        };
        height * pixel / width
    }

    /// Width and height in points in a cell of so many points.
    pub(super) fn extent(&self, cell: f64) -> [f64; 2] {
        let aspect = self.aspect().max(FLATTEST);
        let width = cell.min(cell * TALLEST / aspect);
        [width, width * aspect]
    }
}

/// The colour of a label in a figure: the table's, but for the grounds of a filled picture, which are the file's dark ones.
pub(super) fn color(table: &LabelTable, code: u8) -> [u8; 3] {
    match code {
        ABOVE_ILM | BELOW_BM => LABELS[usize::from(code)].color,
        _ => table.look(code).map_or([128; 3], |look| look.color),
    }
}

/// Whether labels of a style show a code.
pub(super) fn shows(style: LabelStyle, code: u8) -> bool {
    style == LabelStyle::Filled || ![ABOVE_ILM, BELOW_BM].contains(&code)
}

/// Draws a panel into its area.
pub(super) fn draw(drawing: &mut Drawing, figure: &Figure, panel: &Panel, area: Area, text_size: f64) {
    if let Some(scan) = panel.scan {
        assert_eq!([scan.width, scan.height], panel.size, "size of scan and panel");
        drawing.pictures.push(PlacedPicture { area, picture: Picture::Scan(scan.clone()) });
    } else {
        drawing.rectangle(area, "#101418", "");
    }
    if let Some(labels) = panel.labels {
        assert_eq!([labels.mask.width(), labels.mask.height()], panel.size, "size of mask and panel");
        draw_labels(drawing, figure.table, labels, area);
    }
    if let Some(central) = &panel.central {
        marks::central(drawing, area, panel.size[0], central, text_size);
    }
    if let (true, Some(spacing)) = (panel.has_scale_bars, panel.spacing) {
        scale_bar::draw(drawing, area, panel.size, spacing, text_size);
    }
    if figure.synthetic {
        marks::synthetic(drawing, area, text_size);
    }
}

fn draw_labels(drawing: &mut Drawing, table: &LabelTable, labels: PanelLabels, area: Area) {
    let mask = labels.mask;
    let (codes, present) = (mask.composite_pixels(), codes_present(mask));
    let size = [mask.width(), mask.height()];
    for label in LABELS.iter().filter(|label| present[usize::from(label.code)]) {
        if !shows(labels.style, label.code) {
            continue;
        }
        let path = path(&contours(&codes, size, label.code), size, area);
        let color = color(table, label.code);
        let (ground, opacity, stroke_width) = match labels.style {
            // Neighbours share a border whose corners were cut apart by a fraction of a pixel.
            LabelStyle::Filled => (Some(Ground::Colour), 1.0, 0.6),
            LabelStyle::Overlay => (Some(Ground::Scan), OVERLAY_OPACITY, 1.6),
            LabelStyle::Outlines => (None, 0.0, 2.2),
        };
        let color = hex(color);
        let _ = writeln!(
            drawing.marks,
            r#"<path d="{path}" fill="{color}" fill-opacity="{opacity}" fill-rule="evenodd" stroke="{color}" stroke-width="{stroke_width}" stroke-linejoin="round"/>"#
        );
        if let Some(pattern) = ground.and_then(|ground| pattern(drawing, label.code, &color, ground)) {
            let _ =
                writeln!(drawing.marks, r#"<path d="{path}" fill="url(#{pattern})" fill-rule="evenodd"/>"#);
        }
    }
}

/// Closed lines of an image of `size` pixels as the path of an area.
fn path(loops: &[Vec<[f64; 2]>], size: [u32; 2], area: Area) -> String {
    let scale = [area.width / f64::from(size[0]), area.height / f64::from(size[1])];
    let mut path = String::new();
    for points in loops {
        for (i, [x, y]) in points.iter().enumerate() {
            let letter = if i == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{letter}{:.2} {:.2}", area.x + x * scale[0], area.y + y * scale[1]);
        }
        path.push('Z');
    }
    path
}
