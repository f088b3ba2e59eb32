//! Files that are whole or not there: a temporary file beside the target, synced, then renamed.
//!
//! A process that is killed in between leaves its temporary file behind. While it lives it holds a lock on that file,
//! which the system drops however it ends: so a later process can tell what is stale, and removes it.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::platform;

const PREFIX: &str = ".retidiff-";
const SUFFIX: &str = ".part";
/// A file is made before it is locked; one as young as this may be between the two.
const MAY_BE_UNLOCKED: Duration = Duration::from_secs(2);
/// How far the folders of an export lie below the one that was named for it.
const EXPORT_LEVELS: usize = 2;
/// An export has few folders; one into a folder that holds much else must not have all of that looked through.
const MAX_FOLDERS: usize = 64;
/// Where a file system has no locks, a file that nobody has written to for so long is stale.
const STALE_WITHOUT_LOCKS: Duration = Duration::from_secs(24 * 60 * 60);

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
    let temporary = tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder);
    let mut temporary = temporary.map_err(|error| without_path(&error))?;
    // A file system without locks: the file's age has to say whether it is stale.
    let _ = temporary.as_file().try_lock();
    temporary.write_all(bytes)?;
    let file = temporary.as_file();
    match fs::metadata(path) {
        Ok(existing) => file.set_permissions(existing.permissions())?,
        // A document that the user saves is not meant to be private, as temporary files are.
        Err(_) => platform::let_others_read(file)?,
    }
    file.sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
    platform::sync_folder(folder)
}

/// What the system said, without the name of a temporary file that nobody knows.
fn without_path(error: &io::Error) -> io::Error {
    let said = error.get_ref().and_then(|inner| inner.source()?.downcast_ref::<io::Error>());
    said.and_then(io::Error::raw_os_error).map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
}

/// Removes what killed processes left of their writes in a folder, not in those within it. Returns how many files that
/// were; one that cannot be removed wastes space and does no other harm.
pub fn remove_stale_parts(folder: &Path) -> usize {
    remove_parts(folder, is_stale)
}

/// The same in the folder of an export, whose files lie in folders within it, too. No more than a few dozen folders are
/// looked into, and links to folders are not followed.
pub fn remove_stale_parts_of_export(folder: &Path) -> usize {
    let mut folders = vec![folder.to_path_buf()];
    let mut above = 0;
    for _ in 0..EXPORT_LEVELS {
        let (level, room) = (above..folders.len(), MAX_FOLDERS.saturating_sub(folders.len()));
        above = folders.len();
        let within: Vec<PathBuf> =
            folders[level].iter().flat_map(|folder| folders_in(folder)).take(room).collect();
        folders.extend(within);
    }
    folders.iter().map(|folder| remove_stale_parts(folder)).sum()
}

fn folders_in(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path())
}

/// The same in a folder that this process alone writes into: however young what is left is, nobody works on it.
pub fn remove_parts_of_own_folder(folder: &Path) -> usize {
    remove_parts(folder, |path| File::open(path).is_ok_and(|file| file.try_lock().is_ok()))
}

fn remove_parts(folder: &Path, is_left: impl Fn(&Path) -> bool) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_ours = |entry: &fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        is_file && name.starts_with(PREFIX) && name.ends_with(SUFFIX)
    };
    let left = entries.filter(is_ours).map(|entry| entry.path()).filter(|path| is_left(path));
    left.filter(|path| fs::remove_file(path).is_ok()).count()
}

fn is_stale(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let age = file.metadata().and_then(|data| data.modified()).ok().and_then(|time| time.elapsed().ok());
    let is_older_than = |limit| age.is_some_and(|age| age > limit);
    match file.try_lock() {
        Ok(()) => is_older_than(MAY_BE_UNLOCKED),
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(_)) => is_older_than(STALE_WITHOUT_LOCKS),
    }
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
    fn only_what_a_killed_process_left_is_removed() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let long_ago = std::time::SystemTime::now() - Duration::from_secs(60);
        let put = |name: &str| -> io::Result<File> {
            let file = File::create(folder.path().join(name))?;
            file.set_modified(long_ago)?;
            Ok(file)
        };
        drop(put(".retidiff-dead.part")?);
        drop(put("scan.part")?);
        drop(put(".retidiff-notes.txt")?);
        fs::create_dir(folder.path().join(".retidiff-folder.part"))?;
        File::create(folder.path().join(".retidiff-young.part"))?;
        let alive = put(".retidiff-alive.part")?;
        alive.lock()?;
        assert_eq!(remove_stale_parts(folder.path()), 1);
        assert!(!folder.path().join(".retidiff-dead.part").exists());
        assert_eq!(fs::read_dir(folder.path())?.count(), 5);
        drop(alive);
        assert_eq!(remove_stale_parts(folder.path()), 1, "its process is gone");
        assert_eq!(remove_stale_parts(&folder.path().join("none")), 0);
        Ok(())
    }

    #[test]
    fn an_export_is_looked_through_with_its_folders_and_no_further() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let long_ago = std::time::SystemTime::now() - Duration::from_secs(60);
        for name in ["", "images", "train/images", "train/images/deeper"] {
            let within = folder.path().join(name);
            fs::create_dir_all(&within)?;
            File::create(within.join(".retidiff-dead.part"))?.set_modified(long_ago)?;
        }
        assert_eq!(remove_stale_parts_of_export(folder.path()), 3);
        assert!(folder.path().join("train/images/deeper/.retidiff-dead.part").exists());
        assert_eq!(remove_stale_parts_of_export(&folder.path().join("none")), 0);
        let much = tempfile::tempdir()?;
        for number in 0..2 * MAX_FOLDERS {
            let within = much.path().join(number.to_string());
            fs::create_dir(&within)?;
            File::create(within.join(".retidiff-dead.part"))?.set_modified(long_ago)?;
        }
        assert_eq!(remove_stale_parts_of_export(much.path()), MAX_FOLDERS - 1);
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
