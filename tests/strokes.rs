//! Properties of painting, whatever the stroke, the region or the lens: no gaps, no crossed layers, and exactly what a pixel by
//! pixel reading of the rules gives.

use proptest::prelude::*;
use retidiff::anatomy::UNANNOTATED;
use retidiff::mask::morphology::{grown, shrunk};
use retidiff::mask::{
    LockedLabels, Mask, PaintSettings, PaintTarget, Plane, Region, SmoothSettings, capsule_runs,
    order_violations, paint_region, paint_segment, polygon_region, smooth,
};

const WIDTH: u32 = 140;
const HEIGHT: u32 = 100;

fn point() -> impl Strategy<Value = [f32; 2]> {
    [-30.0..WIDTH as f32 + 30.0, -30.0..HEIGHT as f32 + 30.0]
}

fn locked() -> impl Strategy<Value = LockedLabels> {
    prop_oneof![
        2 => Just(LockedLabels::NONE),
        3 => prop::collection::vec(0..12_u8, 1..4)
            .prop_map(|codes| codes.into_iter().fold(LockedLabels::NONE, LockedLabels::with)),
    ]
}

/// Columns of up to nine runs, in order or not, some of them unannotated.
fn mask(ordered: bool) -> impl Strategy<Value = Mask> {
    let code = prop_oneof![9 => 0..9_u8, 1 => Just(UNANNOTATED)];
    let column = prop::collection::vec((1..30_u32, code), 1..9);
    prop::collection::vec(column, 8..20).prop_map(move |columns| {
        let mut layers = Plane::filled(WIDTH, HEIGHT, UNANNOTATED);
        for x in 0..WIDTH {
            let mut runs = columns[x as usize * columns.len() / WIDTH as usize].clone();
            if ordered {
                runs.sort_by_key(|(_, code)| *code);
            }
            let mut y = 0;
            for (length, code) in runs {
                for _ in 0..length {
                    if y < HEIGHT {
                        layers.set(x, y, code);
                        y += 1;
                    }
                }
            }
        }
        Mask { layers, lesions: Plane::filled(WIDTH, HEIGHT, 0) }
    })
}

/// The rules of ordered painting, read literally, one column at a time.
fn paint_column_by_the_rules(
    column: &mut [u8],
    span: std::ops::Range<usize>,
    layer: u8,
    locked: LockedLabels,
) {
    if locked.contains(layer) {
        return;
    }
    let is_locked = |code: u8| code <= 8 && locked.contains(code);
    let first = column.iter().rposition(|&c| is_locked(c) && c < layer).map_or(0, |y| y + 1);
    let end = column.iter().position(|&c| is_locked(c) && c > layer && c <= 8).unwrap_or(column.len());
    let (start, end) = (span.start.max(first), span.end.min(end));
    if start >= end || column[start..end].iter().all(|&c| c == UNANNOTATED) {
        return;
    }
    for (y, code) in column.iter_mut().enumerate() {
        if *code != UNANNOTATED {
            *code = if y < start {
                (*code).min(layer)
            } else if y < end {
                layer
            } else {
                (*code).max(layer)
            };
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_fast_stroke_has_no_gaps(from in point(), to in point(), radius in 0.0..15.0_f32) {
        let mut plane = Plane::filled(WIDTH, HEIGHT, 0);
        for (y, x0, x1) in capsule_runs(from, to, radius, WIDTH, HEIGHT) {
            plane.fill_run(y, x0, x1, 1);
        }
        // Slightly inside the ends, where rounding of the sample itself cannot matter.
        for step in 1..1000 {
            let t = step as f32 / 1000.0;
            let (x, y) = (from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1]));
            let near_edge = |v: f32| (v - v.round()).abs() < 1e-3;
            if (0.0..WIDTH as f32).contains(&x) && (0.0..HEIGHT as f32).contains(&y)
                && !near_edge(x) && !near_edge(y) {
                prop_assert_eq!(plane.get(x as u32, y as u32), 1, "gap at ({}, {})", x, y);
            }
        }
    }

    #[test]
    fn ordered_painting_never_crosses_layers(
        mask in mask(true),
        strokes in prop::collection::vec((point(), point(), 0.0..25.0_f32, 0..9_u8, locked()), 1..12),
    ) {
        let mut painted = mask.clone();
        for (from, to, radius_px, layer, locked) in strokes {
            let before = painted.clone();
            let settings = PaintSettings { target: PaintTarget::Layer(layer), radius_px, ordered: true, locked };
            let dirty = paint_segment(&mut painted, from, to, &settings);
            for y in 0..HEIGHT {
                for x in 0..WIDTH {
                    let (old, new) = (before.layers.get(x, y), painted.layers.get(x, y));
                    prop_assert!(old == new || dirty.contains(x, y));
                    prop_assert!(old == new || (old <= 8 && !locked.contains(old) && !locked.contains(new)));
                }
            }
            prop_assert!(!order_violations(&painted.layers).contains(&true));
        }
    }

    #[test]
    fn ordered_painting_is_what_the_rules_say(
        mask in mask(false),
        (from, to, radius_px) in (point(), point(), 0.0..25.0_f32),
        layer in 0..9_u8,
        locked in locked(),
    ) {
        let mut painted = mask.clone();
        let settings = PaintSettings { target: PaintTarget::Layer(layer), radius_px, ordered: true, locked };
        paint_segment(&mut painted, from, to, &settings);
        let mut expected = mask.layers.clone();
        let runs = capsule_runs([from[1], from[0]], [to[1], to[0]], radius_px, HEIGHT, WIDTH);
        for (x, y0, y1) in runs {
            let mut column: Vec<u8> = (0..HEIGHT).map(|y| mask.layers.get(x, y)).collect();
            paint_column_by_the_rules(&mut column, y0 as usize..y1 as usize, layer, locked);
            for (y, code) in (0..).zip(column) {
                expected.set(x, y, code);
            }
        }
        prop_assert_eq!(painted.layers.to_pixels(), expected.to_pixels());
    }

    #[test]
    fn free_painting_and_lesions_leave_locked_and_unannotated_pixels(
        mask in mask(false),
        strokes in prop::collection::vec((point(), point(), 0.0..25.0_f32, 0..13_u8, locked()), 1..8),
    ) {
        let mut painted = mask;
        for (from, to, radius_px, code, locked) in strokes {
            let before = painted.clone();
            let target = PaintTarget::from_composite(code).unwrap_or(PaintTarget::EraseLesion);
            let settings = PaintSettings { target, radius_px, ordered: false, locked };
            paint_segment(&mut painted, from, to, &settings);
            for y in 0..HEIGHT {
                for x in 0..WIDTH {
                    let (old, new) = (before.layers.get(x, y), painted.layers.get(x, y));
                    prop_assert!(old == new || (old <= 8 && !locked.contains(old) && !locked.contains(new)));
                    let (old, new) = (before.lesions.get(x, y), painted.lesions.get(x, y));
                    let lock = |lesion: u8| lesion > 0 && locked.contains(8 + lesion);
                    prop_assert!(old == new || !(lock(old) || lock(new)));
                    prop_assert!(new == 0 || painted.layers.get(x, y) != UNANNOTATED);
                }
            }
        }
    }

    #[test]
    fn a_stroke_of_any_speed_leaves_no_gaps(
        samples in prop::collection::vec(point(), 2..14),
        radius_px in 0.5..12.0_f32,
    ) {
        let mut mask = Mask { layers: Plane::filled(WIDTH, HEIGHT, 3), lesions: Plane::filled(WIDTH, HEIGHT, 0) };
        let (target, locked) = (PaintTarget::Lesion(1), LockedLabels::NONE);
        let settings = PaintSettings { target, radius_px, ordered: true, locked };
        for pair in samples.windows(2) {
            paint_segment(&mut mask, pair[0], pair[1], &settings);
        }
        for pair in samples.windows(2) {
            for step in 1..200 {
                let t = step as f32 / 200.0;
                let [x, y] = [0, 1].map(|axis| pair[0][axis] + t * (pair[1][axis] - pair[0][axis]));
                let near_edge = |v: f32| (v - v.round()).abs() < 1e-3;
                if (0.0..WIDTH as f32).contains(&x) && (0.0..HEIGHT as f32).contains(&y)
                    && !near_edge(x) && !near_edge(y) {
                    prop_assert_eq!(mask.lesions.get(x as u32, y as u32), 1, "gap at ({}, {})", x, y);
                }
            }
        }
    }

    #[test]
    fn regions_and_smoothing_keep_order_locks_and_unannotated_pixels(
        mask in mask(true),
        edits in prop::collection::vec(
            (prop::collection::vec(point(), 3..8), 0..13_u8, 1..6_u32, locked(), any::<bool>()),
            1..8,
        ),
    ) {
        let mut edited = mask;
        for (points, code, reach_px, locked, smooths) in edits {
            let before = edited.clone();
            let dirty = if smooths {
                let settings = SmoothSettings { lesions: true, layers: true, reach_px, ordered: true, locked };
                smooth(&mut edited, points[0], 25.0, &settings)
            } else {
                let target = PaintTarget::from_composite(code).unwrap_or(PaintTarget::EraseLesion);
                let settings = PaintSettings { target, radius_px: 0.0, ordered: true, locked };
                paint_region(&mut edited, &polygon_region(&points, WIDTH, HEIGHT), &settings)
            };
            prop_assert!(!order_violations(&edited.layers).contains(&true));
            for y in 0..HEIGHT {
                for x in 0..WIDTH {
                    let (old, new) = (before.layers.get(x, y), edited.layers.get(x, y));
                    let same = old == new && before.lesions.get(x, y) == edited.lesions.get(x, y);
                    prop_assert!(same || dirty.contains(x, y));
                    prop_assert!(old == new || (old <= 8 && !locked.contains(old) && !locked.contains(new)));
                    let (old, new) = (before.lesions.get(x, y), edited.lesions.get(x, y));
                    let lock = |lesion: u8| lesion > 0 && locked.contains(8 + lesion);
                    prop_assert!(old == new || !(lock(old) || lock(new)));
                    prop_assert!(new == 0 || edited.layers.get(x, y) != UNANNOTATED);
                }
            }
        }
    }

    #[test]
    fn growing_and_shrinking_are_each_others_bounds(
        points in prop::collection::vec(point(), 3..9),
        radii in [0.0..9.0_f32, 0.0..9.0_f32],
    ) {
        let region = polygon_region(&points, WIDTH, HEIGHT);
        let holds = |outer: &Region, inner: &Region| outer.union(inner) == *outer;
        let (larger, smaller) = (grown(&region, radii, WIDTH, HEIGHT), shrunk(&region, radii, WIDTH, HEIGHT));
        prop_assert!(holds(&larger, &region) && holds(&region, &smaller));
        // Opening never adds, closing never takes away.
        prop_assert!(holds(&region, &grown(&smaller, radii, WIDTH, HEIGHT)));
        prop_assert!(holds(&shrunk(&larger, radii, WIDTH, HEIGHT), &region));
    }
}
