//! Line icons, drawn: sharp at every scale, in the colour of the moment, without a font or a file.
//!
//! Each is a few strokes on a grid of 20 by 20, 1.5 wide.

use eframe::egui::epaint::{CubicBezierShape, PathStroke};
use eframe::egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

/// A sign of the studio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Open,
    Save,
    Export,
    Undo,
    Redo,
    Brush,
    Eraser,
    Hand,
    Fit,
    Eye,
    EyeOff,
    Lock,
    Unlock,
    Dice,
    Help,
    Info,
    Close,
    Warning,
    Stretch,
    Samples,
    Repair,
    Previous,
    Next,
}

type Point = (f32, f32);

enum Mark {
    Line(&'static [Point]),
    Loop(&'static [Point]),
    Curve([Point; 4]),
    Ring(Point, f32),
    Dot(Point, f32),
}

use Mark::{Curve, Dot, Line, Loop, Ring};

fn marks(icon: Icon) -> &'static [Mark] {
    match icon {
        Icon::Open => &[
            Line(&[(3.0, 15.5), (3.0, 4.5), (7.6, 4.5), (9.4, 6.7), (16.0, 6.7), (16.0, 9.0)]),
            Loop(&[(3.0, 15.5), (5.6, 9.0), (18.0, 9.0), (15.4, 15.5)]),
        ],
        Icon::Save => &[
            Line(&[(10.0, 3.2), (10.0, 11.8)]),
            Line(&[(6.4, 8.4), (10.0, 12.0), (13.6, 8.4)]),
            Line(&[(3.5, 12.5), (3.5, 16.5), (16.5, 16.5), (16.5, 12.5)]),
        ],
        Icon::Export => &[
            Line(&[(10.0, 12.2), (10.0, 3.4)]),
            Line(&[(6.4, 6.8), (10.0, 3.2), (13.6, 6.8)]),
            Line(&[(3.5, 12.5), (3.5, 16.5), (16.5, 16.5), (16.5, 12.5)]),
        ],
        Icon::Undo => &[
            Line(&[(7.2, 4.0), (3.6, 7.6), (7.2, 11.2)]),
            Line(&[(3.8, 7.6), (11.6, 7.6)]),
            Curve([(11.6, 7.6), (18.2, 7.6), (18.2, 16.2), (11.6, 16.2)]),
            Line(&[(11.6, 16.2), (7.6, 16.2)]),
        ],
        Icon::Redo => &[
            Line(&[(12.8, 4.0), (16.4, 7.6), (12.8, 11.2)]),
            Line(&[(16.2, 7.6), (8.4, 7.6)]),
            Curve([(8.4, 7.6), (1.8, 7.6), (1.8, 16.2), (8.4, 16.2)]),
            Line(&[(8.4, 16.2), (12.4, 16.2)]),
        ],
        Icon::Brush => &[
            Loop(&[(15.2, 2.8), (17.2, 4.8), (9.6, 12.4), (7.6, 10.4)]),
            Curve([(7.0, 11.0), (3.4, 11.2), (5.0, 14.8), (2.8, 16.6)]),
            Curve([(2.8, 16.6), (6.6, 17.6), (9.2, 16.0), (9.0, 13.0)]),
        ],
        Icon::Eraser => &[
            Loop(&[(11.4, 3.4), (16.8, 8.8), (9.4, 16.2), (6.8, 16.2), (3.2, 12.6), (3.2, 11.6)]),
            Line(&[(7.4, 7.4), (12.8, 12.8)]),
            Line(&[(9.4, 16.2), (16.8, 16.2)]),
        ],
        Icon::Hand => &[
            Line(&[(10.0, 2.6), (10.0, 17.4)]),
            Line(&[(2.6, 10.0), (17.4, 10.0)]),
            Line(&[(7.9, 4.7), (10.0, 2.6), (12.1, 4.7)]),
            Line(&[(7.9, 15.3), (10.0, 17.4), (12.1, 15.3)]),
            Line(&[(4.7, 7.9), (2.6, 10.0), (4.7, 12.1)]),
            Line(&[(15.3, 7.9), (17.4, 10.0), (15.3, 12.1)]),
        ],
        Icon::Fit => &[
            Line(&[(3.2, 7.0), (3.2, 3.2), (7.0, 3.2)]),
            Line(&[(13.0, 3.2), (16.8, 3.2), (16.8, 7.0)]),
            Line(&[(16.8, 13.0), (16.8, 16.8), (13.0, 16.8)]),
            Line(&[(7.0, 16.8), (3.2, 16.8), (3.2, 13.0)]),
            Loop(&[(7.4, 8.2), (12.6, 8.2), (12.6, 11.8), (7.4, 11.8)]),
        ],
        Icon::Eye => &[
            Curve([(2.2, 10.0), (5.6, 3.8), (14.4, 3.8), (17.8, 10.0)]),
            Curve([(2.2, 10.0), (5.6, 16.2), (14.4, 16.2), (17.8, 10.0)]),
            Ring((10.0, 10.0), 2.5),
        ],
        Icon::EyeOff => &[
            Curve([(2.2, 8.6), (5.6, 14.4), (14.4, 14.4), (17.8, 8.6)]),
            Line(&[(4.6, 11.4), (3.2, 13.4)]),
            Line(&[(10.0, 13.0), (10.0, 15.4)]),
            Line(&[(15.4, 11.4), (16.8, 13.4)]),
        ],
        Icon::Lock => &[
            Loop(&[(4.6, 9.0), (15.4, 9.0), (15.4, 16.8), (4.6, 16.8)]),
            Curve([(6.8, 9.0), (6.0, 1.6), (14.0, 1.6), (13.2, 9.0)]),
            Dot((10.0, 12.9), 1.2),
        ],
        Icon::Unlock => &[
            Loop(&[(4.6, 9.0), (15.4, 9.0), (15.4, 16.8), (4.6, 16.8)]),
            Curve([(6.8, 9.0), (6.0, 1.4), (12.6, 1.6), (13.2, 5.4)]),
        ],
        Icon::Dice => &[
            Loop(&[(3.4, 3.4), (16.6, 3.4), (16.6, 16.6), (3.4, 16.6)]),
            Dot((7.0, 7.0), 1.3),
            Dot((13.0, 7.0), 1.3),
            Dot((10.0, 10.0), 1.3),
            Dot((7.0, 13.0), 1.3),
            Dot((13.0, 13.0), 1.3),
        ],
        Icon::Help => &[
            Ring((10.0, 10.0), 7.4),
            Curve([(7.6, 8.2), (7.6, 4.8), (12.6, 5.0), (12.4, 8.0)]),
            Curve([(12.4, 8.0), (12.2, 9.6), (10.0, 9.6), (10.0, 11.8)]),
            Dot((10.0, 14.2), 1.0),
        ],
        Icon::Info => &[Ring((10.0, 10.0), 7.4), Line(&[(10.0, 9.0), (10.0, 14.0)]), Dot((10.0, 6.3), 1.0)],
        Icon::Close => &[Line(&[(5.4, 5.4), (14.6, 14.6)]), Line(&[(14.6, 5.4), (5.4, 14.6)])],
        Icon::Previous => &[Line(&[(12.2, 4.6), (6.8, 10.0), (12.2, 15.4)])],
        Icon::Next => &[Line(&[(7.8, 4.6), (13.2, 10.0), (7.8, 15.4)])],
        Icon::Warning => &[
            Loop(&[(10.0, 3.0), (17.8, 16.6), (2.2, 16.6)]),
            Line(&[(10.0, 8.0), (10.0, 12.2)]),
            Dot((10.0, 14.4), 1.0),
        ],
        Icon::Stretch => &[
            Loop(&[(2.6, 6.4), (17.4, 6.4), (17.4, 13.6), (2.6, 13.6)]),
            Line(&[(7.4, 8.4), (5.6, 10.0), (7.4, 11.6)]),
            Line(&[(12.6, 8.4), (14.4, 10.0), (12.6, 11.6)]),
            Line(&[(5.8, 10.0), (14.2, 10.0)]),
        ],
        Icon::Samples => &[
            Curve([(2.6, 7.4), (6.6, 3.4), (13.4, 9.0), (17.4, 5.6)]),
            Curve([(2.6, 11.4), (6.6, 7.4), (13.4, 13.0), (17.4, 9.6)]),
            Curve([(2.6, 15.4), (6.6, 11.4), (13.4, 17.0), (17.4, 13.6)]),
        ],
        Icon::Repair => &[
            Line(&[(2.8, 5.6), (17.2, 5.6)]),
            Line(&[(2.8, 14.4), (17.2, 14.4)]),
            Line(&[(10.0, 7.8), (10.0, 12.2)]),
            Line(&[(8.2, 9.4), (10.0, 7.6), (11.8, 9.4)]),
            Line(&[(8.2, 10.6), (10.0, 12.4), (11.8, 10.6)]),
        ],
    }
}

/// Draws an icon into the largest square in the middle of a rectangle.
pub fn paint(painter: &Painter, rect: Rect, icon: Icon, color: Color32) {
    let side = rect.width().min(rect.height());
    let scale = side / 20.0;
    let origin = rect.center() - vec2(side, side) / 2.0;
    let place = |&(x, y): &Point| -> Pos2 { pos2(origin.x + x * scale, origin.y + y * scale) };
    let stroke = Stroke::new((1.5 * scale).max(1.0), color);
    for mark in marks(icon) {
        painter.add(match mark {
            Line(points) => Shape::line(points.iter().map(place).collect(), stroke),
            Loop(points) => Shape::closed_line(points.iter().map(place).collect(), stroke),
            Curve(points) => Shape::CubicBezier(CubicBezierShape {
                points: points.each_ref().map(place),
                closed: false,
                fill: Color32::TRANSPARENT,
                stroke: PathStroke::from(stroke),
            }),
            Ring(centre, radius) => Shape::circle_stroke(place(centre), radius * scale, stroke),
            Dot(centre, radius) => Shape::circle_filled(place(centre), radius * scale, color),
        });
    }
}
