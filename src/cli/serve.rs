//! `retidiff serve`: draws and trains for a studio on another machine.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;

use crate::data_folder::data_folder;
use crate::device::DeviceChoice;
use crate::serve::{ServerOptions, load_on};

/// Draw and train for a studio on another machine, over standard input and output.
///
/// A studio starts it itself: `retidiff --remote "ssh gpu-host retidiff serve --stdio"`. It opens no port, runs as the
/// user who started it, writes only below its own folder, and ends when the studio leaves; trainings go on.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Speak over standard input and output
    #[arg(long, required = true)]
    stdio: bool,
    /// The only folder it writes to: models that studios send, runs [default: serve, in the program's own folder]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Where the data sets lie that trainings may name [default: data, in that folder]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// What to compute on
    #[arg(long, value_enum, default_value_t)]
    device: DeviceChoice,
}

/// Runs the subcommand.
///
/// # Errors
/// If there is no folder to write to, or the studio says what cannot be read.
pub fn run(args: ServeArgs) -> anyhow::Result<()> {
    ensure!(args.stdio, "say how: --stdio");
    let folder = match args.folder {
        Some(folder) => folder,
        None => data_folder()
            .context("there is no folder for this program; name one with --folder")?
            .join("serve"),
    };
    let data = args.data.unwrap_or_else(|| folder.join("data"));
    let program = std::env::current_exe().context("finding this program")?;
    let options = ServerOptions { folder, data, program, device: args.device };
    crate::serve::serve(std::io::stdin(), std::io::stdout(), options, load_on(args.device))?;
    Ok(())
}
