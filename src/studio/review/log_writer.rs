//! Decisions on their way to the disk: written and synced at once on a thread of their own, in the order of the keys.
//!
//! The thread also reads what other programs write to the same log, and looks whether the manifest has grown.

use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use eframe::egui::Context;

use crate::background::{Receiver, RecvTimeoutError, Sender, queue, start_thread};
use crate::dataset::manifest::MANIFEST_FILE;
use crate::review::{DecisionEvent, DecisionLog};

/// Keys that may be ahead of the disk.
const AHEAD: usize = 4096;
/// How often others' decisions are looked for.
const PAUSE: Duration = Duration::from_millis(1500);
/// How long the end of the window waits for decisions.
const END_TIMEOUT: Duration = Duration::from_secs(5);

enum Order {
    Append(DecisionEvent),
    Undo(String),
}

/// What the thread reports.
#[derive(Debug)]
pub(super) enum LogNews {
    /// Decisions that stand in the log now, in its order; one's own among them.
    Read(Vec<DecisionEvent>),
    /// A decision was taken back by the one named, where there was anything to take back. With what stands in the log
    /// since the last report, so that no frame shows the decision gone and another pair in view.
    Undone { read: Vec<DecisionEvent>, undo: Option<DecisionEvent> },
    /// A decision could not be written, and why.
    NotWritten(DecisionEvent, String),
    /// The log cannot be read, and why.
    Unreadable(String),
    /// The manifest holds more than was loaded.
    Grown,
}

/// The window's end of the log.
pub(super) struct LogWriter {
    orders: Option<Sender<Order>>,
    news: Receiver<LogNews>,
    thread: Option<JoinHandle<()>>,
}

impl LogWriter {
    /// Starts the thread over a log that was read; `manifest_bytes` is how much of the manifest was loaded.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn start(
        log: DecisionLog,
        dir: &Path,
        manifest_bytes: u64,
        context: &Context,
    ) -> std::io::Result<Self> {
        let (orders, received) = queue(AHEAD);
        let (sender, news) = queue(AHEAD);
        let context = context.clone();
        let reported = log.events.len();
        let manifest = (dir.join(MANIFEST_FILE), manifest_bytes);
        let mut work = Work { log, reported, manifest, has_grown: false, sender, context };
        let thread = start_thread("review-log", move || while work.step(&received) {})?;
        Ok(Self { orders: Some(orders), news, thread: Some(thread) })
    }

    /// Has a decision written. Returns whether there was room for it.
    pub fn append(&self, event: DecisionEvent) -> bool {
        self.orders.as_ref().is_some_and(|orders| orders.try_send(Order::Append(event)).is_ok())
    }

    /// Takes back the last decision of a reviewer.
    pub fn undo(&self, who: &str) -> bool {
        self.orders.as_ref().is_some_and(|orders| orders.try_send(Order::Undo(who.to_owned())).is_ok())
    }

    /// What was reported since the last call.
    pub fn news(&self) -> Vec<LogNews> {
        self.news.try_iter().collect()
    }
}

impl Drop for LogWriter {
    /// What was decided is written before the window goes, unless the disk does not answer.
    fn drop(&mut self) {
        self.orders = None;
        // Nobody takes news any more: the thread must not wait until somebody does.
        let (_, nobody) = queue(0);
        self.news = nobody;
        let begun = Instant::now();
        while self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
            && begun.elapsed() < END_TIMEOUT
        {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

struct Work {
    log: DecisionLog,
    /// Events of the log that the window knows.
    reported: usize,
    manifest: (PathBuf, u64),
    has_grown: bool,
    sender: Sender<LogNews>,
    context: Context,
}

impl Work {
    /// Does one thing; false at the end.
    fn step(&mut self, orders: &Receiver<Order>) -> bool {
        match orders.recv_timeout(PAUSE) {
            Ok(Order::Append(event)) => match self.log.append(std::slice::from_ref(&event)) {
                Ok(()) => self.report_read(),
                Err(error) => self.report(LogNews::NotWritten(event, error.to_string())),
            },
            Ok(Order::Undo(who)) => {
                let undo = self.log.undo_of(&who);
                match undo.clone().map(|undo| self.log.append(&[undo])) {
                    Some(Err(error)) => self.report(LogNews::Unreadable(error.to_string())),
                    _ => {
                        let read = self.take_unreported();
                        self.report(LogNews::Undone { read, undo });
                    }
                }
            }
            Err(RecvTimeoutError::Timeout) => self.look_around(),
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        true
    }

    fn look_around(&mut self) {
        match self.log.refresh() {
            Ok(0) => {}
            Ok(_) => self.report_read(),
            Err(error) => self.report(LogNews::Unreadable(error.to_string())),
        }
        let (path, loaded) = &self.manifest;
        let has_grown = std::fs::metadata(path).is_ok_and(|data| data.len() > *loaded);
        if has_grown && !self.has_grown {
            self.has_grown = true;
            self.report(LogNews::Grown);
        }
    }

    /// What stands in the log since the last report.
    fn take_unreported(&mut self) -> Vec<DecisionEvent> {
        let new = self.log.events[self.reported..].to_vec();
        self.reported = self.log.events.len();
        new
    }

    fn report_read(&mut self) {
        let new = self.take_unreported();
        if !new.is_empty() {
            self.report(LogNews::Read(new));
        }
    }

    fn report(&self, news: LogNews) {
        // The window may be gone; the log is written all the same.
        let _ = self.sender.send(news);
        self.context.request_repaint();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::Decision;

    fn event(who: &str, pair: &str) -> DecisionEvent {
        DecisionEvent::now(who, pair, Decision::Accept, None)
    }

    fn wait_for(writer: &LogWriter, is_it: impl Fn(&LogNews) -> bool) -> Vec<LogNews> {
        let (mut all, begun) = (Vec::new(), Instant::now());
        while !all.iter().any(&is_it) {
            assert!(begun.elapsed() < Duration::from_secs(10), "{all:?}");
            all.extend(writer.news());
            thread::sleep(Duration::from_millis(2));
        }
        all
    }

    #[test]
    fn decisions_are_on_the_disk_when_the_window_is_gone_and_others_are_heard() {
        let folder = tempfile::tempdir().unwrap();
        let open = || DecisionLog::open(folder.path()).unwrap();
        let writer = LogWriter::start(open(), folder.path(), 0, &Context::default()).unwrap();
        for number in 0..50 {
            assert!(writer.append(event("anna", &number.to_string())));
        }
        drop(writer);
        assert_eq!(open().events.len(), 50);

        let writer = LogWriter::start(open(), folder.path(), 0, &Context::default()).unwrap();
        open().append(&[event("ben", "0")]).unwrap();
        crate::formats::write_file(&folder.path().join(MANIFEST_FILE), b"line\n").unwrap();
        let news = wait_for(&writer, |news| matches!(news, LogNews::Grown));
        let is_bens = |news: &LogNews| matches!(news, LogNews::Read(events) if events[0].who == "ben");
        assert!(news.iter().any(is_bens), "{news:?}");
        assert!(writer.undo("anna"));
        let news = wait_for(&writer, |news| matches!(news, LogNews::Undone { .. }));
        let undone = |news: &LogNews| match news {
            LogNews::Undone { read, undo: Some(undo) } => undo.pair == "49" && read.contains(undo),
            _ => false,
        };
        assert!(news.iter().any(undone), "{news:?}");
        assert!(writer.append(event("a\nb", "0")));
        wait_for(&writer, |news| matches!(news, LogNews::NotWritten(event, _) if event.who == "a\nb"));
    }
}
