//! The dialog that asks what the values of a label file are: nothing is guessed, the order of the layers is looked at
//! before anything is overwritten, and what is loaded is one step.

use std::path::{Path, PathBuf};

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use retidiff::anatomy::IRF;
use retidiff::document::{Document, Page};
use retidiff::formats::label_mapping::{Meaning, SchemeKind};
use retidiff::formats::label_picture::LabelValue;
use retidiff::formats::volume_export::ExportVolume;
use retidiff::formats::{metaimage_writer, scan_image, write_document, write_file};
use retidiff::mask::Mask;
use retidiff::scan::{BScan, GreyImage, Spacing};
use retidiff::studio::label_mapping::MappingAnswer;
use retidiff::studio::shell::action::Action;
use retidiff::studio::shell::app::{AppOptions, Studio};

use crate::fixtures;
use crate::studio::{document, options, studio_with, wait_until};
use crate::tools::keep_screen;

/// Grey PNG of the size of the page shown, white in a square of its retina.
fn white_square(page: &Page, folder: &Path) -> PathBuf {
    let (width, height) = (page.scan.width(), page.scan.height());
    let is_inside = |x: u32, y: u32| (150..180).contains(&x) && (200..220).contains(&y);
    let white = |x: u32, y: u32| if is_inside(x, y) { 255 } else { 0 };
    let pixels: Vec<u8> = (0..height).flat_map(|y| (0..width).map(move |x| white(x, y))).collect();
    let path = folder.join("white.png");
    let bytes = scan_image::write(&GreyImage::new(width, height, pixels), &[]).unwrap();
    write_file(&path, &bytes).unwrap();
    path
}

fn wait_for_labels(harness: &mut Harness<'_, Studio>) {
    wait_until(harness, "labels are made of the answers", |studio| {
        studio.mapping_question().is_some_and(|question| question.tried.is_some())
    });
    harness.run_steps(2);
}

#[test]
fn white_on_black_is_asked_about_and_loaded_as_one_step() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = studio_with(options());
    let before = document(&harness);
    let path = white_square(&before.pages[0], folder.path());
    // Opened, not asked for as labels: it may be a scan, too.
    harness.state_mut().perform(Action::OpenPath(path));
    wait_for_labels(&mut harness);
    harness.get_by_label_contains("What are these values?");
    harness.get_by_label_contains("It is not said yet what every value is.");
    assert!(harness.query_by_label("Open as scan").is_some());
    harness.state_mut().perform(Action::AnswerMapping(MappingAnswer::Load));
    assert_eq!(document(&harness), before, "nothing is loaded before it is said what white is");
    let white = MappingAnswer::Value(LabelValue::Code(255), Meaning::Label(IRF));
    harness.state_mut().perform(Action::AnswerMapping(white));
    wait_for_labels(&mut harness);
    harness.get_by_label_contains("The layers are in order.");
    harness.get_by_label_contains("They are lesions alone");
    keep_screen(&mut harness, "label-mapping");
    harness.get_by_label("Load as labels").click();
    harness.run_steps(3);
    let after = document(&harness);
    assert_eq!(after.pages[0].mask.layers, before.pages[0].mask.layers, "the layers stay");
    assert_eq!(after.pages[0].mask.composite(160, 210), IRF);
    assert_eq!(harness.state().session().editor.undo_name(), Some("labels from white.png"));
    assert!(harness.state().mapping_question().is_none());
    harness.state_mut().perform(Action::Undo);
    assert_eq!(document(&harness).pages[0].mask, before.pages[0].mask);
}

/// Three B-scans of 48 x 40 with layers.
fn volume() -> Document {
    let codes = fixtures::codes(48, 40);
    let page = |number: usize| {
        let scan = BScan::from_image(fixtures::grey(48, 40), format!("B-scan {number}"));
        Page::new(scan, Mask::from_composite(48, 40, &codes).0)
    };
    let mut document =
        Document::from_scan(BScan::from_image(fixtures::grey(48, 40), "volume"), Mask::unannotated(48, 40));
    document.pages = (0..3).map(page).collect();
    document.name = "three B-scans".to_owned();
    document
}

#[test]
fn a_volume_of_foreign_labels_is_asked_about_and_goes_onto_all_b_scans_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let opened = folder.path().join("volume.retidiff");
    write_file(&opened, &write_document(&volume())).unwrap();
    let mut voxels = vec![0; 3 * 48 * 40];
    for (b_scan, code) in [(0, 1), (1, 2), (2, 3)] {
        (10..14).for_each(|row| voxels[b_scan * 48 * 40 + row * 48 + 20..][..6].fill(code));
    }
    let labels = ExportVolume {
        width: 48,
        height: 40,
        b_scans: 3,
        voxels,
        spacing: Spacing::checked(3.9, 11.7),
        b_scan_distance_um: Some(250.0),
    };
    let path = folder.path().join("reference.mha");
    write_file(&path, &metaimage_writer::write(&labels)).unwrap();
    let mut harness = studio_with(AppOptions { open: Some(opened), ..options() });
    wait_until(&mut harness, "the volume is open", |studio| studio.session().page_count() == 3);
    let before = document(&harness);
    harness.state_mut().perform(Action::LoadLabelsFrom(path));
    wait_for_labels(&mut harness);
    let scheme = harness.state().mapping_question().and_then(|question| question.scheme);
    assert_eq!(scheme.map(|scheme| scheme.kind), Some(SchemeKind::Retouch));
    harness.get_by_label_contains("the layers of all 3 B-scans stay");
    harness.state_mut().perform(Action::AnswerMapping(MappingAnswer::Load));
    harness.run_steps(2);
    let after = document(&harness);
    for (index, page) in after.pages.iter().enumerate() {
        assert_eq!(page.mask.composite(22, 12), IRF + index as u8);
        assert_eq!(page.mask.layers, before.pages[index].mask.layers);
    }
    harness.state_mut().perform(Action::Undo);
    assert_eq!(document(&harness), before, "one step for all of them");
}
