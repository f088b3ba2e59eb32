//! Compressed frames of DICOM images: by RLE, JPEG (baseline and lossless), JPEG 2000 or deflate.

use std::borrow::Cow;
use std::io::Read;

use rayon::prelude::*;

use super::rle;
use super::sample_layout::SampleLayout;

/// No compression in use shrinks pixels further: a frame that claims more lies.
const MAX_COMPRESSION: u64 = 2000;

/// How samples are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    None,
    /// Not compressed, but in fragments as compressed frames are.
    Encapsulated,
    Deflate,
    Rle,
    Jpeg,
    Jpeg2000,
}

impl Compression {
    /// Whether samples stand as the data set says: byte order, planes.
    pub fn keeps_layout(self) -> bool {
        matches!(self, Self::None | Self::Encapsulated | Self::Deflate)
    }

    /// By transfer syntax.
    ///
    /// # Errors
    /// The name of a transfer syntax that cannot be read.
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
                "1.2.840.10008.1.2.1.98" => Self::Encapsulated,
                "1.2.840.10008.1.2.8.1" => Self::Deflate,
                "1.2.840.10008.1.2.5" => Self::Rle,
                other => return Err(format!("the transfer syntax {other}")),
            },
        };
        Ok(kind)
    }
}

/// Decodes frames of one size.
pub struct FrameDecoder {
    pub rows: u32,
    pub columns: u32,
    pub layout: SampleLayout,
    pub compression: Compression,
}

impl FrameDecoder {
    /// Decodes frames.
    ///
    /// # Errors
    /// The number of a frame, from 0, that is damaged or not as large as its header says, and what is wrong with it.
    pub fn all<'a>(&self, parts: &[Cow<[u8]>]) -> Result<Vec<Cow<'a, [u8]>>, (usize, String)> {
        let decode = |(index, part): (usize, &Cow<[u8]>)| match self.one(part) {
            Ok(samples) => Ok(Cow::Owned(samples)),
            Err(problem) => Err((index, problem)),
        };
        parts.par_iter().enumerate().map(decode).collect()
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
            Compression::Encapsulated => part.get(..wanted).unwrap_or(part).to_vec(),
            Compression::Deflate => {
                let mut samples = Vec::new();
                let decoder = flate2::read::DeflateDecoder::new(part);
                let read = decoder.take(wanted as u64).read_to_end(&mut samples);
                read.map_err(|error| format!("it cannot be inflated: {error}"))?;
                samples
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
