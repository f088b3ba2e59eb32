//! The folder that pairs are made into: `images/`, `labels/`, `manifest.jsonl` and `generation.json`.
//!
//! A pair's files are written whole before its line, and its line before anybody counts it; lines come in the order of
//! the pairs. So whatever moment a process is killed at, the folder holds the first pairs of the plan and at most files
//! that the next run writes again, with the same bytes. The manifest is one that `train`, `evaluate` and `review` read.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::GenerationError;
use super::line::GeneratedLine;
use super::pair::MadePair;
use super::plan::GenerationPlan;
use crate::dataset::manifest::MANIFEST_FILE;
use crate::formats::atomic::remove_parts_of_own_folder;
use crate::formats::{FormatError, json_problem, read_file, write_file};

/// Name of the file that says what a folder's pairs were made by.
pub const GENERATION_FILE: &str = "generation.json";
/// Held by the process that is making pairs.
const LOCK_FILE: &str = "generation.lock";
const GENERATION_VERSION: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
struct GenerationFile {
    version: u32,
    plan_sha256: String,
    plan: GenerationPlan,
}

/// A folder that pairs are made into, held by this process alone.
#[derive(Debug)]
pub struct GenerationFolder {
    dir: PathBuf,
    plan: GenerationPlan,
    plan_sha256: String,
    lines: BTreeMap<u64, GeneratedLine>,
    /// Whether the manifest's lines stand as they should: in order, each the last word on its pair.
    is_in_order: bool,
    manifest: File,
    /// Unlocked by the system however the process ends.
    _lock: File,
}

impl GenerationFolder {
    /// Opens a folder for the pairs of a plan, making it where it is not there.
    ///
    /// # Errors
    /// If it holds something else, another process is making pairs into it, or it cannot be written. A plan of which
    /// nothing could be made gives way.
    pub fn open(dir: &Path, plan: GenerationPlan) -> Result<Self, GenerationError> {
        let described = dir.join(GENERATION_FILE);
        let path = dir.join(MANIFEST_FILE);
        // Looked at before anything is made there. A folder of ours is described before it has a manifest.
        if path.exists() && !described.exists() {
            let problem = "it holds a data set that was not generated";
            return Err(folder_problem(dir, problem, "name another folder with --out"));
        }
        for folder in [dir.to_owned(), dir.join("images"), dir.join("labels")] {
            std::fs::create_dir_all(&folder).map_err(FormatError::io(&folder, "making the folder"))?;
        }
        let lock = locked(dir)?;
        let plan_sha256 = plan.sha256();
        if described.exists() && is_without_pairs(&path) && read_plan(&described)?.sha256() != plan_sha256 {
            remove_unlisted(dir);
            write_plan(&described, &plan, &plan_sha256)?;
        } else if described.exists() {
            check_same_plan(&described, &plan)?;
        } else {
            write_plan(&described, &plan, &plan_sha256)?;
        }
        for folder in [dir.to_owned(), dir.join("images"), dir.join("labels")] {
            // The lock of the folder is ours.
            remove_parts_of_own_folder(&folder);
        }
        let lines = read_lines(&path, &plan_sha256)?;
        let manifest = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(FormatError::io(&path, "opening"))?;
        let is_in_order = lines.windows(2).all(|pair| pair[0].generated.index < pair[1].generated.index);
        let lines = lines.into_iter().map(|line| (line.generated.index, line)).collect();
        Ok(Self { dir: dir.to_owned(), plan, plan_sha256, lines, is_in_order, manifest, _lock: lock })
    }

    /// The plan whose pairs it holds.
    pub fn plan(&self) -> &GenerationPlan {
        &self.plan
    }

    /// The plan's hash.
    pub fn plan_sha256(&self) -> &str {
        &self.plan_sha256
    }

    /// The lines there are, by the number of the pair.
    pub fn lines(&self) -> &BTreeMap<u64, GeneratedLine> {
        &self.lines
    }

    /// Pairs that are not there, in order: those without a line, and those whose files are gone.
    pub fn missing(&self) -> Vec<u64> {
        let is_there = |index: &u64| {
            self.lines.get(index).is_some_and(|line| {
                let label = line.entry.label.as_deref().unwrap_or_default();
                self.dir.join(&line.entry.image).is_file() && self.dir.join(label).is_file()
            })
        };
        (0..self.plan.pairs).filter(|index| !is_there(index)).collect()
    }

    /// Where its files are written to.
    pub fn files(&self) -> PairFiles {
        PairFiles { dir: self.dir.clone() }
    }

    /// Adds the line of a pair whose files are written.
    ///
    /// # Errors
    /// If the disk is full or the file cannot be written.
    pub fn add(&mut self, line: GeneratedLine) -> Result<(), GenerationError> {
        let index = line.generated.index;
        match self.lines.get(&index) {
            Some(before) if *before == line => return Ok(()),
            // Made again by other arithmetic: the manifest is written anew at the end.
            Some(_) => self.is_in_order = false,
            None => {
                let path = self.dir.join(MANIFEST_FILE);
                let mut text = serde_json::to_vec(&line).expect("a line is strings, numbers and lists");
                text.push(b'\n');
                self.manifest.write_all(&text).map_err(FormatError::io(&path, "appending"))?;
                self.manifest.sync_data().map_err(FormatError::io(&path, "syncing"))?;
                let last = self.lines.last_key_value().map(|(last, _)| *last);
                self.is_in_order &= last.is_none_or(|last| last < index);
            }
        }
        self.lines.insert(index, line);
        Ok(())
    }

    /// Brings the manifest's lines into order, where pairs had to be made again.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(&mut self) -> Result<(), GenerationError> {
        if self.is_in_order {
            return Ok(());
        }
        let mut text = Vec::new();
        for line in self.lines.values() {
            serde_json::to_writer(&mut text, line).expect("a line is strings, numbers and lists");
            text.push(b'\n');
        }
        let path = self.dir.join(MANIFEST_FILE);
        write_file(&path, &text)?;
        self.manifest =
            OpenOptions::new().append(true).open(&path).map_err(FormatError::io(&path, "opening"))?;
        self.is_in_order = true;
        Ok(())
    }
}

/// Writes the files of pairs; any thread may.
#[derive(Clone, Debug)]
pub struct PairFiles {
    dir: PathBuf,
}

impl PairFiles {
    /// Writes both files of a pair, whole or not at all.
    ///
    /// # Errors
    /// If the disk is full or the folder cannot be written.
    pub fn write(&self, pair: &MadePair) -> Result<(), FormatError> {
        let entry = &pair.line.entry;
        write_file(&self.dir.join(&entry.image), &pair.image_png)?;
        write_file(&self.dir.join(entry.label.as_deref().unwrap_or_default()), &pair.label_png)
    }
}

fn folder_problem(dir: &Path, problem: &str, remedy: &str) -> GenerationError {
    GenerationError::Folder {
        place: dir.display().to_string(),
        problem: problem.to_owned(),
        remedy: remedy.to_owned(),
    }
}

/// Whether a process is making pairs into a folder.
pub fn is_at_work(dir: &Path) -> bool {
    let Ok(file) = File::open(dir.join(LOCK_FILE)) else { return false };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// Looks at whether somebody is at work hold the lock for a moment: it is asked for more than once.
const LOCK_TRIES: u32 = 5;
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// The lock of a folder, for as long as the file is open.
fn locked(dir: &Path) -> Result<File, GenerationError> {
    let path = dir.join(LOCK_FILE);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(FormatError::io(&path, "opening"))?;
    let mut outcome = file.try_lock();
    for _ in 1..LOCK_TRIES {
        if !matches!(outcome, Err(TryLockError::WouldBlock)) {
            break;
        }
        std::thread::sleep(BETWEEN_TRIES);
        outcome = file.try_lock();
    }
    match outcome {
        // A file system without locks cannot say who else is there; a run of its own is still whole.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let problem = "another program is making pairs into it";
            Err(folder_problem(dir, problem, "wait for it, stop it, or name another folder with --out"))
        }
    }
}

fn check_same_plan(described: &Path, plan: &GenerationPlan) -> Result<(), GenerationError> {
    let found = read_plan(described)?;
    if found.sha256() == plan.sha256() {
        return Ok(());
    }
    let names = ["pairs", "per_shard", "seed", "masks", "scans", "filters", "judge", "kept", "software"];
    let (a, b) = (serde_json::to_value(&found), serde_json::to_value(plan));
    let (a, b) = (a.unwrap_or_default(), b.unwrap_or_default());
    let differing: Vec<&str> = names.into_iter().filter(|name| a.get(name) != b.get(name)).collect();
    let problem = format!("it holds pairs of another plan (other {})", differing.join(", "));
    let dir = described.parent().unwrap_or(described);
    Err(folder_problem(
        dir,
        &problem,
        "go on with the arguments of before, or name another folder with --out",
    ))
}

/// Whether a plan was begun here, and no pair of it is listed.
fn is_without_pairs(manifest: &Path) -> bool {
    std::fs::metadata(manifest).is_ok_and(|found| found.len() == 0)
}

/// Removes what threads wrote of pairs before one that could not be made ended the run.
fn remove_unlisted(dir: &Path) {
    for folder in [dir.join("images"), dir.join("labels")] {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with("pair-") {
                // One that stays is written over, or beyond the new pairs and in no list.
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}

fn write_plan(described: &Path, plan: &GenerationPlan, plan_sha256: &str) -> Result<(), FormatError> {
    let version = GENERATION_VERSION;
    let file = GenerationFile { version, plan_sha256: plan_sha256.to_owned(), plan: plan.clone() };
    let mut json = serde_json::to_vec_pretty(&file).expect("a plan is strings, numbers and lists");
    json.push(b'\n');
    write_file(described, &json)
}

/// The plan that a `generation.json` holds.
///
/// # Errors
/// If it cannot be read or is of another version.
pub fn read_plan(described: &Path) -> Result<GenerationPlan, GenerationError> {
    let place = described.display().to_string();
    let json = read_file(described)?;
    let value: serde_json::Value = serde_json::from_slice(&json).map_err(|error| GenerationError::Plan {
        place: place.clone(),
        problem: format!("no JSON: {error}"),
    })?;
    if value.get("version").and_then(serde_json::Value::as_u64) != Some(u64::from(GENERATION_VERSION)) {
        let problem = format!("it is not of version {GENERATION_VERSION}, which this program knows");
        return Err(GenerationError::Plan { place, problem });
    }
    let plan = value.get("plan").map(ToString::to_string).unwrap_or_default();
    GenerationPlan::read(plan.as_bytes(), &place)
}

/// The lines of a manifest; a torn last one is cut off the file. Lines of other plans are refused.
fn read_lines(path: &Path, plan_sha256: &str) -> Result<Vec<GeneratedLine>, GenerationError> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let bytes = read_file(path)?;
    let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    if whole < bytes.len() {
        write_file(path, &bytes[..whole])?;
    }
    let name = path.display().to_string();
    let lines = bytes[..whole].split(|&byte| byte == b'\n').enumerate();
    let mut read: Vec<GeneratedLine> = Vec::new();
    for (number, line) in lines.filter(|(_, line)| !line.trim_ascii().is_empty()) {
        let refuse = |problem: String| {
            let remedy = "correct the line, or generate into an empty folder";
            FormatError::malformed(&name, format!("line {}", number + 1), problem, remedy)
        };
        let line: GeneratedLine =
            serde_json::from_slice(line).map_err(|error| refuse(json_problem(&error)))?;
        if line.generated.plan_sha256 != plan_sha256 {
            return Err(refuse("it belongs to another plan".to_owned()).into());
        }
        read.push(line);
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_made_in_a_folder_of_others() {
        let folder = tempfile::tempdir().unwrap();
        write_file(&folder.path().join(MANIFEST_FILE), b"theirs").unwrap();
        let refused =
            GenerationFolder::open(folder.path(), crate::generation::plan::tests::plan(9)).unwrap_err();
        assert!(refused.to_string().contains("a data set that was not generated"), "{refused}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
