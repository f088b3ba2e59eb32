//! What actions do: the one place where the user's wishes become changes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::action::Action;
use super::app::Studio;
use super::notices::Severity;
use super::pages::Page;
use super::top_bar::display_name;
use crate::anatomy::ABOVE_ILM;
use crate::document::{self, Appearance, Command, LabelOrigin};
use crate::formats::case_file::CASE_ENDING;
use crate::formats::label_png::CodeScheme;
use crate::formats::measurement_csv;
use crate::formats::sector_files::SectorFile;
use crate::mask::{Mask, Measurements, beside_locked};
use crate::scan::Calibration;
use crate::serve::CommandLine;
use crate::studio::editor::session::Session;
use crate::studio::editor::tools::image_size;
use crate::studio::editor::tracing::TraceNews;
use crate::studio::files::choosing::Purpose;
use crate::studio::files::figure_export::FigureOf;
use crate::studio::files::samples;
use crate::studio::flow::Event;
use crate::studio::generate::GenerateAction;
use crate::studio::synthesis::new_mask;
use crate::studio::synthesis::recent;
use crate::studio::texts::text;
use crate::worker::LoadedModel;

/// Seeds drawn by Reroll stay below this, so that they can be read and typed.
const SEED_RANGE: u64 = 1_000_000;
/// Points an image pixel at which a doubt of the trace is shown at most.
const CLOSEST_DOUBT: f32 = 4.0;

impl Studio {
    /// Does what was asked for.
    pub fn perform(&mut self, action: Action) {
        match action {
            Action::Open => self.choose(Purpose::Open),
            Action::OpenFolder => self.choose_folder(),
            Action::AnswerBeforeReading(answer) => self.answer_before_reading(answer),
            Action::CancelReading => self.cancel_reading(),
            Action::OpenPath(path) => self.open_paths(vec![path]),
            Action::OpenRecent(path) => self.read_in_place(vec![path]),
            Action::OpenDropped(paths) => self.open_paths(paths),
            Action::LoadLabels => self.choose(Purpose::OpenLabels),
            Action::LoadLabelsFrom(path) => self.load_labels_from(path),
            Action::AnswerLabels(answer) => self.answer_about_labels(answer),
            Action::AnswerMapping(answer) => self.answer_mapping(answer),
            Action::OpenSample(index) => self.open_sample(index),
            Action::Save => self.drive(Event::Save),
            Action::SaveAs => self.drive(Event::SaveAs),
            Action::SaveTo(path) => self.drive(Event::SaveTo(path)),
            Action::ExportMask(scheme) => self.choose(Purpose::ExportMask(scheme)),
            Action::Export(action) => self.perform_export(action),
            Action::ExportFigure(of, format) => self.choose(Purpose::ExportFigure(of, format)),
            Action::ExportSynthetic => self.choose(Purpose::ExportSynthetic),
            Action::Undo => {
                if !self.with_tools(|tools, context| tools.cancel(context)) {
                    let dirty = self.session.undo();
                    self.redraw(dirty);
                }
            }
            Action::Redo => {
                self.with_tools(|tools, context| tools.release(context));
                let dirty = self.session.redo();
                self.redraw(dirty);
            }
            Action::Edit(command) => self.edit(command),
            Action::Set(change) => change(&mut self.settings),
            Action::StepLabel(by) => self.settings.step_label(by),
            Action::CopyLesion => {
                let copied = self.with_tools(|tools, _| tools.copy());
                self.tell_clipboard(copied);
            }
            Action::CutLesion => {
                let cut = self.with_tools(|tools, context| tools.cut(context));
                self.tell_clipboard(cut);
            }
            Action::PasteLesion => self.with_tools(|tools, context| tools.paste(context)),
            Action::SelectLabel(code) => self.settings.select_label(code),
            Action::SwapLabels => {
                let other = self.settings.other_label;
                self.settings.select_label(other);
            }
            Action::SelectTool(tool) => self.settings.tool = tool,
            Action::ScaleBrush(factor) => self.settings.scale_radius(factor),
            Action::ToggleOverlay => self.settings.overlay_shown = !self.settings.overlay_shown,
            Action::Fade(by) => {
                self.settings.overlay_opacity = (self.settings.overlay_opacity + by).clamp(0.0, 1.0);
            }
            Action::Fit => self.editor.view.fit(),
            Action::OneToOne => self.editor.view.one_to_one(self.context.pixels_per_point()),
            Action::ToggleProportions => {
                self.settings.true_proportions = !self.settings.true_proportions;
                self.apply_proportions();
            }
            Action::TurnPage(by) => self.session.turn_page(by),
            Action::ShowPage(page) => self.session.show_page(page),
            Action::CopyLayers(from) => self.copy_layers(from),
            Action::InterpolateSlices { all } => self.interpolate_slices(all),
            Action::LabelVolume => self.label_volume(),
            Action::CancelLabelVolume => self.editor.volume_tracing.cancel(),
            Action::SetBScanDistance(distance_um) => self.edit(Command::SetBScanDistance { distance_um }),
            Action::SetVolumeFovea(fovea) => self.set_volume_fovea(fovea),
            Action::ExportMeasurements => self.choose(Purpose::ExportMeasurements),
            Action::ExportMeasurementsTo(path) => {
                let document = self.session.editor.document().clone();
                let outcome =
                    self.documents.files.export_measurements(self.documents.flow.document(), document, path);
                self.report(outcome);
            }
            Action::ExportSectors(file) => self.choose_for_sectors(file),
            Action::CopyMeasurements => self.copy_measurements(),
            Action::LoadSecondGrader => self.choose(Purpose::OpenSecondGrader),
            Action::OpenSecondGrader(path) => {
                let (page, view_number) = (self.session.page().clone(), self.session.view_number());
                let document = self.documents.flow.document();
                let outcome = self.documents.files.open_second_grader(document, path, page, view_number);
                self.report(outcome);
            }
            Action::RemoveSecondGrader => {
                self.edit(Command::SetSecondGrader { page: self.session.page_index(), mask: None });
            }
            Action::Solo => self.settings.solo(),
            Action::ToggleKeys => self.chrome.dialogs.keys_shown = !self.chrome.dialogs.keys_shown,
            Action::TogglePalette => self.chrome.dialogs.toggle_palette(),
            Action::ToggleKeymap => self.chrome.dialogs.toggle_keymap(),
            Action::ToggleRemote => {
                let setting = self.chrome.preferences.remote.as_deref();
                self.chrome.dialogs.toggle_remote(setting);
            }
            Action::DrawOn(command) => self.draw_on(command),
            Action::ChangeKeys(choice) => self.change_keys(choice),
            Action::ToggleAltDrag => self.settings.alt_drag_resizes = !self.settings.alt_drag_resizes,
            Action::ToggleSteps => self.chrome.preferences.steps_shown = !self.chrome.preferences.steps_shown,
            Action::ToggleSidePanel => {
                self.chrome.preferences.side_panel_shown = !self.chrome.preferences.side_panel_shown;
            }
            Action::ToggleLabelEditor => {
                self.chrome.dialogs.toggle_label_editor(&self.session.editor.document().labels);
            }
            Action::GoToStep(step) => {
                self.with_tools(|tools, context| tools.release(context));
                let dirty = self.session.go_to_step(step);
                self.redraw(dirty);
            }
            Action::ScaleWindow(scale) => self.scale_window(scale),
            Action::ChooseLanguage(choice) => self.chrome.preferences.language = choice,
            Action::RepairOrder => self.edit(Command::RepairOrder { page: self.session.page_index() }),
            Action::ClearLesions => {
                let (page, locked) = (self.session.page_index(), self.settings.locked());
                self.edit(Command::ClearLesions { page, locked });
            }
            Action::BringBack(number) => self.bring_back(number),
            Action::CompareWith(choice) => self.synthesis.thread.comparison.choose(choice),
            Action::ChooseComparisonModel => self.choose(Purpose::ComparisonModel),
            Action::CompareWithRecent(number) => {
                if let Some(picture) = self.synthesis.recent.get(number) {
                    self.synthesis.thread.comparison.keep(picture);
                }
            }
            Action::ToggleNewMasks => self.toggle_new_masks(),
            Action::GenerateMasks => self.generate_masks(false),
            Action::VaryMask => self.generate_masks(true),
            Action::AcceptMask(index) => self.accept_mask(index),
            Action::OpenEmptyPage => {
                self.show_instead(Session::new(new_mask::document_without_scan(), None), Vec::new());
            }
            Action::KeepSynthesis => {
                let outcome = self.synthesis.thread.keep(&self.session, &self.settings);
                self.report(outcome);
            }
            Action::Reroll => self.edit(Command::RerollNoise { seed: new_seed() }),
            Action::DrawStyle => self.draw_looks(text!("looks-draw-eye"), |model, page, seed| Appearance {
                style: model.drawn_style(seed),
                ..Appearance::clone(&page.appearance)
            }),
            Action::DrawVessels => {
                self.draw_looks(text!("looks-draw-vessels"), |model, page, seed| Appearance {
                    style: page.appearance.style.clone(),
                    shadows: model.drawn_shadows(page.scan.width(), page.scan.spacing, seed),
                })
            }
            Action::PreviewAppearance(appearance) => self.synthesis.thread.preview(appearance),
            Action::TraceLayers => self.trace_layers(),
            Action::StopTrace => self.editor.tracing.cancel(),
            Action::ForgetDoubts => self.editor.tracing.forget_doubts(),
            Action::ToggleCalibration => {
                let distance_um = self.session.editor.document().b_scan_distance_um;
                self.chrome.dialogs.toggle_calibration(&self.session.page().scan, distance_um);
            }
            Action::Calibrate(calibration) => self.calibrate(calibration),
            Action::NextDoubt => self.show_next_doubt(),
            Action::FitGreys => {
                let (scan, tone) = (&self.session.page().scan, &mut self.settings.look.tone);
                *tone = tone.fitted(&scan.image, scan.scanned_area.as_deref());
            }
            Action::StartAnnotating => {
                let page = self.session.page_index();
                self.edit(Command::FillUnannotated { page, code: ABOVE_ILM });
            }
            Action::RestoreRecovery => self.drive(Event::Restore),
            Action::DiscardRecovery => self.drive(Event::DiscardRecovery),
            Action::DismissNotice(id) => self.chrome.notices.dismiss(id),
            Action::Cases(action) => self.perform_case(action),
            Action::Generate(action) => self.perform_generate(action),
            Action::OpenReview(folder) => self.open_review(folder),
            Action::Review(action) => self.perform_review(action),
            Action::Training(action) => self.perform_training(action),
            Action::Answer(answer) => self.drive(Event::Answer(answer)),
            Action::AnswerPath(answer) => self.answer_path(answer),
        }
        self.context.request_repaint();
    }

    pub(in crate::studio) fn edit(&mut self, command: Command) {
        match self.session.editor.apply(command) {
            Ok(change) if change.page == self.session.page_index() => self.redraw(change.dirty),
            Ok(_) => {}
            Err(error) => self.chrome.notices.add(Severity::Error, error.to_string()),
        }
    }

    /// Puts another mask onto the page shown, locked labels as they are.
    pub(in crate::studio) fn replace_mask(&mut self, mask: Mask, name: String) {
        let (page, here) = (self.session.page_index(), &self.session.page().mask);
        let mask = match mask.layers.bounds() == here.layers.bounds() {
            true => beside_locked(here, mask, self.settings.locked()),
            // Refused, in words, by the command.
            false => mask,
        };
        self.edit(Command::ReplaceMask { page, mask, name });
    }

    /// Lets another machine draw from now on, or this one, and keeps that as a setting.
    fn draw_on(&mut self, command: Option<CommandLine>) {
        self.chrome.dialogs.close_remote();
        self.chrome.preferences.remote = command.as_ref().map(CommandLine::text);
        let setup = self.synthesis.setup().computing_on(command);
        if self.synthesis.setup() != setup {
            self.synthesis.set_up(setup, &self.context, self.graphics.shared.clone());
        }
    }

    /// Takes the news of generations.
    pub(in crate::studio) fn follow_generations(&mut self) {
        for (severity, text) in self.generate.follow() {
            self.chrome.notices.add(severity, text);
        }
    }

    /// Does what the page of batch generation asks for.
    fn perform_generate(&mut self, action: GenerateAction) {
        match &action {
            GenerateAction::Toggle | GenerateAction::New | GenerateAction::NewWith(_) => {
                self.hide_pages_but(Page::Generate);
                self.generate.shown |= !matches!(action, GenerateAction::Toggle);
            }
            GenerateAction::Choose(place) => self.choose(Purpose::Generate(*place)),
            GenerateAction::OpenReview(folder) => {
                self.open_review(folder.clone());
            }
            GenerateAction::OpenPair(files) => {
                self.generate.shown = false;
                self.perform(Action::OpenDropped(files.clone()));
            }
            _ => {}
        }
        let outcome = self.generate.perform(action);
        self.report(outcome);
    }

    /// One step for all pages.
    fn calibrate(&mut self, calibration: Calibration) {
        self.with_tools(|tools, context| tools.release(context));
        self.session.editor.begin(text!("step-pixel-size"));
        for page in 0..self.session.page_count() {
            let fovea_column = self.session.editor.document().pages[page].scan.fovea_column;
            self.edit(Command::Calibrate { page, calibration: Calibration { fovea_column, ..calibration } });
        }
        self.session.editor.commit();
    }

    /// One step for all pages: a volume has one fovea.
    fn set_volume_fovea(&mut self, fovea: Option<(usize, f32)>) {
        self.with_tools(|tools, context| tools.release(context));
        self.session.editor.begin(text!("step-fovea"));
        for page in 0..self.session.page_count() {
            let calibration = self.session.editor.document().pages[page].scan.calibration();
            let fovea_column = fovea.filter(|(of, _)| *of == page).map(|(_, column)| column);
            if calibration.fovea_column != fovea_column {
                self.edit(Command::Calibrate {
                    page,
                    calibration: Calibration { fovea_column, ..calibration },
                });
            }
        }
        self.session.editor.commit();
    }

    /// The desktop's clipboard gets words: some desktops report a paste only if there is text to paste.
    fn tell_clipboard(&self, copied: Option<(String, u64)>) {
        if let Some((name, pixels)) = copied {
            self.context.copy_text(text!("shell-lesion-copied", %name, %pixels));
        }
    }

    fn trace_layers(&mut self) {
        self.with_tools(|tools, context| tools.release(context));
        if let Err(error) = self.editor.tracing.start(&self.session, &self.context) {
            self.chrome.notices.add(Severity::Error, text!("shell-tracing-cannot-start", %error));
        }
    }

    fn show_next_doubt(&mut self) {
        if let Some([columns, rows]) = self.editor.tracing.next_doubt() {
            let size = image_size(&self.session);
            let (columns, rows) = ([columns.start, columns.end], [rows.start, rows.end]);
            self.editor.view.show_rect(self.editor.panes[0], columns, rows, CLOSEST_DOUBT, size);
        }
    }

    /// Takes what the auto-trace has found.
    pub(in crate::studio) fn take_trace(&mut self) {
        match self.editor.tracing.news(&self.session, self.settings.locked()) {
            Some(TraceNews::Proposal(command)) => {
                self.with_tools(|tools, context| tools.release(context));
                let page = self.session.page_index();
                self.session.editor.begin(text!("step-trace-layers"));
                self.edit(command);
                self.edit(Command::SetLabelOrigin { page, origin: Some(LabelOrigin::Traced) });
                self.session.editor.commit();
            }
            Some(TraceNews::Failed(message)) => self.chrome.notices.add(Severity::Error, message),
            None => {}
        }
    }

    /// Makes document and settings those of a recent picture.
    fn bring_back(&mut self, number: u64) {
        let Some(picture) = self.synthesis.recent.get(number).cloned() else { return };
        let (before, view_number) = (self.session.page().mask.clone(), self.session.view_number());
        if recent::bring_back(&picture, &mut self.session, &mut self.settings) {
            // Another page gets new textures anyway.
            if self.session.view_number() == view_number {
                let dirty = before.difference(&self.session.page().mask);
                self.redraw(dirty);
            }
        } else {
            let message = text!("notice-scan-closed").to_owned();
            self.chrome.notices.add(Severity::Warning, message);
        }
    }

    fn open_sample(&mut self, index: usize) {
        let Some(sample) = samples::ALL.get(index) else { return };
        match sample.document() {
            Ok(document) => self.show_instead(Session::new(document, None), Vec::new()),
            Err(error) => self.chrome.notices.add(Severity::Error, error.to_string()),
        }
    }

    /// A path beside the open document, named after it.
    pub(in crate::studio) fn suggest(&self, purpose: &Purpose) -> PathBuf {
        let name = display_name(&self.session);
        let stem = Path::new(&name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let file = match purpose {
            Purpose::Open
            | Purpose::OpenFolder
            | Purpose::OpenLabels
            | Purpose::OpenSecondGrader
            | Purpose::ExportFolder
            | Purpose::Training(_)
            | Purpose::Generate(_)
            | Purpose::ComparisonModel => String::new(),
            Purpose::Review(place) => {
                place.extension().map_or(String::new(), |ending| format!("blind-test.{ending}"))
            }
            Purpose::ExportMeasurements => format!("{stem}-measurements.csv"),
            Purpose::ExportSectors(file) => {
                let kind = if *file == SectorFile::Table { "etdrs" } else { "thickness-map" };
                format!("{stem}-{kind}.{}", purpose.extension().unwrap_or_default())
            }
            Purpose::ExportFigure(of, _) => {
                let kind = if *of == FigureOf::SyntheticScan { "synthetic-" } else { "" };
                format!("{stem}-{kind}slide.{}", purpose.extension().unwrap_or_default())
            }
            Purpose::OpenQuiz => String::new(),
            Purpose::ShareCase => {
                let case = self.cases.recipe().map_or_else(String::new, |recipe| file_stem(&recipe.name));
                format!("{case}.{CASE_ENDING}")
            }
            Purpose::SaveQuiz => "quiz-results.csv".to_owned(),
            Purpose::ExportCourse(_) => {
                let case = self.cases.recipe().map_or_else(String::new, |recipe| file_stem(&recipe.name));
                format!("{case}-visits.{}", purpose.extension().unwrap_or_default())
            }
            Purpose::Save => format!("{stem}.retidiff"),
            Purpose::ExportMask(CodeScheme::Studio) => format!("{stem}-labels.png"),
            Purpose::ExportMask(CodeScheme::Paper) => format!("{stem}-paper-labels.png"),
            Purpose::ExportSynthetic => format!("{stem}-synthetic.png"),
        };
        let path = self.session.path.as_deref().or(self.session.opened_from.as_deref());
        let beside = path.and_then(Path::parent).map(Path::to_path_buf);
        let home = || directories::UserDirs::new().map(|dirs| dirs.home_dir().to_path_buf());
        beside.or_else(home).unwrap_or_default().join(file)
    }

    fn copy_measurements(&mut self) {
        let page = self.session.page();
        let measured = Measurements::about(&page.mask, page.scan.spacing, page.scan.fovea_column);
        let labels = &self.session.editor.document().labels;
        self.context.copy_text(measurement_csv::report(page, &measured, labels));
        self.chrome.notices.add(Severity::Info, text!("notice-measurements-copied"));
    }
}

impl Studio {
    /// Gives the page shown other looks, drawn by a seed that nobody chose.
    fn draw_looks(
        &mut self,
        name: &str,
        looks: impl FnOnce(&LoadedModel, &document::Page, u64) -> Appearance,
    ) {
        let Some(model) = self.synthesis.thread.model() else { return };
        let (page, appearance) = (self.session.page_index(), looks(model, self.session.page(), new_seed()));
        let appearance = Arc::new(appearance);
        self.edit(Command::SetAppearance { page, appearance, name: name.to_owned() });
    }
}

/// A name of a case as that of a file: letters and digits in one piece.
fn file_stem(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}

/// A seed nobody chose.
pub(super) fn new_seed() -> u64 {
    let nanoseconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
    u64::from(nanoseconds) / 7 % SEED_RANGE + 1
}
