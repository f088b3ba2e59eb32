//! The tripwire: our kernels for the CPU against burn's own, side by side, at the shapes of the `live` network.
//!
//! Kernels of our own are only worth their lines while they are faster. This fails when one of them is less than
//! [`WORTH_IT`] times as fast as what burn does by itself (then it is deleted, best at the update of burn that made
//! it so), and prints, beside them, the ways that do less work and what they replace. Medians, taken in turns, since
//! other programs may share the machine. `RETIDIFF_VECTOR_UNIT=AVX2` measures for processors without AVX-512.

use std::process::ExitCode;
use std::time::Instant;

use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::module::{conv2d, interpolate};
use burn::tensor::ops::{ConvOptions, InterpolateMode, InterpolateOptions};
use burn::tensor::{Device, Distribution, Tensor, activation};
use retidiff::nn::fast_cpu::one_hot::OneHot;
use retidiff::nn::{UNet, UNetConfig, fast_cpu, fresh_weights};

/// Less, and a kernel of ours is not worth keeping.
const WORTH_IT: f64 = 1.3;
const RUNS: usize = 20;
/// Sides of the network's grid for 768 x 496 pixels.
const SIDES: [usize; 2] = [496, 768];
const BLOCK: usize = 4;
const PLANES: usize = 10;

/// Milliseconds of two ways, run in turns.
struct Pair {
    ours: f64,
    theirs: f64,
}

impl Pair {
    fn of<A, B>(mut ours: impl FnMut() -> A, mut theirs: impl FnMut() -> B) -> Self {
        let mut times = [Vec::new(), Vec::new()];
        for run in 0..RUNS + 2 {
            let first = Instant::now();
            std::hint::black_box(ours());
            let second = Instant::now();
            std::hint::black_box(theirs());
            // Two runs to fill caches and the allocator.
            if run >= 2 {
                times[0].push((second - first).as_secs_f64());
                times[1].push(second.elapsed().as_secs_f64());
            }
        }
        let [ours, theirs] = times.map(|mut times| {
            times.sort_by(f64::total_cmp);
            1000.0 * times[RUNS / 2]
        });
        Self { ours, theirs }
    }

    /// Prints itself; returns how many times as fast ours is.
    fn print(&self, what: &str) -> f64 {
        let ratio = self.theirs / self.ours;
        println!("{what:<52} {:>8.2} {:>8.2} {ratio:>6.2}", self.ours, self.theirs);
        ratio
    }
}

fn random<const D: usize>(shape: [usize; D]) -> Tensor<D> {
    Tensor::random(shape, Distribution::Normal(0.0, 1.0), &Device::flex())
}

fn convolution(channels_in: usize, channels_out: usize) -> Conv2d {
    let padding = PaddingConfig2d::Explicit(1, 1, 1, 1);
    Conv2dConfig::new([channels_in, channels_out], [3, 3]).with_padding(padding).init(&Device::flex())
}

/// Every kernel of ours against burn's operators; the least of the ratios.
fn against_burn() -> f64 {
    let mut least = f64::INFINITY;
    for (level, channels) in [32, 64, 128].into_iter().enumerate() {
        let [height, width] = SIDES.map(|side| (side / BLOCK) >> level);
        let x = random([1, channels, height, width]);
        for (kernel, stride) in [(3, 1), (3, 2), (1, 1)] {
            let weight = random([channels, channels, kernel, kernel]);
            let options = ConvOptions::new([stride; 2], [kernel / 2; 2], [1, 1], 1);
            let pair = Pair::of(
                || fast_cpu::convolve(&x, weight.clone(), None, stride).expect("a plain convolution"),
                || conv2d(x.clone(), weight.clone(), None, options.clone()),
            );
            let what = format!("{kernel}x{kernel}/{stride}, {channels} channels, {width}x{height}");
            least = least.min(pair.print(&what));
        }
        let (factor, offset) = (random([1, channels]), random([1, channels]));
        let pair = Pair::of(
            || fast_cpu::group_norm_act(&x, factor.clone(), offset.clone(), 8, 1e-5, true),
            || norm_by_burn(&x, &factor, &offset),
        );
        least = least.min(pair.print(&format!("group norm and SiLU, {channels} channels, {width}x{height}")));
    }
    least
}

fn norm_by_burn(x: &Tensor<4>, factor: &Tensor<2>, offset: &Tensor<2>) -> Tensor<4> {
    let [batch, channels, height, width] = x.dims();
    let grouped = x.clone().reshape([batch, 8, channels / 8 * height * width]);
    let centred = grouped.clone() - grouped.mean_dim(2);
    let deviation = (centred.clone().square().mean_dim(2) + 1e-5).sqrt();
    let normal = (centred / deviation).reshape([batch, channels, height, width]);
    let maps = [factor, offset].map(|map| map.clone().reshape([1, channels, 1, 1]));
    let [factor, offset] = maps;
    activation::silu(normal * factor + offset)
}

/// The ways that do less, against what they replace.
fn doing_less() {
    for (level, channels) in [(1, 64), (2, 128)] {
        let [height, width] = SIDES.map(|side| (side / BLOCK) >> level);
        let (conv, x) = (convolution(channels, channels), random([1, channels, height, width]));
        let doubled = InterpolateOptions::new(InterpolateMode::Nearest)
            .with_align_corners(false)
            .with_output_size([2 * height, 2 * width]);
        let pair = Pair::of(
            || fast_cpu::convolve_doubled(&conv, &x).expect("on the CPU"),
            || fast_cpu::forward(&conv, interpolate(x.clone(), doubled.clone())),
        );
        pair.print(&format!("doubled and convolved, {channels} channels, {width}x{height}"));
    }
    for (level, channels) in [32, 64, 128].into_iter().enumerate() {
        let [height, width] = SIDES.map(|side| (side / BLOCK) >> level);
        let (conv, x) = (convolution(channels, channels), random([1, channels, height, width]));
        let of_norm = [random([1, channels]), random([1, channels])];
        let pair = Pair::of(
            || fast_cpu::norm_act_convolve(&conv, &x, || of_norm.clone(), 8, 1e-5).expect("on the CPU"),
            || {
                let [factor, offset] = of_norm.clone();
                let normal = fast_cpu::group_norm_act(&x, factor, offset, 8, 1e-5, true);
                fast_cpu::forward(&conv, normal.expect("on the CPU"))
            },
        );
        pair.print(&format!("normed into the convolution, {channels} channels, {width}x{height}"));
    }
}

/// The mask's share and a whole step of the network.
fn network() {
    let device = Device::flex();
    let config = UNetConfig { zero_second_convolution: false, ..UNetConfig::live() };
    let network: UNet = fresh_weights::drawn(config.init(&device), 7);
    let drawing = network.clone().for_drawing();
    let [height, width] = SIDES;
    let plane_of: Vec<u8> =
        (0..height * width).map(|at| ((at / width + at % width / 16) * 9 / 544) as u8).collect();
    let ones = [1.0; PLANES];
    let one_hot = OneHot { plane_of: &plane_of, height, width, block: BLOCK, values: &ones };
    let planes = dense(&one_hot);
    let features = |before| {
        network.one_hot_features(&plane_of, SIDES, &ones, before).expect("one-hot planes on the CPU")
    };
    let by_products = || network.condition_features(planes.clone());
    Pair::of(|| features(None), by_products).print("the mask's share, whole");
    let before = features(None);
    let changed = [height / 2 - 24..height / 2 + 24, width / 2 - 24..width / 2 + 24];
    Pair::of(|| features(Some((&before, &changed))), by_products).print("the mask's share, a box of 48 x 48");
    let x = random([1, 1, height, width]);
    let time = || Tensor::<1>::from_floats([700.0], &Device::flex());
    let step = |network: &UNet| network.forward_with(x.clone(), &before, time());
    Pair::of(|| step(&drawing), || step(&network)).print("a step, folded doublings");
    let drafted = || drawing.forward_with(x.clone(), &features(Some((&before, &changed))), time());
    let pair = Pair::of(drafted, || network.forward(x.clone(), planes.clone(), time()));
    pair.print("a draft after a brush event");
}

fn dense(one_hot: &OneHot) -> Tensor<4> {
    let pixels = one_hot.plane_of.len();
    let mut planes = vec![0.0_f32; PLANES * pixels];
    for (at, &plane) in one_hot.plane_of.iter().enumerate() {
        planes[usize::from(plane) * pixels + at] = 1.0;
    }
    Tensor::<1>::from_floats(planes.as_slice(), &Device::flex()).reshape([
        1,
        PLANES,
        one_hot.height,
        one_hot.width,
    ])
}

fn main() -> ExitCode {
    println!("{}, {} threads, {RUNS} runs", fast_cpu::vector_unit(), rayon::current_num_threads());
    println!("{:<52} {:>8} {:>8} {:>6}", "milliseconds", "ours", "burn's", "ratio");
    let least = against_burn();
    println!("{:<52} {:>8} {:>8} {:>6}", "milliseconds", "less", "before", "ratio");
    doing_less();
    network();
    if least < WORTH_IT {
        eprintln!(
            "a kernel of ours is only {least:.2} times as fast as burn's: below {WORTH_IT} it is deleted"
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
