//! The optimiser's step over all weights at once: AdamW (Loshchilov and Hutter 2019) and the averaged network.
//!
//! burn's optimiser takes the weights tensor by tensor, some twenty operations each: on a GPU a thousand and more small
//! kernels a step, on a CPU as many passes over memory. Here the moments of all weights lie in one vector. On burn's
//! CPU backend one pass touches every number once ([`one_pass`]), to the bit as burn's operations do; on other devices
//! some fifteen operations work on vectors of all weights ([`flat`]). Files stay burn's own ([`record`]), so runs that
//! were begun with burn's optimiser go on.

mod average;
mod factors;
mod flat;
mod gradient;
mod group;
mod one_pass;
mod record;
mod weights;

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, Param};
use burn::store::RecordError;
use burn::tensor::{Bytes, Tensor, TensorData};

use factors::{BETAS, Factors};
pub use factors::{Update, clipped};
pub use gradient::Gradient;
use gradient::weights_of;
use group::{Group, Member, Moved, Part};
use weights::Weight;

/// AdamW over all weights of a network. It must be given the network that its last step returned.
#[derive(Clone)]
pub struct Optimizer {
    weight_decay: f32,
    /// How much of the moments a step keeps: of the gradient's mean and of its squares'.
    betas: [f32; 2],
    /// One, unless some weights are without gradient in some steps.
    groups: Vec<Group>,
}

impl Optimizer {
    /// Before its first step.
    pub fn new(weight_decay: f32) -> Self {
        Self { weight_decay, betas: BETAS, groups: Vec::new() }
    }

    /// One that keeps so much of its moments in a step: of the gradient's mean and of its squares'.
    #[must_use]
    pub fn with_betas(self, betas: [f32; 2]) -> Self {
        Self { betas, ..self }
    }

    /// Whether it has not moved anything yet.
    pub fn is_fresh(&self) -> bool {
        self.groups.is_empty()
    }

    /// Moves the weights along the gradient, and the averages after them; returns both networks.
    pub fn step<N: Module>(&mut self, network: N, average: N, gradient: Gradient, update: Update) -> (N, N) {
        let averages = update.average_decay.map(|_| average::weights(&average));
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
                let factors = Factors::of(group.steps + 1, self.weight_decay, self.betas, update);
                move_group(group, Part { weights, averages }, &factors, &mut moved);
            }
        }
        let network = network.map(&mut Replacement { values: moved.values });
        let average = match update.average_decay {
            None => network.clone().valid(),
            Some(decay) => average::averaged(average, &gradient.weights, moved.averages, decay),
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

/// Moves the weights of a group, by the way that its device has.
fn move_group(group: &mut Group, part: Part, factors: &Factors, moved: &mut Moved) {
    group.steps += 1;
    match one_pass::Work::of(&group.moments, &part) {
        Some(work) => one_pass::step(group, work, factors, moved),
        None => flat::step(group, part, factors, moved),
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
