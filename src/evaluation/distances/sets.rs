//! Features of two sets of pictures, and their distances.

use std::path::Path;

use super::perceptual::Perceptual;
use super::report::{DistancesReport, REPORT_VERSION, Side};
use crate::evaluation::EvaluationError;
#[cfg(feature = "cpu")]
use crate::evaluation::features::{FeatureNetwork, PictureFolder};
use crate::formats::{feature_file, read_file};
use crate::metrics::feature_distances::{Features, SetComparison, Subsets};

/// Features of the pictures of a set.
#[derive(Clone, Debug)]
pub struct FeatureSet {
    /// As the user named it.
    from: String,
    features: Features,
}

impl FeatureSet {
    /// Features that were made elsewhere.
    ///
    /// # Errors
    /// If the file cannot be read, or holds no features of at least two pictures.
    pub fn of_file(path: &Path) -> Result<Self, EvaluationError> {
        let from = path.display().to_string();
        let array = feature_file::read(&read_file(path)?, &from)?;
        let features = Features::new(array.count, array.dimension, array.values)
            .map_err(EvaluationError::features(format!("{from}: the array")))?;
        Ok(Self { from, features })
    }

    /// What a network sees in the pictures of a folder. `on_picture` is told the number of each before its turn.
    ///
    /// # Errors
    /// If a picture cannot be read, or there are fewer than two.
    #[cfg(feature = "cpu")]
    pub fn of_pictures(
        pictures: &PictureFolder,
        network: &FeatureNetwork,
        on_picture: &mut dyn FnMut(usize),
    ) -> Result<Self, EvaluationError> {
        Ok(Self { from: pictures.name(), features: pictures.features(network, on_picture)? })
    }

    fn side(&self) -> Side {
        Side { from: self.from.clone(), pictures: self.features.count() }
    }
}

/// Two sets of pictures, and what networks made of them.
#[derive(Debug)]
pub struct FeatureSets {
    /// Real pictures.
    pub real: FeatureSet,
    /// Drawn ones.
    pub drawn: FeatureSet,
    /// Name and hash of the network that made the features of pictures; `None` where both sets are files of features.
    pub network: Option<(String, String)>,
    /// How differently pictures of one set look, where that was asked for.
    pub lpips: Option<Perceptual>,
}

impl FeatureSets {
    /// Their distances. The kernel distance is averaged over `subsets` random subsets of at most `size` pictures of each
    /// set, equal ones of equal seeds.
    ///
    /// # Errors
    /// If the sets have features of different networks.
    pub fn compare(self, subsets: usize, size: usize, seed: u64) -> Result<DistancesReport, EvaluationError> {
        let Self { real, drawn, network, lpips } = self;
        let comparison =
            SetComparison::of(&real.features, &drawn.features, Subsets { count: subsets, size, seed })
                .map_err(EvaluationError::features(format!("{} and {}", real.from, drawn.from)))?;
        Ok(DistancesReport {
            version: REPORT_VERSION,
            network,
            features: real.features.dimension(),
            real: real.side(),
            drawn: drawn.side(),
            comparison,
            lpips,
        })
    }
}
