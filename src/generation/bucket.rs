//! Shards in an object storage: S3 and what speaks its language, Google Cloud Storage, Azure.
//!
//! Keys, region and endpoint come from the variables that the storage's own programs read (`AWS_ACCESS_KEY_ID`,
//! `AWS_REGION`, `AWS_ENDPOINT`, `GOOGLE_SERVICE_ACCOUNT`, `AZURE_STORAGE_ACCOUNT_NAME`, ...), so nothing secret stands
//! in a plan or a job script. The library tries again what may pass, for up to three minutes.

use std::future::Future;
use std::io;
use std::path::Path;

use object_store::{GetOptions, ObjectStore, PutMode, PutOptions, PutPayload};
use tokio::runtime::Runtime;

use super::storage::{Created, Storage};
use crate::formats::{FormatError, MAX_FILE_BYTES};

/// A bucket, or a part of one.
pub struct Bucket {
    store: Box<dyn ObjectStore>,
    prefix: object_store::path::Path,
    /// As it was given.
    address: String,
    /// One request at a time is all that a shard needs.
    runtime: Runtime,
}

impl Bucket {
    /// The storage of an address such as `s3://bucket/set`. Nothing is asked of it yet.
    ///
    /// # Errors
    /// If the address or a variable's value cannot be used.
    pub fn open(address: &str) -> Result<Self, FormatError> {
        let failed = |error: String| opening(address, io::Error::other(error));
        let url = url::Url::parse(address).map_err(|error| failed(error.to_string()))?;
        let (store, prefix) =
            object_store::parse_url_opts(&url, settings()).map_err(|error| failed(in_words(&error)))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| opening(address, error))?;
        Ok(Self { store, prefix, address: address.trim_end_matches('/').to_owned(), runtime })
    }

    fn path_of(&self, name: &str) -> object_store::path::Path {
        self.prefix.clone().join(name)
    }

    fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    fn put(&self, name: &str, bytes: &[u8], mode: PutMode) -> object_store::Result<()> {
        let (path, payload) = (self.path_of(name), PutPayload::from(bytes.to_vec()));
        let options = PutOptions { mode, ..PutOptions::default() };
        self.wait(self.store.put_opts(&path, payload, options)).map(|_| ())
    }

    fn failed(&self, name: &str, doing: &'static str) -> impl FnOnce(object_store::Error) -> FormatError {
        let place = self.place_of(name);
        move |error| FormatError::io(Path::new(&place), doing)(io::Error::other(in_words(&error)))
    }
}

/// The variables of the storages' own programs. The library would take `REGION` and `TOKEN`, too, which may be anybody's.
fn settings() -> Vec<(String, String)> {
    let is_of_a_storage =
        |name: &str| ["AWS_", "GOOGLE_", "AZURE_"].iter().any(|start| name.starts_with(start));
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, _)| is_of_a_storage(name))
        .collect()
}

fn opening(address: &str, error: io::Error) -> FormatError {
    FormatError::io(Path::new(address), "opening the object storage")(error)
}

/// An error with all its causes: the storage's own word is the last of them.
fn in_words(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !words.contains(&more) {
            words = format!("{words}: {more}");
        }
        cause = error.source();
    }
    words
}

impl Storage for Bucket {
    fn place_of(&self, name: &str) -> String {
        format!("{}/{name}", self.address)
    }

    fn find(&self, name: &str) -> Result<Option<Vec<u8>>, FormatError> {
        let path = self.path_of(name);
        let outcome = self.wait(async {
            let found = self.store.get_opts(&path, GetOptions::default()).await?;
            if found.meta.size > MAX_FILE_BYTES {
                return Ok(Err(found.meta.size));
            }
            found.bytes().await.map(Ok)
        });
        match outcome {
            Ok(Ok(bytes)) => Ok(Some(bytes.to_vec())),
            Ok(Err(size)) => Err(FormatError::malformed(
                &self.place_of(name),
                "the object",
                format!("it has {size} bytes, more than the {MAX_FILE_BYTES} that are read"),
                "remove it, and make the shard again",
            )),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed(name, "reading")(error)),
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), FormatError> {
        self.put(name, bytes, PutMode::Overwrite).map_err(self.failed(name, "writing"))
    }

    fn create(&self, name: &str, bytes: &[u8]) -> Result<Created, FormatError> {
        match self.put(name, bytes, PutMode::Create) {
            Ok(()) => Ok(Created::Now),
            Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => {
                Ok(Created::Before)
            }
            Err(error) => Err(self.failed(name, "making")(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_bucket_and_a_prefix_and_a_bad_one_is_named() {
        let bucket = Bucket::open("s3://pairs/sets/one/").unwrap();
        assert_eq!(bucket.path_of("plan.json").as_ref(), "sets/one/plan.json");
        assert_eq!(bucket.place_of("plan.json"), "s3://pairs/sets/one/plan.json");
        let error = Bucket::open("s3://").err().expect("no bucket is named").to_string();
        assert!(error.contains("s3://"), "{error}");
    }

    /// The library's own storage in memory stands in for a server: `scripts/test-cluster.sh` asks a real one.
    #[test]
    fn one_of_two_makes_an_object() {
        let store = Box::new(object_store::memory::InMemory::new());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let bucket = Bucket { store, prefix: "sets".into(), address: "memory".to_owned(), runtime };
        assert_eq!(bucket.find("a").unwrap(), None);
        assert_eq!(bucket.create("a", b"first").unwrap(), Created::Now);
        assert_eq!(bucket.create("a", b"second").unwrap(), Created::Before);
        assert_eq!(bucket.find("a").unwrap().unwrap(), b"first");
        bucket.write("a", b"third").unwrap();
        assert_eq!(bucket.find("a").unwrap().unwrap(), b"third");
    }
}
