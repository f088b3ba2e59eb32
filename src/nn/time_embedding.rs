//! The diffusion time as a vector: sinusoids through a two-layer perceptron; and with it the style of the scan,
//! which like the time says something of the whole picture.

use burn::module::{Initializer, Module};
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor, activation};

/// Longest period of the sinusoids, for times in `0..=1000` (Vaswani et al. 2017; Ho et al. 2020).
const MAX_PERIOD: f64 = 10_000.0;

/// Sinusoid, linear, SiLU, linear, plus a linear map of the style (as diffusers adds its class embedding), SiLU.
#[derive(Module, Debug)]
pub struct TimeEmbedding {
    linear_1: Linear,
    linear_2: Linear,
    /// Without bias and zero at first: no style at all is a style of zeros, and a network can grow this part.
    style: Option<Linear>,
    sinusoid_channels: usize,
}

impl TimeEmbedding {
    /// `sinusoid_channels` must be even; `style_channels` may be 0.
    pub fn new(
        sinusoid_channels: usize,
        time_channels: usize,
        style_channels: usize,
        device: &Device,
    ) -> Self {
        assert!(sinusoid_channels.is_multiple_of(2), "cosines and sines come in pairs");
        Self {
            linear_1: LinearConfig::new(sinusoid_channels, time_channels).init(device),
            linear_2: LinearConfig::new(time_channels, time_channels).init(device),
            style: (style_channels > 0).then(|| {
                LinearConfig::new(style_channels, time_channels)
                    .with_bias(false)
                    .with_initializer(Initializer::Zeros)
                    .init(device)
            }),
            sinusoid_channels,
        }
    }

    /// What a style, `[batch or 1, style_channels]`, adds to the embedding.
    ///
    /// # Panics
    /// If the network knows no style.
    pub fn style_features(&self, style: Tensor<2>) -> Tensor<2> {
        let linear = self.style.as_ref().expect("a network with style channels");
        linear.forward(style.cast(linear.weight.dtype()))
    }

    /// `time`: `[batch]`, in `0..=1000`; `style`: [`TimeEmbedding::style_features`], if there are any. Returns `[batch, time_channels]`, already through the SiLU that
    /// every residual block would otherwise apply again.
    pub fn forward(&self, time: Tensor<1>, style: Option<&Tensor<2>>) -> Tensor<2> {
        // The sinusoids in single precision: half of it cannot tell 999 from 999.4.
        let sinusoid = sinusoid(time, self.sinusoid_channels).cast(self.linear_1.weight.dtype());
        let hidden = activation::silu(self.linear_1.forward(sinusoid));
        let embedding = self.linear_2.forward(hidden);
        activation::silu(match style {
            Some(style) => embedding + style.clone(),
            None => embedding,
        })
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
