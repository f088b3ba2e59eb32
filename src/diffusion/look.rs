//! What a synthetic scan is to look like beyond its mask.

use std::sync::Arc;

/// What a network is conditioned on beside the mask, as far as it has such conditions; nothing by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// In deviations along the components of the model's [`StyleModel`](crate::encoding::style::StyleModel); `None`
    /// leaves the style to the network.
    pub style: Option<Vec<f32>>,
    /// Vessel shadow of every column of the grid, 0 to 1; columns it does not reach have none.
    pub shadow: Arc<[f32]>,
}
