//! The data sheet of an export: what is in it, where it comes from, who looked at it, and how sure one may be. Markdown
//! for repositories, HTML with pictures for people.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::ReviewError;
use super::audit_log::AcceptedGroup;
use super::export::{ExportPair, ExportReport};
use super::kappa::{Kappa, cohen};
use super::set::ReviewSet;
use super::verdicts::Verdicts;
use crate::anatomy::LABELS;
use crate::formats::markup::escaped;
use crate::formats::{read_file, write_file};
use crate::generation::coverage::{self, NearestDistances};
use crate::metrics::quantile::quantile;
use crate::scan::Spacing;

/// Pairs whose pictures stand in the sheet.
const PICTURED: usize = 12;
/// Masks that are compared for their coverage: the work grows with their square.
const COMPARED: usize = 200;
/// Where that table stands: behind what the masks measure and show.
const COVERAGE_AT: usize = 3;
/// Folder of those pictures.
const PICTURES: &str = "sheet";

/// Least, quarter, middle, three quarters and most of some figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quantiles(pub [f64; 5]);

impl Quantiles {
    /// Of the values that are known; `None` of none.
    pub fn of(values: impl Iterator<Item = f32>) -> Option<Self> {
        let values: Vec<f64> = values.filter(|value| !value.is_nan()).map(f64::from).collect();
        let at = |share| quantile(&values, share);
        Some(Self([at(0.0)?, at(0.25)?, at(0.5)?, at(0.75)?, at(1.0)?]))
    }
}

/// Agreement of every two reviewers who decided pairs in common.
pub fn agreements(verdicts: &Verdicts) -> Vec<(String, String, Kappa)> {
    let names = verdicts.reviewers();
    let mut found = Vec::new();
    for first in 0..names.len() {
        for second in first + 1..names.len() {
            if let Some(kappa) = cohen(&verdicts.both(first, second)) {
                found.push((names[first].clone(), names[second].clone(), kappa));
            }
        }
    }
    found
}

/// A table of the sheet: title, heads, rows.
struct Table {
    title: &'static str,
    heads: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

/// Writes `DATASHEET.md`, `datasheet.html` and the pictures it shows into the folder of an export.
///
/// # Errors
/// If a file cannot be read or written.
pub fn write(
    set: &ReviewSet,
    verdicts: &Verdicts,
    audits: &[AcceptedGroup],
    report: &ExportReport,
    pairs: &[ExportPair],
    out: &Path,
) -> Result<(), ReviewError> {
    let mut tables = tables(set, verdicts, audits, report, pairs);
    tables.insert(COVERAGE_AT, coverage_table(set, pairs));
    write_file(&out.join("DATASHEET.md"), markdown(&tables).as_bytes())?;
    let step = pairs.len().div_ceil(PICTURED).max(1);
    let pictured: Vec<&ExportPair> = pairs.iter().step_by(step).take(PICTURED).collect();
    for pair in &pictured {
        let label = pair.line.label.as_deref().unwrap_or_default();
        for (kind, file) in [("scan", pair.line.image.as_str()), ("mask", label)] {
            let path = out.join(PICTURES).join(format!("{}_{kind}.png", pair.line.id));
            write_file(&path, &read_file(&set.dir.join(file))?)?;
        }
    }
    Ok(write_file(&out.join("datasheet.html"), html(&tables, &pictured).as_bytes())?)
}

fn tables(
    set: &ReviewSet,
    verdicts: &Verdicts,
    audits: &[AcceptedGroup],
    report: &ExportReport,
    pairs: &[ExportPair],
) -> Vec<Table> {
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let subjects: std::collections::BTreeSet<&str> =
        pairs.iter().map(|pair| pair.line.subject.as_str()).collect();
    let [train, validation, test] = report.parts;
    let counts = Table {
        title: "What it holds",
        heads: vec!["", ""],
        rows: vec![
            row("Pairs of a scan and a mask", report.pairs.to_string()),
            row("Subjects", subjects.len().to_string()),
            row("Training, validation, test", format!("{train}, {validation}, {test}")),
            row("Accepted by a look", report.looked.to_string()),
            row("Accepted by an audit", report.audited.to_string()),
            row("Decided by nobody", report.undecided.to_string()),
            row("Left out: rejected or flagged", report.rejected.to_string()),
            row("Left out: not accepted", report.not_accepted.to_string()),
            row("Left out: too near to a reference scan", report.too_near.to_string()),
            row("Left out: without a mask", report.without_mask.to_string()),
            row("Left out: a file missing or changed", (report.missing + report.changed).to_string()),
        ],
    };
    let spread = |name: &str, value: fn(&super::Row) -> f32| {
        let values = pairs.iter().map(|pair| value(&set.rows[pair.row as usize]));
        let spread = Quantiles::of(values)?;
        let mut cells = vec![name.to_owned()];
        cells.extend(spread.0.iter().map(|value| format!("{value:.4}")));
        Some(cells)
    };
    let figures = Table {
        title: "What the masks measure",
        heads: vec!["", "least", "quarter", "middle", "three quarters", "most"],
        rows: [
            spread("Fluid in mm²", |row| row.fluid_mm2),
            spread("Retina, mean thickness in µm", |row| row.retina_um),
            spread("Retina, middle millimetre in µm", |row| row.central_um),
            spread("Agreement with a segmenter (Dice)", |row| row.agreement),
            spread("Distance to the nearest reference scan", |row| row.nearest),
        ]
        .into_iter()
        .flatten()
        .collect(),
    };
    let lesions = ["IRF", "SRF", "PED"].iter().enumerate().map(|(kind, name)| {
        let with = pairs.iter().filter(|pair| set.rows[pair.row as usize].lesions[kind] > 0).count();
        row(name, with.to_string())
    });
    let content = Table { title: "Pairs that show", heads: vec!["lesion", "pairs"], rows: lesions.collect() };
    vec![counts, figures, content, review_table(verdicts), audit_table(audits), label_table()]
}

/// How much the masks of the export repeat each other; empty where nothing can be said in µm.
fn coverage_table(set: &ReviewSet, pairs: &[ExportPair]) -> Table {
    let masks: Vec<(PathBuf, Spacing)> = pairs
        .iter()
        .filter_map(|pair| Some((set.dir.join(pair.line.label.as_deref()?), pair.line.spacing?)))
        .collect();
    let row = match coverage::of_masks(&masks, COMPARED) {
        Ok((compared, Some(found))) => {
            let NearestDistances { least_um, fifth_percentile_um, median_um, .. } = found;
            let figures = [least_um, fifth_percentile_um, median_um].map(|um| format!("{um:.1}"));
            Some([vec![format!("{compared} of {}", pairs.len())], figures.to_vec()].concat())
        }
        Ok((_, None)) => None,
        // The pairs are written all the same: a layout that copies masks need not understand them.
        Err(error) => Some(vec![format!("not measured: {error}")]),
    };
    Table {
        title: "Coverage: from each mask to the nearest other one, in µm",
        heads: vec!["masks compared", "least", "a twentieth nearer than", "half nearer than"],
        rows: row.into_iter().collect(),
    }
}

fn review_table(verdicts: &Verdicts) -> Table {
    let mut rows: Vec<Vec<String>> = verdicts
        .reason_counts()
        .into_iter()
        .map(|(reason, count)| vec![format!("rejected: {reason}"), count.to_string()])
        .collect();
    for (first, second, kappa) in agreements(verdicts) {
        let figure = match (kappa.kappa, kappa.low, kappa.high) {
            (Some(kappa), Some(low), Some(high)) => format!("kappa {kappa:.2} [{low:.2}, {high:.2}]"),
            _ => "no kappa: both always say the same".to_owned(),
        };
        rows.push(vec![format!("{first} and {second}, {} pairs in common", kappa.pairs), figure]);
    }
    Table { title: "Review", heads: vec!["", ""], rows }
}

fn audit_table(audits: &[AcceptedGroup]) -> Table {
    let row = |group: &AcceptedGroup| {
        vec![
            group.who.clone(),
            group.when.clone(),
            group.pairs.to_string(),
            group.looked_at.to_string(),
            format!("{:.1} %", 100.0 * group.bound),
            format!("{:.0} %", 100.0 * group.terms.confidence),
        ]
    };
    Table {
        title: "Audited acceptance",
        heads: vec!["who", "when", "pairs", "looked at, none bad", "fewer bad than", "confidence"],
        rows: audits.iter().map(row).collect(),
    }
}

fn label_table() -> Table {
    let rows = LABELS
        .iter()
        .map(|label| vec![label.code.to_string(), label.name.to_owned(), label.alias.to_owned()]);
    Table { title: "Labels", heads: vec!["code", "name", "meaning"], rows: rows.collect() }
}

const TITLE: &str = "Data sheet";
const ABOUT: &str = "Written by RetiDiff Studio. Synthetic scans are drawn by a model from their masks; they were not \
recorded from any eye and are not for diagnosis. Each says in its file what made it.";

fn markdown(tables: &[Table]) -> String {
    let mut text = format!("# {TITLE}\n\n{ABOUT}\n");
    for table in tables.iter().filter(|table| !table.rows.is_empty()) {
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let cell = |text: &String| text.replace('|', "\\|").replace(['\n', '\r'], " ");
        text += &format!("\n## {}\n\n", table.title);
        text += &line(table.heads.iter().map(|head| (*head).to_owned()).collect());
        text += &line(vec!["---".to_owned(); table.heads.len()]);
        for row in &table.rows {
            text += &line(row.iter().map(cell).collect());
        }
    }
    text
}

fn html(tables: &[Table], pictured: &[&ExportPair]) -> String {
    let mut text = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{TITLE}</title>\n<style>\
         body{{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}}\
         table{{border-collapse:collapse}}td,th{{border-bottom:1px solid #ccc;padding:.2em .8em;text-align:left}}\
         figure{{display:inline-block;margin:.5em;width:18em}}img{{width:100%;display:block;image-rendering:auto}}\
         </style></head><body>\n<h1>{TITLE}</h1>\n<p>{}</p>\n",
        escaped(ABOUT)
    );
    for table in tables.iter().filter(|table| !table.rows.is_empty()) {
        text += &format!("<h2>{}</h2>\n<table>\n<tr>", escaped(table.title));
        table.heads.iter().for_each(|head| text += &format!("<th>{}</th>", escaped(head)));
        text += "</tr>\n";
        for row in &table.rows {
            let cells: String = row.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect();
            text += &format!("<tr>{cells}</tr>\n");
        }
        text += "</table>\n";
    }
    text += "<h2>Some of the pairs</h2>\n";
    for pair in pictured {
        let id = escaped(&pair.line.id);
        text += &format!(
            "<figure><img src=\"{PICTURES}/{id}_scan.png\" alt=\"Synthetic scan {id}\">\
             <img src=\"{PICTURES}/{id}_mask.png\" alt=\"Mask of {id}\"><figcaption>{id}, synthetic</figcaption></figure>\n"
        );
    }
    text + "</body></html>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_the_same_in_both_forms_and_nothing_breaks_out() {
        let table = Table {
            title: "Review",
            heads: vec!["", "n"],
            rows: vec![vec!["rejected: <b>|bad\nword</b>".to_owned(), "3".to_owned()]],
        };
        let empty = Table { title: "Nothing", heads: vec![""], rows: Vec::new() };
        let tables = [table, empty];
        let text = markdown(&tables);
        assert!(text.contains("| rejected: <b>\\|bad word</b> | 3 |") && !text.contains("Nothing"), "{text}");
        let page = html(&tables, &[]);
        assert!(page.contains("rejected: &lt;b&gt;|bad") && !page.contains("<b>"), "{page}");
    }

    #[test]
    fn spreads_leave_out_what_is_not_known() {
        let spread = Quantiles::of([f32::NAN, 4.0, 1.0, 2.0, 3.0].into_iter()).unwrap();
        assert_eq!(spread.0, [1.0, 1.75, 2.5, 3.25, 4.0]);
        assert_eq!(Quantiles::of([f32::NAN].into_iter()), None);
    }
}
