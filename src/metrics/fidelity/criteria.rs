//! The verdict: what was measured, what it must be, and whether it is.

use serde::Serialize;

use super::lines::{Line, off_by};
use super::tracking::{can_be_tracked, tracking};
use super::{PictureSet, RING_TEST_FLUID_PX, shown};

/// Least share of the scans with fluid in which it must be darker than its ring.
pub const LEAST_DARK_SHARE: f64 = 0.9;
/// The correlation of class means must be above this.
pub const CORRELATION_ABOVE: f64 = 0.95;
/// Largest median distance of the strongest edge from the mask's interface, in pixels.
pub const MAX_EDGE_DISTANCE_PX: f64 = 2.0;

/// One line of the verdict.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Criterion {
    /// What it is called in reports.
    pub name: &'static str,
    /// What was measured, for a person.
    pub measured: String,
    /// The figure itself, where there is one: of the lines that compare figures of several classes, the factor that
    /// is farthest beyond its tolerance.
    pub value: Option<f64>,
    /// What it must be.
    pub required: String,
    /// Whether what was measured is what it must be.
    pub passed: bool,
    /// Whether pictures of other masks can be held against it too.
    pub holds_between_eyes: bool,
}

/// The criteria of `synthetic` pictures against the `real` ones of the same masks.
pub fn criteria(synthetic: &PictureSet, real: &PictureSet) -> Vec<Criterion> {
    let mut criteria = vec![dark_fluid(synthetic), class_greys(synthetic, real)];
    criteria.extend(Line::ALL.map(|line| near_the_real_scans(line, synthetic, real)));
    criteria.push(greys_track(synthetic, real));
    let (ilm, bm) = synthetic.edge_medians();
    criteria.extend([("strongest edge at ILM", ilm), ("strongest edge at BM", bm)].map(
        |(name, distance)| Criterion {
            name,
            measured: format!("{} px from the mask (median)", shown(distance, 1)),
            value: distance,
            required: format!("at most {MAX_EDGE_DISTANCE_PX} px"),
            passed: distance.is_some_and(|distance| distance <= MAX_EDGE_DISTANCE_PX),
            holds_between_eyes: false,
        },
    ));
    criteria
}

fn dark_fluid(synthetic: &PictureSet) -> Criterion {
    let (dark, tested) = synthetic.dark_fluid();
    let share = dark as f64 / tested.max(1) as f64;
    Criterion {
        name: "fluid darker than the 10 px ring of layers around it",
        measured: format!("{dark} of {tested} scans"),
        value: (tested > 0).then_some(share),
        required: format!(
            "at least {:.0} % of scans with more than {RING_TEST_FLUID_PX} px of fluid",
            100.0 * LEAST_DARK_SHARE
        ),
        passed: tested > 0 && share >= LEAST_DARK_SHARE,
        holds_between_eyes: false,
    }
}

fn class_greys(synthetic: &PictureSet, real: &PictureSet) -> Criterion {
    let (over_classes, over_scans) = synthetic.brightness_correlations(real);
    Criterion {
        name: "correlation of class mean greys",
        measured: format!("{} (scan by scan {})", shown(over_classes, 3), shown(over_scans, 3)),
        value: over_classes,
        required: format!("above {CORRELATION_ABOVE}"),
        passed: over_classes.is_some_and(|value| value > CORRELATION_ABOVE),
        holds_between_eyes: false,
    }
}

/// Every figure that the real scans have must be there within the tolerance.
fn near_the_real_scans(line: Line, synthetic: &PictureSet, real: &PictureSet) -> Criterion {
    let factors = line.factors(synthetic, real);
    let off = |factor: &Option<f64>| off_by(factor.unwrap_or(0.0));
    let within = factors.iter().filter(|(name, factor)| off(factor) <= line.tolerance(name)).count();
    let beyond = |(name, factor): &(&str, Option<f64>)| off(factor) / line.tolerance(name);
    let worst = factors.iter().max_by(|a, b| beyond(a).total_cmp(&beyond(b)));
    let [others, fluid] = line.tolerances();
    let mut required = format!("within a factor of {others:.2} of the real scans, as training eyes are");
    if others < fluid {
        required += &format!("; fluid {fluid:.2}");
    }
    let one = |set: &PictureSet| shown(line.figures(set)[0].1, 3);
    let measured = match (worst, &factors[..]) {
        (None, _) => "nothing to compare".to_owned(),
        (Some(_), [_]) => format!("{}, real {}", one(synthetic), one(real)),
        (Some((name, factor)), _) => {
            let worst = factor
                .map_or_else(|| format!("none in {name}"), |factor| format!("worst {name} x {factor:.2}"));
            format!("{within} of {}, {worst}", factors.len())
        }
    };
    Criterion {
        name: line.name(),
        measured,
        value: worst.and_then(|(_, factor)| *factor),
        required,
        passed: within == factors.len() && (!factors.is_empty() || line.may_lack_figures()),
        holds_between_eyes: line.holds_between_eyes(),
    }
}

fn greys_track(synthetic: &PictureSet, real: &PictureSet) -> Criterion {
    let tracking = tracking(synthetic, real);
    let is_judged = can_be_tracked(real);
    Criterion {
        name: "layers' greys follow the real scans from scan to scan",
        measured: match tracking {
            Some(found) => format!("correlation {:.2}, by chance {:.2}", found.correlation, found.by_chance),
            None if is_judged => "no differences from scan to scan".to_owned(),
            None => "too few scans to compare".to_owned(),
        },
        value: tracking.map(|found| found.correlation),
        required: "above 95 % of shuffles of the scans".to_owned(),
        passed: !is_judged || tracking.is_some_and(|found| found.correlation > found.by_chance),
        holds_between_eyes: false,
    }
}
