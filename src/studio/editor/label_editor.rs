//! The dialog that edits the label table of the document: names and colours.

use eframe::egui::{
    Align, Button, Context, Frame, Id, Layout, Margin, Modal, RichText, Stroke, TextEdit, Ui, vec2,
};

use crate::anatomy::LABELS;
use crate::document::{Command, LONGEST_NAME, LabelLook, LabelTable};
use crate::studio::shell::action::{Action, WindowAction};
use crate::studio::texts::text;
use crate::studio::widgets::label_words::{label_about, spoken_label};
use crate::studio::widgets::theme;

/// An open dialog, with the rows as they are being edited.
#[derive(Clone, Debug)]
pub struct LabelEditor {
    rows: Vec<LabelLook>,
}

impl LabelEditor {
    /// Begins with the table of the document.
    pub fn new(table: &LabelTable) -> Self {
        Self { rows: table.looks().to_vec() }
    }
}

/// Draws the dialog over the window.
pub fn show(context: &Context, editor: &mut LabelEditor, table: &LabelTable, actions: &mut Vec<Action>) {
    let frame = Frame::new()
        .fill(theme::CHROME)
        .stroke(Stroke::new(1.0, theme::LINE))
        .corner_radius(10.0)
        .inner_margin(Margin::symmetric(22, 18));
    let modal = Modal::new(Id::unique("label editor")).frame(frame).backdrop_color(theme::BACKDROP);
    let response = modal.show(context, |ui| {
        ui.set_width(430.0);
        ui.label(
            RichText::new(text!("label-editor-title")).font(theme::semibold(16.0)).color(theme::TEXT_STRONG),
        );
        ui.label(theme::weak(text!("label-editor-about")));
        ui.add_space(8.0);
        for (label, row) in LABELS.iter().zip(&mut editor.rows) {
            show_row(ui, label.name, label_about(label), row);
        }
        ui.add_space(12.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let wanted = LabelTable::from_looks(editor.rows.clone());
            let apply = Button::new(RichText::new(text!("label-editor-apply")).color(theme::ON_ACCENT))
                .fill(theme::ACCENT);
            if ui.add(apply.min_size(vec2(88.0, 30.0))).clicked() {
                if !wanted.looks_like(table) {
                    let name = text!("step-edit-labels").to_owned();
                    actions.push(Action::Edit(Command::EditLabels { labels: wanted, name }));
                }
                actions.push(Action::Window(WindowAction::ToggleLabelEditor));
            }
            if ui.add(Button::new(text!("shell-cancel")).min_size(vec2(88.0, 30.0))).clicked() {
                actions.push(Action::Window(WindowAction::ToggleLabelEditor));
            }
            let hint = text!("label-editor-defaults-about");
            let defaults = Button::new(text!("label-editor-defaults")).min_size(vec2(88.0, 30.0));
            if ui.add(defaults).on_hover_text(hint).clicked() {
                editor.rows = LabelTable::default()
                    .with_visibility(|code| table.look(code).is_some_and(|look| look.visible))
                    .looks()
                    .to_vec();
            }
        });
    });
    if response.should_close() {
        actions.push(Action::Window(WindowAction::ToggleLabelEditor));
    }
}

fn show_row(ui: &mut Ui, name: &str, alias: &str, row: &mut LabelLook) {
    ui.horizontal(|ui| {
        let color =
            ui.color_edit_button_srgb(&mut row.color).accessible_name(text!("label-editor-colour-of", %name));
        color.on_hover_text(text!("label-editor-colour"));
        let mut own = spoken_label(&row.name).to_owned();
        let field = TextEdit::singleline(&mut own)
            .char_limit(LONGEST_NAME)
            .desired_width(130.0)
            .margin(Margin::symmetric(8, 4));
        if ui.add(field).accessible_name(text!("label-editor-name-of", %name)).changed() {
            row.name = own;
        }
        ui.label(theme::caption(alias));
    });
}
