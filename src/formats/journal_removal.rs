//! The end of a journal session: what was saved or discarded must never be offered again, even where its folder cannot
//! be removed.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::atomic::write_atomically;
use super::document_parts::DOCUMENT_JSON;

/// Of the mark beside a session whose work is not wanted but whose folder is still there; then the session's name.
const DISCARDED_PREFIX: &str = "discarded-";

/// Removes a session. The JSON goes first: a session without it is not offered, so a crash in between leaves no half.
/// Where something of it stays, a mark beside the folder says that its work is not wanted.
///
/// # Errors
/// If something of it stays.
pub(super) fn remove_session(folder: &Path) -> io::Result<()> {
    let outcome = match fs::remove_file(folder.join(DOCUMENT_JSON)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::remove_dir_all(folder),
    };
    if !folder.exists() {
        if let Some(mark) = mark_of(folder) {
            // Usually there is none.
            let _ = fs::remove_file(mark);
        }
        return Ok(());
    }
    if let Some(mark) = mark_of(folder) {
        // Without the mark there is still the error below to be shown.
        let _ = write_atomically(&mark, b"");
    }
    outcome
}

/// The mark of a session.
fn mark_of(folder: &Path) -> Option<PathBuf> {
    let name = folder.file_name()?.to_str()?;
    Some(folder.with_file_name(format!("{DISCARDED_PREFIX}{name}")))
}

/// Whether a session's work is not wanted.
pub(super) fn is_discarded(folder: &Path) -> bool {
    mark_of(folder).is_some_and(|mark| mark.exists())
}

/// Tries once more to remove the sessions under `dir` that were discarded and are still there.
pub fn remove_discarded(dir: &Path) {
    let names = fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.file_name());
    for name in names {
        if let Some(session) = name.to_str().and_then(|name| name.strip_prefix(DISCARDED_PREFIX)) {
            // One that cannot be removed stays marked, and is tried at the next start.
            let _ = remove_session(&dir.join(session));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Document, Editor};
    use crate::formats::journal::{Journal, recoverable};
    use crate::mask::Mask;
    use crate::scan::{BScan, GreyImage};

    fn leave_behind(dir: &Path) {
        let scan = BScan::from_image(GreyImage::new(8, 8, vec![9; 64]), "left behind");
        let editor = Editor::new(Document::from_scan(scan, Mask::unannotated(8, 8)));
        let mut journal = Journal::start(dir.to_path_buf()).expect("a thread");
        journal.note(&editor, None);
    }

    #[test]
    fn a_session_whose_removal_failed_is_not_offered_and_goes_at_the_next_start() {
        let dir = tempfile::tempdir().expect("a folder");
        leave_behind(dir.path());
        let left = recoverable(dir.path());
        // As a removal leaves it that could not even remove the JSON.
        let mark = mark_of(&left[0].path).expect("a name");
        write_atomically(&mark, b"").expect("written");
        assert!(recoverable(dir.path()).is_empty(), "it was discarded");
        remove_discarded(dir.path());
        assert!(!left[0].path.exists() && !mark.exists());
        assert_eq!(fs::read_dir(dir.path()).expect("a folder").count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_cannot_be_changed_is_marked() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("a folder");
        leave_behind(dir.path());
        let left = recoverable(dir.path());
        let permit = |mode| fs::set_permissions(&left[0].path, fs::Permissions::from_mode(mode));
        permit(0o500).expect("it is ours");
        if left[0].discard().is_ok() {
            eprintln!("skipped: this user may remove files from folders that are not writable");
            return;
        }
        permit(0o700).expect("it is ours");
        assert!(recoverable(dir.path()).is_empty(), "not offered again");
        remove_discarded(dir.path());
        assert!(!left[0].path.exists());
    }
}
