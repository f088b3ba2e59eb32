//! Masks as a diffusion model sees them: planes of smooth values on a coarse grid, and the way back.
//!
//! The paper draws one plane whose intensity is the class. Between two classes that are not neighbours such
//! a plane must pass through the intensities of classes that are not there, and one wrong grey level is a
//! wrong class. [`MaskCoding::Ordinal`] draws one plane per interface instead (below it +1, above it -1)
//! and one for fluid: interfaces fall between latent pixels as grey edges, so a grid of 4 x 4 pixels still
//! places them to a fraction of a pixel, and the sum of the planes is the paper's intensity again, so that
//! all of DMC applies.

mod coding;
mod conditions;
pub mod flattened;
mod fluid_placement;
mod meeting;
mod plan;
mod steadying;

pub use coding::MaskCoding;
pub use conditions::{MASK_CONDITION_PLANES, MaskConditions, Unmet};
pub use plan::{MaskGrid, MaskPlan};

use self::flattened::FlattenedMask;
use super::dmc::{Codebook, DmcMode, Histogram, strongest_plane};
use crate::anatomy::{BELOW_BM, INTERFACE_COUNT, IRF, LAYER_COUNT};

/// How much the grey edges of ordinal planes are steepened before they are summed: a plane that a network
/// draws at 0.9 where it should be 1 must not shift the sum.
const EDGE_GAIN: f32 = 2.0;
/// Less fluid than this is none, in pixels.
const LEAST_FLUID_PX: usize = 12;
/// A sampled mask over the document's pixels, before it has labels.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnMask {
    coding: MaskCoding,
    width: u32,
    /// Intensities: class `k` at `k / (classes - 1)`.
    intensities: Vec<f32>,
    /// One plane per class, where the coding has them.
    class_planes: Vec<f32>,
}

impl DrawnMask {
    /// From the planes of the grid, `[plane][row][column]`: what they say and no more, as planes of real masks are read.
    ///
    /// # Panics
    /// If the planes are not the plan's.
    pub fn new(coding: MaskCoding, planes: &[f32], plan: &MaskPlan) -> Self {
        Self::labelled_by(coding, planes, plan, |mask| meeting::codes_of(&mask, plan))
    }

    /// From planes that a network drew. Where the coding allows it ([`MaskCoding::Flattened`]), lines are made as calm as
    /// real ones, fluid keeps off the edges of the retina, and conditions are met as far as the image has room for them
    /// ([`MaskConditions::unmet`] of the finished mask says what was not).
    ///
    /// # Panics
    /// If the planes are not the plan's.
    pub fn meeting(coding: MaskCoding, planes: &[f32], plan: &MaskPlan, requested: &MaskConditions) -> Self {
        Self::labelled_by(coding, planes, plan, |mask| meeting::codes_meeting(mask, plan, requested))
    }

    fn labelled_by(
        coding: MaskCoding,
        planes: &[f32],
        plan: &MaskPlan,
        codes_of: impl FnOnce(FlattenedMask) -> Vec<u8>,
    ) -> Self {
        assert_eq!(planes.len(), coding.planes() * plan.latents(), "planes of the grid");
        if coding == MaskCoding::Flattened {
            let (stride, columns) = (plan.columns as usize, plan.content_columns as usize);
            let drawn = FlattenedMask::from_planes(planes, stride, columns);
            return Self::of_codes(coding, plan.width, &codes_of(drawn));
        }
        let planes: Vec<Vec<f32>> =
            planes.chunks_exact(plan.latents()).map(|plane| plan.over_document(plane)).collect();
        let (intensities, class_planes) = match coding {
            MaskCoding::PaperScalar => {
                (planes[0].iter().map(|value| 0.5 * (value + 1.0)).collect(), Vec::new())
            }
            _ => (ordinal_intensities(&planes), ordinal_classes(&planes)),
        };
        Self { coding, width: plan.width, intensities, class_planes }
    }

    /// Of labels that are known already: every way to find them finds the same.
    fn of_codes(coding: MaskCoding, width: u32, codes: &[u8]) -> Self {
        let intensities = codes.iter().map(|&code| f32::from(code) / f32::from(IRF)).collect();
        let class_planes = (0..=IRF)
            .flat_map(|class| codes.iter().map(move |&code| if code == class { 1.0 } else { 0.0 }))
            .collect();
        Self { coding, width, intensities, class_planes }
    }

    /// The intensities DMC clusters.
    pub fn intensities(&self) -> &[f32] {
        &self.intensities
    }

    /// Whether fluid was drawn, by its own plane; `None` where the coding has none.
    pub fn has_fluid(&self) -> Option<bool> {
        let pixels = self.intensities.len();
        let fluid = self.class_planes.get(usize::from(IRF) * pixels..).filter(|fluid| !fluid.is_empty())?;
        Some(fluid.iter().filter(|&&share| share > 0.5).count() >= LEAST_FLUID_PX)
    }

    /// Composite codes by a mode; `pooled` is the histogram of all masks drawn together.
    ///
    /// # Panics
    /// If the coding does not have the mode ([`MaskCoding::modes`]).
    pub fn codes(&self, mode: DmcMode, pooled: &Histogram) -> Vec<u8> {
        assert!(self.coding.modes().contains(&mode), "{mode:?} needs a plane per class");
        let classes = match mode {
            DmcMode::Onehot => strongest_plane(&self.class_planes, self.intensities.len()),
            _ => Codebook::of_mode(mode, &self.intensities, pooled, self.coding.classes())
                .decode(&self.intensities),
        };
        match self.coding {
            MaskCoding::Ordinal | MaskCoding::Flattened => classes,
            MaskCoding::PaperScalar => from_paper(&classes, self.width as usize),
        }
    }
}

/// Layers by the sum of their planes; fluid, which has a plane of its own, at the top level.
fn ordinal_intensities(planes: &[Vec<f32>]) -> Vec<f32> {
    (0..planes[0].len())
        .map(|pixel| {
            if planes[INTERFACE_COUNT][pixel] > 0.0 {
                return 1.0;
            }
            let steep = |plane: &Vec<f32>| (plane[pixel] * EDGE_GAIN).clamp(-1.0, 1.0);
            let level: f32 = planes[..INTERFACE_COUNT].iter().map(|plane| 0.5 * (steep(plane) + 1.0)).sum();
            level / f32::from(IRF)
        })
        .collect()
}

/// How much of each class is in a pixel: between two interfaces, and not in fluid.
fn ordinal_classes(planes: &[Vec<f32>]) -> Vec<f32> {
    let pixels = planes[0].len();
    let share = |plane: usize, pixel: usize| 0.5 * (planes[plane][pixel] + 1.0);
    (0..=INTERFACE_COUNT + 1)
        .flat_map(|class| {
            (0..pixels).map(move |pixel| {
                let fluid = share(INTERFACE_COUNT, pixel);
                if class > INTERFACE_COUNT {
                    return fluid;
                }
                let begun = if class == 0 { 1.0 } else { share(class - 1, pixel) };
                let ended = if class == INTERFACE_COUNT { 0.0 } else { share(class, pixel) };
                (begun - ended) * (1.0 - fluid)
            })
        })
        .collect()
}

/// The paper's nine classes as composite codes: background below the deepest layer of a column is below BM.
fn from_paper(classes: &[u8], width: usize) -> Vec<u8> {
    let mut codes: Vec<u8> =
        classes.iter().map(|&class| if usize::from(class) > LAYER_COUNT { IRF } else { class }).collect();
    for x in 0..width {
        for pixel in (x..codes.len()).step_by(width).rev() {
            if codes[pixel] != 0 {
                break;
            }
            codes[pixel] = BELOW_BM;
        }
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::mapping::Mapping;
    use crate::scan::Spacing;

    /// Nine bands with a lens of fluid, 96 x 80 pixels.
    fn codes() -> Vec<u8> {
        (0..80 * 96)
            .map(|pixel| {
                let (x, y) = ((pixel % 96) as f32, (pixel / 96) as f32);
                let depth = y - 12.0 - 4.0 * (x / 20.0).sin();
                let lens = ((x - 50.0) / 12.0).powi(2) + ((depth - 26.0) / 7.0).powi(2) < 1.0;
                if lens { IRF } else { (depth / 7.0).floor().clamp(-1.0, 7.0) as i32 as u8 }
            })
            .map(|code| if code == IRF { IRF } else { code.wrapping_add(1) })
            .collect()
    }

    #[test]
    fn a_mask_survives_its_grid() {
        let grid = MaskGrid { latents: [32, 32], ..MaskGrid::live() };
        let plan = grid.plan(MaskCoding::Ordinal, &Mapping::live(), 96, 80, None);
        assert_eq!((plan.content_columns, plan.content_rows, plan.columns, plan.rows), (24, 20, 32, 32));
        let codes = codes();
        let planes = plan.encode(MaskCoding::Ordinal, &codes);
        let drawn = DrawnMask::new(MaskCoding::Ordinal, &planes, &plan);
        for mode in [DmcMode::Quantise, DmcMode::Snap, DmcMode::Onehot] {
            let back = drawn.codes(mode, &Histogram::default());
            let wrong = back.iter().zip(&codes).filter(|(a, b)| a != b).count();
            assert!(wrong < codes.len() / 20, "{mode:?}: {wrong} of {}", codes.len());
        }
    }

    #[test]
    fn the_papers_plane_knows_which_background_lies_below() {
        let grid = MaskGrid { latent_px: [1.0; 2], latents: [96; 2], multiple: 16 };
        let plan = grid.plan(MaskCoding::PaperScalar, &Mapping::live(), 96, 80, None);
        let codes = codes();
        let drawn =
            DrawnMask::new(MaskCoding::PaperScalar, &plan.encode(MaskCoding::PaperScalar, &codes), &plan);
        assert_eq!(drawn.codes(DmcMode::Quantise, &Histogram::default()), codes);
        assert!(!MaskCoding::PaperScalar.modes().contains(&DmcMode::Onehot));
    }

    #[test]
    fn spacing_decides_how_many_latent_pixels_a_document_has() {
        let fine = MaskGrid::live().plan(
            MaskCoding::Ordinal,
            &Mapping::live(),
            1024,
            992,
            Spacing::checked(1.935, 5.65),
        );
        assert_eq!((fine.content_columns, fine.content_rows), (128, 124));
        assert_eq!((fine.columns, fine.rows), (128, 128));
        assert!((fine.pixel_um[0] - 1.935).abs() < 1e-6);
        let vast = MaskGrid::live().plan(MaskCoding::Ordinal, &Mapping::live(), 9000, 20, None);
        assert!(vast.columns <= 512 && vast.rows == 16);
    }
}
