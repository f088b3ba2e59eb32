//! Looks at random: a style between those of two training eyes, and vessels.

use super::noise::{Rng, stream};
use super::style::StyleModel;
use super::vessels::drawn_shadows;
use crate::document::Appearance;
use crate::scan::Spacing;

/// What each of the two draws with: the vessels of a seed stay when its style is not drawn.
const STYLE_EVENT: u64 = 0;
const VESSELS_EVENT: u64 = 1;

/// The style of a seed, between those of two training eyes, in deviations along the components of the model.
pub fn style_of_seed(style: &StyleModel, seed: u64) -> Vec<f32> {
    style.drawn(&mut Rng::new(seed, stream::APPEARANCE, STYLE_EVENT))
}

/// Shadows of the vessels of a seed, a value a column; empty if there is none.
pub fn shadows_of_seed(width: u32, spacing: Option<Spacing>, seed: u64) -> Vec<u8> {
    let column_um = spacing.map(|spacing| spacing.lateral_um_per_px);
    drawn_shadows(width, column_um, &mut Rng::new(seed, stream::APPEARANCE, VESSELS_EVENT))
}

/// Both, as far as a model knows them: one without styles or without shadows draws none.
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
    }
}
