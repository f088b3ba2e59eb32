//! The thickness map of a volume with the ETDRS grid as a figure: people compare eyes by its nine numbers, and a
//! picture of the window has neither a scale nor the eye.

use std::fmt::Write;

use super::drawing::{Anchor, Area, Drawing, PAGE_WIDTH, Picture, PlacedPicture, hex};
use super::map_colors::map_color;
use super::typeface::Weight;
use super::{marks, scale_bar};
use crate::mask::en_face::{Direction, Grid, Orientation, RING_RADII_UM, Sector, SectorMean, ThicknessMap};
use crate::scan::{Laterality, Spacing};

const MARGIN: f64 = 48.0;
const HEADING_SIZE: f64 = 30.0;
const TEXT_SIZE: f64 = 23.0;
const ROW: f64 = 35.0;
const INK: &str = "#1b1f27";
const QUIET: &str = "#4a515c";
/// Where nothing is annotated.
const UNKNOWN: [u8; 3] = [202, 206, 212];
/// The map is no wider and no taller.
const MAP_SIDE: f64 = 940.0;
/// Nor is it thinner, however few its B-scans.
const LEAST_SIDE: f64 = 40.0;
const SCALE_HEIGHT: f64 = 300.0;
const SCALE_STEPS: usize = 60;
/// Of the column at the right, which holds scale and table.
const COLUMN_X: f64 = MARGIN + MAP_SIDE + 60.0;

/// A thickness map and what is to be said of it.
pub struct MapFigure<'a> {
    /// Its first B-scan first.
    pub map: &'a ThicknessMap,
    /// Thickness at each place.
    pub grid: Grid,
    /// Which side is nasal.
    pub orientation: Orientation,
    /// From the first column and the first B-scan, in µm.
    pub fovea_um: [f32; 2],
    /// Of the nine sectors of the ETDRS grid.
    pub means: [SectorMean; 9],
    /// What the thickness is of, such as "Retina".
    pub extent: String,
    /// Lines are broken where they are too long.
    pub caption: String,
    /// Whether the map is marked as synthetic.
    pub synthetic: bool,
}

impl MapFigure<'_> {
    /// The figure on its page.
    ///
    /// # Panics
    /// If the map has no samples.
    pub fn drawn(&self) -> Drawing {
        assert!(self.map.columns > 0 && self.map.rows > 0, "a map without samples");
        let mut drawing = Drawing::new(self.synthetic);
        let heading = self.heading();
        let at = [MARGIN, MARGIN + HEADING_SIZE * 0.8];
        drawing.text(at, Anchor::Start, Weight::SemiBold, HEADING_SIZE, INK, &heading);
        let area = self.area(MARGIN + HEADING_SIZE * 1.6);
        drawing.pictures.push(PlacedPicture { area, picture: self.picture() });
        self.draw_grid(&mut drawing, area);
        self.draw_directions(&mut drawing, area);
        let size = [self.map.columns, self.map.rows];
        let spacing = Spacing {
            axial_um_per_px: self.grid.b_scan_distance_um,
            lateral_um_per_px: self.grid.lateral_um,
        };
        scale_bar::draw(&mut drawing, area, size, spacing, 20.0);
        if self.synthetic {
            marks::synthetic(&mut drawing, area, 22.0);
        }
        let after_scale = self.draw_scale(&mut drawing, area.y);
        let after_table = self.draw_table(&mut drawing, after_scale + 34.0);
        let mut y = area.bottom().max(after_table) + 20.0;
        let width = PAGE_WIDTH - 2.0 * MARGIN;
        for line in drawing.typeface.lines(&self.caption, Weight::Regular, TEXT_SIZE, width) {
            y += TEXT_SIZE;
            drawing.text([MARGIN, y], Anchor::Start, Weight::Regular, TEXT_SIZE, QUIET, &line);
            y += TEXT_SIZE * 0.45;
        }
        drawing.height = (y + MARGIN * 0.75).ceil();
        drawing.description = self.description(&heading);
        drawing
    }

    fn heading(&self) -> String {
        let eye = match self.orientation.laterality {
            Some(Laterality::Right) => "right eye (OD)",
            Some(Laterality::Left) => "left eye (OS)",
            None => "which eye is not known",
        };
        format!("Thickness map · {} · {eye}", self.extent)
    }

    fn extent_um(&self) -> [f64; 2] {
        let side = |samples: u32, um: f32| f64::from(samples) * f64::from(um);
        [side(self.map.columns, self.grid.lateral_um), side(self.map.rows, self.grid.b_scan_distance_um)]
    }

    fn area(&self, y: f64) -> Area {
        let [width, height] = self.extent_um();
        let scale = (MAP_SIDE / width).min(MAP_SIDE / height);
        let side = |um: f64| (um * scale).max(LEAST_SIDE);
        Area { x: MARGIN, y, width: side(width), height: side(height) }
    }

    /// The map with its superior end at the top.
    fn picture(&self) -> Picture {
        let columns = self.map.columns as usize;
        let mut rows: Vec<&[f32]> = self.map.um.chunks_exact(columns).collect();
        if self.orientation.first_is_inferior {
            rows.reverse();
        }
        let (low, high) = self.map.range().unwrap_or((0.0, 0.0));
        let color = |um: f32| match um.is_finite() {
            true => map_color((um - low) / (high - low).max(1.0)),
            false => UNKNOWN,
        };
        let rgb = rows.into_iter().flatten().flat_map(|&um| color(um)).collect();
        Picture::Map { size: [self.map.columns, self.map.rows], rgb }
    }

    /// Where a place about the fovea lies, given to the right and upwards.
    fn place(&self, area: Area, [right_um, up_um]: [f64; 2]) -> [f64; 2] {
        let [width, height] = self.extent_um();
        let [x, y] = self.fovea_um.map(f64::from);
        let down = if self.orientation.first_is_inferior { height - y } else { y };
        [area.x + (x + right_um) / width * area.width, area.y + (down - up_um) / height * area.height]
    }

    /// Circles, borders between the quarters, and the numbers of the fields whose middle lies on the map.
    fn draw_grid(&self, drawing: &mut Drawing, area: Area) {
        let Area { x, y, width, height } = area;
        let _ = write!(
            drawing.definitions,
            r#"<clipPath id="map"><rect x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}"/></clipPath>"#
        );
        let um = self.extent_um();
        let scale = [area.width / um[0], area.height / um[1]];
        let centre = self.place(area, [0.0, 0.0]);
        for (stroke, width) in [("#000000", 5.0), ("#ffffff", 2.2)] {
            let _ = writeln!(
                drawing.marks,
                r#"<g clip-path="url(#map)" fill="none" stroke="{stroke}" stroke-width="{width}">"#
            );
            for radius in RING_RADII_UM.map(f64::from) {
                let _ = writeln!(
                    drawing.marks,
                    r#"<ellipse cx="{:.2}" cy="{:.2}" rx="{:.2}" ry="{:.2}"/>"#,
                    centre[0],
                    centre[1],
                    radius * scale[0],
                    radius * scale[1]
                );
            }
            for [right, up] in [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]] {
                let ends = [RING_RADII_UM[0], RING_RADII_UM[2]].map(|radius| {
                    let along = f64::from(radius) * std::f64::consts::FRAC_1_SQRT_2;
                    self.place(area, [right * along, up * along])
                });
                let _ = writeln!(
                    drawing.marks,
                    r#"<path d="M{:.2} {:.2}L{:.2} {:.2}"/>"#,
                    ends[0][0], ends[0][1], ends[1][0], ends[1][1]
                );
            }
            drawing.marks.push_str("</g>\n");
        }
        for mean in &self.means {
            let at = self.place(area, mean.sector.middle_um().map(f64::from));
            let is_inside =
                (area.x..area.right()).contains(&at[0]) && (area.y..area.bottom()).contains(&at[1]);
            if is_inside {
                plate(drawing, at, &number(mean), 25.0);
            }
        }
    }

    /// S, I and, where the eye is known, N and T at the edges of the map, as clinics write them.
    fn draw_directions(&self, drawing: &mut Drawing, area: Area) {
        if area.width < 300.0 || area.height < 300.0 {
            return;
        }
        let middle = [area.x + area.width / 2.0, area.y + area.height / 2.0];
        for direction in Direction::ALL {
            let letter = match direction.name(self.orientation.laterality) {
                "superior" => "S",
                "inferior" => "I",
                "nasal" => "N",
                "temporal" => "T",
                _ => continue,
            };
            let at = match direction {
                Direction::Superior => [middle[0], area.y + 20.0],
                Direction::Inferior => [middle[0], area.bottom() - 20.0],
                Direction::Left => [area.x + 20.0, middle[1]],
                Direction::Right => [area.right() - 20.0, middle[1]],
            };
            plate(drawing, at, letter, 20.0);
        }
    }

    /// The colours with their thickness; returns where it ends.
    fn draw_scale(&self, drawing: &mut Drawing, y: f64) -> f64 {
        let (low, high) = self.map.range().unwrap_or((0.0, 0.0));
        let step = SCALE_HEIGHT / SCALE_STEPS as f64;
        for part in 0..SCALE_STEPS {
            let share = 1.0 - (part as f32 + 0.5) / SCALE_STEPS as f32;
            // Half a point over the next one: no seam shows between them.
            let area = Area { x: COLUMN_X, y: y + part as f64 * step, width: 40.0, height: step + 0.5 };
            drawing.rectangle(area, &hex(map_color(share)), "");
        }
        for (share, um) in [(0.0, high), (0.5, f32::midpoint(low, high)), (1.0, low)] {
            let at = [COLUMN_X + 54.0, y + share * (SCALE_HEIGHT - 18.0) + 17.0];
            drawing.text(at, Anchor::Start, Weight::Regular, TEXT_SIZE, INK, &format!("{um:.0} µm"));
        }
        let mut end = y + SCALE_HEIGHT;
        if self.map.um.iter().any(|um| um.is_nan()) {
            let swatch = Area { x: COLUMN_X, y: end + 14.0, width: 40.0, height: 22.0 };
            drawing.rectangle(swatch, &hex(UNKNOWN), "");
            let at = [COLUMN_X + 54.0, swatch.y + 19.0];
            drawing.text(at, Anchor::Start, Weight::Regular, TEXT_SIZE, INK, "not annotated");
            end = swatch.bottom();
        }
        end
    }

    /// The nine means by name; returns where it ends.
    fn draw_table(&self, drawing: &mut Drawing, y: f64) -> f64 {
        let at = [COLUMN_X, y + TEXT_SIZE];
        drawing.text(at, Anchor::Start, Weight::SemiBold, TEXT_SIZE, INK, "ETDRS grid, mean in µm");
        let mut y = y + ROW;
        for mean in &self.means {
            let name = match mean.sector {
                Sector::Centre => "centre (1 mm)".to_owned(),
                other => other.name(self.orientation.laterality),
            };
            let base = y + TEXT_SIZE;
            drawing.text([COLUMN_X, base], Anchor::Start, Weight::Regular, TEXT_SIZE, INK, &name);
            let value = number(mean);
            let width = drawing.typeface.width(&value, Weight::SemiBold, TEXT_SIZE);
            let at = [COLUMN_X + 330.0 - width, base];
            drawing.text(at, Anchor::Start, Weight::SemiBold, TEXT_SIZE, INK, &value);
            y += ROW;
        }
        let mut notes = vec!["circles of 1, 3 and 6 mm about the fovea"];
        if self.means.iter().any(|mean| mean.mean_um.is_some() && mean.is_sparse()) {
            notes.push("in brackets: less than 60 % annotated");
        }
        for note in notes {
            let at = [COLUMN_X, y + 20.0];
            drawing.text(at, Anchor::Start, Weight::Regular, 19.0, QUIET, note);
            y += 27.0;
        }
        y
    }

    /// The figure in words.
    fn description(&self, heading: &str) -> String {
        let mut words = Vec::new();
        if self.synthetic {
            words.push(marks::SYNTHETIC.to_owned());
        }
        words.push(heading.to_owned());
        let mean = |mean: &SectorMean| {
            format!("{} {} µm", mean.sector.name(self.orientation.laterality), number(mean))
        };
        words.push(self.means.iter().map(mean).collect::<Vec<_>>().join(", "));
        words.push(self.caption.clone());
        words.retain(|part| !part.is_empty());
        words.join(". ")
    }
}

/// The mean of a field; in brackets where little of it is annotated.
fn number(mean: &SectorMean) -> String {
    match mean.mean_um {
        Some(um) if mean.is_sparse() => format!("({um:.0})"),
        Some(um) => format!("{um:.0}"),
        None => "–".to_owned(),
    }
}

/// White letters on a dark plate, about a place.
fn plate(drawing: &mut Drawing, [x, y]: [f64; 2], words: &str, size: f64) {
    let width = drawing.typeface.width(words, Weight::SemiBold, size);
    let area =
        Area { x: x - width / 2.0 - 7.0, y: y - size * 0.62, width: width + 14.0, height: size * 1.24 };
    drawing.rectangle(area, "#000000", r#"fill-opacity="0.6" rx="5""#);
    drawing.text([x, y + size * 0.36], Anchor::Middle, Weight::SemiBold, size, "#ffffff", words);
}
