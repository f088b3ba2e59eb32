//! Background work: the synthesis thread, and the processes that train and generate.
//!
//! One thread owns every tensor, because GPU work is ordered by thread and the window must never wait.
//! It is driven through a mailbox that holds only the newest request ([`slot`]), decides by the rules of
//! [`scheduler`], and is tested with a renderer that takes no time ([`renderer`]). Nothing here knows
//! the window: it hands over a `wake` callback.

mod drawn_appearance;
pub mod generation_process;
pub mod generation_request;
pub mod local_edit;
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
pub mod slot;
mod start;
mod synthesis;
pub mod trainer_process;
mod watched;

pub(crate) use start::load as load_model;

pub use generation_process::{GenerationLaunch, GenerationProcess, GenerationStart};
pub use generation_request::GenerationRequest;
pub use models::ModelSource;
pub use protocol::{Event, FromScan, LoadedModel, Picture, PictureImage, PictureKind, Recipe, Request};
pub use synthesis::{SynthesisWorker, WorkerOptions};
pub use trainer_process::{Launch, Start, TrainerProcess};
