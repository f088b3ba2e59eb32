//! The solver: amounts of thickening and swelling that meet a recipe.
//!
//! Every thickness rises with its own amount, so each is found by halving an interval, in turn until none
//! moves. The mask is then measured as any other mask would be, and what rounding and measuring left open is
//! corrected. What cannot be met is explained, never bent.

use super::conflict::CaseError;
use super::cysts::DrawnCyst;
use super::design::{Design, mean};
use super::frame::Frame;
use super::recipe::CaseRecipe;
use super::report::CaseReport;
use super::shaping::Amounts;
use super::tissue::Tissue;
use super::{bounds, explain};
use crate::mask::Mask;

/// Bounds of what a layer wish adds to its layer.
const LAYER_AMOUNTS_UM: [f64; 2] = [-400.0, 700.0];
/// Rounds over all amounts, and corrections after measuring.
const ROUNDS: usize = 4;
const CORRECTIONS: usize = 4;
/// A thickness is found when it is so near.
const NEAR_UM: f64 = 0.05;

/// A case that meets its recipe.
#[derive(Clone, Debug)]
pub struct SolvedCase {
    /// The labels.
    pub mask: Mask,
    /// Size and scale of the scan, and where the fovea lies.
    pub frame: Frame,
    /// Every cyst as it was placed.
    pub cysts: Vec<DrawnCyst>,
    /// What was asked for and what the mask measures.
    pub report: CaseReport,
}

/// Makes the case of a recipe; `base` is the mask that it names.
///
/// # Errors
/// If values are out of bounds, the base cannot be built upon, or wishes exclude each other.
pub fn solve(recipe: &CaseRecipe, base: Option<&Mask>) -> Result<SolvedCase, CaseError> {
    bounds::check(recipe, base)?;
    let design = Design::new(recipe, base)?;
    let mut targets = Targets::of(recipe);
    let mut best: Option<SolvedCase> = None;
    for _ in 0..CORRECTIONS {
        let amounts = match design.met(&targets) {
            Ok(amounts) => amounts,
            // A correction may lead past what can be reached: the best so far stands.
            Err(_) if best.is_some() => break,
            Err(conflict) => return Err(conflict),
        };
        let tissue = design.shaped(&amounts);
        if let Some(conflict) = explain::no_room_in_image(&design, &tissue) {
            return Err(CaseError::Conflicts(vec![conflict]));
        }
        let mask = design.rendered(&tissue);
        let report = CaseReport::of(recipe, &mask, Some(&design.cysts));
        let better = best.as_ref().is_none_or(|best| report.missed() < best.report.missed());
        let solved = SolvedCase { mask, frame: design.frame, cysts: design.cysts.clone(), report };
        let off = targets.correct(recipe, &solved.report);
        if better {
            best = Some(solved);
        }
        if off < 0.5 {
            break;
        }
    }
    match best {
        Some(solved) if solved.report.is_met() => Ok(solved),
        Some(solved) => Err(CaseError::Conflicts(explain::unmet(&solved.report))),
        None => Err(CaseError::Conflicts(Vec::new())),
    }
}

/// Thicknesses that are aimed at.
#[derive(Clone, Debug)]
pub struct Targets {
    central_um: Option<f64>,
    layers_um: Vec<f64>,
}

impl Targets {
    fn of(recipe: &CaseRecipe) -> Self {
        Self {
            central_um: recipe.central_thickness_um,
            layers_um: recipe.layers.iter().map(|wish| wish.thickness_um).collect(),
        }
    }

    /// Aims as far beside a wish as the mask lay off it. Returns the largest correction in um.
    fn correct(&mut self, recipe: &CaseRecipe, report: &CaseReport) -> f64 {
        let mut largest = 0.0_f64;
        let mut aim = |target: &mut f64, requested: f64, measured: Option<f64>| {
            let off = measured.map_or(0.0, |measured| requested - measured);
            *target += off;
            largest = largest.max(off.abs());
        };
        if let (Some(target), Some(requested)) = (&mut self.central_um, recipe.central_thickness_um) {
            aim(target, requested, report.measured("central_thickness_um"));
        }
        for (index, (target, wish)) in self.layers_um.iter_mut().zip(&recipe.layers).enumerate() {
            aim(target, wish.thickness_um, report.measured(&format!("layers[{index}]")));
        }
        largest
    }
}

impl Design<'_> {
    /// The amounts at which every thickness is the one aimed at.
    fn met(&self, targets: &Targets) -> Result<Amounts, CaseError> {
        let mut amounts = Amounts { layers: vec![0.0; targets.layers_um.len()], central: 0.0 };
        for _ in 0..ROUNDS {
            let before = amounts.clone();
            for (index, &target) in targets.layers_um.iter().enumerate() {
                let thickness = |amount: f64| {
                    let mut tried = amounts.clone();
                    tried.layers[index] = amount;
                    self.layer_um(index, &self.shaped(&tried))
                };
                let found = halved(LAYER_AMOUNTS_UM, amounts.layers[index], target, thickness);
                amounts.layers[index] = found
                    .map_err(|reached| CaseError::Conflicts(vec![explain::layer(self, index, reached)]))?;
            }
            if let Some(target) = targets.central_um {
                let thickness =
                    |central: f64| self.central_um(&self.shaped(&Amounts { central, ..amounts.clone() }));
                let found = halved([-1.0, 1.0], amounts.central, target, thickness);
                amounts.central = found
                    .map_err(|reached| CaseError::Conflicts(explain::central(self, &amounts, reached)))?;
            }
            let moved =
                before.layers.iter().zip(&amounts.layers).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            if moved < NEAR_UM && (before.central - amounts.central).abs() < 1e-4 {
                break;
            }
        }
        Ok(amounts)
    }

    /// Mean thickness over the central millimetre, domes included.
    pub fn central_um(&self, tissue: &Tissue) -> f64 {
        mean(self.central_columns().map(|x| tissue.total_um(x))) + self.central_lift_um()
    }

    /// Mean thickness of a layer wish's layer over its width.
    pub fn layer_um(&self, index: usize, tissue: &Tissue) -> f64 {
        let wish = &self.recipe.layers[index];
        let half = wish.width_um / 2.0;
        let columns = self.frame.columns_between(wish.at_um - half, wish.at_um + half);
        mean(columns.map(|x| tissue.layers_um[wish.layer.index()][x]))
    }
}

/// Where a rising function takes a value, between two places; `start` is tried first. The error is what it takes
/// at both ends.
fn halved(
    [mut low, mut high]: [f64; 2],
    start: f64,
    target: f64,
    value: impl Fn(f64) -> f64,
) -> Result<f64, [f64; 2]> {
    let first = value(start);
    if (first - target).abs() < NEAR_UM {
        return Ok(start);
    }
    let reached = [value(low), value(high)];
    if target < reached[0] - NEAR_UM || target > reached[1] + NEAR_UM {
        return Err(reached);
    }
    if first < target {
        low = start
    } else {
        high = start
    }
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        let found = value(middle);
        if (found - target).abs() < NEAR_UM {
            return Ok(middle);
        }
        if found < target { low = middle } else { high = middle }
    }
    Ok((low + high) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rising_function_is_inverted_and_what_it_never_reaches_is_told() {
        let found = halved([-2.0, 2.0], 0.0, 3.0, |x| x * x * x + x).expect("between -10 and 10");
        assert!((found * found * found + found - 3.0).abs() < NEAR_UM);
        assert_eq!(halved([-2.0, 2.0], 0.0, 30.0, |x| x * x * x + x), Err([-10.0, 10.0]));
    }
}
