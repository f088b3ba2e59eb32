//! The studio driven as a user drives it: by names, pointer and keys, on whatever adapter there is.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use eframe::egui::{Event, Key, Modifiers, PointerButton};
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, SnapshotOptions};
use retidiff::anatomy::IRF;
use retidiff::device::DeviceInfo;
use retidiff::document::{Command, Document, Editor};
use retidiff::formats::Journal;
use retidiff::scan::GreyImage;
use retidiff::studio::editor_pane;
use retidiff::studio::files::samples;
use retidiff::studio::shell::action::{Action, SynthesisAction};
use retidiff::studio::shell::app::{AppOptions, Studio, SynthesisSource};
use retidiff::studio::shell::settings::Tool;
use retidiff::worker::renderer::{BetweenSteps, Destination, Edit, Failure, RenderScene, Renderer};
use retidiff::worker::{LoadedModel, PictureImage, SynthesisWorker};

/// Paints each class with its own grey: a model that takes no time.
struct ClassGreys;

impl Renderer for ClassGreys {
    fn device(&self) -> DeviceInfo {
        DeviceInfo { name: "CPU".into(), backend: "test".into(), ..DeviceInfo::default() }
    }

    fn model(&self) -> LoadedModel {
        LoadedModel {
            name: "class greys".into(),
            preset: "test".into(),
            sha256: "0".repeat(64),
            ..LoadedModel::default()
        }
    }

    fn render(
        &self,
        scene: &RenderScene,
        steps: u32,
        _edit: Option<Edit<'_>>,
        _destination: Destination,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<PictureImage>, Failure> {
        for step in 1..steps {
            if between_steps(step, steps) == ControlFlow::Break(()) {
                return Ok(None);
            }
        }
        let pixels: Vec<u8> = scene.labels.iter().map(|&code| code.saturating_mul(20)).collect();
        Ok(Some(PictureImage::Cpu(GreyImage::new(scene.width, scene.height, pixels))))
    }
}

pub fn options() -> AppOptions {
    let start = |wake, _shared| {
        SynthesisWorker::start_with(wake, |_| Box::new(|| Ok::<ClassGreys, Failure>(ClassGreys)))
    };
    AppOptions { open: None, data_folder: None, synthesis: SynthesisSource::Worker(start) }
}

pub fn studio_with(options: AppOptions) -> Harness<'static, Studio> {
    let mut harness = Harness::builder()
        .with_size([1120.0, 720.0])
        .with_step_dt(1.0 / 60.0)
        .with_render_cursor(false)
        .wgpu()
        .build_eframe(|creation| Studio::new(creation, options));
    harness.run_steps(3);
    harness
}

/// Steps until a condition holds; the threads beside the window need their time.
pub fn wait_until(harness: &mut Harness<'_, Studio>, what: &str, done: impl Fn(&Studio) -> bool) {
    let started = Instant::now();
    while !done(harness.state()) {
        assert!(started.elapsed() < Duration::from_secs(20), "waited in vain until {what}");
        sleep(Duration::from_millis(5));
        harness.step();
    }
}

/// Whether the synthetic scan of what is shown is there, with all its steps.
pub fn has_whole_picture(studio: &Studio) -> bool {
    studio.synthesis().shown().is_some_and(|shown| shown.complete && shown.current)
}

pub fn document(harness: &Harness<'_, Studio>) -> Document {
    harness.state().session().editor.document().clone()
}

pub fn press(harness: &mut Harness<'_, Studio>, at: [f32; 2], button: PointerButton, pressed: bool) {
    let pos = harness.state().screen_from_image(at);
    harness.event(Event::PointerMoved(pos));
    harness.step();
    harness.event(Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE });
    harness.step();
}

/// A stroke through points of the image, held by a button.
pub fn stroke(harness: &mut Harness<'_, Studio>, points: &[[f32; 2]], button: PointerButton) {
    press(harness, points[0], button, true);
    for point in points {
        harness.event(Event::PointerMoved(harness.state().screen_from_image(*point)));
        harness.step();
    }
    press(harness, points[points.len() - 1], button, false);
}

pub const CYST: [[f32; 2]; 3] = [[150.0, 250.0], [170.0, 251.0], [190.0, 250.0]];

#[test]
fn it_opens_with_a_sample_and_its_controls_have_names() {
    let harness = studio_with(options());
    assert!(document(&harness).credit.is_some());
    for name in ["Open", "Save", "Export", "Undo", "Redo", "Brush", "Eraser", "Hand", "Fit", "IRF", "Reroll"]
    {
        assert!(harness.query_all_by_label(name).next().is_some(), "nothing is called {name}");
    }
    harness.get_by_label(editor_pane());
    assert_eq!(harness.state().first_error(), None);
}

#[test]
fn a_stroke_paints_at_once_and_is_one_named_step() {
    let mut harness = studio_with(options());
    let before = document(&harness);
    harness.get_by_label("IRF").click();
    harness.step();
    press(&mut harness, CYST[0], PointerButton::Primary, true);
    assert_eq!(
        document(&harness).pages[0].mask.composite(150, 250),
        IRF,
        "painted in the frame of the press"
    );
    harness.event(Event::PointerMoved(harness.state().screen_from_image(CYST[2])));
    harness.step();
    assert_eq!(document(&harness).pages[0].mask.composite(170, 250), IRF, "no gap in a fast stroke");
    press(&mut harness, CYST[2], PointerButton::Primary, false);
    let painted = document(&harness);
    assert_eq!(harness.state().session().editor.undo_name(), Some("brush: IRF"));
    assert!(harness.state().session().editor.has_unsaved_changes());

    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.step();
    assert_eq!(document(&harness), before);
    harness.get_by_label("Redo").click();
    harness.run_steps(2);
    assert_eq!(document(&harness), painted);
    assert_eq!(harness.state().session().editor.undo_names().len(), 1);
}

#[test]
fn the_right_button_erases_and_escape_takes_a_stroke_back() {
    let mut harness = studio_with(options());
    let clean = document(&harness);
    stroke(&mut harness, &CYST, PointerButton::Primary);
    let painted = document(&harness);
    assert_ne!(painted, clean);

    press(&mut harness, CYST[0], PointerButton::Secondary, true);
    harness.event(Event::PointerMoved(harness.state().screen_from_image(CYST[1])));
    harness.step();
    assert_ne!(document(&harness), painted);
    harness.key_press(Key::Escape);
    harness.step();
    assert_eq!(document(&harness), painted, "escape leaves no trace");
    press(&mut harness, CYST[1], PointerButton::Secondary, false);

    harness.state_mut().perform(Action::ScaleBrush(4.0));
    stroke(&mut harness, &CYST, PointerButton::Secondary);
    assert_eq!(document(&harness), clean, "erasing reveals the layers");
}

#[test]
fn keys_choose_labels_tools_and_sizes() {
    let mut harness = studio_with(options());
    harness.key_press(Key::Num5);
    harness.step();
    assert_eq!(harness.state().settings().label, 5);
    harness.key_press(Key::X);
    harness.step();
    assert_eq!(harness.state().settings().label, IRF);
    let radius = harness.state().settings().radius_px;
    harness.key_press(Key::CloseBracket);
    harness.step();
    assert!(harness.state().settings().radius_px > radius);
    harness.key_press(Key::F1);
    harness.run_steps(2);
    harness.get_by_label("Keys and gestures");
}

#[test]
fn the_palette_finds_a_command_by_a_few_letters_and_does_it() {
    let mut harness = studio_with(options());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    harness.run_steps(2);
    harness.event(Event::Text("eraser".to_owned()));
    harness.run_steps(2);
    assert_eq!(harness.state().settings().tool, Tool::Brush, "letters go to the field, not to the canvas");
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert_eq!(harness.state().settings().tool, Tool::Eraser);
    assert!(harness.query_by_label("Search commands").is_none(), "it closes");

    harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    harness.run_steps(2);
    harness.event(Event::Text("labels on".to_owned()));
    harness.run_steps(3);
    harness.get_by_label("Labels on or off").click();
    harness.run_steps(2);
    assert!(!harness.state().settings().overlay_shown, "the click is taken");
    assert!(harness.query_by_label("Search commands").is_none());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    harness.run_steps(2);
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert!(harness.query_by_label("Search commands").is_none());
}

#[test]
fn the_synthetic_scan_follows_the_brush() {
    let mut harness = studio_with(options());
    wait_until(&mut harness, "the first picture is complete", has_whole_picture);
    stroke(&mut harness, &CYST, PointerButton::Primary);
    wait_until(&mut harness, "the picture of the stroke is complete", has_whole_picture);
    harness.get_by_label("QUALITY: GOOD");
}

#[test]
fn the_synthetic_scan_follows_a_page_that_a_key_turns_and_a_sample_of_the_palette() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("two pages.retidiff");
    let mut two = samples::ALL[0].document().expect("a sample");
    two.pages.push(samples::ALL[1].document().expect("a sample").pages[0].clone());
    let bytes = retidiff::formats::write_document(&two);
    retidiff::formats::write_atomically(&path, &bytes).expect("written");
    let mut harness = studio_with(AppOptions { open: Some(path), ..options() });
    wait_until(&mut harness, "it is open", |studio| studio.session().page_count() == 2);
    wait_until(&mut harness, "the first picture is complete", has_whole_picture);
    for (key, page) in [(Key::PageDown, 1), (Key::PageUp, 0)] {
        harness.key_press(key);
        harness.step();
        assert_eq!(harness.state().session().page_index(), page);
        wait_until(&mut harness, "the picture of the other page is complete", has_whole_picture);
    }
    harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    harness.run_steps(2);
    harness.event(Event::Text("sample outside".to_owned()));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.step();
    assert_eq!(document(&harness).name, samples::ALL[2].name());
    wait_until(&mut harness, "the picture of the sample is complete", has_whole_picture);
}

#[test]
fn the_synthetic_scan_is_kept_with_the_page_and_saved() {
    let mut harness = studio_with(options());
    wait_until(&mut harness, "the first picture is complete", has_whole_picture);
    harness.run_steps(2);
    harness.get_by_label("Keep synthetic scan").click();
    wait_until(&mut harness, "it is kept", |studio| {
        studio.session().editor.undo_name() == Some("keep synthesis")
    });
    let kept = document(&harness).pages[0].synthesis.clone().expect("kept");
    assert_eq!((kept.model.as_str(), kept.steps), ("class greys", 8));
    assert!(!kept.sampler.is_empty());
    assert_eq!(kept.image.pixels[0], 0, "above the ILM");
    let bytes = retidiff::formats::write_document(&document(&harness));
    let (read, _) = retidiff::formats::read_document(&bytes, "kept.retidiff").expect("readable");
    assert_eq!(read.pages[0].synthesis.as_deref(), Some(&*kept));
}

#[test]
fn a_saved_document_comes_back_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("painted.retidiff");
    let mut harness = studio_with(options());
    stroke(&mut harness, &CYST, PointerButton::Primary);
    harness.state_mut().perform(Action::SaveTo(path.clone()));
    wait_until(&mut harness, "it is saved", |studio| !studio.session().editor.has_unsaved_changes());
    let saved = document(&harness);
    let bytes = std::fs::read(&path).expect("the file is there");

    let mut again = studio_with(AppOptions { open: Some(path.clone()), ..options() });
    wait_until(&mut again, "it is open", |studio| studio.session().path.is_some());
    assert_eq!(document(&again).pages, saved.pages);
    again.state_mut().perform(Action::SaveTo(path.clone()));
    wait_until(&mut again, "it is saved again", |studio| !studio.is_waiting_for_files());
    assert!(std::fs::read(&path).expect("the file is there") == bytes, "the same document, the same bytes");
}

#[test]
fn a_file_that_cannot_be_read_leaves_the_open_one_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("broken.retidiff");
    std::fs::File::create(&path).expect("a file");
    let mut harness = studio_with(options());
    let before = document(&harness);
    harness.state_mut().perform(Action::OpenPath(path));
    wait_until(&mut harness, "the error shows", |studio| studio.first_error().is_some());
    assert!(harness.state().first_error().is_some_and(|error| error.contains("broken.retidiff")));
    assert_eq!(document(&harness), before);
    harness.run_steps(2);
    harness.get_by_label("Dismiss").click();
    harness.run_steps(2);
    assert_eq!(harness.state().first_error(), None);
}

#[test]
fn unsaved_work_is_not_replaced_without_asking() {
    let mut harness = studio_with(options());
    stroke(&mut harness, &CYST, PointerButton::Primary);
    let painted = document(&harness);
    harness.state_mut().perform(Action::OpenSample(2));
    harness.run_steps(2);
    harness.get_by_label("Cancel").click();
    harness.run_steps(2);
    assert_eq!(document(&harness), painted);
    harness.state_mut().perform(Action::OpenSample(2));
    harness.run_steps(2);
    harness.get_by_label("Discard").click();
    harness.run_steps(3);
    assert_eq!(document(&harness).name, samples::ALL[2].name());
}

#[test]
fn work_that_was_left_behind_is_offered_and_restored() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut left = samples::ALL[1].document().expect("a sample");
    left.name = "Left behind".to_owned();
    {
        let mut journal = Journal::start(folder.path().join("journal")).expect("a journal");
        journal.note(&Editor::new(left.clone()), None);
    }
    let with_journal = |folder: PathBuf| AppOptions { data_folder: Some(folder), ..options() };
    let mut harness = studio_with(with_journal(folder.path().to_path_buf()));
    let started = Instant::now();
    while harness.query_by_label("Restore").is_none() {
        assert!(started.elapsed() < Duration::from_secs(10), "the work is not offered");
        sleep(Duration::from_millis(5));
        harness.step();
    }
    harness.get_by_label("Restore").click();
    wait_until(&mut harness, "it is restored", |studio| {
        studio.session().editor.document().name == "Left behind"
    });
    assert_eq!(document(&harness).pages, left.pages);
    assert!(harness.state().session().editor.has_unsaved_changes(), "it is in no file yet");
}

#[test]
fn a_bare_scan_says_how_to_begin() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("scan.png");
    let noise: Vec<u8> = (0..320_u32 * 200).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let image = GreyImage::new(320, 200, noise);
    let bytes = retidiff::formats::scan_image::write(&image, &[]).expect("a PNG");
    retidiff::formats::write_atomically(&path, &bytes).expect("written");
    let mut harness = studio_with(AppOptions { open: Some(path), ..options() });
    wait_until(&mut harness, "it is open", |studio| studio.session().page().scan.width() == 320);
    harness.run_steps(3);
    harness.get_by_label("Begin empty").click();
    harness.run_steps(2);
    assert_eq!(document(&harness).pages[0].mask.composite(10, 10), 0);
}

/// Looks: small pictures with room for what drivers round differently.
pub fn looks(harness: &mut Harness<'_, Studio>, name: &str) {
    let options = SnapshotOptions::new().threshold(2.0).max_failed_pixels(600);
    harness.snapshot_options(name, &options);
}

#[test]
fn the_window_looks_as_it_was_signed_off() {
    let mut options = options();
    options.synthesis = SynthesisSource::None("No model is bundled with this build.".to_owned());
    let mut harness = studio_with(options);
    harness.state_mut().perform(Action::OpenSample(1));
    harness.state_mut().perform(Action::Edit(Command::RerollNoise { seed: 7 }));
    harness.run_steps(3);
    looks(&mut harness, "window");
    harness.key_press(Key::F1);
    harness.run_steps(3);
    looks(&mut harness, "keys");
}

#[test]
fn two_syntheses_are_compared_and_a_recent_one_is_brought_back() {
    let mut harness = studio_with(options());
    wait_until(&mut harness, "the first picture is complete", has_whole_picture);
    harness.get_by_label("View").click();
    harness.run_steps(2);
    harness.get_by_label("Compare with another quality").click();
    wait_until(&mut harness, "the comparison is drawn", |studio| {
        studio.synthesis().comparison.picture().is_some()
    });
    harness.run_steps(2);
    harness.get_by_label("OVER DRAFT");

    let before = document(&harness);
    stroke(&mut harness, &CYST, PointerButton::Primary);
    wait_until(&mut harness, "the picture of the stroke is complete", has_whole_picture);
    let painted = document(&harness);
    assert_ne!(painted.pages, before.pages);
    // The first picture is the older of the two.
    harness.state_mut().perform(Action::Synthesis(SynthesisAction::CompareWithRecent(1)));
    harness.run_steps(2);
    harness.get_by_label("OVER KEPT PICTURE 1");
    harness.state_mut().perform(Action::Synthesis(SynthesisAction::BringBack(1)));
    harness.run_steps(2);
    assert_eq!(document(&harness).pages, before.pages);
    assert_eq!(harness.state().session().editor.undo_name(), Some("bring back a picture"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
    assert_eq!(document(&harness).pages, painted.pages);
    harness.get_by_label("Compare with the real scan").click();
    harness.run_steps(2);
    assert!(harness.query_by_label("OVER KEPT PICTURE 1").is_none());
}
