//! The studio's side of a connection: frames out, frames in, and the knowledge of whether anybody is still there.
//!
//! Nothing here may block the thread that draws. A thread writes, a thread reads, and silence is counted in bytes: a
//! large picture on a slow line is no silence, a cut cable is.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::process::Child;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::command_line::CommandLine;
use super::frame::{Frame, FrameReader, write_frame};
use super::message::{Reason, ToServer, ToStudio, to_frame, to_studio};
use crate::background::{Receiver, RecvTimeoutError, Sender, TrySendError, queue, start_thread};

/// A server that says nothing for so long while it owes an answer is gone: it beats four times in this time.
pub const SILENCE: Duration = Duration::from_millis(500);
/// Frames that wait to be written.
const MAX_UNSENT: usize = 8;
/// Frames that wait to be read.
const MAX_UNREAD: usize = 16;
/// How often the clock is looked at while nothing comes.
const LOOK: Duration = Duration::from_millis(20);
/// What the command said last on its standard error is kept, so many bytes of it.
const LAST_WORDS_BYTES: usize = 2000;

/// The connection is gone, and why.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct Cut(pub String);

/// What a server answers to a rendering.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Progress { step: u32, of: u32 },
    Picture { rect: [u32; 4], pixels: Vec<u8> },
    Cancelled,
    Failed { reason: Reason, message: String },
}

/// A connection to a server.
pub struct Link {
    to: Sender<Frame>,
    from: Receiver<Result<(ToStudio, Vec<u8>), String>>,
    clock: Clock,
    stop: Arc<AtomicBool>,
    child: Option<Child>,
    last_words: Arc<Mutex<Vec<u8>>>,
    /// Renderings whose end has not come; what came of them while another one was waited for.
    awaited: HashMap<u64, Option<Answer>>,
    next_job: u64,
}

/// When a byte was last received.
#[derive(Clone)]
struct Clock {
    began: Instant,
    last_received_ms: Arc<AtomicU64>,
}

impl Clock {
    fn note(&self) {
        self.last_received_ms.store(self.began.elapsed().as_millis() as u64, Ordering::Release);
    }

    fn last_received(&self) -> Instant {
        self.began + Duration::from_millis(self.last_received_ms.load(Ordering::Acquire))
    }
}

/// A stream that notes when something came.
struct Clocked<R> {
    inner: R,
    clock: Clock,
}

impl<R: Read> Read for Clocked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.clock.note();
        Ok(count)
    }
}

impl Link {
    /// Starts the user's command. `stop` ends every wait.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(command: &CommandLine, stop: Arc<AtomicBool>) -> io::Result<Self> {
        let mut child = command.command().spawn()?;
        let streams = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(to), Some(from), Some(errors)) = streams else {
            return Err(io::Error::other("the command has no pipes"));
        };
        let mut link = Self::over(from, to, &command.host(), stop)?;
        let last_words = Arc::clone(&link.last_words);
        start_thread("remote-stderr", move || keep_last_words(errors, &last_words))?;
        link.child = Some(child);
        Ok(link)
    }

    /// Over any two streams; `place` names the server in messages.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn over(
        from: impl Read + Send + 'static,
        to: impl Write + Send + 'static,
        place: &str,
        stop: Arc<AtomicBool>,
    ) -> io::Result<Self> {
        let clock = Clock { began: Instant::now(), last_received_ms: Arc::default() };
        let (sender, unsent) = queue::<Frame>(MAX_UNSENT);
        start_thread("remote-write", move || {
            let mut to = to;
            // Its end closes the stream, and the server leaves.
            unsent.iter().all(|frame| write_frame(&mut to, &frame).is_ok())
        })?;
        let (unread, from_server) = queue(MAX_UNREAD);
        let mut reader = FrameReader::new(Clocked { inner: from, clock: clock.clone() }, place.to_owned());
        start_thread("remote-read", move || {
            let mut is_greeted = false;
            loop {
                let greeting = if is_greeted { Ok(()) } else { reader.skip_greeting() };
                is_greeted = true;
                let received = match greeting.and_then(|()| reader.next(|| {})) {
                    Ok(Some(frame)) => {
                        to_studio(&frame).map(|said| (said, frame.body)).map_err(|error| error.to_string())
                    }
                    Ok(None) => Err("the server has ended".to_owned()),
                    Err(error) => Err(error.to_string()),
                };
                let is_over = received.is_err();
                if unread.send(received).is_err() || is_over {
                    return;
                }
            }
        })?;
        Ok(Self {
            to: sender,
            from: from_server,
            clock,
            stop,
            child: None,
            last_words: Arc::default(),
            awaited: HashMap::new(),
            next_job: 1,
        })
    }

    /// Sends a message with its bytes; never waits longer than [`SILENCE`].
    ///
    /// # Errors
    /// If the connection takes nothing more.
    pub fn say(&self, message: &ToServer, body: Vec<u8>) -> Result<(), Cut> {
        let mut frame = to_frame(message, body);
        let began = Instant::now();
        loop {
            frame = match self.to.try_send(frame) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Disconnected(_)) => return Err(self.cut("nothing can be sent to it")),
                Err(TrySendError::Full(frame)) => frame,
            };
            if began.elapsed() > SILENCE || self.stop.load(Ordering::Relaxed) {
                return Err(self.cut("it takes nothing any more"));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// The next message that is no beat. Gives up after a silence of `patience`, counted from `requested_at` on.
    ///
    /// # Errors
    /// If the connection is gone.
    pub fn receive(&self, patience: Duration, requested_at: Instant) -> Result<(ToStudio, Vec<u8>), Cut> {
        loop {
            match self.from.recv_timeout(LOOK) {
                Ok(Ok((ToStudio::Beat, _))) => {}
                Ok(Ok(received)) => return Ok(received),
                Ok(Err(why)) => return Err(self.cut(&why)),
                Err(RecvTimeoutError::Disconnected) => return Err(self.cut("the server has ended")),
                Err(RecvTimeoutError::Timeout) => {
                    if self.clock.last_received().max(requested_at).elapsed() > patience {
                        let silence = format!("nothing came for {:.1} s", patience.as_secs_f64());
                        return Err(self.cut(&silence));
                    }
                }
            }
            if self.stop.load(Ordering::Relaxed) {
                return Err(Cut("it is no longer wanted".to_owned()));
            }
        }
    }

    /// [`Link::receive`], past what is still said of renderings that nobody waits for.
    ///
    /// # Errors
    /// If the connection is gone.
    pub fn receive_reply(&self, patience: Duration) -> Result<(ToStudio, Vec<u8>), Cut> {
        let requested_at = Instant::now();
        loop {
            let received = self.receive(patience, requested_at)?;
            let is_of_a_job = matches!(
                received.0,
                ToStudio::Progress { .. }
                    | ToStudio::Picture { .. }
                    | ToStudio::Cancelled { .. }
                    | ToStudio::Failed { job: Some(_), .. }
            );
            if !is_of_a_job {
                return Ok(received);
            }
        }
    }

    /// A number for a rendering, whose answers are kept from now on.
    pub(super) fn begin_job(&mut self) -> u64 {
        let job = self.next_job;
        self.next_job += 1;
        self.awaited.insert(job, None);
        job
    }

    /// Nobody waits for a rendering any more.
    pub(super) fn forget_job(&mut self, job: u64) {
        self.awaited.remove(&job);
    }

    /// What comes of a rendering next. Answers to others are kept for those who wait for them.
    ///
    /// # Errors
    /// If the connection is gone.
    pub(super) fn answer(&mut self, wanted: u64, requested_at: Instant) -> Result<Answer, Cut> {
        if let Some(answer) = self.awaited.get_mut(&wanted).and_then(Option::take) {
            return Ok(answer);
        }
        loop {
            let (message, body) = self.receive(SILENCE, requested_at)?;
            let (job, answer) = match message {
                ToStudio::Progress { job, step, of } => (job, Answer::Progress { step, of }),
                ToStudio::Picture { job, rect } => (job, Answer::Picture { rect, pixels: body }),
                ToStudio::Cancelled { job } => (job, Answer::Cancelled),
                ToStudio::Failed { job: Some(job), reason, message } => {
                    (job, Answer::Failed { reason, message })
                }
                // The rendering that needs the mask or scan fails itself, and is then tried again.
                ToStudio::Failed { job: None, reason: Reason::MaskUnknown | Reason::ScanUnknown, .. } => {
                    continue;
                }
                ToStudio::Failed { job: None, reason, message } => {
                    (wanted, Answer::Failed { reason, message })
                }
                _ => continue,
            };
            if job == wanted {
                return Ok(answer);
            }
            if let Some(kept) = self.awaited.get_mut(&job) {
                *kept = Some(answer);
            }
        }
    }

    /// The end of the connection, with what the command said last.
    fn cut(&self, why: &str) -> Cut {
        let words = || self.last_words.lock().unwrap_or_else(PoisonError::into_inner);
        // A command that ends closes both its streams at once: its words may arrive after its end was seen.
        let mut waits = if self.child.is_some() { LAST_WORDS_WAITS } else { 0 };
        while waits > 0 && words().is_empty() {
            std::thread::sleep(LAST_WORDS_WAIT);
            waits -= 1;
        }
        let words = words();
        let words = String::from_utf8_lossy(&words);
        let said: Vec<&str> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        match said.last() {
            Some(last) => Cut(format!("{why}; the command said: {last}")),
            None => Cut(why.to_owned()),
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself, which is as well.
            child.kill().unwrap_or_default();
            child.wait().map(|_| ()).unwrap_or_default();
        }
    }
}

/// How long a command that has ended may take to say why, in so many waits.
const LAST_WORDS_WAITS: u32 = 15;
const LAST_WORDS_WAIT: Duration = Duration::from_millis(20);

fn keep_last_words(mut errors: impl Read, kept: &Mutex<Vec<u8>>) {
    let mut buffer = [0; 512];
    while let Ok(count @ 1..) = errors.read(&mut buffer) {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&buffer[..count]);
        let excess = kept.len().saturating_sub(LAST_WORDS_BYTES);
        kept.drain(..excess);
    }
}
