//! How far synthetic scans are from the real ones of the same masks.

mod findings;
mod measure;
#[cfg(feature = "cpu")]
mod model;
mod pictures;
#[cfg(feature = "cpu")]
mod reader;
mod report;
#[cfg(feature = "cpu")]
mod sheet;

pub use measure::{ComparedScan, Fidelity, PictureSource};
#[cfg(feature = "cpu")]
pub use model::{ModelDrawing, ModelMaker};
pub use pictures::PicturesOfScans;
#[cfg(feature = "cpu")]
pub use reader::Reader;
pub use report::FidelityReport;
#[cfg(feature = "cpu")]
pub use sheet::FidelitySheet;
