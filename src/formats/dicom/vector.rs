//! Places and directions in the patient.

/// A place or a direction in the coordinates of the patient, mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vector(pub [f64; 3]);

impl Vector {
    /// From the other place to this one.
    pub(super) fn minus(self, other: Self) -> Self {
        Self(std::array::from_fn(|axis| self.0[axis] - other.0[axis]))
    }

    /// The scalar product.
    pub(super) fn dot(self, other: Self) -> f64 {
        self.0.iter().zip(other.0).map(|(a, b)| a * b).sum()
    }

    /// In mm.
    pub(super) fn length(self) -> f64 {
        self.dot(self).sqrt()
    }
}
