//! The map of a set: every pair a point, like pairs together; a line drawn around some shows them in the grid.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use eframe::egui::{
    Color32, ColorImage, Label, PointerButton, Pos2, Rect, Role, Sense, Shape, Stroke, TextureHandle,
    TextureOptions, Ui, WidgetInfo, pos2, vec2,
};

use super::jobs::{Jobs, News};
use super::marks;
use super::open_set::OpenSet;
use crate::review::embedding::{SetMap, map_of, within};
use crate::review::verdicts::PairStanding;
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{ButtonState, text_button};
use crate::studio::widgets::theme;

/// Side of the picture that the points are drawn into, in pixels.
const SIDE: usize = 900;
/// Share of the picture beside the outermost points.
const MARGIN: f32 = 0.04;
/// Distance between corners of the drawn line, in points of the screen.
const CORNER_GAP: f32 = 4.0;

/// Standings as their points lie over each other.
const FROM_BELOW: [PairStanding; 4] =
    [PairStanding::Undecided, PairStanding::Accepted, PairStanding::Flagged, PairStanding::Rejected];

/// What the view asks for.
pub(super) enum MapEvent {
    Close,
    /// Shows these rows in the grid.
    Pick(Vec<u32>),
}

/// The state of the view.
#[derive(Default)]
pub(super) struct MapView {
    map: Option<Arc<SetMap>>,
    /// Least and most of both axes.
    bounds: [[f32; 2]; 2],
    is_making: bool,
    stop: Option<Arc<AtomicBool>>,
    /// The points, as they stood after so many decisions.
    texture: Option<(TextureHandle, u64)>,
    /// Corners of the line being drawn, on the map.
    lasso: Vec<[f32; 2]>,
}

impl MapView {
    /// Makes the map, on a thread, unless it is there.
    pub fn start(&mut self, open: &OpenSet, jobs: &Jobs) {
        if self.map.is_some() || self.is_making {
            return;
        }
        self.is_making = true;
        let stop = Arc::new(AtomicBool::new(false));
        self.stop = Some(Arc::clone(&stop));
        let set = Arc::clone(&open.set);
        let work = move || {
            let outcome = map_of(&set, &|_| !stop.load(Ordering::Relaxed));
            News::Mapped { outcome: outcome.map(|map| map.map(Arc::new)).map_err(|error| error.to_string()) }
        };
        jobs.run(work, |why| News::Mapped { outcome: Err(why) });
    }

    /// Takes the map.
    pub fn take(&mut self, map: Option<Arc<SetMap>>) {
        self.is_making = false;
        if let Some(map) = &map {
            self.bounds = [0, 1].map(|axis| {
                let values = map.points.iter().map(|point| point[axis]);
                let (least, most) = values
                    .fold((f32::INFINITY, f32::NEG_INFINITY), |(least, most), value| {
                        (least.min(value), most.max(value))
                    });
                if most > least { [least, most] } else { [least - 1.0, least + 1.0] }
            });
        }
        self.map = map;
        self.texture = None;
    }

    /// Whether it is being made.
    pub fn is_busy(&self) -> bool {
        self.is_making
    }

    /// Pictures lie on a graphics device that is gone.
    pub fn forget_pictures(&mut self) {
        self.texture = None;
    }

    /// Draws the view.
    pub fn show(&mut self, ui: &mut Ui, open: &OpenSet) -> Option<MapEvent> {
        let mut event = None;
        ui.horizontal(|ui| {
            ui.set_min_height(theme::ICON_BUTTON);
            ui.label(theme::heading(text!("review-map-title")));
            if text_button(ui, text!("review-back"), 118.0, text!("review-back"), "Esc", ButtonState::READY)
                .clicked()
            {
                event = Some(MapEvent::Close);
            }
        });
        let Some(map) = self.map.clone() else {
            ui.add(BusyMark::new(22.0, theme::ACCENT));
            return event;
        };
        if map.points.is_empty() {
            ui.label(theme::weak(text!("review-map-nothing")));
            return event;
        }
        ui.add(Label::new(theme::weak(in_words(&map))).wrap());
        show_legend(ui);
        let room = ui.available_rect_before_wrap();
        let side = room.width().min(room.height());
        let place = Rect::from_center_size(room.center(), vec2(side, side));
        self.draw(ui, open, &map, place);
        self.take_lasso(ui, &map, place).or(event)
    }

    fn draw(&mut self, ui: &Ui, open: &OpenSet, map: &SetMap, place: Rect) {
        let is_current = self.texture.as_ref().is_some_and(|(_, decisions)| *decisions == open.decisions);
        if !is_current {
            let picture = self.picture(open, map);
            match &mut self.texture {
                Some((texture, decisions)) => {
                    texture.set(picture, TextureOptions::LINEAR);
                    *decisions = open.decisions;
                }
                None => {
                    let texture = ui.ctx().load_texture("map", picture, TextureOptions::LINEAR);
                    self.texture = Some((texture, open.decisions));
                }
            }
        }
        if let Some((texture, _)) = &self.texture {
            ui.painter().image(texture.id(), place, marks::WHOLE, Color32::WHITE);
        }
        ui.painter().rect_stroke(place, 0.0, Stroke::new(1.0, theme::LINE), eframe::egui::StrokeKind::Inside);
        if let Some(row) = open.row()
            && let Ok(at) = map.rows.binary_search(&row)
        {
            let here = self.on_screen(map.points[at], place);
            ui.painter().circle_stroke(here, 6.0, Stroke::new(2.0, theme::OVER_SCAN));
        }
    }

    /// All points as pixels: a hundred thousand of them cost a frame nothing then.
    fn picture(&self, open: &OpenSet, map: &SetMap) -> ColorImage {
        let pixel = |share: f32| (share * SIDE as f32) as usize;
        let points = map.rows.iter().zip(&map.points);
        let points = points.map(|(row, at)| (open.verdicts.standing(*row), self.share(*at).map(pixel)));
        painted(&points.collect::<Vec<_>>())
    }

    /// Place of a point as shares of the picture.
    fn share(&self, point: [f32; 2]) -> [f32; 2] {
        [0, 1].map(|axis| {
            let [least, most] = self.bounds[axis];
            MARGIN + (1.0 - 2.0 * MARGIN) * (point[axis] - least) / (most - least)
        })
    }

    fn on_screen(&self, point: [f32; 2], place: Rect) -> Pos2 {
        let [x, y] = self.share(point);
        pos2(place.left() + place.width() * x, place.top() + place.height() * y)
    }

    fn on_map(&self, at: Pos2, place: Rect) -> [f32; 2] {
        let shares = [(at.x - place.left()) / place.width(), (at.y - place.top()) / place.height()];
        [0, 1].map(|axis| {
            let [least, most] = self.bounds[axis];
            least + (shares[axis] - MARGIN) / (1.0 - 2.0 * MARGIN) * (most - least)
        })
    }

    fn take_lasso(&mut self, ui: &mut Ui, map: &SetMap, place: Rect) -> Option<MapEvent> {
        let response = ui.interact(place, ui.scope_id().with("map"), Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, text!("review-map-title")));
        let pointer = response.interact_pointer_pos();
        if response.drag_started_by(PointerButton::Primary) {
            // A drag is one some points after the press: the line begins at the press.
            let origin = ui.input(|input| input.pointer.press_origin());
            self.lasso = origin.map(|origin| self.on_map(origin, place)).into_iter().collect();
        }
        if let Some(pointer) = pointer.filter(|_| response.dragged_by(PointerButton::Primary)) {
            let last = self.lasso.last().map(|corner| self.on_screen(*corner, place));
            if last.is_none_or(|last| last.distance(pointer) > CORNER_GAP) {
                self.lasso.push(self.on_map(pointer, place));
            }
        }
        let corners: Vec<Pos2> = self.lasso.iter().map(|corner| self.on_screen(*corner, place)).collect();
        if corners.len() > 1 {
            ui.painter().add(Shape::closed_line(corners, Stroke::new(1.5, theme::ACCENT)));
        }
        if response.drag_stopped_by(PointerButton::Primary) {
            let picked = within(map, &std::mem::take(&mut self.lasso));
            return (!picked.is_empty()).then_some(MapEvent::Pick(picked));
        }
        None
    }
}

impl Drop for MapView {
    fn drop(&mut self) {
        if let Some(stop) = &self.stop {
            stop.store(true, Ordering::Relaxed);
        }
    }
}

/// Points at their pixels (x, y).
fn painted(points: &[(PairStanding, [usize; 2])]) -> ColorImage {
    let mut picture = ColorImage::filled([SIDE, SIDE], theme::CANVAS);
    let small: usize = if points.len() > 20_000 { 1 } else { 3 };
    for standing in FROM_BELOW {
        let dot = if standing == PairStanding::Undecided { small } else { 2 * small };
        let span = |at: usize| at.saturating_sub(dot / 2)..(at + dot.div_ceil(2)).min(SIDE);
        for (_, [x, y]) in points.iter().filter(|(of_point, _)| *of_point == standing) {
            for row in span(*y) {
                for column in span(*x) {
                    picture.pixels[row * SIDE + column] = marks::color_of(standing);
                }
            }
        }
    }
    picture
}

/// What the colours mean.
fn show_legend(ui: &mut Ui) {
    ui.horizontal_wrapped(|ui| {
        for standing in FROM_BELOW {
            let (dot, _) = ui.allocate_exact_size(vec2(6.0, 6.0), Sense::hover());
            let dot = if standing == PairStanding::Undecided { dot.shrink(1.5) } else { dot };
            ui.painter().rect_filled(dot, 0.0, marks::color_of(standing));
            ui.label(theme::caption(marks::standing_name(standing)));
            // A mark belongs to the word after it.
            ui.add_space(10.0);
        }
    });
}

fn in_words(map: &SetMap) -> String {
    let made_of = match map.has_segmenter {
        true => text!("review-map-with"),
        false => text!("review-map-without"),
    };
    let [first, second] = map.shown.map(|share| 100.0 * share);
    text!(
        "review-map-about",
        pairs = map.rows.len(),
        made_of,
        first = format!("{first:.0}"),
        second = format!("{second:.0}")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decided_points_are_larger_and_rejected_ones_above_all() {
        use PairStanding::{Accepted, Rejected, Undecided};
        let picture = painted(&[(Rejected, [50, 50]), (Accepted, [51, 50]), (Undecided, [0, 0])]);
        let of =
            |standing| picture.pixels.iter().filter(|color| **color == marks::color_of(standing)).count();
        assert_eq!([Rejected, Accepted, Undecided].map(of), [36, 6, 4]);
    }
}
