//! `retidiff train --remote`: the same training on a server, followed from here.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use super::ctrl_c::stop_flag;
use crate::serve::CommandLine;
use crate::serve::message::TrainStart;
use crate::serve::remote_run::RemoteRun;
use crate::training::report::Narrator;
use crate::training::run_directory::{EVENTS_FILE, METRICS_FILE, MODEL_FILE, RunDirectory};
use crate::training::{Event, Order, RunConfig};

/// How often the run is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// A process that was started says so within this time, or not at all.
const LONGEST_START: Duration = Duration::from_secs(60);

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
    /// Goes on with it, or follows it where it is at work, with its settings.
    Resume,
    /// Begins it at a checkpoint of another run there, with that one's settings.
    Branch {
        run: String,
        step: u64,
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
        !RunDirectory::is_run(folder),
        "{} is a run of this computer: name another folder with --run",
        folder.display()
    );
    let stop = stop_flag()?;
    let mut remote = RemoteRun::reach(training.command, name, stop.clone()).context("reaching the server")?;
    match &training.wish {
        Wish::Order(order) => {
            remote.order(*order)?;
            eprintln!("note: {} was told to {}", remote.host, order.word());
            return Ok(());
        }
        Wish::New(start, config) => remote.train(start.clone(), config)?,
        Wish::Branch { run, step } => {
            let config = remote.config(run)?;
            remote.train(TrainStart::Branch { run: run.clone(), step: *step }, &config)?;
        }
        // What it said before is passed over.
        Wish::Resume if remote.follow()?.is_alive => {}
        Wish::Resume => remote.train(TrainStart::Resume, &remote.config(name)?)?,
    }
    let outcome = follow(&mut remote, training.events, say);
    if stop.load(Ordering::Relaxed) {
        eprintln!("note: the run goes on at {}; --resume follows it, --order stop ends it", remote.host);
        return Ok(());
    }
    let failure = outcome?;
    std::fs::create_dir_all(folder).with_context(|| format!("making the folder {}", folder.display()))?;
    for file in [MODEL_FILE, EVENTS_FILE, METRICS_FILE] {
        let bytes = remote.fetch(file, &folder.join(file))?;
        eprintln!("note: {}: {bytes} bytes", folder.join(file).display());
    }
    failure.map_or(Ok(()), |message| bail!("the run failed at {}: {message}", remote.host))
}

/// Prints what a run says until it ends; returns why it failed, if it did.
fn follow(remote: &mut RemoteRun, as_json: bool, say: &dyn Fn(&str)) -> anyhow::Result<Option<String>> {
    let mut narrator = Narrator::default();
    let (began, mut was_alive) = (Instant::now(), false);
    loop {
        let followed = remote.follow()?;
        let mut end = None;
        for event in &followed.events {
            match as_json {
                true => say(&event.to_json()),
                false => narrator.line(event).iter().for_each(|line| say(line)),
            }
            match event {
                Event::Finished { .. } | Event::Stopped { .. } => end = Some(None),
                Event::Error { message, .. } => end = Some(Some(message.clone())),
                _ => {}
            }
        }
        was_alive |= followed.is_alive;
        match end {
            Some(end) if !followed.is_alive => return Ok(end),
            None if !followed.is_alive && (was_alive || began.elapsed() > LONGEST_START) => {
                return Ok(Some(remote.last_words()?));
            }
            _ => {}
        }
        std::thread::sleep(LOOK);
    }
}
