//! The strip at the left: what the pointer holds, and how the scan lies in the panes.

use eframe::egui::{Response, ScrollArea, Sense, Stroke, Ui, Vec2, vec2};

use crate::studio::editor::tools::About;
use crate::studio::shell::action::{Action, ViewAction};
use crate::studio::shell::commands;
use crate::studio::shell::commands::keymap::{hint, with_keys};
use crate::studio::shell::settings::PanelSettings;
use crate::studio::texts::text;
use crate::studio::widgets::controls::{ButtonState, icon_button_sized, text_button_sized};
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

/// Smallest side of a button that a hand still meets in one column.
const SMALLEST: f32 = 24.0;
/// Side of a button where two stand beside each other.
const PAIRED: f32 = 22.0;
const GAP: f32 = 9.0;
const SPACING: f32 = 1.0;
const MARGIN: f32 = 6.0;

/// A button of the strip.
struct Entry {
    face: Face,
    name: &'static str,
    hint: String,
    state: ButtonState,
    action: Action,
}

enum Face {
    Icon(Icon),
    Words(&'static str),
}

/// Draws the strip: in a lower window its buttons are smaller, and in a very low one two stand beside each other, so
/// that none is out of sight.
pub fn show(
    ui: &mut Ui,
    tool_facts: impl Iterator<Item = &'static About>,
    settings: &PanelSettings,
    is_fitted: bool,
    has_spacing: bool,
    actions: &mut Vec<Action>,
) {
    let mut groups = tools(ui, tool_facts, settings);
    groups.push(views(ui, settings, is_fitted, has_spacing));
    groups.push(vec![overlay(ui, settings)]);
    let counts: Vec<usize> = groups.iter().map(Vec::len).collect();
    let (side, columns) = layout(ui.available_height(), &counts);
    ScrollArea::vertical().show(ui, |ui| {
        ui.spacing_mut().item_spacing = Vec2::splat(SPACING);
        ui.spacing_mut().interact_size.y = side;
        ui.add_space(MARGIN);
        for (number, group) in groups.iter().enumerate() {
            if number > 0 {
                ui.vertical_centered(gap);
            }
            for entries in group.chunks(columns) {
                ui.horizontal(|ui| {
                    let width = columns as f32 * (side + SPACING) - SPACING;
                    ui.add_space(((ui.available_width() - width) / 2.0).floor().max(0.0));
                    for entry in entries {
                        if button(ui, side, entry).clicked() {
                            actions.push(entry.action.clone());
                        }
                    }
                });
            }
        }
    });
}

/// Side of the buttons, and how many stand beside each other, so that groups of such sizes fit a height.
fn layout(height: f32, groups: &[usize]) -> (f32, usize) {
    let buttons: usize = groups.iter().sum();
    let gaps = groups.len().saturating_sub(1) as f32;
    let lines = buttons as f32 + gaps;
    let room = height - MARGIN - gaps * GAP - lines * SPACING;
    let side = (room / buttons.max(1) as f32).floor().min(theme::ICON_BUTTON);
    if side >= SMALLEST { (side, 1) } else { (PAIRED, 2) }
}

/// The tools, group by group.
fn tools(
    ui: &Ui,
    tool_facts: impl Iterator<Item = &'static About>,
    settings: &PanelSettings,
) -> Vec<Vec<Entry>> {
    let facts: Vec<&About> = tool_facts.collect();
    let entry = |about: &&'static About| Entry {
        face: Face::Icon(about.icon),
        name: about.name(),
        hint: with_keys(ui, about.does(), commands::taking(about.tool)),
        state: ButtonState::selected_if(settings.tool == about.tool),
        action: Action::SelectTool(about.tool),
    };
    facts
        .chunk_by(|one, next| one.group == next.group)
        .map(|group| group.iter().map(entry).collect())
        .collect()
}

/// How the scan lies in the panes.
fn views(ui: &Ui, settings: &PanelSettings, is_fitted: bool, has_spacing: bool) -> Vec<Entry> {
    let (proportions, state) = if has_spacing {
        (hint(ui, "view.true_proportions"), ButtonState::selected_if(settings.true_proportions))
    } else {
        (text!("strip-no-size").to_owned(), ButtonState::enabled_if(false))
    };
    vec![
        Entry {
            face: Face::Icon(Icon::Fit),
            name: text!("strip-fit"),
            hint: hint(ui, "view.fit"),
            state: ButtonState::selected_if(is_fitted),
            action: Action::View(ViewAction::Fit),
        },
        Entry {
            face: Face::Words("1:1"),
            name: text!("strip-one-to-one"),
            hint: hint(ui, "view.one_to_one"),
            state: ButtonState::READY,
            action: Action::View(ViewAction::OneToOne),
        },
        Entry {
            face: Face::Icon(Icon::Segment),
            name: text!("strip-proportions"),
            hint: proportions,
            state,
            action: Action::View(ViewAction::ToggleProportions),
        },
    ]
}

fn overlay(ui: &Ui, settings: &PanelSettings) -> Entry {
    Entry {
        face: Face::Icon(if settings.overlay_shown { Icon::Eye } else { Icon::EyeOff }),
        name: text!("strip-labels"),
        hint: hint(ui, "view.overlay"),
        state: ButtonState::selected_if(settings.overlay_shown),
        action: Action::View(ViewAction::ToggleOverlay),
    }
}

fn button(ui: &mut Ui, side: f32, entry: &Entry) -> Response {
    let Entry { face, name, hint, state, .. } = entry;
    let size = Vec2::splat(side);
    match face {
        Face::Icon(icon) => {
            let of_icon = (side * 2.0 / 3.0).round();
            icon_button_sized(ui, size, of_icon, *icon, name, hint, *state)
        }
        Face::Words(words) => text_button_sized(ui, size, words, name, hint, *state),
    }
}

fn gap(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(22.0, GAP), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(1.0, theme::LINE));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_button_is_in_sight_in_every_window() {
        // As the tools stand, with the three views and the overlay behind them.
        let groups = [6, 4, 4, 2, 3, 1];
        let buttons: usize = groups.iter().sum();
        for (height, columns) in [(850.0, 1), (650.0, 1), (610.0, 1), (410.0, 2), (360.0, 2)] {
            let (side, beside) = layout(height, &groups);
            assert_eq!(beside, columns, "{height}");
            let lines: usize = groups.iter().map(|group: &usize| group.div_ceil(beside)).sum();
            let gaps = groups.len() as f32 - 1.0;
            let taken = MARGIN + lines as f32 * (side + SPACING) + gaps * (GAP + SPACING);
            assert!(taken <= height, "{height}: {taken}");
            assert!(beside as f32 * (side + SPACING) - SPACING <= theme::STRIP_WIDTH);
        }
        assert_eq!((layout(900.0, &groups).0, buttons), (theme::ICON_BUTTON, 20));
    }
}
