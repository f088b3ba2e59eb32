//! Whether a process works on a run: a lock the operating system takes back however that process ends.
//!
//! A process number alone would not do, for numbers are given again.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::Path;

use super::error::TrainingError;
use crate::formats::atomic::write_atomically;

const LOCK_FILE: &str = "lock";
const PROCESS_FILE: &str = "process";

/// Held by the process that works on a run.
#[derive(Debug)]
pub struct RunLock {
    _file: File,
}

impl RunLock {
    /// Takes the lock of a run and notes the number of this process in its folder.
    ///
    /// # Errors
    /// If another process holds it, or the folder cannot be written.
    pub fn take(run: &Path) -> Result<Self, TrainingError> {
        let path = run.join(LOCK_FILE);
        let file = open(&path).map_err(TrainingError::io(&path, "opening"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(TrainingError::RunBusy { path: run.to_owned(), process: process_of(run) });
            }
            Err(TryLockError::Error(error)) => return Err(TrainingError::io(&path, "locking")(error)),
        }
        let process = run.join(PROCESS_FILE);
        write_atomically(&process, std::process::id().to_string().as_bytes())
            .map_err(TrainingError::io(&process, "writing"))?;
        Ok(Self { _file: file })
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)
}

/// Whether a process works on the run in a folder.
pub fn is_alive(run: &Path) -> bool {
    let Ok(file) = OpenOptions::new().read(true).open(run.join(LOCK_FILE)) else { return false };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// Number of the process that last worked on a run.
pub fn process_of(run: &Path) -> Option<u32> {
    fs::read_to_string(run.join(PROCESS_FILE)).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_works_on_a_run() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_alive(folder.path()));
        let lock = RunLock::take(folder.path()).unwrap();
        assert!(is_alive(folder.path()));
        let error = RunLock::take(folder.path()).unwrap_err();
        assert!(
            matches!(error, TrainingError::RunBusy { process: Some(id), .. } if id == std::process::id()),
            "{error}"
        );
        drop(lock);
        assert!(!is_alive(folder.path()));
    }
}
