//! The grid of pairs: as many cells as are in sight, whatever the set holds.

use eframe::egui::{
    Align2, Color32, CornerRadius, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    pos2, vec2,
};

use super::marks;
use super::open_set::OpenSet;
use super::small_pictures::{PICTURE, SmallPictures};
use crate::review::files::FileTrouble;
use crate::review::{Decision, Row, SortKey};
use crate::studio::texts::text;
use crate::studio::widgets::theme;

const CAPTION: f32 = 20.0;
const GAP: f32 = 8.0;
/// Rows of cells beyond those in sight whose pictures are read, too.
const ROWS_BEYOND: usize = 2;

/// What happened in the grid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum GridEvent {
    /// A cell was pressed.
    Chosen(usize),
    /// A cell is to be shown in full.
    Opened(usize),
}

/// How the grid lies in the window.
#[derive(Clone, Copy, Debug)]
pub(super) struct GridLook {
    /// Cells beside each other, as of the last frame.
    pub columns: usize,
    /// Place that was brought into sight last.
    seen: Option<usize>,
    pub overlay_shown: bool,
}

impl Default for GridLook {
    fn default() -> Self {
        Self { columns: 1, seen: None, overlay_shown: true }
    }
}

/// Cells beside each other in a width, and their size: as many as fit, and none of the width left over.
fn cells_in(width: f32) -> (usize, Vec2) {
    let picture = vec2(PICTURE[0] as f32, PICTURE[1] as f32);
    let columns = ((width + GAP) / (picture.x + GAP)).floor().max(1.0);
    let across = ((width + GAP) / columns - GAP).max(picture.x);
    (columns as usize, vec2(across, picture.y * across / picture.x + CAPTION))
}

/// Draws the grid.
pub(super) fn show(
    ui: &mut Ui,
    open: &OpenSet,
    pictures: &mut SmallPictures,
    look: &mut GridLook,
) -> Option<GridEvent> {
    let (columns, size) = cells_in(ui.available_width());
    let pitch = size + Vec2::splat(GAP);
    let is_moved = look.seen != Some(open.place) || look.columns != columns;
    (look.columns, look.seen) = (columns, Some(open.place));
    let rows = open.order.len().div_ceil(columns);
    let mut event = None;
    ScrollArea::vertical().id_salt("review grid").auto_shrink([false, false]).show_viewport(
        ui,
        |ui, seen| {
            ui.set_height(rows as f32 * pitch.y);
            let origin = ui.max_rect().min;
            let rect_of = |place: usize| {
                let (column, row) = (place % columns, place / columns);
                Rect::from_min_size(origin + pitch * vec2(column as f32, row as f32), size)
            };
            let first = (seen.min.y / pitch.y).floor().max(0.0) as usize;
            let last = ((seen.max.y / pitch.y).ceil().max(0.0) as usize).min(rows);
            let places = |rows: std::ops::Range<usize>| {
                rows.start * columns..(rows.end * columns).min(open.order.len())
            };
            let in_sight = places(first..last);
            let below = places(last..(last + ROWS_BEYOND).min(rows));
            let above = places(first.saturating_sub(ROWS_BEYOND)..first);
            let wanted: Vec<u32> =
                in_sight.clone().chain(below).chain(above).map(|place| open.order[place]).collect();
            pictures.begin_frame(ui.ctx(), &wanted);
            for place in in_sight {
                let happened = show_cell(ui, open, pictures, look.overlay_shown, place, rect_of(place));
                event = happened.or(event);
            }
            if is_moved && !open.order.is_empty() {
                ui.scroll_to_rect(rect_of(open.place), None);
            }
        },
    );
    event
}

fn show_cell(
    ui: &mut Ui,
    open: &OpenSet,
    pictures: &SmallPictures,
    overlay_shown: bool,
    place: usize,
    rect: Rect,
) -> Option<GridEvent> {
    let row = open.order[place];
    let is_here = place == open.place;
    let response = ui.interact(rect, ui.scope_id().with(("cell", place)), Sense::click());
    let own = own_decision(open, row);
    let standing = open.verdicts.standing(row);
    response
        .widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_here, name_of(open, row, own)));
    let painter = ui.painter().with_clip_rect(ui.clip_rect());
    let fill = match (is_here, response.hovered()) {
        (true, _) => theme::ACCENT_DIM,
        (_, true) => theme::HOVER,
        _ => theme::CHROME,
    };
    painter.rect_filled(rect, theme::RADIUS, fill);
    let place_of_picture = Rect::from_min_size(rect.min, vec2(rect.width(), rect.height() - CAPTION));
    match pictures.picture(row) {
        Some(picture) => {
            painter.image(picture.scan, place_of_picture, picture.uv, Color32::WHITE);
            if overlay_shown {
                painter.image(picture.overlay, place_of_picture, picture.uv, Color32::WHITE);
            }
            let trouble = picture.trouble.or(open.troubles.get(&row).copied());
            show_trouble(&painter, place_of_picture, trouble, picture.is_unreadable);
        }
        None => {
            painter.rect_filled(place_of_picture, theme::RADIUS, theme::CANVAS);
        }
    }
    marks::paint(&painter, rect.min + vec2(14.0, 14.0), 9.0, marks::as_standing(own));
    if standing != marks::as_standing(own) {
        marks::paint(&painter, pos2(rect.right() - 13.0, rect.top() + 13.0), 7.0, standing);
    }
    show_caption(&painter, open, row, rect);
    let stroke = match (is_here, response.has_focus()) {
        (true, _) => Stroke::new(2.0, theme::ACCENT),
        (_, true) => Stroke::new(1.0, theme::ACCENT),
        _ => Stroke::new(1.0, theme::LINE),
    };
    painter.rect_stroke(rect, theme::RADIUS, stroke, StrokeKind::Inside);
    if response.double_clicked() {
        Some(GridEvent::Opened(place))
    } else if response.clicked() {
        Some(GridEvent::Chosen(place))
    } else {
        None
    }
}

/// What a reader of the screen says of a cell.
fn name_of(open: &OpenSet, row: u32, own: Decision) -> String {
    let standing = open.verdicts.standing(row);
    let own_name = marks::decision_name(own);
    let mut name = format!("{}, {own_name}", open.set.id(row));
    if standing != marks::as_standing(own) {
        name += &text!("review-spoken-by-others", standing = marks::standing_name(standing));
    }
    match open.troubles.get(&row) {
        Some(FileTrouble::Missing) => name += text!("review-spoken-missing"),
        Some(FileTrouble::Changed) => name += text!("review-spoken-changed"),
        None => {}
    }
    name
}

pub(super) fn own_decision(open: &OpenSet, row: u32) -> Decision {
    open.verdicts
        .reviewer(open.reviewer.trim())
        .map_or(Decision::Undecided, |number| open.verdicts.word(number, row).0)
}

fn show_trouble(
    painter: &eframe::egui::Painter,
    place: Rect,
    trouble: Option<FileTrouble>,
    is_unreadable: bool,
) {
    let text = match (trouble, is_unreadable) {
        (Some(FileTrouble::Missing), _) => text!("review-file-missing"),
        (Some(FileTrouble::Changed), _) => text!("review-file-changed"),
        (None, true) => text!("review-file-unreadable"),
        (None, false) => return,
    };
    let galley = painter.layout_no_wrap(text.to_owned(), theme::small(), theme::WARNING);
    let plate = Rect::from_min_size(
        pos2(place.left() + 4.0, place.bottom() - galley.size().y - 8.0),
        galley.size() + vec2(8.0, 4.0),
    );
    painter.rect_filled(plate, CornerRadius::same(3), theme::OVER_SCAN_PLATE);
    painter.galley(plate.min + vec2(4.0, 2.0), galley, theme::WARNING);
}

/// Name at the left, the figure that the order goes by at the right.
fn show_caption(painter: &eframe::egui::Painter, open: &OpenSet, row: u32, rect: Rect) {
    let y = rect.bottom() - CAPTION / 2.0;
    let of_row = &open.set.rows[row as usize];
    let id = open.set.id(row);
    let name = match of_row.has(Row::IS_EDITED) {
        true => text!("review-name-edited", id),
        false => id.to_owned(),
    };
    let clip = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
    clip.text(pos2(rect.left() + 6.0, y), Align2::LEFT_CENTER, name, theme::small(), theme::TEXT);
    if let Some(figure) = figure_of(of_row, open.form.sort) {
        let at = pos2(rect.right() - 6.0, y);
        clip.text(at, Align2::RIGHT_CENTER, figure, theme::small(), theme::TEXT_WEAK);
    }
}

fn figure_of(row: &Row, key: SortKey) -> Option<String> {
    let known = |value: f32, text: String| (!value.is_nan()).then_some(text);
    match key {
        SortKey::Manifest | SortKey::Fluid => known(row.fluid_mm2, format!("{:.2} mm²", row.fluid_mm2)),
        SortKey::Doubt => match row.agreement.is_nan() {
            true => Some(text!("review-cleaned", columns = %row.columns_out_of_order)),
            false => Some(text!("review-dice", dice = format!("{:.2}", row.agreement))),
        },
        SortKey::CentralThickness => known(row.central_um, format!("{:.0} µm", row.central_um)),
        SortKey::RetinaThickness => known(row.retina_um, format!("{:.0} µm", row.retina_um)),
        SortKey::BoundaryError => {
            known(row.boundary_um, text!("review-um-off", um = format!("{:.1}", row.boundary_um)))
        }
        SortKey::Nearest => {
            known(row.nearest, text!("review-away", distance = format!("{:.2}", row.nearest)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_fill_the_width() {
        for width in [100.0, 176.0, 360.0, 359.0, 1180.0] {
            let (columns, size) = cells_in(width);
            let taken = columns as f32 * (size.x + GAP) - GAP;
            assert!((taken - f32::max(width, PICTURE[0] as f32)).abs() < 0.1, "{width}: {taken}");
        }
        assert_eq!((cells_in(360.0).0, cells_in(359.0).0), (2, 1));
    }
}
