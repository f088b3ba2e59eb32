//! What of a document goes into a volume of other programs: the greys of its scans, or its label codes.

use super::FormatError;
use crate::document::Document;
use crate::scan::Spacing;

/// Which of the two is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportPlane {
    /// Greys, 0 to 255.
    Scans,
    /// Composite codes: 0 above ILM, 1-7 layers, 8 below BM, 9 IRF, 10 SRF, 11 PED, 255 unannotated.
    Labels,
}

/// B-scans of one size as a block of bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportVolume {
    /// Columns of a B-scan.
    pub width: u32,
    /// Rows of a B-scan.
    pub height: u32,
    /// Number of B-scans, at least 1.
    pub b_scans: u32,
    /// `b_scans * height * width` bytes, row by row, B-scan by B-scan.
    pub voxels: Vec<u8>,
    /// Of the first B-scan.
    pub spacing: Option<Spacing>,
    /// Between neighbouring B-scans, where known.
    pub b_scan_distance_um: Option<f32>,
}

impl ExportVolume {
    /// The B-scans of a document. `name` is the document's name for messages.
    ///
    /// # Errors
    /// If its B-scans differ in size, or labels are wanted and it has none.
    pub fn of(document: &Document, plane: ExportPlane, name: &str) -> Result<Self, FormatError> {
        let Some(first) = document.pages.first() else {
            return Err(FormatError::malformed(
                name,
                "the document",
                "it has no B-scan",
                "open another file",
            ));
        };
        let (width, height) = (first.scan.width(), first.scan.height());
        let mut voxels = Vec::new();
        let mut is_annotated = false;
        for page in &document.pages {
            let size = (page.scan.width(), page.scan.height());
            if size != (width, height) {
                return Err(FormatError::malformed(
                    name,
                    page.scan.name.clone(),
                    format!("{}x{} where the first B-scan has {width}x{height}", size.0, size.1),
                    "a volume holds B-scans of one size: write PNG files (--format png), or convert them one by one",
                ));
            }
            match plane {
                ExportPlane::Scans => voxels.extend_from_slice(&page.scan.image.pixels),
                ExportPlane::Labels => {
                    let codes = page.mask.composite_pixels();
                    is_annotated |= codes.iter().any(|&code| code != crate::anatomy::UNANNOTATED);
                    voxels.extend(codes);
                }
            }
        }
        if plane == ExportPlane::Labels && !is_annotated {
            let remedy = "leave out --labels to write its scans";
            return Err(FormatError::malformed(name, "the document", "it has no labels", remedy));
        }
        Ok(Self {
            width,
            height,
            b_scans: document.pages.len() as u32,
            voxels,
            spacing: first.scan.spacing,
            b_scan_distance_um: document.b_scan_distance_um,
        })
    }

    /// The bytes of each B-scan.
    pub fn planes(&self) -> impl Iterator<Item = &[u8]> {
        self.voxels.chunks_exact(self.width as usize * self.height as usize)
    }

    /// Size of a voxel across, down and between B-scans in mm; `None` where the spacing is unknown.
    pub(super) fn voxel_mm(&self) -> Option<[f64; 3]> {
        let spacing = self.spacing?;
        let mm = |um: f32| f64::from(um) / 1000.0;
        // A volume of unknown distance still needs one: 0 says that there is none.
        let between = self.b_scan_distance_um.map_or(0.0, mm);
        Some([mm(spacing.lateral_um_per_px), mm(spacing.axial_um_per_px), between])
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::mask::Mask;
    use crate::scan::{BScan, GreyImage, Volume};

    /// Two B-scans of 3x2 with a spacing of 3.9 µm down and 11.7 across, 250 apart.
    pub(crate) fn document() -> Document {
        let scan = |start: u8| {
            let image = GreyImage::new(3, 2, (start..start + 6).collect::<Vec<u8>>());
            let mut scan = BScan::from_image(image, "a");
            scan.spacing = Spacing::checked(3.9, 11.7);
            scan
        };
        let b_scans = vec![scan(10), scan(200)];
        Document::from_volume(Volume { b_scans, b_scan_distance_um: Some(250.0) })
    }

    #[test]
    fn scans_and_labels_become_blocks_and_none_are_refused() {
        let mut document = document();
        let volume = ExportVolume::of(&document, ExportPlane::Scans, "a").unwrap();
        assert_eq!((volume.width, volume.height, volume.b_scans), (3, 2, 2));
        assert_eq!(volume.voxels, [10, 11, 12, 13, 14, 15, 200, 201, 202, 203, 204, 205]);
        let message = ExportVolume::of(&document, ExportPlane::Labels, "a").unwrap_err().to_string();
        assert!(message.contains("it has no labels"), "{message}");
        document.pages[1].mask = Mask::from_composite(3, 2, &[0, 0, 255, 1, 8, 255]).0;
        let volume = ExportVolume::of(&document, ExportPlane::Labels, "a").unwrap();
        assert_eq!(volume.voxels[..6], [255; 6]);
        assert_eq!(volume.voxels[6..], document.pages[1].mask.composite_pixels());
        document.pages.push(crate::document::Page::new(
            BScan::from_image(GreyImage::new(1, 1, vec![0]), "odd"),
            Mask::unannotated(1, 1),
        ));
        let message = ExportVolume::of(&document, ExportPlane::Scans, "a").unwrap_err().to_string();
        assert!(message.contains("odd: 1x1"), "{message}");
    }
}
