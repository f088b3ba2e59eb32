//! A step on a device that is paid for by the kernel: some fifteen operations on vectors of all weights.
//!
//! What the last step left stays there as vectors; the weights of the network are views of them.

use burn::tensor::Tensor;

use super::factors::{EPSILON, Factors};
use super::group::{Group, Kept, Moved, Part, joined};

/// Takes the step.
pub(super) fn step(group: &mut Group, part: Part, factors: &Factors, moved: &mut Moved) {
    let Part { weights, averages } = part;
    let length = group.moments[0].dims()[0];
    let device = group.moments[0].device();
    let starts = || group.places.iter().map(|place| place.start);
    let gather = |pieces: Vec<Tensor<1>>| joined(length, starts().zip(pieces).collect(), &device);
    let gradients = weights.iter().filter_map(|weight| weight.gradient.clone()).collect();
    let values = || gather(weights.iter().map(|weight| weight.value.clone()).collect());
    let kept = group.kept.take();
    let (value, known_averages) = match kept {
        Some(kept) => (kept.weights, kept.averages),
        None => (values(), None),
    };
    let average = averages.map(|averages| known_averages.unwrap_or_else(|| gather(averages)));
    let value = moved_by(&mut group.moments, value, gather(gradients), factors);
    let average = average
        .zip(factors.average)
        .map(|(average, [old, new])| average.mul_scalar(old) + value.clone().mul_scalar(new));
    for place in &group.places {
        let range = place.start..place.start + place.len();
        moved.values.insert(place.id, value.clone().slice([range.clone()]));
        if let Some(average) = &average {
            moved.averages.insert(place.id, average.clone().slice([range]));
        }
    }
    group.kept = Some(Kept { weights: value, averages: average });
}

fn moved_by(
    moments: &mut [Tensor<1>; 2],
    value: Tensor<1>,
    gradient: Tensor<1>,
    factors: &Factors,
) -> Tensor<1> {
    let gradient = gradient.mul_scalar(factors.scale);
    let [kept_mean, kept_square] = factors.betas;
    let added =
        [gradient.clone().mul_scalar(1.0 - kept_mean), gradient.square().mul_scalar(1.0 - kept_square)];
    for ((moment, added), beta) in moments.iter_mut().zip(added).zip(factors.betas) {
        *moment = match factors.is_first {
            true => added,
            false => moment.clone().mul_scalar(beta) + added,
        };
    }
    let [of_first, of_second] = factors.corrections;
    let [first, second] = moments.clone();
    let step = first.div_scalar(of_first) / (second.div_scalar(of_second).sqrt().add_scalar(EPSILON));
    value.mul_scalar(factors.kept) - step.mul_scalar(factors.rate)
}
