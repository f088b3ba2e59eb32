//! The diffusion time as a vector: sinusoids through a two-layer perceptron.

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor, activation};

/// Longest period of the sinusoids, for times in `0..=1000` (Vaswani et al. 2017; Ho et al. 2020).
const MAX_PERIOD: f64 = 10_000.0;

/// Sinusoid, linear, SiLU, linear.
#[derive(Module, Debug)]
pub struct TimeEmbedding {
    linear_1: Linear,
    linear_2: Linear,
    sinusoid_channels: usize,
}

impl TimeEmbedding {
    /// `sinusoid_channels` must be even.
    pub fn new(sinusoid_channels: usize, time_channels: usize, device: &Device) -> Self {
        assert!(sinusoid_channels.is_multiple_of(2), "cosines and sines come in pairs");
        Self {
            linear_1: LinearConfig::new(sinusoid_channels, time_channels).init(device),
            linear_2: LinearConfig::new(time_channels, time_channels).init(device),
            sinusoid_channels,
        }
    }

    /// `time`: `[batch]`, in `0..=1000`. Returns `[batch, time_channels]`, already through the SiLU that
    /// every residual block would otherwise apply again.
    pub fn forward(&self, time: Tensor<1>) -> Tensor<2> {
        // The sinusoids in single precision: half of it cannot tell 999 from 999.4.
        let sinusoid = sinusoid(time, self.sinusoid_channels).cast(self.linear_1.weight.dtype());
        let hidden = activation::silu(self.linear_1.forward(sinusoid));
        activation::silu(self.linear_2.forward(hidden))
    }
}

/// `[cos(t f_0), .., sin(t f_0), ..]` with `f_i = MAX_PERIOD^(-i / half)`: cosines first, as diffusers'
/// `flip_sin_to_cos` does with `freq_shift` 0. `time`: `[batch]`; returns `[batch, channels]`.
pub fn sinusoid(time: Tensor<1>, channels: usize) -> Tensor<2> {
    let half = channels / 2;
    let frequencies: Vec<f32> =
        (0..half).map(|index| (-MAX_PERIOD.ln() * index as f64 / half as f64).exp() as f32).collect();
    let frequencies = Tensor::<1>::from_floats(frequencies.as_slice(), &time.device());
    let phase = time.unsqueeze_dim::<2>(1) * frequencies.unsqueeze::<2>();
    Tensor::cat(vec![phase.clone().cos(), phase.sin()], 1)
}
