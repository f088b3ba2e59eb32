//! A poster of a case: scans and labels of its visits above each other, and curves beneath: thickness and fluid over the
//! months, thickness across the fovea.

use super::figure::{Chart, Figure, LabelStyle, Panel, PanelLabels, Poster, Proportions, Series, SeriesLook};
use crate::cases::visits::{Course, Figures, Visit};
use crate::document::LabelTable;
use crate::mask::measure::{Extent, LiveMeasure};
use crate::scan::GreyImage;

/// Visits that a poster has room for: of a longer course the first, the last and some between.
const MAX_VISITS: usize = 5;
/// Columns whose mean is a point of the curve across the fovea: a curve is no saw.
const SMOOTHED_COLUMNS: usize = 9;

/// The poster. `scans` are the synthetic scans, one a visit; labels stand alone where there are none.
///
/// # Panics
/// If a scan is not as large as its mask.
pub(super) fn poster<'a>(course: &'a Course, scans: &'a [GreyImage], table: &'a LabelTable) -> Poster<'a> {
    let chosen = chosen(course.visits.len());
    let panel = |number: usize, heading: String| Panel {
        heading,
        size: [course.visits[number].mask.width(), course.visits[number].mask.height()],
        spacing: Some(course.frame.spacing()),
        proportions: Proportions::Pixels,
        has_scale_bars: number == 0,
        ..Panel::default()
    };
    let title = |visit: &Visit| match course.visits.len() {
        1 => format!("{:.0} µm", visit.measured.central_um),
        _ => format!("Month {} · {:.0} µm", visit.month, visit.measured.central_um),
    };
    let mut panels: Vec<Panel<'a>> = Vec::new();
    if !scans.is_empty() {
        let with_scan = |&number: &usize| {
            let heading = title(&course.visits[number]);
            Panel { scan: scans.get(number), ..panel(number, heading) }
        };
        panels.extend(chosen.iter().map(with_scan));
    }
    panels.extend(chosen.iter().map(|&number| {
        let visit = &course.visits[number];
        let heading = if scans.is_empty() { title(visit) } else { "Labels".to_owned() };
        let labels = PanelLabels { mask: &visit.mask, style: LabelStyle::Filled };
        Panel {
            labels: Some(labels),
            has_scale_bars: number == 0 && scans.is_empty(),
            ..panel(number, heading)
        }
    }));
    let columns = if course.visits.len() == 1 { panels.len() } else { chosen.len() };
    let figure = Figure { panels, columns, table, caption: caption(course), synthetic: true };
    Poster { title: &course.name, figure, charts: charts(course, &chosen) }
}

/// What is said beneath every picture of a course.
pub(super) fn caption(course: &Course) -> String {
    format!("A designed course, no patient's. Thickness over the central millimetre · seed {}", course.seed)
}

/// The visits that are shown.
fn chosen(count: usize) -> Vec<usize> {
    let shown = count.min(MAX_VISITS);
    (0..shown).map(|place| if shown < 2 { 0 } else { place * (count - 1) / (shown - 1) }).collect()
}

fn charts(course: &Course, chosen: &[usize]) -> Vec<Chart> {
    let mut charts = Vec::new();
    if course.visits.len() > 1 {
        charts.push(over_time(course, "Central thickness, µm", |figures| figures.central_um));
        charts.push(Chart { from_zero: true, ..over_time(course, "Fluid, mm²", Figures::fluid_mm2) });
    }
    charts.push(across(course, chosen));
    charts
}

fn over_time(course: &Course, title: &str, figure: impl Fn(&Figures) -> f64) -> Chart {
    let points = |of: &dyn Fn(&Visit) -> f64| -> Vec<[f64; 2]> {
        course.visits.iter().map(|visit| [visit.month, of(visit)]).collect()
    };
    let (requested, measured) =
        (points(&|visit| figure(&visit.requested)), points(&|visit| figure(&visit.measured)));
    let series = |name: &str, look, color, points| Series { name: name.to_owned(), look, color, points };
    Chart {
        title: title.to_owned(),
        x_name: "months".to_owned(),
        series: vec![
            series("asked", SeriesLook::Dashed, 1, requested),
            series("measured", SeriesLook::Dots, 0, measured),
        ],
        ..Chart::default()
    }
}

/// Thickness from the ILM to BM along the scan, of the first and the last visit.
fn across(course: &Course, chosen: &[usize]) -> Chart {
    let mut shown = vec![chosen[0]];
    shown.extend(chosen.last().filter(|last| **last != chosen[0]));
    let series = shown.iter().enumerate().map(|(color, &number)| {
        let visit = &course.visits[number];
        let name = if shown.len() == 1 { String::new() } else { format!("month {}", visit.month) };
        Series { name, look: SeriesLook::Line, color, points: profile(course, visit) }
    });
    Chart {
        title: "Thickness from ILM to BM, µm".to_owned(),
        x_name: "mm from the fovea".to_owned(),
        series: series.collect(),
        from_zero: true,
        ..Chart::default()
    }
}

fn profile(course: &Course, visit: &Visit) -> Vec<[f64; 2]> {
    let mut live = LiveMeasure::default();
    live.update(&visit.mask, usize::MAX);
    let columns: Vec<usize> = (0..visit.mask.width() as usize).collect();
    let point = |run: &[usize]| {
        let (first, end) = (*run.first()?, *run.last()? + 1);
        let rows = live.columns().mean(Extent::Retina, first as u32..end as u32)?;
        let middle = course.frame.at_um((first + end) / 2);
        Some([middle / 1000.0, rows * course.frame.axial_um])
    };
    columns.chunks(SMOOTHED_COLUMNS).filter_map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_course_shows_its_ends_and_some_between() {
        assert_eq!(chosen(1), [0]);
        assert_eq!(chosen(3), [0, 1, 2]);
        assert_eq!(chosen(5), [0, 1, 2, 3, 4]);
        assert_eq!(chosen(13), [0, 3, 6, 9, 12]);
    }
}
