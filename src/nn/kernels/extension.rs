//! How burn's tensors reach the kernel: through its lazy fusion, which queues the kernel among its own.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, Dispatch, DispatchDevice, backend_extension};
use burn::tensor::{DType, Shape, Tensor};
use burn_wgpu::{CubeBackend, CubeTensor};

use super::tile::{Tile, side_out};
use super::tiled_convolution::launch;

/// Kernels of ours on burn's backends for GPUs.
#[backend_extension(Cube, Fusion)]
pub trait ConvolutionKernels: Backend {
    /// A convolution padded by half its square kernel; the caller knows that the kernel fits.
    #[fusion(dtype = x, shape = shape_out(x, weight, stride))]
    fn tiled_convolution(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        stride: usize,
    ) -> FloatTensor<Self>;
}

/// `[batch, channels out, height out, width out]`.
fn shape_out(x: &Shape, weight: &Shape, stride: &usize) -> Shape {
    let side = |at: usize| side_out(x[at], weight[2], *stride);
    Shape::from(vec![x[0], weight[0], side(2), side(3)])
}

impl ConvolutionKernels for CubeBackend {
    fn tiled_convolution(x: CubeTensor, weight: CubeTensor, bias: CubeTensor, stride: usize) -> CubeTensor {
        let shape = shape_out(x.meta.shape(), weight.meta.shape(), &stride);
        let tile = Tile::of(weight.meta.shape()[2], stride).expect("checked by the caller");
        let (client, device, dtype) = (x.client.clone(), x.device.clone(), x.dtype);
        let sides = [shape[0], shape[1], shape[2], shape[3]];
        let handle = client.empty(sides.iter().product::<usize>() * dtype.size());
        let output = CubeTensor::new_contiguous(client, device, shape, handle, dtype);
        let inputs = [x, weight, bias];
        match dtype {
            DType::F16 => launch::<half::f16>(tile, inputs, output.clone(), sides),
            DType::F32 => launch::<f32>(tile, inputs, output.clone(), sides),
            other => unreachable!("{other:?} is not within reach"),
        }
        output
    }
}

/// A convolution padded by half its square kernel, by our kernel; `None` where shape, precision or device do not fit.
pub(super) fn tiled(
    x: &Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    stride: usize,
) -> Option<Tensor<4>> {
    let [_, channels_in, height, width] = x.dims();
    let [channels_out, inputs, kernel, kernel_width] = weight.dims();
    let is_square = kernel == kernel_width && inputs == channels_in;
    Tile::of(kernel, stride).filter(|_| is_square && height > 0 && width > 0)?;
    if !is_within_reach(x) || !is_within_reach(&weight) || x.dtype() != weight.dtype() {
        return None;
    }
    let bias = bias.unwrap_or_else(|| Tensor::<1>::zeros([channels_out], &x.device()).cast(x.dtype()));
    let output = <Dispatch as ConvolutionKernels>::tiled_convolution(
        x.clone().into_dispatch(),
        weight.into_dispatch(),
        bias.into_dispatch(),
        stride,
    );
    Some(Tensor::from_dispatch(output))
}

/// Whether a tensor lies where the kernel can be queued, in a precision that it computes.
fn is_within_reach<const D: usize>(tensor: &Tensor<D>) -> bool {
    matches!(tensor.dtype(), DType::F32 | DType::F16)
        && matches!(tensor.device().as_dispatch(), DispatchDevice::Cube(_))
}
