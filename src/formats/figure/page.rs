//! What is to be drawn: panels with their scans and labels, a legend, a caption.

use crate::document::LabelTable;
use crate::mask::{CentralThickness, Mask};
use crate::scan::{GreyImage, Spacing};

/// How labels are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelStyle {
    /// Areas in full colour with their hatches.
    Filled,
    /// Areas through which the scan is seen, with outlines.
    Overlay,
    /// Outlines alone.
    Outlines,
}

/// How long the sides of a pixel are on the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Proportions {
    /// Square pixels, as OCT is usually shown: the retina looks about three times too tall.
    #[default]
    Pixels,
    /// As the eye is: needs a pixel size.
    True,
}

/// The labels of a panel.
#[derive(Clone, Copy)]
pub struct PanelLabels<'a> {
    /// As large as the panel.
    pub mask: &'a Mask,
    pub style: LabelStyle,
}

/// One picture of a figure.
#[derive(Clone, Default)]
pub struct Panel<'a> {
    /// Above the picture; none where empty.
    pub heading: String,
    /// Width and height in pixels, both above 0.
    pub size: [u32; 2],
    /// The panel is black without.
    pub scan: Option<&'a GreyImage>,
    pub labels: Option<PanelLabels<'a>>,
    pub spacing: Option<Spacing>,
    pub proportions: Proportions,
    /// Whether scale bars are drawn; only where the spacing is known.
    pub has_scale_bars: bool,
    /// Whose columns are bracketed.
    pub central: Option<CentralThickness>,
}

/// A page of panels in rows, with a legend of the labels that occur in any of them, and a caption.
#[derive(Clone)]
pub struct Figure<'a> {
    /// At least one.
    pub panels: Vec<Panel<'a>>,
    /// Panels in a row, at least one.
    pub columns: usize,
    pub table: &'a LabelTable,
    /// Lines are broken where they are too long.
    pub caption: String,
    /// Whether every panel is marked as synthetic.
    pub synthetic: bool,
}
