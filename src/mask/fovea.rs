//! Where the fovea lies in a B-scan, told by its layers, and the central thickness about it.
//!
//! At the fovea the layers inside of the INL give way: NFL and GCL-IPL are nearly absent there and thickest
//! half a millimetre to either side. Oedema fills the pit and lifts the ILM, but its cysts lie in the INL and
//! outside of it, so this hollow of the two innermost layers stays where the ILM is flat or bulges.

use super::measure::{CENTRAL_WIDTH_UM, ColumnThickness, Extent, Thickness, columns_about};
use crate::scan::Spacing;

/// A fovea is taken for found from this confidence on.
pub const CERTAIN: f32 = 0.5;
/// The floor of the hollow is averaged over this width.
const FLOOR_WIDTH_UM: f64 = 120.0;
/// The rim of the hollow lies between these distances.
const RIM_UM: [f64; 2] = [600.0, 1400.0];
/// Least width of the rim that must be labelled on either side.
const LEAST_RIM_UM: f64 = 200.0;
/// The hollow's walls are looked for at this share of its depth.
const WALL_SHARE: f64 = 0.35;
/// A hollow wider than this between its walls is no foveal pit.
const WIDEST_UM: f64 = 1600.0;

/// The column of the foveal pit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fovea {
    /// In image coordinates: 0.5 is the middle of the first column.
    pub column: f32,
    /// Share by which NFL and GCL-IPL are thinner there than on the rim of the pit, 0 to 1. A B-scan through
    /// the foveal pit has about 0.9, one that passes beside it less, one outside the macula nearly 0.
    pub confidence: f32,
}

/// The mean thickness of the retina over a millimetre about the fovea.
#[derive(Clone, Debug, PartialEq)]
pub struct CentralThickness {
    /// The columns it is taken over.
    pub columns: std::ops::Range<u32>,
    /// `None` where no fovea is certain; the columns are then those in the middle of the image.
    pub fovea: Option<Fovea>,
    pub thickness: Thickness,
}

impl CentralThickness {
    /// About the fovea where it is certain, else about the middle of the image.
    pub fn of(columns: &ColumnThickness, spacing: Option<Spacing>) -> Self {
        let fovea = find_fovea(columns, spacing).filter(|fovea| fovea.confidence >= CERTAIN);
        let centre = fovea.map_or(columns.width() as f32 / 2.0, |fovea| fovea.column);
        Self { fovea, ..Self::about(columns, spacing, centre) }
    }

    /// About a column (image coordinates) that was set by hand.
    pub fn about(columns: &ColumnThickness, spacing: Option<Spacing>, centre: f32) -> Self {
        let about = columns_about(centre, columns.width(), spacing);
        let thickness = Thickness::of(columns.mean(Extent::Retina, about.clone()), spacing);
        Self { columns: about, fovea: None, thickness }
    }
}

/// The deepest hollow of NFL and GCL-IPL, however shallow; `None` where there is none with labelled rims on
/// both sides. Without a spacing the middle ninth of the columns is taken for a millimetre, as everywhere.
pub fn find_fovea(columns: &ColumnThickness, spacing: Option<Spacing>) -> Option<Fovea> {
    let width = columns.width();
    let px_per_um = match spacing {
        Some(spacing) => 1.0 / f64::from(spacing.lateral_um_per_px),
        None => f64::from(width) / (9.0 * f64::from(CENTRAL_WIDTH_UM)),
    };
    let inner = Inner::of(columns);
    let px = |um: f64| (um * px_per_um).round().max(1.0) as i64;
    let floor_half = px(FLOOR_WIDTH_UM / 2.0);
    let (rim_from, rim_to, least) = (px(RIM_UM[0]), px(RIM_UM[1]), px(LEAST_RIM_UM));
    let depth = |x: i64| -> Option<(f64, f64)> {
        let floor = inner.mean(x - floor_half, x + floor_half + 1, floor_half)?;
        let left = inner.mean(x - rim_to, x - rim_from, least)?;
        let right = inner.mean(x + rim_from + 1, x + rim_to + 1, least)?;
        let rim = left.min(right);
        (rim > floor).then(|| (rim - floor, rim))
    };
    let best = (0..i64::from(width)).filter_map(|x| depth(x).map(|(deep, rim)| (x, deep, rim)));
    let (lowest, deep, rim) = best.fold(None, |best: Option<(i64, f64, f64)>, here| match best {
        Some(best) if best.1 >= here.1 => Some(best),
        _ => Some(here),
    })?;
    let wall = rim - deep * (1.0 - WALL_SHARE);
    let reach = px(WIDEST_UM / 2.0);
    let half = (floor_half / 2).max(1);
    let above = |x: i64| inner.mean(x - half, x + half + 1, 1).is_some_and(|thick| thick > wall);
    let left = (lowest - reach..lowest).rev().find(|&x| above(x))?;
    let right = (lowest + 1..=lowest + reach).find(|&x| above(x))?;
    Some(Fovea { column: (left + right) as f32 / 2.0 + 0.5, confidence: (deep / rim).clamp(0.0, 1.0) as f32 })
}

/// Running sums of NFL and GCL-IPL over the annotated columns.
struct Inner {
    /// Of thickness and of annotated columns, up to each column.
    sums: Vec<(f64, i64)>,
}

impl Inner {
    fn of(columns: &ColumnThickness) -> Self {
        let mut sum = (0.0, 0);
        let mut sums = vec![sum];
        for x in 0..columns.width() {
            if let Some(nfl) = columns.at(Extent::Layer(1), x) {
                sum.0 += f64::from(nfl + columns.at(Extent::Layer(2), x).unwrap_or(0));
                sum.1 += 1;
            }
            sums.push(sum);
        }
        Self { sums }
    }

    /// Mean over `from..to`; `None` with fewer than `least` annotated columns in it.
    fn mean(&self, from: i64, to: i64, least: i64) -> Option<f64> {
        let last = self.sums.len() as i64 - 1;
        let at = |x: i64| self.sums[x.clamp(0, last) as usize];
        let (start, end) = (at(from), at(to));
        let known = end.1 - start.1;
        (known >= least.max(1)).then(|| (end.0 - start.0) / known as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::{Interfaces, LiveMeasure, Mask, Plane};

    /// NFL and GCL-IPL of 100 rows that fall to 10 over 30 columns about a column.
    fn pit_at(column: f32, bulge: f32) -> ColumnThickness {
        let mut lines = Interfaces::unknown(600);
        for x in 0..600 {
            let away = ((x as f32 + 0.5 - column) / 40.0).abs().min(1.0);
            let inner = 10.0 + 90.0 * away * away;
            let outer = 80.0 + bulge * (1.0 - away);
            let rows = [
                300.0 - outer - inner,
                300.0 - outer - inner,
                300.0 - outer,
                260.0,
                270.0,
                280.0,
                290.0,
                300.0,
            ];
            for (line, row) in lines.rows.iter_mut().zip(rows) {
                line[x] = row;
            }
        }
        let mask = Mask { layers: lines.rasterised(400), lesions: Plane::filled(600, 400, 0) };
        let mut live = LiveMeasure::default();
        live.update(&mask, usize::MAX);
        live.columns().clone()
    }

    #[test]
    fn the_hollow_is_found_though_the_retina_bulges_over_it() {
        let spacing = Spacing::checked(3.9, 11.0);
        for (column, bulge) in [(210.0, 0.0), (300.5, 100.0), (402.0, 140.0)] {
            let found = find_fovea(&pit_at(column, bulge), spacing).expect("there is a pit");
            assert!((found.column - column).abs() <= 1.0, "{found:?} for {column}");
            assert!(found.confidence > 0.8);
            let without = find_fovea(&pit_at(column, bulge), None).expect("found without a spacing, too");
            assert!((without.column - column).abs() <= 1.0);
        }
    }

    #[test]
    fn there_is_none_without_labels_or_rims() {
        assert_eq!(find_fovea(&ColumnThickness::unannotated(300), Spacing::checked(3.9, 11.0)), None);
        assert_eq!(find_fovea(&ColumnThickness::unannotated(0), None), None);
        // A pit whose left rim lies outside of the image.
        let cut = find_fovea(&pit_at(20.0, 0.0), Spacing::checked(3.9, 11.0));
        assert!(cut.is_none_or(|found| found.confidence < CERTAIN), "{cut:?}");
    }
}
