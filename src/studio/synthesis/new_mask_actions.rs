//! What the page does for the strip of new masks: opens it, asks for masks, and takes the one that is chosen.

use super::new_mask::{MasksWanted, document_without_scan, without_scan};
use crate::document::Document;
use crate::studio::editor::context::EditorContext;
use crate::studio::editor::page::EditorPage;
use crate::studio::shell::action::{Action, NewMaskAction};
use crate::studio::texts::text;

impl EditorPage {
    /// Does what is asked of new masks. Returns a document that is to be shown in place of the open one.
    pub fn perform_new_mask(
        &mut self,
        action: NewMaskAction,
        context: &mut EditorContext<'_>,
        actions: &mut Vec<Action>,
    ) -> Option<Document> {
        match action {
            NewMaskAction::ToggleNewMasks => self.toggle_new_masks(context, actions),
            NewMaskAction::GenerateMasks => self.generate_masks(MasksWanted::New, context, actions),
            NewMaskAction::VaryMask => self.generate_masks(MasksWanted::Variations, context, actions),
            NewMaskAction::AcceptMask(index) => return self.accept_mask(index, context, actions),
            NewMaskAction::OpenEmptyPage => return Some(document_without_scan()),
        }
        None
    }

    /// Opening the strip generates the first masks; closing it gives up what is under way.
    fn toggle_new_masks(&mut self, context: &mut EditorContext<'_>, actions: &mut Vec<Action>) {
        let new_mask = &mut context.synthesis.new_mask;
        new_mask.open = !new_mask.open;
        if !new_mask.open {
            new_mask.cancel();
        } else if new_mask.candidates.is_empty() {
            self.generate_masks(MasksWanted::New, context, actions);
        }
    }

    fn generate_masks(
        &mut self,
        wanted: MasksWanted,
        context: &mut EditorContext<'_>,
        actions: &mut Vec<Action>,
    ) {
        context.synthesis.new_mask.open = true;
        self.release_tools(context, actions);
        context.synthesis.new_mask.ask(context.window, context.session.page(), wanted);
    }

    /// Opens a candidate: as a document of its own, which is returned, where the B-scan shown has labels of a real eye or
    /// from a file, unless these are to be replaced; else on the page, as one step that can be undone.
    fn accept_mask(
        &mut self,
        index: usize,
        context: &mut EditorContext<'_>,
        actions: &mut Vec<Action>,
    ) -> Option<Document> {
        let shown = context.synthesis.new_mask.candidates.get(index)?;
        let seed = shown.candidate.seed;
        let name = match shown.varies {
            true => text!("mask-varied-name", %seed),
            false => text!("mask-new-name", %seed),
        };
        let mask = shown.candidate.mask.clone();
        let scan = &context.session.page().scan;
        let is_from_file = context.session.path.is_some() || context.session.opened_from.is_some();
        let is_somebodys = !self.facts.is_bare && (is_from_file || !scan.is_placeholder);
        if is_somebodys && !context.synthesis.new_mask.replaces_labels {
            let mut document = without_scan(mask, scan.spacing);
            document.name = name;
            return Some(document);
        }
        self.release_tools(context, actions);
        self.replace_mask(context, mask, name);
        None
    }
}
