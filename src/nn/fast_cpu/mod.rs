//! Inference on a CPU, several times faster than burn's general operators.
//!
//! A picture must follow the brush on two cores. These are the two operators where the time goes,
//! convolution and group norm with SiLU, for burn's CPU backend and without gradients; each function
//! answers `None` where it does not apply (another backend, autodiff, a shape it does not know), and the
//! caller then takes burn's way. Tests hold both ways together.

mod convolution;
mod lanes;
mod normalisation;

use burn::nn::PaddingConfig2d;
use burn::nn::conv::Conv2d;
use burn::tensor::{Tensor, TensorData};
use burn_flex::{Flex, FlexTensor};

use convolution::Shape;
use normalisation::Affine;

/// [`Conv2d::forward`], by the fast way where there is one.
pub fn forward(conv: &Conv2d, x: Tensor<4>) -> Tensor<4> {
    let is_plain = conv.groups == 1
        && conv.dilation == [1, 1]
        && conv.stride[0] == conv.stride[1]
        && match conv.padding {
            PaddingConfig2d::Explicit(top, left, bottom, right) => {
                [top, left, bottom, right] == [conv.kernel_size[0] / 2; 4]
            }
            PaddingConfig2d::Valid => conv.kernel_size == [1, 1],
            PaddingConfig2d::Same => false,
        };
    is_plain
        .then(|| convolve(&x, conv.weight.val(), conv.bias.as_ref().map(|bias| bias.val()), conv.stride[0]))
        .flatten()
        .unwrap_or_else(|| conv.forward(x))
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
    let x = OnFlex::of(x.clone())?;
    let weight = OnFlex::of(weight)?;
    let bias = match bias {
        Some(bias) => Some(OnFlex::of(bias)?),
        None => None,
    };
    let bias = bias.as_ref().map(OnFlex::values);
    let pictures = x.values().chunks_exact(channels_in * height * width);
    let mut output = Vec::new();
    for picture in pictures {
        let convolved = convolution::convolve(shape, picture, weight.values(), bias);
        if batch == 1 {
            output = convolved;
        } else {
            output.extend(convolved);
        }
    }
    Some(to_tensor(output, [batch, channels_out, shape.height_out(), shape.width_out()]))
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
    let [batch, channels, height, width] = x.dims();
    let shape = x.dims();
    let x = OnFlex::of(x.clone())?;
    let factor = OnFlex::of(factor.expand([batch, channels]))?;
    let offset = OnFlex::of(offset.expand([batch, channels]))?;
    let affines = factor.values().chunks_exact(channels).zip(offset.values().chunks_exact(channels));
    let mut output = Vec::new();
    for (picture, (factor, offset)) in x.values().chunks_exact(channels * height * width).zip(affines) {
        let affine = Affine { factor, offset };
        let normalised = normalisation::group_norm_act(picture, groups, epsilon as f32, &affine, silu);
        if batch == 1 {
            output = normalised;
        } else {
            output.extend(normalised);
        }
    }
    Some(to_tensor(output, shape))
}

/// A tensor of `f32` on burn's CPU backend, outside of autodiff, its values in order.
struct OnFlex(FlexTensor);

impl OnFlex {
    fn of<const D: usize>(tensor: Tensor<D>) -> Option<Self> {
        let tensor = tensor.try_into_primitive::<Flex>().ok()?;
        let tensor = if tensor.as_slice::<f32>().is_some() { tensor } else { tensor.to_contiguous() };
        tensor.as_slice::<f32>().is_some().then_some(Self(tensor))
    }

    fn values(&self) -> &[f32] {
        self.0.as_slice().expect("checked when it was made")
    }
}

fn to_tensor(values: Vec<f32>, shape: [usize; 4]) -> Tensor<4> {
    Tensor::from_primitive::<Flex>(FlexTensor::from_data(TensorData::new(values, shape)))
}
