//! The page of designed cases: a template is chosen, changed, and opened as a document that measures as it asks.

use std::thread::sleep;
use std::time::{Duration, Instant};

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use retidiff::mask::Measurements;
use retidiff::studio::shell::app::Studio;

use crate::studio::{options, studio_with};

const PATIENCE: Duration = Duration::from_secs(60);

fn wait_until(harness: &mut Harness<'_, Studio>, what: &str, is_so: impl Fn(&Harness<'_, Studio>) -> bool) {
    let started = Instant::now();
    while !is_so(harness) {
        assert!(started.elapsed() < PATIENCE, "not in time: {what}");
        sleep(Duration::from_millis(20));
        harness.step();
    }
}

#[test]
fn a_case_is_chosen_and_opened_as_a_document_that_measures_as_it_asks() {
    let mut harness = studio_with(options());
    harness.get_by_label("Cases").click();
    harness.run_steps(2);
    harness.get_by_label("DME, mild").click();
    harness.run_steps(2);
    wait_until(&mut harness, "the case is solved", |harness| {
        harness.query_by_label("Open case").is_some_and(|b| !b.accesskit_node().is_disabled())
    });
    harness.get_by_label("Open case").click();
    harness.run_steps(3);

    let document = harness.state().session().editor.document().clone();
    let page = &document.pages[0];
    assert_eq!(document.name, "DME, mild");
    assert!(page.scan.is_placeholder && !harness.state().session().editor.has_unsaved_changes());
    let measured = Measurements::about(&page.mask, page.scan.spacing, page.scan.fovea_column);
    let central_um = measured.central.um.expect("a case knows its pixel size");
    assert!((central_um - 320.0).abs() <= 5.0, "{central_um} µm about the recipe's fovea");
    assert_eq!(measured.lesions.iter().map(|lesion| lesion.count).sum::<usize>(), 3);
    harness.get_by_label("NO REAL SCAN");
}
