//! What the window does for the auto-trace: starts it, takes what it proposes, shows where it was not sure.

use super::tools::image_size;
use super::tracing::TraceNews;
use crate::document::{Command, LabelOrigin};
use crate::studio::shell::action::TraceAction;
use crate::studio::shell::app::Studio;
use crate::studio::shell::notices::Topic;
use crate::studio::texts::text;

/// Points an image pixel at which a doubt of the trace is shown at most.
const CLOSEST_DOUBT: f32 = 4.0;

impl Studio {
    /// Does what is asked of the auto-trace.
    pub(in crate::studio) fn perform_trace(&mut self, action: TraceAction) {
        match action {
            TraceAction::TraceLayers => self.trace_layers(),
            TraceAction::StopTrace => self.editor.tracing.cancel(),
            TraceAction::ForgetDoubts => self.editor.tracing.forget_doubts(),
            TraceAction::NextDoubt => self.show_next_doubt(),
        }
    }

    fn trace_layers(&mut self) {
        self.with_tools(|tools, context| tools.release(context));
        if let Err(error) = self.editor.tracing.start(&self.session, &self.context) {
            self.chrome.notices.fail(Topic::Trace, text!("shell-tracing-cannot-start", %error));
        }
    }

    fn show_next_doubt(&mut self) {
        if let Some([columns, rows]) = self.editor.tracing.next_doubt() {
            let size = image_size(&self.session);
            let (columns, rows) = ([columns.start, columns.end], [rows.start, rows.end]);
            self.editor.view.show_rect(self.editor.panes[0], columns, rows, CLOSEST_DOUBT, size);
        }
    }

    /// Takes what the auto-trace has found.
    pub(in crate::studio) fn take_trace(&mut self) {
        match self.editor.tracing.news(&self.session, self.settings.locked()) {
            Some(TraceNews::Proposal(command)) => {
                self.chrome.notices.succeed(Topic::Trace);
                self.with_tools(|tools, context| tools.release(context));
                let page = self.session.page_index();
                self.session.editor.begin(text!("step-trace-layers"));
                self.edit(command);
                self.edit(Command::SetLabelOrigin { page, origin: Some(LabelOrigin::Traced) });
                self.session.editor.commit();
            }
            Some(TraceNews::Failed(message)) => self.chrome.notices.fail(Topic::Trace, message),
            None => {}
        }
    }
}
