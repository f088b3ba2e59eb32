//! The mailbox between the window and the synthesis thread.
//!
//! Requests: only the newest waits, because a mask that was painted over is of no use. Pictures: only
//! the latest is kept, because a frame shows one. Events: kept until read, repeated ones merged, so
//! that a window that sleeps cannot make them pile up.

use std::collections::VecDeque;

use super::models::ModelSource;
use super::protocol::{Event, Picture, Request};
use crate::background::{Mailbox, Reports, Wake};

const MAX_WAITING_EXPORTS: usize = 16;

/// The next thing to do.
#[derive(Debug)]
pub enum Job {
    /// A picture for the screen.
    Live(Request),
    /// A picture in memory.
    Export(Export),
}

/// A whole frame at all its steps, in memory.
#[derive(Clone, Debug)]
pub struct Export {
    /// What is drawn.
    pub request: Request,
    /// Another model than the one that draws on screen.
    pub model: Option<ModelSource>,
}

/// Requests in, pictures and events out.
pub struct SynthesisMailbox {
    state: Mailbox<State>,
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
    events: Reports<Event>,
}

impl State {
    fn has_job(&self) -> bool {
        self.newest.is_some() || !self.exports.is_empty()
    }
}

impl SynthesisMailbox {
    /// An empty mailbox; `wake` must not block.
    pub fn new(wake: Wake) -> Self {
        Self { state: Mailbox::default(), wake }
    }

    /// Replaces the request that waits, if one does.
    pub fn submit(&self, mut request: Request) {
        self.state.change(|state| {
            if let Some(waiting) = &state.newest {
                request.full_frame |= waiting.full_frame && waiting.page == request.page;
            }
            state.newest = Some(request);
        });
    }

    /// Queues an export; false when too many wait already.
    pub fn submit_export(&self, export: Export) -> bool {
        self.state.change(|state| {
            let is_accepted = state.exports.len() < MAX_WAITING_EXPORTS;
            if is_accepted {
                state.exports.push_back(export);
            }
            is_accepted
        })
    }

    /// Lets the thread look around without a request.
    pub fn nudge(&self) {
        self.state.change(|state| state.is_nudged = true);
    }

    /// Ends the thread at its next step boundary.
    pub fn stop(&self) {
        self.state.change(|state| state.stop = true);
    }

    /// Whether [`SynthesisMailbox::stop`] was called.
    pub fn is_stopped(&self) -> bool {
        self.state.look(|state| state.stop)
    }

    /// Whether something with precedence over a refinement waits.
    pub fn is_anything_waiting(&self) -> bool {
        self.state.look(|state| state.stop || state.has_job())
    }

    /// Blocks until a job or the end has come; false at the end.
    pub fn wait(&self) -> bool {
        self.state.wait(|state| {
            let is_nudged = std::mem::take(&mut state.is_nudged);
            (state.stop || is_nudged || state.has_job()).then_some(!state.stop)
        })
    }

    /// The newest request, else the oldest export.
    pub fn take_job(&self) -> Option<Job> {
        self.state.change_quietly(|state| {
            state.newest.take().map(Job::Live).or_else(|| state.exports.pop_front().map(Job::Export))
        })
    }

    /// The newest request alone.
    pub fn take_live(&self) -> Option<Request> {
        self.state.change_quietly(|state| state.newest.take())
    }

    /// Puts a picture into the mailbox.
    pub fn publish(&self, picture: Picture) {
        self.state.change_quietly(|state| state.picture = Some(picture));
        (self.wake)();
    }

    /// Puts a picture into the mailbox unless a newer request waits: decided under the lock that
    /// [`SynthesisMailbox::submit`] takes, so a refinement of an older mask cannot slip in. Answers whether it did.
    pub fn publish_unless_superseded(&self, picture: Picture) -> bool {
        let is_published = self.state.change_quietly(|state| {
            let is_current = state.newest.is_none() && !state.stop;
            if is_current {
                state.picture = Some(picture);
            }
            is_current
        });
        if is_published {
            (self.wake)();
        }
        is_published
    }

    /// Reports an event.
    pub fn report(&self, event: Event) {
        self.state.change_quietly(|state| state.events.add(event, repeats));
        (self.wake)();
    }

    /// The latest picture that was not taken yet.
    pub fn latest(&self) -> Option<Picture> {
        self.state.change_quietly(|state| state.picture.take())
    }

    /// The events since the last call, in order.
    pub fn events(&self) -> Vec<Event> {
        self.state.change_quietly(|state| state.events.take())
    }
}

/// Whether an event says anew what the last one said.
fn repeats(last: &Event, event: &Event) -> bool {
    matches!(
        (last, event),
        (Event::Progress { .. }, Event::Progress { .. }) | (Event::Busy(_), Event::Busy(_))
    )
}
