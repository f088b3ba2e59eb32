//! What is kept in memory of a pair: 64 bytes, so that a hundred thousand of them are a few megabytes and an order over
//! them takes no time.

use bytemuck::{Pod, Zeroable};

/// One pair. Figures that are not known are NaN. Texts lie elsewhere ([`super::ReviewSet`]), the whole line in the
/// manifest.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub struct Row {
    /// Where its line begins in the manifest, or among the edits.
    pub line_at: u64,
    /// Length of its line.
    pub line_bytes: u32,
    /// Where its id begins among the ids.
    pub id_at: u32,
    /// Length of its id.
    pub id_bytes: u16,
    /// Number of its source.
    pub source: u16,
    /// Number of its subject.
    pub subject: u32,
    /// Number of the generation that made it; [`NO_GENERATION`] of pairs that were recorded.
    pub generation: u16,
    /// Columns whose layers had to be put in order.
    pub columns_out_of_order: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// All lesions together.
    pub fluid_mm2: f32,
    /// Mean from the ILM to BM.
    pub retina_um: f32,
    /// The same over the middle millimetre.
    pub central_um: f32,
    /// Dice of a segmenter that saw the scan alone.
    pub agreement: f32,
    /// Mean distance between its interfaces and the mask's.
    pub boundary_um: f32,
    /// Distance to the nearest reference scan, 0 for a copy and about 2 for strangers.
    pub nearest: f32,
    /// Specks that were cleaned away.
    pub specks: u16,
    /// Position in the subject's volume from 1; 0 where it is not known.
    pub b_scan: u16,
    /// Regions of IRF, SRF and PED.
    pub lesions: [u8; 3],
    /// [`Row::HAS_LABEL`], [`Row::HAS_HASHES`], [`Row::IS_NEAR`], [`Row::IS_EDITED`].
    pub flags: u8,
}

/// Of pairs that were not generated.
pub const NO_GENERATION: u16 = u16::MAX;

impl Row {
    /// There is a mask.
    pub const HAS_LABEL: u8 = 1;
    /// The hashes of its files are known.
    pub const HAS_HASHES: u8 = 2;
    /// It lies nearer to a reference scan than strangers do.
    pub const IS_NEAR: u8 = 4;
    /// Its mask was changed after it was generated; its line lies among the edits.
    pub const IS_EDITED: u8 = 8;

    /// Whether a flag is set.
    pub fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// How doubtful a pair is, the more the higher: what a segmenter could not find again where one looked, else what
    /// had to be cleaned.
    pub fn doubt(&self) -> f32 {
        let seen = if self.agreement.is_nan() { 0.0 } else { 1000.0 * (1.0 - self.agreement) };
        let off = if self.boundary_um.is_nan() { 0.0 } else { self.boundary_um };
        seen + off + f32::from(self.columns_out_of_order) + 0.1 * f32::from(self.specks)
    }
}

const _: () = assert!(size_of::<Row>() == 64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_segmenter_misses_is_more_doubtful_than_what_was_cleaned() {
        let row = Row { agreement: f32::NAN, boundary_um: f32::NAN, ..Row::zeroed() };
        let cleaned = Row { columns_out_of_order: 12, ..row };
        let missed = Row { agreement: 0.6, boundary_um: 20.0, ..row };
        assert!(row.doubt() < cleaned.doubt() && cleaned.doubt() < missed.doubt());
    }
}
