//! Work of a page on threads of their own: what they find comes back as news, and the window never waits.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::studio::texts::{self, text};

use eframe::egui::Context;

/// News that may wait; a thread that finds the queue full waits, not the window.
const WAITING_NEWS: usize = 16;

/// The way to the threads of a page, and back.
pub(in crate::studio) struct Jobs<N> {
    name: &'static str,
    sender: SyncSender<N>,
    receiver: Receiver<N>,
    context: Context,
}

/// Where a job leaves its news.
pub(in crate::studio) struct Reporter<N> {
    sender: SyncSender<N>,
    context: Context,
}

impl<N> Reporter<N> {
    /// Leaves news; answers whether somebody is still there to take it.
    pub fn tell(&self, news: N) -> bool {
        let is_heard = self.sender.send(news).is_ok();
        self.context.request_repaint();
        is_heard
    }
}

impl<N: Send + 'static> Jobs<N> {
    /// `name` is what the threads are called.
    pub fn new(name: &'static str, context: Context) -> Self {
        let (sender, receiver) = sync_channel(WAITING_NEWS);
        Self { name, sender, receiver, context }
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
        let reporter = Reporter { sender: self.sender.clone(), context: self.context.clone() };
        let thread = std::thread::Builder::new().name(self.name.to_owned());
        let started = thread.spawn(texts::in_this_language(move || work(&reporter)));
        started.map(|_| ()).map_err(|error| text!("training-no-thread", %error))
    }
}
