//! What a comparison of segmenters found out, as a small table: an arm a line, its classes under the pointer.

use eframe::egui::{Grid, RichText, Ui, vec2};

use crate::evaluation::downstream::{ArmSummary, Summary, SummaryFigure};
use crate::metrics::segmentation::{CLASS_COUNT, class_name};
use crate::studio::texts::text;
use crate::studio::widgets::form_lines::small;
use crate::studio::widgets::theme;

/// Draws the table, and what its figures are.
pub(super) fn show(ui: &mut Ui, summary: &Summary) {
    ui.label(theme::heading(text!("comparisons-results")));
    Grid::new("arms").num_columns(4).striped(true).spacing(vec2(22.0, 6.0)).show(ui, |ui| {
        let head = [
            text!("comparisons-trained-on"),
            text!("comparisons-training-scans"),
            text!("comparisons-mean-dice"),
            text!("comparisons-interval"),
        ];
        head.into_iter().for_each(|name| {
            ui.label(theme::caption(name));
        });
        ui.end_row();
        for arm in &summary.arms {
            let classes = classes_of(arm);
            let cells = [
                arm.arm.clone(),
                arm.training_scans.to_string(),
                arm.mean_dice.as_ref().map_or_else(nothing, figure),
                arm.mean_dice_interval.map_or_else(nothing, |it| {
                    text!("comparisons-from-to", low = short(it.low), high = short(it.high))
                }),
            ];
            for cell in cells {
                ui.label(RichText::new(cell).color(theme::TEXT_STRONG)).on_hover_text(classes.as_str());
            }
            ui.end_row();
        }
    });
    ui.add_space(4.0);
    let plan = &summary.plan;
    let said = text!(
        "comparisons-by-eye",
        eyes = plan.test_subjects.len(),
        scans = plan.test_scans,
        seeds = plan.seeds,
        steps = plan.steps
    );
    small(ui, said, theme::TEXT_WEAK);
    ui.add_space(4.0);
    small(ui, summary.says.as_str(), theme::TEXT);
}

fn nothing() -> String {
    "–".to_owned()
}

fn short(value: f64) -> String {
    format!("{value:.3}")
}

fn figure(figure: &SummaryFigure) -> String {
    match figure.deviation {
        Some(deviation) => format!("{} ± {}", short(figure.mean), short(deviation)),
        None => short(figure.mean),
    }
}

/// A line for each class that is not background.
fn classes_of(arm: &ArmSummary) -> String {
    let known = arm.class_dice.iter().enumerate().take(CLASS_COUNT).skip(1);
    let lines = known.map(|(class, dice)| {
        format!("{}: {}", class_name(class), dice.as_ref().map_or_else(nothing, figure))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_named_with_their_spread_over_seeds() {
        let dice = |mean, deviation| Some(SummaryFigure { mean, deviation });
        let arm = ArmSummary {
            arm: "real".to_owned(),
            training_scans: 66,
            class_dice: vec![dice(1.0, None), dice(0.8514, Some(0.0123)), None],
            mean_dice: None,
            mean_dice_interval: None,
        };
        let lines = classes_of(&arm);
        let first = format!("{}: 0.851 ± 0.012\n{}: –", class_name(1), class_name(2));
        assert_eq!(lines, first, "the background is left out");
    }
}
