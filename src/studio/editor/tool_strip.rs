//! The strip at the left: what the pointer holds, and how the scan lies in the panes.

use eframe::egui::{Rect, ScrollArea, Sense, Stroke, Ui, vec2};

use crate::studio::editor::tools::About;
use crate::studio::shell::action::Action;
use crate::studio::shell::commands;
use crate::studio::shell::commands::keymap::{hint, with_keys};
use crate::studio::shell::settings::Settings;
use crate::studio::texts::text;
use crate::studio::widgets::controls::{ButtonState, icon_button, text_button};
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

/// Draws the strip; a window too low for all of it scrolls it.
pub fn show(
    ui: &mut Ui,
    tool_facts: impl Iterator<Item = &'static About>,
    settings: &Settings,
    is_fitted: bool,
    has_spacing: bool,
    actions: &mut Vec<Action>,
) {
    ScrollArea::vertical().show(ui, |ui| {
        ui.vertical_centered(|ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            ui.add_space(6.0);
            let mut group = None;
            for about in tool_facts {
                if group.replace(about.group).is_some_and(|before| before != about.group) {
                    gap(ui);
                }
                let state = ButtonState::selected_if(settings.tool == about.tool);
                let hint = with_keys(ui, about.does(), commands::taking(about.tool));
                if icon_button(ui, about.icon, about.name(), &hint, state).clicked() {
                    actions.push(Action::SelectTool(about.tool));
                }
            }
            gap(ui);
            let fit = hint(ui, "view.fit");
            if icon_button(ui, Icon::Fit, text!("strip-fit"), &fit, ButtonState::selected_if(is_fitted))
                .clicked()
            {
                actions.push(Action::Fit);
            }
            let one_to_one = hint(ui, "view.one_to_one");
            if text_button(
                ui,
                "1:1",
                theme::ICON_BUTTON,
                text!("strip-one-to-one"),
                &one_to_one,
                ButtonState::READY,
            )
            .clicked()
            {
                actions.push(Action::OneToOne);
            }
            let (proportions, state) = if has_spacing {
                (hint(ui, "view.true_proportions"), ButtonState::selected_if(settings.true_proportions))
            } else {
                (text!("strip-no-size").to_owned(), ButtonState::enabled_if(false))
            };
            if icon_button(ui, Icon::Segment, text!("strip-proportions"), &proportions, state).clicked() {
                actions.push(Action::ToggleProportions);
            }
            gap(ui);
            let state = ButtonState::selected_if(settings.overlay_shown);
            let icon = if settings.overlay_shown { Icon::Eye } else { Icon::EyeOff };
            let overlay = hint(ui, "view.overlay");
            if icon_button(ui, icon, text!("strip-labels"), &overlay, state).clicked() {
                actions.push(Action::ToggleOverlay);
            }
        });
    });
}

fn gap(ui: &mut Ui) {
    let (rect, _): (Rect, _) = ui.allocate_exact_size(vec2(22.0, 9.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(1.0, theme::LINE));
}
