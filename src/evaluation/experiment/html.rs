//! The report as a page that stands alone: tables, what each method draws from the same masks (the paper's Figure 2 A),
//! and how segmenters label (Figure 2 B).

use std::fmt::Write as _;
use std::path::Path;

use super::done::{self, folder_of};
use super::error::ExperimentError;
use super::markdown::{state, tables};
use super::plan::{ExperimentPlan, MethodRow, PlannedRun, Task};
use super::report::ExperimentReport;
use super::training::run_of;
use crate::anatomy::UNANNOTATED;
use crate::dataset::samples::LabelledScan;
use crate::dataset::{Manifest, ManifestEntry};
use crate::evaluation::downstream::{STYLE, TestSet, figure, labels_of, shown};
use crate::formats::markup::escaped;
use crate::formats::{read_file, scan_image};

/// The page; pictures only with the data set at hand.
///
/// # Errors
/// If a picture cannot be read.
pub(super) fn page(
    report: &ExperimentReport,
    plan: &ExperimentPlan,
    folder: &Path,
    data: Option<&Manifest>,
) -> Result<String, ExperimentError> {
    let title = escaped(&report.title);
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style>\
         <h1>{title}</h1><p>{}</p>",
        escaped(&state(report))
    );
    for table in tables(report) {
        page += &table.html();
    }
    if let Some(data) = data {
        page += &pictures(plan, folder, data)?;
    }
    page += "</html>\n";
    Ok(page)
}

/// For a few measured scans the scan, its mask, what each method drew and how each segmenter labelled.
fn pictures(plan: &ExperimentPlan, folder: &Path, data: &Manifest) -> Result<String, ExperimentError> {
    let plan_sha256 = plan.sha256();
    let mut done_runs = Vec::new();
    for run in &plan.runs {
        if done::read(folder, &plan_sha256, &run.name)?.is_some() {
            done_runs.push(run);
        }
    }
    let Some(measured) = done_runs.iter().find_map(|run| match &run.task {
        Task::Pictures { measured, .. } | Task::Labels { measured, .. } => Some(measured),
        _ => None,
    }) else {
        return Ok(String::new());
    };
    let test = TestSet::read(data, &graded(data, measured))?;
    let mut page = "<h2>Pictures</h2><p>The scans with most fluid of each measured eye. Everything drawn is synthetic.</p>"
        .to_owned();
    for scan in shown(&test) {
        // Writing into a string cannot fail.
        let _ = write!(page, "<h3>{}</h3>", escaped(&scan.entry.id));
        page += &figure("scan", scan, &vec![UNANNOTATED; scan.labels.len()]);
        page += &figure("grader", scan, &scan.labels);
        for run in done_runs.iter().filter(|run| is_about(run, measured)) {
            page += &of_run(folder, run, scan)?;
        }
    }
    Ok(page)
}

/// The scans of some subjects that a grader labelled: those of the auto-trace would be captioned as a grader's.
fn graded<'a>(data: &'a Manifest, subjects: &[String]) -> Vec<&'a ManifestEntry> {
    let is_shown = |entry: &&ManifestEntry| entry.is_graded() && subjects.contains(&entry.subject);
    data.entries.iter().filter(is_shown).collect()
}

fn is_about(run: &PlannedRun, subjects: &[String]) -> bool {
    match &run.task {
        Task::Pictures { measured, .. } | Task::Labels { measured, .. } => measured == subjects,
        _ => false,
    }
}

fn of_run(folder: &Path, run: &PlannedRun, scan: &LabelledScan) -> Result<String, ExperimentError> {
    match &run.task {
        Task::Pictures { row, .. } => {
            let file = folder_of(folder, &run.name).join("pictures").join(format!("{}.png", scan.entry.id));
            let image = scan_image::read(&read_file(&file)?, &file.display().to_string())?;
            let drawn = LabelledScan { image, ..scan.clone() };
            let caption = escaped(&format!("{} (synthetic)", described(row)));
            Ok(figure(&caption, &drawn, &vec![UNANNOTATED; scan.labels.len()]))
        }
        Task::Labels { row, segmenter, .. } => {
            let labels = labels_of(&run_of(folder, segmenter), &scan.entry.id)?;
            Ok(figure(&escaped(&format!("{} {}", row.network, row.arm)), scan, &labels))
        }
        _ => Ok(String::new()),
    }
}

fn described(row: &MethodRow) -> String {
    let parts = [("pretrained", row.pretrained), ("DRM", row.drm), ("DMC", row.dmc)];
    let has: Vec<&str> =
        parts.into_iter().filter(|(_, has)| *has == Some(true)).map(|(part, _)| part).collect();
    if has.is_empty() { row.method.clone() } else { format!("{} + {}", row.method, has.join(" + ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_nobody_drew_are_not_shown_as_a_graders() {
        let entry = |id: &str, subject: &str, is_traced: bool| -> ManifestEntry {
            serde_json::from_value(serde_json::json!({
                "version": 1, "id": id, "image": "a.png", "label": "b.png", "width": 8, "height": 4,
                "subject": subject, "source": "x", "pseudo_labelled": is_traced
            }))
            .unwrap()
        };
        let entries =
            vec![entry("graded", "a", false), entry("traced", "a", true), entry("other", "b", false)];
        let data = Manifest { dir: "data".into(), entries };
        let shown: Vec<&str> = graded(&data, &["a".to_owned()]).iter().map(|entry| &entry.id[..]).collect();
        assert_eq!(shown, ["graded"]);
    }
}
