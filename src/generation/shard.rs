//! The same pairs in parts that a cluster's engine counts: one tar, one list and one mark a shard.
//!
//! A shard depends on the plan and its number alone, so two workers on one shard write the same bytes and are harmless;
//! the mark (`.done`), made by whichever is first and never replaced, says that tar and list are whole.

use std::io::{Cursor, Read};
use std::path::Path;

use super::GenerationError;
use super::folder::GenerationFolder;
use super::line::GeneratedLine;
use super::numbers::ranges;
use super::pair::{MadePair, PairMaker, pair_id};
use super::plan::{GenerationPlan, Kept};
use super::shard_mark::{ShardDone, is_done, mark_done, read_done, shard_file};
use super::storage::{Created, Storage, read};
use crate::formats::FormatError;
use crate::formats::provenance::sha256_hex;

/// Largest file of a pair in a shard.
const MAX_ENTRY_BYTES: u64 = 256 << 20;

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
    let mut arithmetic = None;
    // A unit at the end of a shard may go on in the next: each of both draws it, and keeps its own pairs of it.
    let indices: Vec<u64> = plan.pairs_of(shard).collect();
    let units = plan.groups(&indices).into_iter();
    for pair in units.flat_map(|unit| maker.make_together(&plan_sha256, &indices[unit], is_stopped)) {
        let Some(pair) = pair? else { return Ok(ShardOutcome::Stopped) };
        let line = serde_json::to_vec(&pair.line).expect("a line is strings, numbers and lists");
        if plan.kept == Kept::Pairs {
            add_pair(&mut tar, &pair, &line)
                .map_err(FormatError::io(Path::new(&place), "packing a shard"))?;
        }
        list.extend_from_slice(&line);
        list.push(b'\n');
        arithmetic = pair.line.generated.arithmetic;
    }
    let tar_sha256 = match plan.kept {
        Kept::Lines => None,
        Kept::Pairs => {
            let tar = tar.into_inner().map_err(FormatError::io(Path::new(&place), "packing a shard"))?;
            storage.write(&shard_file(shard, "tar"), &tar)?;
            Some(sha256_hex(&tar))
        }
    };
    storage.write(&shard_file(shard, "jsonl"), &list)?;
    let done = ShardDone {
        pairs: plan.pairs_of(shard).count() as u64,
        tar_sha256,
        list_sha256: sha256_hex(&list),
        secs: began.elapsed().as_secs_f64(),
        arithmetic,
        ..ShardDone::of(plan_sha256, shard)
    };
    Ok(match mark_done(storage, &done)? {
        Created::Now => ShardOutcome::Made,
        Created::Before => ShardOutcome::WasThere,
    })
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

/// Checks every shard of a plan against its mark, and unpacks them into a folder as `local` would have made it.
/// Returns the number of pairs.
///
/// Shards of which only lines were kept are checked, and never unpacked: a data set without pictures is none.
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
    if plan.kept == Kept::Lines && unpack.is_some() {
        return Err(GenerationError::Folder {
            place: storage.place_of(""),
            problem: "its shards hold no pictures".to_owned(),
            remedy: "choose from the lines of its .jsonl files, and make those pairs with `retidiff generate pair`"
                .to_owned(),
        });
    }
    let mut folder = unpack.map(|out| GenerationFolder::open(out, plan.clone())).transpose()?;
    let plan_sha256 = plan.sha256();
    let mut pairs = 0;
    for shard in 0..plan.shards() {
        let Some(done) = read_done(storage, &plan_sha256, shard)? else { continue };
        whole(storage, shard, "jsonl", &done.list_sha256)?;
        pairs += done.pairs;
        if plan.kept == Kept::Lines {
            continue;
        }
        let tar_sha256 = done.tar_sha256.ok_or_else(|| {
            let place = storage.place_of(&shard_file(shard, "done"));
            let remedy = "remove it, and the shard is made again";
            FormatError::malformed(&place, "the mark", "it names no archive".to_owned(), remedy)
        })?;
        let (place, bytes) = whole(storage, shard, "tar", &tar_sha256)?;
        if let Some(folder) = &mut folder {
            unpack_shard(&bytes, &place, plan.pairs_of(shard), folder)?;
        }
    }
    if let Some(folder) = &mut folder {
        folder.finish()?;
    }
    Ok(pairs)
}

/// The place and the bytes of a shard's file, which are those that its mark names.
fn whole(
    storage: &dyn Storage,
    shard: u64,
    ending: &str,
    sha256: &str,
) -> Result<(String, Vec<u8>), GenerationError> {
    let name = shard_file(shard, ending);
    let (place, bytes) = (storage.place_of(&name), read(storage, &name)?);
    if sha256_hex(&bytes) != sha256 {
        let problem = "its bytes are not those that its mark names";
        let remedy = "remove it and its .done file, and make the shard again";
        return Err(FormatError::malformed(&place, "the shard", problem, remedy).into());
    }
    Ok((place, bytes))
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
