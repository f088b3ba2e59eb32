//! A value between threads of which the newest counts.
//!
//! Whoever puts something down replaces what lay there and never waits; whoever needs it looks, takes, or sleeps until
//! it comes. One lock guards the value for the length of a pointer move, so neither side waits for the other's work:
//! closures given to a mailbox must not compute.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A value under a lock, and a bell that rings when it changes.
#[derive(Debug, Default)]
pub struct Mailbox<S> {
    state: Mutex<S>,
    changed: Condvar,
}

impl<S> Mailbox<S> {
    /// With what lies there at first.
    pub fn new(state: S) -> Self {
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, S> {
        // No code that can panic runs under the lock, so a poisoned value is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the value.
    pub fn look<R>(&self, look: impl FnOnce(&S) -> R) -> R {
        look(&self.state())
    }

    /// Changes the value and rings.
    pub fn change<R>(&self, change: impl FnOnce(&mut S) -> R) -> R {
        let result = change(&mut self.state());
        self.changed.notify_all();
        result
    }

    /// Changes the value without ringing: nobody waits for this.
    pub fn change_quietly<R>(&self, change: impl FnOnce(&mut S) -> R) -> R {
        change(&mut self.state())
    }

    /// Sleeps until the value gives something.
    pub fn wait<R>(&self, mut take: impl FnMut(&mut S) -> Option<R>) -> R {
        let mut state = self.state();
        loop {
            if let Some(taken) = take(&mut state) {
                return taken;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// [`Mailbox::wait`], but no longer than so long; `None` when nothing came of it.
    pub fn wait_at_most<R>(&self, most: Duration, mut take: impl FnMut(&mut S) -> Option<R>) -> Option<R> {
        let begun = Instant::now();
        let mut state = self.state();
        loop {
            if let Some(taken) = take(&mut state) {
                return Some(taken);
            }
            let left = most.checked_sub(begun.elapsed()).filter(|left| !left.is_zero())?;
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl<T> Mailbox<Option<T>> {
    /// Puts something down. Returns what lay there unread, to be dropped outside the lock.
    pub fn put(&self, value: T) -> Option<T> {
        self.change(|state| state.replace(value))
    }

    /// Takes what lies there.
    pub fn take(&self) -> Option<T> {
        self.state().take()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::start_thread;
    use super::*;

    #[test]
    fn the_newest_is_taken_once_and_what_it_replaced_comes_back() {
        let mailbox = Mailbox::default();
        assert_eq!(mailbox.put(1), None);
        assert_eq!(mailbox.put(2), Some(1));
        assert_eq!((mailbox.take(), mailbox.take()), (Some(2), None));
    }

    #[test]
    fn who_sleeps_is_woken_by_a_change_and_gives_up_after_its_time() {
        let mailbox = Arc::new(Mailbox::new(Vec::new()));
        let nothing: Option<u32> = mailbox.wait_at_most(Duration::from_millis(20), Vec::pop);
        assert_eq!(nothing, None);
        let of_thread = Arc::clone(&mailbox);
        let sleeper = start_thread("sleeper", move || of_thread.wait(Vec::pop)).unwrap();
        mailbox.change(|values| values.push(7));
        assert_eq!(sleeper.join().unwrap(), 7);
        assert!(mailbox.look(Vec::is_empty));
    }
}
