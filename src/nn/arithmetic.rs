//! The numbers a network computes with.
//!
//! Pictures, masks, losses and the weights that are kept are always single precision; a network in half precision
//! takes and gives single precision, and its norms sum in it. Training in half precision keeps single-precision
//! weights and casts them for every pass (Micikevicius et al. 2018, arXiv 1710.03740).

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, FloatDType, Tensor};
use serde::{Deserialize, Serialize};

/// A precision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Arithmetic {
    /// 32 bits
    #[default]
    F32,
    /// 16 bits with 11 of precision: what GPUs multiply fastest
    F16,
    /// 16 bits with the range of 32
    Bf16,
}

impl Arithmetic {
    /// As files and the command line call it.
    pub fn word(self) -> &'static str {
        match self {
            Arithmetic::F32 => "f32",
            Arithmetic::F16 => "f16",
            Arithmetic::Bf16 => "bf16",
        }
    }

    /// Whether a device computes with it.
    pub fn is_supported_by(self, device: &Device) -> bool {
        device.supports_dtype(self.dtype())
    }

    /// Chooses the kernels that a device takes for networks in this precision: ours where they are right and quicker
    /// there (see [`super::kernels`]). Takes seconds the first time, for both are compiled.
    #[cfg(feature = "gpu")]
    pub fn choose_kernels(self, device: &Device) {
        let dtype = self.dtype().into();
        super::kernels::choice::choose(device, dtype);
    }

    /// A build without GPU has nothing to choose.
    #[cfg(not(feature = "gpu"))]
    pub fn choose_kernels(self, _device: &Device) {}

    fn dtype(self) -> FloatDType {
        match self {
            Arithmetic::F32 => FloatDType::F32,
            Arithmetic::F16 => FloatDType::F16,
            Arithmetic::Bf16 => FloatDType::BF16,
        }
    }

    /// The module with its weights in this precision. Under autodiff, gradients of the result reach the weights
    /// of `module`.
    pub fn cast<M: Module>(self, module: M) -> M {
        module.map(&mut Cast(self.dtype()))
    }
}

struct Cast(FloatDType);

impl ModuleMapper for Cast {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|tensor| tensor.cast(self.0))
    }
}
