//! Interface pen, spline, live-wire, layer warp and auto-trace, driven through the window.

use eframe::egui::{Event, Key, PointerButton};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use retidiff::anatomy::Interface;
use retidiff::document::Command;
use retidiff::mask::{Interfaces, Mask, order_violations};
use retidiff::studio::shell::action::Action;
use retidiff::studio::shell::app::Studio;
use retidiff::studio::shell::settings::Tool;

use crate::studio::{document, options, press, stroke, studio_with, wait_until};
use crate::tools::keep_screen;

const LEFT: PointerButton = PointerButton::Primary;

fn lines(harness: &Harness<'_, Studio>) -> Interfaces {
    Interfaces::from_layers(&document(harness).pages[0].mask.layers)
}

fn undo_name(harness: &Harness<'_, Studio>) -> Option<String> {
    harness.state().session().editor.undo_name().map(str::to_owned)
}

fn click(harness: &mut Harness<'_, Studio>, at: [f32; 2]) {
    press(harness, at, LEFT, true);
    press(harness, at, LEFT, false);
    // Two clicks in quick succession would be a double click.
    harness.run_steps(30);
}

fn take(harness: &mut Harness<'_, Studio>, key: Key, tool: Tool) {
    harness.key_press(key);
    harness.run_steps(2);
    assert_eq!(harness.state().settings().tool, tool);
}

fn assert_ordered(harness: &Harness<'_, Studio>) {
    let violations = order_violations(&document(harness).pages[0].mask.layers);
    assert!(violations.iter().all(|violated| !violated));
}

#[test]
fn the_pen_redraws_the_interface_it_was_pressed_on() {
    let mut harness = studio_with(options());
    let before = document(&harness);
    let drawn = lines(&harness);
    take(&mut harness, Key::I, Tool::InterfacePen);
    let row = drawn.rows[0][100];
    stroke(&mut harness, &[[100.5, row - 1.0], [130.5, row - 20.0], [160.5, row - 20.0]], LEFT);
    let after = lines(&harness);
    assert!((after.rows[0][145] - (row - 20.0)).abs() <= 1.0, "{} for {}", after.rows[0][145], row - 20.0);
    assert_eq!(after.rows[0][90], drawn.rows[0][90]);
    assert_eq!(after.rows[7], drawn.rows[7]);
    assert_eq!(undo_name(&harness).as_deref(), Some("interface pen: ILM"));
    assert_ordered(&harness);

    let once = document(&harness);
    let row = after.rows[7][200];
    press(&mut harness, [200.5, row], LEFT, true);
    harness.event(Event::PointerMoved(harness.state().screen_from_image([240.5, 40.0])));
    harness.step();
    assert_ordered(&harness);
    assert_ne!(document(&harness), once);
    keep_screen(&mut harness, "interface-pen");
    harness.key_press(Key::Escape);
    harness.step();
    assert_eq!(document(&harness), once, "escape leaves no trace");
    press(&mut harness, [240.5, 40.0], LEFT, false);
    harness.state_mut().perform(Action::Undo);
    assert_eq!(document(&harness), before);
}

#[test]
fn the_live_wire_joins_clicks_along_the_edge() {
    let mut harness = studio_with(options());
    let before = document(&harness);
    let drawn = lines(&harness);
    // Spoil the ILM, then mend it by three clicks.
    let spoilt: Vec<f32> = drawn.rows[0][60..260].iter().map(|row| row - 15.0).collect();
    let settings = retidiff::mask::LineSettings { ordered: true, locked: Default::default() };
    let rows = spoilt.into();
    let interface = Interface::Ilm;
    harness.state_mut().perform(Action::Edit(Command::MoveInterface {
        page: 0,
        interface,
        x0: 60,
        rows,
        settings,
    }));
    let spoilt = document(&harness);
    assert_ne!(spoilt, before);

    take(&mut harness, Key::W, Tool::LiveWire);
    let started = std::time::Instant::now();
    while harness.query_by_label_contains("Reading the edges").is_some() {
        assert!(started.elapsed().as_secs() < 60, "the edges are never read");
        std::thread::sleep(std::time::Duration::from_millis(20));
        harness.run_steps(2);
    }
    let at = |x: usize| [x as f32 + 0.5, drawn.rows[0][x]];
    click(&mut harness, at(55));
    click(&mut harness, at(200));
    click(&mut harness, [270.5, 60.0]);
    harness.key_press(Key::Backspace);
    harness.step();
    click(&mut harness, at(265));
    harness.event(Event::PointerMoved(harness.state().screen_from_image(at(330))));
    harness.run_steps(2);
    keep_screen(&mut harness, "live-wire");
    assert_eq!(document(&harness), spoilt, "nothing changes before the line is finished");
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert_eq!(undo_name(&harness).as_deref(), Some("live-wire: ILM"));
    let mended = lines(&harness);
    for x in 60..260 {
        let distance = (mended.rows[0][x] - drawn.rows[0][x]).abs();
        assert!(distance <= 4.0, "column {x}: {distance} px");
    }
    assert_ordered(&harness);

    let done = document(&harness);
    click(&mut harness, at(300));
    harness.key_press(Key::Escape);
    harness.step();
    harness.key_press(Key::Enter);
    harness.step();
    assert_eq!(document(&harness), done);
}

#[test]
fn the_layer_warp_thickens_the_layer_under_the_pointer() {
    let mut harness = studio_with(options());
    let drawn = lines(&harness);
    take(&mut harness, Key::T, Tool::LayerWarp);
    let lens = harness.state().settings().lens_px;
    harness.key_press(Key::OpenBracket);
    harness.step();
    let narrower = harness.state().settings().lens_px;
    assert!(narrower < lens, "the brush keys change the lens");
    let x = 120;
    let middle = (drawn.rows[4][x] + drawn.rows[5][x]) / 2.0;
    let from = [x as f32 + 0.5, middle];
    press(&mut harness, from, LEFT, true);
    for by in [4.0, 25.0, 12.0] {
        harness.event(Event::PointerMoved(harness.state().screen_from_image([from[0], middle - by])));
        harness.step();
        assert_ordered(&harness);
    }
    keep_screen(&mut harness, "layer-warp");
    press(&mut harness, [from[0], middle - 12.0], LEFT, false);
    assert_eq!(undo_name(&harness).as_deref(), Some("thicken ONL-ISM"));
    let after = lines(&harness);
    for k in 0..5 {
        let moved = drawn.rows[k][x] - after.rows[k][x];
        assert!((11.0..=13.0).contains(&moved), "interface {k} moved by {moved} px");
    }
    assert_eq!(after.rows[5][x], drawn.rows[5][x]);
    let far = x + narrower as usize + 3;
    assert_eq!(after.rows[0][far], drawn.rows[0][far]);
}

#[test]
fn the_spline_bends_by_its_knots() {
    let mut harness = studio_with(options());
    let before = document(&harness);
    let drawn = lines(&harness);
    take(&mut harness, Key::K, Tool::InterfaceSpline);
    let width = drawn.rows[0].len();
    let x = (width - 1) * 5 / 10;
    let knot = [x as f32 + 0.5, drawn.rows[7][x]];
    click(&mut harness, [knot[0] + 20.0, drawn.rows[7][x + 20] + 2.0]);
    assert_eq!(document(&harness), before, "knots alone change nothing");
    stroke(&mut harness, &[knot, [knot[0], knot[1] + 5.0], [knot[0], knot[1] + 15.0]], LEFT);
    assert_eq!(undo_name(&harness).as_deref(), Some("interface spline: BM"));
    let bent = lines(&harness);
    let moved = bent.rows[7][x] - drawn.rows[7][x];
    assert!((14.0..=16.0).contains(&moved), "moved by {moved} px");
    keep_screen(&mut harness, "interface-spline");
    assert_eq!(bent.rows[7][x - width / 4], drawn.rows[7][x - width / 4]);
    assert_ordered(&harness);

    harness.key_press(Key::Delete);
    harness.run_steps(2);
    let smoothed = lines(&harness).rows[7][x] - drawn.rows[7][x];
    assert!(smoothed.abs() < 6.0, "without its knot the line lies between the others: {smoothed} px");
    harness.state_mut().perform(Action::Undo);
    harness.state_mut().perform(Action::Undo);
    assert_eq!(document(&harness), before);
}

#[test]
fn a_bare_scan_is_traced_in_one_step() {
    let mut harness = studio_with(options());
    let drawn = lines(&harness);
    let (width, height) = (drawn.width(), document(&harness).pages[0].mask.height());
    let mask = Mask::unannotated(width, height);
    let name = "bare".to_owned();
    harness.state_mut().perform(Action::Edit(Command::ReplaceMask { page: 0, mask, name }));
    harness.run_steps(3);
    let bare = document(&harness);
    keep_screen(&mut harness, "bare-scan");
    harness.get_by_label("Trace layers").click();
    harness.run_steps(2);
    wait_until(&mut harness, "the layers are traced", |studio| {
        studio.session().editor.undo_name() == Some("trace layers")
    });
    let traced = lines(&harness);
    let distance: f32 =
        traced.rows[0].iter().zip(&drawn.rows[0]).map(|(a, b)| (a - b).abs()).sum::<f32>() / width as f32;
    assert!(distance < 2.0, "ILM {distance} px from the grader's");
    assert_ordered(&harness);
    harness.run_steps(2);
    assert!(harness.query_by_label("Trace layers").is_none(), "the card is gone");
    keep_screen(&mut harness, "traced");
    harness.state_mut().perform(Action::Undo);
    assert_eq!(document(&harness), bare);
    assert_eq!(harness.state().first_error(), None);
}
