//! A long session in a moment: a hundred thousand random edits against a model that takes no time.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use retidiff::device::DeviceInfo;
use retidiff::encoding::noise::Rng;
use retidiff::mask::Mask;
use retidiff::scan::GreyImage;
use retidiff::worker::mailbox::SynthesisMailbox;
use retidiff::worker::renderer::{BetweenSteps, Destination, Edit, Failure, RenderScene, Renderer};
use retidiff::worker::scheduler::{Scheduler, Turn};
use retidiff::worker::{LoadedModel, PictureImage, PictureKind, Recipe, Request, SynthesisWorker};

const EDITS: u64 = 100_000;
const WIDTH: u32 = 64;
const HEIGHT: u32 = 32;
/// What may stay alive: 32 remembered pictures, the one on screen, its ground, the one in the mailbox.
const MAX_PICTURES: usize = 40;

/// Grey by label, seed and steps; remembers every picture that still lives.
#[derive(Clone, Default)]
struct Immediate {
    alive: Arc<Mutex<Vec<Weak<[u8]>>>>,
}

fn drawn(scene: &RenderScene, steps: u32) -> Vec<u8> {
    let base = 40 + 5 * steps + (scene.seed % 7) as u32;
    scene.labels.iter().map(|&code| (base + 10 * u32::from(code)) as u8).collect()
}

impl Immediate {
    fn alive(&self) -> usize {
        let mut alive = self.alive.lock().expect("no test panics under the lock");
        alive.retain(|picture| picture.strong_count() > 0);
        alive.len()
    }
}

impl Renderer for Immediate {
    fn device(&self) -> DeviceInfo {
        DeviceInfo { name: "fake".into(), backend: "none".into(), ..DeviceInfo::default() }
    }

    fn model(&self) -> LoadedModel {
        LoadedModel { name: "fake".into(), preset: "none".into(), ..LoadedModel::default() }
    }

    fn render(
        &self,
        scene: &RenderScene,
        steps: u32,
        edit: Option<Edit<'_>>,
        _destination: Destination,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<PictureImage>, Failure> {
        for step in 1..steps {
            if between_steps(step, steps) == ControlFlow::Break(()) {
                return Ok(None);
            }
        }
        let rendered = GreyImage::new(scene.width, scene.height, drawn(scene, steps));
        let image = match edit {
            Some(Edit { base: PictureImage::Cpu(base), halo }) => halo.compose(base, &rendered),
            _ => rendered,
        };
        let mut alive = self.alive.lock().expect("no test panics under the lock");
        if alive.len() > 4 * MAX_PICTURES {
            alive.retain(|picture| picture.strong_count() > 0);
        }
        alive.push(Arc::downgrade(&image.pixels));
        Ok(Some(PictureImage::Cpu(image)))
    }
}

/// A user who strokes, takes back, rolls another noise and changes the steps.
struct User {
    rng: Rng,
    history: Vec<Mask>,
    seed: u64,
    steps: u32,
    job: u64,
}

impl User {
    fn new() -> Self {
        let mut mask = Mask::unannotated(WIDTH, HEIGHT);
        for y in 0..HEIGHT {
            mask.layers.fill_run(y, 0, WIDTH, (y / 4) as u8);
        }
        Self { rng: Rng::new(11, 0, 0), history: vec![mask], seed: 1, steps: 4, job: 0 }
    }

    fn next(&mut self) -> Request {
        self.job += 1;
        match self.rng.below(40) {
            0 => self.seed += 1,
            1 => self.steps = if self.steps == 4 { 6 } else { 4 },
            2..12 if self.history.len() > 1 => {
                self.history.pop();
            }
            _ => {
                let mut mask = self.history[self.history.len() - 1].clone();
                let (x, y) = (self.rng.below(WIDTH as usize - 4), self.rng.below(HEIGHT as usize - 2));
                let code = self.rng.below(4) as u8;
                for row in y..y + 2 {
                    mask.lesions.fill_run(row as u32, x as u32, x as u32 + 4, code);
                }
                self.history.push(mask);
                if self.history.len() > 30 {
                    self.history.remove(0);
                }
            }
        }
        self.request(self.rng.clone().below(200) == 0)
    }

    fn request(&self, full_frame: bool) -> Request {
        Request {
            job: self.job,
            page: 0,
            mask: self.history[self.history.len() - 1].clone(),
            spacing: None,
            seed: self.seed,
            refine_steps: self.steps,
            recipe: Recipe::default(),
            full_frame,
        }
    }
}

#[test]
fn a_hundred_thousand_edits_leave_no_stale_picture_and_no_litter() {
    let renderer = Immediate::default();
    let mailbox = Arc::new(SynthesisMailbox::new(Arc::new(|| {})));
    let maker = renderer.clone();
    let make = Box::new(move || Ok(maker.clone()));
    let (clock, step) = (Instant::now(), Duration::from_micros(1));
    let ticks = std::cell::Cell::new(0u32);
    let now = Box::new(move || {
        ticks.set(ticks.get().wrapping_add(1));
        clock + step * ticks.get()
    });
    let mut scheduler = Scheduler::new(Arc::clone(&mailbox), make, now);
    let mut user = User::new();
    let mut pace = Rng::new(12, 0, 0);
    let (mut last_job, mut pictures, mut rests) = (0, 0u64, 0u64);
    let mut look = |newest: u64| {
        let picture = mailbox.latest()?;
        assert!(picture.job >= last_job && picture.job <= newest, "job {} after {last_job}", picture.job);
        last_job = picture.job;
        if let PictureKind::Refined { .. } = picture.kind {
            assert_eq!(picture.job, newest, "a stale refinement was shown");
        }
        pictures += 1;
        Some(picture)
    };
    while user.job < EDITS {
        for _ in 0..1 + pace.below(6) {
            let request = user.next();
            mailbox.submit(request);
        }
        for _ in 0..pace.below(3) {
            scheduler.turn();
            look(user.job);
        }
        mailbox.events();
        if pace.below(400) == 0 {
            // The brush rests: the very picture of the newest mask must come, and then nothing more.
            user.job += 1;
            mailbox.submit(user.request(true));
            let mut last = None;
            let mut turns = 0;
            while scheduler.turn() == Turn::Worked {
                last = look(user.job).or(last);
                turns += 1;
                assert!(turns < 20, "the thread never came to rest");
            }
            let last = last.expect("a picture of the mask at rest");
            assert!(last.job == user.job && last.complete);
            let scene_labels = user.request(false).mask.composite_pixels();
            let scene = RenderScene {
                labels: scene_labels.into(),
                width: WIDTH,
                height: HEIGHT,
                spacing: None,
                seed: user.seed,
                recipe: Recipe::default(),
            };
            let PictureImage::Cpu(image) = &last.image else { panic!("a picture in memory") };
            assert_eq!(*image.pixels, drawn(&scene, user.steps), "at rest the picture is that of the mask");
            rests += 1;
        }
        if user.job.is_multiple_of(1000) {
            assert!(renderer.alive() <= MAX_PICTURES, "{} pictures are alive", renderer.alive());
        }
    }
    assert!(pictures > EDITS / 10 && rests > 20, "{pictures} pictures, {rests} rests");
    drop(scheduler);
    assert!(renderer.alive() <= 1, "pictures outlive the thread");
}

#[test]
fn the_thread_takes_a_hundred_thousand_edits_without_a_deadlock() -> std::io::Result<()> {
    let renderer = Immediate::default();
    let maker = renderer.clone();
    let worker = SynthesisWorker::start_with(Arc::new(|| {}), move |_| Box::new(move || Ok(maker.clone())))?;
    let mut user = User::new();
    let mut last_job = 0;
    for edit in 0..EDITS {
        worker.submit(user.next());
        if edit % 16 == 0 {
            if let Some(picture) = worker.latest() {
                assert!(picture.job >= last_job, "job {} after {last_job}", picture.job);
                last_job = picture.job;
            }
            worker.events();
        }
    }
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut is_complete = false;
    while !(last_job == user.job && is_complete) {
        assert!(Instant::now() < deadline, "job {last_job} of {} is the last that came", user.job);
        if let Some(picture) = worker.latest() {
            (last_job, is_complete) = (picture.job, picture.complete);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let started = Instant::now();
    worker.join();
    assert!(started.elapsed() < Duration::from_secs(5), "stopping took {:?}", started.elapsed());
    assert!(renderer.alive() <= 1, "pictures outlive the thread");
    Ok(())
}
