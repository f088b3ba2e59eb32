//! The thickness map of the open volume as a table or a picture.

use std::path::PathBuf;

use super::choosing::Purpose;
use super::{FileNews, guarded, write};
use crate::formats::sector_files::{SLIDE_WIDTH_PX, SectorFile, SectorReport};
use crate::studio::editor::en_face::no_map_in_words;
use crate::studio::shell::app::Studio;
use crate::studio::shell::notices::{Severity, Topic};

impl Studio {
    /// Asks for a file for it; says why not where there is no map.
    pub(in crate::studio) fn choose_for_sectors(&mut self, file: SectorFile) {
        match self.session.editor.document().map_grid() {
            Ok(_) => self.choose(Purpose::ExportSectors(file)),
            Err(why) => self.chrome.notices.add(Severity::Warning, no_map_in_words(why).to_owned()),
        }
    }

    /// Measures the volume and writes what its tab shows.
    ///
    /// # Errors
    /// If no thread can be started.
    pub(in crate::studio) fn export_sectors(
        &mut self,
        file: SectorFile,
        path: PathBuf,
    ) -> Result<(), String> {
        let document = self.session.editor.document().clone();
        let (extent, first_is_inferior) = (self.editor.en_face.extent, self.editor.en_face.first_is_inferior);
        self.documents.files.run_to_its_end(self.documents.flow.document(), Topic::Export, move || {
            let report =
                || SectorReport::of(&document, first_is_inferior).encoded(file, extent, SLIDE_WIDTH_PX);
            let outcome = guarded(report).and_then(|encoded| encoded.map_err(|error| error.to_string()));
            FileNews::Exported { outcome: outcome.and_then(|bytes| write(&path, &bytes)), path }
        })
    }
}
