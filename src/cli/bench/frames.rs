//! What a frame of the studio costs while it is painted in and the scan follows; in a process of its own, which
//! shares its threads out as a window's process does.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, anyhow};

use super::report::{FrameTiming, Times};
use crate::cli::compute::refuse_other_device;
use crate::device::DeviceChoice;
use crate::device::chosen_gpu;
use crate::device::processor_share;
use crate::studio::offscreen::frame_times::frame_times;
use crate::studio::shell::app::AppOptions;
use crate::studio::synthesis_source;

/// Width and height of the window in points.
const WINDOW: [u32; 2] = [1480, 920];
/// How long the first picture may take: a graphics device compiles its kernels before it.
const PATIENCE: Duration = Duration::from_secs(240);

/// Has a process of its own measure; `None`, with a note, where no window can be drawn.
pub(super) fn timing(
    model: Option<&str>,
    device: DeviceChoice,
    quick: bool,
) -> anyhow::Result<Option<FrameTiming>> {
    let mut command = Command::new(std::env::current_exe().context("finding this program")?);
    command.args(["bench", "--frames-here", "--device", device.word()]);
    command.args(model.into_iter().flat_map(|model| ["--model", model]));
    command.args(chosen_gpu::arguments());
    if quick {
        command.arg("--quick");
    }
    let output = command.output().context("starting a process to draw the studio in")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        eprintln!("note: frames of the studio are left out: {}", said.trim());
        return Ok(None);
    }
    serde_json::from_slice(&output.stdout).context("reading how long frames took").map(Some)
}

/// Measures in this process and prints the figures as JSON.
///
/// # Errors
/// When no window can be drawn or no picture comes.
pub(super) fn measure_here(model: Option<String>, device: DeviceChoice, quick: bool) -> anyhow::Result<()> {
    processor_share::leave_room_for_window();
    let options = AppOptions { open: None, data_folder: None, synthesis: synthesis_source(model, device) };
    let found = frame_times(options, WINDOW, if quick { 60 } else { 600 }, PATIENCE)?;
    if found.pictures == 0 {
        return Err(anyhow!("no picture came while the stroke went on"));
    }
    refuse_other_device(device, &found.device)?;
    let timing = FrameTiming {
        width: WINDOW[0],
        height: WINDOW[1],
        device: format!("{} ({})", found.device.name, found.device.backend_and_precision()),
        pictures: found.pictures,
        times: Times::of(found.frames),
    };
    println!("{}", serde_json::to_string(&timing)?);
    Ok(())
}
