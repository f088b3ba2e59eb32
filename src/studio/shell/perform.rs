//! What actions do: the one place where the user's wishes become changes.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::action::{Action, NewMaskAction, SynthesisAction};
use super::app::Studio;
use super::notices::{Severity, Topic};
use super::page::Page;
use super::top_bar::display_name;
use crate::anatomy::ABOVE_ILM;
use crate::document::Command;
use crate::formats::case_file::CASE_ENDING;
use crate::formats::label_png::CodeScheme;
use crate::formats::sector_files::SectorFile;
use crate::mask::Mask;
use crate::studio::editor::session::EditorSession;
use crate::studio::files::choosing::Purpose;
use crate::studio::files::figure_export::FigureOf;
use crate::studio::files::samples;
use crate::studio::flow::{Event, Wanted};
use crate::studio::generate::GenerateAction;

/// Seeds drawn by Reroll stay below this, so that they can be read and typed.
const SEED_RANGE: u64 = 1_000_000;

impl Studio {
    /// Does what was asked for.
    pub fn perform(&mut self, action: Action) {
        match action {
            Action::Open => self.choose(Purpose::Open),
            Action::OpenFolder => self.drive(Event::Wanted { wanted: Wanted::Folder, reading: None }),
            Action::CancelReading => self.cancel_reading(),
            Action::OpenPath(path) => self.open_paths(vec![path]),
            Action::OpenRecent(path) => self.read_in_place(vec![path], None),
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
            Action::Undo => self.with_editor(|editor, context, actions| editor.undo(context, actions)),
            Action::Redo => self.with_editor(|editor, context, actions| editor.redo(context, actions)),
            Action::GoToStep(step) => {
                self.with_editor(|editor, context, actions| editor.go_to_step(step, context, actions));
            }
            Action::Edit(command) => self.edit(command),
            Action::Set(change) => change(&mut self.settings),
            Action::StepLabel(by) => self.settings.step_label(by),
            Action::CopyLesion => {
                self.with_editor(|editor, context, actions| editor.copy_lesion(context, actions));
            }
            Action::CutLesion => {
                self.with_editor(|editor, context, actions| editor.cut_lesion(context, actions));
            }
            Action::PasteLesion => self.with_tools(|tools, context| tools.paste(context)),
            Action::SelectLabel(code) => self.settings.select_label(code),
            Action::SwapLabels => self.settings.select_label(self.settings.other_label),
            Action::SelectTool(tool) => self.settings.tool = tool,
            Action::ScaleBrush(factor) => self.settings.scale_radius(factor),
            Action::RepairOrder => self.edit(Command::RepairOrder { page: self.session.page_index() }),
            Action::ClearLesions => self.clear_lesions(),
            Action::ToggleCalibration => self.toggle_calibration(),
            Action::Calibrate(calibration) => {
                self.with_editor(|editor, context, actions| editor.calibrate(calibration, context, actions));
            }
            Action::StartAnnotating => {
                let page = self.session.page_index();
                self.edit(Command::FillUnannotated { page, code: ABOVE_ILM });
            }
            Action::RestoreRecovery => self.drive(Event::Restore),
            Action::DiscardRecovery => self.drive(Event::DiscardRecovery),
            Action::View(action) => {
                self.with_editor(|editor, context, _| editor.perform_view(action, context))
            }
            Action::Volume(action) => {
                self.with_editor(|editor, context, actions| editor.perform_volume(action, context, actions));
            }
            Action::Measure(action) => self.perform_measure(action),
            Action::Trace(action) => {
                self.with_editor(|editor, context, actions| editor.perform_trace(action, context, actions));
            }
            Action::Synthesis(SynthesisAction::DrawOn(command)) => self.draw_on(command),
            Action::Synthesis(SynthesisAction::ChooseComparisonModel) => {
                self.choose(Purpose::ComparisonModel);
            }
            Action::Synthesis(action) => {
                self.with_editor(|editor, context, _| editor.perform_synthesis(action, context));
            }
            Action::NewMask(action) => self.perform_new_mask(action),
            Action::Window(action) => self.perform_window(action),
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

    /// Does what is asked of new masks; one that is to be a document of its own is shown in place of the open one.
    fn perform_new_mask(&mut self, action: NewMaskAction) {
        let apart =
            self.with_editor(|editor, context, actions| editor.perform_new_mask(action, context, actions));
        if let Some(document) = apart {
            self.show_instead(EditorSession::new(document, None), Vec::new());
        }
    }

    fn clear_lesions(&mut self) {
        let (page, locked) = (self.session.page_index(), self.settings.locked());
        self.edit(Command::ClearLesions { page, locked });
    }

    fn toggle_calibration(&mut self) {
        let distance_um = self.session.editor.document().b_scan_distance_um;
        self.chrome.dialogs.toggle_calibration(&self.session.page().scan, distance_um);
    }

    /// Changes the document; why a command is refused is shown.
    pub(in crate::studio) fn edit(&mut self, command: Command) {
        self.with_editor(|editor, context, _| editor.edit(context, command));
    }

    /// Puts another mask onto the page shown, locked labels as they are.
    pub(in crate::studio) fn replace_mask(&mut self, mask: Mask, name: String) {
        self.with_editor(|editor, context, _| editor.replace_mask(context, mask, name));
    }

    /// Does what the page of batch generation asks for.
    fn perform_generate(&mut self, action: GenerateAction) {
        match &action {
            GenerateAction::Toggle => self.chrome.toggle_page(Page::Generate),
            GenerateAction::New | GenerateAction::NewWith(_) => self.chrome.page = Page::Generate,
            GenerateAction::Choose(place) => self.choose(Purpose::Generate(*place)),
            GenerateAction::OpenReview(folder) => {
                self.open_review(folder.clone());
            }
            GenerateAction::OpenPair(files) => {
                self.chrome.leave_page(Page::Generate);
                self.perform(Action::OpenDropped(files.clone()));
            }
            _ => {}
        }
        let topic = Topic::of_action(Page::Generate, &action);
        let outcome = match action {
            GenerateAction::Toggle if self.page() == Page::Generate => self.pages.generate.look_again(),
            action => self.pages.generate.perform(action),
        };
        self.conclude(topic, outcome);
    }

    fn open_sample(&mut self, index: usize) {
        let Some(sample) = samples::ALL.get(index) else { return };
        match sample.document() {
            Ok(document) => self.show_instead(EditorSession::new(document, None), Vec::new()),
            Err(error) => self.chrome.notices.add(Severity::Error, error.to_string()),
        }
    }

    /// A path beside the open document, named after it.
    pub(in crate::studio) fn suggest(&self, purpose: &Purpose) -> PathBuf {
        let name = display_name(&self.session);
        let stem = Path::new(&name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let file = match purpose {
            Purpose::Open
            | Purpose::OpenFolder { .. }
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
                let case =
                    self.pages.cases.recipe().map_or_else(String::new, |recipe| file_stem(&recipe.name));
                format!("{case}.{CASE_ENDING}")
            }
            Purpose::SaveQuiz => "quiz-results.csv".to_owned(),
            Purpose::ExportCourse(_) => {
                let case =
                    self.pages.cases.recipe().map_or_else(String::new, |recipe| file_stem(&recipe.name));
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
}

/// A name of a case as that of a file: letters and digits in one piece.
fn file_stem(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_lowercase()
}

/// A seed nobody chose.
pub(in crate::studio) fn new_seed() -> u64 {
    let nanoseconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
    u64::from(nanoseconds) / 7 % SEED_RANGE + 1
}
