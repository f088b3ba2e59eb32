//! Domes of a recipe with their places.

use super::conflict::Conflict;
use super::frame::Frame;
use super::intervals::{IntervalUm, subtract};
use super::recipe::DomeWish;
use crate::anatomy::Lesion;
use crate::mask::dome::Dome;
use crate::mask::random::SeededRandom;

/// A dome whose place is left open lies about the fovea, this share of its width to either side at most.
const STRAY_SHARE: f64 = 0.2;
/// Tissue between two domes of one kind.
const GAP_UM: f64 = 80.0;
/// How far a dome's top lies from its middle, as a share of half its width.
const MAX_LEAN: f64 = 0.1;

/// The domes of one kind, in the order of the recipe.
///
/// # Errors
/// The first dome that overlaps another, leaves the scan or finds no room.
pub fn place_domes(
    lesion: Lesion,
    wishes: &[DomeWish],
    frame: &Frame,
    random: &mut SeededRandom,
) -> Result<Vec<Dome>, Conflict> {
    let kind = if lesion == Lesion::Srf { "srf" } else { "ped" };
    let fixed = wishes.iter().filter_map(|wish| wish.at_um.map(|at| interval(at, wish.width_um)));
    let mut taken: Vec<IntervalUm> = fixed.collect();
    if let Some((first, second)) = overlapping(wishes) {
        return Err(Conflict {
            wish: format!("{kind}[{second}].at_um"),
            against: format!("{kind}[{first}].at_um"),
            why: format!(
                "the two domes overlap or touch, and would be one ({GAP_UM} um between them are needed)"
            ),
            remedy: "move one of them, make them narrower, or ask for one dome".to_owned(),
        });
    }
    let [left, right] = frame.edges_um();
    let mut domes = Vec::new();
    for (index, wish) in wishes.iter().enumerate() {
        let at = match wish.at_um {
            Some(at) if at - wish.width_um / 2.0 < left || at + wish.width_um / 2.0 > right => {
                return Err(beyond_image(kind, index, wish, [left, right]));
            }
            Some(at) => at,
            None => {
                let at = free_place(wish, &taken, frame, random).ok_or_else(|| no_room(kind, index, wish))?;
                taken.push(interval(at, wish.width_um));
                at
            }
        };
        domes.push(Dome {
            lesion,
            center_x: frame.column_of(at),
            width_px: wish.width_um / frame.lateral_um,
            height_px: wish.height_um / frame.axial_um,
            lean: MAX_LEAN * random.about_zero(),
        });
    }
    Ok(domes)
}

/// What a dome takes of the scan.
fn interval(at_um: f64, width_um: f64) -> IntervalUm {
    [at_um - (width_um + GAP_UM) / 2.0, at_um + (width_um + GAP_UM) / 2.0]
}

/// Two domes whose places were asked for and that overlap.
fn overlapping(wishes: &[DomeWish]) -> Option<(usize, usize)> {
    let placed: Vec<(usize, IntervalUm)> = (0..)
        .zip(wishes)
        .filter_map(|(index, wish)| wish.at_um.map(|at| (index, interval(at, wish.width_um))))
        .collect();
    placed.iter().find_map(|(second, b)| {
        let first =
            placed.iter().take_while(|(first, _)| first < second).find(|(_, a)| a[0] < b[1] && b[0] < a[1]);
        first.map(|(first, _)| (*first, *second))
    })
}

/// A place about the fovea, or the nearest to it where the dome overlaps no other.
fn free_place(
    wish: &DomeWish,
    taken: &[IntervalUm],
    frame: &Frame,
    random: &mut SeededRandom,
) -> Option<f64> {
    let desired = STRAY_SHARE * wish.width_um * random.about_zero();
    let half = (wish.width_um + GAP_UM) / 2.0;
    let [left, right] = frame.edges_um();
    let free = subtract([left, right], taken);
    let fitting = free.iter().filter(|[from, to]| to - from >= 2.0 * half);
    let nearest = fitting.map(|[from, to]| desired.clamp(from + half, to - half));
    nearest.min_by(|a, b| (a - desired).abs().total_cmp(&(b - desired).abs()))
}

fn beyond_image(kind: &str, index: usize, wish: &DomeWish, [left, right]: IntervalUm) -> Conflict {
    let half = wish.width_um / 2.0;
    Conflict {
        wish: format!("{kind}[{index}].at_um = {}", wish.at_um.unwrap_or_default()),
        against: "the sides of the image".to_owned(),
        why: format!(
            "a dome {} um wide there is cut off: the image ends {:.0} um left and {right:.0} um right of the fovea",
            wish.width_um, -left
        ),
        remedy: format!("put it between {:.0} and {:.0} um, or make it narrower", left + half, right - half),
    }
}

fn no_room(kind: &str, index: usize, wish: &DomeWish) -> Conflict {
    Conflict {
        wish: format!("{kind}[{index}].width_um = {}", wish.width_um),
        against: "the width of the scan and the other domes".to_owned(),
        why: "no part of the scan so wide is left".to_owned(),
        remedy: "make the domes narrower or fewer, or the scan wider".to_owned(),
    }
}
