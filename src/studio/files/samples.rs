//! The bundled scans: real B-scans with their layers, so that nobody meets an empty window.
//!
//! Their origin and licence are in `assets/samples/CREDITS.md`, and the credit is shown on the canvas.

use crate::document::Document;
use crate::formats::label_png::CodeScheme;
use crate::formats::{FormatError, label_png, scan_image};
use crate::mask::Mask;
use crate::scan::{BScan, Spacing};
use crate::studio::texts::{self, text};

/// A bundled scan with its labels.
pub struct Sample {
    /// Of its name in the table of texts.
    key: &'static str,
    file: &'static str,
    scan: &'static [u8],
    labels: &'static [u8],
    drawn: bool,
}

const SPACING: Spacing = Spacing { axial_um_per_px: 3.9, lateral_um_per_px: 11.0 };

/// All samples; the first opens when nothing else is asked for.
pub const ALL: [Sample; 3] = [
    Sample {
        key: "sample-fovea",
        file: "fovea",
        scan: include_bytes!("../../../assets/samples/fovea.png"),
        labels: include_bytes!("../../../assets/samples/fovea-labels.png"),
        drawn: false,
    },
    Sample {
        key: "sample-cysts",
        file: "drawn-cysts",
        scan: include_bytes!("../../../assets/samples/drawn-cysts.png"),
        labels: include_bytes!("../../../assets/samples/drawn-cysts-labels.png"),
        drawn: true,
    },
    Sample {
        key: "sample-periphery",
        file: "periphery",
        scan: include_bytes!("../../../assets/samples/periphery.png"),
        labels: include_bytes!("../../../assets/samples/periphery-labels.png"),
        drawn: false,
    },
];

impl Sample {
    /// As in the menu.
    pub fn name(&self) -> &'static str {
        texts::plain(self.key)
    }

    /// Reads the sample as if it were a file.
    ///
    /// # Errors
    /// If the bundled file is damaged.
    pub fn document(&self) -> Result<Document, FormatError> {
        let image = scan_image::read(self.scan, self.file)?;
        let labels = label_png::read(self.labels, self.file, CodeScheme::Studio)?;
        let (mask, _) = Mask::from_composite(labels.width, labels.height, &labels.codes);
        let mut scan = BScan::from_image(image, self.name());
        scan.spacing = Some(SPACING);
        let mut document = Document::from_scan(scan, mask);
        document.credit =
            Some(if self.drawn { text!("sample-credit-drawn") } else { text!("sample-credit") }.to_owned());
        Ok(document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::IRF;

    #[test]
    fn every_sample_opens_with_all_layers_and_only_the_drawn_one_has_cysts() {
        for sample in &ALL {
            let document = sample.document().expect("a bundled sample is whole");
            let mask = &document.pages[0].mask;
            let histogram = mask.layers.histogram();
            assert!((0..=8).all(|code| histogram[code] > 100), "{}", sample.name());
            let cysts = mask.composite_pixels().iter().filter(|code| **code == IRF).count();
            assert_eq!(cysts > 1000, sample.drawn, "{}: {cysts} px of IRF", sample.name());
            assert!(document.credit.is_some());
        }
    }
}
