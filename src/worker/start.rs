//! How a renderer comes into being: the device, the model, its student, and what draws meanwhile.
//!
//! A graphics device compiles and tunes its kernels for seconds before its first picture, and what it then
//! computes has to be checked. So a stand-in on the CPU draws at once, while a thread of its own finds out, with a small
//! picture, in which precision the device computes this model rightly. Each size of pictures is then tested before the
//! device draws it ([`super::size_classes`]); kernels belong to the device, so the synthesis thread finds them ready.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::mailbox::SynthesisMailbox;
use super::model_renderer::ModelRenderer;
use super::models::ModelSource;
use super::protocol::{Event, LoadedModel};
use super::renderer::{Failure, MakeRenderer};
use super::size_classes::{MakeTester, Sample, SizeClasses, Tester};
use crate::background::{Mailbox, start_thread};
use crate::device::processor_share::{self, Work};
use crate::device::self_tests::Verdict;
use crate::device::{self, DeviceChoice, Picked, SharedGpu};
use crate::nn::Arithmetic;
use crate::scan::Spacing;

/// How far the graphics device is.
enum Warmth {
    /// Nothing was tried, or there is nothing to warm.
    Cold,
    Warming(Arc<Outcome>),
    /// It computes rightly, in this precision, at the sizes that it is tested for.
    Warm(Arithmetic, SizeClasses),
}

/// What the warming thread leaves.
#[derive(Default)]
struct Outcome {
    is_done: Arc<AtomicBool>,
    /// What the device computes rightly in, or why it cannot be used; set before `is_done`.
    found: Mailbox<Option<Result<Arithmetic, String>>>,
}

impl Outcome {
    fn found(&self) -> Result<Arithmetic, String> {
        self.found
            .look(Option::clone)
            .unwrap_or_else(|| Err("its preparation ended without a result".to_owned()))
    }
}

/// The maker that [`super::SynthesisWorker`] uses: the device is picked once, and given up for the CPU
/// when it is lost or computes wrongly; of the precisions it computes in the one that is `wanted`, else the quickest.
pub(super) fn maker(
    source: ModelSource,
    choice: DeviceChoice,
    wanted: Option<Arithmetic>,
    shared: Option<SharedGpu>,
    mailbox: Arc<SynthesisMailbox>,
) -> MakeRenderer<ModelRenderer> {
    let mut kept: Option<Picked> = None;
    let mut warmth = Warmth::Cold;
    Box::new(move || {
        if let Some(why) = kept.as_ref().and_then(Picked::failure) {
            if kept.as_ref().is_some_and(Picked::is_lost) {
                mailbox.report(Event::DeviceLost);
            }
            kept = Some(device::cpu(Some(why)));
        }
        let picked = kept.get_or_insert_with(|| device::pick(choice, shared.as_ref()));
        if let Warmth::Warming(outcome) = &warmth
            && outcome.is_done.load(Ordering::Acquire)
        {
            match outcome.found() {
                Err(why) => *picked = device::cpu(Some(why)),
                Ok(arithmetic) => {
                    let device = picked.info.computing_in(arithmetic);
                    let tester = tester_of(source.clone(), picked.clone(), arithmetic);
                    let classes = SizeClasses::new(device, tester, Arc::clone(&mailbox));
                    warmth = Warmth::Warm(arithmetic, classes);
                }
            }
        }
        match &warmth {
            _ if !picked.info.is_gpu => return load(&source, picked, Arithmetic::F32),
            Warmth::Warm(arithmetic, classes) => {
                let renderer = load(&source, picked, *arithmetic)?;
                let source = source.clone();
                let on_cpu = move || load(&source, &device::cpu(None), Arithmetic::F32);
                return Ok(renderer.test_sizes(classes.clone(), Box::new(on_cpu)));
            }
            Warmth::Cold | Warmth::Warming(_) => {}
        }
        let outcome = match &warmth {
            Warmth::Warming(outcome) => Arc::clone(outcome),
            _ => {
                let outcome = warm(source.clone(), picked.clone(), wanted, Arc::clone(&mailbox))?;
                warmth = Warmth::Warming(Arc::clone(&outcome));
                outcome
            }
        };
        let note = format!("{} is being prepared, the CPU draws meanwhile", picked.info.name);
        let stand_in = load(&source, &device::cpu(Some(note)), Arithmetic::F32)?;
        Ok(stand_in.stand_in_until(Arc::clone(&outcome.is_done)))
    })
}

/// A model with its student, if it has one, on a device.
///
/// # Errors
/// When there is no such model, or its file is refused.
pub(crate) fn load(
    source: &ModelSource,
    picked: &Picked,
    arithmetic: Arithmetic,
) -> Result<ModelRenderer, Failure> {
    let (bytes, file) = source.read()?;
    let mut renderer = ModelRenderer::load_in(arithmetic, &bytes, &file, picked)?;
    if let Some((bytes, file)) = source.read_student() {
        renderer.take_student(&bytes, &file)?;
    }
    Ok(renderer)
}

/// A model on the device and on the CPU.
struct Both {
    on_device: ModelRenderer,
    on_cpu: ModelRenderer,
}

impl Tester for Both {
    fn sample(&self, width: u32, height: u32, spacing: Option<Spacing>) -> Sample {
        self.on_device.sample(width, height, spacing)
    }

    fn model(&self) -> LoadedModel {
        self.on_device.loaded_model()
    }

    fn test(&self, sample: Sample) -> Result<Verdict, Failure> {
        self.on_device.test_against(&self.on_cpu, sample)
    }
}

fn tester_of(source: ModelSource, picked: Picked, arithmetic: Arithmetic) -> MakeTester {
    Box::new(move || {
        let on_device = load(&source, &picked, arithmetic)?;
        let on_cpu = load(&source, &device::cpu(None), Arithmetic::F32)?;
        Ok(Box::new(Both { on_device, on_cpu }))
    })
}

/// Compiles and tunes what the model needs, on a thread of its own.
fn warm(
    source: ModelSource,
    picked: Picked,
    wanted: Option<Arithmetic>,
    mailbox: Arc<SynthesisMailbox>,
) -> Result<Arc<Outcome>, Failure> {
    let outcome = Arc::new(Outcome::default());
    let result = Arc::clone(&outcome);
    start_thread("warming the graphics device", move || {
        processor_share::step_back(Work::Synthesis);
        let attempt =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&source, &picked, wanted)));
        let found = attempt
            .unwrap_or_else(|_| Err(format!("{} failed while its kernels were prepared", picked.info.name)));
        result.found.put(found);
        result.is_done.store(true, Ordering::Release);
        mailbox.nudge();
    })?;
    Ok(outcome)
}

/// Draws a small picture on the device, and compares it with the CPU's; answers in what it computes rightly.
fn check(source: &ModelSource, picked: &Picked, wanted: Option<Arithmetic>) -> Result<Arithmetic, String> {
    let attempt = || -> Result<ModelRenderer, Failure> {
        let (bytes, file) = source.read()?;
        ModelRenderer::load_checked_in(wanted, &bytes, &file, picked)
    };
    let renderer = attempt().map_err(|failure| failure.to_string())?;
    match renderer.computes_on_gpu() {
        true => Ok(renderer.arithmetic()),
        false => Err(renderer.note().unwrap_or_else(|| "it computes this model wrongly".to_owned())),
    }
}
