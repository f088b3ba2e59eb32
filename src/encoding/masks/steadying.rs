//! A drawn retina made as calm as a real one.
//!
//! What a mask model draws has layers whose thickness waves as in real masks, line for line, but two sums of them do not: BM
//! waves four times as much about its bow as graders' lines do, and where one real layer swells its neighbours give way,
//! while drawn layers swell together, so that the whole retina is two to three times too restless. Both are drawn down
//! here, by strengths that were measured on 160 drawn masks against the training masks (`evaluate masks` measures both
//! sides: curvature). What is no wave but a form, the pit of a fovea or the hill of an oedema, stays: it is far stronger
//! than the waves. Layers keep their order, for each is multiplied; fluid lies in coordinates of the layers and moves
//! with them.

use super::flattened::FlattenedMask;
use crate::anatomy::LAYER_COUNT;

/// BM bows over so much: what is longer than this is kept.
const BOW_UM: f32 = 3000.0;
/// What of BM's waves about its bow is left: real ones are so much weaker than drawn ones, at every length.
const BM_SHARE: f64 = 0.22;
/// The layers outside the inner ones; their outer edges are nearly straight in real masks.
const INNER_LAYERS: usize = LAYER_COUNT - 2;
/// Length below which the two outer layers together are smoothed, and what of it is left.
const OUTER_UM: f32 = 300.0;
const OUTER_SHARE: f64 = 0.3;
/// Length below which the thickness of the whole retina counts as waves and forms.
const RETINA_UM: f32 = 600.0;
/// What is shorter than this is no form.
const FINE_UM: f32 = 180.0;
/// Waves of such a height (root mean square) are halved; weaker ones nearly vanish, stronger ones are forms and stay.
const WAVE_UM: f64 = 9.0;
/// The height is taken over such a neighbourhood.
const NEARBY_UM: f32 = 350.0;
/// Nothing is thinned below this part of itself, nor thickened beyond the other factor.
const LEAST_FACTOR: f64 = 0.3;
const MAX_FACTOR: f64 = 3.0;

impl FlattenedMask {
    /// The mask with waves as weak as in real masks; `um_per_column` is the width of its columns.
    pub(super) fn steadied(mut self, um_per_column: f32) -> Self {
        let columns = |um: f32| f64::from(um / um_per_column);
        let bm: Vec<f64> = self.bm_um.iter().map(|&um| f64::from(um)).collect();
        let bow = local_parabolas(&bm, columns(BOW_UM));
        for ((um, &drawn), bow) in self.bm_um.iter_mut().zip(&bm).zip(bow) {
            *um = (bow + BM_SHARE * (drawn - bow)) as f32;
        }
        let (retina, outer) = (self.thickness_of(0), self.thickness_of(INNER_LAYERS));
        let smooth = local_parabolas(&outer, columns(OUTER_UM));
        let calm_outer: Vec<f64> = outer
            .iter()
            .zip(smooth)
            .map(|(&drawn, smooth)| {
                (smooth + OUTER_SHARE * (drawn - smooth)).clamp(LEAST_FACTOR * drawn, MAX_FACTOR * drawn)
            })
            .collect();
        let calm_retina = without_waves(&retina, columns);
        for x in 0..self.columns() {
            let inner = (retina[x] - outer[x]).max(0.0);
            let calm_inner = (calm_retina[x] - calm_outer[x]).clamp(LEAST_FACTOR * inner, MAX_FACTOR * inner);
            for (layer, um) in self.layers_um.iter_mut().enumerate() {
                let (drawn, calm) =
                    if layer < INNER_LAYERS { (inner, calm_inner) } else { (outer[x], calm_outer[x]) };
                if drawn > 0.0 {
                    um[x] *= (calm / drawn) as f32;
                }
            }
        }
        self
    }

    /// The layers from one on down to BM together, in um, column by column.
    fn thickness_of(&self, first: usize) -> Vec<f64> {
        let sum = |x: usize| -> f64 {
            self.layers_um[first..].iter().map(|layer| f64::from(layer[x].max(0.0))).sum()
        };
        (0..self.columns()).map(sum).collect()
    }
}

/// A thickness without its weak waves; `columns` says how many columns a length has.
fn without_waves(drawn: &[f64], columns: impl Fn(f32) -> f64) -> Vec<f64> {
    let broad = local_parabolas(drawn, columns(RETINA_UM));
    let fine = local_parabolas(drawn, columns(FINE_UM));
    let detail: Vec<f64> = fine.iter().zip(&broad).map(|(fine, broad)| fine - broad).collect();
    let squares: Vec<f64> = detail.iter().map(|um| um * um).collect();
    let heights = mean_nearby(&squares, columns(NEARBY_UM));
    broad
        .iter()
        .zip(detail)
        .zip(heights)
        .map(|((broad, detail), square)| broad + detail * square / (square + WAVE_UM * WAVE_UM))
        .collect()
}

/// Weights of a Gaussian by the distance in columns.
fn weights(count: usize, sigma: f64) -> Vec<f64> {
    (0..count).map(|away| (-0.5 * (away as f64 / sigma).powi(2)).exp()).collect()
}

/// Mean about every column under a Gaussian, of the columns that are there.
fn mean_nearby(values: &[f64], sigma: f64) -> Vec<f64> {
    let weights = weights(values.len(), sigma);
    (0..values.len())
        .map(|at| {
            let weighted = values.iter().enumerate().map(|(x, value)| weights[x.abs_diff(at)] * value);
            let whole: f64 = (0..values.len()).map(|x| weights[x.abs_diff(at)]).sum();
            weighted.sum::<f64>() / whole
        })
        .collect()
}

/// A curve smoothed by the parabola that fits it best about every column, under a Gaussian of `sigma` columns. Parabolas
/// stay as they are, up to the ends.
fn local_parabolas(values: &[f64], sigma: f64) -> Vec<f64> {
    let count = values.len();
    let weights = weights(count, sigma);
    // Distances near 1 keep the sums of powers alike, whatever the width.
    let unit = sigma.min(count as f64 / 2.0).max(0.5);
    let fitted = |at: usize| -> f64 {
        let (mut sums, mut weighted) = ([0.0_f64; 5], [0.0_f64; 3]);
        for (x, &value) in values.iter().enumerate() {
            let away = (x as f64 - at as f64) / unit;
            let mut power = weights[x.abs_diff(at)];
            for (order, sum) in sums.iter_mut().enumerate() {
                *sum += power;
                if let Some(weighted) = weighted.get_mut(order) {
                    *weighted += power * value;
                }
                power *= away;
            }
        }
        let [s0, s1, s2, s3, s4] = sums;
        let cofactors = [s2 * s4 - s3 * s3, s2 * s3 - s1 * s4, s1 * s3 - s2 * s2];
        let whole = s0 * cofactors[0] + s1 * cofactors[1] + s2 * cofactors[2];
        // Fewer than three columns have no parabola.
        if whole.abs() <= 1e-9 * s0.powi(3) {
            return values[at];
        }
        weighted.iter().zip(cofactors).map(|(value, cofactor)| value * cofactor).sum::<f64>() / whole
    };
    (0..count).map(fitted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::curvature::curvatures;

    const COLUMN_UM: f32 = 45.2;

    /// Layers of a thickness each over 128 columns, times a factor, over a BM.
    fn mask(factor: impl Fn(f32) -> f32, bm: impl Fn(f32) -> f32) -> FlattenedMask {
        let at = |x: usize| x as f32 - 63.5;
        FlattenedMask {
            layers_um: std::array::from_fn(|layer| {
                (0..128).map(|x| factor(at(x)) * [40.0, 70.0, 35.0, 30.0, 110.0, 30.0, 28.0][layer]).collect()
            }),
            bm_um: (0..128).map(|x| bm(at(x))).collect(),
            fluid_depth: vec![-1.0; 28 * 128],
        }
    }

    fn retina(mask: &FlattenedMask) -> Vec<f64> {
        mask.thickness_of(0)
    }

    fn largest(values: &[f64]) -> f64 {
        values.iter().fold(0.0, |most, value| value.abs().max(most))
    }

    #[test]
    fn a_bowed_retina_of_even_layers_stays_as_it_is() {
        let even = mask(|x| 1.0 + 0.001 * x, |x| 90.0 + 0.4 * x - 0.02 * x * x);
        let calm = even.clone().steadied(COLUMN_UM);
        for (before, after) in even.bm_um.iter().zip(&calm.bm_um) {
            assert!((before - after).abs() < 0.01, "{before} and {after}");
        }
        for (before, after) in even.layers_um.iter().flatten().zip(calm.layers_um.iter().flatten()) {
            assert!((before - after).abs() < 0.01, "{before} and {after}");
        }
    }

    #[test]
    fn waves_are_drawn_down_and_layers_stay_in_proportion() {
        // Waves of 1.2 mm: 20 um of BM, 2 % of every layer.
        let wave = |x: f32| (x * COLUMN_UM / 1200.0 * std::f32::consts::TAU).sin();
        let drawn = mask(|x| 1.0 + 0.02 * wave(x), |x| 20.0 * wave(x + 5.0));
        let calm = drawn.clone().steadied(COLUMN_UM);
        let bend = |line: &[f64]| largest(&curvatures(line, f64::from(COLUMN_UM)));
        let wide = |line: &[f32]| line.iter().map(|&um| f64::from(um)).collect::<Vec<f64>>();
        let bm = [&drawn, &calm].map(|mask| bend(&wide(&mask.bm_um)));
        assert!(bm[1] < 0.3 * bm[0], "BM bends by {bm:?}");
        let thick = [&drawn, &calm].map(|mask| bend(&retina(mask)));
        assert!(thick[1] < 0.5 * thick[0], "the thickness bends by {thick:?}");
        for x in 0..128 {
            let share = |mask: &FlattenedMask| mask.layers_um[1][x] / mask.layers_um[2][x];
            assert!((share(&drawn) - share(&calm)).abs() < 1e-3);
        }
        assert_eq!(drawn.fluid_depth, calm.fluid_depth);
    }

    #[test]
    fn the_pit_of_a_fovea_stays() {
        // A pit of a third of the retina, 1.2 mm wide.
        let pit = mask(|x| 1.0 - 0.35 * (-0.5 * (x * COLUMN_UM / 350.0).powi(2)).exp(), |_| 0.0);
        let calm = pit.clone().steadied(COLUMN_UM);
        let depth = |mask: &FlattenedMask| {
            let thick = retina(mask);
            thick[20] - thick[63]
        };
        assert!(depth(&calm) > 0.85 * depth(&pit), "{} of {} um", depth(&calm), depth(&pit));
    }

    #[test]
    fn a_mask_of_few_columns_and_one_without_layers_survive() {
        for columns in 1..5 {
            let few = FlattenedMask {
                layers_um: std::array::from_fn(|layer| vec![if layer == 2 { 0.0 } else { 30.0 }; columns]),
                bm_um: (0..columns).map(|x| 40.0 * (x % 2) as f32).collect(),
                fluid_depth: vec![-1.0; 28 * columns],
            };
            let calm = few.clone().steadied(COLUMN_UM);
            assert!(calm.layers_um.iter().chain([&calm.bm_um]).flatten().all(|um| um.is_finite()));
            assert_eq!(calm.layers_um[2], few.layers_um[2], "a layer that is not there");
        }
        let none = mask(|_| 0.0, |_| 0.0).steadied(COLUMN_UM);
        assert!(none.layers_um.iter().flatten().all(|&um| um == 0.0));
    }
}
