//! Real scans, pictures of their masks and those of the baseline, measured in turn.

#[cfg(feature = "cpu")]
use super::model::ModelMaker;
use super::pictures::PicturesOfScans;
#[cfg(feature = "cpu")]
use super::reader::Reader;
use super::report::{FidelityReport, Maker, Sets};
use crate::dataset::samples::LabelledScan;
use crate::dataset::{Manifest, ManifestEntry};
use crate::evaluation::{EvaluationError, SeenEyes, Subjects};
use crate::metrics::fidelity::{Mask, PictureSet};
use crate::metrics::painter::Painter;
use crate::scan::GreyImage;

/// Where the judged pictures come from.
#[derive(Debug)]
pub enum PictureSource {
    /// The baseline itself is judged.
    Painter,
    /// Pictures that were made elsewhere, and their folder as the user named it.
    Folder(PicturesOfScans, String),
    /// A model draws them.
    #[cfg(feature = "cpu")]
    Model(Box<ModelMaker>),
}

/// A scan that was measured.
#[derive(Clone, Copy, Debug)]
pub struct ComparedScan<'a> {
    /// With its labels.
    pub scan: &'a LabelledScan,
    /// The picture of its mask that is judged.
    pub picture: &'a GreyImage,
    /// Its number among `count`, from 0.
    pub index: usize,
    /// How many are measured.
    pub count: usize,
    /// Mean seconds of a picture so far, where a model draws them.
    pub secs_per_scan: Option<f64>,
}

/// What is measured, and against what.
#[derive(Debug)]
pub struct Fidelity<'a> {
    /// The data set of the real scans.
    pub manifest: &'a Manifest,
    /// Whose scans are measured, and who trained.
    pub who: &'a Subjects,
    /// Labelled scans of the former, as [`Subjects::scans`] gives them.
    pub measured: &'a [&'a ManifestEntry],
    /// Where the pictures of their masks come from.
    pub source: PictureSource,
    /// Looks for the masks in the pictures and in the real scans; `None` where no segmenter does.
    #[cfg(feature = "cpu")]
    pub reader: Option<Reader>,
}

impl Fidelity<'_> {
    /// Measures the pictures; `on_scan` is told each scan.
    ///
    /// # Errors
    /// If a scan or a picture cannot be read, or there are no training scans for the baseline to know.
    pub fn measure(
        mut self,
        on_scan: &mut dyn FnMut(&ComparedScan),
    ) -> Result<FidelityReport, EvaluationError> {
        let (manifest, who, measured) = (self.manifest, self.who, self.measured);
        let (painter, control) = training_figures(manifest, &who.training_scans(manifest, measured))?;
        let mut sets = Sets {
            real: PictureSet::default(),
            control,
            baseline: PictureSet::default(),
            judged: None,
            findings: None,
        };
        for (index, entry) in measured.iter().enumerate() {
            let scan = LabelledScan::load(manifest, entry)?;
            let valid = scan.valid_pixels();
            let mask = Mask { labels: &scan.labels, scanned: &scan.scanned, valid: &valid };
            sets.real.add(&scan.image, mask);
            let painted = painter.paint(&scan.labels, [entry.width, entry.height], index as u64);
            sets.baseline.add(&painted, mask);
            let picture = self.source.picture(index, &scan)?;
            if let Some(picture) = &picture {
                sets.judged.get_or_insert_default().add(picture, mask);
            }
            #[cfg(feature = "cpu")]
            if let Some(reader) = &mut self.reader {
                reader.look(&scan, &painted, picture.as_ref());
            }
            on_scan(&ComparedScan {
                scan: &scan,
                picture: picture.as_ref().unwrap_or(&painted),
                index,
                count: measured.len(),
                secs_per_scan: self.source.secs_per_scan(),
            });
        }
        #[cfg(feature = "cpu")]
        {
            sets.findings = self.reader.map(Reader::finished);
        }
        let seen = self.source.seen();
        let maker = self.source.described();
        Ok(FidelityReport::new((maker, seen), measured.len(), who.measured.clone(), &sets))
    }
}

impl PictureSource {
    /// The picture that is judged; `None` where the baseline is.
    fn picture(&mut self, index: usize, scan: &LabelledScan) -> Result<Option<GreyImage>, EvaluationError> {
        match self {
            Self::Folder(pictures, _) => pictures.read(index, &scan.image).map(Some),
            #[cfg(feature = "cpu")]
            Self::Model(model) => Ok(Some(model.draw(index, scan))),
            Self::Painter => Ok(None),
        }
    }

    fn secs_per_scan(&self) -> Option<f64> {
        #[cfg(feature = "cpu")]
        if let Self::Model(model) = self {
            return Some(model.secs_per_scan());
        }
        None
    }

    /// What is known of whether it saw who is measured.
    fn seen(&self) -> SeenEyes {
        #[cfg(feature = "cpu")]
        if let Self::Model(model) = self {
            return model.seen.clone();
        }
        SeenEyes::default()
    }

    /// What the report says of it.
    fn described(self) -> Maker {
        match self {
            Self::Painter => Maker::Painter,
            Self::Folder(_, folder) => Maker::Pictures { folder },
            #[cfg(feature = "cpu")]
            Self::Model(model) => model.described(),
        }
    }
}

/// The painter, who knows the training scans, and what these show, for the control.
fn training_figures(
    manifest: &Manifest,
    scans: &[&ManifestEntry],
) -> Result<(Painter, PictureSet), EvaluationError> {
    if scans.is_empty() {
        let problem = "the baseline needs training scans: import the data set's other subjects too";
        return Err(EvaluationError::Refused(problem.to_owned()));
    }
    let mut control = PictureSet::default();
    for entry in scans {
        let scan = LabelledScan::load(manifest, entry)?;
        let valid = scan.valid_pixels();
        control.add(&scan.image, Mask { labels: &scan.labels, scanned: &scan.scanned, valid: &valid });
    }
    Ok((Painter::of(&control.class_means(), &control.textures()), control))
}
