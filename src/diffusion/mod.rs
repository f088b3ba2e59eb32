//! Diffusion over a network: schedule, prediction, loss, samplers; the model file and the synthesizer.
//!
//! Throughout, `x_t = alpha x_0 + sigma eps` with `alpha^2 + sigma^2 = 1` (variance preserving). A
//! [`Node`](schedule::Node) is one point of a schedule with the number the network is told as its time.

pub mod loss;
pub mod prediction;
pub mod schedule;

pub use prediction::Prediction;
pub use schedule::{Node, Schedule};
