//! Where the frames of a DICOM volume lie: spacing, order, distance.

use super::facts::{DicomFacts, FrameFacts};
use super::vector::Vector;
use crate::scan::{Laterality, Spacing};

/// Positions closer than this (mm) are the same.
const SAME_PLACE_MM: f64 = 1e-5;
/// Directions of rows whose cosine is less than this are not parallel.
const PARALLEL: f64 = 0.999;
/// Distances of B-scans that are believed, µm.
const PLAUSIBLE_DISTANCE_UM: std::ops::RangeInclusive<f32> = 0.1..=10_000.0;

/// What the file says of the place of its frames.
#[derive(Clone, Debug, PartialEq)]
pub struct Geometry {
    pub spacing: Option<Spacing>,
    pub laterality: Option<Laterality>,
    pub b_scan_distance_um: Option<f32>,
    /// Frames in the order in which they lie, numbers from 0.
    pub order: Vec<usize>,
    /// What had to be decided.
    pub notes: Vec<String>,
}

/// The geometry of `frames` frames.
pub fn of(facts: &DicomFacts, frames: usize) -> Geometry {
    let frame_facts = |frame: usize| facts.per_frame.get(frame).copied().unwrap_or_default();
    let mut notes = Vec::new();
    let first = frame_facts(0);
    let spacing_mm = facts.shared.pixel_spacing_mm.or(first.pixel_spacing_mm);
    let spacing = spacing_mm.and_then(|[axial, lateral]| {
        let spacing = Spacing::checked((axial * 1000.0) as f32, (lateral * 1000.0) as f32);
        if spacing.is_none() {
            notes.push(format!("its pixel size of {axial} x {lateral} mm is not plausible and was left out"));
        }
        spacing
    });
    let laterality = match facts.lateralities[..] {
        [one] => Some(one),
        [] => None,
        _ => {
            notes.push("it states both eyes; which one it is has to be set".to_owned());
            None
        }
    };
    let all: Vec<FrameFacts> = (0..frames).map(frame_facts).collect();
    let (order, measured_mm) = order_of(&all, facts.shared.orientation, &mut notes);
    let stated_mm =
        facts.shared.between_mm.or(first.between_mm).or(facts.shared.thickness_mm).or(first.thickness_mm);
    let distance_um = measured_mm.or(stated_mm).map(|mm| (mm * 1000.0) as f32);
    let b_scan_distance_um = distance_um.filter(|um| frames > 1 && PLAUSIBLE_DISTANCE_UM.contains(um));
    Geometry { spacing, laterality, b_scan_distance_um, order, notes }
}

/// Order of frames and, where their positions say it, the mean distance of neighbours in mm.
pub fn order_of(
    frames: &[FrameFacts],
    shared: Option<[Vector; 2]>,
    notes: &mut Vec<String>,
) -> (Vec<usize>, Option<f64>) {
    let as_stored: Vec<usize> = (0..frames.len()).collect();
    if frames.len() < 2 {
        return (as_stored, None);
    }
    let rows: Vec<Vector> =
        frames.iter().filter_map(|f| f.orientation.or(shared)).map(|[row, _]| row).collect();
    if rows.iter().any(|row| row.dot(rows[0]).abs() < PARALLEL * row.length() * rows[0].length()) {
        notes.push("its B-scans are not parallel; they stay in the order of the file".to_owned());
        return (as_stored, None);
    }
    let along = positions_along(frames);
    let in_stack: Option<Vec<f64>> = frames.iter().map(|frame| frame.in_stack).collect();
    let in_stack = in_stack.filter(|keys| are_distinct(keys));
    let mut order = as_stored.clone();
    if let Some(keys) = &in_stack {
        order.sort_by(|&a, &b| keys[a].total_cmp(&keys[b]));
    } else if let Some(keys) = along.as_ref().filter(|keys| !keys.iter().rev().is_sorted()) {
        order.sort_by(|&a, &b| keys[a].total_cmp(&keys[b]));
    }
    if order != as_stored {
        notes.push("its frames were put into the order of their positions".to_owned());
    }
    let distance_mm = along.map(|keys| {
        let steps = order.windows(2).map(|pair| (keys[pair[1]] - keys[pair[0]]).abs());
        steps.sum::<f64>() / (order.len() - 1) as f64
    });
    (order, distance_mm)
}

/// How far each frame lies from the first, on the line through the two that are furthest apart and towards
/// greater coordinates; `None` unless all frames have places of their own.
fn positions_along(frames: &[FrameFacts]) -> Option<Vec<f64>> {
    let places: Vec<Vector> = frames.iter().map(|frame| frame.position).collect::<Option<_>>()?;
    let from_first = places.iter().map(|place| place.minus(places[0]));
    let furthest = from_first.clone().max_by(|a, b| a.length().total_cmp(&b.length()))?;
    let length = furthest.length();
    if length < SAME_PLACE_MM {
        return None;
    }
    let steepest = furthest.0.into_iter().max_by(|a, b| a.abs().total_cmp(&b.abs()))?;
    let keys: Vec<f64> = from_first.map(|place| place.dot(furthest) / length * steepest.signum()).collect();
    are_distinct(&keys).then_some(keys)
}

fn are_distinct(keys: &[f64]) -> bool {
    let mut sorted = keys.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.windows(2).all(|pair| pair[1] - pair[0] > SAME_PLACE_MM)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(position: [f64; 3]) -> FrameFacts {
        FrameFacts { position: Some(Vector(position)), ..FrameFacts::default() }
    }

    #[test]
    fn frames_lie_in_the_order_of_their_positions() {
        let mut notes = Vec::new();
        let mixed: Vec<FrameFacts> = [0.5, 0.0, 0.25, 0.75].map(|z| at([1.0, 0.0, z])).to_vec();
        let (order, distance) = order_of(&mixed, None, &mut notes);
        assert_eq!(order, [1, 2, 0, 3], "towards greater coordinates");
        assert!((distance.unwrap() - 0.25).abs() < 1e-9);
        assert!(notes[0].contains("order of their positions"));
        let backwards: Vec<FrameFacts> = [1.0, 0.5, 0.0].map(|z| at([0.0, z, 0.0])).to_vec();
        assert_eq!(order_of(&backwards, None, &mut Vec::new()).0, [0, 1, 2], "the file's direction stays");
        let same: Vec<FrameFacts> = vec![at([0.0; 3]); 3];
        assert_eq!(order_of(&same, None, &mut Vec::new()), (vec![0, 1, 2], None));
        let numbered: Vec<FrameFacts> =
            [3.0, 1.0, 2.0].map(|n| FrameFacts { in_stack: Some(n), ..at([0.0, 0.0, n]) }).to_vec();
        assert_eq!(order_of(&numbered, None, &mut Vec::new()), (vec![1, 2, 0], Some(1.0)));
    }

    #[test]
    fn radial_scans_have_no_distance() {
        let across = |x: f64, y: f64| FrameFacts {
            orientation: Some([Vector([x, y, 0.0]), Vector([0.0, 0.0, 1.0])]),
            ..at([x, y, 0.0])
        };
        let mut notes = Vec::new();
        assert_eq!(order_of(&[across(1.0, 0.0), across(0.0, 1.0)], None, &mut notes), (vec![0, 1], None));
        assert!(notes[0].contains("not parallel"));
    }
}
