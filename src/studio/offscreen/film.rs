//! A film strip of the studio: a cyst being painted, frame by frame, and the synthetic scan following.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{anyhow, ensure};
use eframe::egui::{Event, Modifiers, PointerButton};
use egui_kittest::Harness;
use image::RgbaImage;

use super::screenshot::{is_settled, open};
use crate::anatomy::IRF;
use crate::mask::Mask;
use crate::studio::shell::action::Action;
use crate::studio::shell::app::{AppOptions, Studio};

/// How far the cyst reaches from its middle, across and down, in image pixels.
const REACH_PX: [f32; 2] = [34.0, 16.0];
/// Turns of the spiral the brush takes.
const TURNS: f32 = 3.5;

/// What is handed every frame: its number from 0, the studio as it stands, the window.
pub type OnFrame<'a> = &'a mut dyn FnMut(u32, &Studio, &RgbaImage) -> anyhow::Result<()>;

/// Opens the studio as [`super::screenshot::render`] does, then paints intraretinal fluid into the outer
/// layers at the middle of the scan. Frame 0 is the scan before, frames `1..=frames` each show a segment of
/// the stroke with the draft that follows it, the last one more the refined picture.
///
/// # Errors
/// As [`super::screenshot::render`], when no picture comes within `patience`, and what `on_frame` returns.
pub fn film(
    options: AppOptions,
    size: [u32; 2],
    pixels_per_point: f32,
    frames: u32,
    patience: Duration,
    on_frame: OnFrame<'_>,
) -> anyhow::Result<()> {
    ensure!((1..=10_000).contains(&frames), "a film has 1 to 10000 frames");
    let mut harness = open(options, size, pixels_per_point, patience)?;
    let centre = middle_of_outer_layers(&harness.state().session().page().mask)
        .ok_or_else(|| anyhow!("there are no layers at the middle of this scan to paint a cyst into"))?;
    harness.state_mut().perform(Action::SelectLabel(IRF));
    harness.run_steps(2);
    show(&mut harness, 0, on_frame)?;

    pointer(&mut harness, spiral(centre, 0.0), Some(true));
    for frame in 1..=frames {
        pointer(&mut harness, spiral(centre, frame as f32 / frames as f32), None);
        wait(&mut harness, patience, |studio| studio.synthesis().shown().is_some_and(|shown| shown.current))?;
        show(&mut harness, frame, on_frame)?;
    }
    pointer(&mut harness, spiral(centre, 1.0), Some(false));
    wait(&mut harness, patience, is_settled)?;
    show(&mut harness, frames + 1, on_frame)
}

/// Moves the pointer to a point of the image, then presses or lets go.
pub(in crate::studio) fn pointer(harness: &mut Harness<'_, Studio>, at: [f32; 2], pressed: Option<bool>) {
    let pos = harness.state().screen_from_image(at);
    harness.event(Event::PointerMoved(pos));
    harness.step();
    if let Some(pressed) = pressed {
        let button = PointerButton::Primary;
        harness.event(Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE });
        harness.step();
    }
}

fn wait(
    harness: &mut Harness<'_, Studio>,
    patience: Duration,
    done: impl Fn(&Studio) -> bool,
) -> anyhow::Result<()> {
    let started = Instant::now();
    while !done(harness.state()) {
        ensure!(started.elapsed() < patience, "no synthetic picture came within {} s", patience.as_secs());
        thread::sleep(Duration::from_millis(4));
        harness.step();
    }
    // The picture that just came is in its texture; one more frame draws it.
    harness.step();
    Ok(())
}

fn show(harness: &mut Harness<'_, Studio>, frame: u32, on_frame: OnFrame<'_>) -> anyhow::Result<()> {
    let image = harness.render().map_err(|error| anyhow!("the window could not be drawn: {error}"))?;
    on_frame(frame, harness.state(), &image)
}

/// A point of the stroke, `share` from 0 to 1 along it, in image coordinates.
pub(in crate::studio) fn spiral([x, y]: [f32; 2], share: f32) -> [f32; 2] {
    let (reach, turn) = (share.sqrt(), share.sqrt() * TURNS * std::f32::consts::TAU);
    [x + reach * REACH_PX[0] * turn.cos(), y + reach * REACH_PX[1] * turn.sin()]
}

/// Between the top of the INL and the bottom of the ONL at the middle column.
pub(in crate::studio) fn middle_of_outer_layers(mask: &Mask) -> Option<[f32; 2]> {
    let x = mask.width() / 2;
    let rows = || (0..mask.height()).filter(|&y| (3..=5).contains(&mask.layers.get(x, y)));
    let (first, last) = (rows().next()?, rows().next_back()?);
    Some([x as f32 + 0.5, 0.5 * (first + last + 1) as f32])
}
