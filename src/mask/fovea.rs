//! Where the fovea lies in a B-scan, told by its layers, and the central thickness about it.
//!
//! At the fovea the layers inside of the INL give way: NFL and GCL-IPL are nearly absent there and thickest
//! half a millimetre to either side. Oedema fills the pit and lifts the ILM, but its cysts lie in the INL and
//! outside of it, so this hollow of the two innermost layers stays where the ILM is flat or bulges. It is looked
//! for as a whole, a millimetre wide: single columns of a grader's lines above a large cyst mean little.

use super::Mask;
use super::measure::{
    CENTRAL_WIDTH_UM, ColumnThickness, Extent, LiveMeasure, Measurements, Thickness, columns_about,
};
use crate::anatomy::UNANNOTATED;
use crate::scan::Spacing;

/// A fovea is taken for found from this confidence on. B-scans of Tian 2015 and Duke DME through the fovea have
/// 0.45 to 0.95, those a quarter of a millimetre beside it up to 0.55, with the same column, all others less.
pub const CERTAIN: f32 = 0.45;
/// Half the width of the hollow.
const HOLLOW_UM: f64 = 500.0;
/// The rim of the hollow lies between these distances.
const RIM_UM: [f64; 2] = [600.0, 1400.0];
/// Least width of the rim that must be labelled on either side.
const LEAST_RIM_UM: f64 = 200.0;
/// Least share of the hollow that must be labelled.
const LEAST_HOLLOW: f64 = 0.9;

/// The column of the foveal pit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fovea {
    /// In image coordinates: 0.5 is the middle of the first column.
    pub column: f32,
    /// Share by which NFL and GCL-IPL are thinner there, over a millimetre, than on the thinner rim of the pit:
    /// 0 to 1.
    pub confidence: f32,
}

/// The mean thickness of the retina over a millimetre about the fovea.
#[derive(Clone, Debug, PartialEq)]
pub struct CentralThickness {
    /// The columns it is taken over.
    pub columns: std::ops::Range<u32>,
    /// `None` where no fovea is certain; the columns are then those in the middle of the image.
    pub fovea: Option<Fovea>,
    /// Mean over those columns.
    pub thickness: Thickness,
}

impl CentralThickness {
    /// About the fovea of a mask where it is certain, else about the middle of the image. `columns` are the mask's.
    pub fn of(mask: &Mask, columns: &ColumnThickness, spacing: Option<Spacing>) -> Self {
        let fovea = certain_fovea(mask, spacing);
        let centre = fovea.map_or(columns.width() as f32 / 2.0, |fovea| fovea.column);
        Self { fovea, ..Self::about(columns, spacing, centre) }
    }

    /// [`CentralThickness::with_fovea`] of a mask that was not measured yet.
    pub fn of_mask(mask: &Mask, spacing: Option<Spacing>, fovea_column: Option<f32>) -> Self {
        let mut live = LiveMeasure::default();
        live.update(mask, usize::MAX);
        Self::with_fovea(mask, live.columns(), spacing, fovea_column)
    }

    /// About a fovea that was set by hand, in image coordinates; without it as [`CentralThickness::of`].
    pub fn with_fovea(
        mask: &Mask,
        columns: &ColumnThickness,
        spacing: Option<Spacing>,
        fovea_column: Option<f32>,
    ) -> Self {
        match fovea_column {
            Some(column) => Self {
                fovea: Some(Fovea { column, confidence: 1.0 }),
                ..Self::about(columns, spacing, column)
            },
            None => Self::of(mask, columns, spacing),
        }
    }

    /// About a column (image coordinates) that was set by hand.
    pub fn about(columns: &ColumnThickness, spacing: Option<Spacing>, centre: f32) -> Self {
        let about = columns_about(centre, columns.width(), spacing);
        let thickness = Thickness::of(columns.mean(Extent::Retina, about.clone()), spacing);
        Self { columns: about, fovea: None, thickness }
    }
}

impl Measurements {
    /// Measures a mask; its centre is the fovea, where the layers show one.
    pub fn of(mask: &Mask, spacing: Option<Spacing>) -> Self {
        Self::about(mask, spacing, None)
    }

    /// Measures a mask about a fovea that was set by hand, in image coordinates; without it as [`Measurements::of`].
    pub fn about(mask: &Mask, spacing: Option<Spacing>, fovea_column: Option<f32>) -> Self {
        let mut live = LiveMeasure::default();
        live.update(mask, usize::MAX);
        let central = CentralThickness::with_fovea(mask, live.columns(), spacing, fovea_column);
        Self { central: central.thickness, ..live.measurements(spacing) }
    }
}

/// The fovea of a mask where it is [`CERTAIN`].
pub fn certain_fovea(mask: &Mask, spacing: impl Into<Option<Spacing>>) -> Option<Fovea> {
    find_fovea(mask, spacing.into()).filter(|fovea| fovea.confidence >= CERTAIN)
}

/// The deepest hollow of NFL and GCL-IPL, however shallow; `None` where there is none with labelled rims on
/// both sides. Without a spacing a ninth of the columns is taken for a millimetre, as everywhere.
pub fn find_fovea(mask: &Mask, spacing: Option<Spacing>) -> Option<Fovea> {
    let width = i64::from(mask.width());
    let px_per_um = match spacing {
        Some(spacing) => 1.0 / f64::from(spacing.lateral_um_per_px),
        None => width as f64 / (9.0 * f64::from(CENTRAL_WIDTH_UM)),
    };
    let px = |um: f64| ((um * px_per_um).round() as i64).clamp(1, width.max(1));
    let inner = InnerRows::of(mask);
    let kernel = kernel(px(HOLLOW_UM));
    let (rim_from, rim_to, least) = (px(RIM_UM[0]), px(RIM_UM[1]), px(LEAST_RIM_UM));
    let mut best: Option<Fovea> = None;
    let mut lowest = f64::INFINITY;
    for x in 0..width {
        let Some(floor) = inner.weighted(x, &kernel).filter(|&floor| floor < lowest) else { continue };
        let left = inner.mean(x - rim_to, x - rim_from, least);
        let right = inner.mean(x + rim_from + 1, x + rim_to + 1, least);
        let (Some(left), Some(right)) = (left, right) else { continue };
        let rim = left.min(right);
        if rim > floor {
            lowest = floor;
            best = Some(Fovea { column: x as f32 + 0.5, confidence: (1.0 - floor / rim) as f32 });
        }
    }
    best
}

/// Weights over the hollow, `(1 - u^2)^2`, the middle one first.
fn kernel(half: i64) -> Vec<f64> {
    let weight = |d: i64| {
        let u = d as f64 / (half + 1) as f64;
        (1.0 - u * u) * (1.0 - u * u)
    };
    (0..=half).map(weight).collect()
}

/// Rows of NFL and GCL-IPL in every column, what lesions cover left out.
struct InnerRows {
    /// No more than the median, so that no single column outweighs many; `None` where nothing is annotated.
    rows: Vec<Option<f64>>,
    /// Running sums of all rows and of annotated columns, up to each column.
    sums: Vec<(f64, i64)>,
}

impl InnerRows {
    fn of(mask: &Mask) -> Self {
        let width = mask.width() as usize;
        let mut rows = vec![0_u32; width];
        let mut annotated = vec![false; width];
        mask.layers.visit_columns(0, mask.width(), |x, _, codes| {
            let columns = rows[x as usize..].iter_mut().zip(&mut annotated[x as usize..]);
            for ((rows, annotated), &code) in columns.zip(codes) {
                *rows += u32::from(code == 1 || code == 2);
                *annotated |= code != UNANNOTATED;
            }
        });
        mask.lesions.visit_columns(0, mask.width(), |x, y, codes| {
            for (x, _) in (x..).zip(codes).filter(|(_, code)| **code != 0) {
                rows[x as usize] -= u32::from([1, 2].contains(&mask.layers.get(x, y)));
            }
        });
        let known = |x: usize| annotated[x].then(|| f64::from(rows[x]));
        let mut sorted: Vec<u32> = (0..width).filter(|&x| annotated[x]).map(|x| rows[x]).collect();
        sorted.sort_unstable();
        let median = f64::from(sorted.get(sorted.len() / 2).copied().unwrap_or(0));
        let mut sum = (0.0, 0);
        let mut sums = vec![sum];
        for x in 0..width {
            if let Some(rows) = known(x) {
                sum = (sum.0 + rows, sum.1 + 1);
            }
            sums.push(sum);
        }
        Self { rows: (0..width).map(|x| known(x).map(|rows| rows.min(median))).collect(), sums }
    }

    /// Mean under a kernel about a column; `None` where too much of it is not labelled.
    fn weighted(&self, x: i64, kernel: &[f64]) -> Option<f64> {
        let (mut sum, mut weights, mut whole) = (0.0, 0.0, 0.0);
        for (distance, weight) in (0..).zip(kernel) {
            let sides: &[i64] = if distance == 0 { &[0] } else { &[-distance, distance] };
            for side in sides {
                whole += weight;
                let at = usize::try_from(x + side).ok().and_then(|at| self.rows.get(at).copied().flatten());
                if let Some(rows) = at {
                    sum += weight * rows;
                    weights += weight;
                }
            }
        }
        (weights >= LEAST_HOLLOW * whole).then(|| sum / weights)
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
    use crate::mask::{Interfaces, Plane};

    /// GCL-IPL of 100 rows that fall to 10 over 40 columns about a column.
    fn pit_at(column: f32, bulge: f32) -> Mask {
        let mut lines = Interfaces::unknown(600);
        for x in 0..600 {
            let away = ((x as f32 + 0.5 - column) / 40.0).abs().min(1.0);
            let inner = 10.0 + 90.0 * away * away;
            let top = 220.0 - bulge * (1.0 - away);
            let rows = [top - inner, top - inner, top, 260.0, 270.0, 280.0, 290.0, 300.0];
            for (line, row) in lines.rows.iter_mut().zip(rows) {
                line[x] = row;
            }
        }
        Mask { layers: lines.rasterised(400), lesions: Plane::filled(600, 400, 0) }
    }

    #[test]
    fn the_hollow_is_found_though_the_retina_bulges_over_it() {
        let spacing = Spacing::checked(3.9, 11.0);
        for (column, bulge) in [(210.0, 0.0), (300.5, 100.0), (402.0, 140.0)] {
            let found = find_fovea(&pit_at(column, bulge), spacing).expect("there is a pit");
            assert!((found.column - column).abs() <= 1.0, "{found:?} for {column}");
            assert!(found.confidence > 0.6);
            let without = find_fovea(&pit_at(column, bulge), None).expect("found without a spacing, too");
            assert!((without.column - column).abs() <= 2.0, "{without:?}");
        }
    }

    #[test]
    fn fluid_within_the_inner_layers_is_no_tissue() {
        let mut mask = pit_at(300.5, 100.0);
        for x in 280..320 {
            for y in 60..200 {
                mask.lesions.set(x, y, 1);
            }
        }
        let found = find_fovea(&mask, Spacing::checked(3.9, 11.0)).expect("there is a pit");
        assert!((found.column - 300.5).abs() <= 1.5, "{found:?}");
    }

    #[test]
    fn there_is_none_without_labels_or_rims() {
        assert_eq!(find_fovea(&Mask::unannotated(300, 100), Spacing::checked(3.9, 11.0)), None);
        assert_eq!(find_fovea(&Mask::unannotated(0, 0), None), None);
        assert_eq!(find_fovea(&Mask::unannotated(1, 1), None), None);
        // A pit whose left rim lies outside of the image.
        let cut = find_fovea(&pit_at(20.0, 0.0), Spacing::checked(3.9, 11.0));
        assert!(cut.is_none_or(|found| found.confidence < CERTAIN), "{cut:?}");
    }
}
