//! The ruler of an ablation: the same scans, places and noise for every run.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::dataset::Manifest;
use crate::dataset::samples::LabelledScan;
use crate::diffusion::synthesizer::{SamplingSettings, Synthesizer};
use crate::evaluation::drawn_scans::synthesize;
use crate::evaluation::patches::{DIRECTIONS, PATCH_SIDE, PATCHES_A_SCAN};
use crate::evaluation::picked::spread;
use crate::evaluation::{EvaluationError, Subjects};
use crate::metrics::fidelity::{Mask, PictureSet, criteria};
use crate::metrics::regions::CLASS_COUNT;
use crate::metrics::sliced_wasserstein::{Patches, corners, directions, sliced_wasserstein};
use crate::metrics::texture::Texture;
use crate::scan::GreyImage;

/// The figures of one set of pictures; `None` where there is nothing to measure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Figures {
    /// Of the averaged network on the validation strips, with whole masks.
    pub validation_loss: Option<f64>,
    /// Sliced Wasserstein distance of patches from the real scans, in grey levels.
    pub patches_from_real: Option<f64>,
    /// Mean over the classes of the mean grey's difference from the real scans, in grey levels.
    pub class_grey_difference: Option<f64>,
    /// Correlation of class mean greys, class by class of every scan.
    pub class_grey_correlation: Option<f64>,
    /// Share of the scans with fluid in which it is darker than its surroundings.
    pub fluid_darker: Option<f64>,
    /// Mean over the classes of the relative deviation from the real scans.
    pub speckle_contrast: Option<f64>,
    #[serde(alias = "grain_width_lateral")]
    pub speckle_width_lateral: Option<f64>,
    #[serde(alias = "grain_width_axial")]
    pub speckle_width_axial: Option<f64>,
    /// Median distance of the strongest edge from the mask, in pixels.
    pub ilm_edge: Option<f64>,
    pub bm_edge: Option<f64>,
    /// Lines of `retidiff evaluate fidelity` that pass.
    pub lines_passed: Option<f64>,
}

/// A scan that is measured, read once.
struct Measured {
    scan: LabelledScan,
    valid: Vec<bool>,
    places: Vec<[u32; 2]>,
}

impl Measured {
    fn new(scan: LabelledScan, number: usize) -> Self {
        let valid = scan.valid_pixels();
        let places = corners(&valid, scan.image.width, PATCH_SIDE, PATCHES_A_SCAN, number as u64);
        Self { scan, valid, places }
    }

    fn mask(&self) -> Mask<'_> {
        Mask { labels: &self.scan.labels, scanned: &self.scan.scanned, valid: &self.valid }
    }
}

/// Pictures over the masks of scans, and their patches.
struct Pictures {
    set: PictureSet,
    patches: Patches,
}

impl Pictures {
    fn new() -> Self {
        Self { set: PictureSet::default(), patches: Patches::new(PATCH_SIDE as usize) }
    }

    fn add(&mut self, image: &GreyImage, of: &Measured) {
        self.set.add(image, of.mask());
        self.patches.add(image, &of.places);
    }
}

/// Real scans that models are held against.
pub(super) struct Ruler {
    scans: Vec<Measured>,
    real: Pictures,
    /// As many real scans of training subjects.
    control: Pictures,
}

impl Ruler {
    /// Of at most `most` labelled scans of the subjects.
    ///
    /// # Errors
    /// If a scan cannot be read or there is none.
    pub fn new(manifest: &Manifest, who: &Subjects, most: usize) -> Result<Self, EvaluationError> {
        let all = who.scans(manifest)?;
        let others = who.training_scans(manifest, &all);
        let entries = spread(&all, most);
        let (mut scans, mut real, mut control) = (Vec::new(), Pictures::new(), Pictures::new());
        for (number, entry) in entries.iter().enumerate() {
            let measured = Measured::new(LabelledScan::load(manifest, entry)?, number);
            real.add(&measured.scan.image, &measured);
            scans.push(measured);
        }
        for (number, entry) in spread(&others, entries.len()).iter().enumerate() {
            let other = Measured::new(LabelledScan::load(manifest, entry)?, number);
            control.add(&other.scan.image, &other);
        }
        Ok(Self { scans, real, control })
    }

    /// The ids of the scans that are measured.
    pub fn ids(&self) -> Vec<String> {
        self.scans.iter().map(|one| one.scan.entry.id.clone()).collect()
    }

    /// The figures of a model's pictures of the same masks, and the seconds that one took.
    pub fn measure(
        &self,
        synthesizer: &Synthesizer,
        settings: SamplingSettings,
        seed: u64,
        validation_loss: Option<f64>,
    ) -> (Figures, f64) {
        let began = Instant::now();
        let mut drawn = Pictures::new();
        for (index, one) in self.scans.iter().enumerate() {
            drawn.add(&synthesize(synthesizer, &one.scan, settings, seed.wrapping_add(index as u64)), one);
        }
        let secs = began.elapsed().as_secs_f64() / self.scans.len() as f64;
        let (_, by_scan) = drawn.set.brightness_correlations(&self.real.set);
        let lines = criteria(&drawn.set, &self.real.set);
        let figures = Figures {
            validation_loss,
            class_grey_correlation: by_scan,
            lines_passed: Some(lines.iter().filter(|line| line.passed).count() as f64),
            ..self.figures(&drawn)
        };
        (figures, secs)
    }

    /// The figures of real scans of training subjects: other eyes, so nothing is compared scan by scan.
    pub fn control(&self) -> Figures {
        self.figures(&self.control)
    }

    fn figures(&self, pictures: &Pictures) -> Figures {
        let (set, real) = (&pictures.set, &self.real.set);
        let differences = set.class_means().into_iter().zip(real.class_means());
        let (dark, tested) = set.dark_fluid();
        let (ilm_edge, bm_edge) = set.edge_medians();
        let textures = (set.textures(), real.textures());
        let deviation = |figure: fn(&Texture) -> Option<f64>| {
            mean((0..CLASS_COUNT).filter_map(|class| {
                let of =
                    |textures: &[Option<Texture>; CLASS_COUNT]| textures[class].as_ref().and_then(figure);
                Some((of(&textures.0)? / of(&textures.1)? - 1.0).abs())
            }))
        };
        let along = directions((PATCH_SIDE * PATCH_SIDE) as usize, DIRECTIONS);
        let count = pictures.patches.count().min(self.real.patches.count());
        let [drawn, expected] = [&pictures.patches, &self.real.patches].map(|patches| patches.spread(count));
        Figures {
            validation_loss: None,
            patches_from_real: sliced_wasserstein(&drawn, &expected, &along),
            class_grey_difference: mean(differences.filter_map(|(a, b)| Some((a? - b?).abs()))),
            class_grey_correlation: None,
            fluid_darker: (tested > 0).then_some(dark as f64 / tested.max(1) as f64),
            speckle_contrast: deviation(|texture| Some(texture.contrast)),
            speckle_width_lateral: deviation(|texture| texture.lateral_width_px),
            speckle_width_axial: deviation(|texture| texture.axial_width_px),
            ilm_edge,
            bm_edge,
            lines_passed: None,
        }
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}
