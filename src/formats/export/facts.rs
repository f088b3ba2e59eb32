//! What of a document an export leaves behind, and what it cannot do without.

use super::preset::ExportPreset;
use crate::anatomy::UNANNOTATED;
use crate::document::{Document, LabelTable, Page};

/// Something of a document that the files do not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// Which eye it is.
    Laterality,
    /// How large a pixel is.
    Spacing,
    /// How far B-scans are apart.
    BScanDistance,
    /// Whom the data set asks to name.
    Credit,
    /// Names of labels that were changed.
    LabelNames,
    /// A second grader's labels, on so many B-scans.
    SecondGrader(usize),
    /// Synthetic scans that were kept, of so many B-scans.
    Syntheses(usize),
    /// The picture of the fundus with the lines of the B-scans.
    Localizer,
    /// So many B-scans without labels.
    Unlabelled(usize),
}

/// Something that must be known before the files can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// Nobody has labelled anything.
    Labels,
    /// The size of a pixel is not known.
    Spacing,
    /// Right or left eye is not known.
    Laterality,
    /// B-scans differ in size.
    OneSize,
}

/// Whether anything of a page is annotated.
pub(super) fn has_labels(page: &Page) -> bool {
    page.mask.composite_pixels().iter().any(|&code| code != UNANNOTATED)
}

/// What an export would leave behind.
pub fn left_out(document: &Document, preset: ExportPreset) -> Vec<LeftOut> {
    let pages = &document.pages;
    let mut left_out = Vec::new();
    let mut leave = |what: LeftOut, is_left: bool| {
        if is_left {
            left_out.push(what);
        }
    };
    let knows_spacing = pages.iter().any(|page| page.scan.spacing.is_some());
    let knows_eye = pages.iter().any(|page| page.scan.laterality.is_some());
    leave(LeftOut::Spacing, knows_spacing && !preset.holds_spacing());
    leave(LeftOut::BScanDistance, document.b_scan_distance_um.is_some() && !preset.holds_spacing());
    leave(LeftOut::Laterality, knows_eye && !preset.holds_laterality());
    leave(LeftOut::Credit, document.credit.is_some() && !preset.holds_credit());
    let names = |table: &LabelTable| table.looks().iter().map(|look| look.name.clone()).collect::<Vec<_>>();
    let is_renamed = names(&document.labels) != names(&LabelTable::default());
    leave(LeftOut::LabelNames, is_renamed && preset != ExportPreset::Dicom);
    leave(LeftOut::Localizer, document.localizer.is_some());
    let graded = pages.iter().filter(|page| page.second_grader.is_some()).count();
    leave(LeftOut::SecondGrader(graded), graded > 0);
    let kept = pages.iter().filter(|page| page.synthesis.is_some() && !page.scan.is_placeholder).count();
    leave(LeftOut::Syntheses(kept), kept > 0);
    if preset.leaves_out_unlabelled() {
        let bare = pages.iter().filter(|page| !has_labels(page)).count();
        leave(LeftOut::Unlabelled(bare), bare > 0);
    }
    left_out
}

/// What an export lacks of a document; empty where it can be made.
pub fn lacking(document: &Document, preset: ExportPreset) -> Vec<Lacking> {
    let pages = &document.pages;
    let size = |page: &Page| (page.scan.width(), page.scan.height());
    let mut lacking = Vec::new();
    if preset.is_of_labels() && !pages.iter().any(has_labels) {
        lacking.push(Lacking::Labels);
    }
    if preset.is_volume() && pages.iter().any(|page| size(page) != size(&pages[0])) {
        lacking.push(Lacking::OneSize);
    }
    if preset == ExportPreset::Dicom {
        if pages.first().is_some_and(|page| page.scan.spacing.is_none()) {
            lacking.push(Lacking::Spacing);
        }
        if !pages.iter().any(|page| page.scan.laterality.is_some()) {
            lacking.push(Lacking::Laterality);
        }
    }
    lacking
}
