//! A window that loses its graphics device goes on in another one: on a software driver, whose devices can be lost
//! by destroying them.

use eframe::egui::{Key, Modifiers, PointerButton, ViewportCommand, ViewportId};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use retidiff::studio::shell::app::{AppOptions, Studio};
use retidiff::studio::shell::reopening::Parked;

use crate::studio::{CYST, document, has_whole_picture, options, press, stroke, studio_with, wait_until};

fn window(build: impl FnOnce(&eframe::CreationContext<'_>) -> Studio) -> Harness<'static, Studio> {
    let mut harness = Harness::builder()
        .with_size([1120.0, 720.0])
        .with_step_dt(1.0 / 60.0)
        .with_render_cursor(false)
        .wgpu()
        .build_eframe(|creation| {
            let mut studio = build(creation);
            studio.reopen_after_loss();
            studio
        });
    harness.run_steps(3);
    harness
}

fn opened(parked: Parked, kept_back: Option<String>) -> Harness<'static, Studio> {
    window(|creation| Studio::reopen(creation, parked, kept_back))
}

/// Loses the device of a window; the studio that is taken out of it.
fn parked(mut harness: Harness<'_, Studio>) -> Parked {
    lose(&harness);
    assert!(!harness.state().asks_to_be_reopened(), "it is noticed at the beginning of a frame");
    harness.run_steps(2);
    assert!(harness.state().asks_to_be_reopened());
    let commands = &harness.output().viewport_output[&ViewportId::ROOT].commands;
    assert!(commands.contains(&ViewportCommand::Close), "{commands:?}");
    assert!(!commands.contains(&ViewportCommand::CancelClose), "nobody is asked anything");
    harness.into_state().park()
}

fn lose(harness: &Harness<'_, Studio>) {
    let studio = harness.state();
    let device = studio.graphics_device().expect("the window has a device");
    studio.device_loss().cause(device);
    assert!(studio.device_loss().is_lost());
}

/// Whether the text is among the notices.
fn has_notice(harness: &Harness<'_, Studio>, text: &str) -> bool {
    harness.query_all_by_label_contains(text).next().is_some()
}

#[test]
fn a_window_on_a_new_device_goes_on_with_the_work_of_the_one_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = AppOptions { data_folder: Some(folder.path().to_path_buf()), ..options() };
    let mut first = window(|creation| Studio::new(creation, options));
    let clean = document(&first);
    stroke(&mut first, &CYST, PointerButton::Primary);
    wait_until(&mut first, "the picture is complete", has_whole_picture);
    // The device goes in the middle of a stroke.
    press(&mut first, [300.0, 240.0], PointerButton::Primary, true);
    let painted = document(&first);
    first.render().expect("drawn");
    let where_it_is = first.state().screen_from_image([100.0, 100.0]);

    let mut second = opened(parked(first), None);
    assert_eq!(document(&second), painted, "what was painted is there");
    let editor = &second.state().session().editor;
    assert!(editor.has_unsaved_changes() && !editor.is_step_open(), "the stroke was ended, not given up");
    assert_eq!(second.state().screen_from_image([100.0, 100.0]), where_it_is, "the view stays");
    assert!(has_notice(&second, "None of your work was lost"));
    wait_until(&mut second, "synthesis starts anew", has_whole_picture);
    second.run_steps(2);
    let image = second.render().expect("drawn on the new device");
    assert!(image.pixels().any(|pixel| pixel.0[0] != image.get_pixel(0, 0).0[0]), "something is drawn");

    for _ in 0..2 {
        second.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        second.run_steps(2);
    }
    assert_eq!(document(&second).pages, clean.pages, "the history came along");
    assert!(!second.state().session().editor.has_unsaved_changes());
    stroke(&mut second, &CYST, PointerButton::Primary);
    assert_ne!(document(&second).pages, clean.pages, "it paints");

    // Once more, and this time the device is kept from synthesis.
    let third = opened(parked(second), Some("it is of no use".to_owned()));
    assert!(has_notice(&third, "Synthesis goes on with the CPU, more slowly: it is of no use"));
}

#[test]
fn work_of_a_window_that_cannot_be_opened_again_is_in_the_journal() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = AppOptions { data_folder: Some(folder.path().to_path_buf()), ..options() };
    let mut first = window(|creation| Studio::new(creation, options));
    stroke(&mut first, &CYST, PointerButton::Primary);
    let painted = document(&first);
    let message = parked(first).give_up().expect("unsaved work is told of");
    assert!(message.contains("is kept"), "{message}");
    let left = retidiff::formats::journal::recoverable(&folder.path().join("journal"));
    assert_eq!(left.len(), 1);
    let (editor, warnings) = left[0].load().expect("readable");
    assert_eq!((editor.document().pages.clone(), warnings.len()), (painted.pages, 0));
}

#[test]
fn off_screen_nobody_opens_it_again_and_it_stays() {
    let mut harness = studio_with(options());
    lose(&harness);
    harness.run_steps(2);
    assert!(!harness.state().asks_to_be_reopened());
    harness.get_by_label("Undo");
}
