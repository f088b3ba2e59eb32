//! What exported scans say of themselves where they were made by a model but travel on in other files: in folders for
//! training, stacks, pictures. A scan must not lose its mark because it was written in another format.

use super::{NamedModel, Provenance, SOFTWARE, XMP_KEYWORD, xmp_packet};
use crate::document::{Document, Page};

/// The texts of the scans of a document, by page; none of recorded scans.
#[derive(Clone, Debug, Default)]
pub struct ScanMarks {
    by_page: Vec<Vec<(&'static str, String)>>,
}

impl ScanMarks {
    /// Of the scans of a document: those of kept syntheses where a page has no scan of its own, and all of them where
    /// the document was read from something that says it is synthetic.
    pub fn of_document(document: &Document, is_synthetic: bool) -> Self {
        let of_page = |page: &Page| match (of_synthesis(page), is_synthetic) {
            (Some(provenance), _) => provenance.text(),
            (None, true) => of_unknown_maker(),
            (None, false) => Vec::new(),
        };
        Self { by_page: document.pages.iter().map(of_page).collect() }
    }

    /// Of a document that was read from one picture which says what made it.
    pub fn of_picture(document: &Document, says: &Provenance) -> Self {
        Self { by_page: document.pages.iter().map(|_| says.text()).collect() }
    }

    /// Whether any scan is marked.
    pub fn is_any(&self) -> bool {
        self.by_page.iter().any(|texts| !texts.is_empty())
    }

    /// Keywords and texts of a page's scan, as the encoders take them.
    pub fn of(&self, page: usize) -> Vec<(&str, &str)> {
        self.by_page.get(page).map(|texts| super::borrowed(texts)).unwrap_or_default()
    }

    /// The XMP packet of the first marked scan, for a file that holds all of them.
    pub fn xmp(&self) -> Option<&str> {
        let texts = self.by_page.iter().flatten();
        texts.into_iter().find(|(keyword, _)| *keyword == XMP_KEYWORD).map(|(_, packet)| packet.as_str())
    }
}

fn of_synthesis(page: &Page) -> Option<Provenance> {
    let synthesis = page.synthesis.as_ref().filter(|_| page.scan.is_placeholder)?;
    Some(Provenance {
        model: Some(NamedModel { name: synthesis.model.clone(), sha256: synthesis.model_sha256.clone() }),
        seed: synthesis.seed,
        sampler: synthesis.sampler.clone(),
        steps: synthesis.steps,
        ..Provenance::default()
    })
}

/// All that can be said of a scan which is known to be synthetic, and no more: no seed, no model.
fn of_unknown_maker() -> Vec<(&'static str, String)> {
    let scan = Provenance::default();
    vec![
        ("Comment", scan.made.comment().to_owned()),
        ("Synthetic", "true".to_owned()),
        (XMP_KEYWORD, xmp_packet(scan.digital_source(), SOFTWARE)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::volume_export::tests::document;

    #[test]
    fn recorded_scans_say_nothing_and_synthetic_ones_say_so() {
        let document = document();
        let recorded = ScanMarks::of_document(&document, false);
        assert!(!recorded.is_any() && recorded.of(0).is_empty() && recorded.xmp().is_none());
        let marked = ScanMarks::of_document(&document, true);
        assert!(marked.is_any() && marked.of(1).contains(&("Synthetic", "true")));
        assert!(marked.xmp().is_some_and(|packet| packet.contains("trainedAlgorithmicMedia")));
        assert!(marked.of(99).is_empty());
        let says = Provenance { seed: 7, ..Provenance::default() };
        assert!(ScanMarks::of_picture(&document, &says).of(0).contains(&("Seed", "7")));
    }
}
