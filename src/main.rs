use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match retidiff::cli::run(retidiff::cli::Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("retidiff: {error:#}");
            ExitCode::FAILURE
        }
    }
}
