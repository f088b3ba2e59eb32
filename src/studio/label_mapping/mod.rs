//! The question what the values of a label file are: the window's `--map` and `--scheme`.
//!
//! A wrong guess would be silent and train a wrong model. So the values that were found are shown with what they look
//! like, over the scan in the colours of their labels, and the order of the layers is looked at before anything is
//! overwritten. Labels are made of the values on a thread of their own after every answer.

mod answer;
mod answering;
mod preview;
mod question;
mod trial;
mod unmapped;
mod view;

pub use answering::MappingAnswer;
pub use question::MappingQuestion;
pub use trial::{MappingTrial, TriedMapping};
pub use unmapped::UnmappedLabels;
pub use view::show;
