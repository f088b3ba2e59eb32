//! How much of a look a network draws when it is asked for one, and what is missing.
//!
//! A network that has learned for a short time moves the greys of the layers the right way when it is told a style, but
//! not far enough, and draws a vessel's shadow fainter than it was painted. How much of it comes was measured on the scans
//! it trained on (`retidiff evaluate looks`) and is kept in its file. What is missing is multiplied into the greys of a
//! picture, by pixel of the mask: nothing of it depends on the picture, so drafts, windows, batches and edits agree.
//! A lesion takes the factor of the layer that it lies in and keeps its contrast.

use serde::{Deserialize, Serialize};

use super::look::Look;
use crate::anatomy::BELOW_BM;
use crate::encoding::shadow::darkness;
use crate::encoding::style::{CLASSES, StyleFigures, StyleModel};

/// What a grey may be multiplied by: more would make noise of what is nearly black.
const FACTORS: [f32; 2] = [0.4, 2.5];
/// Rows above and below over which a factor passes into that of the next layer: a scan has no sharper edges.
const BLEND_ROWS: usize = 1;
/// A mean grey that can be divided by.
const LEAST_GREY: f32 = 1.0;
/// Weight of a slope of nothing in a fit, in scans: a few of them say little.
const PRIOR_SCANS: f64 = 2.0;

/// How much of an asked look comes, measured on training scans.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LookResponse {
    /// The mean grey of every class of layers that is drawn, in levels: of the usual style, then what a deviation along
    /// each component adds. By class from above the ILM to below BM.
    greys: Vec<Vec<f32>>,
    /// Share of a shadow's darkness that is drawn, 0 to 1; `None` of a network that is told of none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shadow: Option<f32>,
}

/// A picture that was asked for, and what came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DrawnLook {
    /// The style that the network was told.
    pub style: Vec<f32>,
    /// What was measured in the picture.
    pub figures: Option<StyleFigures>,
    /// By column: how dark a shadow was asked for and how dark the column came, see [`darkness`].
    pub shadows: Vec<[f32; 2]>,
}

impl LookResponse {
    /// From pictures of training scans, each asked to look as the scan of its mask does. `None` where they are fewer than
    /// the numbers that are sought.
    pub fn fitted(drawn: &[DrawnLook], components: usize) -> Option<Self> {
        let greys = (0..CLASSES)
            .map(|class| {
                let measured = drawn.iter().filter_map(|drawn| {
                    let grey = drawn.figures?[class];
                    grey.is_finite().then_some((drawn.style.as_slice(), grey))
                });
                line_through(&measured.collect::<Vec<_>>(), components)
            })
            .collect::<Option<_>>()?;
        Some(Self { greys, shadow: shadow_share(drawn) })
    }

    /// Whether the numbers fit a network that is told so many components, and of shadows or not; the message says which
    /// do not.
    pub(super) fn check(&self, components: usize, is_told_shadows: bool) -> Result<(), String> {
        let is_whole =
            self.greys.len() == CLASSES && self.greys.iter().all(|line| line.len() == components + 1);
        if !is_whole {
            return Err("its measured looks are of other sizes than its styles".to_owned());
        }
        let is_share = self.shadow.is_none_or(|share| (0.0..=1.0).contains(&share));
        if !is_share || !self.greys.iter().flatten().all(|value| value.is_finite()) {
            return Err("its measured looks hold a number that is none".to_owned());
        }
        match self.shadow.is_some() && !is_told_shadows {
            true => Err("it has measured shadows and is told of none".to_owned()),
            false => Ok(()),
        }
    }

    /// Share of a shadow's darkness that is drawn.
    pub fn shadow_share(&self) -> Option<f32> {
        self.shadow
    }

    /// The mean grey of every class that is drawn when a style is told, in levels.
    pub fn drawn_greys(&self, style: &[f32]) -> [f32; CLASSES] {
        std::array::from_fn(|class| {
            let [usual, slopes @ ..] = self.greys[class].as_slice() else { return f32::NAN };
            usual + slopes.iter().zip(style).map(|(slope, value)| slope * value).sum::<f32>()
        })
    }

    /// By what the grey above black of every pixel of a grid is multiplied, row-major; `None` where nothing was asked.
    ///
    /// # Panics
    /// If the codes are not whole rows of `width`.
    pub(super) fn factors(
        &self,
        styles: &StyleModel,
        look: &Look,
        labels: &[u8],
        width: usize,
    ) -> Option<Vec<f32>> {
        let by_class = look.style.as_deref().map(|style| self.class_factors(styles, style));
        let by_column = self.column_factors(&look.shadow, width);
        if by_class.is_none() && by_column.is_none() {
            return None;
        }
        let by_class = by_class.unwrap_or([1.0; CLASSES]);
        assert!(labels.len().is_multiple_of(width), "codes in rows of {width}");
        let (mut factors, mut layers) = (Vec::with_capacity(labels.len()), vec![u8::MAX; width]);
        for row in labels.chunks_exact(width) {
            for (column, (&code, layer)) in row.iter().zip(&mut layers).enumerate() {
                // A lesion lies in the layer above it; what is not annotated in none.
                if code <= BELOW_BM || code == u8::MAX {
                    *layer = code;
                }
                let Some(&factor) = by_class.get(usize::from(*layer)) else {
                    factors.push(1.0);
                    continue;
                };
                let shadow = by_column.as_ref().map_or(1.0, |columns| columns[column]);
                factors.push(factor * (1.0 - shaded_share(*layer) * (1.0 - shadow)));
            }
        }
        Some(blended_down(&factors, width))
    }

    /// What each class must be multiplied by to have the greys of a style.
    fn class_factors(&self, styles: &StyleModel, style: &[f32]) -> [f32; CLASSES] {
        let (asked, drawn) = (styles.figures(style), self.drawn_greys(style));
        std::array::from_fn(|class| {
            let [asked, drawn] = [asked[class], drawn[class]].map(|grey| grey.max(LEAST_GREY));
            (asked / drawn).clamp(FACTORS[0], FACTORS[1])
        })
    }

    /// What the columns under a vessel must be multiplied by; `None` where there is none.
    fn column_factors(&self, shadows: &[f32], width: usize) -> Option<Vec<f32>> {
        let share = self.shadow?;
        if !shadows.iter().take(width).any(|&shadow| shadow > 0.0) {
            return None;
        }
        let of_column = |column: usize| {
            let asked = darkness(shadows.get(column).copied().unwrap_or(0.0));
            (1.0 - asked) / (1.0 - share * asked)
        };
        Some((0..width).map(of_column).collect())
    }
}

/// How much of a vessel's shadow falls on a class: vessels lie in the inner layers.
fn shaded_share(class: u8) -> f32 {
    match class {
        ..=1 => 0.0,
        2 => 0.5,
        _ => 1.0,
    }
}

/// Every row the mean of itself and its neighbours, so that no factor ends at a hard edge.
fn blended_down(values: &[f32], width: usize) -> Vec<f32> {
    let rows = values.len() / width;
    let mut blended = vec![0.0; values.len()];
    for (y, blended) in blended.chunks_exact_mut(width).enumerate() {
        let near = y.saturating_sub(BLEND_ROWS)..(y + BLEND_ROWS + 1).min(rows);
        let share = 1.0 / near.len() as f32;
        for row in values[near.start * width..near.end * width].chunks_exact(width) {
            blended.iter_mut().zip(row).for_each(|(sum, value)| *sum += share * value);
        }
    }
    blended
}

/// The share of the asked darkness that came, over all columns that were asked to be dark, above what columns are
/// that were not.
fn shadow_share(drawn: &[DrawnLook]) -> Option<f32> {
    let columns = || drawn.iter().flat_map(|drawn| &drawn.shadows).map(|pair| pair.map(f64::from));
    let (unasked, count) = columns()
        .filter(|[asked, _]| *asked == 0.0)
        .fold((0.0, 0_usize), |(sum, count), [_, came]| (sum + came, count + 1));
    let usual = unasked / count.max(1) as f64;
    let (products, squares) =
        columns().filter(|[asked, _]| *asked > 0.0).fold((0.0, 0.0), |(products, squares), [asked, came]| {
            (products + asked * (came - usual), squares + asked * asked)
        });
    (squares > 0.0).then(|| (products / squares).clamp(0.0, 1.0) as f32)
}

/// The least squares of a grey over styles: the grey of style 0 and the slopes. `None` with fewer scans than numbers.
fn line_through(measured: &[(&[f32], f32)], components: usize) -> Option<Vec<f32>> {
    let unknowns = components + 1;
    if measured.len() < unknowns {
        return None;
    }
    // Normal equations, the right side in the last column.
    let mut equations = vec![vec![0.0_f64; unknowns + 1]; unknowns];
    for (style, grey) in measured {
        let terms: Vec<f64> = std::iter::once(1.0)
            .chain((0..components).map(|at| style.get(at).copied().map_or(0.0, f64::from)))
            .collect();
        for (row, &factor) in equations.iter_mut().zip(&terms) {
            row.iter_mut().zip(&terms).for_each(|(sum, &term)| *sum += factor * term);
            row[unknowns] += factor * f64::from(*grey);
        }
    }
    for (at, row) in equations.iter_mut().enumerate().skip(1) {
        row[at] += PRIOR_SCANS;
    }
    Some(solved(equations)?.into_iter().map(|value| value as f32).collect())
}

/// The solution of equations that are positive definite (Gauss and Jordan), each with its right side at its end.
fn solved(mut equations: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let count = equations.len();
    for pivot in 0..count {
        let divisor = equations[pivot][pivot];
        if divisor.abs() < 1e-9 {
            return None;
        }
        equations[pivot].iter_mut().for_each(|value| *value /= divisor);
        let row = equations[pivot].clone();
        for (_, other) in equations.iter_mut().enumerate().filter(|(at, _)| *at != pivot) {
            let factor = other[pivot];
            other.iter_mut().zip(&row).for_each(|(value, taken)| *value -= factor * taken);
        }
    }
    Some(equations.into_iter().map(|row| row[count]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::IRF;
    use crate::encoding::noise::Draws;
    use crate::encoding::style::FIGURES;

    /// Eyes of two directions: brighter as a whole, and with a brighter class 7.
    fn styles() -> StyleModel {
        let eyes: Vec<(&str, StyleFigures)> = (0..40)
            .map(|eye| {
                let mut rng = Draws::new(5, 0, eye);
                let (gain, band) = (0.8 + 0.4 * rng.uniform(), 20.0 * rng.uniform());
                let mut figures = [10.0; FIGURES];
                for (class, figure) in figures.iter_mut().enumerate().take(CLASSES) {
                    *figure = (gain * (30.0 + 15.0 * class as f64)) as f32;
                }
                figures[7] += band as f32;
                ("eye", figures)
            })
            .collect();
        StyleModel::of(&eyes, 2).expect("they differ")
    }

    /// Pictures of a network that follows a style by a part of the way, and a shadow by another.
    fn drawn(styles: &StyleModel, style_share: f32, shadow_share: f32) -> Vec<DrawnLook> {
        let usual = styles.figures(&[0.0, 0.0]);
        (0..30)
            .map(|picture| {
                let mut rng = Draws::new(6, 0, picture);
                let style = vec![3.0 * rng.uniform() as f32 - 1.5, 3.0 * rng.uniform() as f32 - 1.5];
                let asked = styles.figures(&style);
                let figures = std::array::from_fn(|at| usual[at] + style_share * (asked[at] - usual[at]));
                let shadows = (0..50)
                    .map(|column| {
                        let asked = if column < 40 { 0.0 } else { 0.05 * (column - 39) as f32 };
                        // The darkness that columns have without a shadow is none of it.
                        [asked, 0.02 + shadow_share * asked]
                    })
                    .collect();
                DrawnLook { style, figures: Some(figures), shadows }
            })
            .collect()
    }

    #[test]
    fn what_a_network_does_with_a_look_is_found_out() {
        let styles = styles();
        let looks = LookResponse::fitted(&drawn(&styles, 0.4, 0.3), 2).expect("enough pictures");
        assert_eq!(looks.check(2, true), Ok(()));
        assert!((looks.shadow_share().unwrap() - 0.3).abs() < 1e-3, "{:?}", looks.shadow_share());
        let (usual, asked) = (styles.figures(&[0.0; 2]), styles.figures(&[1.0, -0.5]));
        for (class, came) in looks.drawn_greys(&[1.0, -0.5]).into_iter().enumerate() {
            let expected = usual[class] + 0.4 * (asked[class] - usual[class]);
            assert!((came - expected).abs() < 0.02 * (asked[class] - usual[class]).abs() + 0.05, "{class}");
        }
        assert_eq!(LookResponse::fitted(&drawn(&styles, 0.4, 0.3)[..2], 2), None);
    }

    #[test]
    fn what_is_missing_is_made_up_for_by_layer_and_column() {
        let styles = styles();
        let looks = LookResponse::fitted(&drawn(&styles, 0.5, 0.5), 2).unwrap();
        // Bands of three rows, a cyst in the middle row of class 5; the last column is not annotated.
        let width = 8;
        let mut labels: Vec<u8> = (0..27 * width).map(|at| (at / width / 3) as u8).collect();
        labels[16 * width + 2] = IRF;
        labels.iter_mut().skip(width - 1).step_by(width).for_each(|code| *code = u8::MAX);
        let look = Look { style: Some(vec![1.2, 0.4]), shadow: vec![0.0, 0.0, 0.0, 0.6].into() };
        let factors = looks.factors(&styles, &look, &labels, width).expect("a look was asked for");
        let (asked, came) = (styles.figures(&[1.2, 0.4]), looks.drawn_greys(&[1.2, 0.4]));
        let at = |row: usize, column: usize| factors[row * width + column];
        for class in 0..CLASSES {
            let expected = asked[class] / came[class];
            assert!((at(3 * class + 1, 0) - expected).abs() < 1e-5, "{class}: {}", at(3 * class + 1, 0));
        }
        assert_eq!(at(16, 2), at(16, 1), "a cyst takes the factor of its layer");
        assert_eq!(at(16, 7), 1.0, "nothing is asked of what is not annotated");
        // The shadow: nothing above the GCL-IPL, half in it, and what is missing of it below.
        let whole = (1.0 - darkness(0.6)) / (1.0 - looks.shadow_share().unwrap() * darkness(0.6));
        assert_eq!(at(4, 3), at(4, 0));
        assert!((at(7, 3) / at(7, 0) - (1.0 + whole) / 2.0).abs() < 1e-5);
        assert!((at(19, 3) / at(19, 0) - whole).abs() < 1e-5);
        // Between two layers there is no hard edge.
        let between = (2.0 * at(16, 0) + at(19, 0)) / 3.0;
        assert!((at(17, 0) - between).abs() < 1e-5);
    }

    #[test]
    fn nothing_asked_is_nothing_done_and_a_network_that_follows_is_left_alone() {
        let styles = styles();
        let labels: Vec<u8> = (0..72).map(|at| (at / 8) as u8).collect();
        let whole = LookResponse::fitted(&drawn(&styles, 1.0, 1.0), 2).unwrap();
        assert_eq!(whole.factors(&styles, &Look::default(), &labels, 8), None);
        let look = Look { style: Some(vec![0.5, 0.5]), shadow: vec![0.5; 8].into() };
        let factors = whole.factors(&styles, &look, &labels, 8).unwrap();
        assert!(factors.iter().all(|factor| (factor - 1.0).abs() < 0.02), "{factors:?}");
    }

    #[test]
    fn measures_that_are_torn_are_refused() {
        let looks = LookResponse::fitted(&drawn(&styles(), 0.5, 0.5), 2).unwrap();
        assert!(looks.check(3, true).unwrap_err().contains("sizes"));
        assert!(looks.check(2, false).unwrap_err().contains("shadows"));
        assert!(LookResponse { shadow: Some(f32::NAN), ..looks.clone() }.check(2, true).is_err());
        let mut torn = looks;
        torn.greys[3][1] = f32::INFINITY;
        assert!(torn.check(2, true).is_err());
    }
}
