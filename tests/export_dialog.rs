//! The dialog of exports: what it previews is what it writes, and what is there is replaced only if that is said.

use std::path::Path;

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use retidiff::formats::export::ExportPreset;
use retidiff::formats::open::{FileKind, open};
use retidiff::studio::export::ExportAction;
use retidiff::studio::shell::action::Action;
use retidiff::studio::shell::app::Studio;

use crate::studio::{document, options, studio_with, wait_until};
use crate::tools::keep_screen;

/// The dialog, open for a preset and a folder, with its plan made.
fn dialog_for(preset: ExportPreset, folder: &Path) -> Harness<'static, Studio> {
    let mut harness = studio_with(options());
    harness.state_mut().perform(Action::Export(ExportAction::Toggle));
    let dialog = harness.state_mut().export_dialog_mut().expect("the dialog is open");
    (dialog.preset, dialog.folder, dialog.name) =
        (Some(preset), folder.display().to_string(), "eye".to_owned());
    wait_for_plan(&mut harness);
    harness
}

fn wait_for_plan(harness: &mut Harness<'_, Studio>) {
    wait_until(harness, "the files of the export are made", |studio| {
        let revision = studio.session().editor.revision();
        studio.export_dialog().is_some_and(|dialog| dialog.plan(revision).is_some())
    });
    harness.run_steps(2);
}

#[test]
fn pairs_are_previewed_written_and_open_again() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let mut harness = dialog_for(ExportPreset::Pairs, &out);
    harness.get_by_label("images/eye.png");
    harness.get_by_label("labels/eye.png");
    harness.get_by_label_contains("Stays behind: the size of a pixel");
    harness.get_by_label_contains("Nobody is named in the files");
    keep_screen(&mut harness, "export-dialog");
    assert!(!out.exists(), "a look writes nothing");
    harness.get_by_label("Export files").click();
    harness.run_steps(2);
    assert!(harness.state().export_dialog().is_none());
    wait_until(&mut harness, "it is written", |studio| !studio.is_waiting_for_files());
    let read = open(&out).unwrap();
    let shown = document(&harness);
    assert!(matches!(read.kind, FileKind::Folder(_)));
    assert_eq!(read.document.pages[0].scan.image, shown.pages[0].scan.image);
    let codes = |mask: &retidiff::mask::Mask| mask.composite_pixels();
    assert_eq!(codes(&read.document.pages[0].mask), codes(&shown.pages[0].mask));
}

#[test]
fn files_that_are_there_are_replaced_only_if_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("eye.npz");
    retidiff::formats::write_file(&file, b"somebody's work").unwrap();
    let mut harness = dialog_for(ExportPreset::Npz, folder.path());
    harness.get_by_label_contains("is there already");
    harness.state_mut().perform(Action::Export(ExportAction::Start));
    harness.run_steps(2);
    assert!(harness.state().export_dialog().is_some(), "it asks first");
    assert_eq!(std::fs::read(&file).unwrap(), b"somebody's work");
    harness.get_by_label("Replace the file that is there").click();
    harness.run_steps(2);
    harness.get_by_label("Export files").click();
    harness.run_steps(2);
    wait_until(&mut harness, "it is written", |studio| !studio.is_waiting_for_files());
    assert!(std::fs::read(&file).unwrap().starts_with(b"PK"), "an archive of arrays");
}

#[test]
fn what_dicom_requires_is_asked_for_and_another_preset_makes_another_plan() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = dialog_for(ExportPreset::Dicom, folder.path());
    harness.get_by_label_contains("DICOM requires which eye it is");
    harness.state_mut().export_dialog_mut().unwrap().preset = Some(ExportPreset::Nifti);
    wait_for_plan(&mut harness);
    harness.get_by_label("eye.nii.gz");
    harness.get_by_label("eye_labels.nii.gz");
}
