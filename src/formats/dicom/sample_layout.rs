//! How the samples of a DICOM frame stand in its bytes, and what numbers they are.

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
    pub(super) shift: u32,
    /// 1, or 3 for colours.
    pub samples: usize,
    pub is_planar: bool,
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
