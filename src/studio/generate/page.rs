//! How the page is laid out: the list, the contact sheet, the facts or the form.

use eframe::egui::{Align, CentralPanel, Frame, Layout, Margin, Panel, Ui};

use super::action::GenerateAction;
use super::state::{GenerateContext, GeneratePage};
use super::{facts_view, form_view, list};
use crate::studio::texts::text;
use crate::studio::widgets::controls::{ButtonState, text_button};
use crate::studio::widgets::empty_state::empty_state;
use crate::studio::widgets::theme;

/// Width of the list.
const LIST_WIDTH: f32 = 250.0;
/// Width of the facts.
const FACTS_WIDTH: f32 = 330.0;
/// Width of the form.
const FORM_WIDTH: f32 = 380.0;

impl GeneratePage {
    /// Draws the page in the middle of the window.
    pub(in crate::studio) fn show(
        &mut self,
        ui: &mut Ui,
        context: GenerateContext,
        actions: &mut Vec<GenerateAction>,
    ) {
        let panel = Frame::new().fill(theme::CHROME).inner_margin(theme::PANEL_MARGIN);
        Panel::left("generations").exact_size(LIST_WIDTH).resizable(false).frame(panel).show(ui, |ui| {
            list::show(ui, &self.generations, self.selected.as_deref(), self.is_looking, actions);
        });
        let record = self.selected_record().cloned();
        if self.form.is_some() || record.is_some() {
            let width = if self.form.is_some() { FORM_WIDTH } else { FACTS_WIDTH };
            Panel::right("generation").exact_size(width).resizable(false).frame(panel).show(ui, |ui| match (
                &mut self.form,
                &record,
            ) {
                (Some(form), _) => {
                    let before = self.generations.iter().map(|generation| generation.record.as_ref());
                    let estimate = form.estimate(before);
                    form_view::show(ui, form, &estimate, context, actions);
                }
                (None, Some(record)) => {
                    let coverage = self.coverage.as_ref().filter(|(folder, _)| *folder == record.path);
                    facts_view::show(ui, record, coverage.map(|(_, state)| state), actions);
                }
                (None, None) => {}
            });
        }
        let middle = Frame::new().fill(theme::CANVAS).inner_margin(Margin::symmetric(18, 14));
        CentralPanel::default().frame(middle).show(ui, |ui| match &record {
            Some(record) => {
                self.sheet_heading(ui, record.newest.len(), actions);
                self.sheet.show(ui, record, &self.background, actions);
            }
            None => nothing(ui, self.places.is_some()),
        });
    }

    fn sheet_heading(&self, ui: &mut Ui, shown: usize, actions: &mut Vec<GenerateAction>) {
        ui.horizontal(|ui| {
            ui.set_min_height(theme::ICON_BUTTON);
            ui.label(theme::heading(text!("generate-newest")));
            ui.label(theme::caption(match shown {
                0 => String::new(),
                1 => text!("generate-first-one").to_owned(),
                shown => text!("generate-last", shown),
            }));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let hint = text!("generate-labels-about");
                let state = ButtonState::selected_if(!self.sheet.is_bare());
                if text_button(
                    ui,
                    text!("generate-labels"),
                    64.0,
                    text!("generate-labels-spoken"),
                    hint,
                    state,
                )
                .clicked()
                {
                    actions.push(GenerateAction::ToggleLabels);
                }
            });
        });
        ui.add_space(6.0);
    }
}

fn nothing(ui: &mut Ui, has_places: bool) {
    let how = if has_places { text!("generate-how") } else { text!("generate-no-places") };
    empty_state(ui, text!("generate-empty"), how, |_| {});
}
