//! The style of a scan: what its mask does not say, in a handful of numbers.
//!
//! Two eyes with the same mask differ in how bright their layers are, how noisy the scan is and how much the device
//! averaged. A network without that condition draws the mean of all eyes. So some ten figures are taken from every
//! training scan, reduced to their main directions, and given to the network; at use they are drawn from those of
//! the training eyes, taken from a scan ("like this one"), or set by hand.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::noise::Rng;
use crate::anatomy::{ABOVE_ILM, BELOW_BM, Interface};
use crate::document::{MAX_STYLE_DEVIATIONS, MAX_STYLE_NUMBERS};

/// Mean grey of every class from above the ILM to below BM.
pub(crate) const CLASSES: usize = BELOW_BM as usize + 1;
/// Figures that are taken from a scan.
pub const FIGURES: usize = CLASSES + 2;
/// Fewest pixels a figure is taken from.
pub(crate) const LEAST_PIXELS: usize = 64;
/// Most directions that are kept.
pub const MAX_COMPONENTS: usize = MAX_STYLE_NUMBERS;
/// Deviation of the jitter of a drawn style, in those of the training scans.
const JITTER: f64 = 0.25;

/// What was measured in a scan: mean grey of each class of layers (0 above the ILM to 8 below BM), deviation of the
/// grey above the ILM, relative deviation of the grey in the ONL-ISM. Not a number where the scan has too little of
/// it.
pub type StyleFigures = [f32; FIGURES];

/// The figure that is the deviation of the grey above the ILM: the noise of the device.
pub const VITREOUS_NOISE: usize = CLASSES;

/// The composite code of the class whose mean grey a figure is; `None` of the two that are deviations.
pub fn figure_class(figure: usize) -> Option<u8> {
    (figure < CLASSES).then_some(figure as u8)
}

/// Measures a scan's annotated columns.
///
/// - `image`: grey values; `labels`: composite codes; `valid`: where the instrument recorded something; all
///   row-major, `width` columns
///
/// # Panics
/// If they differ in size.
pub fn measure(
    width: usize,
    image: &[u8],
    labels: &[u8],
    valid: &[bool],
    annotated: &Range<usize>,
) -> StyleFigures {
    assert!(image.len() == labels.len() && image.len() == valid.len(), "planes of one size");
    let mut sums = [(0_usize, 0.0_f64, 0.0_f64); CLASSES];
    for (at, (&grey, &code)) in image.iter().zip(labels).enumerate() {
        if code <= BELOW_BM && valid[at] && annotated.contains(&(at % width)) {
            let (count, sum, squares) = &mut sums[usize::from(code)];
            let grey = f64::from(grey);
            (*count, *sum, *squares) = (*count + 1, *sum + grey, *squares + grey * grey);
        }
    }
    let moments = sums.map(|(count, sum, squares)| {
        if count < LEAST_PIXELS {
            return (f64::NAN, f64::NAN);
        }
        let mean = sum / count as f64;
        (mean, (squares / count as f64 - mean * mean).max(0.0).sqrt())
    });
    let outer_nuclear = moments[Interface::IsmIse.index()];
    let mut figures = [0.0; FIGURES];
    for (figure, (mean, _)) in figures.iter_mut().zip(moments) {
        *figure = mean as f32;
    }
    figures[CLASSES] = moments[usize::from(ABOVE_ILM)].1 as f32;
    figures[CLASSES + 1] = (outer_nuclear.1 / outer_nuclear.0.max(1.0)) as f32;
    figures
}

/// The style of a training scan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingStyle {
    /// Whose eye it is.
    pub subject: String,
    /// In deviations along the components.
    pub style: Vec<f32>,
}

/// The main directions in which training scans differ; kept in the model file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StyleModel {
    /// Of each figure over the training scans.
    means: Vec<f32>,
    /// Of each figure; figures are divided by it.
    deviations: Vec<f32>,
    /// Unit vectors over the divided figures, the widest spread first.
    components: Vec<Vec<f32>>,
    /// Deviation of the training scans along each.
    spreads: Vec<f32>,
    /// The training scans, which styles are drawn from.
    training: Vec<TrainingStyle>,
}

impl StyleModel {
    /// From the figures of training scans, each with its subject. `None` where there are fewer than three scans or
    /// they do not differ in so many directions.
    ///
    /// # Panics
    /// If `components` is 0 or above [`MAX_COMPONENTS`].
    pub fn of(scans: &[(&str, StyleFigures)], components: usize) -> Option<Self> {
        assert!((1..=MAX_COMPONENTS).contains(&components), "{components} components");
        if scans.len() < 3 {
            return None;
        }
        let mut means = vec![0.0; FIGURES];
        let mut deviations = vec![1.0; FIGURES];
        for figure in 0..FIGURES {
            let values: Vec<f64> = scans
                .iter()
                .map(|(_, figures)| f64::from(figures[figure]))
                .filter(|value| value.is_finite())
                .collect();
            let count = values.len().max(1) as f64;
            let mean = values.iter().sum::<f64>() / count;
            let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
            means[figure] = mean as f32;
            deviations[figure] = if variance > 1e-12 { variance.sqrt() as f32 } else { 1.0 };
        }
        let mut model =
            Self { means, deviations, components: Vec::new(), spreads: Vec::new(), training: Vec::new() };
        let divided: Vec<[f64; FIGURES]> = scans.iter().map(|(_, figures)| model.divided(figures)).collect();
        let mut covariance = [[0.0; FIGURES]; FIGURES];
        for figures in &divided {
            for (row, values) in covariance.iter_mut().enumerate() {
                for (column, value) in values.iter_mut().enumerate() {
                    *value += figures[row] * figures[column] / divided.len() as f64;
                }
            }
        }
        for (variance, direction) in principal_directions(covariance).into_iter().take(components) {
            if variance < 1e-6 {
                return None;
            }
            model.components.push(direction.iter().map(|&value| value as f32).collect());
            model.spreads.push(variance.sqrt() as f32);
        }
        model.training = scans
            .iter()
            .map(|(subject, figures)| TrainingStyle {
                subject: (*subject).to_owned(),
                // A thousandth of a deviation is more than anybody sees, and keeps the file small.
                style: model.style(figures).iter().map(|value| (value * 1000.0).round() / 1000.0).collect(),
            })
            .collect();
        Some(model)
    }

    /// Number of directions.
    pub fn components(&self) -> usize {
        self.components.len()
    }

    /// Style channels of a network: whether there is a style, and the style.
    pub fn channels(&self) -> usize {
        self.components() + 1
    }

    /// The training scans.
    pub fn training(&self) -> &[TrainingStyle] {
        &self.training
    }

    /// The style of a scan with these figures, in deviations along the components; a figure that could not be
    /// measured counts as usual.
    pub fn style(&self, figures: &StyleFigures) -> Vec<f32> {
        let divided = self.divided(figures);
        self.components
            .iter()
            .zip(&self.spreads)
            .map(|(direction, spread)| {
                let along: f64 =
                    direction.iter().zip(divided).map(|(&factor, value)| f64::from(factor) * value).sum();
                (along as f32 / spread).clamp(-MAX_STYLE_DEVIATIONS, MAX_STYLE_DEVIATIONS)
            })
            .collect()
    }

    /// How much of each figure is in a direction: a unit vector.
    ///
    /// # Panics
    /// If there is no such direction.
    pub fn loadings(&self, component: usize) -> &[f32] {
        &self.components[component]
    }

    /// The figures that scans of a style have on average: what "brighter RPE" means in styles and back.
    pub fn figures(&self, style: &[f32]) -> StyleFigures {
        let mut figures = [0.0; FIGURES];
        for (at, figure) in figures.iter_mut().enumerate() {
            let along: f32 = style
                .iter()
                .zip(&self.components)
                .zip(&self.spreads)
                .map(|((value, direction), spread)| value * spread * direction[at])
                .sum();
            *figure = self.means[at] + self.deviations[at] * along;
        }
        figures
    }

    /// A style as the network's condition; `None` is all zeros.
    pub fn channel_values(&self, style: Option<&[f32]>) -> Vec<f32> {
        channel_values(style, self.channels())
    }

    /// A style of an eye that might have been among the training eyes: between two scans of two of them, jittered.
    pub fn drawn(&self, rng: &mut Rng) -> Vec<f32> {
        let [first, second] = [(); 2].map(|()| &self.training[rng.below(self.training.len())].style);
        // Mostly near one of the two: means of eyes are more usual than eyes are.
        let share = (rng.uniform().powi(2)) as f32;
        first
            .iter()
            .zip(second)
            .map(|(a, b)| {
                let jitter = JITTER * (12.0_f64).sqrt() * (rng.uniform() - 0.5);
                (a + share * (b - a) + jitter as f32).clamp(-MAX_STYLE_DEVIATIONS, MAX_STYLE_DEVIATIONS)
            })
            .collect()
    }

    /// Whether the numbers fit together.
    ///
    /// # Errors
    /// If styles and directions differ in size, or a number is not finite or a deviation not above 0.
    pub fn check(&self) -> Result<(), String> {
        let count = self.components.len();
        let sizes = [self.means.len(), self.deviations.len()];
        let is_whole = (1..=MAX_COMPONENTS).contains(&count)
            && sizes == [FIGURES; 2]
            && self.spreads.len() == count
            && self.components.iter().all(|direction| direction.len() == FIGURES)
            && self.training.iter().all(|scan| scan.style.len() == count)
            && !self.training.is_empty();
        let values = self.means.iter().chain(&self.deviations).chain(&self.spreads);
        let values = values.chain(self.components.iter().flatten());
        let values = values.chain(self.training.iter().flat_map(|scan| &scan.style));
        if !is_whole {
            Err("its styles are of other sizes than their directions".to_owned())
        } else if !values.into_iter().all(|value| value.is_finite())
            || self.deviations.iter().chain(&self.spreads).any(|&value| value <= 0.0)
        {
            Err("its styles hold a number that is none".to_owned())
        } else {
            Ok(())
        }
    }

    fn divided(&self, figures: &StyleFigures) -> [f64; FIGURES] {
        std::array::from_fn(|at| match figures[at].is_finite() {
            true => f64::from(figures[at] - self.means[at]) / f64::from(self.deviations[at]),
            false => 0.0,
        })
    }
}

/// A style as the condition of a network with so many style channels: whether there is one, and the style. `None` is
/// all zeros.
pub fn channel_values(style: Option<&[f32]>, channels: usize) -> Vec<f32> {
    let mut condition = vec![0.0; channels];
    if let (Some(style), [is_there, values @ ..]) = (style, &mut condition[..]) {
        *is_there = 1.0;
        values.iter_mut().zip(style).for_each(|(channel, &value)| *channel = value);
    }
    condition
}

/// Eigenvalues and eigenvectors of a symmetric matrix, the largest first (cyclic Jacobi rotations, Golub & Van Loan
/// section 8.5). Each vector's largest part is positive, so that the sign is the same everywhere.
fn principal_directions(mut matrix: [[f64; FIGURES]; FIGURES]) -> Vec<(f64, [f64; FIGURES])> {
    let mut vectors = [[0.0; FIGURES]; FIGURES];
    for (at, row) in vectors.iter_mut().enumerate() {
        row[at] = 1.0;
    }
    for _ in 0..30 {
        for p in 0..FIGURES {
            for q in p + 1..FIGURES {
                rotate(&mut matrix, &mut vectors, p, q);
            }
        }
    }
    let mut found: Vec<(f64, [f64; FIGURES])> = (0..FIGURES)
        .map(|column| {
            let vector: [f64; FIGURES] = std::array::from_fn(|row| vectors[row][column]);
            let largest = vector.iter().copied().fold(0.0, |a: f64, b| if b.abs() > a.abs() { b } else { a });
            (matrix[column][column], vector.map(|value| value * largest.signum()))
        })
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found
}

/// The rotation in the plane of `p` and `q` that makes their common entry zero.
fn rotate(
    matrix: &mut [[f64; FIGURES]; FIGURES],
    vectors: &mut [[f64; FIGURES]; FIGURES],
    p: usize,
    q: usize,
) {
    if matrix[p][q].abs() < 1e-300 {
        return;
    }
    let theta = (matrix[q][q] - matrix[p][p]) / (2.0 * matrix[p][q]);
    let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let tangent = if theta == 0.0 { 1.0 } else { tangent };
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let sine = tangent * cosine;
    let rotated = |a: f64, b: f64| (cosine * a - sine * b, sine * a + cosine * b);
    for row in matrix.iter_mut().chain(vectors) {
        (row[p], row[q]) = rotated(row[p], row[q]);
    }
    let (upper, lower) = matrix.split_at_mut(q);
    for (a, b) in upper[p].iter_mut().zip(&mut lower[0]) {
        (*a, *b) = rotated(*a, *b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eyes that differ in brightness as a whole, a little in their noise, and by chance.
    fn eyes() -> Vec<(&'static str, StyleFigures)> {
        (0..40)
            .map(|eye| {
                let mut rng = Rng::new(3, 0, eye);
                let (gain, noise) = (0.8 + 0.4 * rng.uniform(), rng.uniform());
                let mut figures = [0.0; FIGURES];
                for (class, figure) in figures.iter_mut().enumerate().take(CLASSES) {
                    *figure = (gain * (20.0 + 15.0 * class as f64) + 2.0 * rng.uniform()) as f32;
                }
                figures[CLASSES] = (8.0 + 4.0 * noise) as f32;
                figures[CLASSES + 1] = (0.2 + 0.1 * noise) as f32;
                (if eye % 2 == 0 { "a" } else { "b" }, figures)
            })
            .collect()
    }

    #[test]
    fn a_scan_is_measured_class_by_class() {
        let width = 40;
        let labels: Vec<u8> = (0..40 * 45).map(|at| (at / width / 5) as u8).collect();
        let image: Vec<u8> = labels
            .iter()
            .enumerate()
            .map(|(at, &code)| 20 * code + if at % 2 == 0 { 10 } else { 14 })
            .collect();
        let figures = measure(width, &image, &labels, &vec![true; image.len()], &(0..width));
        for class in 0..CLASSES {
            assert!((figures[class] - (20.0 * class as f32 + 12.0)).abs() < 1e-3, "{figures:?}");
        }
        assert!((figures[CLASSES] - 2.0).abs() < 1e-3);
        assert!((figures[CLASSES + 1] - 2.0 / 112.0).abs() < 1e-4);
        let nothing = measure(width, &image, &labels, &vec![false; image.len()], &(0..width));
        assert!(nothing.iter().all(|figure| figure.is_nan()));
    }

    #[test]
    fn styles_are_whitened_and_tell_their_figures() {
        let eyes = eyes();
        let model = StyleModel::of(&eyes, 3).unwrap();
        assert_eq!((model.check(), model.components(), model.channels()), (Ok(()), 3, 4));
        let styles: Vec<Vec<f32>> = eyes.iter().map(|(_, figures)| model.style(figures)).collect();
        for component in 0..3 {
            let mean: f32 = styles.iter().map(|style| style[component]).sum::<f32>() / 40.0;
            let square: f32 = styles.iter().map(|style| style[component].powi(2)).sum::<f32>() / 40.0;
            assert!(mean.abs() < 1e-3 && (square - 1.0).abs() < 0.02, "{component}: {mean} {square}");
        }
        // Two directions explain nearly everything: figures come back.
        let (mut apart, mut spread) = (0.0, 0.0);
        for ((_, figures), style) in eyes.iter().zip(&styles) {
            let back = model.figures(style);
            apart += (back[7] - figures[7]).powi(2);
            spread += (figures[7] - model.means[7]).powi(2);
        }
        assert!(apart < 0.05 * spread, "{apart} of {spread}");
    }

    #[test]
    fn what_cannot_be_measured_counts_as_usual_and_no_style_is_zeros() {
        let model = StyleModel::of(&eyes(), 4).unwrap();
        assert!(model.style(&[f32::NAN; FIGURES]).iter().all(|&value| value == 0.0));
        assert_eq!(model.channel_values(None), [0.0; 5]);
        assert_eq!(model.channel_values(Some(&[0.5, -1.0, 0.0, 2.0])), [1.0, 0.5, -1.0, 0.0, 2.0]);
        assert_eq!(StyleModel::of(&eyes()[..2], 2), None);
        let alike: Vec<(&str, StyleFigures)> = vec![("a", [50.0; FIGURES]); 5];
        assert_eq!(StyleModel::of(&alike, 1), None);
    }

    #[test]
    fn drawn_styles_spread_like_those_of_the_training_eyes() {
        let model = StyleModel::of(&eyes(), 2).unwrap();
        let drawn: Vec<Vec<f32>> = (0..500).map(|at| model.drawn(&mut Rng::new(1, 0, at))).collect();
        assert_eq!(drawn[7], model.drawn(&mut Rng::new(1, 0, 7)));
        let square: f32 = drawn.iter().map(|style| style[0].powi(2)).sum::<f32>() / 500.0;
        assert!((0.5..1.3).contains(&square), "{square}");
    }

    #[test]
    fn a_model_survives_its_file_and_a_torn_one_is_refused() {
        let model = StyleModel::of(&eyes(), 3).unwrap();
        let json = serde_json::to_string(&model).unwrap();
        assert_eq!(serde_json::from_str::<StyleModel>(&json).unwrap(), model);
        assert!(StyleModel { spreads: vec![1.0], ..model.clone() }.check().is_err());
        assert!(StyleModel { deviations: vec![0.0; FIGURES], ..model }.check().is_err());
    }

    #[test]
    fn directions_are_those_of_a_known_matrix() {
        // Diagonal but for a rotated pair: eigenvalues 9 and 1 along (1, 1) and (1, -1).
        let mut matrix = [[0.0; FIGURES]; FIGURES];
        for (at, row) in matrix.iter_mut().enumerate() {
            row[at] = 0.1 * (at + 1) as f64;
        }
        (matrix[0][0], matrix[1][1], matrix[0][1], matrix[1][0]) = (5.0, 5.0, 4.0, 4.0);
        let found = principal_directions(matrix);
        assert!((found[0].0 - 9.0).abs() < 1e-9 && (found[1].0 - 1.1).abs() < 1e-9, "{:?}", found[1]);
        let half = 0.5_f64.sqrt();
        assert!((found[0].1[0] - half).abs() < 1e-9 && (found[0].1[1] - half).abs() < 1e-9);
    }
}
