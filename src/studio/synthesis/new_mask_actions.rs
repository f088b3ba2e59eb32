//! What the window does for the strip of new masks: opens it, asks for masks, and takes the one that is chosen.

use super::new_mask::{NewMasks, document_without_scan, without_scan};
use crate::studio::editor::session::EditorSession;
use crate::studio::shell::action::NewMaskAction;
use crate::studio::shell::app::Studio;
use crate::studio::texts::text;

impl Studio {
    /// The state of the strip.
    pub fn new_masks(&self) -> &NewMasks {
        &self.synthesis.new_mask
    }

    /// Does what is asked of new masks.
    pub(in crate::studio) fn perform_new_mask(&mut self, action: NewMaskAction) {
        match action {
            NewMaskAction::ToggleNewMasks => self.toggle_new_masks(),
            NewMaskAction::GenerateMasks => self.generate_masks(false),
            NewMaskAction::VaryMask => self.generate_masks(true),
            NewMaskAction::AcceptMask(index) => self.accept_mask(index),
            NewMaskAction::OpenEmptyPage => {
                self.show_instead(EditorSession::new(document_without_scan(), None), Vec::new());
            }
        }
    }

    /// Opening the strip generates the first masks; closing it gives up what is under way.
    pub(in crate::studio) fn toggle_new_masks(&mut self) {
        self.synthesis.new_mask.open = !self.synthesis.new_mask.open;
        if !self.synthesis.new_mask.open {
            self.synthesis.new_mask.cancel();
        } else if self.synthesis.new_mask.candidates.is_empty() {
            self.generate_masks(false);
        }
    }

    /// Asks for new masks, or for variations of the open one.
    pub(in crate::studio) fn generate_masks(&mut self, varies: bool) {
        self.synthesis.new_mask.open = true;
        self.with_tools(|tools, context| tools.release(context));
        self.synthesis.new_mask.ask(&self.context, self.session.page(), varies);
    }

    /// Opens a candidate: as a document of its own where the B-scan shown has labels of a real eye or from a file, unless
    /// these are to be replaced; else on the page, as one step that can be undone.
    pub(in crate::studio) fn accept_mask(&mut self, index: usize) {
        let Some(shown) = self.synthesis.new_mask.candidates.get(index) else { return };
        let seed = shown.candidate.seed;
        let name = match shown.varies {
            true => text!("mask-varied-name", %seed),
            false => text!("mask-new-name", %seed),
        };
        let mask = shown.candidate.mask.clone();
        let scan = &self.session.page().scan;
        let is_from_file = self.session.path.is_some() || self.session.opened_from.is_some();
        let is_somebodys = !self.editor.facts.is_bare && (is_from_file || !scan.is_placeholder);
        if is_somebodys && !self.synthesis.new_mask.replaces_labels {
            let mut document = without_scan(mask, scan.spacing);
            document.name = name;
            self.show_instead(EditorSession::new(document, None), Vec::new());
            return;
        }
        self.with_tools(|tools, context| tools.release(context));
        self.replace_mask(mask, name);
    }
}
