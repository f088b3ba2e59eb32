//! The promises of the synthesis thread, kept by a renderer that takes no time and a clock that is told.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use retidiff::device::DeviceInfo;
use retidiff::mask::Mask;
use retidiff::scan::GreyImage;
use retidiff::worker::local_edit::Halo;
use retidiff::worker::mailbox::{Export, SynthesisMailbox};
use retidiff::worker::models::ModelSource;
use retidiff::worker::renderer::{BetweenSteps, Destination, Edit, Failure, RenderScene, Renderer};
use retidiff::worker::scheduler::{Scheduler, Turn};
use retidiff::worker::{
    Event, LoadedModel, Picture, PictureImage, PictureKind, Recipe, Request, SynthesisWorker,
};

pub const WIDTH: u32 = 160;
pub const HEIGHT: u32 = 96;
const STEP_MS: u64 = 10;

/// The world outside the synthesis thread: a clock, a user, a screen.
pub struct World {
    pub now_ms: u64,
    /// What the user will submit, and when.
    pub script: VecDeque<(u64, Action)>,
    pub newest_job: u64,
    /// Steps of every rendering that was begun.
    pub renderings: Vec<u32>,
    /// Their columns and rows.
    pub frames: Vec<(u32, u32)>,
    /// Parts that every step is done in.
    pub windows: u32,
    /// Renderings (by their number) that panic.
    pub panics_at: Vec<usize>,
    /// Whether the model has a student for its drafts.
    pub has_student: bool,
    /// When a better renderer can be made than the first one.
    pub better_at_ms: Option<u64>,
    /// Pictures as they reached the screen, with the time and the newest job at that moment.
    pub shown: Vec<(u64, u64, Picture)>,
    pub events: Vec<Event>,
    pub submitted: Vec<(u64, Request)>,
}

#[derive(Clone, Debug)]
pub enum Action {
    Live(Request),
    Export(Request),
}

#[derive(Clone)]
pub struct Shared(pub Arc<Mutex<World>>);

impl Shared {
    pub fn new(script: Vec<(u64, Action)>) -> Self {
        Self(Arc::new(Mutex::new(World {
            now_ms: 0,
            script: script.into(),
            newest_job: 0,
            renderings: Vec::new(),
            frames: Vec::new(),
            windows: 1,
            panics_at: Vec::new(),
            has_student: false,
            better_at_ms: None,
            shown: Vec::new(),
            events: Vec::new(),
            submitted: Vec::new(),
        })))
    }

    pub fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Time passes, and the user does what is due.
    pub fn pass(&self, mailbox: &SynthesisMailbox, ms: u64) {
        self.lock().now_ms += ms;
        loop {
            let due = {
                let mut world = self.lock();
                let now = world.now_ms;
                world.script.pop_front_if(|(at, _)| *at <= now)
            };
            match due {
                Some((_, Action::Live(request))) => {
                    let mut world = self.lock();
                    world.newest_job = request.job;
                    let now = world.now_ms;
                    world.submitted.push((now, request.clone()));
                    drop(world);
                    mailbox.submit(request);
                }
                Some((_, Action::Export(request))) => {
                    assert!(mailbox.submit_export(Export { request, model: None }))
                }
                None => return,
            }
        }
    }

    /// What the window does when woken.
    pub fn look(&self, mailbox: &SynthesisMailbox) {
        let picture = mailbox.latest();
        let events = mailbox.events();
        let mut world = self.lock();
        if let Some(picture) = picture {
            let (now, newest) = (world.now_ms, world.newest_job);
            world.shown.push((now, newest, picture));
        }
        world.events.extend(events);
    }
}

/// Grey by label, steps and seed, and a shimmer that any change of the mask changes everywhere.
pub struct FakeRenderer {
    world: Shared,
    mailbox: Arc<SynthesisMailbox>,
    /// Another model than the first.
    name: String,
}

pub fn fake_pixels(scene: &RenderScene, steps: u32) -> Vec<u8> {
    let shimmer =
        scene.labels.iter().fold(7u32, |hash, &code| hash.wrapping_mul(31).wrapping_add(code.into()));
    let base = shimmer % 11 + 16 * steps + scene.seed as u32 % 5;
    scene.labels.iter().map(|&code| (base + u32::from(code) * 3) as u8).collect()
}

impl Renderer for FakeRenderer {
    fn device(&self) -> DeviceInfo {
        DeviceInfo { name: "fake".into(), backend: "none".into(), ..DeviceInfo::default() }
    }

    fn model(&self) -> LoadedModel {
        let student = self.world.lock().has_student.then(|| ("student".into(), "1".into()));
        LoadedModel { name: self.name.clone(), preset: "none".into(), student, ..LoadedModel::default() }
    }

    fn with_model(&self, source: &ModelSource) -> Result<Self, Failure> {
        match source {
            ModelSource::Bundled(name) => Ok(FakeRenderer {
                world: self.world.clone(),
                mailbox: Arc::clone(&self.mailbox),
                name: name.clone(),
            }),
            other => Err(format!("there is no {other:?}").into()),
        }
    }

    fn is_outdated(&self) -> bool {
        let world = self.world.lock();
        self.name == "fake" && world.better_at_ms.is_some_and(|at| at <= world.now_ms)
    }

    fn render(
        &self,
        scene: &RenderScene,
        steps: u32,
        edit: Option<Edit<'_>>,
        _destination: Destination,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<PictureImage>, Failure> {
        let (number, windows) = {
            let mut world = self.world.lock();
            world.renderings.push(steps);
            world.frames.push((scene.width, scene.height));
            (world.renderings.len() - 1, world.windows)
        };
        for step in 1..=steps {
            for _ in 1..windows {
                self.world.pass(&self.mailbox, STEP_MS);
                if between_steps(step - 1, steps) == ControlFlow::Break(()) {
                    return Ok(None);
                }
            }
            self.world.pass(&self.mailbox, STEP_MS);
            let panics = self.world.lock().panics_at.contains(&number);
            assert!(!panics, "scripted panic of rendering {number}");
            if step < steps && between_steps(step, steps) == ControlFlow::Break(()) {
                return Ok(None);
            }
        }
        let rendered = GreyImage::new(scene.width, scene.height, fake_pixels(scene, steps));
        let image = match edit {
            Some(Edit { base: PictureImage::Cpu(base), halo }) => halo.compose(base, &rendered),
            _ => rendered,
        };
        Ok(Some(PictureImage::Cpu(image)))
    }
}

pub fn blank() -> Mask {
    let mut mask = Mask::unannotated(WIDTH, HEIGHT);
    for y in 0..HEIGHT {
        mask.layers.fill_run(y, 0, WIDTH, (y / 12) as u8);
    }
    mask
}

pub fn request(job: u64, mask: &Mask) -> Request {
    Request {
        job,
        page: 0,
        mask: mask.clone(),
        spacing: None,
        seed: 1,
        refine_steps: 8,
        recipe: Recipe::default(),
        full_frame: false,
    }
}

pub fn with_dot(mask: &Mask, x: u32, y: u32) -> Mask {
    let mut mask = mask.clone();
    for dy in 0..3 {
        mask.lesions.fill_run(y + dy, x, x + 3, 1);
    }
    mask
}

/// A scheduler in a scripted world; `wake` looks at once, as a window does in its next frame.
fn scheduler(world: &Shared) -> (Arc<SynthesisMailbox>, Scheduler<FakeRenderer>) {
    let (looker, made) = (world.clone(), Arc::new(Mutex::new(None::<Arc<SynthesisMailbox>>)));
    let inner = Arc::clone(&made);
    let mailbox = Arc::new(SynthesisMailbox::new(Arc::new(move || {
        if let Ok(made) = inner.lock()
            && let Some(mailbox) = made.as_ref()
        {
            looker.look(mailbox);
        }
    })));
    if let Ok(mut made) = made.lock() {
        *made = Some(Arc::clone(&mailbox));
    }
    let (start, clock) = (Instant::now(), world.clone());
    let (maker, outlet) = (world.clone(), Arc::clone(&mailbox));
    let make = Box::new(move || {
        let world = maker.lock();
        let is_better = world.better_at_ms.is_some_and(|at| at <= world.now_ms);
        drop(world);
        let name = if is_better { "better" } else { "fake" };
        Ok(FakeRenderer { world: maker.clone(), mailbox: Arc::clone(&outlet), name: name.into() })
    });
    let now = Box::new(move || start + Duration::from_millis(clock.lock().now_ms));
    let scheduler = Scheduler::new(Arc::clone(&mailbox), make, now);
    (mailbox, scheduler)
}

/// Lets the world run until the script is over and the thread has nothing left to do.
pub fn play(world: &Shared) -> (Arc<SynthesisMailbox>, Scheduler<FakeRenderer>) {
    let (mailbox, mut scheduler) = scheduler(world);
    scheduler.prepare();
    for _ in 0..100_000 {
        if scheduler.turn() == Turn::Idle {
            let next = world.lock().script.front().map(|(at, _)| *at);
            let Some(next) = next else {
                return (mailbox, scheduler);
            };
            let wait = next.saturating_sub(world.lock().now_ms);
            world.pass(&mailbox, wait);
        }
    }
    panic!("the thread never came to rest");
}

pub fn cpu(picture: &Picture) -> &GreyImage {
    match &picture.image {
        PictureImage::Cpu(image) => image,
        #[cfg(feature = "gpu")]
        PictureImage::Gpu { .. } => panic!("the fake renderer keeps its pictures in memory"),
    }
}

fn quiet_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let is_scripted = info
                .payload()
                .downcast_ref::<String>()
                .is_some_and(|message| message.starts_with("scripted panic"));
            if !is_scripted {
                usual(info);
            }
        }));
    });
}

/// What the user does next: after a pause in ms, at a place.
type Deed = (u64, u32, u32, u32);

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    proptest::collection::vec((0u64..60, 0u32..12, 0u32..WIDTH - 3, 0u32..HEIGHT - 3), 1..40)
}

/// A session of strokes, undos, rerolls, step changes, whole frames and exports.
fn session(deeds: &[Deed]) -> Vec<(u64, Action)> {
    let mut history = vec![blank()];
    let (mut at, mut seed, mut steps) = (0, 1, 8);
    let mut script = Vec::new();
    for (index, &(pause, what, x, y)) in deeds.iter().enumerate() {
        at += pause;
        let current = history.last().cloned().unwrap_or_else(blank);
        match what {
            0 | 1 if history.len() > 1 => {
                history.pop();
            }
            2 => seed += 1,
            3 => steps = if steps == 8 { 6 } else { 8 },
            4 => {}
            _ => history.push(with_dot(&current, x, y)),
        }
        let mask = history.last().unwrap_or(&current);
        let mut request = request(index as u64 + 1, mask);
        request.seed = seed;
        request.refine_steps = steps;
        request.full_frame = what == 4;
        if what == 5 {
            script.push((at, Action::Export(Request { job: 1000 + index as u64, ..request.clone() })));
        }
        script.push((at, Action::Live(request)));
    }
    script
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pictures_follow_the_brush(deeds in deeds(), panics in proptest::collection::vec(0usize..60, 0..3)) {
        quiet_panics();
        let script = session(&deeds);
        let world = Shared::new(script.clone());
        world.lock().panics_at = panics;
        let (mailbox, mut scheduler) = play(&world);
        let state = world.lock();

        // Never backwards; a refinement only of the newest mask; a draft soon after its mask.
        let mut last_job = 0;
        for (_, newest, picture) in &state.shown {
            prop_assert!(picture.job >= last_job, "job {} after {last_job}", picture.job);
            last_job = picture.job;
            if let PictureKind::Refined { steps } = picture.kind {
                prop_assert_eq!(picture.job, *newest, "a stale refinement was shown");
                prop_assert!(picture.complete == (steps >= 6) || steps == 6);
            }
        }

        // While something new waits, a picture (or the report of a failure) comes within a step and a draft.
        let failed: Vec<u64> = state
            .events
            .iter()
            .filter_map(|event| match event { Event::Failed { job, .. } => *job, _ => None })
            .collect();
        if failed.is_empty() {
            for (submitted, request) in &state.submitted {
                let next = state.shown.iter().find(|(_, _, picture)| picture.job >= request.job);
                let shown = next.map(|(at, ..)| *at);
                prop_assert!(
                    shown.is_some_and(|at| at - submitted <= 3 * STEP_MS),
                    "job {} of {} ms shown at {:?}", request.job, submitted, shown
                );
            }
            let last = state.shown.last().map(|(_, _, picture)| (picture.job, picture.complete));
            prop_assert_eq!(last, Some((state.newest_job, true)));
        }

        // Outside the halo of what changed since the last picture, every pixel stays as it was.
        let request_of = |job| state.submitted.iter().map(|(_, request)| request).find(|r| r.job == job);
        for pair in state.shown.windows(2) {
            let (before, after) = (&pair[0].2, &pair[1].2);
            let (Some(old), Some(new)) = (request_of(before.job), request_of(after.job)) else { continue };
            let coalesced_full_frame = state
                .submitted
                .iter()
                .any(|(_, r)| r.full_frame && r.job > before.job && r.job <= after.job);
            if old.seed != new.seed || old.refine_steps != new.refine_steps || coalesced_full_frame {
                continue;
            }
            if after.kind == PictureKind::Draft {
                let halo = Halo::of_changes(&old.mask, &new.mask);
                for y in 0..HEIGHT {
                    for x in 0..WIDTH {
                        if !halo.rect().contains(x, y) {
                            prop_assert_eq!(cpu(before).get(x, y), cpu(after).get(x, y), "({}, {})", x, y);
                        }
                    }
                }
            }
        }

        // Exports arrive whole, whatever the brush does meanwhile.
        for (_, action) in &script {
            let Action::Export(wanted) = action else { continue };
            if failed.contains(&wanted.job) { continue }
            let exported = state.events.iter().find_map(|event| match event {
                Event::Exported { job, image, .. } if *job == wanted.job => Some(image.clone()),
                _ => None,
            });
            let scene_labels: Vec<u8> = wanted.mask.composite_pixels();
            let scene = RenderScene {
                labels: scene_labels.into(), width: WIDTH, height: HEIGHT, spacing: None,
                seed: wanted.seed, recipe: wanted.recipe.clone(),
            };
            if failed.is_empty() {
                prop_assert_eq!(exported.map(|image| image.pixels.to_vec()),
                    Some(fake_pixels(&scene, wanted.refine_steps)));
            }
        }

        // At rest nothing is computed, not even when the same request comes again.
        let renderings = state.renderings.len();
        let last = state.submitted.last().map(|(_, request)| request.clone());
        drop(state);
        prop_assert_eq!(scheduler.turn(), Turn::Idle);
        if failed.is_empty() && let Some(mut last) = last {
            last.full_frame = false;
            mailbox.submit(last);
            while scheduler.turn() == Turn::Worked {}
            prop_assert_eq!(world.lock().renderings.len(), renderings);
        }
    }
}

#[test]
fn refinement_doubles_until_all_steps_are_done() {
    let world = Shared::new(vec![(0, Action::Live(Request { refine_steps: 12, ..request(1, &blank()) }))]);
    play(&world);
    let world = world.lock();
    assert_eq!(world.renderings, [1, 2, 4, 8, 12]);
    let kinds: Vec<_> = world.shown.iter().map(|(_, _, picture)| (picture.kind, picture.complete)).collect();
    assert_eq!(kinds[0], (PictureKind::Draft, false));
    assert_eq!(kinds[4], (PictureKind::Refined { steps: 12 }, true));
    assert_eq!(world.shown[3].2.duration, Duration::from_millis(8 * STEP_MS));
}

#[test]
fn requests_coalesce_to_the_newest_and_refinement_gives_way_at_a_step() {
    let masks: Vec<Mask> = (0..10).map(|i| with_dot(&blank(), 10 * i + 3, 40)).collect();
    let script = masks
        .iter()
        .enumerate()
        .map(|(i, mask)| (i as u64 * 4, Action::Live(request(i as u64 + 1, mask))))
        .collect();
    let world = Shared::new(script);
    play(&world);
    let world = world.lock();
    let drafts: Vec<u64> = world
        .shown
        .iter()
        .filter(|(_, _, picture)| picture.kind == PictureKind::Draft)
        .map(|(_, _, picture)| picture.job)
        .collect();
    assert_eq!(drafts, [1, 3, 6, 8, 10], "one draft each 10 ms, of the newest mask");
    assert_eq!(world.renderings[5..], [2, 4, 8], "refined once the brush rests");
}

#[test]
fn a_refined_edit_leaves_no_trace_of_its_drafts() {
    // Three strokes in one go, then rest: inside the halos the picture is the full rendering alone.
    let mut masks = vec![blank()];
    for x in [40, 48, 56] {
        let mask = with_dot(&masks[masks.len() - 1], x, 40);
        masks.push(mask);
    }
    let times = [0, 1000, 1010, 1020];
    let script = times
        .iter()
        .zip(&masks)
        .enumerate()
        .map(|(i, (&at, mask))| (at, Action::Live(request(i as u64 + 1, mask))))
        .collect();
    let world = Shared::new(script);
    play(&world);
    let world = world.lock();
    let first = world.shown.iter().find(|(_, _, picture)| picture.complete).map(|(_, _, p)| cpu(p).clone());
    let last = world.shown.last().map(|(_, _, picture)| cpu(picture).clone());
    let scene = RenderScene {
        labels: masks[3].composite_pixels().into(),
        width: WIDTH,
        height: HEIGHT,
        spacing: None,
        seed: 1,
        recipe: Recipe::default(),
    };
    let rendered = GreyImage::new(WIDTH, HEIGHT, fake_pixels(&scene, 8));
    let expected = first.map(|first| Halo::of_changes(&masks[0], &masks[3]).compose(&first, &rendered));
    assert_eq!(last, expected);
}

#[test]
fn a_panic_becomes_an_event_and_the_thread_goes_on() {
    quiet_panics();
    let script = vec![
        (0, Action::Live(request(1, &blank()))),
        (500, Action::Live(request(2, &with_dot(&blank(), 20, 20)))),
    ];
    let world = Shared::new(script);
    world.lock().panics_at = vec![1];
    play(&world);
    let world = world.lock();
    let failures: Vec<_> = world
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Failed { job, message } => Some((*job, message.clone())),
            _ => None,
        })
        .collect();
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].0, Some(1));
    assert!(failures[0].1.contains("scripted panic"), "{}", failures[0].1);
    let ready = world.events.iter().filter(|event| matches!(event, Event::Ready { .. })).count();
    assert_eq!(ready, 2, "a new renderer replaces the one that panicked");
    assert!(world.shown.last().is_some_and(|(_, _, picture)| picture.job == 2 && picture.complete));
    let busy: Vec<bool> = world
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Busy(busy) => Some(*busy),
            _ => None,
        })
        .collect();
    assert_eq!(busy.last(), Some(&false));
}

/// Renders for real milliseconds, on the real thread.
struct SlowRenderer;

impl Renderer for SlowRenderer {
    fn device(&self) -> DeviceInfo {
        DeviceInfo { name: "slow".into(), backend: "none".into(), ..DeviceInfo::default() }
    }

    fn model(&self) -> LoadedModel {
        LoadedModel { name: "slow".into(), preset: "none".into(), ..LoadedModel::default() }
    }

    fn render(
        &self,
        scene: &RenderScene,
        steps: u32,
        _edit: Option<Edit<'_>>,
        _destination: Destination,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<PictureImage>, Failure> {
        for step in 1..=steps {
            std::thread::sleep(Duration::from_millis(2));
            if step < steps && between_steps(step, steps) == ControlFlow::Break(()) {
                return Ok(None);
            }
        }
        let pixels = fake_pixels(scene, steps);
        Ok(Some(PictureImage::Cpu(GreyImage::new(scene.width, scene.height, pixels))))
    }
}

#[test]
fn the_thread_answers_under_fire_and_stops_between_two_steps() -> std::io::Result<()> {
    let woken = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let counter = Arc::clone(&woken);
    let wake: retidiff::background::Wake = Arc::new(move || {
        counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    });
    let worker = SynthesisWorker::start_with(wake, |_| Box::new(|| Ok(SlowRenderer)))?;
    let mut slowest_submit = Duration::ZERO;
    for job in 1..=2000u64 {
        let mask = with_dot(&blank(), (job % 150) as u32, (job % 90) as u32);
        let request = Request { refine_steps: 1 << 20, ..request(job, &mask) };
        let started = Instant::now();
        worker.submit(request);
        slowest_submit = slowest_submit.max(started.elapsed());
    }
    let deadline = Instant::now() + Duration::from_secs(10);
    let mut last_job = 0;
    while last_job < 2000 && Instant::now() < deadline {
        if let Some(picture) = worker.latest() {
            last_job = picture.job;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(last_job, 2000);
    assert!(woken.load(std::sync::atomic::Ordering::Relaxed) > 0);
    assert!(slowest_submit < Duration::from_millis(500), "submitting took {slowest_submit:?}");
    // A refinement of a million steps runs now or soon; the end must not wait for it.
    let started = Instant::now();
    worker.join();
    assert!(started.elapsed() < Duration::from_secs(2), "stopping took {:?}", started.elapsed());
    Ok(())
}
