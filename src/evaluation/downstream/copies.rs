//! Pictures to train on that are those of measured scans under other names: a segmenter that learned from them would be
//! measured on what it knows, and no name would tell.

use super::error::DownstreamError;
use super::test_set::TestSet;
use crate::dataset::Manifest;
use crate::dataset::duplicates::{DifferenceHash, MAX_DIFFERENT_BITS};
use crate::dataset::samples::LabelledScan;
use crate::metrics::memorisation::Fingerprint;

/// Distance of small copies up to which a picture whose hash is near, too, is the same one, compressed or sized anew:
/// those are within some thousandths, neighbouring B-scans of an eye in tenths.
const MAX_DISTANCE: f64 = 0.02;

/// What the measured scans look like.
pub(in crate::evaluation) struct MeasuredPictures<'a> {
    test: &'a TestSet,
    /// Of each scan.
    hashes: Vec<[DifferenceHash; 2]>,
}

impl<'a> MeasuredPictures<'a> {
    /// Of a test set.
    pub fn of(test: &'a TestSet) -> Self {
        Self { test, hashes: test.scans.iter().map(|scan| DifferenceHash::of(&scan.image)).collect() }
    }

    /// Refuses a scan to train on that is the picture of a measured one, or its mirror image, or nearly so.
    ///
    /// # Errors
    /// Names both files and the remedy.
    pub fn check(&self, manifest: &Manifest, scan: &LabelledScan) -> Result<(), DownstreamError> {
        let [hash, _] = DifferenceHash::of(&scan.image);
        let is_near = |hashes: &[DifferenceHash; 2]| {
            hashes.iter().any(|own| own.difference(&hash) <= MAX_DIFFERENT_BITS)
        };
        let near = self.test.scans.iter().zip(&self.hashes).filter(|(_, hashes)| is_near(hashes));
        for (measured, _) in near {
            let is_equal = measured.image == scan.image;
            if !is_equal
                && Fingerprint::of(&measured.image).distance(&Fingerprint::of(&scan.image)) > MAX_DISTANCE
            {
                continue;
            }
            return Err(DownstreamError::refused(
                manifest.path(&scan.entry.image).display(),
                format!(
                    "it would be trained on, and is {} the picture of a scan that is measured, {} (\"{}\" of {} and \
                     \"{}\" of {})",
                    if is_equal { "pixel by pixel" } else { "nearly" },
                    self.test.dir.join(&measured.entry.image).display(),
                    scan.entry.id,
                    scan.entry.subject,
                    measured.entry.id,
                    measured.entry.subject
                ),
                "take it out of the training data, or measure other subjects (--subjects)",
            ));
        }
        Ok(())
    }
}
