//! Networks that others trained on photographs, by which pictures are compared: LPIPS, the Inception network of FID, and
//! EfficientNet-Lite0.
//!
//! Their weights are published elsewhere and are too large to be carried here, so each knows the names that its tensors
//! have in the files that people have of it.

mod efficientnet_lite;
mod inception;
mod lpips;
mod trunk;

use burn::module::Module;
use burn::tensor::Tensor;

pub use efficientnet_lite::EfficientNetLite0;
pub use inception::Inception;
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

/// The mean of every map: `[batch, channels]`.
fn means_of(maps: Tensor<4>) -> Tensor<2> {
    let [batch, channels, height, width] = maps.dims();
    maps.reshape([batch, channels, height * width]).mean_dim(2).reshape([batch, channels])
}
