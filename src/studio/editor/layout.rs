//! How the page is laid out: the panes in the middle; tools, panels and strips around them.

use eframe::egui::{CentralPanel, Frame, Margin, Panel, Ui};

use super::context::EditorContext;
use super::page::EditorPage;
use super::{tool_options, tool_strip};
use crate::studio::shell::action::Action;
use crate::studio::shell::status_line;
use crate::studio::synthesis::new_mask_strip;
use crate::studio::widgets::theme;

impl EditorPage {
    /// Draws the page: tools, panes and panels, all but the window's bars.
    pub fn show(&mut self, ui: &mut Ui, context: &mut EditorContext<'_>, actions: &mut Vec<Action>) {
        self.show_status_line(ui, context, actions);
        self.show_tool_strip(ui, context, actions);
        if context.side_panel_shown {
            self.show_side_panel(ui, context, actions);
        }
        if context.settings.look.filmstrip {
            self.filmstrip.show(ui, context.session, actions);
        }
        self.show_tool_options(ui, context, actions);
        new_mask_strip::show_panel(ui, &mut context.synthesis.new_mask, !self.facts.is_bare, actions);
        CentralPanel::no_frame().show(ui, |ui| self.show_stage(ui, context, actions));
    }

    fn show_status_line(&self, ui: &mut Ui, context: &EditorContext<'_>, actions: &mut Vec<Action>) {
        let frame = Frame::new().fill(theme::CHROME).inner_margin(Margin::symmetric(12, 0));
        let probe = self.probe(ui, context.session);
        Panel::bottom("status line").exact_size(theme::STATUS_HEIGHT).resizable(false).frame(frame).show(
            ui,
            |ui| {
                let zoom = self.view.zoom() * ui.pixels_per_point() * 100.0;
                let (scan, table) = (&context.session.page().scan, &context.settings.table);
                status_line::show(ui, scan, table, probe, &self.tools.hint(), zoom, actions);
            },
        );
    }

    fn show_tool_strip(&self, ui: &mut Ui, context: &EditorContext<'_>, actions: &mut Vec<Action>) {
        let frame = Frame::new().fill(theme::CHROME);
        let has_spacing = context.session.page().scan.spacing.is_some();
        Panel::left("tools").exact_size(theme::STRIP_WIDTH).resizable(false).frame(frame).show(ui, |ui| {
            let (tool_facts, is_fitted) = (self.tools.tool_facts(), self.view.is_fitted());
            tool_strip::show(ui, tool_facts, context.settings, is_fitted, has_spacing, actions);
        });
    }

    fn show_tool_options(&mut self, ui: &mut Ui, context: &mut EditorContext<'_>, actions: &mut Vec<Action>) {
        let frame = Frame::new().fill(theme::CHROME).inner_margin(Margin::symmetric(12, 0));
        Panel::top("tool options").exact_size(theme::OPTIONS_HEIGHT).resizable(false).frame(frame).show(
            ui,
            |ui| {
                self.with_tools(context, actions, |tools, context| tool_options::show(ui, tools, context));
            },
        );
    }
}
