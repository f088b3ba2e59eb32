//! The page of designed cases: a template is chosen, changed, and opened as a document that measures as it asks.

use std::io::Cursor;
use std::thread::sleep;
use std::time::{Duration, Instant};

use eframe::egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use retidiff::cases::visits::{Course, CourseError, Placement};
use retidiff::cases::{CaseRecipe, Template};
use retidiff::formats::course_files::CourseFile;
use retidiff::formats::figure::FigureFormat;
use retidiff::mask::Measurements;
use retidiff::scan::Laterality;
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

    // Another case on the same page is one step to undo.
    harness.get_by_label("Cases").click();
    harness.run_steps(2);
    harness.get_by_label("DME, severe").click();
    harness.run_steps(2);
    wait_until(&mut harness, "it is solved, too", |harness| {
        harness.query_by_label("Put on this B-scan").is_some_and(|b| !b.accesskit_node().is_disabled())
    });
    harness.get_by_label("Put on this B-scan").click();
    harness.run_steps(3);
    let put = harness.state().session().editor.document().clone();
    assert_ne!(put.pages[0].mask, page.mask);
    assert_eq!(harness.state().session().editor.undo_name(), Some("case: DME, severe"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
    assert_eq!(harness.state().session().editor.document().pages, document.pages);
}

#[test]
fn a_case_is_not_put_onto_a_scan_of_another_size() {
    let mut harness = studio_with(options());
    harness.get_by_label("Cases").click();
    harness.run_steps(2);
    wait_until(&mut harness, "the case is solved", |harness| {
        harness.query_by_label("Open case").is_some_and(|b| !b.accesskit_node().is_disabled())
    });
    assert!(harness.get_by_label("Put on this B-scan").accesskit_node().is_disabled(), "633 of 768 columns");
}

#[test]
fn the_form_asks_for_layers_losses_and_where_the_scan_lies() {
    let mut harness = studio_with(options());
    harness.get_by_label("Cases").click();
    harness.run_steps(2);
    wait_until(&mut harness, "the case is solved", |harness| harness.state().cases().case().is_some());
    let before = harness.state().cases().recipe().expect("a recipe").clone();
    harness.get_by_label("Add loss").click_accesskit();
    harness.run_steps(3);
    harness.get_by_label("Add layer").click_accesskit();
    harness.run_steps(3);
    let recipe = harness.state().cases().recipe().expect("a recipe").clone();
    assert_eq!((recipe.loss.len(), recipe.layers.len()), (before.loss.len() + 1, before.layers.len() + 1));
    assert!(harness.unnamed_widgets().is_empty(), "{:#?}", harness.unnamed_widgets());
    harness.get_by_label("Remove this loss").click_accesskit();
    harness.run_steps(3);
    let recipe = harness.state().cases().recipe().expect("a recipe").clone();
    assert_eq!((recipe.loss.len(), recipe.scan), (before.loss.len(), before.scan), "looking changes nothing");
}

#[test]
fn one_eye_over_time_measures_as_it_is_asked() {
    let mut harness = studio_with(options());
    harness.get_by_label("Cases").click();
    harness.run_steps(2);
    harness.get_by_label("DME, severe").click();
    harness.run_steps(2);
    harness.get_by_label("One eye over time").click();
    harness.run_steps(2);
    wait_until(&mut harness, "the visits are made", |harness| {
        harness.query_by_label("Film").is_some_and(|button| !button.accesskit_node().is_disabled())
    });
    let course = harness.state().cases().course().expect("a course").clone();
    assert_eq!(course.visits.len(), 5);
    for visit in &course.visits {
        let off_um = (visit.measured.central_um - visit.requested.central_um).abs();
        assert!(off_um <= 5.0, "month {}: {off_um} µm off", visit.month);
        let (requested, measured) = (visit.requested.fluid_mm2(), visit.measured.fluid_mm2());
        assert!(
            (measured - requested).abs() <= 0.02 * requested + 0.0002,
            "month {}: {measured} mm²",
            visit.month
        );
    }
    let thickness = |index: usize| course.visits[index].measured.central_um;
    assert!(thickness(0) - thickness(4) > 50.0, "{} to {} µm", thickness(0), thickness(4));
}

#[test]
fn a_course_is_written_as_film_strip_and_table() {
    let recipe = |name: &str| Template::named(name).expect("a template").recipe().expect("a recipe");
    let (first, last) = (recipe("dme-severe"), recipe("dme-mild"));
    let months = [0.0, 6.0, 12.0];
    let course = Course::between([&first, &last], [None; 2], &months, Placement::Fresh, 7).expect("a course");
    let film = CourseFile::Film.encoded(&course, &[]).expect("a film");
    let reader = png::Decoder::new(Cursor::new(film)).read_info().expect("a PNG");
    assert_eq!(reader.info().animation_control().expect("an animation").num_frames, 3);
    let svg = CourseFile::Strip(FigureFormat::Svg).encoded(&course, &[]).expect("a strip");
    assert!(String::from_utf8(svg).expect("text").contains("SYNTHETIC"));
    let table = String::from_utf8(CourseFile::Table.encoded(&course, &[]).expect("a table")).expect("text");
    assert_eq!(table.lines().count(), 4);
}

#[test]
fn recipes_of_different_eyes_have_no_course() {
    let first = Template::named("dme-severe").expect("a template").recipe().expect("a recipe");
    let other = if first.eye == Laterality::Right { Laterality::Left } else { Laterality::Right };
    let last = CaseRecipe { eye: other, ..first.clone() };
    let refused = Course::between([&first, &last], [None; 2], &[0.0, 1.0], Placement::Locked, 7);
    assert!(matches!(refused, Err(CourseError::Scans { .. })));
}
