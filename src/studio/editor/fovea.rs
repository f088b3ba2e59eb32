//! The bracket over the millimetre about the fovea: it says what "central 1 mm" is the thickness of, and its grip moves
//! it. The layers show where the fovea is; what is dragged by hand is kept with the document, as one step.

use eframe::egui::{Align2, CursorIcon, Pos2, Rect, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::canvas::view::ViewTransform;
use super::session::EditorSession;
use crate::document::Command;
use crate::mask::CentralThickness;
use crate::scan::Calibration;
use crate::studio::editor::tools::image_size;
use crate::studio::shell::action::Action;
use crate::studio::texts::text;
use crate::studio::widgets::theme;

/// Height of the bracket over the lower end of the scan.
const ABOVE_END: f32 = 30.0;
const TICK: f32 = 6.0;
const GRIP: f32 = 11.0;

/// The grip of the bracket.
#[derive(Default)]
pub struct FoveaGrip {
    /// Where it was drawn: what is pressed there is not meant for a tool.
    place: Option<Rect>,
    /// Where the fovea is being dragged to, in image coordinates.
    dragged_to: Option<f32>,
}

impl FoveaGrip {
    /// Nothing is drawn in this frame.
    pub fn hide(&mut self) {
        self.place = None;
    }

    /// Whether something pressed there is meant for it.
    pub fn is_at(&self, pointer: Pos2) -> bool {
        self.place.is_some_and(|place| place.contains(pointer))
    }

    /// Draws the bracket over the left pane, and lets its grip be dragged.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        pane: Rect,
        view: &ViewTransform,
        central: &CentralThickness,
        session: &EditorSession,
        actions: &mut Vec<Action>,
    ) {
        let scan = &session.page().scan;
        let half = central.columns.len() as f32 / 2.0;
        let middle = central.columns.start as f32 + half;
        let fovea = self.dragged_to.unwrap_or_else(|| central.fovea.map_or(middle, |fovea| fovea.column));
        let image = view.image_rect(pane, image_size(session));
        let bracket = Bracket {
            x: [fovea - half, fovea, fovea + half]
                .map(|column| view.screen_from_image(pane, [column, 0.0]).x),
            y: pane.bottom().min(image.bottom()) - ABOVE_END,
            is_found: central.fovea.is_some(),
            is_set: scan.fovea_column.is_some(),
        };
        bracket.paint(ui, pane);
        let middle = pos2(bracket.x[1], bracket.y);
        let grip = Rect::from_center_size(middle, vec2(2.0 * GRIP, 2.0 * GRIP)).intersect(pane);
        let response = ui.interact(grip, ui.scope_id().with("fovea grip"), Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::slider(true, f64::from(fovea), text!("fovea-spoken")));
        self.place = Some(if response.dragged() { Rect::EVERYTHING } else { grip });
        if response.hovered() || response.dragged() {
            ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
        }
        if let Some(pointer) = response.interact_pointer_pos().filter(|_| response.dragged()) {
            let column = view.image_from_screen(pane, pointer)[0];
            self.dragged_to = Some(column.clamp(0.0, scan.width() as f32));
            ui.ctx().request_repaint();
        }
        let calibration = scan.calibration();
        let page = session.page_index();
        let mut set = |fovea_column| {
            let calibration = Calibration { fovea_column, ..calibration };
            actions.push(Action::Edit(Command::Calibrate { page, calibration }));
        };
        if response.drag_stopped()
            && let Some(column) = self.dragged_to.take()
        {
            set(Some(column));
        } else if response.double_clicked() && bracket.is_set {
            set(None);
        }
        let hint = text!("fovea-about");
        response.on_hover_text(hint);
    }
}

/// The bracket on the screen.
struct Bracket {
    /// Of its left end, the fovea and its right end.
    x: [f32; 3],
    y: f32,
    /// Whether there is a fovea; otherwise it is over the middle of the image.
    is_found: bool,
    /// Whether it was set by hand.
    is_set: bool,
}

impl Bracket {
    fn paint(&self, ui: &Ui, pane: Rect) {
        let Self { x: [from, at, to], y, .. } = *self;
        let painter = ui.painter_at(pane);
        let color = if self.is_found { theme::ACCENT } else { theme::OVER_SCAN };
        for (stroke, color) in [(4.0, theme::OVER_SCAN_SHADOW), (1.5, color)] {
            painter.hline(from..=to, y, Stroke::new(stroke, color));
            for x in [from, to] {
                painter.vline(x, y - TICK..=y + TICK, Stroke::new(stroke, color));
            }
        }
        let tip = pos2(at, y - 9.0);
        let mark = vec![tip, tip + vec2(-7.0, 15.0), tip + vec2(7.0, 15.0)];
        painter.add(Shape::convex_polygon(mark, color, Stroke::new(1.5, theme::OVER_SCAN_SHADOW)));
        let words = match (self.is_set, self.is_found) {
            (true, _) => text!("fovea-set"),
            (false, true) => text!("fovea-found"),
            (false, false) => text!("fovea-none"),
        };
        let galley = painter.layout_no_wrap(words.to_owned(), theme::small(), color);
        let (anchor, beside) = match to + 8.0 + galley.size().x > pane.right() {
            true => (Align2::RIGHT_CENTER, pos2(from - 8.0, y)),
            false => (Align2::LEFT_CENTER, pos2(to + 8.0, y)),
        };
        let plate = anchor.anchor_size(beside, galley.size());
        painter.rect_filled(plate.expand2(vec2(4.0, 1.0)), 3.0, theme::OVER_SCAN_SHADOW);
        painter.galley(plate.min, galley, color);
    }
}
