//! Whether synthetic scans are like real ones where it can be measured without a network.
//!
//! Synthetic and real scans share their masks, so everything is measured at the same pixels: brightness by
//! class, cysts against their surroundings, grain, and the place of the outer edges.

use serde::Serialize;

use super::edges::{Edge, edge_distances, median};
use super::regions::{CLASS_COUNT, ClassGreys, FluidRing, correlation, fluid_ring};
use super::texture::{Texture, Textures};
use crate::scan::GreyImage;

/// Fluid pixels above which a scan takes part in the ring test.
pub const RING_TEST_FLUID_PX: usize = 200;
/// Least share of those scans in which fluid must be darker than its ring.
pub const LEAST_DARK_SHARE: f64 = 0.9;
/// The correlation of class means must be above this.
pub const CORRELATION_ABOVE: f64 = 0.95;
/// Largest relative deviation of a class's grain from the real scans'.
pub const GRAIN_TOLERANCE: f64 = 0.25;
/// Largest median distance of the strongest edge from the mask's interface, in pixels.
pub const MOST_EDGE_DISTANCE_PX: f64 = 2.0;

/// The planes of a scan that both pictures share.
#[derive(Clone, Copy, Debug)]
pub struct Mask<'a> {
    /// Composite codes, row-major.
    pub labels: &'a [u8],
    /// Pixels that were scanned.
    pub scanned: &'a [bool],
    /// Pixels that were scanned and lie in columns where every boundary is annotated.
    pub counted: &'a [bool],
}

/// What is known of one set of pictures (the real ones, or those of one maker).
#[derive(Clone, Debug, Default)]
pub struct PictureSet {
    greys: ClassGreys,
    textures: Textures,
    scan_class_means: Vec<[Option<f64>; CLASS_COUNT]>,
    rings: Vec<FluidRing>,
    ilm_distances: Vec<f64>,
    bm_distances: Vec<f64>,
}

impl PictureSet {
    /// Adds a picture over its mask. Pictures of different sets must be added in the same order.
    pub fn add(&mut self, image: &GreyImage, mask: Mask) {
        let mut own = ClassGreys::default();
        own.add(image, mask.labels, mask.counted);
        self.scan_class_means.push(own.means());
        self.greys.add(image, mask.labels, mask.counted);
        self.textures.add(image, mask.labels, mask.counted);
        // Most columns with a boundary missing are above cysts, which is where fluid lies.
        self.rings.extend(fluid_ring(image, mask.labels, mask.scanned));
        self.ilm_distances.extend(edge_distances(image, mask.labels, mask.counted, Edge::Ilm));
        self.bm_distances.extend(edge_distances(image, mask.labels, mask.counted, Edge::Bm));
    }

    /// Mean grey of each class over all pictures.
    pub fn class_means(&self) -> [Option<f64>; CLASS_COUNT] {
        self.greys.means()
    }

    /// Grain of each class over all pictures.
    pub fn textures(&self) -> [Option<Texture>; CLASS_COUNT] {
        self.textures.textures()
    }

    /// Scans that take part in the ring test, and in how many of them fluid is darker than its ring.
    pub fn dark_fluid(&self) -> (usize, usize) {
        let tested = || self.rings.iter().filter(|ring| ring.fluid_px > RING_TEST_FLUID_PX);
        (tested().filter(|ring| ring.fluid_mean < ring.ring_mean).count(), tested().count())
    }

    /// Median distances of the strongest edges from ILM and BM, in pixels.
    pub fn edge_medians(&self) -> (Option<f64>, Option<f64>) {
        (median(self.ilm_distances.clone()), median(self.bm_distances.clone()))
    }

    /// Correlation with another set's class means: over classes, and over every class of every scan.
    pub fn brightness_correlations(&self, other: &PictureSet) -> (Option<f64>, Option<f64>) {
        let pairs = |a: &[Option<f64>; CLASS_COUNT], b: &[Option<f64>; CLASS_COUNT]| -> Vec<(f64, f64)> {
            a.iter().zip(b).filter_map(|(a, b)| Some(((*a)?, (*b)?))).collect()
        };
        let by_scan: Vec<(f64, f64)> = self
            .scan_class_means
            .iter()
            .zip(&other.scan_class_means)
            .flat_map(|(a, b)| pairs(a, b))
            .collect();
        (correlation(&pairs(&self.class_means(), &other.class_means())), correlation(&by_scan))
    }
}

/// One line of the verdict.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Criterion {
    pub name: &'static str,
    /// What was measured, for a person.
    pub measured: String,
    /// The figure itself, where there is one.
    pub value: Option<f64>,
    /// What it must be.
    pub required: String,
    pub passed: bool,
}

impl Criterion {
    /// Whether it is about grain, which needs no pictures of the same masks.
    pub fn is_grain(&self) -> bool {
        GRAIN.iter().any(|(name, _)| *name == self.name)
    }
}

/// A figure of a class's grain.
type Figure = fn(&Texture) -> Option<f64>;

/// The figures of grain that are compared.
const GRAIN: [(&str, Figure); 3] = [
    ("speckle contrast", |texture| Some(texture.contrast)),
    ("autocorrelation width, lateral", |texture| texture.lateral_width_px),
    ("autocorrelation width, axial", |texture| texture.axial_width_px),
];

/// The criteria of `synthetic` pictures against the `real` ones of the same masks.
pub fn criteria(synthetic: &PictureSet, real: &PictureSet) -> Vec<Criterion> {
    let (dark, tested) = synthetic.dark_fluid();
    let dark_share = dark as f64 / tested.max(1) as f64;
    let (over_classes, over_scans) = synthetic.brightness_correlations(real);
    let (ilm, bm) = synthetic.edge_medians();
    let mut criteria = vec![
        Criterion {
            name: "fluid darker than the 10 px ring of layers around it",
            measured: format!("{dark} of {tested} scans"),
            value: (tested > 0).then_some(dark_share),
            required: format!(
                "at least {:.0} % of scans with more than {RING_TEST_FLUID_PX} px of fluid",
                100.0 * LEAST_DARK_SHARE
            ),
            passed: tested > 0 && dark_share >= LEAST_DARK_SHARE,
        },
        Criterion {
            name: "correlation of class mean greys",
            measured: format!("{} (scan by scan {})", shown(over_classes, 3), shown(over_scans, 3)),
            value: over_classes,
            required: format!("above {CORRELATION_ABOVE}"),
            passed: over_classes.is_some_and(|value| value > CORRELATION_ABOVE),
        },
    ];
    let (drawn, expected) = (synthetic.textures(), real.textures());
    for (name, figure) in GRAIN {
        criteria.push(grain_criterion(name, figure, &drawn, &expected));
    }
    for (name, distance) in [("strongest edge at ILM", ilm), ("strongest edge at BM", bm)] {
        criteria.push(Criterion {
            name,
            measured: format!("{} px from the mask (median)", shown(distance, 1)),
            value: distance,
            required: format!("at most {MOST_EDGE_DISTANCE_PX} px"),
            passed: distance.is_some_and(|distance| distance <= MOST_EDGE_DISTANCE_PX),
        });
    }
    criteria
}

/// Every class that has a figure in the real scans must have one within the tolerance of it.
fn grain_criterion(
    name: &'static str,
    figure: Figure,
    synthetic: &[Option<Texture>; CLASS_COUNT],
    real: &[Option<Texture>; CLASS_COUNT],
) -> Criterion {
    // Relative deviation of each class; `None` where the synthetic pictures have no such figure.
    let deviations: Vec<(usize, Option<f64>)> = (0..CLASS_COUNT)
        .filter_map(|class| {
            let expected = real[class].as_ref().and_then(figure)?;
            let found = synthetic[class].as_ref().and_then(figure);
            Some((class, found.map(|found| found / expected - 1.0)))
        })
        .collect();
    let size = |deviation: Option<f64>| deviation.map_or(f64::INFINITY, f64::abs);
    let within = deviations.iter().filter(|(_, deviation)| size(*deviation) <= GRAIN_TOLERANCE).count();
    let worst = deviations.iter().max_by(|a, b| size(a.1).total_cmp(&size(b.1)));
    let measured = match worst {
        Some(&(class, deviation)) => {
            let name = class_name(class);
            let worst = deviation.map_or_else(
                || format!("none in {name}"),
                |size| format!("worst {name} {:+.0} %", 100.0 * size),
            );
            format!("{within} of {} classes, {worst}", deviations.len())
        }
        None => "nothing to compare".to_owned(),
    };
    Criterion {
        name,
        measured,
        value: worst.and_then(|(_, deviation)| *deviation),
        required: format!("every class within {:.0} % of the real scans", 100.0 * GRAIN_TOLERANCE),
        passed: !deviations.is_empty() && within == deviations.len(),
    }
}

/// The short name of a measured class.
pub fn class_name(class: usize) -> &'static str {
    crate::anatomy::LABELS[class].name
}

/// A figure with `digits` decimals, or a dash.
pub fn shown(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
}
