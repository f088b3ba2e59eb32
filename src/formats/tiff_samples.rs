//! What the decoder of a TIFF gives, as values: number types, packed bits, brightness of colours.

use tiff::decoder::DecodingResult;

use super::sample_values::{NumberType, SampleValues};

/// ITU-R BT.709, as for all other colour images.
pub(super) fn luma_of([red, green, blue]: [f32; 3]) -> f32 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

pub(super) fn values_of(result: DecodingResult) -> SampleValues {
    match result {
        DecodingResult::U8(values) => SampleValues::U8(values),
        DecodingResult::U16(values) => SampleValues::U16(values),
        DecodingResult::I16(values) => SampleValues::I16(values),
        DecodingResult::I8(v) => wide(v.into_iter().map(f32::from), NumberType::I8),
        DecodingResult::U32(v) => wide(v.into_iter().map(|v| v as f32), NumberType::U32),
        DecodingResult::I32(v) => wide(v.into_iter().map(|v| v as f32), NumberType::I32),
        DecodingResult::U64(v) => wide(v.into_iter().map(|v| v as f32), NumberType::U64),
        DecodingResult::I64(v) => wide(v.into_iter().map(|v| v as f32), NumberType::I64),
        DecodingResult::F16(v) => wide(v.into_iter().map(f32::from), NumberType::F32),
        DecodingResult::F32(v) => SampleValues::F32(v, NumberType::F32),
        DecodingResult::F64(v) => wide(v.into_iter().map(|v| v as f32), NumberType::F64),
    }
}

fn wide(values: impl Iterator<Item = f32>, number_type: NumberType) -> SampleValues {
    SampleValues::F32(values.collect(), number_type)
}

/// Values of less than 8 bits from rows that begin at whole bytes.
pub(super) fn unpacked_indices(packed: &SampleValues, width: u32, height: u32, bits: u8) -> SampleValues {
    let (width, bits) = (width as usize, usize::from(bits));
    let row_bytes = (width * bits).div_ceil(8);
    let value = |row: usize, column: usize| {
        (0..bits).fold(0, |value, bit| {
            let at = column * bits + bit;
            let byte = packed.get(row * row_bytes + at / 8) as u8;
            value << 1 | (byte >> (7 - at % 8) & 1)
        })
    };
    let rows = (0..height as usize).flat_map(|row| (0..width).map(move |column| (row, column)));
    SampleValues::U8(rows.map(|(row, column)| value(row, column)).collect())
}

/// Greys of less than 8 bits, spread over 0 to 255.
pub(super) fn unpacked(packed: &SampleValues, width: u32, height: u32, bits: u8) -> SampleValues {
    let values = unpacked_indices(packed, width, height, bits);
    let greatest = ((1_u16 << bits) - 1) as f32;
    values.rebuilt(values.len(), |pixel| values.get(pixel) * 255.0 / greatest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_bits_unpack_row_by_row() {
        // Two rows of three values of 2 bits, each row in a byte of its own.
        let packed = SampleValues::U8(vec![0b00_01_10_00, 0b11_00_01_00]);
        assert_eq!(unpacked_indices(&packed, 3, 2, 2), SampleValues::U8(vec![0, 1, 2, 3, 0, 1]));
        assert_eq!(unpacked(&packed, 3, 2, 2), SampleValues::U8(vec![0, 85, 170, 255, 0, 85]));
        let black_and_white = SampleValues::U8(vec![0b1010_0000]);
        assert_eq!(unpacked(&black_and_white, 3, 1, 1), SampleValues::U8(vec![255, 0, 255]));
    }
}
