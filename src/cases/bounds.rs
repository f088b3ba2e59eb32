//! What a recipe may ask for: values that an eye, an image and a computer can hold.

use super::conflict::CaseError;
use super::design::{DEFAULT_COLUMNS, DEFAULT_ROWS};
use super::extent::Extent;
use super::recipe::{CaseRecipe, CystWish, DomeWish, LayerName, RECIPE_VERSION, ScanFrame};
use super::report::STEEPEST;
use crate::mask::Mask;
use crate::mask::dome::DOME_STEEPNESS;

/// Largest seed: the largest whole number that every reader of JSON and TOML keeps exactly.
pub const MAX_SEED: u64 = 1 << 53;
/// Largest image; bigger ones take the solver too long.
const MAX_SIDE_PX: u32 = 2048;
const MIN_COLUMNS: u32 = 128;
const MIN_ROWS: u32 = 128;
/// Cysts of a whole case.
const MAX_CYSTS: u32 = 200;
/// Groups and domes of one kind.
const MAX_ITEMS: usize = 16;
const MAX_NAME_CHARS: usize = 200;
const MAX_ABOUT_CHARS: usize = 4000;
/// A dome's lean makes its steeper side so much steeper.
const LEANING: f64 = 1.2;

impl CaseRecipe {
    /// Refuses values that are out of bounds, as [`super::solve`] does.
    ///
    /// # Errors
    /// With a line for each value: the place, what stands there, and what may.
    pub fn check(&self) -> Result<(), CaseError> {
        check(self, None)
    }
}

/// Refuses values that are out of bounds; all of them are named.
///
/// # Errors
/// With a line for each: the place, what stands there, and what may.
pub fn check(recipe: &CaseRecipe, base: Option<&Mask>) -> Result<(), CaseError> {
    let mut bounds = Bounds::default();
    check_card(&mut bounds, recipe);
    check_scan(&mut bounds, &recipe.scan, recipe, base);
    check_layers(&mut bounds, recipe);
    check_cysts(&mut bounds, recipe);
    for (kind, wishes) in [("srf", &recipe.srf), ("ped", &recipe.ped)] {
        for (index, wish) in wishes.iter().enumerate() {
            check_dome(&mut bounds, &format!("{kind}[{index}]"), wish);
        }
    }
    if bounds.problems.is_empty() { Ok(()) } else { Err(CaseError::OutOfBounds(bounds.problems)) }
}

fn check_card(bounds: &mut Bounds, r: &CaseRecipe) {
    if r.version != RECIPE_VERSION {
        bounds.problem("version", format!("is {}; this program knows version {RECIPE_VERSION}", r.version));
    }
    if r.name.trim().is_empty() || r.name.chars().count() > MAX_NAME_CHARS {
        bounds.problem("name", format!("needs 1 to {MAX_NAME_CHARS} characters"));
    }
    if r.about.chars().count() > MAX_ABOUT_CHARS {
        bounds.problem("about", format!("needs at most {MAX_ABOUT_CHARS} characters"));
    }
    if r.seed > MAX_SEED {
        bounds.problem("seed", format!("is {}; the largest is {MAX_SEED}", r.seed));
    }
    if let Some(um) = r.central_thickness_um {
        bounds.number("central_thickness_um", um, 80.0, 1200.0);
    }
    bounds.number("base.pit", r.base.pit, 0.0, 1.0);
    bounds.number("base.variation", r.base.variation, 0.0, 1.0);
    if r.base.mask.is_some() && (r.base.pit != 1.0 || r.scan.tilt_um_per_mm.is_some()) {
        let problem = "takes the pit and the tilt as they are; leave out base.pit and scan.tilt_um_per_mm";
        bounds.problem("base.mask", problem);
    }
    let items = [r.layers.len(), r.cysts.len(), r.srf.len(), r.ped.len(), r.loss.len()];
    for (name, count) in ["layers", "cysts", "srf", "ped", "loss"].into_iter().zip(items) {
        if count > MAX_ITEMS {
            bounds.problem(name, format!("has {count} entries; {MAX_ITEMS} at most"));
        }
    }
}

fn check_layers(bounds: &mut Bounds, recipe: &CaseRecipe) {
    for (index, wish) in recipe.layers.iter().enumerate() {
        bounds.number(&format!("layers[{index}].thickness_um"), wish.thickness_um, 1.0, 700.0);
        bounds.place(&format!("layers[{index}].at_um"), wish.at_um);
        bounds.number(&format!("layers[{index}].width_um"), wish.width_um, 100.0, 12_000.0);
    }
    for (index, wish) in recipe.loss.iter().enumerate() {
        bounds.layers(&format!("loss[{index}].layers"), &wish.layers);
        bounds.number(&format!("loss[{index}].left_um"), wish.left_um, 0.0, 200.0);
        bounds.place(&format!("loss[{index}].at_um"), wish.at_um);
        bounds.number(&format!("loss[{index}].width_um"), wish.width_um, 100.0, 12_000.0);
    }
}

fn check_scan(bounds: &mut Bounds, scan: &ScanFrame, recipe: &CaseRecipe, base: Option<&Mask>) {
    let sides = [
        ("scan.columns", scan.columns, MIN_COLUMNS, DEFAULT_COLUMNS, base.map(Mask::width)),
        ("scan.rows", scan.rows, MIN_ROWS, DEFAULT_ROWS, base.map(Mask::height)),
    ];
    for (name, requested, least, usual, of_base) in sides {
        let side = requested.or(of_base).unwrap_or(usual);
        if !(least..=MAX_SIDE_PX).contains(&side) {
            bounds.problem(name, format!("is {side}; from {least} to {MAX_SIDE_PX} will do"));
        }
        if let (Some(requested), Some(of_base)) = (requested, of_base)
            && requested != of_base
        {
            bounds.problem(name, format!("is {requested}, but the base mask has {of_base}; leave it out"));
        }
    }
    bounds.number("scan.axial_um_per_px", scan.axial_um_per_px, 0.5, 20.0);
    bounds.number("scan.lateral_um_per_px", scan.lateral_um_per_px, 1.0, 60.0);
    bounds.number("scan.from_fovea_um", scan.from_fovea_um, -3000.0, 3000.0);
    if let Some(tilt) = scan.tilt_um_per_mm {
        bounds.number("scan.tilt_um_per_mm", tilt, -300.0, 300.0);
    }
    let columns = scan.columns.or(base.map(Mask::width)).unwrap_or(DEFAULT_COLUMNS);
    let half_um = f64::from(columns) * scan.lateral_um_per_px / 2.0;
    if recipe.central_thickness_um.is_some() && half_um - scan.fovea_um.unwrap_or(0.0).abs() < 500.0 {
        bounds.problem(
            "scan.fovea_um",
            "leaves less than 500 um between the fovea and a side of the image, so there is no central millimetre; \
             give the scan more columns or the fovea a place nearer to the middle",
        );
    } else if !scan.fovea_um.unwrap_or(0.0).is_finite() || scan.fovea_um.unwrap_or(0.0).abs() > half_um {
        bounds.problem("scan.fovea_um", format!("lies outside of the image, which ends at {half_um:.0} um"));
    }
}

fn check_cysts(bounds: &mut Bounds, recipe: &CaseRecipe) {
    let all = recipe.cysts.iter().fold(0_u32, |sum, wish| sum.saturating_add(wish.count));
    if all > MAX_CYSTS {
        bounds.problem("cysts", format!("are {all} together; {MAX_CYSTS} at most"));
    }
    for (index, wish) in recipe.cysts.iter().enumerate() {
        check_cyst_group(bounds, &format!("cysts[{index}]"), wish, &recipe.scan);
    }
}

fn check_cyst_group(bounds: &mut Bounds, name: &str, wish: &CystWish, scan: &ScanFrame) {
    if wish.count == 0 {
        bounds.problem(&format!("{name}.count"), "is 0; leave the group out");
    }
    bounds.layers(&format!("{name}.layers"), &wish.layers);
    let hosts = [LayerName::Ise, LayerName::OsRpe];
    if let Some(layer) = wish.layers.iter().find(|layer| hosts.contains(layer)) {
        let problem = format!(
            "names {}; intraretinal cysts lie in NFL to ONL-ISM, fluid beneath is `srf`",
            layer.name()
        );
        bounds.problem(&format!("{name}.layers"), problem);
    }
    // Fewer pixels make no lens.
    let [least_width, least_height] = [4.0 * scan.lateral_um_per_px, 4.0 * scan.axial_um_per_px];
    bounds.extent(&format!("{name}.width_um"), wish.width_um, least_width, 3000.0);
    if let Some(height) = wish.height_um {
        bounds.extent(&format!("{name}.height_um"), height, least_height, 700.0);
    } else if wish.width_um.low * 0.4 < least_height {
        bounds.problem(
            &format!("{name}.width_um"),
            format!(
                "begins at {}, which is less than 4 rows high; begin at {:.0}",
                wish.width_um.low,
                least_height / 0.4
            ),
        );
    }
    if let Some(mm2) = wish.area_mm2 {
        bounds.number(&format!("{name}.area_mm2"), mm2, 1e-4, 5.0);
    }
    bounds.number(&format!("{name}.within_um"), wish.within_um, 0.0, 6000.0);
    bounds.number(&format!("{name}.beyond_um"), wish.beyond_um, 0.0, wish.within_um);
}

fn check_dome(bounds: &mut Bounds, name: &str, wish: &DomeWish) {
    bounds.number(&format!("{name}.height_um"), wish.height_um, 15.0, 900.0);
    bounds.number(&format!("{name}.width_um"), wish.width_um, 100.0, 8000.0);
    if let Some(at) = wish.at_um {
        bounds.place(&format!("{name}.at_um"), at);
    }
    let steepness = DOME_STEEPNESS * LEANING * wish.height_um / wish.width_um;
    if steepness > STEEPEST {
        bounds.problem(
            &format!("{name}.height_um"),
            format!(
                "is {} on a width of {}: steeper than interfaces are; make it {:.0} um wide or wider, or {:.0} um high \
                 or lower",
                wish.height_um,
                wish.width_um,
                (DOME_STEEPNESS * LEANING * wish.height_um / STEEPEST).ceil(),
                (STEEPEST * wish.width_um / (DOME_STEEPNESS * LEANING)).floor()
            ),
        );
    }
}

/// Collects what is out of bounds.
#[derive(Default)]
struct Bounds {
    problems: Vec<String>,
}

impl Bounds {
    fn problem(&mut self, place: &str, problem: impl AsRef<str>) {
        self.problems.push(format!("{place} {}", problem.as_ref()));
    }

    fn number(&mut self, place: &str, value: f64, low: f64, high: f64) {
        if !(value >= low && value <= high) {
            self.problem(place, format!("is {value}; from {low} to {high} will do"));
        }
    }

    fn place(&mut self, place: &str, value: f64) {
        self.number(place, value, -6000.0, 6000.0);
    }

    fn extent(&mut self, place: &str, extent: Extent, low: f64, high: f64) {
        self.number(place, extent.low, low, high);
        if !extent.is_exact() {
            self.number(place, extent.high, low, high);
        }
        if extent.low > extent.high {
            self.problem(place, format!("is [{}, {}]; the shortest comes first", extent.low, extent.high));
        }
    }

    fn layers(&mut self, place: &str, layers: &[LayerName]) {
        let twice = (1..layers.len()).any(|index| layers[..index].contains(&layers[index]));
        if layers.is_empty() || twice {
            self.problem(place, "names no layer, or one of them twice");
        }
    }
}
