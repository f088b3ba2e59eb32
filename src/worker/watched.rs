//! A process beside this one that writes lines and keeps a folder, as a thread watches it for a window that sleeps:
//! the newest record, and nobody waits. Trainings and batch generations are watched alike.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::background::{Mailbox, Wake, start_thread};
use crate::platform;

/// How often a folder is looked at.
pub(super) const LOOK: Duration = Duration::from_millis(250);
/// Records are put down no more often than this, but for events that change more than a number.
const PUBLISH_INTERVAL: Duration = Duration::from_millis(100);

/// The newest record of what is watched. A window that sleeps neither fills memory nor holds up who writes.
pub(super) struct Watched<R> {
    record: Mailbox<Arc<R>>,
    is_given_up: AtomicBool,
    wake: Wake,
}

impl<R> Watched<R> {
    /// Puts down what is known now.
    pub fn publish(&self, record: R) {
        self.record.change(|newest| *newest = Arc::new(record));
        (self.wake)();
    }

    /// What is known now.
    pub fn newest(&self) -> Arc<R> {
        self.record.look(Arc::clone)
    }

    /// Whether nobody wants to know any more.
    pub fn is_given_up(&self) -> bool {
        self.is_given_up.load(Ordering::Relaxed)
    }
}

/// The window's end of what is watched. Dropping it ends the watching, not what is watched.
pub(super) struct Watch<R> {
    shared: Arc<Watched<R>>,
}

impl<R: Send + Sync + 'static> Watch<R> {
    /// With what is known at first, and a thread that watches from then on. `wake` is called whenever the record
    /// changes, and must not block.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn start(
        name: &str,
        record: R,
        wake: Wake,
        watch: impl FnOnce(&Watched<R>) + Send + 'static,
    ) -> std::io::Result<Self> {
        let record = Mailbox::new(Arc::new(record));
        let shared = Arc::new(Watched { record, is_given_up: AtomicBool::new(false), wake });
        let of_thread = Arc::clone(&shared);
        start_thread(name, move || watch(&of_thread))?;
        Ok(Self { shared })
    }

    /// What is known now.
    pub fn record(&self) -> Arc<R> {
        self.shared.newest()
    }

    /// What the thread sees of it, for another one that has something to add.
    pub fn shared(&self) -> Arc<Watched<R>> {
        Arc::clone(&self.shared)
    }
}

impl<R> Drop for Watch<R> {
    fn drop(&mut self) {
        self.shared.is_given_up.store(true, Ordering::Relaxed);
    }
}

/// What folds the files of a folder into a record.
pub(super) trait Following {
    type Record: Clone;

    /// What is known.
    fn record(&self) -> &Self::Record;

    /// Whether more may come.
    fn is_alive(&self) -> bool;

    /// Reads on; answers whether something was new.
    fn follow(&mut self) -> bool;
}

/// Follows a folder that another process may be writing into, until it has ended or nobody wants to know.
pub(super) fn watch_folder<F: Following>(mut follower: F, shared: &Watched<F::Record>) {
    shared.publish(follower.record().clone());
    while follower.is_alive() && !shared.is_given_up() {
        std::thread::sleep(LOOK);
        if follower.follow() {
            shared.publish(follower.record().clone());
        }
    }
}

/// Starts a process whose lines are read here and whose errors go to a file.
///
/// # Errors
/// A message that names the file or program, and the remedy.
pub(super) fn start_child(command: &mut Command, log: &Path, remedy: &str) -> Result<Child, String> {
    let errors = OpenOptions::new().create(true).write(true).truncate(true).open(log);
    let errors = errors.map_err(|error| format!("{}: {error}{remedy}", log.display()))?;
    platform::apart_from_terminal(command);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors);
    let program = Path::new(command.get_program()).to_owned();
    command.spawn().map_err(|error| format!("{} could not be started: {error}", program.display()))
}

/// Reads a process's lines to their end. `take` gets each, and whether a record is due to be seen; it answers whether
/// it put one down.
pub(super) fn follow_lines(child: &mut Child, mut take: impl FnMut(&str, bool) -> bool) {
    let Some(lines) = child.stdout.take() else { return };
    let mut published = Instant::now();
    for line in BufReader::new(lines).lines().map_while(Result::ok) {
        if take(&line, published.elapsed() >= PUBLISH_INTERVAL) {
            published = Instant::now();
        }
    }
}
