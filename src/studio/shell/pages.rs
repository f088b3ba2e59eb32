//! Which page is in the window: one at a time.

use super::app::Studio;
pub use super::page::Page;

impl Studio {
    /// The page shown.
    pub fn page(&self) -> Page {
        self.chrome.page
    }
}
