//! Files of an export, one pair after the other on all cores.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;

use super::pair::ExportPair;
use crate::formats::{scan_image, write_file};
use crate::review::ReviewError;
use crate::scan::GreyImage;

/// How far an export has come, and whether it is to stop.
#[derive(Debug, Default)]
pub struct ExportWatch {
    done: AtomicUsize,
    stop: AtomicBool,
}

impl ExportWatch {
    /// Pairs whose files are written.
    pub fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// Ends the export at the next pair.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether [`ExportWatch::stop`] was called.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Counts a pair.
    ///
    /// # Errors
    /// If the export is to stop.
    pub(super) fn count(&self) -> Result<(), ReviewError> {
        self.done.fetch_add(1, Ordering::Relaxed);
        match self.is_stopped() {
            true => Err(ReviewError::refused("the export was stopped", "start it again")),
            false => Ok(()),
        }
    }
}

/// Does something for every pair, on all cores; the first error ends it.
pub(super) fn for_each(
    pairs: &[ExportPair],
    watch: &ExportWatch,
    work: impl Fn(&ExportPair) -> Result<(), ReviewError> + Sync + Send,
) -> Result<(), ReviewError> {
    pairs.par_iter().try_for_each(|pair| {
        work(pair)?;
        watch.count()
    })
}

/// Writes codes as a grey PNG whose values are those codes: what readers of label files expect that know no palette.
pub(super) fn write_grey_codes(
    path: &Path,
    width: u32,
    height: u32,
    codes: Vec<u8>,
) -> Result<(), ReviewError> {
    let text = [("Comment", "Values are label codes, not greys")];
    Ok(write_file(path, &scan_image::write(&GreyImage::new(width, height, codes), &text)?)?)
}
