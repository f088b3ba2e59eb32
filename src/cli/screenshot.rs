//! `retidiff screenshot`: the studio drawn off-screen.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use image::RgbaImage;

use crate::device::DeviceChoice;
use crate::formats::atomic::write_atomically;
use crate::platform::has_crashed;
use crate::studio::offscreen::film::film;
use crate::studio::offscreen::screenshot::{WindowPart, render, render_kiosk, render_part, render_review};
use crate::studio::shell::app::AppOptions;
use crate::studio::stage::kiosk::{KioskOptions, Pin};
use crate::studio::synthesis_source;

/// Draws the studio off-screen into a PNG: for documentation and tests.
#[derive(Debug, clap::Args)]
pub struct ScreenshotArgs {
    /// The PNG to write.
    #[arg(long, value_name = "FILE", required_unless_present = "film", conflicts_with = "film")]
    out: Option<PathBuf>,
    /// Paint a cyst and write every frame into this folder, as frame-0000.png and so on: the scan before,
    /// the stroke with its drafts, the refined picture.
    #[arg(long, value_name = "DIR")]
    film: Option<PathBuf>,
    /// Frames of the stroke.
    #[arg(long, value_name = "N", default_value_t = 24, requires = "film")]
    frames: u32,
    /// The file to show [default: the first bundled sample].
    #[arg(long, value_name = "FILE")]
    open: Option<PathBuf>,
    /// The page of reviews with the set of this folder.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["film", "open"])]
    review: Option<PathBuf>,
    /// One pair of it in full.
    #[arg(long, value_name = "ID", requires = "review")]
    pair: Option<String>,
    /// The demo mode with an eye that it has painted.
    #[arg(long, conflicts_with_all = ["film", "open", "review"])]
    kiosk: bool,
    /// Another part of the window.
    #[arg(long, value_enum, conflicts_with_all = ["film", "review", "kiosk"])]
    part: Option<WindowPart>,
    /// Folder of the program's own files, with the runs and generations that are shown [default: an empty one].
    #[arg(long, value_name = "DIR")]
    data_folder: Option<PathBuf>,
    /// Width and height of the window in points.
    #[arg(long, value_name = "WxH", default_value = "1480x920", value_parser = parse_size)]
    size: [u32; 2],
    /// Pixels per point, as on a display of high density.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    scale: f32,
    /// Name or file of the model [default: the bundled one].
    #[arg(long, value_name = "NAME|FILE")]
    model: Option<String>,
    #[arg(long, value_enum, default_value_t)]
    device: DeviceChoice,
    /// Seconds to wait for the synthetic picture.
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    patience: u64,
    /// Draws in this process rather than in one of its own.
    #[arg(long, hide = true)]
    in_this_process: bool,
}

/// How often a picture is begun.
const TRIES: u32 = 4;

/// Draws and writes.
///
/// # Errors
/// If nothing can be drawn or written.
pub fn run(args: ScreenshotArgs) -> anyhow::Result<()> {
    match args.in_this_process {
        true => draw(args),
        false => draw_in_another_process(),
    }
}

/// A driver that crashes takes its process with it, and nothing more: lavapipe of Mesa 20.3, which Debian 11 has, does one
/// time in five and is right the next.
fn draw_in_another_process() -> anyhow::Result<()> {
    let program = std::env::current_exe().context("the program does not find itself")?;
    for _ in 0..TRIES {
        let mut command = Command::new(&program);
        command.args(std::env::args_os().skip(1)).arg("--in-this-process");
        let status = command.status().context("the program could not be started once more")?;
        if status.success() {
            return Ok(());
        }
        ensure!(has_crashed(status), "nothing was drawn, for the reason above");
        eprintln!("note: the graphics driver crashed ({status}); the picture is begun anew");
    }
    bail!("the graphics driver crashed {TRIES} times: update it, or try another one (`retidiff info --gpus`)")
}

fn draw(args: ScreenshotArgs) -> anyhow::Result<()> {
    let options = AppOptions {
        open: args.open,
        data_folder: args.data_folder,
        synthesis: synthesis_source(args.model, args.device),
    };
    let patience = Duration::from_secs(args.patience);
    let scale = args.scale.clamp(0.5, 4.0);
    if let Some(folder) = args.film {
        std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        return film(options, args.size, scale, args.frames, patience, &mut |frame, _, image| {
            write(&folder.join(format!("frame-{frame:04}.png")), image)
        });
    }
    let image = match &args.review {
        _ if args.kiosk => {
            // Nobody types here.
            let kiosk = KioskOptions {
                pin: Pin::parse("a picture is taken")?,
                scores: None,
                seed: 1,
                cases: Vec::new(),
            };
            render_kiosk(options, kiosk, args.size, scale, patience)?
        }
        Some(dir) => render_review(options, (dir, args.pair.as_deref()), args.size, scale, patience)?,
        None => match args.part {
            Some(part) => render_part(options, part, args.size, scale, patience)?,
            None => render(options, args.size, scale, patience)?,
        },
    };
    args.out.map_or(Ok(()), |path| write(&path, &image))
}

fn write(path: &Path, image: &RgbaImage) -> anyhow::Result<()> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).context("the picture could not be encoded")?;
    write_atomically(path, bytes.get_ref())
        .with_context(|| format!("{} could not be written", path.display()))?;
    println!("{}: {} x {} px", path.display(), image.width(), image.height());
    Ok(())
}

fn parse_size(text: &str) -> Result<[u32; 2], String> {
    let parse = |part: &str| part.trim().parse::<u32>().ok();
    match text.split_once(['x', 'X', '×']).and_then(|(w, h)| Some([parse(w)?, parse(h)?])) {
        Some(size) => Ok(size),
        None => Err("write the size as WIDTHxHEIGHT, for example 1480x920".to_owned()),
    }
}
