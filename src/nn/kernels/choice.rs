//! Whether our convolution is taken on the device in hand: only after it was right there, and quicker than burn's.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{DType, Device, Tensor, TensorData};

use super::extension::tiled;

/// By which a user takes one or the other without a comparison: "own" or "burn".
pub const VARIABLE: &str = "RETIDIFF_CONVOLUTION";
/// What is compared: channels in and out, rows, columns, kernel, stride. Sides that fill no whole tile, channels that
/// fill no whole chunk.
const CASES: [[usize; 6]; 3] = [[19, 40, 21, 37, 3, 1], [19, 40, 21, 37, 3, 2], [35, 24, 21, 37, 1, 1]];
/// What is timed: the first level of the `live` network at 480 x 480.
const TIMED: [usize; 6] = [32, 32, 120, 120, 3, 1];
const RUNS: usize = 5;
/// Largest difference of a sum, of values about 1, in single precision and in half.
const ALLOWED: f32 = 1e-4;
/// Half a unit in the last place of a sum of up to 2, and once more.
const ALLOWED_IN_HALF: f32 = 1e-3;

static IS_OWN: AtomicBool = AtomicBool::new(false);

/// Whether ours is taken.
pub fn is_own() -> bool {
    forced().unwrap_or_else(|| IS_OWN.load(Ordering::Acquire))
}

fn forced() -> Option<bool> {
    static FORCED: OnceLock<Option<bool>> = OnceLock::new();
    *FORCED.get_or_init(|| match std::env::var(VARIABLE).ok()?.as_str() {
        "own" => Some(true),
        "burn" => Some(false),
        _ => None,
    })
}

/// What a comparison found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KernelComparison {
    /// Largest difference from the CPU's sums; `None` where the kernel does not reach the device.
    pub greatest_difference: Option<f32>,
    /// Time of ours.
    pub own: Duration,
    /// Time of burn's.
    pub burn: Duration,
}

/// Compares both on a device, in the precision that will be computed in, and takes ours from now on if it is right and
/// quicker. A panic in the kernel is no reason to end: burn's is then taken.
pub fn choose(device: &Device, dtype: DType) -> bool {
    let attempt = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| compare(device, dtype)));
    let is_own = attempt.is_ok_and(|found| is_better(&found, dtype));
    IS_OWN.store(is_own, Ordering::Release);
    is_own
}

fn is_better(found: &KernelComparison, dtype: DType) -> bool {
    let allowed = if dtype == DType::F16 { ALLOWED_IN_HALF } else { ALLOWED };
    found.greatest_difference.is_some_and(|off| off <= allowed) && found.own < found.burn
}

/// Both on a device, against the CPU.
pub fn compare(device: &Device, dtype: DType) -> KernelComparison {
    let mut greatest: Option<f32> = Some(0.0);
    for case in CASES {
        greatest = greatest.zip(difference(case, device, dtype)).map(|(a, b)| a.max(b));
    }
    if greatest.is_none() {
        return KernelComparison { greatest_difference: None, own: Duration::MAX, burn: Duration::ZERO };
    }
    let (x, weight, bias) = Operands::of(TIMED).on(device, dtype);
    let [.., stride] = TIMED;
    let own = || tiled(&x, weight.clone(), Some(bias.clone()), stride).expect("it was compared before");
    let burn = || convolved_by_burn(&x, &weight, &bias, stride);
    KernelComparison { greatest_difference: greatest, own: fastest(own), burn: fastest(burn) }
}

/// Largest difference between ours and the CPU's convolution; `None` where ours does not apply.
pub fn difference(case: [usize; 6], device: &Device, dtype: DType) -> Option<f32> {
    let [.., stride] = case;
    let operands = Operands::of(case);
    let (x, weight, bias) = operands.on(device, dtype);
    let here: Vec<f32> = tiled(&x, weight, Some(bias), stride)?.into_data_as::<f32>().iter::<f32>().collect();
    // The CPU sums the same rounded numbers, in single precision.
    let cpu = Device::flex();
    let (x, weight, bias) = operands.on(&cpu, dtype);
    let [x, weight] = [x, weight].map(|tensor| tensor.cast(DType::F32));
    let there = convolved_by_burn(&x, &weight, &bias.cast(DType::F32), stride);
    let there: Vec<f32> = there.into_data().iter::<f32>().collect();
    assert_eq!(here.len(), there.len(), "both have the same shape");
    Some(here.iter().zip(&there).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max))
}

fn convolved_by_burn(x: &Tensor<4>, weight: &Tensor<4>, bias: &Tensor<1>, stride: usize) -> Tensor<4> {
    let padding = weight.dims()[2] / 2;
    let options = ConvOptions::new([stride; 2], [padding; 2], [1, 1], 1);
    conv2d(x.clone(), weight.clone(), Some(bias.clone()), options)
}

/// The quickest of a few runs, the first of which compiles and tunes and does not count.
fn fastest(run: impl Fn() -> Tensor<4>) -> Duration {
    let timed = |_| {
        let started = Instant::now();
        let output = run();
        // What failed shows itself when the values are compared.
        let _ = output.device().sync();
        started.elapsed()
    };
    (0..=RUNS).map(timed).skip(1).min().unwrap_or(Duration::MAX)
}

/// Numbers of a case, the same on every device.
struct Operands {
    x: (Vec<f32>, [usize; 4]),
    weight: (Vec<f32>, [usize; 4]),
    bias: (Vec<f32>, [usize; 1]),
}

impl Operands {
    fn of([channels_in, channels_out, rows, columns, kernel, _]: [usize; 6]) -> Self {
        let numbers = |count: usize, scale: f32, turn: f32| -> Vec<f32> {
            (0..count).map(|at| scale * (at as f32 * turn).sin()).collect()
        };
        let (x, weight) = ([1, channels_in, rows, columns], [channels_out, channels_in, kernel, kernel]);
        // Sums of a few hundred products of about 1 in all.
        let scale = 1.0 / (channels_in as f32 * (kernel * kernel) as f32).sqrt();
        Self {
            x: (numbers(x.iter().product(), 1.0, 0.731), x),
            weight: (numbers(weight.iter().product(), scale, 1.173), weight),
            bias: (numbers(channels_out, 0.1, 0.517), [channels_out]),
        }
    }

    fn on(&self, device: &Device, dtype: DType) -> (Tensor<4>, Tensor<4>, Tensor<1>) {
        fn put<const D: usize>(numbers: &(Vec<f32>, [usize; D]), device: &Device, dtype: DType) -> Tensor<D> {
            Tensor::<D>::from_data(TensorData::new(numbers.0.clone(), numbers.1), device).cast(dtype)
        }
        (put(&self.x, device, dtype), put(&self.weight, device, dtype), put(&self.bias, device, dtype))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_is_taken_only_where_it_is_right_and_quicker() {
        let ms = Duration::from_millis;
        let found =
            |off, own, burn| KernelComparison { greatest_difference: off, own: ms(own), burn: ms(burn) };
        assert!(is_better(&found(Some(1e-6), 1, 5), DType::F32));
        assert!(!is_better(&found(Some(1e-6), 5, 5), DType::F32), "no quicker");
        assert!(!is_better(&found(Some(1e-3), 1, 5), DType::F32), "wrong");
        assert!(is_better(&found(Some(5e-4), 1, 5), DType::F16));
        assert!(!is_better(&found(None, 1, 5), DType::F32), "out of reach");
    }

    #[test]
    fn the_kernel_does_not_reach_the_cpu() {
        assert_eq!(difference(CASES[0], &Device::flex(), DType::F32), None);
    }
}
