//! Exit codes beyond success and failure: engines of clusters and scripts act on them.

use std::process::ExitCode;

/// An end that has a code of its own. Carried as an error, so that destructors run on the way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Exit {
    /// A picture made again differs by at most one grey level: other arithmetic.
    #[error("equal within one grey level, not to the byte")]
    WithinOneGrey,
    /// A picture made again is another one.
    #[error("not the same picture")]
    Differs,
    /// The plan cannot be used: trying again will not help.
    #[error("the plan cannot be used")]
    BadPlan,
    /// Stopped before the end, or a device or a disk failed: trying again may help.
    #[error("not finished; run it again")]
    TryAgain,
}

impl Exit {
    fn number(self) -> u8 {
        match self {
            Exit::WithinOneGrey => 3,
            Exit::Differs => 4,
            // sysexits.h: EX_DATAERR and EX_TEMPFAIL.
            Exit::BadPlan => 65,
            Exit::TryAgain => 75,
        }
    }
}

/// The code of an error.
pub fn code_of(error: &anyhow::Error) -> ExitCode {
    let exit = error.chain().find_map(|cause| cause.downcast_ref::<Exit>());
    // A context that is an exit stands at the head of the chain and is found by anyhow alone.
    let exit = error.downcast_ref::<Exit>().or(exit);
    exit.map_or(ExitCode::FAILURE, |exit| ExitCode::from(exit.number()))
}
