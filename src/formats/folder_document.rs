//! A folder of scans as one document.

use std::path::Path;
use std::sync::Arc;

use super::FormatError;
use super::folder::{self, FolderKind, FolderOptions};
use super::opened::{FileKind, Opened, file_name};
use super::pixel_size::FactState;
use crate::background::Watch;
use crate::document::{Document, Page};
use crate::mask::Mask;

/// Most pages that a folder is opened with.
const MAX_PAGES: usize = 1024;
/// Warnings that are passed on one by one; more are counted.
const MAX_WARNINGS: usize = 20;

/// Opens the scans of a folder; one that cannot be read is a warning.
pub(super) fn open(path: &Path, watch: &Watch) -> Result<Opened, FormatError> {
    let name = file_name(path);
    let Some(kind) = FolderKind::recognise(path) else {
        return Err(FormatError::malformed(
            &path.display().to_string(),
            "the folder",
            "it holds no scans that are recognised",
            "expected images, or images/ + masks/, or bscans/ + boundaries/, or bscans/ + labels_grader1/",
        ));
    };
    let options = FolderOptions { unlabelled: kind == FolderKind::Images, ..FolderOptions::default() };
    let listing = folder::list(path, kind, &options)?;
    let mut warnings = listing.problems;
    if listing.items.len() > MAX_PAGES {
        warnings.push(format!(
            "{name}: {} scans, of which the first {MAX_PAGES} are opened",
            listing.items.len()
        ));
    }
    let items = &listing.items[..listing.items.len().min(MAX_PAGES)];
    let window = folder::common_window(items);
    let mut pages = Vec::new();
    for (number, item) in items.iter().enumerate() {
        if !watch.begins(number, items.len()) {
            return Err(given_up(path));
        }
        match item.read_shown_by(window) {
            Ok(read) => {
                warnings.extend(read.warnings);
                let (width, height) = (read.scan.width(), read.scan.height());
                let mask = match &read.labels {
                    Some(codes) => {
                        let (mask, notes) = Mask::from_composite(width, height, codes);
                        warnings.extend(notes.into_iter().map(|note| format!("{}: {note}", item.id)));
                        mask
                    }
                    None => Mask::unannotated(width, height),
                };
                let mut page = Page::new(read.scan, mask);
                page.second_grader = read.second_grader.map(|codes| {
                    let (mask, notes) = Mask::from_composite(width, height, &codes);
                    warnings.extend(notes.into_iter().map(|note| format!("{} (grader 2): {note}", item.id)));
                    Arc::new(mask)
                });
                pages.push(page);
            }
            Err(error) => warnings.push(format!("skipped: {error}")),
        }
    }
    let more = warnings.len().saturating_sub(MAX_WARNINGS);
    if pages.is_empty() {
        let problem = warnings.into_iter().next().unwrap_or_else(|| "it is empty".to_owned());
        let remedy = "none of its scans could be read";
        return Err(FormatError::malformed(&path.display().to_string(), "the folder", problem, remedy));
    }
    if more > 0 {
        warnings.truncate(MAX_WARNINGS);
        warnings.push(format!("and {more} more notes"));
    }
    let credit = kind.credit().map(str::to_owned);
    let labels = Arc::default();
    let document =
        Document { pages, b_scan_distance_um: None, noise_seed: 1, credit, name, labels, localizer: None };
    let opened = Opened::new(document, FileKind::Folder(kind), warnings);
    // No file says it: it is the publication's.
    let spacing_state = opened.spacing_state.map(|_| FactState::Assumed);
    Ok(Opened { window, spacing_state, ..opened })
}

/// That nobody waits for a folder any more.
pub(crate) fn given_up(path: &Path) -> FormatError {
    let place = path.display().to_string();
    FormatError::malformed(&place, "the folder", "its reading was cancelled", "open it again")
}
