//! The autoencoder of latent diffusion against its discriminator, as published (CompVis, `LPIPSWithDiscriminator`): from
//! a step on, the verdict on what it decodes is added to its loss, weighted so that in the decoder's last convolution its
//! gradient is [`Adversary::weight`] times as long as that of the likelihood.

use burn::module::Module;
use burn::tensor::Tensor;

use super::learner::Shown;
use super::task::Adversary;
use crate::nn::baselines::{Autoencoder, Discriminator, hinge_loss, verdict_loss};
use crate::training::learner::Faced;

/// Added to the length of the verdict's gradient.
const LEAST_GRADIENT: f64 = 1e-4;
/// The most that one gradient may be over the other, of a likelihood summed over pixels.
const MAX_RATIO: f64 = 1e4;

impl Shown<'_> {
    /// What an autoencoder and its discriminator lose by a batch; neither reaches the other's weights.
    pub(super) fn faced(
        &self,
        network: &Autoencoder,
        discriminator: &Discriminator,
        task: &Adversary,
    ) -> Faced {
        let pictures = self.pictures();
        let posterior = self.posterior_of(network, &pictures);
        let latents = self.codes_of(&posterior);
        let features = network.features(latents);
        let made = network.picture_of(features.clone());
        let width = network.output_log_variance();
        let likelihood = self.likelihood(made.clone(), pictures.clone(), width.clone());
        let own = (likelihood + self.divergence(&posterior)).mean();

        let (_, of_likelihood) = with_gradient(&made, |made| {
            self.likelihood(made, pictures.clone(), width.clone().inner()).mean()
        });
        let judge = discriminator.valid();
        let (verdict, of_verdict) = with_gradient(&made, |made| verdict_loss(judge.forward(made)));
        let [of_likelihood_there, of_verdict_there] = [of_likelihood, of_verdict.clone()]
            .map(|gradient| length(network.last_gradient(features.clone(), gradient)));
        let weight = self.weight_of_verdict(of_likelihood_there, of_verdict_there, task.weight);
        // A number whose gradient is the verdict's, and whose value is, too: the discriminator is passed through once.
        let pull = (made.clone() * of_verdict).sum();
        let judged = pull.clone() - pull.inner() + verdict;
        Faced {
            loss: own + judged * weight,
            opponents: hinge_loss(discriminator.forward(pictures), discriminator.forward(made.detach())),
        }
    }

    /// What the verdict counts, `[1]`, from the lengths of both gradients in the last convolution. (The likelihood is a sum
    /// over pixels in the published code and a mean here; its bounds are those of the sum.)
    fn weight_of_verdict(&self, of_likelihood: Tensor<1>, of_verdict: Tensor<1>, weight: f64) -> Tensor<1> {
        let pixels = self.pixels();
        let ratio = of_likelihood.mul_scalar(pixels) / of_verdict.add_scalar(LEAST_GRADIENT);
        ratio.clamp(0.0, MAX_RATIO).mul_scalar(weight / pixels)
    }
}

/// A cost of pictures, `[1]`, and its gradient in them, both outside of autodiff.
fn with_gradient(pictures: &Tensor<4>, cost: impl FnOnce(Tensor<4>) -> Tensor<1>) -> (Tensor<1>, Tensor<4>) {
    let leaf = pictures.clone().detach().require_grad();
    let cost = cost(leaf.clone());
    let gradients = cost.backward();
    (cost.inner(), leaf.grad(&gradients).expect("a cost of the pictures"))
}

/// The length of a gradient, `[1]`.
fn length(gradient: Tensor<4>) -> Tensor<1> {
    gradient.square().sum().sqrt()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use burn::module::{ModuleVisitor, Param};
    use burn::optim::GradientsParams;
    use burn::tensor::Device;

    use super::*;
    use crate::nn::baselines::{AutoencoderConfig, DiscriminatorConfig};
    use crate::nn::fresh_weights;
    use crate::training::batches::Batch;

    const SIDE: usize = 16;

    fn batch() -> Batch {
        let count = 2 * SIDE * SIDE;
        let wave = |step: f32| (0..count).map(|at| (at as f32 * step).sin()).collect::<Vec<f32>>();
        Batch {
            step: 0,
            strips: 2,
            rows: SIDE,
            columns: SIDE,
            channels: 1,
            planes: 0,
            image: wave(0.37),
            condition: Vec::new(),
            style: Vec::new(),
            loss_weights: vec![1.0; count],
            noise: wave(1.71),
            levels: Vec::new(),
        }
    }

    /// The gradients of a cost by the names of a network's tensors.
    fn gradients<M: Module>(cost: &Tensor<1>, network: &M) -> BTreeMap<String, Vec<f32>> {
        struct Reading {
            gradients: GradientsParams,
            path: Vec<String>,
            found: BTreeMap<String, Vec<f32>>,
        }
        impl ModuleVisitor for Reading {
            fn enter_module(&mut self, name: &str, _container: &str) {
                self.path.push(name.to_owned());
            }

            fn exit_module(&mut self, _name: &str, _container: &str) {
                self.path.pop();
            }

            fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
                if let Some(gradient) = self.gradients.remove::<D>(param.id) {
                    let values = gradient.into_data().iter::<f32>().collect();
                    self.found.insert(self.path.join("."), values);
                }
            }
        }
        let gradients = GradientsParams::from_grads(cost.backward(), network);
        let mut reading = Reading { gradients, path: Vec::new(), found: BTreeMap::new() };
        network.visit(&mut reading);
        reading.found
    }

    fn length_of(values: &[f32]) -> f64 {
        values.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>().sqrt()
    }

    #[test]
    fn the_verdict_is_added_with_a_gradient_of_the_length_that_is_asked_for() {
        let device = Device::flex().autodiff();
        let shape = AutoencoderConfig {
            channels: 8,
            groups: 4,
            blocks_per_level: 1,
            middle_attention: false,
            ..AutoencoderConfig::paper()
        };
        let network = fresh_weights::drawn(shape.init(&device), 3);
        let config = DiscriminatorConfig { image_channels: 1, channels: 4, layers: 2 };
        let discriminator = config.init(4, &device);
        let task = Adversary { network: config, start: 0, weight: 0.5 };
        let batch = batch();
        let shown = Shown { batch: &batch, device: &device };

        // Each part by a pass of its own.
        let made = || {
            let pictures = shown.pictures();
            let posterior = shown.posterior_of(&network, &pictures);
            (network.decode(shown.codes_of(&posterior)), posterior, pictures)
        };
        let (decoded, posterior, pictures) = made();
        let likelihood = shown.likelihood(decoded, pictures, network.output_log_variance());
        let own = (likelihood + shown.divergence(&posterior)).mean();
        let verdict = verdict_loss(discriminator.forward(made().0));
        let number = |tensor: &Tensor<1>| f64::from(tensor.clone().inner().into_scalar::<f32>());
        let (own_value, verdict_value) = (number(&own), number(&verdict));
        let (of_own, of_verdict) = (gradients(&own, &network), gradients(&verdict, &network));
        let last = "decoder.conv_out.weight";
        let pixels = (SIDE * SIDE) as f64;
        let ratio = pixels * length_of(&of_own[last]) / (length_of(&of_verdict[last]) + LEAST_GRADIENT);
        let weight = ratio.clamp(0.0, MAX_RATIO) * task.weight / pixels;
        assert!(weight > 0.0, "{weight}");

        let Faced { loss, opponents } = shown.faced(&network, &discriminator, &task);
        let expected = own_value + weight * verdict_value;
        assert!((number(&loss) - expected).abs() < 1e-4 * expected.abs().max(1.0), "{expected}");
        let found = gradients(&loss, &network);
        for name in [last, "encoder.conv_in.weight", "moments.weight"] {
            let parts = of_own[name].iter().zip(&of_verdict[name]);
            let expected: Vec<f32> = parts.map(|(&own, &judged)| own + weight as f32 * judged).collect();
            let off: Vec<f32> = found[name].iter().zip(&expected).map(|(a, b)| a - b).collect();
            assert!(length_of(&off) < 1e-3 * length_of(&expected), "{name}");
        }
        // The discriminator learns by its own cost alone, and nobody else by that.
        let of_opponent = gradients(&opponents, &discriminator);
        assert!(of_opponent.values().any(|values| length_of(values) > 0.0));
        let Faced { loss, opponents } = shown.faced(&network, &discriminator, &task);
        assert!(gradients(&loss, &discriminator).is_empty() && gradients(&opponents, &network).is_empty());
    }
}
