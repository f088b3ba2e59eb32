//! The second look at the pair in view: what a segmenter makes of its scan, and which reference scan is nearest.
//!
//! Both take longer than a frame, so they are made on one thread for the pair in view, and remembered for the last few.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use eframe::egui::{ColorImage, Context};

use super::loader::Loader;
use super::loading;
use crate::dataset::manifest::{MANIFEST_FILE, Manifest};
use crate::formats::{read_file, scan_image};
use crate::mask::Mask;
use crate::review::ReviewSet;
use crate::review::doubt::Doubt;
use crate::review::nearest::{Print, References};
use crate::scan::GreyImage;
use crate::segmentation::Labeller;
use crate::segmentation::labeller::ASSUMED_SPACING;

/// Pairs whose second look is remembered.
const REMEMBERED: usize = 64;

/// Reference scans with the place they lie in.
pub(super) struct Reference {
    pub dir: PathBuf,
    pub scans: References,
}

impl Reference {
    /// Reads the scans of a data set or a folder of images.
    ///
    /// # Errors
    /// If there is none.
    pub fn load(dir: &Path) -> Result<Self, String> {
        let scans = References::load(dir).map_err(|error| error.to_string())?;
        Ok(Self { dir: dir.to_owned(), scans })
    }

    /// The picture of a reference scan.
    fn picture(&self, name: &str) -> Option<GreyImage> {
        let path = match self.dir.join(MANIFEST_FILE).is_file() {
            true => {
                let manifest = Manifest::read(&self.dir).ok()?;
                let entry = manifest.entries.iter().find(|entry| entry.id == name)?;
                manifest.path(&entry.image)
            }
            false => PathBuf::from(name),
        };
        scan_image::read(&read_file(&path).ok()?, name).ok()
    }
}

/// The nearest reference scan of a pair.
pub(super) struct NearestFound {
    /// File name or id.
    pub name: String,
    pub distance: f64,
    pub correlation: f64,
    /// Share of reference scans of other subjects that lie nearer to each other.
    pub percentile: Option<f64>,
    pub is_flagged: bool,
    pub picture: Option<Arc<ColorImage>>,
}

/// What the second look found.
#[derive(Default)]
pub(super) struct SecondLook {
    pub doubt: Option<Doubt>,
    pub nearest: Option<NearestFound>,
}

#[derive(Default)]
struct Means {
    segmenter: Option<Arc<Mutex<Labeller>>>,
    reference: Option<Arc<Reference>>,
}

/// The second look at pairs.
pub(super) struct Looker {
    loader: Loader<SecondLook>,
    means: Arc<Mutex<Means>>,
    found: HashMap<u32, Arc<SecondLook>>,
    has_means: bool,
}

impl Looker {
    pub fn new(context: &Context) -> Self {
        let means: Arc<Mutex<Means>> = Arc::default();
        let of_thread = Arc::clone(&means);
        let read = move |set: &ReviewSet, row: u32| {
            let (segmenter, reference) = {
                let means = locked(&of_thread);
                (means.segmenter.clone(), means.reference.clone())
            };
            second_look(set, row, segmenter.as_deref(), reference.as_deref())
        };
        let loader = Loader::start("review-second-look", 1, context, read);
        Self { loader, means, found: HashMap::new(), has_means: false }
    }

    /// Looks at pairs of another set.
    pub fn use_set(&mut self, set: Arc<ReviewSet>) {
        self.loader.use_set(set);
        self.found.clear();
    }

    /// Looks with another segmenter.
    pub fn use_segmenter(&mut self, segmenter: Arc<Mutex<Labeller>>, set: Arc<ReviewSet>) {
        locked(&self.means).segmenter = Some(segmenter);
        self.has_means = true;
        self.use_set(set);
    }

    /// Compares with other reference scans.
    pub fn use_reference(&mut self, reference: Arc<Reference>, set: Arc<ReviewSet>) {
        locked(&self.means).reference = Some(reference);
        self.has_means = true;
        self.use_set(set);
    }

    /// What was found about a pair; wants it where it is not known yet.
    pub fn look_at(&mut self, row: u32) -> Option<Arc<SecondLook>> {
        if !self.has_means {
            return None;
        }
        for (row, look) in self.loader.take(REMEMBERED) {
            if self.found.len() >= REMEMBERED {
                self.found.clear();
            }
            self.found.insert(row, Arc::new(look.unwrap_or_default()));
        }
        let found = self.found.get(&row).cloned();
        self.loader.want(found.is_none().then_some(row).into_iter());
        found
    }

    /// Whether it looks at a pair just now.
    pub fn is_busy(&self) -> bool {
        self.loader.is_busy()
    }
}

fn second_look(
    set: &ReviewSet,
    row: u32,
    segmenter: Option<&Mutex<Labeller>>,
    reference: Option<&Reference>,
) -> SecondLook {
    let pair = loading::load(set, row, loading::PairParts::Content);
    let Some(scan) = &pair.scan else { return SecondLook::default() };
    let doubt = segmenter.and_then(|segmenter| {
        let line = pair.line.as_ref()?;
        let codes = pair.codes.as_ref()?;
        if (scan.width, scan.height) != (line.width, line.height) {
            return None;
        }
        let labeller = locked(segmenter);
        Some(doubt_of(&labeller, scan, codes, line.spacing))
    });
    let nearest = reference.and_then(|reference| {
        let scans = &reference.scans;
        let found = scans.nearest(&Print::of(scan))?;
        let name = scans.scans[found.reference].name.clone();
        let picture = reference.picture(&name).map(|picture| {
            let size = [picture.width as usize, picture.height as usize];
            Arc::new(ColorImage::from_gray(size, &picture.pixels))
        });
        Some(NearestFound {
            distance: found.distance,
            correlation: found.correlation,
            percentile: scans.percentile(found.distance),
            is_flagged: scans.threshold().is_some_and(|threshold| found.distance < threshold),
            name,
            picture,
        })
    });
    SecondLook { doubt, nearest }
}

/// How far a segmenter finds a mask again in its scan.
pub(super) fn doubt_of(
    labeller: &Labeller,
    scan: &GreyImage,
    codes: &[u8],
    spacing: Option<crate::scan::Spacing>,
) -> Doubt {
    let (mask, _) = Mask::from_composite(scan.width, scan.height, codes);
    let labelling = labeller.label(scan, spacing);
    let (found, _) = Mask::from_composite(scan.width, scan.height, &labelling.codes);
    let sha256 = &labeller.info().tensors_sha256;
    Doubt::of(&mask, &found, spacing.unwrap_or(ASSUMED_SPACING), sha256)
}

/// What a mutex holds, whatever happened to whoever held it before.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
