//! Thickness and fluid over the months, asked and measured.

use eframe::egui::{Stroke, Ui};
use egui_plot::{Corner, Legend, Line, LineStyle, Plot, PlotPoints, Points, VLine};

use crate::cases::visits::{Course, Figures};
use crate::studio::texts::text;
use crate::studio::widgets::theme;

/// Draws both curves beside each other, with the visit that is shown marked.
pub(super) fn show(ui: &mut Ui, course: &Course, shown: usize, height: f32) {
    ui.columns(2, |columns| {
        let [central, fluid] = columns else { return };
        curve(central, "central-curve", text!("course-central"), course, shown, height, |it| it.central_um);
        curve(fluid, "fluid-curve", text!("course-fluid"), course, shown, height, Figures::fluid_mm2);
    });
}

fn curve(
    ui: &mut Ui,
    id: &str,
    title: &str,
    course: &Course,
    shown: usize,
    height: f32,
    figure: impl Fn(&Figures) -> f64,
) {
    ui.label(theme::caption(title));
    let points = |of: &dyn Fn(usize) -> f64| -> PlotPoints<'static> {
        (0..course.visits.len()).map(|index| [course.visits[index].month, of(index)]).collect()
    };
    let requested = points(&|index| figure(&course.visits[index].requested));
    let measured = points(&|index| figure(&course.visits[index].measured));
    let month = course.visits.get(shown).map(|visit| visit.month);
    Plot::new(id)
        .height(height)
        .legend(Legend::default().background_alpha(0.6).position(Corner::RightTop))
        .show_background(false)
        .allow_scroll(false)
        .allow_zoom([false, false])
        .allow_drag([false, false])
        .set_margin_fraction([0.04, 0.12].into())
        .grid_color(theme::LINE)
        .show(ui, |plot| {
            let dashed = LineStyle::dashed_dense();
            let line = Line::new(text!("cases-asked"), requested).style(dashed);
            plot.line(line.stroke(Stroke::new(1.4, theme::series_color(1))));
            let dots = Points::new(text!("cases-measured"), measured).radius(3.2);
            plot.points(dots.color(theme::series_color(0)));
            if let Some(month) = month {
                plot.vline(
                    VLine::new("", month).stroke(Stroke::new(1.0, theme::TEXT_WEAK)).allow_hover(false),
                );
            }
        });
}
