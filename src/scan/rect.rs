//! A half-open rectangle of pixels.

use serde::{Deserialize, Serialize};

/// Pixels with `x0 <= x < x1` and `y0 <= y < y1`; empty when a side is not positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rect {
    /// First column.
    pub x0: u32,
    /// First row.
    pub y0: u32,
    /// Column after the last.
    pub x1: u32,
    /// Row after the last.
    pub y1: u32,
}

impl Rect {
    /// No pixel at all.
    pub const EMPTY: Rect = Rect { x0: 0, y0: 0, x1: 0, y1: 0 };

    /// A rectangle from its corners.
    pub fn new(x0: u32, y0: u32, x1: u32, y1: u32) -> Self {
        Self { x0, y0, x1, y1 }
    }

    /// Whether it holds no pixel.
    pub fn is_empty(self) -> bool {
        self.x0 >= self.x1 || self.y0 >= self.y1
    }

    /// Width in pixels.
    pub fn width(self) -> u32 {
        self.x1.saturating_sub(self.x0)
    }

    /// Height in pixels.
    pub fn height(self) -> u32 {
        self.y1.saturating_sub(self.y0)
    }

    /// The smallest rectangle that holds both.
    pub fn union(self, other: Rect) -> Rect {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        Rect::new(self.x0.min(other.x0), self.y0.min(other.y0), self.x1.max(other.x1), self.y1.max(other.y1))
    }

    /// The pixels in both.
    pub fn intersect(self, other: Rect) -> Rect {
        let both = Rect::new(
            self.x0.max(other.x0),
            self.y0.max(other.y0),
            self.x1.min(other.x1),
            self.y1.min(other.y1),
        );
        if both.is_empty() { Rect::EMPTY } else { both }
    }

    /// Grown by `margin` on every side and cut to `width` x `height`.
    pub fn grown(self, margin: u32, width: u32, height: u32) -> Rect {
        if self.is_empty() {
            return Rect::EMPTY;
        }
        Rect::new(
            self.x0.saturating_sub(margin),
            self.y0.saturating_sub(margin),
            self.x1.saturating_add(margin).min(width),
            self.y1.saturating_add(margin).min(height),
        )
    }

    /// Whether a pixel lies inside.
    pub fn contains(self, x: u32, y: u32) -> bool {
        (self.x0..self.x1).contains(&x) && (self.y0..self.y1).contains(&y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn union_ignores_the_empty_and_intersection_normalises_it() {
        let a = Rect::new(2, 3, 5, 7);
        assert_eq!(a.union(Rect::EMPTY), a);
        assert_eq!(a.intersect(Rect::new(5, 0, 9, 9)), Rect::EMPTY);
        assert_eq!(a.union(Rect::new(0, 6, 3, 9)), Rect::new(0, 3, 5, 9));
    }

    #[test]
    fn growing_stops_at_the_image() {
        assert_eq!(Rect::new(1, 1, 3, 3).grown(2, 4, 8), Rect::new(0, 0, 4, 5));
        assert_eq!(Rect::EMPTY.grown(5, 9, 9), Rect::EMPTY);
    }
}
