//! The mask thread: candidates for a new eye, one after the other, while the window goes on.
//!
//! It has a mask model of its own on the CPU, which is small; the synthesis thread and its device are left
//! alone. A newer request ends the one under way at its next step.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::models::ModelSource;
use crate::background::Wake;
use crate::device;
use crate::device::processor_share::{self, Work};
use crate::diffusion::mask_generator::{MaskGenerator, MaskGuide, MaskSettings};
use crate::diffusion::model_file;
use crate::encoding::dmc::{self, DmcMode, Histogram, Repair};
use crate::encoding::masks::Dials;
use crate::mask::{Mask, carry_lesions};
use crate::scan::Spacing;

/// Events that wait to be taken; older progress is dropped first.
const MAX_EVENTS: usize = 256;

/// What to draw.
#[derive(Clone, Debug)]
pub struct MaskRequest {
    /// Chosen by the asker, comes back with every answer.
    pub job: u64,
    pub width: u32,
    pub height: u32,
    pub spacing: Option<Spacing>,
    /// Candidates, with seeds counted upwards.
    pub count: u32,
    pub settings: MaskSettings,
    /// A mask to vary and how far, instead of a new one.
    pub vary: Option<(Mask, f64)>,
}

/// A mask to choose.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub mask: Mask,
    pub seed: u64,
    pub measured: Dials,
    /// Columns whose order had to be repaired.
    pub repaired_columns: usize,
    /// The model that drew it.
    pub model: String,
}

/// What the thread reports.
#[derive(Debug)]
pub enum MaskEvent {
    /// Part of the job that is done, 0 to 1.
    Progress {
        job: u64,
        part: f32,
    },
    Drawn {
        job: u64,
        candidate: Box<Candidate>,
    },
    /// All candidates are there.
    Finished {
        job: u64,
    },
    /// The job, or the model, failed; the text names the remedy.
    Failed {
        job: u64,
        message: String,
    },
}

#[derive(Default)]
struct State {
    newest: Option<MaskRequest>,
    /// Jobs before this one are given up.
    first_job: u64,
    stop: bool,
    events: VecDeque<MaskEvent>,
}

struct Exchange {
    state: Mutex<State>,
    arrived: Condvar,
    wake: Wake,
}

impl Exchange {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn report(&self, event: MaskEvent) {
        {
            let mut state = self.state();
            let repeats = matches!(
                (state.events.back(), &event),
                (Some(MaskEvent::Progress { .. }), MaskEvent::Progress { .. })
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

    /// Waits for a request; `None` at the end.
    fn wait(&self) -> Option<MaskRequest> {
        let mut state = self.state();
        loop {
            if state.stop {
                return None;
            }
            if let Some(request) = state.newest.take() {
                return Some(request);
            }
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn is_given_up(&self, job: u64) -> bool {
        let state = self.state();
        state.stop || job < state.first_job
    }
}

/// The window's end of the mask thread. Dropping it ends the thread at its next step.
pub struct MaskWorker {
    exchange: Arc<Exchange>,
}

impl MaskWorker {
    /// Starts the thread; the model is read at the first request.
    ///
    /// # Errors
    /// If the operating system gives no thread.
    pub fn start(source: ModelSource, wake: Wake) -> std::io::Result<Self> {
        let exchange = Arc::new(Exchange { state: Mutex::default(), arrived: Condvar::new(), wake });
        let of_thread = exchange.clone();
        std::thread::Builder::new().name("masks".to_owned()).spawn(move || {
            processor_share::step_back(Work::Synthesis);
            let mut generator = None;
            while let Some(request) = of_thread.wait() {
                let job = request.job;
                let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                    serve(&source, &mut generator, &request, &of_thread)
                }));
                let message = match outcome {
                    Ok(Ok(())) => continue,
                    Ok(Err(message)) => message,
                    Err(_) => "drawing a mask broke off; try another size or other conditions".to_owned(),
                };
                of_thread.report(MaskEvent::Failed { job, message });
            }
        })?;
        Ok(Self { exchange })
    }

    /// Asks for candidates; a job under way is given up.
    pub fn submit(&self, request: MaskRequest) {
        let mut state = self.exchange.state();
        state.first_job = request.job;
        state.newest = Some(request);
        self.exchange.arrived.notify_one();
    }

    /// Gives up every job before this one.
    pub fn give_up_before(&self, job: u64) {
        let mut state = self.exchange.state();
        state.first_job = job;
        if state.newest.as_ref().is_some_and(|request| request.job < job) {
            state.newest = None;
        }
    }

    /// What was reported since the last call.
    pub fn events(&self) -> Vec<MaskEvent> {
        self.exchange.state().events.drain(..).collect()
    }

    /// Whether something is reported within a time; for tests.
    pub fn wait_for_event(&self, at_most: Duration) -> bool {
        let end = std::time::Instant::now() + at_most;
        while std::time::Instant::now() < end {
            if !self.exchange.state().events.is_empty() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        false
    }
}

impl Drop for MaskWorker {
    fn drop(&mut self) {
        self.exchange.state().stop = true;
        self.exchange.arrived.notify_one();
    }
}

fn serve(
    source: &ModelSource,
    kept: &mut Option<MaskGenerator>,
    request: &MaskRequest,
    exchange: &Exchange,
) -> Result<(), String> {
    if kept.is_none() {
        let (bytes, file) = source.read().map_err(|error| error.to_string())?;
        let device = device::cpu(None).device;
        let (unet, info) = model_file::load(&bytes, &file, &device).map_err(|error| error.to_string())?;
        *kept = Some(MaskGenerator::new(unet, info, device)?);
    }
    let Some(generator) = kept else { return Ok(()) };
    let job = request.job;
    let plan = generator.plan(request.width, request.height, request.spacing);
    let coding = generator.mask().coding;
    let varied = request
        .vary
        .as_ref()
        .map(|(mask, strength)| (plan.encode(coding, &mask.composite_pixels()), *strength));
    for index in 0..request.count {
        let settings = MaskSettings { seed: request.settings.seed + u64::from(index), ..request.settings };
        let guide = varied.as_ref().map(|(planes, strength)| MaskGuide { planes, strength: *strength });
        let drawn = generator.draw(&plan, &settings, guide, |step| {
            if exchange.is_given_up(job) {
                return ControlFlow::Break(());
            }
            let part = (index as f32 + step.done as f32 / step.of as f32) / request.count as f32;
            exchange.report(MaskEvent::Progress { job, part });
            ControlFlow::Continue(())
        });
        let ControlFlow::Continue(drawn) = drawn else { return Ok(()) };
        let codes = drawn.codes(DmcMode::default(), &Histogram::default());
        let (mut mask, report) = dmc::repair(plan.width, plan.height, &codes, Repair::default());
        let Dials { fluid_mm2, cysts, .. } = request.settings.dials;
        if let (Some((varied, _)), None, None) = (&request.vary, fluid_mm2, cysts) {
            carry_lesions(varied, &mut mask);
        }
        let measured = Dials::of_mask(&mask, plan.pixel_um);
        let candidate = Box::new(Candidate {
            mask,
            seed: settings.seed,
            measured,
            repaired_columns: report.columns_out_of_order,
            model: generator.info().name.clone(),
        });
        exchange.report(MaskEvent::Drawn { job, candidate });
    }
    exchange.report(MaskEvent::Finished { job });
    Ok(())
}
