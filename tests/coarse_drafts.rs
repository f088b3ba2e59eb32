//! Scans too large for a CPU to draw while somebody waits: a coarse picture first, the frame's own after it.

use retidiff::mask::Mask;
use retidiff::scan::GreyImage;
use retidiff::worker::local_edit::Halo;
use retidiff::worker::renderer::RenderScene;
use retidiff::worker::{Event, Picture, PictureKind, Recipe, Request};

use crate::worker::{Action, Shared, cpu, fake_pixels, play, request, with_dot};

const WIDTH: u32 = 2048;
const HEIGHT: u32 = 1100;
const WHOLE: (u32, u32) = (WIDTH, HEIGHT);
const HALVED: (u32, u32) = (WIDTH / 2, HEIGHT / 2);
/// A dot of three pixels, its halo and what the network sees around that.
const PART: (u32, u32) = (3 + 2 * (24 + 128), 3 + 2 * (24 + 128));

fn layered() -> Mask {
    let mut mask = Mask::unannotated(WIDTH, HEIGHT);
    for y in 0..HEIGHT {
        mask.layers.fill_run(y, 0, WIDTH, (y / 140) as u8);
    }
    mask
}

fn in_steps(job: u64, mask: &Mask, refine_steps: u32) -> Action {
    Action::Live(Request { refine_steps, ..request(job, mask) })
}

/// The whole frame as the fake renderer draws it.
fn whole(mask: &Mask, steps: u32) -> GreyImage {
    let scene = RenderScene {
        labels: mask.composite_pixels().into(),
        width: WIDTH,
        height: HEIGHT,
        spacing: None,
        seed: 1,
        recipe: Recipe::default(),
    };
    GreyImage::new(WIDTH, HEIGHT, fake_pixels(&scene, steps))
}

fn said(picture: &Picture) -> (u64, PictureKind, bool) {
    (picture.job, picture.kind, picture.complete)
}

#[test]
fn a_coarse_picture_comes_first_and_the_whole_one_takes_its_place() {
    let mask = layered();
    let world = Shared::new(vec![(0, in_steps(1, &mask, 2))]);
    play(&world);
    let world = world.lock();
    assert_eq!(world.frames, [HALVED, WHOLE, WHOLE]);
    assert_eq!(world.renderings, [1, 1, 2]);
    let shown: Vec<&Picture> = world.shown.iter().map(|(_, _, picture)| picture).collect();
    assert_eq!(
        shown.iter().map(|picture| said(picture)).collect::<Vec<_>>(),
        [
            (1, PictureKind::Draft, false),
            (1, PictureKind::Draft, false),
            (1, PictureKind::Refined { steps: 2 }, true)
        ]
    );
    // Layers lie where they belong, on the frame's own pixels.
    assert_eq!((cpu(shown[0]).width, cpu(shown[0]).height), WHOLE);
    let step = |image: &GreyImage, y: u32| i32::from(image.get(700, y)) - i32::from(image.get(700, y - 140));
    assert_eq!([step(cpu(shown[0]), 210), step(cpu(shown[0]), 350)], [3, 3]);
    assert!(*cpu(shown[1]) == whole(&mask, 1));
    assert!(*cpu(shown[2]) == whole(&mask, 2));
}

#[test]
fn a_stroke_is_drawn_where_it_is_and_strokes_go_before_the_whole_draft() {
    let blank = layered();
    let (one, two) = (with_dot(&blank, 1000, 500), with_dot(&with_dot(&blank, 1000, 500), 300, 900));
    // The second stroke comes while the first is drawn.
    let world = Shared::new(vec![
        (0, in_steps(1, &blank, 1)),
        (1000, in_steps(2, &one, 1)),
        (1005, in_steps(3, &two, 1)),
    ]);
    play(&world);
    let world = world.lock();
    assert_eq!(world.frames, [HALVED, WHOLE, PART, PART, WHOLE]);
    let shown: Vec<&Picture> = world.shown.iter().map(|(_, _, picture)| picture).collect();
    assert_eq!(
        shown.iter().map(|picture| said(picture)).collect::<Vec<_>>(),
        [
            (1, PictureKind::Draft, false),
            (1, PictureKind::Draft, true),
            (2, PictureKind::Draft, false),
            (3, PictureKind::Draft, false),
            (3, PictureKind::Draft, true)
        ]
    );
    let halo = Halo::of_changes(&blank, &one);
    assert!(cpu(shown[2]) != cpu(shown[1]), "the stroke is seen");
    for (x, y) in [(0, 0), (960, 500), (300, 900), (1100, 500)] {
        assert!(!halo.rect().contains(x, y));
        assert_eq!(cpu(shown[1]).get(x, y), cpu(shown[2]).get(x, y), "({x}, {y})");
    }
    // In the end nothing of it was ever coarse.
    let both = Halo::of_changes(&blank, &two);
    assert!(*cpu(shown[4]) == both.compose(&whole(&blank, 1), &whole(&two, 1)));
}

#[test]
fn a_whole_draft_gives_way_to_a_stroke_between_two_windows() {
    let blank = layered();
    let one = with_dot(&blank, 1000, 500);
    // Every picture takes four windows of 10 ms: the stroke comes in the second one of the whole draft.
    let world = Shared::new(vec![(0, in_steps(1, &blank, 1)), (55, in_steps(2, &one, 1))]);
    world.lock().windows = 4;
    play(&world);
    let world = world.lock();
    assert_eq!(world.frames, [HALVED, WHOLE, PART, WHOLE]);
    let shown: Vec<_> = world.shown.iter().map(|(at, _, picture)| (*at, said(picture))).collect();
    assert_eq!(
        shown,
        [
            (40, (1, PictureKind::Draft, false)),
            (100, (2, PictureKind::Draft, false)),
            (140, (2, PictureKind::Draft, true))
        ]
    );
    assert!(*cpu(&world.shown[2].2) == whole(&one, 1), "what was broken off is drawn from its beginning");
}

#[test]
fn what_is_kept_or_exported_is_the_whole_frame_at_all_steps() {
    let mask = layered();
    let export = Action::Export(Request { refine_steps: 2, ..request(9, &mask) });
    let world = Shared::new(vec![(0, in_steps(1, &mask, 2)), (0, export)]);
    play(&world);
    let world = world.lock();
    assert_eq!(world.frames, [HALVED, WHOLE, WHOLE, WHOLE], "only what follows the brush is coarse");
    let exported = world.events.iter().find_map(|event| match event {
        Event::Exported { job: 9, image, .. } => Some(image),
        _ => None,
    });
    assert!(exported == Some(&whole(&mask, 2)));
    assert!(world.shown.last().is_some_and(|(_, _, picture)| picture.complete));
}
