//! A chart on a figure's page: lines, points and boxes over round axes. Series differ by their stroke as well as by
//! their colour.

use std::fmt::Write;

use super::drawing::{Anchor, Area, Drawing, hex};
use super::scale_bar::round_length;
use super::typeface::Weight;

const INK: &str = "#1b1f27";
const QUIET: &str = "#4a515c";
const GRID: &str = "#dfe3e8";
const TITLE_SIZE: f64 = 24.0;
const TEXT_SIZE: f64 = 18.0;
/// Room around the plot: left for numbers, below for numbers and the axis's name.
const LEFT: f64 = 76.0;
const BELOW: f64 = 62.0;
/// Room of the line that names the series.
const KEY: f64 = 30.0;
const STROKE: f64 = 3.0;
/// Steps of an axis at most.
const MAX_STEPS: f64 = 6.0;
/// Room that is left beside the outermost values, as share of their span.
const AIR: f64 = 0.06;
/// Okabe & Ito: told apart with every kind of colour vision.
const COLORS: [[u8; 3]; 6] =
    [[0, 114, 178], [213, 94, 0], [0, 158, 115], [204, 121, 167], [230, 159, 0], [86, 180, 233]];
/// Strokes of lines, in the order of their colours.
const DASHES: [&str; 3] = ["", "12 7", "3 6"];

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeriesLook {
    /// A continuous line.
    Line,
    /// A broken line.
    Dashed,
    /// Points alone.
    Dots,
}

/// Points that belong together.
#[derive(Clone, Debug)]
pub struct Series {
    /// In the key; none where empty.
    pub name: String,
    /// How its points are joined.
    pub look: SeriesLook,
    /// Of [`COLORS`], counted round.
    pub color: usize,
    /// x and y, in the units of the axes.
    pub points: Vec<[f64; 2]>,
}

/// A box of quartiles with whiskers, over a name.
#[derive(Clone, Debug)]
pub struct BoxMark {
    /// What the axis is called, with its unit.
    pub name: String,
    /// Ends of the whiskers, quartiles and median, ascending.
    pub five: [f64; 5],
    /// Beyond the whiskers.
    pub outliers: Vec<f64>,
}

/// A chart. What is not finite is left out.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// What stands above it.
    pub title: String,
    /// What the horizontal axis is called, with its unit.
    pub x_name: String,
    /// In the order of the legend.
    pub series: Vec<Series>,
    /// Side by side; their names stand in place of numbers beneath the plot.
    pub boxes: Vec<BoxMark>,
    /// Values across the whole plot, with their names at the right.
    pub levels: Vec<(f64, String)>,
    /// Whether the values begin at 0.
    pub from_zero: bool,
}

/// Numbers along an axis.
struct Axis {
    low: f64,
    high: f64,
    step: f64,
}

impl Axis {
    fn of(values: impl Iterator<Item = f64>, from_zero: bool) -> Self {
        let values = values.filter(|value| value.is_finite());
        let [mut low, mut high] =
            values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], v| [low.min(v), high.max(v)]);
        if low > high {
            [low, high] = [0.0, 1.0];
        }
        if from_zero {
            low = low.min(0.0);
        }
        if high - low < 1e-9 * high.abs().max(1e-3) {
            [low, high] = [low - 0.5 * low.abs().max(1.0), high + 0.5 * high.abs().max(1.0)];
        }
        let air = AIR * (high - low);
        let low = if from_zero && low == 0.0 { 0.0 } else { low - air };
        let high = high + air;
        // The next round length above a sixth of the span.
        let least = (high - low) / MAX_STEPS;
        let below = round_length(least);
        let step = [1.0, 2.0, 2.5, 5.0, 10.0].map(|factor| factor * below);
        let step = step.into_iter().find(|step| *step >= least * 0.999).unwrap_or(below);
        Self { low, high, step }
    }

    fn share(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    fn ticks(&self) -> Vec<f64> {
        let first = (self.low / self.step).ceil() as i64;
        let last = (self.high / self.step).floor() as i64;
        (first..=last.min(first + 20)).map(|number| number as f64 * self.step).collect()
    }

    /// A number with as many digits as the steps need.
    fn in_words(&self, value: f64) -> String {
        let digits = (-self.step.log10().floor()).clamp(0.0, 6.0) as usize;
        let digits =
            if (self.step * 10_f64.powi(digits as i32)).fract().abs() > 1e-6 { digits + 1 } else { digits };
        let text = format!("{value:.digits$}");
        if text.trim_start_matches('-').chars().all(|c| matches!(c, '0' | '.')) {
            "0".to_owned()
        } else {
            text
        }
    }
}

/// Draws a chart into its area.
pub(super) fn draw(drawing: &mut Drawing, chart: &Chart, area: Area) {
    let title = drawing.typeface.cut(&chart.title, Weight::SemiBold, TITLE_SIZE, area.width);
    drawing.text([area.x, area.y + TITLE_SIZE], Anchor::Start, Weight::SemiBold, TITLE_SIZE, INK, &title);
    let has_key = chart.series.iter().any(|series| !series.name.is_empty());
    let top = area.y + TITLE_SIZE * 1.5 + if has_key { KEY } else { 0.0 };
    let plot = Area {
        x: area.x + LEFT,
        y: top,
        width: area.width - LEFT - 12.0,
        height: (area.bottom() - BELOW - top).max(40.0),
    };
    let points = || chart.series.iter().flat_map(|series| &series.points);
    let boxed = || chart.boxes.iter().flat_map(|mark| mark.five.iter().chain(&mark.outliers).copied());
    let levels = chart.levels.iter().map(|(value, _)| *value);
    let y_axis = Axis::of(points().map(|point| point[1]).chain(boxed()).chain(levels), chart.from_zero);
    let x_axis = Axis::of(points().map(|point| point[0]), false);
    draw_grid(drawing, chart, plot, [&x_axis, &y_axis]);
    let at = |[x, y]: [f64; 2]| {
        [plot.x + x_axis.share(x) * plot.width, plot.bottom() - y_axis.share(y) * plot.height]
    };
    draw_levels(drawing, chart, plot, |value| at([x_axis.low, value])[1]);
    for series in &chart.series {
        draw_series(drawing, series, at);
    }
    draw_boxes(drawing, chart, plot, |value| at([x_axis.low, value])[1]);
    if has_key {
        draw_key(drawing, chart, [plot.x, area.y + TITLE_SIZE * 1.5 + TEXT_SIZE]);
    }
}

fn draw_grid(drawing: &mut Drawing, chart: &Chart, plot: Area, [x_axis, y_axis]: [&Axis; 2]) {
    for value in y_axis.ticks() {
        let y = plot.bottom() - y_axis.share(value) * plot.height;
        drawing.line([plot.x, y], [plot.right(), y], GRID, 1.5);
        let words = y_axis.in_words(value);
        let width = drawing.typeface.width(&words, Weight::Regular, TEXT_SIZE);
        let place = [plot.x - 10.0 - width, y + TEXT_SIZE * 0.36];
        drawing.text(place, Anchor::Start, Weight::Regular, TEXT_SIZE, QUIET, &words);
    }
    let beneath = plot.bottom() + TEXT_SIZE * 1.3;
    let ticks = if chart.boxes.is_empty() { x_axis.ticks() } else { Vec::new() };
    for value in ticks {
        let x = plot.x + x_axis.share(value) * plot.width;
        drawing.line([x, plot.bottom()], [x, plot.bottom() + 6.0], QUIET, 1.5);
        let words = x_axis.in_words(value);
        drawing.text([x, beneath], Anchor::Middle, Weight::Regular, TEXT_SIZE, QUIET, &words);
    }
    drawing.line([plot.x, plot.bottom()], [plot.right(), plot.bottom()], QUIET, 1.5);
    let place = [plot.x + plot.width / 2.0, beneath + TEXT_SIZE * 1.3];
    drawing.text(place, Anchor::Middle, Weight::Regular, TEXT_SIZE, QUIET, &chart.x_name);
}

fn draw_levels(drawing: &mut Drawing, chart: &Chart, plot: Area, row: impl Fn(f64) -> f64) {
    for (value, name) in chart.levels.iter().filter(|(value, _)| value.is_finite()) {
        let y = row(*value);
        let _ = writeln!(
            drawing.marks,
            r#"<path d="M{:.2} {y:.2}H{:.2}" fill="none" stroke="{QUIET}" stroke-width="2" stroke-dasharray="9 6"/>"#,
            plot.x,
            plot.right()
        );
        let width = drawing.typeface.width(name, Weight::Regular, TEXT_SIZE);
        let place = [plot.right() - width, y - 6.0];
        drawing.text(place, Anchor::Start, Weight::Regular, TEXT_SIZE, QUIET, name);
    }
}

fn draw_series(drawing: &mut Drawing, series: &Series, at: impl Fn([f64; 2]) -> [f64; 2]) {
    let color = hex(COLORS[series.color % COLORS.len()]);
    let points = series.points.iter().copied().filter(|point| point.iter().all(|value| value.is_finite()));
    let places: Vec<[f64; 2]> = points.map(at).collect();
    match series.look {
        SeriesLook::Dots => {
            for [x, y] in places {
                let _ = writeln!(
                    drawing.marks,
                    r##"<circle cx="{x:.2}" cy="{y:.2}" r="6" fill="{color}" stroke="#ffffff" stroke-width="1.5"/>"##
                );
            }
        }
        look => {
            let mut path = String::new();
            for (index, [x, y]) in places.iter().enumerate() {
                let _ = write!(path, "{}{x:.2} {y:.2}", if index == 0 { 'M' } else { 'L' });
            }
            let dashes = dashes(look, series.color);
            if places.len() > 1 {
                let _ = writeln!(
                    drawing.marks,
                    r#"<path d="{path}" fill="none" stroke="{color}" stroke-width="{STROKE}" stroke-linejoin="round"{dashes}/>"#
                );
            }
        }
    }
}

/// Lines of other colours have other strokes.
fn dashes(look: SeriesLook, color: usize) -> String {
    let dashes = match look {
        SeriesLook::Dashed => "12 8",
        _ => DASHES[color % DASHES.len()],
    };
    if dashes.is_empty() { String::new() } else { format!(r#" stroke-dasharray="{dashes}""#) }
}

fn draw_boxes(drawing: &mut Drawing, chart: &Chart, plot: Area, row: impl Fn(f64) -> f64) {
    let cell = plot.width / chart.boxes.len().max(1) as f64;
    for (index, mark) in chart.boxes.iter().enumerate() {
        let middle = plot.x + (index as f64 + 0.5) * cell;
        let half = (cell * 0.28).min(46.0);
        let name = drawing.typeface.cut(&mark.name, Weight::Regular, TEXT_SIZE, cell - 6.0);
        let beneath = [middle, plot.bottom() + TEXT_SIZE * 1.3];
        drawing.text(beneath, Anchor::Middle, Weight::Regular, TEXT_SIZE, QUIET, &name);
        if mark.five.iter().any(|value| !value.is_finite()) {
            continue;
        }
        let [low, first, median, third, high] = mark.five.map(&row);
        for end in [low, high] {
            drawing.line([middle - half / 2.0, end], [middle + half / 2.0, end], INK, 2.0);
        }
        drawing.line([middle, low], [middle, first], INK, 2.0);
        drawing.line([middle, third], [middle, high], INK, 2.0);
        let area = Area { x: middle - half, y: third, width: 2.0 * half, height: (first - third).max(1.0) };
        let edge = format!(r#"fill-opacity="0.25" stroke="{}" stroke-width="2""#, hex(COLORS[0]));
        drawing.rectangle(area, &hex(COLORS[0]), &edge);
        drawing.line([middle - half, median], [middle + half, median], INK, 3.5);
        for value in mark.outliers.iter().filter(|value| value.is_finite()) {
            let y = row(*value);
            let _ = writeln!(
                drawing.marks,
                r#"<circle cx="{middle:.2}" cy="{y:.2}" r="4" fill="none" stroke="{INK}" stroke-width="1.5"/>"#
            );
        }
    }
}

fn draw_key(drawing: &mut Drawing, chart: &Chart, [mut x, y]: [f64; 2]) {
    for series in chart.series.iter().filter(|series| !series.name.is_empty()) {
        let middle = y - TEXT_SIZE * 0.35;
        let points = match series.look {
            SeriesLook::Dots => vec![[x + 24.0, middle]],
            SeriesLook::Line | SeriesLook::Dashed => vec![[x, middle], [x + 34.0, middle]],
        };
        draw_series(drawing, &Series { points, ..series.clone() }, |place| place);
        let place = [x + 44.0, y];
        x = place[0]
            + 26.0
            + drawing.text(place, Anchor::Start, Weight::Regular, TEXT_SIZE, INK, &series.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_are_round_and_hold_all_values() {
        for (values, step, first) in [
            (vec![0.0, 12.0], "4", "0"),
            (vec![301.2, 488.0], "40", "320"),
            (vec![0.01, 0.034], "0.005", "0.010"),
            (vec![-3.0, 4.0], "2", "-2"),
            (vec![5.0, 5.0], "1", "3"),
            (vec![f64::NAN], "0.2", "0"),
        ] {
            let axis = Axis::of(values.iter().copied(), false);
            let ticks = axis.ticks();
            assert!((3..=8).contains(&ticks.len()), "{values:?}: {ticks:?}");
            let inside = |value: &f64| !value.is_finite() || (0.0..=1.0).contains(&axis.share(*value));
            assert!(values.iter().all(inside), "{values:?}");
            assert_eq!((axis.in_words(axis.step).as_str(), axis.in_words(ticks[0]).as_str()), (step, first));
        }
        assert_eq!(Axis::of([3.0, 9.0].into_iter(), true).low, 0.0);
    }
}
