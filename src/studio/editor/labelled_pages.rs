//! Labels that a program makes for B-scans of a volume, and which B-scans have some.

use crate::anatomy::UNANNOTATED;
use crate::background::Job;
use crate::document::{Document, LabelOrigin};
use crate::mask::Mask;

/// An interpolation under way.
pub struct Interpolating {
    pub(super) job: Job<Vec<(usize, Mask)>>,
    pub(super) document_number: u64,
    pub(super) revision: u64,
    pub(super) name: String,
}

/// A B-scan's new labels.
#[derive(Clone, Debug)]
pub struct LabelledPage {
    pub page: usize,
    pub mask: Mask,
    pub origin: LabelOrigin,
}

/// The pages on which anything is annotated, in order.
pub fn annotated_pages(document: &Document) -> Vec<usize> {
    let is_annotated = |page: &usize| !is_bare(&document.pages[*page].mask);
    (0..document.pages.len()).filter(is_annotated).collect()
}

/// Whether nothing of a mask is annotated.
pub fn is_bare(mask: &Mask) -> bool {
    mask.layers.holds_only(|code| code == UNANNOTATED)
}
