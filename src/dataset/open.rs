//! Opening whatever a path is: a folder with a manifest as that data set, all else as the formats say.

use std::path::Path;

use super::manifest::{MANIFEST_FILE, Manifest, ManifestEntry};
use super::samples::LabelledScan;
use crate::background::Watch;
use crate::document::{Document, Page};
use crate::formats::open::{FileKind, Opened, open_watched as open_format};
use crate::formats::{FormatError, given_up};
use crate::mask::Mask;
use crate::scan::BScan;

/// More pages make a window that is no use to anybody.
const MAX_PAGES: usize = 256;
const MAX_WARNINGS: usize = 12;

/// Opens a file or a folder. The scans of an imported data set keep the spacing, the eye and the scanned
/// area that its manifest knows.
///
/// # Errors
/// What the formats say; for a data set also if the manifest is damaged or none of its scans can be read.
pub fn open(path: &Path) -> Result<Opened, FormatError> {
    open_watched(path, &Watch::default())
}

/// As [`open`]; the reading of a folder is watched, scan by scan, and ends with an error when it is given up.
///
/// # Errors
/// As [`open`].
pub fn open_watched(path: &Path, watch: &Watch) -> Result<Opened, FormatError> {
    if !path.join(MANIFEST_FILE).is_file() {
        return open_format(path, watch);
    }
    let manifest = Manifest::read(path)?;
    let mut warnings = Vec::new();
    let count = manifest.entries.len();
    if count > MAX_PAGES {
        warnings
            .push(format!("{}: {count} scans, of which the first {MAX_PAGES} are opened", path.display()));
    }
    let mut pages = Vec::new();
    let mut credits: Vec<&str> = Vec::new();
    for (number, entry) in manifest.entries.iter().take(MAX_PAGES).enumerate() {
        if !watch.begins(number, count.min(MAX_PAGES)) {
            return Err(given_up(path));
        }
        match read_page(&manifest, entry) {
            Ok((page, notes)) => {
                pages.push(page);
                warnings.extend(notes);
                let credit = entry.credit.as_deref().filter(|credit| !credits.contains(credit));
                credits.extend(credit);
            }
            Err(error) => warnings.push(format!("skipped: {error}")),
        }
    }
    let place = path.display().to_string();
    if pages.is_empty() {
        let problem = warnings.into_iter().next().unwrap_or_else(|| "the manifest is empty".to_owned());
        return Err(FormatError::malformed(&place, "the folder", problem, "import the data set again"));
    }
    let more = warnings.len().saturating_sub(MAX_WARNINGS);
    if more > 0 {
        warnings.truncate(MAX_WARNINGS);
        warnings.push(format!("and {more} more notes"));
    }
    let document = Document {
        pages,
        b_scan_distance_um: None,
        noise_seed: 1,
        credit: (!credits.is_empty()).then(|| credits.join(" ")),
        name: path.file_name().map_or(place, |name| name.to_string_lossy().into_owned()),
        labels: std::sync::Arc::default(),
        localizer: None,
    };
    Ok(Opened::new(document, FileKind::DataSet, warnings))
}

fn read_page(manifest: &Manifest, entry: &ManifestEntry) -> Result<(Page, Vec<String>), FormatError> {
    let read = LabelledScan::load(manifest, entry)?;
    let (mask, notes) = Mask::from_composite(entry.width, entry.height, &read.labels);
    let mut scan = BScan::from_image(read.image, entry.id.clone());
    scan.spacing = entry.spacing;
    scan.laterality = entry.laterality;
    let is_partial = read.scanned.contains(&false);
    scan.scanned_area = is_partial.then(|| read.scanned.iter().map(|inside| u8::from(*inside)).collect());
    let notes = notes.into_iter().map(|note| format!("{}: {note}", entry.id)).collect();
    Ok((Page::new(scan, mask), notes))
}
