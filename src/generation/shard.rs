//! The same pairs in parts that a cluster's engine counts: one tar, one list and one mark a shard.
//!
//! A shard depends on the plan and its number alone, so two workers on one shard write the same bytes and are harmless;
//! the mark (`.done`), made by whichever is first and never replaced, says that tar and list are whole.

use std::io::{Cursor, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::GenerationError;
use super::folder::GenerationFolder;
use super::line::GeneratedLine;
use super::pair::{MadePair, PairMaker, pair_id};
use super::plan::GenerationPlan;
use super::storage::{Created, Storage, read};
use crate::formats::FormatError;
use crate::formats::provenance::sha256_hex;

const DONE_VERSION: u32 = 1;
/// Largest file of a pair in a shard.
const MAX_ENTRY_BYTES: u64 = 256 << 20;

/// What the mark of a finished shard says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShardDone {
    /// Of this file.
    pub version: u32,
    /// Of the plan.
    pub plan_sha256: String,
    /// Its number, from 0.
    pub shard: u64,
    /// Pairs in it.
    pub pairs: u64,
    /// Of the archive.
    pub tar_sha256: String,
    /// Of the list of its pairs.
    pub list_sha256: String,
    /// What making it took.
    pub secs: f64,
}

/// How the work on a shard ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShardOutcome {
    /// This worker made it.
    Made,
    /// Somebody had made it.
    WasThere,
    /// It was told to stop; no mark is left.
    Stopped,
}

/// Name of a file of a shard: `pairs-000017.tar`.
fn shard_file(shard: u64, ending: &str) -> String {
    format!("pairs-{shard:06}.{ending}")
}

/// Makes one shard of a plan into a storage.
///
/// # Errors
/// If a pair cannot be made or a file not written; no mark is left then.
pub fn make_shard(
    storage: &dyn Storage,
    plan: &GenerationPlan,
    shard: u64,
    maker: &mut PairMaker,
    is_stopped: &dyn Fn() -> bool,
) -> Result<ShardOutcome, GenerationError> {
    let plan_sha256 = plan.sha256();
    if shard >= plan.shards() {
        let problem = format!("it has {} shards; there is no number {shard}", plan.shards());
        return Err(GenerationError::Plan { place: "the plan".to_owned(), problem });
    }
    if is_done(storage, &plan_sha256, shard)? {
        return Ok(ShardOutcome::WasThere);
    }
    let began = std::time::Instant::now();
    let place = storage.place_of(&shard_file(shard, "tar"));
    let mut tar = tar::Builder::new(Vec::new());
    let mut list = Vec::new();
    for index in plan.pairs_of(shard) {
        let Some(pair) = maker.make(&plan_sha256, index, is_stopped)? else {
            return Ok(ShardOutcome::Stopped);
        };
        let line = serde_json::to_vec(&pair.line).expect("a line is strings, numbers and lists");
        add_pair(&mut tar, &pair, &line).map_err(FormatError::io(Path::new(&place), "packing a shard"))?;
        list.extend_from_slice(&line);
        list.push(b'\n');
    }
    let tar = tar.into_inner().map_err(FormatError::io(Path::new(&place), "packing a shard"))?;
    storage.write(&shard_file(shard, "tar"), &tar)?;
    storage.write(&shard_file(shard, "jsonl"), &list)?;
    let done = ShardDone {
        version: DONE_VERSION,
        plan_sha256,
        shard,
        pairs: plan.pairs_of(shard).count() as u64,
        tar_sha256: sha256_hex(&tar),
        list_sha256: sha256_hex(&list),
        secs: began.elapsed().as_secs_f64(),
    };
    mark_done(storage, &done)
}

/// Adds the files of a pair in the order of their names, with nothing that differs from run to run.
fn add_pair(tar: &mut tar::Builder<Vec<u8>>, pair: &MadePair, line: &[u8]) -> std::io::Result<()> {
    let id = &pair.line.entry.id;
    for (ending, bytes) in [("json", line), ("mask.png", &pair.label_png), ("scan.png", &pair.image_png)] {
        add_file(tar, &format!("{id}.{ending}"), bytes)?;
    }
    Ok(())
}

/// Adds a file to an archive whose bytes depend on names and contents alone.
///
/// # Errors
/// If the name is too long for the format, or the archive cannot be written.
pub fn add_file<W: std::io::Write>(
    tar: &mut tar::Builder<W>,
    name: &str,
    bytes: &[u8],
) -> std::io::Result<()> {
    let mut header = tar::Header::new_ustar();
    header.set_path(name)?;
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header.set_cksum();
    tar.append(&header, bytes)
}

fn mark_done(storage: &dyn Storage, done: &ShardDone) -> Result<ShardOutcome, GenerationError> {
    let json = serde_json::to_vec(done).expect("a mark is strings and numbers");
    Ok(match storage.create(&shard_file(done.shard, "done"), &json)? {
        Created::Now => ShardOutcome::Made,
        Created::Before => ShardOutcome::WasThere,
    })
}

/// The mark of a shard of this plan; `None` while it is not done.
fn read_done(
    storage: &dyn Storage,
    plan_sha256: &str,
    shard: u64,
) -> Result<Option<ShardDone>, GenerationError> {
    let name = shard_file(shard, "done");
    let Some(mark) = storage.find(&name)? else { return Ok(None) };
    let place = storage.place_of(&name);
    let refuse = |problem: String| {
        let remedy = "remove it, and the shard is made again";
        FormatError::malformed(&place, "the mark", problem, remedy)
    };
    let done: ShardDone = serde_json::from_slice(&mark).map_err(|error| refuse(error.to_string()))?;
    if done.version != DONE_VERSION || done.plan_sha256 != plan_sha256 || done.shard != shard {
        return Err(refuse("it belongs to another plan, shard or version".to_owned()).into());
    }
    Ok(Some(done))
}

fn is_done(storage: &dyn Storage, plan_sha256: &str, shard: u64) -> Result<bool, GenerationError> {
    read_done(storage, plan_sha256, shard).map(|done| done.is_some())
}

/// Shards that are not done, in order.
///
/// # Errors
/// If a mark cannot be read or belongs to another plan.
pub fn missing_shards(storage: &dyn Storage, plan: &GenerationPlan) -> Result<Vec<u64>, GenerationError> {
    let plan_sha256 = plan.sha256();
    let mut missing = Vec::new();
    for shard in 0..plan.shards() {
        if !is_done(storage, &plan_sha256, shard)? {
            missing.push(shard);
        }
    }
    Ok(missing)
}

/// Numbers as an engine's array takes them: `7,12-19`.
pub fn ranges(numbers: &[u64]) -> String {
    let mut parts: Vec<(u64, u64)> = Vec::new();
    for &number in numbers {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => parts.push((number, number)),
        }
    }
    let part = |&(first, last): &(u64, u64)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(",")
}

/// Checks every shard of a plan against its mark, and unpacks them into a folder as `local` would have made it.
/// Returns the number of pairs.
///
/// # Errors
/// If a shard is missing or not what its mark says.
pub fn merge(
    storage: &dyn Storage,
    plan: &GenerationPlan,
    unpack: Option<&Path>,
) -> Result<u64, GenerationError> {
    let missing = missing_shards(storage, plan)?;
    if !missing.is_empty() {
        return Err(GenerationError::Folder {
            place: storage.place_of(""),
            problem: format!(
                "{} of {} shards are missing ({})",
                missing.len(),
                plan.shards(),
                ranges(&missing)
            ),
            remedy: "make them with `retidiff generate shard`".to_owned(),
        });
    }
    let mut folder = unpack.map(|out| GenerationFolder::open(out, plan.clone())).transpose()?;
    let plan_sha256 = plan.sha256();
    let mut pairs = 0;
    for shard in 0..plan.shards() {
        let Some(done) = read_done(storage, &plan_sha256, shard)? else { continue };
        let name = shard_file(shard, "tar");
        let (place, bytes) = (storage.place_of(&name), read(storage, &name)?);
        if sha256_hex(&bytes) != done.tar_sha256 {
            let problem = "its bytes are not those that its mark names";
            let remedy = "remove it and its .done file, and make the shard again";
            return Err(FormatError::malformed(&place, "the shard", problem, remedy).into());
        }
        pairs += done.pairs;
        if let Some(folder) = &mut folder {
            unpack_shard(&bytes, &place, plan.pairs_of(shard), folder)?;
        }
    }
    if let Some(folder) = &mut folder {
        folder.finish()?;
    }
    Ok(pairs)
}

fn unpack_shard(
    bytes: &[u8],
    place: &str,
    indices: std::ops::Range<u64>,
    folder: &mut GenerationFolder,
) -> Result<(), GenerationError> {
    let refuse = |problem: String| {
        FormatError::malformed(
            place,
            "the archive",
            problem,
            "remove it and its .done file, and make it again",
        )
    };
    let mut archive = tar::Archive::new(Cursor::new(bytes));
    let mut entries = archive.entries().map_err(|error| refuse(error.to_string()))?;
    for index in indices {
        let id = pair_id(index);
        let mut next = |ending: &str| -> Result<Vec<u8>, GenerationError> {
            let wanted = format!("{id}.{ending}");
            let entry = entries.next().ok_or_else(|| refuse(format!("it ends before {wanted}")))?;
            let mut entry = entry.map_err(|error| refuse(error.to_string()))?;
            let found = entry.path().map_err(|error| refuse(error.to_string()))?.display().to_string();
            if found != wanted || entry.size() > MAX_ENTRY_BYTES {
                return Err(
                    refuse(format!("{found} of {} bytes where {wanted} belongs", entry.size())).into()
                );
            }
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).map_err(|error| refuse(error.to_string()))?;
            Ok(bytes)
        };
        let (line, label_png, image_png) = (next("json")?, next("mask.png")?, next("scan.png")?);
        let line: GeneratedLine =
            serde_json::from_slice(&line).map_err(|error| refuse(format!("{id}.json: {error}")))?;
        if line.entry.id != id || line.generated.plan_sha256 != folder.plan_sha256() {
            return Err(refuse(format!("{id}.json belongs to another pair or plan")).into());
        }
        // The paths are made of the id here, not taken from the archive.
        let mut line = line;
        line.entry.image = format!("images/{id}.png");
        line.entry.label = Some(format!("labels/{id}.png"));
        let pair = MadePair { line, image_png, label_png };
        folder.files().write(&pair)?;
        folder.add(pair.line)?;
    }
    Ok(())
}
