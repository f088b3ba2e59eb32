//! The study as a page with pictures, and as a table.

use std::fmt::Write;

use super::{PairStudy, Study};
use crate::anatomy::{Interface, Lesion};
use crate::document::LabelTable;
use crate::formats::FormatError;
use crate::formats::figure::{BoxMark, Chart, Figure, Poster, Series, SeriesLook};
use crate::formats::markup::escaped;

/// One line a scan and pair of graders: every figure of the study.
pub fn table(study: &Study) -> String {
    let mut table = "scan,first,second".to_owned();
    for interface in Interface::ALL {
        let _ = write!(table, ",{}_um", interface.name());
    }
    for lesion in KINDS {
        let _ = write!(table, ",{lesion}_dice,{lesion}_first,{lesion}_second,{lesion}_found");
    }
    table += ",central_um_first,central_um_second,fluid_mm2_first,fluid_mm2_second\r\n";
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.4}"));
    for pair in &study.pairs {
        let [first, second] = pair.graders.map(|grader| study.graders[grader].as_str());
        for scan in &pair.scans {
            let name = study.scans[scan.scan].replace('"', "\"\"");
            let _ = write!(table, "\"{name}\",{first},{second}");
            for distance in scan.interface_um {
                let _ = write!(table, ",{}", number(distance));
            }
            for (dice, [first, second, found]) in scan.dice.iter().zip(scan.regions) {
                let _ = write!(table, ",{},{first},{second},{found}", number(*dice));
            }
            let [first_um, second_um] = scan.central_um.map(number);
            let [first_mm2, second_mm2] = scan.fluid_mm2;
            let _ = write!(table, ",{first_um},{second_um},{first_mm2:.6},{second_mm2:.6}\r\n");
        }
    }
    table
}

const KINDS: [&str; Lesion::ALL.len()] = ["IRF", "SRF", "PED"];

/// The page: one file with its pictures in it.
///
/// # Errors
/// If a picture cannot be drawn.
pub fn page(study: &Study, title: &str) -> Result<String, FormatError> {
    let mut body = String::new();
    let (title, scans) = (escaped(title), study.scans.len());
    let _ = writeln!(
        body,
        "<h1>{title}</h1>\n<p>{} graders, {scans} scans, {} x {} µm per px. Graders are named by letters in an order of \
         chance.</p>",
        study.graders.len(),
        study.pixel_um[1],
        study.pixel_um[0]
    );
    for pair in &study.pairs {
        let [first, second] = pair.graders.map(|grader| study.graders[grader].as_str());
        let _ = writeln!(body, "<h2>{first} and {second}</h2>\n<p>{} scans in common.</p>", pair.scans.len());
        body += &pictures(pair, first, second)?;
        body += &interface_table(pair);
        body += &fluid_table(pair);
        body += &difference_table(pair, first, second);
    }
    Ok(PAGE.replacen("TITLE", &title, 1).replacen("BODY", &body, 1))
}

const PAGE: &str = r#"<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>TITLE</title>
<style>
body { font: 16px/1.5 Inter, system-ui, sans-serif; color: #1b1f27; max-width: 1100px; margin: 0 auto; padding: 20px; }
table { border-collapse: collapse; margin: 12px 0 24px; }
th, td { text-align: right; padding: 5px 12px; border-bottom: 1px solid #cfd5dd; }
th:first-child, td:first-child { text-align: left; }
svg { width: 100%; height: auto; }
caption { text-align: left; font-weight: 600; }
</style></head><body>
BODY
<p>Bland &amp; Altman 1986: dashed are the mean difference and the limits between which 95 % of differences are to be expected.
Boxes: quartiles and median; whiskers reach to the last value within 1.5 boxes (Tukey). Kappa: Cohen 1960, interval of Fleiss,
Cohen and Everitt 1969.</p>
</body></html>
"#;

/// Box plots and Bland-Altman plots of two graders.
fn pictures(pair: &PairStudy, first: &str, second: &str) -> Result<String, FormatError> {
    let labels = LabelTable::default();
    let boxes =
        |names: &mut dyn Iterator<Item = &str>, found: &[Option<super::FiveNumbers>]| -> Vec<BoxMark> {
            let marks = names.zip(found).filter_map(|(name, found)| {
                let found = found.as_ref()?;
                Some(BoxMark { name: name.to_owned(), five: found.five, outliers: found.outliers.clone() })
            });
            marks.collect()
        };
    let interfaces = boxes(&mut Interface::ALL.iter().map(|it| it.name()), &pair.interface_um);
    let dice = boxes(&mut KINDS.into_iter(), &pair.dice);
    let mut charts = Vec::new();
    for (title, boxes) in [("Distance of interfaces, µm", interfaces), ("Dice of fluid", dice)] {
        if !boxes.is_empty() {
            charts.push(Chart { title: title.to_owned(), boxes, from_zero: true, ..Chart::default() });
        }
    }
    let differences =
        [("Central thickness, µm", &pair.central_um, 0), ("Area of fluid, mm²", &pair.fluid_mm2, 3)];
    for (what, found, digits) in differences {
        let Some(found) = found else { continue };
        let mut levels = vec![(found.bias, format!("{:.digits$}", found.bias))];
        levels.extend(found.limits.iter().flatten().map(|limit| (*limit, format!("{limit:.digits$}"))));
        let points = found.points.clone();
        charts.push(Chart {
            title: format!("{what}: {first} less {second}"),
            x_name: "mean of both".to_owned(),
            series: vec![Series { name: String::new(), look: SeriesLook::Dots, color: 0, points }],
            levels,
            ..Chart::default()
        });
    }
    let mut written = String::new();
    for charts in charts.chunks(2) {
        let figure = Figure {
            panels: Vec::new(),
            columns: 1,
            table: &labels,
            caption: String::new(),
            synthetic: false,
        };
        let poster = Poster { title: "", figure, charts: charts.to_vec() };
        written += &poster.drawn().to_svg()?;
    }
    Ok(written)
}

fn interface_table(pair: &PairStudy) -> String {
    let rows = Interface::ALL.iter().zip(&pair.interface_um).filter_map(|(interface, found)| {
        let found = found.as_ref()?;
        let [_, first, median, third, _] = found.five;
        Some(format!(
            "<tr><td>{}</td><td>{}</td><td>{:.1}</td><td>{median:.1}</td><td>{first:.1} – {third:.1}</td></tr>\n",
            interface.name(),
            found.count,
            found.mean
        ))
    });
    let head = "<tr><th>Interface</th><th>scans</th><th>mean</th><th>median</th><th>quartiles</th></tr>";
    format!(
        "<table><caption>Distance of interfaces in µm</caption>{head}\n{}</table>\n",
        rows.collect::<String>()
    )
}

fn fluid_table(pair: &PairStudy) -> String {
    let mut rows = String::new();
    for (kind, name) in KINDS.iter().enumerate() {
        let (median, quartiles) = pair.dice[kind].as_ref().map_or_else(
            || ("–".to_owned(), "–".to_owned()),
            |found| (format!("{:.2}", found.five[2]), format!("{:.2} – {:.2}", found.five[1], found.five[3])),
        );
        let kappa = pair.presence[kind];
        let agreement =
            kappa.map_or_else(|| "–".to_owned(), |found| format!("{:.0} %", found.agreement * 100.0));
        let kappa = kappa.and_then(|found| Some((found.kappa?, found.low?, found.high?)));
        let kappa = kappa.map_or_else(
            || "–".to_owned(),
            |(kappa, low, high)| format!("{kappa:.2} ({low:.2} – {high:.2})"),
        );
        let sum = |of: usize| pair.scans.iter().map(|scan| scan.regions[kind][of]).sum::<usize>();
        let _ = writeln!(
            rows,
            "<tr><td>{name}</td><td>{median}</td><td>{quartiles}</td><td>{agreement}</td><td>{kappa}</td><td>{}</td>\
             <td>{}</td><td>{}</td></tr>",
            sum(0),
            sum(1),
            sum(2)
        );
    }
    let head = "<tr><th>Fluid</th><th>Dice, median</th><th>quartiles</th><th>same presence</th><th>kappa (95 %)</th>\
                <th>regions of the first</th><th>of the second</th><th>found by both</th></tr>";
    format!("<table><caption>Fluid</caption>{head}\n{rows}</table>\n")
}

fn difference_table(pair: &PairStudy, first: &str, second: &str) -> String {
    let mut rows = String::new();
    let measures =
        [("Central thickness, µm", &pair.central_um, 1), ("Area of fluid, mm²", &pair.fluid_mm2, 4)];
    for (what, found, digits) in measures {
        let Some(found) = found else { continue };
        let limits = found
            .limits
            .map_or_else(|| "–".to_owned(), |[low, high]| format!("{low:.digits$} to {high:.digits$}"));
        let count = found.points.len();
        let _ = writeln!(
            rows,
            "<tr><td>{what}</td><td>{count}</td><td>{:.digits$}</td><td>{limits}</td></tr>",
            found.bias
        );
    }
    let head = "<tr><th>Difference</th><th>scans</th><th>mean</th><th>95 % limits</th></tr>";
    format!("<table><caption>{first} less {second}</caption>{head}\n{rows}</table>\n")
}
