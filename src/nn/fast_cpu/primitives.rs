//! The fast operators on tensors of burn's CPU backend, outside of autodiff: what a picture is drawn with, and what the
//! nodes of [`super::learning`] compute.

use burn::backend::TensorMetadata;
use burn::tensor::{DType, Tensor, TensorData};
use burn_flex::{Flex, FlexTensor};
use rayon::prelude::*;

use super::convolution::{Convolution, Shape};
use super::normalisation::{self, Affine};

/// A tensor of `f32` on burn's CPU backend, outside of autodiff, its values in order.
pub(super) struct OnFlex(FlexTensor);

impl OnFlex {
    pub fn of<const D: usize>(tensor: Tensor<D>) -> Option<Self> {
        Self::of_primitive(tensor.try_into_primitive::<Flex>().ok()?)
    }

    pub fn of_primitive(tensor: FlexTensor) -> Option<Self> {
        let tensor = if tensor.as_slice::<f32>().is_some() { tensor } else { tensor.to_contiguous() };
        tensor.as_slice::<f32>().is_some().then_some(Self(tensor))
    }

    pub fn is_single(tensor: &FlexTensor) -> bool {
        tensor.dtype() == DType::F32
    }

    pub fn values(&self) -> &[f32] {
        self.0.as_slice().expect("checked when it was made")
    }

    pub fn dims(&self) -> Vec<usize> {
        self.0.shape().to_vec()
    }
}

pub(super) fn to_primitive<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

pub(super) fn to_tensor(tensor: FlexTensor) -> Tensor<4> {
    Tensor::from_primitive::<Flex>(tensor)
}

/// A convolution padded by half its square kernel.
pub(super) fn convolve_values(
    shape: Shape,
    x: &OnFlex,
    weight: &OnFlex,
    bias: Option<&OnFlex>,
) -> FlexTensor {
    let convolution = Convolution::new(shape, weight.values(), bias.map(OnFlex::values));
    let output = convolution.apply(x.values());
    to_primitive(output, [x.dims()[0], shape.channels_out, shape.height_out(), shape.width_out()])
}

/// What a group norm does, beside its factors and offsets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Norm {
    pub groups: usize,
    pub epsilon: f32,
    pub silu: bool,
}

pub(super) fn norm_values(norm: Norm, x: &OnFlex, factor: &OnFlex, offset: &OnFlex) -> FlexTensor {
    let [batch, channels, height, width] = x.dims()[..] else { panic!("four dimensions") };
    let values = channels * height * width;
    let mut output = vec![0.0; batch * values];
    let affines = factor.values().par_chunks_exact(channels).zip(offset.values().par_chunks_exact(channels));
    let pictures = x.values().par_chunks_exact(values).zip(output.par_chunks_exact_mut(values));
    pictures.zip(affines).for_each(|((picture, output), (factor, offset))| {
        let affine = Affine { factor, offset };
        normalisation::group_norm_act(picture, norm.groups, norm.epsilon, &affine, norm.silu, output);
    });
    to_primitive(output, [batch, channels, height, width])
}

/// The gradients of picture, factor and offset.
pub(super) fn norm_gradients(
    norm: Norm,
    x: &OnFlex,
    factor: &OnFlex,
    offset: &OnFlex,
    gradient: &OnFlex,
) -> [FlexTensor; 3] {
    let [batch, channels, height, width] = x.dims()[..] else { panic!("four dimensions") };
    let values = channels * height * width;
    let affines = factor.values().par_chunks_exact(channels).zip(offset.values().par_chunks_exact(channels));
    let pictures = x.values().par_chunks_exact(values).zip(gradient.values().par_chunks_exact(values));
    let mut of_x = vec![0.0; batch * values];
    let (mut of_factor, mut of_offset) = (vec![0.0; batch * channels], vec![0.0; batch * channels]);
    let outputs = of_x
        .par_chunks_exact_mut(values)
        .zip(of_factor.par_chunks_exact_mut(channels).zip(of_offset.par_chunks_exact_mut(channels)));
    pictures.zip(affines).zip(outputs).for_each(
        |(((picture, gradient), (factor, offset)), (x, (of_factor, of_offset)))| {
            let affine = Affine { factor, offset };
            let found = normalisation::Gradients { x, factor: of_factor, offset: of_offset };
            normalisation::gradients(picture, gradient, norm.groups, norm.epsilon, &affine, norm.silu, found);
        },
    );
    [
        to_primitive(of_x, [batch, channels, height, width]),
        to_primitive(of_factor, [batch, channels]),
        to_primitive(of_offset, [batch, channels]),
    ]
}
