//! Checkpoints: network, averaged network and optimiser state of one step, complete or not there at all.
//!
//! Random numbers need no saving, for they are counted by step. A checkpoint is a folder that is filled
//! under another name, synced, then renamed; the newest two are kept.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::store::ModuleRecord;
use burn::tensor::Bytes;

use super::error::TrainingError;
use super::opponent::Opponent;
use super::optimizer::Optimizer;
use super::repetition::BatchPlace;
use crate::nn::UNet;
use crate::platform;

const PREFIX: &str = "step-";
const UNFINISHED_PREFIX: &str = "unfinished-";
const NETWORK_FILE: &str = "network.burnpack";
const AVERAGE_FILE: &str = "average.burnpack";
const OPTIMIZER_FILE: &str = "optimizer.burnpack";
const OPPONENT_FILE: &str = "opponent.burnpack";
const OPPONENT_OPTIMIZER_FILE: &str = "opponent-optimizer.burnpack";
const PLACE_FILE: &str = "place.json";
/// Checkpoints that are kept.
const KEPT: usize = 2;

/// What a run goes on from.
#[derive(Clone)]
pub struct State<N = UNet> {
    /// Steps done.
    pub step: u64,
    /// The network that is trained, with gradients.
    pub network: N,
    /// The averaged network, without.
    pub average: N,
    /// Its moments.
    pub optimizer: Optimizer,
    /// What it is trained against, where it is.
    pub opponent: Option<Opponent>,
    /// Where it is among its batches, where steps alone do not say.
    pub place: Option<BatchPlace>,
}

/// The folder name of a step's checkpoint.
pub fn folder_name(step: u64) -> String {
    format!("{PREFIX}{step:08}")
}

/// Writes a checkpoint into `checkpoints` and deletes all but the newest two. Returns its folder.
///
/// # Errors
/// If it cannot be written.
pub fn save<N: Module>(checkpoints: &Path, state: &State<N>) -> Result<PathBuf, TrainingError> {
    let unfinished = checkpoints.join(format!("{UNFINISHED_PREFIX}{}", std::process::id()));
    let path = checkpoints.join(folder_name(state.step));
    remove_unfinished(checkpoints)?;
    fs::create_dir_all(&unfinished).map_err(TrainingError::io(&unfinished, "making the folder"))?;
    let refuse = |reason: String| TrainingError::Checkpoint { path: unfinished.clone(), reason };
    let mut files = vec![
        (NETWORK_FILE, state.network.clone().into_record().into_bytes()),
        (AVERAGE_FILE, state.average.clone().into_record().into_bytes()),
        (OPTIMIZER_FILE, state.optimizer.to_bytes()),
    ];
    if let Some(opponent) = &state.opponent {
        files.push((OPPONENT_FILE, opponent.network.clone().into_record().into_bytes()));
        if !opponent.optimizer.is_fresh() {
            files.push((OPPONENT_OPTIMIZER_FILE, opponent.optimizer.to_bytes()));
        }
    }
    if let Some(place) = &state.place {
        let text = serde_json::to_vec(place).map_err(|error| refuse(error.to_string()))?;
        files.push((PLACE_FILE, Ok(Bytes::from_bytes_vec(text))));
    }
    for (name, bytes) in files {
        let bytes = bytes.map_err(|error| refuse(error.to_string()))?;
        let file = unfinished.join(name);
        let mut out = File::create(&file).map_err(TrainingError::io(&file, "making the file"))?;
        out.write_all(&bytes).map_err(TrainingError::io(&file, "writing"))?;
        out.sync_all().map_err(TrainingError::io(&file, "syncing"))?;
    }
    // A run that was resumed may come by a step again.
    remove_folder(&path)?;
    fs::rename(&unfinished, &path).map_err(TrainingError::io(&path, "renaming"))?;
    platform::sync_folder(checkpoints).map_err(TrainingError::io(checkpoints, "syncing"))?;
    let steps = steps_of(checkpoints)?;
    for &old in steps.iter().rev().skip(KEPT) {
        remove_folder(&checkpoints.join(folder_name(old)))?;
    }
    Ok(path)
}

/// The steps of the checkpoints in a folder, ascending.
///
/// # Errors
/// If the folder cannot be read.
pub fn steps_of(checkpoints: &Path) -> Result<Vec<u64>, TrainingError> {
    let mut steps = Vec::new();
    for entry in fs::read_dir(checkpoints).map_err(TrainingError::io(checkpoints, "reading the folder"))? {
        let name = entry.map_err(TrainingError::io(checkpoints, "reading the folder"))?.file_name();
        steps.extend(name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.parse::<u64>().ok()));
    }
    steps.sort_unstable();
    Ok(steps)
}

/// The state of a step, read into `fresh`, a state of the same configuration.
///
/// # Errors
/// If a file is damaged or belongs to another network.
pub fn load<N: Module>(checkpoints: &Path, step: u64, fresh: State<N>) -> Result<State<N>, TrainingError> {
    let folder = checkpoints.join(folder_name(step));
    let average = read_network(&folder, AVERAGE_FILE, fresh.average)?;
    let network = read_network(&folder, NETWORK_FILE, fresh.network)?;
    let optimizer = read_optimizer(&folder, OPTIMIZER_FILE, fresh.optimizer, &network)?;
    let opponent = match fresh.opponent {
        Some(Opponent { network, optimizer }) => {
            let network = read_network(&folder, OPPONENT_FILE, network)?;
            // It has none until its first step.
            let optimizer = match folder.join(OPPONENT_OPTIMIZER_FILE).exists() {
                true => read_optimizer(&folder, OPPONENT_OPTIMIZER_FILE, optimizer, &network)?,
                false => optimizer,
            };
            Some(Opponent { network, optimizer })
        }
        None => None,
    };
    let place = match folder.join(PLACE_FILE).exists() {
        true => Some(read_place(&folder)?),
        false => None,
    };
    Ok(State { step, network, average, optimizer, opponent, place })
}

fn read_network<M: Module>(folder: &Path, name: &str, fresh: M) -> Result<M, TrainingError> {
    let record = ModuleRecord::from_bytes(read(folder, name)?)
        .map_err(|error| refused(folder, name, error.to_string()))?;
    fresh.try_load_record(record).map_err(|error| refused(folder, name, error.to_string()))
}

fn read_optimizer<M: Module>(
    folder: &Path,
    name: &str,
    fresh: Optimizer,
    network: &M,
) -> Result<Optimizer, TrainingError> {
    fresh.with_bytes(read(folder, name)?, network).map_err(|error| refused(folder, name, error.to_string()))
}

fn read_place(folder: &Path) -> Result<BatchPlace, TrainingError> {
    let text = read(folder, PLACE_FILE)?;
    serde_json::from_slice(&text).map_err(|error| refused(folder, PLACE_FILE, error.to_string()))
}

fn read(folder: &Path, name: &str) -> Result<Bytes, TrainingError> {
    let path = folder.join(name);
    fs::read(&path).map(Bytes::from_bytes_vec).map_err(TrainingError::io(&path, "reading"))
}

fn refused(folder: &Path, name: &str, reason: String) -> TrainingError {
    TrainingError::Checkpoint { path: folder.join(name), reason }
}

/// Removes what was half written when a disk was full or a process was killed; a run has one process.
fn remove_unfinished(checkpoints: &Path) -> Result<(), TrainingError> {
    for entry in fs::read_dir(checkpoints).map_err(TrainingError::io(checkpoints, "reading the folder"))? {
        let entry = entry.map_err(TrainingError::io(checkpoints, "reading the folder"))?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED_PREFIX) {
            remove_folder(&entry.path())?;
        }
    }
    Ok(())
}

fn remove_folder(path: &Path) -> Result<(), TrainingError> {
    if path.exists() {
        fs::remove_dir_all(path).map_err(TrainingError::io(path, "deleting"))?;
    }
    Ok(())
}
