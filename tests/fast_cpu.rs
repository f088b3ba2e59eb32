//! The fast operators of the CPU against burn's own, with gradients and without.

use burn::module::Module;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::Conv2dConfig;
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Distribution, Tensor, activation};
use retidiff::nn::{Arithmetic, UNet, UNetConfig, fast_cpu, fresh_weights};

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
fn a_norm_written_where_the_convolution_reads_it_changes_no_bit() {
    let device = Device::flex();
    for (batch, channels_in, channels_out, height, width) in [(1, 32, 24, 31, 48), (3, 16, 40, 9, 17)] {
        let padding = PaddingConfig2d::Explicit(1, 1, 1, 1);
        let conv = Conv2dConfig::new([channels_in, channels_out], [3, 3]).with_padding(padding).init(&device);
        let x = random([batch, channels_in, height, width], &device) * 2.0 - 1.0;
        let (factor, offset) = (random([1, channels_in], &device), random([batch, channels_in], &device));
        let normal = fast_cpu::group_norm_act(&x, factor.clone(), offset.clone(), 8, 1e-5, true);
        let expected = fast_cpu::forward(&conv, normal.expect("on the CPU"));
        let found = fast_cpu::norm_act_convolve(&conv, &x, || [factor, offset], 8, 1e-5);
        assert_eq!(found.expect("a plain convolution").into_data(), expected.into_data());
    }
    // What does not apply is left to the caller, and nothing computed for it.
    let conv = Conv2dConfig::new([8, 8], [3, 3]).init(&device);
    let x = random([1, 8, 20, 20], &device);
    let nothing = || -> [Tensor<2>; 2] { panic!("not asked for where it does not apply") };
    assert!(fast_cpu::norm_act_convolve(&conv, &x, nothing, 8, 1e-5).is_none(), "without padding");
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

/// Devices with gradients: everything kept, and norms computed again.
fn learning_devices() -> [Device; 2] {
    [Device::flex().autodiff(), Device::flex().autodiff().gradient_checkpointing()]
}

#[test]
fn gradients_of_convolutions_agree_with_burn() {
    for device in learning_devices() {
        for (kernel, stride) in [(1, 1), (3, 1), (3, 2)] {
            // Wide, narrower than a vector, and odd.
            for [channels_in, channels_out, height, width] in [[5, 9, 12, 40], [7, 4, 14, 6], [3, 12, 9, 13]]
            {
                let leaf = |shape| random(shape, &device).require_grad();
                let x = leaf([2, channels_in, height, width]);
                let weight = leaf([channels_out, channels_in, kernel, kernel]);
                let bias = random([channels_out], &device).require_grad();
                let options = ConvOptions::new([stride; 2], [kernel / 2; 2], [1, 1], 1);
                let expected = conv2d(x.clone(), weight.clone(), Some(bias.clone()), options);
                let found = fast_cpu::convolve(&x, weight.clone(), Some(bias.clone()), stride);
                let found = found.expect("a plain convolution");
                let name = format!("kernel {kernel}, stride {stride}, {channels_in}x{height}x{width}");
                let difference = largest_difference(found.clone().inner(), expected.clone().inner());
                assert!(difference < 1e-4, "{name}");
                // Squares, so that the gradient differs from place to place.
                let (found, expected) = (found.square().sum().backward(), expected.square().sum().backward());
                for tensor in [&x, &weight] {
                    let (found, expected) = (tensor.grad(&found), tensor.grad(&expected));
                    let (found, expected) = (found.expect("a gradient"), expected.expect("a gradient"));
                    let size = expected.clone().abs().max().into_scalar::<f32>();
                    assert!(largest_difference(found, expected) < 1e-5 * size, "{name}");
                }
                let (found, expected) = (bias.grad(&found).unwrap(), bias.grad(&expected).unwrap());
                let size = expected.clone().abs().max().into_scalar::<f32>();
                assert!((found - expected).abs().max().into_scalar::<f32>() < 1e-5 * size, "{name}");
            }
        }
    }
}

#[test]
fn gradients_of_group_norms_agree_with_burn() {
    let (batch, channels, groups, height, width) = (2, 12, 4, 9, 21);
    for device in learning_devices() {
        for silu in [false, true] {
            let x = (random([batch, channels, height, width], &device) * 3.0 + 1.0).detach().require_grad();
            let factor = random([batch, channels], &device).require_grad();
            let offset = random([batch, channels], &device).require_grad();
            let grouped = x.clone().reshape([batch, groups, channels / groups * height * width]);
            let centred = grouped.clone() - grouped.mean_dim(2);
            let deviation = (centred.clone().square().mean_dim(2) + 1e-5).sqrt();
            let normal = (centred / deviation).reshape([batch, channels, height, width])
                * factor.clone().reshape([batch, channels, 1, 1])
                + offset.clone().reshape([batch, channels, 1, 1]);
            let expected = if silu { activation::silu(normal) } else { normal };
            let found =
                fast_cpu::group_norm_act(&x, factor.clone(), offset.clone(), groups, 1e-5, silu).unwrap();
            assert!(largest_difference(found.clone().inner(), expected.clone().inner()) < 1e-4);
            // Cubes, so that nothing cancels by the norm's own symmetry.
            let (found, expected) =
                (found.powi_scalar(3).sum().backward(), expected.powi_scalar(3).sum().backward());
            let close = |found: Tensor<2>, expected: Tensor<2>| {
                let size = expected.clone().abs().max().into_scalar::<f32>();
                assert!((found - expected).abs().max().into_scalar::<f32>() < 2e-5 * size, "silu {silu}");
            };
            let flat = |tensor: Tensor<4>| tensor.reshape([batch, channels * height * width]);
            close(flat(x.grad(&found).unwrap()), flat(x.grad(&expected).unwrap()));
            close(factor.grad(&found).unwrap(), factor.grad(&expected).unwrap());
            close(offset.grad(&found).unwrap(), offset.grad(&expected).unwrap());
        }
    }
}

/// A network in half precision draws what it draws in single precision, but for rounding.
#[test]
fn half_precision_draws_alike() {
    let device = Device::flex();
    let config = UNetConfig { zero_second_convolution: false, ..UNetConfig::live() };
    let network = fresh_weights::drawn(config.init(&device), 3);
    let (x, condition) = (random([1, 1, 48, 64], &device), random([1, 10, 48, 64], &device));
    let draw = |network: &UNet| {
        network.forward(x.clone(), condition.clone(), Tensor::<1>::from_floats([400.0], &device))
    };
    let single = draw(&network);
    for (arithmetic, tolerance) in [(Arithmetic::F16, 0.01), (Arithmetic::Bf16, 0.08)] {
        assert!(arithmetic.is_supported_by(&device));
        let half = draw(&arithmetic.cast(network.clone()));
        let size = single.clone().abs().max().into_scalar::<f32>();
        let difference = largest_difference(half, single.clone()) / size;
        assert!(difference > 0.0 && difference < tolerance, "{arithmetic:?} is off by {difference}");
    }
}

#[test]
fn the_network_draws_the_same_with_gradients_and_without() {
    let device = Device::flex();
    let config = UNetConfig { zero_second_convolution: false, ..UNetConfig::live() };
    let fast = fresh_weights::drawn(config.init(&device), 7);
    let plain = fast.clone().train();
    let (x, condition) = (random([1, 1, 272, 304], &device), random([1, 10, 272, 304], &device));
    let time = Tensor::<1>::from_floats([700.0], &device);
    let found = fast.forward(x.clone(), condition.clone(), time.clone());
    let on = |tensor: Tensor<4>| Tensor::from_inner(tensor);
    let expected = plain.forward(on(x), on(condition), Tensor::from_inner(time)).inner();
    let difference = largest_difference(found, expected);
    assert!(difference < 1e-4, "off by {difference}");
}

/// What is drawn with may differ by the rounding of summed weights.
#[test]
fn a_network_for_drawing_draws_the_same_but_for_rounding() {
    let device = Device::flex();
    let config = UNetConfig { zero_second_convolution: false, ..UNetConfig::live() };
    let network = fresh_weights::drawn(config.init(&device), 7);
    let drawing = network.clone().for_drawing();
    let (x, condition) = (random([1, 1, 272, 304], &device), random([1, 10, 272, 304], &device));
    let time = Tensor::<1>::from_floats([700.0], &device);
    let expected = network.forward(x.clone(), condition.clone(), time.clone());
    let difference = largest_difference(drawing.forward(x, condition, time), expected);
    assert!(difference > 0.0 && difference < 1e-4, "off by {difference}");
}

#[test]
fn what_gradients_are_asked_of_is_not_folded() {
    let device = Device::flex().autodiff();
    let conv =
        Conv2dConfig::new([8, 8], [3, 3]).with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1)).init(&device);
    let x = random([1, 8, 20, 20], &device);
    assert!(fast_cpu::convolve_doubled(&conv, &x).is_none());
}
