//! Saving, closing, opening and restoring meet each other in the window, and nothing is lost between them. A save is
//! slow here whenever nothing steps the window: its end is noticed in the next frame.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use eframe::egui::{Event, Key, Modifiers, PointerButton, ViewportCommand, ViewportEvent, ViewportId};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use retidiff::document::{Command, Document, Editor};
use retidiff::formats::label_png::{self, CodeScheme};
use retidiff::formats::{Journal, read_document, recoverable, scan_image, write_atomically};
use retidiff::scan::GreyImage;
use retidiff::studio::export::ExportAction;
use retidiff::studio::files::samples;
use retidiff::studio::flow::typed_path::typed_path;
use retidiff::studio::shell::action::{Action, UnsavedAnswer};
use retidiff::studio::shell::app::{AppOptions, Studio};

use crate::studio::{CYST, document, options, press, stroke, studio_with, wait_until};

const SAVE_FIRST: &str = "Save changes first?";
const ELSEWHERE: [[f32; 2]; 3] = [[250.0, 250.0], [270.0, 251.0], [290.0, 250.0]];

fn with_data(folder: &Path) -> AppOptions {
    AppOptions { data_folder: Some(folder.to_path_buf()), ..options() }
}

fn document_in(path: &Path) -> Document {
    read_document(&std::fs::read(path).expect("a file"), "saved").expect("whole").0
}

fn is_shown(harness: &Harness<'_, Studio>, text: &str) -> bool {
    harness.query_all_by_label_contains(text).next().is_some()
}

fn is_unsaved(harness: &Harness<'_, Studio>) -> bool {
    harness.state().session().editor.has_unsaved_changes()
}

pub fn wait_for_files(harness: &mut Harness<'_, Studio>) {
    wait_until(harness, "files are read and written", |studio| !studio.is_waiting_for_files());
    harness.run_steps(2);
}

/// Waits until something is shown.
fn wait_for_label(harness: &mut Harness<'_, Studio>, text: &str) {
    for _ in 0..2000 {
        if is_shown(harness, text) {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
    panic!("{text} never shows");
}

/// The user closes the window, in the frame that comes next.
fn close(harness: &mut Harness<'_, Studio>) {
    let window = harness.input_mut().viewports.entry(ViewportId::ROOT).or_default();
    window.events.push(ViewportEvent::Close);
}

/// What the window was last asked to do.
fn commands(harness: &Harness<'_, Studio>) -> Vec<ViewportCommand> {
    harness.output().viewport_output[&ViewportId::ROOT].commands.clone()
}

/// Steps until the window closes itself.
fn wait_until_it_closes(harness: &mut Harness<'_, Studio>) {
    for _ in 0..2000 {
        if commands(harness).contains(&ViewportCommand::Close) {
            close(harness);
            harness.step();
            assert!(!commands(harness).contains(&ViewportCommand::CancelClose), "it stays open");
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
    panic!("it never closes");
}

/// A sample saved to a file, with a stroke on it since.
fn saved_and_painted(folder: &Path) -> (Harness<'static, Studio>, PathBuf) {
    let path = folder.join("a.retidiff");
    let mut harness = studio_with(with_data(&folder.join("data")));
    harness.state_mut().perform(Action::SaveTo(path.clone()));
    wait_for_files(&mut harness);
    assert_eq!(harness.state().session().path.as_deref(), Some(&*path));
    stroke(&mut harness, &CYST, PointerButton::Primary);
    assert!(is_unsaved(&harness));
    (harness, path)
}

#[test]
fn a_restored_document_that_is_refused_is_not_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal_folder = folder.path().join("journal");
    let mut left = samples::ALL[1].document().expect("a sample");
    left.name = "Left behind".to_owned();
    Journal::start(journal_folder.clone()).expect("a journal").note(&Editor::new(left.clone()), None);
    let recovery = recoverable(&journal_folder).pop().expect("left behind");

    let mut harness = studio_with(with_data(folder.path()));
    stroke(&mut harness, &CYST, PointerButton::Primary);
    let painted = document(&harness);
    wait_for_label(&mut harness, "Restore");
    harness.get_by_label("Restore").click();
    wait_for_label(&mut harness, SAVE_FIRST);
    assert!(!is_shown(&harness, "Restore"), "it is not offered while the question stands");
    // Longer than the journal of the stroke takes.
    for _ in 0..40 {
        std::thread::sleep(Duration::from_millis(50));
        harness.step();
    }
    assert!(recovery.path.join("document.json").exists(), "the question still stands");
    harness.get_by_label("Cancel").click();
    harness.run_steps(3);
    assert_eq!(document(&harness), painted);
    assert_eq!(recovery.load().expect("still there").0.document().pages, left.pages);

    harness.get_by_label("Restore").click();
    wait_for_label(&mut harness, SAVE_FIRST);
    harness.get_by_label("Discard").click();
    harness.run_steps(3);
    assert_eq!(document(&harness).pages, left.pages);
    for _ in 0..400 {
        std::thread::sleep(Duration::from_millis(10));
        harness.step();
        if !recovery.path.exists() {
            break;
        }
    }
    assert!(!recovery.path.exists(), "its own journal holds it by now");
    drop(harness);
    let kept = recoverable(&journal_folder);
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].load().expect("whole").0.document().pages, left.pages);
}

#[test]
fn work_that_cannot_be_kept_says_so_until_it_can() {
    let folder = tempfile::tempdir().expect("a folder");
    let in_the_way = folder.path().join("journal");
    write_atomically(&in_the_way, b"no folder").expect("written");
    let mut harness = studio_with(with_data(folder.path()));
    stroke(&mut harness, &CYST, PointerButton::Primary);
    wait_for_label(&mut harness, "Work is not kept against a crash");
    let names_it = |error: &str| error.contains(&in_the_way.display().to_string());
    assert!(harness.state().first_error().is_some_and(names_it));
    harness.state_mut().perform(Action::Edit(Command::RerollNoise { seed: 4711 }));
    harness.run_steps(2);
    assert_eq!(harness.query_all_by_label("Dismiss").count(), 1, "it is said once");
    (0..2).for_each(|_| harness.state_mut().perform(Action::Undo));
    harness.run_steps(2);
    assert!(!is_unsaved(&harness), "everything was undone");
    assert_eq!(harness.state().first_error(), None, "nothing has to be kept");
    harness.state_mut().perform(Action::Redo);
    wait_for_label(&mut harness, "Work is not kept against a crash");
    std::fs::remove_file(&in_the_way).expect("removable");
    wait_until(&mut harness, "it is kept again", |studio| studio.first_error().is_none());
    assert!(is_unsaved(&harness));
}

#[test]
fn a_save_that_ends_late_gives_its_name_to_no_other_document() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut harness, path) = saved_and_painted(folder.path());
    let painted = document(&harness);
    harness.state_mut().perform(Action::Save);
    harness.state_mut().perform(Action::OpenSample(2));
    harness.state_mut().perform(Action::Answer(UnsavedAnswer::Discard));
    wait_for_files(&mut harness);
    assert_eq!(document(&harness).name, samples::ALL[2].name());
    assert_eq!(harness.state().session().path, None, "the sample is in no file: saving it asks for one");
    assert!(!is_unsaved(&harness));
    assert_eq!(document_in(&path).pages, painted.pages, "the file of the first is as it was saved");
}

#[test]
fn what_is_changed_while_it_is_saved_to_be_closed_is_saved_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut harness, path) = saved_and_painted(folder.path());
    close(&mut harness);
    harness.step();
    assert!(commands(&harness).contains(&ViewportCommand::CancelClose));
    harness.run_steps(2);
    harness.state_mut().perform(Action::Answer(UnsavedAnswer::Save));
    harness.state_mut().perform(Action::Edit(Command::RerollNoise { seed: 4711 }));
    let last = document(&harness);
    wait_until_it_closes(&mut harness);
    assert!(!is_unsaved(&harness));
    let saved = document_in(&path);
    assert_eq!((saved.noise_seed, &saved.pages), (4711, &last.pages));
    drop(harness);
    assert!(recoverable(&folder.path().join("data/journal")).is_empty(), "nothing is left to be offered");
}

#[test]
fn a_close_request_in_the_frame_of_a_stroke_asks_first() {
    let mut harness = studio_with(options());
    let [from, to] = [CYST[0], CYST[2]].map(|point| harness.state().screen_from_image(point));
    harness.event(Event::PointerMoved(from));
    harness.run_steps(2);
    let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
    // All in one frame: the harness gives its own events one a frame.
    harness.input_mut().events.extend([
        Event::PointerButton { pos: from, button, pressed: true, modifiers },
        Event::PointerMoved(to),
        Event::PointerButton { pos: to, button, pressed: false, modifiers },
    ]);
    close(&mut harness);
    harness.step();
    assert!(is_unsaved(&harness), "the stroke is there");
    assert!(commands(&harness).contains(&ViewportCommand::CancelClose), "and the window with it");
    harness.run_steps(2);
    assert!(is_shown(&harness, "Discard"), "it is asked about");
    // Not by a click: the harness shows a press and a release in frames of their own and keeps the last one's output.
    harness.state_mut().perform(Action::Answer(UnsavedAnswer::Discard));
    wait_until_it_closes(&mut harness);
}

#[test]
fn saving_to_close_is_not_forgotten_when_something_else_fails() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut harness, path) = saved_and_painted(folder.path());
    let painted = document(&harness);
    harness.state_mut().perform(Action::OpenPath(folder.path().join("gone.png")));
    std::thread::sleep(Duration::from_millis(300));
    close(&mut harness);
    harness.state_mut().perform(Action::OpenPath(folder.path().join("gone too.png")));
    harness.step();
    harness.state_mut().perform(Action::Answer(UnsavedAnswer::Save));
    wait_until_it_closes(&mut harness);
    assert_eq!(document_in(&path).pages, painted.pages);
}

#[test]
fn a_save_that_fails_asks_again_and_its_card_goes_when_one_succeeds() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut harness, path) = saved_and_painted(folder.path());
    std::fs::remove_file(&path).expect("removable");
    std::fs::create_dir(&path).expect("a folder in the way");
    harness.state_mut().perform(Action::OpenSample(2));
    harness.run_steps(2);
    harness.state_mut().perform(Action::Answer(UnsavedAnswer::Save));
    wait_until(&mut harness, "the error shows", |studio| studio.first_error().is_some());
    harness.run_steps(2);
    assert!(is_shown(&harness, SAVE_FIRST), "the question stands again");
    assert_ne!(document(&harness).name, samples::ALL[2].name());
    harness.get_by_label("Cancel").click();
    harness.run_steps(2);
    assert!(harness.state().first_error().is_some_and(|error| error.contains("a.retidiff")));
    harness.state_mut().perform(Action::SaveTo(folder.path().join("b.retidiff")));
    wait_for_files(&mut harness);
    assert_eq!(harness.state().first_error(), None, "it is saved by now");
    assert!(!is_unsaved(&harness));
}

#[test]
fn a_file_that_is_opened_during_a_save_is_shown_without_a_question() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut harness, path) = saved_and_painted(folder.path());
    let painted = document(&harness);
    harness.state_mut().perform(Action::Save);
    harness.state_mut().perform(Action::OpenSample(2));
    wait_for_files(&mut harness);
    assert!(!is_shown(&harness, SAVE_FIRST), "everything is saved");
    assert_eq!(document(&harness).name, samples::ALL[2].name());
    assert_eq!(document_in(&path).pages, painted.pages);
}

#[test]
fn what_a_reader_says_outlives_the_question_about_unsaved_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str| {
        let path = folder.path().join(name);
        let noise = |at: u32| (at.wrapping_mul(2_654_435_761) >> 24) as u8;
        let pixels: Vec<u8> = (0..320 * 200).map(noise).collect();
        let bytes = scan_image::write(&GreyImage::new(320, 200, pixels), &[]).expect("a PNG");
        write_atomically(&path, &bytes).expect("written");
        path
    };
    let mut harness = studio_with(options());
    stroke(&mut harness, &CYST, PointerButton::Primary);
    harness.state_mut().perform(Action::OpenDropped(vec![put("one.png"), put("two.png")]));
    wait_for_label(&mut harness, SAVE_FIRST);
    harness.get_by_label("Discard").click();
    harness.run_steps(3);
    assert_eq!(document(&harness).pages[0].scan.width(), 320);
    assert!(is_shown(&harness, "two.png: left out"), "the warning is there to be read");
}

#[test]
fn files_that_cannot_be_read_give_up_no_changes_and_their_card_goes_when_one_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        write_atomically(&path, bytes).expect("written");
        path
    };
    let broken = vec![put("a.vol", b"no volume"), put("b.vol", b"no volume")];
    let mut harness = studio_with(options());
    stroke(&mut harness, &CYST, PointerButton::Primary);
    let painted = document(&harness);
    harness.state_mut().perform(Action::OpenDropped(broken));
    harness.run_steps(2);
    harness.state_mut().perform(Action::Answer(UnsavedAnswer::Discard));
    wait_for_files(&mut harness);
    assert!(harness.state().first_error().is_some_and(|error| error.contains("a.vol")));
    assert!(is_unsaved(&harness));
    harness.state_mut().perform(Action::OpenSample(2));
    harness.run_steps(2);
    assert!(is_shown(&harness, SAVE_FIRST), "the changes were given up for those files alone");
    harness.state_mut().perform(Action::Answer(UnsavedAnswer::Cancel));
    harness.run_steps(2);
    assert_eq!(document(&harness), painted);

    let noise = |at: u32| (at.wrapping_mul(2_654_435_761) >> 24) as u8;
    let picture = GreyImage::new(320, 200, (0..320 * 200).map(noise).collect::<Vec<u8>>());
    let whole = put("c.png", &scan_image::write(&picture, &[]).expect("a PNG"));
    harness.state_mut().perform(Action::OpenDropped(vec![whole]));
    wait_for_label(&mut harness, SAVE_FIRST);
    assert_eq!(harness.state().first_error(), None, "a file was read since");
}

/// Types into the window's own question for a path, and enters it.
pub fn type_path(harness: &mut Harness<'_, Studio>, path: &Path) {
    harness.get_by_label("Path of the file").focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(1);
    harness.event(Event::Text(path.display().to_string()));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(1);
    wait_for_files(harness);
}

/// Whether the system shows a file chooser, in which nobody here can type.
fn system_has_a_chooser() -> bool {
    let has_one = !cfg!(target_os = "linux") || std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some();
    if has_one {
        eprintln!("skipped: this system would show a file chooser");
    }
    has_one
}

#[test]
fn an_exported_mask_takes_the_place_of_a_picture_only_if_that_is_said() {
    if system_has_a_chooser() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let picture = folder.path().join("m.png");
    write_atomically(&picture, b"somebody's picture").expect("written");
    let mut harness = studio_with(options());
    stroke(&mut harness, &CYST, PointerButton::Primary);
    harness.state_mut().perform(Action::ExportMask(CodeScheme::Studio));
    wait_for_files(&mut harness);
    // Without its ending, as people type it.
    type_path(&mut harness, &folder.path().join("m"));
    assert!(is_shown(&harness, "m.png is there already"));
    assert_eq!(std::fs::read(&picture).expect("there"), b"somebody's picture");
    harness.get_by_label("Replace").click();
    harness.run_steps(2);
    wait_for_files(&mut harness);
    let written = std::fs::read(&picture).expect("there");
    let labels = label_png::read(&written, "m.png", CodeScheme::Studio).expect("a label PNG");
    assert_eq!(labels.codes, document(&harness).pages[0].mask.composite_pixels());
    let names = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(names, 1, "and nothing is written beside it");
}

#[test]
fn the_windows_own_path_dialog_writes_over_nothing_unasked() {
    if system_has_a_chooser() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    write_atomically(&at("case.retidiff"), b"somebody's work").expect("written");
    std::fs::create_dir(at("docs")).expect("a folder");
    let mut harness = studio_with(options());
    stroke(&mut harness, &CYST, PointerButton::Primary);
    harness.state_mut().perform(Action::SaveAs);
    wait_for_files(&mut harness);
    type_path(&mut harness, &at("case"));
    assert!(is_shown(&harness, "case.retidiff is there already"));
    harness.get_by_label("Another name").click();
    harness.run_steps(3);
    type_path(&mut harness, &at("docs"));
    assert!(is_shown(&harness, "docs is a folder"));
    assert!(!at("docs.retidiff").exists());
    type_path(&mut harness, Path::new("~/no such folder/case"));
    let in_home = typed_path("~/no such folder");
    assert!(
        is_shown(&harness, &format!("There is no folder {}. ", in_home.display())),
        "~ is the home folder"
    );
    assert_eq!(std::fs::read(at("case.retidiff")).expect("there"), b"somebody's work");
    type_path(&mut harness, &at("docs/new"));
    assert_eq!(document_in(&at("docs/new.retidiff")).pages, document(&harness).pages);
    assert_eq!(harness.state().session().path, Some(at("docs/new.retidiff")));

    // And what is meant is done.
    harness.state_mut().perform(Action::SaveAs);
    wait_for_files(&mut harness);
    type_path(&mut harness, &at("case"));
    harness.get_by_label("Replace").click();
    harness.run_steps(2);
    wait_for_files(&mut harness);
    assert_eq!(document_in(&at("case.retidiff")).pages, document(&harness).pages);
}

#[test]
fn parts_that_a_killed_process_left_are_removed_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let (harness, path) = saved_and_painted(folder.path());
    drop(harness);
    let part = leave_part(folder.path());
    let mut harness = studio_with(with_data(&folder.path().join("data")));
    wait_for_files(&mut harness);
    assert!(!part.exists(), "it lay beside a file that was saved there before");
    assert!(path.exists());
}

/// What a process leaves in a folder that is killed while it writes there.
fn leave_part(folder: &Path) -> PathBuf {
    let part = folder.join(".retidiff-abcdef.part");
    let file = std::fs::File::create(&part).expect("a file");
    file.set_modified(SystemTime::now() - Duration::from_secs(60)).expect("a time");
    part
}

#[test]
fn parts_of_a_first_save_and_of_an_export_into_a_new_folder_are_removed_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, out) = (folder.path().join("first"), folder.path().join("out"));
    let in_the_way = first.join("a.retidiff");
    std::fs::create_dir_all(&in_the_way).expect("a folder");
    let mut harness = studio_with(with_data(&folder.path().join("data")));
    harness.state_mut().perform(Action::Export(ExportAction::Toggle));
    let dialog = harness.state_mut().export_dialog_mut().expect("the dialog is open");
    dialog.folder = out.display().to_string();
    wait_until(&mut harness, "the files of the export are made", |studio| {
        let revision = studio.session().editor.revision();
        studio.export_dialog().is_some_and(|dialog| dialog.ready(revision).is_some())
    });
    harness.state_mut().perform(Action::Export(ExportAction::Start));
    wait_for_files(&mut harness);
    // It never ends well, as a save that is killed.
    harness.state_mut().perform(Action::SaveTo(in_the_way));
    wait_for_files(&mut harness);
    assert_eq!(harness.state().session().path, None);
    drop(harness);
    let parts = [leave_part(&first), leave_part(&out), leave_part(&out.join("images"))];
    let mut harness = studio_with(with_data(&folder.path().join("data")));
    wait_for_files(&mut harness);
    let left: Vec<&PathBuf> = parts.iter().filter(|part| part.exists()).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_stroke_that_is_held_when_a_dialog_comes_ends_where_it_is() {
    let mut harness = studio_with(options());
    press(&mut harness, CYST[0], PointerButton::Primary, true);
    harness.event(Event::PointerMoved(harness.state().screen_from_image(CYST[1])));
    harness.step();
    let painted = document(&harness);
    harness.state_mut().perform(Action::ToggleCalibration);
    harness.run_steps(2);
    assert!(!harness.state().session().editor.is_step_open(), "it is a step of the history");
    for point in ELSEWHERE {
        harness.event(Event::PointerMoved(harness.state().screen_from_image(point)));
        harness.step();
    }
    press(&mut harness, ELSEWHERE[2], PointerButton::Primary, false);
    harness.state_mut().perform(Action::ToggleCalibration);
    harness.run_steps(2);
    harness.event(Event::PointerMoved(harness.state().screen_from_image(CYST[2])));
    harness.run_steps(2);
    assert_eq!(document(&harness), painted, "no stray line");
    assert_eq!(harness.state().session().editor.undo_names().len(), 1);
    stroke(&mut harness, &ELSEWHERE, PointerButton::Primary);
    assert_ne!(document(&harness), painted, "it paints again");
}

#[test]
fn what_is_painted_of_a_stroke_that_is_held_while_it_is_saved_is_in_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut harness, path) = saved_and_painted(folder.path());
    let before = document(&harness);
    press(&mut harness, ELSEWHERE[0], PointerButton::Primary, true);
    harness.event(Event::PointerMoved(harness.state().screen_from_image(ELSEWHERE[1])));
    harness.step();
    let painted = document(&harness);
    assert_ne!(painted.pages, before.pages);
    harness.state_mut().perform(Action::Save);
    // The hand goes on before the save ends.
    harness.event(Event::PointerMoved(harness.state().screen_from_image(ELSEWHERE[2])));
    harness.step();
    press(&mut harness, ELSEWHERE[2], PointerButton::Primary, false);
    wait_for_files(&mut harness);
    assert_eq!(document_in(&path).pages, painted.pages);
    let after = document(&harness);
    assert_eq!(
        is_unsaved(&harness),
        after.pages != painted.pages,
        "what came later is owed, if anything did"
    );
}
