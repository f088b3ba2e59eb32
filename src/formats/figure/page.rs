//! What is to be drawn: panels with their scans and labels, a legend, a caption.

use crate::document::LabelTable;
use crate::mask::{CentralThickness, Mask};
use crate::scan::{BScan, GreyImage, Spacing};

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
    /// How they are drawn.
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
    /// What lies over the scan.
    pub labels: Option<PanelLabels<'a>>,
    /// Size of a pixel, which scale bars need.
    pub spacing: Option<Spacing>,
    /// Whether pixels are square or as in the eye.
    pub proportions: Proportions,
    /// Whether scale bars are drawn; only where the spacing is known.
    pub has_scale_bars: bool,
    /// Whose columns are bracketed.
    pub central: Option<CentralThickness>,
}

impl<'a> Panel<'a> {
    /// A scan, and beside it its labels alone, which have the bracket.
    pub fn beside_labels(self, mask: &'a Mask) -> Vec<Panel<'a>> {
        let labels = Panel {
            heading: "Labels".to_owned(),
            scan: None,
            labels: Some(PanelLabels { mask, style: LabelStyle::Filled }),
            has_scale_bars: false,
            ..self.clone()
        };
        vec![Panel { central: None, ..self }, labels]
    }
}

/// Width, height and size of a pixel, for a caption.
pub fn size_in_words(scan: &BScan, spacing: Option<Spacing>) -> Vec<String> {
    let pixel = |um: Spacing| format!("{} × {} µm per px", um.lateral_um_per_px, um.axial_um_per_px);
    let size = format!("{} × {} px", scan.width(), scan.height());
    std::iter::once(size).chain(spacing.map(pixel)).collect()
}

/// A page of panels in rows, with a legend of the labels that occur in any of them, and a caption.
#[derive(Clone)]
pub struct Figure<'a> {
    /// At least one.
    pub panels: Vec<Panel<'a>>,
    /// Panels in a row, at least one.
    pub columns: usize,
    /// Names and colours of the labels.
    pub table: &'a LabelTable,
    /// Lines are broken where they are too long.
    pub caption: String,
    /// Whether every panel is marked as synthetic.
    pub synthetic: bool,
}
