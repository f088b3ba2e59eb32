//! A pair on its way to the editor and back.

use std::path::PathBuf;
use std::sync::Arc;

use super::jobs::{Jobs, News};
use super::loading::LoadedPair;
use super::open_set::OpenSet;
use crate::document::{Document, KeptSynthesis};
use crate::formats::provenance::Provenance;
use crate::mask::Mask;
use crate::review::ReviewSet;
use crate::review::edits::{Edit, record};
use crate::scan::{BScan, GreyImage};
use crate::studio::flow::Version;
use crate::studio::synthesis::new_mask::without_scan;
use crate::studio::texts::text;

/// Steps of a pair whose file does not say how many.
const USUAL_STEPS: u32 = 8;

/// A pair in the editor.
#[derive(Clone, Debug)]
pub struct EditedPair {
    pub id: String,
    /// File of the mask; the document is known by it.
    pub path: PathBuf,
    pub document: Document,
    /// Denoising steps of its scan, to synthesise the edited mask by.
    pub steps: u32,
    /// Whether the scan was recorded: then it stays as it is, and only the mask is edited.
    pub is_recorded: bool,
}

/// A pair as a document: a synthetic one without a scan, but with its synthesis and its seed; a recorded one with it.
///
/// # Errors
/// In words, if it has no mask or a file cannot be read.
pub(super) fn edited_pair(open: &OpenSet, pair: &LoadedPair) -> Result<EditedPair, String> {
    let (Some(line), Some(codes)) = (&pair.line, &pair.codes) else {
        let id = open.set.id(pair.row);
        return Err(text!("review-edit-no-mask", id));
    };
    let label = line.label.as_deref().unwrap_or_default();
    let (mask, _) = Mask::from_composite(line.width, line.height, codes);
    let is_recorded = line.generated.is_none();
    let fits = |scan: &&GreyImage| (scan.width, scan.height) == (line.width, line.height);
    let scan = pair.scan.as_ref().filter(fits);
    let mut document = match scan.filter(|_| is_recorded) {
        Some(scan) => {
            let scan = BScan { spacing: line.spacing, ..BScan::from_image(scan.clone(), line.id.as_str()) };
            Document::from_scan(scan, mask)
        }
        None => without_scan(mask, line.spacing),
    };
    document.name.clone_from(&line.id);
    document.credit.clone_from(&line.credit);
    let made = pair.provenance.clone().unwrap_or_default();
    document.noise_seed = line.generated.as_ref().map_or(1, |facts| facts.seed);
    if let (Some(scan), false) = (scan, is_recorded) {
        let model = made.model.clone().unwrap_or_default();
        document.pages[0].synthesis = Some(Arc::new(KeptSynthesis {
            image: scan.clone(),
            model: model.name,
            model_sha256: model.sha256,
            seed: made.seed,
            steps: made.steps,
            sampler: made.sampler.clone(),
        }));
    }
    let steps = if made.steps > 0 { made.steps } else { USUAL_STEPS };
    Ok(EditedPair { id: line.id.clone(), path: open.dir.join(label), document, steps, is_recorded })
}

/// An edited mask that comes back.
pub(super) struct HandedBack {
    pub id: String,
    pub who: String,
    pub when: String,
    pub mask: Mask,
    pub scan: Option<(GreyImage, Provenance)>,
    pub steps: Vec<String>,
    /// Number of the document it was edited in, and which moment of it this is.
    pub document: u64,
    pub version: Version,
}

/// Writes an edit on a thread.
pub(super) fn write(set: &Arc<ReviewSet>, back: HandedBack, jobs: &Jobs) {
    let set = Arc::clone(set);
    let (id, document, version) = (back.id.clone(), back.document, back.version);
    let work = move || {
        let HandedBack { id, who, when, mask, scan, steps, .. } = back;
        let outcome = match set.row_of(&id) {
            Some(row) => {
                let scan = scan.as_ref().map(|(image, provenance)| (image, provenance));
                record(&set, &Edit { row, who: &who, when, mask: &mask, scan, steps })
                    .map_err(|error| error.to_string())
            }
            None => Err(text!("review-edit-gone", id = id.as_str())),
        };
        News::Edited { id, document, version, outcome }
    };
    jobs.run(work, move |why| News::Edited { id, document, version, outcome: Err(why) });
}
