//! Who may read a file, and what makes a rename last.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::path::Path;

/// What everybody may read and its owner change.
#[cfg(unix)]
const READABLE_MODE: u32 = 0o644;
/// What is its owner's alone.
#[cfg(unix)]
const PRIVATE_FOLDER_MODE: u32 = 0o700;

/// Makes renames and deletions in a folder last. On Windows the file system sees to that itself, and a folder cannot
/// be opened.
///
/// # Errors
/// If the folder cannot be opened or synced.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Makes a folder that nobody but its owner may look into, where the system knows owners by mode; elsewhere the
/// folder above decides.
///
/// # Errors
/// If it exists, or the folder above it does not or cannot be written to.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, PRIVATE_FOLDER_MODE);
    builder.create(folder)
}

/// Lets everybody read a file: temporary files are readable by their owner alone.
///
/// # Errors
/// If the system refuses.
pub fn let_others_read(file: &File) -> io::Result<()> {
    match readable() {
        Some(permissions) => file.set_permissions(permissions),
        None => Ok(()),
    }
}

/// The same of a temporary file that is still to be made.
pub fn others_may_read(builder: &mut tempfile::Builder<'_, '_>) {
    if let Some(permissions) = readable() {
        builder.permissions(permissions);
    }
}

#[cfg(unix)]
fn readable() -> Option<fs::Permissions> {
    Some(std::os::unix::fs::PermissionsExt::from_mode(READABLE_MODE))
}

#[cfg(not(unix))]
fn readable() -> Option<fs::Permissions> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_folder_is_made_once_and_a_folder_that_is_not_there_cannot_be_synced() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("private");
        create_private_folder(&folder).unwrap();
        assert_eq!(create_private_folder(&folder).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        sync_folder(&folder).unwrap();
        assert_eq!(sync_folder(&outer.path().join("none")).is_err(), cfg!(unix));
        let mut builder = tempfile::Builder::new();
        others_may_read(&mut builder);
        let opened = builder.tempfile_in(&folder).unwrap();
        let closed = tempfile::tempfile_in(&folder).unwrap();
        let_others_read(&closed).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |file: &File| file.metadata().unwrap().permissions().mode() & 0o777;
            // The builder's mode goes through the process's mask, which may take from it.
            assert_eq!((mode(opened.as_file()) & !READABLE_MODE, mode(&closed)), (0, READABLE_MODE));
            assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, PRIVATE_FOLDER_MODE);
        }
        drop((opened, closed));
    }
}
