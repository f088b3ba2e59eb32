//! The part of the panel that says what the synthetic scan is compared with, and the recent pictures.

use eframe::egui::{
    Align, Align2, Image, Layout, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use crate::studio::shell::action::{Action, SynthesisAction};
use crate::studio::shell::settings::QUALITIES;
use crate::studio::synthesis::comparison_picture::ComparedWith;
use crate::studio::synthesis::quality::quality_in_words;
use crate::studio::synthesis::recent::{Recent, RecentPicture};
use crate::studio::synthesis::thread::Synthesis;
use crate::studio::texts::{self, text};
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{ButtonState, row, segments, text_button};
use crate::studio::widgets::theme;
use crate::worker::ModelSource;
use crate::worker::models::image_models;

/// Thumbnails in a row.
const COLUMNS: usize = 3;

/// Draws what the synthetic scan is compared with.
pub fn show_choice(
    ui: &mut Ui,
    synthesis: &Synthesis,
    recent: &Recent,
    steps: u32,
    actions: &mut Vec<Action>,
) {
    let comparison = &synthesis.comparison;
    ui.horizontal(|ui| {
        ui.label(theme::caption(text!("compare-title")));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if comparison.is_pending() {
                ui.add(BusyMark::new(13.0, theme::ACCENT));
            }
        });
    });
    show_kinds(ui, synthesis, recent, steps, actions);
    match comparison.choice() {
        ComparedWith::RealScan => {}
        ComparedWith::Kept => {
            let hint = text!("compare-keep-about");
            let state = ButtonState::enabled_if(newest(recent).is_some());
            if text_button(
                ui,
                text!("compare-keep-now"),
                ui.available_width(),
                text!("compare-keep"),
                hint,
                state,
            )
            .clicked()
            {
                actions.extend(newest(recent).map(compare_with_recent));
            }
        }
        ComparedWith::Steps(other) => {
            row(ui, text!("compare-quality"), |ui| {
                let names = QUALITIES.map(|(shown, ..)| texts::plain(shown));
                let spoken = names.map(|quality| text!("compare-with-quality", %quality));
                let choices: Vec<(&str, &str)> =
                    names.iter().zip(&spoken).map(|(name, spoken)| (*name, spoken.as_str())).collect();
                let chosen = QUALITIES.iter().position(|(.., of)| of == other);
                if let Some(index) = segments(ui, ui.available_width(), &choices, chosen) {
                    actions.push(Action::Synthesis(SynthesisAction::CompareWith(ComparedWith::Steps(
                        QUALITIES[index].2,
                    ))));
                }
            });
        }
        ComparedWith::Model(source) => show_models(ui, source, actions),
    }
}

/// Draws the kinds of things to compare with.
fn show_kinds(ui: &mut Ui, synthesis: &Synthesis, recent: &Recent, steps: u32, actions: &mut Vec<Action>) {
    let comparison = &synthesis.comparison;
    let chosen: usize = match comparison.choice() {
        ComparedWith::RealScan => 0,
        ComparedWith::Kept => 1,
        ComparedWith::Steps(_) => 2,
        ComparedWith::Model(_) => 3,
    };
    let names = [
        (text!("compare-scan"), text!("compare-scan-spoken")),
        (text!("compare-kept"), text!("compare-kept-spoken")),
        (text!("compare-quality"), text!("compare-quality-spoken")),
        (text!("compare-model"), text!("compare-model-spoken")),
    ];
    if let Some(index) = segments(ui, ui.available_width(), &names, chosen) {
        let other_steps = QUALITIES.into_iter().map(|(.., of)| of).find(|of| *of != steps).unwrap_or(1);
        match index {
            0 => actions.push(Action::Synthesis(SynthesisAction::CompareWith(ComparedWith::RealScan))),
            1 if !comparison.has_kept() => actions.extend(newest(recent).map(compare_with_recent)),
            1 => actions.push(Action::Synthesis(SynthesisAction::CompareWith(ComparedWith::Kept))),
            2 => actions
                .push(Action::Synthesis(SynthesisAction::CompareWith(ComparedWith::Steps(other_steps)))),
            _ => {
                let model =
                    image_models().iter().map(|(name, _)| *name).find(|name| is_other(name, synthesis));
                let name =
                    model.or_else(|| image_models().first().map(|(name, _)| *name)).unwrap_or_default();
                actions.push(Action::Synthesis(SynthesisAction::CompareWith(ComparedWith::Model(
                    ModelSource::Bundled(name.to_owned()),
                ))));
            }
        }
    }
}

fn show_models(ui: &mut Ui, source: &ModelSource, actions: &mut Vec<Action>) {
    for (name, title) in image_models() {
        let model = ModelSource::Bundled((*name).to_owned());
        let state = ButtonState::selected_if(*source == model);
        if text_button(ui, name, ui.available_width(), name, title, state).clicked() {
            actions.push(Action::Synthesis(SynthesisAction::CompareWith(ComparedWith::Model(model))));
        }
    }
    let (text, state) = match source {
        ModelSource::File(path) => (
            path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            ButtonState::selected_if(true),
        ),
        _ => (text!("compare-model-file").to_owned(), ButtonState::READY),
    };
    let hint = text!("compare-model-about");
    if text_button(ui, &text, ui.available_width(), text!("compare-choose-model"), hint, state).clicked() {
        actions.push(Action::Synthesis(SynthesisAction::ChooseComparisonModel));
    }
}

/// Whether a bundled model is not the one on screen.
fn is_other(name: &str, synthesis: &Synthesis) -> bool {
    let title = image_models().iter().find(|(known, _)| *known == name).map(|(_, title)| title);
    synthesis.model().is_none_or(|model| Some(&model.name) != title)
}

fn compare_with_recent(number: u64) -> Action {
    Action::Synthesis(SynthesisAction::CompareWithRecent(number))
}

/// The picture on screen, once it is complete.
fn newest(recent: &Recent) -> Option<u64> {
    recent.iter().next().map(|picture| picture.number)
}

/// Draws the recent pictures, the youngest first.
pub fn show_recent(ui: &mut Ui, recent: &Recent, actions: &mut Vec<Action>) {
    ui.label(theme::heading(text!("recent-title")));
    if recent.iter().next().is_none() {
        ui.label(theme::caption(text!("recent-none")));
        return;
    }
    let gap = 6.0;
    let width = ((ui.available_width() - gap * (COLUMNS - 1) as f32) / COLUMNS as f32).floor();
    ui.spacing_mut().item_spacing = Vec2::splat(gap);
    let pictures: Vec<&RecentPicture> = recent.iter().collect();
    for line in pictures.chunks(COLUMNS) {
        ui.horizontal(|ui| {
            for picture in line {
                thumbnail(ui, picture, vec2(width, (width * 0.66).floor()), actions);
            }
        });
    }
    ui.label(theme::caption(text!("recent-about")));
}

fn thumbnail(ui: &mut Ui, picture: &RecentPicture, size: Vec2, actions: &mut Vec<Action>) {
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let name = text!("recent-picture", number = %picture.number);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    ui.painter().rect_filled(rect, 3.0, theme::CANVAS);
    if let Some(texture) = &picture.thumbnail {
        // Cut to the cell, from the middle.
        let [across, down] = texture.size().map(|side| side as f32);
        let share = vec2(
            (rect.width() / rect.height() * down / across).min(1.0),
            (rect.height() / rect.width() * across / down).min(1.0),
        );
        let uv = Rect::from_center_size(pos2(0.5, 0.5), share);
        Image::new(texture).uv(uv).corner_radius(3.0).paint_at(ui, rect);
    }
    let request = &picture.request;
    let text = quality_in_words(request.refine_steps);
    let corner = rect.left_bottom() + vec2(4.0, -3.0);
    for (offset, color) in [(1.0, theme::OVER_SCAN_SHADOW), (0.0, theme::OVER_SCAN)] {
        ui.painter().text(corner + Vec2::splat(offset), Align2::LEFT_BOTTOM, &text, theme::small(), color);
    }
    let ring = if response.hovered() || response.has_focus() { theme::ACCENT } else { theme::LINE };
    ui.painter().rect_stroke(rect, 3.0, Stroke::new(1.0, ring), StrokeKind::Inside);
    if response.clicked() {
        actions.push(Action::Synthesis(SynthesisAction::BringBack(picture.number)));
    }
    if response.secondary_clicked() {
        actions.push(Action::Synthesis(SynthesisAction::CompareWithRecent(picture.number)));
    }
    let from = request.recipe.from_scan.as_ref().map_or(String::new(), |scan| {
        text!("recent-strength", percent = format!("{:.0}", scan.strength * 100.0))
    });
    response.on_hover_text(text!(
        "advanced-recent-facts",
        b_scan = %request.page + 1,
        seed = %request.seed,
        steps = %text!("synthesis-steps", steps = request.refine_steps),
        sampler = %request.recipe.sampler.name(),
        %from
    ));
}
