//! The real window: graphics, icon, folders, and what to say when there is no graphics at all.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use anyhow::anyhow;
use eframe::egui::layers::GraphicLayers;
use eframe::egui::{Context, IconData, Ui, ViewportBuilder, Visuals};
use eframe::egui_wgpu::{SurfaceConfig, SurfaceErrorAction, WgpuConfiguration};

use super::action::Action;
use super::app::{AppOptions, Studio, SynthesisSource};
use super::frame_pace::FramePace;
use super::graphics::shareable_setup;
use super::notices::Severity;
use super::reopening::{Losses, Parked, Remedy, lost_too_often};
use super::staging::kiosk_window;
use crate::background::start_thread;
use crate::data_folder::data_folder;
use crate::device::loss::DeviceLoss;
use crate::device::{DeviceChoice, probe, processor_share};
use crate::nn::Arithmetic;
use crate::serve::CommandLine;
use crate::studio::stage::kiosk::KioskOptions;
use crate::studio::synthesis::setup::SynthesisSetup;
use crate::studio::texts::{self, text};

const ICON: &[u8] = include_bytes!("../../../assets/icon.png");

/// What the studio is started with.
#[derive(Clone, Debug, Default)]
pub struct StudioOptions {
    /// A file to open; without it the first sample.
    pub open: Option<PathBuf>,
    /// Folder of a set to review.
    pub review: Option<PathBuf>,
    /// What the synthesis computes on.
    pub device: DeviceChoice,
    /// What a GPU draws in; without it as the device decides.
    pub arithmetic: Option<Arithmetic>,
    /// Name or file of the model; without it the bundled one.
    pub model: Option<String>,
    /// The command that reaches another machine; without it the one of the settings.
    pub remote: Option<CommandLine>,
    /// For trying what happens: each window loses its graphics device once, in order.
    pub losses: Vec<TriedLoss>,
    /// The demo mode in place of the studio.
    pub kiosk: Option<KioskOptions>,
}

/// A loss of the graphics device that is caused to see what happens.
#[derive(Clone, Copy, Debug)]
pub struct TriedLoss {
    /// After the window was opened.
    pub after: Duration,
    /// Between a frame's shapes and their upload, the worst of moments, instead of on another thread.
    pub is_within_frame: bool,
}

impl TriedLoss {
    /// From seconds, with an `f` after them for one within a frame.
    ///
    /// # Errors
    /// If it is no such number.
    pub fn parse(text: &str) -> Result<Self, String> {
        let seconds = text.strip_suffix('f');
        let number = seconds.unwrap_or(text).parse::<f32>().map_err(|error| error.to_string())?;
        let after = Duration::try_from_secs_f32(number).map_err(|error| error.to_string())?;
        Ok(Self { after, is_within_frame: seconds.is_some() })
    }
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// When no graphics can be had; the message says what is missing.
pub fn run(options: StudioOptions) -> anyhow::Result<()> {
    let setup = SynthesisSetup::new(options.model, options.device);
    let setup = setup.computing_in(options.arithmetic).computing_on(options.remote);
    let shows = Shows { review: options.review, kiosk: options.kiosk.map(Box::new) };
    run_windows(options.open, shows, SynthesisSource::Model(setup), options.losses)
}

/// Opens the window with synthetic scans from anywhere.
///
/// # Errors
/// As [`run`].
pub fn run_with(open: Option<PathBuf>, synthesis: SynthesisSource) -> anyhow::Result<()> {
    run_windows(open, Shows::default(), synthesis, Vec::new())
}

/// What a window shows at first, in place of the editor.
#[derive(Debug, Default)]
struct Shows {
    /// Folder of a set.
    review: Option<PathBuf>,
    kiosk: Option<Box<KioskOptions>>,
}

/// One window, and after each loss of its graphics device another one that goes on.
fn run_windows(
    open: Option<PathBuf>,
    shows: Shows,
    synthesis: SynthesisSource,
    tried: Vec<TriedLoss>,
) -> anyhow::Result<()> {
    processor_share::leave_room_for_window();
    texts::ask_the_system();
    let options = AppOptions { open, data_folder: data_folder(), synthesis };
    let mut content = Content::New(options, shows);
    let mut losses = Losses::default();
    let (mut tried, mut not_opened) = (tried.into_iter(), 0);
    let mut loss = tried.next();
    loop {
        content = match open_window(content, loss) {
            Ended::Closed => return Ok(()),
            Ended::Failed(error, Some(Content::Parked { parked, .. })) => {
                return Err(given_up(&reason(&error), *parked));
            }
            Ended::Failed(error, _) => return Err(explain(error)),
            Ended::NotOpened(content) if not_opened < MAX_NOT_OPENED => {
                not_opened += 1;
                content
            }
            Ended::NotOpened(Content::Parked { parked, .. }) => {
                return Err(given_up("no other window could be opened", *parked));
            }
            Ended::NotOpened(Content::New(..)) => return Err(anyhow!("the window could not be opened")),
            Ended::DeviceLost(studio) => {
                eprintln!("note: the graphics device was lost; the window is opened again on a new one");
                (not_opened, loss) = (0, tried.next());
                let parked = Box::new(studio.park());
                match losses.count(Instant::now()) {
                    Remedy::ShareAnew => Content::Parked { parked, kept_back: None },
                    Remedy::KeepBack => Content::Parked { parked, kept_back: Some(lost_too_often().into()) },
                    Remedy::GiveUp => return Err(given_up("new ones were lost again and again", *parked)),
                }
            }
        };
    }
}

/// An event loop that a panic has left ends once more before it opens another window.
const MAX_NOT_OPENED: u32 = 3;

/// What a window is opened with.
enum Content {
    New(AppOptions, Shows),
    Parked {
        parked: Box<Parked>,
        /// Why the device is not for synthesis, if it is not.
        kept_back: Option<String>,
    },
}

/// How a window came to its end.
enum Ended {
    Closed,
    DeviceLost(Box<Studio>),
    /// It could not be opened; with what was to be in it, unless that was taken already.
    Failed(eframe::Error, Option<Content>),
    /// It was closed before it was there.
    NotOpened(Content),
}

fn open_window(content: Content, tried: Option<TriedLoss>) -> Ended {
    let window = ViewportBuilder::default()
        .with_title("RetiDiff Studio")
        .with_app_id("retidiff-studio")
        .with_inner_size([1480.0, 920.0])
        .with_min_inner_size([760.0, 480.0])
        .with_drag_and_drop(true)
        .with_icon(icon().unwrap_or_default());
    let (window, context) = match &content {
        Content::New(_, Shows { kiosk: Some(_), .. }) => (kiosk_window(window), None),
        Content::New(..) => (window, None),
        Content::Parked { parked, .. } if parked.is_kiosk() => {
            (kiosk_window(window), Some(parked.context().clone()))
        }
        Content::Parked { parked, .. } => (parked.place(window), Some(parked.context().clone())),
    };
    let loss = Arc::default();
    let native_options = eframe::NativeOptions {
        viewport: window,
        renderer: eframe::Renderer::Wgpu,
        wgpu_options: graphics(&loss),
        ..Default::default()
    };
    // Handed in and out through places of our own: eframe drops what it was given when it fails.
    let way_in = Rc::new(RefCell::new(Some(content)));
    let way_out = Rc::new(RefCell::new(None));
    let create: eframe::AppCreator<'_> = Box::new({
        let (way_in, way_out) = (Rc::clone(&way_in), Rc::clone(&way_out));
        move |creation| {
            let mut studio = match way_in.take().ok_or("the window was opened already")? {
                Content::New(options, Shows { review, kiosk }) => {
                    let mut studio = Studio::new(creation, options);
                    review.into_iter().for_each(|folder| studio.perform(Action::OpenReview(folder)));
                    if let Some(why) = &probe::found().complaint {
                        studio.chrome.notices.add(Severity::Warning, text!("device-driver", %why));
                    }
                    kiosk.into_iter().for_each(|options| studio.enter_kiosk(*options));
                    studio
                }
                Content::Parked { parked, kept_back } => Studio::reopen(creation, *parked, kept_back),
            };
            studio.reopen_after_loss();
            loss.set(studio.device_loss().clone()).unwrap_or_default();
            let pace = FramePace::of(creation.wgpu_render_state.as_ref());
            let mut window = Window { studio: Some(Box::new(studio)), way_out, loses: None, pace };
            if let (Some(tried), Some(graphics)) = (tried, &creation.wgpu_render_state) {
                window.try_loss(tried, graphics.device.clone(), &creation.egui_ctx)?;
            }
            Ok(Box::new(window))
        }
    });
    let run = || eframe::run_native_ext("RetiDiff Studio", native_options, context, create);
    let outcome: Result<eframe::Result, Box<dyn Any + Send>> = catch_unwind(AssertUnwindSafe(run));
    if let Some(studio) = way_out.take() {
        return Ended::DeviceLost(studio);
    }
    match (outcome, way_in.take()) {
        (Ok(Ok(())), None) => Ended::Closed,
        (Ok(Ok(())), Some(content)) => Ended::NotOpened(content),
        (Ok(Err(error)), content) => Ended::Failed(error, content),
        (Err(panic), _) => resume_unwind(panic),
    }
}

/// The studio in its window.
struct Window {
    studio: Option<Box<Studio>>,
    way_out: Rc<RefCell<Option<Box<Studio>>>>,
    /// When it is to lose its device within a frame.
    loses: Option<(Instant, wgpu::Device)>,
    pace: FramePace,
}

impl Window {
    fn try_loss(&mut self, tried: TriedLoss, device: wgpu::Device, context: &Context) -> std::io::Result<()> {
        let TriedLoss { after, is_within_frame } = tried;
        if is_within_frame {
            self.loses = Some((Instant::now() + after, device));
            context.request_repaint_after(after);
            return Ok(());
        }
        let Some(loss) = self.studio.as_ref().map(|studio| studio.device_loss().clone()) else {
            return Ok(());
        };
        start_thread("losing the graphics device", move || {
            std::thread::sleep(after);
            loss.cause(&device);
        })?;
        Ok(())
    }
}

impl eframe::App for Window {
    fn logic(&mut self, context: &Context, frame: &mut eframe::Frame) {
        if let Some(studio) = &mut self.studio {
            studio.logic(context, frame);
        }
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut eframe::Frame) {
        let Some(studio) = &mut self.studio else { return };
        let rest = self.pace.rest(Instant::now(), studio.synthesis().is_busy());
        if !rest.is_zero() {
            std::thread::sleep(rest);
        }
        studio.ui(ui, frame);
        self.pace.end_frame(Instant::now());
        if studio.device_loss().is_lost() {
            // egui's renderer stops the program when it cannot upload triangles; of nothing it uploads none.
            ui.ctx().graphics_mut(|graphics| *graphics = GraphicLayers::default());
        }
        match self.loses.take_if(|(at, _)| *at <= Instant::now()) {
            Some((_, device)) => studio.device_loss().cause(&device),
            None if self.loses.is_some() => ui.ctx().request_repaint(),
            None => {}
        }
    }

    fn clear_color(&self, visuals: &Visuals) -> [f32; 4] {
        self.studio.as_ref().map_or([0.0; 4], |studio| studio.clear_color(visuals))
    }
}

impl Drop for Window {
    /// The one way out of eframe that holds when it panics too: egui's renderer does when the device goes between the
    /// end of [`Window::ui`] and the upload of the frame's triangles.
    fn drop(&mut self) {
        let Some(studio) = self.studio.take() else { return };
        let broke_off = std::thread::panicking() && studio.device_loss().is_lost();
        if studio.asks_to_be_reopened() || broke_off {
            self.way_out.replace(Some(studio));
        }
    }
}

/// There is no further window: why, what is to be done, and where the work is.
fn given_up(why: &str, parked: Parked) -> anyhow::Error {
    let work = parked.give_up().map_or_else(String::new, |work| format!("\n{work}"));
    anyhow!("the graphics device was lost; {why}\nRestart the computer, or update the graphics driver.{work}")
}

/// Where synthetic scans of a window come from: the worker's thread with a model, by name or file.
pub fn synthesis_source(model: Option<String>, device: DeviceChoice) -> SynthesisSource {
    SynthesisSource::Model(SynthesisSetup::new(model, device))
}

/// A device that the networks can share, and as few frames in flight as the system allows: the brush
/// must not lag behind the pointer. `loss` is set once there is a device.
fn graphics(loss: &Arc<OnceLock<DeviceLoss>>) -> WgpuConfiguration {
    let usual = WgpuConfiguration::default();
    let (loss, on_surface_status) = (Arc::clone(loss), usual.on_surface_status);
    WgpuConfiguration {
        wgpu_setup: shareable_setup(),
        // A surface that went with its device cannot be made anew on it.
        on_surface_status: Arc::new(move |status| match loss.get().is_some_and(DeviceLoss::is_lost) {
            true => SurfaceErrorAction::SkipFrame,
            false => on_surface_status(status),
        }),
        surface: SurfaceConfig::LOW_LATENCY,
    }
}

fn icon() -> Option<IconData> {
    let image = image::load_from_memory_with_format(ICON, image::ImageFormat::Png).ok()?.into_rgba8();
    Some(IconData { width: image.width(), height: image.height(), rgba: image.into_raw() })
}

/// What is missing, and what works without it.
fn explain(error: eframe::Error) -> anyhow::Error {
    let driver = probe::found().complaint.as_ref().map_or_else(String::new, |why| format!("\n{why}"));
    anyhow!(
        "{}{driver}\nThe command line works without a window: `retidiff --help` lists what it does.",
        reason(&error)
    )
}

/// What is missing for a window.
fn reason(error: &eframe::Error) -> String {
    let missing = match error {
        eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_) => {
            "there is no display to open a window on (on Linux, DISPLAY or WAYLAND_DISPLAY must name one)"
        }
        eframe::Error::Wgpu(_) => {
            "there is no graphics driver that can draw the window (Vulkan or OpenGL; on Debian and Ubuntu \
             the package mesa-vulkan-drivers brings one that needs no graphics card)"
        }
        _ => "the window could not be opened",
    };
    let words = error.to_string();
    let words = match error {
        // It puts the position in its own source before what it has to say.
        eframe::Error::WinitEventLoop(_) => words.rsplit(": ").next().unwrap_or(&words),
        _ => words.trim_end_matches(": {}"),
    };
    format!("{missing}: {words}")
}
