//! `retidiff generate pair`: pairs of a plan, made again from their numbers.

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use clap::Args;

use super::super::exit::Exit;
use super::shards::{NamedMaterials, read};
use crate::formats::write_file;
use crate::generation::numbers::parse_numbers;

/// What one argument names. (A plain `Vec` would be an argument that is given several times.)
type Numbers = Vec<u64>;

/// Makes pairs of a plan by their numbers: of each the scan, the mask and the line of its manifest.
///
/// A pair depends on the plan and its number alone, so the files are those that its shard holds, or would hold: to the
/// byte on the same kind of processor.
#[derive(Debug, Args)]
pub struct SinglePairArgs {
    /// The plan
    #[arg(long, value_name = "PLAN.json|URL")]
    plan: String,
    /// Number of the pair, from 0, or of several: 7,12-19
    #[arg(long, value_name = "I", value_parser = parse_numbers)]
    index: Numbers,
    /// Folder of its three files
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    materials: NamedMaterials,
}

/// Runs the subcommand.
///
/// # Errors
/// If the plan has no such pair, its models are not these, or a file cannot be written.
pub fn run(args: &SinglePairArgs) -> anyhow::Result<()> {
    let (plan, _) = read(&args.plan).context(Exit::BadPlan)?;
    if let Some(unknown) = args.index.iter().find(|index| **index >= plan.pairs) {
        let found =
            format!("the plan has {} pairs, counted from 0; there is no number {unknown}", plan.pairs);
        return Err(anyhow!(found).context(Exit::BadPlan));
    }
    let mut maker = args.materials.read(&plan)?.maker(&plan)?;
    let plan_sha256 = plan.sha256();
    let units = plan.groups(&args.index).into_iter();
    for pair in units.flat_map(|unit| maker.make_together(&plan_sha256, &args.index[unit], &|| false)) {
        let pair = pair?.context("the pair was not finished")?;
        let mut line = serde_json::to_vec(&pair.line).context("writing its line")?;
        line.push(b'\n');
        let id = &pair.line.entry.id;
        for (ending, bytes) in [("scan.png", &pair.image_png), ("mask.png", &pair.label_png), ("json", &line)]
        {
            write_file(&args.out.join(format!("{id}.{ending}")), bytes)?;
        }
        println!("{}: {id}", args.out.display());
    }
    Ok(())
}
