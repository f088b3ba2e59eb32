//! Small deformations of a training strip: turned, stretched across, bent by smooth waves.

use std::f64::consts::TAU;

use crate::encoding::noise::Rng;

/// Largest amplitude of the waves, in pixels: with the shortest of them, more would fold a strip over itself.
pub const MAX_ELASTIC_PX: f32 = 10.0;
/// Shortest and longest waves, in pixels.
const WAVELENGTHS_PX: [f64; 2] = [100.0, 300.0];
/// Shares of the amplitude that the waves along an axis have.
const SHARES: [f64; 3] = [0.5, 0.3, 0.2];

/// A plane wave of displacement.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Wave {
    /// In pixels.
    height: f64,
    /// Turns a pixel, across and down.
    turns: [f64; 2],
    phase: f64,
}

/// Where the pixels of a strip come from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Deformation {
    /// Clockwise, in radians.
    turn: f64,
    /// A strip shows its middle so much wider, as a part of the width.
    stretch: f64,
    /// Displacement across, and down.
    waves: [[Wave; SHARES.len()]; 2],
}

impl Deformation {
    /// Draws one: turned by up to `rotation_degrees` either way, wider or narrower by up to `lateral_stretch`, bent by
    /// up to `elastic_px` along either axis. None at all where all are 0.
    pub fn draw(rotation_degrees: f32, lateral_stretch: f32, elastic_px: f32, rng: &mut Rng) -> Self {
        let mut drawn = Self::default();
        if rotation_degrees > 0.0 {
            drawn.turn = f64::from(rotation_degrees).to_radians() * signed(rng);
        }
        if lateral_stretch > 0.0 {
            drawn.stretch = f64::from(lateral_stretch) * signed(rng);
        }
        if elastic_px > 0.0 {
            for wave in &mut drawn.waves {
                *wave = SHARES.map(|share| Wave::draw(share * f64::from(elastic_px), rng));
            }
        }
        drawn
    }

    /// Whether every pixel stays where it is.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// The place of a strip of `size` (columns, rows) that its pixel at `[column, row]` shows; pixels are counted by
    /// their centres.
    pub fn source(&self, [column, row]: [f64; 2], size: [usize; 2]) -> [f64; 2] {
        let middle = size.map(|side| (side as f64 - 1.0) / 2.0);
        let (x, y) = (column - middle[0], row - middle[1]);
        let (sin, cos) = self.turn.sin_cos();
        let across = (cos * x + sin * y) / (1.0 + self.stretch);
        let down = cos * y - sin * x;
        let bent = self.waves.map(|waves| waves.iter().map(|wave| wave.at(x, y)).sum::<f64>());
        [middle[0] + across + bent[0], middle[1] + down + bent[1]]
    }
}

impl Wave {
    fn draw(most: f64, rng: &mut Rng) -> Self {
        let height = most * signed(rng);
        let (sin, cos) = (TAU * rng.uniform()).sin_cos();
        let [shortest, longest] = WAVELENGTHS_PX;
        let length = shortest + (longest - shortest) * rng.uniform();
        Self { height, turns: [cos / length, sin / length], phase: TAU * rng.uniform() }
    }

    fn at(&self, x: f64, y: f64) -> f64 {
        self.height * (TAU * (self.turns[0] * x + self.turns[1] * y) + self.phase).sin()
    }
}

/// A number between -1 and 1.
fn signed(rng: &mut Rng) -> f64 {
    2.0 * rng.uniform() - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_asked_for_moves_nothing() {
        let none = Deformation::draw(0.0, 0.0, 0.0, &mut Rng::new(1, 0, 0));
        assert!(none.is_none());
        for place in [[0.0, 0.0], [95.0, 17.0], [3.0, 495.0]] {
            assert_eq!(none.source(place, [96, 496]), place);
        }
    }

    #[test]
    fn a_turn_and_a_stretch_leave_the_middle_where_it_is() {
        let turned = Deformation { turn: TAU / 4.0, ..Deformation::default() };
        assert_eq!(turned.source([5.0, 5.0], [11, 11]), [5.0, 5.0]);
        let [x, y] = turned.source([9.0, 5.0], [11, 11]);
        assert!((x - 5.0).abs() < 1e-12 && (y - 1.0).abs() < 1e-12, "a pixel to the right comes from above");
        let wide = Deformation { stretch: 1.0, ..Deformation::default() };
        assert_eq!(wide.source([9.0, 2.0], [11, 11]), [7.0, 2.0]);
    }

    #[test]
    fn waves_are_smooth_small_and_never_fold_a_strip() {
        let mut largest = 0.0_f64;
        for event in 0..50 {
            let bent = Deformation::draw(0.0, 0.0, MAX_ELASTIC_PX, &mut Rng::new(1, 0, event));
            assert_eq!(bent, Deformation::draw(0.0, 0.0, MAX_ELASTIC_PX, &mut Rng::new(1, 0, event)));
            for row in (0..96).step_by(5) {
                for column in (0..96).step_by(5) {
                    let at =
                        |x: f64, y: f64| bent.source([f64::from(column) + x, f64::from(row) + y], [96, 96]);
                    let ([x, y], [right_x, right_y], [below_x, below_y]) =
                        (at(0.0, 0.0), at(1.0, 0.0), at(0.0, 1.0));
                    largest = largest.max((x - f64::from(column)).abs()).max((y - f64::from(row)).abs());
                    let area = (right_x - x) * (below_y - y) - (right_y - y) * (below_x - x);
                    assert!(area > 0.0, "folded at {column}, {row} in event {event}");
                }
            }
        }
        assert!((3.0..=f64::from(MAX_ELASTIC_PX)).contains(&largest), "{largest}");
    }
}
