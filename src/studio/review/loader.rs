//! Pairs that are read on threads of their own, the most wanted first.
//!
//! What is wanted changes with every key and every turn of the wheel, and what was wanted before is of no use then. So
//! the window puts a whole new list into a mailbox in each frame, and the threads take from its front.

use std::collections::{HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use eframe::egui::Context;

use crate::background::{Mailbox, Receiver, Sender, queue, start_thread};
use crate::review::ReviewSet;
use crate::studio::texts::{self, Language};

/// Results that may wait for the window; a thread that finds no room waits.
const WAITING: usize = 16;

#[derive(Default)]
struct Wanted {
    set: Option<Arc<ReviewSet>>,
    /// Rises with every set: what was read of another one is not taken.
    epoch: u64,
    rows: VecDeque<u32>,
    /// What the window speaks: a pair says in words what is wrong with it.
    language: Language,
    /// Being read.
    reading: HashSet<u32>,
    is_over: bool,
}

/// What a thread is to do next.
enum Next {
    Read { set: Arc<ReviewSet>, epoch: u64, row: u32, language: Language },
    End,
}

impl Wanted {
    /// The next row, if there is one.
    fn next(&mut self) -> Option<Next> {
        if self.is_over {
            return Some(Next::End);
        }
        let set = self.set.clone()?;
        let row = self.rows.pop_front()?;
        self.reading.insert(row);
        Some(Next::Read { set, epoch: self.epoch, row, language: self.language })
    }
}

/// Reads rows of a set on threads; `T` is what a row becomes.
pub(super) struct Loader<T> {
    mailbox: Arc<Mailbox<Wanted>>,
    /// A row that could not be read because the reader broke off comes as `None`.
    results: Receiver<(u64, u32, Option<T>)>,
    epoch: u64,
}

impl<T: Send + 'static> Loader<T> {
    /// Starts the threads. Where the system grants none, nothing ever comes.
    pub fn start(
        name: &str,
        threads: usize,
        context: &Context,
        read: impl Fn(&ReviewSet, u32) -> T + Send + Sync + 'static,
    ) -> Self {
        let mailbox = Arc::new(Mailbox::new(Wanted::default()));
        let (sender, results) = queue(WAITING);
        let read = Arc::new(read);
        for _ in 0..threads {
            let (mailbox, sender, read) = (Arc::clone(&mailbox), sender.clone(), Arc::clone(&read));
            let context = context.clone();
            let _ = start_thread(name, move || work(&mailbox, &sender, &context, &*read));
        }
        Self { mailbox, results, epoch: 0 }
    }

    /// Reads from another set from now on.
    pub fn use_set(&mut self, set: Arc<ReviewSet>) {
        self.epoch = self.mailbox.change(|wanted| {
            wanted.epoch += 1;
            wanted.set = Some(set);
            wanted.rows.clear();
            wanted.reading.clear();
            wanted.epoch
        });
    }

    /// Wants these rows, the first first, and no others.
    pub fn want(&self, rows: impl Iterator<Item = u32>) {
        self.mailbox.change(|wanted| {
            wanted.language = texts::spoken();
            let Wanted { rows: list, reading, .. } = wanted;
            list.clear();
            list.extend(rows.filter(|row| !reading.contains(row)));
        });
    }

    /// Whether something is still to be read.
    pub fn is_busy(&self) -> bool {
        self.mailbox.look(|wanted| !wanted.rows.is_empty() || !wanted.reading.is_empty())
    }

    /// At most so many rows that were read since the last call.
    pub fn take(&self, most: usize) -> Vec<(u32, Option<T>)> {
        let mut taken = Vec::new();
        while taken.len() < most {
            let Ok((epoch, row, result)) = self.results.try_recv() else { break };
            if epoch == self.epoch {
                self.mailbox.change_quietly(|wanted| wanted.reading.remove(&row));
                taken.push((row, result));
            }
        }
        taken
    }
}

impl<T> Drop for Loader<T> {
    fn drop(&mut self) {
        self.mailbox.change(|wanted| wanted.is_over = true);
    }
}

fn work<T>(
    mailbox: &Mailbox<Wanted>,
    sender: &Sender<(u64, u32, Option<T>)>,
    context: &Context,
    read: &(impl Fn(&ReviewSet, u32) -> T + ?Sized),
) {
    while let Next::Read { set, epoch, row, language } = mailbox.wait(Wanted::next) {
        texts::speak(language);
        let result = catch_unwind(AssertUnwindSafe(|| read(&set, row))).ok();
        if sender.send((epoch, row, result)).is_err() {
            return;
        }
        context.request_repaint();
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::thread;
    use std::time::{Duration, Instant};

    use super::*;

    fn set() -> Arc<ReviewSet> {
        Arc::new(ReviewSet::parse(Path::new("nowhere"), b""))
    }

    fn all(loader: &Loader<u32>, count: usize) -> Vec<(u32, Option<u32>)> {
        let (mut taken, started) = (Vec::new(), Instant::now());
        while taken.len() < count {
            assert!(started.elapsed() < Duration::from_secs(10), "{taken:?}");
            taken.extend(loader.take(8));
            thread::sleep(Duration::from_millis(1));
        }
        taken
    }

    #[test]
    fn rows_come_in_the_order_they_are_wanted_and_a_panic_is_an_answer() {
        let read = |_: &ReviewSet, row: u32| if row == 3 { panic!("broken") } else { 10 * row };
        let mut loader = Loader::start("test", 1, &Context::default(), read);
        loader.use_set(set());
        loader.want([5, 3, 1].into_iter());
        assert_eq!(all(&loader, 3), [(5, Some(50)), (3, None), (1, Some(10))]);
        assert!(!loader.is_busy());
    }

    #[test]
    fn what_was_read_of_another_set_is_not_taken() {
        let read = |_: &ReviewSet, row: u32| {
            thread::sleep(Duration::from_millis(20));
            row
        };
        let mut loader = Loader::start("test", 1, &Context::default(), read);
        loader.use_set(set());
        loader.want(0..4);
        thread::sleep(Duration::from_millis(10));
        loader.use_set(set());
        loader.want([9].into_iter());
        assert_eq!(all(&loader, 1), [(9, Some(9))]);
    }
}
