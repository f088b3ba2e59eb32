//! What a picture for a slide is made from: labels beside the scan they belong to, real or synthetic.

use std::sync::Arc;

use crate::document::{LabelTable, Page};
use crate::formats::figure::{Figure, FigureFormat, Panel, Proportions};
use crate::mask::CentralThickness;
use crate::scan::GreyImage;
use crate::studio::texts::text;

/// Width of a PNG: a slide at full width.
const WIDTH_PX: u32 = 1920;

/// Which scan the labels lie beside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FigureOf {
    /// The page's own.
    RealScan,
    /// The one that the model drew for the labels.
    SyntheticScan,
}

/// What a figure is made from.
pub struct FigureOrder {
    /// Whose labels are shown.
    pub page: Page,
    /// What the document calls its labels, and their colours.
    pub labels: Arc<LabelTable>,
    /// The synthetic scan in place of the page's own.
    pub synthetic: Option<GreyImage>,
    /// Words below: never the name of a file, which may be that of a patient.
    pub caption: String,
    /// Of the file.
    pub format: FigureFormat,
    /// Of a pixel; square where the scan has no spacing.
    pub proportions: Proportions,
}

impl FigureOrder {
    /// The bytes of the file.
    ///
    /// # Errors
    /// If the figure cannot be drawn.
    pub(in crate::studio) fn encoded(&self) -> Result<Vec<u8>, String> {
        let mask = &self.page.mask;
        let spacing = self.page.scan.spacing;
        let central = CentralThickness::of_mask(mask, spacing, self.page.scan.fovea_column);
        let eye = self.page.scan.laterality.map_or(String::new(), |eye| format!(", {}", eye.name()));
        let kind = if self.synthetic.is_some() { text!("figure-synthetic") } else { text!("figure-scan") };
        let proportions = match spacing {
            Some(_) => self.proportions,
            None => Proportions::Pixels,
        };
        let scan = Panel {
            heading: format!("{kind}{eye}"),
            size: [mask.width(), mask.height()],
            scan: Some(self.synthetic.as_ref().unwrap_or(&self.page.scan.image)),
            labels: None,
            spacing,
            proportions,
            has_scale_bars: true,
            central: Some(central).filter(|central| central.fovea.is_some()),
        };
        let figure = Figure {
            panels: scan.beside_labels(mask),
            columns: 2,
            table: &self.labels,
            caption: self.caption.clone(),
            synthetic: self.synthetic.is_some(),
        };
        figure.drawn().encoded(self.format, WIDTH_PX).map_err(|error| error.to_string())
    }
}
