//! The server's voice: one frame at a time, whoever speaks, and a beat while something is being worked on.
//!
//! A studio must tell a server that computes from a cable that is cut. So the server beats while a message is on its
//! way to it or being worked on, from a thread of its own, and is silent otherwise.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::frame::write_frame;
use super::message::{Reason, ToStudio, to_frame};
use crate::background::start_thread;

/// Time between two beats.
pub const BEAT: Duration = Duration::from_millis(120);

/// Where the server writes. Cloning shares it.
#[derive(Clone)]
pub(super) struct Outlet {
    to: Arc<Mutex<Box<dyn Write + Send>>>,
    working: Arc<AtomicUsize>,
    is_closed: Arc<AtomicBool>,
}

/// Held while a message arrives or is worked on.
pub(super) struct Working(Arc<AtomicUsize>);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Outlet {
    /// Begins to beat.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn new(to: impl Write + Send + 'static) -> io::Result<Self> {
        let outlet = Self {
            to: Arc::new(Mutex::new(Box::new(to))),
            working: Arc::default(),
            is_closed: Arc::default(),
        };
        let beating = outlet.clone();
        start_thread("serve-beat", move || {
            while !beating.is_closed.load(Ordering::Acquire) {
                std::thread::sleep(BEAT);
                if beating.working.load(Ordering::Acquire) > 0
                    && beating.say(&ToStudio::Beat, Vec::new()).is_err()
                {
                    break;
                }
            }
        })?;
        Ok(outlet)
    }

    /// Sends a message.
    ///
    /// # Errors
    /// If the studio is gone; nothing can be sent from then on.
    pub fn say(&self, message: &ToStudio, body: Vec<u8>) -> io::Result<()> {
        if self.is_closed.load(Ordering::Acquire) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let frame = to_frame(message, body);
        let mut to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        write_frame(&mut *to, &frame).inspect_err(|_| self.close())
    }

    /// Says that something was not done, and why.
    ///
    /// # Errors
    /// As [`Outlet::say`].
    pub fn fail(&self, job: Option<u64>, reason: Reason, message: impl Into<String>) -> io::Result<()> {
        self.say(&ToStudio::Failed { job, reason, message: message.into() }, Vec::new())
    }

    /// Something begins to be worked on.
    pub fn work(&self) -> Working {
        self.working.fetch_add(1, Ordering::AcqRel);
        Working(Arc::clone(&self.working))
    }

    /// Ends the beat.
    pub fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
    }

    /// Whether nothing can be sent any more.
    pub fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }
}
