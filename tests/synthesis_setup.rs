//! How synthetic scans are made is one value with one owner: what was requested, chosen or saved outlives another model
//! and another start, and what the pane shows says what it is.

use retidiff::formats::write_file;
use retidiff::studio::shell::action::Action;
use retidiff::studio::shell::app::AppOptions;
use retidiff::studio::training::TrainingAction;
use retidiff::worker::ModelSource;

use crate::studio::{document, has_whole_picture, options, studio_with, wait_until};

#[test]
fn what_is_to_be_kept_is_kept_when_another_model_is_chosen_at_once() {
    let mut harness = studio_with(options());
    wait_until(&mut harness, "the first picture is complete", has_whole_picture);
    harness.state_mut().perform(Action::KeepSynthesis);
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
