//! Exact K-means in one dimension.
//!
//! Sorted values cluster into runs, so the best partition is found by dynamic programming over runs
//! (Bellman 1973; Wang & Song 2011); the best last cut never moves left as the end moves right, so each row
//! of the table is filled by divide and conquer. On a histogram of B bins that is O(K B log B), whatever the
//! number of pixels.

/// Bins over the intensities `0..=1` in which values are clustered.
pub const BINS: usize = 1024;

/// Values in `0..=1`, counted by bin with their sums, so that centroids are those of the values.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    counts: Vec<u64>,
    sums: Vec<f64>,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; BINS], sums: vec![0.0; BINS] }
    }
}

impl Histogram {
    /// The histogram of values.
    pub fn of(values: &[f32]) -> Self {
        let mut histogram = Self::default();
        histogram.add(values);
        histogram
    }

    /// Counts more values; those outside `0..=1` at the nearer end, those that are no number nowhere.
    pub fn add(&mut self, values: &[f32]) {
        for value in values.iter().filter(|value| !value.is_nan()) {
            let value = f64::from(value.clamp(0.0, 1.0));
            let bin = ((value * BINS as f64) as usize).min(BINS - 1);
            self.counts[bin] += 1;
            self.sums[bin] += value;
        }
    }

    /// Mean value and count of every bin that is not empty, ascending.
    fn places(&self) -> Vec<(f64, f64)> {
        let bins = self.counts.iter().zip(&self.sums).filter(|(count, _)| **count > 0);
        bins.map(|(&count, &sum)| (sum / count as f64, count as f64)).collect()
    }
}

/// The centres of the best partition into `clusters` clusters, ascending; as many as there are different
/// bins where those are fewer. Among equal partitions, the one whose upper clusters begin lowest.
///
/// # Panics
/// If `clusters` is 0.
pub fn centroids(histogram: &Histogram, clusters: usize) -> Vec<f64> {
    assert!(clusters > 0, "no clusters");
    let places = histogram.places();
    if places.is_empty() {
        return Vec::new();
    }
    let runs = Runs::new(&places);
    let clusters = clusters.min(places.len());
    // cost[j]: least cost of the first j + 1 places in so many clusters.
    let mut cost: Vec<f64> = (0..places.len()).map(|last| runs.cost(0, last)).collect();
    let mut first_of_last = Vec::with_capacity(clusters);
    for level in 1..clusters {
        let mut row = Row {
            runs: &runs,
            before: &cost,
            cost: vec![f64::INFINITY; places.len()],
            first: vec![0; places.len()],
        };
        row.fill(level..places.len(), level, places.len() - 1);
        first_of_last.push(row.first);
        cost = row.cost;
    }
    let mut last = places.len() - 1;
    let mut found = Vec::with_capacity(clusters);
    for first_of in first_of_last.iter().rev() {
        let first = first_of[last];
        found.push(runs.mean(first, last));
        last = first - 1;
    }
    found.push(runs.mean(0, last));
    found.reverse();
    found
}

/// Sums over the first places, so that the cost of a run is a difference.
struct Runs {
    weight: Vec<f64>,
    sum: Vec<f64>,
    square: Vec<f64>,
}

impl Runs {
    fn new(places: &[(f64, f64)]) -> Self {
        let running = |of: fn(f64, f64) -> f64| {
            let mut total = 0.0;
            let sums = places.iter().map(|&(value, weight)| {
                total += of(value, weight);
                total
            });
            std::iter::once(0.0).chain(sums).collect()
        };
        Self {
            weight: running(|_, weight| weight),
            sum: running(|value, weight| value * weight),
            square: running(|value, weight| value * value * weight),
        }
    }

    fn mean(&self, first: usize, last: usize) -> f64 {
        (self.sum[last + 1] - self.sum[first]) / (self.weight[last + 1] - self.weight[first])
    }

    /// Sum of squared distances to the mean.
    fn cost(&self, first: usize, last: usize) -> f64 {
        let weight = self.weight[last + 1] - self.weight[first];
        let sum = self.sum[last + 1] - self.sum[first];
        (self.square[last + 1] - self.square[first] - sum * sum / weight).max(0.0)
    }
}

/// One row of the table: one cluster more than in `before`.
struct Row<'a> {
    runs: &'a Runs,
    before: &'a [f64],
    cost: Vec<f64>,
    /// The first place of the last cluster.
    first: Vec<usize>,
}

impl Row<'_> {
    /// Fills the places `ends`, whose last clusters begin within `low..=high`.
    fn fill(&mut self, ends: std::ops::Range<usize>, low: usize, high: usize) {
        if ends.is_empty() {
            return;
        }
        let middle = ends.start + ends.len() / 2;
        for first in low..=high.min(middle) {
            let cost = self.before[first - 1] + self.runs.cost(first, middle);
            if cost < self.cost[middle] {
                (self.cost[middle], self.first[middle]) = (cost, first);
            }
        }
        let cut = self.first[middle];
        self.fill(ends.start..middle, low, cut);
        self.fill(middle + 1..ends.end, cut, high);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::noise::Rng;

    /// The least cost of all partitions into runs.
    fn least_cost(places: &[(f64, f64)], clusters: usize) -> f64 {
        fn search(runs: &Runs, start: usize, end: usize, clusters: usize) -> f64 {
            if clusters == 1 {
                return runs.cost(start, end - 1);
            }
            (start + 1..=end - (clusters - 1))
                .map(|cut| runs.cost(start, cut - 1) + search(runs, cut, end, clusters - 1))
                .fold(f64::INFINITY, f64::min)
        }
        search(&Runs::new(places), 0, places.len(), clusters)
    }

    #[test]
    fn no_partition_is_better() {
        for event in 0..40 {
            let mut rng = Rng::new(3, 0, event);
            let values: Vec<f32> =
                (0..14).map(|_| (rng.uniform() * if rng.chance(0.5) { 1.0 } else { 0.3 }) as f32).collect();
            let histogram = Histogram::of(&values);
            let places = histogram.places();
            for clusters in 1..=4 {
                let centres = centroids(&histogram, clusters);
                assert_eq!(centres.len(), clusters);
                assert!(centres.is_sorted());
                let nearest = |value: f64| {
                    centres.iter().map(|centre| (centre - value).powi(2)).fold(f64::INFINITY, f64::min)
                };
                let cost: f64 = places.iter().map(|&(value, weight)| weight * nearest(value)).sum();
                assert!((cost - least_cost(&places, clusters)).abs() < 1e-9, "{clusters} clusters");
            }
        }
    }

    #[test]
    fn never_more_clusters_than_values() {
        let histogram = Histogram::of(&[0.2, 0.2, 0.7, f32::NAN]);
        let centres = centroids(&histogram, 9);
        assert!((centres[0] - 0.2).abs() < 1e-6 && (centres[1] - 0.7).abs() < 1e-6);
        assert_eq!(centres.len(), 2);
        assert!(centroids(&Histogram::default(), 3).is_empty());
    }
}
