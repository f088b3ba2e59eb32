//! One pair: a mask, cleaned; its scan, synthesised; both as the bytes of their files, with their scores.

use crate::anatomy::LAYER_COUNT;
use crate::dataset::manifest::{MANIFEST_VERSION, ManifestEntry};
use crate::encoding::dmc::{Repair, repair};
use crate::formats::provenance::{Made, NamedModel, Provenance, borrowed, mask_sha256, sha256_hex};
use crate::formats::{label_png, scan_image};
use crate::mask::Mask;
use crate::scan::{GreyImage, Spacing};

use super::GenerationError;
use super::conditions::Asked;
use super::filters::{Filters, Rejections};
use super::judging::{JudgePlanning, PairJudge};
use super::line::{GeneratedFacts, GeneratedLine};
use super::plan::pair_seed;
use super::scores::Scores;
pub use super::unmade::Unmade;

/// Attempts at a pair, each with a seed of its own, before it is given up: a recipe may not be met by every seed, and a
/// filter may let few masks pass.
pub const MAX_ATTEMPTS: u32 = 64;
/// The data set that generated pairs say they come from.
pub const SOURCE: &str = "synthetic";

/// A mask as its source made it.
#[derive(Clone, Debug)]
pub struct SourcedMask {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Composite codes, row-major.
    pub codes: Vec<u8>,
    /// Down, across.
    pub pixel_um: [f32; 2],
    /// Whose eye it was bent from: such a mask stays on that eye's side of a split.
    pub eye: Option<String>,
    /// How the mask came about.
    pub made: Made,
    /// The model that drew it, if one did.
    pub model: Option<NamedModel>,
    /// Whether specks are to be removed and columns put in order.
    pub needs_cleaning: bool,
    /// What was asked of it.
    pub asked: Asked,
}

/// Makes masks from seeds. The same seed gives the same mask, whatever was made before.
pub trait MaskSource {
    /// The mask of a seed.
    ///
    /// # Errors
    /// See [`Unmade`].
    fn mask(&mut self, seed: u64, is_stopped: &dyn Fn() -> bool) -> Result<SourcedMask, Unmade>;
}

/// Makes scans from masks. The same mask and seed give the same scan.
pub trait ScanSource {
    /// The scan of a mask, of its size, and what made it.
    ///
    /// # Errors
    /// See [`Unmade`].
    fn scan(
        &mut self,
        mask: &Mask,
        pixel_um: [f32; 2],
        seed: u64,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<(GreyImage, Provenance), Unmade>;
}

/// What makes pairs, on one thread.
pub struct PairMaker {
    /// Who makes masks.
    pub masks: Box<dyn MaskSource>,
    /// Who draws scans of them.
    pub scans: Box<dyn ScanSource>,
    /// Masks that get a scan.
    pub filters: Filters,
    /// Who looks at the scans, and which pairs are kept.
    pub judge: Option<(Box<dyn PairJudge>, JudgePlanning)>,
}

/// A pair as the bytes of its files, and its line.
#[derive(Clone, Debug, PartialEq)]
pub struct MadePair {
    /// Its line in the manifest.
    pub line: GeneratedLine,
    /// The scan, an 8-bit grey PNG.
    pub image_png: Vec<u8>,
    /// The mask, an indexed PNG of label codes.
    pub label_png: Vec<u8>,
}

/// What a pair is called: the stem of its files.
pub fn pair_id(index: u64) -> String {
    format!("pair-{index:07}")
}

impl PairMaker {
    /// Makes pair `index` of a plan; `None` when it was stopped.
    ///
    /// # Errors
    /// If no attempt gave a pair.
    pub fn make(
        &mut self,
        plan_sha256: &str,
        index: u64,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<Option<MadePair>, GenerationError> {
        let mut rejected = Rejections::new();
        let mut reason = String::new();
        for attempt in 0..MAX_ATTEMPTS {
            let seed = pair_seed(plan_sha256, index, attempt);
            let place = Place { plan_sha256, index, attempt, seed };
            match self.attempt(&place, &rejected, is_stopped) {
                Ok(pair) => return Ok(Some(pair)),
                Err(Unmade::Stopped) => return Ok(None),
                Err(Unmade::Refused(name, why)) => {
                    *rejected.entry(name.to_owned()).or_default() += 1;
                    reason = format!("not one of {} masks was kept; of the last: {why}", attempt + 1);
                }
                Err(Unmade::Broken(reason)) => return Err(GenerationError::Pair { index, reason }),
            }
        }
        Err(GenerationError::Pair { index, reason })
    }

    fn attempt(
        &mut self,
        place: &Place,
        rejected: &Rejections,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<MadePair, Unmade> {
        let sourced = self.masks.mask(place.seed, is_stopped)?;
        let limits = match sourced.needs_cleaning {
            true => Repair::default(),
            false => Repair { least_layer_px: 0, least_lesion_px: 0 },
        };
        let (mask, cleaning) = repair(sourced.width, sourced.height, &sourced.codes, limits);
        let layers = (1..=LAYER_COUNT as u8).filter(|&layer| cleaning.is_present(layer)).count();
        if layers == 0 {
            return Err(Unmade::Refused("no retina", "the mask holds no retina".to_owned()));
        }
        let mut scores = Scores::of(&mask, sourced.pixel_um, Some(&cleaning));
        let pixels = u64::from(mask.width()) * u64::from(mask.height());
        if let Some((name, why)) = self.filters.refusal(&scores, pixels) {
            return Err(Unmade::Refused(name, why));
        }
        let (image, provenance) = self.scans.scan(&mask, sourced.pixel_um, place.seed, is_stopped)?;
        if let Some((judge, planning)) = &mut self.judge {
            let agreement = judge.judge(&mask, &image, sourced.pixel_um)?;
            if let Some((name, why)) = planning.refusal(&agreement) {
                return Err(Unmade::Refused(name, why));
            }
            scores.agreement = Some(agreement);
        }
        let packed = Packed { place, rejected, sourced: &sourced, scores };
        packed.pair(&mask, &image, &provenance).map_err(|error| Unmade::Broken(error.to_string()))
    }
}

/// Which attempt at which pair.
struct Place<'a> {
    plan_sha256: &'a str,
    index: u64,
    attempt: u32,
    seed: u64,
}

/// What a pair's files and line are packed from, beside its pixels.
struct Packed<'a> {
    place: &'a Place<'a>,
    rejected: &'a Rejections,
    sourced: &'a SourcedMask,
    scores: Scores,
}

impl Packed<'_> {
    fn pair(
        self,
        mask: &Mask,
        image: &GreyImage,
        provenance: &Provenance,
    ) -> Result<MadePair, crate::formats::FormatError> {
        let Place { plan_sha256, index, attempt, seed } = *self.place;
        let (width, height) = (mask.width(), mask.height());
        let codes = mask.composite_pixels();
        let image_png = scan_image::write(image, &borrowed(&provenance.text()))?;
        let of_mask = Provenance {
            made: self.sourced.made,
            model: self.sourced.model.clone(),
            mask_sha256: Some(mask_sha256(width, height, &codes)),
            seed,
            pixel_um: Some(self.sourced.pixel_um),
            ..Provenance::default()
        };
        let label_png = label_png::write(width, height, &codes, &borrowed(&of_mask.text()))?;
        let id = pair_id(index);
        let [axial, lateral] = self.sourced.pixel_um;
        // An eye of a data set keeps its name behind the underscore, and so its side of every split.
        let subject = match &self.sourced.eye {
            Some(eye) => format!("{SOURCE}_{eye}"),
            None => format!("{SOURCE}-{}-{}", &plan_sha256[..8], index),
        };
        let entry = ManifestEntry {
            version: MANIFEST_VERSION,
            image: format!("images/{id}.png"),
            label: Some(format!("labels/{id}.png")),
            scanned_area: None,
            width,
            height,
            spacing: Spacing::checked(axial, lateral),
            laterality: None,
            subject,
            b_scan: None,
            source: SOURCE.to_owned(),
            credit: None,
            ignored_columns: Vec::new(),
            pseudo_labelled: false,
            id,
        };
        let generated = GeneratedFacts {
            synthetic: true,
            plan_sha256: plan_sha256.to_owned(),
            index,
            attempt,
            seed,
            mask_sha256: of_mask.mask_sha256.unwrap_or_default(),
            image_file_sha256: sha256_hex(&image_png),
            label_file_sha256: sha256_hex(&label_png),
            model_sha256: provenance.model.as_ref().map(|model| model.sha256.clone()).unwrap_or_default(),
            arithmetic: provenance.arithmetic.clone(),
            asked: self.sourced.asked,
            rejected: self.rejected.clone(),
            scores: self.scores,
        };
        Ok(MadePair { line: GeneratedLine { entry, generated }, image_png, label_png })
    }
}
