//! Masks that need no network: designed from a recipe, or bent from those of a data set.

use super::conditions::{Conditions, RequestedConditions};
use super::pair::{MaskSource, SourcedMask, Unmade};
use super::plan::WarpedFluid;
use crate::cases::{CaseError, CaseRecipe, solve};
use crate::dataset::cyst_outlines::{CystOutlines, WantedCysts};
use crate::dataset::mask_augmentation::MaskAugmentation;
use crate::dataset::mask_samples::{MaskSample, MaskSamples};
use crate::dataset::{Manifest, Split};
use crate::encoding::Mapping;
use crate::encoding::dmc::{DmcMode, Histogram};
use crate::encoding::masks::{DrawnMask, MaskCoding, MaskGrid, MaskPlan};
use crate::encoding::noise::{Rng, stream};
use crate::formats::FormatError;
use crate::formats::provenance::Made;
use crate::mask::Mask;

/// Masks of a case recipe: the solver meets it with another seed for every pair.
#[derive(Clone, Debug)]
pub struct RecipeMasks {
    /// What masks are built by.
    pub recipe: CaseRecipe,
    /// The mask that the recipe names.
    pub base: Option<Mask>,
    /// What is asked beyond the recipe.
    pub conditions: Conditions,
}

impl MaskSource for RecipeMasks {
    fn mask(&mut self, seed: u64, is_stopped: &dyn Fn() -> bool) -> Result<SourcedMask, Unmade> {
        if is_stopped() {
            return Err(Unmade::Stopped);
        }
        let requested = self.conditions.drawn(seed);
        let recipe = requested.of_recipe(&self.recipe).with_seed(seed);
        let solved = solve(&recipe, self.base.as_ref()).map_err(|error| match error {
            CaseError::Conflicts(_) => Unmade::Refused("recipe", error.to_string()),
            // Some draws of the conditions may make a recipe that is none; the recipe alone was read.
            _ if !requested.is_nothing() => Unmade::Refused("recipe", error.to_string()),
            _ => Unmade::Broken(error.to_string()),
        })?;
        let spacing = solved.frame.spacing();
        Ok(SourcedMask {
            width: solved.mask.width(),
            height: solved.mask.height(),
            codes: solved.mask.composite_pixels(),
            pixel_um: [spacing.axial_um_per_px, spacing.lateral_um_per_px],
            eye: None,
            outlines_of: None,
            made: Made::DesignedMask,
            model: None,
            // The solver has counted its lesions, the small ones too.
            needs_cleaning: false,
            requested,
        })
    }
}

/// Masks of the training subjects of a data set, moved, bent, thickened and mirrored as for the training of mask
/// models. Lesions of every kind become IRF: that is what those masks keep.
///
/// The same eye always has the same cysts, however it is bent. So its fluid is taken out unless the plan is one of before,
/// and cysts of any training eye are put where cysts grow, as many and as large together as a cut of some training mask has.
#[derive(Clone, Debug)]
pub struct WarpedMasks {
    samples: Vec<MaskSample>,
    cysts: CystOutlines,
    fluid: WarpedFluid,
    mapping: Mapping,
    plan: MaskPlan,
    augmentation: MaskAugmentation,
}

impl WarpedMasks {
    /// The masks of a data set, for scans of `width` x `height` pixels of the training scale.
    ///
    /// # Errors
    /// If a file cannot be read, or no training subject has a labelled scan.
    pub fn load(
        manifest: &Manifest,
        split: &Split,
        [width, height]: [u32; 2],
        fluid: WarpedFluid,
    ) -> Result<Self, FormatError> {
        let samples = MaskSamples::load(manifest, split, &Mapping::live(), false)?.training;
        if samples.is_empty() {
            let place = manifest.dir.display().to_string();
            let remedy = "name a data set with labelled scans of training subjects";
            return Err(FormatError::malformed(&place, "the data set", "it has no mask to bend", remedy));
        }
        Ok(Self::of(samples, [width, height], fluid))
    }

    /// Of masks at the training scale.
    fn of(samples: Vec<MaskSample>, [width, height]: [u32; 2], fluid: WarpedFluid) -> Self {
        let mapping = Mapping::live();
        let pixel_um = [mapping.axial_um_per_px, mapping.lateral_um_per_px];
        let plan = MaskPlan {
            width,
            height,
            content_rows: height,
            content_columns: width,
            rows: height,
            columns: width,
            pixel_um,
        };
        let cysts = CystOutlines::of(&samples);
        Self { samples, cysts, fluid, mapping, plan, augmentation: MaskAugmentation::default() }
    }

    /// Size of its pixels in um, down and across.
    pub fn pixel_um(&self) -> [f32; 2] {
        self.plan.pixel_um
    }

    /// The codes of a bent sample, with its own fluid or without any.
    fn bent(&self, sample: &MaskSample, rng: &mut Rng) -> Vec<u8> {
        let cut = self.augmentation.draw(sample, self.plan.columns as usize, rng);
        // A latent pixel for each pixel: nothing is lost on the way.
        let grid =
            MaskGrid { latent_px: [1.0; 2], latents: [self.plan.rows, self.plan.columns], multiple: 1 };
        let grid_mask = match self.fluid {
            WarpedFluid::Bent => cut.grid_mask(sample, MaskCoding::Ordinal, &grid, &self.mapping),
            // The lines of a sample go on below its fluid: without it, layers lie there.
            WarpedFluid::Placed => {
                let dry = MaskSample { fluid: vec![false; sample.fluid.len()], ..sample.clone() };
                cut.grid_mask(&dry, MaskCoding::Ordinal, &grid, &self.mapping)
            }
        };
        let drawn = DrawnMask::new(MaskCoding::Ordinal, &grid_mask.planes, &self.plan);
        drawn.codes(DmcMode::Quantise, &Histogram::default())
    }

    /// How many cysts a mask is to have, and how large: those of a cut of some training mask.
    fn wanted_cysts(&self, rng: &mut Rng) -> WantedCysts {
        let chosen = self.augmentation.choose(&self.samples, rng);
        let at = self.samples.iter().position(|sample| std::ptr::eq(sample, chosen)).unwrap_or_default();
        let columns = self.plan.columns as usize;
        let spare = chosen.known.len().saturating_sub(columns);
        let first = chosen.known.start + rng.below(spare + 1);
        self.cysts.found_in(at, first as f32..(first + columns) as f32)
    }

    /// Puts cysts into a mask without fluid; what was wanted of it, and whose outlines it has.
    fn place_cysts(&self, seed: u64, codes: &mut [u8]) -> (RequestedConditions, Vec<String>) {
        let mut rng = Rng::new(seed, stream::WARPED_CYSTS, 0);
        let wanted = self.wanted_cysts(&mut rng);
        let eyes = self.cysts.stamp(wanted, self.plan.columns as usize, codes, &mut rng);
        let [axial, lateral] = self.plan.pixel_um.map(f64::from);
        let fluid_mm2 = wanted.area_px as f64 * axial * lateral / 1e6;
        let requested = RequestedConditions {
            fluid_mm2: Some((fluid_mm2 * 1e6).round() / 1e6),
            cysts: Some(wanted.count as u32),
            thickness_um: None,
        };
        (requested, eyes)
    }
}

impl MaskSource for WarpedMasks {
    fn mask(&mut self, seed: u64, is_stopped: &dyn Fn() -> bool) -> Result<SourcedMask, Unmade> {
        if is_stopped() {
            return Err(Unmade::Stopped);
        }
        let mut rng = Rng::new(seed, stream::WARPED_MASKS, 0);
        let sample = self.augmentation.choose(&self.samples, &mut rng);
        let mut codes = self.bent(sample, &mut rng);
        let (requested, outlines_of) = match self.fluid {
            WarpedFluid::Bent => (RequestedConditions::default(), None),
            WarpedFluid::Placed => {
                let (requested, eyes) = self.place_cysts(seed, &mut codes);
                (requested, Some(eyes))
            }
        };
        Ok(SourcedMask {
            width: self.plan.width,
            height: self.plan.height,
            codes,
            pixel_um: self.plan.pixel_um,
            eye: Some(sample.subject.clone()),
            outlines_of,
            made: Made::DesignedMask,
            model: None,
            needs_cleaning: true,
            requested,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::{IRF, is_lesion};
    use crate::dataset::cyst_outlines::tests::sample;

    /// Of one healthy eye and two with cysts.
    fn warped(fluid: WarpedFluid) -> WarpedMasks {
        let samples = vec![
            sample("healthy", &[]),
            sample("one", &[[60.0, 70.0, 14.0, 8.0]]),
            sample("two", &[[40.0, 115.0, 20.0, 9.0], [140.0, 100.0, 10.0, 6.0]]),
        ];
        WarpedMasks::of(samples, [200, 220], fluid)
    }

    fn masks(fluid: WarpedFluid) -> Vec<SourcedMask> {
        let mut source = warped(fluid);
        (0..40).map(|seed| source.mask(seed, &|| false).expect("a mask")).collect()
    }

    fn fluid_px(mask: &SourcedMask) -> usize {
        mask.codes.iter().filter(|&&code| is_lesion(code)).count()
    }

    /// Where the middle of the fluid lies across, as a part of the width.
    fn middle(mask: &SourcedMask) -> f64 {
        let at = mask.codes.iter().enumerate().filter(|(_, code)| is_lesion(**code)).map(|(at, _)| at % 200);
        at.sum::<usize>() as f64 / fluid_px(mask).max(1) as f64 / 200.0
    }

    #[test]
    fn bent_masks_have_cysts_of_any_eye_at_places_of_their_own() {
        let placed = masks(WarpedFluid::Placed);
        let of_eye = |eye: &str| -> Vec<&SourcedMask> {
            placed.iter().filter(|mask| mask.eye.as_deref() == Some(eye)).collect()
        };
        // A healthy eye gets cysts now and then, and an eye with cysts gets none.
        let healthy = of_eye("eye-healthy");
        assert!(healthy.iter().any(|mask| fluid_px(mask) > 0), "of {}", healthy.len());
        assert!(placed.iter().any(|mask| mask.eye.as_deref() != Some("eye-healthy") && fluid_px(mask) == 0));
        // The one cyst of an eye, bent, stays near 60 of 200 columns or, mirrored, 140.
        let is_home = |middle: f64| (middle - 0.3).abs() < 0.12 || (middle - 0.7).abs() < 0.12;
        let astray = of_eye("eye-one").into_iter().filter(|mask| fluid_px(mask) > 0).map(middle);
        assert!(astray.filter(|middle| !is_home(*middle)).count() > 1);
        let bent = masks(WarpedFluid::Bent);
        let of_one = bent.iter().filter(|mask| mask.eye.as_deref() == Some("eye-one"));
        assert!(of_one.map(middle).all(is_home), "plans of before bend the fluid with the mask");
    }

    #[test]
    fn what_cysts_were_wanted_is_said_and_the_seed_decides_all() {
        let (placed, again) = (masks(WarpedFluid::Placed), masks(WarpedFluid::Placed));
        let mut met = 0;
        for (mask, again) in placed.iter().zip(&again) {
            assert_eq!((&mask.codes, mask.requested), (&again.codes, again.requested));
            let cysts = mask.requested.cysts.expect("a number");
            assert!(cysts <= 2, "as many as some eye has");
            assert_eq!(cysts == 0, fluid_px(mask) == 0);
            let eyes = mask.outlines_of.as_ref().expect("said of every mask");
            assert_eq!(eyes.is_empty(), cysts == 0);
            assert!(eyes.iter().all(|eye| ["eye-one", "eye-two"].contains(&eye.as_str())), "{eyes:?}");
            let [axial, lateral] = mask.pixel_um.map(f64::from);
            let area_mm2 = fluid_px(mask) as f64 * axial * lateral / 1e6;
            let wanted_mm2 = mask.requested.fluid_mm2.expect("an area");
            met += usize::from((area_mm2 - wanted_mm2).abs() <= 0.35 * wanted_mm2);
            assert!(mask.codes.iter().all(|&code| code <= IRF));
        }
        assert!(met > 30, "{met} of 40 have about the area");
        let is_bent = |mask: &SourcedMask| mask.requested.is_nothing() && mask.outlines_of.is_none();
        assert!(masks(WarpedFluid::Bent).iter().all(is_bent));
        // The layers are those of the bent mask: only the fluid differs.
        for (placed, bent) in placed.iter().zip(masks(WarpedFluid::Bent)) {
            let differs = |(a, b): (&u8, &u8)| a != b && !is_lesion(*a) && !is_lesion(*b);
            assert_eq!(placed.codes.iter().zip(&bent.codes).filter(|&pair| differs(pair)).count(), 0);
        }
    }
}
