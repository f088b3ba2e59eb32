//! A training set from data sets and whatever can be imported: framed, split by subject, looked through for copies
//! across the split. `retidiff dataset build` and the Train page's form build with the same code.
//!
//! Scans go one by one, whatever their number, and a build that was stopped goes on when it is done again.

mod scans;
mod terms;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

pub use terms::{BuildError, BuildTerms, SplitRule, SplitTerms};

use super::duplicates::{DifferenceHash, Hashed, across};
use super::framing::{Framing, framed};
use super::importing::{ImportTerms, import};
use super::manifest::{MANIFEST_FILE, Manifest};
use super::samples::LabelledScan;
use super::split::{Role, SPLIT_FILE, Split};
use super::watch::{Progress, Watch, Work};
use crate::formats::{FormatError, read_file, write_file};
use scans::write_scan;
use terms::BuildFacts;

/// How the scans of a folder were framed and named: all of them in one way.
const BUILD_FILE: &str = "build.json";
const BUILD_VERSION: u32 = 1;
/// Folder beside the training set's files for what had to be imported first.
const IMPORTED: &str = "imported";

/// A training set that was built.
#[derive(Debug)]
pub struct Built {
    /// Of the set that was built.
    pub manifest: Manifest,
    /// By which rule it was split.
    pub rule: String,
    /// Who trains, who validates, who is held out.
    pub split: Split,
    /// Where that is written.
    pub split_file: PathBuf,
    /// Near-copies across the split: a scan that trains, and one that does not.
    pub copies: Vec<(String, String)>,
}

/// Builds a training set, or goes on with one.
///
/// # Errors
/// If something cannot be read or written, the folder holds a set of other terms, or the watch wants no more.
pub fn build(terms: &BuildTerms, watch: &mut dyn Watch) -> Result<Built, BuildError> {
    let out = &terms.out;
    std::fs::create_dir_all(out).map_err(FormatError::io(out, "making the folder"))?;
    let mut manifest = Manifest::open_for_appending(out)?;
    agree(terms, manifest.entries.is_empty())?;
    let sources = sources(terms, watch)?;
    let hashes = take_scans(terms, &sources, &mut manifest, watch)?;
    if manifest.entries.is_empty() {
        return Err(BuildError::Empty);
    }
    let (rule, split) = terms.split.split(&manifest);
    let split_file = out.join(SPLIT_FILE);
    write_json(&split_file, &split)?;
    let copies = copies(&manifest, &split, &hashes);
    Ok(Built { manifest, rule, split, split_file, copies })
}

/// Frames and writes every scan that the set does not hold yet; the hashes of all of them.
fn take_scans(
    terms: &BuildTerms,
    sources: &[Manifest],
    manifest: &mut Manifest,
    watch: &mut dyn Watch,
) -> Result<Vec<Hashed>, BuildError> {
    let known: HashSet<String> = manifest.entries.iter().map(|entry| entry.id.clone()).collect();
    let all = sources.iter().map(|source| source.entries.len()).sum();
    let mut met: HashSet<&str> = HashSet::new();
    let mut hashes = Vec::new();
    for source in sources {
        for entry in &source.entries {
            let progress = Progress { work: Work::Framing, done: hashes.len(), of: Some(all) };
            if !watch.goes_on(progress) {
                return Err(BuildError::Stopped(hashes.len()));
            }
            if !met.insert(&entry.id) {
                let place = source.dir.display();
                watch.skipped(&format!("{} of {place}: another input has a scan of that id", entry.id));
                continue;
            }
            let scan = LabelledScan::load(source, entry)?;
            hashes.push(Hashed { id: entry.id.clone(), hashes: DifferenceHash::of(&scan.image) });
            if !known.contains(&entry.id) {
                let is_ours = terms.framing == Framing::default() && source.dir == terms.out.join(IMPORTED);
                let scan = framed(scan, terms.framing);
                let mut entry = write_scan(&terms.out, &scan, is_ours.then_some(source))?;
                if terms.split.is_by_scan() && !terms.split.holds_out(&entry.subject) {
                    // Splits go by subject; here every scan is its own.
                    entry.subject = format!("scan-{}", entry.id);
                }
                manifest.append(entry)?;
            }
        }
    }
    Ok(hashes)
}

/// Remembers how the set is built, or makes sure that what is there was built so.
fn agree(terms: &BuildTerms, is_new: bool) -> Result<(), BuildError> {
    let Framing { crop, size } = terms.framing;
    let requested = BuildFacts { version: BUILD_VERSION, crop, size, is_by_scan: terms.split.is_by_scan() };
    let file = terms.out.join(BUILD_FILE);
    if is_new {
        return Ok(write_json(&file, &requested)?);
    }
    let known: BuildFacts = serde_json::from_slice(&read_file(&file)?)
        .map_err(|error| BuildError::Unsaid { file, why: error.to_string() })?;
    if known == requested {
        return Ok(());
    }
    let (known, requested) = (known.to_string(), requested.to_string());
    Err(BuildError::OtherTerms { out: terms.out.clone(), known, requested })
}

fn write_json(file: &Path, value: &impl serde::Serialize) -> Result<(), FormatError> {
    let json = serde_json::to_vec_pretty(value).map_err(|error| {
        FormatError::malformed(&file.display().to_string(), "its contents", error.to_string(), "report this")
    })?;
    write_file(file, &json)
}

/// Data sets as they are; everything else is imported first, together, into a folder beside the training set's files.
fn sources(terms: &BuildTerms, watch: &mut dyn Watch) -> Result<Vec<Manifest>, BuildError> {
    let (sets, raw): (Vec<PathBuf>, Vec<PathBuf>) =
        terms.inputs.iter().cloned().partition(|input| input.join(MANIFEST_FILE).is_file());
    let mut sources: Vec<Manifest> = sets.iter().map(|set| Manifest::read(set)).collect::<Result<_, _>>()?;
    if !raw.is_empty() {
        let imported = ImportTerms { out: terms.out.join(IMPORTED), ..terms.import.clone() };
        import(&raw, &imported, watch)?;
        sources.push(Manifest::read(&imported.out)?);
    }
    Ok(sources)
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
