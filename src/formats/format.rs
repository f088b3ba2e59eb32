//! What a kind of file is to this program: how it is known, and who reads it.

use std::path::Path;

use super::FormatError;
use super::opened::Opened;

/// What a reader is given.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    pub bytes: &'a [u8],
    /// Where the bytes were read from: other files may lie beside it.
    pub path: &'a Path,
    /// The file's name for messages and for the document.
    pub name: &'a str,
    /// Opens a file that lies beside it and belongs to it.
    pub open_beside: fn(&Path) -> Result<Opened, FormatError>,
}

/// A kind of file that becomes a document.
pub struct Format {
    /// What people call it.
    pub name: &'static str,
    /// What its names end in, in lower case, without the dot.
    pub endings: &'static [&'static str],
    /// Whether a folder of scans may consist of such files, one B-scan each.
    pub is_in_folders: bool,
    /// Whether the content is of this kind.
    pub(super) recognises: fn(&[u8]) -> bool,
    pub(super) read: fn(Input) -> Result<Opened, FormatError>,
}

impl Format {
    /// Whether a file's name ends as those of this format do.
    pub fn has_ending_of(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        self.endings
            .iter()
            .any(|ending| name.strip_suffix(ending).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')))
    }
}
