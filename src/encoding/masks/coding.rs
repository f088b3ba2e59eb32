//! What the planes of a mask model mean.

use serde::{Deserialize, Serialize};

use super::super::dmc::DmcMode;
use super::flattened::FLATTENED_PLANES;
use crate::anatomy::{INTERFACE_COUNT, IRF};

/// What the planes of a mask model mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaskCoding {
    /// The paper's: one plane, class `k` of nine at `2 k / 8 - 1`; 0 is background above and below.
    PaperScalar,
    /// Eight planes, +1 below interface `k` and -1 above, then one that is +1 in fluid. Ten classes.
    Ordinal,
    /// Thickness of every layer and height of BM along the scan, and the distance to the edge of fluid in coordinates of
    /// the layers. Ten classes.
    Flattened,
}

/// Planes of [`MaskCoding::Ordinal`].
const ORDINAL_PLANES: usize = INTERFACE_COUNT + 1;
/// Classes of the paper.
pub(super) const PAPER_CLASSES: usize = 9;

impl MaskCoding {
    /// Number of planes.
    pub fn planes(self) -> usize {
        match self {
            MaskCoding::PaperScalar => 1,
            MaskCoding::Ordinal => ORDINAL_PLANES,
            MaskCoding::Flattened => FLATTENED_PLANES,
        }
    }

    /// Number of classes DMC tells apart.
    pub fn classes(self) -> usize {
        match self {
            MaskCoding::PaperScalar => PAPER_CLASSES,
            MaskCoding::Ordinal | MaskCoding::Flattened => usize::from(IRF) + 1,
        }
    }

    /// The DMC modes that can be applied.
    pub fn modes(self) -> &'static [DmcMode] {
        match self {
            MaskCoding::PaperScalar => &DmcMode::ALL[..4],
            MaskCoding::Ordinal | MaskCoding::Flattened => &DmcMode::ALL,
        }
    }
}
