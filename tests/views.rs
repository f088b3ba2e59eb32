//! Looking and measuring: the tabs of the panel, the profile, the row of B-scans, the map, the ruler.

use std::f32::consts::TAU;
use std::sync::Arc;

use eframe::egui::{
    Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, TouchPhase, vec2,
};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use retidiff::anatomy::{IRF, UNANNOTATED};
use retidiff::document::{Command, Document, LabelOrigin, Page};
use retidiff::mask::measure::Extent;
use retidiff::mask::{Interfaces, Mask, Measurements, Plane};
use retidiff::scan::{BScan, GreyImage, Laterality, Spacing};
use retidiff::studio::editor::look::{Comparison, Tab};
use retidiff::studio::shell::action::{Action, MeasureAction, Neighbour, NewMaskAction, VolumeAction};
use retidiff::studio::shell::app::{AppOptions, Studio, SynthesisSource};
use retidiff::studio::shell::settings::{PanelSettings, Tool};
use retidiff::studio::training::TrainingAction;

use super::fixtures::Numbers;
use super::studio::{document, has_whole_picture, looks, options, press, stroke, studio_with, wait_until};

const SIZE: (u32, u32) = (384, 248);
const SPACING: Spacing = Spacing { axial_um_per_px: 7.74, lateral_um_per_px: 22.0 };

/// Interfaces of a macula seen `off` mm above or below its fovea, `right` eye or not.
fn interfaces(off: f32) -> Interfaces {
    const DEPTHS: [f32; 8] = [0.0, 28.0, 96.0, 132.0, 164.0, 256.0, 276.0, 316.0];
    let mut lines = Interfaces::unknown(SIZE.0);
    for x in 0..SIZE.0 as usize {
        let across = (x as f32 - SIZE.0 as f32 / 2.0) * SPACING.lateral_um_per_px / 1000.0;
        let radius = across.hypot(off);
        let pit = (-radius * radius / 0.35).exp();
        let rim = (-(radius - 1.1).powi(2) / 0.5).exp();
        let nasal = 0.25 * across.max(0.0);
        let sag = 18.0 * across * across + 10.0 * (across * TAU / 7.0).sin();
        for (k, line) in lines.rows.iter_mut().enumerate() {
            let from_bm = 316.0 - DEPTHS[k];
            let inner = (from_bm - 60.0).max(0.0) / 256.0;
            let thick = from_bm - inner * 140.0 * pit + inner * 45.0 * rim + inner * 30.0 * nasal;
            let row = 1130.0 - sag - thick;
            line[x] = row / SPACING.axial_um_per_px;
        }
    }
    lines.repair();
    lines
}

/// A B-scan with speckle in its layers.
fn scan(index: usize, lines: &Interfaces) -> BScan {
    const GREYS: [u8; 9] = [16, 150, 118, 84, 112, 62, 190, 168, 92];
    let layers = lines.rasterised(SIZE.1);
    let mut numbers = Numbers(index as u64 + 5);
    // In blocks: speckle of single pixels would make the pictures that are compared twice as large.
    let (width, side) = (SIZE.0 as usize, 8);
    let across = width.div_ceil(side);
    let blocks: Vec<u32> = (0..across * (SIZE.1 as usize).div_ceil(side))
        .map(|_| (numbers.below(64) + numbers.below(64)) as u32)
        .collect();
    let pixels: Vec<u8> = layers
        .to_pixels()
        .into_iter()
        .enumerate()
        .map(|(at, code)| {
            let speckle = blocks[at / width / side * across + at % width / side];
            (u32::from(GREYS[usize::from(code.min(8))]) * (64 + speckle) / 128).min(255) as u8
        })
        .collect();
    let mut scan =
        BScan::from_image(GreyImage::new(SIZE.0, SIZE.1, pixels), format!("Macula {}/25", index + 1));
    scan.spacing = Some(SPACING);
    scan.laterality = Some(Laterality::Right);
    scan
}

/// A volume of 25 B-scans, 240 µm apart, of which every `every`-th is annotated.
fn volume(every: usize) -> Document {
    let pages = (0..25).map(|index| {
        let lines = interfaces((index as f32 - 12.0) * 0.24);
        let mut mask = Mask::unannotated(SIZE.0, SIZE.1);
        if index % every == 0 {
            mask = Mask { layers: lines.rasterised(SIZE.1), lesions: Plane::filled(SIZE.0, SIZE.1, 0) };
        }
        Page::new(scan(index, &lines), mask)
    });
    let mut document = Document::from_scan(scan(0, &interfaces(0.0)), Mask::unannotated(SIZE.0, SIZE.1));
    document.pages = pages.collect();
    document.b_scan_distance_um = Some(240.0);
    document.name = "Macula.vol".to_owned();
    document
}

fn with_document(document: &Document) -> Harness<'static, Studio> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("views.retidiff");
    let bytes = retidiff::formats::write_document(document);
    retidiff::formats::write_atomically(&path, &bytes).expect("written");
    let synthesis = SynthesisSource::None("No model is bundled with this build.".to_owned());
    let mut harness = studio_with(AppOptions { open: Some(path), synthesis, ..options() });
    let name = document.name.clone();
    wait_until(&mut harness, "it is open", |studio| studio.session().editor.document().name == name);
    harness.run_steps(3);
    harness
}

fn set(harness: &mut Harness<'_, Studio>, change: fn(&mut retidiff::studio::shell::settings::PanelSettings)) {
    harness.state_mut().perform(Action::Set(change));
    harness.run_steps(4);
}

#[test]
fn figures_follow_a_stroke_while_it_is_drawn() {
    let mut harness = studio_with(options());
    harness.get_by_label("Measure").click();
    harness.run_steps(4);
    harness.get_by_label("IRF – – –");
    let before = harness.state().measured().cloned().expect("measured");
    press(&mut harness, [150.0, 250.0], PointerButton::Primary, true);
    harness.event(Event::PointerMoved(harness.state().screen_from_image([190.0, 250.0])));
    harness.run_steps(2);
    let during = harness.state().measured().cloned().expect("measured");
    let page = document(&harness).pages[0].clone();
    assert_eq!(during, Measurements::of(&page.mask, page.scan.spacing), "in the middle of the stroke");
    assert_ne!(during, before);
    assert_eq!(during.lesions[0].count, 1);
    let area = during.lesions[0].area_mm2.expect("the sample has a spacing");
    harness.get_by_label(&format!("IRF {area:.3} mm² 1 {area:.3} mm²"));
    press(&mut harness, [190.0, 250.0], PointerButton::Primary, false);
}

/// Turns the wheel over the left pane.
fn turn_wheel(harness: &mut Harness<'_, Studio>, unit: MouseWheelUnit, down: f32, modifiers: Modifiers) {
    harness.event(Event::PointerMoved(harness.state().screen_from_image([190.0, 120.0])));
    harness.event(Event::MouseWheel {
        unit,
        delta: vec2(0.0, -down),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Unknown,
        modifiers,
    });
    harness.run_steps(2);
}

#[test]
fn a_notch_turns_a_b_scan_and_the_small_parts_of_a_swipe_no_more_than_they_make() {
    let mut harness = with_document(&volume(4));
    let page = |harness: &Harness<'_, Studio>| harness.state().session().page_index();
    turn_wheel(&mut harness, MouseWheelUnit::Line, 1.0, Modifiers::NONE);
    assert_eq!(page(&harness), 0, "the plain wheel zooms");
    turn_wheel(&mut harness, MouseWheelUnit::Line, 1.0, Modifiers::COMMAND);
    turn_wheel(&mut harness, MouseWheelUnit::Line, 3.0, Modifiers::COMMAND);
    assert_eq!(page(&harness), 2, "a B-scan for each notch, however fast");
    // 15 parts of 10 points: three notches of 50.
    (0..15).for_each(|_| turn_wheel(&mut harness, MouseWheelUnit::Point, 10.0, Modifiers::COMMAND));
    assert!((4..=5).contains(&page(&harness)), "B-scan {} after a swipe", page(&harness) + 1);
    let here = page(&harness);
    turn_wheel(&mut harness, MouseWheelUnit::Line, -1.0, Modifiers::COMMAND);
    assert_eq!(page(&harness), here - 1, "the other way at once");
    set(&mut harness, |settings| settings.look.wheel_turns_pages = true);
    turn_wheel(&mut harness, MouseWheelUnit::Line, 1.0, Modifiers::NONE);
    assert_eq!(page(&harness), here, "as the option has it");
}

#[test]
fn measurements_are_exported_and_copied() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("table.csv");
    let mut harness = with_document(&volume(4));
    harness.state_mut().perform(Action::Measure(MeasureAction::ExportMeasurementsTo(path.clone())));
    wait_until(&mut harness, "it is written", |studio| !studio.is_waiting_for_files());
    let table = std::fs::read_to_string(&path).expect("the table is there");
    assert_eq!(table.lines().count(), 26);
    assert!(table.lines().nth(1).is_some_and(|line| line.starts_with("1,Macula 1/25,7.7400,22.0000,384,")));
    harness.state_mut().perform(Action::Measure(MeasureAction::CopyMeasurements));
    harness.step();
    let copied = harness.output().platform_output.commands.iter().any(|command| {
        matches!(command, eframe::egui::OutputCommand::CopyText(text) if text.contains("Retina, central: "))
    });
    assert!(copied, "the figures are on the clipboard");
}

#[test]
fn a_ruler_says_um_and_leaves_no_trace_in_the_document() {
    let mut harness = with_document(&volume(4));
    let before = document(&harness);
    harness.state_mut().perform(Action::SelectTool(Tool::Ruler));
    stroke(&mut harness, &[[100.0, 100.0], [150.0, 100.0], [200.0, 100.0]], PointerButton::Primary);
    harness.run_steps(2);
    harness.get_by_label("2200 µm   (2200 across, 0 deep)");
    assert_eq!(document(&harness), before);
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    harness.get_by_label("Nothing measured yet");
}

#[test]
fn labels_can_be_shown_alone() {
    let mut harness = studio_with(options());
    harness.key_press(Key::Num5);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::S);
    harness.run_steps(2);
    let visible = |harness: &Harness<'_, Studio>| {
        harness.state().settings().labels.iter().filter(|label| label.visible).count()
    };
    assert_eq!(visible(&harness), 1);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::S);
    harness.run_steps(2);
    assert_eq!(visible(&harness), 10);
}

#[test]
fn interfaces_are_copied_and_gaps_interpolated_as_one_step() {
    let mut harness = with_document(&volume(4));
    harness.state_mut().perform(Action::Volume(VolumeAction::ShowPage(5)));
    harness.run_steps(3);
    harness.get_by_label("Volume").click();
    harness.run_steps(4);
    harness.get_by_label("7 of 25 B-scans have labels.");
    harness.get_by_label("Copy from before").click();
    harness.run_steps(3);
    let copied = document(&harness);
    assert_eq!(copied.pages[5].mask.layers, copied.pages[4].mask.layers);
    assert_eq!(harness.state().session().editor.undo_name(), Some("copy interfaces from B-scan 5"));
    harness.state_mut().perform(Action::Undo);
    harness.run_steps(2);

    harness.get_by_label("Interpolate gaps").click();
    harness.run_steps(2);
    wait_until(&mut harness, "the gaps are filled", |studio| !studio.is_interpolating());
    harness.run_steps(2);
    let filled = document(&harness);
    assert_eq!(harness.state().session().editor.undo_name(), Some("interpolate 18 B-scans"));
    for (index, page) in filled.pages.iter().enumerate() {
        let found = Interfaces::from_layers(&page.mask.layers);
        let expected = interfaces((index as f32 - 12.0) * 0.24);
        let worst = (0..SIZE.0 as usize)
            .map(|x| (found.rows[0][x] - expected.rows[0][x]).abs())
            .fold(0.0_f32, f32::max);
        assert!(worst < 9.0, "B-scan {}: the ILM is {worst} px off", index + 1);
    }
    harness.state_mut().perform(Action::Undo);
    harness.run_steps(2);
    let bare =
        document(&harness).pages.iter().filter(|page| page.mask.layers.get(0, 0) == UNANNOTATED).count();
    assert_eq!(bare, 18, "one undo takes all of it back");
}

#[test]
fn all_b_scans_are_traced_as_one_step_and_the_row_tells_what_a_hand_corrected() {
    let mut before = volume(4);
    before.pages.truncate(6);
    let mut harness = with_document(&before);
    harness.get_by_label("Volume").click();
    harness.run_steps(4);
    harness.get_by_label("Trace all B-scans").click();
    harness.run_steps(2);
    assert!(harness.state().is_labelling_volume());
    wait_until(&mut harness, "all are traced", |studio| !studio.is_labelling_volume());
    harness.run_steps(2);
    let filled = document(&harness);
    assert_eq!(harness.state().session().editor.undo_name(), Some("trace all B-scans"));
    let origins: Vec<Option<LabelOrigin>> = filled.pages.iter().map(|page| page.label_origin).collect();
    let made = Some(LabelOrigin::Interpolated);
    assert_eq!(origins[..5], [None, made, made, made, None], "what had labels is left alone");

    harness.state_mut().perform(Action::Volume(VolumeAction::ShowPage(1)));
    harness.run_steps(3);
    harness.get_by_label("B-scan 2, interpolated");
    harness.state_mut().perform(Action::SelectTool(Tool::Brush));
    stroke(&mut harness, &[[100.0, 100.0], [150.0, 110.0]], PointerButton::Primary);
    harness.run_steps(2);
    assert_eq!(document(&harness).pages[1].label_origin, Some(LabelOrigin::Corrected));
    harness.get_by_label("B-scan 2, corrected");
    harness.state_mut().perform(Action::Undo);
    harness.run_steps(2);
    harness.get_by_label("B-scan 2, interpolated");
    harness.state_mut().perform(Action::Undo);
    harness.run_steps(2);
    assert_eq!(document(&harness), before);

    // Cancelled, nothing of it is taken.
    harness.state_mut().perform(Action::Volume(VolumeAction::LabelVolume));
    harness.state_mut().perform(Action::Volume(VolumeAction::CancelLabelVolume));
    harness.run_steps(5);
    assert_eq!(document(&harness), before);
}

#[test]
fn a_volume_without_a_distance_is_told_it_and_its_fovea_is_that_of_the_b_scans() {
    let mut without = volume(1);
    without.b_scan_distance_um = None;
    let mut harness = with_document(&without);
    harness.get_by_label("Volume").click();
    harness.run_steps(4);
    harness.get_by_label("Set the sizes…").click();
    harness.run_steps(3);
    harness.get_by_label("From one B-scan to the next; the thickness map needs it");
    harness.state_mut().perform(Action::ToggleCalibration);
    harness.state_mut().perform(Action::Volume(VolumeAction::SetBScanDistance(Some(240.0))));
    harness.run_steps(20);
    assert_eq!(document(&harness).b_scan_distance_um, Some(240.0));
    harness.get_by_label_contains("Thickness map, ");
    harness.state_mut().perform(Action::Volume(VolumeAction::SetVolumeFovea(Some((7, 120.0)))));
    harness.run_steps(2);
    let set: Vec<usize> =
        (0..25).filter(|&page| document(&harness).pages[page].scan.fovea_column == Some(120.0)).collect();
    assert_eq!(set, [7]);
    harness.state_mut().perform(Action::Volume(VolumeAction::SetVolumeFovea(Some((9, 60.0)))));
    harness.run_steps(2);
    assert_eq!(document(&harness).pages[7].scan.fovea_column, None, "a volume has one fovea");
    for _ in 0..3 {
        harness.state_mut().perform(Action::Undo);
    }
    harness.run_steps(2);
    assert_eq!(document(&harness), without);
}

#[test]
fn locked_labels_stay_under_copied_and_interpolated_ones() {
    const INL: u8 = 3;
    let mut volume = volume(1);
    for y in 60..70 {
        volume.pages[5].mask.lesions.fill_run(y, 30, 50, 1);
    }
    let mut harness = with_document(&volume);
    set(&mut harness, |settings| {
        settings.labels[usize::from(INL)].locked = true;
        settings.labels[usize::from(IRF)].locked = true;
    });
    harness.state_mut().perform(Action::Volume(VolumeAction::ShowPage(5)));
    harness.run_steps(3);
    let before = volume.pages[5].mask.clone();
    let check = |harness: &Harness<'_, Studio>, what: &str| {
        let now = document(harness).pages[5].mask.clone();
        assert_ne!(now.layers, before.layers, "{what}: the other layers follow");
        assert_eq!(now.lesions, before.lesions, "{what}");
        let layers = before.layers.to_pixels().into_iter().zip(now.layers.to_pixels());
        assert!(layers.into_iter().all(|(old, new)| (old == INL) == (new == INL)), "{what}");
    };
    harness.state_mut().perform(Action::Volume(VolumeAction::CopyLayers(Neighbour::Before)));
    harness.run_steps(2);
    check(&harness, "copied");
    harness.state_mut().perform(Action::Undo);
    harness.state_mut().perform(Action::Volume(VolumeAction::InterpolateSlices { all: false }));
    wait_until(&mut harness, "it is interpolated", |studio| !studio.is_interpolating());
    harness.run_steps(2);
    check(&harness, "interpolated");
}

#[test]
fn labels_that_come_late_do_not_land_on_another_b_scan() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("late.png");
    let codes: Vec<u8> = (0..SIZE.0 * SIZE.1).map(|i| (i / SIZE.0 * 9 / SIZE.1) as u8).collect();
    let labels = retidiff::formats::scan_image::write(&GreyImage::new(SIZE.0, SIZE.1, codes.clone()), &[]);
    retidiff::formats::write_atomically(&path, &labels.expect("a PNG")).expect("written");
    let mut harness = with_document(&volume(4));
    let before = document(&harness);
    harness.state_mut().perform(Action::LoadLabelsFrom(path.clone()));
    harness.state_mut().perform(Action::Volume(VolumeAction::ShowPage(2)));
    wait_until(&mut harness, "it is read", |studio| !studio.is_waiting_for_files());
    harness.run_steps(2);
    assert_eq!(document(&harness), before);
    assert!(harness.query_by_label_contains("another B-scan is shown by now").is_some(), "it is said");
    harness.state_mut().perform(Action::LoadLabelsFrom(path));
    wait_until(&mut harness, "it is loaded", |studio| {
        studio.session().editor.undo_name() == Some("labels from late.png")
    });
    assert_eq!(document(&harness).pages[2].mask.composite_pixels(), codes);
}

#[test]
fn every_control_beside_the_editor_has_a_name() {
    let mut harness = with_document(&volume(4));
    let check = |harness: &mut Harness<'_, Studio>, what: &str| {
        harness.run_steps(4);
        let unnamed = harness.unnamed_widgets();
        assert!(unnamed.is_empty(), "{what}: {unnamed:#?}");
    };
    let tabs: [fn(&mut PanelSettings); 4] = [
        |settings| settings.look.tab = Tab::Edit,
        |settings| settings.look.tab = Tab::View,
        |settings| settings.look.tab = Tab::Measure,
        |settings| settings.look.tab = Tab::Volume,
    ];
    for change in tabs {
        set(&mut harness, change);
        let tab = harness.state().settings().look.tab;
        check(&mut harness, &format!("{tab:?}"));
    }
    set(&mut harness, |settings| settings.look.profile = true);
    check(&mut harness, "the profile");
    // The strip alone: no mask is waited for.
    harness.state_mut().perform(Action::NewMask(NewMaskAction::ToggleNewMasks));
    check(&mut harness, "new masks");
    harness.state_mut().perform(Action::NewMask(NewMaskAction::ToggleNewMasks));
    for action in [TrainingAction::Toggle, TrainingAction::NewRun] {
        harness.state_mut().perform(Action::Training(action.clone()));
        check(&mut harness, &format!("{action:?}"));
    }
}

#[test]
fn the_row_of_b_scans_turns_pages() {
    let mut harness = with_document(&volume(1));
    wait_until(&mut harness, "pictures are made", |studio| !studio.is_drawing_thumbnails());
    harness.get_by_label("B-scan 3, annotated").click();
    harness.run_steps(2);
    assert_eq!(harness.state().session().page_index(), 2);
}

/// A second grader whose layers lie two rows deeper, and whose cyst lies beside the first's.
fn with_second_grader() -> Document {
    let mut document = volume(1);
    let mut page = document.pages[12].clone();
    let mut second = interfaces(0.0);
    for line in &mut second.rows {
        line.iter_mut().enumerate().for_each(|(x, row)| *row += 2.0 + 2.0 * (x as f32 / 30.0).sin());
    }
    let mut other = Mask { layers: second.rasterised(SIZE.1), lesions: Plane::filled(SIZE.0, SIZE.1, 0) };
    for y in 0..14_u32 {
        let half = (49.0 - (y as f32 - 7.0).powi(2)).max(0.0).sqrt() as u32 * 2;
        page.mask.lesions.fill_run(108 + y, 240 - half, 240 + half, 1);
        other.lesions.fill_run(110 + y, 247 - half, 247 + half, 1);
    }
    page.second_grader = Some(Arc::new(other));
    document.pages = vec![page];
    document.name = "Two graders".to_owned();
    document
}

#[test]
fn two_graders_are_compared_and_the_second_can_be_removed() {
    let mut harness = with_document(&with_second_grader());
    harness.get_by_label("Measure").click();
    harness.run_steps(4);
    let dice = harness
        .get_all_by_label_contains("Dice of NFL")
        .next()
        .and_then(|node| node.accesskit_node().value())
        .expect("a Dice of NFL");
    let value: f64 = dice.trim_start_matches("Dice of NFL ").parse().expect("a number");
    assert!((0.3..0.7).contains(&value), "{value}");
    harness.get_by_label("Remove second grader").click();
    harness.run_steps(3);
    assert_eq!(document(&harness).pages[0].second_grader, None);
    harness.state_mut().perform(Action::Undo);
    harness.run_steps(3);
    assert!(document(&harness).pages[0].second_grader.is_some());
}

#[test]
fn a_label_image_becomes_the_second_grader() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("second.png");
    let mut harness = studio_with(options());
    let mask = document(&harness).pages[0].mask.clone();
    let bytes =
        retidiff::formats::label_png::write(mask.width(), mask.height(), &mask.composite_pixels(), &[])
            .expect("a label PNG");
    retidiff::formats::write_atomically(&path, &bytes).expect("written");
    harness.state_mut().perform(Action::Measure(MeasureAction::OpenSecondGrader(path)));
    wait_until(&mut harness, "it is read", |studio| studio.session().page().second_grader.is_some());
    assert_eq!(document(&harness).pages[0].mask, mask, "the first grader's labels stay");
}

#[test]
fn the_map_has_its_nine_means_and_a_click_shows_a_b_scan() {
    let mut harness = with_document(&volume(1));
    set(&mut harness, |settings| settings.look.tab = Tab::Volume);
    harness.run_steps(20);
    let node = harness.get_by_label_contains("Thickness map, Retina, centre");
    let rect = node.rect();
    let text = node.accesskit_node().label().expect("a name");
    assert!(
        text.contains("inner nasal") && text.contains("outer temporal") && text.ends_with("µm"),
        "{text}"
    );
    let at = rect.center() + vec2(0.0, rect.height() * 0.4);
    harness.event(Event::PointerMoved(at));
    harness.step();
    for pressed in [true, false] {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        harness.event(Event::PointerButton { pos: at, button, pressed, modifiers });
        harness.step();
    }
    harness.run_steps(2);
    assert!(harness.state().session().page_index() < 6, "the lower edge is inferior: the first B-scans");
}

#[test]
fn the_wipe_is_moved_by_its_grip_and_painting_goes_on_beside_it() {
    let mut harness = studio_with(options());
    wait_until(&mut harness, "the first picture is complete", has_whole_picture);
    set(&mut harness, |settings| settings.look.comparison = Comparison::Wipe);
    let clean = document(&harness);
    let grip = harness.get_by_label("Wipe line").rect().center();
    let to = grip + vec2(-90.0, 0.0);
    for (pos, pressed) in [(grip, Some(true)), (to, None), (to, Some(false))] {
        harness.event(Event::PointerMoved(pos));
        harness.step();
        if let Some(pressed) = pressed {
            let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
            harness.event(Event::PointerButton { pos, button, pressed, modifiers });
            harness.step();
        }
    }
    harness.run_steps(2);
    assert!(harness.state().settings().look.wipe_at < 0.4);
    assert_eq!(document(&harness), clean, "the grip does not paint");
    stroke(&mut harness, &[[150.0, 250.0], [190.0, 250.0]], PointerButton::Primary);
    assert_eq!(document(&harness).pages[0].mask.composite(170, 250), IRF);
}

#[test]
fn the_figures_of_two_graders_look_as_they_were_signed_off() {
    let mut harness = with_document(&with_second_grader());
    set(&mut harness, |settings| {
        settings.look.tab = Tab::Measure;
        settings.look.profile = true;
        settings.look.grader.difference = true;
    });
    looks(&mut harness, "measure");
}

#[test]
fn a_volume_looks_as_it_was_signed_off() {
    let mut harness = with_document(&volume(1));
    harness.state_mut().perform(Action::Volume(VolumeAction::ShowPage(12)));
    set(&mut harness, |settings| {
        settings.look.tab = Tab::Volume;
        settings.look.profile = true;
        settings.look.profile_extent = Extent::Layer(5);
    });
    wait_until(&mut harness, "pictures are made", |studio| !studio.is_drawing_thumbnails());
    harness.run_steps(20);
    looks(&mut harness, "volume");
}

#[test]
fn a_wipe_looks_as_it_was_signed_off() {
    let mut harness = studio_with(options());
    harness.state_mut().perform(Action::OpenSample(1));
    // Both pictures are to be complete, or the first would be a recent one in some runs only.
    harness.run_steps(2);
    wait_until(&mut harness, "the picture is complete", has_whole_picture);
    harness.state_mut().perform(Action::Edit(Command::RerollNoise { seed: 7 }));
    set(&mut harness, |settings| {
        settings.look.tab = Tab::View;
        settings.look.comparison = Comparison::Wipe;
        settings.look.tone.window = 140.0;
        // The dark speckle falls to black: a picture of it would be most of the bytes.
        settings.look.tone.level = 140.0;
    });
    harness.run_steps(2);
    wait_until(&mut harness, "the picture is complete", has_whole_picture);
    harness.run_steps(4);
    looks(&mut harness, "view");
}
