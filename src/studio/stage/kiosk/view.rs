//! The screen of the kiosk: labels and scan side by side, the mark of what is synthetic, and large targets beneath.

use std::time::Duration;

use eframe::egui::{Align2, CentralPanel, Frame, Rect, Ui, UiBuilder, Vec2};

use super::eye::KioskBrush;
use super::game_view;
use super::layout::Places;
use super::lock_view;
use super::state::{Kiosk, KioskAction, Phase, Wish};
use super::targets::{Target, countdown, large, plate, sign, words};
use crate::studio::editor::canvas::pass::CanvasPass;
use crate::studio::editor::canvas::{self, paint_brush_ring};
use crate::studio::texts::{Language, text};
use crate::studio::widgets::controls::ButtonState;
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

/// While something moves by itself, a frame comes after this.
const LIVELY: Duration = Duration::from_millis(40);
/// Otherwise after this: the countdown goes on.
const QUIET: Duration = Duration::from_millis(250);
/// Radius of the brush that the program paints with, in image pixels.
const PROGRAM_RADIUS_PX: f32 = 9.0;
/// Of the target that changes the language.
const LANGUAGE_SIZE: Vec2 = Vec2::new(120.0, 56.0);

/// How the scan of the eye on show stands with the thread that draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureState {
    /// It is drawn, or will be.
    Expected,
    /// No scan can be drawn on this computer.
    Unavailable,
}

/// What the kiosk may look at of its window.
pub struct StageContext<'a> {
    /// What pictures are drawn with; nothing where there is no graphics device.
    pub pass: Option<&'a CanvasPass>,
    /// Whether a scan comes.
    pub picture: PictureState,
}

impl Kiosk {
    /// A frame: takes what came from screen and keyboard, draws everything, and returns what the window is to do.
    pub fn show(&mut self, ui: &mut Ui, context: &StageContext<'_>) -> Vec<KioskAction> {
        self.clock.follow(ui.input(|input| input.time));
        self.take_input(ui);
        self.tick();
        let frame = Frame::new().fill(theme::CANVAS);
        let wishes = CentralPanel::default().frame(frame).show(ui, |ui| self.draw(ui, context)).inner;
        for wish in wishes {
            self.wish(wish);
        }
        if !matches!(self.phase, Phase::Game(_)) {
            self.scans.forget_question();
        }
        let is_lively = matches!(&self.phase, Phase::Attract(Some(painting)) if !painting.is_whole());
        ui.ctx().request_repaint_after(if is_lively { LIVELY } else { QUIET });
        self.take_actions()
    }

    fn draw(&mut self, ui: &mut Ui, context: &StageContext<'_>) -> Vec<Wish> {
        let mut wishes = Vec::new();
        let screen = ui.max_rect();
        let buttons = match &self.phase {
            Phase::Game(game) => game_view::button_count(game),
            _ => KioskBrush::ALL.len() + OTHERS,
        };
        let places = Places::of(screen, buttons);
        let mut behind = ui.new_child(UiBuilder::new().max_rect(screen));
        if self.lock.is_open() {
            // Nothing behind the pad can be reached, by Tab neither.
            behind.disable();
        }
        self.draw_top(&behind, places.top, &mut wishes);
        if matches!(self.phase, Phase::Game(_)) {
            self.draw_game(&behind, &places, &mut wishes);
        } else {
            self.draw_eye(&mut behind, &places, context, &mut wishes);
        }
        if self.lock.is_open() {
            lock_view::draw(ui, screen, &self.lock, self.clock.now(), &mut wishes);
        }
        wishes
    }

    /// What is on the screen, the mark that is never away, and the language.
    fn draw_top(&self, ui: &Ui, place: Rect, wishes: &mut Vec<Wish>) {
        let language = Rect::from_center_size(
            place.right_center() - Vec2::new(LANGUAGE_SIZE.x / 2.0, 0.0),
            LANGUAGE_SIZE,
        );
        if Target::of(text!("kiosk-language")).show(ui, language) {
            wishes.push(Wish::Speak(match self.language {
                Language::English => Language::German,
                Language::German => Language::English,
            }));
        }
        let rest = place.with_max_x(language.left() - 12.0);
        let mark = match self.phase {
            Phase::Game(_) => text!("kiosk-some-synthetic"),
            _ => text!("kiosk-synthetic"),
        };
        let mark = plate(ui, rest, Align2::RIGHT_CENTER, mark, theme::WARNING);
        let title = match (&self.phase, &self.caption) {
            (Phase::Game(_), _) => text!("kiosk-play"),
            (_, Some(caption)) => caption.words()[0],
            (_, None) => text!("kiosk-title"),
        };
        let title_place = rest.with_max_x(mark.left() - 12.0);
        if title_place.is_positive() {
            words(ui, title_place, title, theme::semibold(24.0), theme::TEXT_STRONG);
        }
    }

    fn draw_eye(&mut self, ui: &mut Ui, places: &Places, context: &StageContext<'_>, wishes: &mut Vec<Wish>) {
        let panes = &places.panes;
        self.scans.follow(&mut self.eye, context.pass);
        self.scans.fit(panes[0], &self.eye);
        canvas::allocate(ui, panes[0], text!("kiosk-pane-labels"));
        canvas::allocate(ui, panes[1], text!("kiosk-pane-scan"));
        for pane in panes {
            ui.painter().rect_filled(*pane, 6.0, theme::CHROME);
        }
        self.scans.paint_labels(ui, panes[0]);
        if self.has_scan {
            self.scans.paint_scan(ui, panes[1]);
        } else {
            let state = match context.picture {
                PictureState::Expected => text!("kiosk-drawing"),
                PictureState::Unavailable => text!("kiosk-no-scan"),
            };
            words(ui, panes[1].shrink(24.0), state, large(), theme::TEXT_WEAK);
        }
        self.draw_brush(ui, panes);
        sign(ui, panes[0].shrink(8.0), Align2::LEFT_TOP, text!("kiosk-pane-labels"), theme::OVER_SCAN);
        sign(ui, panes[1].shrink(8.0), Align2::LEFT_TOP, text!("kiosk-pane-scan"), theme::OVER_SCAN);
        self.draw_caption(ui, places.caption);
        self.draw_tools(ui, &places.buttons, wishes);
        if !self.lock.is_open() {
            wishes.extend(self.strokes(ui, panes));
        }
    }

    /// The ring of the brush: the program's, or a visitor's under the pointer.
    fn draw_brush(&self, ui: &Ui, panes: &[Rect; 2]) {
        let view = &self.scans.view;
        if let Some(at) = self.brush_at {
            for pane in panes {
                let at = view.screen_from_image(*pane, at);
                paint_brush_ring(&ui.painter_at(*pane), at, view, PROGRAM_RADIUS_PX, theme::OVER_SCAN);
            }
        }
        let pointer = ui.input(|input| input.pointer.hover_pos());
        let (Some(pointer), Some(radius_px), Phase::Visit) = (pointer, self.brush.radius_px(), &self.phase)
        else {
            return;
        };
        if let Some(pane) = panes.iter().find(|pane| pane.contains(pointer)) {
            paint_brush_ring(&ui.painter_at(*pane), pointer, view, radius_px, theme::OVER_SCAN);
        }
    }

    fn draw_caption(&self, ui: &Ui, place: Rect) {
        if countdown(ui, place, self.countdown()) {
            return;
        }
        let about = match (&self.phase, &self.caption) {
            (Phase::Attract(_), Some(caption)) => {
                let [_, about] = caption.words();
                format!("{about} {}", text!("kiosk-invite"))
            }
            (Phase::Attract(_), None) => text!("kiosk-invite").to_owned(),
            _ => does(self.brush).to_owned(),
        };
        words(ui, place, &about, large(), theme::TEXT);
    }

    fn draw_tools(&self, ui: &Ui, places: &[Rect], wishes: &mut Vec<Wish>) {
        let mut places = places.iter();
        let mut show = |target: Target<'_>, wish: Wish| {
            if places.next().is_some_and(|place| target.show(ui, *place)) {
                wishes.push(wish);
            }
        };
        for brush in KioskBrush::ALL {
            let (icon, name) = look(brush);
            let state = ButtonState::selected_if(brush == self.brush);
            show(Target { icon: Some(icon), text: name, state }, Wish::Take(brush));
        }
        let undo = ButtonState::enabled_if(self.eye.can_undo());
        show(Target { state: undo, ..Target::new(Icon::Undo, text!("kiosk-undo")) }, Wish::Undo);
        let again = ButtonState::enabled_if(self.eye.is_changed());
        show(
            Target { state: again, ..Target::new(Icon::Steps, text!("kiosk-start-again")) },
            Wish::StartAgain,
        );
        show(Target::new(Icon::Dice, text!("kiosk-another")), Wish::Another);
        let play = ButtonState::enabled_if(self.can_play());
        show(Target { state: play, ..Target::new(Icon::Help, text!("kiosk-play")) }, Wish::Play);
    }
}

/// Targets beside the brushes: undo, start again, another eye, the game.
const OTHERS: usize = 4;

/// Sign and name of a brush.
fn look(brush: KioskBrush) -> (Icon, &'static str) {
    match brush {
        KioskBrush::Cyst => (Icon::Cyst, text!("kiosk-cyst")),
        KioskBrush::Fluid => (Icon::Dome, text!("kiosk-fluid")),
        KioskBrush::Push => (Icon::LayerWarp, text!("kiosk-push")),
        KioskBrush::Erase => (Icon::Eraser, text!("kiosk-erase")),
    }
}

/// What a brush does.
fn does(brush: KioskBrush) -> &'static str {
    match brush {
        KioskBrush::Cyst => text!("kiosk-cyst-about"),
        KioskBrush::Fluid => text!("kiosk-fluid-about"),
        KioskBrush::Push => text!("kiosk-push-about"),
        KioskBrush::Erase => text!("kiosk-erase-about"),
    }
}
