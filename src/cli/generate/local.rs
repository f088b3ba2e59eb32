//! `retidiff generate local`: pairs into a folder of this machine.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{bail, ensure};
use clap::Args;

use super::super::ctrl_c::stop_flag;
use super::super::exit::Exit;
use super::planning::{MaterialArgs, PlanningArgs};
use super::progress::{Progress, in_words};
use crate::generation::{GenerationFolder, GenerationPlan, Outcome, run as generate};

/// Generates pairs into a folder: images/, labels/, manifest.jsonl (as train, review and evaluate read it) and
/// generation.json (what made them).
///
/// A pair depends on the plan, its seed and its number alone. Stopped at any moment, by Ctrl-C, a kill or a power cut,
/// the same command goes on: nothing is lost, nothing made twice, and the result is the same to the byte on the same
/// kind of processor. Exit code 75 after Ctrl-C: not finished.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    retidiff generate local --pairs 300 --out synthetic\n  \
    retidiff generate local --pairs 300 --out fluid --fluid-mm2 0.05..0.3 --cysts 1..8\n  \
    retidiff generate local --pairs 50 --out csc --masks recipe:csc\n  \
    retidiff generate local --pairs 500 --out bent --masks warp:data --json")]
pub struct LocalArgs {
    #[command(flatten)]
    planning: PlanningArgs,
    /// Folder of the pairs; made when it does not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Threads that make pairs, each with its own copy of the models. One keeps all cores busy already on most machines
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    jobs: u32,
    #[command(flatten)]
    material: MaterialArgs,
    /// Makes one pair, says how long all will take and how much disk they need, and writes nothing
    #[arg(long)]
    estimate: bool,
    /// Events as JSON lines on standard output
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// If a pair cannot be made, or the folder holds something else or cannot be written.
pub fn run(args: LocalArgs) -> anyhow::Result<()> {
    let (plan, materials) = args.planning.plan(args.material.device)?;
    if args.estimate {
        return estimate(&args, &plan, &mut materials.maker(&plan)?);
    }
    // A signal that kills the process needs no care: what is written is whole at every moment.
    let stop = stop_flag()?;
    let mut folder = GenerationFolder::open(&args.out, plan.clone())?;
    let mut progress = Progress::new(args.json);
    let make = || materials.pair_maker(&plan);
    let outcome =
        generate(&mut folder, args.jobs as usize, &make, &stop, &mut |event| progress.tell(&event))?;
    // A script must not take half a set for the whole.
    ensure!(outcome == Outcome::Finished, Exit::TryAgain);
    if !args.json {
        println!("{} pairs in {}", folder.lines().len(), args.out.display());
    }
    Ok(())
}

fn estimate(
    args: &LocalArgs,
    plan: &GenerationPlan,
    maker: &mut crate::generation::PairMaker,
) -> anyhow::Result<()> {
    let plan_sha256 = plan.sha256();
    // The first pair warms caches up; the second tells.
    let mut secs = 0.0;
    let mut bytes = 0;
    for index in 0..2.min(plan.pairs) {
        let began = Instant::now();
        let Some(pair) = maker.make(&plan_sha256, index, &|| false)? else { bail!("it was stopped") };
        let line = serde_json::to_vec(&pair.line)?;
        secs = began.elapsed().as_secs_f64();
        bytes = pair.image_png.len() + pair.label_png.len() + line.len() + 1;
    }
    let (all_secs, all_bytes) = (secs * plan.pairs as f64, bytes as f64 * plan.pairs as f64);
    match args.json {
        true => println!(
            "{}",
            serde_json::json!({
                "pairs": plan.pairs, "secs_per_pair": secs, "bytes_per_pair": bytes, "secs": all_secs,
                "bytes": all_bytes, "plan_sha256": plan_sha256
            })
        ),
        false => println!(
            "{} pairs: about {} ({secs:.2} s each) and {:.1} MB ({:.0} kB each)",
            plan.pairs,
            in_words(all_secs),
            all_bytes / 1e6,
            bytes as f64 / 1e3
        ),
    }
    Ok(())
}
