//! A folder of scans: what happens to unsaved changes is asked before it is chosen, of any other document before it is read,
//! and the reading can be given up.

use std::path::Path;

use eframe::egui::{Event, Key, Modifiers, PointerButton};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use retidiff::background::Watch;
use retidiff::dataset;
use retidiff::formats::{scan_image, write_atomically, write_document, write_file};
use retidiff::scan::GreyImage;
use retidiff::studio::files::samples;
use retidiff::studio::shell::action::Action;
use retidiff::studio::shell::app::Studio;

use crate::jobs::types_paths;
use crate::keeping_work::wait_for_files;
use crate::studio::{document, options, stroke, studio_with, wait_until};

const QUESTION: &str = "Save changes first?";

/// A folder with three small scans.
fn scans(folder: &Path) {
    for number in 0..3_u32 {
        let grey = |at: u32| (at.wrapping_mul(2_654_435_761).wrapping_add(number) >> 24) as u8;
        let image = GreyImage::new(60, 40, (0..60 * 40).map(grey).collect::<Vec<u8>>());
        let bytes = scan_image::write(&image, &[]).expect("a PNG");
        write_file(&folder.join(format!("scan-{number}.png")), &bytes).expect("written");
    }
}

/// Types into the window's own question for a folder, and enters it.
pub fn type_folder(harness: &mut Harness<'_, Studio>, folder: &Path) {
    harness.get_by_label("Path of the folder").focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(1);
    harness.event(Event::Text(folder.display().to_string()));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(1);
}

#[test]
fn a_reading_says_how_far_it_is_and_can_be_given_up() {
    let folder = tempfile::tempdir().expect("a folder");
    scans(folder.path());
    let watch = Watch::default();
    let opened = dataset::open_watched(folder.path(), &watch).expect("a folder of scans");
    assert_eq!((opened.document.pages.len(), watch.part()), (3, Some([2, 3])));
    let watch = Watch::default();
    watch.cancel();
    let error = dataset::open_watched(folder.path(), &watch).expect_err("given up").to_string();
    assert!(error.contains("cancelled"), "{error}");
}

#[test]
fn unsaved_changes_are_asked_about_before_a_folder_is_chosen() {
    if !types_paths() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    scans(folder.path());
    let mut harness = studio_with(options());
    stroke(&mut harness, &[[150.0, 250.0], [190.0, 250.0]], PointerButton::Primary);
    harness.run_steps(2);
    let painted = document(&harness);
    harness.state_mut().perform(Action::OpenFolder);
    harness.run_steps(3);
    harness.get_by_label(QUESTION);
    harness.get_by_label("Cancel").click();
    harness.run_steps(3);
    assert!(
        harness.query_by_label(QUESTION).is_none() && harness.query_by_label("Path of the folder").is_none()
    );
    assert_eq!(document(&harness), painted);

    harness.state_mut().perform(Action::OpenFolder);
    harness.run_steps(3);
    harness.get_by_label("Discard").click();
    harness.run_steps(2);
    wait_for_files(&mut harness);
    type_folder(&mut harness, folder.path());
    wait_until(&mut harness, "the folder is open", |studio| studio.session().page_count() == 3);
    assert!(harness.query_by_label(QUESTION).is_none(), "it is asked once");
    assert!(!harness.state().session().editor.has_unsaved_changes());
}

#[test]
fn unsaved_changes_are_asked_about_before_a_document_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("other.retidiff");
    let other = samples::ALL[2].document().expect("a sample");
    write_atomically(&path, &write_document(&other)).expect("written");
    let mut harness = studio_with(options());
    stroke(&mut harness, &[[150.0, 250.0], [190.0, 250.0]], PointerButton::Primary);
    harness.run_steps(2);
    let painted = document(&harness);
    for action in [
        Action::OpenDropped(vec![path.clone()]),
        Action::OpenPath(path.clone()),
        Action::OpenRecent(path.clone()),
    ] {
        harness.state_mut().perform(action);
        harness.run_steps(3);
        harness.get_by_label(QUESTION);
        assert!(!harness.state().is_waiting_for_files(), "nothing is read before the answer");
        harness.get_by_label("Cancel").click();
        harness.run_steps(3);
        assert!(harness.query_by_label(QUESTION).is_none());
        assert_eq!(document(&harness), painted);
    }

    // What cannot be read gives nothing up.
    harness.state_mut().perform(Action::OpenPath(folder.path().join("gone.retidiff")));
    harness.run_steps(3);
    harness.get_by_label("Discard").click();
    harness.run_steps(2);
    wait_for_files(&mut harness);
    assert!(harness.state().first_error().is_some() && document(&harness) == painted);
    harness.state_mut().perform(Action::OpenPath(path));
    harness.run_steps(3);
    harness.get_by_label(QUESTION);
    harness.get_by_label("Discard").click();
    harness.run_steps(2);
    wait_for_files(&mut harness);
    assert!(harness.query_by_label(QUESTION).is_none(), "it is asked once");
    assert_eq!(document(&harness).pages, other.pages);
}
