//! Scans with labels as training data: manifest, split by subject, the document-to-network mapping,
//! noise, samples, augmentation; sampled masks as labels (DMC).

pub mod augmentation;
pub mod deformation;
pub mod dmc;
pub mod duplicates;
pub mod framing;
pub mod labels;
pub mod lesion_edges;
pub mod lumens;
pub mod manifest;
pub mod mapping;
pub mod masks;
pub mod noise;
mod open;
pub mod pseudo_labels;
mod resampling;
pub mod sample_set;
pub mod samples;
mod scan_tree;
pub mod shadow;
pub mod split;
pub mod style;

pub use labels::LabelScheme;
pub use manifest::{Manifest, ManifestEntry};
pub use mapping::{Mapping, Plan};
pub use open::open;
pub use scan_tree::read_scans;
pub use split::{Role, Split};
