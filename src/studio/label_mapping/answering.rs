//! What the window does with the answers: labels are made of them after each, and loaded as one step.

use std::path::{Path, PathBuf};

pub use super::answer::MappingAnswer;
use super::question::{MappingQuestion, source_of};
use super::trial::TriedMapping;
use super::unmapped::UnmappedLabels;
use crate::document::Command;
use crate::mask::beside_locked;
use crate::studio::files::opening::{name_of, step_name};
use crate::studio::shell::app::Studio;
use crate::studio::shell::notices::{Severity, Topic};
use crate::studio::texts::text;

impl Studio {
    /// Asks what the values of a label file are.
    pub(in crate::studio) fn ask_for_mapping(
        &mut self,
        document: u64,
        path: PathBuf,
        view_number: u64,
        unmapped: UnmappedLabels,
    ) {
        let memory = &self.chrome.preferences.label_mappings;
        let question = MappingQuestion::new(path, [document, view_number], unmapped, memory);
        self.documents.mapping_questions.push(question);
        if self.documents.mapping_questions.len() == 1 {
            self.try_mapping();
        }
    }

    /// The oldest question, if there is one.
    pub fn mapping_question(&self) -> Option<&MappingQuestion> {
        self.documents.mapping_questions.first()
    }

    /// Has labels made of the answers to the oldest question.
    fn try_mapping(&mut self) {
        let Some(question) = self.documents.mapping_questions.first() else { return };
        let (path, trial) = (question.path.clone(), question.trial());
        let outcome = self.documents.files.try_mapping(question.document_number, path, trial);
        self.report(Topic::Labels, outcome);
    }

    /// Takes labels that were made of answers.
    pub(in crate::studio) fn take_tried_mapping(
        &mut self,
        path: &Path,
        revision: u64,
        outcome: Result<TriedMapping, String>,
    ) {
        if let Some(question) = self.documents.mapping_questions.first_mut()
            && question.path == path
        {
            question.take_tried(revision, outcome);
        }
    }

    /// Does what the user said to the oldest question.
    pub(in crate::studio) fn answer_mapping(&mut self, answer: MappingAnswer) {
        let Some(question) = self.documents.mapping_questions.first_mut() else { return };
        match answer {
            MappingAnswer::Scheme(scheme) => {
                question.choose(scheme);
                self.try_mapping();
            }
            MappingAnswer::Value(value, meaning) => {
                question.set(value, meaning);
                self.try_mapping();
            }
            MappingAnswer::Load => {
                if question.is_answered() && matches!(question.tried, Some(Ok(_))) {
                    let question = self.documents.mapping_questions.remove(0);
                    self.load_mapped(question);
                    self.try_mapping();
                }
            }
            MappingAnswer::OpenAsScan | MappingAnswer::Cancel => {
                let question = self.documents.mapping_questions.remove(0);
                if let (MappingAnswer::OpenAsScan, Some(file)) = (answer, question.unmapped.as_scan) {
                    self.show_opened(question.path, file, None);
                }
                self.try_mapping();
            }
        }
    }

    /// Puts the labels onto the pages they were made for: one step, however many pages.
    fn load_mapped(&mut self, question: MappingQuestion) {
        let mapping = question.mapping();
        let MappingQuestion { path, view_number, document_number, unmapped, tried, .. } = question;
        let Some(Ok(tried)) = tried else { return };
        let is_of_page = tried.masks.len() == 1;
        if document_number != self.documents.flow.document() {
            let text = text!("mapping-another-document", file = %name_of(&path));
            self.chrome.notices.add(Severity::Warning, text);
            return;
        }
        if is_of_page && view_number != self.session.view_number() {
            self.complain_of_another_b_scan(&path);
            return;
        }
        self.chrome.preferences.label_mappings.remember(&source_of(&path), mapping);
        self.with_tools(|tools, context| tools.release(context));
        let locked = self.settings.locked();
        self.session.editor.begin(step_name(&path));
        for (page, mask) in (unmapped.first_page..).zip(tried.masks) {
            let here = &self.session.editor.document().pages[page].mask;
            let mask = beside_locked(here, mask, locked);
            self.edit(Command::ReplaceMask { page, mask, name: step_name(&path) });
        }
        self.session.editor.commit();
        self.warn(unmapped.notes);
        self.warn(tried.notes);
    }
}
