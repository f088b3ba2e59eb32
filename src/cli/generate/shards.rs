//! `retidiff generate plan|shard|merge`: the same pairs, counted by a cluster's engine.

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use anyhow::{Context, anyhow, ensure};
use clap::Args;

use super::super::array_task::number_from;
use super::super::ctrl_c::stop_flag;
use super::super::exit::Exit;
use super::planning::{MaterialArgs, Materials, PlanningArgs};
use crate::generation::shard::{ShardOutcome, make_shard};
use crate::generation::storage::{Created, Storage};
use crate::generation::{GenerationPlan, Kept, shard};
use crate::generation::{any_storage, storage};

/// Name of a plan's file in the folder of its shards.
const PLAN_FILE: &str = "plan.json";

/// Writes a plan: what will be generated, with a hash of its own. It is never changed.
#[derive(Debug, Args)]
pub struct ShardPlanArgs {
    #[command(flatten)]
    planning: PlanningArgs,
    /// Shards keep only the lines of the pairs, with seeds, scores and hashes, and no pictures: for more pairs than a disk
    /// holds. `generate pair` makes those again that are wanted
    #[arg(long)]
    recipe_only: bool,
    /// Folder of the plan and its shards; with object storage built in, s3://BUCKET/PREFIX, gs:// or az:// as well
    #[arg(long, value_name = "DIR|URL")]
    out: String,
}

/// Makes one shard of a plan into the plan's folder: pairs-000017.tar, .jsonl and, once both are whole, .done.
///
/// A plan of lines has no .tar. The models and data are named as they were for the plan, and checked by hash. Exit code 0: done; 75: try again
/// (stopped, device or disk failed); 65: the plan cannot be used.
#[derive(Debug, Args)]
pub struct ShardArgs {
    /// The plan
    #[arg(long, value_name = "PLAN.json|URL")]
    plan: String,
    /// Number of the shard, from 0
    #[arg(long, value_name = "N", required_unless_present = "shard_from", conflicts_with = "shard_from")]
    shard: Option<u64>,
    /// Takes the number from the engine: slurm, k8s or env:NAME
    #[arg(long, value_name = "ENGINE")]
    shard_from: Option<String>,
    #[command(flatten)]
    materials: NamedMaterials,
}

/// The models and data that a plan names by hash, as they are called on this machine.
#[derive(Debug, Args)]
pub struct NamedMaterials {
    /// The model that draws scans
    #[arg(long, value_name = "NAME|FILE")]
    model: Option<String>,
    /// Where masks come from, as it was said for the plan
    #[arg(long, value_name = "SOURCE", default_value = "model", value_parser = crate::generation::MasksFrom::parse)]
    masks: crate::generation::MasksFrom,
    /// The model that draws masks
    #[arg(long, value_name = "NAME|FILE")]
    mask_model: Option<String>,
    /// The segmenter that judges the scans, where the plan has one
    #[arg(long, value_name = "NAME|FILE")]
    segmenter: Option<String>,
    #[command(flatten)]
    material: MaterialArgs,
}

/// Checks that every shard is there and whole, and unpacks them as `generate local` would have made the pairs.
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// The plan
    #[arg(long, value_name = "PLAN.json|URL")]
    plan: String,
    /// Folder of the data set
    #[arg(long, value_name = "DIR")]
    unpack: Option<PathBuf>,
}

/// `generate plan`.
///
/// # Errors
/// If something cannot be read, or another plan is there.
pub fn plan(args: ShardPlanArgs) -> anyhow::Result<()> {
    let (mut plan, _) = args.planning.plan(crate::device::DeviceChoice::Cpu)?;
    if args.recipe_only {
        plan.kept = Kept::Lines;
    }
    let storage = any_storage::open(&args.out)?;
    let place = storage.place_of(PLAN_FILE);
    if storage.create(PLAN_FILE, plan.to_json().as_bytes())? == Created::Before {
        let found = GenerationPlan::read(&storage::read(&*storage, PLAN_FILE)?, &place)?;
        ensure!(found == plan, "{place} is another plan: name another folder with --out");
    }
    println!("{place}: {} pairs in {} shards, {}", plan.pairs, plan.shards(), plan.sha256());
    Ok(())
}

/// `generate shard`.
///
/// # Errors
/// With the exit codes that the help names.
pub fn shard(args: ShardArgs) -> anyhow::Result<()> {
    let (plan, storage) = read(&args.plan).context(Exit::BadPlan)?;
    let number = match &args.shard_from {
        Some(engine) => number_from("--shard-from", engine, "a shard")?,
        None => args.shard.unwrap_or_default(),
    };
    if number >= plan.shards() {
        let found =
            format!("the plan has {} shards, counted from 0; there is no number {number}", plan.shards());
        return Err(anyhow!(found).context(Exit::BadPlan));
    }
    let materials = args.materials.read(&plan).context(Exit::BadPlan)?;
    // Ctrl-C or SIGTERM ends it after the pair at work. One that kills needs no care: the mark is made last.
    let stop = stop_flag()?;
    let mut maker = materials.maker(&plan).context(Exit::BadPlan)?;
    let outcome = make_shard(&*storage, &plan, number, &mut maker, &|| stop.load(Ordering::Relaxed));
    match outcome.context(Exit::TryAgain)? {
        ShardOutcome::Made => println!("shard {number}: made"),
        ShardOutcome::WasThere => println!("shard {number}: was there"),
        ShardOutcome::Stopped => return Err(Exit::TryAgain.into()),
    }
    Ok(())
}

impl NamedMaterials {
    /// Read and compared with the plan.
    ///
    /// # Errors
    /// If something cannot be read, or is not what the plan was made with.
    pub(super) fn read(&self, plan: &GenerationPlan) -> anyhow::Result<Materials> {
        Materials::of_plan(
            plan,
            &self.masks,
            [self.model.as_deref(), self.mask_model.as_deref(), self.segmenter.as_deref()],
            self.material.device,
        )
    }
}

/// `generate merge`.
///
/// # Errors
/// If a shard is missing or damaged.
pub fn merge(args: MergeArgs) -> anyhow::Result<()> {
    let (plan, storage) = read(&args.plan)?;
    let pairs = shard::merge(&*storage, &plan, args.unpack.as_deref())?;
    match &args.unpack {
        Some(out) => println!("{pairs} pairs in {}", out.display()),
        None => println!("{pairs} pairs, every shard is whole"),
    }
    Ok(())
}

/// A plan and the storage of its shards, which is where it lies itself.
pub(super) fn read(address: &str) -> anyhow::Result<(GenerationPlan, Box<dyn Storage>)> {
    let (place, name) = storage::split(address);
    let storage = any_storage::open(place)?;
    let plan = GenerationPlan::read(&storage::read(&*storage, name)?, &storage.place_of(name))?;
    Ok((plan, storage))
}
