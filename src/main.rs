//! The program: parses the command line, runs it, turns an error into a message and an exit code.

use std::process::ExitCode;

use clap::Parser;

// Networks on the CPU allocate and free the same large buffers every step: an allocator that keeps the
// pages instead of returning them saves a tenth of the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match retidiff::cli::run(retidiff::cli::Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("retidiff: {error:#}");
            ExitCode::FAILURE
        }
    }
}
