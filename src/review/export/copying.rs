//! Files of an export, one pair after the other on all cores.

use std::path::Path;

use rayon::prelude::*;

use super::pair::ExportPair;
use crate::formats::{scan_image, write_file};
use crate::review::ReviewError;
use crate::scan::GreyImage;

/// Does something for every pair, on all cores; the first error ends it.
pub(super) fn for_each(
    pairs: &[ExportPair],
    work: impl Fn(&ExportPair) -> Result<(), ReviewError> + Sync + Send,
) -> Result<(), ReviewError> {
    pairs.par_iter().try_for_each(work)
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
