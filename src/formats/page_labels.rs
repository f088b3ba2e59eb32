//! Labels that were read, put onto the pages they belong to.

use super::label_mapping::{LabelChoice, Labels, labels_of};
use super::label_picture::LabelPicture;
use super::{FormatError, label_picture};
use crate::document::Page;
use crate::mask::Mask;

/// The mask that labels are on a page of their size; labels of lesions alone leave its layers as they are. `name`
/// is their file's name for messages. What is out of order in them is known before, by [`Labels::disorder`].
///
/// # Errors
/// If the sizes differ.
pub fn labels_onto(labels: Labels, page: &Page, name: &str) -> Result<(Mask, Vec<String>), FormatError> {
    let (width, height) = (page.scan.width(), page.scan.height());
    label_picture::check_size([labels.width, labels.height], [width, height], name)?;
    let (mut mask, warnings) = Mask::from_composite(width, height, &labels.codes);
    if labels.only_lesions {
        mask.layers = page.mask.layers.clone();
        return Ok((mask, labels.warnings));
    }
    let warnings = warnings.into_iter().map(|warning| format!("{name}: {warning}"));
    Ok((mask, labels.warnings.into_iter().chain(warnings).collect()))
}

/// Puts the label pictures of a volume onto its pages, one each. What the values are is judged by all of them side by
/// side: a B-scan without a lesion says nothing about the others. Returns what the user should hear.
///
/// # Errors
/// If there is not one picture a page, of the page's size, or what [`labels_of`] says; then no page has changed.
pub(super) fn all_onto(
    pictures: &[LabelPicture],
    pages: &mut [Page],
    choice: &LabelChoice,
    name: &str,
) -> Result<Vec<String>, FormatError> {
    if pictures.len() != pages.len() {
        let problem = format!("labels of {} B-scans where the scan has {}", pictures.len(), pages.len());
        return Err(FormatError::malformed(name, "the size", problem, "take the labels of this volume"));
    }
    for (picture, page) in pictures.iter().zip(&*pages) {
        let size = [page.scan.width(), page.scan.height()];
        label_picture::check_size([picture.width, picture.height], size, name)?;
    }
    let Some(all) = LabelPicture::beside(pictures) else { return Ok(Vec::new()) };
    let width: u32 = pictures.iter().map(|picture| picture.width).sum();
    if all.width != width {
        let problem = "its B-scans hold more than 256 different values, or have different heights";
        return Err(FormatError::malformed(name, "the voxels", problem, "a label volume holds few values"));
    }
    let labels = labels_of(&all, name, choice)?;
    let mut notes = labels.warnings;
    notes.extend(labels.disorder.map(|disorder| format!("{name}: {disorder}")));
    let mut left = 0;
    let mut masks = Vec::with_capacity(pages.len());
    for (picture, page) in pictures.iter().zip(&*pages) {
        let (from, to) = (left, left + picture.width as usize);
        let rows = labels.codes.chunks_exact(all.width as usize);
        let one = Labels {
            width: picture.width,
            height: picture.height,
            codes: rows.flat_map(|row| &row[from..to]).copied().collect(),
            disorder: None,
            only_lesions: labels.only_lesions,
            warnings: Vec::new(),
        };
        let (mask, more) = labels_onto(one, page, name)?;
        notes.extend(more.into_iter().map(|note| format!("{}: {note}", page.scan.name)));
        masks.push(mask);
        left = to;
    }
    pages.iter_mut().zip(masks).for_each(|(page, mask)| page.mask = mask);
    Ok(notes)
}
