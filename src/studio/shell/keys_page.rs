//! The page behind F1: all keys and gestures, from the table of commands.

use std::sync::Arc;

use eframe::egui::text::Galley;
use eframe::egui::{
    Align, Area, Button, Context, Frame, Id, Layout, Margin, Modal, RichText, ScrollArea, Sense, Stroke, Ui,
    UiBuilder, vec2,
};

use crate::studio::shell::action::{Action, WindowAction};
use crate::studio::shell::commands::keymap::Keymap;
use crate::studio::shell::commands::{COMMANDS, Group, UserCommand, command, gestures};
use crate::studio::texts::{LanguageChoice, text};
use crate::studio::widgets::controls::segments_about;
use crate::studio::widgets::theme;

const COLUMNS: usize = 3;
/// Of a column: what its longest line needs, and what is left of it in a narrow window.
const COLUMN_WIDTHS: std::ops::RangeInclusive<f32> = 300.0..=420.0;
/// Of the choice of the language.
const LANGUAGES_WIDTH: f32 = 260.0;
const KEY_WIDTH: f32 = 96.0;
const LINE_HEIGHT: f32 = 19.0;
const HEADING_HEIGHT: f32 = 32.0;

/// Draws the page over the window. `alt_drag_resizes`: what Alt does with the brush. `language`: what the window speaks.
pub fn show(
    context: &Context,
    keymap: &Keymap,
    alt_drag_resizes: bool,
    language: LanguageChoice,
    actions: &mut Vec<Action>,
) {
    let sections = sections(keymap, alt_drag_resizes);
    let id = Id::unique("keys page");
    let frame = Frame::new()
        .fill(theme::CHROME)
        .stroke(Stroke::new(1.0, theme::LINE))
        .corner_radius(10.0)
        .inner_margin(Margin::symmetric(26, 20));
    let area: Area = Modal::default_area(id);
    let modal = Modal::new(id).area(area).frame(frame).backdrop_color(theme::BACKDROP);
    let screen = context.content_rect().size();
    let response = modal.show(context, |ui| {
        let room = screen.x - 90.0;
        let columns = COLUMNS.min((room / COLUMN_WIDTHS.start()) as usize).max(1);
        let wide = (room / columns as f32).floor().clamp(*COLUMN_WIDTHS.start(), *COLUMN_WIDTHS.end());
        ui.set_width(wide * columns as f32);
        ui.horizontal(|ui| {
            let title = RichText::new(text!("keys-title")).font(theme::semibold(17.0));
            ui.label(title.color(theme::TEXT_STRONG));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.add(Button::new(text!("shell-close")).min_size(vec2(72.0, 26.0))).clicked() {
                    actions.push(Action::Window(WindowAction::ToggleKeys));
                }
                if ui.add(Button::new(text!("keys-change")).min_size(vec2(104.0, 26.0))).clicked() {
                    actions.push(Action::Window(WindowAction::ToggleKeymap));
                }
                language_choice(ui, language, actions);
            });
        });
        // An area grows with what it holds only as far as this asks for it.
        let room = (screen.y - 140.0).max(120.0);
        ScrollArea::vertical()
            .max_height(room)
            .min_scrolled_height(room)
            .show(ui, |ui| show_columns(ui, columns, wide, &sections));
    });
    if response.should_close() {
        actions.push(Action::Window(WindowAction::ToggleKeys));
    }
}

/// The language of the window, where those find it who cannot read the rest.
fn language_choice(ui: &mut Ui, spoken: LanguageChoice, actions: &mut Vec<Action>) {
    let choices = [
        (LanguageChoice::System, text!("keys-language-system"), "window.language_system"),
        (LanguageChoice::English, text!("keys-language-english"), "window.language_english"),
        (LanguageChoice::German, text!("keys-language-german"), "window.language_german"),
    ];
    let named = choices.map(|(_, name, id)| (name, command(id).map_or(name, UserCommand::name)));
    let chosen = choices.iter().position(|(choice, ..)| *choice == spoken);
    if let Some(index) = segments_about(ui, LANGUAGES_WIDTH, &named, chosen, text!("keys-language-about")) {
        actions.push(Action::Window(WindowAction::ChooseLanguage(choices[index].0)));
    }
}

/// Heading with (keys, what they do).
type Section = (&'static str, Vec<(String, &'static str)>);

fn sections(keymap: &Keymap, alt_drag_resizes: bool) -> Vec<Section> {
    let gestures = gestures(alt_drag_resizes);
    let gestures = gestures.map(|(gesture, meaning)| (gesture.to_owned(), meaning)).collect();
    let mut sections: Vec<Section> = Group::ALL
        .iter()
        .map(|group| {
            let with_keys = COMMANDS.iter().filter(|command| command.group == *group);
            let lines = with_keys.map(|command| (keymap.shown(command.id), command.name()));
            (group.name(), lines.filter(|(keys, _)| !keys.is_empty()).collect())
        })
        .collect();
    sections.push((text!("keys-pointer"), gestures));
    sections.retain(|(_, lines)| !lines.is_empty());
    sections
}

fn show_columns(ui: &mut Ui, columns: usize, wide: f32, sections: &[Section]) {
    let width = wide - 16.0;
    let height = |(_, lines): &Section| {
        let lines = lines.iter().map(|(keys, meaning)| LaidOut::of(ui, keys, meaning, width).height());
        HEADING_HEIGHT + lines.sum::<f32>()
    };
    let own_heights: Vec<f32> = sections.iter().map(height).collect();
    let total: f32 = own_heights.iter().sum();
    let origin = ui.cursor().min;
    let mut heights = vec![0.0_f32; columns];
    let mut column = 0;
    for (section, own) in sections.iter().zip(own_heights) {
        // Half of a section may stand out of its column before the next one takes it.
        if heights[column] + own / 2.0 > total / columns as f32 && column + 1 < columns {
            column += 1;
        }
        let min = origin + vec2(wide * column as f32, heights[column]);
        let rect = eframe::egui::Rect::from_min_size(min, vec2(width, own));
        show_section(&mut ui.new_child(UiBuilder::new().max_rect(rect)), section);
        heights[column] += own;
    }
    let tallest = heights.iter().copied().fold(0.0, f32::max);
    ui.allocate_space(vec2(wide * columns as f32, tallest));
}

fn show_section(ui: &mut Ui, (heading, lines): &Section) {
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.add_space(12.0);
    ui.label(theme::heading(*heading));
    ui.add_space(2.0);
    for (keys, meaning) in lines {
        let line = LaidOut::of(ui, keys, meaning, ui.available_width());
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), line.height()), Sense::hover());
        response.widget_info(|| {
            let text = format!("{meaning}: {keys}");
            eframe::egui::WidgetInfo::labeled(eframe::egui::Role::Label, true, text)
        });
        let middle = |galley: &Galley| rect.left_center() - vec2(0.0, galley.size().y / 2.0);
        let (keys_at, meaning_at) = (middle(&line.keys), middle(&line.meaning) + vec2(line.indent, 0.0));
        ui.painter().galley(keys_at, line.keys, theme::ACCENT);
        ui.painter().galley(meaning_at, line.meaning, theme::TEXT);
    }
}

/// A line of a section; what its keys do goes on in another one where a column is narrow.
struct LaidOut {
    keys: Arc<Galley>,
    meaning: Arc<Galley>,
    /// Of the meaning, in points.
    indent: f32,
}

impl LaidOut {
    fn of(ui: &Ui, keys: &str, meaning: &str, width: f32) -> Self {
        let keys = ui.painter().layout_no_wrap(keys.to_owned(), theme::semibold(11.5), theme::ACCENT);
        let indent = KEY_WIDTH.max(keys.size().x + 10.0);
        let room = (width - indent).max(40.0);
        let meaning = ui.painter().layout(meaning.to_owned(), theme::small(), theme::TEXT, room);
        Self { keys, meaning, indent }
    }

    fn height(&self) -> f32 {
        LINE_HEIGHT.max(self.meaning.size().y + 4.0)
    }
}

#[cfg(test)]
mod tests {
    use eframe::egui::RawInput;

    use super::*;

    #[test]
    fn a_long_meaning_goes_on_in_another_line() {
        let context = Context::default();
        theme::install(&context);
        let output = context.run_ui(RawInput::default(), |ui| {
            let height = |meaning: &str| LaidOut::of(ui, "F1", meaning, 300.0).height();
            assert!(height(&"a word ".repeat(20)) > height("a word") + 10.0);
        });
        output.drop_without_applying_deltas();
    }
}
