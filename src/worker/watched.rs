//! What a thread that watches a process knows now, for a window that sleeps: the newest record, and nobody waits.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::background::Wake;

/// The newest record of what is watched. A window that sleeps neither fills memory nor holds up who writes.
pub(super) struct Watched<R> {
    record: Mutex<Arc<R>>,
    dropped: AtomicBool,
    wake: Wake,
}

impl<R> Watched<R> {
    /// With what is known at first; `wake` is called whenever that changes, and must not block.
    pub fn new(record: R, wake: Wake) -> Self {
        Self { record: Mutex::new(Arc::new(record)), dropped: AtomicBool::new(false), wake }
    }

    /// With what is known at first, and a thread that watches from then on.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn by_thread(
        name: &str,
        record: R,
        wake: Wake,
        watch: impl FnOnce(&Self) + Send + 'static,
    ) -> std::io::Result<Arc<Self>>
    where
        R: Send + Sync + 'static,
    {
        let watched = Arc::new(Self::new(record, wake));
        let inner = Arc::clone(&watched);
        std::thread::Builder::new().name(name.to_owned()).spawn(move || watch(&inner))?;
        Ok(watched)
    }

    /// Puts down what is known now.
    pub fn publish(&self, record: R) {
        *self.record.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(record);
        (self.wake)();
    }

    /// What is known now.
    pub fn newest(&self) -> Arc<R> {
        Arc::clone(&self.record.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Nobody wants to know any more.
    pub fn give_up(&self) {
        self.dropped.store(true, Ordering::Relaxed);
    }

    /// Whether nobody wants to know any more.
    pub fn is_given_up(&self) -> bool {
        self.dropped.load(Ordering::Relaxed)
    }
}

/// Keeps a terminal's Ctrl-C that ends the window from ending a process it starts.
pub(super) fn apart_from_terminal(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}
