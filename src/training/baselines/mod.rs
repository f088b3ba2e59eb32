//! The methods that the paper compares with, in the trainer of our own: same batches, same optimiser, same checkpoints.
//!
//! Latent diffusion is trained in two runs: its autoencoder by `--stage pretrain`, which sees scans alone, and its U-Net
//! by `--stage finetune --from` that model. At the published size the autoencoder meets its discriminator after 50,000
//! steps ([`Adversary`]), at the small one not at all. The perceptual part of its loss needs a file of weights
//! that are not carried here ([`PerceptualTerm`]). Otherwise than there, the width of the likelihood is learned (there it stays as it is,
//! for no optimiser has it).
//!
//! ReTree's network, schedule (no beta is cut off), loss, optimiser and sampler are those of its published code. Otherwise
//! than there, so that all methods learn from the same batches: strips are not flipped (there both ways, and a retina has
//! no upside down), the mask's plane lies in [0, 1] and not in [-1, 1], what nobody scanned is left out of the loss, and
//! a batch is seen anew in up to [`BaselineTask::repeats`] steps by the rule of [`super::repetition`], whose epochs are as
//! many batches as there are scans for (there, too, the optimiser's steps count, not the batches). The first step of the schedule is never drawn, as there; its share
//! falls to the second, which comes twice as often as each other. Greys are rounded, where it cuts them off.

mod adversary;
mod begin;
mod learner;
mod perceptual;
mod recipe;
mod sheet;
mod task;

pub(super) use begin::{begin, take_weights};
pub(super) use perceptual::{keep_lpips, read_lpips};
pub(super) use recipe::Size;
pub(super) use sheet::rows;
pub use task::{Adversary, BaselineTask, PerceptualTerm};
