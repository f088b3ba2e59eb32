//! What was in the way of somebody who labels a scan with this program for the first time.

use std::time::{Duration, Instant};

use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, TouchDeviceId, TouchId, TouchPhase, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use retidiff::formats::{read_document, scan_image, write_atomically};
use retidiff::scan::{Calibration, GreyImage, Laterality, Spacing};
use retidiff::studio::editor::look::Comparison;
use retidiff::studio::editor_pane;
use retidiff::studio::files::samples;
use retidiff::studio::shell::action::{Action, MeasureAction, TraceAction};
use retidiff::studio::shell::app::{AppOptions, Studio};

use crate::fixtures::Numbers;
use crate::studio::{document, has_whole_picture, options, studio_with, wait_until};

fn key(key: Key, pressed: bool) -> Event {
    Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE }
}

/// Waits until nothing in the window will move by itself any more.
fn settle(harness: &mut Harness<'_, Studio>) {
    harness.run_steps(2);
    wait_until(harness, "the picture is complete", has_whole_picture);
    harness.run_steps(3);
}

fn show(harness: &mut Harness<'_, Studio>, comparison: Comparison) {
    harness.state_mut().perform(Action::Set(match comparison {
        Comparison::Alone => |settings| settings.look.comparison = Comparison::Alone,
        Comparison::Wipe => |settings| settings.look.comparison = Comparison::Wipe,
        _ => |settings| settings.look.comparison = Comparison::Beside,
    }));
    harness.run_steps(3);
}

#[test]
fn a_pan_that_fits_into_one_slow_frame_does_not_paint() {
    let mut harness = studio_with(options());
    let clean = document(&harness);
    let from = harness.state().screen_from_image([170.0, 250.0]);
    harness.event(Event::PointerMoved(from));
    harness.step();
    let to = from + vec2(60.0, 10.0);
    let button = |pos, pressed| {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        Event::PointerButton { pos, button, pressed, modifiers }
    };
    let whole = [
        key(Key::Space, true),
        button(from, true),
        Event::PointerMoved(to),
        button(to, false),
        key(Key::Space, false),
    ];
    whole.into_iter().for_each(|event| harness.event(event));
    harness.run_steps(2);
    assert_eq!(document(&harness), clean, "space was held: nothing is painted");
    let moved = harness.state().screen_from_image([170.0, 250.0]);
    assert!((moved - to).length() < 2.0, "the scan followed the hand");
    // And the other way round: the space bar comes after the stroke.
    let stroke = [button(to, true), Event::PointerMoved(from), button(from, false), key(Key::Space, true)];
    stroke.into_iter().for_each(|event| harness.event(event));
    harness.step();
    harness.event(key(Key::Space, false));
    harness.run_steps(2);
    assert_ne!(document(&harness), clean);
}

#[test]
fn two_fingers_zoom_and_what_the_first_began_is_taken_back() {
    let mut harness = studio_with(options());
    let clean = document(&harness);
    let place = |harness: &Harness<'_, Studio>, x: f32| harness.state().screen_from_image([x, 250.0]);
    let (left, right) = (place(&harness, 150.0), place(&harness, 250.0));
    let touch = |id: u64, phase: TouchPhase, pos: Pos2| Event::Touch {
        device_id: TouchDeviceId(1),
        id: TouchId(id),
        phase,
        pos,
        force: None,
    };
    let button = |pos, pressed| {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        Event::PointerButton { pos, button, pressed, modifiers }
    };
    // A window makes a pointer of the first finger.
    for event in [touch(1, TouchPhase::Start, left), Event::PointerMoved(left), button(left, true)] {
        harness.event(event);
    }
    harness.step();
    harness.event(touch(2, TouchPhase::Start, right));
    harness.step();
    for step in 1..=10 {
        let spread = vec2(6.0 * step as f32, 0.0);
        harness.event(touch(1, TouchPhase::Move, left - spread));
        harness.event(Event::PointerMoved(left - spread));
        harness.event(touch(2, TouchPhase::Move, right + spread));
        harness.step();
    }
    for event in [touch(1, TouchPhase::End, left), button(left, false), touch(2, TouchPhase::End, right)] {
        harness.event(event);
    }
    harness.run_steps(2);
    assert_eq!(document(&harness), clean, "nothing is painted by a pinch");
    assert!(!harness.state().session().editor.is_step_open());
    let wider = (place(&harness, 250.0) - place(&harness, 150.0)).x;
    assert!(wider > 1.3 * (right - left).x, "{wider}");
    for pressed in [true, false] {
        harness.event(button(place(&harness, 170.0), pressed));
        harness.step();
    }
    assert_ne!(document(&harness), clean, "one finger paints again");
}

#[test]
fn notices_do_not_move_the_scan_and_information_goes_by_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = studio_with(options());
    let pane = harness.get_by_label(editor_pane()).rect();
    harness.state_mut().perform(Action::Measure(MeasureAction::CopyMeasurements));
    harness.state_mut().perform(Action::OpenPath(folder.path().join("nothing.png")));
    wait_until(&mut harness, "the error shows", |studio| studio.first_error().is_some());
    harness.run_steps(2);
    assert_eq!(harness.query_all_by_label("Dismiss").count(), 2);
    assert_eq!(harness.get_by_label(editor_pane()).rect(), pane);
    let begun = Instant::now();
    while harness.query_all_by_label("Dismiss").count() > 1 {
        assert!(begun.elapsed() < Duration::from_secs(15), "the information stays");
        std::thread::sleep(Duration::from_millis(200));
        harness.run_steps(2);
    }
    assert!(harness.state().first_error().is_some(), "an error stays");
    harness.get_by_label("Dismiss").click();
    harness.run_steps(2);
    assert!(harness.state().first_error().is_none());
}

#[test]
fn labels_may_have_the_whole_window() {
    let mut harness = studio_with(options());
    settle(&mut harness);
    let beside = harness.get_by_label(editor_pane()).rect();
    harness.key_press(Key::F3);
    harness.run_steps(3);
    assert_eq!(harness.state().settings().look.comparison, Comparison::Alone);
    assert!(harness.get_by_label(editor_pane()).rect().width() > 1.8 * beside.width());
    show(&mut harness, Comparison::Wipe);
    let wipe = harness.get_by_label(editor_pane()).rect();
    assert!(wipe.width() > 1.8 * beside.width(), "a wipe needs one pane");
    let line = harness.get_by_label("Wipe line").rect().center();
    assert!((line.x - wipe.center().x).abs() < 2.0);
    for wiping in [false, true] {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::E);
        harness.run_steps(2);
        assert_eq!(harness.state().settings().look.comparison == Comparison::Wipe, wiping);
    }
    harness.key_press(Key::F3);
    harness.run_steps(2);
    harness.key_press(Key::F3);
    harness.run_steps(3);
    assert_eq!(harness.get_by_label(editor_pane()).rect(), beside);
}

#[test]
fn the_size_of_a_pixel_is_told_measured_with_and_taken_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let image = folder.path().join("plain.png");
    let pixels: Vec<u8> = (0..200 * 120).map(|at| (at % 251) as u8).collect();
    let bytes = scan_image::write(&GreyImage::new(200, 120, pixels), &[]).expect("a PNG");
    write_atomically(&image, &bytes).expect("written");
    let mut harness = studio_with(AppOptions { open: Some(image), ..options() });
    wait_until(&mut harness, "it is open", |studio| studio.session().page().scan.width() == 200);
    assert_eq!(harness.state().session().page().scan.spacing, None);
    harness.state_mut().perform(Action::ToggleCalibration);
    harness.run_steps(2);
    harness.get_by_label("Apply").click();
    harness.run_steps(2);
    assert_eq!(harness.state().session().page().scan.spacing, None, "nothing is told, so nothing is applied");
    harness.get_by_label("Cancel").click();
    harness.run_steps(2);
    let spacing = Spacing::checked(3.87, 11.5);
    let laterality = Some(Laterality::Left);
    harness.state_mut().perform(Action::Calibrate(Calibration {
        spacing,
        laterality,
        ..Calibration::default()
    }));
    harness.run_steps(3);
    // The dialog begins with what is known, and takes what is chosen.
    harness.state_mut().perform(Action::ToggleCalibration);
    harness.run_steps(2);
    harness.get_by_label("Right eye, OD").click();
    harness.run_steps(2);
    harness.get_by_label("Apply").click();
    harness.run_steps(3);
    let scan = harness.state().session().page().scan.clone();
    let spacing = scan.spacing.expect("told");
    assert_eq!((spacing.axial_um_per_px, spacing.lateral_um_per_px), (3.87, 11.5));
    assert_eq!(scan.laterality, Some(Laterality::Right));
    assert_eq!(harness.state().session().editor.undo_name(), Some("size of a pixel"));
    let calibrated = document(&harness);
    let path = folder.path().join("told.retidiff");
    harness.state_mut().perform(Action::SaveTo(path.clone()));
    wait_until(&mut harness, "it is saved", |studio| !studio.session().editor.has_unsaved_changes());
    assert_eq!(
        read_document(&std::fs::read(&path).expect("a file"), "told").expect("whole").0.pages,
        calibrated.pages
    );
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
    assert_eq!(harness.state().session().page().scan.laterality, Some(Laterality::Left));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
    assert_eq!(harness.state().session().page().scan.calibration(), Calibration::default());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Y);
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Y);
    harness.run_steps(2);
    assert_eq!(document(&harness), calibrated);
}

#[test]
fn new_files_are_suggested_beside_the_image_that_was_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let image = folder.path().join("plain.png");
    let bytes = scan_image::write(&GreyImage::new(64, 64, vec![9; 64 * 64]), &[]).expect("a PNG");
    write_atomically(&image, &bytes).expect("written");
    let mut harness = studio_with(AppOptions { open: Some(image.clone()), ..options() });
    wait_until(&mut harness, "it is open", |studio| studio.session().page().scan.width() == 64);
    assert_eq!(harness.state().session().path, None, "an image is no document");
    assert_eq!(harness.state().session().opened_from.as_deref(), Some(image.as_path()));
}

#[test]
fn the_doubts_of_a_trace_are_shown_one_after_the_other() {
    // A real scan with a shadow in which nothing can be seen.
    let sample = samples::ALL[0].document().expect("a sample");
    let image = &sample.pages[0].scan.image;
    let mut numbers = Numbers(3);
    let shadowed = |at: u32| (250..380).contains(&(at % image.width));
    let pixels: Vec<u8> = (0..image.width * image.height)
        .map(|at| if shadowed(at) { numbers.below(40) as u8 } else { image.pixels[at as usize] })
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("shadow.png");
    let bytes = scan_image::write(&GreyImage::new(image.width, image.height, pixels), &[]).expect("a PNG");
    write_atomically(&path, &bytes).expect("written");
    let mut harness = studio_with(AppOptions { open: Some(path), ..options() });
    wait_until(&mut harness, "it is open", |studio| studio.session().opened_from.is_some());
    harness.state_mut().perform(Action::Trace(TraceAction::TraceLayers));
    wait_until(&mut harness, "layers are traced", |studio| {
        studio.session().editor.undo_name() == Some("trace layers")
    });
    settle(&mut harness);
    let size = |harness: &Harness<'_, Studio>| {
        harness.state().screen_from_image([1.0, 1.0]) - harness.state().screen_from_image([0.0, 0.0])
    };
    let fitted = size(&harness);
    let place = |harness: &Harness<'_, Studio>| harness.state().screen_from_image([0.0, 0.0]);
    harness.get_by_label("Next uncertain place").click();
    harness.run_steps(3);
    assert!(size(&harness).x > fitted.x, "closer");
    let first = place(&harness);
    harness.key_press(Key::J);
    harness.run_steps(3);
    let second = place(&harness);
    let mut places = vec![first, second];
    for _ in 0..40 {
        harness.key_press(Key::J);
        harness.run_steps(2);
        places.push(place(&harness));
    }
    assert!(places[1..].contains(&first), "it goes around");
}
