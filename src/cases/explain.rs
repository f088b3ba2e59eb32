//! Why the solver cannot meet a recipe, in um, with what would do.

use super::conflict::Conflict;
use super::design::{Design, mean};
use super::frame::MARGIN_ROWS;
use super::report::CaseReport;
use super::shaping::{Amounts, RIM_ROWS};
use super::tissue::Tissue;

/// A central thickness that the other wishes do not allow; `reached` are the least and the most they do.
pub fn central(design: &Design, amounts: &Amounts, reached: [f64; 2]) -> Vec<Conflict> {
    let requested = design.recipe.central_thickness_um.unwrap_or_default();
    let wish = format!("central_thickness_um = {requested}");
    if requested > reached[1] {
        return vec![Conflict {
            wish,
            against: "the layers that may swell (INL, OPL, ONL-ISM, GCL-IPL)".to_owned(),
            why: format!(
                "with the largest swelling and everything else as asked, it is {:.0} um; layers whose thickness is \
                 asked for, or that are lost, do not swell",
                reached[1]
            ),
            remedy: format!(
                "ask for at most {:.0} um, leave a layer's thickness open, or make domes higher",
                reached[1].floor()
            ),
        }];
    }
    let shares = Shares::of(design, amounts);
    let excess = reached[0] - requested;
    let mut conflicts = Vec::new();
    let thinnest = format!("tissue at its thinnest takes {:.0} um", shares.tissue_um);
    for (against, takes, remedy) in shares.parts(design, excess) {
        conflicts.push(Conflict {
            wish: wish.clone(),
            against,
            why: format!(
                "{thinnest}, this {takes:.0} um more; together with all else {:.0} um at least",
                reached[0]
            ),
            remedy: format!("{remedy}, or ask for {:.0} um or more", reached[0].ceil()),
        });
    }
    if conflicts.is_empty() {
        conflicts.push(Conflict {
            wish,
            against: "the base".to_owned(),
            why: format!("{thinnest}: layers are thinned to little more than half and no further"),
            remedy: format!(
                "ask for {:.0} um or more, or ask for thin layers with `layers` or `loss`",
                reached[0].ceil()
            ),
        });
    }
    conflicts
}

/// What takes how much of the central thickness.
struct Shares {
    tissue_um: f64,
    cysts_um: f64,
    /// Of each dome, in the order of the design.
    domes_um: Vec<f64>,
}

impl Shares {
    fn of(design: &Design, amounts: &Amounts) -> Self {
        let thinnest = Amounts { central: -1.0, ..amounts.clone() };
        let with = design.central_um(&design.shaped(&thinnest)) - design.central_lift_um();
        let without = Design { cysts: Vec::new(), ..design.clone() };
        let tissue_um = without.central_um(&without.shaped(&thinnest)) - design.central_lift_um();
        let lift = |dome: &crate::mask::Dome| {
            mean(design.central_columns().map(|x| dome.lift_rows(x as u32))) * design.frame.axial_um
        };
        Self { tissue_um, cysts_um: with - tissue_um, domes_um: design.domes.iter().map(lift).collect() }
    }

    /// Each wish that takes a millimetre's share of the thickness: its name, what it takes, and how it would fit.
    fn parts(&self, design: &Design, excess: f64) -> Vec<(String, f64, String)> {
        let mut parts = Vec::new();
        if self.cysts_um > 1.0 {
            parts.push((
                "cysts".to_owned(),
                self.cysts_um,
                "ask for fewer or flatter cysts, or put them farther from the fovea (beyond_um)".to_owned(),
            ));
        }
        let recipe = design.recipe;
        let wishes = (0..).zip(&recipe.ped).map(|(index, wish)| (format!("ped[{index}]"), wish));
        let wishes =
            wishes.chain((0..).zip(&recipe.srf).map(|(index, wish)| (format!("srf[{index}]"), wish)));
        for ((name, wish), &um) in wishes.zip(&self.domes_um) {
            if um > 1.0 {
                let fits = wish.height_um * (1.0 - excess / um);
                let remedy = if fits >= 1.0 {
                    format!("lower it to {:.0} um", fits.floor())
                } else {
                    "move it away from the fovea (at_um), or leave it out".to_owned()
                };
                parts.push((format!("{name}.height_um = {}", wish.height_um), um, remedy));
            }
        }
        parts
    }
}

/// A layer thickness that cannot be met; `reached` are the least and the most that can.
pub fn layer(design: &Design, index: usize, reached: [f64; 2]) -> Conflict {
    let wish = &design.recipe.layers[index];
    let tallest = design.cysts.iter().filter(|cyst| cyst.layer == wish.layer);
    let tallest = tallest.map(|cyst| (cyst.group, cyst.height_um)).max_by(|a, b| a.1.total_cmp(&b.1));
    let name = wish.layer.name();
    let requested = format!("layers[{index}].thickness_um = {} ({name})", wish.thickness_um);
    match tallest {
        Some((group, height)) if wish.thickness_um < reached[0] => {
            let needs = height + 2.0 * RIM_ROWS * design.frame.axial_um;
            Conflict {
                wish: requested,
                against: format!("cysts[{group}]"),
                why: format!(
                    "a cyst {height:.0} um high needs {needs:.0} um of {name} where it lies, and with all of them the \
                     layer's mean is {:.0} um at least",
                    reached[0]
                ),
                remedy: format!(
                    "ask for {:.0} um or more, for fewer or flatter cysts (height_um), or for another layer",
                    reached[0].ceil()
                ),
            }
        }
        _ => Conflict {
            wish: requested,
            against: "the base".to_owned(),
            why: format!("{name} can be between {:.1} and {:.0} um thick there", reached[0], reached[1]),
            remedy: "ask for a thickness between these, or for `loss`".to_owned(),
        },
    }
}

/// A retina that is higher than the image.
pub fn no_room_in_image(design: &Design, tissue: &Tissue) -> Option<Conflict> {
    let frame = &design.frame;
    let mut placed = tissue.clone();
    if design.may_move {
        super::healthy::centre_in_image(&mut placed, frame, &design.lifted_um);
    }
    let top = (0..tissue.columns())
        .map(|x| placed.top_um(0, x) - design.lifted_um[x])
        .fold(f64::INFINITY, f64::min);
    let bottom = placed.bm_um.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (top_row, bottom_row) = (top / frame.axial_um, bottom / frame.axial_um);
    let rows = f64::from(frame.rows);
    if top_row >= MARGIN_ROWS && bottom_row <= rows - MARGIN_ROWS {
        return None;
    }
    let needed = (bottom_row - top_row + 2.0 * MARGIN_ROWS).ceil();
    let (against, remedy) = if design.may_move {
        (
            format!("scan.rows = {rows:.0}"),
            format!("give the scan {needed:.0} rows or more, or ask for less height"),
        )
    } else {
        let short = (MARGIN_ROWS - top_row).max(bottom_row - rows + MARGIN_ROWS).ceil();
        (
            "base.mask".to_owned(),
            format!("take a mask with {short:.0} more rows above the ILM, or ask for a lower thickness"),
        )
    };
    Some(Conflict {
        wish: "the height of the retina".to_owned(),
        against,
        why: format!(
            "from its highest to its lowest point the retina is {:.0} um high, the image {:.0}",
            bottom - top,
            rows * frame.axial_um
        ),
        remedy,
    })
}

/// What is left unmet although nothing above stands against it.
pub fn unmet(report: &CaseReport) -> Vec<Conflict> {
    report
        .findings
        .iter()
        .filter(|finding| !finding.met)
        .map(|finding| Conflict {
            wish: finding.wish.clone(),
            against: "the other wishes".to_owned(),
            why: format!("{}: {}", finding.what, finding.in_words()),
            remedy: "make this wish milder, or the others near it".to_owned(),
        })
        .collect()
}
