//! The figures of a visit: central thickness and the area of each kind of fluid.

use serde::Serialize;

use crate::anatomy::Lesion;
use crate::cases::frame::Frame;
use crate::mask::measure::LiveMeasure;
use crate::mask::{CentralThickness, Mask};

/// What a clinic follows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Mean distance from the ILM to BM over the millimetre about the fovea, fluid included.
    pub central_um: f64,
    /// Area of intraretinal fluid in the B-scan.
    pub irf_mm2: f64,
    /// Area of subretinal fluid in the B-scan.
    pub srf_mm2: f64,
    /// Area of pigment epithelial detachments in the B-scan.
    pub ped_mm2: f64,
}

impl Figures {
    /// Measures a mask about the frame's fovea.
    pub fn of(mask: &Mask, frame: &Frame) -> Self {
        let mut live = LiveMeasure::default();
        live.update(mask, usize::MAX);
        let spacing = Some(frame.spacing());
        let central = CentralThickness::about(live.columns(), spacing, frame.fovea_column as f32);
        let measured = live.measurements(spacing);
        let area = |lesion: Lesion| measured.lesions[usize::from(lesion.code()) - 1].area_mm2.unwrap_or(0.0);
        Self {
            central_um: central.thickness.um.unwrap_or(0.0),
            irf_mm2: area(Lesion::Irf),
            srf_mm2: area(Lesion::Srf),
            ped_mm2: area(Lesion::Ped),
        }
    }

    /// All fluid together.
    pub fn fluid_mm2(&self) -> f64 {
        self.irf_mm2 + self.srf_mm2 + self.ped_mm2
    }

    /// The share of the way to other figures.
    pub(super) fn towards(&self, other: &Self, share: f64) -> Self {
        let between = |a: f64, b: f64| a + (b - a) * share;
        Self {
            central_um: between(self.central_um, other.central_um),
            irf_mm2: between(self.irf_mm2, other.irf_mm2),
            srf_mm2: between(self.srf_mm2, other.srf_mm2),
            ped_mm2: between(self.ped_mm2, other.ped_mm2),
        }
    }

    /// Areas in whole pixels, in the order of [`Lesion::ALL`].
    pub(super) fn pixels(&self, frame: &Frame) -> [usize; 3] {
        let pixel_mm2 = frame.axial_um * frame.lateral_um * 1e-6;
        [self.irf_mm2, self.srf_mm2, self.ped_mm2].map(|mm2| (mm2 / pixel_mm2).round() as usize)
    }
}
