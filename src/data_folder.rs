//! Where this program keeps its own files: journal, settings, runs, models, what studios send.
//!
//! On a memory stick or a locked-down computer they belong beside the program: a file `retidiff.portable` there says
//! so. `RETIDIFF_DATA` says any other place.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Variable that names the folder.
pub const VARIABLE: &str = "RETIDIFF_DATA";
/// File beside the program that keeps everything there.
pub const PORTABLE_MARKER: &str = "retidiff.portable";
/// Folder beside a portable program.
const PORTABLE_FOLDER: &str = "retidiff-data";

/// The folder; `None` where the system names no place for one. It need not exist yet.
pub fn data_folder() -> Option<PathBuf> {
    let program = std::env::current_exe().ok();
    let of_system =
        || directories::ProjectDirs::from("", "", "retidiff").map(|dirs| dirs.data_local_dir().to_path_buf());
    chosen(std::env::var_os(VARIABLE), program.as_deref()).or_else(of_system)
}

/// The folder of what can be made again; `None` where the system names no place for it. It need not exist yet.
pub fn cache_folder() -> Option<PathBuf> {
    let program = std::env::current_exe().ok();
    let of_system =
        || directories::ProjectDirs::from("", "", "retidiff").map(|dirs| dirs.cache_dir().to_path_buf());
    chosen(std::env::var_os(VARIABLE), program.as_deref()).or_else(of_system)
}

/// What variable or marker say.
fn chosen(variable: Option<OsString>, program: Option<&Path>) -> Option<PathBuf> {
    if let Some(folder) = variable.filter(|folder| !folder.is_empty()) {
        return Some(folder.into());
    }
    let beside = program?.parent()?;
    beside.join(PORTABLE_MARKER).is_file().then(|| beside.join(PORTABLE_FOLDER))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::atomic::write_atomically;

    #[test]
    fn a_marker_beside_the_program_keeps_everything_there_and_the_variable_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("retidiff");
        assert_eq!(chosen(None, Some(&program)), None);
        write_atomically(&folder.path().join(PORTABLE_MARKER), b"").unwrap();
        assert_eq!(chosen(None, Some(&program)), Some(folder.path().join(PORTABLE_FOLDER)));
        assert_eq!(chosen(Some("/elsewhere".into()), Some(&program)), Some("/elsewhere".into()));
        assert_eq!(chosen(Some("".into()), Some(&program)), Some(folder.path().join(PORTABLE_FOLDER)));
    }
}
