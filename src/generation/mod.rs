//! Pairs in bulk: masks with synthetic scans of them, as a data set that can be trained on, reviewed and made again.
//!
//! Whoever generates thousands of pairs stops the program, loses power, goes on elsewhere, and still wants one data set.
//! So a [`plan`] with a hash of its own determines every pair: pair `i` depends on the plan and `i` and on nothing
//! else. A [`pair`] is a mask from a [`mask_source`], cleaned, synthesised and scored ([`scores`]); the [`folder`] keeps
//! what is made in such an order that it is whole after a kill at any moment; the [`run`] makes what is missing. On a
//! cluster the same pairs are made in [`shard`]s that an existing engine counts, into a folder or a bucket ([`storage`]).
//!
//! The room knows no network: who draws masks and scans stands behind two traits, so that all of it is tested without
//! one.

pub mod any_storage;
pub mod best;
#[cfg(feature = "cloud")]
pub mod bucket;
pub mod conditions;
pub mod coverage;
pub mod event;
pub mod filters;
pub mod folder;
pub mod judging;
pub mod line;
pub mod mask_source;
pub mod numbers;
pub mod pace;
pub mod pair;
pub mod places;
pub mod plan;
pub mod record;
pub mod relabelling;
pub mod run;
pub mod scores;
pub mod shard;
pub mod shard_mark;
pub mod stop_order;
pub mod storage;
pub mod unmade;

pub use best::BestOf;
pub use conditions::{Conditions, RequestedConditions, Spread};
pub use event::GenerationEvent;
pub use filters::Filters;
pub use folder::GenerationFolder;
pub use judging::PairChoice;
pub use line::GeneratedLine;
pub use pair::{MadePair, MaskSource, PairMaker, ScanSource, SourcedMask};
pub use places::{LocalPlaces, MasksFrom};
pub use plan::{GenerationPlan, Kept, MaskPlanning, PlannedLooks, ScanPlanning, WarpedFluid};
pub use run::{GenerationOutcome, run};

use crate::formats::FormatError;

/// Why pairs cannot be made. Every message names the remedy.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum GenerationError {
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FormatError),
    /// The folder holds something else.
    #[error("{place}: {problem}; {remedy}")]
    Folder { place: String, problem: String, remedy: String },
    /// Not one of several attempts gave a mask or a scan.
    #[error("pair {index}: {reason}; change the masks that are asked for, or the seed")]
    Pair { index: u64, reason: String },
    /// The plan is damaged, or of another version.
    #[error("{place}: {problem}; make the plan again with this version of the program")]
    Plan { place: String, problem: String },
}
