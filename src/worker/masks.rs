//! The mask thread: candidates for a new mask, one after the other, while the window goes on.
//!
//! It has a mask model of its own on the CPU, which is small; the synthesis thread and its device are left
//! alone. A newer request ends the one under way at its next step.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use super::models::ModelSource;
use crate::background::{Mailbox, Reports, Wake, start_thread};
use crate::device;
use crate::device::processor_share::{self, Work};
use crate::diffusion::mask_generator::{MaskGenerator, MaskGuide, MaskSettings};
use crate::diffusion::model_file;
use crate::encoding::dmc::{self, DmcMode, Histogram, Repair};
use crate::encoding::masks::{MaskConditions, Unmet};
use crate::mask::{Mask, carry_lesions};
use crate::scan::Spacing;

/// What to draw.
#[derive(Clone, Debug)]
pub struct MaskRequest {
    /// Chosen by the asker, comes back with every answer.
    pub job: u64,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Size of a pixel, where known.
    pub spacing: Option<Spacing>,
    /// Candidates, with seeds counted upwards.
    pub count: u32,
    /// How masks are drawn; the seed is that of the first.
    pub settings: MaskSettings,
    /// A mask to vary and how far, instead of a new one.
    pub vary: Option<(Mask, f64)>,
}

/// A mask to choose.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The labels.
    pub mask: Mask,
    /// It was drawn with.
    pub seed: u64,
    /// What it holds.
    pub measured: MaskConditions,
    /// What was requested and could not be met.
    pub unmet: Vec<Unmet>,
    /// Columns whose order had to be repaired.
    pub repaired_columns: usize,
    /// The model that drew it.
    pub model: String,
}

/// What the thread reports.
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
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
    events: Reports<MaskEvent>,
}

struct MaskMailbox {
    state: Mailbox<State>,
    wake: Wake,
}

impl MaskMailbox {
    fn report(&self, event: MaskEvent) {
        // Rings: tests wait for it.
        self.state.change(|state| state.events.add(event, repeats));
        (self.wake)();
    }

    /// Waits for a request; `None` at the end.
    fn wait(&self) -> Option<MaskRequest> {
        self.state.wait(|state| match state.stop {
            true => Some(None),
            false => state.newest.take().map(Some),
        })
    }

    fn is_given_up(&self, job: u64) -> bool {
        self.state.look(|state| state.stop || job < state.first_job)
    }
}

/// Whether an event says anew what the last one said.
fn repeats(last: &MaskEvent, event: &MaskEvent) -> bool {
    matches!((last, event), (MaskEvent::Progress { .. }, MaskEvent::Progress { .. }))
}

/// The window's end of the mask thread. Dropping it ends the thread at its next step.
pub struct MaskWorker {
    mailbox: Arc<MaskMailbox>,
}

impl MaskWorker {
    /// Starts the thread; the model is read at the first request.
    ///
    /// # Errors
    /// If the operating system gives no thread.
    pub fn start(source: ModelSource, wake: Wake) -> std::io::Result<Self> {
        let mailbox = Arc::new(MaskMailbox { state: Mailbox::default(), wake });
        let of_thread = mailbox.clone();
        start_thread("masks", move || {
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
        Ok(Self { mailbox })
    }

    /// Asks for candidates; a job under way is given up.
    pub fn submit(&self, request: MaskRequest) {
        self.mailbox.state.change(|state| {
            state.first_job = request.job;
            state.newest = Some(request);
        });
    }

    /// Gives up every job before this one.
    pub fn give_up_before(&self, job: u64) {
        self.mailbox.state.change(|state| {
            state.first_job = job;
            if state.newest.as_ref().is_some_and(|request| request.job < job) {
                state.newest = None;
            }
        });
    }

    /// What was reported since the last call.
    pub fn events(&self) -> Vec<MaskEvent> {
        self.mailbox.state.change_quietly(|state| state.events.take())
    }

    /// Whether something is reported within a time; for tests.
    pub fn wait_for_event(&self, at_most: Duration) -> bool {
        let is_there = |state: &mut State| (!state.events.is_empty()).then_some(());
        self.mailbox.state.wait_at_most(at_most, is_there).is_some()
    }
}

impl Drop for MaskWorker {
    fn drop(&mut self) {
        self.mailbox.state.change(|state| state.stop = true);
    }
}

fn serve(
    source: &ModelSource,
    kept: &mut Option<MaskGenerator>,
    request: &MaskRequest,
    mailbox: &MaskMailbox,
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
            if mailbox.is_given_up(job) {
                return ControlFlow::Break(());
            }
            let part = (index as f32 + step.done as f32 / step.of as f32) / request.count as f32;
            mailbox.report(MaskEvent::Progress { job, part });
            ControlFlow::Continue(())
        });
        let ControlFlow::Continue(drawn) = drawn else { return Ok(()) };
        let codes = drawn.codes(DmcMode::default(), &Histogram::default());
        let (mut mask, report) = dmc::repair(plan.width, plan.height, &codes, Repair::default());
        let MaskConditions { fluid_mm2, cysts, .. } = request.settings.conditions;
        if let (Some((varied, _)), None, None) = (&request.vary, fluid_mm2, cysts) {
            carry_lesions(varied, &mut mask);
        }
        let measured = MaskConditions::of_mask(&mask, plan.pixel_um);
        let candidate = Box::new(Candidate {
            mask,
            seed: settings.seed,
            unmet: settings.conditions.unmet(&measured),
            measured,
            repaired_columns: report.columns_out_of_order,
            model: generator.info().name.clone(),
        });
        mailbox.report(MaskEvent::Drawn { job, candidate });
    }
    mailbox.report(MaskEvent::Finished { job });
    Ok(())
}
