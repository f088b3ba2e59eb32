//! Brush, eraser and pan as one small state machine over pointer events.
//!
//! Every pointer sample of a frame is painted, as the capsule from the sample before it, so a fast
//! stroke leaves no dots; one press-to-release is one step of the history.

use eframe::egui::{Event, Modifiers, PointerButton, Pos2, Rect as ScreenRect, Vec2, vec2};

use crate::scan::Rect;
use crate::studio::canvas::view::ViewTransform;
use crate::studio::session::Session;
use crate::studio::settings::{Settings, Tool};

/// What the pointer is doing on the pane.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Gesture {
    #[default]
    None,
    /// A stroke held by a button; the last sample in image coordinates.
    Stroke { button: PointerButton, erase: bool, last: [f32; 2] },
    /// A pan held by a button; the last sample on the screen.
    Pan { button: PointerButton, last: Pos2 },
}

/// The pointer's state between frames.
#[derive(Debug, Default)]
pub struct PointerTool {
    gesture: Gesture,
}

/// Where the pointer works in this frame.
pub struct Pane {
    pub rect: ScreenRect,
    /// Whether a press on it is meant for it, and not for something above it.
    pub is_hovered: bool,
    pub space_held: bool,
    /// Whether the mask can be painted here; the synthetic pane only pans.
    pub paints: bool,
}

impl PointerTool {
    /// Whether a stroke or a pan is under way.
    pub fn is_busy(&self) -> bool {
        self.gesture != Gesture::None
    }

    /// Whether a pan is under way.
    pub fn is_panning(&self) -> bool {
        matches!(self.gesture, Gesture::Pan { .. })
    }

    /// Whether the stroke under way, or one that would start now, erases.
    pub fn erases(&self, settings: &Settings, modifiers: Modifiers) -> bool {
        match self.gesture {
            Gesture::Stroke { erase, .. } => erase,
            _ => settings.tool == Tool::Eraser || modifiers.alt,
        }
    }

    /// Takes one event of the frame. Returns what to redraw.
    pub fn take(
        &mut self,
        event: &Event,
        pane: &Pane,
        view: &mut ViewTransform,
        session: &mut Session,
        settings: &Settings,
    ) -> Rect {
        match *event {
            Event::PointerButton { pos, button, pressed: true, modifiers } => {
                if !pane.is_hovered || !pane.rect.contains(pos) || self.is_busy() {
                    return Rect::EMPTY;
                }
                self.press(pos, button, modifiers, pane, view, session, settings)
            }
            Event::PointerMoved(pos) => self.move_to(pos, pane, view, session, settings),
            Event::PointerButton { button, pressed: false, .. } => {
                self.release(button, session);
                Rect::EMPTY
            }
            Event::WindowFocused(false) => {
                self.finish(session);
                Rect::EMPTY
            }
            _ => Rect::EMPTY,
        }
    }

    #[allow(
        clippy::too_many_arguments,
        reason = "the fields of one event beside the three states it acts on"
    )]
    fn press(
        &mut self,
        pos: Pos2,
        button: PointerButton,
        modifiers: Modifiers,
        pane: &Pane,
        view: &ViewTransform,
        session: &mut Session,
        settings: &Settings,
    ) -> Rect {
        let held_hand = pane.space_held || settings.tool == Tool::Hand || !pane.paints;
        let erase = match button {
            PointerButton::Middle => {
                self.gesture = Gesture::Pan { button, last: pos };
                return Rect::EMPTY;
            }
            PointerButton::Primary if held_hand => {
                self.gesture = Gesture::Pan { button, last: pos };
                return Rect::EMPTY;
            }
            PointerButton::Primary => settings.tool == Tool::Eraser || modifiers.alt,
            PointerButton::Secondary if pane.paints && settings.tool != Tool::Hand => true,
            _ => return Rect::EMPTY,
        };
        let paint = settings.paint_settings(erase);
        let at = view.image_from_screen(pane.rect, pos);
        let first =
            crate::document::Command::Paint { page: session.page_index(), from: at, to: at, settings: paint };
        session.editor.begin(first.name());
        self.gesture = Gesture::Stroke { button, erase, last: at };
        session.paint(at, at, paint)
    }

    fn move_to(
        &mut self,
        pos: Pos2,
        pane: &Pane,
        view: &mut ViewTransform,
        session: &mut Session,
        settings: &Settings,
    ) -> Rect {
        match &mut self.gesture {
            Gesture::None => Rect::EMPTY,
            Gesture::Pan { last, .. } => {
                let by = pos - *last;
                *last = pos;
                view.pan(by, image_size(session));
                Rect::EMPTY
            }
            Gesture::Stroke { last, .. } if pane.space_held => {
                // The image follows the hand: what was under the pointer stays there.
                let before = view.screen_from_image(pane.rect, *last);
                view.pan(pos - before, image_size(session));
                *last = view.image_from_screen(pane.rect, pos);
                Rect::EMPTY
            }
            Gesture::Stroke { last, erase, .. } => {
                let at = view.image_from_screen(pane.rect, pos);
                let from = std::mem::replace(last, at);
                session.paint(from, at, settings.paint_settings(*erase))
            }
        }
    }

    fn release(&mut self, released: PointerButton, session: &mut Session) {
        if let Gesture::Stroke { button, .. } | Gesture::Pan { button, .. } = self.gesture
            && button == released
        {
            self.finish(session);
        }
    }

    /// Ends what is under way; a stroke becomes a step of the history.
    pub fn finish(&mut self, session: &mut Session) {
        if matches!(self.gesture, Gesture::Stroke { .. }) {
            session.editor.commit();
        }
        self.gesture = Gesture::None;
    }

    /// Takes back the stroke under way. Returns what to redraw.
    pub fn abort(&mut self, session: &mut Session) -> Rect {
        let was_stroke = matches!(self.gesture, Gesture::Stroke { .. });
        self.gesture = Gesture::None;
        if was_stroke { session.abort() } else { Rect::EMPTY }
    }
}

/// Size of the page shown, in image pixels.
pub fn image_size(session: &Session) -> Vec2 {
    let scan = &session.page().scan;
    vec2(scan.width() as f32, scan.height() as f32)
}
