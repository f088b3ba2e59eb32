//! What the window does with files that were opened: documents take the place of the one shown, labels go onto the page
//! they were read for, and what may be either is asked about.

use std::path::{Path, PathBuf};

use super::opened_file::OpenedFile;
use super::opening::{name_of, step_name};
use super::shown::Shown;
use super::suspected_labels::{LabelAnswer, LabelQuestion, SuspectedLabels};
use crate::formats::open::FileKind;
use crate::formats::registry::may_be_labels;
use crate::mask::Mask;
use crate::studio::editor::session::EditorSession;
use crate::studio::shell::action::Action;
use crate::studio::shell::app::Studio;
use crate::studio::shell::notices::{Severity, Topic};
use crate::studio::stage::CasesAction;
use crate::studio::stage::quiz::is_quiz_page;
use crate::studio::texts::text;

impl Studio {
    /// Reads files that were opened or dropped. What cannot be labels of the document shown takes its place, so that
    /// its changes are asked about before the reading.
    pub(in crate::studio) fn open_paths(&mut self, paths: Vec<PathBuf>) {
        self.open_chosen(paths, None);
    }

    /// [`Studio::open_paths`] of what was chosen for a reading, which ends where none of it is read.
    pub(super) fn open_chosen(&mut self, paths: Vec<PathBuf>, reading: Option<u64>) {
        if paths.iter().all(|path| is_quiz_page(path)) && !paths.is_empty() {
            self.perform(Action::Cases(CasesAction::PlayFiles(paths)));
            self.end_reading(reading);
            return;
        }
        match paths.iter().all(|path| may_be_labels(path)) {
            true => self.read(paths, reading),
            false => self.read_in_place(paths, reading),
        }
    }

    /// Reads files without a question; what comes of them may ask one.
    pub(super) fn read(&mut self, paths: Vec<PathBuf>, reading: Option<u64>) {
        let shown = self.shown();
        let outcome = self.documents.files.open(self.documents.flow.document(), reading, paths, shown);
        if outcome.is_err() {
            self.end_reading(reading);
        }
        self.report(Topic::Open, outcome);
    }

    /// Reads a file as labels for the page shown.
    pub(in crate::studio) fn load_labels_from(&mut self, path: PathBuf) {
        let shown = self.shown();
        let outcome = self.documents.files.load_labels(self.documents.flow.document(), path, shown);
        self.report(Topic::Labels, outcome);
    }

    fn shown(&self) -> Shown {
        Shown {
            document: self.session.editor.document().clone(),
            page: self.session.page_index(),
            view_number: self.session.view_number(),
        }
    }

    /// Puts labels onto the page they were read for, if it is still shown.
    pub(in crate::studio) fn put_labels(
        &mut self,
        path: &Path,
        view_number: u64,
        (mask, warnings): (Mask, Vec<String>),
    ) {
        if view_number != self.session.view_number() {
            self.complain_of_another_b_scan(path);
            return;
        }
        self.with_tools(|tools, context| tools.release(context));
        self.replace_mask(mask, step_name(path));
        self.warn(warnings);
    }

    /// Labels came when another B-scan was shown than the one they were read for.
    pub(in crate::studio) fn complain_of_another_b_scan(&mut self, path: &Path) {
        let text = text!("open-another-b-scan", file = %name_of(path));
        self.chrome.notices.add(Severity::Warning, text);
    }

    /// Asks what an image is.
    pub(in crate::studio) fn ask_about_labels(
        &mut self,
        path: PathBuf,
        view_number: u64,
        suspected: SuspectedLabels,
    ) {
        self.documents.label_questions.push(LabelQuestion { path, view_number, suspected });
    }

    /// Does what the user said to the oldest question.
    pub(in crate::studio) fn answer_about_labels(&mut self, answer: LabelAnswer) {
        if self.documents.label_questions.is_empty() {
            return;
        }
        let LabelQuestion { path, view_number, suspected } = self.documents.label_questions.remove(0);
        match answer {
            LabelAnswer::Load => self.put_labels(&path, view_number, (suspected.mask, suspected.warnings)),
            LabelAnswer::OpenAsScan => self.show_opened(path, suspected.as_scan, None),
            LabelAnswer::Cancel => {}
        }
    }

    /// Shows a file in place of the document shown; `reading` brought it.
    pub(in crate::studio) fn show_opened(&mut self, path: PathBuf, file: OpenedFile, reading: Option<u64>) {
        let is_document = file.kind == FileKind::Document;
        self.chrome.preferences.remember(&path);
        let mut session = EditorSession::of(file.editor, is_document.then(|| path.clone()));
        session.opened_from = Some(path);
        session.device_lines = file.device_lines;
        session.labels_to_ask_about = file.labels_to_ask_about;
        self.show_read(session, file.warnings, reading);
    }
}
