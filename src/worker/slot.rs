//! The mailbox between the window and the synthesis thread.
//!
//! Requests: only the newest waits, because a mask that was painted over is of no use. Pictures: only
//! the latest is kept, because a frame shows one. Events: kept until read, repeated ones merged, so
//! that a window that sleeps cannot make them pile up. One lock guards all of it for the length of a
//! pointer move, so neither side ever waits for the other's work.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::models::ModelSource;
use super::protocol::{Event, Picture, Request};
use crate::background::Wake;

const MAX_WAITING_EXPORTS: usize = 16;
const MAX_EVENTS: usize = 256;

/// The next thing to do.
#[derive(Debug)]
pub enum Job {
    Live(Request),
    Export(Export),
}

/// A whole frame at all its steps, in memory.
#[derive(Clone, Debug)]
pub struct Export {
    pub request: Request,
    /// Another model than the one that draws on screen.
    pub model: Option<ModelSource>,
}

/// Requests in, pictures and events out.
pub struct Exchange {
    state: Mutex<State>,
    arrived: Condvar,
    wake: Wake,
}

#[derive(Default)]
struct State {
    newest: Option<Request>,
    exports: VecDeque<Export>,
    /// Something beside the requests changed: the thread should look around.
    is_nudged: bool,
    stop: bool,
    picture: Option<Picture>,
    events: VecDeque<Event>,
}

impl Exchange {
    /// An empty mailbox; `wake` must not block.
    pub fn new(wake: Wake) -> Self {
        Self { state: Mutex::default(), arrived: Condvar::new(), wake }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code that can panic runs under the lock, so a poisoned state is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces the request that waits, if one does.
    pub fn submit(&self, mut request: Request) {
        let mut state = self.state();
        if let Some(waiting) = &state.newest {
            request.full_frame |= waiting.full_frame && waiting.page == request.page;
        }
        state.newest = Some(request);
        self.arrived.notify_one();
    }

    /// Queues an export; false when too many wait already.
    pub fn submit_export(&self, export: Export) -> bool {
        let mut state = self.state();
        let accepted = state.exports.len() < MAX_WAITING_EXPORTS;
        if accepted {
            state.exports.push_back(export);
            self.arrived.notify_one();
        }
        accepted
    }

    /// Lets the thread look around without a request.
    pub fn nudge(&self) {
        self.state().is_nudged = true;
        self.arrived.notify_one();
    }

    /// Ends the thread at its next step boundary.
    pub fn stop(&self) {
        self.state().stop = true;
        self.arrived.notify_one();
    }

    /// Whether [`Exchange::stop`] was called.
    pub fn is_stopped(&self) -> bool {
        self.state().stop
    }

    /// Whether something with precedence over a refinement waits.
    pub fn is_anything_waiting(&self) -> bool {
        let state = self.state();
        state.stop || state.newest.is_some() || !state.exports.is_empty()
    }

    /// Blocks until a job or the end has come; false at the end.
    pub fn wait(&self) -> bool {
        let mut state = self.state();
        while !state.stop && !state.is_nudged && state.newest.is_none() && state.exports.is_empty() {
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.is_nudged = false;
        !state.stop
    }

    /// The newest request, else the oldest export.
    pub fn take_job(&self) -> Option<Job> {
        let mut state = self.state();
        state.newest.take().map(Job::Live).or_else(|| state.exports.pop_front().map(Job::Export))
    }

    /// The newest request alone.
    pub fn take_live(&self) -> Option<Request> {
        self.state().newest.take()
    }

    /// Puts a picture into the slot.
    pub fn publish(&self, picture: Picture) {
        self.state().picture = Some(picture);
        (self.wake)();
    }

    /// Puts a picture into the slot unless a newer request waits: decided under the lock that
    /// [`Exchange::submit`] takes, so a refinement of an older mask cannot slip in. Answers whether it did.
    pub fn publish_unless_superseded(&self, picture: Picture) -> bool {
        {
            let mut state = self.state();
            if state.newest.is_some() || state.stop {
                return false;
            }
            state.picture = Some(picture);
        }
        (self.wake)();
        true
    }

    /// Reports an event.
    pub fn report(&self, event: Event) {
        {
            let mut state = self.state();
            let repeats = matches!(
                (state.events.back(), &event),
                (Some(Event::Progress { .. }), Event::Progress { .. })
                    | (Some(Event::Busy(_)), Event::Busy(_))
            );
            if repeats {
                state.events.pop_back();
            } else if state.events.len() == MAX_EVENTS {
                state.events.pop_front();
            }
            state.events.push_back(event);
        }
        (self.wake)();
    }

    /// The latest picture that was not taken yet.
    pub fn latest(&self) -> Option<Picture> {
        self.state().picture.take()
    }

    /// The events since the last call, in order.
    pub fn events(&self) -> Vec<Event> {
        self.state().events.drain(..).collect()
    }
}
