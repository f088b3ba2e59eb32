//! The synthesis thread: it owns every tensor, and the window never waits for it.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use super::mailbox::{Export, SynthesisMailbox};
use super::models::ModelSource;
use super::protocol::{Event, Picture, Request};
use super::renderer::{MakeRenderer, Renderer};
use super::scheduler::Scheduler;
use super::start;
use crate::background::{Wake, start_thread};
use crate::device::processor_share::{self, Work};
use crate::device::{DeviceChoice, SharedGpu};
use crate::nn::Arithmetic;

/// What a synthesis thread works with.
pub struct WorkerOptions {
    /// What draws.
    pub model: ModelSource,
    /// Where it is computed.
    pub device: DeviceChoice,
    /// What a GPU computes in; without it half precision where that is right, else single.
    pub arithmetic: Option<Arithmetic>,
    /// The window's graphics device, for pictures that stay on it.
    pub shared_gpu: Option<SharedGpu>,
    /// Called from the thread after every picture and event; must not block.
    pub wake: Wake,
}

/// A running synthesis thread. Dropping it stops the thread at its next step boundary.
pub struct SynthesisWorker {
    mailbox: Arc<SynthesisMailbox>,
    thread: Option<JoinHandle<()>>,
}

impl SynthesisWorker {
    /// Starts the thread; [`Event::Ready`] or [`Event::Failed`] tells how loading the model went.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn start(options: WorkerOptions) -> std::io::Result<Self> {
        let WorkerOptions { model, device, arithmetic, shared_gpu, wake } = options;
        Self::start_with(wake, |mailbox| {
            start::maker(model, device, arithmetic, shared_gpu, Arc::clone(mailbox))
        })
    }

    /// Starts the thread with a renderer of its own; the renderer is made on that thread and never leaves
    /// it. `wake` is called from there after every picture and event and must not block.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn start_with<R: Renderer + 'static>(
        wake: Wake,
        make_renderer: impl FnOnce(&Arc<SynthesisMailbox>) -> MakeRenderer<R>,
    ) -> std::io::Result<Self> {
        let mailbox = Arc::new(SynthesisMailbox::new(wake));
        let make_renderer = make_renderer(&mailbox);
        let inner = Arc::clone(&mailbox);
        let thread = start_thread("synthesis", move || {
            processor_share::step_back(Work::Synthesis);
            Scheduler::new(inner, make_renderer, Box::new(Instant::now)).run();
        })?;
        Ok(Self { mailbox, thread: Some(thread) })
    }

    /// Asks for a picture; replaces a request that was not begun yet. Never blocks.
    pub fn submit(&self, request: Request) {
        self.mailbox.submit(request);
    }

    /// Asks for the whole frame at [`Request::refine_steps`], in memory, as [`Event::Exported`]; pictures
    /// for the screen go on meanwhile. False when too many exports wait already.
    pub fn submit_export(&self, request: Request) -> bool {
        self.mailbox.submit_export(Export { request, model: None })
    }

    /// [`SynthesisWorker::submit_export`] by another model than the one on screen.
    pub fn submit_export_by(&self, request: Request, model: ModelSource) -> bool {
        self.mailbox.submit_export(Export { request, model: Some(model) })
    }

    /// The latest picture, once.
    pub fn latest(&self) -> Option<Picture> {
        self.mailbox.latest()
    }

    /// What happened since the last call, in order.
    pub fn events(&self) -> Vec<Event> {
        self.mailbox.events()
    }

    /// Ends the thread at its next step boundary; returns at once.
    pub fn stop(&self) {
        self.mailbox.stop();
    }

    /// Stops the thread and waits until it has ended.
    pub fn join(mut self) {
        self.mailbox.stop();
        if let Some(thread) = self.thread.take() {
            // The scheduler catches what renderers throw; a panic beyond that was already printed.
            let _ = thread.join();
        }
    }
}

impl Drop for SynthesisWorker {
    fn drop(&mut self) {
        self.mailbox.stop();
    }
}
