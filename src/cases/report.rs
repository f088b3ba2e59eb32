//! What a recipe asks for and what a mask measures, wish by wish.

use serde::Serialize;

use super::cysts::DrawnCyst;
use super::design::{frame_of, mean};
use super::finding::Finding;
use super::fluid;
use super::frame::Frame;
use super::lesions::find_lesions;
use super::recipe::{CaseRecipe, LayerName};
use crate::anatomy::{LAYER_COUNT, UNANNOTATED};
use crate::mask::fovea::certain_fovea;
use crate::mask::measure::LiveMeasure;
use crate::mask::{CentralThickness, Interfaces, Mask, order_violations};

/// Thickness is met within so much.
pub const THICKNESS_TOLERANCE_UM: f64 = 5.0;
/// Steepest slope of an interface, in um down for each um along: the layers of Tian 2015 (80 B-scans) step by 3
/// rows of 3.9 um between columns of 11 um at most, INL/OPL alone by 4 to 6 in the steepest of them.
pub const STEEPEST: f64 = 1.1;
/// A fovea that the layers show is believed if it lies so near to where the recipe has it.
const FOVEA_NEAR_UM: f64 = 700.0;

/// Every wish of a recipe against one mask.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseReport {
    /// Where the fovea lies, in image coordinates.
    pub fovea_column: f64,
    /// "layers" where the mask's layers show it, else "recipe".
    pub fovea_from: &'static str,
    /// One for every wish, and those asked of every mask.
    pub findings: Vec<Finding>,
}

impl CaseReport {
    /// Measures a mask of any origin against a recipe. `drawn` are the cysts of the solver, where it made the mask:
    /// their area is then known exactly.
    pub fn of(recipe: &CaseRecipe, mask: &Mask, drawn: Option<&[DrawnCyst]>) -> Self {
        let mut live = LiveMeasure::default();
        live.update(mask, usize::MAX);
        let mut frame = Frame { columns: mask.width(), rows: mask.height(), ..frame_of(recipe, Some(mask)) };
        let expected = expected_fovea(recipe, &frame);
        let seen = certain_fovea(mask, frame.spacing()).map(|f| f64::from(f.column));
        let seen = seen.filter(|column| (column - expected).abs() * frame.lateral_um <= FOVEA_NEAR_UM);
        let seen = seen.filter(|_| recipe.scan.from_fovea_um == 0.0);
        frame.fovea_column = seen.unwrap_or(expected);
        let mut findings = Vec::new();
        if let Some(requested) = recipe.central_thickness_um {
            let about =
                CentralThickness::about(live.columns(), Some(frame.spacing()), frame.fovea_column as f32);
            let what = "mean from ILM to BM over the millimetre about the fovea";
            let measured = about.thickness.um;
            findings.push(thickness("central_thickness_um".to_owned(), what.to_owned(), requested, measured));
        }
        let tissue = TissueColumns::of(mask, &frame);
        findings.extend(layer_findings(recipe, &frame, &tissue));
        findings.extend(fluid::findings(recipe, &find_lesions(mask, &frame), drawn, &frame));
        findings.push(Finding::new(
            "order",
            "columns whose layers are out of order",
            "",
            [0.0; 2],
            0.0,
            Some(order_violations(&mask.layers).iter().filter(|&&violated| violated).count() as f64),
        ));
        findings.push(smoothness(mask, &frame));
        Self {
            fovea_column: frame.fovea_column,
            fovea_from: if seen.is_some() { "layers" } else { "recipe" },
            findings,
        }
    }

    /// Whether every wish is met.
    pub fn is_met(&self) -> bool {
        self.missed() == 0
    }

    /// Number of wishes that are not met.
    pub fn missed(&self) -> usize {
        self.findings.iter().filter(|finding| !finding.met).count()
    }

    /// What was measured for a wish.
    pub fn measured(&self, wish: &str) -> Option<f64> {
        self.findings.iter().find(|finding| finding.wish == wish).and_then(|finding| finding.measured)
    }
}

/// Where the recipe has the fovea; that of a base mask is not known to everyone who checks, the middle is.
fn expected_fovea(recipe: &CaseRecipe, frame: &Frame) -> f64 {
    match (recipe.scan.fovea_um, &recipe.base.mask) {
        (None, Some(_)) => frame.fovea_column,
        (um, _) => f64::from(frame.columns) / 2.0 + um.unwrap_or(0.0) / frame.lateral_um,
    }
}

fn thickness(wish: String, what: String, requested: f64, measured: Option<f64>) -> Finding {
    Finding::new(wish, what, "um", [requested; 2], THICKNESS_TOLERANCE_UM, measured)
}

/// Rows of every layer in every column: cysts counted, SRF and PED not.
struct TissueColumns {
    rows: [Vec<u32>; LAYER_COUNT],
    annotated: Vec<bool>,
    axial_um: f64,
}

impl TissueColumns {
    fn of(mask: &Mask, frame: &Frame) -> Self {
        let width = mask.width() as usize;
        let mut rows: [Vec<u32>; LAYER_COUNT] = std::array::from_fn(|_| vec![0; width]);
        let mut annotated = vec![false; width];
        let codes = mask.layers.to_pixels();
        for (line, lesions) in
            codes.chunks_exact(width.max(1)).zip(mask.lesions.to_pixels().chunks_exact(width.max(1)))
        {
            for (x, (&code, &lesion)) in line.iter().zip(lesions).enumerate() {
                annotated[x] |= code != UNANNOTATED;
                if (1..=LAYER_COUNT as u8).contains(&code) && lesion <= 1 {
                    rows[usize::from(code) - 1][x] += 1;
                }
            }
        }
        Self { rows, annotated, axial_um: frame.axial_um }
    }

    fn mean_um(&self, layer: LayerName, columns: std::ops::Range<usize>) -> Option<f64> {
        let known: Vec<usize> = columns.filter(|&x| self.annotated[x]).collect();
        let rows = |x: &usize| f64::from(self.rows[layer.index()][*x]);
        (!known.is_empty()).then(|| mean(known.iter().map(rows)) * self.axial_um)
    }
}

fn layer_findings(recipe: &CaseRecipe, frame: &Frame, tissue: &TissueColumns) -> Vec<Finding> {
    let mean_um = |layer, at: f64, width: f64| {
        tissue.mean_um(layer, frame.columns_between(at - width / 2.0, at + width / 2.0))
    };
    let layers = (0..).zip(&recipe.layers).map(|(index, wish): (usize, _)| {
        let what = format!("mean thickness of {} over {} um", wish.layer.name(), wish.width_um);
        let measured = mean_um(wish.layer, wish.at_um, wish.width_um);
        thickness(format!("layers[{index}]"), what, wish.thickness_um, measured)
    });
    let losses = (0..).zip(&recipe.loss).flat_map(|(index, wish): (usize, _)| {
        wish.layers.iter().map(move |&layer| {
            let what = format!("what is left of {} over {} um", layer.name(), wish.width_um);
            let measured = mean_um(layer, wish.at_um, wish.width_um);
            thickness(format!("loss[{index}] {}", layer.name()), what, wish.left_um, measured)
        })
    });
    layers.chain(losses).collect()
}

fn smoothness(mask: &Mask, frame: &Frame) -> Finding {
    let interfaces = Interfaces::from_layers(&mask.layers);
    let steps = interfaces
        .rows
        .iter()
        .flat_map(|line| line.windows(2).map(|pair| f64::from((pair[1] - pair[0]).abs())));
    let steepest_rows = steps.filter(|step| step.is_finite()).fold(0.0, f64::max);
    // A row at least: the finest step there is, and another for the rounding of both columns.
    let most = (STEEPEST * frame.lateral_um / frame.axial_um).round().max(2.0);
    let what = "largest step of an interface between neighbouring columns";
    Finding::new("smooth", what, "rows", [0.0, most], 0.0, Some(steepest_rows))
}
