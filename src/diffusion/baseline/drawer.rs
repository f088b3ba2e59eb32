//! Scans from masks with a compared method, each by the sampler it was published with.

use std::ops::ControlFlow;

use burn::tensor::{Device, Tensor, TensorData};

use super::file::BaselineInfo;
use super::sampling::{latent_steps, retree_steps};
use crate::diffusion::synthesizer::StepDone;
use crate::diffusion::{NoiseLevel, Prediction, samplers};
use crate::encoding::noise::{fill_gaussian, stream};
use crate::nn::Baseline;
use crate::scan::Rect;

/// Streams kept for the planes of one step.
const STREAMS_A_STEP: u32 = 16;

/// A compared method's network on its device. Use it from one thread.
#[derive(Clone, Debug)]
pub struct BaselineDrawer {
    network: Baseline,
    info: BaselineInfo,
    device: Device,
}

impl BaselineDrawer {
    /// From a loaded model; the network must be on `device`.
    ///
    /// # Errors
    /// If it is the first stage of latent diffusion, which draws nothing.
    pub fn new(network: Baseline, info: BaselineInfo, device: Device) -> Result<Self, String> {
        match network {
            Baseline::Autoencoder(_) => Err(format!(
                "\"{}\" is an autoencoder and draws nothing; train the stage finetune --from it",
                info.name
            )),
            _ => Ok(Self { network, info, device }),
        }
    }

    /// The model's description.
    pub fn info(&self) -> &BaselineInfo {
        &self.info
    }

    /// The scan of condition planes `[plane][row][column]` on the grid, row-major, in [-1, 1]; `Break` as soon as
    /// `on_step` says so.
    ///
    /// # Panics
    /// If the planes are not the model's.
    pub fn draw(
        &self,
        planes: &[f32],
        [rows, columns]: [usize; 2],
        seed: u64,
        steps: u32,
        on_step: impl FnMut(StepDone) -> ControlFlow<()>,
    ) -> ControlFlow<(), Vec<f32>> {
        let count = self.info.labels.plane_count();
        assert_eq!(planes.len(), count * rows * columns, "condition planes of the grid");
        let condition =
            Tensor::from_data(TensorData::new(planes.to_vec(), [1, count, rows, columns]), &self.device);
        let picture = match &self.network {
            Baseline::Retree(network) => {
                let noise = |step| self.gaussian(seed, step, [1, rows, columns]);
                let steps = retree_steps(&self.info.schedule, steps);
                let is_published = Some(steps.len() as u32 + 1) == self.info.schedule.discrete_steps();
                let estimate = |x: Tensor<4>, level: NoiseLevel, time| {
                    let predicted = network.forward(x.clone(), condition.clone(), time);
                    let picture = unclamped(x, predicted, level);
                    if is_published { picture } else { picture.clamp(-1.0, 1.0) }
                };
                self.walk(&steps, noise, estimate, on_step)?
            }
            Baseline::LatentDiffusion(network) => {
                let [height, width] = network.latent_shape([rows, columns]);
                let channels = network.latent_channels();
                let mask = network.shown_mask(condition);
                let noise = |step| self.gaussian(seed, step, [channels, height, width]);
                let estimate = |x: Tensor<4>, level: NoiseLevel, time| {
                    let predicted = network.forward(x.clone(), mask.clone(), time);
                    unclamped(x, predicted, level)
                };
                let steps = latent_steps(&self.info.schedule, steps);
                network.pictures(self.walk(&steps, noise, estimate, on_step)?)
            }
            Baseline::Autoencoder(_) => unreachable!("refused when the drawer was made"),
        };
        let picture = picture.clamp(-1.0, 1.0);
        ControlFlow::Continue(picture.into_data_as::<f32>().iter::<f32>().collect())
    }

    fn walk(
        &self,
        steps: &[samplers::SamplerStep],
        noise: impl Fn(u32) -> Tensor<4>,
        estimate: impl Fn(Tensor<4>, NoiseLevel, Tensor<1>) -> Tensor<4>,
        mut on_step: impl FnMut(StepDone) -> ControlFlow<()>,
    ) -> ControlFlow<(), Tensor<4>> {
        samplers::run(
            steps,
            noise(0),
            |x, level| estimate(x, level, Tensor::from_floats([level.time as f32], &self.device)),
            |step| noise(step as u32 + 1),
            |progress| on_step(StepDone { done: progress.done, of: progress.of }),
        )
    }

    /// Noise number `number` of a synthesis: 0 is where it starts.
    fn gaussian(&self, seed: u64, number: u32, [channels, rows, columns]: [usize; 3]) -> Tensor<4> {
        let mut values = vec![0.0; channels * rows * columns];
        let area = Rect::new(0, 0, columns as u32, rows as u32);
        for (channel, values) in values.chunks_exact_mut(rows * columns).enumerate() {
            fill_gaussian(seed, stream::START + STREAMS_A_STEP * number + channel as u32, area, values);
        }
        Tensor::from_data(TensorData::new(values, [1, channels, rows, columns]), &self.device)
    }
}

/// The picture that noise predicted in `x` leaves.
fn unclamped(x: Tensor<4>, predicted: Tensor<4>, level: NoiseLevel) -> Tensor<4> {
    let factors = Prediction::Epsilon.picture_factors(level);
    x.mul_scalar(factors.x) + predicted.mul_scalar(factors.output)
}
