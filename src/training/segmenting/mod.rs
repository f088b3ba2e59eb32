//! The stage `segment`: a network that labels scans, in the trainer of those that draw them.
//!
//! Its batches are theirs: strips of labelled scans, with the label planes as what is to be answered. So what is here
//! is what differs: the task, its recipes, its loss.

mod learner;
mod loss;
mod recipe;
mod sheet;
mod task;

pub use loss::{LossForm, SegmentLoss};
pub(super) use sheet::draw;
pub use task::{LabelResize, SegmentTask};
