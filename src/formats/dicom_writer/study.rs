//! What the objects of one document have in common.

use crate::scan::{Laterality, Spacing};

/// Facts that both kinds of objects need.
pub(super) struct Study {
    pub spacing: Spacing,
    pub laterality: Laterality,
    pub synthetic: bool,
    pub b_scan_distance_um: Option<f32>,
    pub frame_of_reference: String,
    pub study: String,
    pub tomography_series: String,
    pub tomography: String,
}
