//! A folder of scans: what happens to unsaved changes is asked before it is chosen, of any other document before it is read,
//! and the reading can be given up.

use std::path::{Path, PathBuf};

use eframe::egui::{Event, Key, Modifiers, PointerButton};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use retidiff::background::Watch;
use retidiff::dataset;
use retidiff::document::Document;
use retidiff::formats::label_png::CodeScheme;
use retidiff::formats::{read_document, scan_image, write_atomically, write_document, write_file};
use retidiff::scan::GreyImage;
use retidiff::studio::files::samples;
use retidiff::studio::shell::action::{Action, PathAnswer, UnsavedAnswer};
use retidiff::studio::shell::app::Studio;

use crate::jobs::types_paths;
use crate::keeping_work::{type_path, wait_for_files};
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

/// Another document, in a file.
fn other_document(folder: &Path) -> (PathBuf, Document) {
    let path = folder.join("other.retidiff");
    let other = samples::ALL[2].document().expect("a sample");
    write_atomically(&path, &write_document(&other)).expect("written");
    (path, other)
}

/// A studio with a stroke that is in no file, and its document.
fn painted() -> (Harness<'static, Studio>, Document) {
    let mut harness = studio_with(options());
    stroke(&mut harness, &[[150.0, 250.0], [190.0, 250.0]], PointerButton::Primary);
    harness.run_steps(2);
    let painted = document(&harness);
    (harness, painted)
}

/// The same, beside a file that it was saved to before the stroke.
fn painted_beside_a_file(folder: &Path) -> (Harness<'static, Studio>, Document, PathBuf) {
    let path = folder.join("a.retidiff");
    let mut harness = studio_with(options());
    harness.state_mut().perform(Action::SaveTo(path.clone()));
    wait_for_files(&mut harness);
    stroke(&mut harness, &[[150.0, 250.0], [190.0, 250.0]], PointerButton::Primary);
    harness.run_steps(2);
    let painted = document(&harness);
    (harness, painted, path)
}

fn document_in(path: &Path) -> Document {
    read_document(&std::fs::read(path).expect("a file"), "saved").expect("whole").0
}

fn answer(harness: &mut Harness<'_, Studio>, answer: UnsavedAnswer) {
    harness.state_mut().perform(Action::Answer(answer));
}

/// Says that nothing is to come, and looks that nothing did.
fn refuse(harness: &mut Harness<'_, Studio>, painted: &Document) {
    harness.get_by_label(QUESTION);
    assert_eq!(&document(harness), painted, "nothing is replaced unasked");
    harness.get_by_label("Cancel").click();
    harness.run_steps(3);
    assert!(harness.query_by_label(QUESTION).is_none());
    assert_eq!(&document(harness), painted);
    assert!(harness.state().session().editor.has_unsaved_changes());
}

#[test]
fn a_discard_for_a_folder_is_not_spent_on_what_is_opened_while_it_is_chosen() {
    if !types_paths() {
        return;
    }
    let (mut harness, painted) = painted();
    harness.state_mut().perform(Action::OpenFolder);
    harness.run_steps(3);
    harness.get_by_label("Discard").click();
    harness.run_steps(2);
    wait_for_files(&mut harness);
    harness.get_by_label("Path of the folder");
    harness.state_mut().perform(Action::OpenSample(2));
    harness.run_steps(3);
    assert_eq!(document(&harness), painted, "it was said of the folder");
    // The question for the folder lies over the one about the sample.
    harness.get_by_label("Cancel").click();
    harness.run_steps(3);
    refuse(&mut harness, &painted);
}

#[test]
fn a_discard_for_a_slow_file_is_not_spent_on_what_is_opened_meanwhile() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, _) = other_document(folder.path());
    let (mut harness, painted) = painted();
    harness.state_mut().perform(Action::OpenPath(path));
    answer(&mut harness, UnsavedAnswer::Discard);
    // Nothing steps the window: the file is still being read.
    harness.state_mut().perform(Action::OpenSample(1));
    assert_eq!(document(&harness), painted, "it was said of the file");
    wait_for_files(&mut harness);
    refuse(&mut harness, &painted);
}

#[test]
fn a_chooser_of_something_else_that_is_closed_takes_nothing_from_what_waits_for_a_save() {
    if !types_paths() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (other_path, other) = other_document(folder.path());
    let (mut harness, painted, path) = painted_beside_a_file(folder.path());
    harness.state_mut().perform(Action::ExportMask(CodeScheme::Studio));
    wait_for_files(&mut harness);
    harness.get_by_label("Path of the file");
    harness.state_mut().perform(Action::OpenPath(other_path));
    answer(&mut harness, UnsavedAnswer::Save);
    harness.state_mut().perform(Action::AnswerPath(PathAnswer::Cancel));
    wait_for_files(&mut harness);
    assert_eq!(document(&harness).pages, other.pages, "it is opened once the work is saved");
    assert_eq!(document_in(&path).pages, painted.pages);
}

#[test]
fn a_save_that_fails_before_a_file_is_read_asks_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (other_path, other) = other_document(folder.path());
    let (mut harness, painted, path) = painted_beside_a_file(folder.path());
    std::fs::remove_file(&path).expect("removable");
    std::fs::create_dir(&path).expect("a folder in the way");
    harness.state_mut().perform(Action::OpenPath(other_path));
    answer(&mut harness, UnsavedAnswer::Save);
    wait_for_files(&mut harness);
    assert!(harness.state().first_error().is_some_and(|error| error.contains("a.retidiff")));
    harness.get_by_label(QUESTION);
    assert_eq!(document(&harness), painted);
    std::fs::remove_dir(&path).expect("removable");
    answer(&mut harness, UnsavedAnswer::Save);
    wait_for_files(&mut harness);
    assert_eq!(document(&harness).pages, other.pages);
    assert_eq!(document_in(&path).pages, painted.pages);
}

#[test]
fn work_that_is_in_no_file_is_given_one_before_another_is_read() {
    if !types_paths() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (other_path, other) = other_document(folder.path());
    let (mut harness, painted) = painted();
    harness.state_mut().perform(Action::OpenPath(other_path.clone()));
    answer(&mut harness, UnsavedAnswer::Save);
    wait_for_files(&mut harness);
    // Without a place nothing is saved, and nothing is opened.
    harness.state_mut().perform(Action::AnswerPath(PathAnswer::Cancel));
    harness.run_steps(2);
    wait_for_files(&mut harness);
    assert!(harness.query_by_label(QUESTION).is_none());
    assert_eq!(document(&harness), painted);
    harness.state_mut().perform(Action::OpenPath(other_path));
    answer(&mut harness, UnsavedAnswer::Save);
    wait_for_files(&mut harness);
    assert_eq!(document(&harness), painted, "it is not read before the work is saved");
    let path = folder.path().join("saved.retidiff");
    type_path(&mut harness, &path);
    assert_eq!(document(&harness).pages, other.pages);
    assert_eq!(document_in(&path).pages, painted.pages);
}
