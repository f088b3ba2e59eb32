//! What the loss is multiplied with in half precision, so that small gradients do not vanish in its five bits of
//! exponent (Micikevicius et al. 2018).

use crate::nn::Arithmetic;

const FIRST: f64 = 1024.0;
const MIN_SCALE: f64 = 1.0;
const MAX_SCALE: f64 = 65_536.0;
/// Steps without an overflow after which a larger one is tried.
const PATIENCE: u32 = 200;

/// The scale of the next step. It begins anew with every process: finding it costs a few skipped steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LossScale {
    scale: f64,
    is_dynamic: bool,
    steps_without_overflow: u32,
}

impl LossScale {
    /// Half precision is scaled, everything else is not.
    pub fn of(arithmetic: Arithmetic) -> Self {
        let is_dynamic = arithmetic == Arithmetic::F16;
        Self { scale: if is_dynamic { FIRST } else { 1.0 }, is_dynamic, steps_without_overflow: 0 }
    }

    /// What the loss is multiplied with.
    pub fn factor(self) -> f64 {
        self.scale
    }

    /// Halved after a step whose loss or gradient overflowed, doubled after many that did not.
    pub fn after_step(&mut self, is_skipped: bool) {
        if !self.is_dynamic {
            return;
        }
        self.steps_without_overflow = if is_skipped { 0 } else { self.steps_without_overflow + 1 };
        if is_skipped {
            self.scale = (self.scale / 2.0).max(MIN_SCALE);
        } else if self.steps_without_overflow == PATIENCE {
            (self.scale, self.steps_without_overflow) = ((self.scale * 2.0).min(MAX_SCALE), 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_falls_on_overflow_and_rises_after_patience() {
        let mut scale = LossScale::of(Arithmetic::F16);
        scale.after_step(true);
        assert_eq!(scale.factor(), FIRST / 2.0);
        (0..PATIENCE).for_each(|_| scale.after_step(false));
        assert_eq!(scale.factor(), FIRST);
        (0..40).for_each(|_| scale.after_step(true));
        assert_eq!(scale.factor(), MIN_SCALE);
        (0..40 * PATIENCE).for_each(|_| scale.after_step(false));
        assert_eq!(scale.factor(), MAX_SCALE);
        let mut single = LossScale::of(Arithmetic::F32);
        single.after_step(true);
        assert_eq!(single.factor(), 1.0);
    }
}
