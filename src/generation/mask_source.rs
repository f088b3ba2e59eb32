//! Masks that need no network: designed from a recipe, or bent from those of a data set.

use super::conditions::{Conditions, RequestedConditions};
use super::pair::{MaskSource, SourcedMask, Unmade};
use crate::cases::{CaseError, CaseRecipe, solve};
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
#[derive(Clone, Debug)]
pub struct WarpedMasks {
    samples: Vec<MaskSample>,
    mapping: Mapping,
    plan: MaskPlan,
    augmentation: MaskAugmentation,
}

impl WarpedMasks {
    /// The masks of a data set, for scans of `width` x `height` pixels of the training scale.
    ///
    /// # Errors
    /// If a file cannot be read, or no training subject has a labelled scan.
    pub fn load(manifest: &Manifest, split: &Split, width: u32, height: u32) -> Result<Self, FormatError> {
        let mapping = Mapping::live();
        let samples = MaskSamples::load(manifest, split, &mapping, false)?.training;
        if samples.is_empty() {
            let place = manifest.dir.display().to_string();
            let remedy = "name a data set with labelled scans of training subjects";
            return Err(FormatError::malformed(&place, "the data set", "it has no mask to bend", remedy));
        }
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
        Ok(Self { samples, mapping, plan, augmentation: MaskAugmentation::default() })
    }

    /// Size of its pixels in um, down and across.
    pub fn pixel_um(&self) -> [f32; 2] {
        self.plan.pixel_um
    }
}

impl MaskSource for WarpedMasks {
    fn mask(&mut self, seed: u64, is_stopped: &dyn Fn() -> bool) -> Result<SourcedMask, Unmade> {
        if is_stopped() {
            return Err(Unmade::Stopped);
        }
        let mut rng = Rng::new(seed, stream::WARPED_MASKS, 0);
        let sample = self.augmentation.choose(&self.samples, &mut rng);
        let cut = self.augmentation.draw(sample, self.plan.columns as usize, &mut rng);
        // A cell a pixel: nothing is lost on the way.
        let grid = MaskGrid { cell_px: [1.0; 2], cells: [self.plan.rows, self.plan.columns], multiple: 1 };
        let grid_mask = cut.grid_mask(sample, MaskCoding::Ordinal, &grid, &self.mapping);
        let drawn = DrawnMask::new(MaskCoding::Ordinal, &grid_mask.planes, &self.plan);
        Ok(SourcedMask {
            width: self.plan.width,
            height: self.plan.height,
            codes: drawn.codes(DmcMode::Quantise, &Histogram::default()),
            pixel_um: self.plan.pixel_um,
            eye: Some(sample.subject.clone()),
            made: Made::DesignedMask,
            model: None,
            needs_cleaning: true,
            requested: RequestedConditions::default(),
        })
    }
}
