//! `retidiff review`: decisions, audits and exports of a data set without a window.

mod audit;
mod blind;
mod check;
mod decide;
mod export;
mod nearest;
mod notes;
mod stats;
mod trail;

use clap::{Args, Subcommand};

/// Reviews a data set: decides, audits, exports.
#[derive(Debug, Args)]
pub struct ReviewArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Stats(stats::StatsArgs),
    Decide(decide::DecideArgs),
    Audit(audit::AuditArgs),
    Check(check::CheckArgs),
    Nearest(nearest::NearestArgs),
    Blind(blind::BlindArgs),
    Trail(trail::TrailArgs),
    Export(export::ExportArgs),
}

/// Runs the subcommand.
///
/// # Errors
/// If the data set cannot be read, or what was asked for cannot be done.
pub fn run(args: ReviewArgs) -> anyhow::Result<()> {
    match args.action {
        Action::Stats(args) => stats::run(args),
        Action::Decide(args) => decide::run(args),
        Action::Audit(args) => audit::run(args),
        Action::Check(args) => check::run(args),
        Action::Nearest(args) => nearest::run(args),
        Action::Blind(args) => blind::run(args),
        Action::Trail(args) => trail::run(args),
        Action::Export(args) => export::run(args),
    }
}
