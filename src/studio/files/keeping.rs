//! What keeps work from being lost: does in the window what the [flow](crate::studio::flow) decides, and keeps the journal.

use std::path::{Path, PathBuf};
use std::time::Duration;

use eframe::egui::{Ui, ViewportCommand};

use super::SaveOrder;
pub use super::arrived::Arrived;
use super::choosing::Purpose;
use crate::formats::journal::{Journal, Recovery};
use crate::studio::editor::session::EditorSession;
use crate::studio::flow::{Arrival, Effect, Event, Facts, Version};
use crate::studio::shell::app::Studio;
use crate::studio::shell::notices::{Severity, Topic};
use crate::studio::shell::page::Page;
use crate::studio::texts::text;

/// Pause before it is looked again whether unsaved work is on disk.
const JOURNAL_PAUSE: Duration = Duration::from_secs(1);

impl Studio {
    /// Looks for work and parts of files that earlier processes left behind, and begins to keep this window's work.
    /// `open` is the file the window was opened with.
    pub(in crate::studio) fn look_at_what_was_left(
        &mut self,
        data_folder: Option<&Path>,
        open: Option<&Path>,
    ) {
        let beside = |file: &Path| file.parent().map(Path::to_path_buf);
        let preferences = &self.chrome.preferences;
        let recent = preferences.recent.iter().map(PathBuf::as_path);
        let mut places: Vec<PathBuf> = recent.chain(open).filter_map(beside).collect();
        places.extend(preferences.written_into.iter().cloned());
        let exports = preferences.exported_into.clone();
        places.extend(
            data_folder.into_iter().flat_map(|folder| [folder.to_path_buf(), folder.join("history")]),
        );
        let journal_folder = data_folder.map(|folder| folder.join("journal"));
        if !places.is_empty() || !exports.is_empty() {
            let outcome = self.documents.files.find_recoveries(journal_folder.clone(), places, exports);
            self.report(Topic::Restore, outcome);
        }
        let Some(folder) = journal_folder else { return };
        match Journal::start(folder) {
            Ok(journal) => self.documents.journal = Some(journal),
            Err(error) => self.chrome.notices.add(Severity::Warning, text!("keep-no-journal", %error)),
        }
    }

    /// Hands the flow an event and does what it wants done.
    pub(in crate::studio) fn drive(&mut self, event: Event<Box<Arrived>, Recovery>) {
        let editor = &self.session.editor;
        let facts = Facts {
            version: Version { revision: editor.revision(), state: editor.state() },
            has_unsaved_changes: editor.has_unsaved_changes(),
            path: self.session.path.as_deref(),
        };
        let effects = self.documents.flow.on(event, facts);
        if !effects.is_empty() {
            self.context.request_repaint();
        }
        for effect in effects {
            self.carry_out(effect);
        }
    }

    /// Shows another document; asks first when the one shown has unsaved changes.
    pub(in crate::studio) fn show_instead(&mut self, session: EditorSession, warnings: Vec<String>) {
        self.show_read(session, warnings, None);
    }

    /// Shows a document that a reading brought; asks first unless it was decided about unsaved changes before.
    pub(super) fn show_read(&mut self, session: EditorSession, warnings: Vec<String>, reading: Option<u64>) {
        let document = Box::new(Arrived { session, warnings });
        self.drive(Event::Arrived(Arrival { document, recovery: None, reading }));
    }

    fn carry_out(&mut self, effect: Effect<Box<Arrived>, Recovery>) {
        match effect {
            Effect::ChoosePlace => self.choose(Purpose::Save),
            Effect::Write { job, path } => self.write_document(job, path),
            Effect::MarkSaved { path, version } => {
                self.session.path = Some(path);
                self.session.editor.mark_saved_as(version.state);
            }
            Effect::MarkKept { version } => self.session.editor.mark_saved_as(version.state),
            Effect::Read { reading, wanted } => self.begin_reading(reading, wanted),
            Effect::NotRead(wanted) => self.complain_of_not_reading(&wanted),
            Effect::Show(arrived) => self.show_session(*arrived),
            Effect::NotShown(arrived) => {
                let name = &arrived.session.editor.document().name;
                let text = text!("keep-came-first", %name);
                self.chrome.notices.add(Severity::Warning, text);
            }
            Effect::DropJournal => {
                if let Some(journal) = &mut self.documents.journal {
                    journal.discard();
                }
            }
            Effect::ReadRecovery(recovery) => {
                let outcome =
                    self.documents.files.load_recovery(self.documents.flow.document(), recovery.clone());
                if outcome.is_err() {
                    self.drive(Event::RecoveryUnreadable(recovery));
                }
                self.report(Topic::Restore, outcome);
            }
            Effect::RemoveRecovery(recovery) => {
                let outcome = self.documents.files.discard_recovery(self.documents.flow.document(), recovery);
                self.report(Topic::Removal, outcome);
            }
            Effect::Close => self.context.send_viewport_cmd(ViewportCommand::Close),
            Effect::KeepOpen => {
                // The next close asks about runs again.
                self.pages.training.runs_may_go_on = false;
                self.context.send_viewport_cmd(ViewportCommand::CancelClose);
            }
        }
    }

    /// Writes the document as it is now, with what is under way completed.
    fn write_document(&mut self, job: u64, path: PathBuf) {
        self.chrome.preferences.note_write(&path);
        self.with_tools(|tools, context| tools.settle(context));
        let editor = &self.session.editor;
        let mut document = editor.document().clone();
        let shown = |code: u8| self.settings.labels.get(usize::from(code)).is_some_and(|label| label.visible);
        document.labels = document.labels.with_visibility(shown).into();
        let version = Version { revision: editor.revision(), state: editor.state() };
        let (document_number, history) = (self.documents.flow.document(), editor.history_snapshot());
        let order = SaveOrder { document_number, job, version, document, history, path: path.clone() };
        if let Err(message) = self.documents.files.save(order) {
            let document = document_number;
            self.drive(Event::Written { document, job, path, version, is_written: false });
            self.chrome.notices.fail(Topic::Save, message);
        }
    }

    fn show_session(&mut self, arrived: Arrived) {
        let Arrived { session, warnings } = arrived;
        self.chrome.notices.leave_document();
        self.chrome.leave_page(Page::Review);
        self.with_tools(|tools, context| tools.release(context));
        self.settings.take_visibility(&session.editor.document().labels);
        self.session.replace(session, self.documents.flow.document());
        self.synthesis.recent.clear();
        self.synthesis.thread.comparison.forget();
        self.warn(warnings);
        if let Some(labels) = self.session.labels_to_ask_about.take() {
            self.load_labels_from(labels);
        }
    }

    /// Asks before the window goes with runs at work or with work that is in no file. Called at the end of a frame:
    /// what the pointer did in the same frame counts.
    pub(in crate::studio) fn take_close_request(&mut self, ui: &Ui) {
        if !ui.input(|input| input.viewport().close_requested()) {
            return;
        }
        if self.pages.is_at_work() && !self.pages.training.runs_may_go_on {
            ui.ctx().send_viewport_cmd(ViewportCommand::CancelClose);
            self.pages.training.ask_about_runs();
            self.drive(Event::StaysOpen);
        } else {
            self.drive(Event::CloseRequested);
        }
    }

    /// Leaves the work to the journal, and lets the flow know once it is on disk, or the user while it cannot be.
    pub(in crate::studio) fn keep_journal(&mut self) {
        let is_unsaved = self.session.editor.has_unsaved_changes();
        if self.documents.tell_of_journal(is_unsaved, &mut self.chrome.notices) {
            self.context.request_repaint();
        }
        if !self.documents.flow.keeps_journal() || !is_unsaved {
            return;
        }
        let Some(journal) = &mut self.documents.journal else { return };
        let editor = &self.session.editor;
        journal.note(editor, self.session.path.as_deref());
        if journal.written_revision() == Some(editor.revision()) {
            let document = self.documents.flow.document();
            self.drive(Event::Journalled { document });
        } else {
            // The thread that writes wakes nobody.
            self.context.request_repaint_after(JOURNAL_PAUSE);
        }
    }
}
