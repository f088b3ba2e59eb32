//! Fluid, asked and measured: how many, how large, where, and how much of it.

use super::cysts::DrawnCyst;
use super::extent::Extent;
use super::finding::Finding;
use super::frame::Frame;
use super::lesions::{FoundLesion, matched};
use super::recipe::{CaseRecipe, CystWish, DomeWish};
use crate::anatomy::Lesion;
use crate::mask::dome::{DOME_AREA_SHARE, dome_rise};

/// Areas are met within this share.
pub const AREA_TOLERANCE: f64 = 0.02;
/// Sizes are met within this share, or so many pixels where that is more.
const SIZE_TOLERANCE: f64 = 0.08;
const SIZE_PIXELS: f64 = 2.0;
/// A place is met within so much, or two columns where that is more.
const PLACE_TOLERANCE_UM: f64 = 40.0;

/// The findings of all three kinds of fluid.
pub fn findings(
    recipe: &CaseRecipe,
    lesions: &[FoundLesion],
    drawn: Option<&[DrawnCyst]>,
    frame: &Frame,
) -> Vec<Finding> {
    let of = |lesion: Lesion| lesions.iter().filter(|found| found.lesion == lesion).collect::<Vec<_>>();
    let mut findings = cyst_findings(recipe, &of(Lesion::Irf), drawn, frame);
    for (kind, lesion, wishes) in [("srf", Lesion::Srf, &recipe.srf), ("ped", Lesion::Ped, &recipe.ped)] {
        findings.extend(dome_findings(kind, wishes, &of(lesion), frame));
    }
    findings
}

fn count(wish: &str, what: &str, requested: usize, measured: usize) -> Finding {
    Finding::new(wish, what, "", [requested as f64; 2], 0.0, Some(measured as f64))
}

fn area(wish: &str, what: &str, requested_um2: [f64; 2], found: &[&FoundLesion]) -> Finding {
    let measured = found.iter().fold(0.0, |sum, lesion| sum + lesion.area_um2) / 1e6;
    let requested = requested_um2.map(|um2| um2 / 1e6);
    Finding::new(wish, what, "mm2", requested, AREA_TOLERANCE * requested[1], Some(measured))
}

/// Whether a measured size is one that will do.
fn is_size(extent: Extent, measured: f64, px_um: f64) -> bool {
    let tolerance = |um: f64| (SIZE_TOLERANCE * um).max(SIZE_PIXELS * px_um);
    measured >= extent.low - tolerance(extent.low) && measured <= extent.high + tolerance(extent.high)
}

fn cyst_findings(
    recipe: &CaseRecipe,
    found: &[&FoundLesion],
    drawn: Option<&[DrawnCyst]>,
    frame: &Frame,
) -> Vec<Finding> {
    let counts: Vec<usize> = recipe.cysts.iter().map(|wish| wish.count as usize).collect();
    let mut findings =
        vec![count("cysts", "cysts, connected regions of IRF", counts.iter().sum(), found.len())];
    let fits = |wish: usize, lesion: usize| is_wished(&recipe.cysts[wish], found[lesion], frame);
    let got = matched(&counts, found.len(), fits);
    for (index, (wish, got)) in recipe.cysts.iter().zip(got).enumerate() {
        let layers: Vec<&str> = wish.layers.iter().map(|layer| layer.name()).collect();
        let what = format!(
            "cysts in {}, {} um wide, within {} um of the fovea",
            layers.join(" or "),
            wish.width_um,
            wish.within_um
        );
        findings.push(count(&format!("cysts[{index}].count"), &what, wish.count as usize, got));
    }
    if !recipe.cysts.is_empty() {
        let requested = match drawn {
            Some(drawn) => [drawn.iter().map(DrawnCyst::area_um2).sum(); 2],
            None => {
                recipe.cysts.iter().map(possible_area_um2).fold([0.0; 2], |a, b| [a[0] + b[0], a[1] + b[1]])
            }
        };
        findings.push(area("cysts.area_mm2", "area of all cysts", requested, found));
    }
    findings
}

fn is_wished(wish: &CystWish, found: &FoundLesion, frame: &Frame) -> bool {
    let away = found.at_um.abs();
    let near = PLACE_TOLERANCE_UM.max(2.0 * frame.lateral_um);
    found.layer.is_some_and(|layer| wish.layers.contains(&layer))
        && is_size(wish.width_um, found.width_um, frame.lateral_um)
        && wish.height_um.is_none_or(|extent| is_size(extent, found.height_um, frame.axial_um))
        && away <= wish.within_um + near
        && away >= wish.beyond_um - near
}

/// Least and most area of a group, of lenses as large as it allows.
fn possible_area_um2(wish: &CystWish) -> [f64; 2] {
    if let Some(mm2) = wish.area_mm2 {
        return [mm2 * 1e6; 2];
    }
    let height = wish.height_um.unwrap_or(Extent::between(0.4 * wish.width_um.low, 0.7 * wish.width_um.high));
    let lenses = f64::from(wish.count) * std::f64::consts::PI / 4.0;
    [lenses * wish.width_um.low * height.low, lenses * wish.width_um.high * height.high]
}

fn dome_findings(kind: &str, wishes: &[DomeWish], found: &[&FoundLesion], frame: &Frame) -> Vec<Finding> {
    let what = format!("domes of {}, connected regions", kind.to_uppercase());
    let mut findings = vec![count(kind, &what, wishes.len(), found.len())];
    // Each wish takes the dome that is most like it, places first.
    let mut left: Vec<&&FoundLesion> = found.iter().collect();
    let mut order: Vec<usize> = (0..wishes.len()).collect();
    order.sort_by_key(|&index| wishes[index].at_um.is_none());
    let mut own: Vec<Option<&FoundLesion>> = vec![None; wishes.len()];
    for index in order {
        let unlike = |lesion: &FoundLesion| {
            let wish = &wishes[index];
            let place = wish.at_um.map_or(0.0, |at| (lesion.at_um - at).abs() / 100.0);
            place
                + (lesion.width_um - wish.width_um).abs() / wish.width_um
                + (lesion.height_um - wish.height_um).abs() / wish.height_um
        };
        let nearest = (0..left.len()).min_by(|&a, &b| unlike(left[a]).total_cmp(&unlike(left[b])));
        own[index] = nearest.map(|nearest| *left.remove(nearest));
    }
    for (index, (wish, own)) in wishes.iter().zip(own).enumerate() {
        let size = |name: &str, requested: [f64; 2], px_um: f64, measured: Option<f64>| {
            let tolerance = (0.03 * requested[1]).max(SIZE_PIXELS * px_um);
            let what = format!("{name} of the dome");
            Finding::new(format!("{kind}[{index}].{name}_um"), what, "um", requested, tolerance, measured)
        };
        let width = [wish.width_um * visible_share(wish.height_um / frame.axial_um), wish.width_um];
        findings.push(size("height", [wish.height_um; 2], frame.axial_um, own.map(|l| l.height_um)));
        findings.push(size("width", width, frame.lateral_um, own.map(|l| l.width_um)));
        if let Some(at) = wish.at_um {
            let tolerance = PLACE_TOLERANCE_UM.max(2.0 * frame.lateral_um);
            let wish = format!("{kind}[{index}].at_um");
            findings.push(Finding::new(
                wish,
                "middle of the dome",
                "um",
                [at; 2],
                tolerance,
                own.map(|l| l.at_um),
            ));
        }
    }
    if !wishes.is_empty() {
        let requested =
            wishes.iter().map(|wish| DOME_AREA_SHARE * wish.width_um * wish.height_um).sum::<f64>();
        let what = format!("area of all {}", kind.to_uppercase());
        findings.push(area(&format!("{kind}.area_mm2"), &what, [requested; 2], found));
    }
    findings
}

/// Share of a dome's width over which it is at least half a row high, and so has pixels.
fn visible_share(height_rows: f64) -> f64 {
    let [mut inside, mut outside] = [0.0, 1.0];
    for _ in 0..40 {
        let middle = (inside + outside) / 2.0;
        if height_rows * dome_rise(middle) >= 0.5 { inside = middle } else { outside = middle }
    }
    inside
}
