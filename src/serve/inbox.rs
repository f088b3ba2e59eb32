//! What the studio has said and the server has not dealt with yet.
//!
//! A thread reads, so that a cancellation is seen while a picture is drawn. It holds at most a few messages; then it
//! stops reading, and the studio waits. One rendering runs and one waits: a third is refused at once.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use super::frame::{FrameError, FrameReader};
use super::limits::{MAX_UNFINISHED_JOBS, MAX_WAITING_MESSAGES};
use super::message::{Reason, ToServer, to_server};
use super::outlet::{Outlet, Working};
use crate::background::{Receiver, Sender, queue, start_thread};

/// A message to be dealt with.
pub(super) struct ReceivedMessage {
    /// What was said.
    pub message: ToServer,
    /// The bytes behind it.
    pub body: Vec<u8>,
    /// The server beats until it is dropped.
    pub working: Working,
}

/// The renderings that are not finished.
#[derive(Default)]
struct Jobs {
    /// Number, and whether it was cancelled.
    unfinished: Vec<(u64, bool)>,
    /// Nobody waits for them any more.
    is_over: bool,
    /// Why reading ended, where it was no orderly end.
    error: Option<FrameError>,
}

/// The reading end of the server.
pub(super) struct Inbox {
    messages: Receiver<ReceivedMessage>,
    jobs: Arc<Mutex<Jobs>>,
}

impl Inbox {
    /// Begins to read.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn new(input: impl Read + Send + 'static, outlet: Outlet) -> io::Result<Self> {
        let (sender, messages) = queue(MAX_WAITING_MESSAGES);
        let jobs: Arc<Mutex<Jobs>> = Arc::default();
        let shared = Arc::clone(&jobs);
        start_thread("serve-read", move || {
            let error = read(input, &outlet, &sender, &shared).err();
            let mut jobs = shared.lock().unwrap_or_else(PoisonError::into_inner);
            jobs.is_over = true;
            jobs.error = error;
        })?;
        Ok(Self { messages, jobs })
    }

    /// The next message; `None` where no further one comes. Blocks.
    pub fn next(&self) -> Option<ReceivedMessage> {
        self.messages.recv().ok()
    }

    /// The next message, if one has come.
    pub fn next_that_is_here(&self) -> Option<ReceivedMessage> {
        self.messages.try_recv().ok()
    }

    /// Whether a rendering is to end before its last step.
    pub fn is_cancelled(&self, job: u64) -> bool {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.is_over || jobs.unfinished.iter().any(|&(known, is_cancelled)| known == job && is_cancelled)
    }

    /// A rendering is finished, however it ended.
    pub fn finish(&self, job: u64) {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.unfinished.retain(|(known, _)| *known != job);
    }

    /// Why reading ended, where it was no orderly end.
    pub fn take_error(&self) -> Option<FrameError> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).error.take()
    }
}

fn read(
    input: impl Read,
    outlet: &Outlet,
    sender: &Sender<ReceivedMessage>,
    jobs: &Mutex<Jobs>,
) -> Result<(), FrameError> {
    let mut reader = FrameReader::new(input, "the studio");
    loop {
        let mut working = None;
        let Some(frame) = reader.next(|| working = Some(outlet.work()))? else { return Ok(()) };
        let message = match to_server(&frame) {
            Ok(message) => message,
            Err(error) => {
                // Its frame was whole, so the next one can be read.
                if outlet.fail(None, Reason::Refused, error.to_string()).is_err() {
                    return Ok(());
                }
                continue;
            }
        };
        let lock = || jobs.lock().unwrap_or_else(PoisonError::into_inner);
        match &message {
            ToServer::Cancel { job } => {
                let mut jobs = lock();
                jobs.unfinished.iter_mut().filter(|(known, _)| known == job).for_each(|entry| entry.1 = true);
                continue;
            }
            ToServer::Render(job) => {
                let number = job.job;
                let is_accepted = {
                    let mut jobs = lock();
                    let is_new = jobs.unfinished.iter().all(|(known, _)| *known != number);
                    let is_accepted = is_new && jobs.unfinished.len() < MAX_UNFINISHED_JOBS;
                    if is_accepted {
                        jobs.unfinished.push((number, false));
                    }
                    is_accepted
                };
                if !is_accepted {
                    let message = "one rendering runs and one waits already; cancel one or wait";
                    if outlet.fail(Some(number), Reason::Busy, message).is_err() {
                        return Ok(());
                    }
                    continue;
                }
            }
            _ => {}
        }
        let Some(working) = working else { continue };
        if sender.send(ReceivedMessage { message, body: frame.body, working }).is_err() {
            return Ok(());
        }
    }
}
