//! What a thread found in a label file whose values nobody knows but the user.

use std::sync::Arc;

use crate::document::Page;
use crate::formats::label_mapping::{Confidence, Proposal, propose};
use crate::formats::label_picture::{self, LabelPicture, blended_value};
use crate::studio::files::OpenedFile;
use crate::studio::files::opening::Shown;
use crate::studio::texts::text;

/// A label file as it was read, and the pages it is for.
pub struct UnmappedLabels {
    /// Name of the file.
    pub name: String,
    /// One picture a page.
    pub pictures: Arc<[LabelPicture]>,
    /// The pages they belong to, as they are shown.
    pub pages: Arc<[Page]>,
    /// Index of the first of those pages.
    pub first_page: usize,
    /// All of them side by side: what the values look like is judged by it.
    pub all: LabelPicture,
    /// What the values look like, the best reading first.
    pub proposals: Vec<Proposal>,
    /// The same file as a scan; `None` where it was asked for as labels.
    pub as_scan: Option<OpenedFile>,
    /// What else is to be said once it is loaded.
    pub notes: Vec<String>,
}

impl UnmappedLabels {
    /// The pictures of a file for what is shown.
    ///
    /// # Errors
    /// If there is no page for each of them, or their sizes differ from those of the pages: in words.
    pub fn new(pictures: Vec<LabelPicture>, shown: &Shown, name: &str) -> Result<Self, String> {
        let count = pictures.len();
        let Some(range) = shown.pages_of(count) else {
            return Err(text!("mapping-other-count", %name, %count, pages = %shown.document.pages.len()));
        };
        let first_page = range.start;
        let pages = &shown.document.pages[range];
        for (picture, page) in pictures.iter().zip(pages) {
            let size = [page.scan.width(), page.scan.height()];
            label_picture::check_size([picture.width, picture.height], size, name)
                .map_err(|error| error.to_string())?;
        }
        let Some(all) = LabelPicture::beside(&pictures) else {
            return Err(text!("mapping-other-count", %name, %count, pages = %shown.document.pages.len()));
        };
        Ok(Self {
            name: name.to_owned(),
            proposals: propose(&all),
            all,
            pictures: pictures.into(),
            pages: pages.into(),
            first_page,
            as_scan: None,
            notes: Vec::new(),
        })
    }

    /// Whether the values, nobody having said that they are labels, look like those of a label map.
    pub fn look_like_labels(&self) -> bool {
        self.all.values.len() > 1
            && blended_value(&self.all).is_none()
            && self.proposals.first().is_some_and(|best| best.confidence >= Confidence::Likely)
    }
}
