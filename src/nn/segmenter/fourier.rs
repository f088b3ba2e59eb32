//! Convolution in the frequency domain (Chi et al. 2020, fast Fourier convolution), as YNet uses it.
//!
//! The transforms are products with cosine and sine matrices: exact for any size, differentiable on every backend, and
//! cheap beside the convolutions, for the sides are small where they stand.

use std::f64::consts::TAU;

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig};
use burn::tensor::{Device, Tensor, TensorData, activation};

use super::batch_norm::normed;
use crate::nn::fast_cpu;

/// A complex map as its two parts, `[batch, channels, height, width / 2 + 1]` each.
struct Spectrum {
    real: Tensor<4>,
    imaginary: Tensor<4>,
}

/// `factor(k) f(2 pi k n / period) / sqrt(period)` for `k` in rows and `n` in columns, as `[1, 1, rows, columns]`.
fn matrix(
    [rows, columns]: [usize; 2],
    period: usize,
    f: fn(f64) -> f64,
    factor: impl Fn(usize) -> f64,
    device: &Device,
) -> Tensor<4> {
    let values: Vec<f32> = (0..rows * columns)
        .map(|at| {
            let (k, n) = (at / columns, at % columns);
            // Multiples of a whole turn are taken off first, or large products would lose digits.
            let turn = (k * n % period) as f64 / period as f64;
            (factor(k) * f(TAU * turn) / (period as f64).sqrt()) as f32
        })
        .collect();
    Tensor::from_data(TensorData::new(values, [1, 1, rows, columns]), device)
}

/// The two-dimensional transform of a real map, orthonormal.
fn forward_transform(x: Tensor<4>) -> Spectrum {
    let [_, _, height, width] = x.dims();
    let device = x.device();
    let half = width / 2 + 1;
    let across = |f| matrix([half, width], width, f, |_| 1.0, &device).swap_dims(2, 3);
    let (real, imaginary) = (x.clone().matmul(across(f64::cos)), x.matmul(across(f64::sin)).neg());
    let down = |f| matrix([height, height], height, f, |_| 1.0, &device);
    let (cos, sin) = (down(f64::cos), down(f64::sin));
    Spectrum {
        real: cos.clone().matmul(real.clone()) + sin.clone().matmul(imaginary.clone()),
        imaginary: cos.matmul(imaginary) - sin.matmul(real),
    }
}

/// The real map of a spectrum, orthonormal; `width` says which of two widths it was.
fn inverse_transform(spectrum: Spectrum, width: usize) -> Tensor<4> {
    let Spectrum { real, imaginary } = spectrum;
    let [_, _, height, half] = real.dims();
    let device = real.device();
    let down = |f| matrix([height, height], height, f, |_| 1.0, &device);
    let (cos, sin) = (down(f64::cos), down(f64::sin));
    let columns = Spectrum {
        real: cos.clone().matmul(real.clone()) - sin.clone().matmul(imaginary.clone()),
        imaginary: cos.matmul(imaginary) + sin.matmul(real),
    };
    // The other half of the spectrum mirrors this one, but for the first frequency and the last of an even width.
    let mirrored = |k: usize| if k == 0 || 2 * k == width { 1.0 } else { 2.0 };
    let across = |f| matrix([half, width], width, f, mirrored, &device);
    columns.real.matmul(across(f64::cos)) - columns.imaginary.matmul(across(f64::sin))
}

/// A convolution of the spectrum: every frequency sees all channels, real and imaginary part apart.
#[derive(Module, Debug)]
pub struct FourierUnit {
    conv: Conv2d,
    norm: BatchNorm,
}

impl FourierUnit {
    fn new(channels: usize, device: &Device) -> Self {
        Self {
            conv: Conv2dConfig::new([2 * channels; 2], [1, 1]).with_bias(false).init(device),
            norm: BatchNormConfig::new(2 * channels).init(device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [batch, channels, height, width] = x.dims();
        let half = width / 2 + 1;
        let Spectrum { real, imaginary } = forward_transform(x);
        // Channels alternate: real and imaginary part of the first, of the second, ..
        let stacked: Tensor<5> = Tensor::stack(vec![real, imaginary], 2);
        let stacked = stacked.reshape([batch, 2 * channels, height, half]);
        let seen = activation::relu(normed(&self.norm, fast_cpu::forward(&self.conv, stacked)));
        let parts = seen.reshape([batch, channels, 2, height, half]);
        let part = |at: usize| parts.clone().narrow(2, at, 1).reshape([batch, channels, height, half]);
        inverse_transform(Spectrum { real: part(0), imaginary: part(1) }, width)
    }
}

/// What global channels make of global channels: the spectrum of the whole map, and of its quarters.
#[derive(Module, Debug)]
pub struct SpectralTransform {
    conv_1: Conv2d,
    norm_1: BatchNorm,
    whole: FourierUnit,
    quarters: FourierUnit,
    conv_2: Conv2d,
}

impl SpectralTransform {
    fn new(channels_in: usize, channels_out: usize, device: &Device) -> Self {
        let inner = channels_out / 2;
        let conv = |from, to| Conv2dConfig::new([from, to], [1, 1]).with_bias(false).init(device);
        Self {
            conv_1: conv(channels_in, inner),
            norm_1: BatchNormConfig::new(inner).init(device),
            whole: FourierUnit::new(inner, device),
            quarters: FourierUnit::new(inner, device),
            conv_2: conv(inner, channels_out),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let x = activation::relu(normed(&self.norm_1, fast_cpu::forward(&self.conv_1, x)));
        let [_, channels, height, width] = x.dims();
        let (rows, columns) = (height / 2, width / 2);
        // A quarter of the channels, its four quarters of the map beside each other as channels.
        let few = x.clone().narrow(1, 0, channels / 4);
        let halves = Tensor::cat(vec![few.clone().narrow(2, 0, rows), few.narrow(2, rows, rows)], 1);
        let quarters =
            Tensor::cat(vec![halves.clone().narrow(3, 0, columns), halves.narrow(3, columns, columns)], 1);
        let local = self.quarters.forward(quarters).repeat(&[1, 1, 2, 2]);
        fast_cpu::forward(&self.conv_2, x.clone() + self.whole.forward(x) + local)
    }
}

/// Fast Fourier convolution with kernels of one pixel: half of the channels are local, half global.
#[derive(Module, Debug)]
pub struct FourierConvolution {
    local_to_local: Conv2d,
    local_to_global: Conv2d,
    global_to_local: Option<Conv2d>,
    global_to_global: Option<SpectralTransform>,
    norm_local: BatchNorm,
    norm_global: BatchNorm,
}

/// The two kinds of channels, `[batch, channels / 2, height, width]` each.
pub struct Channels {
    /// Of the picture.
    pub local: Tensor<4>,
    /// `None` at the entrance, where all are local.
    pub global: Option<Tensor<4>>,
}

impl FourierConvolution {
    /// The first of a row, whose inputs are all local.
    pub fn first(channels_in: usize, channels_out: usize, device: &Device) -> Self {
        Self::with_inputs([channels_in, 0], channels_out, device)
    }

    /// One whose inputs are half local, half global.
    pub fn new(channels_in: usize, channels_out: usize, device: &Device) -> Self {
        Self::with_inputs([channels_in - channels_in / 2, channels_in / 2], channels_out, device)
    }

    fn with_inputs([local, global]: [usize; 2], channels_out: usize, device: &Device) -> Self {
        let (to_global, to_local) = (channels_out / 2, channels_out - channels_out / 2);
        let conv = |from, to| Conv2dConfig::new([from, to], [1, 1]).with_bias(false).init(device);
        let has_global = global > 0;
        Self {
            local_to_local: conv(local, to_local),
            local_to_global: conv(local, to_global),
            global_to_local: has_global.then(|| conv(global, to_local)),
            global_to_global: has_global.then(|| SpectralTransform::new(global, to_global, device)),
            norm_local: BatchNormConfig::new(to_local).init(device),
            norm_global: BatchNormConfig::new(to_global).init(device),
        }
    }

    /// Both kinds of channels from both; there is no activation, as in YNet's code.
    pub fn forward(&self, x: Channels) -> Channels {
        let mut local = fast_cpu::forward(&self.local_to_local, x.local.clone());
        let mut global = fast_cpu::forward(&self.local_to_global, x.local);
        if let (Some(seen), Some(to_local), Some(to_global)) =
            (x.global, &self.global_to_local, &self.global_to_global)
        {
            local = local + fast_cpu::forward(to_local, seen.clone());
            global = global + to_global.forward(seen);
        }
        Channels { local: normed(&self.norm_local, local), global: Some(normed(&self.norm_global, global)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_comes_back_from_its_spectrum_and_keeps_its_energy() {
        let device = Device::flex();
        for [height, width] in [[6, 10], [5, 7], [15, 30]] {
            let values: Vec<f32> = (0..height * width).map(|i| ((i * i) as f32 * 0.37).sin()).collect();
            let x = Tensor::<4>::from_data(TensorData::new(values.clone(), [1, 1, height, width]), &device);
            let spectrum = forward_transform(x.clone());
            let constant = values.iter().sum::<f32>() / ((height * width) as f32).sqrt();
            let first = spectrum.real.clone().slice([0..1, 0..1, 0..1, 0..1]).into_scalar::<f32>();
            assert!((first - constant).abs() < 1e-4, "{first} of {constant}");
            let back = inverse_transform(spectrum, width);
            let error = (back - x).abs().max().into_scalar::<f32>();
            assert!(error < 1e-5, "{height}x{width}: {error}");
        }
    }
}
