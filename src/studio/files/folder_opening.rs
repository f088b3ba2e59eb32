//! A folder of scans may take long to read, so what happens to unsaved changes is asked before it is chosen, and how far
//! it is stands over the panes.

use std::time::Duration;

use eframe::egui::Ui;

use super::choosing::Purpose;
use super::documents::FolderConsent;
use crate::studio::flow::Event;
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
            true => self.documents.folder_consent = FolderConsent::Asking,
            false => self.choose(Purpose::OpenFolder),
        }
    }

    /// Goes on as the user said.
    pub(in crate::studio) fn answer_before_folder(&mut self, answer: UnsavedAnswer) {
        if self.documents.folder_consent != FolderConsent::Asking {
            return;
        }
        self.documents.folder_consent = match answer {
            UnsavedAnswer::Save => FolderConsent::AfterSaving,
            UnsavedAnswer::Discard => FolderConsent::GivenUp { revision: self.session.editor.revision() },
            UnsavedAnswer::Cancel => FolderConsent::Unasked,
        };
        match answer {
            UnsavedAnswer::Save => self.drive(Event::Save),
            UnsavedAnswer::Discard => self.choose(Purpose::OpenFolder),
            UnsavedAnswer::Cancel => {}
        }
    }

    /// A save has ended, well or not: a folder may be waiting for it.
    pub(in crate::studio) fn go_on_after_saving(&mut self, is_written: bool) {
        if self.documents.folder_consent == FolderConsent::AfterSaving {
            self.documents.folder_consent = FolderConsent::Unasked;
            if is_written {
                self.choose(Purpose::OpenFolder);
            }
        }
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
