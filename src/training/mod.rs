//! Training: run configuration, batches, trainer, averaged weights, checkpoints, run directory.
//!
//! A run is a child process of the studio or a command of its own; what it says is [`report::Event`]s,
//! and everything that matters is in its [`run_directory`].

mod baselines;
mod batch_loss;
mod batches;
mod checkpoint;
pub mod config;
mod config_text;
pub mod control;
pub mod cost;
pub mod curve;
pub mod distill;
pub mod distillation;
mod error;
mod learner;
pub mod lineage;
pub mod live_sample;
mod loss_scale;
mod mask_batches;
mod memorisation;
pub mod memory;
mod opponent;
mod optimizer;
mod prepared;
mod presets;
mod progress;
mod repetition;
pub mod report;
mod run;
pub mod run_directory;
pub mod run_lock;
pub mod run_record;
mod sample_pictures;
pub mod samples_sheet;
mod saving;
mod scan_stream;
pub mod segmenting;
mod session;
mod setting;
mod source;
mod start;
mod strips;
pub mod strips_file;
pub mod strips_sheet;
pub mod trainer;
mod validation;

pub use baselines::{Adversary, BaselineTask, PerceptualTerm};
pub use batches::Batch;
pub use config::{MaskTask, Preset, RunConfig, Stage, StyleSettings};
pub use control::{Control, Order};
pub use error::TrainingError;
pub use learner::{Company, Faced, Learner, Validated};
pub use report::Event;
pub use run::{Run, StartModel};
pub use segmenting::{LabelResize, SegmentTask};
pub use session::run;
pub use strips::{HighNoise, WideStrips};
pub use trainer::Trainer;
pub use validation::{StratumLoss, ValidationSet};
