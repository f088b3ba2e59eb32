//! How long frames take while a set is reviewed: the grid is scrolled, then pairs are decided in full view. The work of
//! the window's thread, drawn off-screen; presenting is not in it, nor turning shapes into triangles.

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

/// What was found.
#[derive(Clone, Debug)]
pub struct ReviewFrames {
    /// From the wish to the first row on screen.
    pub opened: Duration,
    /// Frames while the grid is scrolled.
    pub scrolling: Vec<Duration>,
    /// From a key that decides to the frame that shows the next pair, which was read before.
    pub deciding: Vec<Duration>,
    /// Keys after which the next pair was not in memory yet.
    pub waited: usize,
}

/// Opens a set off-screen, scrolls its grid for so many frames, then decides about as many pairs.
///
/// # Errors
/// When no graphics driver can draw, or the set cannot be opened.
pub fn review_frames(dir: &Path, frames: u32, patience: Duration) -> anyhow::Result<ReviewFrames> {
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
    let scrolling = scroll(&mut harness, frames);
    harness.key_press(Key::Home);
    harness.key_press(Key::Enter);
    harness.step();
    let (deciding, waited) = decide(&mut harness, frames, patience)?;
    Ok(ReviewFrames { opened, scrolling, deciding, waited })
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
        let began = Instant::now();
        harness.step();
        times.push(began.elapsed());
        thread::sleep(FRAME.saturating_sub(began.elapsed()));
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
        let began = Instant::now();
        harness.key_press(Key::F);
        harness.step();
        waited += usize::from(!harness.state().review().is_in_memory());
        times.push(began.elapsed());
        // Nobody decides faster than five times a second.
        for _ in 0..3 {
            thread::sleep(FRAME);
            harness.step();
        }
    }
    Ok((times, waited))
}
