//! NIfTI-1 volumes of 8 bits: columns, rows, B-scans, in mm, with a matrix that says the same.

use std::io::Write;

use flate2::{Compression, GzBuilder};

use super::FormatError;
use super::volume_export::ExportVolume;

const HEADER_BYTES: usize = 348;
/// The header and four bytes that say that no extension follows.
const VOXELS_AT: usize = HEADER_BYTES + 4;
const MILLIMETRES: u8 = 2;
const UNSIGNED_BYTES: i16 = 2;
/// A matrix in the coordinates of the scanner.
const SCANNER: i16 = 1;

/// The bytes of a `.nii` file. `name` is the file's name for messages.
///
/// # Errors
/// If there are more B-scans than the format can count.
pub fn write(volume: &ExportVolume, name: &str) -> Result<Vec<u8>, FormatError> {
    let sides = [volume.width, volume.height, volume.b_scans].map(i16::try_from);
    let [Ok(width), Ok(height), Ok(b_scans)] = sides else {
        let problem = format!("{} B-scans; it counts up to {}", volume.b_scans, i16::MAX);
        return Err(FormatError::malformed(name, "NIfTI-1", problem, "write a MetaImage (.mha) instead"));
    };
    let mut file = vec![0; VOXELS_AT];
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &(HEADER_BYTES as i32).to_le_bytes());
    for (index, dim) in [3, width, height, b_scans, 1, 1, 1, 1].into_iter().enumerate() {
        put(40 + 2 * index, &dim.to_le_bytes());
    }
    put(70, &UNSIGNED_BYTES.to_le_bytes());
    put(72, &8_i16.to_le_bytes());
    // Without a spacing: ones without a unit, as programs write sizes that nobody set.
    let lengths = volume.voxel_mm().unwrap_or([1.0; 3]);
    put(76, &1_f32.to_le_bytes());
    for (index, length) in lengths.into_iter().enumerate() {
        put(80 + 4 * index, &(length as f32).to_le_bytes());
        // Its row of the matrix: rows go down, as they are stored.
        put(280 + 20 * index, &(length as f32).to_le_bytes());
    }
    put(108, &(VOXELS_AT as f32).to_le_bytes());
    put(112, &1_f32.to_le_bytes());
    if volume.spacing.is_some() {
        put(123, &[MILLIMETRES]);
    }
    put(148, b"RetiDiff Studio");
    put(254, &SCANNER.to_le_bytes());
    put(344, b"n+1\0");
    file.extend_from_slice(&volume.voxels);
    Ok(file)
}

/// The bytes of a `.nii.gz` file; the same volume gives the same bytes.
///
/// # Errors
/// As [`write`].
pub fn write_gz(volume: &ExportVolume, name: &str) -> Result<Vec<u8>, FormatError> {
    let file = write(volume, name)?;
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    encoder
        .write_all(&file)
        .and_then(|()| encoder.finish())
        .map_err(|error| FormatError::malformed(name, "the gzip", error.to_string(), "write it without .gz"))
}

#[cfg(test)]
mod tests {
    use super::super::volume_export::{ExportPlane, tests::document};
    use super::*;
    use crate::formats::open::open_bytes;
    use crate::formats::pixel_size::FactState;
    use std::path::Path;

    #[test]
    fn what_is_written_is_read_back() {
        let document = document();
        let mut volume = ExportVolume::of(&document, ExportPlane::Scans, "a").unwrap();
        for (bytes, name) in
            [(write(&volume, "a").unwrap(), "a.nii"), (write_gz(&volume, "a").unwrap(), "a.nii.gz")]
        {
            let opened = open_bytes(&bytes, Path::new(name)).unwrap();
            let again = ExportVolume::of(&opened.document, ExportPlane::Scans, "a").unwrap();
            assert_eq!(again.voxels, volume.voxels);
            assert_eq!((again.width, again.height), (3, 2));
            assert_eq!(again.spacing.map(|s| (s.axial_um_per_px * 10.0).round()), Some(39.0));
            assert_eq!(
                (again.b_scan_distance_um, opened.spacing_state),
                (Some(250.0), Some(FactState::FromFile))
            );
        }
        volume.spacing = None;
        let opened = open_bytes(&write(&volume, "a").unwrap(), Path::new("a.nii")).unwrap();
        assert_eq!((opened.document.pages[0].scan.spacing, opened.spacing_state), (None, None));
    }
}
