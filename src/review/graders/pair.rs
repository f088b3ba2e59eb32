//! Two graders, scan by scan.

use serde::Serialize;

use super::super::ReviewError;
use super::super::kappa::{Kappa, cohen};
use super::graded_scan::GradedScan;
use super::spread::{BlandAltman, FiveNumbers};
use crate::anatomy::{INTERFACE_COUNT, LESION_BASE, Lesion};
use crate::mask::{Agreement, CentralThickness, Connectivity, Mask, Region};
use crate::scan::Spacing;

/// Kinds of fluid.
const KINDS: usize = Lesion::ALL.len();

/// Two graders on one scan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScanAgreement {
    /// Of [`super::Study::scans`].
    pub scan: usize,
    /// Mean distance of every interface, in order of depth; `None` where one of the two did not draw it.
    pub interface_um: [Option<f64>; INTERFACE_COUNT],
    /// Dice of IRF, SRF and PED; `None` where neither drew any.
    pub dice: [Option<f64>; KINDS],
    /// Whether each of them drew any, by kind.
    pub present: [[bool; 2]; KINDS],
    /// Separate regions of the first, of the second, and those of the first that touch one of the second, by kind.
    pub regions: [[usize; 3]; KINDS],
    /// Mean thickness over the central millimetre.
    pub central_um: [Option<f64>; 2],
    /// Area of all fluid.
    pub fluid_mm2: [f64; 2],
}

/// Two graders on all scans that both drew.
#[derive(Clone, Debug, Serialize)]
pub struct PairStudy {
    /// Of [`super::Study::graders`].
    pub graders: [usize; 2],
    /// Agreement on each scan.
    pub scans: Vec<ScanAgreement>,
    /// Mean distances of the scans, by interface.
    pub interface_um: [Option<FiveNumbers>; INTERFACE_COUNT],
    /// Dice of the scans, by kind.
    pub dice: [Option<FiveNumbers>; KINDS],
    /// Whether a kind is there, beyond chance.
    pub presence: [Option<Kappa>; KINDS],
    /// Of the central thickness, in µm; `None` where too few scans have one.
    pub central_um: Option<BlandAltman>,
    /// Of the fluid area, in mm²; `None` of too few scans.
    pub fluid_mm2: Option<BlandAltman>,
}

impl PairStudy {
    /// `None` where the two drew no scan in common.
    ///
    /// # Errors
    /// If two masks of one scan are of different sizes.
    pub fn of(
        scans: &[GradedScan],
        graders: [usize; 2],
        spacing: Spacing,
    ) -> Result<Option<Self>, ReviewError> {
        let mut agreements = Vec::new();
        for (index, scan) in scans.iter().enumerate() {
            let [first, second] = graders.map(|grader| scan.masks.get(grader).and_then(Option::as_ref));
            let (Some(first), Some(second)) = (first, second) else { continue };
            let size = |mask: &Mask| format!("{}x{}", mask.width(), mask.height());
            if size(first) != size(second) {
                return Err(ReviewError::refused(
                    format!("{}: labels of {} and of {} pixels", scan.name, size(first), size(second)),
                    "let all graders draw on the same scan",
                ));
            }
            agreements.push(ScanAgreement::of(index, [first, second], spacing));
        }
        Ok((!agreements.is_empty()).then(|| Self::summed(graders, agreements)))
    }

    fn summed(graders: [usize; 2], scans: Vec<ScanAgreement>) -> Self {
        let spread = |of: &dyn Fn(&ScanAgreement) -> Option<f64>| {
            FiveNumbers::of(&scans.iter().filter_map(of).collect::<Vec<f64>>())
        };
        let interface_um = std::array::from_fn(|index| spread(&|scan| scan.interface_um[index]));
        let dice = std::array::from_fn(|kind| spread(&|scan| scan.dice[kind]));
        let presence = std::array::from_fn(|kind| {
            let both = scans.iter().map(|scan| scan.present[kind].into());
            cohen(&both.collect::<Vec<(bool, bool)>>())
        });
        let central: Vec<[f64; 2]> =
            scans.iter().filter_map(|scan| Some([scan.central_um[0]?, scan.central_um[1]?])).collect();
        let fluid: Vec<[f64; 2]> = scans.iter().map(|scan| scan.fluid_mm2).collect();
        let (central_um, fluid_mm2) = (BlandAltman::of(&central), BlandAltman::of(&fluid));
        Self { graders, interface_um, dice, presence, central_um, fluid_mm2, scans }
    }
}

impl ScanAgreement {
    /// Two masks of one size.
    fn of(scan: usize, masks: [&Mask; 2], spacing: Spacing) -> Self {
        let agreement = Agreement::of(masks[0], masks[1]);
        let axial_um = f64::from(spacing.axial_um_per_px);
        let interface_um =
            agreement.interfaces.each_ref().map(|distance| distance.mean_px.map(|px| px * axial_um));
        let regions = masks.map(|mask| {
            Lesion::ALL.map(|lesion| {
                Region::components(&mask.lesions, |code| code == lesion.code(), Connectivity::Eight)
            })
        });
        let count = |grader: usize, kind: usize| regions[grader][kind].len();
        let pixel_mm2 = axial_um * f64::from(spacing.lateral_um_per_px) * 1e-6;
        let fluid = |regions: &[Vec<Region>; KINDS]| {
            regions.iter().flatten().map(Region::pixel_count).sum::<u64>() as f64 * pixel_mm2
        };
        Self {
            scan,
            interface_um,
            dice: Lesion::ALL.map(|lesion| agreement.dice[usize::from(LESION_BASE + lesion.code())]),
            present: std::array::from_fn(|kind| [0, 1].map(|grader| count(grader, kind) > 0)),
            regions: std::array::from_fn(|kind| {
                let found = regions[0][kind].iter().filter(|region| touches(region, masks[1], kind));
                [count(0, kind), count(1, kind), found.count()]
            }),
            central_um: masks.map(|mask| CentralThickness::of_mask(mask, Some(spacing), None).thickness.um),
            fluid_mm2: [fluid(&regions[0]), fluid(&regions[1])],
        }
    }
}

/// Whether a region shares a pixel with the same kind of fluid in another mask.
fn touches(region: &Region, mask: &Mask, kind: usize) -> bool {
    let code = Lesion::ALL[kind].code();
    region.runs().iter().any(|&(y, x0, x1)| (x0..x1).any(|x| mask.lesions.get(x, y) == code))
}
