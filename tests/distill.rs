//! The stage `distill` on a phantom: it needs a teacher, follows it, learns, and says whose student it is.

use std::fs;
use std::path::{Path, PathBuf};

use retidiff::device;
use retidiff::diffusion::model_file;
use retidiff::training::distillation::{Distillation, DistillationTarget};
use retidiff::training::run_directory::RunDirectory;
use retidiff::training::{RunConfig, Stage};
use retidiff::worker::model_renderer::ModelRenderer;

use crate::trainer::{config, data_set, losses, resume, train_from};

#[test]
fn a_student_follows_its_teacher_and_learns_without_being_told_its_network() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let (teacher, student) = (folder.path().join("teacher"), folder.path().join("student"));
    train_from(RunConfig { sample_every: 0, validate_every: 0, ..config(60) }, &data, &teacher, None)
        .unwrap();

    let settings = RunConfig {
        stage: Stage::Distill,
        steps: 40,
        sample_every: 0,
        validate_every: 20,
        network: RunConfig::live().network,
        ..config(40)
    };
    let refused =
        train_from(settings.clone(), &data, &folder.path().join("none"), None).unwrap_err().to_string();
    assert!(refused.contains("--from"), "{refused}");

    let model = teacher.join("model.safetensors");
    train_from(settings, &data, &student, Some(&model)).unwrap();
    let info = |path: &Path| {
        let bytes = fs::read(path.join("model.safetensors")).unwrap();
        model_file::read_info(&bytes, "model").unwrap()
    };
    let (student_info, teacher) = (info(&student), info(&teacher));
    assert_eq!(student_info.network, teacher.network, "the teacher's network, whatever the settings said");
    assert_eq!(student_info.teacher_sha256(), Some(teacher.tensors_sha256.as_str()));
    assert_eq!(student_info.training.stage.copied(), Some(Stage::Distill));
    let drm = Some(RunConfig::live().drm);
    assert_eq!(
        (student_info.training.drm.copied(), teacher.training.drm.copied()),
        (drm, drm),
        "both dim their lesions"
    );
    let validation: Vec<f64> =
        losses(&student).into_iter().filter(|(step, _)| *step < 0).map(|(_, loss)| loss).collect();
    assert_eq!(validation.len(), 2);
    assert!(
        validation.iter().all(|loss| loss.is_finite()) && validation[1] < validation[0],
        "{validation:?}"
    );
}

#[test]
fn a_student_keeps_its_teacher_and_goes_on_with_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let (teacher, student) = (folder.path().join("teacher"), folder.path().join("student"));
    let quiet = |steps| RunConfig { sample_every: 0, validate_every: 0, ..config(steps) };
    train_from(quiet(3), &data, &teacher, None).unwrap();
    let settings = RunConfig { stage: Stage::Distill, ..quiet(2) };
    let model = teacher.join("model.safetensors");
    train_from(settings, &data, &student, Some(&model)).unwrap();
    let kept = student.join("teacher.safetensors");
    assert_eq!(fs::read(&kept).unwrap(), fs::read(&model).unwrap());

    let longer = || RunConfig { steps: 4, ..RunDirectory::read_config(&student).unwrap() };
    resume(longer(), &data, &student).unwrap();
    let branch = folder.path().join("branch");
    RunDirectory::branch(&student, 4, &branch, &RunConfig { steps: 5, ..longer() }).unwrap();
    assert_eq!(fs::read(branch.join("teacher.safetensors")).unwrap(), fs::read(&model).unwrap());

    fs::copy(student.join("model.safetensors"), &kept).unwrap();
    let refused = resume(RunConfig { steps: 6, ..longer() }, &data, &student).unwrap_err().to_string();
    assert!(refused.contains("not the teacher"), "{refused}");
    fs::remove_file(&kept).unwrap();
    let missing = resume(RunConfig { steps: 6, ..longer() }, &data, &student).unwrap_err().to_string();
    assert!(missing.contains("teacher.safetensors"), "{missing}");
}

/// A teacher of 60 steps and a student of 40, which learns something and can go on.
fn student_of(folder: &Path, distillation: Distillation) -> [PathBuf; 2] {
    let data = data_set(folder);
    let [teacher, student] = ["teacher", "student"].map(|name| folder.join(name));
    let quiet = |steps| RunConfig { sample_every: 0, validate_every: 0, ..config(steps) };
    train_from(quiet(60), &data, &teacher, None).unwrap();
    let settings = RunConfig { stage: Stage::Distill, distillation, validate_every: 20, ..quiet(40) };
    train_from(settings, &data, &student, Some(&teacher.join("model.safetensors"))).unwrap();
    let validation: Vec<f64> =
        losses(&student).into_iter().filter(|(step, _)| *step < 0).map(|(_, loss)| loss).collect();
    assert!(validation.len() == 2 && validation[1] < validation[0], "{validation:?}");
    let longer = RunConfig { steps: 41, ..RunDirectory::read_config(&student).unwrap() };
    resume(longer, &data, &student).unwrap();
    [teacher, student]
}

#[test]
fn a_student_may_learn_from_itself_and_keeps_no_teacher_then() {
    let folder = tempfile::tempdir().unwrap();
    let itself = Distillation { target: DistillationTarget::Consistency, ..Distillation::default() };
    let [_, student] = student_of(folder.path(), itself);
    assert!(!student.join("teacher.safetensors").exists());
}

#[test]
fn a_student_learns_styles_along_its_teachers_directions() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let path = |name: &str| folder.path().join(name);
    let quiet = |config: RunConfig| RunConfig { sample_every: 0, validate_every: 0, ..config };
    train_from(quiet(crate::resumed_run::teacher(4)), &data, &path("teacher"), None).unwrap();
    let model = path("teacher").join("model.safetensors");
    let settings = RunConfig { stage: Stage::Distill, ..quiet(config(3)) };
    train_from(settings.clone(), &data, &path("student"), Some(&model)).unwrap();
    let info = |name: &str| {
        let bytes = fs::read(path(name).join("model.safetensors")).unwrap();
        model_file::read_info(&bytes, "model").unwrap()
    };
    let (teacher, student) = (info("teacher"), info("student"));
    assert!(student.shadow && student.style.is_some());
    assert_eq!(student.style, teacher.style, "not turned by a fit of its own");
    let longer = RunConfig { steps: 4, ..RunDirectory::read_config(&path("student")).unwrap() };
    resume(longer, &data, &path("student")).unwrap();
    assert_eq!(info("student").style, teacher.style, "nor after it went on");

    let itself = Distillation { target: DistillationTarget::Consistency, ..Distillation::default() };
    let alone = RunConfig { distillation: itself, ..settings };
    let refused = train_from(alone, &data, &path("alone"), Some(&model)).unwrap_err().to_string();
    assert!(refused.contains("path"), "{refused}");
}

#[test]
fn a_student_may_have_fewer_channels_than_its_teacher() {
    let folder = tempfile::tempdir().unwrap();
    let half = Distillation { width_percent: 50, ..Distillation::default() };
    let [teacher, student] = student_of(folder.path(), half);
    let bytes = |run: &Path| fs::read(run.join("model.safetensors")).unwrap();
    let widths = |run: &Path| model_file::read_info(&bytes(run), "model").unwrap().network.widths;
    assert_eq!((widths(&teacher), widths(&student)), (vec![8, 16], vec![4, 8]));
    let mut renderer = ModelRenderer::load(&bytes(&teacher), "teacher", &device::cpu(None)).unwrap();
    assert!(renderer.take_student(&bytes(&student), "student").unwrap(), "the studio lets it draw drafts");
}
