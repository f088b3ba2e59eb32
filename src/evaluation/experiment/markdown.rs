//! The report for people, in the shape of the paper's Tables 1 and 2.

use super::report::{ExperimentReport, MethodFigures, NetworkFigures, ReferenceRow};
use crate::evaluation::downstream::{
    ArmFigures, DISTANCES, MeanAndDeviation, PAPER_CLASSES, ReportTable, cell, interval, mean_recall,
};
use crate::metrics::fidelity::agreement::MAX_BELOW;
use crate::metrics::segmentation::bootstrap::PairedDifference;
use crate::metrics::segmentation::class_name;

/// What [`names`] are.
const FIRST: [&str; 3] = ["Model", "Trained on", "Scans"];
/// Names of runs that are not done; the rest is counted.
const MAX_NAMED: usize = 8;

/// The tables that have rows.
pub(super) fn tables(report: &ExperimentReport) -> Vec<ReportTable> {
    let tables = [
        table_1(&report.table_1, &report.table_1_references, &report.judges),
        table_2(&report.table_2),
        comparisons(&report.table_2),
        distances(&report.table_2),
        ReportTable::of_interfaces(&FIRST, named(&report.table_2)),
    ];
    tables.into_iter().filter(|table| !table.rows.is_empty()).collect()
}

fn table_1(rows: &[MethodFigures], references: &[ReferenceRow], judges: &[String]) -> ReportTable {
    let head = [
        "Method",
        "Pretrained",
        "DRM",
        "DMC",
        "FID",
        "FD-EffNet",
        "LPIPS",
        "Fréchet",
        "Kernel x 1000",
        "Lines passed",
        "Agreement",
        "Agreement, fluid",
        "s a picture",
    ];
    let first = rows.first();
    let lines = first.map_or(0, |row| row.lines);
    ReportTable {
        title: "Table 1: what methods draw",
        note: note_of_methods(first, judges) + &of_the_judge(references),
        head: head.map(str::to_owned).to_vec(),
        rows: rows
            .iter()
            .map(method_cells)
            .chain(references.iter().map(|row| reference_cells(row, lines)))
            .collect(),
    }
}

/// What the columns of Table 1 are, and what they were measured on: the same of every row, so the first says it.
fn note_of_methods(first: Option<&MethodFigures>, judges: &[String]) -> String {
    let counts = first.map_or(String::new(), |row| {
        format!(
            "{} pictures against {} training scans; half of these against the other half: {}. {} measured scans.",
            row.pictures,
            row.real,
            cell(row.frechet_of_real_halves.as_ref(), 2),
            row.scans
        )
    });
    let floor = |name: &str, floor: Option<&MeanAndDeviation>| {
        floor.map_or(String::new(), |floor| {
            format!(
                " The {name} of half of the training scans from the other half is {}.",
                cell(Some(floor), 2)
            )
        })
    };
    let floors = first.map_or(String::new(), |row| {
        floor("FID", row.fid_of_real_halves.as_ref())
            + &floor("FD-EffNet", row.fd_effnet_of_real_halves.as_ref())
    });
    let judge = match judges {
        [] => String::new(),
        judges => format!(" The segmenter that judges: {}.", judges.join(", ")),
    };
    format!(
        "Fréchet and kernel distance are taken on the features of a segmenter trained on real scans, the lower the \
         better; they are no FID, nor is FD-EffNet, on the features of EfficientNet-Lite0. {counts} Lines are those of \
         `evaluate fidelity`. Agreement is the Dice of the same segmenter's labels of a drawn scan with its mask, the \
         mean of eight classes.{judge} LPIPS is that of pairs of one method's pictures, the higher the more they \
         differ.{floors}"
    )
}

fn method_cells(figures: &MethodFigures) -> Vec<String> {
    let part = |part: Option<bool>| {
        match part {
            None => "–",
            Some(true) => "✓",
            Some(false) => "×",
        }
        .to_owned()
    };
    vec![
        figures.row.method.clone(),
        part(figures.row.pretrained),
        part(figures.row.drm),
        part(figures.row.dmc),
        open_cell(figures.fid.as_ref(), 2),
        open_cell(figures.fd_effnet.as_ref(), 2),
        open_cell(figures.lpips.as_ref(), 4),
        cell(figures.frechet.as_ref(), 2),
        cell(figures.kernel.as_ref(), 1),
        format!("{} of {}", cell(figures.lines_passed.as_ref(), 0), figures.lines),
        cell(figures.agreement.as_ref(), 3),
        cell(figures.agreement_fluid.as_ref(), 3),
        cell(figures.secs_per_picture.as_ref(), 2),
    ]
}

/// `lines` are as many as the methods were held to.
fn reference_cells(row: &ReferenceRow, lines: usize) -> Vec<String> {
    let nothing = || "–".to_owned();
    let passed = row.lines_passed.as_ref();
    let passed = passed.map_or_else(nothing, |passed| format!("{} of {lines}", cell(Some(passed), 0)));
    let agreement = [&row.agreement, &row.agreement_fluid].map(|spread| cell(spread.as_ref(), 3));
    [vec![row.name.to_owned()], vec![nothing(); 8], vec![passed], agreement.to_vec(), vec![nothing()]]
        .concat()
}

/// What the last rows of Table 1 say of the judge.
fn of_the_judge(references: &[ReferenceRow]) -> String {
    let [real, painter] = references else { return String::new() };
    let agreement = |row: &ReferenceRow| row.agreement.as_ref().map(|spread| spread.mean);
    let is_fooled = agreement(real).is_some_and(|real| agreement(painter) >= Some(real - MAX_BELOW));
    let verdict = match is_fooled {
        true => ", whom the judge reads as well as real scans: its agreement shows nothing of a method here.",
        false => ".",
    };
    format!(
        " The last rows are the real scans of the same masks, and a painter who knows mean greys and speckle of the training \
         scans{verdict}"
    )
}

/// A figure that needs weights which may not have been given.
fn open_cell(spread: Option<&MeanAndDeviation>, digits: usize) -> String {
    if spread.is_some() { cell(spread, digits) } else { "open".to_owned() }
}

fn names(row: &NetworkFigures) -> Vec<String> {
    vec![row.network.clone(), row.figures.arm.to_string(), row.figures.training_scans.to_string()]
}

fn table_2(rows: &[NetworkFigures]) -> ReportTable {
    let classes = PAPER_CLASSES.map(class_name);
    let of_class = |class: &str| [format!("{class} DSC"), format!("{class} PA")];
    ReportTable {
        title: "Table 2: segmenters by what they trained on",
        note: "Dice (DSC) and recall (PA), pooled over the measured scans; every run has as many steps as any other, \
               which the paper's had not. Mean ± standard deviation over seeds; the interval by a bootstrap of seeds, \
               then eyes, then images."
            .to_owned(),
        head: [
            FIRST.map(str::to_owned).to_vec(),
            classes.iter().flat_map(|class| of_class(class)).collect(),
            ["Mean DSC", "Mean PA", "Mean DSC, 95 %", "Fluid DSC, 95 %"].map(str::to_owned).to_vec(),
        ]
        .concat(),
        rows: rows
            .iter()
            .map(|row| {
                let figures = &row.figures;
                let of_class = |class: usize| {
                    let both = [&figures.class_dice[class], &figures.class_recall[class]];
                    both.map(|spread| cell(spread.as_ref(), 3))
                };
                [
                    names(row),
                    PAPER_CLASSES.iter().flat_map(|&class| of_class(class)).collect(),
                    vec![
                        cell(figures.mean_dice.as_ref(), 3),
                        mean_recall(&figures.class_recall),
                        interval(figures.mean_dice_interval.as_ref()),
                        interval(figures.fluid_dice_interval.as_ref()),
                    ],
                ]
                .concat()
            })
            .collect(),
    }
}

fn comparisons(rows: &[NetworkFigures]) -> ReportTable {
    let difference = |paired: &PairedDifference| {
        let found = &paired.difference;
        format!("{:+.3} ({:+.3} to {:+.3})", found.estimate, found.low, found.high)
    };
    let head = ["Model", "Trained on", "Against", "Mean DSC of an image", "Fluid DSC", "Says"];
    ReportTable {
        title: "What one training set gains over another",
        note: "Image by image with the same network, mean over seeds; 95 % of the resamples of seeds, then eyes, then images.".to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: rows
            .iter()
            .flat_map(|row| row.comparisons.iter().map(move |comparison| (row, comparison)))
            .map(|(row, comparison)| {
                vec![
                    row.network.clone(),
                    comparison.arm.to_string(),
                    comparison.over.to_string(),
                    difference(&comparison.mean_dice),
                    comparison.fluid_dice.as_ref().map_or("–".to_owned(), difference),
                    comparison.verdict().to_owned(),
                ]
            })
            .collect(),
    }
}

fn distances(rows: &[NetworkFigures]) -> ReportTable {
    let note = "Errors, but for NSD (share of outlines) and F1. Where one side alone has a class there is no distance, which \
                is counted: such images are in no mean.";
    let title = "Distances, thickness and lesions";
    ReportTable { note: note.to_owned(), ..ReportTable::of_arms(title, &FIRST, &DISTANCES, named(rows)) }
}

/// The figures of each behind its names.
fn named(rows: &[NetworkFigures]) -> impl Iterator<Item = (Vec<String>, &ArmFigures)> {
    rows.iter().map(|row| (names(row), &row.figures))
}

/// How far the experiment is, and what stays open.
pub(super) fn state(report: &ExperimentReport) -> String {
    let done = report.runs - report.missing.len();
    let mut text = format!("{done} of {} runs are done.", report.runs);
    if !report.missing.is_empty() {
        let named = report.missing.iter().take(MAX_NAMED).cloned().collect::<Vec<_>>().join(", ");
        let more = report.missing.len().saturating_sub(MAX_NAMED);
        text += &format!(" Missing: {named}");
        text += &if more > 0 { format!(" and {more} more.") } else { ".".to_owned() };
    }
    for column in &report.open_columns {
        text += &format!(" {column}.");
    }
    text
}

impl ExperimentReport {
    /// The report for people.
    pub fn markdown(&self) -> String {
        let mut text = format!("# {}\n\n{}\n", self.title, state(self));
        for table in tables(self) {
            text += &table.markdown();
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::downstream::{Arm, blind_to_fluid};

    #[test]
    fn table_1_says_who_judges_and_has_a_column_for_each_published_network() {
        let table = table_1(&[], &[], &["a segmenter trained for it in 400 steps".to_owned()]);
        assert!(table.note.contains("The segmenter that judges: a segmenter trained for it in 400 steps."));
        assert_eq!(table.head[4..7], ["FID", "FD-EffNet", "LPIPS"]);
    }

    #[test]
    fn distances_say_which_classes_they_leave_out() {
        let row = NetworkFigures {
            network: "unet".to_owned(),
            runs: vec!["labels".to_owned()],
            figures: ArmFigures::of(Arm::REAL, 3, &[blind_to_fluid()]),
            comparisons: Vec::new(),
        };
        let table = distances(&[row]);
        let hd95 = table.head.iter().position(|head| head == "HD95, µm").expect("a column");
        assert_eq!(table.rows[0][hd95], "17.8 (fluid undefined in 2 of 2)");
        assert_eq!(table.rows[0].last().map(String::as_str), Some("–"), "no lesion, no F1");
    }
}
