//! The frames of a DICOM image as numbers, after what the file claims of them has been checked.

use std::borrow::Cow;

use super::super::FormatError;
use super::codecs::{Compression, FrameDecoder};
use super::facts::{DicomFacts, MAX_B_SCANS, PixelSource};
use super::sample_layout::SampleLayout;
use crate::scan::MAX_SIDE_PX;

/// Bytes of samples of all frames together.
const MAX_SAMPLE_BYTES: u64 = 2 << 30;
/// What the samples of one pixel can be: grey, or red, green and blue.
const SAMPLES: [u32; 2] = [1, 3];

/// Decoded frames, each `rows * columns * samples` samples.
pub struct Frames<'a> {
    pub frames: Vec<Cow<'a, [u8]>>,
    pub layout: SampleLayout,
    /// Pixels of a frame.
    pub pixels: usize,
    /// Colours came out of a decoder that returns red, green and blue whatever was stored.
    pub is_rgb: bool,
}

/// Number of frames, if they have a size that is read and are not too many.
fn frame_count(facts: &DicomFacts, layout: SampleLayout, name: &str) -> Result<usize, FormatError> {
    let refuse = |place: &str, problem: String, remedy: &str| {
        Err(FormatError::malformed(name, place, problem, remedy))
    };
    let (rows, columns) = (facts.rows, facts.columns);
    if !(1..=MAX_SIDE_PX).contains(&rows) || !(1..=MAX_SIDE_PX).contains(&columns) {
        let problem = format!("{columns}x{rows} pixels; a side must be 1 to {MAX_SIDE_PX}");
        return refuse("Rows and Columns", problem, "export the scan in parts of that size");
    }
    let frames = facts.frames.unwrap_or(1.0);
    if !(1.0..=MAX_B_SCANS as f64).contains(&frames) {
        let problem = format!("{frames} frames; a volume has 1 to {MAX_B_SCANS}");
        return refuse("Number of Frames", problem, "export the volume in parts");
    }
    let bytes = u64::from(rows) * u64::from(columns) * (layout.samples * layout.bytes) as u64 * frames as u64;
    if bytes > MAX_SAMPLE_BYTES {
        let problem = format!("{frames} frames of {columns}x{rows} are more than {MAX_SAMPLE_BYTES} bytes");
        return refuse("Number of Frames", problem, "export the volume in parts");
    }
    Ok(frames as usize)
}

/// Reads all frames after their sizes have been checked. `name` is the file's.
///
/// # Errors
/// If sizes are out of range, frames are claimed that the data does not hold, or a frame cannot be decoded.
pub fn decode<'a>(
    facts: &DicomFacts<'a>,
    compression: Compression,
    is_big_endian: bool,
    name: &str,
) -> Result<Frames<'a>, FormatError> {
    let layout = layout(facts, is_big_endian, name)?;
    let frames = frame_count(facts, layout, name)?;
    let pixels = facts.rows as usize * facts.columns as usize;
    let frame_bytes = pixels * layout.samples * layout.bytes;
    if let (PixelSource::Native(bytes), Compression::None) = (&facts.pixels, compression)
        && facts.photometric == "YBR_FULL_422"
        && (2 * pixels * frames..frame_bytes * frames).contains(&bytes.len())
    {
        let layout = SampleLayout { samples: 1, is_planar: false, ..layout };
        return Ok(Frames { frames: brightness_422(bytes, pixels, frames), layout, pixels, is_rgb: false });
    }
    let decoder = FrameDecoder { rows: facts.rows, columns: facts.columns, layout, compression };
    let is_plain = compression.keeps_layout();
    // What decoders return is little-endian and pixel after pixel.
    let is_big_endian = layout.is_big_endian && is_plain;
    let is_planar = layout.is_planar && is_plain;
    let is_rgb = matches!(compression, Compression::Jpeg | Compression::Jpeg2000);
    Ok(Frames {
        frames: samples_of_frames(&facts.pixels, &decoder, frames, frame_bytes, name)?,
        layout: SampleLayout { is_big_endian, is_planar, ..layout },
        pixels,
        is_rgb,
    })
}

/// The samples of each frame, `frame_bytes` of them where they are not compressed.
fn samples_of_frames<'a>(
    pixels: &PixelSource<'a>,
    decoder: &FrameDecoder,
    frames: usize,
    frame_bytes: usize,
    name: &str,
) -> Result<Vec<Cow<'a, [u8]>>, FormatError> {
    let refuse =
        |place: &str, problem: String, remedy: &str| FormatError::malformed(name, place, problem, remedy);
    match pixels {
        PixelSource::None => {
            let remedy = "open the file of the series that holds the scan";
            Err(refuse("the data set", "it holds no pixels".to_owned(), remedy))
        }
        PixelSource::Native(bytes) | PixelSource::Float(bytes) => {
            if decoder.compression != Compression::None {
                let problem = "its pixels should be compressed, but are not in fragments".to_owned();
                return Err(refuse("Pixel Data", problem, "export the file again"));
            }
            if bytes.len() < frame_bytes * frames {
                let whole = bytes.len() / frame_bytes;
                let problem =
                    format!("{frames} frames of {frame_bytes} bytes are claimed, {whole} are there");
                return Err(refuse(
                    "Pixel Data",
                    problem,
                    "the file is damaged or cut off: get a fresh copy",
                ));
            }
            Ok(bytes.chunks_exact(frame_bytes).take(frames).map(Cow::Borrowed).collect())
        }
        PixelSource::Fragments { offset_table, fragments } => {
            let parts = frame_parts(fragments, offset_table, frames).map_err(|problem| {
                refuse("Pixel Data", problem, "the file is damaged or cut off: get a fresh copy")
            })?;
            decoder.all(&parts).map_err(|(frame, problem)| {
                let place = format!("frame {} of {frames}", frame + 1);
                refuse(&place, problem, "the file is damaged: get a fresh copy, or export it uncompressed")
            })
        }
    }
}

/// The brightness of uncompressed frames of which two pixels share their colour (PS3.3 C.7.6.3.1.2): two bytes of
/// brightness, then two of colour.
fn brightness_422<'a>(bytes: &[u8], pixels: usize, frames: usize) -> Vec<Cow<'a, [u8]>> {
    let of_frame = |frame: &[u8]| -> Vec<u8> {
        frame.chunks(4).flat_map(|pair| &pair[..pair.len().min(2)]).copied().take(pixels).collect()
    };
    bytes.chunks_exact(2 * pixels).take(frames).map(|frame| Cow::Owned(of_frame(frame))).collect()
}

fn layout(facts: &DicomFacts, is_big_endian: bool, name: &str) -> Result<SampleLayout, FormatError> {
    let is_float = matches!(facts.pixels, PixelSource::Float(_));
    let bits = if is_float { 32 } else { facts.bits_allocated };
    let known =
        matches!(bits, 8 | 16 | 32) && SAMPLES.contains(&facts.samples) && (facts.samples == 1 || bits == 8);
    if !known || facts.photometric == "PALETTE COLOR" {
        return Err(FormatError::malformed(
            name,
            "the pixel format",
            format!("{} samples of {bits} bits, {}", facts.samples, facts.photometric),
            "expected grey of 8, 16 or 32 bits, or colours of 8: export the scan as greys",
        ));
    }
    let bits_stored = if is_float { bits } else { facts.bits_stored };
    let high_bit =
        facts.high_bit.filter(|high| (bits_stored - 1..bits).contains(high)).unwrap_or(bits_stored - 1);
    Ok(SampleLayout {
        bytes: bits as usize / 8,
        is_big_endian,
        is_float,
        is_signed: facts.is_signed && !is_float,
        bits_stored,
        shift: if is_float { 0 } else { high_bit + 1 - bits_stored },
        samples: facts.samples as usize,
        is_planar: facts.is_planar,
    })
}

/// The fragments of each frame: one each, all of the only one, or as the offset table says.
fn frame_parts<'a>(
    fragments: &[(usize, &'a [u8])],
    offset_table: &[u8],
    frames: usize,
) -> Result<Vec<Cow<'a, [u8]>>, String> {
    if fragments.len() == frames {
        return Ok(fragments.iter().map(|(_, bytes)| Cow::Borrowed(*bytes)).collect());
    }
    if frames > 1 && fragments.len() < frames {
        return Err(format!("{frames} frames are claimed, {} are there", fragments.len()));
    }
    let offsets: Vec<usize> = match frames {
        1 => vec![0],
        _ => {
            offset_table.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes) as usize).collect()
        }
    };
    if offsets.len() != frames || !offsets.is_sorted() {
        return Err(format!("{} fragments do not say which of {frames} frames they are of", fragments.len()));
    }
    let mut parts = vec![Vec::new(); frames];
    for (at, bytes) in fragments {
        let frame = offsets.partition_point(|offset| offset <= at).max(1) - 1;
        parts[frame].extend_from_slice(bytes);
    }
    Ok(parts.into_iter().map(Cow::Owned).collect())
}
