//! A computer's own key: made once, kept for its user alone, shown to nobody.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use ring::rand::SystemRandom;
use ring::signature::Ed25519KeyPair;
use rustls::crypto::ring::sign::any_eddsa_type;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;

use super::{PairedError, to_hex};
use crate::formats::provenance::sha256_hex;
use crate::formats::{FormatError, read_file};

/// Name of the file in its folder.
pub const IDENTITY_FILE: &str = "identity.pk8";

/// A key pair, ready to prove itself.
#[derive(Clone)]
pub struct Identity {
    pub(super) key: Arc<CertifiedKey>,
}

impl Identity {
    /// The key in a folder, made there where there is none.
    ///
    /// # Errors
    /// If it cannot be read or written, or is none.
    pub fn in_folder(folder: &Path) -> Result<Self, PairedError> {
        let path = folder.join(IDENTITY_FILE);
        if !path.exists() {
            make(folder, &path)?;
        }
        let refuse = |problem: String| {
            let remedy = "remove it: another one is made, and both computers are paired anew";
            FormatError::malformed(&path.display().to_string(), "the key", problem, remedy)
        };
        let bytes = read_file(&path)?;
        let key =
            any_eddsa_type(&PrivatePkcs8KeyDer::from(bytes)).map_err(|error| refuse(error.to_string()))?;
        let public = key.public_key().ok_or_else(|| refuse("it names no public key".to_owned()))?;
        let public = CertificateDer::from(public.as_ref().to_vec());
        Ok(Self { key: Arc::new(CertifiedKey::new(vec![public], key)) })
    }

    /// The public key as others keep it, hexadecimal.
    pub fn public_key(&self) -> String {
        self.key.cert.first().map(|key| to_hex(key)).unwrap_or_default()
    }
}

/// SHA-256 of a public key as [`Identity::public_key`] writes it, hexadecimal.
pub fn fingerprint(public_key: &str) -> String {
    sha256_hex(public_key.as_bytes())
}

/// Two programs that begin at once come to one key: the first that is there stays.
fn make(folder: &Path, path: &Path) -> Result<(), PairedError> {
    let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
        .map_err(|_| PairedError::Refused("this system has no random numbers for a key".to_owned()))?;
    let failed = |error| PairedError::File(FormatError::io(path, "making the key")(error));
    std::fs::create_dir_all(folder).map_err(failed)?;
    // Temporary files are their user's alone, and a rename keeps that.
    let mut temporary = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    temporary.write_all(key.as_ref()).map_err(failed)?;
    temporary.as_file().sync_all().map_err(failed)?;
    match temporary.persist_noclobber(path) {
        Err(error) if error.error.kind() != std::io::ErrorKind::AlreadyExists => Err(failed(error.error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_for_its_user_alone_and_a_damaged_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let first = Identity::in_folder(folder.path()).unwrap();
        assert_eq!(Identity::in_folder(folder.path()).unwrap().public_key(), first.public_key());
        let other = tempfile::tempdir().unwrap();
        assert_ne!(Identity::in_folder(other.path()).unwrap().public_key(), first.public_key());
        let path = folder.path().join(IDENTITY_FILE);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        crate::formats::write_file(&path, b"no key").unwrap();
        let error = Identity::in_folder(folder.path()).err().expect("refused").to_string();
        assert!(error.contains(IDENTITY_FILE) && error.contains("paired anew"), "{error}");
    }
}
