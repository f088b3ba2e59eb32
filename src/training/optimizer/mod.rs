//! The optimiser's step over all weights at once: AdamW (Loshchilov and Hutter 2019) and the averaged network.
//!
//! burn's optimiser takes the weights tensor by tensor, some twenty operations each: on a GPU a thousand and more small
//! kernels a step, on a CPU as many passes over memory. Here the moments of all weights lie in one vector. On burn's
//! CPU backend one pass touches every number once ([`one_pass`]), to the bit as burn's operations do; on other devices
//! some fifteen operations work on vectors of all weights ([`flat`]). Files stay burn's own ([`record`]), so runs that
//! were begun with burn's optimiser go on.

mod flat;
mod gradient;
mod one_pass;
mod record;

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, Param};
use burn::store::RecordError;
use burn::tensor::{Bytes, Device, Tensor, TensorData};

use super::ema;
pub use gradient::Gradient;
pub(super) use gradient::Weight;
use gradient::weights_of;

/// How much of the moments a step keeps: of the gradient's mean and of its squares'.
const BETAS: [f32; 2] = [0.9, 0.999];
/// Added to the root of the second moment.
const EPSILON: f32 = 1e-8;
/// Weights begin at multiples of so many numbers, so that on a device a part of a vector is a view of it.
const ALIGNMENT: usize = 64;

/// AdamW over all weights of a network. It must be given the network that its last step returned.
#[derive(Clone)]
pub struct Optimizer {
    weight_decay: f32,
    /// One, unless some weights are without gradient in some steps.
    groups: Vec<Group>,
}

/// Weights that have taken equally many steps.
#[derive(Clone)]
struct Group {
    places: Vec<Place>,
    steps: usize,
    /// Running means of gradients and of their squares.
    moments: [Tensor<1>; 2],
    /// Weights and averages as vectors, on devices that compute with those.
    kept: Option<flat::Kept>,
}

/// Where a weight lies in the vectors of its group.
#[derive(Clone, Debug)]
struct Place {
    id: u64,
    path: String,
    shape: Vec<usize>,
    start: usize,
}

/// A weight and its moments.
type Member = (Place, [Tensor<1>; 2]);

impl Place {
    fn len(&self) -> usize {
        self.shape.iter().product()
    }
}

/// What a step does beside following the gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Update {
    pub learning_rate: f64,
    /// What the gradient is multiplied with: the inverse of the loss scale, and what clipping leaves of it.
    pub scale: f64,
    /// How much of the averaged network stays; `None` makes it the network itself.
    pub average_decay: Option<f64>,
}

/// The factor that scales a gradient of this norm, itself times `factor`, to at most `largest` (0 for no limit).
pub fn clipped(norm: f64, factor: f64, largest: f64) -> f64 {
    let is_clipped = largest > 0.0 && norm.is_finite() && norm > largest;
    if is_clipped { factor * largest / norm } else { factor }
}

impl Optimizer {
    /// Before its first step.
    pub fn new(weight_decay: f32) -> Self {
        Self { weight_decay, groups: Vec::new() }
    }

    /// Moves the weights along the gradient, and the averages after them; returns both networks.
    pub fn step<N: Module>(&mut self, network: N, average: N, gradient: Gradient, update: Update) -> (N, N) {
        let averages = update.average_decay.map(|_| ema::weights(&average));
        let weights: BTreeMap<u64, usize> =
            gradient.weights.iter().enumerate().map(|(index, weight)| (weight.id, index)).collect();
        self.arrange(&gradient);
        let mut moved = Moved { values: BTreeMap::new(), averages: BTreeMap::new() };
        for group in &mut self.groups {
            let of_group: Vec<usize> = group.places.iter().map(|place| weights[&place.id]).collect();
            if of_group.iter().all(|&index| gradient.weights[index].gradient.is_some()) {
                let averages =
                    averages.as_ref().map(|all| of_group.iter().map(|&index| all[index].clone()).collect());
                let weights = of_group.iter().map(|&index| &gradient.weights[index]).collect();
                group.step(Part { weights, averages }, self.weight_decay, update, &mut moved);
            }
        }
        let network = network.map(&mut Replacement { values: moved.values });
        let average = match update.average_decay {
            None => network.clone().valid(),
            Some(decay) => ema::averaged(average, &gradient.weights, moved.averages, decay),
        };
        (network, average)
    }

    /// As burn's AdamW writes its moments.
    ///
    /// # Errors
    /// If they cannot be read from their device or packed.
    pub fn to_bytes(&self) -> Result<Bytes, RecordError> {
        record::write(&self.groups)
    }

    /// With the moments of a file, of burn's AdamW or of this one, for the weights of a network.
    ///
    /// # Errors
    /// If the file is damaged, or of another network.
    pub fn with_bytes<N: Module>(self, bytes: Bytes, network: &N) -> Result<Self, RecordError> {
        let weights = weights_of(network);
        let mut known = record::read(bytes)?;
        let mut by_age: BTreeMap<usize, Vec<Member>> = BTreeMap::new();
        for weight in &weights {
            let Some(moments) = known.remove(&weight.id) else { continue };
            if moments.shape != weight.shape {
                let (path, found, expected) = (&weight.path, moments.shape, &weight.shape);
                let reason = format!("the moments of {path} are {found:?}, expected {expected:?}");
                return Err(RecordError::Validation(reason));
            }
            let device = weight.value.device();
            let moved = moments.values.map(|values| {
                let count = values.len();
                Tensor::<1>::from_data(TensorData::new(values, [count]), &device)
            });
            by_age.entry(moments.steps).or_default().push((weight.place(), moved));
        }
        if let Some(id) = known.keys().next() {
            let reason = format!("it has moments of a weight ({id}) that the network does not have");
            return Err(RecordError::Validation(reason));
        }
        let groups = by_age.into_iter().map(|(steps, members)| Group::of(steps, members)).collect();
        Ok(Self { groups, ..self })
    }

    /// Sees to it that every weight with a gradient has moments, and that the weights of a group have gradients
    /// together or not at all.
    fn arrange(&mut self, gradient: &Gradient) {
        let moving: BTreeMap<u64, &Weight> = gradient
            .weights
            .iter()
            .filter(|weight| weight.gradient.is_some())
            .map(|weight| (weight.id, weight))
            .collect();
        let with_gradient =
            |group: &Group| group.places.iter().filter(|place| moving.contains_key(&place.id)).count();
        let is_whole = |group: &Group| [0, group.places.len()].contains(&with_gradient(group));
        let known: usize = self.groups.iter().map(with_gradient).sum();
        if known == moving.len() && self.groups.iter().all(is_whole) {
            return;
        }
        let mut parts: BTreeMap<(bool, usize), Vec<Member>> = BTreeMap::new();
        let mut unknown = moving.clone();
        for group in std::mem::take(&mut self.groups) {
            let steps = group.steps;
            for (place, moments) in group.into_members() {
                let is_moving = unknown.remove(&place.id).is_some();
                parts.entry((is_moving, steps)).or_default().push((place, moments));
            }
        }
        // In the order of the network.
        for weight in gradient.weights.iter().filter(|weight| unknown.contains_key(&weight.id)) {
            let zeros = || Tensor::<1>::zeros([weight.value.dims()[0]], &weight.value.device());
            parts.entry((true, 0)).or_default().push((weight.place(), [zeros(), zeros()]));
        }
        self.groups = parts.into_iter().map(|((_, steps), members)| Group::of(steps, members)).collect();
    }
}

/// What of a network a group moves.
struct Part<'a> {
    weights: Vec<&'a Weight>,
    averages: Option<Vec<Tensor<1>>>,
}

/// New weights and averages, by the weights' numbers.
struct Moved {
    values: BTreeMap<u64, Tensor<1>>,
    averages: BTreeMap<u64, Tensor<1>>,
}

impl Group {
    fn of(steps: usize, members: Vec<Member>) -> Self {
        let mut places = Vec::with_capacity(members.len());
        let mut pieces = [Vec::new(), Vec::new()];
        let mut start = 0;
        for (place, moments) in members {
            for (pieces, moment) in pieces.iter_mut().zip(moments) {
                pieces.push((start, moment));
            }
            let length = place.len();
            places.push(Place { start, ..place });
            start = (start + length).next_multiple_of(ALIGNMENT);
        }
        let device = device_of(&pieces[0]);
        Self { places, steps, moments: pieces.map(|pieces| flat::joined(start, pieces, &device)), kept: None }
    }

    fn into_members(self) -> Vec<Member> {
        let part = |place: &Place| {
            let range = place.start..place.start + place.len();
            self.moments.clone().map(|moment| moment.slice([range.clone()]))
        };
        let moments: Vec<_> = self.places.iter().map(part).collect();
        self.places.into_iter().zip(moments).collect()
    }

    fn step(&mut self, part: Part, weight_decay: f32, update: Update, moved: &mut Moved) {
        self.steps += 1;
        let factors = Factors::of(self.steps, weight_decay, update);
        match one_pass::Work::of(&self.moments, &part) {
            Some(work) => one_pass::step(self, work, &factors, moved),
            None => flat::step(self, part, &factors, moved),
        }
    }
}

fn device_of(pieces: &[(usize, Tensor<1>)]) -> Device {
    pieces.first().map_or_else(Device::flex, |(_, piece)| piece.device())
}

/// The numbers of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Factors {
    is_first: bool,
    scale: f32,
    /// What the moments are divided by, which begin at zero.
    corrections: [f32; 2],
    /// What weight decay leaves of a weight.
    kept: f32,
    rate: f32,
    /// Of the averages and of the new weights in the new averages.
    average: Option<[f32; 2]>,
}

impl Factors {
    fn of(steps: usize, weight_decay: f32, update: Update) -> Self {
        let Update { learning_rate, scale, average_decay } = update;
        let decay = learning_rate * f64::from(weight_decay);
        Self {
            is_first: steps == 1,
            scale: scale as f32,
            corrections: BETAS.map(|beta| 1.0 - beta.powi(steps as i32)),
            kept: (1.0 - decay) as f32,
            rate: learning_rate as f32,
            average: average_decay.map(|decay| [decay as f32, (1.0 - decay) as f32]),
        }
    }
}

/// Puts new values into a network, with all else of its weights as it was.
struct Replacement {
    values: BTreeMap<u64, Tensor<1>>,
}

impl ModuleMapper for Replacement {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(value) = self.values.remove(&param.id.val()) else { return param };
        param.map(|old| {
            let mut new = Tensor::from_inner(value.reshape(old.dims()));
            if let Some(strategy) = old.gradient_checkpointing_strategy() {
                new = new.with_gradient_checkpointing_strategy(strategy);
            }
            if old.is_require_grad() { new.require_grad() } else { new }
        })
    }
}

#[cfg(test)]
mod tests;
