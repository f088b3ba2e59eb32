//! The strip of new masks: conditions at the left, candidates to pick from at the right.

use eframe::egui::{
    Color32, Frame, Margin, Panel, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2,
};

use crate::encoding::masks::{MaskConditions, Unmet};
use crate::studio::shell::action::{Action, NewMaskAction};
use crate::studio::synthesis::new_mask::{NewMasks, ShownCandidate};
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{
    ButtonState, badge, row, segments, slider, slider_with_field, switch, text_button,
};
use crate::studio::widgets::theme;

/// Height of the strip.
const HEIGHT: f32 = 210.0;
/// Width of the conditions.
const CONDITIONS_WIDTH: f32 = 300.0;
/// Height of a candidate's picture.
const PICTURE_HEIGHT: f32 = 122.0;

/// Draws the strip at the bottom of the page, while it is open. `is_annotated`: whether there is a mask to vary.
pub fn show_panel(ui: &mut Ui, new: &mut NewMasks, is_annotated: bool, actions: &mut Vec<Action>) {
    if !new.open {
        return;
    }
    let frame = Frame::new().fill(theme::CHROME).inner_margin(Margin::symmetric(14, 10));
    Panel::bottom("new masks")
        .exact_size(HEIGHT)
        .resizable(false)
        .frame(frame)
        .show(ui, |ui| show(ui, new, is_annotated, actions));
}

fn show(ui: &mut Ui, new: &mut NewMasks, is_annotated: bool, actions: &mut Vec<Action>) {
    ui.horizontal_top(|ui| {
        ui.vertical(|ui| {
            ui.set_width(CONDITIONS_WIDTH);
            ui.spacing_mut().item_spacing.y = 2.0;
            show_conditions(ui, new);
            show_destination(ui, new);
            ui.add_space(4.0);
            show_buttons(ui, is_annotated, actions);
        });
        ui.add_space(10.0);
        ScrollArea::horizontal().auto_shrink([false, false]).show(ui, |ui| {
            ui.horizontal_top(|ui| show_candidates(ui, new, actions));
        });
    });
}

fn show_conditions(ui: &mut Ui, new: &mut NewMasks) {
    let conditions = &mut new.conditions;
    let lines = [
        (&mut conditions.fluid, text!("mask-fluid"), 0.0..=0.5, 2, "mm²", text!("mask-fluid-about")),
        (&mut conditions.cysts, text!("mask-cysts"), 0.0..=20.0, 0, "", text!("mask-cysts-about")),
        (
            &mut conditions.thickness,
            text!("mask-thickness"),
            200.0..=600.0,
            0,
            "µm",
            text!("mask-thickness-about"),
        ),
    ];
    for ((on, value), name, range, digits, unit, hint) in lines {
        ui.horizontal(|ui| {
            let (place, _) = ui.allocate_exact_size(vec2(112.0, 24.0), Sense::hover());
            let mut child = ui.new_child(eframe::egui::UiBuilder::new().max_rect(place));
            let explanation = text!("mask-condition-off", %hint);
            if switch(&mut child, *on, name, &explanation) {
                *on = !*on;
            }
            ui.add_enabled_ui(*on, |ui| {
                ui.name_inputs(name, |ui| match *on {
                    true => slider_with_field(ui, value, range, digits, unit),
                    false => slider(ui, value, range, text!("mask-any")),
                });
            });
        });
    }
    row(ui, text!("mask-variation"), |ui| {
        let shown = format!("{:.0} %", conditions.strength * 100.0);
        slider(ui, &mut conditions.strength, 0.1..=0.95, &shown).on_hover_text(text!("mask-variation-about"));
    });
}

/// What becomes of the labels of the B-scan shown.
fn show_destination(ui: &mut Ui, new: &mut NewMasks) {
    row(ui, text!("mask-opens-as"), |ui| {
        let choices = [
            (text!("mask-new-document"), text!("mask-new-document-spoken")),
            (text!("mask-this-b-scan"), text!("mask-this-b-scan-spoken")),
        ];
        let chosen = usize::from(new.replaces_labels);
        if let Some(index) = segments(ui, ui.available_width(), &choices, chosen) {
            new.replaces_labels = index == 1;
        }
    });
}

fn show_buttons(ui: &mut Ui, is_annotated: bool, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let hint = text!("mask-generate-about");
        if text_button(
            ui,
            text!("mask-generate"),
            104.0,
            text!("mask-generate-spoken"),
            hint,
            ButtonState::READY,
        )
        .clicked()
        {
            actions.push(Action::NewMask(NewMaskAction::GenerateMasks));
        }
        let hint = text!("mask-vary-about");
        let state = ButtonState::enabled_if(is_annotated);
        if text_button(ui, text!("mask-vary"), 104.0, text!("mask-vary"), hint, state).clicked() {
            actions.push(Action::NewMask(NewMaskAction::VaryMask));
        }
        let hint = text!("mask-empty-about");
        if text_button(ui, text!("mask-empty"), 78.0, text!("mask-empty-spoken"), hint, ButtonState::READY)
            .clicked()
        {
            actions.push(Action::NewMask(NewMaskAction::OpenEmptyPage));
        }
    });
}

fn show_candidates(ui: &mut Ui, new: &NewMasks, actions: &mut Vec<Action>) {
    if let Some(failure) = &new.failure {
        ui.add(eframe::egui::Label::new(theme::weak(failure.clone())).wrap());
        return;
    }
    for (index, shown) in new.candidates.iter().enumerate() {
        if candidate(ui, index, shown) {
            actions.push(Action::NewMask(NewMaskAction::AcceptMask(index)));
        }
    }
    if let Some(part) = new.progress {
        ui.vertical(|ui| {
            ui.add_space(PICTURE_HEIGHT / 2.0 - 16.0);
            ui.horizontal(|ui| {
                ui.add(BusyMark::new(16.0, theme::ACCENT));
                ui.label(theme::caption(text!("mask-drawing", percent = format!("{:.0}", 100.0 * part))));
            });
        });
    } else if new.candidates.is_empty() {
        ui.vertical(|ui| {
            ui.add_space(PICTURE_HEIGHT / 2.0 - 24.0);
            ui.label(theme::weak(text!("mask-choose")));
            ui.label(theme::caption(text!("mask-choose-about")));
        });
    }
}

/// A candidate's picture with its figures. Returns whether it was chosen.
fn candidate(ui: &mut Ui, index: usize, shown: &ShownCandidate) -> bool {
    let size = shown.picture.size_vec2();
    let width = PICTURE_HEIGHT * size.x / size.y.max(1.0);
    let (rect, response) = ui.allocate_exact_size(vec2(width, PICTURE_HEIGHT + 40.0), Sense::click());
    let name = text!("mask-candidate", number = %index + 1);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let picture = Rect::from_min_size(rect.min, vec2(width, PICTURE_HEIGHT));
    let whole = Rect::from_min_max(eframe::egui::Pos2::ZERO, eframe::egui::pos2(1.0, 1.0));
    ui.painter().image(shown.picture.id(), picture, whole, Color32::WHITE);
    let edge = if response.hovered() || response.has_focus() { theme::ACCENT } else { theme::LINE };
    ui.painter().rect_stroke(picture, theme::RADIUS, Stroke::new(1.5, edge), StrokeKind::Outside);
    let mut below = ui.new_child(
        eframe::egui::UiBuilder::new()
            .max_rect(Rect::from_min_max(picture.left_bottom() + vec2(0.0, 4.0), rect.max)),
    );
    below.spacing_mut().item_spacing.y = 0.0;
    below.label(theme::caption(figures(&shown.candidate.measured)));
    let candidate = &shown.candidate;
    below.horizontal(|ui| {
        if shown.varies {
            badge(ui, text!("mask-varied"), theme::ACCENT);
        }
        if !candidate.unmet.is_empty() {
            badge(ui, text!("mask-unmet"), theme::WARNING);
        }
    });
    let (seed, model, columns) = (candidate.seed, &candidate.model, candidate.repaired_columns);
    let about = match shown.varies {
        true => text!("mask-candidate-varied", %seed, %model, %columns),
        false => text!("mask-candidate-generated", %seed, %model, %columns),
    };
    let unmet = candidate.unmet.iter().map(|unmet| format!("\n{}", words_of(unmet)));
    response.on_hover_text(unmet.fold(about, |about, unmet| about + &unmet)).clicked()
}

/// What a candidate does not meet of what was requested.
fn words_of(unmet: &Unmet) -> String {
    match unmet {
        Unmet::Fluid { requested, measured } => text!(
            "mask-unmet-fluid",
            requested = format!("{requested:.3}"),
            measured = format!("{measured:.3}")
        ),
        Unmet::Cysts { requested, measured } => text!("mask-unmet-cysts", %requested, %measured),
        Unmet::Thickness { requested, measured } => text!(
            "mask-unmet-thickness",
            requested = format!("{requested:.0}"),
            measured = format!("{measured:.0}")
        ),
    }
}

/// "0.12 mm²  3 cysts  342 µm"
fn figures(measured: &MaskConditions) -> String {
    let fluid = measured.fluid_mm2.unwrap_or(0.0);
    let cysts = measured.cysts.unwrap_or(0);
    let thickness = measured.thickness_um.map_or_else(|| "–".to_owned(), |um| format!("{um:.0} µm"));
    match cysts {
        0 => text!("mask-no-fluid", %thickness),
        count => text!("mask-cyst-count", count, fluid = format!("{fluid:.3}"), thickness),
    }
}
