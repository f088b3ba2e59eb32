//! What the user says of the values of a label file.

use crate::formats::label_mapping::{Meaning, Scheme};
use crate::formats::label_picture::LabelValue;

/// What the user says to a [`MappingQuestion`](super::MappingQuestion).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MappingAnswer {
    /// All values mean what they do in this scheme.
    Scheme(Scheme),
    /// One value means this.
    Value(LabelValue, Meaning),
    /// The labels are to be loaded.
    Load,
    /// It is no label file.
    OpenAsScan,
    /// Nothing is to be loaded.
    Cancel,
}
