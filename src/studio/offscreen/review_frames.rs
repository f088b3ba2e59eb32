//! How long frames take while a set is reviewed: the grid is scrolled, keys lead far through it, then pairs are decided
//! in full view. The work of the window's thread, drawn off-screen, with that of turning shapes into triangles;
//! presenting is not in it.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::ensure;
use eframe::egui::{Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, TouchPhase, pos2, vec2};
use egui_kittest::Harness;

use super::screenshot::open;
use crate::studio::review::ReviewAction;
use crate::studio::shell::action::Action;
use crate::studio::shell::app::{AppOptions, Studio, SynthesisSource};

/// A display's pace: the threads that read pairs have the time in between.
const FRAME: Duration = Duration::from_micros(16_667);
const WINDOW: [u32; 2] = [1480, 920];
/// Points that the wheel turns in a frame: some five rows of cells.
const WHEEL: f32 = 700.0;
/// Frames that are timed after a key that leads far: until the pictures there have come.
const FRAMES_AFTER: usize = 8;

/// How much is done.
#[derive(Clone, Copy, Debug)]
pub struct Script {
    /// Frames that the wheel turns in.
    pub frames: u32,
    /// Rounds of End, Home, Ctrl G with a number, and Tab.
    pub rounds: u32,
    /// Pairs that are decided, a key each.
    pub keys: u32,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct ReviewFrames {
    /// From the wish to the first row on screen.
    pub opened: Duration,
    /// Frames while the grid is scrolled.
    pub scrolling: Vec<Duration>,
    /// Frames from a key that leads far until the pictures there have come.
    pub jumping: Vec<Duration>,
    /// From a key that decides to the frame that shows the next pair, which was read before.
    pub deciding: Vec<Duration>,
    /// Keys after which the next pair was not in memory yet.
    pub waited: usize,
}

/// Opens a set off-screen, scrolls its grid, goes far by keys, then decides about pairs.
///
/// # Errors
/// When no graphics driver can draw, or the set cannot be opened.
pub fn review_frames(dir: &Path, script: Script, patience: Duration) -> anyhow::Result<ReviewFrames> {
    let synthesis = SynthesisSource::None("no model is needed".to_owned());
    let options = AppOptions { open: None, data_folder: None, synthesis };
    let mut harness = open(options, WINDOW, 1.0, patience)?;
    harness.state_mut().perform(Action::Review(ReviewAction::Reviewer("bench".to_owned())));
    let began = Instant::now();
    harness.state_mut().perform(Action::OpenReview(dir.to_owned()));
    while harness.state().review().folder().is_none() {
        ensure!(began.elapsed() < patience, "the set was not opened in {} s", patience.as_secs());
        thread::sleep(Duration::from_millis(1));
        harness.step();
    }
    let opened = began.elapsed();
    let scrolling = scroll(&mut harness, script.frames);
    let jumping = jump(&mut harness, script.rounds);
    harness.key_press(Key::Home);
    harness.key_press(Key::Enter);
    harness.step();
    let (deciding, waited) = decide(&mut harness, script.keys, patience)?;
    Ok(ReviewFrames { opened, scrolling, jumping, deciding, waited })
}

/// A frame's work up to its triangles, at the pace of a display.
fn frame(harness: &mut Harness<'_, Studio>) -> Duration {
    let began = Instant::now();
    harness.step();
    let output = harness.output();
    let triangles = harness.ctx.tessellate(output.shapes.clone(), output.pixels_per_point);
    std::hint::black_box(triangles);
    let took = began.elapsed();
    thread::sleep(FRAME.saturating_sub(took));
    took
}

fn scroll(harness: &mut Harness<'_, Studio>, frames: u32) -> Vec<Duration> {
    harness.event(Event::PointerMoved(pos2(500.0, 500.0)));
    harness.step();
    let mut times = Vec::new();
    for _ in 0..frames {
        harness.event(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, -WHEEL),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        });
        times.push(frame(harness));
    }
    times
}

/// End, Home, Ctrl G with a number and Enter, Tab: each with the frames after it.
fn jump(harness: &mut Harness<'_, Studio>, rounds: u32) -> Vec<Duration> {
    let pairs = harness.state().review().names().len().max(1);
    let mut times = Vec::new();
    for round in 1..=rounds as usize {
        for key in [Key::End, Key::Home] {
            harness.key_press(key);
            times.extend((0..FRAMES_AFTER).map(|_| frame(harness)));
        }
        harness.key_press_modifiers(Modifiers::COMMAND, Key::G);
        // The field has the keyboard in the frame after it is shown.
        times.extend((0..2).map(|_| frame(harness)));
        // Places all over the set.
        harness.event(Event::Text((round * pairs / (rounds as usize + 1) + 1).to_string()));
        times.push(frame(harness));
        for key in [Key::Enter, Key::Tab] {
            harness.key_press(key);
            times.extend((0..FRAMES_AFTER).map(|_| frame(harness)));
        }
    }
    times
}

fn decide(
    harness: &mut Harness<'_, Studio>,
    keys: u32,
    patience: Duration,
) -> anyhow::Result<(Vec<Duration>, usize)> {
    let started = Instant::now();
    while !harness.state().review().is_prefetched() {
        ensure!(started.elapsed() < patience, "the first pairs were not read in {} s", patience.as_secs());
        thread::sleep(FRAME);
        harness.step();
    }
    let (mut times, mut waited) = (Vec::new(), 0);
    for _ in 0..keys {
        harness.key_press(Key::F);
        times.push(frame(harness));
        waited += usize::from(!harness.state().review().is_in_memory());
        // Nobody decides faster than fifteen times a second.
        for _ in 0..3 {
            frame(harness);
        }
    }
    Ok((times, waited))
}
