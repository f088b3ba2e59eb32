//! `retidiff dataset build`: a training set, framed, split by subject and checked for copies.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use anyhow::{Context, ensure};
use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};

use super::ctrl_c::stop_flag;
use super::import::{self, ImportArgs};
use crate::dataset::duplicates::{DifferenceHash, Hashed, across};
use crate::dataset::framing::{Framing, framed};
use crate::dataset::manifest::{MANIFEST_FILE, Manifest, ManifestEntry};
use crate::dataset::samples::LabelledScan;
use crate::dataset::split::{Role, SPLIT_FILE, Split};
use crate::formats::{FormatError, label_png, read_file, scan_image, write_file};
use crate::scan::GreyImage;

/// How the scans of a folder were framed and named: all of them in one way.
const BUILD_FILE: &str = "build.json";
/// Folder beside the training set's files for what had to be imported first.
const IMPORTED: &str = "imported";
/// Subjects up to which a summary names them.
const MOST_NAMED_SUBJECTS: usize = 12;
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
/// OCT2017); the latter are imported into OUT/imported, labelled or not. A stopped build is continued by running
/// it again, with the same --crop, --size and kind of --split. The split goes into split.json.
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
    /// Fail when near-copies lie on both sides of the split
    #[arg(long)]
    strict: bool,
}

/// How scans are split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum SplitRule {
    /// Duke 1-6 train, 7-8 validate, 9-10 are held out (and Tian 7 validates); other subjects train
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
    let is_by_scan = args.split == Some(SplitRule::RandomImage);
    if is_by_scan {
        eprintln!(
            "warning: a split by scan puts neighbouring B-scans of one eye on both sides; figures measured \
             on it flatter. Use it to measure by how much, not to choose a model."
        );
    }
    std::fs::create_dir_all(&args.out).with_context(|| format!("making {}", args.out.display()))?;
    let mut manifest = Manifest::open_for_appending(&args.out)?;
    let framing = Framing { crop: args.crop, size: args.size };
    Build { version: BUILD_VERSION, crop: args.crop, size: args.size, is_by_scan }
        .agree_with(&args.out, manifest.entries.is_empty())?;
    let sources = sources(&args.inputs, &args.out)?;
    // From here on a signal ends the loop; an import that is killed goes on by itself the next time.
    let stop = stop_flag()?;

    let known: HashSet<String> = manifest.entries.iter().map(|entry| entry.id.clone()).collect();
    let mut met: HashSet<&str> = HashSet::new();
    let mut hashes = Vec::new();
    for source in &sources {
        for entry in &source.entries {
            if stop.load(Ordering::Relaxed) {
                println!("stopped after {} scans; run the same command again to go on", hashes.len());
                return Ok(());
            }
            if !met.insert(&entry.id) {
                eprintln!(
                    "skipped: {} of {}: another input has a scan of that id",
                    entry.id,
                    source.dir.display()
                );
                continue;
            }
            let scan = LabelledScan::load(source, entry)?;
            hashes.push(Hashed { id: entry.id.clone(), hashes: DifferenceHash::of(&scan.image) });
            if !known.contains(&entry.id) {
                let is_ours = framing == Framing::default() && source.dir == args.out.join(IMPORTED);
                let mut entry = write_scan(&args.out, &framed(scan, framing), is_ours.then_some(source))?;
                if is_by_scan && !args.hold_out.contains(&entry.subject) {
                    // Splits go by subject; here every scan is its own.
                    entry.subject = format!("scan-{}", entry.id);
                }
                manifest.append(entry)?;
            }
            if hashes.len().is_multiple_of(REPORT_EVERY) {
                eprintln!("{} scans", hashes.len());
            }
        }
    }
    ensure!(!manifest.entries.is_empty(), "there was no scan to build from");
    let (rule, split) = args.split(&manifest);
    let file = args.out.join(SPLIT_FILE);
    write_file(&file, &serde_json::to_vec_pretty(&split)?)?;
    println!("split: {rule}");
    print!("{}", summary(&manifest, &split));
    for warning in warnings(&manifest, &split) {
        eprintln!("warning: {warning}");
    }
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
    println!("train on it with: retidiff train --data {} --split {} ...", args.out.display(), file.display());
    Ok(())
}

/// Version of `build.json`.
const BUILD_VERSION: u32 = 1;

/// What all scans of a training set share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Build {
    version: u32,
    crop: bool,
    size: Option<[u32; 2]>,
    /// Whether every scan was made a subject of its own.
    is_by_scan: bool,
}

impl Build {
    /// Remembers how the set is built, or makes sure that what is there was built so.
    fn agree_with(self, out: &Path, is_new: bool) -> anyhow::Result<()> {
        let file = out.join(BUILD_FILE);
        if is_new {
            return Ok(write_file(&file, &serde_json::to_vec_pretty(&self)?)?);
        }
        let known: Self = serde_json::from_slice(&read_file(&file)?)
            .with_context(|| format!("{} does not say how its scans were framed", file.display()))?;
        ensure!(
            known == self,
            "{} holds scans that were built with {known}; this asks for {self}: choose another --out",
            out.display()
        );
        Ok(())
    }
}

impl std::fmt::Display for Build {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let crop = if self.crop { "--crop" } else { "no --crop" };
        let size = self.size.map_or_else(|| "no --size".to_owned(), |[x, y]| format!("--size {x}x{y}"));
        let subjects = if self.is_by_scan { "a split by scan" } else { "a split by subject" };
        write!(f, "{crop}, {size}, {subjects}")
    }
}

/// Data sets as they are; everything else is imported first, together, into a folder beside the training
/// set's files.
fn sources(inputs: &[PathBuf], out: &Path) -> anyhow::Result<Vec<Manifest>> {
    let (sets, raw): (Vec<PathBuf>, Vec<PathBuf>) =
        inputs.iter().cloned().partition(|input| input.join(MANIFEST_FILE).is_file());
    let mut sources: Vec<Manifest> = sets.iter().map(|set| Manifest::read(set)).collect::<Result<_, _>>()?;
    if !raw.is_empty() {
        let imported = out.join(IMPORTED);
        import::run(ImportArgs::of_all(raw, imported.clone()))?;
        sources.push(Manifest::read(&imported)?);
    }
    Ok(sources)
}

/// Writes the files of a framed scan and returns its line. Files of `same`, where the frame changed nothing, are
/// linked: a large set that had to be imported lies on the disk once.
fn write_scan(out: &Path, scan: &LabelledScan, same: Option<&Manifest>) -> anyhow::Result<ManifestEntry> {
    let entry = &scan.entry;
    let (width, height) = (scan.image.width, scan.image.height);
    let text: Vec<(&str, &str)> = entry.credit.iter().map(|credit| ("Source", credit.as_str())).collect();
    let put = |folder: &str, original: &str, bytes: &dyn Fn() -> Result<Vec<u8>, FormatError>| {
        let name = format!("{folder}/{}.png", entry.id);
        let file = out.join(&name);
        let is_linked = same.is_some_and(|same| {
            std::fs::create_dir_all(out.join(folder)).is_ok()
                && std::fs::hard_link(same.path(original), &file).is_ok()
        });
        if !is_linked {
            write_file(&file, &bytes()?)?;
        }
        Ok::<String, FormatError>(name)
    };
    let image = put("images", &entry.image, &|| scan_image::write(&scan.image, &text))?;
    let label = entry
        .label
        .as_ref()
        .map(|original| put("labels", original, &|| label_png::write(width, height, &scan.labels, &text)));
    let scanned_area = entry.scanned_area.as_ref().map(|original| {
        let visible = scan.scanned.iter().map(|&inside| u8::from(inside) * u8::MAX);
        put("scanned", original, &|| {
            scan_image::write(&GreyImage::new(width, height, visible.clone().collect::<Vec<u8>>()), &[])
        })
    });
    let (label, scanned_area) = (label.transpose()?, scanned_area.transpose()?);
    Ok(ManifestEntry { image, label, scanned_area, ..entry.clone() })
}

impl BuildArgs {
    /// The split, and by which rule it was made.
    fn split(&self, manifest: &Manifest) -> (String, Split) {
        let paper = Split::default();
        let is_known = manifest.entries.iter().any(|entry| paper.role(&entry.subject) != Role::Training);
        let rule = self.split.unwrap_or(if is_known { SplitRule::Paper } else { SplitRule::KFold });
        let folds = |what: &str| {
            let subjects: Vec<String> = manifest
                .entries
                .iter()
                .map(|entry| entry.subject.clone())
                .filter(|subject| !self.hold_out.contains(subject))
                .collect();
            let split = Split::k_fold(&subjects, self.folds as usize, self.fold as usize, self.seed);
            let name = format!("{what}, fold {} of {} (from 0), seed {}", self.fold, self.folds, self.seed);
            (name, Split { held_out: self.hold_out.clone(), ..split })
        };
        match rule {
            SplitRule::Paper => ("the paper's subjects".to_owned(), paper),
            SplitRule::KFold => folds("subjects in folds"),
            SplitRule::RandomImage => folds("scans in folds, whoever they are of"),
        }
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
            let subjects: BTreeSet<&str> = entries.iter().map(|entry| entry.subject.as_str()).collect();
            let labelled =
                entries.iter().filter(|entry| entry.label.is_some() && !entry.pseudo_labelled).count();
            let traced = match entries.iter().filter(|entry| entry.pseudo_labelled).count() {
                0 => String::new(),
                count => format!(", {count} labelled by the auto-trace"),
            };
            let named = match subjects.len() {
                1..=MOST_NAMED_SUBJECTS => {
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
