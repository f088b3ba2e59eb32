//! The option that lets a model be measured on eyes that it saw.

use clap::Args;

use crate::evaluation::LeakGuard;

/// Whether a model's training is taken as it is.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct GuardArgs {
    /// Measure the model although it trained on subjects that are measured, or does not say on whom it trained
    #[arg(long)]
    pub allow_seen: bool,
}

impl GuardArgs {
    /// What looks at the training of models.
    pub fn guard(self) -> LeakGuard {
        LeakGuard { allow_seen: self.allow_seen }
    }
}
