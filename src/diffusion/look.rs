//! What a synthetic scan is to look like beyond its mask.

use std::sync::Arc;

use crate::document::Appearance;
use crate::encoding::mapping::GridPlan;
#[cfg(doc)]
use crate::encoding::outer_bands;

/// What a network is conditioned on beside the mask, as far as it has such conditions; nothing by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// In deviations along the components of the model's [`StyleModel`](crate::encoding::style::StyleModel); `None`
    /// leaves the style to the network.
    pub style: Option<Vec<f32>>,
    /// Vessel shadow of every column of the grid, 0 to 1; columns it does not reach have none.
    pub shadow: Arc<[f32]>,
    /// How clearly the outer bands are apart ([`outer_bands`]); `None` takes [`outer_bands::USUAL_CONTRAST`].
    pub band_contrast: Option<f32>,
}

impl Look {
    /// What a network is shown of a style and of shadows that lie on the columns of an image; shadows of another width
    /// than the plan's image are left out.
    pub fn of(appearance: &Appearance, plan: &GridPlan) -> Self {
        let shadow = match appearance.shadows.len() == plan.width as usize {
            true => plan.columns_to_grid(&appearance.shadows),
            false => Vec::new(),
        };
        Self {
            style: appearance.style.clone(),
            shadow: shadow.into_iter().map(|shadow| f32::from(shadow) / 255.0).collect(),
            band_contrast: appearance.band_contrast,
        }
    }
}
