//! What `evaluate distances` found out, for programs and for people.

use serde::Serialize;

use super::perceptual::Perceptual;
use crate::metrics::feature_distances::{Diversity, SetComparison};

pub(super) const REPORT_VERSION: u32 = 1;

/// Everything that was found out.
#[derive(Debug, Serialize)]
pub struct DistancesReport {
    pub(super) version: u32,
    /// Name and hash of the network that saw the pictures; `None` where both sets are files of features.
    pub(super) network: Option<(String, String)>,
    /// Features of a picture.
    pub(super) features: usize,
    pub(super) real: Side,
    pub(super) drawn: Side,
    #[serde(flatten)]
    pub(super) comparison: SetComparison,
    /// How differently pictures of one set look, where that was asked for.
    pub(super) lpips: Option<Perceptual>,
}

/// A set of pictures.
#[derive(Debug, Serialize)]
pub(super) struct Side {
    /// As the user named it.
    pub from: String,
    pub pictures: usize,
}

impl DistancesReport {
    /// The report for people.
    pub fn table(&self) -> String {
        let network = match &self.network {
            Some((name, sha256)) => format!("{name} ({})", &sha256[..sha256.len().min(12)]),
            None => "a network elsewhere".to_owned(),
        };
        let SetComparison { frechet, frechet_of_real_halves, kernel, warnings } = &self.comparison;
        let halves = frechet_of_real_halves.map_or("-".to_owned(), |halves| format!("{halves:.4}"));
        let mut text = format!(
            "real:     {} pictures of {}\ndrawn:    {} pictures of {}\nfeatures: {} of {network}\n\n\
             Fréchet distance                     {frechet:.4}\n\
             of one real half from the other      {halves}\n\
             kernel distance x 1000               {:.4} ± {:.4} ({} subsets of {} pictures)\n",
            self.real.pictures,
            self.real.from,
            self.drawn.pictures,
            self.drawn.from,
            self.features,
            1000.0 * kernel.mean,
            1000.0 * kernel.deviation,
            kernel.subsets,
            kernel.subset_size,
        );
        if let Some(lpips) = &self.lpips {
            for (set, diversity) in [("real", &lpips.real), ("drawn", &lpips.drawn)] {
                if let Some(Diversity { mean, deviation, pairs }) = diversity {
                    let name = format!("{} of {set} pictures", lpips.network.0);
                    text += &format!("{name:<36} {mean:.4} ± {deviation:.4} ({pairs} pairs)\n");
                }
            }
        }
        for warning in warnings {
            text += &format!("\nnote: {warning}\n");
        }
        text
    }
}
