//! A folder or a volume may take long to read, so what happens to unsaved changes is asked before it is read, of a folder
//! before it is chosen, and how far the reading is stands over the panes.

use std::path::PathBuf;
use std::time::Duration;

use eframe::egui::Ui;

use super::choosing::Purpose;
use super::opening::name_of;
use crate::studio::flow::{Event, Wanted};
use crate::studio::shell::action::Action;
use crate::studio::shell::app::Studio;
use crate::studio::shell::notice_bar;
use crate::studio::shell::notices::Severity;
use crate::studio::texts::text;

/// What is read sooner needs no word.
const WORTH_A_WORD: Duration = Duration::from_millis(400);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

impl Studio {
    /// Reads what takes the place of the document shown, once the flow has decided about unsaved changes. `reading` is
    /// the one whose folder this is.
    pub(in crate::studio) fn read_in_place(&mut self, paths: Vec<PathBuf>, reading: Option<u64>) {
        self.drive(Event::Wanted { wanted: Wanted::Paths(paths), reading });
    }

    /// Begins what the flow wants read.
    pub(super) fn begin_reading(&mut self, reading: u64, wanted: Wanted) {
        match wanted {
            Wanted::Folder => self.choose(Purpose::OpenFolder { reading }),
            Wanted::Paths(paths) => self.read(paths, Some(reading)),
        }
    }

    /// Something else was wanted before this could be read.
    pub(super) fn complain_of_not_reading(&mut self, wanted: &Wanted) {
        let text = match wanted {
            Wanted::Folder => text!("keep-no-folder-chosen").to_owned(),
            Wanted::Paths(paths) => {
                let name = paths.first().map_or_else(String::new, |path| name_of(path));
                text!("keep-not-read", %name)
            }
        };
        self.chrome.notices.add(Severity::Warning, text);
    }

    /// Gives up what is being read, so that changes that were given up for it stay.
    pub(in crate::studio) fn cancel_reading(&mut self) {
        let reading = self.documents.files.cancel_reading();
        self.end_reading(reading);
    }

    /// Nothing comes of a reading.
    pub(super) fn end_reading(&mut self, reading: Option<u64>) {
        if let Some(reading) = reading {
            self.drive(Event::ReadingEnded { reading });
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
