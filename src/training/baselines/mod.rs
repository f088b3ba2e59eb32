//! The methods that the paper compares with, in the trainer of our own: same batches, same optimiser, same checkpoints.
//!
//! Latent diffusion is trained in two runs: its autoencoder by `--stage pretrain`, which sees scans alone, and its U-Net
//! by `--stage finetune --from` that model. Left out, because no weights or discriminator are at hand: the perceptual
//! and the adversarial part of the autoencoder's loss (the latter begins after 50,000 steps).

mod begin;
mod learner;
mod recipe;
mod sheet;
mod task;

pub(super) use begin::{begin, take_weights};
pub(super) use recipe::Size;
pub(super) use sheet::rows;
pub use task::BaselineTask;
