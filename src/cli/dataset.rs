//! `retidiff dataset build`: a training set, framed, split by subject and checked for copies.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, ensure};
use clap::{Args, Subcommand};

use super::import::{self, ImportArgs};
use crate::dataset::duplicates::{DifferenceHash, Hashed, across};
use crate::dataset::framing::{Framing, framed};
use crate::dataset::manifest::{MANIFEST_FILE, Manifest, ManifestEntry};
use crate::dataset::samples::LabelledScan;
use crate::dataset::{Role, Split};
use crate::formats::{label_png, scan_image, write_file};
use crate::scan::GreyImage;

/// The split, as `retidiff train --split` reads it.
const SPLIT_FILE: &str = "split.json";
/// Pairs of copies that are named.
const MOST_NAMED_PAIRS: usize = 20;
/// Scans between two lines of progress.
const REPORT_EVERY: usize = 100;

/// Make and check data sets.
#[derive(Debug, Args)]
pub struct DatasetArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Build(BuildArgs),
}

/// Build a training set: scans one by one, whatever their number, cut to the annotated columns and brought
/// to one size if asked for, with a split by subject and a search for near-copies across it.
///
/// Inputs are data sets that `retidiff import` made, or anything it imports (folders, documents, images,
/// OCT2017). A stopped build is continued by running it again. The split goes into split.json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    retidiff dataset build data --out set480 --crop --size 480x480\n  \
    retidiff dataset build data --out fold2 --split k-fold --folds 5 --fold 2\n  \
    retidiff dataset build OCT2017 --out stage1 && retidiff train --stage pretrain --data stage1 --run pre")]
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
    /// Who validates
    #[arg(long, value_enum, default_value_t)]
    split: SplitRule,
    /// Number of folds
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(2..=100))]
    folds: u32,
    /// The fold that validates, from 0
    #[arg(long, value_name = "N", default_value_t = 0)]
    fold: u32,
    /// Of the folds
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Fail when near-copies lie on both sides of the split
    #[arg(long)]
    strict: bool,
}

/// How scans are split.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum SplitRule {
    /// Duke 1-6 train, 7-8 validate, 9-10 are held out (and Tian 7 validates); other subjects train
    #[default]
    Paper,
    /// Subjects in folds
    KFold,
    /// Scans in folds, whoever they are of: only to measure how much this flatters
    RandomImage,
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
    if args.split == SplitRule::RandomImage {
        eprintln!(
            "warning: a split by scan puts neighbouring B-scans of one eye on both sides; figures measured \
             on it flatter. Use it to measure by how much, not to choose a model."
        );
    }
    std::fs::create_dir_all(&args.out).with_context(|| format!("making {}", args.out.display()))?;
    let stop = Arc::new(AtomicBool::new(false));
    let on_signal = stop.clone();
    ctrlc::set_handler(move || on_signal.store(true, Ordering::Relaxed)).context("catching Ctrl-C")?;

    let mut manifest = Manifest::open_for_appending(&args.out)?;
    let known: HashSet<String> = manifest.entries.iter().map(|entry| entry.id.clone()).collect();
    let mut hashes = Vec::new();
    for input in &args.inputs {
        let source = as_data_set(input, &args.out)?;
        for entry in &source.entries {
            if stop.load(Ordering::Relaxed) {
                println!("stopped; run the same command again to go on");
                return Ok(());
            }
            let scan = LabelledScan::load(&source, entry)?;
            hashes.push(Hashed { id: entry.id.clone(), hashes: DifferenceHash::of(&scan.image) });
            if !known.contains(&entry.id) {
                let framing = Framing { crop: args.crop, size: args.size };
                let entry = write_scan(&args.out, framed(scan, framing), args.split)?;
                manifest.append(entry)?;
            }
            if hashes.len().is_multiple_of(REPORT_EVERY) {
                eprintln!("{} scans", hashes.len());
            }
        }
    }
    ensure!(!manifest.entries.is_empty(), "there was no scan to build from");
    let split = args.split(&manifest);
    let file = args.out.join(SPLIT_FILE);
    write_file(&file, &serde_json::to_vec_pretty(&split)?)?;
    print!("{}", summary(&manifest, &split));
    let pairs = copies(&manifest, &split, &hashes);
    for (training, other) in pairs.iter().take(MOST_NAMED_PAIRS) {
        println!("near-copies across the split: {training} (training) and {other}");
    }
    if pairs.is_empty() {
        println!("no near-copies across the split");
    } else {
        println!("{} pairs of near-copies across the split: give them one subject", pairs.len());
        ensure!(!args.strict, "near-copies across the split");
    }
    Ok(())
}

/// A data set as it is; anything else is imported into a folder beside the training set's files first.
fn as_data_set(input: &Path, out: &Path) -> anyhow::Result<Manifest> {
    if input.join(MANIFEST_FILE).is_file() {
        return Ok(Manifest::read(input)?);
    }
    let imported = out.join("imported");
    import::run(ImportArgs::of_all(vec![input.to_owned()], imported.clone()))?;
    Ok(Manifest::read(&imported)?)
}

/// Writes the files of a framed scan and returns its line.
fn write_scan(out: &Path, scan: LabelledScan, split: SplitRule) -> anyhow::Result<ManifestEntry> {
    let mut entry = scan.entry;
    let (width, height) = (scan.image.width, scan.image.height);
    let text: Vec<(&str, &str)> = entry.credit.iter().map(|credit| ("Source", credit.as_str())).collect();
    let image = format!("images/{}.png", entry.id);
    write_file(&out.join(&image), &scan_image::write(&scan.image, &text)?)?;
    let label = match entry.label {
        Some(_) => {
            let label = format!("labels/{}.png", entry.id);
            write_file(&out.join(&label), &label_png::write(width, height, &scan.labels, &text)?)?;
            Some(label)
        }
        None => None,
    };
    let scanned_area = match entry.scanned_area {
        Some(_) => {
            let scanned = format!("scanned/{}.png", entry.id);
            let visible: Vec<u8> = scan.scanned.iter().map(|&inside| u8::from(inside) * u8::MAX).collect();
            let area = GreyImage::new(width, height, visible);
            write_file(&out.join(&scanned), &scan_image::write(&area, &[])?)?;
            Some(scanned)
        }
        None => None,
    };
    if split == SplitRule::RandomImage {
        // Splits go by subject; here every scan is its own.
        entry.subject = format!("scan-{}", entry.id);
    }
    Ok(ManifestEntry { image, label, scanned_area, ..entry })
}

impl BuildArgs {
    fn split(&self, manifest: &Manifest) -> Split {
        let subjects: Vec<String> = manifest.entries.iter().map(|entry| entry.subject.clone()).collect();
        match self.split {
            SplitRule::Paper => Split::default(),
            SplitRule::KFold | SplitRule::RandomImage => {
                Split::k_fold(&subjects, self.folds as usize, self.fold as usize, self.seed)
            }
        }
    }
}

fn copies(manifest: &Manifest, split: &Split, hashes: &[Hashed]) -> Vec<(String, String)> {
    let roles: BTreeMap<&str, Role> =
        manifest.entries.iter().map(|entry| (entry.id.as_str(), split.role(&entry.subject))).collect();
    let (training, other): (Vec<Hashed>, Vec<Hashed>) = hashes
        .iter()
        .filter(|hashed| roles.contains_key(hashed.id.as_str()))
        .cloned()
        .partition(|hashed| roles[hashed.id.as_str()] == Role::Training);
    across(&training, &other)
}

fn summary(manifest: &Manifest, split: &Split) -> String {
    let roles = [(Role::Training, "train"), (Role::Validation, "validate"), (Role::HeldOut, "held out")];
    roles
        .iter()
        .map(|(role, name)| {
            let entries: Vec<&ManifestEntry> =
                manifest.entries.iter().filter(|entry| split.role(&entry.subject) == *role).collect();
            let subjects: HashSet<&str> = entries.iter().map(|entry| entry.subject.as_str()).collect();
            let labelled = entries.iter().filter(|entry| entry.label.is_some()).count();
            format!(
                "{name:<9} {:>6} scans, {labelled} labelled, {} subjects\n",
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
