//! Where everything of a figure lies on its page.

use super::chart::{self, Chart};
use super::drawing::{Anchor, Area, Drawing, PAGE_WIDTH};
use super::page::{Figure, Panel};
use super::typeface::Weight;
use super::{legend, marks, panel};

const MARGIN: f64 = 48.0;
const GAP: f64 = 28.0;
const HEADING_SIZE: f64 = 27.0;
const CAPTION_SIZE: f64 = 22.0;
const INK: &str = "#1b1f27";
const QUIET: &str = "#4a515c";
const TITLE_SIZE: f64 = 40.0;
const CHARTS_IN_ROW: usize = 3;
/// Height of a chart for each point of its width, and at most.
const CHART_ASPECT: f64 = 0.78;
const HIGHEST_CHART: f64 = 520.0;

impl Figure<'_> {
    /// The figure on its page.
    ///
    /// # Panics
    /// Without panels, with a panel without pixels, or if a scan or a mask is not as large as its panel.
    pub fn drawn(&self) -> Drawing {
        drawn(self)
    }
}

/// What stands above and below the panels of a figure.
#[derive(Clone, Copy, Default)]
pub(super) struct Around<'a> {
    pub title: &'a str,
    /// Beside each other, beneath the panels.
    pub charts: &'a [Chart],
}

/// Lays out a figure from top to bottom: rows of panels, legend, caption.
fn drawn(figure: &Figure) -> Drawing {
    assert!(!figure.panels.is_empty() && figure.columns > 0, "a figure without panels");
    drawn_with(figure, Around::default())
}

/// As [`drawn`], with a title and charts; panels are not needed then.
pub(super) fn drawn_with(figure: &Figure, around: Around<'_>) -> Drawing {
    let mut drawing = Drawing::new(figure.synthetic);
    let mut y = draw_title(&mut drawing, around.title);
    let columns = figure.columns.min(figure.panels.len()).max(1);
    for row in figure.panels.chunks(columns) {
        y = draw_row(&mut drawing, figure, row, y, cell(columns)) + GAP;
    }
    y = draw_charts(&mut drawing, around.charts, y);
    let after_panels = y;
    y = legend::draw(&mut drawing, figure, y, MARGIN, PAGE_WIDTH - MARGIN);
    if y > after_panels {
        y += 10.0;
    }
    let width = PAGE_WIDTH - 2.0 * MARGIN;
    for line in drawing.typeface.lines(&figure.caption, Weight::Regular, CAPTION_SIZE, width) {
        y += CAPTION_SIZE;
        drawing.text([MARGIN, y], Anchor::Start, Weight::Regular, CAPTION_SIZE, QUIET, &line);
        y += CAPTION_SIZE * 0.45;
    }
    drawing.height = (y + MARGIN * 0.75).ceil();
    drawing.description = description(figure, around.title);
    drawing
}

/// Width of each of some places beside each other.
fn cell(columns: usize) -> f64 {
    (PAGE_WIDTH - 2.0 * MARGIN - GAP * (columns - 1) as f64) / columns as f64
}

/// Returns where the title ends.
fn draw_title(drawing: &mut Drawing, title: &str) -> f64 {
    let mut y = MARGIN;
    let width = PAGE_WIDTH - 2.0 * MARGIN;
    for line in drawing.typeface.lines(title, Weight::SemiBold, TITLE_SIZE, width) {
        y += TITLE_SIZE;
        drawing.text([MARGIN, y], Anchor::Start, Weight::SemiBold, TITLE_SIZE, INK, &line);
        y += TITLE_SIZE * 0.45;
    }
    y
}

/// Charts beside each other; returns where they end.
fn draw_charts(drawing: &mut Drawing, charts: &[Chart], mut y: f64) -> f64 {
    for row in charts.chunks(CHARTS_IN_ROW) {
        let width = cell(row.len());
        let height = (width * CHART_ASPECT).min(HIGHEST_CHART);
        for (index, chart) in row.iter().enumerate() {
            let x = MARGIN + index as f64 * (width + GAP);
            chart::draw(drawing, chart, Area { x, y, width, height });
        }
        y += height + GAP;
    }
    y
}

/// Draws panels beside each other; returns where they end.
fn draw_row(drawing: &mut Drawing, figure: &Figure, row: &[Panel], y: f64, cell: f64) -> f64 {
    // Marks of many small pictures are smaller, but never too small to be read from the back of a room.
    let text_size = (cell / 46.0).clamp(15.0, 27.0);
    let has_heading = row.iter().any(|panel| !panel.heading.is_empty());
    let top = if has_heading { y + HEADING_SIZE * 1.45 } else { y };
    let mut end = top;
    for (index, panel) in row.iter().enumerate() {
        assert!(panel.size.iter().all(|&side| side > 0), "a panel without pixels");
        let left = MARGIN + index as f64 * (cell + GAP);
        let [width, height] = panel.extent(cell);
        let area = Area { x: left, y: top, width, height };
        let heading = drawing.typeface.cut(&panel.heading, Weight::SemiBold, HEADING_SIZE, cell);
        if !heading.is_empty() {
            let at = [area.x, y + HEADING_SIZE];
            drawing.text(at, Anchor::Start, Weight::SemiBold, HEADING_SIZE, INK, &heading);
        }
        panel::draw(drawing, figure, panel, area, text_size);
        end = end.max(area.bottom());
    }
    end
}

/// The figure in words.
fn description(figure: &Figure, title: &str) -> String {
    let headings = figure.panels.iter().map(|panel| panel.heading.as_str()).filter(|h| !h.is_empty());
    let labels: Vec<&str> = legend::codes(figure).into_iter().map(|code| figure.table.name(code)).collect();
    let mut words: Vec<String> = Vec::new();
    if figure.synthetic {
        words.push(marks::SYNTHETIC.to_owned());
    }
    words.push(title.to_owned());
    words.extend(headings.map(str::to_owned));
    if !labels.is_empty() {
        words.push(format!("Labels: {}", labels.join(", ")));
    }
    words.push(figure.caption.clone());
    words.retain(|part| !part.is_empty());
    words.join(". ")
}
