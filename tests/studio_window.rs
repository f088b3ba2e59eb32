//! The window around the canvas, driven as a user drives it: keys that change, steps, labels, settings
//! that last, names of all controls.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::{DroppedFile, Event, Key, Modifiers, PointerButton, Shape};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use retidiff::anatomy::IRF;
use retidiff::scan::GreyImage;
use retidiff::studio::shell::action::{Action, WindowAction, WindowScale};
use retidiff::studio::shell::app::{AppOptions, Studio};
use retidiff::studio::shell::commands::COMMANDS;
use retidiff::studio::shell::commands::keymap::{KeymapChoice, KeymapPreset};
use retidiff::studio::shell::settings::Tool;
use retidiff::studio::training::TrainingAction;

use crate::studio::{CYST, document, options, press, stroke, studio_with, wait_until};

fn with_data(folder: &Path) -> AppOptions {
    AppOptions { data_folder: Some(folder.to_path_buf()), ..options() }
}

fn type_keys(harness: &mut Harness<'_, Studio>, text: &str) {
    harness.event(Event::Text(text.to_owned()));
    harness.run_steps(2);
}

#[test]
fn a_saved_document_is_reopened_with_its_undo() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("painted.retidiff");
    let mut harness = studio_with(with_data(folder.path()));
    let clean = document(&harness);
    stroke(&mut harness, &CYST, PointerButton::Primary);
    harness.state_mut().perform(Action::SaveTo(path.clone()));
    wait_until(&mut harness, "it is saved", |studio| !studio.session().editor.has_unsaved_changes());
    let painted = document(&harness);
    drop(harness);

    let mut again = studio_with(AppOptions { open: Some(path), ..with_data(folder.path()) });
    wait_until(&mut again, "it is open", |studio| studio.session().path.is_some());
    assert_eq!(again.state().session().editor.undo_name(), Some("brush: IRF"));
    again.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    again.run_steps(2);
    assert_eq!(document(&again).pages, clean.pages);
    again.key_press_modifiers(Modifiers::COMMAND, Key::Y);
    again.run_steps(2);
    assert_eq!(document(&again).pages, painted.pages);
    assert!(!again.state().session().editor.has_unsaved_changes(), "back at what is saved");
}

#[test]
fn the_list_of_steps_goes_back_and_forward() {
    let mut harness = studio_with(options());
    let clean = document(&harness);
    for shift in 0..3 {
        let points = CYST.map(|[x, y]| [x, y + 12.0 * shift as f32]);
        stroke(&mut harness, &points, PointerButton::Primary);
    }
    let painted = document(&harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::H);
    harness.run_steps(3);
    harness.get_by_label("brush: IRF, now");
    harness.get_by_label("Back to As it was opened").click();
    harness.run_steps(3);
    assert_eq!(document(&harness), clean);
    let forward = harness.query_all_by_label("Forward to brush: IRF").next().expect("the last step");
    forward.click();
    harness.run_steps(3);
    assert_eq!(document(&harness), painted);
}

#[test]
fn the_document_behind_another_page_is_not_undone() {
    let mut harness = studio_with(options());
    stroke(&mut harness, &CYST, PointerButton::Primary);
    let painted = document(&harness);
    harness.state_mut().perform(Action::Training(TrainingAction::Toggle));
    harness.run_steps(3);
    for name in ["Undo", "Redo", "History"] {
        assert!(harness.get_by_label(name).accesskit_node().is_disabled(), "{name}");
    }
    harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    harness.run_steps(2);
    type_keys(&mut harness, "undo");
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert_eq!(document(&harness), painted);
    harness.get_by_label("Search commands");
}

#[test]
fn keys_are_changed_in_the_dialog_and_last() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = studio_with(with_data(folder.path()));
    harness.state_mut().perform(Action::Window(WindowAction::ToggleKeymap));
    harness.run_steps(2);
    harness.get_by_label("Find a command or a key").click();
    harness.run_steps(2);
    type_keys(&mut harness, "eraser");
    harness.get_by_label("Add a key: Eraser: reveal the layer beneath a lesion").click();
    harness.run_steps(2);
    harness.key_press(Key::B);
    harness.run_steps(3);
    // B is the brush's: both are shown, and one press takes it from the other.
    assert_eq!(harness.state().settings().tool, Tool::Brush, "the key was meant for the dialog");
    harness.query_all_by_label_contains("Only here: Eraser").next().expect("the conflict shows").click();
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("Only here").is_none());
    harness.get_by_label("Close").click();
    harness.run_steps(2);
    harness.key_press(Key::B);
    harness.run_steps(2);
    assert_eq!(harness.state().settings().tool, Tool::Eraser);
    harness.state_mut().perform(Action::Window(WindowAction::ScaleWindow(WindowScale::By(1.1))));
    harness.run_steps(2);
    drop(harness);

    let mut again = studio_with(with_data(folder.path()));
    assert!((again.ctx.zoom_factor() - 1.1).abs() < 1e-6, "the scale lasts");
    again.key_press(Key::B);
    again.run_steps(2);
    assert_eq!(again.state().settings().tool, Tool::Eraser);
    let choice = KeymapChoice { preset: KeymapPreset::Napari, ..KeymapChoice::default() };
    again.state_mut().perform(Action::Window(WindowAction::ChangeKeys(choice)));
    again.key_press(Key::Num2);
    again.run_steps(2);
    assert_eq!(again.state().settings().tool, Tool::Brush, "2 is the brush in napari");
}

#[test]
fn alt_and_drag_resizes_the_brush_without_painting() {
    let mut harness = studio_with(options());
    let clean = document(&harness);
    let radius = harness.state().settings().radius_px;
    let drag = |harness: &mut Harness<'_, Studio>| {
        let ends = [[150.0, 250.0], [190.0, 250.0]];
        for (at, pressed) in ends.into_iter().zip([true, false]) {
            let pos = harness.state().screen_from_image(at);
            harness.event_modifiers(Event::PointerMoved(pos), Modifiers::ALT);
            harness.step();
            let (button, modifiers) = (PointerButton::Primary, Modifiers::ALT);
            harness.event_modifiers(Event::PointerButton { pos, button, pressed, modifiers }, Modifiers::ALT);
            harness.step();
        }
    };
    drag(&mut harness);
    assert_eq!(document(&harness), clean);
    assert!((harness.state().settings().radius_px - radius - 20.0).abs() <= 0.5);
    stroke(&mut harness, &CYST, PointerButton::Primary);
    assert_ne!(document(&harness), clean);
    harness.state_mut().perform(Action::Window(WindowAction::ToggleAltDrag));
    drag(&mut harness);
    assert_ne!(harness.state().session().editor.undo_name(), Some("brush: IRF"), "it erases now");
}

#[test]
fn labels_are_renamed_undoably_and_saved_with_what_is_hidden() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("named.retidiff");
    let mut harness = studio_with(with_data(folder.path()));
    harness.get_by_label("Edit labels").click();
    harness.run_steps(4);
    harness.get_by_label("Name of IRF").focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(1);
    type_keys(&mut harness, "Oedema");
    harness.get_by_label("Apply").click();
    harness.run_steps(3);
    assert_eq!(document(&harness).labels.name(IRF), "Oedema");
    assert_eq!(harness.state().session().editor.undo_name(), Some("edit labels"));
    stroke(&mut harness, &CYST, PointerButton::Primary);
    assert_eq!(harness.state().session().editor.undo_name(), Some("brush: Oedema"));
    harness.state_mut().perform(Action::Undo);
    harness.get_by_label("Hide INL").click();
    harness.run_steps(2);
    harness.state_mut().perform(Action::SaveTo(path.clone()));
    wait_until(&mut harness, "it is saved", |studio| !studio.session().editor.has_unsaved_changes());
    let mut again = studio_with(AppOptions { open: Some(path), ..with_data(folder.path()) });
    wait_until(&mut again, "it is open", |studio| studio.session().path.is_some());
    again.run_steps(2);
    again.get_by_label("Oedema");
    again.get_by_label("Show INL");
    again.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    again.run_steps(2);
    again.get_by_label("IRF");
}

#[test]
fn every_control_has_a_name_and_can_be_reached_by_tab() {
    let mut harness = studio_with(options());
    let mut seen = 0;
    let mut check = |harness: &mut Harness<'_, Studio>, what: &str| {
        harness.run_steps(3);
        let unnamed = harness.unnamed_widgets();
        assert!(unnamed.is_empty(), "{what}: {unnamed:#?}");
        seen += 1;
    };
    check(&mut harness, "the window");
    for command in COMMANDS.iter().filter(|command| command.id.starts_with("tool.")) {
        harness.state_mut().perform((command.action)());
        check(&mut harness, command.name());
    }
    for action in [
        Action::Window(WindowAction::TogglePalette),
        Action::Window(WindowAction::ToggleKeys),
        Action::Window(WindowAction::ToggleKeymap),
        Action::Window(WindowAction::ToggleLabelEditor),
        Action::ToggleCalibration,
        Action::Window(WindowAction::ToggleSteps),
    ] {
        harness.state_mut().perform(action.clone());
        check(&mut harness, &format!("{action:?}"));
        harness.state_mut().perform(action);
        harness.run_steps(2);
    }
    harness.state_mut().perform(Action::SelectTool(Tool::Brush));
    harness.run_steps(2);
    stroke(&mut harness, &CYST, PointerButton::Primary);
    harness.state_mut().perform(Action::OpenSample(1));
    check(&mut harness, "the question about unsaved changes");
    harness.get_by_label("Discard").click();
    check(&mut harness, "another document");
    assert!(seen > 15);

    let mut reached = std::collections::HashSet::new();
    for _ in 0..150 {
        harness.key_press(Key::Tab);
        harness.step();
        let focused = harness.ctx.memory(|memory| memory.focused());
        reached.extend(focused);
    }
    let count = reached.len();
    assert!(count > 50, "Tab reaches {count} controls");
    for name in ["Open", "Lasso", "IRF", "Hide IRF", "Reroll", "Advanced"] {
        harness.get_by_label(name).focus();
        harness.run_steps(2);
        assert!(harness.get_by_label(name).is_focused(), "{name} takes no focus");
    }
}

/// A file let go over the window.
#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

#[test]
fn a_tooltip_does_not_stay_over_a_dialog() {
    const TIP: &str = "Open a scan, labels or a document";
    fn says(shape: &Shape) -> bool {
        match shape {
            Shape::Text(text) => text.galley.text().starts_with(TIP),
            Shape::Vec(shapes) => shapes.iter().any(says),
            _ => false,
        }
    }
    let shown =
        |harness: &Harness<'_, Studio>| harness.output().shapes.iter().any(|clipped| says(&clipped.shape));
    let mut harness = studio_with(options());
    harness.get_by_label("Open").hover();
    harness.run_steps(60);
    assert!(shown(&harness), "the tooltip shows");
    harness.state_mut().perform(Action::ToggleCalibration);
    harness.run_steps(3);
    assert!(!shown(&harness), "the dialog is free of it");
    harness.state_mut().perform(Action::ToggleCalibration);
    harness.run_steps(60);
    assert!(shown(&harness), "it comes back with the dialog gone");
}

#[test]
fn a_grey_image_of_codes_is_asked_about_and_loaded_as_labels() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = studio_with(options());
    let before = document(&harness);
    let (width, height) = (before.pages[0].scan.width(), before.pages[0].scan.height());
    let codes: Vec<u8> = (0..width * height).map(|i| (i / width * 9 / height) as u8).collect();
    let path = folder.path().join("grey.png");
    let image = GreyImage::new(width, height, codes.clone());
    let grey = retidiff::formats::scan_image::write(&image, &[]).expect("a PNG");
    retidiff::formats::write_atomically(&path, &grey).expect("written");
    let drop_it = |harness: &mut Harness<'_, Studio>| {
        harness.input_mut().dropped_files.push(Arc::new(Dropped(path.clone())));
        harness.step();
        wait_until(harness, "it is read", |studio| !studio.is_waiting_for_files());
        harness.run_steps(3);
        assert_eq!(document(harness), before, "nothing happens unasked");
        assert!(
            harness.query_by_label_contains("Above ILM, NFL, GCL-IPL").is_some(),
            "it says what is there"
        );
    };
    drop_it(&mut harness);
    harness.get_by_label("Cancel").click();
    harness.run_steps(2);
    assert_eq!(document(&harness), before);
    drop_it(&mut harness);
    harness.get_by_label("Load as labels").click();
    harness.run_steps(2);
    assert_eq!(document(&harness).pages[0].mask.composite_pixels(), codes);
    assert_eq!(document(&harness).pages[0].scan, before.pages[0].scan, "the scan stays");
    assert_eq!(harness.state().session().editor.undo_name(), Some("labels from grey.png"));
    harness.state_mut().perform(Action::Undo);
    drop_it(&mut harness);
    harness.get_by_label("Open as scan").click();
    harness.run_steps(3);
    assert_eq!(document(&harness).pages[0].scan.image.pixels[..], codes[..]);
}

#[test]
fn a_scan_and_its_labels_are_dropped_together() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, bytes: Vec<u8>| {
        let path = folder.path().join(name);
        retidiff::formats::write_atomically(&path, &bytes).expect("written");
        path
    };
    let noise: Vec<u8> = (0..320_u32 * 200).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let image = GreyImage::new(320, 200, noise);
    let scan = put("scan.png", retidiff::formats::scan_image::write(&image, &[]).expect("a PNG"));
    let codes: Vec<u8> = (0..320 * 200).map(|i| (i / 320 / 23) as u8).collect();
    let labels =
        put("labels.png", retidiff::formats::label_png::write(320, 200, &codes, &[]).expect("a PNG"));
    let mut harness = studio_with(options());
    for path in [labels, scan] {
        harness.input_mut().dropped_files.push(Arc::new(Dropped(path)));
    }
    harness.step();
    wait_until(&mut harness, "the scan is open", |studio| studio.session().page().scan.width() == 320);
    assert_eq!(document(&harness).pages[0].mask.composite_pixels(), codes);
    assert_eq!(harness.state().session().editor.undo_name(), Some("labels from labels.png"));
    assert_eq!(harness.state().first_error(), None);
}

#[test]
fn dropped_files_open_and_label_images_go_onto_the_scan() {
    let folder = tempfile::tempdir().expect("a folder");
    let scan_path = folder.path().join("scan.png");
    let noise: Vec<u8> = (0..320_u32 * 200).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let scan = retidiff::formats::scan_image::write(&GreyImage::new(320, 200, noise), &[]).expect("a PNG");
    retidiff::formats::write_atomically(&scan_path, &scan).expect("written");
    let labels_path = folder.path().join("labels.png");
    let codes: Vec<u8> = (0..320 * 200).map(|i| (i / 320 / 23) as u8).collect();
    let labels = retidiff::formats::label_png::write(320, 200, &codes, &[]).expect("a PNG");
    retidiff::formats::write_atomically(&labels_path, &labels).expect("written");

    let mut harness = studio_with(options());
    let drop = |harness: &mut Harness<'_, Studio>, path: &Path| {
        harness.input_mut().dropped_files.push(Arc::new(Dropped(path.to_path_buf())));
        harness.step();
    };
    drop(&mut harness, &scan_path);
    wait_until(&mut harness, "the scan is open", |studio| studio.session().page().scan.width() == 320);
    drop(&mut harness, &labels_path);
    wait_until(&mut harness, "the labels are there", |studio| {
        studio.session().editor.undo_name() == Some("labels from labels.png")
    });
    assert_eq!(document(&harness).pages[0].mask.composite(5, 199), 8);
    drop(&mut harness, &folder.path().join("gone.png"));
    wait_until(&mut harness, "the error shows", |studio| studio.first_error().is_some());
    assert!(harness.state().first_error().is_some_and(|error| error.contains("gone.png")));
    assert_eq!(document(&harness).pages[0].scan.width(), 320, "the open document stays");
    press(&mut harness, CYST[0], PointerButton::Primary, true);
    press(&mut harness, CYST[0], PointerButton::Primary, false);
}
