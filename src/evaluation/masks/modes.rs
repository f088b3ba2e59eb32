//! What each way of labelling made of the masks, with and without repair.

use super::report::{Faults, ModeLine};
use crate::anatomy::{BELOW_BM, IRF};
use crate::encoding::dmc::{self, DmcMode, Histogram, Repair};
use crate::encoding::masks::{DrawnMask, MaskPlan};
use crate::metrics::masks::jaggedness;

/// The labels each plane speaks for by itself, where the coding has one per class.
pub(super) fn reference_codes(mask: &DrawnMask, pooled: &Histogram) -> Vec<u8> {
    let mode = if mask.has_fluid().is_some() { DmcMode::Onehot } else { DmcMode::Quantise };
    mask.codes(mode, pooled)
}

impl ModeLine {
    pub fn new(mode: DmcMode) -> Self {
        Self {
            mode: mode.name(),
            dmc: mode,
            before: Faults::default(),
            after: Faults::default(),
            specks_removed: 0.0,
            pixels_repaired: 0.0,
        }
    }

    /// Counts a mask among `count`; returns its repaired codes.
    pub fn add(
        &mut self,
        mask: &DrawnMask,
        reference: &[u8],
        pooled: &Histogram,
        plan: &MaskPlan,
        count: f64,
    ) -> Vec<u8> {
        let codes = mask.codes(self.dmc, pooled);
        let (repaired, report) = dmc::repair(plan.width, plan.height, &codes, Repair::default());
        let repaired = repaired.composite_pixels();
        self.specks_removed += report.specks as f64 / count;
        self.pixels_repaired += (report.speck_px + report.order_px) as f64 / count;
        self.before.add(&codes, mask, reference, plan, count);
        self.after.add(&repaired, mask, reference, plan, count);
        repaired
    }
}

impl Faults {
    fn add(&mut self, codes: &[u8], mask: &DrawnMask, reference: &[u8], plan: &MaskPlan, count: f64) {
        let disordered = dmc::repair::columns_out_of_order(plan.width, plan.height, codes);
        self.disordered_columns += disordered as f64 / f64::from(plan.width) / count;
        let has = |code: u8| codes.contains(&code);
        let drawn_fluid = mask.has_fluid();
        let lacks = (0..=BELOW_BM).any(|code| !has(code)) || (drawn_fluid == Some(true) && !has(IRF));
        self.masks_lacking_a_class += u32::from(lacks);
        self.masks_inventing_fluid += u32::from(drawn_fluid == Some(false) && has(IRF));
        self.agreement += dice(codes, reference) / count;
        self.jagged.extend(jaggedness(plan.width, plan.height, codes));
        let measured = self.jagged.len();
        self.jaggedness_px = (measured > 0).then(|| self.jagged.iter().sum::<f64>() / measured as f64);
    }
}

/// Mean Dice over the classes that are in either.
fn dice(a: &[u8], b: &[u8]) -> f64 {
    let (mut both, mut either) = ([0_u64; 256], [0_u64; 256]);
    for (&a, &b) in a.iter().zip(b) {
        either[usize::from(a)] += 1;
        either[usize::from(b)] += 1;
        both[usize::from(a)] += u64::from(a == b);
    }
    let scores: Vec<f64> = both
        .iter()
        .zip(either)
        .filter(|(_, either)| *either > 0)
        .map(|(&both, either)| 2.0 * both as f64 / either as f64)
        .collect();
    scores.iter().sum::<f64>() / scores.len().max(1) as f64
}
