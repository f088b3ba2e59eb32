//! `retidiff serve`: draws and trains for a studio on another machine.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;

use crate::data_folder::data_folder;
use crate::device::DeviceChoice;
use crate::serve::{ServerOptions, load_on};

/// Draws and trains for a studio on another machine, over standard input and output.
///
/// A studio starts it itself: `retidiff --remote "ssh gpu-host retidiff serve --stdio"`. It opens no port, runs as the
/// user who started it, writes only below its own folder, and ends when the studio leaves; trainings go on. Where SSH is
/// not allowed, `--listen` lets in the studios that were paired with it, and nobody else.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Speak over standard input and output
    #[cfg_attr(feature = "tls", arg(long, required_unless_present = "listen"))]
    #[cfg_attr(not(feature = "tls"), arg(long, required = true))]
    stdio: bool,
    /// Let in the studios that were paired with this computer, over TLS, at an address such as 0.0.0.0:7878
    #[cfg(feature = "tls")]
    #[arg(long, value_name = "ADDRESS:PORT", conflicts_with = "stdio")]
    listen: Option<String>,
    /// Show a code by which one more studio can be paired within ten minutes: `retidiff pair HOST:PORT CODE` there
    #[cfg(feature = "tls")]
    #[arg(long, requires = "listen")]
    pair: bool,
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
    let folder = match args.folder {
        Some(folder) => folder,
        None => data_folder()
            .context("there is no folder for this program; name one with --folder")?
            .join("serve"),
    };
    let data = args.data.unwrap_or_else(|| folder.join("data"));
    let program = std::env::current_exe().context("finding this program")?;
    let options = ServerOptions { folder, data, program, device: args.device };
    #[cfg(feature = "tls")]
    if let Some(address) = &args.listen {
        return listen(address, args.pair, options);
    }
    ensure!(args.stdio, "say how: --stdio");
    crate::serve::serve(std::io::stdin(), std::io::stdout(), options, load_on(args.device))?;
    Ok(())
}

/// Opens the door for studios that are paired, and for one that has the code.
#[cfg(feature = "tls")]
fn listen(address: &str, pair: bool, options: ServerOptions) -> anyhow::Result<()> {
    let door = crate::serve::paired::listen::Door::open(address, options)?;
    let address = door.address().context("asking where the door is")?;
    eprintln!("note: {} studios are paired; listening at {address}", door.studios()?);
    if pair {
        let code = door.pair_one()?.text();
        let port = address.port();
        eprintln!(
            "note: a studio is paired by `retidiff pair THIS-COMPUTER:{port} {code}`, once, within ten minutes"
        );
    }
    ensure!(
        pair || door.studios()? > 0,
        "nobody is paired with this computer, so nobody would be let in: start it with --pair"
    );
    door.serve()
}
