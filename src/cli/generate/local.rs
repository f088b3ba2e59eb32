//! `retidiff generate local`: pairs into a folder of this machine.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use clap::Args;

use super::super::ctrl_c::stop_flag;
use super::super::exit::Exit;
use super::names::value_of;
use super::planning::{MaterialArgs, Materials, PlanningArgs};
use super::progress::{GenerationProgress, in_words};
use crate::background::start_thread;
use crate::formats::FormatError;
use crate::generation::folder::{GENERATION_FILE, read_plan};
use crate::generation::{
    BestOf, GenerationError, GenerationEvent, GenerationFolder, GenerationOutcome, GenerationPlan,
    LocalPlaces, run as generate, stop_order,
};

/// How often it is looked for an order to stop.
const LOOK: Duration = Duration::from_millis(100);

/// Generates pairs into a folder: images/, labels/, manifest.jsonl (as train, review and evaluate read it) and
/// generation.json (what made them).
///
/// A pair depends on the plan, its seed and its number alone. Stopped at any moment, by Ctrl-C, a kill or a power cut,
/// the same command, or --resume, goes on: nothing is lost, nothing made twice, and the result is the same to the byte on
/// the same kind of processor. Exit code 75 after Ctrl-C: not finished.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    retidiff generate local --pairs 300 --out synthetic\n  \
    retidiff generate local --pairs 300 --out fluid --fluid-mm2 0.05..0.3 --cysts 1..8\n  \
    retidiff generate local --pairs 50 --out csc --masks recipe:csc --thickness 300..420\n  \
    retidiff generate local --pairs 900 --out mixed --fluid-mm2 0.02..0.4 --small-often --without-fluid 0.3\n  \
    retidiff generate local --pairs 600 --out best --keep-best 0.6 --relabel\n  \
    retidiff generate local --resume --out fluid\n  \
    retidiff generate local --pairs 500 --out bent --masks warp:data --json")]
pub struct LocalArgs {
    #[command(flatten)]
    planning: PlanningArgs,
    /// Folder of the pairs; made when it does not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Threads that make pairs, each with its own copy of the models. One keeps all cores busy already on most machines
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub(super) jobs: u32,
    #[command(flatten)]
    material: MaterialArgs,
    /// Makes two pairs, says how long all will take and how much disk they need, and writes nothing
    #[arg(long)]
    estimate: bool,
    /// Goes on with what is in the folder, as it was begun: models, data and device are those of before
    #[arg(long, conflicts_with_all = [
        "estimate", "pairs", "masks", "steps", "sampler", "noise_levels", "seed", "model", "mask_model", "looks", "mask_steps",
        "mask_noise_levels", "mask_guidance",
        "fluid_mm2", "cysts", "thickness", "without_fluid", "small_often", "keep_fluid_mm2", "keep_lesions",
        "keep_thickness", "max_cleaned", "segmenter", "least_agreement", "keep_best", "relabel", "size", "spacing",
        "per_shard", "device", "jobs",
    ])]
    resume: bool,
    /// Events as JSON lines on standard output
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// If a pair cannot be made, or the folder holds something else or cannot be written.
pub fn run(args: LocalArgs) -> anyhow::Result<()> {
    if args.estimate {
        let (plan, materials) = args.planning.plan(args.material.device)?;
        return estimate(&args, &plan, &mut materials.maker(&plan)?);
    }
    let mut progress = GenerationProgress::new(args.json);
    let made = make_pairs(&args, &mut progress).inspect_err(|error| {
        let is_stopped = error.downcast_ref::<Exit>().is_some();
        if !is_stopped {
            progress.tell(&GenerationEvent::Failed { message: format!("{error:#}") });
        }
    })?;
    if !args.json {
        println!("{made} pairs in {}", args.out.display());
    }
    Ok(())
}

/// Makes what is missing; the number of pairs that are then there.
fn make_pairs(args: &LocalArgs, progress: &mut GenerationProgress) -> anyhow::Result<u64> {
    let (plan, materials, places) = args.begin()?;
    // A signal that kills the process needs no care: what is written is whole at every moment.
    let stop = stop_flag()?;
    let mut folder = GenerationFolder::open(&args.out, plan.clone()).map_err(with_remedy)?;
    progress.keep_in(args.out.clone());
    places.write(&args.out).map_err(|error| with_remedy(error.into()))?;
    stop_order::take_back(&args.out);
    obey_orders(&args.out, &stop).context("looking for orders to stop")?;
    let make = || materials.pair_maker(&plan);
    let jobs = places.jobs as usize;
    let outcome = generate(&mut folder, jobs, &make, &stop, &mut |event| progress.tell(&event));
    stop_order::take_back(&args.out);
    // A script must not take half a set for the whole.
    ensure!(outcome.map_err(with_remedy)? == GenerationOutcome::Finished, Exit::TryAgain);
    Ok(folder.lines().len() as u64)
}

impl LocalArgs {
    /// What is to be made, of what, and where that is: as the arguments say, or as the folder does.
    fn begin(&self) -> anyhow::Result<(GenerationPlan, Materials, LocalPlaces)> {
        if !self.resume {
            let (plan, materials) = self.planning.plan(self.material.device)?;
            let places = self.planning.places(self.material.device, self.jobs);
            return Ok((plan, materials, places));
        }
        let plan = read_plan(&self.out.join(GENERATION_FILE))?;
        let places = LocalPlaces::read(&self.out)?;
        let models = [places.model.as_deref(), places.mask_model.as_deref(), places.segmenter.as_deref()];
        let materials = Materials::of_plan(&plan, &places.masks, models, value_of(&places.device)?)?;
        Ok((plan, materials, places))
    }
}

/// What helps where a disk is full or a folder cannot be written.
fn with_remedy(error: GenerationError) -> anyhow::Error {
    let GenerationError::File(FormatError::Io { source, .. }) = &error else { return error.into() };
    let remedy = match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "free some space and resume: what was made is whole"
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "make the folder writable, or keep the pairs elsewhere"
        }
        _ => return error.into(),
    };
    anyhow::anyhow!("{error}; {remedy}")
}

/// Sets the flag once an order to stop lies in the folder.
fn obey_orders(folder: &Path, stop: &Arc<AtomicBool>) -> std::io::Result<()> {
    let (folder, stop) = (folder.to_owned(), Arc::downgrade(stop));
    let look = move || {
        while let Some(stop) = stop.upgrade() {
            if stop_order::is_left(&folder) {
                return stop.store(true, Ordering::Relaxed);
            }
            drop(stop);
            std::thread::sleep(LOOK);
        }
    };
    start_thread("stop order", look).map(|_| ())
}

fn estimate(
    args: &LocalArgs,
    plan: &GenerationPlan,
    maker: &mut crate::generation::PairMaker,
) -> anyhow::Result<()> {
    let plan_sha256 = plan.sha256();
    // Where the best are kept, others are drawn for them: two pairs without a choice, times how many that are.
    if let Some((_, judging)) = &mut maker.judge {
        judging.best = None;
    }
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
    secs /= plan.best().map_or(1.0, BestOf::share);
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
