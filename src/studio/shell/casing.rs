//! What the page of cases asks of the window: documents, files, scans.

use super::action::Action;
use super::app::Studio;
use super::notices::Severity;
use super::page::Page;
use crate::studio::editor::session::EditorSession;
use crate::studio::files::choosing::Purpose;
use crate::studio::stage::CasesAction;
use crate::studio::stage::quiz::{QuizSource, is_quiz_page};
use crate::studio::synthesis::new_mask;
use crate::studio::synthesis::thread::Status;
use crate::studio::texts::text;

impl Studio {
    /// Does what the page of cases asks for.
    pub(super) fn perform_case(&mut self, action: CasesAction) {
        match action {
            CasesAction::Toggle => self.chrome.toggle_page(Page::Cases),
            CasesAction::Open => {
                let Some((recipe, case)) = self.pages.cases.case() else { return };
                let document = new_mask::document_of_case(recipe, case);
                self.chrome.leave_page(Page::Cases);
                self.show_instead(EditorSession::new(document, None), Vec::new());
            }
            CasesAction::PutOnBScan => {
                let Some((recipe, case)) = self.pages.cases.case() else { return };
                let (mask, name) = (case.mask.clone(), text!("step-case", name = %recipe.name));
                self.chrome.leave_page(Page::Cases);
                self.with_tools(|tools, context| tools.release(context));
                self.replace_mask(mask, name);
            }
            CasesAction::ExportCourse(file) => self.choose(Purpose::ExportCourse(file)),
            CasesAction::CopyRecipe => {
                let Some(recipe) = self.pages.cases.recipe() else { return };
                self.context.copy_text(recipe.to_toml());
                self.chrome.notices.add(Severity::Info, text!("notice-recipe-copied"));
            }
            CasesAction::Share if self.pages.cases.case().is_some() => self.choose(Purpose::ShareCase),
            CasesAction::Share => {
                self.chrome.notices.add(Severity::Warning, text!("cases-not-ready").to_owned());
            }
            CasesAction::OpenFile(path) => {
                self.chrome.leave_page(Page::Cases);
                self.perform(Action::OpenPath(path));
            }
            CasesAction::Take(mut paths) => match paths.pop() {
                Some(path) if paths.is_empty() && !is_quiz_page(&path) && !self.pages.cases.shows_quiz() => {
                    self.pages.cases.read(path, &self.context);
                }
                last => {
                    paths.extend(last);
                    self.play(QuizSource::Files(paths));
                }
            },
            CasesAction::Quiz => {
                self.chrome.page = Page::Cases;
                self.pages.cases.show_quiz();
            }
            CasesAction::PlayGallery => self.play(QuizSource::Gallery { seed: super::perform::new_seed() }),
            CasesAction::PlayCase => {
                if let Some(source) = self.pages.cases.quiz_of_case() {
                    self.play(source);
                }
            }
            CasesAction::PlayFiles(paths) => self.play(QuizSource::Files(paths)),
            CasesAction::ChooseQuiz => self.choose(Purpose::OpenQuiz),
            CasesAction::SaveQuiz => self.choose(Purpose::SaveQuiz),
            CasesAction::Synthesise(scan) => {
                if let Err(message) = self.synthesis.thread.synthesise_for_stage(&scan) {
                    self.pages.cases.take_scan(scan.number, Err(message));
                }
            }
            CasesAction::Complain(message) => self.chrome.notices.add(Severity::Error, message),
        }
    }

    fn play(&mut self, source: QuizSource) {
        self.chrome.page = Page::Cases;
        self.pages.cases.play(source, &self.context);
    }

    /// Where nothing draws scans the page of cases need not wait for them; nor for one that is lost.
    pub(super) fn follow_case_scans(&mut self) {
        if !self.synthesis.thread.is_exporting() {
            self.pages.cases.send_scan_again();
        }
        if let Status::Unavailable(reason) = self.synthesis.thread.status() {
            self.pages.cases.give_up_scans(reason);
        }
    }
}
