//! How far a measurement is, for whoever watches.

use crate::dataset::ManifestEntry;

/// A scan that is measured, or whose mask was drawn.
#[derive(Clone, Copy, Debug)]
pub struct ScanDone<'a> {
    /// Which.
    pub entry: &'a ManifestEntry,
    /// Its number among `count`, from 0.
    pub index: usize,
    /// How many there are.
    pub count: usize,
}
