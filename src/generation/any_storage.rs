//! The storage that an address names: the one place that knows all kinds.

#[cfg(feature = "cloud")]
use super::bucket::Bucket;
use super::storage::{Folder, Storage, is_remote};
use crate::formats::FormatError;

/// The storage of an address.
///
/// # Errors
/// If it is one of an object storage that cannot be used, or that this program was built without.
pub fn open(address: &str) -> Result<Box<dyn Storage>, FormatError> {
    match is_remote(address) {
        false => Ok(Box::new(Folder::at(address))),
        true => open_remote(address),
    }
}

#[cfg(feature = "cloud")]
fn open_remote(address: &str) -> Result<Box<dyn Storage>, FormatError> {
    Ok(Box::new(Bucket::open(address)?))
}

#[cfg(not(feature = "cloud"))]
fn open_remote(address: &str) -> Result<Box<dyn Storage>, FormatError> {
    Err(FormatError::malformed(
        address,
        "the address",
        "it is one of an object storage, and this program was built without",
        "name a folder that all machines see, or build it with `cargo build --release --features cloud`",
    ))
}

#[cfg(all(test, not(feature = "cloud")))]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_refused_with_a_remedy_by_a_program_without() {
        let error = open("s3://bucket/set").err().expect("refused").to_string();
        assert!(error.contains("s3://bucket/set") && error.contains("--features cloud"), "{error}");
    }
}
