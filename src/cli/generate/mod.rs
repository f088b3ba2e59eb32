//! `retidiff generate`: pairs in bulk, on this machine or divided among many.

mod judge;
mod judging;
mod local;
mod models;
mod names;
mod planning;
mod progress;
mod shards;
mod single;
mod status;

use clap::{Args, Subcommand};

/// Generates pairs of masks and synthetic scans, as many as wanted.
#[derive(Debug, Args)]
pub struct GenerateArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Local(local::LocalArgs),
    Plan(shards::ShardPlanArgs),
    Shard(shards::ShardArgs),
    Status(status::StatusArgs),
    Merge(shards::MergeArgs),
    Pair(single::SinglePairArgs),
}

/// Runs the subcommand.
///
/// # Errors
/// If a pair cannot be made, or a folder holds something else or cannot be written.
pub fn run(args: GenerateArgs) -> anyhow::Result<()> {
    match args.action {
        Action::Local(args) => local::run(args),
        Action::Plan(args) => shards::plan(args),
        Action::Shard(args) => shards::shard(args),
        Action::Status(args) => status::run(args),
        Action::Merge(args) => shards::merge(args),
        Action::Pair(args) => single::run(&args),
    }
}
