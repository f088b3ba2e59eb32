//! A folder or a volume may take long to read, so what happens to unsaved changes is asked before it is read, of a folder
//! before it is chosen, and how far the reading is stands over the panes.

use std::path::PathBuf;
use std::time::Duration;

use eframe::egui::Ui;

use super::choosing::Purpose;
use super::documents::{Consent, Wanted};
use crate::studio::flow::{Event, State};
use crate::studio::shell::action::{Action, UnsavedAnswer};
use crate::studio::shell::app::Studio;
use crate::studio::shell::notice_bar;
use crate::studio::texts::text;

/// What is read sooner needs no word.
const WORTH_A_WORD: Duration = Duration::from_millis(400);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

impl Studio {
    /// Asks for a folder; first what happens to unsaved changes.
    pub(in crate::studio) fn choose_folder(&mut self) {
        match self.session.editor.has_unsaved_changes() {
            true => self.documents.consent = Consent::Asking(Wanted::Folder),
            false => self.choose(Purpose::OpenFolder),
        }
    }

    /// Reads what takes the place of the document shown; first asks what happens to unsaved changes, unless it was said
    /// or they are being saved: then the flow decides about what was read.
    pub(in crate::studio) fn read_in_place(&mut self, paths: Vec<PathBuf>) {
        let editor = &self.session.editor;
        let is_given_up = self.documents.consent == Consent::GivenUp { revision: editor.revision() };
        let is_idle = matches!(self.documents.flow.state(), State::Editing);
        match editor.has_unsaved_changes() && !is_given_up && is_idle {
            true => self.documents.consent = Consent::Asking(Wanted::Paths(paths)),
            false => self.read(paths),
        }
    }

    /// Goes on as the user said.
    pub(in crate::studio) fn answer_before_reading(&mut self, answer: UnsavedAnswer) {
        if !self.documents.consent.is_asking() {
            return;
        }
        let Consent::Asking(wanted) = std::mem::take(&mut self.documents.consent) else { return };
        match answer {
            UnsavedAnswer::Save => {
                self.documents.consent = Consent::AfterSaving(wanted);
                self.drive(Event::Save);
            }
            UnsavedAnswer::Discard => {
                self.documents.consent = Consent::GivenUp { revision: self.session.editor.revision() };
                self.go_on_with(wanted);
            }
            UnsavedAnswer::Cancel => {}
        }
    }

    /// A save has ended, well or not: something to be opened may be waiting for it.
    pub(in crate::studio) fn go_on_after_saving(&mut self, is_written: bool) {
        let is_awaited = matches!(self.documents.consent, Consent::AfterSaving(_));
        if !is_awaited {
            return;
        }
        if let Consent::AfterSaving(wanted) = std::mem::take(&mut self.documents.consent)
            && is_written
        {
            self.go_on_with(wanted);
        }
    }

    fn go_on_with(&mut self, wanted: Wanted) {
        match wanted {
            Wanted::Folder => self.choose(Purpose::OpenFolder),
            Wanted::Paths(paths) => self.read(paths),
        }
    }

    /// Gives up what is being read, so that changes that were given up for it stay.
    pub(in crate::studio) fn cancel_reading(&mut self) {
        self.documents.files.cancel_reading();
        self.documents.consent.expire();
    }

    /// How far the reading of a folder or a large file is, with a way out.
    pub(in crate::studio) fn show_reading(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let Some(reading) = self.documents.files.reading() else { return };
        ui.request_repaint_after(LOOK_AGAIN);
        if reading.began.elapsed() < WORTH_A_WORD {
            return;
        }
        let name = reading.name.as_str();
        let words = match reading.watch.part() {
            Some([part, parts]) => text!("open-reading-part", name, number = %part + 1, %parts),
            None => text!("open-reading", name),
        };
        notice_bar::show_reading(ui, &words, actions);
    }
}
