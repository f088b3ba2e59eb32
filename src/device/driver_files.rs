//! Whether a graphics driver has changed: what its files on this machine look like, without loading any of them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::platform;

/// By which a user names drivers or interfaces.
const VARIABLES: [&str; 6] = [
    "VK_DRIVER_FILES",
    "VK_ADD_DRIVER_FILES",
    "VK_ICD_FILENAMES",
    "WGPU_BACKEND",
    "LIBGL_ALWAYS_SOFTWARE",
    "LD_LIBRARY_PATH",
];

/// Text that differs after an update of a driver or of this program; `None` where the drivers' files are not known.
pub(super) fn fingerprint() -> Option<String> {
    let folders = platform::driver_folders()?;
    let mut text = format!("retidiff {}\n", env!("CARGO_PKG_VERSION"));
    for folder in folders {
        describe_folder(&mut text, &folder);
    }
    for (file, version) in platform::driver_versions() {
        let _ = writeln!(text, "{file} {version}");
    }
    for variable in VARIABLES {
        let value = std::env::var_os(variable).unwrap_or_default();
        let _ = writeln!(text, "{variable} {}", value.to_string_lossy());
    }
    Some(text)
}

/// Name, length and time of every file, by name. Writing into a string cannot fail.
fn describe_folder(text: &mut String, folder: &Path) {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.sort();
    for file in files {
        let Ok(about) = std::fs::metadata(&file) else { continue };
        let changed = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let seconds = changed.map_or(0, |time| time.as_secs());
        let _ = writeln!(text, "{} {} {seconds}", file.display(), about.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::atomic::write_atomically;

    #[test]
    fn a_driver_file_that_changes_changes_the_text() {
        let folder = tempfile::tempdir().unwrap();
        let described = || {
            let mut text = String::new();
            describe_folder(&mut text, folder.path());
            text
        };
        assert_eq!(described(), "");
        write_atomically(&folder.path().join("a.json"), b"1").unwrap();
        let first = described();
        write_atomically(&folder.path().join("a.json"), b"12").unwrap();
        assert!(first.contains("a.json") && first != described());
    }
}
