//! Looks at random, as far as a model knows them: a style between those of two training eyes, and vessels.

use super::protocol::LoadedModel;
use crate::document::Appearance;
use crate::encoding::noise::{Rng, stream};
use crate::encoding::vessels::drawn_shadows;
use crate::scan::Spacing;

/// What each of the two draws with: the vessels of a seed stay when its style is not drawn.
const STYLE_EVENT: u64 = 0;
const VESSELS_EVENT: u64 = 1;

impl LoadedModel {
    /// Style and vessel shadows of a seed for a scan of so many columns; plain of a model that knows neither.
    pub fn drawn_appearance(&self, width: u32, spacing: Option<Spacing>, seed: u64) -> Appearance {
        Appearance { style: self.drawn_style(seed), shadows: self.drawn_shadows(width, spacing, seed) }
    }

    /// A style between those of two training eyes; `None` of a model without styles.
    pub fn drawn_style(&self, seed: u64) -> Option<Vec<f32>> {
        let mut rng = Rng::new(seed, stream::APPEARANCE, STYLE_EVENT);
        self.style.as_ref().map(|style| style.drawn(&mut rng))
    }

    /// Shadows of vessels at random places; none of a model that does not draw them.
    pub fn drawn_shadows(&self, width: u32, spacing: Option<Spacing>, seed: u64) -> Vec<u8> {
        let mut rng = Rng::new(seed, stream::APPEARANCE, VESSELS_EVENT);
        let column_um = spacing.map(|spacing| spacing.lateral_um_per_px);
        if self.takes_shadows { drawn_shadows(width, column_um, &mut rng) } else { Vec::new() }
    }
}
