//! The frames of a DICOM image as numbers: stored plainly, or compressed by RLE, JPEG (baseline and lossless)
//! or JPEG 2000.

use std::borrow::Cow;

use super::super::FormatError;
use super::facts::{Facts, PixelSource};
use super::{MAX_B_SCANS, rle};
use crate::scan::MAX_SIDE_PX;

/// No compression in use shrinks pixels further: a frame that claims more lies.
const MAX_COMPRESSION: u64 = 2000;
/// Bytes of samples of all frames together.
const MAX_SAMPLE_BYTES: u64 = 2 << 30;
/// What the samples of one pixel can be: grey, or red, green and blue.
const SAMPLES: [u32; 2] = [1, 3];

/// How samples are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    None,
    Rle,
    Jpeg,
    Jpeg2000,
}

impl Compression {
    /// By transfer syntax; `Err` with its name where it cannot be read.
    pub fn of(transfer_syntax: &str) -> Result<Self, String> {
        let jpeg = "1.2.840.10008.1.2.4.";
        let kind = match transfer_syntax.strip_prefix(jpeg) {
            Some("50" | "51" | "57" | "70") => Self::Jpeg,
            Some("90" | "91") => Self::Jpeg2000,
            Some("80" | "81") => return Err("JPEG-LS".to_owned()),
            Some("92" | "93") => return Err("JPEG 2000 of several components".to_owned()),
            Some("110" | "111" | "112") => return Err("JPEG XL".to_owned()),
            Some("201" | "202" | "203") => return Err("high-throughput JPEG 2000".to_owned()),
            Some("100" | "101" | "102" | "103" | "104" | "105" | "106" | "107" | "108") => {
                return Err("a video".to_owned());
            }
            _ => match transfer_syntax {
                "1.2.840.10008.1.2"
                | "1.2.840.10008.1.2.1"
                | "1.2.840.10008.1.2.1.99"
                | "1.2.840.10008.1.2.2" => Self::None,
                "1.2.840.10008.1.2.5" => Self::Rle,
                other => return Err(format!("the transfer syntax {other}")),
            },
        };
        Ok(kind)
    }
}

/// How samples stand in the bytes of a decoded frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampleLayout {
    /// 1, 2 or 4.
    pub bytes: usize,
    pub is_big_endian: bool,
    pub is_float: bool,
    pub is_signed: bool,
    pub bits_stored: u32,
    /// Unused bits below the stored ones.
    shift: u32,
    /// 1, or 3 for colours.
    pub samples: usize,
    pub is_planar: bool,
}

/// Decoded frames, each `rows * columns * samples` samples.
pub struct Frames<'a> {
    pub frames: Vec<Cow<'a, [u8]>>,
    pub layout: SampleLayout,
    /// Pixels of a frame.
    pub pixels: usize,
    /// Colours came out of a decoder that returns red, green and blue whatever was stored.
    pub is_rgb: bool,
}

/// Reads all frames after their sizes have been checked. `name` is the file's.
///
/// # Errors
/// If sizes are out of range, frames are claimed that the data does not hold, or a frame cannot be decoded.
pub fn decode<'a>(
    facts: &Facts<'a>,
    compression: Compression,
    is_big_endian: bool,
    name: &str,
) -> Result<Frames<'a>, FormatError> {
    let refuse =
        |place: &str, problem: String, remedy: &str| FormatError::malformed(name, place, problem, remedy);
    let (rows, columns) = (facts.rows, facts.columns);
    if !(1..=MAX_SIDE_PX).contains(&rows) || !(1..=MAX_SIDE_PX).contains(&columns) {
        let problem = format!("{columns}x{rows} pixels; a side must be 1 to {MAX_SIDE_PX}");
        return Err(refuse("Rows and Columns", problem, "export the scan in parts of that size"));
    }
    let frames = facts.frames.unwrap_or(1.0);
    if !(1.0..=MAX_B_SCANS as f64).contains(&frames) {
        let problem = format!("{frames} frames; a volume has 1 to {MAX_B_SCANS}");
        return Err(refuse("Number of Frames", problem, "export the volume in parts"));
    }
    let frames = frames as usize;
    let layout = layout(facts, is_big_endian, name)?;
    let pixels = rows as usize * columns as usize;
    let frame_bytes = pixels * layout.samples * layout.bytes;
    if (frame_bytes * frames) as u64 > MAX_SAMPLE_BYTES {
        let problem = format!("{frames} frames of {columns}x{rows} are more than {MAX_SAMPLE_BYTES} bytes");
        return Err(refuse("Number of Frames", problem, "export the volume in parts"));
    }
    let decoded = match &facts.pixels {
        PixelSource::None => {
            let remedy = "open the file of the series that holds the scan";
            return Err(refuse("the data set", "it holds no pixels".to_owned(), remedy));
        }
        PixelSource::Native(bytes) | PixelSource::Float(bytes) => {
            if compression != Compression::None {
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
            bytes.chunks_exact(frame_bytes).take(frames).map(Cow::Borrowed).collect()
        }
        PixelSource::Fragments { offset_table, fragments } => {
            let parts = frame_parts(fragments, offset_table, frames).map_err(|problem| {
                refuse("Pixel Data", problem, "the file is damaged or cut off: get a fresh copy")
            })?;
            let decoder = FrameDecoder { rows, columns, layout, compression };
            decoder.all(parts).map_err(|(frame, problem)| {
                let place = format!("frame {} of {frames}", frame + 1);
                refuse(&place, problem, "the file is damaged: get a fresh copy, or export it uncompressed")
            })?
        }
    };
    let is_plain = compression == Compression::None;
    // What decoders return is little-endian and pixel after pixel.
    let is_big_endian = layout.is_big_endian && is_plain;
    let is_planar = layout.is_planar && is_plain;
    let is_rgb = matches!(compression, Compression::Jpeg | Compression::Jpeg2000);
    Ok(Frames {
        frames: decoded,
        layout: SampleLayout { is_big_endian, is_planar, ..layout },
        pixels,
        is_rgb,
    })
}

fn layout(facts: &Facts, is_big_endian: bool, name: &str) -> Result<SampleLayout, FormatError> {
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

struct FrameDecoder {
    rows: u32,
    columns: u32,
    layout: SampleLayout,
    compression: Compression,
}

impl FrameDecoder {
    /// Decodes frames; a problem names its frame, from 0.
    fn all<'a>(&self, parts: Vec<Cow<'a, [u8]>>) -> Result<Vec<Cow<'a, [u8]>>, (usize, String)> {
        let mut frames = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let samples = self.one(part).map_err(|problem| (index, problem))?;
            frames.push(Cow::Owned(samples));
        }
        Ok(frames)
    }

    fn frame_bytes(&self) -> usize {
        self.rows as usize * self.columns as usize * self.layout.samples * self.layout.bytes
    }

    fn one(&self, part: &[u8]) -> Result<Vec<u8>, String> {
        let wanted = self.frame_bytes();
        if wanted as u64 > (part.len() as u64).saturating_mul(MAX_COMPRESSION) {
            return Err(format!("{wanted} bytes of pixels are claimed of {} compressed ones", part.len()));
        }
        let samples = match self.compression {
            Compression::None => {
                return Err("its pixels are in fragments, but should not be compressed".to_owned());
            }
            Compression::Rle => rle::decode(part, wanted, self.layout.samples, self.layout.bytes)?,
            Compression::Jpeg => self.jpeg(part, wanted)?,
            Compression::Jpeg2000 => self.jpeg_2000(part)?,
        };
        if samples.len() == wanted {
            return Ok(samples);
        }
        Err(format!("{} bytes of pixels where {wanted} were expected", samples.len()))
    }

    fn check_size(&self, columns: u32, rows: u32) -> Result<(), String> {
        if (columns, rows) == (self.columns, self.rows) {
            return Ok(());
        }
        Err(format!("it is {columns}x{rows} where the file says {}x{}", self.columns, self.rows))
    }

    fn jpeg(&self, part: &[u8], wanted: usize) -> Result<Vec<u8>, String> {
        let mut decoder = jpeg_decoder::Decoder::new(part);
        decoder.set_max_decoding_buffer_size(wanted);
        decoder.read_info().map_err(|error| error.to_string())?;
        let info = decoder.info().ok_or("it has no header")?;
        self.check_size(u32::from(info.width), u32::from(info.height))?;
        let kind = (info.pixel_format.pixel_bytes(), self.layout.samples * self.layout.bytes);
        let mut samples = match kind {
            (stored, wanted) if stored == wanted => decoder.decode(),
            // A lossless JPEG of 8 bits may stand where 16 are allocated.
            (1, 2) => decoder.decode().map(|greys| greys.into_iter().flat_map(|grey| [grey, 0]).collect()),
            (stored, wanted) => return Err(format!("{stored} bytes a pixel where the file says {wanted}")),
        }
        .map_err(|error| error.to_string())?;
        if cfg!(target_endian = "big") && info.pixel_format == jpeg_decoder::PixelFormat::L16 {
            samples.as_chunks_mut::<2>().0.iter_mut().for_each(|pair| pair.reverse());
        }
        Ok(samples)
    }

    fn jpeg_2000(&self, part: &[u8]) -> Result<Vec<u8>, String> {
        let image = hayro_jpeg2000::Image::new(part, &hayro_jpeg2000::DecodeSettings::default())
            .map_err(|error| error.to_string())?;
        self.check_size(image.width(), image.height())?;
        let mut context = hayro_jpeg2000::DecoderContext::default();
        let decoded = image.decode(&mut context).map_err(|error| error.to_string())?;
        let planes = decoded.components();
        if planes.len() != self.layout.samples {
            return Err(format!("{} components where the file says {}", planes.len(), self.layout.samples));
        }
        let mut samples = vec![0; self.frame_bytes()];
        let stride = self.layout.samples * self.layout.bytes;
        for (sample, plane) in planes.iter().enumerate() {
            for (pixel, value) in samples.chunks_exact_mut(stride).zip(plane.samples()) {
                let value = (value.round() as i64).to_le_bytes();
                let at = sample * self.layout.bytes;
                pixel[at..at + self.layout.bytes].copy_from_slice(&value[..self.layout.bytes]);
            }
        }
        Ok(samples)
    }
}

impl SampleLayout {
    /// Least and greatest integer; `None` for floating-point numbers.
    pub fn range(&self) -> Option<[f32; 2]> {
        let values = 2f32.powi(self.bits_stored as i32);
        match (self.is_float, self.is_signed) {
            (true, _) => None,
            (false, true) => Some([-values / 2.0, values / 2.0 - 1.0]),
            (false, false) => Some([0.0, values - 1.0]),
        }
    }

    /// The sample at a position counted in samples.
    pub fn value(&self, frame: &[u8], index: usize) -> f32 {
        let mut raw = [0u8; 4];
        raw[..self.bytes].copy_from_slice(&frame[index * self.bytes..][..self.bytes]);
        if self.is_big_endian {
            raw[..self.bytes].reverse();
        }
        let raw = u32::from_le_bytes(raw);
        if self.is_float {
            return f32::from_bits(raw);
        }
        let unused = 32 - self.bits_stored;
        let stored = (raw >> self.shift) << unused;
        if self.is_signed { (stored.cast_signed() >> unused) as f32 } else { (stored >> unused) as f32 }
    }
}
