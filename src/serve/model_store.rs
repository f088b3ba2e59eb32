//! The models a server keeps: the program's own, and those that studios have sent, by the hash of their file.
//!
//! A file is whole under its name or not there: parts gather in a temporary file, whose hash is compared before it
//! gets the name.

use std::borrow::Cow;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::limits::{MAX_MODEL_BYTES, is_sha256};
use crate::formats::provenance::{hexadecimal, sha256_hex};
use crate::worker::models::BUNDLED;

const ENDING: &str = "safetensors";

/// Why a model cannot be kept or read.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum StoreError {
    /// A file cannot be read or written.
    #[error("{}: {source}; check the folder's space and permissions on the server", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    /// It is larger than is kept.
    #[error(
        "the model file {sha256} of {bytes} bytes is larger than the {MAX_MODEL_BYTES} that a server keeps"
    )]
    TooLarge { sha256: String, bytes: u64 },
    /// A part that does not follow the one before.
    #[error(
        "a part of the model file {sha256} begins at byte {found} where byte {wanted} belongs; send it anew"
    )]
    OutOfOrder { sha256: String, found: u64, wanted: u64 },
    /// Its bytes are other ones than its name says.
    #[error("what was sent as the model file {sha256} has the hash {found}; send it anew")]
    OtherHash { sha256: String, found: String },
    /// It was never sent.
    #[error("the server has no model file {sha256}; send it first")]
    Unknown { sha256: String },
}

/// A file that is being sent.
struct Arriving {
    sha256: String,
    bytes: u64,
    written: u64,
    hasher: Sha256,
    file: NamedTempFile,
}

/// The models below a server's folder.
pub struct ModelStore {
    folder: PathBuf,
    /// Hash and bytes of the program's own models.
    bundled: Vec<(String, &'static [u8])>,
    arriving: Option<Arriving>,
}

impl ModelStore {
    /// In a folder, which is made when the first model comes.
    pub fn in_folder(folder: PathBuf) -> Self {
        let bundled = BUNDLED.iter().map(|(_, bytes)| (sha256_hex(bytes), *bytes)).collect();
        Self { folder, bundled, arriving: None }
    }

    /// Hashes of the files that need not be sent.
    pub fn known(&self) -> Vec<String> {
        let stored = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let names = stored.filter_map(|entry| {
            let path = entry.path();
            let is_model = path.extension().is_some_and(|ending| ending == ENDING);
            let stem = path.file_stem()?.to_str()?.to_owned();
            (is_model && is_sha256(&stem)).then_some(stem)
        });
        let mut known: Vec<String> =
            self.bundled.iter().map(|(sha256, _)| sha256.clone()).chain(names).collect();
        known.sort();
        known.dedup();
        known
    }

    /// The bytes of a model file.
    ///
    /// # Errors
    /// If it is not there, cannot be read, or is no longer what its name says.
    pub fn read(&self, sha256: &str) -> Result<Cow<'static, [u8]>, StoreError> {
        if let Some((_, bytes)) = self.bundled.iter().find(|(known, _)| known == sha256) {
            return Ok(Cow::Borrowed(*bytes));
        }
        let unknown = || StoreError::Unknown { sha256: sha256.to_owned() };
        if !is_sha256(sha256) {
            return Err(unknown());
        }
        let path = self.path(sha256);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(unknown()),
            Err(source) => return Err(StoreError::Io { path, source }),
        };
        let found = sha256_hex(&bytes);
        if found != sha256 {
            // A damaged file is as good as none: it is asked for again.
            fs::remove_file(&path).map_err(|source| StoreError::Io { path, source })?;
            return Err(StoreError::OtherHash { sha256: sha256.to_owned(), found });
        }
        Ok(Cow::Owned(bytes))
    }

    /// Takes a part of a file of `bytes` bytes; returns how much of it is there.
    ///
    /// # Errors
    /// If the part is not the next one, the whole has another hash, or the folder cannot be written. What had come is
    /// forgotten then.
    pub fn take(&mut self, sha256: &str, bytes: u64, offset: u64, part: &[u8]) -> Result<u64, StoreError> {
        if bytes > MAX_MODEL_BYTES {
            return Err(StoreError::TooLarge { sha256: sha256.to_owned(), bytes });
        }
        if offset == 0 {
            self.arriving = Some(self.begin(sha256, bytes)?);
        }
        let arriving = self.arriving.take().filter(|known| known.sha256 == sha256 && known.bytes == bytes);
        let Some(mut arriving) = arriving else {
            return Err(StoreError::OutOfOrder { sha256: sha256.to_owned(), found: offset, wanted: 0 });
        };
        let end = offset.saturating_add(part.len() as u64);
        if offset != arriving.written || end > bytes || part.is_empty() {
            let wanted = arriving.written;
            return Err(StoreError::OutOfOrder { sha256: sha256.to_owned(), found: offset, wanted });
        }
        let path = arriving.file.path().to_owned();
        arriving.file.write_all(part).map_err(|source| StoreError::Io { path, source })?;
        arriving.hasher.update(part);
        arriving.written = end;
        match end == bytes {
            true => self.finish(arriving)?,
            false => self.arriving = Some(arriving),
        }
        Ok(end)
    }

    fn begin(&self, sha256: &str, bytes: u64) -> Result<Arriving, StoreError> {
        let failed = |source| StoreError::Io { path: self.folder.clone(), source };
        fs::create_dir_all(&self.folder).map_err(failed)?;
        let file = NamedTempFile::new_in(&self.folder).map_err(failed)?;
        Ok(Arriving { sha256: sha256.to_owned(), bytes, written: 0, hasher: Sha256::new(), file })
    }

    fn finish(&self, arriving: Arriving) -> Result<(), StoreError> {
        let Arriving { sha256, hasher, file, .. } = arriving;
        let found = hexadecimal(&hasher.finalize());
        if found != sha256 {
            return Err(StoreError::OtherHash { sha256, found });
        }
        let path = self.path(&sha256);
        let failed = |source| StoreError::Io { path: path.clone(), source };
        file.as_file().sync_all().map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        Ok(())
    }

    fn path(&self, sha256: &str) -> PathBuf {
        Path::new(&self.folder).join(format!("{sha256}.{ENDING}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::atomic::write_atomically;

    #[test]
    fn a_model_is_kept_only_whole_in_order_and_with_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = ModelStore::in_folder(folder.path().join("models"));
        let known = store.known().len();
        let bytes: Vec<u8> = (0..=255).collect();
        let sha256 = sha256_hex(&bytes);
        assert!(matches!(store.read(&sha256), Err(StoreError::Unknown { .. })));
        assert!(matches!(store.take(&sha256, 256, 100, &bytes[100..]), Err(StoreError::OutOfOrder { .. })));
        assert_eq!(store.take(&sha256, 256, 0, &bytes[..100]).unwrap(), 100);
        assert!(matches!(store.take(&sha256, 256, 50, &bytes[50..]), Err(StoreError::OutOfOrder { .. })));
        // The part that was out of order ended the sending.
        assert!(matches!(store.take(&sha256, 256, 100, &bytes[100..]), Err(StoreError::OutOfOrder { .. })));
        assert_eq!(store.take(&sha256, 256, 0, &bytes[..100]).unwrap(), 100);
        assert_eq!(store.take(&sha256, 256, 100, &bytes[100..]).unwrap(), 256);
        assert_eq!(&*store.read(&sha256).unwrap(), &bytes[..]);
        assert_eq!(store.known().len(), known + 1);

        let wrong = "0".repeat(64);
        assert!(matches!(store.take(&wrong, 256, 0, &bytes), Err(StoreError::OtherHash { .. })));
        assert!(matches!(store.take(&wrong, u64::MAX, 0, &bytes), Err(StoreError::TooLarge { .. })));
        assert!(matches!(store.take(&wrong, 10, 0, &bytes), Err(StoreError::OutOfOrder { .. })));
        let files = fs::read_dir(folder.path().join("models")).unwrap().count();
        assert_eq!(files, 1, "no part of a refused file is left");

        write_atomically(&store.path(&sha256), b"damaged").unwrap();
        assert!(matches!(store.read(&sha256), Err(StoreError::OtherHash { .. })));
        assert!(matches!(store.read(&sha256), Err(StoreError::Unknown { .. })));
    }
}
