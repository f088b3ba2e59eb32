//! Cysts of a recipe: how large each is, and where it lies, drawn so that all of them fit.

use std::f64::consts::PI;

use serde::Serialize;

use super::conflict::Conflict;
use super::extent::Extent;
use super::frame::Frame;
use super::intervals::{IntervalUm, distribute, subtract};
use super::recipe::{CaseRecipe, CystWish, LayerName};
use super::shapes::LOSS_EDGE_UM;
use crate::mask::random::SeededRandom;

/// Ratio of height to width where a recipe leaves it open.
const FLATNESS: [f64; 2] = [0.4, 0.7];
/// Tissue between two cysts of one layer: columns, and um beside them.
const GAP_COLUMNS: f64 = 3.0;
const GAP_UM: f64 = 12.0;
/// Cysts keep away from the image's sides.
const MARGIN_UM: f64 = 60.0;
/// Layers that are nearly absent at the fovea hold cysts beside it as long as there is room.
const AVOIDED_FOVEA_UM: f64 = 260.0;
/// How far a cyst's fattest place may lie from its middle.
const MAX_SKEW: f64 = 0.12;

/// A cyst with its place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DrawnCyst {
    /// Which of the recipe's groups it belongs to, from 0.
    pub group: usize,
    /// The layer it lies in.
    pub layer: LayerName,
    /// Distance of its middle from the fovea, to the right positive.
    pub at_um: f64,
    /// Along the scan.
    pub width_um: f64,
    /// Down the scan, at its fattest place.
    pub height_um: f64,
    /// How far its fattest place lies from its middle, as a share of half its width.
    #[serde(skip)]
    pub skew: f64,
    /// Where it lies in the room its layer gives it: -1 at the top, 1 at the bottom.
    #[serde(skip)]
    pub offset: f64,
}

impl DrawnCyst {
    /// Its height at a distance from the fovea.
    pub fn chord_um(&self, at_um: f64) -> f64 {
        let u = (at_um - self.at_um) / (self.width_um / 2.0);
        if u.abs() >= 1.0 {
            return 0.0;
        }
        let v = u + self.skew * (1.0 - u * u);
        self.height_um * (1.0 - v * v).max(0.0).sqrt()
    }

    /// Area of a lens of its width and height.
    pub fn area_um2(&self) -> f64 {
        PI / 4.0 * self.width_um * self.height_um
    }
}

/// The cysts of all groups of a recipe.
///
/// # Errors
/// What keeps a group from being drawn, for each that cannot be: an area its sizes do not add up to, or no room.
pub fn draw_cysts(
    recipe: &CaseRecipe,
    frame: &Frame,
    random: &mut SeededRandom,
) -> Result<Vec<DrawnCyst>, Vec<Conflict>> {
    let mut cysts: Vec<DrawnCyst> = Vec::new();
    let mut conflicts = Vec::new();
    for (group, wish) in recipe.cysts.iter().enumerate() {
        let placed = draw_sizes(group, wish, random).and_then(|sizes| {
            let room = Room { recipe, frame, taken: &cysts, group, wish };
            room.place(&sizes, random)
        });
        match placed {
            Ok(more) => cysts.extend(more),
            Err(conflict) => conflicts.push(conflict),
        }
    }
    if conflicts.is_empty() { Ok(cysts) } else { Err(conflicts) }
}

/// Widths and heights of a group: within their bounds, and of the area where one is asked for.
fn draw_sizes(group: usize, wish: &CystWish, random: &mut SeededRandom) -> Result<Vec<[f64; 2]>, Conflict> {
    let drawn: Vec<[f64; 2]> = (0..wish.count)
        .map(|_| {
            let (width, flatness) = (random.share(), random.between(FLATNESS[0], FLATNESS[1]));
            // Small cysts are more frequent than large ones.
            let width = wish.width_um.at(width * (0.4 + 0.6 * width));
            let height = wish.height_um.map_or(flatness * width, |extent| extent.clamp(flatness * width));
            [width, height]
        })
        .collect();
    let Some(requested_mm2) = wish.area_mm2 else { return Ok(drawn) };
    let requested = requested_mm2 * 1e6;
    let scaled = |factor: f64| -> Vec<[f64; 2]> {
        let size = |&[width, height]: &[f64; 2]| {
            let scaled = wish.width_um.clamp(width * factor);
            let tall = wish.height_um.unwrap_or(Extent::between(FLATNESS[0] * scaled, FLATNESS[1] * scaled));
            [scaled, tall.clamp(height * factor)]
        };
        drawn.iter().map(size).collect()
    };
    let area = |sizes: &[[f64; 2]]| sizes.iter().map(|[w, h]| PI / 4.0 * w * h).sum::<f64>();
    let (mut low, mut high) = (1e-3, 1e3);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if area(&scaled(middle)) < requested { low = middle } else { high = middle }
    }
    let sizes = scaled(high);
    if (area(&sizes) - requested).abs() <= 0.002 * requested {
        return Ok(sizes);
    }
    let (least, most) = (area(&scaled(1e-3)) / 1e6, area(&scaled(1e3)) / 1e6);
    Err(Conflict {
        wish: format!("cysts[{group}].area_mm2"),
        against: format!("cysts[{group}].width_um"),
        why: format!(
            "{} cysts of {} um cover between {least:.4} and {most:.4} mm2, not {requested_mm2}",
            wish.count, wish.width_um
        ),
        remedy: if requested < least * 1e6 {
            format!("ask for at least {least:.4} mm2, or for fewer or smaller cysts")
        } else {
            format!("ask for at most {most:.4} mm2, or for more or larger cysts")
        },
    })
}

/// Tissue between two cysts of one layer.
fn gap_um(frame: &Frame) -> f64 {
    GAP_COLUMNS * frame.lateral_um + GAP_UM
}

/// Where the cysts of a group may lie.
struct Room<'a> {
    recipe: &'a CaseRecipe,
    frame: &'a Frame,
    taken: &'a [DrawnCyst],
    group: usize,
    wish: &'a CystWish,
}

impl Room<'_> {
    fn place(&self, sizes: &[[f64; 2]], random: &mut SeededRandom) -> Result<Vec<DrawnCyst>, Conflict> {
        let gap = gap_um(self.frame);
        let widths: Vec<f64> = sizes.iter().map(|[width, _]| width + gap).collect();
        let smallest = sizes.iter().map(|[width, _]| *width).fold(f64::INFINITY, f64::min);
        let beside = self.intervals(smallest, AVOIDED_FOVEA_UM);
        let everywhere = self.intervals(smallest, 0.0);
        let places =
            distribute(&widths, &spans(&beside), random).map(|places| (places, beside)).or_else(|| {
                distribute(&widths, &spans(&everywhere), random).map(|places| (places, everywhere.clone()))
            });
        let Some((places, intervals)) = places else { return Err(self.conflict(sizes, &everywhere)) };
        let cysts = sizes.iter().zip(places).map(|(&[width_um, height_um], (interval, middle))| DrawnCyst {
            group: self.group,
            layer: intervals[interval].0,
            at_um: middle,
            width_um,
            height_um,
            skew: MAX_SKEW * random.about_zero(),
            offset: 0.6 * random.about_zero(),
        });
        Ok(cysts.collect())
    }

    /// The free intervals of the group's layers, each with room for a gap at its ends.
    fn intervals(&self, smallest: f64, avoided_um: f64) -> Vec<(LayerName, IntervalUm)> {
        let (wish, frame) = (self.wish, self.frame);
        let gap = gap_um(frame);
        let beyond_middle = smallest / 2.0 + gap / 2.0;
        let [left, right] = frame.edges_um();
        let mut found = Vec::new();
        for &layer in &wish.layers {
            let thin_at_fovea = layer < LayerName::OnlIsm;
            let inner = if thin_at_fovea { wish.beyond_um.max(avoided_um) } else { wish.beyond_um };
            let sides = if inner > 0.0 {
                vec![
                    [-wish.within_um - beyond_middle, -inner + beyond_middle],
                    [inner - beyond_middle, wish.within_um + beyond_middle],
                ]
            } else {
                vec![[-wish.within_um - beyond_middle, wish.within_um + beyond_middle]]
            };
            let taken = self.taken.iter().filter(|cyst| cyst.layer == layer);
            let taken = taken.map(|cyst| [cyst.at_um, (cyst.width_um + gap) / 2.0]);
            let lost = self.recipe.loss.iter().filter(|loss| loss.layers.contains(&layer));
            let lost = lost.map(|loss| [loss.at_um, loss.width_um / 2.0 + LOSS_EDGE_UM]);
            let blocked: Vec<IntervalUm> =
                taken.chain(lost).map(|[middle, half]| [middle - half, middle + half]).collect();
            for [from, to] in sides {
                let side = [from.max(left + MARGIN_UM), to.min(right - MARGIN_UM)];
                found.extend(subtract(side, &blocked).into_iter().map(|interval| (layer, interval)));
            }
        }
        found
    }

    fn conflict(&self, sizes: &[[f64; 2]], intervals: &[(LayerName, IntervalUm)]) -> Conflict {
        let (group, wish) = (self.group, self.wish);
        let gap = gap_um(self.frame);
        let room: f64 = intervals.iter().map(|(_, [from, to])| (to - from).max(0.0)).sum();
        let widths: f64 = sizes.iter().map(|[width, _]| width).sum();
        let mean = widths / sizes.len().max(1) as f64;
        let fit = intervals
            .iter()
            .map(|(_, [from, to])| ((to - from) / (mean + gap)).floor().max(0.0))
            .sum::<f64>();
        let layers: Vec<&str> = wish.layers.iter().map(|layer| layer.name()).collect();
        let narrower = (room / f64::from(wish.count) - gap).floor();
        let narrower = if narrower >= 4.0 * self.frame.lateral_um {
            format!(", or for cysts of about {narrower:.0} um")
        } else {
            String::new()
        };
        Conflict {
            wish: format!("cysts[{group}].count = {}", wish.count),
            against: format!("cysts[{group}].width_um = {}, within_um = {}", wish.width_um, wish.within_um),
            why: format!(
                "{} cysts of {mean:.0} um side by side, with {gap:.0} um of tissue between them, are {:.0} um long; \
                 {} {} {room:.0} um for them there (the image, other cysts and lost layers leave no more)",
                wish.count,
                widths + gap * sizes.len() as f64,
                layers.join(" and "),
                if layers.len() == 1 { "has" } else { "have" },
            ),
            remedy: format!("ask for {fit:.0} of them{narrower}, for more layers, or for a larger within_um"),
        }
    }
}

fn spans(intervals: &[(LayerName, IntervalUm)]) -> Vec<IntervalUm> {
    intervals.iter().map(|(_, interval)| *interval).collect()
}
