//! The values of a file before they are shown: whatever number type it stores, in one of four kinds.
//!
//! Volumes are large, so 8 and 16 bits stay 8 and 16 bits; everything else becomes `f32`, which has more than
//! enough steps for a picture and holds every label code.

use super::grey_range::{GreyWindow, ValueFacts};

/// A number type that files store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberType {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F32,
    F64,
}

impl NumberType {
    /// Bytes a value takes in the file.
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    /// Least and greatest value; `None` for floating-point numbers.
    fn range(self) -> Option<[f32; 2]> {
        match self {
            Self::U8 => Some([0.0, 255.0]),
            Self::I8 => Some([-128.0, 127.0]),
            Self::U16 => Some([0.0, 65535.0]),
            Self::I16 => Some([-32768.0, 32767.0]),
            Self::U32 => Some([0.0, u32::MAX as f32]),
            Self::I32 => Some([i32::MIN as f32, i32::MAX as f32]),
            Self::U64 => Some([0.0, u64::MAX as f32]),
            Self::I64 => Some([i64::MIN as f32, i64::MAX as f32]),
            Self::F32 | Self::F64 => None,
        }
    }
}

/// Which byte of a value comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByteOrder {
    Little,
    Big,
}

/// Values in the order of a file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum SampleValues {
    /// Greys, shown as they are.
    U8(Vec<u8>),
    U16(Vec<u16>),
    I16(Vec<i16>),
    /// Every other number type, with the type they were stored in.
    F32(Vec<f32>, NumberType),
}

impl SampleValues {
    /// The values that bytes hold; bytes after the last whole value are left out.
    pub(super) fn from_bytes(bytes: &[u8], number_type: NumberType, order: ByteOrder) -> Self {
        macro_rules! decoded {
            ($type:ty, $convert:expr) => {{
                let (chunks, _) = bytes.as_chunks::<{ size_of::<$type>() }>();
                let value = |chunk: &[u8; size_of::<$type>()]| match order {
                    ByteOrder::Little => <$type>::from_le_bytes(*chunk),
                    ByteOrder::Big => <$type>::from_be_bytes(*chunk),
                };
                chunks.iter().map(value).map($convert).collect()
            }};
        }
        match number_type {
            NumberType::U8 => Self::U8(bytes.to_vec()),
            NumberType::U16 => Self::U16(decoded!(u16, |v| v)),
            NumberType::I16 => Self::I16(decoded!(i16, |v| v)),
            NumberType::I8 => Self::F32(decoded!(i8, f32::from), number_type),
            NumberType::U32 => Self::F32(decoded!(u32, |v| v as f32), number_type),
            NumberType::I32 => Self::F32(decoded!(i32, |v| v as f32), number_type),
            NumberType::U64 => Self::F32(decoded!(u64, |v| v as f32), number_type),
            NumberType::I64 => Self::F32(decoded!(i64, |v| v as f32), number_type),
            NumberType::F32 => Self::F32(decoded!(f32, |v| v), number_type),
            NumberType::F64 => Self::F32(decoded!(f64, |v| v as f32), number_type),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::U8(values) => values.len(),
            Self::U16(values) => values.len(),
            Self::I16(values) => values.len(),
            Self::F32(values, _) => values.len(),
        }
    }

    /// The value at an index below [`len`](Self::len).
    pub(super) fn get(&self, index: usize) -> f32 {
        match self {
            Self::U8(values) => f32::from(values[index]),
            Self::U16(values) => f32::from(values[index]),
            Self::I16(values) => f32::from(values[index]),
            Self::F32(values, _) => values[index],
        }
    }

    /// Whether both hold one number type, so that one window suits both.
    pub(super) fn is_of_the_type_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::F32(_, one), Self::F32(_, other)) => one == other,
            (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
        }
    }

    /// Adds the values of the next page.
    ///
    /// # Panics
    /// If they are of another type.
    pub(super) fn append(&mut self, next: Self) {
        match (self, next) {
            (Self::U8(all), Self::U8(more)) => all.extend(more),
            (Self::U16(all), Self::U16(more)) => all.extend(more),
            (Self::I16(all), Self::I16(more)) => all.extend(more),
            (Self::F32(all, one), Self::F32(more, other)) if *one == other => all.extend(more),
            _ => panic!("values of one type are appended to values of another"),
        }
    }

    /// Values of the same kind, `count` of them, each from its index.
    pub(super) fn rebuilt(&self, count: usize, value: impl Fn(usize) -> f32) -> Self {
        let values = (0..count).map(value);
        match self {
            Self::U8(_) => Self::U8(values.map(|value| value.round() as u8).collect()),
            Self::U16(_) => Self::U16(values.map(|value| value.round() as u16).collect()),
            Self::I16(_) => Self::I16(values.map(|value| value.round() as i16).collect()),
            Self::F32(_, number_type) => Self::F32(values.collect(), *number_type),
        }
    }

    /// Every value times `slope` plus `intercept`, as floating-point numbers.
    pub(super) fn scaled(self, slope: f32, intercept: f32) -> Self {
        let scaled = (0..self.len()).map(|index| self.get(index).mul_add(slope, intercept)).collect();
        Self::F32(scaled, NumberType::F32)
    }

    /// The window that the values are shown by; `None` for 8-bit greys, which are shown as they are.
    pub(super) fn window(&self, file_window: Option<[f32; 2]>) -> Option<GreyWindow> {
        let number_type = match self {
            Self::U8(_) => return None,
            Self::U16(_) => NumberType::U16,
            Self::I16(_) => NumberType::I16,
            Self::F32(_, number_type) => *number_type,
        };
        let facts = ValueFacts { file_window, type_range: number_type.range() };
        Some(GreyWindow::choose(self.len(), |index| self.get(index), facts))
    }

    /// Greys by a window, those of 8 bits as they are.
    pub(super) fn greys(self, window: Option<GreyWindow>) -> Vec<u8> {
        match (self, window) {
            (Self::U8(greys), _) => greys,
            // A table of all values costs as much as so many pixels.
            (Self::U16(values), Some(window)) if values.len() > usize::from(u16::MAX) => {
                let table: Vec<u8> = (0..=u16::MAX).map(|value| window.grey(f32::from(value))).collect();
                values.iter().map(|&value| table[usize::from(value)]).collect()
            }
            (values, Some(window)) => (0..values.len()).map(|index| window.grey(values.get(index))).collect(),
            (values, None) => {
                let window = values.window(None);
                values.greys(window)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_type_is_read_in_both_byte_orders() {
        let values = [0.0_f32, 1.0, 7.0, 100.0];
        macro_rules! check {
            ($type:ty, $name:ident) => {
                let little: Vec<u8> = values.iter().flat_map(|v| (*v as $type).to_le_bytes()).collect();
                let big: Vec<u8> = values.iter().flat_map(|v| (*v as $type).to_be_bytes()).collect();
                assert_eq!(little.len(), 4 * NumberType::$name.bytes());
                for (bytes, order) in [(little, ByteOrder::Little), (big, ByteOrder::Big)] {
                    let read = SampleValues::from_bytes(&bytes, NumberType::$name, order);
                    assert_eq!((0..read.len()).map(|i| read.get(i)).collect::<Vec<_>>(), values);
                }
            };
        }
        check!(u8, U8);
        check!(i8, I8);
        check!(u16, U16);
        check!(i16, I16);
        check!(u32, U32);
        check!(i32, I32);
        check!(u64, U64);
        check!(i64, I64);
        check!(f32, F32);
        check!(f64, F64);
    }

    #[test]
    fn pages_of_one_type_are_one_volume() {
        let mut all = SampleValues::U16(vec![0, 65535]);
        assert!(!all.is_of_the_type_of(&SampleValues::U8(vec![9])));
        all.append(SampleValues::U16(vec![257]));
        assert_eq!(all.clone().greys(all.window(None)), [0, 255, 1]);
        let scaled = SampleValues::U8(vec![0, 51, 255]).scaled(1.0 / 255.0, 0.0);
        assert_eq!(scaled.clone().greys(scaled.window(None)), [0, 51, 255]);
    }
}
