//! The look that was requested, met: greys of the layers and shadows of vessels as they were asked for.
//!
//! A network that has learned for a short time moves the greys of the layers the right way when it is given a style,
//! but not far enough, gives every picture some brightness of its own beside, and draws a vessel's shadow fainter than
//! it was painted. So what came is measured in the picture as styles are measured in scans ([`style::measure`]), and
//! what is missing is multiplied into the greys: by layer of the mask and, below a vessel, by column. A lesion takes
//! the factor of the layer that it lies in and keeps its contrast; speckle keeps its own. Where nothing was requested,
//! nothing is changed.

use super::look::Look;
use crate::anatomy::{BELOW_BM, UNANNOTATED};
use crate::encoding::shadow::{column_darkness, darkness};
use crate::encoding::style::{CLASSES, LEAST_PIXELS, StyleModel};

#[cfg(doc)]
use crate::encoding::style;

/// What a grey may be multiplied by: more would make noise of what is nearly black.
const FACTORS: [f32; 2] = [0.4, 2.5];
/// A mean grey, in levels, that can be divided by.
const LEAST_GREY: f64 = 1.0;
/// Rows above and below over which a factor passes into that of the next layer: a scan has no sharper edges.
const BLEND_ROWS: usize = 1;
/// How often greys are measured and mended: the blend takes a little from thin layers.
const ROUNDS: usize = 2;
/// The deepest shadow of neighbouring columns must reach this, or they are speckle and no vessel.
const LEAST_SHADOW: f32 = 0.2;
/// Grey levels of a step in `[-1, 1]`.
const LEVELS: f32 = 127.5;

/// What was requested of a picture, over its mask on the grid.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RequestedLook {
    width: usize,
    /// Composite codes, row-major.
    labels: Vec<u8>,
    /// The layer that each pixel lies in, by its code.
    layers: Vec<u8>,
    /// Mean grey of every class of layers, in levels; `None` leaves them to the network.
    greys: Option<[f32; CLASSES]>,
    /// Of every column, 0 to 1; empty where no vessel is.
    shadows: Vec<f32>,
}

impl RequestedLook {
    /// What a look requests of a network conditioned on `styles` and, if `takes_shadows`, vessels; `None` if nothing.
    pub fn of(
        look: &Look,
        styles: Option<&StyleModel>,
        takes_shadows: bool,
        labels: &[u8],
        width: usize,
    ) -> Option<Self> {
        let greys = look.style.as_deref().zip(styles).map(|(style, styles)| {
            let figures = styles.figures(style);
            std::array::from_fn(|class| figures[class])
        });
        let shadows = match takes_shadows {
            true => vessels_alone(&look.shadow, width),
            false => Vec::new(),
        };
        (greys.is_some() || !shadows.is_empty()).then(|| Self {
            width,
            labels: labels.to_vec(),
            layers: layers_of(labels, width),
            greys,
            shadows,
        })
    }

    /// Changes a picture, row-major in `[-1, 1]`, so that it has what was requested; `share` of it, so that what is left
    /// of a real scan is not changed once more.
    ///
    /// # Panics
    /// If the picture is not the grid's size.
    pub fn meet(&self, picture: &mut [f32], share: f32) {
        assert_eq!(picture.len(), self.labels.len(), "a picture of the grid");
        if !self.shadows.is_empty() {
            let by_column = self.missing_shadows(picture);
            self.multiply(picture, share, |layer, column| {
                1.0 - shaded_share(layer) * (1.0 - by_column[column])
            });
        }
        let Some(requested) = &self.greys else { return };
        for _ in 0..ROUNDS {
            let came = self.class_greys(picture);
            let by_class: [f32; CLASSES] = std::array::from_fn(|class| match came[class] {
                Some(came) => (f64::from(requested[class]).max(LEAST_GREY) / came.max(LEAST_GREY)) as f32,
                None => 1.0,
            });
            let by_class = by_class.map(|factor| factor.clamp(FACTORS[0], FACTORS[1]));
            self.multiply(picture, share, |layer, _| by_class[usize::from(layer)]);
        }
    }

    /// Mean grey of every class of layers in levels, lesions left out, as [`style::measure`] has it.
    fn class_greys(&self, picture: &[f32]) -> [Option<f64>; CLASSES] {
        let mut sums = [(0_usize, 0.0_f64); CLASSES];
        for (&value, &code) in picture.iter().zip(&self.labels) {
            if let Some((count, sum)) = sums.get_mut(usize::from(code)) {
                *count += 1;
                *sum += f64::from(((value + 1.0) * LEVELS).clamp(0.0, 255.0));
            }
        }
        sums.map(|(count, sum)| (count >= LEAST_PIXELS).then(|| sum / count as f64))
    }

    /// What each column below a vessel is to be multiplied by; 1 elsewhere.
    fn missing_shadows(&self, picture: &[f32]) -> Vec<f32> {
        let greys: Vec<u8> = picture.iter().map(|value| ((value + 1.0) * LEVELS).round() as u8).collect();
        let came = column_darkness(self.width, &greys, &self.labels, &(0..self.width));
        let mut factors = vec![1.0; self.width];
        let mut column = 0;
        for run in self.shadows.chunk_by(|a, b| (*a > 0.0) == (*b > 0.0)) {
            let columns = column..column + run.len();
            column = columns.end;
            if run[0] == 0.0 {
                continue;
            }
            // Speckle alone makes a single column darker or brighter: what came is taken of the vessel as a whole, with
            // the column on either side over which the measure spreads it.
            let around = columns.start.saturating_sub(1)..(columns.end + 1).min(self.width);
            let known = around.filter_map(|x| Some((darkness(self.shadows[x]), came[x]?)));
            let (requested, came) = known.fold((0.0, 0.0), |sums, pair| (sums.0 + pair.0, sums.1 + pair.1));
            let share = if requested > 0.0 { (came / requested).clamp(0.0, 1.0) } else { 1.0 };
            for x in columns {
                let requested = darkness(self.shadows[x]);
                factors[x] = (1.0 - requested) / (1.0 - share * requested).max(f32::EPSILON);
            }
        }
        factors
    }

    /// Multiplies the grey above black by a factor of layer and column, row by row blended into the next layer's.
    fn multiply(&self, picture: &mut [f32], share: f32, factor: impl Fn(u8, usize) -> f32) {
        let width = self.width;
        let rows = self.layers.len() / width;
        let factors: Vec<f32> = self
            .layers
            .iter()
            .enumerate()
            .map(|(at, &layer)| if layer <= BELOW_BM { factor(layer, at % width) } else { 1.0 })
            .collect();
        for (y, row) in picture.chunks_exact_mut(width).enumerate() {
            let near = y.saturating_sub(BLEND_ROWS)..(y + BLEND_ROWS + 1).min(rows);
            let part = 1.0 / near.len() as f32;
            for (x, value) in row.iter_mut().enumerate() {
                let factor: f32 = near.clone().map(|y| factors[y * width + x]).sum::<f32>() * part;
                *value += (*value + 1.0) * (factor - 1.0) * share;
            }
        }
    }
}

/// The layer that each pixel lies in: a lesion in the layer above it, what is not annotated in none.
fn layers_of(labels: &[u8], width: usize) -> Vec<u8> {
    let mut layers = labels.to_vec();
    for at in 0..layers.len() {
        if layers[at] > BELOW_BM && layers[at] != UNANNOTATED {
            layers[at] = at.checked_sub(width).map_or(UNANNOTATED, |above| layers[above]);
        }
    }
    layers
}

/// The shadows of columns that are deep enough somewhere; empty if none is.
fn vessels_alone(shadows: &[f32], width: usize) -> Vec<f32> {
    let mut columns: Vec<f32> = shadows.iter().copied().take(width).collect();
    columns.resize(width, 0.0);
    for run in columns.chunk_by_mut(|a, b| (*a > 0.0) == (*b > 0.0)) {
        if run.iter().all(|&shadow| shadow < LEAST_SHADOW) {
            run.fill(0.0);
        }
    }
    if columns.iter().any(|&shadow| shadow > 0.0) { columns } else { Vec::new() }
}

/// How dark a class is below a vessel, of what the bright bands are: vessels lie in the inner layers, which are none the
/// darker for them, and deep in the choroid little is left to be lost. Measured in the training scans (Duke 1-6, Tian 1-6
/// and 8; 1932 columns that are darker by a quarter): .05, 0, -.3, -.1, .28, .73, 1.1, .9 and .55, from above the ILM to
/// 30 rows below BM.
fn shaded_share(class: u8) -> f32 {
    match class {
        ..=3 => 0.0,
        4 => 0.3,
        5 => 0.75,
        6 | 7 => 1.0,
        _ => 0.55,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::IRF;
    use crate::encoding::noise::Rng;
    use crate::encoding::style::{FIGURES, StyleFigures};

    const WIDTH: usize = 120;

    /// Eyes of two directions: brighter as a whole, and with a brighter class 7.
    fn styles() -> StyleModel {
        let eyes: Vec<(&str, StyleFigures)> = (0..40)
            .map(|eye| {
                let mut rng = Rng::new(5, 0, eye);
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

    /// Bands of six rows, a cyst in class 5; the last columns are not annotated.
    fn labels() -> Vec<u8> {
        let mut labels: Vec<u8> = (0..54 * WIDTH).map(|at| (at / WIDTH / 6) as u8).collect();
        for y in 32..35 {
            labels[y * WIDTH + 10..y * WIDTH + 14].fill(IRF);
        }
        labels.chunks_exact_mut(WIDTH).for_each(|row| row[WIDTH - 4..].fill(u8::MAX));
        labels
    }

    /// A picture of 60 levels everywhere, half of that in the cyst, speckled.
    fn picture(labels: &[u8]) -> Vec<f32> {
        let mut rng = Rng::new(9, 0, 0);
        labels
            .iter()
            .map(|&code| {
                let grey = if code == IRF { 30.0 } else { 60.0 };
                (grey * (0.9 + 0.2 * rng.uniform() as f32)) / LEVELS - 1.0
            })
            .collect()
    }

    fn mean(picture: &[f32], is_in: impl Fn(usize) -> bool) -> f32 {
        let greys: Vec<f32> =
            (0..picture.len()).filter(|&at| is_in(at)).map(|at| (picture[at] + 1.0) * LEVELS).collect();
        greys.iter().sum::<f32>() / greys.len() as f32
    }

    #[test]
    fn a_picture_gets_the_greys_of_the_style_and_a_cyst_keeps_its_contrast() {
        let (styles, labels) = (styles(), labels());
        let look = Look { style: Some(vec![1.0, -0.5]), ..Look::default() };
        let requested = RequestedLook::of(&look, Some(&styles), true, &labels, WIDTH).expect("a style");
        let before = picture(&labels);
        let mut after = before.clone();
        requested.meet(&mut after, 1.0);
        let figures = styles.figures(&[1.0, -0.5]);
        for (class, requested) in figures.into_iter().enumerate().take(CLASSES) {
            let grey = mean(&after, |at| usize::from(labels[at]) == class);
            assert!((grey - requested).abs() < 0.02 * requested, "{class}: {grey}, not {requested}");
        }
        // In the middle of its layer, where nothing is blended.
        let is_inside = |at: usize| labels[at] == IRF;
        let is_beside = |at: usize| (32..35).contains(&(at / WIDTH)) && labels[at] == 5;
        let contrast = |of: &[f32]| mean(of, is_inside) / mean(of, is_beside);
        assert!((contrast(&after) - contrast(&before)).abs() < 1e-3);
        let has_no_label = (0..labels.len()).filter(|&at| labels[at] == u8::MAX);
        assert!(has_no_label.into_iter().all(|at| after[at] == before[at]), "nothing is requested there");
        // A real scan that is left as it is stays so.
        let mut left = before.clone();
        requested.meet(&mut left, 0.0);
        assert_eq!(left, before);
    }

    #[test]
    fn a_vessel_that_came_faintly_gets_its_shadow_and_one_that_came_whole_nothing_more() {
        let labels = labels();
        let mut look = vec![0.0_f32; WIDTH];
        look[40..48].fill(0.5);
        // Two columns of speckle that a scan was measured with are no vessel.
        look[80..82].fill(0.1);
        let look = Look { shadow: look.into(), ..Look::default() };
        let requested = RequestedLook::of(&look, None, true, &labels, WIDTH).expect("a vessel");
        for came in [0.0_f32, 0.3, darkness(0.5)] {
            let mut drawn = picture(&labels);
            for (at, value) in drawn.iter_mut().enumerate() {
                if (40..48).contains(&(at % WIDTH)) && labels[at] >= 3 {
                    *value = (*value + 1.0) * (1.0 - came) - 1.0;
                }
            }
            let before = drawn.clone();
            requested.meet(&mut drawn, 1.0);
            let below = |columns: std::ops::Range<usize>| {
                mean(&drawn, |at| columns.contains(&(at % WIDTH)) && (6..=7).contains(&labels[at]))
            };
            let darker = 1.0 - below(40..48) / below(50..70);
            assert!((darker - darkness(0.5)).abs() < 0.04, "{came} came: {darker}");
            let is_untouched = |at: usize| !(40..48).contains(&(at % WIDTH)) || labels[at] <= 3;
            // The last row of class 3 is blended into the next class.
            let same = (0..drawn.len()).filter(|&at| is_untouched(at) && at / WIDTH != 23);
            assert!(same.into_iter().all(|at| drawn[at] == before[at]));
        }
    }

    #[test]
    fn nothing_requested_is_nothing_to_do() {
        let labels = labels();
        assert_eq!(RequestedLook::of(&Look::default(), Some(&styles()), true, &labels, WIDTH), None);
        let faint = Look { shadow: vec![0.1; WIDTH].into(), ..Look::default() };
        assert_eq!(RequestedLook::of(&faint, None, true, &labels, WIDTH), None);
        let styled = Look { style: Some(vec![1.0]), shadow: vec![0.5; WIDTH].into(), ..Look::default() };
        assert_eq!(
            RequestedLook::of(&styled, None, false, &labels, WIDTH),
            None,
            "it is conditioned on neither"
        );
    }
}
