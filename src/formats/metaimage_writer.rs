//! MetaImage volumes of 8 bits: one `.mha`, or a `.mhd` header for a `.raw` beside it.

use std::fmt::Write;

use super::volume_export::ExportVolume;

/// The header that names `data_file` as the file of its voxels; `LOCAL` for those that follow it.
pub fn header(volume: &ExportVolume, data_file: &str) -> String {
    let ExportVolume { width, height, b_scans, .. } = volume;
    let mut header = String::from(
        "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n\
         CompressedData = False\nTransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = 0 0 0\n",
    );
    if let Some([across, down, between]) = volume.voxel_mm() {
        // ITK takes no voxels without a size: one B-scan, or B-scans of unknown distance, get 1 mm.
        let between = if between > 0.0 { between } else { 1.0 };
        // Writing into a string cannot fail.
        let _ = writeln!(header, "ElementSpacing = {across} {down} {between}");
    }
    let _ = write!(
        header,
        "DimSize = {width} {height} {b_scans}\nElementType = MET_UCHAR\nElementDataFile = {data_file}\n"
    );
    header
}

/// The bytes of a `.mha` file.
pub fn write(volume: &ExportVolume) -> Vec<u8> {
    let mut file = header(volume, "LOCAL").into_bytes();
    file.extend_from_slice(&volume.voxels);
    file
}

#[cfg(test)]
mod tests {
    use super::super::volume_export::{ExportPlane, tests::document};
    use super::*;
    use crate::formats::open::open_bytes;
    use std::path::Path;

    #[test]
    fn what_is_written_is_read_back() {
        let mut volume = ExportVolume::of(&document(), ExportPlane::Scans, "a").unwrap();
        let opened = open_bytes(&write(&volume), Path::new("a.mha")).unwrap();
        let again = ExportVolume::of(&opened.document, ExportPlane::Scans, "a").unwrap();
        assert_eq!(again, volume);
        volume.spacing = None;
        let opened = open_bytes(&write(&volume), Path::new("a.mha")).unwrap();
        assert_eq!(opened.document.pages[0].scan.spacing, None);
    }
}
