//! Group normalisation with its modulation and activation, in one place.
//!
//! On a CPU these elementwise chains cost as much as the convolutions, so everything that is constant
//! over a channel is folded into one multiply-add: `silu((x - mean) * a + b)` where `a` and `b` are
//! `[batch, channels, 1, 1]`. Inference on a CPU takes the fused kernel of [`fast_cpu`] instead.

use burn::module::{Initializer, Module, Param};
use burn::tensor::{DType, Device, Tensor, activation};

use super::fast_cpu;

/// Learnt group normalisation, followed by SiLU where asked for.
#[derive(Module, Debug)]
pub struct NormAct {
    /// Scale per channel, `[channels]`.
    pub gamma: Param<Tensor<1>>,
    /// Offset per channel, `[channels]`.
    pub beta: Param<Tensor<1>>,
    groups: usize,
    epsilon: f64,
}

/// What the time embedding does to a normalised map: `y * (1 + scale) + shift`, each `[batch, channels]`.
pub struct Modulation {
    /// `[batch, channels]`.
    pub scale: Tensor<2>,
    /// `[batch, channels]`.
    pub shift: Tensor<2>,
}

impl NormAct {
    /// Starts as plain normalisation (scale one, offset zero).
    pub fn new(channels: usize, groups: usize, epsilon: f64, device: &Device) -> Self {
        assert!(groups > 0 && channels.is_multiple_of(groups), "{channels} channels in {groups} groups");
        Self {
            gamma: Initializer::Ones.init([channels], device),
            beta: Initializer::Zeros.init([channels], device),
            groups,
            epsilon,
        }
    }

    /// `silu(norm(x))`, `[batch, channels, height, width]`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        group_norm_act(x, self.gamma.val(), self.beta.val(), self.groups, self.epsilon, None, true)
    }

    /// `silu(norm(x) * (1 + scale) + shift)`.
    pub fn forward_modulated(&self, x: Tensor<4>, modulation: Modulation) -> Tensor<4> {
        let (gamma, beta) = (self.gamma.val(), self.beta.val());
        group_norm_act(x, gamma, beta, self.groups, self.epsilon, Some(modulation), true)
    }

    /// `norm(x)` without the activation, as attention wants it.
    pub fn forward_linear(&self, x: Tensor<4>) -> Tensor<4> {
        group_norm_act(x, self.gamma.val(), self.beta.val(), self.groups, self.epsilon, None, false)
    }
}

/// Group normalisation (biased variance, as in PyTorch), optional modulation, optional SiLU.
///
/// `x`: `[batch, channels, height, width]`; `gamma`, `beta`: `[channels]`.
pub fn group_norm_act(
    x: Tensor<4>,
    gamma: Tensor<1>,
    beta: Tensor<1>,
    groups: usize,
    epsilon: f64,
    modulation: Option<Modulation>,
    silu: bool,
) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    let per_group = channels / groups;
    // Sums over a map leave the range of half precision.
    let dtype = x.dtype();
    let (x, gamma, beta) = (x.cast(DType::F32), gamma.cast(DType::F32), beta.cast(DType::F32));

    let mut factor = gamma.unsqueeze::<2>();
    let mut offset = beta.unsqueeze::<2>();
    if let Some(Modulation { scale, shift }) = modulation {
        let (scale, shift) = (scale.cast(DType::F32), shift.cast(DType::F32));
        let gain = scale.add_scalar(1.0);
        factor = factor * gain.clone();
        offset = offset * gain + shift;
    }
    if let Some(fast) = fast_cpu::group_norm_act(&x, factor.clone(), offset.clone(), groups, epsilon, silu) {
        return fast.cast(dtype);
    }

    let grouped = x.reshape([batch, groups, per_group * height * width]);
    let mean = grouped.clone().mean_dim(2);
    let centred = grouped - mean;
    let variance = centred.clone().square().mean_dim(2);

    let inverse_deviation = variance
        .add_scalar(epsilon)
        .sqrt()
        .recip()
        .expand([batch, groups, per_group])
        .reshape([batch, channels]);
    let factor = inverse_deviation * factor;
    let rows = offset.dims()[0];

    let normalised = centred.reshape([batch, channels, height, width])
        * factor.reshape([batch, channels, 1, 1])
        + offset.reshape([rows, channels, 1, 1]);
    let output = if silu { activation::silu(normalised) } else { normalised };
    output.cast(dtype)
}
