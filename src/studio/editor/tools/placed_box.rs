//! The box around a selected lesion: its handles, and where dragging one of them leads.

use super::context::REACH;
use crate::mask::Placement;
use crate::scan::Rect;

/// How far outside the lesion its handles stand, in screen points: a small lesion can still be taken by
/// its middle.
const PAD: f32 = 9.0;
/// How far above the box the knob for turning stands, in screen points.
const TURN_KNOB: f32 = 22.0;
/// Smallest and largest factor of one selection.
const SCALE_RANGE: std::ops::RangeInclusive<f32> = 0.1..=10.0;

/// The eight handles on the box.
pub const HANDLES: [[f32; 2]; 8] =
    [[-1.0, -1.0], [0.0, -1.0], [1.0, -1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [-1.0, 1.0], [-1.0, 0.0]];

/// Which part of the box is held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Handle {
    Inside,
    /// A corner or the middle of a side; -1, 0 or 1 along each axis.
    Edge([f32; 2]),
    Turn,
}

/// A handle that is held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grip {
    pub handle: Handle,
    /// Where it was pressed, in image coordinates.
    pub from: [f32; 2],
    /// The placement then.
    pub placement: Placement,
}

/// A box and where it has been placed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlacedBox {
    /// Half the sides before it was placed, in pixels.
    half: [f32; 2],
    pub placement: Placement,
}

impl PlacedBox {
    /// The box around some pixels, where they are. `aspect` as in [`Placement`].
    pub fn around(bounds: Rect, aspect: f32) -> Self {
        let [left, top, right, bottom] = [bounds.x0, bounds.y0, bounds.x1, bounds.y1].map(|v| v as f32);
        let centre = [(left + right) / 2.0, (top + bottom) / 2.0];
        let half = [(right - left) / 2.0, (bottom - top) / 2.0];
        Self { half, placement: Placement::identity(centre, aspect) }
    }

    /// A point of the box: (-1, -1) its upper left corner before turning, (0, 0) the middle.
    pub fn corner(&self, at: [f32; 2]) -> [f32; 2] {
        let Placement { centre, .. } = self.placement;
        self.placement.apply([centre[0] + at[0] * self.half[0], centre[1] + at[1] * self.half[1]])
    }

    /// Where the handle of a corner or a side stands, given image pixels per screen point.
    pub fn handle_point(&self, at: [f32; 2], px_per_point: [f32; 2]) -> [f32; 2] {
        let Placement { centre, scale, .. } = self.placement;
        let padded = [0, 1].map(|axis| self.half[axis] + PAD * px_per_point[axis] / scale[axis]);
        self.placement.apply([0, 1].map(|axis| centre[axis] + at[axis] * padded[axis]))
    }

    /// Where the knob for turning stands, given image pixels per screen point.
    pub fn turn_knob(&self, px_per_point: [f32; 2]) -> [f32; 2] {
        let (top, middle) = (self.handle_point([0.0, -1.0], px_per_point), self.corner([0.0, 0.0]));
        let up = [0, 1].map(|axis| (top[axis] - middle[axis]) / px_per_point[axis]);
        let length = up[0].hypot(up[1]).max(1e-3);
        [0, 1].map(|axis| top[axis] + up[axis] / length * TURN_KNOB * px_per_point[axis])
    }

    /// What a press at `at` would hold.
    pub fn handle_at(&self, at: [f32; 2], reach: [f32; 2]) -> Option<Handle> {
        let distance = |point: [f32; 2]| ((point[0] - at[0]) / reach[0]).hypot((point[1] - at[1]) / reach[1]);
        let Placement { centre, .. } = self.placement;
        let within = self.placement.invert(at);
        if (0..2).all(|axis| (within[axis] - centre[axis]).abs() <= self.half[axis]) {
            return Some(Handle::Inside);
        }
        let px_per_point = reach.map(|reach| reach / REACH);
        if distance(self.turn_knob(px_per_point)) < 1.0 {
            return Some(Handle::Turn);
        }
        let nearest = HANDLES
            .into_iter()
            .map(|handle| (distance(self.handle_point(handle, px_per_point)), handle))
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|(distance, _)| *distance < 1.0);
        nearest.map(|(_, handle)| Handle::Edge(handle))
    }

    /// The placement the grip leads to when it is dragged to `at`. `is_other` (Shift) turns in steps of 15° and
    /// lets a corner scale each axis by itself.
    pub fn dragged(&self, grip: &Grip, at: [f32; 2], is_other: bool) -> Placement {
        let start = grip.placement;
        let middle = [0, 1].map(|axis| start.centre[axis] + start.offset[axis]);
        let by = [0, 1].map(|axis| at[axis] - grip.from[axis]);
        match grip.handle {
            Handle::Inside => {
                // Whole pixels: moving alone never changes the outline.
                let offset = [0, 1].map(|axis| start.offset[axis] + by[axis].round());
                Placement { offset, ..start }
            }
            Handle::Turn => {
                let bearing =
                    |point: [f32; 2]| (point[1] - middle[1]).atan2((point[0] - middle[0]) * start.aspect);
                let mut angle = start.angle + bearing(at) - bearing(grip.from);
                if is_other {
                    let step = std::f32::consts::PI / 12.0;
                    angle = (angle / step).round() * step;
                }
                Placement { angle, ..start }
            }
            Handle::Edge(edge) => {
                let unscaled = Placement { scale: [1.0, 1.0], ..start };
                let local = |point| {
                    let point = unscaled.invert(point);
                    [0, 1].map(|axis| point[axis] - start.centre[axis])
                };
                let (from, to) = (local(grip.from), local(at));
                let mut scale = [0, 1].map(|axis| {
                    let side = self.half[axis] * start.scale[axis];
                    let grown = side + (to[axis] - from[axis]) * edge[axis];
                    if edge[axis] == 0.0 || side <= 0.0 {
                        start.scale[axis]
                    } else {
                        start.scale[axis] * grown / side
                    }
                });
                let is_corner = edge[0] != 0.0 && edge[1] != 0.0;
                if is_corner && !is_other {
                    let factor = ((scale[0] / start.scale[0]) + (scale[1] / start.scale[1])) / 2.0;
                    scale = start.scale.map(|scale| scale * factor);
                }
                Placement { scale: scale.map(|s| s.clamp(*SCALE_RANGE.start(), *SCALE_RANGE.end())), ..start }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A quarter of a pixel a screen point.
    const REACHES: [f32; 2] = [REACH / 4.0, REACH / 4.0];
    const PX_PER_POINT: [f32; 2] = [0.25, 0.25];

    fn drag(placed: &mut PlacedBox, from: [f32; 2], by: [f32; 2], is_other: bool) -> Option<Handle> {
        let handle = placed.handle_at(from, REACHES)?;
        let grip = Grip { handle, from, placement: placed.placement };
        placed.placement = placed.dragged(&grip, [from[0] + by[0], from[1] + by[1]], is_other);
        Some(handle)
    }

    fn drag_edge(placed: &mut PlacedBox, edge: [f32; 2], by: [f32; 2], is_other: bool) {
        let from = placed.handle_point(edge, PX_PER_POINT);
        assert_eq!(drag(placed, from, by, is_other), Some(Handle::Edge(edge)));
    }

    #[test]
    fn what_is_dragged_follows_the_pointer() {
        let mut placed = PlacedBox::around(Rect::new(20, 30, 40, 40), 2.0);
        assert_eq!(drag(&mut placed, [28.0, 33.0], [3.0, 5.0], false), Some(Handle::Inside));
        assert_eq!(placed.corner([0.0, 0.0]), [33.0, 40.0]);
        drag_edge(&mut placed, [1.0, 0.0], [5.0, 12.0], false);
        assert_eq!(placed.corner([1.0, 1.0]), [48.0, 45.0]);
        drag_edge(&mut placed, [1.0, 1.0], [3.0, 2.0], true);
        assert_eq!(placed.corner([1.0, 1.0]), [51.0, 47.0]);
        assert_eq!(drag(&mut placed, [90.0, 90.0], [-9.0, 0.0], false), None);
    }

    #[test]
    fn a_corner_keeps_the_proportions_and_the_knob_turns_about_the_middle() {
        let mut placed = PlacedBox::around(Rect::new(20, 30, 40, 40), 1.0);
        drag_edge(&mut placed, [1.0, 1.0], [10.0, 5.0], false);
        assert_eq!(placed.placement.scale, [2.0, 2.0]);
        let knob = placed.turn_knob(PX_PER_POINT);
        assert!((knob[1] - (25.0 - (PAD + TURN_KNOB) / 4.0)).abs() < 1e-4 && knob[0] == 30.0);
        assert_eq!(drag(&mut placed, knob, [30.0, 36.0 - knob[1]], true), Some(Handle::Turn));
        assert!((placed.placement.angle - std::f32::consts::FRAC_PI_2).abs() < 1e-5);
        assert!(placed.handle_at([30.0, 35.0], REACHES) == Some(Handle::Inside));
    }

    #[test]
    fn a_lesion_of_few_screen_points_can_be_taken_by_its_middle() {
        let placed = PlacedBox::around(Rect::new(20, 30, 22, 31), 1.0);
        assert_eq!(placed.handle_at([21.0, 30.5], REACHES), Some(Handle::Inside));
        let corner = placed.handle_point([1.0, 1.0], PX_PER_POINT);
        assert_eq!(placed.handle_at(corner, REACHES), Some(Handle::Edge([1.0, 1.0])));
    }

    #[test]
    fn a_box_neither_vanishes_nor_turns_inside_out() {
        let mut placed = PlacedBox::around(Rect::new(20, 30, 40, 40), 1.0);
        drag_edge(&mut placed, [1.0, 0.0], [-500.0, 0.0], false);
        assert_eq!(placed.placement.scale[0], *SCALE_RANGE.start());
    }
}
