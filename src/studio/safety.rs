//! What keeps work from being lost: the journal, and the question before the window closes.

use std::path::PathBuf;

use eframe::egui::{Ui, ViewportCommand};

use super::app::{Pending, Studio};
use super::notices::Severity;
use crate::formats::journal::Journal;

impl Studio {
    /// Looks for work that was left behind, and begins to keep this window's.
    pub(super) fn start_journal(&mut self, folder: PathBuf) {
        let outcome = self.files.find_recoveries(folder.clone());
        self.report(outcome);
        match Journal::start(folder) {
            Ok(journal) => self.journal = Some(journal),
            Err(error) => self
                .notices
                .add(Severity::Warning, format!("Work is not kept against a crash: {error}. Save often.")),
        }
    }

    /// Asks before the window goes with work that is in no file.
    pub(super) fn take_close_request(&mut self, ui: &Ui) {
        if !ui.input(|input| input.viewport().close_requested()) || self.closing {
            return;
        }
        if self.training.is_running() && !self.runs_may_go_on {
            ui.ctx().send_viewport_cmd(ViewportCommand::CancelClose);
            self.training.ask_about_runs();
            return;
        }
        if self.session.editor.has_unsaved_changes() {
            ui.ctx().send_viewport_cmd(ViewportCommand::CancelClose);
            self.pending = Some(Pending::Close);
            self.asking_unsaved = true;
        } else {
            self.forget_journal();
        }
    }

    /// The work is saved or not wanted: nothing is to be offered at the next start.
    pub(super) fn forget_journal(&mut self) {
        if let Some(journal) = &mut self.journal {
            journal.discard();
        }
    }

    /// Closes the window; the work is saved or not wanted.
    pub(super) fn close_now(&mut self) {
        self.closing = true;
        self.forget_journal();
        self.context.send_viewport_cmd(ViewportCommand::Close);
    }

    /// Leaves the work to the journal, and drops what was restored once this one holds it.
    pub(super) fn keep_journal(&mut self) {
        if self.closing || !self.session.editor.has_unsaved_changes() {
            return;
        }
        if let Some(journal) = &mut self.journal {
            let editor = &self.session.editor;
            journal.note(editor, self.session.path.as_deref());
            if journal.written_revision() == Some(editor.revision())
                && let Some(recovery) = self.restored.take()
            {
                let outcome = self.files.discard_recovery(recovery);
                self.report(outcome);
            }
        }
    }
}
