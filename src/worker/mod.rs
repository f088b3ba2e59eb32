//! Background work: the synthesis thread, and the processes that train, generate and compare.
//!
//! One thread owns every tensor, because GPU work is ordered by thread and the window must never wait.
//! It is driven through a mailbox that holds only the newest request ([`mailbox`]), decides by the rules of
//! [`scheduler`], and is tested with a renderer that takes no time ([`renderer`]). Nothing here knows
//! the window: it hands over a `wake` callback.

pub mod coarse_draft;
pub mod comparison_process;
pub mod comparison_record;
pub mod comparison_request;
mod drawn_appearance;
pub mod generation_process;
pub mod generation_request;
mod last_words;
pub mod local_edit;
pub mod mailbox;
pub mod marking;
pub mod masks;
pub mod model_renderer;
pub mod models;
mod picture_cache;
#[cfg(feature = "gpu")]
pub mod present;
pub mod protocol;
pub mod renderer;
pub mod scheduler;
mod size_classes;
mod sizes_on_device;
mod start;
mod synthesis;
pub mod trainer_process;
mod watched;

pub(crate) use start::load as load_model;

pub use comparison_process::{ComparisonLaunch, ComparisonProcess};
pub use comparison_record::{ComparisonRecord, ComparisonState};
pub use comparison_request::{ComparisonKind, ComparisonRequest, DownstreamRequest, PaperRequest, StepName};
pub use generation_process::{GenerationLaunch, GenerationProcess, GenerationStart};
pub use generation_request::GenerationRequest;
pub use models::ModelSource;
pub use protocol::{Event, FromScan, LoadedModel, Picture, PictureImage, PictureKind, Recipe, Request};
pub use synthesis::{SynthesisWorker, WorkerOptions};
pub use trainer_process::{Launch, Start, TrainerProcess};
