//! What a running trainer can be told: pause, go on, save, stop.
//!
//! Orders come as lines: through the standard input of the process, or through a file in the run's
//! folder when whoever gives them did not start the process. Signals set the same flags.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::formats::atomic::write_atomically;

/// Name of the file in a run's folder that carries an order.
const ORDER_FILE: &str = "order";

/// One thing a trainer can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Wait before the next step.
    Pause,
    /// Go on after a pause.
    Resume,
    /// Save a checkpoint after the step under way.
    Checkpoint,
    /// Save a checkpoint and end.
    Stop,
}

impl Order {
    /// The line that carries it.
    pub fn word(self) -> &'static str {
        match self {
            Order::Pause => "pause",
            Order::Resume => "resume",
            Order::Checkpoint => "checkpoint",
            Order::Stop => "stop",
        }
    }

    /// The order of a line.
    pub fn of_line(line: &str) -> Option<Self> {
        [Order::Pause, Order::Resume, Order::Checkpoint, Order::Stop]
            .into_iter()
            .find(|order| order.word() == line.trim())
    }

    /// Leaves the order in a run's folder; the trainer takes it before its next step.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn leave(self, run: &Path) -> std::io::Result<()> {
        write_atomically(&order_file(run), self.word().as_bytes())
    }

    /// Takes the order that was left in a run's folder, if there is one. One that cannot be read or deleted is left
    /// alone: it must not be obeyed at every step.
    pub fn take_left(run: &Path) -> Option<Self> {
        let file = order_file(run);
        let text = fs::read_to_string(&file).ok()?;
        fs::remove_file(&file).ok()?;
        Self::of_line(&text)
    }
}

fn order_file(run: &Path) -> PathBuf {
    run.join(ORDER_FILE)
}

/// The flags of a running trainer, shared with whoever gives it orders.
#[derive(Debug, Default)]
pub struct Control {
    stop: AtomicBool,
    pause: AtomicBool,
    checkpoint: AtomicBool,
}

impl Control {
    /// Sets the flag of an order.
    pub fn give(&self, order: Order) {
        match order {
            Order::Pause => self.pause.store(true, Ordering::Relaxed),
            Order::Resume => self.pause.store(false, Ordering::Relaxed),
            Order::Checkpoint => self.checkpoint.store(true, Ordering::Relaxed),
            Order::Stop => self.stop.store(true, Ordering::Relaxed),
        }
    }

    /// Obeys the order that was left in a run's folder, if there is one.
    pub fn take_left(&self, run: &Path) {
        if let Some(order) = Order::take_left(run) {
            self.give(order);
        }
    }

    /// Whether the run is to end.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Whether the run is to wait.
    pub fn is_paused(&self) -> bool {
        self.pause.load(Ordering::Relaxed)
    }

    /// Whether a checkpoint was asked for since the last call.
    pub fn take_checkpoint(&self) -> bool {
        self.checkpoint.swap(false, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_lines_and_files() {
        assert_eq!(Order::of_line(" pause\n"), Some(Order::Pause));
        assert_eq!(Order::of_line("paus"), None);
        let folder = tempfile::tempdir().unwrap();
        let control = Control::default();
        control.take_left(folder.path());
        assert!(!control.is_paused());
        Order::Pause.leave(folder.path()).unwrap();
        control.take_left(folder.path());
        assert!(control.is_paused());
        control.give(Order::Resume);
        control.take_left(folder.path());
        assert!(!control.is_paused(), "an order is obeyed once");
        control.give(Order::Checkpoint);
        assert!(control.take_checkpoint() && !control.take_checkpoint());
    }
}
