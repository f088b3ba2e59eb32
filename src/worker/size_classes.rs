//! Which sizes of pictures the graphics device may draw.
//!
//! A device compiles and tunes kernels anew for each class of sizes, which takes seconds, and may compute one class
//! wrongly and the next one rightly. So a class is tested on a thread of its own before it is used: one step against
//! the CPU's, at the size that is drawn. The CPU draws meanwhile, and afterwards, too, where the device is wrong or
//! slower. The class of the open document comes first, then those of usual scans.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::mailbox::SynthesisMailbox;
use super::protocol::{Event, LoadedModel};
use super::renderer::Failure;
use crate::background::start_thread;
use crate::device::processor_share::{self, Work};
use crate::device::self_tests::{GridSizeClass, SelfTests, Verdict};
use crate::device::{self, DeviceInfo};
use crate::scan::Spacing;

/// Pictures that are tested when nothing else waits: the training window and the usual macular B-scan.
const USUAL_SIZES_PX: [(u32, u32); 2] = [(480, 480), (768, 496)];

/// A picture to test with, and its class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sample {
    pub width: u32,
    pub height: u32,
    pub spacing: Option<Spacing>,
    pub class: GridSizeClass,
}

/// A model on the device and on the CPU. It never leaves the thread that made it.
pub(super) trait Tester {
    /// What is drawn of a picture of this size.
    fn sample(&self, width: u32, height: u32, spacing: Option<Spacing>) -> Sample;

    /// The model it tests with.
    fn model(&self) -> LoadedModel;

    /// One step on the device against the CPU's.
    ///
    /// # Errors
    /// When the device fails.
    fn test(&self, sample: Sample) -> Result<Verdict, Failure>;
}

/// Makes a tester on the thread that tests.
pub(super) type MakeTester = Box<dyn Fn() -> Result<Box<dyn Tester>, Failure> + Send + Sync>;

/// The classes of a model on a device. Cloning shares them.
#[derive(Clone)]
pub(super) struct SizeClasses {
    inner: Arc<Inner>,
}

struct Inner {
    /// The device, in the precision that is tested.
    device: DeviceInfo,
    make_tester: MakeTester,
    mailbox: Arc<SynthesisMailbox>,
    state: Mutex<State>,
}

struct State {
    kept: SelfTests,
    verdicts: BTreeMap<GridSizeClass, Verdict>,
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
    /// With what is known from earlier runs; `mailbox` hears which device draws after a test.
    pub fn new(device: DeviceInfo, make_tester: MakeTester, mailbox: Arc<SynthesisMailbox>) -> Self {
        let state = State {
            kept: SelfTests::kept(),
            verdicts: BTreeMap::new(),
            waiting: VecDeque::new(),
            is_testing: false,
            has_queued_usual: false,
        };
        Self { inner: Arc::new(Inner { device, make_tester, mailbox, state: Mutex::new(state) }) }
    }

    /// What is known of a picture's class; `None` while it is tested, which begins now at the latest.
    pub fn verdict(&self, sample: Sample, model_sha256: &str) -> Option<Verdict> {
        let mut state = self.inner.state();
        if let Some(verdict) = state.verdicts.get(&sample.class) {
            return Some(*verdict);
        }
        if let Some(verdict) = state.kept.find(&self.inner.device, model_sha256, sample.class) {
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

    /// The mailbox that hears of what draws.
    pub fn mailbox(&self) -> &Arc<SynthesisMailbox> {
        &self.inner.mailbox
    }

    fn start(&self) {
        let inner = Arc::clone(&self.inner);
        let started = start_thread("testing the graphics device", move || {
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

    /// Tests what waits until nothing does.
    fn run(&self) {
        let attempt = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let tester = (self.make_tester)()?;
            while let Some(Waiting { sample, is_drawn }) = self.next(tester.as_ref()) {
                self.keep(tester.model(), sample, tested(tester.as_ref(), sample), is_drawn);
            }
            Ok::<(), Failure>(())
        }));
        if !matches!(attempt, Ok(Ok(()))) {
            self.give_up();
        }
    }

    /// The next picture to test; the usual ones come last.
    fn next(&self, tester: &dyn Tester) -> Option<Waiting> {
        let mut state = self.state();
        if state.waiting.is_empty() && !state.has_queued_usual {
            state.has_queued_usual = true;
            for (width, height) in USUAL_SIZES_PX {
                let sample = tester.sample(width, height, None);
                let sha256 = tester.model().sha256;
                let is_known = state.verdicts.contains_key(&sample.class)
                    || state.kept.find(&self.device, &sha256, sample.class).is_some();
                if !is_known {
                    state.waiting.push_back(Waiting { sample, is_drawn: false });
                }
            }
        }
        let next = state.waiting.pop_front();
        state.is_testing = next.is_some();
        next
    }

    fn keep(&self, model: LoadedModel, sample: Sample, verdict: Verdict, is_drawn: bool) {
        let mut state = self.state();
        state.verdicts.insert(sample.class, verdict);
        let is_lasting = !matches!(verdict, Verdict::Failed);
        if is_lasting {
            state.kept.keep(&self.device, &model.sha256, sample.class, verdict);
        }
        drop(state);
        if is_drawn {
            let device = device_for(verdict, self.device.clone());
            self.mailbox.report(Event::Ready { device, model });
            self.mailbox.nudge();
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
fn tested(tester: &dyn Tester, sample: Sample) -> Verdict {
    let attempt = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| tester.test(sample)));
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

    struct Fake(Result<Verdict, &'static str>);

    impl Tester for Fake {
        fn sample(&self, width: u32, height: u32, spacing: Option<Spacing>) -> Sample {
            Sample { width, height, spacing, class: GridSizeClass::of(width, height) }
        }

        fn model(&self) -> LoadedModel {
            LoadedModel { sha256: "abc".into(), ..LoadedModel::default() }
        }

        fn test(&self, _: Sample) -> Result<Verdict, Failure> {
            self.0.map_err(Failure::from)
        }
    }

    /// The verdict on a class once it is there, and what the window heard.
    fn verdict_of(make_tester: MakeTester) -> (Verdict, Vec<Event>) {
        let mailbox = Arc::new(SynthesisMailbox::new(Arc::new(|| {})));
        let gpu = DeviceInfo { name: "A".into(), is_gpu: true, ..DeviceInfo::default() };
        let classes = SizeClasses::new(gpu, make_tester, Arc::clone(&mailbox));
        // Nothing of another run, and nothing kept for one.
        classes.inner.state().kept = SelfTests::default();
        let sample = Sample { width: 48, height: 40, spacing: None, class: GridSizeClass::of(48, 40) };
        assert_eq!(classes.verdict(sample, "abc"), None, "the CPU draws until it is tested");
        let patience = std::time::Instant::now() + std::time::Duration::from_secs(30);
        let mut events = Vec::new();
        loop {
            assert!(std::time::Instant::now() < patience, "the test ends");
            events.extend(mailbox.events());
            let verdict = classes.inner.state().verdicts.get(&sample.class).copied();
            match verdict {
                // Of a tester that was never made the window hears nothing.
                Some(Verdict::Failed) => return (Verdict::Failed, events),
                // What it hears of any other comes after the verdict.
                Some(verdict) if !events.is_empty() => return (verdict, events),
                _ => std::thread::sleep(std::time::Duration::from_millis(5)),
            }
        }
    }

    #[test]
    fn a_class_is_tested_in_the_background_when_it_is_first_drawn() {
        let right = Verdict::Right { blocks_between_waits: 3 };
        let (verdict, events) = verdict_of(Box::new(move || Ok(Box::new(Fake(Ok(right))))));
        assert_eq!(verdict, right);
        assert!(matches!(&events[..], [Event::Ready { device, .. }] if device.is_gpu), "{events:?}");
        let wrong = Verdict::Wrong { grey_levels: 90 };
        let (verdict, events) = verdict_of(Box::new(move || Ok(Box::new(Fake(Ok(wrong))))));
        assert_eq!(verdict, wrong);
        assert!(matches!(&events[..], [Event::Ready { device, .. }] if !device.is_gpu), "{events:?}");
    }

    #[test]
    fn a_test_that_fails_leaves_the_class_to_the_cpu() {
        let (verdict, _) = verdict_of(Box::new(|| Ok(Box::new(Fake(Err("the device failed"))))));
        assert_eq!(verdict, Verdict::Failed);
        let (verdict, _) = verdict_of(Box::new(|| Err("the model is gone".into())));
        assert_eq!(verdict, Verdict::Failed);
    }
}
