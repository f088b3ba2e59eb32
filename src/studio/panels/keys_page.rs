//! The page behind F1: all keys and gestures.

use eframe::egui::{Align2, Area, Context, Frame, Id, Margin, Modal, RichText, Sense, Stroke, Ui, vec2};

use crate::studio::command::Action;
use crate::studio::{keys, theme};

const KEY_WIDTH: f32 = 186.0;
const TEXT_WIDTH: f32 = 300.0;

/// Draws the page over the window.
pub fn show(context: &Context, actions: &mut Vec<Action>) {
    let id = Id::unique("keys page");
    let frame = Frame::new()
        .fill(theme::CHROME)
        .stroke(Stroke::new(1.0, theme::LINE))
        .corner_radius(10.0)
        .inner_margin(Margin::symmetric(26, 22));
    let area: Area = Modal::default_area(id);
    let modal = Modal::new(id).area(area).frame(frame).backdrop_color(theme::BACKDROP);
    let response = modal.show(context, |ui| {
        ui.set_width(KEY_WIDTH + TEXT_WIDTH);
        ui.spacing_mut().item_spacing.y = 3.0;
        ui.label(RichText::new("Keys and gestures").font(theme::semibold(17.0)).color(theme::TEXT_STRONG));
        for (heading, lines) in keys::SHOWN {
            ui.add_space(10.0);
            ui.label(theme::heading(heading));
            for (keys, meaning) in lines {
                line(ui, keys, meaning);
            }
        }
    });
    if response.should_close() {
        actions.push(Action::ToggleKeys);
    }
}

fn line(ui: &mut Ui, keys: &str, meaning: &str) {
    let (rect, _) = ui.allocate_exact_size(vec2(KEY_WIDTH + TEXT_WIDTH, 20.0), Sense::hover());
    let painter = ui.painter();
    painter.text(rect.left_center(), Align2::LEFT_CENTER, keys, theme::semibold(12.0), theme::ACCENT);
    let meaning_at = rect.left_center() + vec2(KEY_WIDTH, 0.0);
    painter.text(meaning_at, Align2::LEFT_CENTER, meaning, theme::body(), theme::TEXT);
}
