//! A training on a server, as the studio's side sees it: begun, followed, told what to do, its files fetched.
//!
//! Whoever follows asks for the bytes of the run's files behind those it has; a connection that was cut costs nothing
//! but a new one.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::command_line::CommandLine;
use super::connect::{ConnectError, greet, unexpected};
use super::limits::{MAX_MODEL_BYTES, is_plain_name};
use super::link::Link;
use super::message::{ToServer, ToStudio, TrainStart};
use crate::formats::atomic::write_atomically;
use crate::training::run_directory::{CONFIG_FILE, LOG_FILE, METRICS_FILE};
use crate::training::{Event, Order, RunConfig};

/// Silence after which a server that owes an answer is gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// A run on a server.
pub struct RemoteRun {
    link: Link,
    /// What people call the machine.
    pub host: String,
    name: String,
    events: Tail,
    metrics: Tail,
}

/// What was added to a run since it was looked at last.
pub struct Followed {
    /// In order; figures after other events.
    pub events: Vec<Event>,
    /// Whether a process works on it.
    pub is_alive: bool,
}

/// How far a file of lines was read.
#[derive(Default)]
struct Tail {
    from: u64,
    /// A line whose end has not come.
    rest: Vec<u8>,
}

impl Tail {
    /// The events of the lines that a part ends.
    fn take(&mut self, part: &[u8]) -> Vec<Event> {
        self.from += part.len() as u64;
        self.rest.extend_from_slice(part);
        let Some(end) = self.rest.iter().rposition(|byte| *byte == b'\n') else { return Vec::new() };
        let lines: Vec<u8> = self.rest.drain(..=end).collect();
        let text = String::from_utf8_lossy(&lines);
        text.lines().filter_map(|line| Event::of_line(line).ok()).collect()
    }

    /// Begins again where the file has become shorter: a run that was resumed drops what it computes anew.
    fn fit(&mut self, bytes: u64) {
        if bytes < self.from {
            *self = Self { from: bytes, rest: Vec::new() };
        }
    }
}

impl RemoteRun {
    /// Connects to the server of a command, for the run of a name.
    ///
    /// # Errors
    /// If the name cannot be one, or no server answers.
    pub fn reach(command: &CommandLine, name: &str, stop: Arc<AtomicBool>) -> Result<Self, ConnectError> {
        if !is_plain_name(name) {
            let rule = "a run on a server is named by letters, digits, dots and dashes";
            return Err(ConnectError::Refused(format!("{name:?}: {rule}")));
        }
        let (link, _) = greet(command, stop)?;
        let (events, metrics) = (Tail::default(), Tail::default());
        Ok(Self { link, host: command.host(), name: name.to_owned(), events, metrics })
    }

    /// Connects again after a cut; what was read is not read twice.
    ///
    /// # Errors
    /// If no server answers.
    pub fn reach_again(&mut self, command: &CommandLine, stop: Arc<AtomicBool>) -> Result<(), ConnectError> {
        (self.link, _) = greet(command, stop)?;
        Ok(())
    }

    fn ask(&self, message: &ToServer) -> Result<(ToStudio, Vec<u8>), ConnectError> {
        self.link.say(message, Vec::new())?;
        Ok(self.link.receive_reply(PATIENCE)?)
    }

    /// Begins it.
    ///
    /// # Errors
    /// If the server has no such data, has the run already, or cannot train so.
    pub fn train(&self, start: TrainStart, config: &RunConfig) -> Result<(), ConnectError> {
        let config = serde_json::to_string(config).expect("a configuration is plain data");
        match self.ask(&ToServer::Train { run: self.name.clone(), start, config })?.0 {
            ToStudio::Done { .. } => Ok(()),
            other => Err(unexpected(other)),
        }
    }

    /// Leaves an order for it.
    ///
    /// # Errors
    /// If the server has no such run.
    pub fn order(&self, order: Order) -> Result<(), ConnectError> {
        let message = ToServer::Order { run: self.name.clone(), order: order.word().to_owned() };
        match self.ask(&message)?.0 {
            ToStudio::Done { .. } => Ok(()),
            other => Err(unexpected(other)),
        }
    }

    /// What was added since the last call.
    ///
    /// # Errors
    /// If the server has no such run, or the connection is cut.
    pub fn follow(&mut self) -> Result<Followed, ConnectError> {
        let mut followed = Followed { events: Vec::new(), is_alive: false };
        loop {
            let message = ToServer::Events { run: self.name.clone(), from: self.events.from };
            let (answer, part) = self.ask(&message)?;
            let ToStudio::Events { bytes, is_alive, .. } = answer else { return Err(unexpected(answer)) };
            followed.is_alive = is_alive;
            self.events.fit(bytes);
            followed.events.extend(self.events.take(&part));
            if part.is_empty() || self.events.from >= bytes {
                break;
            }
        }
        loop {
            let (bytes, part) = self.part(&self.name, METRICS_FILE, self.metrics.from)?;
            self.metrics.fit(bytes);
            followed.events.extend(self.metrics.take(&part));
            if part.is_empty() || self.metrics.from >= bytes {
                return Ok(followed);
            }
        }
    }

    /// The configuration of a run of this server.
    ///
    /// # Errors
    /// If there is no such run, or its configuration cannot be read.
    pub fn config(&self, run: &str) -> Result<RunConfig, ConnectError> {
        let bytes = self.read_of(run, CONFIG_FILE)?;
        RunConfig::from_record(&String::from_utf8_lossy(&bytes))
            .map_err(|error| ConnectError::Refused(format!("the configuration of the run {run:?}: {error}")))
    }

    /// The configuration of this run.
    ///
    /// # Errors
    /// As [`RemoteRun::config`].
    pub fn config_of_this(&self) -> Result<RunConfig, ConnectError> {
        self.config(&self.name)
    }

    fn part(&self, run: &str, file: &str, from: u64) -> Result<(u64, Vec<u8>), ConnectError> {
        let message = ToServer::Fetch { run: run.to_owned(), file: file.to_owned(), from };
        match self.ask(&message)? {
            (ToStudio::File { bytes, .. }, part) => Ok((bytes, part)),
            (other, _) => Err(unexpected(other)),
        }
    }

    /// A whole file of the run; empty where there is none.
    ///
    /// # Errors
    /// If it is too large, or the connection is cut.
    pub fn read(&self, file: &str) -> Result<Vec<u8>, ConnectError> {
        self.read_of(&self.name, file)
    }

    /// A whole file of any run of this server; empty where there is none.
    ///
    /// # Errors
    /// If it is too large, or the connection is cut.
    pub fn read_of(&self, run: &str, file: &str) -> Result<Vec<u8>, ConnectError> {
        let mut whole = Vec::new();
        loop {
            let (bytes, part) = self.part(run, file, whole.len() as u64)?;
            if bytes > MAX_MODEL_BYTES {
                return Err(ConnectError::Refused(format!(
                    "{file} of the run has {bytes} bytes, too many to fetch"
                )));
            }
            let is_end = part.is_empty();
            whole.extend(part);
            if is_end || whole.len() as u64 >= bytes {
                return Ok(whole);
            }
        }
    }

    /// Copies a file of the run to a place of this machine; returns its bytes, 0 where there is none.
    ///
    /// # Errors
    /// If it cannot be fetched or written.
    pub fn fetch(&self, file: &str, to: &Path) -> Result<usize, ConnectError> {
        let bytes = self.read(file)?;
        if !bytes.is_empty() {
            let failed = |error| ConnectError::Refused(format!("{}: {error}", to.display()));
            write_atomically(to, &bytes).map_err(failed)?;
        }
        Ok(bytes.len())
    }

    /// What its process wrote last to its standard error.
    ///
    /// # Errors
    /// If the connection is cut.
    pub fn last_words(&self) -> Result<String, ConnectError> {
        let log = self.read(LOG_FILE)?;
        let log = String::from_utf8_lossy(&log);
        let last = log.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("nothing");
        Ok(last.chars().filter(|c| !c.is_control()).take(400).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_once_and_whole() {
        let event = |step| Event::Paused { step }.to_json();
        let (first, second) = (event(1), event(2));
        let mut tail = Tail::default();
        let text = format!("{first}\n{second}\nno event\n");
        let cut = first.len() + 5;
        assert_eq!(tail.take(&text.as_bytes()[..cut]), [Event::Paused { step: 1 }]);
        assert_eq!(tail.take(&text.as_bytes()[cut..]), [Event::Paused { step: 2 }]);
        assert_eq!(tail.from, text.len() as u64);
        tail.fit(3);
        assert_eq!(tail.from, 3);
    }
}
