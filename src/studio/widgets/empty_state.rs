//! What stands in the middle of a page that has nothing to show yet: what it is for, what to do, and how to begin.

use eframe::egui::{Label, RichText, Ui, vec2};

use super::theme;

/// Part of the height above the words.
pub const USUAL_TOP: f32 = 0.36;
/// Words in the middle of a page take less than its width, for they are read.
const LINE_WIDTH: f32 = 430.0;

/// A title and what to do; `beneath` draws what stands under them.
pub fn empty_state<R>(ui: &mut Ui, title: &str, how: &str, beneath: impl FnOnce(&mut Ui) -> R) -> R {
    in_the_middle(ui, USUAL_TOP, |ui| {
        ui.label(RichText::new(title).font(theme::semibold(16.0)).color(theme::TEXT_STRONG));
        ui.add_space(4.0);
        quiet_lines(ui, how);
        beneath(ui)
    })
}

/// Whatever stands in the middle, beneath a part of the height.
pub fn in_the_middle<R>(ui: &mut Ui, top: f32, content: impl FnOnce(&mut Ui) -> R) -> R {
    let centred = ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * top).max(20.0));
        content(ui)
    });
    centred.inner
}

/// A quiet text that goes over several lines.
pub fn quiet_lines(ui: &mut Ui, said: &str) {
    ui.allocate_ui(vec2(ui.available_width().min(LINE_WIDTH), 60.0), |ui| {
        ui.add(Label::new(theme::weak(said)).wrap())
    });
}
