//! The localizer in the window: beside the B-scans, with their lines; a click on a line goes there.

use std::sync::Arc;

use eframe::egui::{Event, Modifiers, PointerButton};
use egui_kittest::kittest::Queryable;
use retidiff::document::{Document, Page};
use retidiff::formats::{write_document, write_file};
use retidiff::mask::Mask;
use retidiff::scan::{BScan, Localizer, ScanLine};
use retidiff::studio::editor::look::Tab;
use retidiff::studio::shell::action::Action;
use retidiff::studio::shell::app::AppOptions;

use crate::fixtures::grey;
use crate::studio::{options, studio_with, wait_until};
use crate::tools::keep_screen;

/// Three B-scans with lines at a quarter, the half and three quarters of a square picture.
fn volume() -> Document {
    let page = |number: usize| {
        let scan = BScan::from_image(grey(48, 40), format!("B-scan {number}"));
        Page::new(scan, Mask::unannotated(48, 40))
    };
    let scan = BScan::from_image(grey(48, 40), "volume");
    let mut document = Document::from_scan(scan, Mask::unannotated(48, 40));
    document.pages = (0..3).map(page).collect();
    let line = |y: f32| ScanLine::checked([10.0, y], [90.0, y]);
    document.localizer = Some(Arc::new(Localizer::new(grey(100, 100), [line(25.0), line(50.0), line(75.0)])));
    document
}

#[test]
fn a_click_on_a_line_goes_to_its_b_scan() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("volume.retidiff");
    write_file(&path, &write_document(&volume())).unwrap();
    let mut harness = studio_with(AppOptions { open: Some(path), ..options() });
    wait_until(&mut harness, "the volume is open", |studio| studio.session().page_count() == 3);
    harness.state_mut().perform(Action::Set(|settings| settings.look.tab = Tab::Volume));
    harness.run_steps(4);
    let rect = harness.get_by_label("Localizer: B-scan 1 of 3 is highlighted").rect();
    keep_screen(&mut harness, "localizer");
    let side = rect.width().min(rect.height());
    let pos = rect.center() + eframe::egui::vec2(0.0, 0.25 * side);
    harness.event(Event::PointerMoved(pos));
    harness.run_steps(2);
    for pressed in [true, false] {
        harness.event(Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        harness.run_steps(1);
    }
    harness.run_steps(3);
    assert_eq!(harness.state().session().page_index(), 2, "the line at three quarters is the third B-scan's");
    harness.get_by_label("Localizer: B-scan 3 of 3 is highlighted");
}
