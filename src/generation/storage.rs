//! Where the shards of a plan lie: a folder that all machines see, or a bucket of an object storage.
//!
//! Shards need little of a storage: whole objects, read and written under plain names, and one that is made by whoever
//! comes first. So a cluster without a common file system has the same commands, with another address.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::formats::{FormatError, read_file, write_file};
use crate::platform;

/// Who made an object that only one may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// This call.
    Now,
    /// Somebody before.
    Before,
}

/// A place of named objects, each whole or not there.
pub trait Storage {
    /// An object's address, for messages.
    fn place_of(&self, name: &str) -> String;

    /// The bytes of an object; `None` where there is none.
    ///
    /// # Errors
    /// If it cannot be read.
    fn find(&self, name: &str) -> Result<Option<Vec<u8>>, FormatError>;

    /// Writes an object in place of the one of its name.
    ///
    /// # Errors
    /// If it cannot be written; the one of before is then whole.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), FormatError>;

    /// Writes an object unless there is one of its name.
    ///
    /// # Errors
    /// If it cannot be written.
    fn create(&self, name: &str, bytes: &[u8]) -> Result<Created, FormatError>;
}

/// The bytes of an object that must be there.
///
/// # Errors
/// If it is not, or cannot be read.
pub fn read(storage: &dyn Storage, name: &str) -> Result<Vec<u8>, FormatError> {
    storage.find(name)?.ok_or_else(|| {
        let place = storage.place_of(name);
        FormatError::io(Path::new(&place), "reading")(std::io::ErrorKind::NotFound.into())
    })
}

/// What an address begins with that is none of the file system: `s3://bucket/set`.
const SCHEMES: [&str; 6] = ["s3://", "s3a://", "gs://", "az://", "abfs://", "azure://"];

/// Whether an address is one of an object storage.
pub fn is_remote(address: &str) -> bool {
    SCHEMES.iter().any(|scheme| address.starts_with(scheme))
}

/// Address of a place and name of an object in it, of "set/plan.json" or "s3://bucket/set/plan.json".
pub fn split(address: &str) -> (&str, &str) {
    let is_end = |c: char| c == '/' || (std::path::is_separator(c) && !is_remote(address));
    match address.rfind(is_end) {
        // The root of the file system is a place, too.
        Some(0) => ("/", &address[1..]),
        Some(at) => (&address[..at], &address[at + 1..]),
        None => (".", address),
    }
}

/// A folder of the file system.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// At a path; it is made when something is written.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }
}

impl Storage for Folder {
    fn place_of(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    fn find(&self, name: &str) -> Result<Option<Vec<u8>>, FormatError> {
        let path = self.0.join(name);
        match path.exists() {
            true => read_file(&path).map(Some),
            false => Ok(None),
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), FormatError> {
        write_file(&self.0.join(name), bytes)
    }

    fn create(&self, name: &str, bytes: &[u8]) -> Result<Created, FormatError> {
        let path = self.0.join(name);
        let failed = |error| FormatError::io(&path, "making")(error);
        std::fs::create_dir_all(&self.0).map_err(failed)?;
        let mut builder = tempfile::Builder::new();
        // Whoever merges may be somebody else than who worked: readable as the archive beside it.
        platform::others_may_read(&mut builder);
        let mut temporary = builder.tempfile_in(&self.0).map_err(failed)?;
        temporary.write_all(bytes).map_err(failed)?;
        temporary.as_file().sync_all().map_err(failed)?;
        match temporary.persist_noclobber(&path) {
            Ok(_) => Ok(Created::Now),
            Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(Created::Before),
            Err(error) => Err(failed(error.error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart_and_taken_apart() {
        assert_eq!(split("set/plan.json"), ("set", "plan.json"));
        assert_eq!(split("plan.json"), (".", "plan.json"));
        assert_eq!(split("/plan.json"), ("/", "plan.json"));
        assert_eq!(split("s3://bucket/a/plan.json"), ("s3://bucket/a", "plan.json"));
        assert!(is_remote("gs://bucket/a") && !is_remote("a/s3://b") && !is_remote("C:\\set"));
    }

    #[test]
    fn one_of_two_makes_an_object_and_its_bytes_stay() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Folder::at(folder.path().join("made"));
        assert_eq!(storage.find("a").unwrap(), None);
        let missing = read(&storage, "a").unwrap_err().to_string();
        assert!(missing.contains("made"), "{missing}");
        assert_eq!(storage.create("a", b"first").unwrap(), Created::Now);
        assert_eq!(storage.create("a", b"second").unwrap(), Created::Before);
        assert_eq!(read(&storage, "a").unwrap(), b"first");
        storage.write("a", b"third").unwrap();
        assert_eq!(storage.find("a").unwrap().unwrap(), b"third");
    }
}
