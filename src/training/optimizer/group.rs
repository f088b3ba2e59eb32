//! Weights that move together, and their moments: each moment of all of them in one vector.

use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor};

use super::weights::{Place, Weight};

/// Weights begin at multiples of so many numbers, so that on a device a part of a vector is a view of it.
const ALIGNMENT: usize = 64;

/// Weights that have taken equally many steps.
#[derive(Clone)]
pub(super) struct Group {
    pub places: Vec<Place>,
    pub steps: usize,
    /// Running means of gradients and of their squares.
    pub moments: [Tensor<1>; 2],
    /// Weights and averages as vectors, on devices that compute with those.
    pub kept: Option<Kept>,
}

/// What the last step left on a device that computes with vectors.
#[derive(Clone)]
pub(super) struct Kept {
    pub weights: Tensor<1>,
    pub averages: Option<Tensor<1>>,
}

/// A weight and its moments.
pub(super) type Member = (Place, [Tensor<1>; 2]);

/// What of a network a group moves.
pub(super) struct Part<'a> {
    pub weights: Vec<&'a Weight>,
    pub averages: Option<Vec<Tensor<1>>>,
}

/// New weights and averages, by the weights' numbers.
pub(super) struct Moved {
    pub values: BTreeMap<u64, Tensor<1>>,
    pub averages: BTreeMap<u64, Tensor<1>>,
}

impl Group {
    /// Of weights that have taken so many steps.
    pub fn of(steps: usize, members: Vec<Member>) -> Self {
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
        Self { places, steps, moments: pieces.map(|pieces| joined(start, pieces, &device)), kept: None }
    }

    /// Taken apart.
    pub fn into_members(self) -> Vec<Member> {
        let part = |place: &Place| {
            let range = place.start..place.start + place.len();
            self.moments.clone().map(|moment| moment.slice([range.clone()]))
        };
        let moments: Vec<_> = self.places.iter().map(part).collect();
        self.places.into_iter().zip(moments).collect()
    }
}

fn device_of(pieces: &[(usize, Tensor<1>)]) -> Device {
    pieces.first().map_or_else(Device::flex, |(_, piece)| piece.device())
}

/// Pieces that begin at the given numbers of a vector of this length.
pub(super) fn joined(length: usize, pieces: Vec<(usize, Tensor<1>)>, device: &Device) -> Tensor<1> {
    pieces.into_iter().fold(Tensor::zeros([length], device), |whole, (start, piece)| {
        let range = start..start + piece.dims()[0];
        whole.slice_assign([range], piece)
    })
}
