//! The patches on which pictures are held against each other.

/// Side of a patch, in pixels.
pub(super) const PATCH_SIDE: u32 = 7;
/// How many of a scan.
pub(super) const PATCHES_A_SCAN: usize = 1500;
/// Directions along which their distance is taken.
pub(super) const DIRECTIONS: usize = 128;
