//! The window: its state, and the order in which a frame reads and changes it.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::{Context, Rect as ScreenRect, Ui, ViewportCommand};

use super::action::Action;
use super::commands::keymap::{self, Keymap};
use super::dialogs::Dialogs;
use super::notices::{Notices, Severity};
use super::preferences::{PreferenceFile, Preferences};
use super::reopening::{self, Reopening};
use super::settings::Settings;
use super::top_bar;
use crate::document::{Command, Document};
use crate::formats::journal::{Journal, Recovery};
use crate::mask::{Mask, order_violations};
use crate::scan::{BScan, GreyImage, Rect};
use crate::studio::editor::canvas::pass::{CanvasPass, PaneTextures};
use crate::studio::editor::canvas::view::ViewTransform;
use crate::studio::editor::en_face::EnFace;
use crate::studio::editor::look::{Comparison, Tab};
use crate::studio::editor::measuring::Measuring;
use crate::studio::editor::session::{Probe, Session};
use crate::studio::editor::slices::Interpolating;
use crate::studio::editor::thumbnails::Thumbnails;
use crate::studio::editor::tools::{Toolbox, Workbench};
use crate::studio::editor::tracing::Tracing;
use crate::studio::files::Files;
use crate::studio::files::keeping::Arrived;
use crate::studio::files::opening::LabelQuestion;
use crate::studio::files::path_dialog::PathQuestion;
use crate::studio::files::samples;
use crate::studio::flow::DocumentFlow;
use crate::studio::synthesis::new_mask::NewEye;
use crate::studio::synthesis::recent::Recent;
use crate::studio::synthesis::thread::{News, Synthesis};
use crate::studio::training::{Training, TrainingPlaces};
use crate::studio::widgets::{busy_mark, theme};
use crate::worker::wake::Wake;
use crate::worker::{PictureImage, SharedGpu, SynthesisWorker};

/// Starts the synthesis thread, given how to wake the window and the window's graphics device; again when that
/// device was lost and made anew.
pub type StartSynthesis = Box<dyn Fn(Wake, Option<SharedGpu>) -> std::io::Result<SynthesisWorker>>;

/// Where synthetic scans come from.
pub enum SynthesisSource {
    /// A thread that is started with the window.
    Worker(StartSynthesis),
    /// Nowhere, and why.
    None(String),
}

/// What a window is opened with.
pub struct AppOptions {
    /// A file to open; without it the first sample.
    pub open: Option<PathBuf>,
    /// Folder of the journal, the undo histories, the settings, the runs and the models; without it nothing is kept.
    pub data_folder: Option<PathBuf>,
    pub synthesis: SynthesisSource,
}

/// The textures of both panes.
pub(in crate::studio) struct Textures {
    pub editor: PaneTextures,
    pub synthetic: PaneTextures,
    view_number: u64,
    /// Of the rival that stands in for the scan.
    rival_version: u64,
    /// The other grader whose labels lie beside the page's own.
    second_grader: Option<Arc<Mask>>,
}

/// What the window says about the page shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::studio) struct PageFacts {
    /// View number and revision the rest was found for.
    known_for: Option<(u64, u64)>,
    /// Nothing is annotated, so no brush can paint.
    pub is_bare: bool,
    /// Columns whose layers are out of order.
    pub disordered_columns: usize,
}

/// The studio.
pub struct Studio {
    pub(in crate::studio) context: Context,
    pub(in crate::studio) session: Session,
    pub(in crate::studio) settings: Settings,
    pub(in crate::studio) view: ViewTransform,
    pub(in crate::studio) tools: Toolbox,
    /// Whether the gesture under way began on the left pane.
    pub(in crate::studio) pointer_on_editor: bool,
    /// Whether two fingers have the scan, until all are lifted.
    pub(in crate::studio) pinching: bool,
    /// The panes of the last frame on the screen.
    pub(in crate::studio) panes: [ScreenRect; 2],
    pub(in crate::studio) pass: Option<CanvasPass>,
    pub(in crate::studio) textures: Option<Textures>,
    pub(in crate::studio) synthesis: Synthesis,
    /// Starts its thread; nothing where there is none.
    pub(in crate::studio) start_synthesis: Option<StartSynthesis>,
    pub(in crate::studio) recent: Recent,
    pub(in crate::studio) tracing: Tracing,
    pub(in crate::studio) shared_gpu: Option<SharedGpu>,
    /// What happens when the window's graphics device is lost.
    pub(in crate::studio) reopening: Reopening,
    pub(in crate::studio) training: Training,
    /// Name of the model that was chosen on the training page.
    pub(in crate::studio) model_in_use: Option<String>,
    /// The student that was chosen there to draw its drafts.
    pub(in crate::studio) student_in_use: Option<PathBuf>,
    /// Whether runs at work were asked about and go on without the window.
    pub(in crate::studio) runs_may_go_on: bool,
    pub(in crate::studio) files: Files,
    /// Decides about saving, closing, opening and restoring.
    pub(in crate::studio) flow: DocumentFlow<Box<Arrived>, Recovery>,
    pub(in crate::studio) journal: Option<Journal>,
    pub(in crate::studio) notices: Notices,
    pub(in crate::studio) dialogs: Dialogs,
    pub(in crate::studio) new_eye: NewEye,
    pub(in crate::studio) preferences: Preferences,
    pub(in crate::studio) preference_file: PreferenceFile,
    /// The keys in force.
    pub(in crate::studio) keymap: Arc<Keymap>,
    pub(in crate::studio) path_question: Option<PathQuestion>,
    /// Images of which the user is asked whether they are labels, the oldest first.
    pub(in crate::studio) label_questions: Vec<LabelQuestion>,
    /// The figures of the page shown.
    pub(in crate::studio) measuring: Measuring,
    pub(in crate::studio) en_face: EnFace,
    pub(in crate::studio) thumbnails: Thumbnails,
    /// View number for which the row of B-scans was scrolled.
    pub(in crate::studio) filmstrip_at: Option<u64>,
    pub(in crate::studio) interpolating: Option<Interpolating>,
    /// Where the grip of a wipe was drawn: what is pressed there is not meant for a tool.
    pub(in crate::studio) wipe_grip: Option<ScreenRect>,
    facts: PageFacts,
    /// As the window shows it.
    pub(in crate::studio) title: String,
}

impl Studio {
    /// Builds the studio inside a window or an off-screen harness.
    pub fn new(creation: &eframe::CreationContext<'_>, options: AppOptions) -> Self {
        let context = creation.egui_ctx.clone();
        theme::install(&context);
        let graphics = creation.wgpu_render_state.as_ref();
        let (shared_gpu, loss) = reopening::device_of(graphics);
        busy_mark::learn_driver(&context, graphics);
        let pass = graphics.map(CanvasPass::new);
        let (synthesis, start_synthesis) = match options.synthesis {
            SynthesisSource::None(reason) => (Synthesis::without_worker(reason), None),
            SynthesisSource::Worker(start) => (Synthesis::without_worker(String::new()), Some(start)),
        };
        let places = options.data_folder.as_deref().and_then(TrainingPlaces::in_folder);
        let training = Training::new(context.clone(), places);
        let mut notices = Notices::default();
        let session = Session::new(first_document(&mut notices), None);
        let history_folder = options.data_folder.as_ref().map(|folder| folder.join("history"));
        let kept = options.data_folder.as_deref().map(PreferenceFile::open);
        let (preferences, preference_file, complaint) = kept.unwrap_or_default();
        if let Some(complaint) = complaint {
            notices.add(Severity::Warning, complaint);
        }
        let mut studio = Self {
            tracing: Tracing::default(),
            files: Files::new(context.clone(), history_folder),
            context,
            session,
            settings: preferences.panels.clone(),
            view: ViewTransform::default(),
            tools: Toolbox::default(),
            pointer_on_editor: true,
            pinching: false,
            panes: [ScreenRect::NOTHING; 2],
            pass,
            textures: None,
            synthesis,
            start_synthesis,
            recent: Recent::default(),
            shared_gpu,
            reopening: Reopening::of(loss),
            training,
            model_in_use: None,
            student_in_use: None,
            runs_may_go_on: false,
            flow: DocumentFlow::default(),
            journal: None,
            notices,
            dialogs: Dialogs::default(),
            new_eye: NewEye::default(),
            keymap: Arc::new(Keymap::new(preferences.keymap.clone())),
            preferences,
            preference_file,
            path_question: None,
            label_questions: Vec::new(),
            measuring: Measuring::default(),
            en_face: EnFace::default(),
            thumbnails: Thumbnails::default(),
            filmstrip_at: None,
            interpolating: None,
            wipe_grip: None,
            facts: PageFacts::default(),
            title: String::new(),
        };
        studio.reopening.wake_with(&studio.context);
        studio.start_worker();
        keymap::publish(&studio.context, studio.keymap.clone());
        studio.context.set_zoom_factor(studio.preferences.scale);
        studio.look_at_what_was_left(options.data_folder.as_deref(), options.open.as_deref());
        if let Some(path) = options.open {
            studio.perform(Action::OpenPath(path));
        }
        studio
    }

    /// The open document.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The state of the panels.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The training page.
    pub fn training(&self) -> &Training {
        &self.training
    }

    /// The training page, to change how it trains.
    pub fn training_mut(&mut self) -> &mut Training {
        &mut self.training
    }

    /// How the synthesis stands.
    pub fn synthesis(&self) -> &Synthesis {
        &self.synthesis
    }

    /// Screen position of a point of the image in the left pane.
    pub fn screen_from_image(&self, point_in_image: [f32; 2]) -> eframe::egui::Pos2 {
        self.view.screen_from_image(self.panes[0], point_in_image)
    }

    /// Whether files are being read or written.
    pub fn is_waiting_for_files(&self) -> bool {
        self.files.is_busy()
    }

    /// Whether small pictures of B-scans in sight are still being made.
    pub fn is_drawing_thumbnails(&self) -> bool {
        self.thumbnails.are_waiting()
    }

    /// The figures of the page shown, while they are asked for.
    pub fn measured(&self) -> Option<&crate::mask::Measurements> {
        self.measuring.measured()
    }

    /// The first error on display.
    pub fn first_error(&self) -> Option<&str> {
        self.notices
            .iter()
            .find(|notice| notice.severity == Severity::Error)
            .map(|notice| notice.text.as_str())
    }

    /// Starts the synthesis thread anew, where there is any; the one before ends.
    pub(in crate::studio) fn start_worker(&mut self) {
        let context = self.context.clone();
        let wake: Wake = Arc::new(move || context.request_repaint());
        if let Some(start) = &self.start_synthesis {
            self.synthesis = Synthesis::with_worker(start(wake, self.shared_gpu.clone()));
        }
    }

    /// Shows an error, if there is one.
    pub(in crate::studio) fn report(&mut self, outcome: Result<(), String>) {
        if let Err(message) = outcome {
            self.notices.add(Severity::Error, message);
        }
    }

    /// Lets the tools work on the document and does what they ask the window for.
    pub(in crate::studio) fn with_tools<R>(
        &mut self,
        work: impl FnOnce(&mut Toolbox, &mut Workbench<'_>) -> R,
    ) -> R {
        let mut bench = Workbench::new(&mut self.session, &mut self.settings, self.view.scale());
        let result = work(&mut self.tools, &mut bench);
        let outcome = bench.into_outcome();
        self.redraw(outcome.dirty);
        if let Some(complaint) = outcome.complaint {
            self.notices.add(Severity::Error, complaint);
        }
        for action in outcome.actions {
            self.perform(action);
        }
        result
    }

    /// Queues a rectangle of the mask for the screen.
    pub(in crate::studio) fn redraw(&mut self, dirty: Rect) {
        if let Some(textures) = &self.textures
            && textures.view_number == self.session.view_number()
        {
            let mask = &self.session.page().mask;
            textures.editor.set_labels(mask, dirty);
            textures.synthetic.set_labels(mask, dirty);
        }
    }

    /// Makes the textures anew when another page is shown.
    pub(in crate::studio) fn refresh_textures(&mut self) {
        let view_number = self.session.view_number();
        if self.pass.is_none() {
            return;
        }
        let page = self.session.page();
        if let Some(textures) = self.textures.as_mut().filter(|textures| textures.view_number == view_number)
        {
            let is_same = match (&textures.second_grader, &page.second_grader) {
                (Some(shown), Some(now)) => Arc::ptr_eq(shown, now),
                (shown, now) => shown.is_none() && now.is_none(),
            };
            if !is_same {
                textures.second_grader = page.second_grader.clone();
                textures.editor.set_other_labels(page.second_grader.as_deref());
                textures.synthetic.set_other_labels(page.second_grader.as_deref());
            }
            return;
        }
        self.new_eye.follow(&self.context, page);
        self.make_textures();
        self.view.fit();
        self.apply_proportions();
        self.synthesis.look_at(view_number);
        self.context.request_repaint();
    }

    /// The textures of the page shown, the synthetic scan still black.
    pub(in crate::studio) fn make_textures(&mut self) {
        let Some(pass) = &self.pass else { return };
        let page = self.session.page();
        let image = &page.scan.image;
        let black = GreyImage::new(image.width, image.height, vec![0; image.pixels.len()]);
        let mut editor = PaneTextures::new(pass, image, &page.mask);
        editor.set_other_labels(page.second_grader.as_deref());
        let mut synthetic = PaneTextures::new(pass, &black, &page.mask);
        synthetic.set_other_labels(page.second_grader.as_deref());
        let (view_number, second_grader) = (self.session.view_number(), page.second_grader.clone());
        self.textures = Some(Textures { editor, synthetic, view_number, second_grader, rival_version: 0 });
    }

    pub(in crate::studio) fn apply_proportions(&mut self) {
        let spacing = self.session.page().scan.spacing;
        let stretch = match spacing {
            Some(spacing) if self.settings.true_proportions => {
                spacing.lateral_um_per_px / spacing.axial_um_per_px
            }
            _ => 1.0,
        };
        self.view.set_stretch(stretch);
    }

    /// What is known of the page shown.
    pub(in crate::studio) fn facts(&self) -> PageFacts {
        self.facts
    }

    /// Looks at the page anew after a change; not during a stroke, which must not wait for it.
    fn know_page(&mut self) {
        let now = (self.session.view_number(), self.session.editor.revision());
        if self.facts.known_for != Some(now) && !self.session.editor.is_step_open() {
            // The size of a pixel may have been told, or the telling undone.
            self.apply_proportions();
            let violations = order_violations(&self.session.page().mask.layers);
            self.facts = PageFacts {
                known_for: Some(now),
                is_bare: self.session.is_bare(),
                disordered_columns: violations.into_iter().filter(|violated| *violated).count(),
            };
        }
    }

    /// Measures what the window shows figures of, as far as a frame has time for it.
    pub(in crate::studio) fn measure(&mut self) {
        let look = &self.settings.look;
        let mut goes_on = false;
        if look.tab == Tab::Measure || look.profile {
            // The panel was drawn before the pointer worked: it shows the new figures in the next frame.
            goes_on |= self.measuring.is_behind(&self.session);
            goes_on |= self.measuring.follow(&self.session);
        }
        if look.tab == Tab::Volume {
            goes_on |= self.en_face.follow(&self.session, &self.context);
        }
        if goes_on {
            self.context.request_repaint();
        }
    }

    fn take_synthesis(&mut self) {
        for news in self.synthesis.news() {
            match news {
                News::Picture(picture) => {
                    if let Some(request) = self.synthesis.request_of(&picture) {
                        self.recent.keep(request, &picture, &self.context);
                    }
                    let Some(textures) = &mut self.textures else { continue };
                    match &picture.image {
                        PictureImage::Cpu(image) => textures.synthetic.set_image(image),
                        #[cfg(feature = "gpu")]
                        PictureImage::Gpu { texture, .. } => textures.synthetic.set_texture(texture),
                    };
                }
                News::Rival => {}
                News::Exported { path, image, provenance } => {
                    let number = self.flow.document();
                    let outcome = self.files.export_image(number, image, provenance, path);
                    self.report(outcome);
                }
                News::Kept { document_number, page, synthesis } => {
                    if document_number == self.session.document_number() {
                        self.perform(Action::Edit(Command::KeepSynthesis { page, synthesis }));
                        self.notices.add(Severity::Info, "The synthetic scan is kept with the document.");
                    }
                }
                News::Failed(message) => self.notices.add(Severity::Error, message),
            }
        }
    }

    /// Lets the rival of a comparison stand in for the scan in the left pane, or brings the scan back.
    fn refresh_rival(&mut self) {
        self.synthesis.follow_rival();
        let version = self.synthesis.rival.version();
        let Some(textures) = &mut self.textures else { return };
        if textures.rival_version == version {
            return;
        }
        textures.rival_version = version;
        match self.synthesis.rival.picture().map(|picture| picture.image) {
            None => textures.editor.set_image(&self.session.page().scan.image),
            Some(PictureImage::Cpu(image)) => textures.editor.set_image(&image),
            #[cfg(feature = "gpu")]
            Some(PictureImage::Gpu { texture, .. }) => textures.editor.set_texture(&texture),
        };
        self.context.request_repaint();
    }

    fn take_drops(&mut self, ui: &Ui) {
        let dropped: Vec<PathBuf> =
            ui.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect());
        if !dropped.is_empty() {
            self.perform(Action::OpenDropped(dropped));
        }
    }

    fn set_title(&mut self, ui: &Ui) {
        let mark = if self.session.editor.has_unsaved_changes() { "• " } else { "" };
        let title = format!("{mark}{} – RetiDiff Studio", top_bar::display_name(&self.session));
        if title != self.title {
            ui.ctx().send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    pub(in crate::studio) fn probe(&self, ui: &Ui) -> Option<Probe> {
        let pointer = ui.input(|input| input.pointer.hover_pos())?;
        let pane = self.panes.iter().find(|pane| pane.contains(pointer))?;
        self.session.probe(self.view.image_from_screen(*pane, pointer))
    }
}

impl eframe::App for Studio {
    fn logic(&mut self, context: &Context, _frame: &mut eframe::Frame) {
        self.follow_device(context);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        if self.asks_to_be_reopened() {
            return;
        }
        self.take_file_events();
        self.take_drops(ui);
        self.refresh_textures();
        self.take_synthesis();
        self.refresh_rival();
        self.take_trace();
        self.take_interpolation();
        self.know_page();
        self.new_eye.take_events(ui.ctx());
        self.settings.table = self.session.editor.document().labels.clone();
        theme::use_labels(&self.settings.table);
        self.follow_training();
        if self.panes_are_covered() {
            // A gesture that is held when a dialog comes ends where it is.
            self.with_tools(|tools, bench| tools.let_go(bench));
        }

        let mut actions = Vec::new();
        self.show_bars(ui, &mut actions);
        if self.training.shown {
            self.show_training(ui, &mut actions);
        } else {
            self.show_editor(ui, &mut actions);
        }
        self.hide_covered_tooltips();
        self.show_dialogs(&mut actions);
        for action in actions {
            self.perform(action);
        }
        if !self.facts.is_bare && self.settings.look.comparison != Comparison::Alone {
            self.synthesis.follow(&self.session, &self.settings);
        }
        // After all that this frame's pointer and keys have changed.
        self.take_close_request(ui);
        self.keep_journal();
        self.keep_preferences();
        self.set_title(ui);
    }

    fn clear_color(&self, _visuals: &eframe::egui::Visuals) -> [f32; 4] {
        theme::CANVAS.to_normalized_gamma_f32()
    }
}

/// The first sample; a blank scan should it be damaged.
fn first_document(notices: &mut Notices) -> Document {
    samples::ALL[0].document().unwrap_or_else(|error| {
        notices.add(Severity::Error, format!("The bundled sample cannot be shown: {error}"));
        let (width, height) = (512, 496);
        let image = GreyImage::new(width, height, vec![0; (width * height) as usize]);
        Document::from_scan(BScan::from_image(image, "Blank"), Mask::unannotated(width, height))
    })
}
