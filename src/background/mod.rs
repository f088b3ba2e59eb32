//! Work beside the window, and how it comes back. Threads and mailboxes of the whole program are made here and nowhere
//! else (`tests/tidy` looks), so that each has a name, a bound, an answer when it breaks off, and an end.
//!
//! | kind | for | what is lost |
//! |---|---|---|
//! | [`Job`] | one answer, with progress and cancel | the answer of a job that nobody waits for |
//! | [`Mailbox`] | what changes faster than it is read: requests, pictures, records | all but the newest |
//! | [`queue()`] | what must all arrive, in order: decisions, batches, frames of a connection | nothing; who is too fast waits |
//! | [`Reports`] | what a mailbox has to tell beside its newest: progress, what failed | the oldest, and what was said anew |
//! | [`Watch`] | how far work of many parts is, and that it is given up | all but the newest |
//! | [`start_thread`] | who lives beside one of these for long: drawing, watching, writing | |

mod job;
mod mailbox;
mod queue;
mod reports;
mod thread;
mod watch;

use std::sync::Arc;

pub use job::{BrokeOff, Job, JobControl};
pub use mailbox::Mailbox;
pub use queue::{Receiver, RecvTimeoutError, Sender, TryRecvError, TrySendError, queue};
pub use reports::Reports;
pub use thread::{start_thread, start_thread_within};
pub use watch::Watch;

/// Called from a background thread after a picture or an event was put down; must not block. Workers know nothing else
/// of the window.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// For those who look by themselves.
pub fn wake_nobody() -> Wake {
    Arc::new(|| {})
}
