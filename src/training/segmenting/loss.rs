//! Cross-entropy plus Dice over the pixels that a grader labelled.

use burn::tensor::{Tensor, activation};
use serde::{Deserialize, Serialize};

/// Added to both sides of the Dice fraction, in pixels: a class that a batch lacks costs nothing where it is not found.
const DICE_EPSILON: f64 = 1.0;
/// What the published code of YNet adds below the fraction alone.
const YNET_EPSILON: f64 = 1e-4;

/// How the two parts are computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LossForm {
    /// Of the probabilities that the scores mean.
    #[default]
    Correct,
    /// As the published code of YNet computes it (algorithms 0.3): the network's softmax is taken for scores, so that
    /// a second softmax stands before the cross-entropy and before Dice, and Dice exponentiates what is no logarithm.
    Compat,
}

/// The loss of a segmenter.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SegmentLoss {
    /// Which terms it has.
    pub form: LossForm,
    /// What the cross-entropy counts.
    pub cross_entropy: f64,
    /// What the Dice loss counts.
    pub dice: f64,
}

impl Default for SegmentLoss {
    fn default() -> Self {
        Self { form: LossForm::Correct, cross_entropy: 1.0, dice: 1.0 }
    }
}

/// What is to be answered.
#[derive(Clone, Debug)]
pub struct Target {
    /// One plane a class, 1 where a pixel is of the class; unannotated pixels are in none.
    /// `[batch, classes, height, width]`
    pub classes: Tensor<4>,
    /// What an error on a pixel counts, 0 where nothing is known. `[batch, 1, height, width]`
    pub weights: Tensor<4>,
}

impl SegmentLoss {
    /// Whether the weights make sense; the message says which does not.
    pub fn check(&self) -> Result<(), String> {
        let parts =
            [("segmenter.loss.cross_entropy", self.cross_entropy), ("segmenter.loss.dice", self.dice)];
        match parts.iter().find(|(_, weight)| !(weight.is_finite() && *weight >= 0.0)) {
            Some((name, weight)) => Err(format!("{name} is {weight}, expected 0 or more")),
            None if self.cross_entropy + self.dice == 0.0 => Err("a loss of nothing at all".to_owned()),
            None => Ok(()),
        }
    }

    /// The loss of scores `[batch, classes, height, width]`, one value.
    pub fn of(&self, scores: Tensor<4>, target: &Target) -> Tensor<1> {
        let known = target.classes.clone().sum_dim(1);
        let weights = target.weights.clone() * known.clone();
        // Pixels outside of what counts are no part of the overlap, however much the others count.
        let counted = weights.clone().greater_elem(0.0).float();
        let logarithms = match self.form {
            LossForm::Correct => activation::log_softmax(scores, 1),
            LossForm::Compat => activation::log_softmax(activation::softmax(scores, 1), 1),
        };
        let surprise = (target.classes.clone() * logarithms.clone()).sum_dim(1).neg();
        let total = weights.clone().sum().clamp_min(1.0);
        let cross_entropy = (surprise * weights).sum() / total;

        // Below the fraction, and above it.
        let (found, epsilon, above) = match self.form {
            LossForm::Correct => (logarithms.exp(), DICE_EPSILON, DICE_EPSILON),
            LossForm::Compat => (logarithms.exp().exp(), YNET_EPSILON, 0.0),
        };
        let sums = |values: Tensor<4>| values.sum_dim(0).sum_dim(2).sum_dim(3);
        let (found, truth) = (found * counted.clone(), target.classes.clone() * counted);
        let both = sums(found.clone() * truth.clone());
        let all = sums(found) + sums(truth);
        let dice = both.mul_scalar(2.0).add_scalar(above) / all.add_scalar(epsilon);
        cross_entropy.mul_scalar(self.cross_entropy) + dice.mean().neg().add_scalar(1.0).mul_scalar(self.dice)
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, TensorData};

    use super::*;

    /// Two pixels of two classes and one that nobody annotated.
    fn target(device: &Device) -> Target {
        let classes = TensorData::new(vec![1.0_f32, 0.0, 0.0, 0.0, 1.0, 0.0], [1, 2, 1, 3]);
        let weights = TensorData::new(vec![1.0_f32, 3.0, 1.0], [1, 1, 1, 3]);
        Target { classes: Tensor::from_data(classes, device), weights: Tensor::from_data(weights, device) }
    }

    fn value(loss: SegmentLoss, scores: [f32; 6]) -> f64 {
        let device = Device::flex();
        let scores = Tensor::<4>::from_data(TensorData::new(scores.to_vec(), [1, 2, 1, 3]), &device);
        f64::from(loss.of(scores, &target(&device)).into_scalar::<f32>())
    }

    #[test]
    fn the_loss_is_that_of_the_formula() {
        // Probabilities of class 0: e / (e + 1) = p, 1/2; the third pixel counts nothing.
        let p = 1f64.exp() / (1f64.exp() + 1.0);
        let ce = (-p.ln() + 3.0 * 2f64.ln()) / 4.0;
        let dice = [(2.0 * p + 1.0) / (p + 0.5 + 1.0 + 1.0), (2.0 * 0.5 + 1.0) / (1.0 - p + 0.5 + 1.0 + 1.0)];
        let expected = ce + 1.0 - (dice[0] + dice[1]) / 2.0;
        let scores = [1.0, 0.0, 9.0, 0.0, 0.0, -9.0];
        assert!((value(SegmentLoss::default(), scores) - expected).abs() < 1e-5);
        let ce_alone = SegmentLoss { dice: 0.0, ..SegmentLoss::default() };
        assert!((value(ce_alone, scores) - ce).abs() < 1e-5);
    }

    #[test]
    fn a_perfect_answer_costs_nothing_unless_the_softmax_is_taken_twice() {
        let scores = [50.0, -50.0, 0.0, -50.0, 50.0, 0.0];
        assert!(value(SegmentLoss::default(), scores).abs() < 1e-5);
        // softmax of (1, 0): the cross-entropy cannot fall below ln(1 + 1/e).
        let twice = SegmentLoss { form: LossForm::Compat, dice: 0.0, ..SegmentLoss::default() };
        assert!((value(twice, scores) - (1.0 + (-1f64).exp()).ln()).abs() < 1e-5);
        assert!(SegmentLoss { cross_entropy: 0.0, dice: 0.0, ..twice }.check().is_err());
    }
}
