//! Looks at random, as far as a model knows them: a style between those of two training eyes, and vessels.

use super::protocol::LoadedModel;
use crate::document::Appearance;
use crate::encoding::drawn_looks::{appearance_of_seed, shadows_of_seed, style_of_seed};
use crate::scan::Spacing;

impl LoadedModel {
    /// Style and vessel shadows of a seed for a scan of so many columns; plain of a model that knows neither.
    pub fn drawn_appearance(&self, width: u32, spacing: Option<Spacing>, seed: u64) -> Appearance {
        appearance_of_seed(self.style.as_deref(), self.takes_shadows, width, spacing, seed)
    }

    /// A style between those of two training eyes; `None` of a model without styles.
    pub fn drawn_style(&self, seed: u64) -> Option<Vec<f32>> {
        self.style.as_ref().map(|style| style_of_seed(style, seed))
    }

    /// Shadows of vessels at random places; none of a model that does not draw them.
    pub fn drawn_shadows(&self, width: u32, spacing: Option<Spacing>, seed: u64) -> Vec<u8> {
        if self.takes_shadows { shadows_of_seed(width, spacing, seed) } else { Vec::new() }
    }
}
