//! Scans of the blind test: real ones of a folder, synthetic ones of the set.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::ColorImage;

use crate::dataset::manifest::{MANIFEST_FILE, Manifest};
use crate::formats::{read_file, scan_image};
use crate::review::ReviewSet;
use crate::scan::GreyImage;
use crate::studio::texts::text;

/// Real scans that a test draws from, at most.
const MAX_REAL: usize = 5000;

/// Real scans of a folder.
#[derive(Clone, Debug)]
pub(super) struct RealScans {
    pub dir: PathBuf,
    pub files: Vec<PathBuf>,
}

impl RealScans {
    /// The images of a data set that were not generated, or those of a folder.
    ///
    /// # Errors
    /// In words, if there is none.
    pub fn find(dir: &Path) -> Result<Self, String> {
        let mut files = match dir.join(MANIFEST_FILE).is_file() {
            true => {
                let manifest = Manifest::read(dir).map_err(|error| error.to_string())?;
                let is_real = |source: &str| source != crate::generation::pair::SOURCE;
                let entries = manifest.entries.iter().filter(|entry| is_real(&entry.source));
                entries.map(|entry| manifest.path(&entry.image)).collect()
            }
            false => images_of(dir)?,
        };
        files.sort();
        files.truncate(MAX_REAL);
        if files.is_empty() {
            return Err(text!("review-blind-no-real", folder = %dir.display()));
        }
        Ok(Self { dir: dir.to_owned(), files })
    }
}

fn images_of(dir: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    let is_image = |path: &PathBuf| {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        ending.is_some_and(|ending| ["png", "jpg", "jpeg", "tif", "tiff", "bmp"].contains(&ending.as_str()))
    };
    Ok(entries.flatten().map(|entry| entry.path()).filter(is_image).collect())
}

/// One scan of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trial {
    Real(PathBuf),
    /// A row of the set.
    Synthetic(u32),
}

/// Reads a scan as it is shown.
pub(super) fn read(set: &ReviewSet, trial: &Trial) -> Option<Arc<ColorImage>> {
    let path = match trial {
        Trial::Real(path) => path.clone(),
        Trial::Synthetic(row) => set.dir.join(&set.lines(&[*row]).ok()?.first()?.image),
    };
    let scan: GreyImage = scan_image::read(&read_file(&path).ok()?, "scan").ok()?;
    Some(Arc::new(ColorImage::from_gray([scan.width as usize, scan.height as usize], &scan.pixels)))
}

/// What an answer calls a scan: its file or its id, never its kind.
pub(super) fn name_of(set: &ReviewSet, trial: &Trial) -> String {
    match trial {
        Trial::Real(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        Trial::Synthetic(row) => set.id(*row).to_owned(),
    }
}
