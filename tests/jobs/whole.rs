//! Jobs around the scan: an export of an instrument, new masks, a training, small windows, files that are none.

use std::path::{Path, PathBuf};

use eframe::egui::{Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use retidiff::formats::{scan_image, write_file};
use retidiff::scan::GreyImage;
use retidiff::studio::shell::action::Action;
use retidiff::studio::shell::app::{AppOptions, Studio};
use retidiff::studio::shell::settings::Tool;
use retidiff::studio::training::TrainingAction;
use retidiff::training::RunConfig;
use retidiff::training::run_record::RunState;
use retidiff::worker::models::BUNDLED;

use super::Hand;
use crate::fixtures::shared_data;
use crate::studio::{has_whole_picture, options};
use crate::trainer::{config, data_set};

#[test]
fn a_heyex_folder_opens_as_one_volume() {
    let Some(data) = shared_data("a HEYEX folder") else { return };
    let Some(export) = folder_with_xml(&data.join("heyex_synthetic/heyex_xml")) else {
        eprintln!("skipped: no HEYEX export among the real data");
        return;
    };
    let mut hand = Hand::new(options());
    hand.choose(Action::OpenPath(export));
    hand.wait("it is open", |studio| studio.session().editor.document().credit.is_none());
    let document = hand.document();
    assert!(document.pages.iter().all(|page| page.scan.spacing.is_some()), "its pixels have a size");
    hand.done("a HEYEX folder");
}

/// The first folder, this one or one in it, that holds an export.
fn folder_with_xml(folder: &Path) -> Option<PathBuf> {
    let entries: Vec<PathBuf> = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    let is_xml = |path: &PathBuf| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xml"));
    if entries.iter().any(is_xml) {
        return Some(folder.to_owned());
    }
    entries.iter().filter(|path| path.is_dir()).find_map(|path| folder_with_xml(path))
}

#[test]
fn new_masks_are_opened_beside_the_patients() {
    if !BUNDLED.iter().any(|(name, _)| *name == "masks") {
        eprintln!("skipped: this build carries no mask model");
        return;
    }
    let mut hand = Hand::new(options());
    let before = hand.document();
    hand.click("New mask");
    let mut opened = Vec::new();
    for _ in 0..2 {
        hand.wait("masks are there", |studio| {
            let masks = studio.new_masks();
            assert!(masks.failure.is_none(), "{:?}", masks.failure);
            !masks.candidates.is_empty()
        });
        hand.click("Candidate 1");
        hand.wait("it is open", |studio| studio.session().page().scan.is_placeholder);
        let document = hand.document();
        assert!(document.pages[0].scan.is_placeholder, "it is a document of its own");
        let picked = hand.harness.state().new_masks().candidates[0].candidate.mask.clone();
        assert_eq!(document.pages[0].mask, picked);
        opened.push(picked);
        hand.choose(Action::OpenSample(0));
        assert_eq!(hand.document().pages, before.pages, "the patient's labels are as they were");
        hand.click("Generate masks");
    }
    assert_ne!(opened[0], opened[1], "no mask comes twice");
    hand.done("five new masks, two opened beside the patient's");
}

#[test]
fn a_tiny_training_is_watched_stopped_and_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = data_set(folder.path());
    let mut hand = Hand::new(AppOptions { data_folder: Some(folder.path().join("own")), ..options() });
    hand.harness.state_mut().training_mut().use_program(env!("CARGO_BIN_EXE_retidiff").into());
    hand.click("Train");
    let settings = RunConfig { validate_every: 0, sample_every: 40, ..config(1_000_000) };
    let (name, config) = ("tiny".to_owned(), Box::new(settings));
    hand.choose(Action::Training(TrainingAction::NewRunWith { name, data, config }));
    hand.wait("the form is ready", |studio| {
        studio.training().form_problems().is_some_and(|problems| problems.is_empty())
    });
    hand.click("Start training");
    hand.wait("it draws samples", |studio| {
        studio.training().selected().is_some_and(|record| !record.samples.is_empty())
    });
    hand.click("Stop");
    hand.wait("it stops", |studio| {
        studio.training().selected().is_some_and(|record| record.state == RunState::Stopped)
    });
    hand.harness.get_all_by_label("Add to models").next().expect("a checkpoint").click_accesskit();
    hand.harness.run_steps(3);
    hand.clicks += 1;
    let model = folder.path().join("own/models/tiny.safetensors");
    hand.wait("it is among the models", |_| model.is_file());
    let began = std::time::Instant::now();
    while hand.harness.query_by_label("Use tiny").is_none() {
        assert!(began.elapsed().as_secs() < 20, "the window does not offer it");
        std::thread::sleep(std::time::Duration::from_millis(10));
        hand.harness.step();
    }
    hand.harness.get_by_label("Use tiny").click_accesskit();
    hand.harness.run_steps(3);
    hand.clicks += 1;
    assert!(hand.harness.query_by_label("Use tiny").is_none(), "it is in use");
    hand.done("a tiny training: watched, stopped, used");
}

/// Tools that must be in sight in every window.
const TOOLS: [&str; 5] = ["Brush", "Eraser", "Lasso", "Hand", "Ruler"];

#[test]
fn small_windows_and_keys_alone() {
    for (size, pixels_per_point) in [([1024.0, 700.0], 1.0), ([1280.0, 720.0], 1.0), ([800.0, 500.0], 2.0)] {
        let mut harness = Harness::builder()
            .with_size(size)
            .with_pixels_per_point(pixels_per_point)
            .with_step_dt(1.0 / 60.0)
            .with_render_cursor(false)
            .wgpu()
            .build_eframe(|creation| Studio::new(creation, options()));
        harness.run_steps(4);
        for tool in TOOLS {
            let rect = harness.get_by_role_and_label(Role::Button, tool).rect();
            assert!(rect.bottom() <= size[1] - 20.0 && rect.left() >= 0.0, "{tool} at {size:?}: {rect:?}");
        }
    }
    let mut hand = Hand::new(options());
    hand.wait("the scan is drawn", has_whole_picture);
    for (key, tool) in [(Key::E, Tool::Eraser), (Key::L, Tool::Lasso), (Key::B, Tool::Brush)] {
        hand.key(key);
        assert_eq!(hand.harness.state().settings().tool, tool);
    }
    hand.key_with(Modifiers::COMMAND, Key::P);
    hand.type_text("eraser");
    hand.key(Key::Enter);
    assert_eq!(hand.harness.state().settings().tool, Tool::Eraser, "the palette did it");
    hand.done("small windows, and keys alone");
}

#[test]
fn files_that_cannot_be_opened_say_why_and_change_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    write_file(&at("notes.png"), b"these are notes, not a picture").expect("written");
    // Sound but for its size: the header alone says so.
    let small = scan_image::write(&GreyImage::new(8, 8, vec![9; 64]), &[]).expect("a PNG");
    let mut huge = small.clone();
    huge[16..20].copy_from_slice(&30_000_u32.to_be_bytes());
    huge[20..24].copy_from_slice(&30_000_u32.to_be_bytes());
    let mut sum = flate2::Crc::new();
    sum.update(&huge[12..29]);
    huge[29..33].copy_from_slice(&sum.sum().to_be_bytes());
    write_file(&at("huge.png"), &huge).expect("written");
    let mut hand = Hand::new(options());
    let before = hand.document();
    let mut files = vec![at("notes.png"), at("huge.png"), at("nothing.png")];
    files.extend(locked(&at("locked.png"), &small));
    for file in files {
        hand.choose(Action::OpenPath(file.clone()));
        hand.wait("it is said why", |studio| studio.first_error().is_some());
        let said = hand.harness.state().first_error().expect("said").to_owned();
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        assert!(said.contains(&name), "{said}");
        for word in ["os error", "byte 0", "damaged"] {
            assert!(!said.contains(word), "{said}");
        }
        assert_eq!(hand.document(), before, "what is open stays open");
        hand.click("Dismiss");
    }
    hand.done("wrong files: four said why");
}

/// A file that may not be read; `None`, with a note, where whoever tests may read everything.
fn locked(path: &Path, bytes: &[u8]) -> Option<PathBuf> {
    write_file(path, bytes).expect("written");
    let mut rights = std::fs::metadata(path).expect("a file").permissions();
    #[cfg(unix)]
    std::os::unix::fs::PermissionsExt::set_mode(&mut rights, 0o000);
    #[cfg(not(unix))]
    rights.set_readonly(true);
    std::fs::set_permissions(path, rights).expect("rights are set");
    if std::fs::read(path).is_ok() {
        eprintln!("skipped: whoever runs this test may read every file");
        return None;
    }
    Some(path.to_owned())
}
