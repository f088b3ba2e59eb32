//! Multi-page TIFF: one B-scan a page, grey, LZW, with the size of a voxel as ImageJ writes it, which most
//! programs for volumes read.

use std::io::Cursor;

use tiff::TiffError;
use tiff::encoder::Compression;
use tiff::encoder::colortype::{ColorType, Gray8, Gray16};
use tiff::encoder::{Rational, TiffEncoder, TiffValue};
use tiff::tags::{ResolutionUnit, Tag};

use super::FormatError;
use super::volume_export::ExportVolume;

/// Bits of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TiffDepth {
    /// 8 bits a pixel.
    Eight,
    /// A grey of 8 bits times 257, so that 255 stays white.
    Sixteen,
}

/// Fractions of the resolution are written with this many parts.
const RESOLUTION_PARTS: u32 = 1_000_000;

/// Tag of an XMP packet (XMP specification, part 3, 1.1.6).
const XMP_TAG: u16 = 700;

/// The bytes of a TIFF file, with an XMP packet where there is one. `name` is the file's name for messages.
///
/// # Errors
/// If the volume is larger than a TIFF can be (4 GB).
pub fn write(
    volume: &ExportVolume,
    depth: TiffDepth,
    xmp: Option<&str>,
    name: &str,
) -> Result<Vec<u8>, FormatError> {
    let mut file = Cursor::new(Vec::new());
    let written = encode(volume, depth, xmp, &mut file);
    written.map_err(|error| {
        FormatError::malformed(name, "the TIFF", error.to_string(), "write a NIfTI (.nii.gz) instead")
    })?;
    Ok(file.into_inner())
}

fn encode(
    volume: &ExportVolume,
    depth: TiffDepth,
    xmp: Option<&str>,
    file: &mut Cursor<Vec<u8>>,
) -> Result<(), TiffError> {
    let mut encoder = TiffEncoder::new(file)?.with_compression(Compression::Lzw);
    for plane in volume.planes() {
        match depth {
            TiffDepth::Eight => page::<Gray8>(&mut encoder, volume, xmp, plane)?,
            TiffDepth::Sixteen => {
                let deep: Vec<u16> = plane.iter().map(|&grey| u16::from(grey) * 257).collect();
                page::<Gray16>(&mut encoder, volume, xmp, &deep)?;
            }
        }
    }
    Ok(())
}

fn page<C: ColorType>(
    encoder: &mut TiffEncoder<&mut Cursor<Vec<u8>>>,
    volume: &ExportVolume,
    xmp: Option<&str>,
    pixels: &[C::Inner],
) -> Result<(), TiffError>
where
    [C::Inner]: TiffValue,
{
    let mut page = encoder.new_image::<C>(volume.width, volume.height)?;
    if let Some([across, down, _]) = volume.voxel_mm() {
        let per_mm = |mm: f64| Rational {
            n: RESOLUTION_PARTS,
            d: (mm * f64::from(RESOLUTION_PARTS)).round().max(1.0) as u32,
        };
        page.resolution_unit(ResolutionUnit::None);
        page.x_resolution(per_mm(across));
        page.y_resolution(per_mm(down));
    }
    page.encoder().write_tag(Tag::ImageDescription, description(volume).as_str())?;
    page.encoder().write_tag(Tag::Software, "RetiDiff Studio")?;
    if let Some(packet) = xmp {
        page.encoder().write_tag(Tag::Unknown(XMP_TAG), packet.as_bytes())?;
    }
    page.write_data(pixels)
}

/// The text by which ImageJ knows a stack.
fn description(volume: &ExportVolume) -> String {
    let count = volume.b_scans;
    let mut text = format!("ImageJ=1.54f\nimages={count}\nslices={count}\nloop=false\n");
    if let Some([_, _, between]) = volume.voxel_mm() {
        text.push_str("unit=mm\n");
        if between > 0.0 {
            text.push_str(&format!("spacing={between}\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::volume_export::{ExportPlane, tests::document};
    use super::*;
    use crate::formats::open::open_bytes;
    use crate::formats::provenance::{DigitalSource, is_marked_synthetic, xmp_packet};
    use std::path::Path;

    #[test]
    fn what_is_written_is_read_back_at_both_depths() {
        let volume = ExportVolume::of(&document(), ExportPlane::Scans, "a").unwrap();
        for depth in [TiffDepth::Eight, TiffDepth::Sixteen] {
            let opened = open_bytes(&write(&volume, depth, None, "a").unwrap(), Path::new("a.tif")).unwrap();
            let again = ExportVolume::of(&opened.document, ExportPlane::Scans, "a").unwrap();
            assert_eq!(again.voxels, volume.voxels, "{depth:?}");
            let um = again
                .spacing
                .map(|s| [s.axial_um_per_px, s.lateral_um_per_px].map(|um| (um * 100.0).round()));
            assert_eq!((um, again.b_scan_distance_um), (Some([390.0, 1170.0]), Some(250.0)));
        }
    }

    #[test]
    fn a_synthetic_stack_says_so_and_is_read_as_before() {
        let volume = ExportVolume::of(&document(), ExportPlane::Scans, "a").unwrap();
        let packet = xmp_packet(DigitalSource::TrainedAlgorithmic, "here");
        let marked = write(&volume, TiffDepth::Eight, Some(&packet), "a").unwrap();
        assert!(is_marked_synthetic(&marked));
        assert!(!is_marked_synthetic(&write(&volume, TiffDepth::Eight, None, "a").unwrap()));
        let opened = open_bytes(&marked, Path::new("a.tif")).unwrap();
        let again = ExportVolume::of(&opened.document, ExportPlane::Scans, "a").unwrap();
        assert_eq!(again.voxels, volume.voxels);
    }
}
