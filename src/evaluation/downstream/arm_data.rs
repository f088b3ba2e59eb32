//! The training set of an arm: a data set of its own, of links to the scans that it takes.

use std::collections::HashSet;
use std::path::Path;

use super::error::DownstreamError;
use crate::dataset::manifest::{Manifest, ManifestEntry};

/// Scans of a data set that an arm takes.
#[derive(Clone, Debug)]
pub struct ArmPart<'a> {
    /// The data set it is taken from.
    pub manifest: &'a Manifest,
    /// The scans taken.
    pub entries: Vec<&'a ManifestEntry>,
}

/// What is put before the id of a scan that an earlier part has, too: pairs may be called as the scans whose masks they
/// have.
const OF_LATER_PART: &str = "pair_";

/// Makes the folder hold the scans of all parts; what is there already stays. A scan whose id an earlier one has is called
/// otherwise, always in the same way.
///
/// # Errors
/// If something cannot be linked or copied.
pub fn assemble(folder: &Path, parts: &[ArmPart]) -> Result<(), DownstreamError> {
    std::fs::create_dir_all(folder).map_err(DownstreamError::io(folder, "making the folder"))?;
    let mut own = Manifest::open_for_appending(folder)?;
    let known: HashSet<String> = own.entries.iter().map(|entry| entry.id.clone()).collect();
    let mut taken: HashSet<String> = HashSet::new();
    for part in parts {
        for entry in &part.entries {
            let mut id = entry.id.clone();
            while !taken.insert(id.clone()) {
                id.insert_str(0, OF_LATER_PART);
            }
            if known.contains(&id) {
                continue;
            }
            let bring = |kind: &str, path: &str| bring(part.manifest, folder, kind, &id, path);
            own.append(ManifestEntry {
                image: bring("images", &entry.image)?,
                label: entry.label.as_deref().map(|path| bring("labels", path)).transpose()?,
                scanned_area: entry.scanned_area.as_deref().map(|path| bring("scanned", path)).transpose()?,
                id: id.clone(),
                ..(*entry).clone()
            })?;
        }
    }
    Ok(())
}

/// Links a file of a data set into `folder/kind/ID.png`, or copies it where files cannot be linked.
fn bring(
    manifest: &Manifest,
    folder: &Path,
    kind: &str,
    id: &str,
    relative: &str,
) -> Result<String, DownstreamError> {
    let parent = folder.join(kind);
    std::fs::create_dir_all(&parent).map_err(DownstreamError::io(&parent, "making the folder"))?;
    let (from, to) = (manifest.path(relative), parent.join(format!("{id}.png")));
    if !to.exists() {
        std::fs::hard_link(&from, &to)
            .or_else(|_| std::fs::copy(&from, &to).map(|_| ()))
            .map_err(DownstreamError::io(&from, "copying"))?;
    }
    Ok(format!("{kind}/{id}.png"))
}
