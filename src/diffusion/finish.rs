//! What a finished picture is given that a network leaves out of it.

use super::bright_line::BrightLines;
use super::dark_fluid::DarkFluid;
use super::interfaces::Interfaces;
use super::outer_bands::OuterBands;
use super::painted_cysts::PaintedCysts;
use super::requested_look::RequestedLook;

/// What one picture must have; what its mask or its look does not speak of is missing.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Finish {
    /// How much of the mask the network was given, 0 to 1: so much of its interfaces and bands is met.
    pub mask_share: f32,
    /// Those that must be sharp.
    pub interfaces: Option<Interfaces>,
    /// Those that must be apart.
    pub bands: Option<OuterBands>,
    /// Those beside fluid that must be bright.
    pub lines: Option<BrightLines>,
    /// The look that it must have.
    pub requested: Option<RequestedLook>,
    /// SRF and PED that must be as dark as on scans.
    pub fluid: Option<DarkFluid>,
    /// Those that must be seen.
    pub cysts: Option<PaintedCysts>,
}

impl Finish {
    /// Whether pictures stay as they come.
    pub fn is_empty(&self) -> bool {
        self.interfaces.is_none()
            && self.bands.is_none()
            && self.lines.is_none()
            && self.requested.is_none()
            && self.fluid.is_none()
            && self.cysts.is_none()
    }

    /// Changes a picture, row-major in `[-1, 1]`; `share` of it, so that what is left of a real scan is not changed once
    /// more.
    pub fn meet(&self, picture: &mut [f32], share: f32) {
        if let Some(interfaces) = &self.interfaces {
            interfaces.meet(picture, share * self.mask_share);
        }
        if let Some(bands) = &self.bands {
            bands.meet(picture, share * self.mask_share);
        }
        if let Some(lines) = &self.lines {
            lines.meet(picture, share);
        }
        // After all that changes the mean of a layer, which is what a style is.
        if let Some(requested) = &self.requested {
            requested.meet(picture, share);
        }
        // After the look, which says how bright the vitreous is.
        if let Some(fluid) = &self.fluid {
            fluid.meet(picture, share);
        }
        // Last, for a cyst is compared with the layers around it as they are to be.
        if let Some(cysts) = &self.cysts {
            cysts.meet(picture, share);
        }
    }
}
