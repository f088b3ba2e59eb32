//! Which sizes of pictures the graphics device may draw.
//!
//! A device compiles and tunes kernels anew for each class of sizes, which takes seconds, and may compute one class
//! wrongly and the next one rightly. So a class is tested on a thread of its own before it is used: one step against
//! the CPU's, at the size that is drawn. The CPU draws meanwhile, and afterwards, too, where the device is wrong or
//! slower. The class of the open document comes first, then those of usual scans.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::model_renderer::ModelRenderer;
use super::models::ModelSource;
use super::protocol::Event;
use super::renderer::Failure;
use super::slot::Exchange;
use super::start::load;
use crate::device::processor_share::{self, Work};
use crate::device::self_tests::{SelfTests, SizeClass, Verdict};
use crate::device::{self, DeviceInfo, Picked};
use crate::nn::Arithmetic;
use crate::scan::Spacing;

/// Pictures that are tested when nothing else waits: the training window and the usual macular B-scan.
const USUAL_SIZES_PX: [(u32, u32); 2] = [(480, 480), (768, 496)];

/// A picture to test with, and its class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sample {
    pub width: u32,
    pub height: u32,
    pub spacing: Option<Spacing>,
    pub class: SizeClass,
}

/// What is tested: a model on a device in a precision.
#[derive(Clone)]
pub(super) struct Subject {
    pub source: ModelSource,
    pub picked: Picked,
    pub arithmetic: Arithmetic,
}

/// The classes of a model on a device. Cloning shares them.
#[derive(Clone)]
pub(super) struct SizeClasses {
    inner: Arc<Inner>,
}

struct Inner {
    subject: Subject,
    exchange: Arc<Exchange>,
    state: Mutex<State>,
}

struct State {
    kept: SelfTests,
    verdicts: BTreeMap<SizeClass, Verdict>,
    waiting: VecDeque<Waiting>,
    is_testing: bool,
    has_queued_usual: bool,
}

struct Waiting {
    sample: Sample,
    /// Whether the CPU draws until it is tested.
    is_drawn: bool,
}

impl SizeClasses {
    /// With what is known from earlier runs; `exchange` hears which device draws after a test.
    pub fn new(subject: Subject, exchange: Arc<Exchange>) -> Self {
        let state = State {
            kept: SelfTests::kept(),
            verdicts: BTreeMap::new(),
            waiting: VecDeque::new(),
            is_testing: false,
            has_queued_usual: false,
        };
        Self { inner: Arc::new(Inner { subject, exchange, state: Mutex::new(state) }) }
    }

    /// What is known of a picture's class; `None` while it is tested, which begins now at the latest.
    pub fn verdict(&self, sample: Sample, model_sha256: &str) -> Option<Verdict> {
        let mut state = self.inner.state();
        if let Some(verdict) = state.verdicts.get(&sample.class) {
            return Some(*verdict);
        }
        if let Some(verdict) = state.kept.find(&self.inner.device(), model_sha256, sample.class) {
            state.verdicts.insert(sample.class, verdict);
            return Some(verdict);
        }
        state.waiting.retain(|waiting| waiting.sample.class != sample.class);
        state.waiting.push_front(Waiting { sample, is_drawn: true });
        if !state.is_testing {
            state.is_testing = true;
            drop(state);
            self.start();
        }
        None
    }

    /// The exchange that hears of what draws.
    pub fn exchange(&self) -> &Arc<Exchange> {
        &self.inner.exchange
    }

    fn start(&self) {
        let inner = Arc::clone(&self.inner);
        let thread = thread::Builder::new().name("testing the graphics device".into());
        let started = thread.spawn(move || {
            processor_share::step_back(Work::Synthesis);
            inner.run();
        });
        if started.is_err() {
            // The system grants no thread: the next picture tries again, the CPU draws meanwhile.
            self.inner.state().is_testing = false;
        }
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        // No code that can panic runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn device(&self) -> DeviceInfo {
        self.subject.picked.info.computing_in(self.subject.arithmetic)
    }

    /// Tests what waits until nothing does.
    fn run(&self) {
        let attempt = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let Subject { source, picked, arithmetic } = &self.subject;
            let on_device = load(source, picked, *arithmetic)?;
            let on_cpu = load(source, &device::cpu(None), Arithmetic::F32)?;
            while let Some(Waiting { sample, is_drawn }) = self.next(&on_device) {
                let verdict = tested(&on_device, &on_cpu, sample);
                self.keep(&on_device, sample, verdict, is_drawn);
            }
            Ok::<(), Failure>(())
        }));
        if !matches!(attempt, Ok(Ok(()))) {
            self.give_up();
        }
    }

    /// The next picture to test; the usual ones come last.
    fn next(&self, renderer: &ModelRenderer) -> Option<Waiting> {
        let mut state = self.state();
        if state.waiting.is_empty() && !state.has_queued_usual {
            state.has_queued_usual = true;
            for (width, height) in USUAL_SIZES_PX {
                let sample = renderer.sample(width, height, None);
                let sha256 = &renderer.loaded_model().sha256;
                let is_known = state.verdicts.contains_key(&sample.class)
                    || state.kept.find(&self.device(), sha256, sample.class).is_some();
                if !is_known {
                    state.waiting.push_back(Waiting { sample, is_drawn: false });
                }
            }
        }
        let next = state.waiting.pop_front();
        state.is_testing = next.is_some();
        next
    }

    fn keep(&self, renderer: &ModelRenderer, sample: Sample, verdict: Verdict, is_drawn: bool) {
        let model = renderer.loaded_model();
        let mut state = self.state();
        state.verdicts.insert(sample.class, verdict);
        let is_lasting = !matches!(verdict, Verdict::Failed);
        if is_lasting {
            state.kept.keep(&self.device(), &model.sha256, sample.class, verdict);
        }
        drop(state);
        if is_drawn {
            let device = device_for(verdict, self.device());
            self.exchange.report(Event::Ready { device, model });
            self.exchange.nudge();
        }
    }

    /// What could not be tested stays with the CPU until the program is started again.
    fn give_up(&self) {
        let mut state = self.state();
        for waiting in std::mem::take(&mut state.waiting) {
            state.verdicts.insert(waiting.sample.class, Verdict::Failed);
        }
        state.is_testing = false;
    }
}

/// What draws pictures of a class with this verdict.
pub(super) fn device_for(verdict: Verdict, device: DeviceInfo) -> DeviceInfo {
    match verdict.note(&device.name) {
        None => device,
        Some(note) => device::cpu(Some(note)).info,
    }
}

/// What draws while a class is tested.
pub(super) fn stand_in(device: &DeviceInfo) -> DeviceInfo {
    let note = format!("{} is being tested at this size, the CPU draws meanwhile", device.name);
    DeviceInfo { is_stand_in: true, ..device::cpu(Some(note)).info }
}

/// A panic in a kernel is a verdict, too.
fn tested(on_device: &ModelRenderer, on_cpu: &ModelRenderer, sample: Sample) -> Verdict {
    let attempt =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| on_device.test_against(on_cpu, sample)));
    match attempt {
        Ok(Ok(verdict)) => verdict,
        Ok(Err(failure)) => {
            tracing::warn!(%failure, "the self-test of a size class failed");
            Verdict::Failed
        }
        Err(_) => Verdict::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_told_what_draws() {
        let gpu = DeviceInfo { name: "A".into(), is_gpu: true, ..DeviceInfo::default() };
        assert_eq!(device_for(Verdict::Right { blocks_between_waits: 1 }, gpu.clone()), gpu);
        let wrong = device_for(Verdict::Wrong { grey_levels: 9 }, gpu.clone());
        assert!(!wrong.is_gpu && !wrong.is_stand_in && wrong.note.unwrap().contains("9 grey levels"));
        let meanwhile = stand_in(&gpu);
        assert!(!meanwhile.is_gpu && meanwhile.is_stand_in);
    }

    /// The CPU in the place of a device: what is tested against itself is right, and the CPU is not slower than it.
    #[test]
    fn a_class_is_tested_in_the_background_when_it_is_first_drawn() {
        let source = ModelSource::Default;
        if source.read().is_err() {
            eprintln!("skipped: this build carries no model");
            return;
        }
        let picked = device::cpu(None);
        let renderer = load(&source, &picked, Arithmetic::F32).unwrap();
        let exchange = Arc::new(Exchange::new(Arc::new(|| {})));
        let subject = Subject { source, picked, arithmetic: Arithmetic::F32 };
        let classes = SizeClasses::new(subject, Arc::clone(&exchange));
        // Nothing of another run, and nothing kept for one.
        *classes.inner.state() = State {
            kept: SelfTests::default(),
            verdicts: BTreeMap::new(),
            waiting: VecDeque::new(),
            is_testing: false,
            has_queued_usual: true,
        };
        let sample = renderer.sample(48, 40, None);
        let sha256 = renderer.loaded_model().sha256;
        assert_eq!(classes.verdict(sample, &sha256), None, "drawn by the CPU until it is tested");
        let patience = std::time::Instant::now() + std::time::Duration::from_secs(120);
        let verdict = loop {
            assert!(std::time::Instant::now() < patience, "the test ends");
            match classes.verdict(sample, &sha256) {
                Some(verdict) => break verdict,
                None => thread::sleep(std::time::Duration::from_millis(20)),
            }
        };
        assert!(matches!(verdict, Verdict::Right { .. } | Verdict::Slower { .. }), "{verdict:?}");
        let is_told = exchange.events().iter().any(|event| matches!(event, Event::Ready { .. }));
        assert!(is_told, "the window hears what draws now");
    }
}
