//! The studio drawn off-screen: for the documentation, and to see without a display what a user sees.

use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{anyhow, ensure};
use eframe::egui_wgpu::WgpuSetup;
use egui_kittest::Harness;
use image::RgbaImage;

use crate::studio::editor::look::Tab;
use crate::studio::generate::GenerateAction;
use crate::studio::review::ReviewAction;
use crate::studio::shell::action::{Action, VolumeAction};
use crate::studio::shell::app::{AppOptions, Studio};
use crate::studio::stage::CasesAction;
use crate::studio::stage::kiosk::{Kiosk, KioskOptions, Phase};
use crate::studio::synthesis::thread::Status;
use crate::studio::training::TrainingAction;
use crate::studio::widgets::east_asian_font;

/// Draws the studio at `size` (width, height) points, `pixels_per_point` pixels each, once the file is
/// open and the synthetic picture is complete, or after `patience` with what is there.
///
/// # Errors
/// When no graphics driver can draw, or the file cannot be opened.
pub fn render(
    options: AppOptions,
    size: [u32; 2],
    pixels_per_point: f32,
    patience: Duration,
) -> anyhow::Result<RgbaImage> {
    let mut harness = open(options, size, pixels_per_point, patience)?;
    harness.render().map_err(|error| anyhow!("the window could not be drawn: {error}"))
}

/// What of the window is drawn beside the editor as it opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum WindowPart {
    /// The editor with greys, overlay and comparison at the right.
    View,
    /// With areas and thickness.
    Measure,
    /// With the thickness map of a volume.
    Volume,
    /// The page of designed cases.
    Cases,
    /// The page of pairs in bulk.
    Generate,
    /// The page of trainings.
    Train,
}

impl WindowPart {
    /// What shows it.
    fn action(self) -> Action {
        match self {
            Self::View => Action::Set(|settings| settings.look.tab = Tab::View),
            Self::Measure => Action::Set(|settings| {
                (settings.look.tab, settings.look.profile) = (Tab::Measure, true);
            }),
            Self::Volume => Action::Set(|settings| {
                (settings.look.tab, settings.look.filmstrip) = (Tab::Volume, true);
            }),
            Self::Cases => Action::Cases(CasesAction::Toggle),
            Self::Generate => Action::Generate(GenerateAction::Toggle),
            Self::Train => Action::Training(TrainingAction::Toggle),
        }
    }

    /// Whether nothing more of it will change by itself.
    fn is_settled(self, studio: &Studio) -> bool {
        match self {
            Self::View => true,
            Self::Measure => studio.measured().is_some(),
            Self::Volume => studio.editor.en_face.drawn().is_some() && !studio.is_drawing_thumbnails(),
            Self::Cases => studio.cases().is_settled(),
            Self::Generate => studio.generate().has_looked() && studio.generate().is_settled(),
            Self::Train => studio.training().is_settled(),
        }
    }
}

/// As [`render`], of another part of the window.
///
/// # Errors
/// As [`render`].
pub fn render_part(
    options: AppOptions,
    part: WindowPart,
    size: [u32; 2],
    pixels_per_point: f32,
    patience: Duration,
) -> anyhow::Result<RgbaImage> {
    let mut harness = open(options, size, pixels_per_point, patience)?;
    harness.state_mut().perform(part.action());
    if part == WindowPart::Volume {
        let middle = harness.state().session().page_count() / 2;
        harness.state_mut().perform(Action::Volume(VolumeAction::ShowPage(middle)));
    }
    // What it looks for, it looks for in its first frames.
    harness.run_steps(5);
    let started = Instant::now();
    let is_done = |studio: &Studio| part.is_settled(studio) && is_settled(studio);
    while !is_done(harness.state()) && started.elapsed() < patience {
        thread::sleep(Duration::from_millis(15));
        harness.step();
    }
    harness.run_steps(5);
    harness.render().map_err(|error| anyhow!("the window could not be drawn: {error}"))
}

/// As [`render`], of the page of reviews: the grid of a set, or one of its pairs in full.
///
/// # Errors
/// As [`render`], and if the set cannot be opened in time or holds no such pair.
pub fn render_review(
    options: AppOptions,
    (dir, pair): (&Path, Option<&str>),
    size: [u32; 2],
    pixels_per_point: f32,
    patience: Duration,
) -> anyhow::Result<RgbaImage> {
    let mut harness = open(options, size, pixels_per_point, patience)?;
    harness.state_mut().perform(Action::OpenReview(dir.to_owned()));
    let started = Instant::now();
    let is_done = |studio: &Studio| studio.review().is_settled() && has_its_fonts(studio);
    let settle = |harness: &mut Harness<'static, Studio>| {
        harness.run_steps(3);
        while !is_done(harness.state()) && started.elapsed() < patience {
            thread::sleep(Duration::from_millis(15));
            harness.step();
        }
        harness.run_steps(3);
    };
    settle(&mut harness);
    ensure!(harness.state().review().folder().is_some(), "{} cannot be reviewed", dir.display());
    if let Some(pair) = pair {
        harness.state_mut().perform(Action::Review(ReviewAction::Show(pair.to_owned())));
        settle(&mut harness);
        let shown = harness.state().review().name_in_view();
        ensure!(shown == Some(pair), "{} holds no pair {pair}", dir.display());
    }
    harness.render().map_err(|error| anyhow!("the window could not be drawn: {error}"))
}

/// As [`render`], of the demo mode: an eye that it has painted by itself, after somebody has touched the screen.
///
/// # Errors
/// As [`render`], and if no such eye is made in time.
pub fn render_kiosk(
    options: AppOptions,
    kiosk: KioskOptions,
    size: [u32; 2],
    pixels_per_point: f32,
    patience: Duration,
) -> anyhow::Result<RgbaImage> {
    let mut harness = open(options, size, pixels_per_point, patience)?;
    harness.state_mut().enter_kiosk(kiosk);
    let started = Instant::now();
    let wait = |harness: &mut Harness<'static, Studio>, done: &dyn Fn(&Studio) -> bool| {
        while !done(harness.state()) {
            ensure!(started.elapsed() < patience, "the demo mode has no eye in {} s", patience.as_secs());
            thread::sleep(Duration::from_millis(15));
            harness.step();
        }
        Ok(())
    };
    wait(&mut harness, &|studio| {
        let phase = studio.kiosk().map(|kiosk| (kiosk.figures().loops, kiosk.phase()));
        matches!(phase, Some((EYES_BEFORE.., Phase::Attract(Some(painting)))) if painting.is_whole())
    })?;
    harness.state_mut().kiosk_mut().into_iter().for_each(Kiosk::touched);
    harness.step();
    wait(&mut harness, &is_settled)?;
    harness.run_steps(2);
    harness.render().map_err(|error| anyhow!("the window could not be drawn: {error}"))
}

/// Eyes that the demo mode paints before the one in the picture: healthy ones, and one with few cysts.
const EYES_BEFORE: u64 = 3;

/// The studio off-screen, settled or out of patience.
pub(in crate::studio) fn open(
    options: AppOptions,
    size: [u32; 2],
    pixels_per_point: f32,
    patience: Duration,
) -> anyhow::Result<Harness<'static, Studio>> {
    open_on(None, options, size, pixels_per_point, patience)
}

/// As [`open`], on the graphics of a setup; `None` is the harness's own choice, a software driver first.
pub(in crate::studio) fn open_on(
    graphics: Option<WgpuSetup>,
    options: AppOptions,
    size: [u32; 2],
    pixels_per_point: f32,
    patience: Duration,
) -> anyhow::Result<Harness<'static, Studio>> {
    ensure!(size.iter().all(|side| (200..=8192).contains(side)), "the size must be from 200 to 8192 a side");
    ensure!(has_graphics(), "there is no graphics driver to draw with: install Vulkan or OpenGL drivers");
    let builder = Harness::builder()
        .with_size([size[0] as f32, size[1] as f32])
        .with_pixels_per_point(pixels_per_point)
        .with_render_cursor(false)
        .with_accessibility_check(false)
        .allow_missing_glyphs();
    let builder = builder.wgpu_setup(graphics.unwrap_or_else(usual_setup));
    let mut harness = builder.build_eframe(|creation| Studio::new(creation, options));
    let started = Instant::now();
    // The first steps lay out, open the file and make the textures.
    harness.run_steps(3);
    while !is_settled(harness.state()) && started.elapsed() < patience {
        thread::sleep(Duration::from_millis(15));
        harness.step();
    }
    harness.run_steps(2);
    if let Some(error) = harness.state().first_error() {
        return Err(anyhow!("{error}"));
    }
    Ok(harness)
}

/// Whether nothing more will change by itself.
pub(in crate::studio) fn is_settled(studio: &Studio) -> bool {
    let synthesis = studio.synthesis();
    let has_picture = match synthesis.status() {
        Status::Unavailable(_) => true,
        Status::Starting => false,
        Status::Ready => synthesis.shown().is_some_and(|shown| shown.complete && shown.current),
    };
    has_picture && has_its_fonts(studio) && !studio.is_waiting_for_files() && !studio.is_drawing_thumbnails()
}

/// Whether no box stands for a character that is still looked for.
fn has_its_fonts(studio: &Studio) -> bool {
    !east_asian_font::is_reading(&studio.context)
}

/// The harness's own choice, a software driver first, with no more than that driver has: those of older systems stay
/// below the usual limits.
fn usual_setup() -> WgpuSetup {
    let mut setup = egui_kittest::wgpu::default_wgpu_setup();
    if let WgpuSetup::CreateNew(new) = &mut setup {
        let usual = Arc::clone(&new.device_descriptor);
        new.device_descriptor = Arc::new(move |adapter: &wgpu::Adapter| {
            let mut descriptor = usual(adapter);
            descriptor.required_limits = descriptor.required_limits.or_worse_values_from(&adapter.limits());
            descriptor
        });
    }
    setup
}

/// Whether the harness will find an adapter: it has no error to return.
fn has_graphics() -> bool {
    let WgpuSetup::CreateNew(setup) = egui_kittest::wgpu::default_wgpu_setup() else { return true };
    let instance = wgpu::Instance::new(setup.instance_descriptor);
    !now(instance.enumerate_adapters(wgpu::Backends::all())).unwrap_or_default().is_empty()
}

/// The result of a future that is ready at once, as those of native wgpu are.
fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(value) => Some(value),
        std::task::Poll::Pending => None,
    }
}
