//! Tables that reports of segmenters share, for Markdown and HTML.

use super::figures::ArmFigures;
use super::spread::MeanAndDeviation;
use super::undefined::UndefinedCount;
use crate::anatomy::Interface;
use crate::formats::markup::escaped;
use crate::metrics::segmentation::bootstrap::Interval;
use crate::metrics::segmentation::{BACKGROUND, CLASS_COUNT, FLUID};

/// The classes that the paper's table lists beside the mean: GCL-IPL (its NFL-IPL), ONL-ISM, IRF.
pub(in crate::evaluation) const PAPER_CLASSES: [usize; 3] = [2, 5, FLUID];

/// A table of a report; its note may be empty.
pub(in crate::evaluation) struct ReportTable {
    pub title: &'static str,
    pub note: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// A column: its head, its decimals, and its figure with what that leaves out.
pub(in crate::evaluation) type ArmColumn =
    (&'static str, usize, fn(&ArmFigures) -> (Option<&MeanAndDeviation>, &[UndefinedCount]));

pub(in crate::evaluation) const DISTANCES: [ArmColumn; 7] = [
    ("HD95, µm", 1, |arm| (arm.hd95_um.as_ref(), &arm.undefined.hd95_um)),
    ("ASSD, µm", 1, |arm| (arm.assd_um.as_ref(), &arm.undefined.assd_um)),
    ("NSD at 1 px", 3, |arm| (arm.nsd.as_ref(), &arm.undefined.nsd)),
    ("interfaces, µm", 1, |arm| (arm.interfaces_um.as_ref(), &arm.undefined.interfaces_um)),
    ("thickness, µm", 1, |arm| (arm.thickness_um.as_ref(), &arm.undefined.thickness_um)),
    ("fluid area, mm²", 4, |arm| (arm.fluid_mm2.as_ref(), &[])),
    ("lesion F1", 3, |arm| (arm.lesion_f1.as_ref(), &[])),
];

impl ReportTable {
    /// Columns of figures behind those that say whose they are.
    pub fn of_arms<'a>(
        title: &'static str,
        names: &[&str],
        columns: &[ArmColumn],
        arms: impl Iterator<Item = (Vec<String>, &'a ArmFigures)>,
    ) -> Self {
        let row = |(mut cells, arm): (Vec<String>, &ArmFigures)| {
            cells.extend(columns.iter().map(|(_, digits, figure)| {
                let (spread, undefined) = figure(arm);
                cell_with_undefined(spread, *digits, undefined)
            }));
            cells
        };
        let rows = arms.map(row).collect();
        let head = names.iter().copied().chain(columns.iter().map(|(name, ..)| *name));
        Self { title, note: String::new(), head: head.map(str::to_owned).collect(), rows }
    }

    /// The error of each interface, behind what says whose it is.
    pub fn of_interfaces<'a>(
        names: &[&str],
        arms: impl Iterator<Item = (Vec<String>, &'a ArmFigures)>,
    ) -> Self {
        let row = |(mut cells, arm): (Vec<String>, &ArmFigures)| {
            cells.extend(arm.interface_um.iter().map(|spread| cell(spread.as_ref(), 1)));
            cells
        };
        let rows = arms.map(row).collect();
        let head = names.iter().copied().chain(Interface::ALL.map(Interface::name));
        let title = "Mean unsigned error of each interface, µm";
        Self { title, note: String::new(), head: head.map(str::to_owned).collect(), rows }
    }

    pub fn markdown(&self) -> String {
        let row = |cells: &Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut text = format!("\n## {}\n\n", self.title);
        if !self.note.is_empty() {
            text += &format!("{}\n\n", self.note);
        }
        text += &row(&self.head);
        text += &format!("|{}\n", "---|".repeat(self.head.len()));
        text += &self.rows.iter().map(row).collect::<String>();
        text
    }

    pub fn html(&self) -> String {
        let row = |cells: &[String], tag: &str| -> String {
            let cells = cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell)));
            format!("<tr>{}</tr>", cells.collect::<String>())
        };
        let rows: String = self.rows.iter().map(|cells| row(cells, "td")).collect();
        let (title, note, head) = (escaped(self.title), escaped(&self.note), row(&self.head, "th"));
        format!("<h2>{title}</h2><p>{note}</p><table>{head}{rows}</table>")
    }
}

/// Mean and deviation of a figure, or a dash.
pub(in crate::evaluation) fn cell(spread: Option<&MeanAndDeviation>, digits: usize) -> String {
    match spread {
        None => "–".to_owned(),
        Some(MeanAndDeviation { mean, deviation: None, .. }) => format!("{mean:.digits$}"),
        Some(MeanAndDeviation { mean, deviation: Some(deviation), .. }) => {
            format!("{mean:.digits$} ± {deviation:.digits$}")
        }
    }
}

/// The same, and of what and how often it is undefined: such images are not in the mean.
fn cell_with_undefined(
    spread: Option<&MeanAndDeviation>,
    digits: usize,
    undefined: &[UndefinedCount],
) -> String {
    let figure = cell(spread, digits);
    let of =
        |count: &UndefinedCount| format!("{} undefined in {} of {}", count.of, count.undefined, count.images);
    match undefined.is_empty() {
        true => figure,
        false => format!("{figure} ({})", undefined.iter().map(of).collect::<Vec<_>>().join(", ")),
    }
}

/// The mean of the classes' recalls that are defined, background left out.
pub(in crate::evaluation) fn mean_recall(classes: &[Option<MeanAndDeviation>]) -> String {
    let means: Vec<f64> =
        classes.iter().skip(BACKGROUND + 1).take(CLASS_COUNT).flatten().map(|spread| spread.mean).collect();
    match means.len() {
        0 => "–".to_owned(),
        count => format!("{:.3}", means.iter().sum::<f64>() / count as f64),
    }
}

/// An interval, or a dash.
pub(in crate::evaluation) fn interval(interval: Option<&Interval>) -> String {
    interval.map_or("–".to_owned(), |interval| format!("{:.3} to {:.3}", interval.low, interval.high))
}
