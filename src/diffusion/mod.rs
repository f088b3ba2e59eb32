//! Diffusion over a network: schedule, prediction, loss, samplers; the model file and the synthesizer.
//!
//! Throughout, `x_t = alpha x_0 + sigma eps` with `alpha^2 + sigma^2 = 1` (variance preserving). A
//! [`NoiseLevel`] is one point of a schedule with the number that the network is given as its timestep.

pub mod baseline;
mod bright_line;
pub mod consistency;
mod dark_fluid;
pub mod described;
pub mod drm;
mod finish;
mod interfaces;
pub mod look;
pub mod loss;
pub mod lpips_file;
pub mod mask_generator;
pub mod model_file;
pub mod noise_spacing;
mod outer_bands;
mod painted_cysts;
pub mod prediction;
pub mod published;
mod requested_look;
pub mod samplers;
pub mod scene;
pub mod schedule;
pub mod stage;
pub mod stated;
pub mod synthesizer;
pub mod tensor_file;
pub mod training_summary;
mod unseen_fluid;

pub use look::Look;
pub use mask_generator::{MaskGenerator, MaskGuide, MaskSettings};
pub use model_file::ModelInfo;
pub use noise_spacing::NoiseSpacing;
pub use prediction::Prediction;
pub use samplers::Sampler;
pub use scene::{Emphasis, EncodedScene};
pub use schedule::{NoiseLevel, Schedule};
pub use stage::Stage;
pub use synthesizer::Synthesizer;
pub use training_summary::TrainingSummary;
