//! The pages of a TIFF as values, not yet as greys: of any depth the decoder knows, of one directory or many.
//!
//! ImageJ and tifffile write one directory for several images where they run out of room or time; a page of
//! several samples that are no colours holds as many B-scans.

use std::cell::Cell;
use std::io::Cursor;

use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::{ColorType, TiffError};

use super::image_pages::{MAX_COMPRESSION, check_size};
use super::sample_values::{ByteOrder, NumberType, SampleValues};
use super::tiff_directory::{self, Directory, Tag};
use super::tiff_refusals::{JPEG, check_jpeg_chunks, refused_compression};
use super::tiff_samples::{luma_of, unpacked, unpacked_indices, values_of};
use super::tiff_text::{self, VolumeText};
use super::{FormatError, MAX_FILE_BYTES};

const PALETTE: u64 = 3;
const MIN_IS_BLACK: u8 = 1;
/// Planes one after the other instead of the samples of each pixel.
const PLANAR: u64 = 2;
const REMEDY: &str = "the file is damaged, cut off or of an unusual kind: save it anew as grey TIFF or PNG";

/// One image of a file.
#[derive(Debug)]
pub(super) struct TiffPage {
    /// From 1; images of one directory have its number.
    pub number: usize,
    pub width: u32,
    pub height: u32,
    /// Row by row.
    pub values: SampleValues,
    /// As in EXIF, 1 to 8.
    pub orientation: u8,
    /// Whether the file calls it a smaller copy of another page.
    pub is_thumbnail: bool,
}

/// All images of a file.
#[derive(Debug)]
pub(super) struct TiffFile {
    /// At least one.
    pub pages: Vec<TiffPage>,
    pub text: VolumeText,
    /// What was left out, and what the layout was taken for.
    pub warnings: Vec<String>,
}

/// Reads the first `most` pages. `name` is the file's name for messages.
pub(super) fn read(bytes: &[u8], most: usize, name: &str) -> Result<TiffFile, FormatError> {
    let list = tiff_directory::pages(bytes, most, name)?;
    let mut warnings = Vec::new();
    if list.has_more && most > 1 {
        warnings.push(format!("{name}: more than {most} pages, of which the first {most} are read"));
    }
    let first = list.directories[0];
    let resolution = [Tag::XResolution, Tag::YResolution].map(|tag| first.fraction(tag));
    let text = tiff_text::read(&first.text(Tag::Description).unwrap_or_default(), resolution);
    // Many directories may point to the same few bytes.
    let room = Cell::new((bytes.len() as u64).saturating_mul(MAX_COMPRESSION).min(MAX_FILE_BYTES));
    let mut pages = Vec::new();
    let count = list.directories.len();
    for (index, directory) in list.directories.into_iter().enumerate() {
        let number = index + 1;
        let place = if count == 1 { name.to_owned() } else { format!("{name}, page {number}") };
        let page = Reading { bytes, directory, index, name: &place, room: &room };
        let (read, notes) = page.read()?;
        warnings.extend(notes);
        pages.extend(read);
    }
    if let (Some(announced @ 2..), 1, 1, 2..) = (text.images, count, pages.len(), most) {
        warnings.push(images_of_one_directory(bytes, first, announced.min(most), name, &mut pages));
    }
    if let Some(stack) = text.stack.filter(|_| most > 1) {
        let notes;
        (pages, notes) = stack.first_channel(pages, name);
        warnings.extend(notes);
    }
    Ok(TiffFile { pages, text, warnings })
}

/// What one page is read from.
struct Reading<'a> {
    bytes: &'a [u8],
    directory: Directory<'a>,
    index: usize,
    name: &'a str,
    /// Bytes of pixels that may still be read.
    room: &'a Cell<u64>,
}

impl Reading<'_> {
    /// The images of the page, several where its samples are no colours.
    fn read(self) -> Result<(Vec<TiffPage>, Vec<String>), FormatError> {
        if let Some(refusal) = refused_compression(&self.directory, self.name) {
            return Err(refusal);
        }
        if self.directory.number(Tag::Photometric, 0) == Some(PALETTE) {
            return self.palette_page();
        }
        let (width, height, color, values) = self.decoded(self.bytes)?;
        let count = width as usize * height as usize;
        let mut notes = Vec::new();
        let images = match color {
            ColorType::Gray(bits @ ..8) => vec![unpacked(&values, width, height, bits)],
            ColorType::Gray(_) | ColorType::Palette(_) => vec![values],
            ColorType::Multiband { num_samples: samples @ 3.., .. } => {
                let name = self.name;
                notes.push(format!(
                    "{name}: {samples} samples a pixel that are no colours, taken as {samples} B-scans"
                ));
                (0..usize::from(samples))
                    .map(|sample| self.channel(&values, count, samples, sample))
                    .collect()
            }
            other => vec![self.luma(&values, count, other)],
        };
        let page = |values| self.page(width, height, values);
        Ok((images.into_iter().map(page).collect(), notes))
    }

    fn page(&self, width: u32, height: u32, values: SampleValues) -> TiffPage {
        let number = |tag| self.directory.number(tag, 0);
        TiffPage {
            number: self.index + 1,
            width,
            height,
            values,
            orientation: number(Tag::Orientation).filter(|o| (1..=8).contains(o)).unwrap_or(1) as u8,
            is_thumbnail: number(Tag::NewSubfileType).is_some_and(|kind| kind & 1 == 1),
        }
    }

    /// Width, height, meaning and values of the page, which must fit the room that is left.
    fn decoded(&self, bytes: &[u8]) -> Result<(u32, u32, ColorType, SampleValues), FormatError> {
        let name = self.name;
        let broken = |error: TiffError| FormatError::malformed(name, "the pixels", error.to_string(), REMEDY);
        let mut limits = Limits::default();
        limits.decoding_buffer_size = usize::try_from(self.room.get()).unwrap_or(usize::MAX);
        limits.intermediate_buffer_size = bytes.len();
        let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(broken)?.with_limits(limits);
        decoder.seek_to_image(self.index).map_err(broken)?;
        let (width, height) = decoder.dimensions().map_err(broken)?;
        check_size(width, height, name)?;
        let color = decoder.colortype().map_err(broken)?;
        let bits = u64::from(color.num_samples()) * u64::from(color.bit_depth());
        let claimed = u64::from(width) * (u64::from(height) * bits).div_ceil(8);
        let Some(left) = self.room.get().checked_sub(claimed) else {
            return Err(FormatError::malformed(
                name,
                "the header",
                format!("up to here it claims more pixels than {} bytes can hold", self.bytes.len()),
                "split the file into smaller ones, or get a fresh copy",
            ));
        };
        self.room.set(left);
        if self.directory.number(Tag::Compression, 0) == Some(JPEG) {
            check_jpeg_chunks(bytes, &self.directory, decoder.chunk_dimensions(), name)?;
        }
        let mut result = DecodingResult::U8(Vec::new());
        let layout = decoder.read_image_to_buffer(&mut result).map_err(broken)?;
        if result.as_buffer(0).as_bytes().len() < layout.complete_len {
            return Err(FormatError::malformed(
                name,
                "the pixels",
                "its planes are too large to be read",
                REMEDY,
            ));
        }
        Ok((width, height, color, values_of(result)))
    }

    /// A page whose values are indices into a table of colours: their brightness.
    fn palette_page(self) -> Result<(Vec<TiffPage>, Vec<String>), FormatError> {
        let mut copy = self.bytes.to_vec();
        // The decoder refuses palettes, and reads the same page where it is called grey.
        if let Some((place, bytes)) = self.directory.place(Tag::Photometric) {
            let value = copy.get_mut(place..place + bytes).unwrap_or_default();
            value.fill(0);
            match (self.directory.order(), value) {
                (ByteOrder::Little, [first, ..]) | (ByteOrder::Big, [.., first]) => *first = MIN_IS_BLACK,
                _ => {}
            }
        }
        let (width, height, color, values) = self.decoded(&copy)?;
        let bits = color.bit_depth();
        let indices = match color {
            ColorType::Gray(..8) => unpacked_indices(&values, width, height, bits),
            _ => values,
        };
        let entries = self.directory.count(Tag::ColorMap) / 3;
        let brightness = |index: usize| {
            // Writers fill the lower byte with the upper one or with zeros.
            let part = |part: usize| {
                Some((self.directory.number(Tag::ColorMap, part * entries + index)? >> 8) as f32)
            };
            Some(luma_of([part(0)?, part(1)?, part(2)?]))
        };
        let table: Vec<u8> = (0..entries).map_while(brightness).map(|grey| grey.round() as u8).collect();
        let greys: Option<Vec<u8>> =
            (0..indices.len()).map(|pixel| table.get(indices.get(pixel) as usize).copied()).collect();
        let Some(greys) = greys else {
            let problem = format!("a pixel has a colour that its table of {} lacks", table.len());
            return Err(FormatError::malformed(self.name, "the colour table", problem, REMEDY));
        };
        Ok((vec![self.page(width, height, SampleValues::U8(greys))], Vec::new()))
    }

    /// One of the samples that each of `count` pixels has.
    fn channel(&self, values: &SampleValues, count: usize, samples: u16, sample: usize) -> SampleValues {
        let at = self.sample_place(count, usize::from(samples));
        values.rebuilt(count, |pixel| values.get(at(pixel, sample)))
    }

    /// The brightness of each of `count` pixels of several samples.
    fn luma(&self, values: &SampleValues, count: usize, color: ColorType) -> SampleValues {
        let at = self.sample_place(count, usize::from(color.num_samples()));
        let white = match values {
            SampleValues::U8(_) => 255.0,
            SampleValues::U16(_) => 65535.0,
            _ => 1.0,
        };
        let sample = |pixel, sample| values.get(at(pixel, sample));
        values.rebuilt(count, |pixel| match color {
            ColorType::RGB(_) | ColorType::RGBA(_) => luma_of([0, 1, 2].map(|part| sample(pixel, part))),
            ColorType::CMYK(_) | ColorType::CMYKA(_) => {
                let light = 1.0 - sample(pixel, 3) / white;
                luma_of([0, 1, 2].map(|part| (white - sample(pixel, part)) * light))
            }
            // Grey with alpha, and the colour spaces whose first sample is the brightness.
            _ => sample(pixel, 0),
        })
    }

    /// Where a sample of a pixel lies among the values, by (pixel, sample).
    fn sample_place(&self, count: usize, samples: usize) -> impl Fn(usize, usize) -> usize {
        let is_planar = self.directory.number(Tag::PlanarConfiguration, 0) == Some(PLANAR);
        move |pixel, sample| if is_planar { sample * count + pixel } else { pixel * samples + sample }
    }
}

/// Adds the images that one directory announces and that follow its own, uncompressed; returns what was found.
fn images_of_one_directory(
    bytes: &[u8],
    directory: Directory,
    announced: usize,
    name: &str,
    pages: &mut Vec<TiffPage>,
) -> String {
    let Some(first) = pages.first() else { return String::new() };
    let (width, height) = (first.width, first.height);
    let only_first =
        |why: &str| format!("{name}: it announces {announced} images, of which the first is read: {why}");
    let bits = directory.number(Tag::BitsPerSample, 0).unwrap_or(0);
    let number_type = match (bits, directory.number(Tag::SampleFormat, 0).unwrap_or(1)) {
        (8, 1) => NumberType::U8,
        (16, 1) => NumberType::U16,
        (16, 2) => NumberType::I16,
        (32, 1) => NumberType::U32,
        (32, 3) => NumberType::F32,
        _ => return only_first("the others are of an unusual kind; save them anew as pages"),
    };
    if directory.number(Tag::Compression, 0).unwrap_or(1) != 1
        || first.values.len() != width as usize * height as usize
    {
        return only_first("the others are compressed; save them anew as pages");
    }
    let image_bytes = first.values.len() * number_type.bytes();
    let start = directory.number(Tag::StripOffsets, 0).and_then(|at| usize::try_from(at).ok());
    let rest = start.and_then(|start| bytes.get(start..)).unwrap_or_default();
    let orientation = first.orientation;
    for image in rest.chunks_exact(image_bytes).take(announced).skip(1) {
        let values = SampleValues::from_bytes(image, number_type, directory.order());
        pages.push(TiffPage { number: 1, width, height, values, orientation, is_thumbnail: false });
    }
    let found = pages.len();
    match found == announced {
        true => format!("{name}: one directory for {found} images, all of which are read"),
        false => {
            format!("{name}: it announces {announced} images, of which it holds {found}; get a fresh copy")
        }
    }
}
