//! The window: its state, and the order in which a frame reads and changes it.

use std::path::PathBuf;

use eframe::egui::{Context, Ui, ViewportCommand};

use super::action::Action;
use super::chrome::Chrome;
use super::commands::keymap;
use super::fitting;
use super::notices::{Notices, Severity, Topic};
use super::page::Page;
use super::pages::Pages;
use super::preferences::PreferenceFile;
use super::reopening::WindowGraphics;
use super::settings::PanelSettings;
use super::top_bar;
use super::typing;
use crate::document::{Command, Document};
use crate::mask::Mask;
use crate::scan::{BScan, GreyImage};
use crate::studio::editor::context::EditorContext;
use crate::studio::editor::look::Comparison;
use crate::studio::editor::page::EditorPage;
use crate::studio::editor::panes::plate_of;
use crate::studio::editor::session::EditorSession;
use crate::studio::editor::tools::{ToolContext, Toolbox};
use crate::studio::files::documents::Documents;
use crate::studio::files::{Files, samples};
use crate::studio::generate::GeneratePage;
use crate::studio::review::{ReviewAction, ReviewPlace};
use crate::studio::stage::kiosk::Kiosk;
use crate::studio::stage::{CasesAction, CasesPage, is_for_cases};
use crate::studio::synthesis::new_mask::NewMasks;
use crate::studio::synthesis::pane::SynthesisPane;
use crate::studio::synthesis::setup::SynthesisSetup;
pub use crate::studio::synthesis::setup::SynthesisSource;
use crate::studio::synthesis::thread::{News, Synthesis};
use crate::studio::texts::{self, LanguageChoice, text};
use crate::studio::training::{TrainingAction, TrainingPage};
use crate::studio::widgets::{busy_mark, theme};

/// What a window is opened with.
pub struct AppOptions {
    /// A file to open; without it the first sample.
    pub open: Option<PathBuf>,
    /// Folder of the journal, the undo histories, the settings, the runs and the models; without it nothing is kept.
    pub data_folder: Option<PathBuf>,
    /// Where synthetic scans come from.
    pub synthesis: SynthesisSource,
}

/// The studio.
pub struct Studio {
    pub(in crate::studio) context: Context,
    pub(in crate::studio) session: EditorSession,
    pub(in crate::studio) settings: PanelSettings,
    pub(in crate::studio) editor: EditorPage,
    pub(in crate::studio) synthesis: SynthesisPane,
    pub(in crate::studio) pages: Pages,
    pub(in crate::studio) documents: Documents,
    pub(in crate::studio) chrome: Chrome,
    pub(in crate::studio) graphics: WindowGraphics,
    /// While it is there, the window shows nothing else.
    pub(in crate::studio) kiosk: Option<Box<Kiosk>>,
}

impl Studio {
    /// Builds the studio inside a window or an off-screen harness.
    pub fn new(creation: &eframe::CreationContext<'_>, options: AppOptions) -> Self {
        let context = creation.egui_ctx.clone();
        theme::install(&context);
        typing::install(&context);
        let graphics = WindowGraphics::of(creation.wgpu_render_state.as_ref());
        busy_mark::learn_driver(&context, creation.wgpu_render_state.as_ref());
        // What the settings say is not read yet, and reading them may fail.
        texts::speak(LanguageChoice::System.language());
        let mut notices = Notices::default();
        let session = EditorSession::new(first_document(&mut notices), None);
        let history_folder = options.data_folder.as_ref().map(|folder| folder.join("history"));
        let kept = options.data_folder.as_deref().map(PreferenceFile::open);
        let (preferences, preference_file, complaint) = kept.unwrap_or_default();
        if let Some(complaint) = complaint {
            notices.add(Severity::Warning, complaint);
        }
        texts::speak(preferences.language.language());
        let synthesis = match options.synthesis {
            SynthesisSource::Model(setup) if setup.remote.is_none() => {
                SynthesisSource::Model(setup.computing_on(preferences.remote_command()))
            }
            source => source,
        };
        let mut studio = Self {
            session,
            settings: preferences.panels.clone(),
            editor: EditorPage::default(),
            synthesis: SynthesisPane::new(synthesis),
            pages: Pages::new(&context, options.data_folder.as_deref(), preferences.reviewer.clone()),
            documents: Documents::new(Files::new(context.clone(), history_folder)),
            chrome: Chrome::new(notices, preferences, preference_file),
            graphics,
            kiosk: None,
            context,
        };
        studio.graphics.reopening.wake_with(&studio.context);
        studio.synthesis.start(&studio.context, studio.graphics.shared.clone());
        keymap::publish(&studio.context, studio.chrome.keymap.clone());
        studio.context.set_zoom_factor(studio.chrome.preferences.scale);
        studio.look_at_what_was_left(options.data_folder.as_deref(), options.open.as_deref());
        if let Some(path) = options.open {
            studio.perform(Action::OpenPath(path));
        }
        studio
    }

    /// The open document.
    pub fn session(&self) -> &EditorSession {
        &self.session
    }

    /// The page shown.
    pub fn page(&self) -> Page {
        self.chrome.page
    }

    /// The page of designed cases.
    pub fn cases(&self) -> &CasesPage {
        &self.pages.cases
    }

    /// The state of the panels.
    pub fn settings(&self) -> &PanelSettings {
        &self.settings
    }

    /// The training page.
    pub fn training(&self) -> &TrainingPage {
        &self.pages.training
    }

    /// The training page, to change how it trains.
    pub fn training_mut(&mut self) -> &mut TrainingPage {
        &mut self.pages.training
    }

    /// The page of batch generation.
    pub fn generate(&self) -> &GeneratePage {
        &self.pages.generate
    }

    /// The page of batch generation, to change how it generates.
    pub fn generate_mut(&mut self) -> &mut GeneratePage {
        &mut self.pages.generate
    }

    /// What the picture of the synthetic pane says that it is.
    pub fn plate(&self) -> &'static str {
        plate_of(&self.synthesis.thread)
    }

    /// The state of the strip of new masks.
    pub fn new_masks(&self) -> &NewMasks {
        &self.synthesis.new_mask
    }

    /// How the synthesis stands.
    pub fn synthesis(&self) -> &Synthesis {
        &self.synthesis.thread
    }

    /// How synthetic scans are made from now on.
    pub fn synthesis_setup(&self) -> SynthesisSetup {
        self.synthesis.setup()
    }

    /// Screen position of a point of the image in the left pane.
    pub fn screen_from_image(&self, point_in_image: [f32; 2]) -> eframe::egui::Pos2 {
        self.editor.view.screen_from_image(self.editor.panes[0], point_in_image)
    }

    /// Whether files are being read or written.
    pub fn is_waiting_for_files(&self) -> bool {
        self.documents.files.is_busy()
    }

    /// Whether small pictures of B-scans in sight are still being made.
    pub fn is_drawing_thumbnails(&self) -> bool {
        self.editor.filmstrip.is_drawing()
    }

    /// Whether an interpolation is under way.
    pub fn is_interpolating(&self) -> bool {
        self.editor.interpolating.is_some()
    }

    /// Whether all B-scans are being traced.
    pub fn is_labelling_volume(&self) -> bool {
        self.editor.volume_tracing.progress().is_some()
    }

    /// The figures of the page shown, while they are asked for.
    pub fn measured(&self) -> Option<&crate::mask::Measurements> {
        self.editor.measuring.measured()
    }

    /// The first error on display.
    pub fn first_error(&self) -> Option<&str> {
        self.chrome
            .notices
            .iter()
            .find(|notice| notice.severity == Severity::Error)
            .map(|notice| notice.text.as_str())
    }

    /// Shows why something could not begin, if it could not; the card goes when the same thing succeeds. That it has
    /// begun is no success yet.
    pub(in crate::studio) fn report(&mut self, topic: Topic, outcome: Result<(), String>) {
        if let Err(message) = outcome {
            self.chrome.notices.fail(topic, message);
        }
    }

    /// Shows why something failed, if it did; else the cards of earlier tries go.
    pub(in crate::studio) fn conclude(&mut self, topic: Topic, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => self.chrome.notices.succeed(topic),
            Err(message) => self.chrome.notices.fail(topic, message),
        }
    }

    /// Lets the page of the editor work on what the window has, and does what it asks for.
    pub(in crate::studio) fn with_editor<R>(
        &mut self,
        work: impl FnOnce(&mut EditorPage, &mut EditorContext<'_>, &mut Vec<Action>) -> R,
    ) -> R {
        let is_covered = self.panes_are_covered();
        let mut context = EditorContext {
            window: &self.context,
            session: &mut self.session,
            settings: &mut self.settings,
            synthesis: &mut self.synthesis,
            notices: &mut self.chrome.notices,
            pass: self.graphics.pass.as_ref(),
            is_covered,
            side_panel_shown: self.chrome.preferences.side_panel_shown,
        };
        let mut actions = Vec::new();
        let result = work(&mut self.editor, &mut context, &mut actions);
        for action in actions {
            self.perform(action);
        }
        result
    }

    /// Lets the tools work on the document and does what they ask the window for.
    pub(in crate::studio) fn with_tools<R>(
        &mut self,
        work: impl FnOnce(&mut Toolbox, &mut ToolContext<'_>) -> R,
    ) -> R {
        self.with_editor(|editor, context, actions| editor.with_tools(context, actions, work))
    }

    fn take_synthesis(&mut self) {
        for news in self.synthesis.news() {
            match news {
                News::Picture(picture) => {
                    if let Some(request) = self.synthesis.thread.request_of(&picture) {
                        self.synthesis.recent.keep(request, &picture, &self.context);
                    }
                    self.editor.show_synthetic(&picture.image);
                }
                News::Comparison => self.chrome.notices.succeed(Topic::Comparison),
                News::Exported { path, image, provenance } => {
                    let number = self.documents.flow.document();
                    let outcome = self.documents.files.export_image(number, image, provenance, path);
                    self.report(Topic::Export, outcome);
                }
                News::Kept { document_number, page, synthesis } => {
                    self.chrome.notices.succeed(Topic::Keep);
                    if document_number == self.session.document_number() {
                        self.perform(Action::Edit(Command::KeepSynthesis { page, synthesis }));
                        self.chrome.notices.add(Severity::Info, text!("notice-kept"));
                    }
                }
                // The kiosk that wished for it is gone.
                News::ForGame { .. } => {}
                News::ForStage { number, outcome } => self.pages.cases.take_scan(number, outcome),
                News::ForReview { image, provenance } => {
                    self.chrome.notices.succeed(Topic::ReviewScan);
                    self.pages.review.take_synthesised(image, provenance);
                }
                News::Failed { topic: Some(topic), message } => self.chrome.notices.fail(topic, message),
                News::Failed { topic: None, message } => self.chrome.notices.add(Severity::Error, message),
                News::HostBack(message) => {
                    self.chrome.notices.succeed(Topic::Remote);
                    self.chrome.notices.add(Severity::Info, message);
                }
                News::Notice(message) => self.chrome.notices.add(Severity::Info, message),
            }
        }
    }

    fn take_drops(&mut self, ui: &Ui) {
        let dropped: Vec<PathBuf> =
            ui.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect());
        match dropped.first() {
            Some(folder) if self.page() == Page::Review => {
                self.perform(Action::Review(ReviewAction::Use(ReviewPlace::Set, folder.clone())));
            }
            Some(_) if self.page() == Page::Cases && dropped.iter().all(|path| is_for_cases(path)) => {
                self.perform(Action::Cases(CasesAction::Take(dropped)));
            }
            Some(_) if self.page() == Page::Training && self.pages.training.collects_inputs() => {
                self.perform(Action::Training(TrainingAction::AddInputs(dropped)));
            }
            Some(_) => self.perform(Action::OpenDropped(dropped)),
            None => {}
        }
    }

    fn set_title(&mut self, ui: &Ui) {
        let mark = if self.session.editor.has_unsaved_changes() { "• " } else { "" };
        let title = format!("{mark}{} – RetiDiff Studio", top_bar::display_place(&self.session));
        if title != self.chrome.title {
            ui.ctx().send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.chrome.title = title;
        }
    }
}

impl eframe::App for Studio {
    fn logic(&mut self, context: &Context, _frame: &mut eframe::Frame) {
        self.follow_device(context);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        texts::speak(self.chrome.preferences.language.language());
        if self.asks_to_be_reopened() || self.show_kiosk(ui) {
            return;
        }
        fitting::fit(ui.ctx(), self.chrome.preferences.scale);
        self.take_file_events();
        self.take_drops(ui);
        self.with_editor(|editor, context, _| editor.refresh_textures(context));
        self.take_synthesis();
        self.with_editor(|editor, context, _| editor.refresh_comparison(context));
        self.with_editor(|editor, context, actions| editor.take_trace(context, actions));
        self.with_editor(|editor, context, _| editor.take_interpolation(context));
        self.with_editor(|editor, context, _| editor.take_volume_labels(context));
        self.with_editor(|editor, context, _| editor.refresh_facts(context));
        self.synthesis.new_mask.take_events(ui.ctx());
        self.settings.table = self.session.editor.document().labels.clone();
        theme::use_labels(&self.settings.table);
        self.follow_runs();
        self.follow_review();
        if self.panes_are_covered() {
            // A gesture that is held when a dialog comes ends where it is.
            self.with_tools(|tools, context| tools.release(context));
        }

        let mut actions = Vec::new();
        self.show_bars(ui, &mut actions);
        match self.page() {
            Page::Editor => self.show_editor(ui, &mut actions),
            Page::Cases => self.show_cases(ui, &mut actions),
            Page::Generate => self.show_generate(ui, &mut actions),
            Page::Review => self.show_review(ui, &mut actions),
            Page::Training => self.show_training(ui, &mut actions),
        }
        self.hide_covered_tooltips();
        self.show_dialogs(&mut actions);
        for action in actions {
            self.perform(action);
        }
        if !self.editor.facts.is_bare && self.settings.look.comparison != Comparison::Alone {
            self.synthesis.thread.follow(&self.session, &self.settings);
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
        notices.add(Severity::Error, text!("notice-sample-damaged", %error));
        let (width, height) = (512, 496);
        let image = GreyImage::new(width, height, vec![0; (width * height) as usize]);
        Document::from_scan(BScan::from_image(image, text!("shell-blank")), Mask::unannotated(width, height))
    })
}
