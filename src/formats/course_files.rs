//! One eye over time as files: a strip of the visits for a slide, a film, a poster, a table. The window and the command
//! line write the same ones.
//!
//! Where the synthetic scans of the visits are there, strip and film show them; the poster shows scans and labels.

use super::figure::{Drawing, Figure, FigureFormat, LabelStyle, Panel, PanelLabels, Proportions};
use super::film::{self, FilmFormat};
use super::{FormatError, course_poster, label_png};
use crate::cases::visits::{Course, Visit};
use crate::document::LabelTable;
use crate::scan::GreyImage;

/// Width of the strip as PNG.
const STRIP_PX: u32 = 2400;
/// Pictures in a row of the strip.
const STRIP_COLUMNS: usize = 3;
/// Width of the film.
const FILM_PX: u32 = 960;
/// A film of five visits takes five seconds: time to read the month and the thickness.
const FRAME_MS: u16 = 1000;
/// A film of many visits goes faster, but not so fast that the months cannot be read.
const FASTEST_FRAME_MS: u16 = 250;
/// Visits from which on a film goes faster.
const MANY_VISITS: usize = 9;

/// A kind of file that a course is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CourseFile {
    /// The visits beside each other.
    Strip(FigureFormat),
    /// Scans and labels of the visits above their curves.
    Poster(FigureFormat),
    /// The visits one after the other, as animated PNG.
    Film,
    /// Asked and measured, as CSV.
    Table,
}

impl CourseFile {
    /// The bytes of the file. `scans` are the synthetic scans, one a visit, each of its mask's size; labels are shown in
    /// their place where there are none.
    ///
    /// # Errors
    /// If a picture cannot be drawn or encoded.
    ///
    /// # Panics
    /// If a scan is not as large as its mask.
    pub fn encoded(self, course: &Course, scans: &[GreyImage]) -> Result<Vec<u8>, FormatError> {
        let labels = LabelTable::default();
        match self {
            CourseFile::Strip(format) => strip(course, scans, &labels).drawn().encoded(format, STRIP_PX),
            CourseFile::Poster(format) => {
                course_poster::poster(course, scans, &labels).drawn().encoded(format, STRIP_PX)
            }
            CourseFile::Film => film(course, scans),
            CourseFile::Table => Ok(table(&course.visits).into_bytes()),
        }
    }
}

/// The labels of a visit as PNG.
///
/// # Errors
/// If they cannot be encoded.
pub fn visit_png(visit: &Visit, seed: u64) -> Result<Vec<u8>, FormatError> {
    let seed = seed.to_string();
    let mut text = MARKS.to_vec();
    text.push(("Seed", &seed));
    label_png::write(visit.mask.width(), visit.mask.height(), &visit.mask.composite_pixels(), &text)
}

/// What every file of a course says of itself.
const MARKS: [(&str, &str); 3] = [
    ("Comment", "SYNTHETIC labels: designed from two recipes, of no eye that exists"),
    ("Synthetic", "true"),
    ("Software", concat!("RetiDiff Studio ", env!("CARGO_PKG_VERSION"))),
];

/// One line a visit, requested and measured.
fn table(visits: &[Visit]) -> String {
    let mut table = "visit,month,share,central_um_requested,central_um,irf_mm2_requested,irf_mm2,\
         srf_mm2_requested,srf_mm2,ped_mm2_requested,ped_mm2\n"
        .to_owned();
    for (number, visit) in visits.iter().enumerate() {
        let (requested, measured) = (&visit.requested, &visit.measured);
        table += &format!(
            "{number},{},{:.4},{:.2},{:.2},{:.5},{:.5},{:.5},{:.5},{:.5},{:.5}\n",
            visit.month,
            visit.share,
            requested.central_um,
            measured.central_um,
            requested.irf_mm2,
            measured.irf_mm2,
            requested.srf_mm2,
            measured.srf_mm2,
            requested.ped_mm2,
            measured.ped_mm2
        );
    }
    table
}

/// A visit as its scan; as its labels where there is none.
fn panel<'a>(
    course: &Course,
    visit: &'a Visit,
    scan: Option<&'a GreyImage>,
    has_scale_bars: bool,
) -> Panel<'a> {
    let labels = PanelLabels { mask: &visit.mask, style: LabelStyle::Filled };
    Panel {
        heading: format!("Month {} · {:.0} µm", visit.month, visit.measured.central_um),
        size: [visit.mask.width(), visit.mask.height()],
        scan,
        labels: scan.is_none().then_some(labels),
        spacing: Some(course.frame.spacing()),
        proportions: Proportions::Pixels,
        has_scale_bars,
        ..Panel::default()
    }
}

fn figure<'a>(course: &Course, panels: Vec<Panel<'a>>, columns: usize, table: &'a LabelTable) -> Figure<'a> {
    Figure {
        columns: columns.min(panels.len()),
        panels,
        table,
        caption: course_poster::caption(course),
        synthetic: true,
    }
}

/// The visits beside each other.
fn strip<'a>(course: &'a Course, scans: &'a [GreyImage], table: &'a LabelTable) -> Figure<'a> {
    let panels = course
        .visits
        .iter()
        .enumerate()
        .map(|(number, visit)| panel(course, visit, scans.get(number), number == 0));
    figure(course, panels.collect(), STRIP_COLUMNS, table)
}

/// Each visit for a while: its scan and, beside it, its labels.
fn film(course: &Course, scans: &[GreyImage]) -> Result<Vec<u8>, FormatError> {
    let table = LabelTable::default();
    let drawn = |number: usize| -> Drawing {
        let visit = &course.visits[number];
        let mut panels = vec![panel(course, visit, scans.get(number), true)];
        if !scans.is_empty() {
            let labels = Panel { heading: "Labels".to_owned(), ..panel(course, visit, None, false) };
            panels.push(labels);
        }
        figure(course, panels, 2, &table).drawn()
    };
    // A legend names what a visit has, so that heights differ.
    let count = course.visits.len();
    let height = (0..count).map(|number| drawn(number).height_px(FILM_PX)).max().unwrap_or(1);
    let frame_ms = if count < MANY_VISITS { FRAME_MS } else { FASTEST_FRAME_MS };
    let format = FilmFormat { width: FILM_PX, height, frames: count as u32, frame_ms };
    film::write(&format, &MARKS, |number| {
        let mut pixels = drawn(number as usize).pixels(FILM_PX)?;
        pixels.resize(FILM_PX as usize * height as usize * 3, WHITE);
        Ok(pixels)
    })
}

/// Of the page.
const WHITE: u8 = 255;
