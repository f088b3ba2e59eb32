//! What the window shows while a file is read, for the file may be its labels.

use crate::document::{Document, Page};

/// What is shown while a file is read, and may get its labels.
#[derive(Clone)]
pub struct Shown {
    /// A copy, which shares its pixels.
    pub document: Document,
    /// Index of the page shown.
    pub page: usize,
    /// Of the page shown.
    pub view_number: u64,
}

impl Shown {
    /// The page shown.
    pub fn page(&self) -> &Page {
        &self.document.pages[self.page]
    }

    /// The pages that so many label pictures belong to: the one shown, or all of a volume.
    pub fn pages_of(&self, pictures: usize) -> Option<std::ops::Range<usize>> {
        match pictures {
            1 => Some(self.page..self.page + 1),
            _ if pictures == self.document.pages.len() => Some(0..pictures),
            _ => None,
        }
    }

    /// Whether another document could be the labels of the page shown, or of all pages, by its size.
    pub(super) fn fits(&self, other: &Document) -> bool {
        let size = |page: &Page| (page.mask.width(), page.mask.height());
        let pages = self.pages_of(other.pages.len()).map(|range| &self.document.pages[range]);
        pages.is_some_and(|pages| pages.iter().zip(&other.pages).all(|(own, of)| size(own) == size(of)))
    }
}
