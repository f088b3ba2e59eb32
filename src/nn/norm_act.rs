//! Group normalisation with its modulation and activation, in one place.
//!
//! On a CPU these elementwise chains cost as much as the convolutions, so everything that is constant
//! over a channel is folded into one multiply-add: `silu((x - mean) * a + b)` where `a` and `b` are
//! `[batch, channels, 1, 1]`. Inference on a CPU takes the fused kernel of [`fast_cpu`] instead.

use burn::module::{Initializer, Module, Param};
use burn::nn::conv::Conv2d;
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

    /// `conv(silu(norm(x) * (1 + scale) + shift))`, by the way that writes what is between once where there is one.
    pub fn forward_into(&self, conv: &Conv2d, x: Tensor<4>, modulation: Option<Modulation>) -> Tensor<4> {
        let (gamma, beta) = (self.gamma.val(), self.beta.val());
        let of_norm = || affine(gamma.clone(), beta.clone(), modulation.as_ref());
        let fused = fast_cpu::norm_act_convolve(conv, &x, of_norm, self.groups, self.epsilon);
        if let Some(fused) = fused {
            return fused;
        }
        let normal = group_norm_act(x, gamma, beta, self.groups, self.epsilon, modulation, true);
        fast_cpu::forward(conv, normal)
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
    let x = x.cast(DType::F32);
    let [factor, offset] = affine(gamma, beta, modulation.as_ref());
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

/// What normal values are multiplied with, and what is then added to them: `[1 or batch, channels]` in single precision.
fn affine(gamma: Tensor<1>, beta: Tensor<1>, modulation: Option<&Modulation>) -> [Tensor<2>; 2] {
    let (factor, offset) = (gamma.cast(DType::F32).unsqueeze::<2>(), beta.cast(DType::F32).unsqueeze::<2>());
    let Some(Modulation { scale, shift }) = modulation else { return [factor, offset] };
    let (scale, shift) = (scale.clone().cast(DType::F32), shift.clone().cast(DType::F32));
    let gain = scale.add_scalar(1.0);
    [factor * gain.clone(), offset * gain + shift]
}
