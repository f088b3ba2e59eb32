//! Loss curves of one run or several, linear or logarithmic, raw and smoothed.

use eframe::egui::{Align, Color32, Layout, Stroke, Ui};
use egui_plot::{
    Corner, GridInput, GridMark, HoverPosition, Legend, Line, LineStyle, Plot, PlotPoints, Points,
};

use crate::studio::texts::text;
use crate::studio::widgets::controls::segments;
use crate::studio::widgets::theme;
use crate::training::curve::Curve;
use crate::training::run_record::RunRecord;

/// Choices of how many points a smoothed point is the mean of.
const WINDOWS: [f64; 3] = [1.0, 25.0, 200.0];

/// How curves are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct CurveLook {
    pub logarithmic: bool,
    /// Index into [`WINDOWS`].
    pub smoothing: usize,
}

impl Default for CurveLook {
    fn default() -> Self {
        Self { logarithmic: true, smoothing: 1 }
    }
}

/// Draws the curves of the runs, the first one being the one that is shown in full.
pub(super) fn show(ui: &mut Ui, look: &mut CurveLook, runs: &[&RunRecord], height: f32) {
    show_look(ui, look);
    let logarithmic = look.logarithmic;
    let shown = move |value: f64| if logarithmic { value.max(1e-9).log10() } else { value };
    let shown_value = move |value: f64| if logarithmic { 10_f64.powf(value) } else { value };
    let mut plot = Plot::new("loss")
        .height(height)
        .legend(Legend::default().background_alpha(0.6).position(Corner::LeftBottom))
        .show_background(false)
        .allow_scroll(false)
        .allow_zoom([true, false])
        .allow_drag([true, false])
        .auto_bounds([true, true])
        .set_margin_fraction([0.01, 0.08].into())
        .y_axis_min_width(52.0)
        .grid_color(theme::LINE)
        .x_axis_formatter(|mark, _| format!("{}", mark.value))
        .y_axis_formatter(move |mark, _| digits(shown_value(mark.value)))
        .label_formatter(move |position| {
            let point = match position {
                HoverPosition::NearDataPoint { position, .. } | HoverPosition::Elsewhere { position } => {
                    position
                }
            };
            Some(text!(
                "training-point",
                step = format!("{:.0}", point.x),
                value = %digits(shown_value(point.y))
            ))
        });
    if logarithmic {
        plot = plot.y_grid_spacer(decades);
    }
    let window = WINDOWS[look.smoothing.min(WINDOWS.len() - 1)];
    plot.show(ui, |plot| {
        for (index, record) in runs.iter().enumerate() {
            let color = theme::series_color(index);
            let name = record.name();
            let points = |points: &[[f64; 2]]| -> PlotPoints<'static> {
                points.iter().map(|&[step, value]| [step, shown(value)]).collect()
            };
            if index == 0 && window > 1.0 {
                let faint = Stroke::new(1.0, faint(color));
                let raw = Line::new("", points(record.loss.points())).stroke(faint).allow_hover(false);
                plot.line(raw);
            }
            let smoothed = points(&record.loss.smoothed(window));
            plot.line(Line::new(name.clone(), smoothed).stroke(Stroke::new(1.8, color)));
            // The legend shows colours alone, not dashes.
            let color = theme::series_color(runs.len() + index);
            validation(plot, &name, &record.validation, color, &points);
        }
    });
}

/// The heading, with the choices of the scale and of the smoothing.
fn show_look(ui: &mut Ui, look: &mut CurveLook) {
    ui.horizontal(|ui| {
        ui.label(theme::heading(text!("training-loss")));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let scales = [
                (text!("training-linear"), text!("training-linear-spoken")),
                (text!("training-log"), text!("training-log-spoken")),
            ];
            if let Some(index) = segments(ui, 110.0, &scales, usize::from(look.logarithmic)) {
                look.logarithmic = index == 1;
            }
            ui.add_space(8.0);
            let smoothings = [
                (text!("training-raw"), text!("training-raw-spoken")),
                (text!("training-smooth"), text!("training-smooth-spoken")),
                (text!("training-smoother"), text!("training-smoother-spoken")),
            ];
            if let Some(index) = segments(ui, 180.0, &smoothings, look.smoothing) {
                look.smoothing = index;
            }
        });
    });
}

fn validation(
    plot: &mut egui_plot::PlotUi<'_>,
    name: &str,
    curve: &Curve,
    color: Color32,
    points: &impl Fn(&[[f64; 2]]) -> PlotPoints<'static>,
) {
    if curve.points().is_empty() {
        return;
    }
    let name = text!("training-validation-of", %name);
    let line = Line::new(name.clone(), points(curve.points()))
        .stroke(Stroke::new(1.2, color))
        .style(LineStyle::dashed_dense());
    plot.line(line);
    plot.points(Points::new(name, points(curve.points())).radius(2.6).color(color));
}

/// 1, 2 and 5 of every power of ten in view, on a scale of powers of ten.
fn decades(input: GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    // Bounds of an empty plot may be anything.
    let range = low.clamp(-12.0, 12.0).floor() as i32..=high.clamp(-12.0, 12.0).ceil() as i32;
    let marks = range.flat_map(|power| {
        [(1.0_f64, 1.0), (2.0, 0.3), (5.0, 0.3)]
            .map(|(digit, step_size)| GridMark { value: f64::from(power) + digit.log10(), step_size })
    });
    marks.filter(|mark| (low..=high).contains(&mark.value)).collect()
}

fn faint(color: Color32) -> Color32 {
    color.gamma_multiply(0.28)
}

/// Three digits that matter.
fn digits(value: f64) -> String {
    match value.abs() {
        size if size == 0.0 || (0.001..1000.0).contains(&size) => {
            let decimals = if size >= 100.0 {
                0
            } else if size >= 1.0 {
                2
            } else {
                4
            };
            let text = format!("{value:.decimals$}");
            if text.contains('.') {
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            } else {
                text
            }
        }
        _ => format!("{value:.1e}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axis_marks_are_short() {
        assert_eq!(digits(0.1), "0.1");
        assert_eq!(digits(0.0312), "0.0312");
        assert_eq!(digits(12.5), "12.5");
        assert_eq!(digits(100.0), "100");
        assert_eq!(digits(1e-5), "1.0e-5");
        let marks = decades(GridInput { bounds: (-1.1, 0.1), base_step_size: 0.01 });
        let values: Vec<f64> = marks.iter().map(|mark| 10_f64.powf(mark.value)).collect();
        assert_eq!(values.iter().map(|value| digits(*value)).collect::<Vec<_>>(), ["0.1", "0.2", "0.5", "1"]);
    }
}
