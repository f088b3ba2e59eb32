//! `retidiff screenshot`: the studio drawn off-screen.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;

use crate::formats::atomic::write_atomically;
use crate::studio::app::AppOptions;
use crate::studio::screenshot::render;
use crate::studio::synthesis_source;
use crate::worker::DeviceChoice;

/// Draws the studio off-screen into a PNG: for documentation and tests.
#[derive(Debug, clap::Args)]
pub struct ScreenshotArgs {
    /// The PNG to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The file to show [default: the first bundled sample].
    #[arg(long, value_name = "FILE")]
    open: Option<PathBuf>,
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
}

/// Draws and writes.
pub fn run(args: ScreenshotArgs) -> anyhow::Result<()> {
    let options =
        AppOptions { open: args.open, journal: None, synthesis: synthesis_source(args.model, args.device) };
    let patience = Duration::from_secs(args.patience);
    let image = render(options, args.size, args.scale.clamp(0.5, 4.0), patience)?;
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).context("the picture could not be encoded")?;
    write_atomically(&args.out, bytes.get_ref())
        .with_context(|| format!("{} could not be written", args.out.display()))?;
    println!("{}: {} x {} px", args.out.display(), image.width(), image.height());
    Ok(())
}

fn parse_size(text: &str) -> Result<[u32; 2], String> {
    let parse = |part: &str| part.trim().parse::<u32>().ok();
    match text.split_once(['x', 'X', '×']).and_then(|(w, h)| Some([parse(w)?, parse(h)?])) {
        Some(size) => Ok(size),
        None => Err("write the size as WIDTHxHEIGHT, for example 1480x920".to_owned()),
    }
}
