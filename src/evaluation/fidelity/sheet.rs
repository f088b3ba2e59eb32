//! The sheet that shows some of the pictures.

use super::measure::ComparedScan;
use crate::training::samples_sheet::{self, SheetRow};

/// Scans on the sheet.
const SHEET_SCANS: usize = 8;

/// Pictures beside their masks and the real scans.
#[derive(Debug, Default)]
pub struct FidelitySheet(Vec<SheetRow>);

impl FidelitySheet {
    /// Adds a scan if it is one of those spread evenly over the sheet.
    pub fn add(&mut self, compared: &ComparedScan) {
        let &ComparedScan { scan, picture, index, count, .. } = compared;
        let shown = SHEET_SCANS.min(count);
        if (0..shown).any(|row| (2 * row + 1) * count / (2 * shown) == index) {
            self.0.push(SheetRow {
                labels: scan.labels.clone(),
                real: scan.image.clone(),
                synthetic: picture.clone(),
            });
        }
    }

    /// The sheet as a PNG.
    ///
    /// # Errors
    /// If the encoder refuses, which a sheet of ordinary size gives no reason for.
    pub fn encode(&self) -> std::io::Result<Vec<u8>> {
        samples_sheet::encode(&self.0)
    }
}
