//! What goes wrong with files, said so that the reader of the message can act.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::write_atomically;

/// A file that cannot be read or written. Messages name the file, the place in it and the remedy.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum FormatError {
    /// The operating system refused.
    #[error("{}: {doing} failed: {source}{}", path.display(), remedy_for(source))]
    Io { path: PathBuf, doing: &'static str, source: std::io::Error },
    /// The contents are not what the format says.
    #[error("{file}: {place}: {problem}; {remedy}")]
    Malformed { file: String, place: String, problem: String, remedy: String },
    /// The contents can be read in two ways, and a wrong guess would be silent.
    #[error("{file}: {question} {remedy}")]
    Ambiguous { file: String, question: String, remedy: String },
    /// A document of this program that cannot be read.
    #[error(transparent)]
    Document(#[from] super::DocumentError),
}

impl FormatError {
    /// A malformed file.
    pub fn malformed(
        file: &str,
        place: impl Into<String>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::Malformed {
            file: file.to_owned(),
            place: place.into(),
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }

    /// For `map_err` around a file-system call: `doing` is a noun such as "reading".
    pub fn io(path: &Path, doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, doing, source }
    }
}

/// What to do about a refusal of the operating system, as the end of a sentence; nothing where that is not known.
fn remedy_for(source: &std::io::Error) -> &'static str {
    match source.kind() {
        ErrorKind::NotFound => "; look whether it was moved or renamed",
        ErrorKind::PermissionDenied => "; ask its owner for access, or take a copy that is yours",
        ErrorKind::StorageFull => "; free some space",
        _ => "",
    }
}

/// Largest file that is read into memory: above it a file is not a B-scan, a label map or a volume of them.
pub const MAX_FILE_BYTES: u64 = 2 << 30;

/// Reads a whole file after a look at its size.
///
/// # Errors
/// If there is no such file, it is a folder, has more than [`MAX_FILE_BYTES`], or the system does not let it be read.
pub fn read_file(path: &Path) -> Result<Vec<u8>, FormatError> {
    let size = std::fs::metadata(path).map_err(FormatError::io(path, "looking at the file"))?;
    if size.is_dir() {
        return Err(FormatError::malformed(
            &path.display().to_string(),
            "the path",
            "this is a folder, not a file",
            "name one file in it, or import the folder with `retidiff import`",
        ));
    }
    if size.len() > MAX_FILE_BYTES {
        return Err(FormatError::malformed(
            &path.display().to_string(),
            "the file",
            format!("{} bytes are more than the {MAX_FILE_BYTES} that are read", size.len()),
            "split the volume into smaller files",
        ));
    }
    std::fs::read(path).map_err(FormatError::io(path, "reading"))
}

/// Writes a file whole or not at all, making the folder it lies in.
///
/// # Errors
/// If the folder cannot be made or the file not be written there; a file of that name is then as it was.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), FormatError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(FormatError::io(folder, "making the folder"))?;
    }
    write_atomically(path, bytes).map_err(FormatError::io(path, "writing"))
}
