//! `retidiff evaluate tolerances`: how near real eyes come to each other in the figures of fidelity.

use std::path::PathBuf;

use clap::Args;

use super::subjects::SubjectArgs;
use crate::dataset::Manifest;
use crate::evaluation::tolerances::tolerances;

/// Holds every training eye against the other training eyes, in every figure that `evaluate fidelity` compares.
///
/// The largest factor is the tolerance of that figure. Subjects that are measured or held out are not looked at.
#[derive(Debug, Args)]
pub struct TolerancesArgs {
    /// Folder of a data set, as `retidiff import` makes it
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    subjects: SubjectArgs,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// If a scan cannot be read, or there are fewer than three training eyes.
pub fn run(args: &TolerancesArgs) -> anyhow::Result<()> {
    let manifest = Manifest::read(&args.data)?;
    let who = args.subjects.read(&args.data)?;
    let report = tolerances(&manifest, &who)?;
    if args.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print!("{}", report.table());
    }
    Ok(())
}
