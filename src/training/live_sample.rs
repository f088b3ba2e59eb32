//! The open document of a person who watches a run: drawn at the top of every sheet of samples.

use std::path::Path;

use super::run_directory::LIVE_SAMPLE_FILE;
use crate::anatomy::UNANNOTATED;
use crate::document::{Document, Page};
use crate::formats::atomic::write_atomically;
use crate::formats::retidiff;
use crate::scan::{GreyImage, Spacing};

/// Largest document that is read; a B-scan with its mask is far smaller.
const MAX_BYTES: u64 = 64 << 20;

/// A labelled scan to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveSample {
    /// Composite codes, row-major, the size of the image.
    pub labels: Vec<u8>,
    /// The scan.
    pub image: GreyImage,
    /// `None` takes the scan pixel to pixel.
    pub spacing: Option<Spacing>,
}

/// Puts a page into a run's folder in place of the one before.
///
/// # Errors
/// If the folder cannot be written.
pub fn place(run: &Path, page: &Page) -> std::io::Result<()> {
    let document = Document::from_scan(page.scan.as_ref().clone(), page.mask.clone());
    write_atomically(&run.join(LIVE_SAMPLE_FILE), &retidiff::write_document(&document))
}

impl LiveSample {
    /// The live sample of a run, if it has one with labels.
    ///
    /// # Errors
    /// A message when there is one that cannot be read.
    pub fn read(run: &Path) -> Result<Option<Self>, String> {
        let path = run.join(LIVE_SAMPLE_FILE);
        let Ok(facts) = std::fs::metadata(&path) else { return Ok(None) };
        let name = path.display().to_string();
        if facts.len() > MAX_BYTES {
            return Err(format!("{name} is too large to be one B-scan; place another live sample"));
        }
        let bytes = std::fs::read(&path).map_err(|error| format!("{name} cannot be read: {error}"))?;
        let (document, _) = retidiff::read_document(&bytes, &name).map_err(|error| error.to_string())?;
        Ok(document
            .pages
            .first()
            .map(Self::of_page)
            .filter(|sample| sample.labels.iter().any(|&code| code != UNANNOTATED)))
    }

    fn of_page(page: &Page) -> Self {
        Self {
            labels: page.mask.composite_pixels(),
            image: page.scan.image.clone(),
            spacing: page.scan.spacing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::Mask;
    use crate::scan::BScan;

    #[test]
    fn a_page_is_placed_and_read_and_an_unlabelled_one_is_not_drawn() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(LiveSample::read(folder.path()), Ok(None));
        let image = GreyImage::new(32, 16, vec![7; 512]);
        let page = |mask| Page::new(BScan::from_image(image.clone(), "open"), mask);
        place(folder.path(), &page(Mask::unannotated(32, 16))).unwrap();
        assert_eq!(LiveSample::read(folder.path()), Ok(None));
        let labels: Vec<u8> = (0..512).map(|at| (at / 64) as u8).collect();
        place(folder.path(), &page(Mask::from_composite(32, 16, &labels).0)).unwrap();
        let sample = LiveSample::read(folder.path()).unwrap().unwrap();
        assert_eq!((sample.labels, sample.image), (labels, image));
        write_atomically(&folder.path().join(LIVE_SAMPLE_FILE), b"no document").unwrap();
        assert!(LiveSample::read(folder.path()).is_err_and(|message| message.contains("live.retidiff")));
    }
}
