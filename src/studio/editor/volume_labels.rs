//! What the page does with a run over a volume: starts it, and takes what comes as one step.

use super::context::EditorContext;
use super::page::EditorPage;
use super::volume_tracing::VolumeNews;
use crate::studio::shell::action::Action;
use crate::studio::shell::notices::Severity;
use crate::studio::texts::text;

impl EditorPage {
    /// Starts on every B-scan without labels.
    pub(super) fn label_volume(&mut self, context: &mut EditorContext<'_>, actions: &mut Vec<Action>) {
        self.release_tools(context, actions);
        match self.volume_tracing.start(context.session, context.window) {
            Ok(true) => {}
            Ok(false) => context.notices.add_of_document(Severity::Info, text!("volume-trace-none")),
            Err(error) => {
                context.notices.add_of_document(Severity::Error, text!("shell-tracing-cannot-start", %error));
            }
        }
    }

    /// Takes the labels of all B-scans, as one step.
    pub fn take_volume_labels(&mut self, context: &mut EditorContext<'_>) {
        let labels = match self.volume_tracing.news(context.session) {
            None => return,
            Some(VolumeNews::Done(labels)) => labels,
            Some(VolumeNews::Outdated) => {
                context.notices.add_of_document(Severity::Warning, text!("volume-trace-changed"));
                return;
            }
            Some(VolumeNews::Failed) => {
                context.notices.add_of_document(Severity::Error, text!("volume-trace-failed"));
                return;
            }
        };
        self.take_labels(text!("step-trace-all"), labels.labelled, context);
        if !labels.failures.is_empty() {
            let text = text!("volume-not-traced", b_scans = labels.failures.join("; "));
            context.notices.add_of_document(Severity::Warning, text);
        }
    }
}
