//! How synthetic scans are made is one value with one owner: what was requested, chosen or saved outlives another model
//! and another start, and what the pane shows says what it is.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread::sleep;
use std::time::{Duration, Instant};

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use retidiff::device::{DeviceChoice, DeviceInfo};
use retidiff::diffusion::NoiseSpacing;
use retidiff::diffusion::model_file::{self, Precision};
use retidiff::formats::{scan_image, write_file};
use retidiff::scan::GreyImage;
use retidiff::studio::shell::action::{Action, SynthesisAction};
use retidiff::studio::shell::app::{AppOptions, Studio, SynthesisSource};
use retidiff::studio::synthesis_source;
use retidiff::studio::training::TrainingAction;
use retidiff::worker::models::image_models;
use retidiff::worker::renderer::{BetweenSteps, Destination, Edit, Failure, RenderScene, Renderer};
use retidiff::worker::{LoadedModel, ModelSource, PictureImage, SynthesisWorker};

use crate::jobs::types_paths;
use crate::keeping_work::{type_path, wait_for_files};
use crate::studio::{document, has_whole_picture, options, studio_with, wait_until};

#[test]
fn what_is_to_be_kept_is_kept_when_another_model_is_chosen_at_once() {
    let mut harness = studio_with(options());
    wait_until(&mut harness, "the first picture is complete", has_whole_picture);
    harness.state_mut().perform(Action::Synthesis(SynthesisAction::KeepSynthesis));
    let missing = ModelSource::File("no-such-model.safetensors".into());
    harness.state_mut().perform(Action::Training(TrainingAction::UseModel(missing)));
    wait_until(&mut harness, "it is kept", |studio| {
        studio.session().editor.undo_name() == Some("keep synthesis")
    });
    let kept = document(&harness).pages[0].synthesis.clone().expect("kept");
    assert_eq!(kept.model, "class greys", "by the model that was shown when it was asked for");
}

#[test]
fn at_strength_zero_the_pane_says_that_it_shows_the_real_scan() {
    let mut harness = studio_with(options());
    wait_until(&mut harness, "the first picture is complete", has_whole_picture);
    assert_eq!(harness.state().plate(), "SYNTHETIC – not for diagnosis");
    harness.state_mut().perform(Action::Set(|settings| settings.strength = 0.0));
    wait_until(&mut harness, "the real scan is shown", |studio| studio.plate() == "Real scan (strength 0)");
    harness.state_mut().perform(Action::Set(|settings| settings.strength = 1.0));
    wait_until(&mut harness, "it is synthetic again", |studio| {
        studio.plate() == "SYNTHETIC – not for diagnosis" && has_whole_picture(studio)
    });
}

#[test]
fn a_guidance_that_was_saved_is_that_of_the_next_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let saved = br#"{"format": "retidiff-settings", "version": 1, "panels": {"guidance": 3.0}}"#;
    write_file(&folder.path().join("settings.json"), saved).expect("written");
    let with_data = AppOptions { data_folder: Some(folder.path().to_path_buf()), ..options() };
    let mut harness = studio_with(with_data);
    assert_eq!(harness.state().settings().guidance, 3.0);
    wait_until(&mut harness, "the first picture is complete", has_whole_picture);
    assert_eq!(harness.state().settings().guidance, 3.0, "a model that came later did not change it");
}

#[test]
fn noise_levels_and_lesion_contrast_are_saved_drawn_with_and_brought_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let saved = br#"{"format": "retidiff-settings", "version": 1,
        "panels": {"noise_spacing": "karras", "lesion_contrast": 2.0}}"#;
    write_file(&folder.path().join("settings.json"), saved).expect("written");
    let with_data = AppOptions { data_folder: Some(folder.path().to_path_buf()), ..options() };
    let mut harness = studio_with(with_data);
    assert_eq!(harness.state().settings().noise_spacing, NoiseSpacing::Karras);
    wait_until(&mut harness, "the first picture is complete", has_whole_picture);
    harness.state_mut().perform(Action::Set(|settings| {
        (settings.noise_spacing, settings.lesion_contrast) = (NoiseSpacing::LogSnr, 1.0);
    }));
    harness.run_steps(3);
    harness.state_mut().perform(Action::Synthesis(SynthesisAction::BringBack(1)));
    let settings = harness.state().settings();
    assert_eq!((settings.noise_spacing, settings.lesion_contrast), (NoiseSpacing::Karras, 2.0));
}

/// The CPU, while a GPU is being prepared.
struct StandIn;

impl Renderer for StandIn {
    fn device(&self) -> DeviceInfo {
        DeviceInfo {
            name: "CPU".into(),
            backend: "flex".into(),
            is_stand_in: true,
            note: Some("a GPU is being prepared, the CPU draws meanwhile".into()),
            ..DeviceInfo::default()
        }
    }

    fn model(&self) -> LoadedModel {
        LoadedModel { name: "grey".into(), preset: "test".into(), ..LoadedModel::default() }
    }

    fn render(
        &self,
        scene: &RenderScene,
        _steps: u32,
        _edit: Option<Edit<'_>>,
        _destination: Destination,
        _between_steps: BetweenSteps<'_>,
    ) -> Result<Option<PictureImage>, Failure> {
        let pixels = vec![90u8; scene.labels.len()];
        Ok(Some(PictureImage::Cpu(GreyImage::new(scene.width, scene.height, pixels))))
    }
}

#[test]
fn a_cpu_that_stands_in_for_a_gpu_is_no_choice_of_the_user() {
    let start =
        |wake, _shared| SynthesisWorker::start_with(wake, |_| Box::new(|| Ok::<StandIn, Failure>(StandIn)));
    let synthesis = SynthesisSource::Worker(start);
    let mut harness = studio_with(AppOptions { synthesis, ..options() });
    wait_until(&mut harness, "the first picture is complete", has_whole_picture);
    assert!(harness.state().synthesis().device().is_some_and(|device| device.is_stand_in));
    // Whatever is chosen next goes on from the setup, not from what draws at the moment.
    for name in ["one.safetensors", "another.safetensors"] {
        let missing = ModelSource::File(name.into());
        harness.state_mut().perform(Action::Training(TrainingAction::UseModel(missing.clone())));
        harness.run_steps(3);
        let setup = harness.state().synthesis_setup();
        assert_eq!((setup.device, setup.model), (DeviceChoice::Auto, missing));
    }
}

/// Waits until something can be clicked.
fn wait_for_label(harness: &mut Harness<'_, Studio>, text: &str) {
    let began = Instant::now();
    while harness.query_by_label(text).is_none() {
        assert!(began.elapsed() < Duration::from_secs(30), "{text} never shows");
        sleep(Duration::from_millis(10));
        harness.step();
    }
}

#[test]
fn the_model_of_the_command_line_is_in_use_and_one_that_is_chosen_keeps_its_device() {
    let folder = tempfile::tempdir().expect("a folder");
    let models = folder.path().join("models");
    std::fs::create_dir_all(&models).expect("a folder");
    let file = |name: &str| models.join(format!("{name}.safetensors"));
    let (unet, info) = crate::model_file::tiny_model();
    for name in ["mine", "other"] {
        model_file::save(&file(name), &unet, &info, Precision::F16).expect("written");
    }
    // As `retidiff --model .../mine.safetensors --device cpu` opens it.
    let synthesis = synthesis_source(Some(file("mine").display().to_string()), DeviceChoice::Cpu);
    let options = AppOptions { open: None, data_folder: Some(folder.path().to_owned()), synthesis };
    let mut harness = Harness::builder()
        .with_size([1360.0, 820.0])
        .with_step_dt(1.0 / 60.0)
        .with_render_cursor(false)
        .wgpu()
        .build_eframe(|creation| Studio::new(creation, options));
    harness.run_steps(3);
    harness.get_by_label("Train").click();
    wait_for_label(&mut harness, "Use other");
    assert!(harness.query_by_label("Use mine").is_none(), "it was named");
    assert_eq!(harness.query_all_by_label("in use").count(), 1);
    for (bundled, _) in image_models() {
        harness.get_by_label(&format!("Use {bundled}"));
    }

    harness.get_by_label("Use other").click();
    wait_for_label(&mut harness, "Use mine");
    assert!(harness.query_by_label("Use other").is_none(), "it is in use");
    assert_eq!(harness.query_all_by_label("in use").count(), 1);
    let setup = harness.state().synthesis_setup();
    assert_eq!((setup.model, setup.device), (ModelSource::File(file("other")), DeviceChoice::Cpu));
    wait_until(&mut harness, "it is loaded", |studio| studio.synthesis().device().is_some());
    let device = harness.state().synthesis().device().expect("loaded").clone();
    assert!(!device.is_gpu && !device.is_stand_in, "{device:?}");

    // As `--model` names a file that lies elsewhere.
    let elsewhere = folder.path().join("elsewhere.safetensors");
    model_file::save(&elsewhere, &unet, &info, Precision::F16).expect("written");
    harness.state_mut().perform(Action::Training(TrainingAction::UseModel(ModelSource::File(elsewhere))));
    wait_for_label(&mut harness, "elsewhere");
    assert_eq!(harness.query_all_by_label("in use").count(), 1);
    harness.get_by_label("Use other");
}

/// Paints each label with its own grey; a picture that is not for the screen waits until a gate is open.
struct Gated {
    is_open: Arc<AtomicBool>,
}

fn greys(codes: &[u8]) -> Vec<u8> {
    codes.iter().map(|code| code.saturating_mul(20)).collect()
}

impl Renderer for Gated {
    fn device(&self) -> DeviceInfo {
        DeviceInfo { name: "CPU".into(), backend: "test".into(), ..DeviceInfo::default() }
    }

    fn model(&self) -> LoadedModel {
        LoadedModel { name: "gated".into(), preset: "test".into(), ..LoadedModel::default() }
    }

    fn render(
        &self,
        scene: &RenderScene,
        steps: u32,
        _edit: Option<Edit<'_>>,
        destination: Destination,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<PictureImage>, Failure> {
        while destination == Destination::Memory && !self.is_open.load(Ordering::Acquire) {
            if between_steps(1, steps) == ControlFlow::Break(()) {
                return Ok(None);
            }
            sleep(Duration::from_millis(1));
        }
        let picture = GreyImage::new(scene.width, scene.height, greys(&scene.labels));
        Ok(Some(PictureImage::Cpu(picture)))
    }
}

/// Asks for the synthetic scan to be written to a file, as a user types its path.
fn export_to(harness: &mut Harness<'_, Studio>, path: &Path) {
    harness.state_mut().perform(Action::ExportSynthetic);
    wait_for_files(harness);
    type_path(harness, path);
}

fn use_a_missing_model(harness: &mut Harness<'_, Studio>) {
    let missing = ModelSource::File("no-such-model.safetensors".into());
    harness.state_mut().perform(Action::Training(TrainingAction::UseModel(missing)));
}

#[test]
fn a_file_that_is_being_drawn_is_written_though_another_model_is_chosen_meanwhile() {
    if !types_paths() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.png");
    // The start is a function alone, so what it shares with the test stands outside both.
    static IS_OPEN: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);
    let start = |wake, _shared| {
        SynthesisWorker::start_with(wake, |_| {
            Box::new(|| Ok::<Gated, Failure>(Gated { is_open: Arc::clone(&IS_OPEN) }))
        })
    };
    let synthesis = SynthesisSource::Worker(start);
    let mut harness = studio_with(AppOptions { synthesis, ..options() });
    wait_until(&mut harness, "the first picture is complete", has_whole_picture);
    let codes = document(&harness).pages[0].mask.composite_pixels();
    export_to(&mut harness, &path);
    assert!(harness.state().synthesis().is_exporting() && !path.exists(), "it is being drawn");
    use_a_missing_model(&mut harness);
    harness.run_steps(3);
    assert!(!path.exists());
    IS_OPEN.store(true, Ordering::Release);
    wait_until(&mut harness, "it is written", |_| path.exists());
    wait_for_files(&mut harness);
    let written = std::fs::read(&path).expect("a file");
    let image = scan_image::read(&written, "out.png").expect("a PNG");
    assert_eq!(image.pixels[..], greys(&codes)[..], "by the model that was shown when it was asked for");
}

#[test]
fn a_file_that_no_model_is_left_to_draw_is_refused_in_words() {
    if !types_paths() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out.png");
    let mut harness = studio_with(options());
    wait_until(&mut harness, "the first picture is complete", has_whole_picture);
    harness.state_mut().perform(Action::ExportSynthetic);
    wait_for_files(&mut harness);
    // While its place is being chosen.
    use_a_missing_model(&mut harness);
    assert_eq!(harness.state().first_error(), None);
    type_path(&mut harness, &path);
    wait_until(&mut harness, "it is refused", |studio| studio.first_error().is_some());
    assert!(!path.exists());
}
