//! Designed cases: a recipe says what an eye shall look like, a solver makes a mask that measures so.
//!
//! Ophthalmologists come to design a case ("DME, three cysts, SRF, central thickness 420 um"); teaching, quizzes
//! and generated data sets need many of them with known answers. This room is pure: it reads no file and draws no
//! picture, and a seed gives the same bytes on every machine.
//!
//! A recipe ([`recipe`]) is checked ([`bounds`]), the seed draws a healthy macula ([`healthy`]), cysts ([`cysts`])
//! and domes ([`domes`]) into a [`design`]; the [`solver`] turns thickenings until the wishes are met ([`shaping`]),
//! and the mask ([`rendering`]) is measured like any other ([`report`]). What cannot be met is explained
//! ([`conflict`]).

mod bounds;
mod conflict;
mod cysts;
mod design;
mod domes;
mod explain;
mod extent;
mod finding;
mod fluid;
mod frame;
mod healthy;
mod healthy_table;
mod intervals;
mod lesions;
pub mod quiz;
mod recipe;
mod recipe_text;
mod rendering;
mod report;
mod shapes;
mod shaping;
mod solver;
mod templates;
mod tissue;
pub mod visits;

pub use bounds::MAX_SEED;
pub use conflict::{CaseError, Conflict};
pub use cysts::DrawnCyst;
pub use extent::Extent;
pub use finding::Finding;
pub use frame::Frame;
pub use lesions::{FoundLesion, find_lesions};
pub use recipe::{
    Base, CaseRecipe, CystWish, DomeWish, LayerName, LayerWish, LossWish, RECIPE_VERSION, ScanFrame,
};
pub use recipe_text::MAX_RECIPE_BYTES;
pub use report::CaseReport;
pub use solver::{SolvedCase, solve};
pub use templates::{TEMPLATES, Template};
