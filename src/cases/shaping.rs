//! How the disease changes the layers: thickened as asked for, swollen about the fovea, and making room for
//! cysts, which displace tissue and never cut it.

use super::design::Design;
use super::recipe::LayerName;
use super::shapes::{bump, cover, plateau};
use super::tissue::Tissue;
use crate::anatomy::LAYER_COUNT;

/// Tissue of a cyst's own layer above and beneath it, in rows: enough for a row that survives all rounding.
pub const RIM_ROWS: f64 = 1.6;
/// Room for a cyst that was made a little taller so that its pixels have its area.
pub const SPARE: f64 = 1.06;
/// How far the swelling of oedema reaches from the fovea.
const SWELLING_UM: f64 = 2100.0;
/// Most that swelling adds at the fovea.
pub const MAX_SWELLING_UM: f64 = 900.0;
/// Layers get no thinner than this share of what they were.
const THINNEST_SHARE: f64 = 0.55;
/// Part of a swelling that each layer takes, for its thickness: oedema lies in INL, OPL and ONL.
const SWELLS: [f64; LAYER_COUNT] = [0.1, 0.4, 1.2, 0.7, 1.0, 0.0, 0.0];
/// Swelling goes a little way into layers that are absent.
const SEED_UM: f64 = 3.0;
/// Where a thickened layer goes over into its healthy thickness.
const LAYER_EDGE_UM: f64 = 500.0;
/// A bulge about a cyst reaches at least so far beyond it, and so many times its height: the ILM over cysts is
/// raised as a whole, not cyst by cyst.
const BULGE_UM: f64 = 220.0;
const BULGE_REACH: f64 = 2.6;
/// Layers that give way to the cysts of others: which, what part of a bulge each takes, and how much of itself it
/// gives for it. The ONL-ISM is pressed outwards, the GCL-IPL inwards.
const YIELDS: [(LayerName, f64, f64); 2] = [(LayerName::OnlIsm, 0.4, 0.4), (LayerName::GclIpl, 0.25, 0.3)];

/// Where the walls of the foveal pit end.
const PIT_UM: f64 = 1100.0;

/// What the solver turns until the recipe is met.
#[derive(Clone, Debug, PartialEq)]
pub struct Amounts {
    /// Added to the layer of each layer wish, in um.
    pub layers: Vec<f64>,
    /// From -1, as thin as tissue gets, over 0 to 1, the largest swelling.
    pub central: f64,
}

impl Design<'_> {
    /// The tissue for some amounts.
    pub fn shaped(&self, amounts: &Amounts) -> Tissue {
        let mut tissue = self.base.clone();
        for (wish, amount) in self.recipe.layers.iter().zip(&amounts.layers) {
            let layer = &mut tissue.layers_um[wish.layer.index()];
            for (x, um) in layer.iter_mut().enumerate() {
                let away = self.frame.at_um(x) - wish.at_um;
                *um = (*um + amount * plateau(away, wish.width_um / 2.0, LAYER_EDGE_UM)).max(0.1 * *um);
            }
        }
        self.swell(&mut tissue, amounts.central);
        self.make_room(&mut tissue);
        tissue
    }

    fn swell(&self, tissue: &mut Tissue, central: f64) {
        for x in 0..tissue.columns() {
            let lens = bump(self.frame.at_um(x) / SWELLING_UM);
            let gives: [f64; LAYER_COUNT] = std::array::from_fn(|layer| {
                let free = if self.pinned[layer] { 0.0 } else { SWELLS[layer] * (1.0 - self.lost[layer][x]) };
                free * (tissue.layers_um[layer][x] + SEED_UM)
            });
            let all: f64 = gives.iter().sum();
            if lens == 0.0 || all <= 0.0 {
                continue;
            }
            for (layer, give) in gives.into_iter().enumerate() {
                let um = &mut tissue.layers_um[layer][x];
                if central >= 0.0 {
                    *um += central * MAX_SWELLING_UM * lens * give / all;
                } else if give > 0.0 {
                    *um *= 1.0 + central * (1.0 - THINNEST_SHARE) * lens;
                }
            }
        }
    }

    /// Thickens every layer where its cysts need more than there is.
    fn make_room(&self, tissue: &mut Tissue) {
        for layer in LayerName::ALL {
            let needed = self.cyst_room_um(layer);
            let index = layer.index();
            let missing: Vec<f64> =
                needed.iter().zip(&tissue.layers_um[index]).map(|(need, um)| need - um).collect();
            let most = missing.iter().zip(&needed).filter(|(_, need)| **need > 0.0);
            let most = most.map(|(missing, _)| *missing).fold(0.0, f64::max);
            if most <= 0.0 {
                continue;
            }
            let missing: Vec<f64> =
                missing.iter().zip(&needed).map(|(m, need)| if *need > 0.0 { *m } else { 0.0 }).collect();
            let bulge = cover(&missing, self.frame.columns_in((BULGE_REACH * most).max(BULGE_UM)));
            for (x, bulge) in bulge.into_iter().enumerate() {
                tissue.layers_um[index][x] += bulge;
                self.yield_to(layer, tissue, x, bulge);
            }
        }
    }

    /// Neighbours of a bulging layer become thinner, as far as they may.
    fn yield_to(&self, bulging: LayerName, tissue: &mut Tissue, x: usize, bulge: f64) {
        let at_um = self.frame.at_um(x);
        for (layer, part, most) in YIELDS {
            let index = layer.index();
            let beside = if layer == LayerName::OnlIsm { bulging < layer } else { bulging > layer };
            if beside && !self.pinned[index] {
                // The hollow of the inner layers keeps its shape: the fovea is known by it.
                let part =
                    if layer == LayerName::GclIpl { part * (1.0 - bump(at_um / PIT_UM)) } else { part };
                let um = &mut tissue.layers_um[index][x];
                *um -= (part * bulge).min(most * *um * (1.0 - self.lost[index][x]));
            }
        }
    }

    /// Thickness that the cysts of a layer need in every column; 0 where there is none.
    fn cyst_room_um(&self, layer: LayerName) -> Vec<f64> {
        let mut needed = vec![0.0_f64; self.frame.columns as usize];
        for cyst in self.cysts.iter().filter(|cyst| cyst.layer == layer) {
            let half = cyst.width_um / 2.0;
            for x in self.frame.columns_between(cyst.at_um - half, cyst.at_um + half) {
                let chord = cyst.chord_um(self.frame.at_um(x));
                if chord > 0.0 {
                    needed[x] = needed[x].max(SPARE * chord + 2.0 * RIM_ROWS * self.frame.axial_um);
                }
            }
        }
        needed
    }
}
