//! Marks of decisions: a shape each, so that colour is never the only sign.

use eframe::egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, Vec2, pos2};

use crate::review::{Decision, PairStanding};
use crate::studio::texts::text;
use crate::studio::widgets::theme;

/// What a pair's standing is called.
pub(super) fn standing_name(standing: PairStanding) -> &'static str {
    match standing {
        PairStanding::Undecided => text!("review-undecided"),
        PairStanding::Accepted => text!("review-accepted"),
        PairStanding::Rejected => text!("review-rejected"),
        PairStanding::Flagged => text!("review-flagged"),
    }
}

/// What a reviewer's decision is called.
pub(super) fn decision_name(decision: Decision) -> &'static str {
    standing_name(as_standing(decision))
}

/// The standing that a decision alone would give.
pub(super) fn as_standing(decision: Decision) -> PairStanding {
    match decision {
        Decision::Undecided => PairStanding::Undecided,
        Decision::Accept => PairStanding::Accepted,
        Decision::Reject => PairStanding::Rejected,
        Decision::Flag => PairStanding::Flagged,
    }
}

/// The colour of a standing.
pub(super) fn color_of(standing: PairStanding) -> Color32 {
    match standing {
        PairStanding::Undecided => theme::TEXT_WEAK,
        PairStanding::Accepted => theme::GOOD,
        PairStanding::Rejected => theme::ERROR,
        PairStanding::Flagged => theme::WARNING,
    }
}

/// Paints the mark of a standing: a tick, a cross, a flag; nothing for undecided.
pub(super) fn paint(painter: &Painter, center: Pos2, radius: f32, standing: PairStanding) {
    if standing == PairStanding::Undecided {
        return;
    }
    let color = color_of(standing);
    painter.circle_filled(center, radius, theme::OVER_SCAN_PLATE);
    painter.circle_stroke(center, radius, Stroke::new(1.2, color));
    let at = |x: f32, y: f32| center + radius * Vec2::new(x, y);
    let line = |points: Vec<Pos2>| Shape::line(points, Stroke::new(1.8, color));
    match standing {
        PairStanding::Accepted => {
            painter.add(line(vec![at(-0.45, 0.05), at(-0.1, 0.4), at(0.5, -0.35)]));
        }
        PairStanding::Rejected => {
            painter.add(line(vec![at(-0.38, -0.38), at(0.38, 0.38)]));
            painter.add(line(vec![at(-0.38, 0.38), at(0.38, -0.38)]));
        }
        PairStanding::Flagged => {
            painter.add(line(vec![at(-0.25, 0.55), at(-0.25, -0.5)]));
            let cloth = vec![at(-0.25, -0.5), at(0.5, -0.2), at(-0.25, 0.1)];
            painter.add(Shape::convex_polygon(cloth, color, Stroke::NONE));
        }
        PairStanding::Undecided => {}
    }
}

/// The largest rectangle of a proportion inside another, in its middle.
pub(super) fn fitted(size: Vec2, within: Rect) -> Rect {
    let scale = (within.size() / size).min_elem();
    let scale = if scale.is_finite() { scale } else { 1.0 };
    Rect::from_center_size(within.center(), size * scale)
}

/// All of a texture.
pub(super) const WHOLE: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(1.0, 1.0) };
