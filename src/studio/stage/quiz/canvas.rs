//! The scan of a question: shown, drawn on by pointer and by keys, and with the truth over it once it is answered.

use eframe::egui::{
    Color32, ColorImage, Context, Event, EventFilter, Key, Modifiers, PointerButton, Pos2, Rect, Response,
    Role, Sense, Shape, Stroke, StrokeKind, TextureHandle, TextureOptions, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::words;
use crate::cases::quiz::{Answer, QuizQuestion, Round};
use crate::scan::GreyImage;
use crate::studio::texts::text;
use crate::studio::widgets::theme;

/// Steps of the keys in pixels; with Shift one pixel.
const STRIDE: [f32; 2] = [4.0, 2.0];
/// Part of the light that a mark lets through.
const MARK_SHARE: f32 = 0.4;
/// All of a texture.
const WHOLE: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(1.0, 1.0) };
const LINE_WIDTH: f32 = 2.0;
const DASH: f32 = 7.0;

/// The scan on the screen, and the hand on it.
#[derive(Default)]
pub(super) struct Canvas {
    /// Which scan, whether answered, how often it was marked; and its picture.
    shown: Option<((usize, bool, u64), TextureHandle)>,
    marks: u64,
    /// Where the pointer was that draws.
    last: Option<[f32; 2]>,
    /// Of the keys, in pixels of the image.
    cursor: [f32; 2],
    /// Whether marks are taken away.
    pub erases: bool,
}

impl Canvas {
    /// Pictures lie on a graphics device that is gone.
    pub fn forget_picture(&mut self) {
        self.shown = None;
    }

    /// Another question: nothing is held, and the keys begin where a line begins, or in the middle.
    pub fn begin(&mut self, round: &Round) {
        (self.last, self.erases, self.marks) = (None, false, self.marks + 1);
        let Some((sheet, question)) = round.task() else { return };
        let (width, height) = (sheet.width as f32, sheet.height as f32);
        self.cursor = match question.answer {
            Answer::Line { .. } => [0.5, (height / 3.0).floor()],
            _ => [width / 2.0, height / 2.0],
        };
    }

    /// Draws the scan into `room`, takes strokes and keys. Returns the response of the scan.
    pub fn show(&mut self, ui: &mut Ui, room: Vec2, scan: &GreyImage, round: &mut Round) -> Response {
        let size = vec2(scan.width as f32, scan.height as f32);
        let scale = (room / size).min_elem().max(0.05);
        let (outer, _) = ui.allocate_exact_size(vec2(room.x, size.y * scale), Sense::hover());
        let place = Rect::from_center_size(outer.center(), size * scale);
        let id = ui.scope_id().with("quiz scan");
        let response = ui.interact(place, id, Sense::click_and_drag());
        self.take_pointer(ui, &response, place, scale, round);
        if response.has_focus() {
            let filter =
                EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
            self.take_keys(ui, round);
        }
        let name = round.task().map(|(sheet, question)| {
            text!("quiz-scan", case = sheet.name.as_str(), question = %words::question_text(question))
        });
        let name = name.unwrap_or_default();
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name.as_str()));
        self.paint(ui, place, scale, scan, round, response.has_focus());
        response
    }

    fn take_pointer(&mut self, ui: &Ui, response: &Response, place: Rect, scale: f32, round: &mut Round) {
        let is_held = response.is_pointer_button_down_on() && round.outcome().is_none();
        let Some(at) = response.interact_pointer_pos().filter(|_| is_held) else {
            self.last = None;
            return;
        };
        let erases = self.erases || ui.input(|input| input.pointer.button_down(PointerButton::Secondary));
        let point = |at: Pos2| {
            let at = (at - place.min) / scale;
            let inside = (place.size() / scale) - Vec2::splat(0.01);
            [at.x.clamp(0.0, inside.x), at.y.clamp(0.0, inside.y)]
        };
        // All of a frame's samples: a quick hand is followed closely.
        let moved = ui.input(|input| {
            let places = input.events.iter().filter_map(|event| match event {
                Event::PointerMoved(at) => Some(*at),
                _ => None,
            });
            places.collect::<Vec<Pos2>>()
        });
        let began = self.last.is_none();
        let points = if began { vec![at] } else { [moved, vec![at]].concat() };
        for at in points {
            let to = point(at);
            round.draw(self.last.unwrap_or(to), to, erases);
            (self.last, self.cursor) = (Some(to), to);
        }
        if !matches!(round.task(), Some((_, QuizQuestion { answer: Answer::Line { .. }, .. }))) {
            self.marks += 1;
        }
    }

    /// Arrows move the cursor and draw a line as they go; the space bar marks, Backspace takes away.
    fn take_keys(&mut self, ui: &Ui, round: &mut Round) {
        let Some((sheet, question)) = round.task() else { return };
        let most = [sheet.width as f32 - 0.5, sheet.height as f32 - 0.5];
        let is_line = matches!(question.answer, Answer::Line { .. });
        let is_open = round.outcome().is_none();
        let pressed: Vec<(Key, Modifiers)> = ui.input(|input| {
            let keys = input.events.iter().filter_map(|event| match event {
                Event::Key { key, pressed: true, modifiers, .. } => Some((*key, *modifiers)),
                _ => None,
            });
            keys.collect()
        });
        for (key, modifiers) in pressed {
            let [across, down] = if modifiers.shift { [1.0, 1.0] } else { STRIDE };
            let from = self.cursor;
            let step = match key {
                Key::ArrowLeft => [-across, 0.0],
                Key::ArrowRight => [across, 0.0],
                Key::ArrowUp => [0.0, -down],
                Key::ArrowDown => [0.0, down],
                Key::Space | Key::Backspace if is_open && !is_line => {
                    round.draw(from, from, key == Key::Backspace || self.erases);
                    self.marks += 1;
                    continue;
                }
                _ => continue,
            };
            self.cursor = [0, 1]
                .map(|axis| (from[axis] + step[axis]).clamp(if axis == 0 { 0.5 } else { 0.0 }, most[axis]));
            if is_line && is_open {
                round.draw(from, self.cursor, false);
            }
        }
    }

    fn paint(&mut self, ui: &Ui, place: Rect, scale: f32, scan: &GreyImage, round: &Round, has_focus: bool) {
        let key = (round.sheet_index(), round.outcome().is_some(), self.marks);
        if self.shown.as_ref().is_none_or(|(shown, _)| *shown != key) {
            self.shown = Some((key, picture(ui.ctx(), scan, round)));
        }
        let painter = ui.painter_at(place.expand(2.0));
        if let Some((_, texture)) = &self.shown {
            painter.image(texture.id(), place, WHOLE, Color32::WHITE);
        }
        let Some((_, question)) = round.task() else { return };
        let is_answered = round.outcome().is_some();
        if let Answer::Line { rows } = &question.answer {
            let stroke = Stroke::new(LINE_WIDTH, theme::ACCENT);
            for line in lines(round.drawn(), place, scale) {
                painter.line(line, stroke);
            }
            let stroke = Stroke::new(LINE_WIDTH, theme::WARNING);
            for line in lines(rows, place, scale).into_iter().filter(|_| is_answered) {
                painter.extend(Shape::dashed_line(&line, stroke, DASH, DASH));
            }
        }
        if has_focus {
            let ring = Stroke::new(1.0, theme::ACCENT);
            painter.rect_stroke(place, 0.0, ring, StrokeKind::Outside);
            if !is_answered && !matches!(question.answer, Answer::Choice { .. }) {
                let at = place.min + vec2(self.cursor[0], self.cursor[1]) * scale;
                painter.circle_stroke(at, 7.0 * scale.max(0.5), Stroke::new(1.5, theme::OVER_SCAN));
            }
        }
    }
}

/// The parts of a line that are known, on the screen.
fn lines(rows: &[Option<f32>], place: Rect, scale: f32) -> Vec<Vec<Pos2>> {
    let mut lines = vec![Vec::new()];
    for (column, row) in rows.iter().enumerate() {
        match (row, lines.last_mut()) {
            (Some(row), Some(line)) => line.push(place.min + vec2(column as f32 + 0.5, *row) * scale),
            _ => lines.push(Vec::new()),
        }
    }
    lines.retain(|line| line.len() > 1);
    lines
}

/// The scan with what was marked as a veil and, once it is answered, the true fluid outlined: two signs, not two colours.
fn picture(context: &Context, scan: &GreyImage, round: &Round) -> TextureHandle {
    let (width, height) = (scan.width as usize, scan.height as usize);
    let mut pixels: Vec<Color32> = scan.pixels.iter().map(|level| theme::grey(*level)).collect();
    for (pixel, _) in pixels.iter_mut().zip(round.marked()).filter(|(_, is_marked)| **is_marked) {
        *pixel = pixel.lerp_to_gamma(theme::ACCENT, MARK_SHARE);
    }
    if let (Some((_, question)), Some(_)) = (round.task(), round.outcome())
        && let Answer::Fluid { lesions } = &question.answer
    {
        let mut is_fluid = vec![false; width * height];
        for &(y, x0, x1) in lesions.iter().flatten() {
            is_fluid[y as usize * width + x0 as usize..y as usize * width + x1 as usize].fill(true);
        }
        let fluid = |x: usize, y: usize| is_fluid.get(y * width + x) == Some(&true);
        for y in 0..height {
            for x in (0..width).filter(|x| fluid(*x, y)) {
                let is_rim = x == 0
                    || y == 0
                    || x + 1 == width
                    || !fluid(x - 1, y)
                    || !fluid(x + 1, y)
                    || !fluid(x, y - 1)
                    || !fluid(x, y + 1);
                if is_rim {
                    pixels[y * width + x] = theme::WARNING;
                }
            }
        }
    }
    let image = ColorImage::new([width, height], pixels);
    context.load_texture("quiz scan", image, TextureOptions::LINEAR)
}
