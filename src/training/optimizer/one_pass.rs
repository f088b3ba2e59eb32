//! A step on burn's CPU backend: every number is read and written once, by all cores.
//!
//! The operations and their order are those of burn's AdamW, so that runs go on to the bit; only their results no
//! longer go through memory one by one.

use burn::tensor::{DType, Tensor, TensorData};
use burn_flex::{Flex, FlexTensor};
use rayon::prelude::*;

use super::factors::{EPSILON, Factors};
use super::group::{Group, Moved, Part};

/// Tensors of single precision on burn's CPU backend.
pub(super) struct Work {
    moments: [FlexTensor; 2],
    weights: Vec<WeightWork>,
}

struct WeightWork {
    value: FlexTensor,
    gradient: FlexTensor,
    average: Option<FlexTensor>,
}

impl Work {
    /// `None` where one of them is anything else.
    pub fn of(moments: &[Tensor<1>; 2], part: &Part) -> Option<Self> {
        let [first, second] = moments;
        let weights = part.weights.iter().enumerate().map(|(index, weight)| {
            let average = match &part.averages {
                Some(averages) => Some(values_of(&averages[index])?),
                None => None,
            };
            let gradient = values_of(weight.gradient.as_ref()?)?;
            Some(WeightWork { value: values_of(&weight.value)?, gradient, average })
        });
        let weights = weights.collect::<Option<Vec<_>>>()?;
        Some(Self { moments: [values_of(first)?, values_of(second)?], weights })
    }
}

fn values_of(tensor: &Tensor<1>) -> Option<FlexTensor> {
    let values = tensor.clone().try_into_primitive::<Flex>().ok()?;
    if values.dtype() != DType::F32 {
        return None;
    }
    let values = if values.as_slice::<f32>().is_some() { values } else { values.to_contiguous() };
    values.as_slice::<f32>().is_some().then_some(values)
}

fn slice_of(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice().expect("checked when the work was gathered")
}

fn tensor_of(values: Vec<f32>) -> Tensor<1> {
    let count = values.len();
    Tensor::from_primitive::<Flex>(FlexTensor::from_data(TensorData::new(values, [count])))
}

/// Takes the step. `group` gives its moments away for it, so that they change in place.
pub(super) fn step(group: &mut Group, work: Work, factors: &Factors, moved: &mut Moved) {
    let Work { moments: [mut first, mut second], weights } = work;
    let nothing = || tensor_of(vec![0.0]);
    group.moments = [nothing(), nothing()];
    let made: Vec<(Vec<f32>, Option<Vec<f32>>)> = {
        let (mut of_first, mut of_second) = (first.storage_mut::<f32>(), second.storage_mut::<f32>());
        let mut passed = 0;
        let mut jobs = Vec::with_capacity(weights.len());
        for (place, weight) in group.places.iter().zip(&weights) {
            let count = place.len();
            let [first, second] = [&mut of_first, &mut of_second].map(|rest| {
                let (_, from) = std::mem::take(rest).split_at_mut(place.start - passed);
                let (own, behind) = from.split_at_mut(count);
                *rest = behind;
                own
            });
            passed = place.start + count;
            jobs.push(Job { weight, first, second });
        }
        jobs.into_par_iter().map(|job| job.run(factors)).collect()
    };
    group.moments = [first, second].map(Tensor::from_primitive::<Flex>);
    for (place, (value, average)) in group.places.iter().zip(made) {
        moved.values.insert(place.id, tensor_of(value));
        if let Some(average) = average {
            moved.averages.insert(place.id, tensor_of(average));
        }
    }
}

struct Job<'a> {
    weight: &'a WeightWork,
    first: &'a mut [f32],
    second: &'a mut [f32],
}

impl Job<'_> {
    /// The new weight and its average.
    fn run(self, factors: &Factors) -> (Vec<f32>, Option<Vec<f32>>) {
        let Self { weight, first, second } = self;
        let (value, gradient) = (slice_of(&weight.value), slice_of(&weight.gradient));
        let numbers = value.iter().zip(gradient).zip(first.iter_mut().zip(second));
        let value: Vec<f32> = match factors.is_first {
            true => numbers.map(|((&w, &g), (m, v))| moved_by::<true>(w, g, m, v, factors)).collect(),
            false => numbers.map(|((&w, &g), (m, v))| moved_by::<false>(w, g, m, v, factors)).collect(),
        };
        let average = weight.average.as_ref().zip(factors.average).map(|(average, [old, new])| {
            slice_of(average)
                .iter()
                .zip(&value)
                .map(|(&average, &value)| average * old + value * new)
                .collect()
        });
        (value, average)
    }
}

#[inline(always)]
fn moved_by<const IS_FIRST: bool>(
    value: f32,
    gradient: f32,
    first: &mut f32,
    second: &mut f32,
    factors: &Factors,
) -> f32 {
    let gradient = gradient * factors.scale;
    let betas = factors.betas;
    let added = [gradient * (1.0 - betas[0]), gradient * gradient * (1.0 - betas[1])];
    (*first, *second) = match IS_FIRST {
        true => (added[0], added[1]),
        false => (*first * betas[0] + added[0], *second * betas[1] + added[1]),
    };
    let [of_first, of_second] = factors.corrections;
    let step = (*first / of_first) / ((*second / of_second).sqrt() + EPSILON);
    value * factors.kept - step * factors.rate
}
