//! Every tool of the mask editor driven in the window, as a user drives it: taken by name or key, used with
//! pointer and keys, and taken back.

use eframe::egui::{Event, Key, Modifiers, PointerButton, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use retidiff::anatomy::{ABOVE_ILM, BELOW_BM, IRF, UNANNOTATED};
use retidiff::mask::lesion::LesionRegion;
use retidiff::mask::{Mask, order_violations};
use retidiff::studio::shell::action::{Action, TraceAction};
use retidiff::studio::shell::app::{AppOptions, Studio, SynthesisSource};
use retidiff::studio::shell::commands::command;
use retidiff::studio::shell::settings::Tool;

use crate::studio::{document, press, stroke, studio_with, wait_until};

const PRIMARY: PointerButton = PointerButton::Primary;
const SECONDARY: PointerButton = PointerButton::Secondary;

/// The sample with drawn cysts, and no model to wait for.
fn studio() -> Harness<'static, Studio> {
    let none = SynthesisSource::None("No model in this test.".to_owned());
    let mut harness = studio_with(AppOptions { open: None, data_folder: None, synthesis: none });
    harness.state_mut().perform(Action::OpenSample(1));
    harness.run_steps(3);
    harness
}

fn take(harness: &mut Harness<'_, Studio>, name: &str) {
    harness.get_by_role_and_label(Role::Button, name).click();
    harness.run_steps(2);
}

fn mask(harness: &Harness<'_, Studio>) -> Mask {
    document(harness).pages[0].mask.clone()
}

fn undo_names(harness: &Harness<'_, Studio>) -> Vec<String> {
    harness.state().session().editor.undo_names().into_iter().map(str::to_owned).collect()
}

fn click(harness: &mut Harness<'_, Studio>, at: [f32; 2], button: PointerButton) {
    press(harness, at, button, true);
    press(harness, at, button, false);
    // A double click is not meant.
    harness.run_steps(30);
}

fn move_to(harness: &mut Harness<'_, Studio>, at: [f32; 2]) {
    let pos = harness.state().screen_from_image(at);
    harness.event(Event::PointerMoved(pos));
    harness.step();
}

fn key(harness: &mut Harness<'_, Studio>, key: Key, modifiers: Modifiers) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(2);
}

fn area(mask: &Mask) -> u64 {
    mask.lesions.histogram()[1]
}

fn lesions(mask: &Mask) -> Vec<LesionRegion> {
    let mut found: Vec<LesionRegion> = Vec::new();
    for y in 0..mask.height() {
        for x in 0..mask.width() {
            if mask.lesions.get(x, y) != 0 && !found.iter().any(|lesion| lesion.region.contains(x, y)) {
                found.extend(LesionRegion::at(mask, x, y));
            }
        }
    }
    found
}

/// The largest lesion and a point well inside it.
fn largest(mask: &Mask) -> (LesionRegion, [f32; 2]) {
    let largest = lesions(mask).into_iter().max_by_key(|lesion| lesion.region.pixel_count());
    let largest = largest.expect("the sample has cysts");
    let centre = largest.region.centroid().expect("it is not empty");
    (largest, centre)
}

/// A point in the middle of the tallest run of a label in a column.
fn inside(mask: &Mask, x: u32, code: u8) -> [f32; 2] {
    let rows: Vec<u32> = (0..mask.height()).filter(|&y| mask.composite(x, y) == code).collect();
    assert!(!rows.is_empty(), "label {code} in column {x}");
    [x as f32 + 0.5, rows[rows.len() / 2] as f32 + 0.5]
}

/// Keeps a picture of the window where `RETIDIFF_SCREENS` says, to be looked at.
pub fn keep_screen(harness: &mut Harness<'_, Studio>, name: &str) {
    if let Some(folder) = std::env::var_os("RETIDIFF_SCREENS") {
        let picture = harness.render().expect("the window can be drawn");
        picture.save(std::path::Path::new(&folder).join(format!("{name}.png"))).expect("the folder is there");
    }
}

#[test]
fn the_lasso_adds_subtracts_and_is_cancelled() {
    let mut harness = studio();
    let clean = document(&harness);
    take(&mut harness, "Lasso");
    let square = [[60.0, 250.0], [110.0, 250.0], [110.0, 280.0], [60.0, 280.0], [60.0, 252.0]];
    stroke(&mut harness, &square, PRIMARY);
    let drawn = mask(&harness);
    assert_eq!(drawn.composite(80, 265), IRF);
    assert_eq!(undo_names(&harness), ["lasso: IRF"]);

    // The same corners as clicks, with the right button, take it away again.
    for corner in &square[..4] {
        click(&mut harness, *corner, SECONDARY);
    }
    move_to(&mut harness, [70.0, 290.0]);
    keep_screen(&mut harness, "lasso");
    assert_eq!(mask(&harness), drawn, "nothing happens before the line is closed");
    key(&mut harness, Key::Enter, Modifiers::NONE);
    assert_eq!(document(&harness), clean);
    assert_eq!(undo_names(&harness), ["lasso: erase lesion", "lasso: IRF"]);

    for corner in &square[..3] {
        click(&mut harness, *corner, PRIMARY);
    }
    key(&mut harness, Key::Escape, Modifiers::NONE);
    key(&mut harness, Key::Enter, Modifiers::NONE);
    assert_eq!(document(&harness), clean);
    assert_eq!(undo_names(&harness).len(), 2, "escape leaves no trace");
}

#[test]
fn a_lasso_with_a_layer_keeps_the_order() {
    let mut harness = studio();
    take(&mut harness, "Lasso");
    harness.key_press(Key::Num3);
    harness.step();
    assert_eq!(harness.state().settings().tool, Tool::Lasso, "choosing a label keeps the lasso");
    let middle = inside(&mask(&harness), 100, 3);
    let around = [-1.0_f32, 1.0, 1.0, -1.0].into_iter().zip([-1.0_f32, -1.0, 1.0, 1.0]);
    let corners: Vec<[f32; 2]> = around.map(|(x, y)| [middle[0] + 30.0 * x, middle[1] + 40.0 * y]).collect();
    stroke(&mut harness, &corners, PRIMARY);
    let drawn = mask(&harness);
    assert_eq!(drawn.layers.get(100, middle[1] as u32 - 30), 3);
    assert!(!order_violations(&drawn.layers).contains(&true));
}

#[test]
fn fill_floods_a_ring_and_the_right_button_empties_it() {
    let mut harness = studio();
    let clean = document(&harness);
    let ring: Vec<[f32; 2]> = (0..=24)
        .map(|i| i as f32 / 24.0 * std::f32::consts::TAU)
        .map(|angle| [110.0 + 40.0 * angle.cos(), 262.0 + 40.0 * angle.sin()])
        .collect();
    stroke(&mut harness, &ring, PRIMARY);
    take(&mut harness, "Flood fill");
    click(&mut harness, [110.0, 262.0], PRIMARY);
    let filled = mask(&harness);
    for offset in -30..30 {
        assert_eq!(filled.composite(110, (262 + offset) as u32), IRF, "filled across the layers");
    }
    assert_eq!(undo_names(&harness)[0], "fill: IRF");
    keep_screen(&mut harness, "fill");
    click(&mut harness, [110.0, 262.0], SECONDARY);
    assert_eq!(document(&harness).pages, clean.pages);
}

#[test]
fn pick_takes_the_label_and_the_brush() {
    let mut harness = studio();
    harness.key_press(Key::P);
    harness.step();
    let at = inside(&mask(&harness), 90, 5);
    move_to(&mut harness, at);
    harness.run_steps(2);
    keep_screen(&mut harness, "pick");
    click(&mut harness, at, PRIMARY);
    let settings = harness.state().settings();
    assert_eq!((settings.label, settings.tool), (5, Tool::Brush));
    assert!(undo_names(&harness).is_empty());
}

#[test]
fn smooth_rounds_an_edge_in_one_step() {
    let mut harness = studio();
    let (lesion, _) = largest(&mask(&harness));
    let bounds = lesion.region.bounds();
    let clean = document(&harness);
    harness.key_press(Key::M);
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::RadioButton, "Smooth lesions and layers").click();
    harness.run_steps(2);
    let edge = [[bounds.x0 as f32, bounds.y0 as f32], [bounds.x1 as f32, bounds.y1 as f32]];
    stroke(&mut harness, &[edge[0], edge[1], edge[0], edge[1]], PRIMARY);
    keep_screen(&mut harness, "smooth");
    let smoothed = mask(&harness);
    assert_ne!(smoothed, clean.pages[0].mask);
    assert!(!order_violations(&smoothed.layers).contains(&true));
    assert_eq!(undo_names(&harness), ["smooth"]);
    key(&mut harness, Key::Z, Modifiers::COMMAND);
    assert_eq!(document(&harness), clean);
}

#[test]
fn grow_and_shrink_the_lesion_under_the_pointer_alone() {
    let mut harness = studio();
    let before = mask(&harness);
    let (lesion, centre) = largest(&before);
    harness.key_press(Key::G);
    harness.run_steps(2);
    move_to(&mut harness, centre);
    harness.run_steps(2);
    keep_screen(&mut harness, "grow");
    click(&mut harness, centre, PRIMARY);
    let grown = mask(&harness);
    let (larger, _) = largest(&grown);
    assert!(larger.region.pixel_count() > lesion.region.pixel_count());
    assert_eq!(area(&grown) - area(&before), larger.region.pixel_count() - lesion.region.pixel_count());
    click(&mut harness, centre, SECONDARY);
    click(&mut harness, centre, SECONDARY);
    assert!(area(&mask(&harness)) < area(&before));
    assert_eq!(undo_names(&harness), ["shrink IRF", "shrink IRF", "grow IRF"]);
}

#[test]
fn the_chosen_layer_grows_and_shrinks_in_order() {
    let mut harness = studio();
    let before = mask(&harness);
    harness.key_press(Key::G);
    harness.run_steps(2);
    harness.key_press(Key::Num3);
    harness.run_steps(2);
    assert_eq!(harness.state().settings().tool, Tool::Grow, "the tool stays in the hand");
    let at = [40.0, 60.0];
    move_to(&mut harness, at);
    harness.run_steps(2);
    keep_screen(&mut harness, "grow-layer");
    let pixels = |mask: &Mask, code: u8| mask.layers.histogram()[usize::from(code)];
    click(&mut harness, at, PRIMARY);
    let grown = mask(&harness);
    assert!(pixels(&grown, 3) > pixels(&before, 3) + u64::from(before.width()), "a row more in every column");
    assert!(!order_violations(&grown.layers).contains(&true));
    assert_eq!(grown.lesions, before.lesions);
    let unknown = |mask: &Mask| mask.layers.histogram()[usize::from(UNANNOTATED)];
    assert_eq!(unknown(&grown), unknown(&before));
    click(&mut harness, [40.0, before.height() as f32 + 20.0], PRIMARY);
    assert_eq!(mask(&harness), grown, "beside the scan nothing is meant");
    for _ in 0..6 {
        click(&mut harness, at, SECONDARY);
    }
    let thin = mask(&harness);
    assert!(pixels(&thin, 3) < pixels(&before, 3));
    assert!(!order_violations(&thin.layers).contains(&true));
    let names = undo_names(&harness);
    assert_eq!(names.last().map(String::as_str), Some("grow INL"));
    assert!(names.len() > 2 && names[..names.len() - 1].iter().all(|name| name == "shrink INL"), "{names:?}");
}

#[test]
fn a_cyst_is_placed_drawn_out_and_taken_back() {
    let mut harness = studio();
    let before = mask(&harness);
    harness.key_press(Key::C);
    harness.run_steps(2);
    let at = inside(&before, 90, 3);
    move_to(&mut harness, at);
    harness.run_steps(2);
    keep_screen(&mut harness, "cyst-ghost");
    click(&mut harness, at, PRIMARY);
    let placed = mask(&harness);
    assert!(area(&placed) > area(&before));
    assert_eq!(placed.composite(at[0] as u32, at[1] as u32), IRF);
    for y in 0..placed.height() {
        for x in 0..placed.width() {
            let layer = placed.layers.get(x, y);
            assert!(placed.lesions.get(x, y) == 0 || (ABOVE_ILM < layer && layer < BELOW_BM));
        }
    }
    // Drawn out it follows the pointer; Esc takes back what was drawn so far.
    let start = inside(&before, 520, 3);
    press(&mut harness, start, PRIMARY, true);
    move_to(&mut harness, [start[0] + 20.0, start[1] + 10.0]);
    let small = area(&mask(&harness));
    move_to(&mut harness, [start[0] + 60.0, start[1] + 12.0]);
    keep_screen(&mut harness, "cyst-drag");
    assert!(area(&mask(&harness)) > small);
    key(&mut harness, Key::Escape, Modifiers::NONE);
    press(&mut harness, start, PRIMARY, false);
    assert_eq!(mask(&harness), placed);
    assert_eq!(undo_names(&harness), ["cyst: IRF"]);
}

#[test]
fn a_dome_lifts_the_layers_above_it_and_is_one_step() {
    let mut harness = studio();
    take(&mut harness, "Dome");
    let before = mask(&harness);
    let at = inside(&before, 300, 7);
    click(&mut harness, at, PRIMARY);
    let raised = mask(&harness);
    let srf = raised.lesions.histogram()[2];
    assert!(srf > 500, "{srf} pixels of SRF");
    assert!(order_violations(&raised.layers).iter().all(|&violated| !violated));
    let ilm = |mask: &Mask| (0..mask.height()).find(|&y| mask.layers.get(300, y) != ABOVE_ILM);
    assert!(ilm(&raised) < ilm(&before), "the retina goes up");
    assert_eq!(undo_names(&harness).first().map(String::as_str), Some("dome: SRF"));
    key(&mut harness, Key::Z, Modifiers::COMMAND);
    assert_eq!(mask(&harness), before);

    // Drawn out: narrower and lower than the click's.
    press(&mut harness, at, PRIMARY, true);
    move_to(&mut harness, [at[0] + 20.0, at[1] - 12.0]);
    press(&mut harness, [at[0] + 20.0, at[1] - 12.0], PRIMARY, false);
    harness.run_steps(3);
    let small = mask(&harness).lesions.histogram()[2];
    assert!(small > 0 && small < srf / 2, "{small} of {srf} pixels");
}

#[test]
fn a_scatter_is_one_step() {
    let mut harness = studio();
    let clean = document(&harness);
    let count = lesions(&clean.pages[0].mask).len();
    take(&mut harness, "Cyst");
    harness.get_by_role_and_label(Role::RadioButton, "Scatter many cysts").click();
    harness.run_steps(2);
    take(&mut harness, "Scatter");
    keep_screen(&mut harness, "scatter");
    assert_eq!(lesions(&mask(&harness)).len(), count + 12);
    assert_eq!(undo_names(&harness), ["scatter 12 cysts: IRF"]);
    key(&mut harness, Key::Z, Modifiers::COMMAND);
    assert_eq!(document(&harness), clean);
}

#[test]
fn a_lesion_is_selected_moved_scaled_and_turned() {
    let mut harness = studio();
    let clean = document(&harness);
    let (lesion, centre) = largest(&mask(&harness));
    let bounds = lesion.region.bounds();
    harness.key_press(Key::V);
    harness.run_steps(2);
    click(&mut harness, centre, PRIMARY);
    assert!(undo_names(&harness).is_empty(), "selecting changes nothing");
    let by = [-120.0, 20.0];
    stroke(
        &mut harness,
        &[centre, [centre[0] - 60.0, centre[1]], [centre[0] + by[0], centre[1] + by[1]]],
        PRIMARY,
    );
    let moved = mask(&harness);
    let there = LesionRegion::at(&moved, (centre[0] + by[0]) as u32, (centre[1] + by[1]) as u32);
    assert_eq!(there.map(|lesion| lesion.region.pixel_count()), Some(lesion.region.pixel_count()));
    assert_eq!(moved.lesions.get(centre[0] as u32, centre[1] as u32), 0, "the layer beneath shows");
    assert_eq!(moved.layers, clean.pages[0].mask.layers);
    harness.run_steps(2);
    keep_screen(&mut harness, "select");

    // The handles stand nine screen points outside the lesion.
    let corner = [bounds.x1 as f32 + by[0], bounds.y1 as f32 + by[1]];
    let scale =
        harness.state().screen_from_image([1.0, 0.0]).x - harness.state().screen_from_image([0.0, 0.0]).x;
    let corner = corner.map(|at| at + 9.0 / scale);
    stroke(&mut harness, &[corner, [corner[0] + 20.0, corner[1] + 12.0]], PRIMARY);
    assert!(area(&mask(&harness)) > area(&moved));
    key(&mut harness, Key::ArrowRight, Modifiers::SHIFT);
    assert_eq!(undo_names(&harness), ["move lesion: IRF", "scale lesion: IRF", "move lesion: IRF"]);
    for _ in 0..3 {
        key(&mut harness, Key::Z, Modifiers::COMMAND);
    }
    assert_eq!(document(&harness), clean);
}

#[test]
fn escape_takes_a_move_back_and_lets_go() {
    let mut harness = studio();
    let clean = document(&harness);
    let (_, centre) = largest(&mask(&harness));
    take(&mut harness, "Select lesion");
    press(&mut harness, centre, PRIMARY, true);
    move_to(&mut harness, [centre[0] + 50.0, centre[1]]);
    assert_ne!(document(&harness), clean);
    key(&mut harness, Key::Escape, Modifiers::NONE);
    press(&mut harness, centre, PRIMARY, false);
    assert_eq!(document(&harness), clean);
    harness.get_by_label("Copy");
    key(&mut harness, Key::Escape, Modifiers::NONE);
    harness.get_by_label("No lesion selected");
}

#[test]
fn a_lesion_is_copied_into_another_document_and_deleted() {
    let mut harness = studio();
    let (lesion, centre) = largest(&mask(&harness));
    take(&mut harness, "Select lesion");
    click(&mut harness, centre, PRIMARY);
    harness.event(Event::Copy);
    harness.run_steps(2);
    harness.state_mut().perform(Action::OpenSample(0));
    harness.run_steps(3);
    wait_until(&mut harness, "the other sample shows", |studio| {
        studio.session().editor.document().name != "Fovea with drawn cysts (example)"
    });
    let other = document(&harness);
    assert_eq!(area(&other.pages[0].mask), 0);
    harness.key_press(Key::B);
    harness.step();
    harness.event(Event::Paste("IRF lesion".to_owned()));
    harness.run_steps(2);
    let pasted = mask(&harness);
    assert_eq!(area(&pasted), lesion.region.pixel_count(), "it lies where it was");
    assert_eq!(LesionRegion::at(&pasted, centre[0] as u32, centre[1] as u32), Some(lesion));
    assert_eq!(undo_names(&harness), ["paste lesion: IRF"]);
    key(&mut harness, Key::Delete, Modifiers::NONE);
    assert_eq!(document(&harness).pages, other.pages);
    assert_eq!(undo_names(&harness), ["delete lesion: IRF", "paste lesion: IRF"]);
}

#[test]
fn shift_and_a_digit_reach_every_lesion() {
    let mut harness = studio();
    for (digit, code) in [(Key::Num2, 10), (Key::Num3, 11), (Key::Num1, IRF)] {
        key(&mut harness, digit, Modifiers::SHIFT);
        assert_eq!(harness.state().settings().label, code);
    }
    // What a keyboard says that has a sign on that key.
    let event = |key, physical_key| Event::Key {
        key,
        physical_key,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::SHIFT,
    };
    harness.event(event(Key::Quote, Some(Key::Num2)));
    harness.run_steps(2);
    assert_eq!(harness.state().settings().label, 10);
}

#[test]
fn locked_lesions_stay_whatever_the_tool() {
    let mut harness = studio();
    let clean = document(&harness);
    let (_, centre) = largest(&mask(&harness));
    harness.get_by_label("Lock IRF").click();
    harness.run_steps(2);
    for name in ["Flood fill", "Grow", "Smooth", "Cyst"] {
        take(&mut harness, name);
        click(&mut harness, centre, PRIMARY);
        click(&mut harness, centre, SECONDARY);
    }
    take(&mut harness, "Select lesion");
    stroke(&mut harness, &[centre, [centre[0] + 40.0, centre[1]]], PRIMARY);
    key(&mut harness, Key::Delete, Modifiers::NONE);
    key(&mut harness, Key::ArrowUp, Modifiers::NONE);
    assert_eq!(document(&harness), clean);
    assert!(undo_names(&harness).is_empty());
}

#[test]
fn locked_layers_stay_under_a_trace() {
    const ISE: u8 = 6;
    let mut harness = studio();
    let before = mask(&harness).layers;
    harness.state_mut().perform(Action::SelectLabel(ISE));
    let lock = command("label.lock").expect("a command");
    harness.state_mut().perform((lock.action)());
    harness.run_steps(2);
    harness.get_by_label("Unlock EZ (ISE)");
    harness.state_mut().perform(Action::Trace(TraceAction::TraceLayers));
    wait_until(&mut harness, "it is traced", |studio| {
        studio.session().editor.undo_name() == Some("trace layers")
    });
    let after = mask(&harness).layers;
    assert_ne!(after, before, "the other layers are traced");
    for (old, new) in before.to_pixels().into_iter().zip(after.to_pixels()) {
        assert_eq!(old == ISE, new == ISE);
    }
}

#[test]
fn undo_during_a_stroke_takes_the_stroke_back() {
    let mut harness = studio();
    let clean = document(&harness);
    press(&mut harness, [150.0, 250.0], PRIMARY, true);
    move_to(&mut harness, [200.0, 255.0]);
    assert_ne!(document(&harness), clean);
    key(&mut harness, Key::Z, Modifiers::COMMAND);
    move_to(&mut harness, [240.0, 255.0]);
    press(&mut harness, [240.0, 255.0], PRIMARY, false);
    assert_eq!(document(&harness), clean);
}

#[test]
fn a_middle_drag_pans_in_the_middle_of_a_stroke() {
    let mut harness = studio();
    press(&mut harness, [150.0, 250.0], PRIMARY, true);
    let at = harness.state().screen_from_image([150.0, 250.0]);
    let middle = |pressed, pos| Event::PointerButton {
        pos,
        button: PointerButton::Middle,
        pressed,
        modifiers: Modifiers::NONE,
    };
    harness.event(middle(true, at));
    harness.step();
    let to = at + eframe::egui::vec2(40.0, 25.0);
    harness.event(Event::PointerMoved(to));
    harness.step();
    harness.event(middle(false, to));
    harness.step();
    let there = harness.state().screen_from_image([150.0, 250.0]);
    assert!((there - to).length() < 0.5, "the image followed the hand");
    press(&mut harness, [180.0, 250.0], PRIMARY, false);
    let painted = mask(&harness);
    assert!((150..180).all(|x| painted.composite(x, 250) == IRF), "and the stroke goes on");
    assert_eq!(undo_names(&harness), ["brush: IRF"]);
}
