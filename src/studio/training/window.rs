//! The window's side of the page: what both share, the question at the end, the model that answers.

use std::sync::Arc;

use eframe::egui::{Ui, ViewportCommand};

use super::orders::{LeaveAnswer, TrainingAction};
use super::{Leaving, Training};
use crate::studio::app::Studio;
use crate::studio::command::Action;
use crate::studio::keys;
use crate::studio::notices::Severity;
use crate::studio::synthesis::Synthesis;
use crate::worker::models::DEFAULT_NAME;
use crate::worker::slot::Wake;
use crate::worker::{DeviceChoice, ModelSource, SynthesisWorker, WorkerOptions};

impl Training {
    /// The window is to close over runs at work.
    pub(in crate::studio) fn ask_about_runs(&mut self) {
        self.leaving.get_or_insert(Leaving::Asking);
    }
}

impl Studio {
    /// Takes the news of trainers and threads; closes the window once runs that were told to have saved.
    pub(in crate::studio) fn follow_training(&mut self) {
        for (severity, text) in self.training.follow() {
            self.notices.add(severity, text);
        }
        if self.training.leaving == Some(Leaving::Saving) && !self.training.is_running() {
            self.leave_runs();
        }
        let page = self.session.page().clone();
        let state = (self.session.view_number(), self.session.editor.revision());
        let is_painting = self.session.editor.is_step_open();
        self.training.keep_live_sample(&page, state, is_painting);
    }

    /// Draws the page with the keys that mean something on it.
    pub(in crate::studio) fn show_training(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let mut asked = Vec::new();
        let in_use = self.model_in_use.clone();
        self.training.show(ui, Some(in_use.as_deref().unwrap_or(DEFAULT_NAME)), &mut asked);
        actions.extend(asked.into_iter().map(Action::Training));
        if !self.is_asking() {
            let pressed = keys::actions(ui.ctx(), &self.keymap).into_iter();
            actions.extend(pressed.filter(|action| {
                matches!(
                    action,
                    Action::Training(_)
                        | Action::Open
                        | Action::Save
                        | Action::SaveAs
                        | Action::ToggleKeys
                        | Action::TogglePalette
                )
            }));
        }
    }

    /// Does what the page or a key asks for.
    pub(in crate::studio) fn perform_training(&mut self, action: TrainingAction) {
        if matches!(action, TrainingAction::NewRun) {
            self.training.shown = true;
        }
        if let TrainingAction::UseModel(source) = &action {
            self.use_model(source.clone());
        }
        let leaves = matches!(action, TrainingAction::Leave(LeaveAnswer::KeepRunning));
        let outcome = self.training.perform(action);
        self.report(outcome);
        if leaves {
            self.leave_runs();
        }
    }

    fn leave_runs(&mut self) {
        self.training.leaving = None;
        self.runs_may_go_on = true;
        self.context.send_viewport_cmd(ViewportCommand::Close);
    }

    /// Synthesises with another model from now on, on the device as before.
    fn use_model(&mut self, model: ModelSource) {
        let is_on_cpu = self.synthesis.device().is_some_and(|device| !device.is_gpu);
        let device = if is_on_cpu { DeviceChoice::Cpu } else { DeviceChoice::Auto };
        let wake: Wake = {
            let context = self.context.clone();
            Arc::new(move || context.request_repaint())
        };
        self.model_in_use = Some(match &model {
            ModelSource::Default => DEFAULT_NAME.to_owned(),
            ModelSource::Bundled(name) => name.clone(),
            ModelSource::File(path) => path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        });
        let shared_gpu = self.shared_gpu.clone();
        let worker = SynthesisWorker::start(WorkerOptions { model, device, shared_gpu, wake });
        self.synthesis = Synthesis::with_worker(worker);
        self.notices.add(
            Severity::Info,
            format!("Synthesis goes on with {}.", self.model_in_use.as_deref().unwrap_or_default()),
        );
    }
}
