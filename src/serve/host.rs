//! Keeps a connection to a server, and makes it anew when it is cut.
//!
//! A thread of its own waits for logins and sends model files, so that the thread that draws never does. It tries at
//! once, then after half a second, a second, two, up to half a minute, for as long as the studio wants the server.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::command_line::CommandLine;
use super::connect::{ConnectError, Connected, greet, make_ready};
use crate::background::{Mailbox, start_thread};
use crate::worker::mailbox::SynthesisMailbox;
use crate::worker::{Event, ModelSource};

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A server as the studio sees it: there, or on its way.
pub(super) struct Host {
    shared: Arc<Shared>,
    /// What people call the machine.
    pub name: String,
}

struct Shared {
    state: Mailbox<State>,
    stop: Arc<AtomicBool>,
    is_ready: AtomicBool,
    mailbox: Arc<SynthesisMailbox>,
}

#[derive(Default)]
struct State {
    connected: Option<Connected>,
    is_wanted: bool,
    /// Whether pictures came from it before.
    was_there: bool,
}

impl Shared {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }
}

impl Host {
    /// Begins to connect.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn reach(
        command: CommandLine,
        model: ModelSource,
        mailbox: Arc<SynthesisMailbox>,
    ) -> io::Result<Self> {
        let name = command.host();
        let shared = Arc::new(Shared {
            state: Mailbox::new(State { is_wanted: true, ..State::default() }),
            stop: Arc::default(),
            is_ready: AtomicBool::new(false),
            mailbox,
        });
        let (inner, host) = (Arc::clone(&shared), name.clone());
        start_thread("remote-connect", move || keep_connected(&command, &model, &host, &inner))?;
        Ok(Self { shared, name })
    }

    /// The connection, if it has come. It is on its way otherwise.
    pub fn take(&self) -> Option<Connected> {
        self.shared.state.change(|state| {
            let connected = state.connected.take();
            match connected {
                Some(_) => self.shared.is_ready.store(false, Ordering::Release),
                None => state.is_wanted = true,
            }
            connected
        })
    }

    /// The connection was cut: says so, and begins to connect anew.
    pub fn lost(&self, why: String) {
        self.shared.mailbox.report(Event::HostLost { host: self.name.clone(), why });
        self.shared.state.change(|state| state.is_wanted = true);
    }

    /// Whether a connection waits to be taken.
    pub fn is_ready(&self) -> bool {
        self.shared.is_ready.load(Ordering::Acquire)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // Under the lock, so that the thread cannot fall asleep between its look and this word.
        self.shared.state.change(|_| self.shared.stop.store(true, Ordering::Release));
    }
}

fn keep_connected(command: &CommandLine, model: &ModelSource, host: &str, shared: &Shared) {
    let mut pause = FIRST_PAUSE;
    let mut is_failure_reported = false;
    loop {
        shared.state.wait(|state| (state.is_wanted || shared.is_stopped()).then_some(()));
        if shared.is_stopped() {
            return;
        }
        match connect(command, model, host, shared) {
            Ok(connected) => {
                (pause, is_failure_reported) = (FIRST_PAUSE, false);
                let was_there = shared.state.change(|state| {
                    state.connected = Some(connected);
                    state.is_wanted = false;
                    shared.is_ready.store(true, Ordering::Release);
                    std::mem::replace(&mut state.was_there, true)
                });
                if was_there {
                    shared.mailbox.report(Event::HostBack { host: host.to_owned() });
                }
                shared.mailbox.nudge();
            }
            Err(error) => {
                if shared.is_stopped() {
                    return;
                }
                if !std::mem::replace(&mut is_failure_reported, true) {
                    let why = error.to_string();
                    shared.mailbox.report(Event::HostUnreachable { host: host.to_owned(), why });
                }
                let _ = shared.state.wait_at_most(pause, |_| shared.is_stopped().then_some(()));
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

fn connect(
    command: &CommandLine,
    model: &ModelSource,
    host: &str,
    shared: &Shared,
) -> Result<Connected, ConnectError> {
    let (link, hello) = greet(command, Arc::clone(&shared.stop))?;
    make_ready(link, hello, host.to_owned(), model)
}
