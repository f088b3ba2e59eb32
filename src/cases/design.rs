//! A case in the making: the retina before the disease, and everything that is drawn by the seed.

use super::conflict::{CaseError, Conflict};
use super::cysts::{DrawnCyst, draw_cysts};
use super::domes::place_domes;
use super::frame::Frame;
use super::healthy::healthy;
use super::recipe::{CaseRecipe, LayerName};
use super::shapes::{LOSS_EDGE_UM, plateau};
use super::tissue::Tissue;
use crate::anatomy::{LAYER_COUNT, Lesion};
use crate::mask::dome::Dome;
use crate::mask::fovea::certain_fovea;
use crate::mask::measure::columns_about;
use crate::mask::random::SeededRandom;
use crate::mask::{Interfaces, Mask, Plane};

/// Image of a healthy base that is not told otherwise.
pub const DEFAULT_COLUMNS: u32 = 768;
/// Its rows.
pub const DEFAULT_ROWS: u32 = 496;

/// Streams of one seed, so that a cyst more does not change the eye.
const EYE: u64 = 1;
const CYSTS: u64 = 2;
const DOMES: u64 = 3;

/// What the solver works on.
#[derive(Clone, Debug)]
pub struct Design<'a> {
    /// What is asked for.
    pub recipe: &'a CaseRecipe,
    /// Size and scale of the scan.
    pub frame: Frame,
    /// The retina before the disease, lost layers already thin.
    pub base: Tissue,
    /// Share of every layer that is lost in every column, 0 to 1.
    pub lost: [Vec<f64>; LAYER_COUNT],
    /// Layers whose thickness is asked for: nothing else may change it.
    pub pinned: [bool; LAYER_COUNT],
    /// The cysts as they are placed so far.
    pub cysts: Vec<DrawnCyst>,
    /// PED first: SRF lies on it.
    pub domes: Vec<Dome>,
    /// Of all domes together, in um.
    pub lifted_um: Vec<f64>,
    /// Pixels that nobody annotated stay so.
    pub previous: Plane,
    /// Whether the retina may be moved up and down in the image.
    pub may_move: bool,
}

impl<'a> Design<'a> {
    /// Draws what the seed decides. `base` is the mask that the recipe names.
    ///
    /// # Errors
    /// If the base has no layers, or cysts and domes have no room.
    pub fn new(recipe: &'a CaseRecipe, base: Option<&Mask>) -> Result<Self, CaseError> {
        let stream =
            |number: u64| SeededRandom::new(recipe.seed.wrapping_mul(0x9E6D).wrapping_add(number << 56));
        let frame = frame_of(recipe, base);
        let (tissue, previous) = match base {
            Some(mask) => (tissue_of(mask, &frame)?, mask.layers.clone()),
            None => {
                let mut random = stream(EYE);
                let tissue = healthy(&frame, &recipe.base, recipe.scan.tilt_um_per_mm, &mut random);
                (tissue, Plane::filled(frame.columns, frame.rows, 0))
            }
        };
        let (mut random, mut conflicts) = (stream(DOMES), Vec::new());
        let mut domes = Vec::new();
        for (lesion, wishes) in [(Lesion::Ped, &recipe.ped), (Lesion::Srf, &recipe.srf)] {
            match place_domes(lesion, wishes, &frame, &mut random) {
                Ok(placed) => domes.extend(placed),
                Err(conflict) => conflicts.push(conflict),
            }
        }
        let cysts = draw_cysts(recipe, &frame, &mut stream(CYSTS));
        let cysts = cysts.unwrap_or_else(|more| {
            conflicts.extend(more);
            Vec::new()
        });
        conflicts.extend(layer_and_loss(recipe));
        if !conflicts.is_empty() {
            return Err(CaseError::Conflicts(conflicts));
        }
        let lift = |x: u32| domes.iter().map(|dome| dome.lift_rows(x)).sum::<f64>();
        let lifted_um = (0..frame.columns).map(|x| lift(x) * frame.axial_um).collect();
        let mut pinned = [false; LAYER_COUNT];
        recipe.layers.iter().for_each(|wish| pinned[wish.layer.index()] = true);
        let (base_tissue, lost) = without_lost(recipe, &frame, tissue);
        Ok(Self {
            recipe,
            frame,
            base: base_tissue,
            lost,
            pinned,
            cysts,
            domes,
            lifted_um,
            previous,
            may_move: base.is_none(),
        })
    }

    /// The columns of the central millimetre.
    pub fn central_columns(&self) -> std::ops::Range<usize> {
        let columns =
            columns_about(self.frame.fovea_column as f32, self.frame.columns, Some(self.frame.spacing()));
        columns.start as usize..columns.end as usize
    }

    /// Mean over the central millimetre of what the domes lift.
    pub fn central_lift_um(&self) -> f64 {
        mean(self.central_columns().map(|x| self.lifted_um[x]))
    }
}

/// The mean of some numbers; 0 of none.
pub fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

/// The image and the fovea in it: where the recipe puts it, else where a base mask has it, else in the middle.
pub fn frame_of(recipe: &CaseRecipe, mask: Option<&Mask>) -> Frame {
    let scan = &recipe.scan;
    let [columns, rows] = match mask {
        Some(mask) => [mask.width(), mask.height()],
        None => [scan.columns.unwrap_or(DEFAULT_COLUMNS), scan.rows.unwrap_or(DEFAULT_ROWS)],
    };
    let mut frame = Frame {
        columns,
        rows,
        axial_um: scan.axial_um_per_px,
        lateral_um: scan.lateral_um_per_px,
        fovea_column: f64::from(columns) / 2.0,
        from_fovea_um: scan.from_fovea_um,
        eye: recipe.eye,
    };
    match (scan.fovea_um, mask) {
        (Some(um), _) => frame.fovea_column += um / frame.lateral_um,
        (None, Some(mask)) => {
            let found = certain_fovea(mask, frame.spacing());
            frame.fovea_column = found.map_or(frame.fovea_column, |fovea| f64::from(fovea.column));
        }
        (None, None) => {}
    }
    frame
}

fn tissue_of(mask: &Mask, frame: &Frame) -> Result<Tissue, CaseError> {
    let interfaces = Interfaces::from_layers(&mask.layers);
    let known = (0..mask.width()).filter(|&x| interfaces.is_ordered_column(x)).count();
    if known < mask.width() as usize / 2 {
        return Err(CaseError::Base(format!(
            "{known} of {} columns have all layers in order; build on a mask that shows the eight interfaces in at \
             least half of them",
            mask.width()
        )));
    }
    Tissue::of(&interfaces, frame.axial_um)
        .ok_or_else(|| CaseError::Base("it has no layers; build on a mask that shows all seven".to_owned()))
}

/// The tissue with its losses, and how much of each layer is lost where.
fn without_lost(recipe: &CaseRecipe, frame: &Frame, mut tissue: Tissue) -> (Tissue, [Vec<f64>; LAYER_COUNT]) {
    let mut lost: [Vec<f64>; LAYER_COUNT] = std::array::from_fn(|_| vec![0.0; tissue.columns()]);
    for loss in &recipe.loss {
        let away = |x: usize| frame.at_um(x) - loss.at_um;
        let shares: Vec<f64> =
            (0..tissue.columns()).map(|x| plateau(away(x), loss.width_um / 2.0, LOSS_EDGE_UM)).collect();
        for layer in &loss.layers {
            let columns = tissue.layers_um[layer.index()].iter_mut().zip(&mut lost[layer.index()]);
            for ((um, lost), &share) in columns.zip(&shares) {
                *um += (loss.left_um - *um) * share;
                *lost = lost.max(share);
            }
        }
    }
    (tissue, lost)
}

/// Wishes for one layer that exclude each other in one place.
fn layer_and_loss(recipe: &CaseRecipe) -> Vec<Conflict> {
    type Claim = (String, LayerName, f64, f64);
    let wishes = (0..).zip(&recipe.layers).map(|(index, wish): (usize, _)| -> Claim {
        (format!("layers[{index}]"), wish.layer, wish.at_um, wish.width_um / 2.0)
    });
    let losses = (0..).zip(&recipe.loss).flat_map(|(index, loss): (usize, _)| {
        let claim = move |layer: &LayerName| -> Claim {
            (format!("loss[{index}]"), *layer, loss.at_um, loss.width_um / 2.0 + LOSS_EDGE_UM)
        };
        loss.layers.iter().map(claim)
    });
    let claims: Vec<Claim> = wishes.chain(losses).collect();
    let mut conflicts = Vec::new();
    for (second, b) in claims.iter().enumerate() {
        for a in &claims[..second] {
            if a.1 == b.1 && (a.2 - b.2).abs() < a.3 + b.3 {
                conflicts.push(Conflict {
                    wish: b.0.clone(),
                    against: a.0.clone(),
                    why: format!("both set the thickness of {} over the same part of the scan", a.1.name()),
                    remedy: "move or narrow one of them, or leave one out".to_owned(),
                });
            }
        }
    }
    conflicts
}
