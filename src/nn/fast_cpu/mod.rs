//! The network on a CPU, several times faster than burn's general operators.
//!
//! A picture must follow the brush on two cores, and a training must end. These are the two operators where the
//! time goes, convolution and group norm with SiLU, for burn's CPU backend, with gradients (`learning`) and
//! without; each function answers `None` where it does not apply (another backend, a shape it does not know), and
//! the caller then takes burn's way. Tests hold both ways together.

mod convolution;
mod convolution_gradients;
mod doubled;
mod lanes;
mod learning;
mod normalisation;
pub mod one_hot;
mod primitives;

use std::ops::Range;

use burn::nn::PaddingConfig2d;
use burn::nn::conv::Conv2d;
use burn::tensor::Tensor;
use rayon::prelude::*;

use super::kernels;
use convolution::{Convolution, Shape};
use normalisation::Affine;
use one_hot::{Before, OneHot};
use primitives::{Norm, OnFlex, convolve_values, norm_values, to_primitive, to_tensor};

/// Name of the vector unit that this processor computes with: sums are taken in its order.
pub fn vector_unit() -> &'static str {
    lanes::Unit::widest().name()
}

/// Computes with a vector unit of this processor, by its name in any spelling ("avx2", "AVX-512"), in place of the widest.
///
/// # Errors
/// In words, if the processor has no such unit, or something was computed with another one before.
pub fn choose_vector_unit(name: &str) -> Result<(), String> {
    lanes::Unit::choose(name)
}

/// [`Conv2d::forward`], by the fast way where there is one.
pub fn forward(conv: &Conv2d, x: Tensor<4>) -> Tensor<4> {
    let parts = || (conv.weight.val(), conv.bias.as_ref().map(|bias| bias.val()), conv.stride[0]);
    let by_ours = || {
        let (weight, bias, stride) = parts();
        convolve(&x, weight, bias, stride).or_else(|| {
            let (weight, bias, stride) = parts();
            kernels::convolve(&x, weight, bias, stride)
        })
    };
    is_plain(conv).then(by_ours).flatten().unwrap_or_else(|| conv.forward(x))
}

/// Padded by half its square kernel, and nothing else.
fn is_plain(conv: &Conv2d) -> bool {
    conv.groups == 1
        && conv.dilation == [1, 1]
        && conv.stride[0] == conv.stride[1]
        && match conv.padding {
            PaddingConfig2d::Explicit(top, left, bottom, right) => {
                [top, left, bottom, right] == [conv.kernel_size[0] / 2; 4]
            }
            PaddingConfig2d::Valid => conv.kernel_size == [1, 1],
            PaddingConfig2d::Same => false,
        }
}

/// A plain 3x3 convolution at stride one of `x` with its sides doubled by nearest neighbour, without gradients: equal
/// to that but for rounding.
pub fn convolve_doubled(conv: &Conv2d, x: &Tensor<4>) -> Option<Tensor<4>> {
    let [batch, channels_in, height, width] = x.dims();
    let (x, weight) = (OnFlex::of(x.clone())?, OnFlex::of(conv.weight.val())?);
    let bias = match &conv.bias {
        Some(bias) => Some(OnFlex::of(bias.val())?),
        None => None,
    };
    let [channels_out, _, kernel, _] = conv.weight.dims();
    let shape = Shape { channels_in, channels_out, height, width, kernel, stride: conv.stride[0] };
    if !is_plain(conv) || !doubled::is_supported(shape) || batch == 0 {
        return None;
    }
    let bias = bias.as_ref().map(OnFlex::values);
    let output = doubled::convolve(shape, weight.values(), bias, x.values());
    Some(to_tensor(to_primitive(output, [batch, channels_out, 2 * height, 2 * width])))
}

/// A 3x3 convolution of one-hot planes behind an unshuffle, `[1, channels_out, height / block, width / block]`, the
/// same to the bit as by products; without gradients. `before`: the output of a mask that differs in a box of pixels
/// only.
pub fn convolve_one_hot(
    one_hot: &OneHot,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    before: Option<(&Tensor<4>, &[Range<usize>; 2])>,
) -> Option<Tensor<4>> {
    let [channels_out, channels_in, kernel, _] = weight.dims();
    let shape = [1, channels_out, one_hot.height / one_hot.block, one_hot.width / one_hot.block];
    if kernel != 3 || channels_in != one_hot.values.len() * one_hot.block * one_hot.block {
        return None;
    }
    let weight = OnFlex::of(weight)?;
    let bias = match bias {
        Some(bias) => Some(OnFlex::of(bias)?),
        None => None,
    };
    let before = match before {
        Some((output, changed)) if output.dims() == shape => {
            Some((OnFlex::of(output.clone())?, changed.clone()))
        }
        _ => None,
    };
    let before =
        before.as_ref().map(|(output, changed)| Before { output: output.values(), changed: changed.clone() });
    let output = one_hot::convolve(one_hot, weight.values(), bias.as_ref().map(OnFlex::values), before);
    Some(to_tensor(to_primitive(output, shape)))
}

/// A convolution padded by half its square kernel; shapes as in [`burn::tensor::module::conv2d`].
pub fn convolve(
    x: &Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    stride: usize,
) -> Option<Tensor<4>> {
    let [batch, channels_in, height, width] = x.dims();
    let [channels_out, _, kernel, kernel_width] = weight.dims();
    let shape = Shape { channels_in, channels_out, height, width, kernel, stride };
    if kernel != kernel_width || !shape.is_supported() || batch == 0 {
        return None;
    }
    if let Some(tracked) = learning::convolve(x, &weight, bias.as_ref(), shape) {
        return Some(tracked);
    }
    let x = OnFlex::of(x.clone())?;
    let weight = OnFlex::of(weight)?;
    let bias = match bias {
        Some(bias) => Some(OnFlex::of(bias)?),
        None => None,
    };
    Some(to_tensor(convolve_values(shape, &x, &weight, bias.as_ref())))
}

/// Group norm, then `factor` and `offset` (`[batch or 1, channels]`), then SiLU where asked for.
pub fn group_norm_act(
    x: &Tensor<4>,
    factor: Tensor<2>,
    offset: Tensor<2>,
    groups: usize,
    epsilon: f64,
    silu: bool,
) -> Option<Tensor<4>> {
    let [batch, channels, _, _] = x.dims();
    let factor = factor.expand([batch, channels]);
    let offset = offset.expand([batch, channels]);
    let norm = Norm { groups, epsilon: epsilon as f32, silu };
    if let Some(tracked) = learning::group_norm_act(x, &factor, &offset, norm) {
        return Some(tracked);
    }
    let (x, factor, offset) = (OnFlex::of(x.clone())?, OnFlex::of(factor)?, OnFlex::of(offset)?);
    Some(to_tensor(norm_values(norm, &x, &factor, &offset)))
}

/// A group norm with SiLU and the plain 3x3 convolution at stride one behind it, without gradients: the same to the bit
/// as one after the other, but normal values are written once, where the convolution reads them. `affine`: factors and
/// offsets as in [`group_norm_act`].
pub fn norm_act_convolve(
    conv: &Conv2d,
    x: &Tensor<4>,
    affine: impl FnOnce() -> [Tensor<2>; 2],
    groups: usize,
    epsilon: f64,
) -> Option<Tensor<4>> {
    let [batch, channels_in, height, width] = x.dims();
    let [channels_out, _, kernel, _] = conv.weight.dims();
    let shape = Shape { channels_in, channels_out, height, width, kernel, stride: conv.stride[0] };
    if !is_plain(conv) || !shape.takes_border() || batch == 0 {
        return None;
    }
    let x = OnFlex::of(x.clone())?;
    let weight = OnFlex::of(conv.weight.val())?;
    let bias = match &conv.bias {
        Some(bias) => Some(OnFlex::of(bias.val())?),
        None => None,
    };
    let [factor, offset] = affine().map(|of_norm| OnFlex::of(of_norm.expand([batch, channels_in])));
    let (factor, offset) = (factor?, offset?);
    let convolution = Convolution::new(shape, weight.values(), bias.as_ref().map(OnFlex::values));
    let (pixels, bordered) = (height * width, (height + 2) * (width + 2));
    let mut output = vec![0.0; batch * channels_out * pixels];
    let affines =
        factor.values().par_chunks_exact(channels_in).zip(offset.values().par_chunks_exact(channels_in));
    let pictures = x.values().par_chunks_exact(channels_in * pixels);
    pictures.zip(output.par_chunks_exact_mut(channels_out * pixels)).zip(affines).for_each(
        |((picture, output), (factor, offset))| {
            let affine = Affine { factor, offset };
            let mut planes = vec![0.0; channels_in * bordered];
            let sides = [height, width];
            normalisation::group_norm_silu_bordered(
                picture,
                sides,
                groups,
                epsilon as f32,
                &affine,
                &mut planes,
            );
            convolution.apply_to_bordered(&planes, output);
        },
    );
    Some(to_tensor(to_primitive(output, [batch, channels_out, height, width])))
}
