//! Networks that others trained on photographs, by which pictures are compared: LPIPS.
//!
//! Their weights are published elsewhere and are too large to be carried here, so each knows the names that its tensors
//! have in the files that people have of it.

mod lpips;
mod trunk;

use burn::module::Module;

pub use lpips::Lpips;
pub use trunk::{Trunk, TrunkKind};

/// A network whose weights were published under names of their own.
pub trait Published: Module {
    /// Parts of names by which tensors are known that such files hold and the network does without.
    const UNNEEDED: &'static [&'static str];

    /// The names that a tensor may have in a file; the first that is there counts. `name` is one of
    /// [`weights::shapes`](super::weights::shapes).
    fn published_names(&self, name: &str) -> Vec<String>;
}
