//! A segmenter in the trainer's hands.

use burn::tensor::{Device, Tensor, TensorData};

use super::loss::Target;
use crate::anatomy::UNANNOTATED;
use crate::encoding::LabelScheme;
use crate::metrics::segmentation::LabelledPair;
use crate::metrics::segmentation::confusion::Confusion;
use crate::nn::Segmenter;
use crate::segmentation::labeller::ASSUMED_SPACING;
use crate::training::batches::Batch;
use crate::training::config::RunConfig;
use crate::training::learner::{Learner, Validated};

impl Learner for Segmenter {
    fn fresh(config: &RunConfig, device: &Device) -> Self {
        config.segmenter.network.init(config.labels.classes.len(), device)
    }

    fn loss(&self, batch: &Batch, _: Option<&Self>, config: &RunConfig, device: &Device) -> Tensor<1> {
        config.segmenter.loss.of(self.forward(pictures(batch, device)), &target(batch, device))
    }

    fn validate(&self, batch: &Batch, _: Option<&Self>, config: &RunConfig, device: &Device) -> Validated {
        let scores = self.forward(pictures(batch, device));
        let target = target(batch, device);
        let losses = (0..batch.strips).map(|strip| {
            let [scores, classes, weights] =
                [&scores, &target.classes, &target.weights].map(|tensor| tensor.clone().narrow(0, strip, 1));
            let loss = config.segmenter.loss.of(scores, &Target { classes, weights });
            f64::from(loss.into_scalar::<f32>())
        });
        let losses = losses.collect();
        let predicted = predicted_codes(scores, &config.labels);
        let truth = true_codes(batch, &config.labels);
        Validated { losses, confusion: Some(confusion(batch, &truth, &predicted)) }
    }
}

/// The batch's pictures on the device, `[strips, 1, rows, columns]`.
pub(super) fn pictures(batch: &Batch, device: &Device) -> Tensor<4> {
    plane_tensor(batch, &batch.image, 1, device)
}

fn target(batch: &Batch, device: &Device) -> Target {
    Target {
        classes: plane_tensor(batch, &batch.condition, batch.planes, device),
        weights: plane_tensor(batch, &batch.loss_weights, 1, device),
    }
}

fn plane_tensor(batch: &Batch, values: &[f32], planes: usize, device: &Device) -> Tensor<4> {
    Tensor::from_data(
        TensorData::new(values.to_vec(), [batch.strips, planes, batch.rows, batch.columns]),
        device,
    )
}

/// The composite codes of the classes with the highest scores, strip after strip.
pub(super) fn predicted_codes(scores: Tensor<4>, labels: &LabelScheme) -> Vec<u8> {
    let classes = scores.argmax(1).into_data().convert::<i64>();
    classes.iter::<i64>().map(|class| labels.classes[class as usize][0]).collect()
}

/// The composite codes that a batch's planes say, strip after strip.
pub(super) fn true_codes(batch: &Batch, labels: &LabelScheme) -> Vec<u8> {
    let pixels = batch.rows * batch.columns;
    batch
        .condition
        .chunks_exact(batch.planes * pixels)
        .flat_map(|planes| {
            (0..pixels).map(|pixel| {
                let class = (0..batch.planes).find(|class| planes[class * pixels + pixel] > 0.0);
                class.map_or(UNANNOTATED, |class| labels.classes[class][0])
            })
        })
        .collect()
}

fn confusion(batch: &Batch, truth: &[u8], predicted: &[u8]) -> Confusion {
    let valid: Vec<bool> = batch.loss_weights.iter().map(|&weight| weight > 0.0).collect();
    let columns = vec![true; batch.columns];
    let pixels = batch.rows * batch.columns;
    let strips = (0..batch.strips).map(|strip| strip * pixels..(strip + 1) * pixels);
    let of_strip = strips.map(|at| {
        Confusion::of(&LabelledPair {
            size: [batch.columns as u32, batch.rows as u32],
            truth: &truth[at.clone()],
            predicted: &predicted[at.clone()],
            scanned: &valid[at],
            columns: &columns,
            // Counts of pixels have no unit.
            spacing: ASSUMED_SPACING,
        })
    });
    of_strip.fold(Confusion::default(), |sum, of_strip| sum.joined(&of_strip))
}
