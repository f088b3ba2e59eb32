//! `retidiff train --remote`: the same training on a server, followed from here.
//!
//! The folder here shows the run as it goes (`serve::mirror`), so the studio's Train page and `--resume` know it like
//! one of this machine. A cut connection is mended as long as somebody waits; the run goes on meanwhile.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use super::ctrl_c::stop_flag;
use crate::serve::CommandLine;
use crate::serve::connect::ConnectError;
use crate::serve::message::TrainStart;
use crate::serve::mirror::{self, Mirror, MirrorError};
use crate::serve::remote_run::RemoteRun;
use crate::training::report::Narrator;
use crate::training::run_directory::RunDirectory;
use crate::training::{Event, Order, RunConfig};

/// How often the run is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// A process that was started says so within this time, or not at all.
const LONGEST_START: Duration = Duration::from_secs(60);
/// Pause before the first attempt to connect again, and the longest one.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What is to be done with a run on a server.
pub(super) struct RemoteTraining<'a> {
    pub command: &'a CommandLine,
    /// Folder of this machine for what the run makes; its last part names the run there.
    pub folder: &'a Path,
    pub wish: Wish,
    /// Whether events are printed as JSON.
    pub events: bool,
}

/// What is wished of a run.
pub(super) enum Wish {
    New(TrainStart, Box<RunConfig>),
    /// Goes on with it, or follows it where it is at work; with its settings unless others are given.
    Resume(Option<Box<RunConfig>>),
    /// Begins it at a checkpoint of another run there, with that one's settings unless others are given.
    Branch {
        run: String,
        step: u64,
        config: Option<Box<RunConfig>>,
    },
    /// Only tells it something.
    Order(Order),
}

/// Does it.
///
/// # Errors
/// If the server cannot be reached or refuses it, or the run fails there.
pub(super) fn run(training: &RemoteTraining<'_>, say: &dyn Fn(&str)) -> anyhow::Result<()> {
    let folder = training.folder;
    let name = folder.file_name().and_then(|name| name.to_str()).context("--run names no folder")?;
    ensure!(
        !RunDirectory::is_run(folder) || mirror::command_of(folder).is_some(),
        "{} is a run of this computer: name another folder with --run",
        folder.display()
    );
    let stop = stop_flag()?;
    let mut remote = RemoteRun::reach(training.command, name, stop.clone()).context("reaching the server")?;
    if let Wish::Order(order) = &training.wish {
        remote.order(*order)?;
        eprintln!("note: {} was told to {}", remote.host, order.word());
        return Ok(());
    }
    let begun = begin(&mut remote, &training.wish, name)?;
    let mut follower = Following {
        training,
        mirror: Mirror::begin(folder, &begun.config, &begun.data, training.command)?,
        stop,
        narrator: Narrator::default(),
        say,
        began: Instant::now(),
        was_alive: false,
        step: 0,
        end: None,
    };
    follower.know_before(&begun.before)?;
    let outcome = follower.follow_to_the_end(&mut remote);
    if follower.stop.load(Ordering::Relaxed) {
        eprintln!("note: the run goes on at {}; --resume follows it, --order stop ends it", remote.host);
        return Ok(());
    }
    let failure = outcome?;
    let (file, bytes) = follower.mirror.fetch_model(&remote)?;
    eprintln!("note: {}: {bytes} bytes", file.display());
    failure.map_or(Ok(()), |message| bail!("the run failed at {}: {message}", remote.host))
}

/// A run that is at work.
struct Begun {
    config: RunConfig,
    /// What its data set is called there.
    data: String,
    /// What it said before, of which nothing is an end of what is followed now.
    before: Vec<Event>,
}

/// Has the run begun or gone on with, unless it is at work.
fn begin(remote: &mut RemoteRun, wish: &Wish, name: &str) -> Result<Begun, ConnectError> {
    let of_run = |remote: &RemoteRun, run: &str, config: &Option<Box<RunConfig>>| match config {
        Some(config) => Ok(RunConfig::clone(config)),
        None => remote.config(run),
    };
    match wish {
        Wish::New(start, config) => {
            remote.train(start.clone(), config)?;
            let data = match start {
                TrainStart::New { data, .. } => data.clone(),
                TrainStart::Resume | TrainStart::Branch { .. } => String::new(),
            };
            Ok(Begun { config: RunConfig::clone(config), data, before: Vec::new() })
        }
        Wish::Branch { run, step, config } => {
            let config = of_run(remote, run, config)?;
            remote.train(TrainStart::Branch { run: run.clone(), step: *step }, &config)?;
            Ok(Begun { config, data: mirror::data_of(remote, run)?, before: Vec::new() })
        }
        Wish::Resume(config) => {
            let before = remote.follow()?;
            let config = of_run(remote, name, if before.is_alive { &None } else { config })?;
            if !before.is_alive {
                remote.train(TrainStart::Resume, &config)?;
            }
            Ok(Begun { config, data: mirror::data_of(remote, name)?, before: before.events })
        }
        Wish::Order(_) => Err(ConnectError::Refused("an order begins no run".to_owned())),
    }
}

/// Who follows a run.
struct Following<'a> {
    training: &'a RemoteTraining<'a>,
    mirror: Mirror,
    stop: Arc<AtomicBool>,
    narrator: Narrator,
    say: &'a dyn Fn(&str),
    began: Instant,
    was_alive: bool,
    /// Of the newest event.
    step: u64,
    /// How it ended, as far as it said so: why it failed, if it did.
    end: Option<Option<String>>,
}

impl Following<'_> {
    /// Prints and keeps what a run says until it ends; returns why it failed, if it did.
    fn follow_to_the_end(&mut self, remote: &mut RemoteRun) -> anyhow::Result<Option<String>> {
        loop {
            match self.look(remote) {
                Ok(Some(end)) => return Ok(end),
                Ok(None) => std::thread::sleep(LOOK),
                Err(MirrorError::Connection(ConnectError::Cut(cut))) if !self.is_stopped() => {
                    self.mend(remote, &cut.to_string())?;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Keeps what the run said before; a program that listens hears it, too.
    fn know_before(&mut self, events: &[Event]) -> Result<(), MirrorError> {
        self.mirror.take(events)?;
        if self.training.events {
            events.iter().for_each(|event| (self.say)(&event.to_json()));
        }
        Ok(())
    }

    /// Looks once; how it ended, if it did.
    fn look(&mut self, remote: &mut RemoteRun) -> Result<Option<Option<String>>, MirrorError> {
        self.mirror.pass_order(remote)?;
        let followed = remote.follow()?;
        self.mirror.take(&followed.events)?;
        let fetched = self.mirror.fetch_wanted(remote);
        for event in &followed.events {
            self.tell(event);
            self.step = event.step();
            match event {
                Event::Finished { .. } | Event::Stopped { .. } => self.end = Some(None),
                Event::Error { message, .. } => self.end = Some(Some(message.clone())),
                _ => {}
            }
        }
        self.was_alive |= followed.is_alive;
        fetched?;
        match &self.end {
            Some(end) if !followed.is_alive => Ok(Some(end.clone())),
            None if !followed.is_alive && (self.was_alive || self.began.elapsed() > LONGEST_START) => {
                Ok(Some(Some(remote.last_words()?)))
            }
            _ => Ok(None),
        }
    }

    fn tell(&mut self, event: &Event) {
        match self.training.events {
            true => (self.say)(&event.to_json()),
            false => self.narrator.line(event).iter().for_each(|line| (self.say)(line)),
        }
    }

    /// Connects again, however long that takes; a word of Ctrl-C ends it.
    fn mend(&mut self, remote: &mut RemoteRun, why: &str) -> anyhow::Result<()> {
        let host = &remote.host;
        let message =
            format!("the connection to {host} was cut ({why}); the run goes on there, it is tried again");
        let warning = Event::Warning { step: self.step, message };
        self.tell(&warning);
        self.mirror.note(&warning)?;
        let mut pause = FIRST_PAUSE;
        while !self.is_stopped() {
            std::thread::sleep(pause);
            match remote.reach_again(self.training.command, self.stop.clone()) {
                Ok(()) => return Ok(()),
                Err(error) => eprintln!("note: {error}"),
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        bail!("it was stopped")
    }
}
