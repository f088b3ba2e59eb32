//! Networks only: no schedule, no sampling, no files.
//!
//! One [`UNet`] serves every preset of the program. Its shape is a value, [`UNetConfig`]: the narrow
//! `live` network that follows the brush and the 113.67 M-parameter network of the paper are two
//! configurations of the same code, so what is tested on the one holds for the other.

pub mod arithmetic;
pub mod attention;
pub mod baselines;
pub mod detail;
pub mod fast_cpu;
pub mod fresh_weights;
pub mod kernels;
pub mod norm_act;
pub mod pacing;
pub mod perceptual;
pub mod resample;
pub mod residual;
pub mod segmenter;
pub mod time_embedding;
pub mod unet;
pub mod unet_config;
pub mod weights;

pub use arithmetic::Arithmetic;
pub use baselines::{Baseline, BaselineConfig};
pub use segmenter::{Segmenter, SegmenterConfig, SegmenterKind};
pub use unet::{ConditionFeatures, UNet};
pub use unet_config::{TimeConditioning, UNetConfig};
