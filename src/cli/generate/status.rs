//! `retidiff generate status`: how far the shards of a plan are, or the pairs of a folder.

use std::path::{Path, PathBuf};

use clap::Args;

use super::progress::in_words;
use super::shards;
use crate::generation::coverage::{self, Coverage};
use crate::generation::numbers::ranges;
use crate::generation::record::{GenerationRecord, GenerationState};
use crate::generation::shard::missing_shards;

/// Says which shards of a plan are done, or how far the pairs in a folder are and how much they cover.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    retidiff generate status --plan work/plan.json --missing\n  \
    retidiff generate status --out synthetic --coverage\n  \
    retidiff generate status --out synthetic --reference data --json")]
pub struct StatusArgs {
    /// The plan of shards
    #[arg(long, value_name = "PLAN.json|URL", required_unless_present = "out", conflicts_with = "out")]
    plan: Option<String>,
    /// Only the numbers of shards that are missing, as an engine's array takes them: 7,12-19
    #[arg(long, requires = "plan")]
    missing: bool,
    /// A folder that `generate local` makes pairs into
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Measures how much the masks of the folder repeat each other: from each to the nearest other one, in µm
    #[arg(long, requires = "out")]
    coverage: bool,
    /// A data set: measures also the distance to its nearest training mask, and that between its eyes
    #[arg(long, value_name = "DATA", requires = "out")]
    reference: Option<PathBuf>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// If the plan, a mark or a manifest cannot be read.
pub fn run(args: StatusArgs) -> anyhow::Result<()> {
    match (&args.plan, &args.out) {
        (Some(plan), _) => of_shards(plan, &args),
        (None, Some(out)) => of_folder(out, &args),
        (None, None) => unreachable!("the command line asks for one of them"),
    }
}

fn of_shards(plan: &str, args: &StatusArgs) -> anyhow::Result<()> {
    let (plan, storage) = shards::read(plan)?;
    let missing = missing_shards(&*storage, &plan)?;
    let done = plan.shards() - missing.len() as u64;
    if args.json {
        let report =
            serde_json::json!({ "shards": plan.shards(), "done": done, "missing": ranges(&missing) });
        println!("{report}");
    } else if args.missing {
        println!("{}", ranges(&missing));
    } else {
        println!("{done} of {} shards are done", plan.shards());
    }
    Ok(())
}

fn of_folder(out: &Path, args: &StatusArgs) -> anyhow::Result<()> {
    let record = GenerationRecord::read(out)?;
    let coverage = match args.coverage || args.reference.is_some() {
        true => Some(coverage::of_folder(out, args.reference.as_deref())?),
        false => None,
    };
    match args.json {
        true => println!("{}", json_of(&record, coverage.as_ref())),
        false => println!("{}", words_of(&record, coverage.as_ref())),
    }
    Ok(())
}

fn state_of(record: &GenerationRecord) -> (&'static str, Option<&str>) {
    match &record.state {
        GenerationState::Starting | GenerationState::Running => ("running", None),
        GenerationState::Stopping => ("stopping", None),
        GenerationState::Stopped => ("stopped", None),
        GenerationState::Finished => ("finished", None),
        GenerationState::Failed(message) => ("failed", Some(message)),
    }
}

fn json_of(record: &GenerationRecord, coverage: Option<&Coverage>) -> serde_json::Value {
    let (state, message) = state_of(record);
    let range = |range: &crate::generation::record::Range| serde_json::json!({ "low": range.low, "high": range.high, "mean": range.mean() });
    serde_json::json!({
        "state": state,
        "message": message,
        "made": record.made,
        "pairs": record.pairs,
        "rejected": record.rejected,
        "disk_bytes": record.disk_bytes,
        "secs_per_pair": record.secs_per_pair,
        "fluid_mm2": range(&record.measured.fluid_mm2),
        "lesions": range(&record.measured.lesions),
        "central_um": range(&record.measured.thickness_um),
        "unmet": record.measured.unmet,
        "problem": record.problem,
        "coverage": coverage,
    })
}

fn words_of(record: &GenerationRecord, coverage: Option<&Coverage>) -> String {
    let (state, message) = state_of(record);
    let mut words = format!(
        "{} of {} pairs, {state}; {:.1} MB, {} masks were rejected",
        record.made,
        record.pairs,
        record.disk_bytes as f64 / 1e6,
        record.rejections()
    );
    if let Some(secs) = record.secs_per_pair {
        let left = record.pairs.saturating_sub(record.made);
        words += &format!("; {secs:.1} s a pair");
        if left > 0 {
            words += &format!(", {} of work left", in_words(secs * left as f64));
        }
    }
    if record.measured.unmet > 0 {
        words += &format!("; {} do not measure what was requested", record.measured.unmet);
    }
    let lines = [message.map(str::to_owned), record.problem.clone(), coverage.map(Coverage::in_words)];
    lines.into_iter().flatten().fold(words, |words, line| words + "\n" + &line)
}
