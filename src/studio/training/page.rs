//! How the page is laid out: its parts; runs, curves over samples, facts or the form.

use eframe::egui::{Align, CentralPanel, Context, Frame, Layout, Margin, Panel, Ui, vec2};

use super::comparisons::{ComparisonAction, Comparisons};
use super::orders::{LeaveAnswer, TrainingAction};
use super::{Leaving, TrainingPage, curves, data_form_view, form_view, models, part, run_view, runs};
use crate::serve::CommandLine;
use crate::studio::shell::questions::{ButtonRank, button, dialog, title};
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::empty_state::empty_state;
use crate::studio::widgets::theme;
use crate::training::run_record::RunRecord;

/// Width of the list of runs.
const LIST_WIDTH: f32 = 250.0;
/// Width of the facts.
const FACTS_WIDTH: f32 = 312.0;
/// Width of the form.
const FORM_WIDTH: f32 = 400.0;
/// Part of the height that curves take where there is much of it.
const CURVES_SHARE: f32 = 0.42;

impl TrainingPage {
    /// Draws the page in the middle of the window.
    pub(in crate::studio) fn show(
        &mut self,
        ui: &mut Ui,
        in_use: models::InUse,
        remote: Option<&CommandLine>,
        actions: &mut Vec<TrainingAction>,
    ) {
        let panel = Frame::new().fill(theme::CHROME).inner_margin(theme::PANEL_MARGIN);
        let comparison = self.part.comparison();
        Panel::left("runs").exact_size(LIST_WIDTH).resizable(false).frame(panel).show(ui, |ui| {
            actions.extend(part::switch(ui, self.part).map(TrainingAction::ShowPart));
            if let Some(kind) = comparison {
                Comparisons::show_about(ui, kind);
                return;
            }
            let models_height =
                (34.0 + 30.0 * models::count(&self.models, in_use) as f32).min(ui.available_height() * 0.4);
            let height = ui.available_height() - models_height;
            ui.allocate_ui(vec2(ui.available_width(), height), |ui| self.show_runs(ui, actions));
            models::show(ui, &self.models, in_use, actions);
        });
        if let Some(kind) = comparison {
            let mut page_actions = Vec::new();
            self.comparisons.show(ui, kind, &mut page_actions);
            actions.extend(page_actions.into_iter().map(|action| match action {
                ComparisonAction::Choose(place) => TrainingAction::Choose(place),
                action => TrainingAction::Comparison(action),
            }));
            return;
        }
        let record = self.selected().cloned();
        let has_form = self.form.is_some() || self.data_form.is_some();
        if has_form || record.is_some() {
            let width = if has_form { FORM_WIDTH } else { FACTS_WIDTH };
            Panel::right("run").exact_size(width).resizable(false).frame(panel).show(ui, |ui| {
                let pace = self.measured_pace();
                if let Some(form) = &mut self.data_form {
                    data_form_view::show(ui, form, actions);
                    return;
                }
                match (&mut self.form, &record) {
                    (Some(form), _) => {
                        let (gpus, models) = (self.gpus.as_deref(), self.models.as_slice());
                        let known = form_view::Known { pace, gpus, models, remote };
                        form_view::show(ui, form, &known, actions);
                    }
                    (None, Some(record)) => {
                        let live = self.live.as_ref().is_some_and(|(path, _)| *path == record.path);
                        run_view::show(ui, record, live, &mut self.publish_name, actions);
                    }
                    (None, None) => {}
                }
            });
        }
        let middle = Frame::new().fill(theme::CANVAS).inner_margin(Margin::symmetric(18, 14));
        CentralPanel::default().frame(middle).show(ui, |ui| match &record {
            Some(record) => self.show_run(ui, record),
            None => nothing(ui, self.places.is_some()),
        });
    }

    fn show_runs(&self, ui: &mut Ui, actions: &mut Vec<TrainingAction>) {
        ui.set_min_height(ui.available_height());
        let selected = self.selected.as_deref();
        runs::show(ui, &self.runs, selected, &self.compared, self.is_looking, actions);
    }

    fn show_run(&mut self, ui: &mut Ui, record: &RunRecord) {
        let compared: Vec<&RunRecord> = self
            .runs
            .iter()
            .map(|run| run.record.as_ref())
            .filter(|other| self.compared.contains(&other.path) && other.path != record.path)
            .collect();
        let shown: Vec<&RunRecord> = std::iter::once(record).chain(compared).collect();
        let height = (ui.available_height() * CURVES_SHARE).max(160.0);
        curves::show(ui, &mut self.look, &shown, height);
        ui.add_space(14.0);
        self.sheet.show(ui, record, &self.background);
    }

    /// Whether what is shown is complete: for pictures of the window.
    pub fn is_settled(&self) -> bool {
        if let Some(kind) = self.part.comparison() {
            return self.comparisons.is_settled(kind);
        }
        let settled = |record: &RunRecord| record.samples.is_empty() || self.sheet.is_settled(&record.path);
        !self.is_looking && self.selected().is_none_or(settled)
    }

    /// Asks whether runs at work go on without the window.
    pub(in crate::studio) fn ask_leaving(&self, context: &Context, actions: &mut Vec<TrainingAction>) {
        let Some(leaving) = self.leaving else { return };
        let response = dialog("leaving").show(context, |ui| {
            ui.set_width(440.0);
            title(ui, text!("training-at-work"));
            if leaving == Leaving::Saving {
                ui.horizontal(|ui| {
                    ui.add(BusyMark::new(14.0, theme::ACCENT));
                    ui.label(theme::weak(text!("training-finishing")));
                });
            } else {
                ui.label(theme::weak(text!("training-can-go-on")));
            }
            ui.add_space(14.0);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let mut answer = |ui: &mut Ui, text: &str, rank: ButtonRank, answer: LeaveAnswer| {
                    if button(ui, text, rank) {
                        actions.push(TrainingAction::Leave(answer));
                    }
                };
                answer(ui, text!("training-keep-running"), ButtonRank::Main, LeaveAnswer::KeepRunning);
                if leaving == Leaving::Asking {
                    answer(ui, text!("training-save-and-end"), ButtonRank::Other, LeaveAnswer::StopAndSave);
                }
                answer(ui, text!("shell-cancel"), ButtonRank::Other, LeaveAnswer::Cancel);
            });
        });
        if response.should_close() {
            actions.push(TrainingAction::Leave(LeaveAnswer::Cancel));
        }
    }
}

fn nothing(ui: &mut Ui, has_places: bool) {
    let how = if has_places { text!("training-how") } else { text!("training-no-place") };
    empty_state(ui, text!("training-own"), how, |_| {});
}
