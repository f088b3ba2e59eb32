//! What is kept of a DICOM data set: the shape of its pixels, geometry, laterality, window. Nothing else is
//! looked at, so that nothing else can be passed on.

use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;

use super::super::FormatError;
use super::elements::{DicomFile, Element, SequenceStep, Value, text};
use super::vector::Vector;
use crate::scan::Laterality;

/// Most frames of a volume.
pub(super) const MAX_B_SCANS: usize = 4096;

/// Pixels as they stand in the file.
#[derive(Clone, Debug, Default)]
pub enum PixelSource<'a> {
    #[default]
    None,
    /// Uncompressed integers.
    Native(&'a [u8]),
    /// Uncompressed floating-point numbers of four bytes.
    Float(&'a [u8]),
    Fragments {
        offset_table: &'a [u8],
        fragments: Vec<(usize, &'a [u8])>,
    },
}

/// Geometry that a functional group states for one frame, or for all.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FrameFacts {
    /// Down and across, mm.
    pub pixel_spacing_mm: Option<[f64; 2]>,
    pub between_mm: Option<f64>,
    pub thickness_mm: Option<f64>,
    /// Of the first pixel, mm.
    pub position: Option<Vector>,
    /// Along a row and along a column.
    pub orientation: Option<[Vector; 2]>,
    pub in_stack: Option<f64>,
    pub window: WindowFacts,
    pub rescale: Rescale,
    /// Row and column of the first and of the last A-scan on the localizer.
    pub on_localizer: Option<[f64; 4]>,
}

/// Centre and width of a window as they stand in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WindowFacts {
    pub centre: Option<f64>,
    pub width: Option<f64>,
}

/// From stored to real values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rescale {
    pub slope: Option<f64>,
    pub intercept: Option<f64>,
}

/// All that is kept.
#[derive(Clone, Debug, Default)]
pub struct DicomFacts<'a> {
    pub sop_class: String,
    pub modality: String,
    /// Tells volumes in a folder apart while it is read; goes nowhere else.
    pub series: String,
    pub instance: Option<f64>,
    /// Tells which photograph of a folder is the localizer, while it is read; goes nowhere else.
    pub object: String,
    /// The object of the photograph that frames lie on.
    pub localizer: String,
    pub rows: u32,
    pub columns: u32,
    pub frames: Option<f64>,
    pub samples: u32,
    pub is_planar: bool,
    pub photometric: String,
    pub bits_allocated: u32,
    pub bits_stored: u32,
    pub high_bit: Option<u32>,
    pub is_signed: bool,
    /// Every laterality that the file states, without repetition.
    pub lateralities: Vec<Laterality>,
    pub window_is_exact: bool,
    pub shared: FrameFacts,
    pub per_frame: Vec<FrameFacts>,
    pub pixels: PixelSource<'a>,
}

/// Reads the facts of a data set.
///
/// # Errors
/// What [`DicomFile::visit`] says.
pub fn read<'a>(file: &'a DicomFile<'a>) -> Result<DicomFacts<'a>, FormatError> {
    let mut facts = DicomFacts { samples: 1, bits_allocated: 8, ..DicomFacts::default() };
    let is_big_endian = file.is_big_endian;
    file.visit(&mut |path, element| {
        facts.take(path, element, is_big_endian);
        Ok(())
    })?;
    if facts.bits_stored == 0 || facts.bits_stored > facts.bits_allocated {
        facts.bits_stored = facts.bits_allocated;
    }
    Ok(facts)
}

impl<'a> DicomFacts<'a> {
    fn take(&mut self, path: &[SequenceStep], element: Element<'a>, is_big_endian: bool) {
        let value = match (&element.value, path) {
            (Value::Plain(bytes), _) => *bytes,
            (Value::Fragments { offset_table, fragments }, []) => {
                self.pixels = PixelSource::Fragments { offset_table, fragments: fragments.clone() };
                return;
            }
            _ => return,
        };
        if matches!(element.tag, tags::FRAME_LATERALITY | tags::LATERALITY | tags::IMAGE_LATERALITY) {
            self.take_laterality(value);
        }
        if let [.., SequenceStep { sequence: tags::OPHTHALMIC_FRAME_LOCATION_SEQUENCE, .. }] = path
            && element.tag == tags::REFERENCED_SOP_INSTANCE_UID
        {
            self.localizer = text(value);
        }
        let numbers = Numbers { value, vr: element.vr, is_big_endian };
        match path {
            [] if !self.take_plain(element.tag, &numbers) => {
                take_geometry(&mut self.shared, element.tag, &numbers)
            }
            [SequenceStep { sequence: tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, .. }, _] => {
                take_geometry(&mut self.shared, element.tag, &numbers);
            }
            [SequenceStep { sequence: tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, item }, _]
                if *item < MAX_B_SCANS =>
            {
                if self.per_frame.len() <= *item {
                    self.per_frame.resize(*item + 1, FrameFacts::default());
                }
                take_geometry(&mut self.per_frame[*item], element.tag, &numbers);
            }
            _ => {}
        }
    }

    fn take_laterality(&mut self, value: &[u8]) {
        let stated = match value.first() {
            Some(b'R') => Laterality::Right,
            Some(b'L') => Laterality::Left,
            _ => return,
        };
        if !self.lateralities.contains(&stated) {
            self.lateralities.push(stated);
        }
    }

    /// Whether the element is one of the image's own.
    fn take_plain(&mut self, tag: Tag, numbers: &Numbers<'a>) -> bool {
        let whole = || numbers.first().filter(|n| (0.0..=f64::from(u32::MAX)).contains(n)).map(|n| n as u32);
        match tag {
            tags::SOP_INSTANCE_UID => self.object = text(numbers.value),
            tags::SOP_CLASS_UID => self.sop_class = text(numbers.value),
            tags::MODALITY => self.modality = text(numbers.value),
            tags::SERIES_INSTANCE_UID => self.series = text(numbers.value),
            tags::INSTANCE_NUMBER => self.instance = numbers.first(),
            tags::ROWS => self.rows = whole().unwrap_or(0),
            tags::COLUMNS => self.columns = whole().unwrap_or(0),
            tags::NUMBER_OF_FRAMES => self.frames = numbers.first(),
            tags::SAMPLES_PER_PIXEL => self.samples = whole().unwrap_or(1),
            tags::PLANAR_CONFIGURATION => self.is_planar = whole() == Some(1),
            tags::PHOTOMETRIC_INTERPRETATION => self.photometric = text(numbers.value),
            tags::BITS_ALLOCATED => self.bits_allocated = whole().unwrap_or(0),
            tags::BITS_STORED => self.bits_stored = whole().unwrap_or(0),
            tags::HIGH_BIT => self.high_bit = whole(),
            tags::PIXEL_REPRESENTATION => self.is_signed = whole() == Some(1),
            tags::VOILUT_FUNCTION => self.window_is_exact = text(numbers.value) == "LINEAR_EXACT",
            tags::PIXEL_DATA => self.pixels = PixelSource::Native(numbers.value),
            tags::FLOAT_PIXEL_DATA => self.pixels = PixelSource::Float(numbers.value),
            _ => return false,
        }
        true
    }
}

/// Elements that stand in functional groups, or plain in older files.
fn take_geometry(facts: &mut FrameFacts, tag: Tag, numbers: &Numbers) {
    match tag {
        tags::PIXEL_SPACING => facts.pixel_spacing_mm = numbers.array(),
        tags::SPACING_BETWEEN_SLICES => facts.between_mm = numbers.first(),
        tags::SLICE_THICKNESS => facts.thickness_mm = numbers.first(),
        tags::IMAGE_POSITION_PATIENT => facts.position = numbers.array().map(Vector),
        tags::IMAGE_ORIENTATION_PATIENT => {
            facts.orientation =
                numbers.array().map(|[a, b, c, d, e, f]| [Vector([a, b, c]), Vector([d, e, f])]);
        }
        tags::IN_STACK_POSITION_NUMBER => facts.in_stack = numbers.first(),
        tags::WINDOW_CENTER => facts.window.centre = numbers.first(),
        tags::WINDOW_WIDTH => facts.window.width = numbers.first(),
        tags::RESCALE_SLOPE => facts.rescale.slope = numbers.first(),
        tags::RESCALE_INTERCEPT => facts.rescale.intercept = numbers.first(),
        // More than two points are a curve, which no line stands for.
        tags::REFERENCE_COORDINATES => {
            facts.on_localizer = numbers.array().filter(|_| numbers.at(4).is_none());
        }
        _ => {}
    }
}

/// A value that holds numbers, binary or as text.
struct Numbers<'a> {
    value: &'a [u8],
    vr: VR,
    is_big_endian: bool,
}

impl Numbers<'_> {
    fn first(&self) -> Option<f64> {
        self.at(0)
    }

    /// Exactly the first `N` numbers, all finite.
    fn array<const N: usize>(&self) -> Option<[f64; N]> {
        let mut array = [0.0; N];
        for (index, number) in array.iter_mut().enumerate() {
            *number = self.at(index)?;
        }
        Some(array)
    }

    fn at(&self, index: usize) -> Option<f64> {
        let number = match self.vr {
            VR::DS | VR::IS => {
                let part = self.value.split(|&byte| byte == b'\\').nth(index)?;
                text(part).parse().ok()?
            }
            VR::US | VR::SS => match (self.bytes(index)?, self.vr) {
                (bytes, VR::US) => f64::from(u16::from_le_bytes(bytes)),
                (bytes, _) => f64::from(i16::from_le_bytes(bytes)),
            },
            VR::UL => f64::from(u32::from_le_bytes(self.bytes(index)?)),
            VR::SL => f64::from(i32::from_le_bytes(self.bytes(index)?)),
            VR::FL => f64::from(f32::from_le_bytes(self.bytes(index)?)),
            VR::FD => f64::from_le_bytes(self.bytes(index)?),
            _ => return None,
        };
        Some(number).filter(|number| number.is_finite())
    }

    /// The bytes of a binary number, least significant first.
    fn bytes<const N: usize>(&self, index: usize) -> Option<[u8; N]> {
        let mut bytes: [u8; N] = self.value.get(index * N..)?.get(..N)?.try_into().ok()?;
        if self.is_big_endian {
            bytes.reverse();
        }
        Some(bytes)
    }
}
