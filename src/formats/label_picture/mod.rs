//! What a label picture stores, before anybody says what it means: each value or colour that occurs, how many
//! pixels hold it and where it stands first.
//!
//! People's masks come as codes, as white on black, as greys spread to be seen, as colours. The reader takes the
//! *stored* numbers (a TIFF whose 0 is shown white is not turned round, a palette keeps its indices) and never
//! guesses a meaning; [`super::label_mapping`] does, and asks.

mod csv;
mod found;
mod lossy;
mod picture;
mod png;
mod reading;
mod size;
mod tiff;

pub use lossy::blended_value;
pub use picture::{FoundValue, LabelPicture, LabelValue, MAX_VALUES};
pub use reading::{may_be_one, read};
pub use size::check_size;
