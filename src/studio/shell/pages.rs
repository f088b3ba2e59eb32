//! Which page is in the window: one at a time.

use super::app::Studio;
pub use super::page::Page;

impl Studio {
    /// The page shown.
    pub fn page(&self) -> Page {
        if self.training.shown {
            Page::Training
        } else if self.cases.shown {
            Page::Cases
        } else if self.generate.shown {
            Page::Generate
        } else if self.review.shown {
            Page::Review
        } else {
            Page::Editor
        }
    }

    /// Hides every page beside the editor but one, which stays as it is.
    pub(in crate::studio) fn hide_pages_but(&mut self, kept: Page) {
        self.training.shown &= kept == Page::Training;
        self.cases.shown &= kept == Page::Cases;
        self.generate.shown &= kept == Page::Generate;
        self.review.shown &= kept == Page::Review;
    }
}
