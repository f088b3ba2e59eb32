//! Along the lines of a mask: where they lie without a grader's steps, what a picture has there, and its mean over some
//! columns. A line has a value in some columns and none in others.

use crate::anatomy::BELOW_BM;

/// Where in every column the layers of a mask begin, found row by row: columns of a large mask lie far apart in memory.
#[derive(Clone, Debug)]
pub struct LayerStarts {
    /// By layer from the NFL on, then by column; `usize::MAX` where a layer is missing.
    first: Vec<Vec<usize>>,
    /// One past the last row of the layer above BM, by column; 0 where it is missing.
    end: Vec<usize>,
}

impl LayerStarts {
    /// Of composite codes, row-major.
    pub fn of(labels: &[u8], width: usize) -> Self {
        let layers = usize::from(BELOW_BM) - 1;
        let (mut first, mut end) = (vec![vec![usize::MAX; width]; layers], vec![0; width]);
        for (y, row) in labels.chunks_exact(width).enumerate() {
            for (x, &code) in row.iter().enumerate() {
                if (1..BELOW_BM).contains(&code) {
                    let first = &mut first[usize::from(code) - 1][x];
                    *first = (*first).min(y);
                    if code == BELOW_BM - 1 {
                        end[x] = y + 1;
                    }
                }
            }
        }
        Self { first, end }
    }

    /// The first row of a layer, from the NFL to that above BM, in a column.
    pub fn first(&self, layer: u8, x: usize) -> Option<usize> {
        let row = self.first[usize::from(layer) - 1][x];
        (row != usize::MAX).then_some(row)
    }

    /// One past the last row of the layer above BM in a column.
    pub fn end(&self, x: usize) -> Option<usize> {
        (self.end[x] > 0).then_some(self.end[x])
    }
}

/// Weights that fall with the distance: their deviation in columns, and how far they reach.
pub type Weights = (f32, usize);

/// A line at a column: the mean over as many columns on either side, so that a slope stays where it is; `None` where the
/// line is.
pub fn smoothed(line: &[Option<f32>], x: usize, (deviation, most): Weights) -> Option<f32> {
    let at = |x: usize| line.get(x).copied().flatten();
    at(x)?;
    let mut reach = 0;
    while reach < most && x.checked_sub(reach + 1).and_then(at).is_some() && at(x + reach + 1).is_some() {
        reach += 1;
    }
    let around = (x - reach..=x + reach).filter_map(|near| Some((weight(near, x, deviation), at(near)?)));
    let (total, sum) =
        around.fold((0.0, 0.0), |sums, (weight, row)| (sums.0 + weight, sums.1 + weight * row));
    Some(sum / total)
}

/// The grey at a row between rows, of a column of which `grey` knows `height` of them, two at least.
pub fn grey_at(row: f32, height: usize, grey: &impl Fn(usize) -> f32) -> f32 {
    let row = row.clamp(0.0, (height - 1) as f32);
    let first = (row as usize).min(height - 2);
    let part = row - first as f32;
    grey(first) * (1.0 - part) + grey(first + 1) * part
}

/// The mean of the profiles around a column that has one. `by_distance` holds the weights of [`weights_of`].
pub fn mean_around<const N: usize>(profiles: &[Option<[f32; N]>], x: usize, by_distance: &[f32]) -> [f32; N] {
    let reach = by_distance.len() - 1;
    let (mut mean, mut total) = ([0.0; N], 0.0);
    let columns = x.saturating_sub(reach)..(x + reach + 1).min(profiles.len());
    let first = columns.start;
    for (distance, profile) in profiles[columns].iter().enumerate() {
        let Some(profile) = profile else { continue };
        let weight = by_distance[x.abs_diff(first + distance)];
        total += weight;
        mean.iter_mut().zip(profile).for_each(|(sum, grey)| *sum += weight * grey);
    }
    mean.map(|sum| sum / total)
}

/// Less towards a column without the line, over so many columns; 1 elsewhere and at the edges of the picture.
pub fn part_of_change<T>(line: &[Option<T>], x: usize, columns: usize) -> f32 {
    let is_missing = |x: usize| line.get(x).is_some_and(Option::is_none);
    let distance = (1..columns)
        .find(|&distance| x.checked_sub(distance).is_some_and(is_missing) || is_missing(x + distance));
    distance.unwrap_or(columns) as f32 / columns as f32
}

/// A value between those of two samples.
pub fn between<const N: usize>(samples: &[f32; N], at: f32) -> f32 {
    let at = at.clamp(0.0, (N - 1) as f32);
    let first = (at as usize).min(N - 2);
    let part = at - first as f32;
    samples[first] * (1.0 - part) + samples[first + 1] * part
}

/// Weights by distance, from none to as far as they reach.
pub fn weights_of((deviation, reach): Weights) -> Vec<f32> {
    (0..=reach).map(|distance| weight(distance, 0, deviation)).collect()
}

fn weight(near: usize, x: usize, deviation: f32) -> f32 {
    (-0.5 * (near.abs_diff(x) as f32 / deviation).powi(2)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_begin_where_they_are_first_seen() {
        // Three columns: in order, without the NFL, and without any layer.
        let labels = [[0, 0, 0], [1, 0, 0], [2, 2, 9], [7, 7, 0], [2, 7, 8], [8, 8, 8]].concat();
        let starts = LayerStarts::of(&labels, 3);
        assert_eq!([0, 1, 2].map(|x| starts.first(1, x)), [Some(1), None, None]);
        assert_eq!([0, 1, 2].map(|x| starts.first(2, x)), [Some(2), Some(2), None]);
        assert_eq!([0, 1, 2].map(|x| starts.end(x)), [Some(4), Some(5), None]);
    }

    #[test]
    fn a_slope_keeps_its_place_and_steps_go() {
        let slope: Vec<Option<f32>> = (0..40).map(|x| Some(0.5 * x as f32)).collect();
        for x in [0, 5, 20, 39] {
            assert!((smoothed(&slope, x, (4.0, 12)).unwrap() - 0.5 * x as f32).abs() < 1e-4);
        }
        let stairs: Vec<Option<f32>> = (0..40).map(|x| Some((x / 8) as f32)).collect();
        let rows: Vec<f32> = (12..28).map(|x| smoothed(&stairs, x, (4.0, 12)).unwrap()).collect();
        assert!(rows.windows(2).all(|pair| (pair[1] - pair[0] - 0.125).abs() < 0.08), "{rows:?}");
        assert_eq!(smoothed(&[Some(1.0), None], 1, (4.0, 12)), None);
    }

    #[test]
    fn a_change_fades_towards_a_gap_and_not_towards_the_edge() {
        let line: Vec<Option<f32>> = (0..20).map(|x| (x != 10).then_some(1.0)).collect();
        let parts: Vec<f32> = [0, 4, 7, 9].map(|x| part_of_change(&line, x, 6)).into();
        assert_eq!(parts, [1.0, 1.0, 0.5, 1.0 / 6.0]);
        let profiles = [Some([1.0, 2.0]), None, Some([3.0, 6.0])];
        assert_eq!(mean_around(&profiles, 0, &weights_of((1e6, 2))), [2.0, 4.0]);
        assert_eq!(between(&[1.0, 3.0, 4.0], 0.5), 2.0);
        assert_eq!(between(&[1.0, 3.0, 4.0], 9.0), 4.0);
    }
}
