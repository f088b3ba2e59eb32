//! The command palette: every command, found by a few letters, with its keys.

use eframe::egui::{
    Align2, Area, Color32, Context, Frame, Id, Key, Margin, Modal, Modifiers, Rect, Role, ScrollArea, Sense,
    Stroke, TextEdit, Ui, WidgetInfo, vec2,
};

use crate::studio::shell::action::{Action, WindowAction};
use crate::studio::shell::commands::keymap::Keymap;
use crate::studio::shell::commands::{UserCommand, search};
use crate::studio::texts::text;
use crate::studio::widgets::controls::ButtonState;
use crate::studio::widgets::theme;

const WIDTH: f32 = 560.0;
const ROW_HEIGHT: f32 = 28.0;
const ROWS_SHOWN: f32 = 12.0;

/// An open palette.
#[derive(Debug, Default)]
pub struct Palette {
    query: String,
    selected: usize,
}

/// Draws the palette over the window. What was chosen is asked for after the palette is closed. `is_editing`: the page of
/// the editor is shown, and what is of the document can be chosen.
pub fn show(
    context: &Context,
    palette: &mut Palette,
    keymap: &Keymap,
    is_editing: bool,
    actions: &mut Vec<Action>,
) {
    let can_do = |command: &UserCommand| is_editing || !command.is_of_document();
    let id = Id::unique("command palette");
    let frame = Frame::new()
        .fill(theme::CHROME)
        .stroke(Stroke::new(1.0, theme::LINE))
        .corner_radius(10.0)
        .inner_margin(Margin::same(10));
    let area: Area = Modal::default_area(id).anchor(Align2::CENTER_TOP, vec2(0.0, 72.0));
    let modal = Modal::new(id).area(area).frame(frame).backdrop_color(theme::BACKDROP);
    let response = modal.show(context, |ui| {
        ui.set_width(WIDTH);
        let (by, entered) = ui.input_mut(|input| {
            let down = input.count_and_consume_key(Modifiers::NONE, Key::ArrowDown) as isize;
            let up = input.count_and_consume_key(Modifiers::NONE, Key::ArrowUp) as isize;
            (down - up, input.key_pressed(Key::Enter))
        });
        let before = palette.query.clone();
        // Before the field is drawn: letters that came with the key of the palette are for it.
        let of_field = id.with("query");
        ui.memory_mut(|memory| memory.request_focus(of_field));
        let field = TextEdit::singleline(&mut palette.query)
            .id(of_field)
            .hint_text(text!("palette-find"))
            .desired_width(f32::INFINITY)
            .margin(Margin::symmetric(10, 8));
        ui.add(field).accessible_name(text!("palette-search"));
        let found = search::matching(&palette.query);
        if palette.query != before {
            palette.selected = 0;
        }
        let last = found.len().saturating_sub(1);
        palette.selected = palette.selected.saturating_add_signed(by).min(last);
        ui.add_space(4.0);
        if found.is_empty() {
            ui.add_space(10.0);
            ui.label(theme::weak(text!("palette-nothing", query = %palette.query.trim())));
            ui.add_space(10.0);
        }
        let mut chosen = entered.then(|| found.get(palette.selected).copied()).flatten();
        ui.spacing_mut().item_spacing.y = 0.0;
        let room = ROW_HEIGHT * ROWS_SHOWN;
        ScrollArea::vertical().max_height(room).min_scrolled_height(room).show(ui, |ui| {
            for (index, command) in found.iter().enumerate() {
                let state = ButtonState { enabled: can_do(command), selected: index == palette.selected };
                if row(ui, command, keymap, state, by != 0) {
                    chosen = Some(command);
                }
            }
        });
        chosen.filter(|command| can_do(command))
    });
    if response.inner.is_some() || response.should_close() {
        actions.push(Action::Window(WindowAction::TogglePalette));
    }
    if let Some(command) = response.inner {
        actions.push((command.action)());
    }
}

fn row(ui: &mut Ui, command: &UserCommand, keymap: &Keymap, state: ButtonState, moved: bool) -> bool {
    let ButtonState { enabled, selected } = state;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::MenuItem, enabled, selected, command.name()));
    if selected && moved {
        response.scroll_to_me(None);
    }
    let fill = match (selected, response.hovered()) {
        (true, _) => theme::ACCENT_DIM,
        (false, true) => theme::RAISED,
        (false, false) => Color32::TRANSPARENT,
    };
    let painter = ui.painter();
    painter.rect_filled(rect, theme::RADIUS, fill);
    let color = match (enabled, selected) {
        (false, _) => theme::TEXT_WEAK.gamma_multiply(0.45),
        (true, true) => theme::TEXT_STRONG,
        (true, false) => theme::TEXT,
    };
    let name_at = rect.left_center() + vec2(10.0, 0.0);
    painter.text(name_at, Align2::LEFT_CENTER, command.name(), theme::body(), color);
    let keys = keymap.keys(command.id).first().map(|chord| chord.shown()).unwrap_or_default();
    let keys_at = rect.right_center() - vec2(12.0, 0.0);
    let painted: Rect =
        painter.text(keys_at, Align2::RIGHT_CENTER, keys, theme::semibold(11.5), theme::ACCENT);
    let group_at = painted.left_center() - vec2(if painted.width() > 0.0 { 12.0 } else { 0.0 }, 0.0);
    painter.text(group_at, Align2::RIGHT_CENTER, command.group.name(), theme::small(), theme::TEXT_WEAK);
    let is_clicked = response.clicked();
    if !enabled {
        response.on_hover_text(text!("top-of-document"));
    }
    is_clicked
}
