//! Whether synthetic scans are like real ones where it can be measured without a network.
//!
//! Synthetic and real scans share their masks, so everything is measured at the same pixels: brightness by
//! class, cysts against their surroundings, speckle, the place of the outer edges. A painter that knows the mean greys
//! of the classes and the speckle of each ([`super::painter`]) passes all of that, so there are lines that cannot be
//! painted: edges inside the retina, how eyes differ from each other, what the layers of a column share. What a
//! segmenter finds again ([`agreement`]) needs one, and is counted here alone.

pub mod agreement;
mod criteria;
mod lines;
mod tracking;

pub use criteria::{Criterion, criteria};
pub use lines::{LeaveOneOut, Line, leave_one_eye_out};

use super::columns::Columns;
use super::edges::{Edge, median, strongest_edges};
use super::regions::{CLASS_COUNT, ClassGreys, FluidRing, correlation, fluid_ring};
use super::texture::{COARSE_RADIUS, Texture, Textures};
use crate::scan::GreyImage;

/// Fluid pixels above which a scan takes part in the ring test.
pub const RING_TEST_FLUID_PX: usize = 200;

/// The planes of a scan that both pictures share.
#[derive(Clone, Copy, Debug)]
pub struct Mask<'a> {
    /// Composite codes, row-major.
    pub labels: &'a [u8],
    /// Pixels that were scanned.
    pub scanned: &'a [bool],
    /// Pixels that were scanned and lie in columns where every boundary is annotated.
    pub valid: &'a [bool],
}

/// What is known of one set of pictures (the real ones, or those of one maker).
#[derive(Clone, Debug)]
pub struct PictureSet {
    greys: ClassGreys,
    textures: Textures,
    coarse_textures: Textures,
    scan_class_means: Vec<[Option<f64>; CLASS_COUNT]>,
    rings: Vec<FluidRing>,
    ilm_distances: Vec<f64>,
    bm_distances: Vec<f64>,
    /// Number and sum of the heights of each inner edge.
    inner_heights: [(usize, f64); Edge::INNER.len()],
    columns: Columns,
}

impl Default for PictureSet {
    fn default() -> Self {
        Self {
            greys: ClassGreys::default(),
            textures: Textures::default(),
            coarse_textures: Textures::with_radius(COARSE_RADIUS),
            scan_class_means: Vec::new(),
            rings: Vec::new(),
            ilm_distances: Vec::new(),
            bm_distances: Vec::new(),
            inner_heights: Default::default(),
            columns: Columns::default(),
        }
    }
}

impl PictureSet {
    /// Adds a picture over its mask. Pictures of different sets must be added in the same order.
    pub fn add(&mut self, image: &GreyImage, mask: Mask) {
        let Mask { labels, scanned, valid } = mask;
        let mut own = ClassGreys::default();
        own.add(image, labels, valid);
        self.scan_class_means.push(own.means());
        self.greys.join(&own);
        self.textures.add(image, labels, valid);
        self.coarse_textures.add(image, labels, valid);
        // Most columns with a boundary missing are above cysts, which is where fluid lies.
        self.rings.extend(fluid_ring(image, labels, scanned));
        let [nfl, ipl, inl, opl] = Edge::INNER;
        let [ilm, bm, inner @ ..] =
            strongest_edges(image, labels, valid, [Edge::Ilm, Edge::Bm, nfl, ipl, inl, opl]);
        self.ilm_distances.extend(ilm.iter().map(|edge| edge.distance_px));
        self.bm_distances.extend(bm.iter().map(|edge| edge.distance_px));
        for ((count, sum), edges) in self.inner_heights.iter_mut().zip(&inner) {
            *count += edges.len();
            *sum += edges.iter().map(|edge| edge.height).sum::<f64>();
        }
        self.columns.add(image, labels, valid);
    }

    /// Adds everything that was added to another.
    pub fn join(&mut self, other: &Self) {
        self.greys.join(&other.greys);
        self.textures.join(&other.textures);
        self.coarse_textures.join(&other.coarse_textures);
        self.scan_class_means.extend_from_slice(&other.scan_class_means);
        self.rings.extend_from_slice(&other.rings);
        self.ilm_distances.extend_from_slice(&other.ilm_distances);
        self.bm_distances.extend_from_slice(&other.bm_distances);
        for ((count, sum), other) in self.inner_heights.iter_mut().zip(&other.inner_heights) {
            *count += other.0;
            *sum += other.1;
        }
        self.columns.join(&other.columns);
    }

    /// Mean grey of each class over all pictures.
    pub fn class_means(&self) -> [Option<f64>; CLASS_COUNT] {
        self.greys.means()
    }

    /// Speckle of each class over all pictures, with the mean of 15 columns taken off.
    pub fn textures(&self) -> [Option<Texture>; CLASS_COUNT] {
        self.textures.textures()
    }

    /// The same with the mean of 61 columns taken off, which keeps streaks and blotches.
    pub fn coarse_textures(&self) -> [Option<Texture>; CLASS_COUNT] {
        self.coarse_textures.textures()
    }

    /// Mean height of the edges at the inner interfaces ([`Edge::INNER`]), in grey levels.
    pub fn inner_edge_heights(&self) -> [Option<f64>; Edge::INNER.len()] {
        self.inner_heights.map(|(count, sum)| (count > 0).then(|| sum / count as f64))
    }

    /// What the columns share: streaks and shadows.
    pub fn columns(&self) -> &Columns {
        &self.columns
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

/// The short name of a measured class.
pub fn class_name(class: usize) -> &'static str {
    crate::anatomy::LABELS[class].name
}

/// A figure with `digits` decimals, or a dash.
pub fn shown(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"))
}
