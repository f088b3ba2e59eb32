//! The thickness map of a volume as files: the means of the ETDRS grid as a table for statistics, the map with its grid
//! as a picture for a slide.

use super::FormatError;
use super::figure::{FigureFormat, MapFigure};
use super::measurement_csv::push_line;
use crate::document::{Document, LabelTable, NoMap};
use crate::mask::en_face::{Orientation, SectorMean, ThicknessMap};
use crate::mask::fovea::certain_fovea;
use crate::mask::measure::{ColumnThickness, Extent};
use crate::mask::{Fovea, LiveMeasure};

/// Width of a PNG: a slide at full width.
const WIDTH_PX: u32 = 1920;

/// A kind of file that a thickness map is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectorFile {
    /// Every thickness over the nine fields of the grid, as CSV.
    Table,
    /// The map of one thickness with the grid.
    Picture(FigureFormat),
}

/// A volume, measured from the front.
pub struct SectorReport<'a> {
    document: &'a Document,
    b_scans: Vec<ColumnThickness>,
    orientation: Orientation,
    /// As shares of the map.
    fovea: [f32; 2],
}

impl<'a> SectorReport<'a> {
    /// Measures every B-scan.
    pub fn of(document: &'a Document, first_is_inferior: bool) -> Self {
        let measured = document.pages.iter().map(|page| {
            let mut live = LiveMeasure::default();
            live.update(&page.mask, usize::MAX);
            (live.columns().clone(), certain_fovea(&page.mask, page.scan.spacing))
        });
        let (b_scans, foveas): (Vec<ColumnThickness>, Vec<Option<Fovea>>) = measured.unzip();
        let orientation = Orientation { laterality: document.pages[0].scan.laterality, first_is_inferior };
        Self { document, b_scans, orientation, fovea: document.map_fovea(&foveas) }
    }

    /// The bytes of a file; `extent` is what a picture shows.
    ///
    /// # Errors
    /// If there is no map, or a picture cannot be encoded.
    pub fn encoded(&self, file: SectorFile, extent: Extent) -> Result<Vec<u8>, FormatError> {
        match file {
            SectorFile::Table => self.table().map(String::into_bytes),
            SectorFile::Picture(format) => self.figure(extent)?.encoded(format, WIDTH_PX),
        }
    }

    fn map(&self, extent: Extent) -> Result<(ThicknessMap, [SectorMean; 9], [f32; 2]), FormatError> {
        let grid = self.document.map_grid().map_err(|why| no_map(&self.document.name, why))?;
        let first = &self.document.pages[0].scan;
        let axial = first.spacing.map_or(1.0, |spacing| spacing.axial_um_per_px);
        let b_scans: Vec<Option<&ColumnThickness>> = self.b_scans.iter().map(Some).collect();
        let map = ThicknessMap::of(first.width(), &b_scans, extent, axial);
        let fovea_um = [
            self.fovea[0] * map.columns as f32 * grid.lateral_um,
            self.fovea[1] * map.rows as f32 * grid.b_scan_distance_um,
        ];
        let means = map.etdrs(grid, self.orientation, fovea_um);
        Ok((map, means, fovea_um))
    }

    fn figure(&self, extent: Extent) -> Result<super::figure::Drawing, FormatError> {
        let (map, means, fovea_um) = self.map(extent)?;
        let grid = self.document.map_grid().map_err(|why| no_map(&self.document.name, why))?;
        let figure = MapFigure {
            extent: name_of(extent, &self.document.labels).to_owned(),
            orientation: self.orientation,
            caption: self.caption(),
            synthetic: self.document.pages.iter().any(|page| page.scan.is_placeholder),
            map: &map,
            grid,
            fovea_um,
            means,
        };
        Ok(figure.drawn())
    }

    /// Never the name of a file, which may be that of a patient.
    fn caption(&self) -> String {
        let mut parts = vec![format!("{} B-scans", self.document.pages.len())];
        parts.extend(self.document.b_scan_distance_um.map(|um| format!("{um:.0} µm apart")));
        parts.extend(self.document.credit.as_ref().map(|credit| format!("source: {credit}")));
        parts.join(" · ")
    }

    /// One line for each thickness and field. What is not annotated is an empty cell.
    fn table(&self) -> Result<String, FormatError> {
        let mut csv = String::new();
        let heading = [
            "name",
            "eye",
            "first_b_scan",
            "fovea_b_scan",
            "fovea_column",
            "thickness_of",
            "sector",
            "mean_um",
            "annotated_percent",
        ];
        push_line(&mut csv, heading.into_iter().map(str::to_owned));
        let first = &self.document.pages[0].scan;
        let laterality = self.orientation.laterality;
        let eye = laterality.map_or(String::new(), |eye| eye.name().to_owned());
        let first_b_scan = if self.orientation.first_is_inferior { "inferior" } else { "superior" };
        let pages = self.document.pages.len();
        let fovea_page = ((self.fovea[1] * pages as f32) as usize).min(pages - 1) + 1;
        let fovea_column = format!("{:.1}", self.fovea[0] * first.width() as f32);
        for extent in Extent::all() {
            for mean in self.map(extent)?.1 {
                let cells = [
                    self.document.name.clone(),
                    eye.clone(),
                    first_b_scan.to_owned(),
                    fovea_page.to_string(),
                    fovea_column.clone(),
                    name_of(extent, &self.document.labels).to_owned(),
                    mean.sector.name(laterality),
                    mean.mean_um.map_or_else(String::new, |um| format!("{um:.2}")),
                    format!("{:.1}", 100.0 * mean.coverage),
                ];
                push_line(&mut csv, cells.into_iter());
            }
        }
        Ok(csv)
    }
}

/// What an extent is called in a document.
fn name_of(extent: Extent, labels: &LabelTable) -> &str {
    match extent {
        Extent::Retina => extent.name(),
        Extent::Layer(code) => labels.name(code),
    }
}

fn no_map(name: &str, why: NoMap) -> FormatError {
    let (problem, remedy) = match why {
        NoMap::Spacing => (
            "the size of a pixel or the distance of the B-scans is unknown",
            "set them (Measure, Size of a pixel)",
        ),
        NoMap::Uneven => ("the B-scans differ in size", "leave out those of another size"),
    };
    FormatError::malformed(name, "thickness map", problem, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Page;
    use crate::mask::{Mask, Plane};
    use crate::scan::{BScan, GreyImage, Laterality, Spacing};

    /// 61 B-scans of 7 mm, 7 mm tall: a retina of 300 µm, 60 µm of it NFL; in the middle B-scans 40 µm more of INL.
    fn volume() -> Document {
        let page = |number: u32| {
            let mut mask = Mask { layers: Plane::filled(140, 120, 0), lesions: Plane::filled(140, 120, 0) };
            let thick = if (27..34).contains(&number) { 85 } else { 75 };
            for y in 20..20 + thick {
                mask.layers.fill_run(y, 0, 140, if y < 35 { 1 } else { 3 });
            }
            let mut scan = BScan::from_image(GreyImage::new(140, 120, vec![80; 140 * 120]), "scan");
            scan.spacing = Spacing::checked(4.0, 50.0);
            scan.laterality = Some(Laterality::Left);
            scan.fovea_column = (number == 30).then_some(70.0);
            Page::new(scan, mask)
        };
        let first = page(0);
        let mut document = Document::from_scan((*first.scan).clone(), first.mask.clone());
        document.pages = (0..61).map(page).collect();
        document.b_scan_distance_um = Some(115.0);
        document
    }

    #[test]
    fn the_table_holds_every_thickness_over_every_field() {
        let document = volume();
        let csv = SectorReport::of(&document, true).encoded(SectorFile::Table, Extent::Retina).unwrap();
        let csv = String::from_utf8(csv).unwrap();
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(lines.len(), 1 + 8 * 9);
        assert!(lines[1].starts_with("scan,OS,inferior,31,70.0,Retina,centre,"), "{}", lines[1]);
        let value = |line: &str, at: usize| line.split(',').nth(at).unwrap().parse::<f32>().unwrap();
        // The middle circle reaches over nine of the B-scans, seven of them thicker by 40 µm: most of its area.
        assert!((325.0..340.0).contains(&value(lines[1], 7)), "{}", lines[1]);
        // The nose is at the left of a left eye: the outer field there has the same mean as its neighbour.
        let outer = |name: &str| {
            let wanted = format!("Retina,outer {name},");
            value(lines.iter().find(|line| line.contains(&wanted)).unwrap(), 7)
        };
        assert!((outer("nasal") - outer("temporal")).abs() < 1e-3);
        assert!((outer("superior") - 300.0).abs() < 1e-3, "{}", outer("superior"));
        let nfl = lines.iter().find(|line| line.contains(",NFL,centre,")).unwrap();
        assert!((value(nfl, 7) - 60.0).abs() < 1e-3 && value(nfl, 8) > 90.0, "{nfl}");
    }

    #[test]
    fn the_picture_names_the_eye_and_says_when_no_real_scan_is_there() {
        let mut document = volume();
        let svg = |document: &Document| {
            let report = SectorReport::of(document, true);
            let svg = report.encoded(SectorFile::Picture(FigureFormat::Svg), Extent::Layer(3)).unwrap();
            String::from_utf8(svg).unwrap()
        };
        let real = svg(&document);
        assert!(real.contains("left eye (OS)") && real.contains("inner nasal") && real.contains("INL"));
        assert!(real.contains("61 B-scans · 115 µm apart") && !real.contains("SYNTHETIC"));
        document.pages[4].scan = BScan { is_placeholder: true, ..(*document.pages[4].scan).clone() }.into();
        assert!(svg(&document).contains("SYNTHETIC – not for diagnosis"));
    }

    #[test]
    fn the_picture_shows_thick_b_scans_in_the_colour_of_the_thickest() {
        let document = volume();
        let drawing = SectorReport::of(&document, true).figure(Extent::Retina).unwrap();
        let width = 1600;
        let rgb = drawing.pixels(width).unwrap();
        let pixel = |x: usize, y: usize| {
            let at = 3 * (y * width as usize + x);
            [rgb[at], rgb[at + 1], rgb[at + 2]]
        };
        // The map fills 940 points from (48, 96); B-scans 27 to 33 of 61 are the thick ones. Between its edge
        // and the grid.
        let [thick, thin] = [[98, 566], [98, 300]].map(|[x, y]| pixel(x, y));
        assert_eq!([thick, thin], [[253, 231, 37], [68, 1, 84]]);
        for (format, begins) in [(FigureFormat::Png, b"\x89PNG".as_slice()), (FigureFormat::Pdf, b"%PDF")] {
            assert!(drawing.encoded(format, 800).unwrap().starts_with(begins));
        }
    }

    #[test]
    fn what_has_no_map_says_why() {
        let mut document = volume();
        document.b_scan_distance_um = None;
        let said = SectorReport::of(&document, true).encoded(SectorFile::Table, Extent::Retina).unwrap_err();
        assert!(said.to_string().contains("distance of the B-scans is unknown"), "{said}");
    }
}
