//! `retidiff experiment report`.

use std::path::PathBuf;

use clap::Args;

use super::read_plan;
use crate::dataset::Manifest;
use crate::evaluation::experiment::ExperimentReport;
use crate::generation::numbers::ranges;

/// Writes report.json, report.md and report.html of the runs that are done beside the plan.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The plan
    #[arg(long, value_name = "PLAN.json")]
    plan: PathBuf,
    /// Folder of the data set: with it the page shows pictures
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Only print the numbers of the runs that are missing, as an engine's array takes them: 7,12-19
    #[arg(long, conflicts_with = "json")]
    missing: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// `experiment report`.
///
/// # Errors
/// If figures cannot be read, or the report cannot be written.
pub fn report(args: &ReportArgs) -> anyhow::Result<()> {
    let (plan, folder) = read_plan(&args.plan)?;
    let report = ExperimentReport::of(&plan, &folder)?;
    if args.missing {
        let is_missing = |name: &String| report.missing.contains(name);
        let numbers: Vec<u64> = (0..)
            .zip(&plan.runs)
            .filter(|(_, run)| is_missing(&run.name))
            .map(|(number, _)| number)
            .collect();
        println!("{}", ranges(&numbers));
        return Ok(());
    }
    let data = args.data.as_deref().map(Manifest::read).transpose()?;
    report.write(&plan, &folder, data.as_ref())?;
    match args.json {
        true => println!("{}", serde_json::to_string(&report)?),
        false => print!("{}", report.markdown()),
    }
    Ok(())
}
