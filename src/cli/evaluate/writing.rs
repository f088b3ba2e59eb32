//! Files that the user asked for beside the report.

use std::path::Path;

use anyhow::Context;

use crate::formats::write_atomically;

/// Writes a file whole or not at all.
///
/// # Errors
/// Names the file.
pub(super) fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    write_atomically(path, bytes).with_context(|| format!("writing {}", path.display()))
}
