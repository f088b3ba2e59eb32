//! Keys go to the widget that had the keyboard when they were pressed, however slow the frames are: the document and
//! the tools before, what the hands did in one frame, the document and the tools after.

use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use retidiff::anatomy::IRF;
use retidiff::studio::shell::app::Studio;
use retidiff::studio::shell::settings::Tool;

use crate::studio::{document, options, studio_with};

/// A point of the scan without a lesion.
const POINT: [f32; 2] = [170.0, 250.0];

fn key(key: Key) -> [Event; 2] {
    [true, false].map(|pressed| Event::Key {
        key,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    })
}

/// A key that writes, as a window reports it.
fn letter(which: Key, text: &str) -> Vec<Event> {
    let [down, up] = key(which);
    vec![down, Event::Text(text.to_owned()), up]
}

fn click(pos: Pos2) -> [Event; 3] {
    let button = |pressed| {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        Event::PointerButton { pos, button, pressed, modifiers }
    };
    [Event::PointerMoved(pos), button(true), button(false)]
}

/// All of it in one frame; the harness gives its own events one a frame.
fn slow_frame(harness: &mut Harness<'_, Studio>, events: impl IntoIterator<Item = Event>) {
    harness.input_mut().events.extend(events);
    harness.run_steps(8);
}

/// What a screen reader calls the field of the seed.
const SEED_FIELD: &str = "The noise of this document. The same seed and mask give the same scan.";

fn seed_field(harness: &Harness<'_, Studio>) -> Pos2 {
    // Named by what it explains.
    harness.get_by_role_and_label(Role::SpinButton, SEED_FIELD).rect().center()
}

/// Tool, label and seed.
fn state(harness: &Harness<'_, Studio>) -> (Tool, u8, u64) {
    let settings = harness.state().settings();
    (settings.tool, settings.label, document(harness).noise_seed)
}

fn painted(harness: &Harness<'_, Studio>) -> bool {
    document(harness).pages[0].mask.composite(POINT[0] as u32, POINT[1] as u32) == IRF
}

#[test]
fn digits_typed_before_the_field_was_drawn_reach_it_and_choose_no_label() {
    let mut harness = studio_with(options());
    assert_eq!((state(&harness).0, state(&harness).1, painted(&harness)), (Tool::Brush, IRF, false));
    let on_scan = harness.state().screen_from_image(POINT);
    let mut events = click(seed_field(&harness)).to_vec();
    events.extend(letter(Key::Num4, "4"));
    events.extend(letter(Key::Num2, "2"));
    events.extend(click(on_scan));
    slow_frame(&mut harness, events);
    assert_eq!(state(&harness), (Tool::Brush, IRF, 42));
    assert!(painted(&harness), "and the press on the scan painted what was chosen before");
}

#[test]
fn what_is_typed_last_is_the_fields_and_what_follows_enter_is_not() {
    let mut harness = studio_with(options());
    let place = seed_field(&harness);
    slow_frame(&mut harness, click(place));
    let mut events = letter(Key::Num7, "7");
    events.extend(key(Key::Enter));
    events.extend(letter(Key::E, "e"));
    slow_frame(&mut harness, events);
    assert_eq!(state(&harness), (Tool::Eraser, IRF, 7), "7 is the seed, E after Enter the eraser");

    let place = seed_field(&harness);
    slow_frame(&mut harness, click(place));
    let mut events = letter(Key::Num3, "3");
    events.extend(key(Key::Escape));
    slow_frame(&mut harness, events);
    let (tool, label, _) = state(&harness);
    assert_eq!((tool, label), (Tool::Eraser, IRF), "3 is no label, and Escape no tool");
}

#[test]
fn letters_after_the_key_of_the_palette_are_looked_for_there() {
    let mut harness = studio_with(options());
    let [mut down, up] = key(Key::P);
    if let Event::Key { modifiers, .. } = &mut down {
        *modifiers = Modifiers::COMMAND;
    }
    let mut events = vec![down, up];
    events.extend(letter(Key::E, "e"));
    events.extend(letter(Key::F, "f"));
    slow_frame(&mut harness, events);
    assert_eq!(state(&harness).0, Tool::Brush, "no letter chose a tool");
    let field = harness.get_by_label("Search commands");
    assert_eq!(field.accesskit_node().value().as_deref(), Some("ef"), "they are looked for");
}
