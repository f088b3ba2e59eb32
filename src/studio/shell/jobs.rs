//! Work of a page on threads of their own: what they find comes back as news, and the window never waits.

use std::panic::{AssertUnwindSafe, catch_unwind};

use eframe::egui::Context;

use crate::background::{Receiver, Sender, queue, start_thread};
use crate::studio::texts::{self, text};

/// News that may wait; a thread that finds the queue full waits, not the window.
const WAITING_NEWS: usize = 16;

/// The way to the threads of a page, and back.
pub(in crate::studio) struct Jobs<N> {
    name: &'static str,
    reporter: Reporter<N>,
    receiver: Receiver<N>,
    broke_off: fn(String) -> N,
}

/// Where a job leaves its news.
pub(in crate::studio) struct Reporter<N> {
    sender: Sender<N>,
    context: Context,
}

impl<N> Clone for Reporter<N> {
    fn clone(&self) -> Self {
        Self { sender: self.sender.clone(), context: self.context.clone() }
    }
}

impl<N> Reporter<N> {
    /// Leaves news; answers whether somebody is still there to take it.
    pub fn tell(&self, news: N) -> bool {
        let is_taken = self.sender.send(news).is_ok();
        self.context.request_repaint();
        is_taken
    }
}

impl<N: Send + 'static> Jobs<N> {
    /// `name` is what the threads are called; `broke_off` makes news of work that did.
    pub fn new(name: &'static str, context: Context, broke_off: fn(String) -> N) -> Self {
        let (sender, receiver) = queue(WAITING_NEWS);
        Self { name, reporter: Reporter { sender, context }, receiver, broke_off }
    }

    /// The news since the last call.
    pub fn news(&self) -> Vec<N> {
        self.receiver.try_iter().collect()
    }

    /// Does some work, which may have news.
    ///
    /// # Errors
    /// If the system grants no thread.
    pub fn run(&self, work: impl FnOnce() -> Option<N> + Send + 'static) -> Result<(), String> {
        self.run_telling(move |reporter| {
            if let Some(news) = work() {
                reporter.tell(news);
            }
        })
    }

    /// Does some work that has news now and then.
    ///
    /// # Errors
    /// If the system grants no thread.
    pub fn run_telling(&self, work: impl FnOnce(&Reporter<N>) + Send + 'static) -> Result<(), String> {
        self.start(work, self.broke_off)
    }

    /// Does some work that always has news. `failed` makes them of work that could not be done at all.
    pub fn run_or<F: FnOnce(String) -> N + Clone + Send + 'static>(
        &self,
        work: impl FnOnce() -> N + Send + 'static,
        failed: F,
    ) {
        let work = move |reporter: &Reporter<N>| {
            reporter.tell(work());
        };
        if let Err(why) = self.start(work, failed.clone()) {
            // On the window's own thread: a queue that is full must not stop it.
            self.reporter.sender.try_send(failed(why)).unwrap_or_default();
        }
    }

    fn start(
        &self,
        work: impl FnOnce(&Reporter<N>) + Send + 'static,
        failed: impl FnOnce(String) -> N + Send + 'static,
    ) -> Result<(), String> {
        let reporter = self.reporter.clone();
        let guarded = move || {
            if catch_unwind(AssertUnwindSafe(|| work(&reporter))).is_err() {
                reporter.tell(failed(text!("job-broke-off").to_owned()));
            }
        };
        let started = start_thread(self.name, texts::in_this_language(guarded));
        started.map(|_| ()).map_err(|error| text!("job-no-thread", %error))
    }
}
