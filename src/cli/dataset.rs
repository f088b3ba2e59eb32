//! `retidiff dataset build`: a training set, framed, split by subject and checked for copies.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::ensure;
use clap::{Args, Subcommand};

use super::ctrl_c::stop_flag;
use super::import::Terminal;
use crate::dataset::building::{self, BuildError, BuildTerms, Built, SplitRule, SplitTerms};
use crate::dataset::framing::Framing;
use crate::dataset::importing::{ImportError, ImportTerms};
use crate::dataset::manifest::{Manifest, ManifestEntry};
use crate::dataset::split::{Role, Split};
use crate::dataset::watch::{Progress, Tally, Watch, Work};

/// Subjects up to which a summary names them.
const MAX_NAMED_SUBJECTS: usize = 12;
/// Pairs of copies that are named.
const MAX_NAMED_PAIRS: usize = 20;
/// Scans between two lines of progress.
const REPORT_EVERY: usize = 100;

/// Makes and checks data sets.
#[derive(Debug, Args)]
pub struct DatasetArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Build(BuildArgs),
}

/// Builds a training set: scans one by one, whatever their number, cut to the annotated columns and brought
/// to one size if asked for, with a split by subject and a search for near-copies across it.
///
/// Inputs are data sets that `retidiff import` made, or anything it imports (folders, documents, images,
/// OCT2017); the latter are imported into OUT/imported, labelled or not. A stopped build is continued by running
/// it again, with the same --crop, --size and kind of --split. The split goes into split.json. `--split chiu` is that of
/// Chiu et al. 2015 and ReLayNet (Duke 1-5 train, 6-10 test) for comparisons with their figures.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    retidiff dataset build data --out set480 --crop --size 480x480\n  \
    retidiff dataset build data --out fold2 --split k-fold --folds 5 --fold 2\n  \
    retidiff dataset build OCT2017 --out stage1 --folds 50\n  \
    retidiff train --stage pretrain --data stage1 --split stage1/split.json --run pre")]
struct BuildArgs {
    /// Data sets, or what can be imported
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Folder of the training set; made when it does not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Cut scans to their annotated columns
    #[arg(long)]
    crop: bool,
    /// Columns and rows of every scan, such as 480x480 [default: their own]
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = parse_size)]
    size: Option<[u32; 2]>,
    /// Who validates [default: paper where its subjects are there, else k-fold]
    #[arg(long, value_enum)]
    split: Option<SplitRule>,
    /// Number of folds
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(2..=100))]
    folds: u32,
    /// The fold that validates, from 0
    #[arg(long, value_name = "N", default_value_t = 0)]
    fold: u32,
    /// Of the folds
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Subjects that neither train nor validate in any fold
    #[arg(long, value_name = "NAMES", value_delimiter = ',', default_values = ["duke-9", "duke-10"])]
    hold_out: Vec<String>,
    /// Scans in whose corners text seems to stand, too: you have looked at them, and no name is among it
    #[arg(long)]
    with_text: bool,
    /// Fail when near-copies lie on both sides of the split
    #[arg(long)]
    strict: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// If something cannot be read or written, or copies cross the split under `--strict`.
pub fn run(args: DatasetArgs) -> anyhow::Result<()> {
    let What::Build(args) = args.what;
    build(&args)
}

fn build(args: &BuildArgs) -> anyhow::Result<()> {
    ensure!(args.fold < args.folds, "--fold {} of {} folds: they count from 0", args.fold, args.folds);
    if args.split == Some(SplitRule::RandomImage) {
        eprintln!(
            "warning: a split by scan puts neighbouring B-scans of one eye on both sides; figures measured \
             on it flatter. Use it to measure by how much, not to choose a model."
        );
    }
    let terms = args.terms();
    let terminal = Terminal { out: &args.out, traces: false, skipped: 0 };
    let mut watch = Building { terminal, stop: stop_flag()? };
    let Built { manifest, rule, split, split_file, copies } = match building::build(&terms, &mut watch) {
        Err(BuildError::Stopped(scans)) => {
            println!("stopped after {scans} scans; run the same command again to go on");
            return Ok(());
        }
        Err(BuildError::Import(ImportError::Stopped)) => {
            println!("stopped while importing; run the same command again to go on");
            return Ok(());
        }
        built => built?,
    };
    println!("split: {rule}");
    print!("{}", summary(&manifest, &split));
    for warning in warnings(&manifest, &split) {
        eprintln!("warning: {warning}");
    }
    for (training, other) in copies.iter().take(MAX_NAMED_PAIRS) {
        println!("near-copies across the split: {training} (training) and {other}");
    }
    if copies.is_empty() {
        println!("no near-copies across the split");
    } else {
        println!("{} pairs of near-copies across the split: give them one subject", copies.len());
        ensure!(!args.strict, "near-copies across the split");
    }
    let (data, split) = (args.out.display(), split_file.display());
    println!("train on it with: retidiff train --data {data} --split {split} ...");
    Ok(())
}

impl BuildArgs {
    fn terms(&self) -> BuildTerms {
        BuildTerms {
            inputs: self.inputs.clone(),
            out: self.out.clone(),
            framing: Framing { crop: self.crop, size: self.size },
            split: SplitTerms {
                rule: self.split,
                folds: self.folds,
                fold: self.fold,
                seed: self.seed,
                hold_out: self.hold_out.clone(),
            },
            // Everything of the inputs, labelled or not.
            import: ImportTerms { unlabelled: true, with_text: self.with_text, ..ImportTerms::default() },
        }
    }
}

/// Prints what a build says, until Ctrl-C.
struct Building<'a> {
    terminal: Terminal<'a>,
    stop: Arc<AtomicBool>,
}

impl Watch for Building<'_> {
    fn note(&mut self, text: &str) {
        self.terminal.note(text);
    }

    fn skipped(&mut self, text: &str) {
        self.terminal.skipped(text);
    }

    fn imported(&mut self, input: &Path, tally: &Tally) {
        self.terminal.imported(input, tally);
    }

    fn goes_on(&mut self, progress: Progress) -> bool {
        if progress.work == Work::Framing && progress.done > 0 && progress.done.is_multiple_of(REPORT_EVERY) {
            eprintln!("{} scans", progress.done);
        }
        !self.stop.load(Ordering::Relaxed)
    }
}

/// What will disappoint whoever trains on the set.
fn warnings(manifest: &Manifest, split: &Split) -> Vec<&'static str> {
    let has = |role: Role| manifest.entries.iter().any(|entry| split.role(&entry.subject) == role);
    let lacking = [
        (Role::Training, "no scan trains: training will refuse this set"),
        (
            Role::Validation,
            "no scan validates, so a run on this set shows no validation loss and no pictures; --split k-fold \
             sets subjects aside",
        ),
    ];
    lacking.into_iter().filter(|(role, _)| !has(*role)).map(|(_, text)| text).collect()
}

fn summary(manifest: &Manifest, split: &Split) -> String {
    let roles = [(Role::Training, "train"), (Role::Validation, "validate"), (Role::HeldOut, "held out")];
    roles
        .iter()
        .map(|(role, name)| {
            let entries: Vec<&ManifestEntry> =
                manifest.entries.iter().filter(|entry| split.role(&entry.subject) == *role).collect();
            let subjects: BTreeSet<&str> = entries.iter().map(|entry| entry.subject.as_str()).collect();
            let labelled = entries.iter().filter(|entry| entry.is_graded()).count();
            let traced = match entries.iter().filter(|entry| entry.pseudo_labelled).count() {
                0 => String::new(),
                count => format!(", {count} labelled by the auto-trace"),
            };
            let named = match subjects.len() {
                1..=MAX_NAMED_SUBJECTS => {
                    format!(": {}", subjects.iter().copied().collect::<Vec<_>>().join(", "))
                }
                _ => String::new(),
            };
            format!(
                "{name:<9} {:>6} scans, {labelled} labelled{traced}, {} subjects{named}\n",
                entries.len(),
                subjects.len()
            )
        })
        .collect()
}

pub(super) fn parse_size(text: &str) -> Result<[u32; 2], String> {
    let sides = text
        .split_once('x')
        .and_then(|(width, height)| Some([width.trim().parse().ok()?, height.trim().parse().ok()?]));
    sides
        .filter(|sides: &[u32; 2]| sides.iter().all(|side| (16..=4096).contains(side)))
        .ok_or_else(|| format!("\"{text}\" is no size: give columns and rows of 16 to 4096, such as 480x480"))
}
