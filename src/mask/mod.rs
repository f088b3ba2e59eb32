//! The label planes over one B-scan, and the pure functions that edit and measure them.
//!
//! The layer plane says which layer a pixel lies in; the lesion plane says which lesion covers it.
//! Erasing a lesion reveals the layer beneath: it never leaves a hole.

pub mod agreement;
mod carry;
mod composite_import;
pub mod cyst;
mod delta;
mod disorder;
mod distance;
pub mod dome;
pub mod en_face;
mod fill;
pub mod fovea;
pub mod interface_edit;
pub mod interfaces;
pub mod interpolate;
pub mod lesion;
pub mod livewire;
mod lock;
pub mod measure;
pub mod morphology;
pub mod order;
pub mod paint;
pub mod pchip;
mod plane;
mod polygon;
pub mod random;
mod region;
pub mod smooth;
pub mod stroke;
pub mod trace;
mod transform;
pub mod warp;

pub use agreement::Agreement;
pub use carry::carry_lesions;
pub use delta::PlaneDelta;
pub use disorder::Disorder;
pub use distance::signed_distance;
pub use dome::{Dome, raise_dome};
pub use fill::fill_region;
pub use fovea::{CentralThickness, Fovea, find_fovea};
pub use interface_edit::{LineSettings, move_interface};
pub use interfaces::Interfaces;
pub use lock::beside_locked;
pub use measure::{LiveMeasure, Measurements};
pub use order::{order_violations, repair_order};
pub use paint::{LockedLabels, PaintSettings, PaintTarget, paint_region, paint_segment};
pub use plane::{Plane, TILE_SIDE};
pub use polygon::polygon_region;
pub use region::{Connectivity, Region};
pub use smooth::{SmoothSettings, smooth};
pub use stroke::capsule_runs;
pub use transform::Placement;
pub use warp::{LayerWarp, WarpMode, warp_layer};

use crate::anatomy::{self, LESION_BASE, UNANNOTATED};
use crate::scan::Rect;

/// Layers and lesions of one B-scan. Cloning copies pointers.
#[derive(Clone, Debug, PartialEq)]
pub struct Mask {
    /// 0 above the ILM, 1-7 the layers, 8 below BM, 255 unannotated.
    pub layers: Plane,
    /// 0 none, 1 IRF, 2 SRF, 3 PED.
    pub lesions: Plane,
}

/// Which of the two planes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlaneKind {
    /// Layers and what lies above and below them.
    Layers,
    /// Fluid and detachments, over the layers.
    Lesions,
}

impl Mask {
    /// A mask in which nothing is annotated.
    pub fn unannotated(width: u32, height: u32) -> Self {
        Self { layers: Plane::filled(width, height, UNANNOTATED), lesions: Plane::filled(width, height, 0) }
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.layers.width()
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.layers.height()
    }

    /// The code the model and a label PNG see at a pixel: the lesion over the layer.
    pub fn composite(&self, x: u32, y: u32) -> u8 {
        composite_code(self.layers.get(x, y), self.lesions.get(x, y))
    }

    /// [`Mask::composite`] of every pixel, row-major.
    pub fn composite_pixels(&self) -> Vec<u8> {
        let lesions = self.lesions.to_pixels();
        let mut pixels = self.layers.to_pixels();
        for (layer, lesion) in pixels.iter_mut().zip(lesions) {
            *layer = composite_code(*layer, lesion);
        }
        pixels
    }

    /// [`Mask::composite`] of the pixels of a rectangle, row-major; what lies outside the mask is left out.
    pub fn composite_rect(&self, rect: Rect) -> Vec<u8> {
        let rect = rect.intersect(self.layers.bounds());
        let lesions = self.lesions.read_rect(rect);
        let mut codes = self.layers.read_rect(rect);
        for (layer, lesion) in codes.iter_mut().zip(lesions) {
            *layer = composite_code(*layer, lesion);
        }
        codes
    }

    /// Whether both planes have one size and hold only codes of the label table.
    pub fn is_valid(&self) -> bool {
        (self.layers.width(), self.layers.height()) == (self.lesions.width(), self.lesions.height())
            && self.layers.holds_only(anatomy::is_layer_plane_code)
            && self.lesions.holds_only(|code| code as usize <= anatomy::Lesion::ALL.len())
    }

    /// The rectangle that holds every pixel in which the two masks may differ (whole tiles).
    pub fn difference(&self, other: &Mask) -> Rect {
        self.layers.difference(&other.layers).union(self.lesions.difference(&other.lesions))
    }
}

/// The composite code of a layer-plane and a lesion-plane code.
pub fn composite_code(layer: u8, lesion: u8) -> u8 {
    if lesion == 0 { layer } else { LESION_BASE + lesion }
}

/// Whether a byte is a code of the label PNG.
pub fn is_composite_code(code: u8) -> bool {
    code == UNANNOTATED || anatomy::label(code).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn erasing_a_lesion_reveals_the_layer() {
        let mut mask = Mask::unannotated(70, 70);
        mask.layers.set(66, 3, 4);
        mask.lesions.set(66, 3, 1);
        assert_eq!(mask.composite(66, 3), anatomy::IRF);
        mask.lesions.set(66, 3, 0);
        assert_eq!(mask.composite(66, 3), 4);
    }
}
