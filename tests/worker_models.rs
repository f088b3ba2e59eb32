//! What draws and when: the student's drafts, another model aside, a better device, a real scan to start from,
//! a remembered picture.

use retidiff::device::{self, DeviceInfo, Picked};
use retidiff::mask::Mask;
use retidiff::nn::Arithmetic;
use retidiff::scan::GreyImage;
use retidiff::worker::mailbox::Export;
use retidiff::worker::model_renderer::ModelRenderer;
use retidiff::worker::models::ModelSource;
use retidiff::worker::renderer::Renderer;
use retidiff::worker::scheduler::Turn;
use retidiff::worker::{Event, FromScan, PictureKind, Recipe, Request};

use crate::worker::{Action, HEIGHT, Shared, WIDTH, blank, cpu, play, request, with_dot};

#[test]
fn at_strength_zero_the_picture_is_the_real_scan_and_nothing_is_computed() {
    let real =
        GreyImage::new(WIDTH, HEIGHT, (0..WIDTH * HEIGHT).map(|i| (i % 251) as u8).collect::<Vec<_>>());
    let at = |job, mask: &Mask, strength| {
        let from_scan = Some(FromScan { image: real.clone(), scanned_area: None, strength });
        Request { recipe: Recipe { from_scan, ..Recipe::default() }, ..request(job, mask) }
    };
    let edited = with_dot(&blank(), 60, 40);
    let script = vec![
        (0, Action::Live(request(1, &blank()))),
        (1000, Action::Live(at(2, &blank(), 0.0))),
        (2000, Action::Live(at(3, &edited, 0.0))),
        (3000, Action::Live(at(4, &edited, 0.5))),
        (4000, Action::Live(request(5, &blank()))),
    ];
    let world = Shared::new(script);
    play(&world);
    let world = world.lock();
    let of = |job| world.shown.iter().filter(move |(_, _, picture)| picture.job == job).map(|(_, _, p)| p);
    for job in [2, 3] {
        let pictures: Vec<_> = of(job).collect();
        assert_eq!(pictures.len(), 1);
        assert_eq!((pictures[0].kind, pictures[0].complete), (PictureKind::RealScan, true));
        assert_eq!(cpu(pictures[0]), &real);
    }
    assert_eq!(world.renderings, [1, 2, 4, 8, 1, 2, 4, 8], "the first picture is remembered, too");
    assert_eq!(of(5).next_back().map(cpu), of(1).next_back().map(cpu));
}

/// The processor, said to be a GPU: it has half precision, too.
#[test]
fn a_gpu_draws_in_half_precision_unless_another_is_named() {
    let (bytes, file) = ModelSource::Default.read().expect("a model is bundled");
    let info = DeviceInfo { name: "a GPU".into(), is_gpu: true, ..DeviceInfo::default() };
    let gpu = Picked { info, ..device::cpu(None) };
    let drawn_in = |wanted, picked: &Picked| {
        let loaded = ModelRenderer::load_checked_in(wanted, &bytes, &file, picked);
        loaded.unwrap_or_else(|failure| panic!("{failure}")).device()
    };
    for (wanted, expected) in [(None, Arithmetic::F16), (Some(Arithmetic::F32), Arithmetic::F32)] {
        let device = drawn_in(wanted, &gpu);
        assert_eq!((device.arithmetic, device.is_gpu), (expected, true), "{wanted:?}: {:?}", device.note);
    }
    let cpu = drawn_in(Some(Arithmetic::F16), &device::cpu(None));
    assert_eq!(cpu.arithmetic, Arithmetic::F32, "the CPU computes in single precision");
}

#[test]
fn a_student_draws_the_draft_and_the_teacher_takes_over_at_eight_steps() {
    for (refine_steps, expected) in [(16, vec![1, 8, 16]), (1, vec![1, 1]), (4, vec![1, 4])] {
        let world = Shared::new(vec![(0, Action::Live(Request { refine_steps, ..request(1, &blank()) }))]);
        world.lock().has_student = true;
        play(&world);
        let world = world.lock();
        assert_eq!(world.renderings, expected, "the student's draft is its own rendering");
        let kinds: Vec<_> =
            world.shown.iter().map(|(_, _, picture)| (picture.kind, picture.complete)).collect();
        assert_eq!(kinds[0], (PictureKind::Draft, false));
        assert_eq!(kinds.last(), Some(&(PictureKind::Refined { steps: refine_steps }, true)));
    }
}

#[test]
fn another_model_draws_aside_and_the_one_on_screen_stays() {
    let world = Shared::new(vec![(0, Action::Live(request(1, &blank())))]);
    let (mailbox, mut scheduler) = play(&world);
    let by = |job, name: &str| Export {
        request: request(job, &blank()),
        model: Some(ModelSource::Bundled(name.to_owned())),
    };
    assert!(mailbox.submit_export(by(7, "other")));
    assert!(mailbox.submit_export(Export { model: Some(ModelSource::Default), ..by(8, "") }));
    while scheduler.turn() == Turn::Worked {}
    world.look(&mailbox);
    let world = world.lock();
    let exported = world.events.iter().find_map(|event| match event {
        Event::Exported { job: 7, model, .. } => Some(model.name.clone()),
        _ => None,
    });
    assert_eq!(exported.as_deref(), Some("other"));
    let refused = world.events.iter().any(|event| matches!(event, Event::Failed { job: Some(8), .. }));
    assert!(refused, "a model that is not there is an event");
    let ready = world.events.iter().filter(|event| matches!(event, Event::Ready { .. })).count();
    assert_eq!(ready, 1, "the model on screen was not replaced");
}

#[test]
fn a_better_renderer_takes_over_and_draws_anew() {
    let world = Shared::new(vec![(0, Action::Live(request(1, &blank())))]);
    world.lock().better_at_ms = Some(500);
    let (mailbox, mut scheduler) = play(&world);
    assert_eq!(world.lock().renderings, [1, 2, 4, 8]);
    assert_eq!(scheduler.turn(), Turn::Idle);
    world.pass(&mailbox, 1000);
    mailbox.nudge();
    assert!(mailbox.wait(), "the nudge ends the wait");
    while scheduler.turn() == Turn::Worked {}
    world.look(&mailbox);
    let world = world.lock();
    assert_eq!(world.renderings, [1, 2, 4, 8, 1, 2, 4, 8], "nothing of the other device is left on screen");
    let names: Vec<_> = world
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Ready { model, .. } => Some(model.name.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(names, ["fake", "better"]);
    assert!(world.shown.last().is_some_and(|(_, _, picture)| picture.job == 1 && picture.complete));
}

#[test]
fn undo_brings_back_the_very_picture() {
    let (first, second) = (blank(), with_dot(&blank(), 60, 40));
    let script = vec![
        (0, Action::Live(request(1, &first))),
        (1000, Action::Live(request(2, &second))),
        (2000, Action::Live(request(3, &first.clone()))),
        (3000, Action::Live(request(4, &second))),
    ];
    let world = Shared::new(script);
    play(&world);
    let world = world.lock();
    let last_of = |job| {
        let shown = world.shown.iter().rev().find(|(_, _, picture)| picture.job == job);
        shown.map(|(_, _, picture)| cpu(picture).clone())
    };
    assert_eq!(last_of(1), last_of(3));
    assert_eq!(last_of(2), last_of(4));
    assert_ne!(last_of(1), last_of(2));
    assert_eq!(world.renderings, [1, 2, 4, 8, 1, 2, 4, 8], "undo and redo computed nothing");
}
