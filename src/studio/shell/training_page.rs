//! The training page in the window: what both share, the question at the end, the model that answers.

use eframe::egui::{Ui, ViewportCommand};

use super::action::{Action, WindowAction};
use super::app::Studio;
use super::keys;
use super::notices::{Severity, Topic};
use super::page::Page;
use crate::studio::files::choosing::Purpose;
use crate::studio::synthesis::setup::{name_of, stem_of};
use crate::studio::texts::text;
use crate::studio::training::models::InUse;
use crate::studio::training::{LeaveAnswer, Leaving, TrainingAction};
use crate::worker::ModelSource;
use crate::worker::models::{ModelPurpose, UserModel, teacher_of};

impl Studio {
    /// Takes the news of trainers, generations and threads; closes the window once runs that were told to have saved.
    pub(in crate::studio) fn follow_runs(&mut self) {
        let shown = self.page();
        for (severity, text) in self.pages.follow_work(shown) {
            self.chrome.notices.add(severity, text);
        }
        if self.pages.training.leaving == Some(Leaving::Saving) && !self.pages.is_at_work() {
            self.leave_runs();
        }
        let page = self.session.page().clone();
        let state = (self.session.view_number(), self.session.editor.revision());
        let is_painting = self.session.editor.is_step_open();
        self.pages.training.keep_live_sample(&page, state, is_painting);
    }

    /// Draws the page with the keys that mean something on it.
    pub(in crate::studio) fn show_training(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) {
        let mut page_actions = Vec::new();
        let masks = self.synthesis.new_mask.model();
        let setup = self.synthesis.setup();
        let in_use = InUse {
            scans: &setup.model_name(),
            file: match &setup.model {
                ModelSource::File(file) => Some(file.as_path()),
                _ => None,
            },
            drafts: setup.student.as_deref(),
            masks: &masks,
            labels: self.pages.review.segmenter(),
        };
        self.pages.training.show(ui, in_use, setup.remote.as_ref(), &mut page_actions);
        actions.extend(page_actions.into_iter().map(Action::Training));
        if !self.is_asking() {
            let pressed = keys::actions(ui.ctx(), &self.chrome.keymap).into_iter();
            actions.extend(pressed.filter(|action| {
                matches!(
                    action,
                    Action::Training(_)
                        | Action::Generate(_)
                        | Action::Open
                        | Action::Save
                        | Action::SaveAs
                        | Action::Window(WindowAction::ToggleKeys | WindowAction::TogglePalette)
                )
            }));
        }
    }

    /// Does what the page or a key asks for.
    pub(in crate::studio) fn perform_training(&mut self, action: TrainingAction) {
        if let TrainingAction::Choose(place) = action {
            self.choose(Purpose::Training(place));
            return;
        }
        match action {
            TrainingAction::Toggle => self.chrome.toggle_page(Page::Training),
            TrainingAction::NewRun => self.chrome.page = Page::Training,
            _ => self.chrome.leave_pages_but(Page::Training),
        }
        let topic = Topic::of_action(Page::Training, &action);
        let mut stopped = Ok(());
        match &action {
            TrainingAction::UseModel(source) => self.use_model(source.clone()),
            TrainingAction::UseMasks(source) => self.use_masks(source.clone()),
            TrainingAction::UseSegmenter(source) => self.use_segmenter(source.clone()),
            TrainingAction::UseStudent(student) => self.use_student(student),
            TrainingAction::Leave(LeaveAnswer::StopAndSave) => stopped = self.pages.generate.stop_all(),
            _ => {}
        }
        let leaves = matches!(action, TrainingAction::Leave(LeaveAnswer::KeepRunning));
        let outcome = self.pages.training.perform(action);
        self.conclude(topic, stopped.and(outcome));
        if leaves {
            self.leave_runs();
        }
    }

    fn leave_runs(&mut self) {
        self.pages.training.leaving = None;
        self.pages.training.runs_may_go_on = true;
        self.context.send_viewport_cmd(ViewportCommand::Close);
    }

    /// Synthesises with another model from now on, on the device as before.
    fn use_model(&mut self, model: ModelSource) {
        let setup = self.synthesis.setup().with_model(model);
        self.synthesis.set_up(setup.clone(), &self.context, self.graphics.shared.clone());
        let model = setup.model_name();
        let drafts = match &setup.student {
            Some(student) => text!("training-drafts-by", student = %stem_of(student)),
            None => String::new(),
        };
        self.chrome.notices.add(Severity::Info, text!("training-synthesis-with", %model, %drafts));
    }

    /// Generates masks with another model from now on.
    fn use_masks(&mut self, model: ModelSource) {
        let name = name_of(&model);
        self.synthesis.new_mask.use_model(model);
        self.chrome.notices.add(Severity::Info, text!("training-masks-by", %name));
    }

    /// Looks at pairs under review with another segmenter from now on.
    fn use_segmenter(&mut self, model: ModelSource) {
        let name = name_of(&model);
        self.pages.review.use_segmenter(model);
        self.chrome.notices.add(Severity::Info, text!("training-segmenter-by", %name));
    }

    /// A student is of use with its teacher alone: both are taken.
    fn use_student(&mut self, student: &UserModel) {
        let ModelPurpose::Drafts { teacher_sha256 } = &student.purpose else { return };
        match teacher_of(teacher_sha256, self.pages.training.models()) {
            Some(teacher) => self.use_model(ModelSource::WithStudent {
                model: Box::new(teacher),
                student: student.path.clone(),
            }),
            None => self.chrome.notices.add(
                Severity::Error,
                text!(
                    "training-no-teacher",
                    student = %student.name,
                    sha = %&teacher_sha256.chars().take(12).collect::<String>()
                ),
            ),
        }
    }
}
