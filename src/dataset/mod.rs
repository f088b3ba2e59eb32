//! Data sets as people know them: importing and building them, manifest, split by subject, loading, samples,
//! augmentation, duplicates, names that are burnt into scans.

pub mod augmentation;
pub mod building;
pub mod burnt_in;
pub mod contents;
pub mod cyst_outlines;
pub mod deformation;
pub mod duplicates;
pub mod framing;
pub mod importing;
pub mod lesion_edges;
pub mod lumens;
pub mod manifest;
pub mod mask_augmentation;
pub mod mask_samples;
mod open;
pub mod pseudo_labels;
pub mod sample_set;
pub mod samples;
mod scan_tree;
pub mod split;
mod stamps;
mod turns;
pub mod watch;

pub use manifest::{Manifest, ManifestEntry};
pub use open::{open, open_watched};
pub use scan_tree::read_scans;
pub use split::{Role, Split};
pub use turns::subjects_in_turn;
