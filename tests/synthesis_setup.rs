//! How synthetic scans are made is one value with one owner: what was requested, chosen or saved outlives another model
//! and another start, and what the pane shows says what it is.

use retidiff::device::{DeviceChoice, DeviceInfo};
use retidiff::diffusion::NoiseSpacing;
use retidiff::formats::write_file;
use retidiff::scan::GreyImage;
use retidiff::studio::shell::action::{Action, SynthesisAction};
use retidiff::studio::shell::app::{AppOptions, SynthesisSource};
use retidiff::studio::training::TrainingAction;
use retidiff::worker::renderer::{BetweenSteps, Destination, Edit, Failure, RenderScene, Renderer};
use retidiff::worker::{LoadedModel, ModelSource, PictureImage, SynthesisWorker};

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
