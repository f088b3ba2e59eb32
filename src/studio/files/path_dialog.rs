//! The window's own question for a path, where the system shows no chooser: what was typed is looked at before
//! anything is written there.

use std::path::PathBuf;

use super::choosing::{Place, Purpose};
use super::figure_export::{FigureOf, FigureOrder};
pub use super::path_question::{PathAnswer, PathQuestion, PathStanding};
use crate::formats::figure::{FigureFormat, Proportions, size_in_words};
use crate::studio::flow::Event;
use crate::studio::flow::typed_path::typed_behind;
use crate::studio::generate::GenerateAction;
use crate::studio::review::ReviewAction;
use crate::studio::shell::action::{Action, MeasureAction};
use crate::studio::shell::app::Studio;
use crate::studio::shell::notices::{Severity, Topic};
use crate::studio::stage::CasesAction;
use crate::studio::synthesis::comparison_picture::ComparedWith;
use crate::studio::texts::text;
use crate::studio::training::TrainingAction;
use crate::worker::ModelSource;

impl Studio {
    /// Asks for a path, by the system's chooser where there is one.
    pub(in crate::studio) fn choose(&mut self, purpose: Purpose) {
        let document = self.documents.flow.document();
        let suggestion = self.suggest(&purpose);
        let outcome = self.documents.files.choose(document, purpose.clone(), suggestion);
        if outcome.is_err() {
            self.no_path(&purpose, document);
        }
        self.report(Topic::Place, outcome);
    }

    /// The system shows no chooser, or what was chosen there needs a second look.
    pub(in crate::studio) fn ask_for_path(
        &mut self,
        document: u64,
        purpose: Purpose,
        text: String,
        standing: PathStanding,
    ) {
        if self.is_for_another(document, &purpose) {
            self.complain_of_another(&purpose);
            return;
        }
        let question = PathQuestion { purpose, text, standing, document };
        if let Some(before) = self.documents.path_question.replace(question) {
            self.no_path(&before.purpose, before.document);
        }
    }

    /// Does what the user said to the question for a path.
    pub(in crate::studio) fn answer_path(&mut self, answer: PathAnswer) {
        let Some(mut question) = self.documents.path_question.take() else { return };
        match (answer, question.standing.clone()) {
            (PathAnswer::Cancel, _) => self.no_path(&question.purpose, question.document),
            (PathAnswer::Replace, PathStanding::Occupied(path)) => {
                self.use_path(question.document, question.purpose, path);
            }
            (PathAnswer::Typed(text), PathStanding::Typing | PathStanding::Unfit(_)) => {
                let offered = self.suggest(&question.purpose).display().to_string();
                let path = typed_behind(&offered, &text);
                if question.purpose.reads() {
                    self.use_path(question.document, question.purpose, path);
                    return;
                }
                let outcome =
                    self.documents.files.look_at_place(question.document, question.purpose.clone(), path);
                question.standing =
                    if outcome.is_ok() { PathStanding::Looking } else { PathStanding::Typing };
                question.text = text;
                self.documents.path_question = Some(question);
                self.report(Topic::Place, outcome);
            }
            (PathAnswer::TypeAgain, _) => {
                question.standing = PathStanding::Typing;
                self.documents.path_question = Some(question);
            }
            (PathAnswer::Typed(_) | PathAnswer::Replace, _) => self.documents.path_question = Some(question),
        }
    }

    /// The disk has said what is at the place that was typed; of no use once the question was answered otherwise.
    pub(in crate::studio) fn take_typed_place(&mut self, document: u64, purpose: Purpose, place: Place) {
        let is_awaited = |question: &mut PathQuestion| {
            question.standing == PathStanding::Looking
                && question.purpose == purpose
                && question.document == document
        };
        if let Some(question) = self.documents.path_question.take_if(is_awaited) {
            self.take_place(document, purpose, place, question.text);
        }
    }

    /// Goes on with a place by what is there; `text` is what to begin with where another one has to be typed.
    pub(in crate::studio) fn take_place(
        &mut self,
        document: u64,
        purpose: Purpose,
        place: Place,
        text: String,
    ) {
        match place {
            Place::Free(path) => self.use_path(document, purpose, path),
            Place::Occupied(path) => {
                let text = path.display().to_string();
                self.ask_for_path(document, purpose, text, PathStanding::Occupied(path));
            }
            Place::Unfit(why) => self.ask_for_path(document, purpose, text, PathStanding::Unfit(why)),
        }
    }

    /// Nothing was chosen.
    pub(in crate::studio) fn no_path(&mut self, purpose: &Purpose, document: u64) {
        match purpose {
            Purpose::Save => self.drive(Event::PlaceNotChosen { document }),
            Purpose::OpenFolder { reading } => self.end_reading(Some(*reading)),
            _ => {}
        }
    }

    /// Does what a path was chosen for.
    pub(in crate::studio) fn use_path(&mut self, document: u64, purpose: Purpose, path: PathBuf) {
        if self.is_for_another(document, &purpose) {
            self.complain_of_another(&purpose);
            return;
        }
        if !purpose.reads() {
            self.chrome.preferences.note_write(&path);
        }
        match purpose {
            Purpose::Open => self.perform(Action::OpenPath(path)),
            Purpose::OpenFolder { reading } => self.open_chosen(vec![path], Some(reading)),
            Purpose::OpenLabels => self.perform(Action::LoadLabelsFrom(path)),
            Purpose::ComparisonModel => {
                self.synthesis.thread.comparison.choose(ComparedWith::Model(ModelSource::File(path)));
            }
            Purpose::Training(place) => self.perform(Action::Training(TrainingAction::Use(place, path))),
            Purpose::Generate(place) => self.perform(Action::Generate(GenerateAction::Use(place, path))),
            Purpose::Review(place) => self.perform(Action::Review(ReviewAction::Use(place, path))),
            Purpose::ExportFolder => self.take_export_folder(path),
            Purpose::Save => self.drive(Event::PlaceChosen { document, path }),
            Purpose::OpenSecondGrader => self.perform(Action::Measure(MeasureAction::OpenSecondGrader(path))),
            Purpose::ExportMeasurements => {
                self.perform(Action::Measure(MeasureAction::ExportMeasurementsTo(path)))
            }
            Purpose::ExportFigure(of, format) => {
                let outcome = self.export_figure(of, format, path);
                self.report(Topic::Export, outcome);
            }
            Purpose::ExportSectors(file) => {
                let outcome = self.export_sectors(file, path);
                self.report(Topic::Export, outcome);
            }
            Purpose::ExportCourse(file) => match self.pages.cases.course().cloned() {
                Some(course) => {
                    let scans = self.pages.cases.course_scans();
                    let outcome = self.documents.files.export_course(document, course, scans, file, path);
                    self.report(Topic::Export, outcome);
                }
                None => self.chrome.notices.fail(Topic::Export, text!("course-not-ready").to_owned()),
            },
            Purpose::OpenQuiz => self.perform(Action::Cases(CasesAction::PlayFiles(vec![path]))),
            Purpose::SaveQuiz => {
                let table = self.pages.cases.quiz().round().csv().into_bytes();
                let outcome = self.documents.files.export_bytes(document, table, path);
                self.report(Topic::Export, outcome);
            }
            Purpose::ShareCase => match self.pages.cases.shared() {
                Some(case) => {
                    let outcome = self.documents.files.share_case(document, case, path);
                    self.report(Topic::Export, outcome);
                }
                None => self.chrome.notices.fail(Topic::Export, text!("cases-not-ready").to_owned()),
            },
            Purpose::ExportMask(scheme) => {
                let mask = self.session.page().mask.clone();
                let outcome = self.documents.files.export_mask(document, mask, scheme, path);
                self.report(Topic::Export, outcome);
            }
            Purpose::ExportSynthetic => {
                if let Err(message) = self.synthesis.thread.export(&self.session, &self.settings, path) {
                    self.chrome.notices.fail(Topic::Export, message);
                }
            }
        }
    }

    /// Draws the page shown as a picture for a slide.
    fn export_figure(&mut self, of: FigureOf, format: FigureFormat, path: PathBuf) -> Result<(), String> {
        let order = self.figure_order(of, format)?;
        self.documents.files.export_figure(self.documents.flow.document(), order, path)
    }

    /// What a picture for a slide is made from: the page shown.
    pub(in crate::studio) fn figure_order(
        &self,
        of: FigureOf,
        format: FigureFormat,
    ) -> Result<FigureOrder, String> {
        let page = self.session.page().clone();
        let document = self.session.editor.document();
        let mut parts = size_in_words(&page.scan, page.scan.spacing);
        let synthetic = match of {
            FigureOf::RealScan => {
                parts.extend(document.credit.as_ref().map(|credit| text!("figure-source", %credit)));
                None
            }
            FigureOf::SyntheticScan => {
                let model = self.synthesis.thread.model().map_or("", |model| model.name.as_str());
                let drawn = self.synthesis.thread.complete_picture();
                let drawn = drawn.map(|(image, steps)| (image, model, document.noise_seed, steps));
                // A picture on the graphics card is not at hand here; what was kept with the page is.
                let kept = page.synthesis.as_ref();
                let kept =
                    || kept.map(|kept| (kept.image.clone(), kept.model.as_str(), kept.seed, kept.steps));
                let (image, model, seed, steps) = drawn.or_else(kept).ok_or(text!("figure-not-complete"))?;
                parts.push(text!("figure-model", %model, %seed, %steps));
                Some(image)
            }
        };
        let proportions = match self.settings.true_proportions {
            true => Proportions::True,
            false => Proportions::Pixels,
        };
        let labels = document.labels.clone();
        Ok(FigureOrder { page, labels, synthetic, caption: parts.join(" · "), format, proportions })
    }

    fn is_for_another(&self, document: u64, purpose: &Purpose) -> bool {
        purpose.is_of_document() && document != self.documents.flow.document()
    }

    fn complain_of_another(&mut self, purpose: &Purpose) {
        let text = text!("path-another-document", purpose = %purpose.title());
        self.chrome.notices.add(Severity::Warning, text);
    }
}
