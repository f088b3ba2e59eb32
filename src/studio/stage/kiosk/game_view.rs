//! The screen of "real or synthetic?": a scan, two answers, the truth, and the score board.

use eframe::egui::{Color32, Rect, Role, Sense, Ui, Vec2, WidgetInfo, pos2};

use super::board::{Board, Place};
use super::game::{Game, GameStep, Guess};
use super::layout::Places;
use super::state::{Kiosk, Phase, Wish};
use super::targets::{Target, countdown, large, words};
use crate::studio::texts::text;
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

/// Lines of the score board that are shown.
const LINES: usize = 8;
/// Height of a line.
const LINE: f32 = 34.0;

/// Targets of what a game shows.
pub(super) fn button_count(game: &Game) -> usize {
    match game.step() {
        GameStep::Question => 3,
        GameStep::Truth { .. } | GameStep::Result(_) => 2,
    }
}

impl Kiosk {
    pub(super) fn draw_game(&mut self, ui: &Ui, places: &Places, wishes: &mut Vec<Wish>) {
        let left = self.countdown();
        let Phase::Game(game) = &self.phase else { return };
        if let GameStep::Result(place) = game.step() {
            draw_board(ui, places.picture, &self.board, place);
        } else {
            let side = places.picture.size().min_elem();
            let place = Rect::from_center_size(places.picture.center(), Vec2::splat(side));
            let texture = self.scans.question(ui.ctx(), self.figures.games, game);
            ui.painter().image(texture.id(), place, WHOLE, Color32::WHITE);
            let response = ui.interact(place, ui.scope_id().with("kiosk question"), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, text!("kiosk-play")));
        }
        if !countdown(ui, places.caption, left) {
            words(ui, places.caption, &said(game), large(), theme::TEXT);
        }
        let targets: Vec<(Icon, &str, Wish)> = match game.step() {
            GameStep::Question => vec![
                (Icon::Eye, text!("kiosk-real"), Wish::Answer(Guess::Real)),
                (Icon::Brush, text!("kiosk-drawn"), Wish::Answer(Guess::Synthetic)),
                (Icon::Previous, text!("kiosk-back"), Wish::Leave),
            ],
            GameStep::Truth { .. } => vec![
                (Icon::Next, text!("kiosk-next"), Wish::GoOn),
                (Icon::Previous, text!("kiosk-back"), Wish::Leave),
            ],
            GameStep::Result(_) => vec![
                (Icon::Help, text!("kiosk-play-again"), Wish::Play),
                (Icon::Previous, text!("kiosk-back"), Wish::Leave),
            ],
        };
        for ((icon, name, wish), place) in targets.into_iter().zip(&places.buttons) {
            if Target::new(icon, name).show(ui, *place) {
                wishes.push(wish);
            }
        }
    }
}

/// All of a texture.
const WHOLE: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(1.0, 1.0) };

/// What is asked, what it was, or how it went.
fn said(game: &Game) -> String {
    let (index, question) = game.question();
    match game.step() {
        GameStep::Question => text!("kiosk-question", number = index + 1, of = game.count()),
        GameStep::Truth { was_right } => {
            let verdict = if was_right { text!("kiosk-right") } else { text!("kiosk-wrong") };
            let truth = match question.is_synthetic {
                true => text!("kiosk-was-synthetic").to_owned(),
                false => text!("kiosk-was-real", credit = text!("sample-credit")),
            };
            format!("{verdict} {truth}")
        }
        GameStep::Result(Place { score, .. }) => {
            text!("kiosk-result", right = score.right, of = score.of, seconds = score.secs)
        }
    }
}

fn draw_board(ui: &Ui, place: Rect, board: &Board, own: Place) {
    let middle = Rect::from_center_size(place.center(), Vec2::new(place.width().min(640.0), place.height()));
    let mut top = middle.top();
    let mut line = |text: &str, font, color: Color32| {
        let bottom = top + LINE;
        if bottom <= middle.bottom() {
            let at = Rect::from_min_max(pos2(middle.left(), top), pos2(middle.right(), bottom));
            words(ui, at, text, font, color);
        }
        top = bottom;
    };
    line(text!("kiosk-board"), theme::semibold(24.0), theme::TEXT_STRONG);
    let own_line =
        text!("kiosk-place", place = own.place, players = board.players(), player = own.score.player);
    line(&own_line, theme::semibold(19.0), theme::ACCENT);
    for (index, score) in board.best().iter().take(LINES).enumerate() {
        let text = text!(
            "kiosk-board-line",
            place = index + 1,
            player = score.player,
            right = score.right,
            of = score.of,
            seconds = score.secs
        );
        let color = if score.player == own.score.player { theme::ACCENT } else { theme::TEXT };
        line(&text, large(), color);
    }
    if let Some(percent) = board.percent_right() {
        line(&text!("kiosk-board-all", percent), large(), theme::TEXT_WEAK);
    }
}
