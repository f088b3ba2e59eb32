//! What the values of a label picture mean: a mapping from values and colours to labels, the schemes that people
//! use, and the question that is asked where none of them was named.
//!
//! A wrong guess would be silent and train a wrong model, so nothing is guessed: every value of a picture is
//! mapped, or the picture is refused with the values found and what to say. [`propose`] says what it looks like.

mod background;
mod choice;
mod labels;
mod mapping;
mod memory;
mod proposal;
mod refusal;
mod scheme;
mod steps;
mod text;

pub use choice::{LabelChoice, labels_of, read_labels};
pub use labels::Labels;
pub use mapping::{LabelMapping, Meaning};
pub use memory::MappingMemory;
pub use proposal::{Confidence, Proposal, propose};
pub use scheme::{Scheme, SchemeKind};
pub(super) use scheme::{UNANNOTATED_COLOR, paper_color};
