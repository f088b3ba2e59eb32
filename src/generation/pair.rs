//! One pair: a mask, cleaned; its scan, synthesised; both as the bytes of their files, with their scores.

use std::borrow::Cow;

use crate::anatomy::LAYER_COUNT;
use crate::dataset::manifest::{MANIFEST_VERSION, ManifestEntry, SYNTHETIC};
use crate::encoding::dmc::{Repair, repair};
use crate::formats::provenance::{Made, NamedModel, Provenance, borrowed, mask_sha256, sha256_hex};
use crate::formats::{label_png, scan_image};
use crate::mask::Mask;
use crate::scan::{GreyImage, Spacing};

use super::GenerationError;
use super::best::{BestOf, rejections_of};
use super::conditions::RequestedConditions;
use super::filters::{Filters, Rejections};
use super::judging::{JudgePlanning, JudgedScan, PairJudge};
use super::line::{GeneratedFacts, GeneratedLine};
use super::plan::pair_seed;
use super::relabelling::{Relabelled, with_found_rims};
use super::scores::Scores;
pub use super::unmade::Unmade;

/// Attempts at a pair, each with a seed of its own, before it is given up: a recipe may not be met by every seed, and a
/// filter may let few masks pass.
pub const MAX_ATTEMPTS: u32 = 64;
/// The data set that generated pairs say they come from.
pub const SOURCE: &str = SYNTHETIC;

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
    /// The eyes of its cysts' outlines, where they were placed anew.
    pub outlines_of: Option<Vec<String>>,
    /// How the mask came about.
    pub made: Made,
    /// The model that drew it, if one did.
    pub model: Option<NamedModel>,
    /// Whether specks are to be removed and columns put in order.
    pub needs_cleaning: bool,
    /// What was requested of it.
    pub requested: RequestedConditions,
}

/// Makes masks from seeds. The same seed gives the same mask, whatever was made before.
pub trait MaskSource {
    /// The mask of a seed.
    ///
    /// # Errors
    /// See [`Unmade`].
    fn mask(&mut self, seed: u64, is_stopped: &dyn Fn() -> bool) -> Result<SourcedMask, Unmade>;

    /// The masks of several seeds, in their order: at once where that is quicker.
    fn masks(&mut self, seeds: &[u64], is_stopped: &dyn Fn() -> bool) -> Vec<Result<SourcedMask, Unmade>> {
        seeds.iter().map(|&seed| self.mask(seed, is_stopped)).collect()
    }
}

/// A mask that is to get a scan.
#[derive(Clone, Debug)]
pub struct MaskToScan {
    /// The mask, cleaned.
    pub mask: Mask,
    /// Down, across.
    pub pixel_um: [f32; 2],
    /// The pair's seed.
    pub seed: u64,
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

    /// The scans of several masks, in their order: at once where that is quicker.
    fn scans(
        &mut self,
        masks: &[MaskToScan],
        is_stopped: &dyn Fn() -> bool,
    ) -> Vec<Result<(GreyImage, Provenance), Unmade>> {
        let scan =
            |to_scan: &MaskToScan| self.scan(&to_scan.mask, to_scan.pixel_um, to_scan.seed, is_stopped);
        masks.iter().map(scan).collect()
    }

    /// How many pairs are best made together.
    fn together(&self) -> usize {
        1
    }
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
        self.make_together(plan_sha256, &[index], is_stopped)
            .pop()
            .expect("one is made for one that is asked")
    }

    /// [`PairMaker::make`] for several pairs at once, in their order. Each is the pair that it is alone: those that an
    /// attempt did not give are tried again together. Where the best are kept, a pair costs its whole unit, so those of one
    /// unit are asked for together.
    pub fn make_together(
        &mut self,
        plan_sha256: &str,
        indices: &[u64],
        is_stopped: &dyn Fn() -> bool,
    ) -> Vec<Result<Option<MadePair>, GenerationError>> {
        let best = self.judge.as_ref().and_then(|(_, planning)| planning.best);
        let Some(best) = best else { return self.draw(plan_sha256, indices, is_stopped) };
        let groups = best.groups(indices);
        groups
            .into_iter()
            .flat_map(|group| self.best_of_unit(best, plan_sha256, &indices[group], is_stopped))
            .collect()
    }

    /// Some pairs of one unit: all its candidates are drawn, and the best are the unit's pairs.
    fn best_of_unit(
        &mut self,
        best: BestOf,
        plan_sha256: &str,
        indices: &[u64],
        is_stopped: &dyn Fn() -> bool,
    ) -> Vec<Result<Option<MadePair>, GenerationError>> {
        let Some(&first) = indices.first() else { return Vec::new() };
        let candidates: Vec<u64> = best.candidates(best.unit_of(first)).collect();
        let mut drawn = Vec::with_capacity(candidates.len());
        for numbers in candidates.chunks(self.scans.together().max(1)) {
            for (number, made) in numbers.iter().zip(self.draw(plan_sha256, numbers, is_stopped)) {
                match made {
                    Ok(Some(pair)) => drawn.push(pair),
                    Ok(None) => return indices.iter().map(|_| Ok(None)).collect(),
                    Err(error) => {
                        // The first pair that was asked for says it; the others are not made.
                        let failed = Err(of_candidate(error, first, *number));
                        return std::iter::once(failed)
                            .chain(indices.iter().skip(1).map(|_| Ok(None)))
                            .collect();
                    }
                }
            }
        }
        let found_again: Vec<f64> = drawn.iter().map(MadePair::found_again).collect();
        let chosen = best.chosen(&found_again);
        let of_candidates: Vec<Rejections> =
            drawn.iter().map(|pair| pair.line.generated.rejected.clone()).collect();
        let rejections = rejections_of(&chosen, &of_candidates);
        let pair = |&index: &u64| {
            let at = best.place_of(index);
            drawn[chosen[at]].clone().numbered(index, rejections[at].clone())
        };
        indices.iter().map(|index| Ok(Some(pair(index)))).collect()
    }

    /// The pairs of some numbers as they are drawn, whether they are kept or not.
    fn draw(
        &mut self,
        plan_sha256: &str,
        indices: &[u64],
        is_stopped: &dyn Fn() -> bool,
    ) -> Vec<Result<Option<MadePair>, GenerationError>> {
        let mut made: Vec<Option<Result<Option<MadePair>, GenerationError>>> =
            indices.iter().map(|_| None).collect();
        let mut rejected = vec![Rejections::new(); indices.len()];
        let mut reasons = vec![String::new(); indices.len()];
        for attempt in 0..MAX_ATTEMPTS {
            let missing: Vec<usize> = (0..indices.len()).filter(|&at| made[at].is_none()).collect();
            if missing.is_empty() {
                break;
            }
            let place = |&at: &usize| {
                let (index, rejected) = (indices[at], &rejected[at]);
                let seed = pair_seed(plan_sha256, index, attempt);
                Place { plan_sha256, index, attempt, seed, rejected }
            };
            let places: Vec<Place> = missing.iter().map(place).collect();
            let results = self.attempt(&places, is_stopped);
            for (at, result) in missing.into_iter().zip(results) {
                match result {
                    Ok(pair) => made[at] = Some(Ok(Some(pair))),
                    Err(Unmade::Stopped) => made[at] = Some(Ok(None)),
                    Err(Unmade::Refused(name, why)) => {
                        *rejected[at].entry(name.to_owned()).or_default() += 1;
                        reasons[at] =
                            format!("not one of {} masks was kept; of the last: {why}", attempt + 1);
                    }
                    Err(Unmade::Broken(reason)) => {
                        made[at] = Some(Err(GenerationError::Pair { index: indices[at], reason }));
                    }
                }
            }
        }
        let given_up = |(index, reason)| Err(GenerationError::Pair { index, reason });
        let ends = indices.iter().copied().zip(reasons);
        made.into_iter().zip(ends).map(|(made, end)| made.unwrap_or_else(|| given_up(end))).collect()
    }

    /// One attempt at each of several pairs.
    fn attempt(&mut self, places: &[Place], is_stopped: &dyn Fn() -> bool) -> Vec<Result<MadePair, Unmade>> {
        let seeds: Vec<u64> = places.iter().map(|place| place.seed).collect();
        let mut waiting = Vec::new();
        let mut results: Vec<Option<Result<MadePair, Unmade>>> = Vec::with_capacity(places.len());
        for (at, sourced) in self.masks.masks(&seeds, is_stopped).into_iter().enumerate() {
            match sourced.and_then(|sourced| Cleaned::of(sourced, &self.filters)) {
                Ok((cleaned, mask)) => {
                    let pixel_um = cleaned.sourced.pixel_um;
                    waiting.push((at, cleaned, MaskToScan { mask, pixel_um, seed: seeds[at] }));
                    results.push(None);
                }
                Err(unmade) => results.push(Some(Err(unmade))),
            }
        }
        let to_scan: Vec<MaskToScan> = waiting.iter().map(|(_, _, to_scan)| to_scan.clone()).collect();
        let scans = self.scans.scans(&to_scan, is_stopped);
        for ((at, cleaned, to_scan), scan) in waiting.into_iter().zip(scans) {
            let made = scan.and_then(|(image, provenance)| {
                self.finished(&places[at], cleaned, &to_scan.mask, (image, provenance))
            });
            results[at] = Some(made);
        }
        let stopped = |result: Option<_>| result.unwrap_or(Err(Unmade::Stopped));
        results.into_iter().map(stopped).collect()
    }

    /// A pair of a mask and its scan, if the judge finds the one in the other.
    fn finished(
        &mut self,
        place: &Place,
        cleaned: Cleaned,
        mask: &Mask,
        (image, provenance): (GreyImage, Provenance),
    ) -> Result<MadePair, Unmade> {
        let Cleaned { sourced, mut scores } = cleaned;
        let mut followed = None;
        if let Some((judge, planning)) = &mut self.judge {
            let JudgedScan { agreement, codes } = judge.judge(mask, &image, sourced.pixel_um)?;
            if let Some((name, why)) = planning.refusal(&agreement) {
                return Err(Unmade::Refused(name, why));
            }
            scores.agreement = Some(agreement);
            if planning.relabel {
                let (label, pixels) = with_found_rims(mask, &codes);
                scores = scores.remeasured(&label, sourced.pixel_um);
                followed = Some((label, relabelled(planning, mask, pixels)));
            }
        }
        let (label, relabelled) = match followed {
            Some((label, relabelled)) => (Cow::Owned(label), Some(relabelled)),
            None => (Cow::Borrowed(mask), None),
        };
        let packed = Packed { place, sourced: &sourced, scores, relabelled };
        packed.pair(&label, &image, &provenance).map_err(|error| Unmade::Broken(error.to_string()))
    }
}

fn relabelled(planning: &JudgePlanning, painted: &Mask, pixels: u64) -> Relabelled {
    Relabelled {
        segmenter: planning.name.clone(),
        segmenter_sha256: planning.sha256.clone(),
        pixels,
        painted_mask_sha256: mask_sha256(painted.width(), painted.height(), &painted.composite_pixels()),
    }
}

/// What kept a candidate from being made, as the pair that it was drawn for.
fn of_candidate(error: GenerationError, index: u64, candidate: u64) -> GenerationError {
    match error {
        GenerationError::Pair { reason, .. } => {
            GenerationError::Pair { index, reason: format!("of candidate {candidate}, {reason}") }
        }
        other => other,
    }
}

impl MadePair {
    /// How much of the mask is found again; nothing where nobody looked.
    fn found_again(&self) -> f64 {
        self.line.generated.scores.agreement.as_ref().map_or(0.0, |agreement| agreement.dice)
    }

    /// The pair, drawn as a candidate, as another number of its plan.
    fn numbered(mut self, index: u64, rejected: Rejections) -> Self {
        let (entry, generated) = (&mut self.line.entry, &mut self.line.generated);
        if entry.subject == own_subject(&generated.plan_sha256, generated.index) {
            entry.subject = own_subject(&generated.plan_sha256, index);
        }
        let id = pair_id(index);
        (entry.image, entry.label) = files_of(&id);
        entry.id = id;
        generated.candidate = Some(generated.index);
        (generated.index, generated.rejected) = (index, rejected);
        self
    }
}

/// Paths of a pair's scan and label in its folder.
fn files_of(id: &str) -> (String, Option<String>) {
    (format!("images/{id}.png"), Some(format!("labels/{id}.png")))
}

/// Whose eye a pair is that nobody's eye was bent for.
fn own_subject(plan_sha256: &str, index: u64) -> String {
    format!("{SOURCE}-{}-{index}", &plan_sha256[..8])
}

/// A mask that passed the filters.
struct Cleaned {
    sourced: SourcedMask,
    scores: Scores,
}

impl Cleaned {
    fn of(sourced: SourcedMask, filters: &Filters) -> Result<(Self, Mask), Unmade> {
        let limits = match sourced.needs_cleaning {
            true => Repair::default(),
            false => Repair { least_layer_px: 0, least_lesion_px: 0 },
        };
        let (mask, cleaning) = repair(sourced.width, sourced.height, &sourced.codes, limits);
        let layers = (1..=LAYER_COUNT as u8).filter(|&layer| cleaning.is_present(layer)).count();
        if layers == 0 {
            return Err(Unmade::Refused("no retina", "the mask holds no retina".to_owned()));
        }
        let scores = Scores::of(&mask, sourced.pixel_um, Some(&cleaning));
        let pixels = u64::from(mask.width()) * u64::from(mask.height());
        match filters.refusal(&scores, pixels) {
            Some((name, why)) => Err(Unmade::Refused(name, why)),
            None => Ok((Self { sourced, scores }, mask)),
        }
    }
}

/// Which attempt at which pair.
struct Place<'a> {
    plan_sha256: &'a str,
    index: u64,
    attempt: u32,
    seed: u64,
    /// Why masks of earlier attempts were not kept.
    rejected: &'a Rejections,
}

/// What a pair's files and line are packed from, beside its pixels.
struct Packed<'a> {
    place: &'a Place<'a>,
    sourced: &'a SourcedMask,
    scores: Scores,
    relabelled: Option<Relabelled>,
}

impl Packed<'_> {
    /// What the label's file says of itself.
    fn mask_provenance(&self, mask_sha256: String, seed: u64) -> Provenance {
        Provenance {
            made: self.sourced.made,
            model: self.sourced.model.clone(),
            mask_sha256: Some(mask_sha256),
            seed,
            pixel_um: Some(self.sourced.pixel_um),
            relabelled_by: self.relabelled.as_ref().map(Relabelled::model),
            ..Provenance::default()
        }
    }

    fn pair(
        self,
        mask: &Mask,
        image: &GreyImage,
        provenance: &Provenance,
    ) -> Result<MadePair, crate::formats::FormatError> {
        let Place { plan_sha256, index, attempt, seed, rejected } = *self.place;
        let (width, height) = (mask.width(), mask.height());
        let codes = mask.composite_pixels();
        let image_png = scan_image::write(image, &borrowed(&provenance.text()))?;
        let of_mask = self.mask_provenance(mask_sha256(width, height, &codes), seed);
        let label_png = label_png::write(width, height, &codes, &borrowed(&of_mask.text()))?;
        let id = pair_id(index);
        let [axial, lateral] = self.sourced.pixel_um;
        // An eye of a data set keeps its name behind the underscore, and so its side of every split.
        let subject = match &self.sourced.eye {
            Some(eye) => format!("{SOURCE}_{eye}"),
            None => own_subject(plan_sha256, index),
        };
        let (image_file, label_file) = files_of(&id);
        let entry = ManifestEntry {
            version: MANIFEST_VERSION,
            image: image_file,
            label: label_file,
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
            outlines_of: self.sourced.outlines_of.clone(),
            id,
        };
        let generated = GeneratedFacts {
            synthetic: true,
            plan_sha256: plan_sha256.to_owned(),
            index,
            candidate: None,
            attempt,
            seed,
            mask_sha256: of_mask.mask_sha256.unwrap_or_default(),
            image_file_sha256: sha256_hex(&image_png),
            label_file_sha256: sha256_hex(&label_png),
            model_sha256: provenance.model.as_ref().map(|model| model.sha256.clone()).unwrap_or_default(),
            arithmetic: provenance.arithmetic.clone(),
            requested: self.sourced.requested,
            rejected: rejected.clone(),
            relabelled: self.relabelled,
            scores: self.scores,
        };
        Ok(MadePair { line: GeneratedLine { entry, generated }, image_png, label_png })
    }
}
