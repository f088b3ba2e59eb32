//! Along the lines of a mask: where they lie without a grader's steps, what a picture has there, and its mean over some
//! columns. A line has a value in some columns and none in others.

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

/// The mean of the profiles around a column that has one.
pub fn mean_around<const N: usize>(
    profiles: &[Option<[f32; N]>],
    x: usize,
    (deviation, reach): Weights,
) -> [f32; N] {
    let (mut mean, mut total) = ([0.0; N], 0.0);
    let columns = x.saturating_sub(reach)..(x + reach + 1).min(profiles.len());
    let first = columns.start;
    for (distance, profile) in profiles[columns].iter().enumerate() {
        let Some(profile) = profile else { continue };
        let weight = weight(first + distance, x, deviation);
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

fn weight(near: usize, x: usize, deviation: f32) -> f32 {
    (-0.5 * (near.abs_diff(x) as f32 / deviation).powi(2)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(mean_around(&profiles, 0, (1e6, 2)), [2.0, 4.0]);
        assert_eq!(between(&[1.0, 3.0, 4.0], 0.5), 2.0);
        assert_eq!(between(&[1.0, 3.0, 4.0], 9.0), 4.0);
    }
}
