//! The header of NIfTI-1, NIfTI-2 and their ancestor Analyze 7.5, in both byte orders, alone or in front of
//! its voxels. Free text of the header (descriptions, names of other files) is not read: it may name people.

use super::FormatError;
use super::pixel_size::LengthUnit;
use super::sample_values::{ByteOrder, NumberType};
use super::voxel_volume::VoxelVolume;

/// Bytes of the headers.
const FIRST_BYTES: usize = 348;
const SECOND_BYTES: usize = 540;
/// Bytes at the beginning of a file that hold any header.
pub(super) const HEADER_BYTES: usize = SECOND_BYTES;
const REMEDY: &str = "the file is damaged or no NIfTI: get a fresh copy";

/// What voxels are, by the header's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VoxelType {
    Number(NumberType),
    /// Red, green, blue and, where there are four, alpha, a byte each.
    Color {
        samples: usize,
    },
}

impl VoxelType {
    /// Bytes a voxel takes in the file.
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Number(number_type) => number_type.bytes(),
            Self::Color { samples } => samples,
        }
    }
}

/// A header that was checked: its voxels can be counted.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NiftiHeader {
    pub order: ByteOrder,
    /// Along each axis, 1 for axes beyond those that the file has.
    pub dims: [usize; 3],
    /// Blocks of such voxels in the file (points in time, channels).
    pub blocks: u64,
    pub voxel_type: VoxelType,
    /// Where the voxels begin in their file.
    pub voxels_at: usize,
    /// Whether the voxels are in a file of their own.
    pub is_pair: bool,
    /// A value is `slope * voxel + intercept`; `None` where voxels are values.
    pub scaling: Option<[f32; 2]>,
    /// Values shown black and white.
    pub window: Option<[f32; 2]>,
    pub lengths: [f64; 3],
    pub unit: Option<LengthUnit>,
    pub direction: [[f64; 3]; 3],
    /// The spacing that the matrix implies where the voxel sizes are 0.
    pub is_size_missing: bool,
}

/// Whether the bytes begin like a NIfTI file.
pub(super) fn is_nifti(bytes: &[u8]) -> bool {
    Fields::of(bytes).is_some_and(|fields| fields.kind != Kind::Analyze)
}

/// Reads a header. Analyze 7.5, which has no mark of its own, is taken where `may_be_analyze`.
pub(super) fn read(bytes: &[u8], may_be_analyze: bool, name: &str) -> Result<NiftiHeader, FormatError> {
    let fields = Fields::of(bytes).filter(|fields| fields.kind != Kind::Analyze || may_be_analyze);
    let Some(fields) = fields else {
        let problem =
            if bytes.len() < FIRST_BYTES { "the header is cut off" } else { "this is no NIfTI header" };
        return Err(FormatError::malformed(name, "byte 0", problem, REMEDY));
    };
    fields.header(name)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Analyze,
    First { is_pair: bool },
    Second { is_pair: bool },
}

/// Numbers at places of a header.
struct Fields<'a> {
    bytes: &'a [u8],
    order: ByteOrder,
    kind: Kind,
}

impl<'a> Fields<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let size: [u8; 4] = bytes.get(..4)?.try_into().ok()?;
        let of = |wanted: usize| match size {
            size if u32::from_le_bytes(size) as usize == wanted => Some(ByteOrder::Little),
            size if u32::from_be_bytes(size) as usize == wanted => Some(ByteOrder::Big),
            _ => None,
        };
        if let Some(order) = of(FIRST_BYTES) {
            let bytes = bytes.get(..FIRST_BYTES)?;
            let kind = match &bytes[344..348] {
                b"n+1\0" => Kind::First { is_pair: false },
                b"ni1\0" => Kind::First { is_pair: true },
                _ => Kind::Analyze,
            };
            return Some(Self { bytes, order, kind });
        }
        let order = of(SECOND_BYTES)?;
        let bytes = bytes.get(..SECOND_BYTES)?;
        let is_pair = match &bytes[4..8] {
            b"n+2\0" => false,
            b"ni2\0" => true,
            _ => return None,
        };
        Some(Self { bytes, order, kind: Kind::Second { is_pair } })
    }

    fn is_second(&self) -> bool {
        matches!(self.kind, Kind::Second { .. })
    }

    /// Bytes in the order of this machine's little-endian numbers; places are constants within the header.
    fn take<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut bytes = [0; N];
        bytes.copy_from_slice(&self.bytes[at..at + N]);
        if self.order == ByteOrder::Big {
            bytes.reverse();
        }
        bytes
    }

    fn i16(&self, at: usize) -> i64 {
        i16::from_le_bytes(self.take(at)).into()
    }

    fn i32(&self, at: usize) -> i64 {
        i32::from_le_bytes(self.take(at)).into()
    }

    fn f32(&self, at: usize) -> f64 {
        f32::from_le_bytes(self.take(at)).into()
    }

    fn f64(&self, at: usize) -> f64 {
        f64::from_le_bytes(self.take(at))
    }

    /// A number of the first format's place, or of the second's.
    fn real(&self, first: usize, second: usize) -> f64 {
        if self.is_second() { self.f64(second) } else { self.f32(first) }
    }

    fn whole(&self, first: usize, second: usize) -> i64 {
        if self.is_second() { self.i32(second) } else { self.i16(first) }
    }

    fn dim(&self, index: usize) -> i64 {
        match self.is_second() {
            true => i64::from_le_bytes(self.take(16 + 8 * index)),
            false => self.i16(40 + 2 * index),
        }
    }

    fn pixdim(&self, index: usize) -> f64 {
        self.real(76 + 4 * index, 104 + 8 * index)
    }

    fn header(&self, name: &str) -> Result<NiftiHeader, FormatError> {
        let (dims, blocks) = self.dims(name)?;
        let lengths = [1, 2, 3].map(|axis| self.pixdim(axis).abs());
        let (direction, is_stated) = self.direction();
        let is_size_missing = is_stated && !(lengths[0] > 0.0 && lengths[1] > 0.0);
        let units = if self.is_second() { self.i32(500) } else { i64::from(self.bytes[123]) };
        let unit = match units & 7 {
            _ if self.kind == Kind::Analyze => None,
            1 => Some(LengthUnit::Metre),
            2 => Some(LengthUnit::Millimetre),
            3 => Some(LengthUnit::Micrometre),
            _ => None,
        };
        let [slope, intercept] = [self.real(112, 176), self.real(116, 184)];
        let intercept = if intercept.is_finite() { intercept } else { 0.0 };
        let is_scaled = slope.is_finite() && slope != 0.0 && (slope, intercept) != (1.0, 0.0);
        let is_analyze = self.kind == Kind::Analyze;
        let [low, high] = [self.real(128, 200) as f32, self.real(124, 192) as f32];
        Ok(NiftiHeader {
            order: self.order,
            dims,
            blocks,
            voxel_type: self.voxel_type(name)?,
            voxels_at: self.voxels_at(name)?,
            is_pair: matches!(
                self.kind,
                Kind::Analyze | Kind::First { is_pair: true } | Kind::Second { is_pair: true }
            ),
            scaling: (is_scaled && !is_analyze).then_some([slope as f32, intercept as f32]),
            window: (low < high && !is_analyze).then_some([low, high]),
            lengths,
            unit,
            direction,
            is_size_missing,
        })
    }

    fn dims(&self, name: &str) -> Result<([usize; 3], u64), FormatError> {
        let place = if self.is_second() { "byte 16" } else { "byte 40" };
        let count = self.dim(0);
        if !(1..=7).contains(&count) {
            return Err(FormatError::malformed(
                name,
                place,
                format!("{count} dimensions; 1 to 7 are possible"),
                REMEDY,
            ));
        }
        let side = |axis: usize| if axis as i64 <= count { self.dim(axis) } else { 1 };
        // Some writers leave axes that do not matter at 0.
        let checked = |axis: usize| match side(axis) {
            0 if axis > 2 => Ok(1),
            side @ 1.. => Ok(side as u64),
            side => {
                Err(FormatError::malformed(name, place, format!("side {axis} has {side} voxels"), REMEDY))
            }
        };
        let dims = [checked(1)?, checked(2)?, checked(3)?];
        VoxelVolume::checked_count(dims, name, place)?;
        let mut blocks = 1_u64;
        for axis in 4..=7 {
            blocks = blocks.saturating_mul(checked(axis)?);
        }
        Ok((dims.map(|side| side as usize), blocks))
    }

    fn voxel_type(&self, name: &str) -> Result<VoxelType, FormatError> {
        let (place, code) = if self.is_second() { (12, self.i16(12)) } else { (70, self.i16(70)) };
        let number = match code {
            2 => NumberType::U8,
            4 => NumberType::I16,
            8 => NumberType::I32,
            16 => NumberType::F32,
            64 => NumberType::F64,
            256 => NumberType::I8,
            512 => NumberType::U16,
            768 => NumberType::U32,
            1024 => NumberType::I64,
            1280 => NumberType::U64,
            128 => return Ok(VoxelType::Color { samples: 3 }),
            2304 => return Ok(VoxelType::Color { samples: 4 }),
            _ => {
                let what = match code {
                    1 => "single bits",
                    32 | 1792 | 2048 => "complex numbers",
                    1536 => "128-bit numbers",
                    _ => "of an unknown type",
                };
                return Err(FormatError::malformed(
                    name,
                    format!("byte {place}"),
                    format!("its voxels are {what} (code {code}), which are not read here"),
                    "save it anew with 8 or 16-bit integers or 32-bit floating-point numbers",
                ));
            }
        };
        Ok(VoxelType::Number(number))
    }

    fn voxels_at(&self, name: &str) -> Result<usize, FormatError> {
        let (place, offset) = match self.is_second() {
            true => (168, i64::from_le_bytes(self.take(168))),
            false => (108, self.f32(108) as i64),
        };
        let least = match self.kind {
            Kind::First { is_pair: false } => FIRST_BYTES as i64 + 4,
            Kind::Second { is_pair: false } => SECOND_BYTES as i64 + 4,
            _ => 0,
        };
        let offset = if offset == 0 { least } else { offset };
        usize::try_from(offset).ok().filter(|_| offset >= least && offset < 1 << 40).ok_or_else(|| {
            let problem = format!("the voxels are said to begin at byte {offset}, inside the header");
            FormatError::malformed(name, format!("byte {place}"), problem, REMEDY)
        })
    }

    /// Where the axes lead, and whether the file says so: the matrix, else the rotation, else nothing.
    fn direction(&self) -> ([[f64; 3]; 3], bool) {
        let identity = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        if self.kind == Kind::Analyze {
            return (identity, false);
        }
        let matrix = [(280, 400), (296, 432), (312, 464)]
            .map(|(first, second)| [0, 1, 2].map(|axis| self.real(first + 4 * axis, second + 8 * axis)));
        let is_usable = |matrix: &[[f64; 3]; 3]| {
            (0..3).all(|axis| {
                let norm = (0..3).map(|world| matrix[world][axis].powi(2)).sum::<f64>();
                norm.is_finite() && norm > 0.0
            })
        };
        if self.whole(254, 348) > 0 && is_usable(&matrix) {
            return (matrix, true);
        }
        if self.whole(252, 344) > 0 {
            let [b, c, d] =
                [(256, 352), (260, 360), (264, 368)].map(|(first, second)| self.real(first, second));
            let handedness = if self.pixdim(0) < 0.0 { -1.0 } else { 1.0 };
            let rotation = rotation(b, c, d, handedness);
            if is_usable(&rotation) {
                return (rotation, true);
            }
        }
        (identity, false)
    }
}

/// The rotation of a quaternion whose real part is implied; `handedness` -1 mirrors the third axis.
fn rotation(b: f64, c: f64, d: f64, handedness: f64) -> [[f64; 3]; 3] {
    let a = (1.0 - (b * b + c * c + d * d)).max(0.0).sqrt();
    [
        [a * a + b * b - c * c - d * d, 2.0 * (b * c - a * d), 2.0 * (b * d + a * c) * handedness],
        [2.0 * (b * c + a * d), a * a + c * c - b * b - d * d, 2.0 * (c * d - a * b) * handedness],
        [2.0 * (b * d - a * c), 2.0 * (c * d + a * b), (a * a + d * d - b * b - c * c) * handedness],
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_turn_about_z_reverses_x_and_y() {
        let turned = rotation(0.0, 0.0, 1.0, 1.0);
        assert_eq!([turned[0][0], turned[1][1], turned[2][2]], [-1.0, -1.0, 1.0]);
        assert_eq!(rotation(0.0, 0.0, 0.0, -1.0)[2][2], -1.0);
    }

    #[test]
    fn headers_are_told_from_other_bytes() {
        let mut first = vec![0; FIRST_BYTES];
        first[..4].copy_from_slice(&348_i32.to_be_bytes());
        assert!(!is_nifti(&first));
        first[344..348].copy_from_slice(b"n+1\0");
        assert!(is_nifti(&first));
        assert!(!is_nifti(&first[..347]) && !is_nifti(b"") && !is_nifti(b"\x5c\x01\0\0"));
        let message = read(&first, false, "a.nii").unwrap_err().to_string();
        assert!(message.starts_with("a.nii: byte 40: 0 dimensions"), "{message}");
    }
}
