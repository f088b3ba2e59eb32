//! `retidiff pair` and `retidiff reach`: a studio's way to a server that listens, where SSH is not allowed.

use anyhow::Context;
use clap::Args;

use crate::data_folder::data_folder;
use crate::serve::CommandLine;
use crate::serve::paired::code::PairingCode;
use crate::serve::paired::reach;

/// Pairs this computer with a server that shows a code: `retidiff serve --listen 0.0.0.0:7878 --pair`.
///
/// Both computers keep each other's keys. From then on `retidiff --remote "retidiff reach HOST:PORT"` draws there.
#[derive(Debug, Args)]
pub struct PairArgs {
    /// Where the server listens
    #[arg(value_name = "HOST:PORT")]
    address: String,
    /// The code that it shows; dashes and case do not matter
    #[arg(value_parser = PairingCode::parse)]
    code: PairingCode,
}

/// Carries standard input to a server that this computer was paired with, and its answers to standard output.
///
/// It is the command of a remote studio: `retidiff --remote "retidiff reach HOST:PORT"`.
#[derive(Debug, Args)]
pub struct ReachArgs {
    /// As it was paired
    #[arg(value_name = "HOST:PORT")]
    address: String,
}

fn folder() -> anyhow::Result<std::path::PathBuf> {
    data_folder().context("there is no folder for this program; name one with the variable RETIDIFF_DATA")
}

/// `retidiff pair`.
///
/// # Errors
/// If the server cannot be reached, is another one than the code's, or refuses it.
pub fn pair(args: &PairArgs) -> anyhow::Result<()> {
    let name = reach::pair(&folder()?, &args.address, &args.code)?;
    let command = CommandLine::of_paired(&args.address).text();
    println!("paired with {name}; `retidiff --remote \"{command}\"` draws there");
    Ok(())
}

/// `retidiff reach`.
///
/// # Errors
/// If the server was never paired, cannot be reached, or is another computer than then.
pub fn reach(args: &ReachArgs) -> anyhow::Result<()> {
    reach::reach(&folder()?, &args.address, std::io::stdin(), &mut std::io::stdout())?;
    Ok(())
}
