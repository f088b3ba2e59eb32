//! How differently the pictures of one set look.

#[cfg(feature = "cpu")]
use std::path::Path;

use serde::Serialize;

#[cfg(feature = "cpu")]
use crate::evaluation::EvaluationError;
#[cfg(feature = "cpu")]
use crate::evaluation::features::{PerceptualDistance, PictureFolder};
use crate::metrics::feature_distances::Diversity;

/// How differently the pictures of each set look; `None` of a file of features.
#[derive(Debug, Serialize)]
#[cfg_attr(not(feature = "cpu"), allow(dead_code, reason = "networks are left out of this build"))]
pub struct Perceptual {
    /// Name and hash.
    pub(super) network: (String, String),
    pub(super) real: Option<Diversity>,
    pub(super) drawn: Option<Diversity>,
}

#[cfg(feature = "cpu")]
impl Perceptual {
    /// Of the pictures in the folders of the real and of the drawn set, over at most `pairs` random pairs of each; what is
    /// no folder holds no pictures. `on_pair` is told the folder and the number of each pair before its turn.
    ///
    /// # Errors
    /// If a picture cannot be read, is too small or of another size than the others.
    pub fn of(
        lpips: &PerceptualDistance,
        [real, drawn]: [&Path; 2],
        pairs: usize,
        seed: u64,
        on_pair: &mut dyn FnMut(&Path, usize),
    ) -> Result<Self, EvaluationError> {
        let mut diversity = |folder: &Path| -> Result<Option<Diversity>, EvaluationError> {
            if !folder.is_dir() {
                return Ok(None);
            }
            let pictures = PictureFolder::list(folder)?;
            let diversity = lpips.diversity(&pictures, pairs, seed, &mut |number| on_pair(folder, number))?;
            Ok(Some(diversity))
        };
        Ok(Self {
            real: diversity(real)?,
            drawn: diversity(drawn)?,
            network: (lpips.name(), lpips.sha256().to_owned()),
        })
    }
}
