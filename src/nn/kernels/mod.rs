//! The network on a GPU by kernels of our own, where they are right and quicker than burn's.
//!
//! In builds without matrix units (WGSL) burn has one convolution, a thread for each pixel and one to four channels
//! that reads every weight from the device's memory; kernels of that kind reach a few hundredths of what a GPU can do.
//! `tiled_convolution` computes tiles from workgroup memory instead, in single-precision sums also for half precision.
//! It is written once, through cubecl, for WGSL, SPIR-V, Metal's language and CUDA.
//!
//! Nothing is taken on trust: it is off until `choice::choose` has compared it on the device in hand with the CPU's
//! convolution, and timed it beside burn's. Like [`super::fast_cpu`], `convolve` answers `None` where it does not
//! apply.

#[cfg(feature = "gpu")]
pub mod choice;
#[cfg(feature = "gpu")]
mod extension;
#[cfg(feature = "gpu")]
pub mod tile;
#[cfg(feature = "gpu")]
pub mod tiled_convolution;

use burn::tensor::Tensor;

/// A convolution padded by half its square kernel, without gradients; shapes as in [`burn::tensor::module::conv2d`].
/// `None` where burn's own is to be taken.
#[cfg(feature = "gpu")]
pub(super) fn convolve(
    x: &Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    stride: usize,
) -> Option<Tensor<4>> {
    choice::is_own().then(|| extension::tiled(x, weight, bias, stride)).flatten()
}

/// A build without GPU has burn's own alone.
#[cfg(not(feature = "gpu"))]
pub(super) fn convolve(
    _x: &Tensor<4>,
    _weight: Tensor<4>,
    _bias: Option<Tensor<1>>,
    _stride: usize,
) -> Option<Tensor<4>> {
    None
}
