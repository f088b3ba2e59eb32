//! A queue with a bound. Everything that is put in comes out, in order: where it is full, who puts in waits or is told,
//! so that a slow reader cannot fill memory.

pub use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender as Sender, TryRecvError, TrySendError};

/// Both ends of a queue in which so many things may wait.
pub fn queue<T>(places: usize) -> (Sender<T>, Receiver<T>) {
    std::sync::mpsc::sync_channel(places)
}
