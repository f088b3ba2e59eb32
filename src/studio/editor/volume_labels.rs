//! What the window does with a run over a volume: starts it, and takes what comes as one step.

use super::volume_tracing::VolumeNews;
use crate::studio::shell::app::Studio;
use crate::studio::shell::notices::{Severity, Topic};
use crate::studio::texts::text;

impl Studio {
    /// Starts on every B-scan without labels.
    pub(in crate::studio) fn label_volume(&mut self) {
        self.with_tools(|tools, context| tools.release(context));
        match self.editor.volume_tracing.start(&self.session, &self.context) {
            Ok(true) => {}
            Ok(false) => self.chrome.notices.add(Severity::Info, text!("volume-trace-none")),
            Err(error) => {
                self.chrome.notices.fail(Topic::TraceVolume, text!("shell-tracing-cannot-start", %error));
            }
        }
    }

    /// Whether all B-scans are being traced.
    pub fn is_labelling_volume(&self) -> bool {
        self.editor.volume_tracing.progress().is_some()
    }

    /// Takes the labels of all B-scans, as one step.
    pub(in crate::studio) fn take_volume_labels(&mut self) {
        let labels = match self.editor.volume_tracing.news(&self.session) {
            None => return,
            Some(VolumeNews::Done(labels)) => labels,
            Some(VolumeNews::Outdated) => {
                self.chrome.notices.add(Severity::Warning, text!("volume-trace-changed"));
                return;
            }
            Some(VolumeNews::Failed) => {
                self.chrome.notices.fail(Topic::TraceVolume, text!("volume-trace-failed"));
                return;
            }
        };
        self.chrome.notices.succeed(Topic::TraceVolume);
        self.take_labels(text!("step-trace-all"), labels.labelled);
        if !labels.failures.is_empty() {
            let text = text!("volume-not-traced", b_scans = labels.failures.join("; "));
            self.chrome.notices.add(Severity::Warning, text);
        }
    }
}
