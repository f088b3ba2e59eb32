//! Decides what is rendered next: drafts first, then exports, then refinement.
//!
//! Every mask change gets a one-step draft that nothing cancels, so the picture always follows the
//! brush; refinement in 2, 4, 8 ... steps (from 8 on after a student's draft) is what the thread does when
//! nothing waits, and gives way at the next step boundary. Cancelling drafts too would starve the picture
//! while the brush moves; finishing refinements too would make it lag.
//!
//! Where a draft of the whole frame keeps people waiting, what follows the brush is a coarse one
//! ([`super::coarse_draft`]), and the frame's own is the first thing to do once nothing waits. That one gives way, too:
//! between two of the windows that so large a frame is drawn in.

use std::any::Any;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::coarse_draft;
use super::local_edit::Halo;
use super::mailbox::{Export, Job, SynthesisMailbox};
use super::models::ModelSource;
use super::picture_cache::PictureCache;
use super::protocol::{Event, LoadedModel, Picture, PictureImage, PictureKind, Request};
use super::renderer::{Destination, Edit, Failure, MakeRenderer, RenderScene, Renderer};
use crate::device::DeviceInfo;
use crate::diffusion::NoiseSpacing;

/// Steps of the first refinement of a student's draft.
const LEAST_STEPS_AFTER_STUDENT: u32 = 8;

/// What [`Scheduler::turn`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Something.
    Worked,
    /// Nothing to do until a request comes.
    Idle,
}

/// The state of the synthesis thread.
pub struct Scheduler<R> {
    mailbox: Arc<SynthesisMailbox>,
    make_renderer: MakeRenderer<R>,
    renderer: Option<Rc<R>>,
    /// Another model, loaded to compare with.
    aside: Option<(ModelSource, Rc<R>)>,
    now: Box<dyn Fn() -> Instant>,
    screen: Option<Screen>,
    cache: PictureCache,
    is_busy: bool,
    /// Who rendered what is on screen and in the cache.
    origin: Option<(DeviceInfo, LoadedModel)>,
}

/// The picture last published, and what it still lacks. Cloning shares the pictures.
#[derive(Clone)]
struct Screen {
    /// What it shows.
    request: Request,
    labels: Arc<[u8]>,
    image: PictureImage,
    /// Steps behind the least refined pixel; 0 where a student drew it.
    steps: u32,
    /// Some of it is of a coarse draft, and the frame's own still has to come.
    is_coarse: bool,
    /// The last complete picture and where the one on screen has changed since; `None` when no pixel
    /// of it is refined.
    ground: Option<(PictureImage, Halo)>,
    /// A failed refinement is not tried again until something changes.
    is_given_up: bool,
}

impl Screen {
    /// A picture in so many steps, with no refined one behind it.
    fn of(request: Request, labels: Arc<[u8]>, image: PictureImage, steps: u32) -> Self {
        Self { request, labels, image, steps, is_coarse: false, ground: None, is_given_up: false }
    }

    fn is_complete(&self) -> bool {
        !self.is_coarse && self.steps >= self.request.refine_steps
    }
}

impl<R: Renderer> Scheduler<R> {
    /// A scheduler that has rendered nothing yet; `now` is [`Instant::now`] but in tests.
    pub fn new(
        mailbox: Arc<SynthesisMailbox>,
        make_renderer: MakeRenderer<R>,
        now: Box<dyn Fn() -> Instant>,
    ) -> Self {
        Self {
            mailbox,
            make_renderer,
            renderer: None,
            aside: None,
            now,
            screen: None,
            cache: PictureCache::default(),
            is_busy: false,
            origin: None,
        }
    }

    /// Loads the model, if it is not loaded.
    pub fn prepare(&mut self) {
        if self.renderer.is_none() {
            self.guarded(None, |this| this.renderer().map(|_| ()));
        }
    }

    /// Works until stopped.
    pub fn run(&mut self) {
        self.prepare();
        while !self.mailbox.is_stopped() {
            if self.turn() == Turn::Idle && !self.mailbox.wait() {
                break;
            }
        }
    }

    /// Does the next thing: a draft, an export, or one stage of refinement.
    pub fn turn(&mut self) -> Turn {
        self.renew();
        let turn = match self.mailbox.take_job() {
            Some(Job::Live(request)) => {
                self.draft(request);
                Turn::Worked
            }
            Some(Job::Export(export)) => {
                self.guarded(Some(export.request.job), |this| this.export(&export));
                Turn::Worked
            }
            None => self.refine(),
        };
        if turn == Turn::Idle {
            self.set_busy(false);
        }
        turn
    }

    /// Runs one job; an error or a panic in it becomes an event. Answers whether it went well.
    fn guarded(&mut self, job: Option<u64>, work: impl FnOnce(&mut Self) -> Result<(), Failure>) -> bool {
        let message = match catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(Ok(())) => return true,
            Ok(Err(failure)) => failure.to_string(),
            Err(panic) => {
                // What a panic left of the renderer cannot be trusted: the next job makes a new one.
                self.renderer = None;
                self.aside = None;
                format!("the renderer stopped unexpectedly: {}", panic_message(panic.as_ref()))
            }
        };
        self.mailbox.report(Event::Failed { job, message });
        false
    }

    fn renderer(&mut self) -> Result<Rc<R>, Failure> {
        if let Some(renderer) = &self.renderer {
            return Ok(Rc::clone(renderer));
        }
        self.set_busy(true);
        let renderer = Rc::new((self.make_renderer)()?);
        let (device, model) = (renderer.device(), renderer.model());
        let origin = Some((device.clone(), model.clone()));
        if self.origin != origin {
            // Pictures of another model or device are no ground to build on.
            self.origin = origin;
            self.screen = None;
            self.cache.clear();
        }
        self.mailbox.report(Event::Ready { device, model });
        self.renderer = Some(Rc::clone(&renderer));
        Ok(renderer)
    }

    /// Takes the better renderer that can be made now, and draws anew with it what is on screen.
    fn renew(&mut self) {
        if !self.renderer.as_ref().is_some_and(|renderer| renderer.is_outdated()) {
            return;
        }
        let shown = self.screen.as_ref().map(|screen| screen.request.clone());
        self.renderer = None;
        self.aside = None;
        self.prepare();
        if let (Some(request), None) = (shown, &self.screen) {
            self.draft(request);
        }
    }

    fn set_busy(&mut self, is_busy: bool) {
        if self.is_busy != is_busy {
            self.is_busy = is_busy;
            self.mailbox.report(Event::Busy(is_busy));
        }
    }

    /// [`Scheduler::follow`]; when it fails, the older picture stays but is not worth refining.
    fn draft(&mut self, request: Request) {
        let is_followed = self.guarded(Some(request.job), |this| this.follow(request));
        if let (false, Some(screen)) = (is_followed, &mut self.screen) {
            screen.is_given_up = true;
        }
    }

    /// Brings the picture of a new request to the screen: remembered, unchanged, or as a draft.
    fn follow(&mut self, request: Request) -> Result<(), Failure> {
        if let Some(scan) = request.recipe.unchanged_scan() {
            let image = PictureImage::Cpu(scan.clone());
            let (labels, steps) = (Arc::from([]), request.refine_steps.max(1));
            self.screen = Some(Screen::of(request, labels, image, steps));
            self.publish_screen(Duration::ZERO);
            return Ok(());
        }
        if !request.full_frame
            && let Some(image) = self.cache.find(&request)
        {
            let ground = Some((image.clone(), Halo::empty()));
            let (labels, steps) = (request.mask.composite_pixels().into(), request.refine_steps.max(1));
            self.screen = Some(Screen { ground, ..Screen::of(request, labels, image, steps) });
            self.publish_screen(Duration::ZERO);
            return Ok(());
        }
        let halo = match &self.screen {
            Some(screen) if !request.full_frame && screen.request.continues(&request) => {
                Some(Halo::of_changes(&screen.request.mask, &request.mask))
            }
            _ => None,
        };
        if let (Some(screen), Some(halo)) = (&mut self.screen, &halo)
            && halo.is_empty()
        {
            screen.request = request;
            screen.is_given_up = false;
            self.publish_screen(Duration::ZERO);
            return Ok(());
        }

        let renderer = self.renderer()?;
        self.set_busy(true);
        let started = (self.now)();
        let scene = scene_of(&request, request.mask.composite_pixels().into());
        let base = self.screen.as_ref().map(|screen| &screen.image);
        let edit = base.zip(halo.as_ref()).map(|(base, halo)| Edit { base, halo });
        // What is laid over a coarse draft leaves it elsewhere.
        let is_over_coarse = edit.is_some() && self.screen.as_ref().is_some_and(|screen| screen.is_coarse);
        let (image, is_coarse) = match coarse_draft::draw(&*renderer, &scene, edit)? {
            Some(image) => (image, true),
            None => (renderer.draft(&scene, edit, Destination::Screen)?, is_over_coarse),
        };
        let steps = u32::from(!self.has_student());
        let ground = match (self.screen.take(), halo) {
            (Some(Screen { ground: Some((ground, changed)), .. }), Some(halo)) => {
                Some((ground, changed.union(&halo)))
            }
            _ => None,
        };
        let screen = Screen::of(request, scene.labels, image, steps);
        self.screen = Some(Screen { is_coarse, ground, ..screen });
        self.publish_screen((self.now)().duration_since(started));
        Ok(())
    }

    /// Puts the picture on screen, never held back.
    fn publish_screen(&mut self, duration: Duration) {
        if let Some(mut screen) = self.screen.take() {
            self.settle(&mut screen);
            self.mailbox.publish(picture_of(&screen, self.has_student(), duration));
            self.screen = Some(screen);
        }
    }

    /// A complete picture becomes the ground of later edits, and is remembered.
    fn settle(&mut self, screen: &mut Screen) {
        if screen.is_complete() && screen.request.recipe.unchanged_scan().is_none() {
            screen.ground = Some((screen.image.clone(), Halo::empty()));
            self.cache.remember(&screen.request, &screen.image);
        }
    }

    /// One more stage of refinement of the picture on screen, if it lacks one.
    fn refine(&mut self) -> Turn {
        let Some(screen) = self.screen.take_if(|screen| !screen.is_complete() && !screen.is_given_up) else {
            return Turn::Idle;
        };
        let job = screen.request.job;
        // The picture stays on screen whatever becomes of the attempt.
        self.screen = Some(Screen { is_given_up: true, ..screen.clone() });
        self.guarded(Some(job), |this| match screen.is_coarse {
            true => this.draft_whole(screen),
            false => this.refine_stage(screen),
        });
        Turn::Worked
    }

    /// The frame's own draft in place of a coarse one, which stays if something comes meanwhile.
    fn draft_whole(&mut self, screen: Screen) -> Result<(), Failure> {
        let renderer = self.renderer()?;
        self.set_busy(true);
        let started = (self.now)();
        let scene = scene_of(&screen.request, Arc::clone(&screen.labels));
        let edit = screen.ground.as_ref().map(|(base, halo)| Edit { base, halo });
        let mailbox = Arc::clone(&self.mailbox);
        let drawn = renderer.breakable_draft(&scene, edit, Destination::Screen, &mut |_, _| {
            if mailbox.is_anything_waiting() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        let Some(image) = drawn else {
            self.screen = Some(screen);
            return Ok(());
        };
        let steps = u32::from(!self.has_student());
        self.screen = Some(Screen { image, steps, is_coarse: false, is_given_up: false, ..screen });
        self.publish_screen((self.now)().duration_since(started));
        Ok(())
    }

    fn refine_stage(&mut self, mut screen: Screen) -> Result<(), Failure> {
        let renderer = self.renderer()?;
        self.set_busy(true);
        let started = (self.now)();
        let job = screen.request.job;
        // Four steps of a teacher are worse than one of its student (card of the bundled student).
        let next = if screen.steps == 0 { LEAST_STEPS_AFTER_STUDENT } else { 2 * screen.steps };
        let steps = next.min(screen.request.refine_steps.max(1));
        let mut scene = scene_of(&screen.request, Arc::clone(&screen.labels));
        if steps < LEAST_STEPS_AFTER_STUDENT.min(screen.request.refine_steps) {
            // Of two or four steps in the logarithm of the noise, one would be spent on noise that nobody sees.
            scene.recipe.spacing = NoiseSpacing::Time;
        }
        let edit = screen.ground.as_ref().map(|(base, halo)| Edit { base, halo });
        let mailbox = Arc::clone(&self.mailbox);
        let rendered = renderer.render(&scene, steps, edit, Destination::Screen, &mut |step, of| {
            mailbox.report(Event::Progress { job, step, of });
            if mailbox.is_anything_waiting() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        if let Some(image) = rendered {
            let refined = Screen { image, steps, ..screen.clone() };
            let picture = picture_of(&refined, self.has_student(), (self.now)().duration_since(started));
            if mailbox.publish_unless_superseded(picture) {
                screen = refined;
                self.settle(&mut screen);
            }
        }
        self.screen = Some(screen);
        Ok(())
    }

    /// The renderer of another model; the last one stays loaded.
    fn aside(&mut self, source: &ModelSource) -> Result<Rc<R>, Failure> {
        if let Some((known, renderer)) = &self.aside
            && known == source
        {
            return Ok(Rc::clone(renderer));
        }
        self.aside = None;
        let renderer = Rc::new(self.renderer()?.with_model(source)?);
        self.aside = Some((source.clone(), Rc::clone(&renderer)));
        Ok(renderer)
    }

    fn has_student(&self) -> bool {
        self.origin.as_ref().is_some_and(|(_, model)| model.student.is_some())
    }

    /// The whole frame with all its steps; drafts of newer masks are rendered between its steps.
    fn export(&mut self, export: &Export) -> Result<(), Failure> {
        let request = &export.request;
        if request.recipe.unchanged_scan().is_some() {
            return Err("at strength 0 the picture is the real scan; raise the strength to synthesise".into());
        }
        let renderer = match &export.model {
            Some(source) => self.aside(source)?,
            None => self.renderer()?,
        };
        self.set_busy(true);
        let started = (self.now)();
        let scene = scene_of(request, request.mask.composite_pixels().into());
        let mailbox = Arc::clone(&self.mailbox);
        let steps = request.refine_steps.max(1);
        let rendered = renderer.render(&scene, steps, None, Destination::Memory, &mut |step, of| {
            mailbox.report(Event::Progress { job: request.job, step, of });
            if mailbox.is_stopped() {
                return ControlFlow::Break(());
            }
            if let Some(live) = mailbox.take_live() {
                self.draft(live);
            }
            ControlFlow::Continue(())
        })?;
        match rendered {
            Some(PictureImage::Cpu(image)) => {
                let duration = (self.now)().duration_since(started);
                self.mailbox.report(Event::Exported {
                    job: request.job,
                    page: request.page,
                    image,
                    duration,
                    model: renderer.model(),
                    device: renderer.device(),
                });
                Ok(())
            }
            #[cfg(feature = "gpu")]
            Some(PictureImage::Gpu { .. }) => Err("an export must come back to memory".into()),
            None => Ok(()),
        }
    }
}

fn scene_of(request: &Request, labels: Arc<[u8]>) -> RenderScene {
    RenderScene {
        labels,
        width: request.mask.width(),
        height: request.mask.height(),
        spacing: request.spacing,
        seed: request.seed,
        recipe: request.recipe.clone(),
    }
}

fn picture_of(screen: &Screen, has_student: bool, duration: Duration) -> Picture {
    let kind = match screen.steps {
        _ if screen.request.recipe.unchanged_scan().is_some() => PictureKind::RealScan,
        _ if screen.is_coarse => PictureKind::Draft,
        0 => PictureKind::Draft,
        1 if !has_student => PictureKind::Draft,
        steps => PictureKind::Refined { steps },
    };
    Picture {
        job: screen.request.job,
        page: screen.request.page,
        kind,
        image: screen.image.clone(),
        duration,
        complete: screen.is_complete(),
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
