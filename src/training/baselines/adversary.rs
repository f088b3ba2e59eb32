//! The autoencoder of latent diffusion against its discriminator, as published (CompVis, `LPIPSWithDiscriminator`): from
//! a step on, the verdict on what it decodes is added to its loss, weighted so that in the decoder's last convolution its
//! gradient is [`Adversary::weight`](super::Adversary::weight) times as long as that of the likelihood.

use burn::module::Module;
use burn::tensor::Tensor;

use super::learner::{Shown, likelihood};
use super::perceptual::looks_apart;
use crate::nn::baselines::{Autoencoder, hinge_loss, verdict_loss};
use crate::training::config::RunConfig;
use crate::training::learner::{Company, Faced};

/// Added to the length of the verdict's gradient.
const LEAST_GRADIENT: f64 = 1e-4;
/// The most that one gradient may be over the other, of a likelihood summed over pixels.
const MAX_RATIO: f64 = 1e4;

impl Shown<'_> {
    /// What an autoencoder loses by a batch in its company, and its discriminator by that; neither reaches the other's
    /// weights.
    pub(super) fn faced(&self, network: &Autoencoder, company: &Company, config: &RunConfig) -> Faced {
        let pictures = self.pictures();
        let posterior = self.posterior_of(network, &pictures);
        let latents = self.codes_of(&posterior);
        let features = network.features(latents);
        let made = network.picture_of(features.clone());
        let by_looks = company.lpips.zip(config.perceptual());
        let cost = |made: Tensor<4>, width: Tensor<1>| {
            let missed = self.missed(made.clone(), pictures.clone());
            let missed = match by_looks {
                Some((lpips, term)) => {
                    missed + looks_apart(lpips, made, pictures.clone()).mul_scalar(term.weight)
                }
                None => missed,
            };
            likelihood(missed, width)
        };
        let width = network.output_log_variance();
        let own = (cost(made.clone(), width.clone()) + self.divergence(&posterior)).mean();
        let Some((discriminator, task)) = company.opponent.zip(config.adversary()) else {
            return Faced { loss: own, opponents: None };
        };

        let (_, of_likelihood) = with_gradient(&made, |made| cost(made, width.inner()).mean());
        let judge = discriminator.valid();
        let (verdict, of_verdict) = with_gradient(&made, |made| verdict_loss(judge.forward(made)));
        let [of_likelihood_there, of_verdict_there] = [of_likelihood, of_verdict.clone()]
            .map(|gradient| length(network.last_gradient(features.clone(), gradient)));
        let weight = self.weight_of_verdict(of_likelihood_there, of_verdict_there, task.weight);
        // A number whose gradient is the verdict's, and whose value is, too: the discriminator is passed through once.
        let pull = (made.clone() * of_verdict).sum();
        let judged = pull.clone() - pull.inner() + verdict;
        let verdicts = [pictures, made.detach()].map(|seen| discriminator.forward(seen));
        let [of_real, of_made] = verdicts;
        Faced { loss: own + judged * weight, opponents: Some(hinge_loss(of_real, of_made)) }
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

    use super::super::task::{Adversary, BaselineTask, PerceptualTerm};
    use super::*;
    use crate::nn::baselines::{AutoencoderConfig, DiscriminatorConfig};
    use crate::nn::perceptual::{Lpips, TrunkKind};
    use crate::nn::{BaselineConfig, fresh_weights, weights};
    use crate::training::batches::Batch;

    const SIDE: usize = 32;

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

    fn autoencoder() -> AutoencoderConfig {
        AutoencoderConfig {
            channels: 8,
            groups: 4,
            blocks_per_level: 1,
            middle_attention: false,
            ..AutoencoderConfig::paper()
        }
    }

    /// The configuration of a run of that autoencoder.
    fn config(adversary: Option<Adversary>, perceptual: Option<PerceptualTerm>) -> RunConfig {
        let task = BaselineTask::new(BaselineConfig::Autoencoder(autoencoder()));
        RunConfig { baseline: Some(BaselineTask { adversary, perceptual, ..task }), ..RunConfig::live() }
    }

    fn number(tensor: &Tensor<1>) -> f64 {
        f64::from(tensor.clone().inner().into_scalar::<f32>())
    }

    fn length_of(values: &[f32]) -> f64 {
        values.iter().map(|&value| f64::from(value).powi(2)).sum::<f64>().sqrt()
    }

    #[test]
    fn the_verdict_is_added_with_a_gradient_of_the_length_that_is_asked_for() {
        let device = Device::flex().autodiff();
        let network = fresh_weights::drawn(autoencoder().init(&device), 3);
        let shape = DiscriminatorConfig { image_channels: 1, channels: 4, layers: 2 };
        let discriminator = shape.init(4, &device);
        let task = Adversary { network: shape, start: 0, weight: 0.5 };
        let config = config(Some(task.clone()), None);
        let company = Company { opponent: Some(&discriminator), lpips: None };
        let batch = batch();
        let shown = Shown { batch: &batch, device: &device };

        // Each part by a pass of its own.
        let made = || {
            let pictures = shown.pictures();
            let posterior = shown.posterior_of(&network, &pictures);
            (network.decode(shown.codes_of(&posterior)), posterior, pictures)
        };
        let (decoded, posterior, pictures) = made();
        let missed = shown.missed(decoded, pictures);
        let own = likelihood(missed, network.output_log_variance()) + shown.divergence(&posterior);
        let own = own.mean();
        let verdict = verdict_loss(discriminator.forward(made().0));
        let (own_value, verdict_value) = (number(&own), number(&verdict));
        let (of_own, of_verdict) = (gradients(&own, &network), gradients(&verdict, &network));
        let last = "decoder.conv_out.weight";
        let pixels = (SIDE * SIDE) as f64;
        let ratio = pixels * length_of(&of_own[last]) / (length_of(&of_verdict[last]) + LEAST_GRADIENT);
        let weight = ratio.clamp(0.0, MAX_RATIO) * task.weight / pixels;
        assert!(weight > 0.0, "{weight}");

        let Faced { loss, opponents } = shown.faced(&network, &company, &config);
        let opponents = opponents.unwrap();
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
        let Faced { loss, opponents } = shown.faced(&network, &company, &config);
        assert!(gradients(&loss, &discriminator).is_empty());
        assert!(gradients(&opponents.unwrap(), &network).is_empty());
    }

    /// Values of tests/reference/compared_losses.py: an ordinary one, one that is held at most, and nothing to weigh.
    #[test]
    fn a_verdict_has_the_published_weight() {
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/reference/compared_losses.json")).unwrap();
        let device = Device::flex();
        for case in golden["weight_of_verdict"].as_array().unwrap() {
            let [of_likelihood, of_verdict, weight, pixels, expected] =
                [0, 1, 2, 3, 4].map(|at| case[at].as_f64().unwrap());
            let batch = Batch { rows: pixels as usize, columns: 1, ..batch() };
            let length = |value: f64| Tensor::<1>::from_floats([value as f32], &device);
            let shown = Shown { batch: &batch, device: &device };
            let found = shown.weight_of_verdict(length(of_likelihood), length(of_verdict), weight);
            let found = f64::from(found.into_scalar::<f32>());
            assert!((found - expected).abs() <= 1e-5 * expected, "{case}: {found}");
        }
    }

    #[test]
    fn lpips_is_added_to_what_is_missed_and_has_a_gradient_everywhere() {
        let device = Device::flex().autodiff();
        let network = fresh_weights::drawn(autoencoder().init(&device), 3);
        let batch = batch();
        let shown = Shown { batch: &batch, device: &device };
        let lpips = fresh_weights::drawn(Lpips::new(TrunkKind::Alex, &Device::flex()), 5);
        let by = |lpips: &Lpips, weight: f64| {
            let term = PerceptualTerm { sha256: String::new(), weight };
            let company = Company { opponent: None, lpips: Some(lpips) };
            let Faced { loss, opponents } = shown.faced(&network, &company, &config(None, Some(term)));
            assert!(opponents.is_none());
            loss
        };
        let of = |weight: f64| by(&lpips, weight);
        let plain = number(&shown.autoencoder(&network).mean());
        assert!((number(&of(0.0)) - plain).abs() < 1e-6 * plain.abs().max(1.0));
        let pictures = shown.pictures();
        let posterior = shown.posterior_of(&network, &pictures);
        let made = network.decode(shown.codes_of(&posterior));
        // The width of a fresh likelihood is one.
        let apart = number(&looks_apart(&lpips, made, pictures).mean());
        assert!(apart != 0.0 && (number(&of(2.0)) - (plain + 2.0 * apart)).abs() < 1e-4);
        // Maps in which nothing is lit have no direction.
        let dark = weights::shapes(&lpips).into_iter();
        let dark = dark.map(|(name, shape)| (name, vec![0.0; shape.iter().product()])).collect();
        let dark = weights::assign(lpips.clone(), dark);
        let found = gradients(&by(&dark, 2.0), &network);
        assert!(found.values().flatten().all(|value| value.is_finite()));
        let found = gradients(&of(2.0), &network);
        assert_ne!(
            found["decoder.conv_out.weight"],
            gradients(&of(0.0), &network)["decoder.conv_out.weight"]
        );
    }
}
