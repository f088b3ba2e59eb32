//! Files that are whole or not there: a temporary file beside the target, synced, then renamed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Replaces the file at `path` by `bytes`. After a crash at any moment the old or the new content is
/// there, never a part of it.
///
/// # Errors
/// If the folder is not writable, the disk is full, or the rename fails; the old file is then untouched.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut temporary = tempfile::Builder::new().prefix(".retidiff-").suffix(".part").tempfile_in(folder)?;
    temporary.write_all(bytes)?;
    let file = temporary.as_file();
    match fs::metadata(path) {
        Ok(existing) => file.set_permissions(existing.permissions())?,
        Err(_) => give_usual_permissions(file)?,
    }
    file.sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
    sync_folder(folder)
}

/// Makes renames and deletions in a folder last.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Temporary files are readable by their owner alone; a document the user saves is not meant to be.
#[cfg(unix)]
fn give_usual_permissions(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn give_usual_permissions(_file: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_a_file_and_leaves_nothing_behind() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("a.retidiff");
        write_atomically(&path, b"old")?;
        write_atomically(&path, b"new")?;
        assert_eq!(fs::read(&path)?, b"new");
        assert_eq!(fs::read_dir(folder.path())?.count(), 1);
        Ok(())
    }

    #[test]
    fn a_missing_folder_is_an_error_and_the_target_of_a_failure_stays() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        assert!(write_atomically(&folder.path().join("none/a"), b"x").is_err());
        let occupied = folder.path().join("occupied");
        fs::create_dir(&occupied)?;
        assert!(write_atomically(&occupied, b"x").is_err());
        assert_eq!(fs::read_dir(folder.path())?.count(), 1);
        Ok(())
    }
}
