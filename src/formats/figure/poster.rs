//! A poster: a title, panels, charts beneath them, legend and caption, on one page.

use super::chart::Chart;
use super::drawing::Drawing;
use super::layout::{Around, drawn_with};
use super::page::Figure;

/// A figure with a title and charts.
pub struct Poster<'a> {
    /// What stands above it.
    pub title: &'a str,
    /// May be without panels where there are charts.
    pub figure: Figure<'a>,
    /// Below the scans, from left to right.
    pub charts: Vec<Chart>,
}

impl Poster<'_> {
    /// The poster on its page.
    ///
    /// # Panics
    /// With a panel without pixels, or if a scan or a mask is not as large as its panel.
    pub fn drawn(&self) -> Drawing {
        drawn_with(&self.figure, Around { title: self.title, charts: &self.charts })
    }
}
