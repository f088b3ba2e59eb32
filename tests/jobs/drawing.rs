//! Jobs at the scan: the first minute, cysts, a designed case, saving, tracing, a volume.

use eframe::egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT, Queryable};
use retidiff::anatomy::{IRF, UNANNOTATED};
use retidiff::document::{Document, Page};
use retidiff::formats::figure::{FigureFormat, origin_of};
use retidiff::formats::sector_files::SectorFile;
use retidiff::formats::{read_document, scan_image, write_atomically, write_document};
use retidiff::mask::{Mask, Measurements};
use retidiff::studio::files::figure_export::FigureOf;
use retidiff::studio::files::samples;
use retidiff::studio::shell::action::{Action, MeasureAction, TraceAction};
use retidiff::studio::shell::app::AppOptions;

use super::{Hand, types_paths};
use crate::studio::{has_whole_picture, options};

/// The layer code of the INL.
const INL: u8 = 3;

/// The middle of a layer at a column.
fn middle_of(mask: &Mask, layer: u8, x: u32) -> [f32; 2] {
    let rows: Vec<u32> = (0..mask.height()).filter(|&y| mask.layers.get(x, y) == layer).collect();
    assert!(!rows.is_empty(), "column {x} has no layer {layer}");
    [x as f32, rows[rows.len() / 2] as f32]
}

fn at(mask: &Mask, [x, y]: [f32; 2]) -> u8 {
    mask.composite(x as u32, y as u32)
}

#[test]
fn the_first_minute() {
    let mut hand = Hand::new(options());
    hand.wait("the scan is drawn", has_whole_picture);
    let clean = hand.document();
    hand.key(Key::Num9);
    hand.stroke(&[[150.0, 250.0], [170.0, 251.0], [190.0, 250.0]]);
    hand.wait("the scan follows", has_whole_picture);
    assert_eq!(at(&hand.document().pages[0].mask, [170.0, 250.0]), IRF);
    hand.key_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(hand.document(), clean);
    hand.done("first minute: a cyst painted, seen and undone");
}

#[test]
fn three_cysts_in_the_inl_and_one_undone() {
    let mut hand = Hand::new(options());
    let before = hand.document().pages[0].mask.clone();
    let places = [100, 220, 540].map(|x| middle_of(&before, INL, x));
    hand.key(Key::Num9);
    while hand.harness.state().settings().radius_px > 4.0 && hand.keys < 60 {
        hand.key(Key::OpenBracket);
    }
    for place in places {
        hand.stroke(&[place, [place[0] + 3.0, place[1]]]);
    }
    assert!(places.iter().all(|place| at(&hand.document().pages[0].mask, *place) == IRF));
    hand.key_with(Modifiers::COMMAND, Key::Z);
    let mask = hand.document().pages[0].mask.clone();
    assert_eq!(places.map(|place| at(&mask, place)), [IRF, IRF, INL]);
    assert_eq!(mask.layers, before.layers, "the layers beneath are as they were");
    hand.done("three cysts in the INL, one undone");
}

#[test]
fn a_case_of_420_um_with_three_cysts_and_a_dome() {
    let mut hand = Hand::new(options());
    hand.click("Cases");
    hand.click("DME, mild");
    hand.harness.get_by_role_and_label(Role::Slider, "Thickness").set_value_accesskit(420.0);
    hand.harness.run_steps(3);
    hand.clicks += 1;
    hand.harness.get_by_label("SRF dome").click_accesskit();
    hand.harness.run_steps(5);
    hand.clicks += 1;
    let began = std::time::Instant::now();
    let is_solved = |hand: &Hand| {
        let open = hand.harness.query_by_label("Open case");
        open.is_some_and(|button| !button.accesskit_node().is_disabled())
    };
    while !is_solved(&hand) {
        assert!(began.elapsed().as_secs() < 60, "the case is not solved");
        std::thread::sleep(std::time::Duration::from_millis(20));
        hand.harness.step();
    }
    hand.click("Open case");
    let page = hand.document().pages[0].clone();
    let measured = Measurements::about(&page.mask, page.scan.spacing, page.scan.fovea_column);
    let central_um = measured.central.um.expect("a case knows its pixel size");
    assert!((central_um - 420.0).abs() <= 5.0, "{central_um} µm");
    assert_eq!(measured.lesions.each_ref().map(|lesion| lesion.count), [3, 1, 0]);
    hand.done("a case: 420 µm, three cysts, SRF dome");
}

#[test]
fn saved_closed_reopened_and_exported_for_a_slide() {
    if !types_paths() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (path, slide) = (folder.path().join("case.retidiff"), folder.path().join("slide.svg"));
    let mut hand = Hand::new(options());
    hand.stroke(&[[150.0, 250.0], [190.0, 250.0]]);
    hand.choose(Action::SaveTo(path.clone()));
    hand.wait("it is saved", |studio| !studio.session().editor.has_unsaved_changes());
    let saved = hand.document();
    let (clicks, keys) = (hand.clicks, hand.keys);
    drop(hand);
    let mut hand = Hand::new(AppOptions { open: Some(path.clone()), ..options() });
    (hand.clicks, hand.keys) = (clicks, keys);
    hand.wait("it is open", |studio| studio.session().path.is_some());
    assert_eq!(hand.document().pages, saved.pages);
    assert!(hand.write(Action::ExportFigure(FigureOf::RealScan, FigureFormat::Svg), &slide));
    let svg = std::fs::read_to_string(&slide).expect("a picture for a slide");
    assert!(svg.contains("<svg"), "it is a drawing");
    hand.done("saved, closed, reopened, exported for a slide");
}

#[test]
fn a_scan_without_labels_is_traced_and_corrected() {
    let sample = samples::ALL[0].document().expect("a sample");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("scan.png");
    let bytes = scan_image::write(&sample.pages[0].scan.image, &[]).expect("a PNG");
    write_atomically(&path, &bytes).expect("written");
    let mut hand = Hand::new(AppOptions { open: Some(path), ..options() });
    hand.wait("it is open", |studio| studio.session().opened_from.is_some());
    assert!(hand.document().pages[0].mask.layers.to_pixels().iter().all(|&code| code == UNANNOTATED));
    hand.choose(Action::Trace(TraceAction::TraceLayers));
    hand.wait("it is traced", |studio| studio.session().editor.undo_name() == Some("trace layers"));
    let traced = hand.document().pages[0].mask.clone();
    assert!(traced.layers.to_pixels().contains(&INL));
    // A corner of the INL is painted into the layer above it.
    hand.key(Key::Num2);
    let place = middle_of(&traced, INL, 150);
    hand.stroke(&[place, [place[0] + 8.0, place[1]]]);
    let corrected = hand.document().pages[0].mask.clone();
    assert_ne!(corrected, traced);
    assert_eq!(at(&corrected, place), 2);
    hand.key_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(hand.document().pages[0].mask, traced, "the correction is one step");
    hand.done("auto-traced and corrected");
}

#[test]
fn a_volume_is_interpolated_and_has_its_map() {
    let sample = samples::ALL[0].document().expect("a sample");
    let page = &sample.pages[0];
    let mut document = Document::from_scan((*page.scan).clone(), page.mask.clone());
    let size = (page.scan.width(), page.scan.height());
    document.pages = (0..5)
        .map(|index| {
            let mask = if index % 4 == 0 { page.mask.clone() } else { Mask::unannotated(size.0, size.1) };
            Page::new((*page.scan).clone(), mask)
        })
        .collect();
    document.b_scan_distance_um = Some(120.0);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("volume.retidiff");
    write_atomically(&path, &write_document(&document)).expect("written");
    let mut hand = Hand::new(AppOptions { open: Some(path.clone()), ..options() });
    hand.wait("it is open", |studio| studio.session().path.is_some());
    hand.click("Volume");
    hand.click("Interpolate gaps");
    hand.wait("the gaps are filled", |studio| !studio.is_interpolating());
    hand.wait("it is a step", |studio| studio.session().editor.undo_name().is_some());
    let filled = hand.document();
    assert!(filled.pages.iter().all(|page| page.mask.layers.to_pixels().contains(&INL)));
    hand.harness.run_steps(20);
    let map = hand.harness.get_by_label_contains("Thickness map, ");
    assert!(map.accesskit_node().label().is_some_and(|label| label.ends_with("µm")));
    hand.choose(Action::SaveTo(path.clone()));
    hand.wait("it is saved", |studio| !studio.session().editor.has_unsaved_changes());
    let bytes = std::fs::read(&path).expect("the file");
    assert_eq!(read_document(&bytes, "volume").expect("a document").0.pages, filled.pages);
    let (table, picture) = (folder.path().join("etdrs.csv"), folder.path().join("map.png"));
    if hand.write(Action::Measure(MeasureAction::ExportSectors(SectorFile::Table)), &table) {
        let csv = std::fs::read_to_string(&table).expect("a table");
        assert_eq!(csv.lines().count(), 1 + 8 * 9, "the heading, and nine fields of retina and layers");
        // The name of the volume may hold a comma.
        let central = csv.lines().nth(1).and_then(|line| line.rsplit(',').nth(1)).expect("a mean");
        let central: f32 = central.parse().expect("µm");
        assert!((250.0..350.0).contains(&central), "{central} µm over the fovea of the sample");
    }
    if hand.write(
        Action::Measure(MeasureAction::ExportSectors(SectorFile::Picture(FigureFormat::Png))),
        &picture,
    ) {
        let bytes = std::fs::read(&picture).expect("a picture");
        assert!(!origin_of(&bytes).synthetic && bytes.len() > 5000, "of real scans");
    }
    hand.done("a volume: interpolated, mapped, saved, its sectors exported");
}
