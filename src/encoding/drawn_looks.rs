//! Looks at random: a style and outer bands between those of two training eyes, and vessels.

use super::noise::{Rng, stream};
use super::outer_bands;
use super::style::StyleModel;
use super::vessels::drawn_shadows;
use crate::document::Appearance;
use crate::scan::Spacing;

/// What each of them draws with: the vessels of a seed stay when its style is not drawn.
const STYLE_EVENT: u64 = 0;
const VESSELS_EVENT: u64 = 1;
const BANDS_EVENT: u64 = 2;

/// The style of a seed, between those of two training eyes, in deviations along the components of the model.
pub fn style_of_seed(style: &StyleModel, seed: u64) -> Vec<f32> {
    style.drawn(&mut Rng::new(seed, stream::APPEARANCE, STYLE_EVENT))
}

/// Shadows of the vessels of a seed, a value a column; empty if there is none.
pub fn shadows_of_seed(width: u32, spacing: Option<Spacing>, seed: u64) -> Vec<u8> {
    let column_um = spacing.map(|spacing| spacing.lateral_um_per_px);
    drawn_shadows(width, column_um, &mut Rng::new(seed, stream::APPEARANCE, VESSELS_EVENT))
}

/// The band contrast of a seed, between those of two training eyes.
pub fn band_contrast_of_seed(seed: u64) -> f32 {
    outer_bands::drawn(&mut Rng::new(seed, stream::APPEARANCE, BANDS_EVENT))
}

/// All of it, as far as a model knows it: one without styles has one look of the eye, one without shadows no vessels.
pub fn appearance_of_seed(
    style: Option<&StyleModel>,
    takes_shadows: bool,
    width: u32,
    spacing: Option<Spacing>,
    seed: u64,
) -> Appearance {
    Appearance {
        style: style.map(|style| style_of_seed(style, seed)),
        shadows: if takes_shadows { shadows_of_seed(width, spacing, seed) } else { Vec::new() },
        band_contrast: style.map(|_| band_contrast_of_seed(seed)),
    }
}
