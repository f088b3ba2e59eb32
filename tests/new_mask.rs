//! New masks in the window: generated on their thread, picked from the strip, undone as one step.

use std::thread::sleep;
use std::time::{Duration, Instant};

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use retidiff::mask::{Mask, Measurements};
use retidiff::studio::shell::action::{Action, NewMaskAction};
use retidiff::studio::shell::app::{AppOptions, Studio};
use retidiff::studio::synthesis::new_mask::{self, no_scan_name};
use retidiff::worker::models::BUNDLED;

use crate::studio::{document, options, studio_with};

/// The mask model is real and the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(180);

fn wait_for_candidates(harness: &mut Harness<'_, Studio>, count: usize) {
    let started = Instant::now();
    while harness.state().new_masks().candidates.len() < count {
        let failure = harness.state().new_masks().failure.clone();
        assert!(failure.is_none() && started.elapsed() < PATIENCE, "no candidate: {failure:?}");
        sleep(Duration::from_millis(20));
        harness.step();
    }
    harness.run_steps(2);
}

fn has_model() -> bool {
    let has = BUNDLED.iter().any(|(name, _)| *name == "masks");
    if !has {
        eprintln!("skipped: this build carries no mask model");
    }
    has
}

#[test]
fn a_new_mask_is_picked_from_the_strip_and_undone_as_one_step() {
    if !has_model() {
        return;
    }
    let mut harness = studio_with(options());
    let before = document(&harness);
    harness.get_by_label("New mask").click();
    harness.run_steps(2);
    assert!(harness.state().new_masks().open);
    wait_for_candidates(&mut harness, 1);
    assert_eq!(document(&harness), before, "nothing changes until one is picked");

    harness.get_by_label("Candidate 1").click();
    harness.run_steps(2);
    assert!(harness.state().session().page().scan.is_placeholder, "the patient's labels stay");
    let opened = harness.state().session().editor.document().pages[0].mask.clone();
    assert_eq!(opened, harness.state().new_masks().candidates[0].candidate.mask);
    harness.state_mut().perform(Action::OpenSample(0));
    harness.run_steps(3);
    assert_eq!(document(&harness).pages, before.pages);

    harness.get_by_label("Generate masks").click();
    harness.run_steps(2);
    wait_for_candidates(&mut harness, 1);
    harness.get_by_label("Replace the labels of this B-scan").click();
    harness.run_steps(2);
    harness.get_by_label("Candidate 1").click();
    harness.run_steps(2);
    let picked = harness.state().new_masks().candidates[0].candidate.mask.clone();
    assert_eq!(document(&harness).pages[0].mask, picked);
    assert_eq!(harness.state().session().editor.undo_name(), Some("new mask (seed 4)"));

    harness.get_by_label("Vary this mask").click();
    harness.run_steps(2);
    assert!(harness.state().new_masks().candidates.is_empty(), "the old ones give way");
    wait_for_candidates(&mut harness, 1);
    assert!(harness.state().new_masks().candidates[0].varies);

    harness.state_mut().perform(Action::Undo);
    harness.run_steps(2);
    assert_eq!(document(&harness), before);
}

#[test]
fn labels_from_a_file_stay_when_a_new_mask_is_chosen() {
    if !has_model() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("labels.png");
    crate::looks::write_other_labels(&path);
    let mut harness = studio_with(AppOptions { open: Some(path), ..options() });
    let started = Instant::now();
    while harness.state().session().opened_from.is_none() {
        assert!(started.elapsed() < PATIENCE, "it is not opened");
        sleep(Duration::from_millis(20));
        harness.step();
    }
    harness.run_steps(3);
    assert!(harness.state().session().page().scan.is_placeholder, "labels alone");
    harness.get_by_label("New mask").click();
    harness.run_steps(2);
    wait_for_candidates(&mut harness, 1);
    harness.get_by_label("Candidate 1").click();
    harness.run_steps(3);
    let session = harness.state().session();
    assert_eq!(session.opened_from, None, "it is a document of its own");
    assert_eq!(session.editor.undo_name(), None, "nothing of the file was replaced");
}

#[test]
fn a_varied_mask_keeps_the_cysts_that_it_was_not_asked_to_change() {
    if !has_model() {
        return;
    }
    let mut harness = studio_with(options());
    harness.state_mut().perform(Action::OpenSample(1));
    harness.run_steps(3);
    let cysts = |mask: &Mask| Measurements::of(mask, None).lesions[0];
    let before = document(&harness).pages[0].mask.clone();
    harness.state_mut().perform(Action::NewMask(NewMaskAction::VaryMask));
    harness.run_steps(2);
    wait_for_candidates(&mut harness, 1);
    let shown = &harness.state().new_masks().candidates[0];
    let (was, is) = (cysts(&before), cysts(&shown.candidate.mask));
    assert!(shown.varies && shown.candidate.mask.layers != before.layers, "another retina");
    assert_eq!(was.count, is.count);
    let share = is.pixels as f64 / was.pixels as f64;
    assert!((0.95..=1.0).contains(&share), "{share:.3} of their area is left");
}

#[test]
fn a_document_without_a_scan_is_a_page_that_says_so() {
    let document = new_mask::document_without_scan();
    assert_eq!(document.name, no_scan_name());
    assert!(document.pages[0].scan.is_placeholder);
    let mut harness = studio_with(options());
    assert!(!harness.state().session().page().scan.is_placeholder);
    harness.state_mut().perform(Action::NewMask(NewMaskAction::OpenEmptyPage));
    harness.run_steps(3);
    assert_eq!(harness.state().session().editor.document().name, no_scan_name());
    harness.get_by_label("NO REAL SCAN");
}
