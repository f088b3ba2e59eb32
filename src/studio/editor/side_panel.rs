//! The panel at the right: four tabs, so that each is read without scrolling on a usual screen.

use eframe::egui::{
    Align2, Color32, Frame, Panel, Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, vec2,
};

use super::context::EditorContext;
use super::look::Tab;
use super::page::EditorPage;
use super::volume_carrying::VolumeWork;
use super::{labels, measure_panel, view_panel, volume_panel};
use crate::studio::shell::action::{Action, SynthesisAction};
use crate::studio::synthesis::panel;
use crate::studio::texts::text;
use crate::studio::widgets::controls::rule;
use crate::studio::widgets::theme;

const TABS_HEIGHT: f32 = 34.0;

impl EditorPage {
    /// Draws the panel.
    pub(super) fn show_side_panel(
        &mut self,
        ui: &mut Ui,
        context: &mut EditorContext<'_>,
        actions: &mut Vec<Action>,
    ) {
        // A slider of looks that another tab or page took away under the hand is never let go.
        if context.synthesis.thread.previewed().is_some() && !ui.input(|input| input.pointer.any_down()) {
            actions.push(Action::Synthesis(SynthesisAction::PreviewAppearance(None)));
        }
        let frame = Frame::new().fill(theme::CHROME);
        Panel::right("panel").exact_size(theme::PANEL_WIDTH).resizable(false).frame(frame).show(ui, |ui| {
            if let Some(tab) = show_tabs(ui, context.settings.look.tab, context.session.page_count() > 1) {
                context.settings.look.tab = tab;
            }
            let tab = context.settings.look.tab;
            ScrollArea::vertical().id_salt(tab as u8).auto_shrink([false, false]).show(ui, |ui| {
                Frame::new()
                    .inner_margin(theme::PANEL_MARGIN)
                    .show(ui, |ui| self.show_tab(ui, tab, context, actions));
            });
        });
    }

    fn show_tab(
        &mut self,
        ui: &mut Ui,
        tab: Tab,
        context: &mut EditorContext<'_>,
        actions: &mut Vec<Action>,
    ) {
        match tab {
            Tab::Edit => {
                ui.scope(|ui| labels::show_list(ui, context.settings, actions));
                rule(ui);
                ui.scope(|ui| {
                    panel::show(ui, context.settings, &context.synthesis.thread, context.session, actions)
                });
            }
            Tab::View => {
                let (thread, recent) = (&context.synthesis.thread, &context.synthesis.recent);
                view_panel::show(ui, context.settings, thread, recent, actions);
            }
            Tab::Measure => {
                let page = context.session.page();
                measure_panel::show(ui, context.settings, page, &self.measuring, actions);
            }
            Tab::Volume => {
                let work = VolumeWork {
                    is_interpolating: self.interpolating.is_some(),
                    tracing: self.volume_tracing.progress(),
                };
                self.localizer.show(ui, context.session, actions);
                volume_panel::show(ui, context.session, &mut self.en_face, work, actions);
            }
        }
    }
}

/// The row of tabs. Returns the one that was pressed.
fn show_tabs(ui: &mut Ui, chosen: Tab, is_volume: bool) -> Option<Tab> {
    let (bar, _) = ui.allocate_exact_size(vec2(ui.available_width(), TABS_HEIGHT), Sense::hover());
    let painter = ui.painter().clone();
    painter.hline(bar.x_range(), bar.bottom() - 0.5, Stroke::new(1.0, theme::LINE));
    let tabs = [
        (Tab::Edit, text!("panel-edit"), text!("panel-edit-about")),
        (Tab::View, text!("panel-view"), text!("panel-view-about")),
        (Tab::Measure, text!("panel-measure"), text!("panel-measure-about")),
        (Tab::Volume, text!("panel-volume"), text!("panel-volume-about")),
    ];
    let inner = bar.shrink2(vec2(6.0, 0.0));
    let width = inner.width() / tabs.len() as f32;
    let mut pressed = None;
    for (index, (tab, name, hint)) in tabs.into_iter().enumerate() {
        let min = inner.min + vec2(width * index as f32, 0.0);
        let rect = Rect::from_min_size(min, vec2(width, TABS_HEIGHT));
        let enabled = tab != Tab::Volume || is_volume || chosen == Tab::Volume;
        let sense = if enabled { Sense::click() } else { Sense::hover() };
        let response = ui.interact(rect, ui.scope_id().with(("tab", index)), sense);
        let selected = tab == chosen;
        response.widget_info(|| WidgetInfo::selected(Role::Tab, enabled, selected, name));
        let color = match (enabled, selected, response.hovered()) {
            (false, ..) => theme::TEXT_WEAK.gamma_multiply(0.45),
            (_, true, _) => theme::TEXT_STRONG,
            (_, _, true) => theme::TEXT,
            _ => theme::TEXT_WEAK,
        };
        painter.text(rect.center(), Align2::CENTER_CENTER, name, theme::semibold(12.0), color);
        let mark = if selected { theme::ACCENT } else { Color32::TRANSPARENT };
        let line =
            Rect::from_min_max(rect.left_bottom() - vec2(-10.0, 2.0), rect.right_bottom() - vec2(10.0, 0.0));
        painter.rect_filled(line, 1.0, mark);
        if response.has_focus() {
            let stroke = Stroke::new(1.0, theme::ACCENT);
            painter.rect_stroke(rect.shrink(3.0), theme::RADIUS, stroke, eframe::egui::StrokeKind::Inside);
        }
        let hint = if enabled { hint } else { text!("panel-one-b-scan") };
        if response.on_hover_text(hint).clicked() {
            pressed = Some(tab);
        }
    }
    pressed
}
