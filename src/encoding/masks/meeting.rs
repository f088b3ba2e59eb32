//! Conditions met after sampling: a drawn retina is thickened and its fluid placed until the mask, finished as it will be
//! handed out, measures what was requested.
//!
//! A network follows its conditions loosely; what is left is small, so a smooth swelling about the fovea and a shift of
//! the edge of fluid close it. Fluid and thickness act on each other: fluid in the inner layers moves what is taken for the
//! fovea, and with it the millimetre that is measured. So both are mended in turn, with the fluid in place. Fluid keeps off
//! nerve fibres and RPE, or nobody could say any more where the ILM and BM lie. What an image has no room for is met as
//! nearly as it can be, and [`MaskConditions::unmet`] says so of the finished mask.

use super::super::dmc::{Repair, repair};
use super::conditions::MaskConditions;
use super::flattened::{FlattenedMask, OUTSIDE_RETINA};
use super::fluid_placement::{FluidField, FluidWish};
use super::plan::MaskPlan;
use crate::anatomy::{INTERFACE_COUNT, IRF, LAYER_COUNT};
use crate::mask::{CentralThickness, Interfaces, Mask};
use crate::scan::Spacing;

/// How far the swelling reaches from the fovea.
const SWELLING_UM: f32 = 2100.0;
/// Layers that swell, from the ILM on: the outer two hold no fluid and stay as they are.
const SWELLING_LAYERS: usize = LAYER_COUNT - 2;
/// A thickness or an area is met when it is so near, as a part of it.
const NEAR: f64 = 0.01;
/// Most masks that are tried for one request. Nearly all need two to four.
const MAX_ROUNDS: usize = 12;
/// Most corrections of an area: only a repair that nibbles at cysts asks for any.
const MAX_AREA_ROUNDS: usize = 2;
/// A correction changes layers by at most this factor, up or down.
const MAX_FACTOR: f32 = 1.5;
/// Fluid keeps so far from the ILM and from BM, where the layers beside them are thinner.
const EDGE_UM: f32 = 12.0;

/// Composite codes of a mask in the plan's document, row-major: what its planes say and no more.
pub fn codes_of(mask: &FlattenedMask, plan: &MaskPlan) -> Vec<u8> {
    let lines = mask.interfaces(plan.width as usize, plan.height as usize, plan.pixel_um[0]);
    let depth = mask.depth_in_image(&lines, plan.height as usize);
    with_fluid(&lines, &depth, plan, FluidWish::default())
}

/// Composite codes of a retina that a network drew, in the plan's document, row-major: made as calm as a real one, with
/// the requested conditions met.
pub fn codes_meeting(drawn: FlattenedMask, plan: &MaskPlan, requested: &MaskConditions) -> Vec<u8> {
    let um_per_column = um_per_column(plan, drawn.columns());
    let mut drawn = drawn.steadied(um_per_column);
    let pixel_mm2 = f64::from(plan.pixel_um[0]) * f64::from(plan.pixel_um[1]) / 1e6;
    let most_px = plan.width as usize * plan.height as usize;
    let area_px = |mm2: f64| ((mm2 / pixel_mm2).round().max(0.0) as usize).min(most_px);
    let wanted_px = requested.fluid_mm2.map(area_px);
    let mut wish = FluidWish { cysts: requested.cysts, area_px: wanted_px };
    let (mut least_miss, mut best) = (f64::INFINITY, Vec::new());
    let mut area_rounds = 0;
    for _ in 0..MAX_ROUNDS {
        let codes = drawn.codes_with(plan, wish);
        if requested.is_empty() {
            return codes;
        }
        let (finished, _) = repair(plan.width, plan.height, &codes, Repair::default());
        let found = MaskConditions::of_mask(&finished, plan.pixel_um);
        let miss = miss(requested, &found);
        if miss < least_miss || best.is_empty() {
            (least_miss, best) = (miss, codes);
        }
        if miss < NEAR {
            break;
        }
        if requested.thickness_um.is_some_and(|um| drawn.mend_thickness(&finished, plan, um)) {
            continue;
        }
        let (Some(now_px), Some(wanted_px), Some(found_mm2)) = (wish.area_px, wanted_px, found.fluid_mm2)
        else {
            break;
        };
        let next_px = (now_px + wanted_px).saturating_sub(area_px(found_mm2));
        if area_rounds == MAX_AREA_ROUNDS || next_px == now_px {
            break;
        }
        wish.area_px = Some(next_px.min(most_px));
        area_rounds += 1;
    }
    best
}

/// How far a mask is from what was requested: the largest part by which a figure misses.
fn miss(requested: &MaskConditions, found: &MaskConditions) -> f64 {
    let of = |wanted: Option<f64>, found: Option<f64>| match (wanted, found) {
        (None, _) => 0.0,
        (Some(wanted), Some(found)) if found == wanted => 0.0,
        (Some(wanted), Some(found)) => (found - wanted).abs() / wanted.max(1e-6),
        (Some(_), None) => f64::INFINITY,
    };
    let fluid = of(requested.fluid_mm2, found.fluid_mm2);
    let cysts = of(requested.cysts.map(f64::from), found.cysts.map(f64::from));
    fluid.max(cysts).max(of(requested.thickness_um, found.thickness_um))
}

/// Width of a column of the grid.
fn um_per_column(plan: &MaskPlan, columns: usize) -> f32 {
    plan.width as f32 * plan.pixel_um[1] / columns as f32
}

/// Layers between lines, with fluid where its depth and a wish have it.
fn with_fluid(lines: &Interfaces, depth: &[f32], plan: &MaskPlan, wish: FluidWish) -> Vec<u8> {
    let field = FluidField { depth, width: plan.width as usize, pixel_um: plan.pixel_um };
    let layers = lines.rasterised(plan.height).to_pixels();
    let fluid = field.placed(wish);
    layers.iter().zip(fluid).map(|(&layer, fluid)| if fluid { IRF } else { layer }).collect()
}

/// Takes nerve fibres and RPE, and what lies next to the ILM and to BM, from where fluid can be.
fn keep_off_edges(lines: &Interfaces, depth: &mut [f32], plan: &MaskPlan) {
    let width = plan.width as usize;
    let margin = (EDGE_UM / plan.pixel_um[0]).round().max(1.0);
    for x in 0..width {
        let row = |interface: usize| lines.rows[interface][x].round();
        let first = row(1).max(row(0) + margin);
        let end = row(INTERFACE_COUNT - 2).min(row(INTERFACE_COUNT - 1) - margin);
        for (y, depth) in depth[x..].iter_mut().step_by(width).enumerate() {
            if !(first..end).contains(&(y as f32)) {
                *depth = OUTSIDE_RETINA;
            }
        }
    }
}

impl FlattenedMask {
    /// Its codes with fluid as wished, which keeps off the edges of the retina.
    fn codes_with(&self, plan: &MaskPlan, wish: FluidWish) -> Vec<u8> {
        let lines = self.interfaces(plan.width as usize, plan.height as usize, plan.pixel_um[0]);
        let mut depth = self.depth_in_image(&lines, plan.height as usize);
        keep_off_edges(&lines, &mut depth, plan);
        with_fluid(&lines, &depth, plan, wish)
    }

    /// Swells the inner layers, or thins them, by what the finished mask lacks about its fovea; says whether anything was
    /// lacking.
    fn mend_thickness(&mut self, finished: &Mask, plan: &MaskPlan, requested_um: f64) -> bool {
        let spacing = Spacing::checked(plan.pixel_um[0], plan.pixel_um[1]);
        let central = CentralThickness::of_mask(finished, spacing, None);
        let Some(found_um) = central.thickness.um.filter(|um| *um > 0.0) else { return false };
        if (found_um / requested_um - 1.0).abs() < NEAR {
            return false;
        }
        let middle = (central.columns.start + central.columns.end) as f32 / 2.0;
        let more_um = (requested_um - found_um) as f32;
        self.swell(middle / plan.width as f32, plan, more_um, &central.columns);
        true
    }

    /// Adds `more_um` to the mean thickness over the central columns, in proportion to the layers that swell, fading
    /// out with the distance from the fovea (as a part of the width).
    fn swell(&mut self, fovea: f32, plan: &MaskPlan, more_um: f32, central: &std::ops::Range<u32>) {
        let columns = self.columns();
        let um_per_column = um_per_column(plan, columns);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::Mapping;
    use crate::encoding::masks::{MaskCoding, MaskGrid};

    /// An eye with a fovea left of the middle, and places that are wet: some beneath the pit, one that reaches from the
    /// nerve fibres to the RPE.
    fn eye() -> FlattenedMask {
        let columns = 128;
        let pit = |x: usize| (-0.5 * ((x as f32 - 55.0) / 9.0).powi(2)).exp();
        let layers_um = std::array::from_fn(|layer| {
            let (um, share) = [
                (38.0, 0.9),
                (75.0, 0.75),
                (38.0, 0.3),
                (30.0, 0.0),
                (105.0, -0.2),
                (30.0, 0.0),
                (28.0, 0.0),
            ][layer];
            (0..columns).map(|x| um * (1.0 - share * pit(x))).collect()
        });
        let hill = |x: f32, row: f32, at: [f32; 2], size: [f32; 2]| {
            0.6 - ((x - at[0]) / size[0]).hypot((row - at[1]) / size[1])
        };
        let fluid_depth = (0..28 * columns)
            .map(|at| {
                let (x, row) = ((at % columns) as f32, (at / columns) as f32);
                let hills = [
                    hill(x, row, [50.0, 17.0], [8.0, 4.0]),
                    hill(x, row, [66.0, 10.0], [6.0, 3.0]),
                    hill(x, row, [90.0, 13.0], [5.0, 30.0]),
                ];
                hills.into_iter().fold(-1.0, f32::max)
            })
            .collect();
        let bow = |x: usize| 100.0 - 0.012 * (x as f32 - 70.0).powi(2);
        FlattenedMask { layers_um, bm_um: (0..columns).map(bow).collect(), fluid_depth }
    }

    fn plan() -> MaskPlan {
        MaskGrid::flattened().plan(MaskCoding::Flattened, &Mapping::live(), 512, 300, None)
    }

    fn finished(requested: &MaskConditions) -> (Mask, MaskConditions) {
        let plan = plan();
        let codes = codes_meeting(eye(), &plan, requested);
        let (mask, _) = repair(plan.width, plan.height, &codes, Repair::default());
        let measured = MaskConditions::of_mask(&mask, plan.pixel_um);
        (mask, measured)
    }

    #[test]
    fn requests_are_met_with_the_fluid_in_place() {
        for fluid_mm2 in [0.05, 0.3, 0.5, 0.7] {
            for cysts in [1, 4, 6] {
                for thickness_um in [250.0, 300.0, 420.0, 500.0] {
                    let requested = MaskConditions {
                        fluid_mm2: Some(fluid_mm2),
                        cysts: Some(cysts),
                        thickness_um: Some(thickness_um),
                    };
                    let (_, measured) = finished(&requested);
                    let unmet = requested.unmet(&measured);
                    assert!(unmet.is_empty(), "{requested:?}: {measured:?}");
                }
            }
        }
    }

    #[test]
    fn fluid_leaves_the_ilm_and_bm_to_be_seen() {
        let plan = plan();
        let requested = MaskConditions { fluid_mm2: Some(1.0), cysts: Some(3), ..MaskConditions::default() };
        for requested in [requested, MaskConditions::default()] {
            let codes = codes_meeting(eye(), &plan, &requested);
            let width = plan.width as usize;
            assert!(codes.contains(&IRF));
            for x in 0..width {
                let column: Vec<u8> = codes[x..].iter().step_by(width).copied().collect();
                for pair in column.windows(2) {
                    assert!(![[0, IRF], [IRF, 8]].contains(&[pair[0], pair[1]]), "column {x}: {pair:?}");
                }
            }
        }
        // As it was drawn, the third place reaches both.
        let codes = codes_of(&eye(), &plan);
        let touches = |upper: u8, lower: u8| {
            (0..codes.len() - 512).any(|at| codes[at] == upper && codes[at + 512] == lower)
        };
        assert!(touches(1, IRF) && touches(IRF, 7));
    }

    #[test]
    fn what_has_no_room_is_said() {
        let requested = MaskConditions { fluid_mm2: Some(2.5), cysts: Some(2), thickness_um: Some(250.0) };
        let (_, measured) = finished(&requested);
        let unmet = requested.unmet(&measured);
        assert!(unmet.iter().any(|unmet| unmet.to_string().starts_with("fluid ")), "{unmet:?}: {measured:?}");
        let dry = MaskConditions { fluid_mm2: Some(0.0), cysts: Some(3), ..MaskConditions::default() };
        let (_, measured) = finished(&dry);
        assert_eq!(dry.unmet(&measured).len(), 1, "no cysts without fluid: {measured:?}");
    }
}
