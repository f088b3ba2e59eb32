//! What forms are made of beside single controls: lines whose fields stand one below the other, a folder with a button that
//! chooses it, small print.

use eframe::egui::{Button, Color32, Label, RichText, TextEdit, Ui, UiBuilder, UiStackInfo, vec2};

use super::controls::{NAME_COLUMN, name_width, row};
use super::theme;
use crate::studio::texts::text;

/// Lines with these names: their column is as wide as the widest of them, so that all fields begin below each other.
pub fn aligned<R>(ui: &mut Ui, names: &[&str], lines: impl FnOnce(&mut Ui) -> R) -> R {
    let column = names.iter().map(|name| name_width(ui, name)).fold(0.0, f32::max);
    let info = UiStackInfo::default().with_tag_value(NAME_COLUMN, column);
    ui.scope_builder(UiBuilder::new().ui_stack_info(info), lines).inner
}

/// What was done to a folder's line.
#[derive(Clone, Copy, Debug)]
pub struct FolderRow {
    /// It is to be chosen.
    pub is_chosen: bool,
    /// Somebody types in it.
    pub is_typed_in: bool,
}

/// A line with a folder and a button behind it that chooses it; the button is called `spoken`.
pub fn folder_row(ui: &mut Ui, name: &str, folder: &mut String, spoken: &str) -> FolderRow {
    path_row(ui, name, folder, text!("shell-folder"), spoken)
}

/// The same for any path; `hint` stands in the field while it is empty.
pub fn path_row(ui: &mut Ui, name: &str, path: &mut String, hint: &str, spoken: &str) -> FolderRow {
    row(ui, name, |ui| {
        let width = ui.available_width() - 86.0;
        let field = TextEdit::singleline(path).hint_text(hint).desired_width(width);
        let field = ui.add(field);
        // Its placeholder would stand for its name.
        ui.ctx().accesskit_node_builder(field.id, |node| node.set_label(name));
        let choose = ui.add(Button::new(text!("shell-choose")).min_size(vec2(76.0, 24.0)));
        let is_chosen = choose.accessible_name(spoken).clicked();
        FolderRow { is_chosen, is_typed_in: field.has_focus() }
    })
}

/// Small text that goes over several lines.
pub fn small(ui: &mut Ui, said: impl Into<String>, color: Color32) {
    ui.add(Label::new(RichText::new(said).font(theme::small()).color(color)).wrap());
}

#[cfg(test)]
mod tests {
    use eframe::egui::{Context, RawInput};

    use super::*;

    #[test]
    fn fields_begin_below_each_other_however_long_a_name_is() {
        let names = ["Seeds", "A name that is wider than the usual column"];
        let mut lefts = Vec::new();
        let output = Context::default().run_ui(RawInput::default(), |ui| {
            lefts.clear();
            let mut line =
                |ui: &mut Ui, name: &str| row(ui, name, |ui| lefts.push(ui.label("1").rect.left()));
            aligned(ui, &names, |ui| names.iter().for_each(|name| line(ui, name)));
            line(ui, names[0]);
        });
        output.drop_without_applying_deltas();
        assert_eq!(lefts[0], lefts[1]);
        assert!(lefts[2] < lefts[0], "elsewhere the column is as it was: {lefts:?}");
    }
}
