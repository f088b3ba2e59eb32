//! The weights of a network as rows of numbers, and where they lie in the vectors of a step.

use burn::tensor::Tensor;

/// A weight of a network as a row of numbers, outside of autodiff.
pub(super) struct Weight {
    pub id: u64,
    pub path: String,
    pub shape: Vec<usize>,
    pub value: Tensor<1>,
    pub gradient: Option<Tensor<1>>,
}

impl Weight {
    /// Its place, which begins at 0 until a group gives it another.
    pub fn place(&self) -> Place {
        Place { id: self.id, path: self.path.clone(), shape: self.shape.clone(), start: 0 }
    }
}

/// Where a weight lies in the vectors of its group.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub id: u64,
    pub path: String,
    pub shape: Vec<usize>,
    pub start: usize,
}

impl Place {
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }
}
