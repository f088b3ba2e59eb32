//! The row of B-scans of a volume, under the panes: where one is, and which are annotated.

use eframe::egui::{
    Align, Align2, Color32, Frame, Painter, Panel, Pos2, Rect, Response, Role, ScrollArea, Sense, Shape,
    Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::labelled_pages::is_bare;
use super::session::EditorSession;
use super::thumbnails::Thumbnails;
use crate::document::{LabelOrigin, Page};
use crate::studio::shell::action::{Action, VolumeAction};
use crate::studio::texts::text;
use crate::studio::widgets::theme;

const CELL: eframe::egui::Vec2 = vec2(104.0, 74.0);
const PICTURE: eframe::egui::Vec2 = vec2(96.0, 56.0);
const HEIGHT: f32 = 88.0;

/// How far a B-scan's labels are, by a mark that is told by its form as well as by its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SliceState {
    Bare,
    /// Proposed by a program, and looked at by nobody.
    Proposed(LabelOrigin),
    /// Drawn or corrected by hand, or read from a file.
    Annotated,
    Corrected,
}

impl SliceState {
    fn of(page: &Page) -> Self {
        match page.label_origin {
            _ if is_bare(&page.mask) => Self::Bare,
            Some(LabelOrigin::Corrected) => Self::Corrected,
            Some(origin) => Self::Proposed(origin),
            None => Self::Annotated,
        }
    }

    fn spoken(self) -> &'static str {
        match self {
            Self::Bare => text!("filmstrip-no-labels"),
            Self::Proposed(LabelOrigin::Interpolated) => text!("filmstrip-interpolated"),
            Self::Proposed(_) => text!("filmstrip-traced"),
            Self::Annotated => text!("filmstrip-annotated"),
            Self::Corrected => text!("filmstrip-corrected"),
        }
    }

    /// A ring, a triangle (traced), a bar (interpolated), or a dot.
    fn paint(self, painter: &Painter, at: Pos2) {
        let outline = Stroke::new(1.0, theme::TEXT_WEAK);
        match self {
            Self::Bare => {
                painter.circle_stroke(at, 2.6, outline);
            }
            Self::Proposed(LabelOrigin::Interpolated) => {
                painter.rect_filled(Rect::from_center_size(at, vec2(8.0, 3.0)), 1.0, theme::WARNING);
            }
            Self::Proposed(_) => {
                let corners = [vec2(0.0, -4.0), vec2(4.0, 3.0), vec2(-4.0, 3.0)].map(|corner| at + corner);
                painter.add(Shape::convex_polygon(corners.to_vec(), theme::WARNING, Stroke::NONE));
            }
            Self::Annotated | Self::Corrected => {
                painter.circle_filled(at, 3.0, theme::GOOD);
            }
        }
    }
}

/// The row: its pictures, and how far it was scrolled.
#[derive(Default)]
pub struct Filmstrip {
    thumbnails: Thumbnails,
    /// View number that it was scrolled for.
    scrolled_for: Option<u64>,
}

impl Filmstrip {
    /// Draws the row, where there is more than one B-scan.
    pub fn show(&mut self, ui: &mut Ui, session: &EditorSession, actions: &mut Vec<Action>) {
        if session.page_count() < 2 {
            return;
        }
        self.thumbnails.follow(session, ui.ctx());
        let frame = Frame::new().fill(theme::CHROME);
        Panel::bottom("filmstrip").exact_size(HEIGHT).resizable(false).frame(frame).show(ui, |ui| {
            ScrollArea::horizontal()
                .id_salt("filmstrip")
                .auto_shrink([false, false])
                .show_viewport(ui, |ui, seen| self.show_cells(ui, seen, session, actions));
        });
    }

    /// Whether small pictures of B-scans in sight are still being made.
    pub fn is_drawing(&self) -> bool {
        self.thumbnails.are_waiting()
    }

    /// Forgets what lay on a graphics device that is gone.
    pub fn forget_pictures(&mut self) {
        self.thumbnails = Thumbnails::default();
    }

    fn show_cells(&mut self, ui: &mut Ui, seen: Rect, session: &EditorSession, actions: &mut Vec<Action>) {
        let count = session.page_count();
        ui.set_width(CELL.x * count as f32 + 8.0);
        ui.set_height(HEIGHT - 6.0);
        let origin = ui.max_rect().min + vec2(4.0, 6.0);
        let first = (seen.min.x / CELL.x).floor().max(0.0) as usize;
        let last = ((seen.max.x / CELL.x).ceil() as usize + 1).min(count);
        for page in first..last {
            let cell = Rect::from_min_size(origin + vec2(CELL.x * page as f32, 0.0), CELL);
            if self.show_cell(ui, page, cell, session).clicked() {
                actions.push(Action::Volume(VolumeAction::ShowPage(page)));
            }
        }
        if self.scrolled_for != Some(session.view_number()) {
            self.scrolled_for = Some(session.view_number());
            let page = session.page_index();
            let cell = Rect::from_min_size(origin + vec2(CELL.x * page as f32, 0.0), CELL);
            ui.scroll_to_rect(cell.expand2(vec2(CELL.x, 0.0)), None);
        }
    }

    fn show_cell(&mut self, ui: &mut Ui, page: usize, cell: Rect, session: &EditorSession) -> Response {
        let child =
            ui.new_child(UiBuilder::new().max_rect(cell).layout(eframe::egui::Layout::top_down(Align::Min)));
        let response = child.interact(cell, ui.scope_id().with(("b-scan", page)), Sense::click());
        let is_shown = page == session.page_index();
        let state = SliceState::of(&session.editor.document().pages[page]);
        let name = text!("filmstrip-b-scan", number = %page + 1, spoken = state.spoken());
        response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, is_shown, &name));
        let picture = Rect::from_min_size(pos2(cell.center().x - PICTURE.x / 2.0, cell.top()), PICTURE);
        let painter = child.painter().clone();
        painter.rect_filled(picture, 3.0, theme::CANVAS);
        if let Some(texture) = self.thumbnails.picture(page, session, ui.ctx()) {
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(texture.id(), picture, whole, Color32::WHITE);
        }
        let (width, color) = match (is_shown, response.hovered() || response.has_focus()) {
            (true, _) => (2.0, theme::ACCENT),
            (false, true) => (1.0, theme::TEXT_WEAK),
            (false, false) => (1.0, theme::LINE),
        };
        painter.rect_stroke(picture, 3.0, Stroke::new(width, color), StrokeKind::Outside);
        let below = pos2(picture.left() + 1.0, picture.bottom() + 9.0);
        let color = if is_shown { theme::TEXT_STRONG } else { theme::TEXT_WEAK };
        painter.text(below, Align2::LEFT_CENTER, page + 1, theme::small(), color);
        let mark = pos2(picture.right() - 4.0, below.y);
        state.paint(&painter, mark);
        response.on_hover_text(format!("{}\n{name}", session.editor.document().pages[page].scan.name))
    }
}
