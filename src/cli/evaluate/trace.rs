//! `retidiff evaluate trace`: how far traced interfaces are from those of a grader.

use std::path::PathBuf;

use clap::Args;

use super::subjects::SplitArgs;
use crate::dataset::{Manifest, Role};
use crate::evaluation::auto_trace::measure;

/// Compares the auto-trace with a grader's interfaces.
///
/// The error is the distance along the A-scan between the traced line and the grader's, in the columns the
/// grader annotated; where a lesion covers both sides of an interface, the grader drew none. Without
/// --tuning, the subjects are measured that validate; by the program's own split, no constant of the tracing was
/// chosen on them.
#[derive(Debug, Args)]
pub struct EvaluateTraceArgs {
    /// Folder of a data set, as `retidiff import` makes it
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Measure the subjects that train, on which the tracing was tuned
    #[arg(long)]
    tuning: bool,
    #[command(flatten)]
    split: SplitArgs,
    /// Print every scan's figures too
    #[arg(long)]
    scans: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// If something cannot be read, or there is nothing to measure.
pub fn run(args: &EvaluateTraceArgs) -> anyhow::Result<()> {
    let manifest = Manifest::read(&args.data)?;
    let split = args.split.read(&args.data)?;
    let of = if args.tuning { Role::Training } else { Role::Validation };
    let reports = measure(&manifest, &split, of, &mut |scan| {
        if args.scans && !args.json {
            let means: Vec<String> = scan.mean_px.iter().map(|mean| format!("{mean:5.2}")).collect();
            println!("{:<12} {}", scan.entry.id, means.join(" "));
        }
    })?;
    for report in &reports {
        if args.json {
            println!("{}", serde_json::to_string(report)?);
        } else {
            print!("{}", report.table());
        }
    }
    Ok(())
}
