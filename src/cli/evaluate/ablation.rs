//! `retidiff evaluate ablation`: several ways to train, each with several seeds, measured the same way.

use std::path::PathBuf;

use clap::Args;

use super::guard::GuardArgs;
use super::measured::DrawingArgs;
use super::subjects::SubjectArgs;
use super::writing::write;
use crate::dataset::Manifest;
use crate::evaluation::ablation::{Ablation, AblationArm, RunMeasurement};
use crate::evaluation::drawn_scans::load;
use crate::training::run_directory::MODEL_FILE;
use crate::worker::models::ModelSource;

/// Compares ways to train: every arm is a name with the runs that were trained that way, one a seed.
///
/// Every run's model draws the masks of the same labelled scans from the same noise. Written are OUT/ablation.md
/// and OUT/ablation.json: mean and standard deviation over an arm's runs of the figures of `evaluate fidelity`, of
/// the validation loss and of the sliced Wasserstein distance of 7 x 7 patches, beside real scans of the training
/// subjects under the same ruler. A run that was measured is kept in OUT/figures and not measured again, so a
/// stopped evaluation is continued by running it again. `scripts/ablation.sh` trains the arms and calls this. Where
/// nobody is named and Duke 7-8, who are measured by the program's own split, are not there, everybody with a
/// grader's labels is.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
    retidiff evaluate ablation --data data --out ablation \\\n    \
    --arm none=runs/none-1,runs/none-2 --arm +DRM=runs/drm-1,runs/drm-2")]
pub struct AblationArgs {
    /// Folder of a data set, as `retidiff import` makes it
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Folder of the tables
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// A way to train and its runs (folders or model files)
    #[arg(long = "arm", value_name = "NAME=RUN,RUN...", required = true, value_parser = parse_arm)]
    arms: Vec<ArmRuns>,
    #[command(flatten)]
    subjects: SubjectArgs,
    #[command(flatten)]
    guard: GuardArgs,
    /// At most so many scans, spread evenly
    #[arg(long, value_name = "N", default_value_t = 22, value_parser = clap::value_parser!(u32).range(1..))]
    scans: u32,
    #[command(flatten)]
    drawing: DrawingArgs,
    /// A sentence for the tables, such as what the runs were pretrained on
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// A way to train, with the runs that were trained so.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ArmRuns {
    name: String,
    runs: Vec<PathBuf>,
}

fn parse_arm(text: &str) -> Result<ArmRuns, String> {
    let wrong =
        || format!("\"{text}\" is no arm: give a name and its runs, such as none=runs/none-1,runs/none-2");
    let (name, runs) = text.split_once('=').ok_or_else(wrong)?;
    let runs: Vec<PathBuf> = runs.split(',').filter(|run| !run.is_empty()).map(PathBuf::from).collect();
    if name.trim().is_empty() || runs.is_empty() {
        return Err(wrong());
    }
    Ok(ArmRuns { name: name.trim().to_owned(), runs })
}

/// Runs the subcommand.
///
/// # Errors
/// If something cannot be read or written, or a run trained on a subject that is measured.
pub fn run(args: &AblationArgs) -> anyhow::Result<()> {
    let manifest = Manifest::read(&args.data)?;
    let who = args.subjects.read_or_all(&manifest)?;
    let drawing = (args.drawing.settings(), args.drawing.seed);
    let most = args.scans as usize;
    let ablation = Ablation::begin(&manifest, &who, most, drawing, args.guard.guard(), &args.out)?;
    let (device, device_name) = args.drawing.device.pick()?;
    let mut arms = Vec::new();
    for arm in &args.arms {
        let mut runs = Vec::new();
        for run in &arm.runs {
            let path = if run.is_dir() { run.join(MODEL_FILE) } else { run.clone() };
            let synthesizer = load(&ModelSource::File(path.clone()).read()?, &device)?;
            runs.push(ablation.measure(&path, &synthesizer, |how| match how {
                RunMeasurement::Kept => eprintln!("{} {}: measured before", arm.name, run.display()),
                RunMeasurement::Drawing(scans) => {
                    eprintln!("{} {}: drawing {scans} scans", arm.name, run.display());
                }
            })?);
        }
        arms.push(AblationArm { name: arm.name.clone(), runs });
    }
    let report = ablation.report(device_name, args.note.clone(), arms);
    let markdown = report.markdown();
    write(&args.out.join("ablation.json"), &serde_json::to_vec_pretty(&report)?)?;
    write(&args.out.join("ablation.md"), markdown.as_bytes())?;
    print!("{markdown}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arm_is_a_name_and_its_runs() {
        let arm = parse_arm("+DRM=a/1,b/2").unwrap();
        assert_eq!((arm.name.as_str(), arm.runs.len()), ("+DRM", 2));
        assert!(parse_arm("none=").unwrap_err().contains("no arm"));
        assert!(parse_arm("=a").is_err());
        assert!(parse_arm("a").is_err());
    }
}
