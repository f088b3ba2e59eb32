//! One eye over time as files: a strip of the visits for a slide, a film, a table. The window and the command line write
//! the same ones.

use super::figure::{Drawing, Figure, FigureFormat, LabelStyle, Panel, PanelLabels, Proportions};
use super::film::{self, FilmFormat};
use super::{FormatError, label_png};
use crate::cases::visits::{Course, Visit};
use crate::document::LabelTable;

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
    /// The visits one after the other, as animated PNG.
    Film,
    /// Asked and measured, as CSV.
    Table,
}

impl CourseFile {
    /// The bytes of the file.
    ///
    /// # Errors
    /// If a picture cannot be drawn or encoded.
    pub fn encoded(self, course: &Course) -> Result<Vec<u8>, FormatError> {
        match self {
            CourseFile::Strip(format) => {
                let table = LabelTable::default();
                strip(course, &table).drawn().encoded(format, STRIP_PX)
            }
            CourseFile::Film => film(course),
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

/// One line a visit, asked and measured.
fn table(visits: &[Visit]) -> String {
    let mut table =
        "visit,month,share,central_um_asked,central_um,irf_mm2_asked,irf_mm2,srf_mm2_asked,srf_mm2,\
         ped_mm2_asked,ped_mm2\n"
            .to_owned();
    for (number, visit) in visits.iter().enumerate() {
        let (asked, measured) = (&visit.asked, &visit.measured);
        table += &format!(
            "{number},{},{:.4},{:.2},{:.2},{:.5},{:.5},{:.5},{:.5},{:.5},{:.5}\n",
            visit.month,
            visit.share,
            asked.central_um,
            measured.central_um,
            asked.irf_mm2,
            measured.irf_mm2,
            asked.srf_mm2,
            measured.srf_mm2,
            asked.ped_mm2,
            measured.ped_mm2
        );
    }
    table
}

fn panel<'a>(course: &Course, visit: &'a Visit, has_scale_bars: bool) -> Panel<'a> {
    Panel {
        heading: format!("Month {} · {:.0} µm", visit.month, visit.measured.central_um),
        size: [visit.mask.width(), visit.mask.height()],
        labels: Some(PanelLabels { mask: &visit.mask, style: LabelStyle::Filled }),
        spacing: Some(course.frame.spacing()),
        proportions: Proportions::Pixels,
        has_scale_bars,
        ..Panel::default()
    }
}

fn figure<'a>(course: &Course, panels: Vec<Panel<'a>>, table: &'a LabelTable) -> Figure<'a> {
    Figure {
        columns: STRIP_COLUMNS.min(panels.len()),
        panels,
        table,
        caption: format!(
            "A designed course, no patient's. Thickness over the central millimetre · seed {}",
            course.seed
        ),
        synthetic: true,
    }
}

/// The visits beside each other.
fn strip<'a>(course: &'a Course, table: &'a LabelTable) -> Figure<'a> {
    let panels = course.visits.iter().enumerate().map(|(number, visit)| panel(course, visit, number == 0));
    figure(course, panels.collect(), table)
}

fn film(course: &Course) -> Result<Vec<u8>, FormatError> {
    let labels = LabelTable::default();
    let drawn =
        |visit: &Visit| -> Drawing { figure(course, vec![panel(course, visit, true)], &labels).drawn() };
    // A legend names what a visit has, so that heights differ.
    let heights = course.visits.iter().map(|visit| drawn(visit).height_px(FILM_PX));
    let height = heights.max().unwrap_or(1);
    let frame_ms = if course.visits.len() < MANY_VISITS { FRAME_MS } else { FASTEST_FRAME_MS };
    let format = FilmFormat { width: FILM_PX, height, frames: course.visits.len() as u32, frame_ms };
    film::write(&format, &MARKS, |number| {
        let mut pixels = drawn(&course.visits[number as usize]).pixels(FILM_PX)?;
        pixels.resize(FILM_PX as usize * height as usize * 3, WHITE);
        Ok(pixels)
    })
}

/// Of the page.
const WHITE: u8 = 255;
