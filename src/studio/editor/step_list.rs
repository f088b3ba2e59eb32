//! The list of steps: what was done, with a small picture of each; a press on one goes back or forward to
//! it.

use std::collections::HashMap;

use eframe::egui::{
    Align2, Color32, ColorImage, Context, Rect, Role, ScrollArea, Sense, TextureHandle, TextureOptions, Ui,
    WidgetInfo, Window, pos2, vec2,
};

use crate::document::{Editor, LabelTable, THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH, Thumbnail, UndoStep};
use crate::studio::editor::session::HistoryStep;
use crate::studio::shell::action::Action;
use crate::studio::texts::{spoken_step, text};
use crate::studio::widgets::theme;

const ROW_HEIGHT: f32 = 40.0;
const WIDTH: f32 = 264.0;
const FOOTER_HEIGHT: f32 = 24.0;
/// Pictures of rows that are out of sight are dropped when there are more than this.
const KEPT_PICTURES: usize = 128;

/// The pictures of the rows in sight.
#[derive(Default)]
pub struct StepList {
    pictures: HashMap<u64, TextureHandle>,
}

/// Draws the list. `open` becomes false when it is closed.
pub fn show(
    context: &Context,
    list: &mut StepList,
    editor: &Editor,
    open: &mut bool,
    actions: &mut Vec<Action>,
) {
    let undo: Vec<&UndoStep> = editor.undo_steps().collect();
    let redo: Vec<&UndoStep> = editor.redo_steps().collect();
    if list.pictures.len() > KEPT_PICTURES {
        list.pictures.clear();
    }
    let window = Window::new(text!("history-title")).open(open).collapsible(false).resizable([false, true]);
    let area = context.content_rect();
    let under_bars = theme::TOP_BAR_HEIGHT + theme::OPTIONS_HEIGHT + theme::CAPTION_HEIGHT;
    let place = pos2(area.left() + theme::STRIP_WIDTH + 12.0, area.top() + under_bars + 12.0);
    let room = (area.bottom() - place.y - theme::STATUS_HEIGHT - 60.0).max(160.0);
    window.default_pos(place).default_size(vec2(WIDTH, room.min(420.0))).max_height(room).show(
        context,
        |ui| {
            ui.set_width(WIDTH);
            ui.spacing_mut().item_spacing.y = 1.0;
            // Steps ahead, the present one, steps behind, the document as it was opened.
            let count = redo.len() + undo.len() + 1;
            let list_room = (ui.available_height() - FOOTER_HEIGHT).max(ROW_HEIGHT);
            ScrollArea::vertical().auto_shrink([false, false]).max_height(list_room).show_rows(
                ui,
                ROW_HEIGHT,
                count,
                |ui, rows| {
                    for row in rows {
                        let (step, leads) = match row.checked_sub(redo.len()) {
                            None => {
                                let ahead = redo.len() - row;
                                (Some(redo[ahead - 1]), Some(HistoryStep::Forward(ahead)))
                            }
                            Some(0) => (undo.first().copied(), None),
                            Some(behind) => (undo.get(behind).copied(), Some(HistoryStep::Back(behind))),
                        };
                        if step_row(ui, list, &editor.document().labels, step, leads) {
                            actions.extend(leads.map(Action::GoToStep));
                        }
                    }
                },
            );
            let text = text!(
                "history-size",
                count = %undo.len(),
                megabytes = format!("{:.1}", editor.history_bytes() as f32 / 1e6)
            );
            ui.label(theme::caption(text));
        },
    );
}

/// `leads` to the step that the row is of; `None` for the present one. Answers whether it was pressed.
fn step_row(
    ui: &mut Ui,
    list: &mut StepList,
    labels: &LabelTable,
    step: Option<&UndoStep>,
    leads: Option<HistoryStep>,
) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
    let name = step.map_or(text!("history-opened").into(), |step| spoken_step(&step.name));
    let spoken = match leads {
        None => text!("history-now", %name),
        Some(HistoryStep::Back(_)) => text!("history-back", %name),
        Some(HistoryStep::Forward(_)) => text!("history-forward", %name),
    };
    let is_present = leads.is_none();
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_present, &spoken));
    let fill = match (is_present, response.hovered() || response.has_focus()) {
        (true, _) => theme::ACCENT_DIM,
        (false, true) => theme::HOVER,
        (false, false) => Color32::TRANSPARENT,
    };
    let fade = if matches!(leads, Some(HistoryStep::Forward(_))) { 0.5 } else { 1.0 };
    ui.painter().rect_filled(rect, theme::RADIUS, fill);
    let size = vec2(THUMBNAIL_WIDTH as f32, THUMBNAIL_HEIGHT as f32);
    let picture_at = Rect::from_min_size(rect.min + vec2(4.0, (ROW_HEIGHT - size.y) / 2.0), size);
    match step.and_then(|step| step.thumbnail.as_ref().map(|thumbnail| (step.serial(), thumbnail))) {
        Some((serial, thumbnail)) => {
            let texture =
                list.pictures.entry(serial).or_insert_with(|| upload(ui.ctx(), thumbnail, labels, serial));
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture.id(), picture_at, whole, Color32::WHITE.gamma_multiply(fade));
        }
        None => {
            ui.painter().rect_filled(picture_at, 3.0, theme::CANVAS);
        }
    }
    let color = if is_present { theme::TEXT_STRONG } else { theme::TEXT.gamma_multiply(fade) };
    let name_at = pos2(picture_at.right() + 10.0, rect.center().y);
    ui.painter_at(rect).text(name_at, Align2::LEFT_CENTER, sentence(&name), theme::body(), color);
    response.clicked()
}

fn upload(context: &Context, thumbnail: &Thumbnail, labels: &LabelTable, serial: u64) -> TextureHandle {
    let pixels = thumbnail.codes().iter().map(|code| {
        labels.look(*code).map_or(theme::TEXT_WEAK, |look| theme::from_rgb(look.color)).gamma_multiply(0.8)
    });
    let size = [THUMBNAIL_WIDTH as usize, THUMBNAIL_HEIGHT as usize];
    let image = ColorImage::new(size, pixels.map(|color| color.to_opaque()).collect());
    context.load_texture(format!("step {serial}"), image, TextureOptions::NEAREST)
}

/// "brush: IRF" as it stands at the beginning of a line.
fn sentence(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
