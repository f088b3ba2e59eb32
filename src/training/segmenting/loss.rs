//! Cross-entropy plus Dice over the pixels that a grader labelled.

use burn::tensor::module::max_pool2d;
use burn::tensor::ops::MaxPoolOptions;
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
    /// a second softmax stands before the cross-entropy and before Dice, and Dice exponentiates what is no logarithm. The
    /// weights of boundaries and regions are taken as ReLayNet's PyTorch port does (4.3): the mean cross-entropy is
    /// multiplied by the mean weight, so that no pixel counts more than another.
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
    /// What a pixel on the boundary between two classes counts more in the cross-entropy; ReLayNet has 10.
    pub boundary: f64,
    /// What a pixel of a layer or of fluid counts more in the cross-entropy; ReLayNet has 5.
    pub region: f64,
    /// What the Dice loss of the classes' contours counts; GDNet has such a term, taken here as 0.5. In either form it is of
    /// the network's own probabilities (algorithms 4.4): what YNet's code exponentiates has no rim.
    pub contour: f64,
}

impl Default for SegmentLoss {
    fn default() -> Self {
        Self {
            form: LossForm::Correct,
            cross_entropy: 1.0,
            dice: 1.0,
            boundary: 0.0,
            region: 0.0,
            contour: 0.0,
        }
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
    /// Whether the weights make sense.
    ///
    /// # Errors
    /// If a weight is below 0 or not finite, or cross entropy, Dice and contour are all 0.
    pub fn check(&self) -> Result<(), String> {
        let parts = [
            ("segmenter.loss.cross_entropy", self.cross_entropy),
            ("segmenter.loss.dice", self.dice),
            ("segmenter.loss.boundary", self.boundary),
            ("segmenter.loss.region", self.region),
            ("segmenter.loss.contour", self.contour),
        ];
        match parts.iter().find(|(_, weight)| !(weight.is_finite() && *weight >= 0.0)) {
            Some((name, weight)) => Err(format!("{name} is {weight}, expected 0 or more")),
            None if self.cross_entropy + self.dice + self.contour == 0.0 => {
                Err("a loss of nothing at all".to_owned())
            }
            None => Ok(()),
        }
    }

    /// The loss of scores `[batch, classes, height, width]`, one value.
    pub fn of(&self, scores: Tensor<4>, target: &Target) -> Tensor<1> {
        let known = target.classes.clone().sum_dim(1);
        let weights = target.weights.clone() * known.clone();
        // Pixels outside of what counts are no part of the overlap, however much the others count.
        let valid = weights.clone().greater_elem(0.0).float();
        let own = (self.contour > 0.0).then(|| scores.clone());
        let logarithms = match self.form {
            LossForm::Correct => activation::log_softmax(scores, 1),
            LossForm::Compat => activation::log_softmax(activation::softmax(scores, 1), 1),
        };
        let emphasised = self.emphasised(weights.clone(), &target.classes);
        let surprise = (target.classes.clone() * logarithms.clone()).sum_dim(1).neg();
        let [plain, total] = [&weights, &emphasised].map(|weights| weights.clone().sum().clamp_min(1.0));
        let cross_entropy = match self.form {
            LossForm::Correct => (surprise * emphasised).sum() / total,
            LossForm::Compat => (surprise * weights).sum() / plain.clone() * (total / plain),
        };

        // Below the fraction, and above it.
        let (found, epsilon, above) = match self.form {
            LossForm::Correct => (logarithms.exp(), DICE_EPSILON, DICE_EPSILON),
            LossForm::Compat => (logarithms.exp().exp(), YNET_EPSILON, 0.0),
        };
        let contour = own.map(|scores| {
            let probabilities = match self.form {
                LossForm::Correct => found.clone(),
                LossForm::Compat => activation::softmax(scores, 1),
            };
            let [found, truth] =
                [&probabilities, &target.classes].map(|classes| contours(classes) * valid.clone());
            let (both, all) = ((found.clone() * truth.clone()).sum(), (found + truth).sum());
            let dice = both.mul_scalar(2.0).add_scalar(DICE_EPSILON) / all.add_scalar(DICE_EPSILON);
            dice.neg().add_scalar(1.0).mul_scalar(self.contour)
        });
        let sums = |values: Tensor<4>| values.sum_dim(0).sum_dim(2).sum_dim(3);
        let (found, truth) = (found * valid.clone(), target.classes.clone() * valid);
        let both = sums(found.clone() * truth.clone());
        let all = sums(found) + sums(truth);
        let dice = both.mul_scalar(2.0).add_scalar(above) / all.add_scalar(epsilon);
        let regions = cross_entropy.mul_scalar(self.cross_entropy)
            + dice.mean().neg().add_scalar(1.0).mul_scalar(self.dice);
        match contour {
            Some(contour) => regions + contour,
            None => regions,
        }
    }

    /// The weights of ReLayNet (Roy et al. 2017): more on boundaries between classes, and where there is retina. The
    /// background is the first class.
    fn emphasised(&self, weights: Tensor<4>, classes: &Tensor<4>) -> Tensor<4> {
        if self.boundary == 0.0 && self.region == 0.0 {
            return weights;
        }
        let on_boundary = contours(classes).max_dim(1);
        let in_region = classes.clone().narrow(1, 1, classes.dims()[1] - 1).sum_dim(1);
        let more = on_boundary.mul_scalar(self.boundary) + in_region.mul_scalar(self.region);
        weights * more.add_scalar(1.0)
    }
}

/// The inner rim of every class, one pixel wide and soft where the class is: what of it a window of 3 x 3 takes away.
fn contours(classes: &Tensor<4>) -> Tensor<4> {
    let outside = classes.clone().neg().add_scalar(1.0);
    let window = MaxPoolOptions::new([3; 2]).with_stride([1; 2]).with_padding([1; 2]);
    max_pool2d(outside.clone(), window) - outside
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

    /// Values of tests/reference/segment_loss_reference.py.
    #[test]
    fn every_term_has_the_value_of_an_independent_reference() {
        let (device, [batch, classes, height, width]) = (Device::flex(), [2_usize, 3, 5, 6]);
        let places = |channels: usize| {
            (0..batch * channels * height * width).map(move |at| {
                let (x, y) = (at % width, at / width % height);
                (at / width / height / channels, at / width / height % channels, y, x)
            })
        };
        let label = |b: usize, y: usize, x: usize| ((y + (x + b) / 3) / 2).min(classes - 1);
        let score = |(b, c, y, x): (usize, usize, usize, usize)| {
            2.0 * (0.7 * c as f32 + 1.3 * y as f32 + 0.5 * x as f32 + b as f32).sin()
        };
        let is_class = |(b, c, y, x): (usize, usize, usize, usize)| f32::from(u8::from(label(b, y, x) == c));
        let tensor = |values: Vec<f32>, channels: usize| {
            Tensor::<4>::from_data(TensorData::new(values, [batch, channels, height, width]), &device)
        };
        let scores = tensor(places(classes).map(score).collect(), classes);
        let target = Target {
            classes: tensor(places(classes).map(is_class).collect(), classes),
            weights: tensor(vec![1.0; batch * height * width], 1),
        };
        let correct = SegmentLoss::default();
        let expected = [
            (SegmentLoss { form: LossForm::Compat, ..correct }, 1.528165),
            (correct, 1.763405),
            (SegmentLoss { boundary: 10.0, region: 5.0, ..correct }, 1.718241),
            (SegmentLoss { form: LossForm::Compat, boundary: 10.0, region: 5.0, ..correct }, 14.786365),
            (SegmentLoss { contour: 0.5, ..correct }, 2.137776),
            (SegmentLoss { form: LossForm::Compat, contour: 0.5, ..correct }, 1.902536),
        ];
        for (loss, expected) in expected {
            let value = f64::from(loss.of(scores.clone(), &target).into_scalar::<f32>());
            assert!((value - expected).abs() < 1e-5 * expected, "{loss:?}: {value}, expected {expected}");
        }
    }
}
