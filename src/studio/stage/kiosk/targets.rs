//! The few things the kiosk is made of: targets for a finger, words to be read from afar, each with a name that a screen
//! reader can say.

use std::time::Duration;

use eframe::egui::text::LayoutJob;
use eframe::egui::{
    Align, Align2, Color32, FontId, Painter, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    pos2, vec2,
};

use crate::studio::texts::text;
use crate::studio::widgets::controls::ButtonState;
use crate::studio::widgets::icons::{self, Icon};
use crate::studio::widgets::theme;

/// Corner radius of targets and plates.
const RADIUS: f32 = 10.0;
const ICON_SIDE: f32 = 30.0;

/// Size of words that explain.
pub fn large() -> FontId {
    FontId::proportional(19.0)
}

/// What a finger may touch.
pub struct Target<'a> {
    pub icon: Option<Icon>,
    pub text: &'a str,
    pub state: ButtonState,
}

impl<'a> Target<'a> {
    /// A target that can be touched.
    pub fn new(icon: Icon, text: &'a str) -> Self {
        Self { icon: Some(icon), text, state: ButtonState::READY }
    }

    /// A target of a word or a sign alone.
    pub fn of(text: &'a str) -> Self {
        Self { icon: None, text, state: ButtonState::READY }
    }

    /// Draws it. Returns whether it was touched, or pressed by a key.
    pub fn show(self, ui: &Ui, rect: Rect) -> bool {
        let Self { icon, text, state } = self;
        let sense = if state.enabled { Sense::click() } else { Sense::hover() };
        let response = ui.interact(rect, ui.scope_id().with(text), sense);
        response.widget_info(|| match state.selected {
            true => WidgetInfo::selected(Role::Button, state.enabled, true, text),
            false => WidgetInfo::labeled(Role::Button, state.enabled, text),
        });
        let (fill, color) = match state {
            _ if response.is_pointer_button_down_on() => (theme::PRESSED, theme::TEXT_STRONG),
            ButtonState { enabled: false, .. } => (theme::CHROME, theme::TEXT_WEAK.gamma_multiply(0.5)),
            ButtonState { selected: true, .. } => (theme::ACCENT_DIM, theme::ACCENT),
            _ => (theme::RAISED, theme::TEXT_STRONG),
        };
        ui.painter().rect_filled(rect, RADIUS, fill);
        if response.has_focus() || state.selected {
            ui.painter().rect_stroke(rect, RADIUS, Stroke::new(2.0, theme::ACCENT), StrokeKind::Inside);
        }
        let mut words_place = rect.shrink(6.0);
        if let Some(icon) = icon {
            let middle = pos2(rect.center().x, rect.top() + 10.0 + ICON_SIDE / 2.0);
            icons::paint(ui.painter(), Rect::from_center_size(middle, Vec2::splat(ICON_SIDE)), icon, color);
            words_place.min.y = middle.y + ICON_SIDE / 2.0;
        }
        centred(ui.painter(), words_place, text, theme::semibold(15.0), color);
        state.enabled && response.clicked()
    }
}

/// Words in the middle of a place, in as many lines as they need.
fn centred(painter: &Painter, place: Rect, text: &str, font: FontId, color: Color32) {
    let mut job = LayoutJob::simple(text.to_owned(), font, color, place.width());
    job.halign = Align::Center;
    let galley = painter.layout_job(job);
    let at = pos2(place.center().x, place.center().y - galley.size().y / 2.0);
    painter.galley(at, galley, color);
}

/// Words from the left of a place on, broken where it ends, and cut where it has no more lines.
pub fn words(ui: &Ui, place: Rect, text: &str, font: FontId, color: Color32) {
    let response = ui.interact(place, ui.scope_id().with((text, "words")), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    let galley = ui.painter().layout(text.to_owned(), font, color, place.width());
    let top = place.center().y - galley.size().y.min(place.height()) / 2.0;
    ui.painter_at(place).galley(pos2(place.left(), top), galley, color);
}

/// Says when everything is reset, if that is soon. Returns whether it was said.
pub fn countdown(ui: &Ui, place: Rect, left: Option<Duration>) -> bool {
    let Some(left) = left else { return false };
    let seconds = left.as_secs_f32().ceil() as u64;
    words(ui, place, &text!("kiosk-countdown", seconds), theme::semibold(24.0), theme::WARNING);
    true
}

/// Words on a plate whose corner lies in a corner of a place. Returns the plate.
pub fn plate(ui: &Ui, place: Rect, corner: Align2, text: &str, color: Color32) -> Rect {
    let rect = sign(ui, place, corner, text, color);
    let response = ui.interact(rect, ui.scope_id().with((text, "plate")), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    rect
}

/// As [`plate`], on what has that name itself.
pub fn sign(ui: &Ui, place: Rect, corner: Align2, text: &str, color: Color32) -> Rect {
    let galley = ui.painter().layout(text.to_owned(), theme::semibold(16.0), color, place.width() - 24.0);
    let rect = corner.align_size_within_rect(galley.size() + vec2(24.0, 14.0), place);
    ui.painter().rect_filled(rect, RADIUS, theme::OVER_SCAN_PLATE);
    ui.painter().galley(rect.min + vec2(12.0, 7.0), galley, color);
    rect
}
