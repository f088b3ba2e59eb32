//! The report as Markdown, in the shape of the paper's Table 2.

use super::figures::ArmFigures;
use super::report::Report;
use super::tables::{ArmColumn, DISTANCES, PAPER_CLASSES, ReportTable, cell, interval, mean_recall};
use crate::evaluation::SeenEyes;
use crate::metrics::segmentation::{CLASS_COUNT, class_name};

/// What [`names`] are.
const FIRST: [&str; 3] = ["network", "trained on", "scans"];

/// The tables of a report.
pub(super) fn tables(report: &Report) -> [ReportTable; 4] {
    let arms = &report.arms;
    let network = report.plan.network.word();
    let names = |arm| names(network, arm);
    let classes = ReportTable {
        note: String::new(),
        title: "Dice of every class",
        head: [
            FIRST.map(str::to_owned).to_vec(),
            (0..CLASS_COUNT).map(|class| class_name(class).to_owned()).collect(),
        ]
        .concat(),
        rows: arms
            .iter()
            .map(|arm| {
                [names(arm), arm.class_dice.iter().map(|dice| cell(dice.as_ref(), 3)).collect()].concat()
            })
            .collect(),
    };
    let interfaces = ReportTable::of_interfaces(&["trained on"], named(arms));
    [table_2(network, arms), classes, other_figures(arms), interfaces]
}

fn names(network: &str, arm: &ArmFigures) -> Vec<String> {
    vec![network.to_owned(), arm.arm.to_string(), arm.training_scans.to_string()]
}

fn table_2(network: &str, arms: &[ArmFigures]) -> ReportTable {
    ReportTable {
        note: String::new(),
        title: "Dice and recall (PA), pooled over the test scans, in the shape of the paper's Table 2",
        head: [
            FIRST.map(str::to_owned).to_vec(),
            PAPER_CLASSES.map(|class| format!("{} DSC", class_name(class))).to_vec(),
            ["mean of 8 DSC", "95 % interval", "fluid, 95 % interval"].map(str::to_owned).to_vec(),
            PAPER_CLASSES.map(|class| format!("{} PA", class_name(class))).to_vec(),
            vec!["mean of 8 PA".to_owned()],
        ]
        .concat(),
        rows: arms
            .iter()
            .map(|arm| {
                [
                    names(network, arm),
                    PAPER_CLASSES.map(|class| cell(arm.class_dice[class].as_ref(), 3)).to_vec(),
                    vec![
                        cell(arm.mean_dice.as_ref(), 3),
                        interval(arm.mean_dice_interval.as_ref()),
                        interval(arm.fluid_dice_interval.as_ref()),
                    ],
                    PAPER_CLASSES.map(|class| cell(arm.class_recall[class].as_ref(), 3)).to_vec(),
                    vec![mean_recall(&arm.class_recall)],
                ]
                .concat()
            })
            .collect(),
    }
}

fn other_figures(arms: &[ArmFigures]) -> ReportTable {
    let dice: [ArmColumn; 5] = [
        ("mean Dice per image", 3, |arm| (arm.mean_dice_per_image.as_ref(), &[])),
        ("per subject", 3, |arm| (arm.mean_dice_per_subject.as_ref(), &[])),
        ("as YNet's code has it", 3, |arm| (arm.mean_dice_ynet_compat.as_ref(), &[])),
        ("pixel accuracy", 3, |arm| (arm.pixel_accuracy.as_ref(), &[])),
        ("mean IoU", 3, |arm| (arm.mean_iou.as_ref(), &[])),
    ];
    let title = "Other figures (distances and areas are errors; where one side alone has a class there is no distance, \
                 which is counted)";
    ReportTable::of_arms(title, &["trained on"], &[&dice[..], &DISTANCES].concat(), named(arms))
}

/// Each with what it trained on.
fn named(arms: &[ArmFigures]) -> impl Iterator<Item = (Vec<String>, &ArmFigures)> {
    arms.iter().map(|arm| (vec![arm.arm.to_string()], arm))
}

/// What the figures are, in words.
pub(super) fn conditions(report: &Report) -> String {
    let plan = &report.plan;
    let size =
        plan.size.map_or("at its own scale".to_owned(), |side| format!("scans stretched to {side} x {side}"));
    format!(
        "{} graded scans of {}{}; {} network, {size}, {} steps of {} scans for every arm, {} {}. \
         Training scans of {}. Mean ± standard deviation over seeds; intervals by a bootstrap of seeds, then \
         eyes, then images.",
        plan.test_scans,
        plan.test_subjects.join(", "),
        who_saw_them(&report.seen),
        plan.network.word(),
        plan.steps,
        plan.batch,
        plan.seeds,
        if plan.seeds == 1 { "seed" } else { "seeds" },
        plan.training_subjects.join(", ")
    )
}

/// What is known of whether somebody trained on the measured scans. Segmenters never do; what made their pairs may have.
fn who_saw_them(seen: &SeenEyes) -> String {
    let mut known = Vec::new();
    if !seen.seen_subjects.is_empty() {
        known.push(format!("what made the pairs saw {}", seen.seen_subjects.join(", ")));
    }
    if !seen.unknown_models.is_empty() {
        let models = seen.unknown_models.join(", ");
        known.push(format!("of models behind the pairs nobody here can say on whom they trained: {models}"));
    }
    if seen.unsaid_pairs > 0 {
        known.push("the pairs do not say which models made them".to_owned());
    }
    if known.is_empty() {
        let allowed = if seen.allow_seen { " (--allow-seen was given)" } else { "" };
        return format!(", which no network of this report trained on{allowed}");
    }
    if seen.allow_seen {
        known.push("that was allowed by --allow-seen".to_owned());
    }
    format!(" (no segmenter trained on them; {})", known.join("; "))
}

impl Report {
    /// The report for people.
    pub fn markdown(&self) -> String {
        let mut text = format!("# Does it help a segmenter?\n\n{}\n\n{}\n", self.says, conditions(self));
        for table in tables(self) {
            text += &table.markdown();
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::super::arm::Arm;
    use super::super::blind_to_fluid;
    use super::*;

    #[test]
    fn nobody_is_said_to_have_seen_nothing_where_that_is_not_known() {
        let nothing = SeenEyes::default();
        assert_eq!(who_saw_them(&nothing), ", which no network of this report trained on");
        let given = SeenEyes { allow_seen: true, ..nothing.clone() };
        assert!(who_saw_them(&given).ends_with("trained on (--allow-seen was given)"));
        let unsaid = SeenEyes { unsaid_pairs: 2, ..nothing.clone() };
        assert_eq!(
            who_saw_them(&unsaid),
            " (no segmenter trained on them; the pairs do not say which models made them)"
        );
        let seen = SeenEyes {
            allow_seen: true,
            seen_subjects: vec!["duke-1".to_owned()],
            unknown_models: vec!["old".to_owned()],
            ..nothing
        };
        let said = who_saw_them(&seen);
        assert!(said.contains("what made the pairs saw duke-1; of models behind"), "{said}");
        assert!(said.contains("trained: old; that was allowed by --allow-seen"), "{said}");
    }

    #[test]
    fn a_class_that_is_not_found_stands_beside_the_distances_that_leave_it_out() {
        let arms = [ArmFigures::of(Arm::REAL, 3, &[blind_to_fluid()])];
        let column = |table: &ReportTable, name: &str| {
            let index = table.head.iter().position(|head| head == name).expect("a column");
            table.rows[0][index].clone()
        };
        let table = table_2("small", &arms);
        let recalls: Vec<f64> =
            arms[0].class_recall[1..].iter().flatten().map(|recall| recall.mean).collect();
        let mean = recalls.iter().sum::<f64>() / recalls.len() as f64;
        assert_eq!(column(&table, "mean of 8 PA"), format!("{mean:.3}"));
        let figures = other_figures(&arms);
        assert_eq!(column(&figures, "HD95, µm"), "17.8 (fluid undefined in 2 of 2)");
        assert!(column(&figures, "NSD at 1 px").ends_with("(fluid undefined in 2 of 2)"));
        assert_eq!(column(&figures, "interfaces, µm"), "2.5");
        let lines = ReportTable::of_interfaces(&["trained on"], named(&arms));
        assert_eq!(lines.head.len(), crate::anatomy::INTERFACE_COUNT + 1);
        assert!(lines.rows[0][1..].iter().all(|error| error == "2.5"), "{:?}", lines.rows);
    }
}
