//! The mark of a finished shard: made by whoever is first, and never replaced.

use serde::{Deserialize, Serialize};

use super::GenerationError;
use super::storage::{Created, Storage};
use crate::formats::FormatError;

const DONE_VERSION: u32 = 1;

/// What the mark says.
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
    /// Of the archive, where the plan keeps pictures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tar_sha256: Option<String>,
    /// Of the list of its pairs.
    pub list_sha256: String,
    /// What making it took.
    pub secs: f64,
    /// What computed, as far as it decides about the last bit: on a GPU other devices make other bytes. (Marks of before
    /// say nothing of it.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arithmetic: Option<String>,
}

impl ShardDone {
    /// Of a shard of which nothing is known yet.
    pub(super) fn of(plan_sha256: String, shard: u64) -> Self {
        Self {
            version: DONE_VERSION,
            plan_sha256,
            shard,
            pairs: 0,
            tar_sha256: None,
            list_sha256: String::new(),
            secs: 0.0,
            arithmetic: None,
        }
    }
}

/// Name of a file of a shard: `pairs-000017.tar`.
pub(super) fn shard_file(shard: u64, ending: &str) -> String {
    format!("pairs-{shard:06}.{ending}")
}

/// Marks a shard as done; a mark that is there stays.
pub(super) fn mark_done(storage: &dyn Storage, done: &ShardDone) -> Result<Created, GenerationError> {
    let json = serde_json::to_vec(done).expect("a mark is strings and numbers");
    Ok(storage.create(&shard_file(done.shard, "done"), &json)?)
}

/// The mark of a shard of this plan; `None` while it is not done.
pub(super) fn read_done(
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

/// Whether a shard of this plan is done.
pub(super) fn is_done(storage: &dyn Storage, plan_sha256: &str, shard: u64) -> Result<bool, GenerationError> {
    read_done(storage, plan_sha256, shard).map(|done| done.is_some())
}
