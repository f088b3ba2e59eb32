//! How a run is told to stop: a file in its folder, which reaches the process whoever started it and on every system.

use std::path::Path;

use crate::formats::{FormatError, write_file};

/// There while somebody wants the run to stop.
const STOP_FILE: &str = "generation.stop";

/// Asks the run in a folder to stop.
///
/// # Errors
/// If the folder cannot be written.
pub fn leave(dir: &Path) -> Result<(), FormatError> {
    write_file(&dir.join(STOP_FILE), b"stop\n")
}

/// Whether somebody has asked.
pub fn is_left(dir: &Path) -> bool {
    dir.join(STOP_FILE).exists()
}

/// Takes the order back, as the run does that obeys it and one that begins. One that cannot be removed is seen again at
/// the next start, which says so by stopping.
pub fn take_back(dir: &Path) {
    let _ = std::fs::remove_file(dir.join(STOP_FILE));
}
