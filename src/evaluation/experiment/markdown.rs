//! The report for people, in the shape of the paper's Tables 1 and 2.

use super::report::{ExperimentReport, MethodFigures, NetworkFigures};
use crate::anatomy::Interface;
use crate::evaluation::downstream::{MeanAndDeviation, UndefinedCount, cell, cell_with_undefined, interval};
use crate::metrics::segmentation::{BACKGROUND, CLASS_COUNT, FLUID, class_name};

/// The classes that the paper's table lists beside the mean: GCL-IPL (its NFL-IPL), ONL-ISM, IRF.
const PAPER_CLASSES: [usize; 3] = [2, 5, FLUID];
/// Names of runs that are not done; the rest is counted.
const MAX_NAMED: usize = 8;

/// A table that Markdown and HTML share.
pub(super) struct Table {
    pub title: &'static str,
    pub note: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// The tables that have rows.
pub(super) fn tables(report: &ExperimentReport) -> Vec<Table> {
    let tables = [
        table_1(&report.table_1, &report.judges),
        table_2(&report.table_2),
        distances(&report.table_2),
        interfaces(&report.table_2),
    ];
    tables.into_iter().filter(|table| !table.rows.is_empty()).collect()
}

fn table_1(rows: &[MethodFigures], judges: &[String]) -> Table {
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
    let part = |part: Option<bool>| {
        match part {
            None => "–",
            Some(true) => "✓",
            Some(false) => "×",
        }
        .to_owned()
    };
    let first = rows.first();
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
    Table {
        title: "Table 1: what methods draw",
        note: format!(
            "Fréchet and kernel distance are taken on the features of a segmenter trained on real scans, the lower the \
             better; they are no FID, nor is FD-EffNet, on the features of EfficientNet-Lite0. {counts} Lines are those of \
             `evaluate fidelity`. Agreement is the Dice of the same segmenter's labels of a drawn scan with its mask, the \
             mean of eight classes.{judge} LPIPS is that of pairs of one method's pictures, the higher the more they \
             differ.{floors}"
        ),
        head: head.map(str::to_owned).to_vec(),
        rows: rows
            .iter()
            .map(|figures| {
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
            })
            .collect(),
    }
}

/// A figure that needs weights which may not have been given.
fn open_cell(spread: Option<&MeanAndDeviation>, digits: usize) -> String {
    if spread.is_some() { cell(spread, digits) } else { "open".to_owned() }
}

fn names(row: &NetworkFigures) -> Vec<String> {
    vec![row.network.clone(), row.figures.arm.to_string(), row.figures.training_scans.to_string()]
}

fn table_2(rows: &[NetworkFigures]) -> Table {
    let classes = PAPER_CLASSES.map(class_name);
    let of_class = |class: &str| [format!("{class} DSC"), format!("{class} PA")];
    Table {
        title: "Table 2: segmenters by what they trained on",
        note: "Dice (DSC) and recall (PA), pooled over the measured scans; every run has as many steps as any other, \
               which the paper's had not. Mean ± standard deviation over seeds; the interval by a bootstrap of eyes, \
               then images."
            .to_owned(),
        head: [
            ["Model", "Trained on", "Scans"].map(str::to_owned).to_vec(),
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
                        mean_recall(figures.class_recall.as_slice()),
                        interval(figures.mean_dice_interval.as_ref()),
                        interval(figures.fluid_dice_interval.as_ref()),
                    ],
                ]
                .concat()
            })
            .collect(),
    }
}

/// The mean of the classes' recalls that are defined, background left out.
fn mean_recall(classes: &[Option<MeanAndDeviation>]) -> String {
    let means: Vec<f64> =
        classes.iter().skip(BACKGROUND + 1).take(CLASS_COUNT).flatten().map(|spread| spread.mean).collect();
    match means.len() {
        0 => "–".to_owned(),
        count => format!("{:.3}", means.iter().sum::<f64>() / count as f64),
    }
}

fn distances(rows: &[NetworkFigures]) -> Table {
    let head = [
        "Model",
        "Trained on",
        "Scans",
        "HD95, µm",
        "ASSD, µm",
        "NSD",
        "Interfaces, µm",
        "Thickness, µm",
        "Fluid area, mm²",
        "Lesion F1",
    ];
    Table {
        title: "Distances, thickness and lesions",
        note: "Errors, but for NSD (share of outlines within one axial pixel) and F1. Where one side alone has a class \
               there is no distance, which is counted: such images are in no mean."
            .to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows: rows
            .iter()
            .map(|row| {
                let figures = &row.figures;
                let undefined = &figures.undefined;
                let none: &[UndefinedCount] = &[];
                let values = [
                    (&figures.hd95_um, 1, undefined.hd95_um.as_slice()),
                    (&figures.assd_um, 1, undefined.assd_um.as_slice()),
                    (&figures.nsd, 3, undefined.nsd.as_slice()),
                    (&figures.interfaces_um, 1, undefined.interfaces_um.as_slice()),
                    (&figures.thickness_um, 1, undefined.thickness_um.as_slice()),
                    (&figures.fluid_mm2, 4, none),
                    (&figures.lesion_f1, 3, none),
                ];
                let values = values.map(|(spread, digits, undefined)| {
                    cell_with_undefined(spread.as_ref(), digits, undefined)
                });
                [names(row), values.to_vec()].concat()
            })
            .collect(),
    }
}

fn interfaces(rows: &[NetworkFigures]) -> Table {
    let names_of = Interface::ALL.map(|interface| interface.name().to_owned());
    Table {
        title: "Interfaces",
        note: "Mean unsigned error of each, in µm.".to_owned(),
        head: [["Model", "Trained on", "Scans"].map(str::to_owned).to_vec(), names_of.to_vec()].concat(),
        rows: rows
            .iter()
            .map(|row| {
                let errors = row.figures.interface_um.iter().map(|spread| cell(spread.as_ref(), 1));
                names(row).into_iter().chain(errors).collect()
            })
            .collect(),
    }
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
            text += &format!("\n## {}\n\n{}\n\n| {} |\n|", table.title, table.note, table.head.join(" | "));
            text += &"---|".repeat(table.head.len());
            text += "\n";
            for row in table.rows {
                text += &format!("| {} |\n", row.join(" | "));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::downstream::{Arm, ArmFigures, blind_to_fluid};

    #[test]
    fn table_1_says_who_judges_and_has_a_column_for_each_published_network() {
        let table = table_1(&[], &["a segmenter trained for it in 400 steps".to_owned()]);
        assert!(table.note.contains("The segmenter that judges: a segmenter trained for it in 400 steps."));
        assert_eq!(table.head[4..7], ["FID", "FD-EffNet", "LPIPS"]);
    }

    #[test]
    fn distances_say_which_classes_they_leave_out() {
        let row = NetworkFigures {
            network: "unet".to_owned(),
            runs: vec!["labels".to_owned()],
            figures: ArmFigures::of(Arm::REAL, 3, &[blind_to_fluid()]),
        };
        let table = distances(&[row]);
        let hd95 = table.head.iter().position(|head| head == "HD95, µm").expect("a column");
        assert_eq!(table.rows[0][hd95], "17.8 (fluid undefined in 2 of 2)");
        assert_eq!(table.rows[0].last().map(String::as_str), Some("–"), "no lesion, no F1");
    }
}
