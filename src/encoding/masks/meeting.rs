//! Conditions met after sampling: a drawn retina is thickened and its fluid placed until the mask measures what was
//! asked for.
//!
//! A network follows its conditions loosely; what is left is small, so a smooth swelling about the fovea and a shift
//! of the edge of fluid close it. Thickness is met to half a percent and area to the pixel, unless an image has no
//! room for them; counts are exact.

use super::conditions::MaskConditions;
use super::flattened::FlattenedMask;
use super::fluid_placement::{FluidField, FluidWish};
use super::plan::MaskPlan;
use crate::anatomy::{IRF, LAYER_COUNT};
use crate::mask::{CentralThickness, Mask, Plane};
use crate::scan::Spacing;

/// How far the swelling reaches from the fovea.
const SWELLING_UM: f32 = 2100.0;
/// Layers that swell, from the ILM on: the outer two hold no fluid and stay as they are.
const SWELLING_LAYERS: usize = LAYER_COUNT - 2;
/// A thickness is met when it is so near, as a part of it.
const NEAR: f64 = 0.003;
/// Most corrections of a thickness.
const MAX_ROUNDS: usize = 12;
/// A correction changes layers by at most this factor, up or down.
const MAX_FACTOR: f32 = 1.5;

/// Composite codes of a drawn retina in the plan's document, row-major, with the requested conditions met.
pub fn codes_meeting(mut drawn: FlattenedMask, plan: &MaskPlan, requested: &MaskConditions) -> Vec<u8> {
    let (width, height) = (plan.width as usize, plan.height as usize);
    if let Some(thickness_um) = requested.thickness_um {
        meet_thickness(&mut drawn, plan, thickness_um);
    }
    let lines = drawn.interfaces(width, height, plan.pixel_um[0]);
    let depth = drawn.depth_in_image(&lines, height);
    let pixel_mm2 = f64::from(plan.pixel_um[0]) * f64::from(plan.pixel_um[1]) / 1e6;
    let area_px = |mm2: f64| ((mm2 / pixel_mm2).round().max(0.0) as usize).min(width * height);
    let wish = FluidWish { cysts: requested.cysts, area_px: requested.fluid_mm2.map(area_px) };
    let fluid = FluidField { depth: &depth, width, pixel_um: plan.pixel_um }.placed(wish);
    let layers = lines.rasterised(plan.height).to_pixels();
    layers.iter().zip(fluid).map(|(&layer, fluid)| if fluid { IRF } else { layer }).collect()
}

/// Swells the inner layers, or thins them, until the millimetre about the fovea is as thick as asked for.
fn meet_thickness(drawn: &mut FlattenedMask, plan: &MaskPlan, requested_um: f64) {
    let spacing = Spacing::checked(plan.pixel_um[0], plan.pixel_um[1]);
    for _ in 0..MAX_ROUNDS {
        let lines = drawn.interfaces(plan.width as usize, plan.height as usize, plan.pixel_um[0]);
        let lesions = Plane::filled(plan.width, plan.height, 0);
        let mask = Mask { layers: lines.rasterised(plan.height), lesions };
        let central = CentralThickness::of_mask(&mask, spacing, None);
        let Some(found_um) = central.thickness.um.filter(|um| *um > 0.0) else { return };
        if (found_um / requested_um - 1.0).abs() < NEAR {
            return;
        }
        let middle = (central.columns.start + central.columns.end) as f32 / 2.0;
        drawn.swell(middle / plan.width as f32, plan, (requested_um - found_um) as f32, &central.columns);
    }
}

impl FlattenedMask {
    /// Adds `more_um` to the mean thickness over the central columns, in proportion to the layers that swell, fading
    /// out with the distance from the fovea (as a part of the width).
    fn swell(&mut self, fovea: f32, plan: &MaskPlan, more_um: f32, central: &std::ops::Range<u32>) {
        let columns = self.columns();
        let um_per_column = plan.width as f32 * plan.pixel_um[1] / columns as f32;
        let lens = |column: usize| {
            let away_um = (column as f32 + 0.5 - fovea * columns as f32) * um_per_column;
            let part = 1.0 - (away_um / SWELLING_UM).powi(2);
            part.max(0.0).powi(2)
        };
        let swelling = |mask: &Self, column: usize| -> f32 {
            mask.layers_um[..SWELLING_LAYERS].iter().map(|layer| layer[column]).sum()
        };
        let scale = columns as f32 / plan.width as f32;
        let first = ((central.start as f32 * scale) as usize).min(columns - 1);
        let last = ((central.end as f32 * scale).ceil() as usize).clamp(first + 1, columns);
        let count = (last - first) as f32;
        let gives: f32 = (first..last).map(|x| lens(x) * swelling(self, x)).sum::<f32>() / count;
        if gives <= 0.0 {
            return;
        }
        let amount = (more_um / gives).clamp(1.0 / MAX_FACTOR - 1.0, MAX_FACTOR - 1.0);
        for layer in &mut self.layers_um[..SWELLING_LAYERS] {
            layer.iter_mut().enumerate().for_each(|(x, um)| *um *= 1.0 + amount * lens(x));
        }
    }
}
