//! One eye over time: visits between two masks of it, for teaching a course that nobody has to wait for.
//!
//! Only designed cases, never a forecast of a patient. The layers' thicknesses go from one mask to the other in
//! proportion to the share of the way; fluid shrinks and grows from its rim in the coordinates of the layers
//! ([`morph`]), and every kind of it has at each visit exactly the share of its area ([`Figures`] says what was asked
//! and what the mask measures). Each visit may be placed and tilted anew, as in the clinic, or stay where it is.

mod course;
mod figures;
mod morph;

pub use course::{Course, CourseError};
pub use figures::Figures;

use super::frame::Frame;
use crate::mask::random::SeededRandom;
use crate::mask::{Interfaces, Mask};

/// Most visits of a series.
pub const MAX_VISITS: usize = 120;
/// A retina is placed anew within so many rows, and tilted within so many rows over the whole width.
const SHIFT_ROWS: f64 = 22.0;
const TILT_ROWS: f64 = 30.0;
/// Rows that stay free above and below.
const MARGIN_ROWS: f64 = 3.0;

/// Where the retina lies in the image at each visit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Placement {
    /// Only the disease changes.
    #[default]
    Locked,
    /// Up or down, and tilted, anew at every visit.
    Fresh,
}

/// One visit.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Months since the first.
    pub month: f64,
    /// 0 is the first mask, 1 the last.
    pub share: f64,
    /// The labels of this visit.
    pub mask: Mask,
    /// What the course requests at this month.
    pub requested: Figures,
    /// What the mask measures.
    pub measured: Figures,
}

/// Why there is no series.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum VisitError {
    #[error("visits at months {0}: name two or more, at most {MAX_VISITS}, each later than the one before")]
    Months(String),
    #[error("the first mask has {first} pixels, the last {last}; both have to be of one scan")]
    Sizes { first: String, last: String },
    #[error(
        "the {which} mask has no layers in order in {columns} of its columns; repair them, or label them all"
    )]
    Layers { which: &'static str, columns: usize },
}

/// The visits between two masks of one eye; `frame` says where their fovea lies. The same seed gives the same masks.
///
/// # Errors
/// If the months do not ascend, or the masks differ in size or lack layers.
pub fn series(
    first: &Mask,
    last: &Mask,
    frame: &Frame,
    months: &[f64],
    placement: Placement,
    seed: u64,
) -> Result<Vec<Visit>, VisitError> {
    let shares = shares(months)?;
    let size = |mask: &Mask| format!("{}x{}", mask.width(), mask.height());
    if size(first) != size(last) {
        return Err(VisitError::Sizes { first: size(first), last: size(last) });
    }
    let lines = [ordered(first, "first")?, ordered(last, "last")?];
    let ends = [Figures::of(first, frame), Figures::of(last, frame)];
    let mut random = SeededRandom::new(seed);
    let visits = months.iter().zip(shares).map(|(&month, share)| {
        let rows = morph::between_lines(&lines, share);
        let rows = match placement {
            Placement::Locked => rows,
            Placement::Fresh => placed(rows, first.height(), &mut random),
        };
        let requested = ends[0].towards(&ends[1], share);
        let mask = morph::visit([first, last], &lines, &rows, share, &requested.pixels(frame));
        let measured = Figures::of(&mask, frame);
        Visit { month, share, mask, requested, measured }
    });
    Ok(visits.collect())
}

/// How far each month is on the way.
fn shares(months: &[f64]) -> Result<Vec<f64>, VisitError> {
    let ascends = months.windows(2).all(|pair| pair[0] < pair[1]) && months.iter().all(|m| m.is_finite());
    let (&[start, .., end], true) = (months, ascends && months.len() <= MAX_VISITS) else {
        let named: Vec<String> = months.iter().take(8).map(f64::to_string).collect();
        return Err(VisitError::Months(named.join(", ")));
    };
    Ok(months.iter().map(|month| (month - start) / (end - start)).collect())
}

/// The interfaces of a mask that has all of them in every column.
fn ordered(mask: &Mask, which: &'static str) -> Result<Interfaces, VisitError> {
    let lines = Interfaces::from_layers(&mask.layers);
    let columns = (0..mask.width()).filter(|&x| !lines.is_ordered_column(x)).count();
    if columns == 0 { Ok(lines) } else { Err(VisitError::Layers { which, columns }) }
}

/// Lines moved up or down and tilted by chance, as far as the image has room.
fn placed(mut lines: Interfaces, height: u32, random: &mut SeededRandom) -> Interfaces {
    let (shift, tilt) = (SHIFT_ROWS * random.about_zero(), TILT_ROWS * random.about_zero());
    let width = f64::from(lines.width()).max(1.0);
    let lift = |x: usize| shift + tilt * ((x as f64 + 0.5) / width - 0.5);
    let fits = |scale: f64| {
        (0..lines.width() as usize).all(|x| {
            let (top, bottom) = (f64::from(lines.rows[0][x]), f64::from(lines.rows[7][x]));
            top + scale * lift(x) >= MARGIN_ROWS.min(top)
                && bottom + scale * lift(x) <= (f64::from(height) - MARGIN_ROWS).max(bottom)
        })
    };
    let scale = [1.0, 0.75, 0.5, 0.25, 0.1].into_iter().find(|&scale| fits(scale)).unwrap_or(0.0);
    let moves: Vec<f32> = (0..lines.width() as usize).map(|x| (scale * lift(x)) as f32).collect();
    lines.rows.iter_mut().for_each(|line| line.iter_mut().zip(&moves).for_each(|(row, by)| *row += by));
    lines
}
