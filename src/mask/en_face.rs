//! A volume seen from the front: the thickness map and the means of the ETDRS grid.
//!
//! Positions are in µm: x along the B-scan from its first column, y from the first B-scan of the volume.

use super::measure::{ColumnThickness, Extent};
use crate::scan::Laterality;

/// Radii of the grid's three circles (diameters 1, 3 and 6 mm).
pub const RING_RADII_UM: [f32; 3] = [500.0, 1500.0, 3000.0];

/// Thickness over the columns and B-scans of a volume.
#[derive(Clone, Debug, PartialEq)]
pub struct ThicknessMap {
    /// A-scans of a B-scan.
    pub columns: u32,
    /// B-scans.
    pub rows: u32,
    /// In µm, the first B-scan first; NaN where nothing is annotated.
    pub um: Vec<f32>,
}

/// Where the samples of a map lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// Between A-scans.
    pub lateral_um: f32,
    /// Between B-scans.
    pub b_scan_distance_um: f32,
}

/// How the volume lies on the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orientation {
    /// Unknown for most images; then there is no nasal and no temporal, only left and right.
    pub laterality: Option<Laterality>,
    /// Whether the first B-scan is the lowest of the fundus, as the Spectralis records.
    pub first_is_inferior: bool,
}

/// A quarter of a ring, as seen on the fundus image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Up on the map.
    Superior,
    /// Down on the map.
    Inferior,
    /// Left on the map: temporal or nasal, as the eye is.
    Left,
    /// Right on the map.
    Right,
}

impl Direction {
    /// In the order in which they are drawn.
    pub const ALL: [Direction; 4] =
        [Direction::Superior, Direction::Right, Direction::Inferior, Direction::Left];

    /// The anatomical name: the nose is at the right of a right eye's fundus image.
    pub fn name(self, laterality: Option<Laterality>) -> &'static str {
        match (self, laterality) {
            (Direction::Superior, _) => "superior",
            (Direction::Inferior, _) => "inferior",
            (Direction::Right, Some(Laterality::Right)) | (Direction::Left, Some(Laterality::Left)) => {
                "nasal"
            }
            (Direction::Left, Some(Laterality::Right)) | (Direction::Right, Some(Laterality::Left)) => {
                "temporal"
            }
            (Direction::Left, None) => "left",
            (Direction::Right, None) => "right",
        }
    }
}

/// One of the nine fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sector {
    /// Within half a millimetre of the fovea.
    Centre,
    /// Between 1 and 3 mm.
    Inner(Direction),
    /// Between 3 and 6 mm.
    Outer(Direction),
}

impl Sector {
    /// The centre, the inner, then the outer ring.
    pub const ALL: [Sector; 9] = [
        Sector::Centre,
        Sector::Inner(Direction::Superior),
        Sector::Inner(Direction::Right),
        Sector::Inner(Direction::Inferior),
        Sector::Inner(Direction::Left),
        Sector::Outer(Direction::Superior),
        Sector::Outer(Direction::Right),
        Sector::Outer(Direction::Inferior),
        Sector::Outer(Direction::Left),
    ];

    /// The field in which a point lies, given as its distance from the fovea to the right and upwards.
    pub fn at(right_um: f32, up_um: f32) -> Option<Self> {
        let radius = right_um.hypot(up_um);
        let direction = match (up_um.abs() >= right_um.abs(), up_um > 0.0, right_um > 0.0) {
            (true, true, _) => Direction::Superior,
            (true, false, _) => Direction::Inferior,
            (false, _, true) => Direction::Right,
            (false, _, false) => Direction::Left,
        };
        match RING_RADII_UM.iter().position(|&ring| radius <= ring)? {
            0 => Some(Sector::Centre),
            1 => Some(Sector::Inner(direction)),
            _ => Some(Sector::Outer(direction)),
        }
    }

    /// Where its number stands, from the fovea to the right and upwards, in µm.
    pub fn middle_um(self) -> [f32; 2] {
        let (direction, ring) = match self {
            Sector::Centre => return [0.0, 0.0],
            Sector::Inner(direction) => (direction, 0),
            Sector::Outer(direction) => (direction, 1),
        };
        let radius = (RING_RADII_UM[ring] + RING_RADII_UM[ring + 1]) / 2.0;
        match direction {
            Direction::Superior => [0.0, radius],
            Direction::Inferior => [0.0, -radius],
            Direction::Left => [-radius, 0.0],
            Direction::Right => [radius, 0.0],
        }
    }

    /// Its anatomical name, such as "inner nasal".
    pub fn name(self, laterality: Option<Laterality>) -> String {
        match self {
            Sector::Centre => "centre".to_owned(),
            Sector::Inner(direction) => format!("inner {}", direction.name(laterality)),
            Sector::Outer(direction) => format!("outer {}", direction.name(laterality)),
        }
    }

    /// Area of the whole field.
    pub fn area_um2(self) -> f32 {
        let disc = |ring: usize| std::f32::consts::PI * RING_RADII_UM[ring] * RING_RADII_UM[ring];
        match self {
            Sector::Centre => disc(0),
            Sector::Inner(_) => (disc(1) - disc(0)) / 4.0,
            Sector::Outer(_) => (disc(2) - disc(1)) / 4.0,
        }
    }
}

/// Fields of which less than this share is annotated are marked.
const FULL_COVERAGE: f32 = 0.6;

/// What the map says of one field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SectorMean {
    /// Which field of the grid.
    pub sector: Sector,
    /// `None` where nothing of it is annotated.
    pub mean_um: Option<f32>,
    /// Share of the field that is annotated, 0..=1.
    pub coverage: f32,
}

impl SectorMean {
    /// Whether so little of the field is annotated that its mean is to be taken with care.
    pub fn is_sparse(&self) -> bool {
        self.coverage < FULL_COVERAGE
    }
}

impl ThicknessMap {
    /// The map of an extent over B-scans of one width. B-scans that were not measured are unknown.
    ///
    /// # Panics
    /// If the widths differ.
    pub fn of(
        columns: u32,
        b_scans: &[Option<&ColumnThickness>],
        extent: Extent,
        axial_um_per_px: f32,
    ) -> Self {
        let mut um = Vec::with_capacity(columns as usize * b_scans.len());
        for b_scan in b_scans {
            match b_scan {
                Some(measured) => {
                    assert_eq!(measured.width(), columns, "B-scans of one width");
                    let thickness = |x| measured.at(extent, x).map_or(f32::NAN, |px| px as f32);
                    um.extend((0..columns).map(|x| thickness(x) * axial_um_per_px));
                }
                None => um.extend(std::iter::repeat_n(f32::NAN, columns as usize)),
            }
        }
        Self { columns, rows: b_scans.len() as u32, um }
    }

    /// Thinnest and thickest; `None` where nothing is annotated.
    pub fn range(&self) -> Option<(f32, f32)> {
        let known = self.um.iter().copied().filter(|um| um.is_finite());
        let (low, high) =
            known.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), um| (low.min(um), high.max(um)));
        (low <= high).then_some((low, high))
    }

    /// The nine means around a fovea (x, y in µm).
    pub fn etdrs(&self, grid: Grid, orientation: Orientation, fovea_um: [f32; 2]) -> [SectorMean; 9] {
        let mut sums = [(0.0_f64, 0_u32); 9];
        let upwards = if orientation.first_is_inferior { 1.0 } else { -1.0 };
        for row in 0..self.rows {
            let up = upwards * ((row as f32 + 0.5) * grid.b_scan_distance_um - fovea_um[1]);
            if up.abs() > RING_RADII_UM[2] {
                continue;
            }
            let start = row as usize * self.columns as usize;
            for (column, &um) in self.um[start..][..self.columns as usize].iter().enumerate() {
                let right = (column as f32 + 0.5) * grid.lateral_um - fovea_um[0];
                let sector = Sector::at(right, up).filter(|_| um.is_finite());
                if let Some(index) = sector.and_then(|at| Sector::ALL.iter().position(|s| *s == at)) {
                    sums[index].0 += f64::from(um);
                    sums[index].1 += 1;
                }
            }
        }
        let sample_um2 = grid.lateral_um * grid.b_scan_distance_um;
        std::array::from_fn(|index| {
            let (sector, (sum, count)) = (Sector::ALL[index], sums[index]);
            SectorMean {
                sector,
                mean_um: (count > 0).then(|| (sum / f64::from(count)) as f32),
                coverage: (count as f32 * sample_um2 / sector.area_um2()).min(1.0),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::{LiveMeasure, Mask, Plane};

    const GRID: Grid = Grid { lateral_um: 10.0, b_scan_distance_um: 100.0 };
    const CENTRE: [f32; 2] = [3500.0, 3500.0];

    /// 7 x 7 mm, of one thickness, with a value of its own in each quarter outside the middle.
    fn map(value: impl Fn(f32, f32) -> f32) -> ThicknessMap {
        let at =
            |i: u32| value((i % 700) as f32 * 10.0 + 5.0 - 3500.0, (i / 700) as f32 * 100.0 + 50.0 - 3500.0);
        ThicknessMap { columns: 700, rows: 70, um: (0..700 * 70).map(at).collect() }
    }

    fn mean(means: &[SectorMean; 9], sector: Sector) -> Option<f32> {
        means.iter().find(|mean| mean.sector == sector).and_then(|mean| mean.mean_um)
    }

    #[test]
    fn nasal_is_right_in_a_right_eye_and_left_in_a_left_one() {
        for direction in [Direction::Left, Direction::Right] {
            let [right_eye, left_eye] =
                [Laterality::Right, Laterality::Left].map(|eye| direction.name(Some(eye)));
            assert_ne!(right_eye, left_eye);
        }
        assert_eq!(Direction::Right.name(Some(Laterality::Right)), "nasal");
        assert_eq!(Direction::Left.name(None), "left");
        assert_eq!(Sector::Inner(Direction::Left).name(Some(Laterality::Right)), "inner temporal");
    }

    #[test]
    fn every_number_stands_in_its_own_field() {
        for sector in Sector::ALL {
            let [right, up] = sector.middle_um();
            assert_eq!(Sector::at(right, up), Some(sector));
        }
    }

    #[test]
    fn every_field_has_its_mean_and_the_volume_may_begin_below_or_above() {
        let slope = map(|right, later| 300.0 + right / 100.0 + later / 50.0);
        let eye = |first_is_inferior| Orientation { laterality: Some(Laterality::Right), first_is_inferior };
        let means = slope.etdrs(GRID, eye(true), CENTRE);
        assert!((mean(&means, Sector::Centre).unwrap_or(0.0) - 300.0).abs() < 0.01);
        let superior = mean(&means, Sector::Outer(Direction::Superior)).unwrap_or(0.0);
        let inferior = mean(&means, Sector::Outer(Direction::Inferior)).unwrap_or(0.0);
        let nasal = mean(&means, Sector::Outer(Direction::Right)).unwrap_or(0.0);
        // The mean distance of a quarter ring from 1.5 to 3 mm is 2.10 mm along its axis.
        assert!((superior - 342.0).abs() < 0.5 && (inferior - 258.0).abs() < 0.5, "{superior} {inferior}");
        assert!((nasal - 321.0).abs() < 0.5, "{nasal}");
        let turned = slope.etdrs(GRID, eye(false), CENTRE);
        assert_eq!(mean(&turned, Sector::Outer(Direction::Inferior)), Some(superior));
        assert!(means.iter().all(|mean| mean.coverage > 0.95));
    }

    #[test]
    fn the_rings_follow_the_fovea_and_say_how_much_of_them_is_known() {
        let half = map(|right, _| if right < 0.0 { 250.0 } else { f32::NAN });
        let eye = Orientation { laterality: None, first_is_inferior: true };
        let means = half.etdrs(GRID, eye, CENTRE);
        assert_eq!(mean(&means, Sector::Inner(Direction::Left)), Some(250.0));
        assert_eq!(mean(&means, Sector::Inner(Direction::Right)), None);
        assert!((means[0].coverage - 0.5).abs() < 0.03, "{}", means[0].coverage);
        assert_eq!(half.range(), Some((250.0, 250.0)));
        let moved = half.etdrs(GRID, eye, [6500.0, 3500.0]);
        assert_eq!(mean(&moved, Sector::Centre), None);
    }

    #[test]
    fn a_map_is_made_of_columns() {
        let mut mask = Mask { layers: Plane::filled(50, 40, 0), lesions: Plane::filled(50, 40, 0) };
        for y in 10..30 {
            mask.layers.fill_run(y, 0, 50, if y < 16 { 1 } else { 4 });
        }
        let mut live = LiveMeasure::default();
        live.update(&mask, usize::MAX);
        let b_scans = [Some(live.columns()), None];
        let retina = ThicknessMap::of(50, &b_scans, Extent::Retina, 4.0);
        assert_eq!((retina.um[3], retina.range()), (80.0, Some((80.0, 80.0))));
        assert!(retina.um[50].is_nan());
        assert_eq!(ThicknessMap::of(50, &b_scans, Extent::Layer(1), 4.0).um[0], 24.0);
    }
}
