//! Between a document and a network: the mapping of pixels, label planes, mask codings and the way back (DMC),
//! resampling, noise that is the same everywhere, and what a scan's style and vessel shadows are.
//!
//! Pure values: nothing here reads a file or knows a network.

mod blended_labels;
pub mod dmc;
pub mod drawn_looks;
pub mod labels;
pub mod lines;
pub mod mapping;
pub mod masks;
pub mod noise;
pub mod outer_bands;
pub mod resampling;
pub mod shadow;
pub mod shown_columns;
pub mod style;
pub mod vessels;

pub use labels::LabelScheme;
pub use mapping::{GridPlan, Mapping};
