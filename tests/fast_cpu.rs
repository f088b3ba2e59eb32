//! The fast operators of CPU inference against burn's own.

use burn::module::Module;
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Distribution, Tensor, activation};
use retidiff::nn::{UNetConfig, fast_cpu};

fn random<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::random(shape, Distribution::Normal(0.0, 1.0), device)
}

fn largest_difference(a: Tensor<4>, b: Tensor<4>) -> f32 {
    (a - b).abs().max().into_scalar()
}

#[test]
fn convolutions_agree_with_burn() {
    let device = Device::flex();
    for (kernel, stride) in [(1, 1), (3, 1), (3, 2)] {
        for [batch, channels_in, channels_out, height, width] in
            [[1, 32, 32, 30, 48], [2, 96, 64, 31, 62], [1, 16, 16, 124, 192]]
        {
            let x = random([batch, channels_in, height, width], &device);
            let weight = random([channels_out, channels_in, kernel, kernel], &device) * 0.05;
            let bias = random([channels_out], &device);
            let pad = kernel / 2;
            let options = ConvOptions::new([stride; 2], [pad; 2], [1, 1], 1);
            let expected = conv2d(x.clone(), weight.clone(), Some(bias.clone()), options);
            let found = fast_cpu::convolve(&x, weight, Some(bias), stride).expect("a plain convolution");
            assert_eq!(found.dims(), expected.dims());
            assert!(largest_difference(found, expected) < 1e-4, "kernel {kernel}, stride {stride}");
        }
    }
}

#[test]
fn views_are_read_in_their_order() {
    let device = Device::flex();
    let x = random([1, 40, 20, 8], &device).swap_dims(2, 3).narrow(1, 3, 32);
    let x = Tensor::cat(vec![x.clone(), x], 2);
    let weight = random([16, 40, 3, 3], &device).narrow(1, 5, 32);
    let options = ConvOptions::new([1, 1], [1, 1], [1, 1], 1);
    let expected = conv2d(x.clone(), weight.clone(), None, options);
    let found = fast_cpu::convolve(&x, weight, None, 1).expect("a plain convolution");
    assert!(largest_difference(found, expected) < 1e-4);
}

#[test]
fn group_norm_agrees_with_burn() {
    let device = Device::flex();
    let (batch, channels, groups) = (2, 48, 8);
    let x = random([batch, channels, 21, 35], &device) * 3.0 + 1.0;
    let (factor, offset) = (random([batch, channels], &device), random([1, channels], &device));
    let grouped = x.clone().reshape([batch, groups, channels / groups * 21 * 35]);
    let centred = grouped.clone() - grouped.mean_dim(2);
    let deviation = (centred.clone().square().mean_dim(2) + 1e-5).sqrt();
    let normal = (centred / deviation).reshape([batch, channels, 21, 35])
        * factor.clone().reshape([batch, channels, 1, 1])
        + offset.clone().reshape([1, channels, 1, 1]);
    for silu in [false, true] {
        let expected = if silu { activation::silu(normal.clone()) } else { normal.clone() };
        let found = fast_cpu::group_norm_act(&x, factor.clone(), offset.clone(), groups, 1e-5, silu);
        assert!(largest_difference(found.expect("on the CPU"), expected) < 1e-4);
    }
}

#[test]
fn gradients_take_burns_way() {
    let device = Device::flex().autodiff();
    let x = random([1, 8, 20, 32], &device);
    let weight = random([8, 8, 3, 3], &device);
    assert!(fast_cpu::convolve(&x, weight, None, 1).is_none());
    let ones = Tensor::<2>::ones([1, 8], &device);
    assert!(fast_cpu::group_norm_act(&x, ones.clone(), ones, 4, 1e-5, true).is_none());
}

/// The whole network: with autodiff every operator is burn's own, without it the fast ones.
#[test]
fn the_network_draws_the_same_either_way() {
    let device = Device::flex();
    device.seed(7);
    let config = UNetConfig { zero_second_convolution: false, ..UNetConfig::live() };
    let fast = config.init(&device);
    let plain = fast.clone().train();
    let (x, condition) = (random([1, 1, 272, 304], &device), random([1, 10, 272, 304], &device));
    let time = Tensor::<1>::from_floats([700.0], &device);
    let found = fast.forward(x.clone(), condition.clone(), time.clone());
    let on = |tensor: Tensor<4>| Tensor::from_inner(tensor);
    let expected = plain.forward(on(x), on(condition), Tensor::from_inner(time)).inner();
    let difference = largest_difference(found, expected);
    assert!(difference < 1e-4, "off by {difference}");
}
