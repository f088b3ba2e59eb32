//! What the page does for the auto-trace: starts it, takes what it proposes, shows where it was not sure.

use super::context::EditorContext;
use super::page::EditorPage;
use super::session::EditorSession;
use super::tools::image_size;
use super::tracing::TraceNews;
use crate::document::{Command, LabelOrigin};
use crate::studio::shell::action::{Action, TraceAction};
use crate::studio::shell::notices::Severity;
use crate::studio::texts::text;

/// Points an image pixel at which a doubt of the trace is shown at most.
const CLOSEST_DOUBT: f32 = 4.0;

impl EditorPage {
    /// Does what is asked of the auto-trace.
    pub fn perform_trace(
        &mut self,
        action: TraceAction,
        context: &mut EditorContext<'_>,
        actions: &mut Vec<Action>,
    ) {
        match action {
            TraceAction::TraceLayers => self.trace_layers(context, actions),
            TraceAction::StopTrace => self.tracing.cancel(),
            TraceAction::ForgetDoubts => self.tracing.forget_doubts(),
            TraceAction::NextDoubt => self.show_next_doubt(context.session),
        }
    }

    fn trace_layers(&mut self, context: &mut EditorContext<'_>, actions: &mut Vec<Action>) {
        self.release_tools(context, actions);
        if let Err(error) = self.tracing.start(context.session, context.window) {
            context.notices.add_of_document(Severity::Error, text!("shell-tracing-cannot-start", %error));
        }
    }

    fn show_next_doubt(&mut self, session: &EditorSession) {
        if let Some([columns, rows]) = self.tracing.next_doubt() {
            let size = image_size(session);
            let (columns, rows) = ([columns.start, columns.end], [rows.start, rows.end]);
            self.view.show_rect(self.panes[0], columns, rows, CLOSEST_DOUBT, size);
        }
    }

    /// Takes what the auto-trace has found.
    pub fn take_trace(&mut self, context: &mut EditorContext<'_>, actions: &mut Vec<Action>) {
        match self.tracing.news(context.session, context.settings.locked()) {
            Some(TraceNews::Proposal(command)) => {
                self.release_tools(context, actions);
                let page = context.session.page_index();
                context.session.editor.begin(text!("step-trace-layers"));
                self.edit(context, command);
                self.edit(context, Command::SetLabelOrigin { page, origin: Some(LabelOrigin::Traced) });
                context.session.editor.commit();
            }
            Some(TraceNews::Failed(message)) => context.notices.add_of_document(Severity::Error, message),
            None => {}
        }
    }
}
