//! NIfTI: a scan and its labels as two volumes of one B-scan each.

use std::path::Path;

use super::copying::{ExportWatch, for_each};
use super::pair::ExportPair;
use crate::formats::volume_export::ExportVolume;
use crate::formats::{nifti_writer, scan_image, write_file};
use crate::review::ReviewError;
use crate::review::set::ReviewSet;

pub(super) fn write(
    set: &ReviewSet,
    pairs: &[ExportPair],
    out: &Path,
    watch: &ExportWatch,
) -> Result<(), ReviewError> {
    for_each(pairs, watch, |pair| {
        let id = &pair.line.id;
        let image = scan_image::read(&pair.scan_file(set)?, id)?;
        for (kind, voxels) in [("scan", image.pixels.to_vec()), ("labels", pair.codes(set)?)] {
            let volume = ExportVolume {
                width: pair.line.width,
                height: pair.line.height,
                b_scans: 1,
                voxels,
                spacing: pair.line.spacing,
                b_scan_distance_um: None,
            };
            let path = out.join(pair.part.name()).join(format!("{id}_{kind}.nii.gz"));
            write_file(&path, &nifti_writer::write_gz(&volume, id)?)?;
        }
        Ok(())
    })
}
