//! A tree of scans as it was published, read in place: stage 1 begins at once, without a copy of 84,484 scans.
//!
//! Only headers are read here, for the size; a scan is read when a batch needs it.

use std::path::Path;

use rayon::prelude::*;

use super::manifest::{MANIFEST_FILE, MANIFEST_VERSION, Manifest, ManifestEntry};
use crate::formats::FormatError;
use crate::formats::folder::{self, FolderKind, FolderOptions};
use crate::scan::MAX_SIDE_PX;

/// The data set of a folder, or the scans of a published tree without one (OCT2017); the second value says what of a
/// tree cannot be used.
///
/// # Errors
/// If it is neither, or cannot be read.
pub fn read_scans(dir: &Path) -> Result<(Manifest, Vec<String>), FormatError> {
    match FolderKind::recognise(dir) {
        Some(kind @ FolderKind::Oct2017) if !dir.join(MANIFEST_FILE).is_file() => read_tree(dir, kind),
        _ => Ok((Manifest::read(dir)?, Vec::new())),
    }
}

fn read_tree(dir: &Path, kind: FolderKind) -> Result<(Manifest, Vec<String>), FormatError> {
    let options = FolderOptions { unlabelled: true, ..FolderOptions::default() };
    let listing = folder::list(dir, kind, &options)?;
    let read: Vec<Result<ManifestEntry, String>> = listing
        .items
        .par_iter()
        .map(|item| {
            let place = item.image.display();
            let relative = item.image.strip_prefix(dir).ok().and_then(Path::to_str);
            let relative = relative.ok_or_else(|| format!("{place}: its name is no plain text"))?;
            let (width, height) = image::ImageReader::open(&item.image)
                .and_then(image::ImageReader::with_guessed_format)
                .map_err(image::ImageError::IoError)
                .and_then(image::ImageReader::into_dimensions)
                .map_err(|error| format!("{place}: {error}"))?;
            if !(1..=MAX_SIDE_PX).contains(&width) || !(1..=MAX_SIDE_PX).contains(&height) {
                return Err(format!("{place}: {width}x{height} pixels"));
            }
            Ok(ManifestEntry {
                version: MANIFEST_VERSION,
                id: item.id.clone(),
                image: relative.to_owned(),
                label: None,
                scanned_area: None,
                width,
                height,
                spacing: None,
                laterality: None,
                subject: item.subject.clone(),
                b_scan: item.b_scan,
                source: kind.source().to_owned(),
                credit: kind.credit().map(str::to_owned),
                ignored_columns: Vec::new(),
                pseudo_labelled: false,
                outlines_of: None,
            })
        })
        .collect();
    let mut problems = listing.problems;
    let mut entries = Vec::with_capacity(read.len());
    for result in read {
        match result {
            Ok(entry) => entries.push(entry),
            Err(problem) => problems.push(problem),
        }
    }
    Ok((Manifest { dir: dir.to_owned(), entries }, problems))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{scan_image, write_file};
    use crate::scan::GreyImage;

    #[test]
    fn a_published_tree_is_a_data_set_without_a_copy() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read_scans(folder.path()).is_err(), "neither a data set nor a tree");
        let scan = scan_image::write(&GreyImage::new(12, 8, vec![90; 96]), &[]).unwrap();
        for (class, name) in [("CNV", "CNV-77-1"), ("CNV", "CNV-77-2"), ("NORMAL", "NORMAL-5-1")] {
            std::fs::create_dir_all(folder.path().join("train").join(class)).unwrap();
            write_file(&folder.path().join(format!("train/{class}/{name}.png")), &scan).unwrap();
        }
        write_file(&folder.path().join("train/CNV/CNV-78-1.png"), b"no picture").unwrap();
        let (manifest, problems) = read_scans(folder.path()).unwrap();
        assert_eq!(manifest.entries.len(), 3);
        assert!(problems.len() == 1 && problems[0].contains("CNV-78-1.png"), "{problems:?}");
        let entry = &manifest.entries[0];
        assert_eq!((entry.width, entry.height, entry.subject.as_str()), (12, 8, "oct2017-77"));
        assert_eq!(manifest.entries[1].subject, entry.subject);
        assert!(manifest.path(&entry.image).is_file());
    }
}
