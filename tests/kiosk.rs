//! The demo mode, driven as passers-by and staff drive it: by pointer, keys and time, and by a hundred thousand events at
//! random.

use std::path::Path;
use std::time::Duration;

use eframe::egui::{
    Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, TouchDeviceId, TouchId, TouchPhase,
    ViewportCommand, ViewportEvent, ViewportId, pos2, vec2,
};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use retidiff::anatomy::{IRF, LAYER_COUNT, LESION_BASE, Lesion};
use retidiff::studio::shell::app::Studio;
use retidiff::studio::stage::kiosk::{
    COUNTDOWN, GameStep, IDLE, Kiosk, KioskBrush, KioskOptions, Phase, Pin, QUESTIONS,
};

use crate::fixtures::Numbers;
use crate::studio::{document, options, wait_until};

/// Composite code of subretinal fluid.
const SRF: u8 = LESION_BASE + Lesion::Srf as u8;
const PIN: &str = "fovea centralis 42";
/// Exact in binary, so that hours of them are exact, too.
const FRAME: Duration = Duration::from_micros(15_625);
const CHORD: Modifiers = Modifiers { alt: false, ctrl: true, shift: true, mac_cmd: false, command: true };

fn kiosk_with(scores: Option<&Path>) -> Harness<'static, Studio> {
    let pin = Pin::parse(PIN).expect("a PIN");
    let kiosk = KioskOptions { pin, scores: scores.map(Path::to_path_buf), seed: 7, cases: Vec::new() };
    let mut harness = Harness::builder()
        .with_size([1120.0, 720.0])
        .with_step_dt(FRAME.as_secs_f32())
        .with_render_cursor(false)
        .wgpu()
        .build_eframe(|creation| {
            let mut studio = Studio::new(creation, options());
            studio.enter_kiosk(kiosk);
            studio
        });
    harness.run_steps(2);
    harness
}

fn kiosk<'a>(harness: &'a Harness<'_, Studio>) -> &'a Kiosk {
    harness.state().kiosk().expect("the demo mode goes on")
}

fn of(studio: &Studio) -> &Kiosk {
    studio.kiosk().expect("the demo mode goes on")
}

/// Lets time pass on the kiosk's clock, in pieces as a display would show it.
fn pass(harness: &mut Harness<'_, Studio>, time: Duration) {
    for _ in 0..time.as_millis() / PIECE.as_millis() {
        pass_piece(harness);
    }
}

const PIECE: Duration = Duration::from_millis(250);

fn pass_piece(harness: &mut Harness<'_, Studio>) {
    // The frame takes its own time.
    harness.state_mut().kiosk_mut().expect("the demo mode goes on").advance(PIECE - FRAME);
    harness.step();
}

/// Lets time pass until the program has painted so many eyes by itself.
fn pass_until_loops(harness: &mut Harness<'_, Studio>, loops: u64) {
    for _ in 0..4000 {
        if kiosk(harness).figures().loops >= loops {
            return;
        }
        pass_piece(harness);
        // The threads that make eyes and draw scans need their time.
        std::thread::sleep(Duration::from_millis(2));
    }
    panic!("{loops} eyes never come: {:?}", kiosk(harness).figures());
}

/// The first eye of the loop is on show, with its scan.
fn wait_for_eye(harness: &mut Harness<'_, Studio>) {
    wait_until(harness, "an eye has its scan", |studio| {
        matches!(of(studio).phase(), Phase::Attract(Some(_))) && of(studio).has_scan()
    });
}

fn is_visited(harness: &Harness<'_, Studio>) -> bool {
    matches!(kiosk(harness).phase(), Phase::Visit)
}

fn is_looping(harness: &Harness<'_, Studio>) -> bool {
    matches!(kiosk(harness).phase(), Phase::Attract(_))
}

fn button(harness: &mut Harness<'_, Studio>, at: Pos2, pressed: bool) {
    harness.event(Event::PointerMoved(at));
    let (pos, button, modifiers) = (at, PointerButton::Primary, Modifiers::NONE);
    harness.event(Event::PointerButton { pos, button, pressed, modifiers });
    harness.step();
}

fn stroke(harness: &mut Harness<'_, Studio>, from: Pos2, to: Pos2) {
    button(harness, from, true);
    harness.event(Event::PointerMoved(from.lerp(to, 0.5)));
    harness.step();
    button(harness, to, false);
}

/// The middle of the pane with the labels.
fn middle_of_labels(harness: &Harness<'_, Studio>) -> Pos2 {
    let pane = harness.query_all_by_label("Labels: paint here").next().expect("the pane");
    pane.rect().center()
}

fn click(harness: &mut Harness<'_, Studio>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(2);
}

fn type_text(harness: &mut Harness<'_, Studio>, text: &str) {
    harness.event(Event::Text(text.to_owned()));
    harness.step();
}

/// How many pixels carry a label.
fn pixels(harness: &Harness<'_, Studio>, code: u8) -> usize {
    kiosk(harness).eye().mask().composite_pixels().into_iter().filter(|pixel| *pixel == code).count()
}

#[test]
fn the_loop_goes_round_by_itself_and_each_eye_gets_its_scan() {
    let mut harness = kiosk_with(None);
    harness.get_by_label("SYNTHETIC – not for diagnosis");
    wait_for_eye(&mut harness);
    harness.step();
    harness.get_by_label("A young, healthy macula");
    let mut shown = kiosk(&harness).session().view_number();
    for loops in 1..=13 {
        pass_until_loops(&mut harness, loops);
        let now = kiosk(&harness).session().view_number();
        assert_eq!(now, shown + 1, "one eye after the other");
        shown = now;
    }
    let figures = kiosk(&harness).figures();
    assert_eq!((figures.rounds, figures.visits, figures.resets), (1, 0, 0), "{figures:?}");
    assert!(figures.scans >= 13 && is_looping(&harness), "{figures:?}");
    harness.step();
    harness.get_by_label("A healthy macula in old age");
}

#[test]
fn the_program_paints_a_lesion_by_itself_and_a_touch_has_it_whole_at_once() {
    let mut harness = kiosk_with(None);
    // The third template is the first with cysts.
    pass_until_loops(&mut harness, 2);
    assert_eq!(pixels(&harness, IRF), 0, "at first its cysts are not there");
    pass(&mut harness, Duration::from_secs(4));
    let painted = pixels(&harness, IRF);
    assert!(painted > 0 && is_looping(&harness));
    // Beside the pictures and the targets: whatever is touched.
    button(&mut harness, pos2(500.0, 30.0), true);
    assert!(is_visited(&harness), "a touch ends the loop in its frame");
    let whole = pixels(&harness, IRF);
    assert!(whole > painted, "{whole} after {painted} px");
    assert!(!kiosk(&harness).eye().is_changed(), "that is the eye as it came");
    button(&mut harness, pos2(500.0, 30.0), false);
    pass(&mut harness, Duration::from_secs(30));
    assert_eq!(pixels(&harness, IRF), whole, "the program paints no more");
}

#[test]
fn a_key_ends_the_loop_and_a_pointer_that_only_moves_does_not() {
    let mut harness = kiosk_with(None);
    wait_for_eye(&mut harness);
    harness.event(Event::PointerMoved(pos2(300.0, 300.0)));
    harness.step();
    assert!(is_looping(&harness));
    harness.key_press(Key::Space);
    harness.step();
    assert!(is_visited(&harness));
    assert_eq!(kiosk(&harness).figures().visits, 1);
}

#[test]
fn painting_yields_a_synthetic_scan_and_goes_back() {
    let mut harness = kiosk_with(None);
    wait_for_eye(&mut harness);
    let middle = middle_of_labels(&harness);
    let (before, scans) = (pixels(&harness, IRF), kiosk(&harness).figures().scans);
    stroke(&mut harness, middle - vec2(30.0, 0.0), middle + vec2(30.0, 0.0));
    assert!(is_visited(&harness));
    let painted = pixels(&harness, IRF);
    assert!(painted > before, "the touch that ends the loop paints");
    wait_until(&mut harness, "the scan follows", |studio| {
        let is_whole = studio.synthesis().shown().is_some_and(|shown| shown.current && shown.complete);
        is_whole && of(studio).figures().scans > scans
    });

    click(&mut harness, "Fluid below");
    stroke(&mut harness, middle, middle - vec2(0.0, 40.0));
    let fluid = pixels(&harness, SRF);
    assert!(fluid > 100, "{fluid} px of fluid lift the retina");
    let mask = kiosk(&harness).eye().mask().clone();
    let beside = middle + vec2(150.0, 0.0);
    let codes = mask.layers.to_pixels();
    assert!((1..=LAYER_COUNT as u8).all(|layer| codes.contains(&layer)), "no layer is lost");

    click(&mut harness, "Push a layer");
    stroke(&mut harness, beside, beside + vec2(0.0, 25.0));
    assert_ne!(kiosk(&harness).eye().mask(), &mask, "a layer was pushed");
    click(&mut harness, "Undo");
    assert_eq!(kiosk(&harness).eye().mask(), &mask);
    click(&mut harness, "Undo");
    assert_eq!((pixels(&harness, SRF), pixels(&harness, IRF)), (0, painted));

    click(&mut harness, "Erase");
    for row in -3..=3 {
        let at = middle + vec2(0.0, 6.0 * row as f32);
        stroke(&mut harness, at - vec2(60.0, 0.0), at + vec2(60.0, 0.0));
    }
    assert!(pixels(&harness, IRF) < painted);
    click(&mut harness, "Start again");
    assert!(!kiosk(&harness).eye().is_changed());
    let eye = kiosk(&harness).session().view_number();
    click(&mut harness, "Another eye");
    wait_until(&mut harness, "another eye comes", |studio| of(studio).session().view_number() > eye);
    assert!(is_visited(&harness));
}

#[test]
fn who_goes_away_is_counted_down_and_everything_is_reset() {
    let mut harness = kiosk_with(None);
    wait_for_eye(&mut harness);
    let middle = middle_of_labels(&harness);
    stroke(&mut harness, middle - vec2(30.0, 0.0), middle);
    let eye = kiosk(&harness).session().view_number();
    click(&mut harness, "Erase");
    click(&mut harness, "Deutsch");
    harness.get_by_label("SYNTHETISCH – nicht zur Diagnose");
    harness.get_by_label("Zyste");
    assert_eq!(kiosk(&harness).countdown(), None);
    pass(&mut harness, IDLE - COUNTDOWN + Duration::from_secs(1));
    assert!(is_visited(&harness));
    assert!(harness.query_by_label_contains("Neustart in").is_some(), "the countdown shows");
    // A touch goes on.
    button(&mut harness, pos2(400.0, 30.0), true);
    button(&mut harness, pos2(400.0, 30.0), false);
    assert_eq!(kiosk(&harness).countdown(), None);
    pass(&mut harness, IDLE - Duration::from_secs(1));
    assert!(is_visited(&harness));
    pass(&mut harness, Duration::from_secs(2));
    assert!(is_looping(&harness), "a minute after the last touch");
    assert_eq!((kiosk(&harness).figures().resets, kiosk(&harness).brush()), (1, KioskBrush::Cyst));
    harness.run_steps(2);
    harness.get_by_label("SYNTHETIC – not for diagnosis");
    wait_until(&mut harness, "another eye comes", |studio| of(studio).session().view_number() > eye);
}

/// The studio behind the kiosk must not have noticed anything.
fn assert_untouched(harness: &Harness<'_, Studio>, before: &retidiff::document::Document) {
    assert_eq!(&document(harness), before);
    assert!(!harness.state().session().editor.has_unsaved_changes());
    assert!(!harness.state().is_waiting_for_files());
}

fn commands(harness: &Harness<'_, Studio>) -> Vec<ViewportCommand> {
    harness.output().viewport_output[&ViewportId::ROOT].commands.clone()
}

#[test]
fn a_wrong_pin_stays_and_the_right_one_leaves() {
    let mut harness = kiosk_with(None);
    let before = document(&harness);
    wait_for_eye(&mut harness);
    harness.key_press(Key::K);
    harness.key_press(Key::Escape);
    harness.step();
    assert!(!kiosk(&harness).lock().is_open(), "it takes the chord");
    harness.key_press_modifiers(CHORD, Key::K);
    harness.run_steps(2);
    assert!(kiosk(&harness).lock().is_open());
    harness.get_by_label("For the staff");
    for key in ["1", "2", "3", "4"] {
        click(&mut harness, key);
    }
    assert_eq!(kiosk(&harness).lock().typed_count(), 4);
    click(&mut harness, "Leave");
    harness.get_by_label("That is not the PIN.");
    assert!(harness.query_by_label_contains("1234").is_none(), "what is typed is not shown");
    type_text(&mut harness, "fovea centralis 43");
    harness.key_press(Key::Enter);
    harness.step();
    assert!(kiosk(&harness).lock().was_wrong());
    assert_untouched(&harness, &before);

    type_text(&mut harness, PIN);
    harness.key_down(Key::Enter);
    harness.step();
    assert!(harness.state().kiosk().is_none(), "the right PIN leaves");
    assert!(commands(&harness).contains(&ViewportCommand::Fullscreen(false)));
    harness.key_up(Key::Enter);
    harness.run_steps(3);
    assert!(harness.query_all_by_label("Open").next().is_some(), "the studio is there");
    wait_until(&mut harness, "the studio's scan is drawn", crate::studio::has_whole_picture);
}

#[test]
fn a_pad_that_nobody_types_on_goes_away() {
    let mut harness = kiosk_with(None);
    harness.key_press_modifiers(CHORD, Key::K);
    harness.run_steps(2);
    assert!(kiosk(&harness).lock().is_open());
    pass(&mut harness, Duration::from_secs(21));
    assert!(!kiosk(&harness).lock().is_open());
}

#[test]
fn the_window_does_not_close_and_stays_as_large_as_the_screen() {
    let mut harness = kiosk_with(None);
    close(&mut harness);
    harness.step();
    assert!(commands(&harness).contains(&ViewportCommand::CancelClose));
    assert_eq!(kiosk(&harness).figures().refused_closes, 1);
    let window = harness.input_mut().viewports.entry(ViewportId::ROOT).or_default();
    window.fullscreen = Some(false);
    harness.step();
    assert!(commands(&harness).contains(&ViewportCommand::Fullscreen(true)));
    harness.step();
    assert!(!commands(&harness).contains(&ViewportCommand::Fullscreen(true)), "not in every frame");
}

fn close(harness: &mut Harness<'_, Studio>) {
    let window = harness.input_mut().viewports.entry(ViewportId::ROOT).or_default();
    window.events.push(ViewportEvent::Close);
}

fn game(harness: &Harness<'_, Studio>) -> retidiff::studio::stage::kiosk::Game {
    match kiosk(harness).phase() {
        Phase::Game(game) => game.clone(),
        other => panic!("no game but {other:?}"),
    }
}

/// Waits until there are scans for a game.
fn wait_for_game(harness: &mut Harness<'_, Studio>) {
    wait_for_eye(harness);
    wait_until(harness, "a scan for games is drawn", |studio| of(studio).can_play());
    harness.step();
}

#[test]
fn a_game_is_played_by_pointer_and_goes_onto_the_board_that_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let scores = folder.path().join("scores.json");
    let mut harness = kiosk_with(Some(&scores));
    wait_for_game(&mut harness);
    click(&mut harness, "Real or synthetic?");
    harness.get_by_label("Some of these are SYNTHETIC – not for diagnosis");
    for index in 0..QUESTIONS {
        let shown = game(&harness);
        let (at, question) = shown.question();
        assert_eq!(at, index);
        // The first is answered wrongly.
        let says_synthetic = question.is_synthetic != (index == 0);
        click(&mut harness, if says_synthetic { "2 Synthetic" } else { "1 Real" });
        assert_eq!(game(&harness).step(), GameStep::Truth { was_right: index > 0 });
        let truth = if question.is_synthetic { "This scan is SYNTHETIC" } else { "Tian et al." };
        assert!(harness.query_by_label_contains(truth).is_some(), "the truth is said: {truth}");
        click(&mut harness, "Next");
    }
    let GameStep::Result(place) = game(&harness).step() else { panic!("no result") };
    assert_eq!((place.place, place.score.right as usize), (1, QUESTIONS - 1));
    harness.get_by_label("Score board");
    click(&mut harness, "Back to painting");
    assert!(is_visited(&harness));
    drop(harness);

    let again = kiosk_with(Some(&scores));
    assert_eq!(kiosk(&again).board().best(), [place.score]);
}

#[test]
fn a_game_is_played_by_keyboard() {
    let mut harness = kiosk_with(None);
    wait_for_game(&mut harness);
    // Tab reaches the target of the game, as every other.
    let is_reached = |harness: &Harness<'_, Studio>| {
        let target = harness.query_by_label("Real or synthetic?");
        target.is_some_and(|target| target.accesskit_node().is_focused())
    };
    for _ in 0..40 {
        if is_reached(&harness) {
            break;
        }
        harness.key_press(Key::Tab);
        harness.run_steps(2);
    }
    assert!(is_reached(&harness), "Tab does not reach the game");
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    for _ in 0..QUESTIONS {
        let is_synthetic = game(&harness).question().1.is_synthetic;
        harness.key_press(if is_synthetic { Key::Num2 } else { Key::Num1 });
        harness.run_steps(2);
        assert_eq!(game(&harness).step(), GameStep::Truth { was_right: true });
        harness.key_press(Key::Enter);
        harness.run_steps(2);
    }
    let GameStep::Result(place) = game(&harness).step() else { panic!("no result") };
    assert_eq!(place.score.right as usize, QUESTIONS);
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert!(is_visited(&harness));
}

#[test]
fn every_target_has_a_name_and_is_large_enough_for_a_finger() {
    let mut harness = kiosk_with(None);
    wait_for_game(&mut harness);
    let check = |harness: &Harness<'_, Studio>, names: &[&str]| {
        assert!(harness.unnamed_widgets().is_empty(), "{:#?}", harness.unnamed_widgets());
        for name in names {
            let size = harness.get_by_label(name).rect().size();
            assert!(size.min_elem() >= 48.0, "{name} is {size:?}");
        }
    };
    let tools = ["Cyst", "Fluid below", "Push a layer", "Erase", "Undo", "Start again", "Another eye"];
    check(&harness, &tools);
    check(&harness, &["Real or synthetic?", "Deutsch"]);
    click(&mut harness, "Real or synthetic?");
    check(&harness, &["1 Real", "2 Synthetic", "Back to painting"]);
    harness.key_press_modifiers(CHORD, Key::K);
    harness.run_steps(2);
    check(&harness, &["1", "5", "9", "0", "Delete", "Leave", "Cancel"]);
}

const EVENTS: usize = 100_000;
const EVENTS_A_FRAME: usize = 25;

/// Anything that can reach a window, except the PIN.
fn any_event(numbers: &mut Numbers) -> Event {
    let pos = pos2(numbers.below(1180) as f32 - 30.0, numbers.below(780) as f32 - 30.0);
    let modifiers =
        [Modifiers::NONE, Modifiers::SHIFT, Modifiers::COMMAND, Modifiers::ALT, CHORD][numbers.below(5)];
    let pressed = numbers.below(2) == 0;
    match numbers.below(16) {
        0..4 => Event::PointerMoved(pos),
        4..8 => {
            let buttons = [
                PointerButton::Primary,
                PointerButton::Primary,
                PointerButton::Secondary,
                PointerButton::Middle,
            ];
            Event::PointerButton { pos, button: buttons[numbers.below(4)], pressed, modifiers }
        }
        8..11 => {
            // The chord comes often, so that the pad is tried, too.
            let all = Key::ALL;
            let key = if numbers.below(12) == 0 { Key::K } else { all[numbers.below(all.len())] };
            Event::Key { key, physical_key: None, pressed, repeat: numbers.below(4) == 0, modifiers }
        }
        11 => {
            let texts = ["1", "0000", "retina", "\u{7}", "", "ö", "../../etc", "/", "🙂"];
            Event::Text(texts[numbers.below(texts.len())].to_owned())
        }
        12 => Event::Paste("/etc/passwd".to_owned()),
        13 => Event::MouseWheel {
            unit: MouseWheelUnit::Line,
            delta: vec2(numbers.below(9) as f32 - 4.0, numbers.below(9) as f32 - 4.0),
            phase: TouchPhase::Move,
            source: eframe::egui::MouseWheelSource::Unknown,
            modifiers,
        },
        14 => {
            let phases = [TouchPhase::Start, TouchPhase::Move, TouchPhase::End, TouchPhase::Cancel];
            let id = TouchId(numbers.below(3) as u64);
            Event::Touch {
                device_id: TouchDeviceId(0),
                id,
                phase: phases[numbers.below(4)],
                pos,
                force: None,
            }
        }
        _ => [Event::PointerGone, Event::Copy, Event::Cut, Event::WindowFocused(pressed), Event::Zoom(1.2)]
            [numbers.below(5)]
        .clone(),
    }
}

/// A frame with these events, after which everything is as it must be.
fn frame(harness: &mut Harness<'_, Studio>, events: Vec<Event>) {
    harness.input_mut().events.extend(events);
    harness.step();
    assert!(kiosk(harness).eye().mask().is_valid());
    let orders = commands(harness);
    assert!(!orders.contains(&ViewportCommand::Close), "the window closes");
    assert!(!orders.contains(&ViewportCommand::Fullscreen(false)), "it is no longer full screen");
    let of_system = &harness.output().platform_output.commands;
    assert!(of_system.is_empty(), "clipboard or browser: {of_system:?}");
}

#[test]
fn a_hundred_thousand_events_at_random_neither_leave_the_demo_mode_nor_break_it() {
    let mut harness = kiosk_with(None);
    let before = document(&harness);
    wait_for_game(&mut harness);
    let mut numbers = Numbers(2026);
    let (mut sent, mut pads) = (0, 0);
    while sent < EVENTS {
        if numbers.below(4) == 0 {
            // A finger that comes down and is lifted in one place, which is mostly a target.
            let y = if numbers.below(3) == 0 { numbers.below(720) } else { 630 + numbers.below(70) };
            let pos = pos2(numbers.below(1120) as f32, y as f32);
            let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
            let press = |pressed| Event::PointerButton { pos, button, pressed, modifiers };
            frame(&mut harness, vec![Event::PointerMoved(pos), press(true)]);
            frame(&mut harness, vec![press(false)]);
            sent += 3;
        } else {
            // All in one frame, as after a moment in which the window had no time.
            frame(&mut harness, (0..EVENTS_A_FRAME).map(|_| any_event(&mut numbers)).collect());
            sent += EVENTS_A_FRAME;
        }
        pads += usize::from(kiosk(&harness).lock().is_open());
        if numbers.below(20) == 0 {
            close(&mut harness);
            frame(&mut harness, Vec::new());
        }
        if numbers.below(12) == 0 {
            // Nobody is there for a while.
            let times = [Duration::from_millis(100), Duration::from_secs(30), IDLE];
            let time = times[numbers.below(3)];
            harness.state_mut().kiosk_mut().expect("the demo mode goes on").advance(time);
            frame(&mut harness, Vec::new());
        }
    }
    let figures = kiosk(&harness).figures();
    eprintln!("{figures:?}, the pad was open in {pads} frames");
    assert!(figures.visits > 10 && figures.resets > 10 && figures.games > 0 && pads > 10, "{figures:?}");
    assert!(figures.refused_closes > 100);
    assert_untouched(&harness, &before);
}
