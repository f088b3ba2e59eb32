//! How long frames take while a stroke is painted and the scan follows: the work of the window's thread, drawn
//! off-screen. Presenting is not in it, nor turning shapes into triangles.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{anyhow, ensure};

use super::film::{middle_of_outer_layers, pointer, spiral};
use super::screenshot::open_on;
use crate::anatomy::IRF;
use crate::device::DeviceInfo;
use crate::studio::shell::action::Action;
use crate::studio::shell::app::AppOptions;
use crate::studio::shell::graphics::shareable_setup;

/// A display's pace: the synthesis thread has the time in between.
const FRAME: Duration = Duration::from_micros(16_667);

/// What was found.
#[derive(Clone, Debug)]
pub struct FrameTimes {
    /// Of every frame of the stroke, in order.
    pub frames: Vec<Duration>,
    /// Synthetic pictures that came to the screen meanwhile.
    pub pictures: usize,
    /// What drew them.
    pub device: DeviceInfo,
}

/// Opens the studio off-screen on the graphics device that a window would take, waits until the scan is drawn, then
/// paints intraretinal fluid for so many frames at the pace of a display.
///
/// # Errors
/// When no graphics driver can draw, the file cannot be opened, or it has no layers to paint in.
pub fn frame_times(
    options: AppOptions,
    size: [u32; 2],
    frames: u32,
    patience: Duration,
) -> anyhow::Result<FrameTimes> {
    let mut harness = open_on(Some(shareable_setup()), options, size, 1.0, patience)?;
    let centre = middle_of_outer_layers(&harness.state().session().page().mask)
        .ok_or_else(|| anyhow!("there are no layers at the middle of this scan to paint in"))?;
    let started = Instant::now();
    while harness.state().synthesis().device().is_some_and(|device| device.is_stand_in) {
        ensure!(
            started.elapsed() < patience,
            "the graphics device was not ready in {} s",
            patience.as_secs()
        );
        thread::sleep(FRAME);
        harness.step();
    }
    harness.state_mut().perform(Action::SelectLabel(IRF));
    harness.run_steps(2);
    pointer(&mut harness, spiral(centre, 0.0), Some(true));
    let mut times = Vec::new();
    let mut pictures = 0;
    let mut last_job = harness.state().synthesis().picture().map(|picture| (picture.job, picture.kind));
    for frame in 1..=frames {
        let started = Instant::now();
        pointer(&mut harness, spiral(centre, frame as f32 / frames as f32), None);
        times.push(started.elapsed());
        let job = harness.state().synthesis().picture().map(|picture| (picture.job, picture.kind));
        pictures += usize::from(job.is_some() && job != last_job);
        last_job = job;
        thread::sleep(FRAME.saturating_sub(started.elapsed()));
    }
    pointer(&mut harness, spiral(centre, 1.0), Some(false));
    let device = harness.state().synthesis().device().cloned().unwrap_or_default();
    Ok(FrameTimes { frames: times, pictures, device })
}
