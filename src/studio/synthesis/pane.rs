//! The synthetic side of the window: the thread that draws, what it was set up with, the pictures before, new masks.

use eframe::egui::Context;

use super::new_mask::NewMasks;
use super::recent::Recent;
use super::setup::{SynthesisSetup, SynthesisSource};
use super::thread::{News, Synthesis};
use crate::device::SharedGpu;

/// The synthetic side of the window.
pub struct SynthesisPane {
    pub(in crate::studio) thread: Synthesis,
    source: SynthesisSource,
    /// Threads of models before, which still draw what was to be exported or kept with them.
    finishing: Vec<Synthesis>,
    pub(in crate::studio) recent: Recent,
    pub(in crate::studio) new_mask: NewMasks,
}

impl SynthesisPane {
    /// A pane whose thread is not started yet.
    pub(in crate::studio) fn new(source: SynthesisSource) -> Self {
        let why_not = match &source {
            SynthesisSource::None(reason) => reason.clone(),
            _ => String::new(),
        };
        Self {
            thread: Synthesis::without_worker(why_not),
            source,
            finishing: Vec::new(),
            recent: Recent::default(),
            new_mask: NewMasks::default(),
        }
    }

    /// How pictures are made.
    pub fn setup(&self) -> SynthesisSetup {
        self.source.setup()
    }

    /// Starts the thread. What was requested of the one before and not answered is requested of it. Returns how many
    /// exports found no room.
    pub(in crate::studio) fn start(&mut self, context: &Context, shared_gpu: Option<SharedGpu>) -> usize {
        let Some(next) = self.started(context, shared_gpu) else { return 0 };
        std::mem::replace(&mut self.thread, next).hand_over(&mut self.thread)
    }

    /// Draws with another model from now on. What was to be exported or kept before is still drawn by the model that
    /// was shown when it was requested.
    pub(in crate::studio) fn set_up(
        &mut self,
        setup: SynthesisSetup,
        context: &Context,
        shared_gpu: Option<SharedGpu>,
    ) {
        self.source = SynthesisSource::Model(setup);
        let Some(next) = self.started(context, shared_gpu) else { return };
        let mut before = std::mem::replace(&mut self.thread, next);
        before.hand_view_to(&mut self.thread);
        if before.is_exporting() {
            self.finishing.push(before);
        }
    }

    fn started(&self, context: &Context, shared_gpu: Option<SharedGpu>) -> Option<Synthesis> {
        let context = context.clone();
        let wake = std::sync::Arc::new(move || context.request_repaint());
        self.source.start(wake, shared_gpu).map(Synthesis::with_worker)
    }

    /// What came back since the last call.
    pub(in crate::studio) fn news(&mut self) -> Vec<News> {
        let mut news = self.thread.news();
        for thread in &mut self.finishing {
            let late = thread.news().into_iter();
            news.extend(late.filter(|news| !matches!(news, News::Picture(_) | News::Comparison)));
        }
        self.finishing.retain(Synthesis::is_exporting);
        news
    }
}
