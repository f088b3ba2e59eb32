//! How a comparison is laid out: its form at the right, how it stands and its runs in the middle.

use eframe::egui::{CentralPanel, Frame, Label, Margin, Panel, RichText, ScrollArea, Ui};

use super::action::ComparisonAction;
use super::state::Comparisons;
use super::{foot, helps_view, paper_view, runs_view};
use crate::studio::texts::text;
use crate::studio::widgets::theme;
use crate::worker::ComparisonKind;

/// Width of the form.
const FORM_WIDTH: f32 = 400.0;

impl Comparisons {
    /// What a comparison is for, at the left under the switch of the page's parts.
    pub fn show_about(ui: &mut Ui, kind: ComparisonKind) {
        let about = match kind {
            ComparisonKind::Downstream => text!("comparisons-helps-about"),
            ComparisonKind::Paper => text!("comparisons-paper-about"),
        };
        ui.add(Label::new(theme::weak(about)).wrap());
    }

    /// Draws the form and the middle of the page.
    pub fn show(&mut self, ui: &mut Ui, kind: ComparisonKind, actions: &mut Vec<ComparisonAction>) {
        let panel = Frame::new().fill(theme::CHROME).inner_margin(theme::PANEL_MARGIN);
        Panel::right("comparison").exact_size(FORM_WIDTH).resizable(false).frame(panel).show(ui, |ui| {
            self.show_form(ui, kind, actions);
        });
        let middle = Frame::new().fill(theme::CANVAS).inner_margin(Margin::symmetric(18, 14));
        CentralPanel::default().frame(middle).show(ui, |ui| {
            runs_view::show(ui, kind, self.record(kind), actions);
        });
    }

    fn show_form(&mut self, ui: &mut Ui, kind: ComparisonKind, actions: &mut Vec<ComparisonAction>) {
        let title = match kind {
            ComparisonKind::Downstream => text!("comparisons-helps-form"),
            ComparisonKind::Paper => text!("comparisons-paper-form"),
        };
        ui.label(RichText::new(title).font(theme::semibold(16.0)).color(theme::TEXT_STRONG));
        let height = (ui.available_height() - foot::FOOT_HEIGHT).max(120.0);
        let is_at_work = self.record(kind).is_some_and(|record| record.state.is_alive());
        let knows_folder = self.knows_folder(kind);
        ScrollArea::vertical().max_height(height).auto_shrink([false, false]).show(ui, |ui| {
            Frame::new().inner_margin(Margin { right: 10, ..Margin::ZERO }).show(ui, |ui| {
                // What is at work was begun with these; its folder stays in the window with it.
                ui.add_enabled_ui(!is_at_work, |ui| match kind {
                    ComparisonKind::Downstream => {
                        helps_view::show(ui, &mut self.helps, knows_folder, actions);
                    }
                    ComparisonKind::Paper => paper_view::show(ui, &mut self.paper, knows_folder, actions),
                });
            });
        });
        foot::show(ui, kind, self.record(kind), &self.problems(kind), actions);
    }
}
