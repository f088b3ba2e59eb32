//! The command line: one file per subcommand.

pub mod import;
pub mod info;
#[cfg(feature = "cpu")]
pub mod train;

use clap::{Parser, Subcommand};

/// RetiDiff Studio: paint retinal masks, see the OCT B-scan synthesised from them.
#[derive(Debug, Parser)]
#[command(name = "retidiff", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Import(import::ImportArgs),
    Info(info::InfoArgs),
    #[cfg(feature = "cpu")]
    Train(train::TrainArgs),
}

/// Runs what the command line asks for.
pub fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Import(args) => import::run(args),
        Command::Info(args) => info::run(args),
        #[cfg(feature = "cpu")]
        Command::Train(args) => train::run(args),
    }
}
