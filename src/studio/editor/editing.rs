//! How the page changes the document: through the tools, and by commands of its own.

use super::context::EditorContext;
use super::page::EditorPage;
use super::session::EditorSession;
use super::tools::{ToolContext, Toolbox};
use crate::document::Command;
use crate::mask::{Mask, beside_locked};
use crate::scan::Rect;
use crate::studio::shell::action::Action;
use crate::studio::shell::notices::Severity;

impl EditorPage {
    /// Lets the tools work on the document; what they want of the window is added to the actions.
    pub fn with_tools<R>(
        &mut self,
        context: &mut EditorContext<'_>,
        actions: &mut Vec<Action>,
        work: impl FnOnce(&mut Toolbox, &mut ToolContext<'_>) -> R,
    ) -> R {
        let scale = self.view.scale();
        let mut tool_context = ToolContext::new(context.session, context.settings, scale);
        let result = work(&mut self.tools, &mut tool_context);
        let outcome = tool_context.into_outcome();
        self.redraw(context.session, outcome.dirty);
        if let Some(complaint) = outcome.complaint {
            context.notices.add_of_document(Severity::Error, complaint);
        }
        actions.extend(outcome.actions);
        result
    }

    /// Ends the gesture under way as if the button had been released.
    pub fn release_tools(&mut self, context: &mut EditorContext<'_>, actions: &mut Vec<Action>) {
        self.with_tools(context, actions, |tools, context| tools.release(context));
    }

    /// Changes the document; why a command is refused is shown.
    pub fn edit(&self, context: &mut EditorContext<'_>, command: Command) {
        match context.session.editor.apply(command) {
            Ok(change) if change.page == context.session.page_index() => {
                self.redraw(context.session, change.dirty);
            }
            Ok(_) => {}
            Err(error) => context.notices.add_of_document(Severity::Error, error.to_string()),
        }
    }

    /// Puts another mask onto the page shown, locked labels as they are.
    pub fn replace_mask(&self, context: &mut EditorContext<'_>, mask: Mask, name: String) {
        let (page, here) = (context.session.page_index(), &context.session.page().mask);
        let mask = match mask.layers.bounds() == here.layers.bounds() {
            true => beside_locked(here, mask, context.settings.locked()),
            // Refused, in words, by the command.
            false => mask,
        };
        self.edit(context, Command::ReplaceMask { page, mask, name });
    }

    /// Queues a rectangle of the mask for the screen.
    pub fn redraw(&self, session: &EditorSession, dirty: Rect) {
        if let Some(textures) = &self.textures
            && textures.view_number == session.view_number()
        {
            let mask = &session.page().mask;
            textures.editor.set_labels(mask, dirty);
            textures.synthetic.set_labels(mask, dirty);
        }
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::Context;

    use super::*;
    use crate::document::Document;
    use crate::mask::Plane;
    use crate::scan::BScan;
    use crate::studio::shell::notices::Notices;
    use crate::studio::shell::settings::PanelSettings;
    use crate::studio::synthesis::pane::SynthesisPane;
    use crate::studio::synthesis::setup::SynthesisSource;

    #[test]
    fn the_page_changes_a_document_without_a_studio_around_it() {
        let bare = Mask::unannotated(32, 32);
        let document = Document::from_scan(BScan::placeholder(32, 32, "scan"), bare.clone());
        let mut session = EditorSession::new(document, None);
        let mut settings = PanelSettings::default();
        let mut synthesis = SynthesisPane::new(SynthesisSource::None("there is no model".to_owned()));
        let mut notices = Notices::default();
        let window = Context::default();
        let mut context = EditorContext {
            window: &window,
            session: &mut session,
            settings: &mut settings,
            synthesis: &mut synthesis,
            notices: &mut notices,
            pass: None,
            is_covered: false,
            side_panel_shown: true,
        };
        let (mut page, mut actions) = (EditorPage::default(), Vec::new());
        let labelled = Mask { layers: Plane::filled(32, 32, 3), lesions: Plane::filled(32, 32, 0) };
        page.replace_mask(&mut context, labelled.clone(), "all of it".to_owned());
        assert_eq!(context.session.page().mask, labelled);
        page.undo(&mut context, &mut actions);
        assert_eq!(context.session.page().mask, bare);
        assert_eq!(context.notices.iter().count(), 0);
        page.replace_mask(&mut context, Mask::unannotated(8, 8), "of another size".to_owned());
        assert_eq!(context.notices.iter().count(), 1, "why it is refused is shown");
        assert!(actions.is_empty(), "nothing is wanted of the window");
    }
}
