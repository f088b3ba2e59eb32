//! The mark of a finished run: made by whoever is first, and never replaced.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::ExperimentError;
use crate::formats::{FormatError, read_file};

const DONE_VERSION: u32 = 1;

/// What the mark says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunDone {
    version: u32,
    pub plan_sha256: String,
    pub run: String,
    pub device: String,
    /// What the worker that made the mark took for it; what workers before it took is not in it.
    pub secs: f64,
}

/// The folder of a run.
pub fn folder_of(experiment: &Path, run: &str) -> PathBuf {
    experiment.join("runs").join(run)
}

fn mark_of(experiment: &Path, run: &str) -> PathBuf {
    experiment.join("runs").join(format!("{run}.done"))
}

/// Whether a run has its mark, whosever it is.
pub fn is_marked(experiment: &Path, run: &str) -> bool {
    mark_of(experiment, run).is_file()
}

/// The mark of a run of this plan; `None` while it is not done.
///
/// # Errors
/// If the mark cannot be read or belongs to another plan.
pub fn read(experiment: &Path, plan_sha256: &str, run: &str) -> Result<Option<RunDone>, ExperimentError> {
    let path = mark_of(experiment, run);
    if !path.exists() {
        return Ok(None);
    }
    let place = path.display().to_string();
    let refuse = |problem: String| {
        FormatError::malformed(&place, "the mark", problem, "remove it, and the run is done again")
    };
    let done: RunDone =
        serde_json::from_slice(&read_file(&path)?).map_err(|error| refuse(error.to_string()))?;
    if done.version != DONE_VERSION || done.plan_sha256 != plan_sha256 || done.run != run {
        return Err(refuse("it belongs to another plan, run or version".to_owned()).into());
    }
    Ok(Some(done))
}

/// Marks a run as done; a mark that is there stays.
///
/// # Errors
/// If it cannot be written.
pub fn mark(
    experiment: &Path,
    plan_sha256: &str,
    run: &str,
    device: &str,
    secs: f64,
) -> Result<(), ExperimentError> {
    let path = mark_of(experiment, run);
    let failed = |error| ExperimentError::io(&path, "marking the run as done")(error);
    let done = RunDone {
        version: DONE_VERSION,
        plan_sha256: plan_sha256.to_owned(),
        run: run.to_owned(),
        device: device.to_owned(),
        secs,
    };
    let json = serde_json::to_vec(&done).expect("a mark is strings and numbers");
    let mut temporary = tempfile::NamedTempFile::new_in(experiment.join("runs")).map_err(failed)?;
    temporary.write_all(&json).map_err(failed)?;
    temporary.as_file().sync_all().map_err(failed)?;
    match temporary.persist_noclobber(&path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(failed(error.error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_mark_stays_and_a_foreign_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("runs")).unwrap();
        assert_eq!(read(folder.path(), "plan", "a").unwrap(), None);
        mark(folder.path(), "plan", "a", "CPU", 1.0).unwrap();
        mark(folder.path(), "plan", "a", "CPU", 2.0).unwrap();
        assert_eq!(read(folder.path(), "plan", "a").unwrap().unwrap().secs, 1.0);
        let error = read(folder.path(), "other", "a").unwrap_err().to_string();
        assert!(error.contains("another plan") && error.contains("remove it"), "{error}");
    }
}
