//! The cheapest line across a band of rows, column by column, and how sure it is of every column.
//!
//! Chiu's shortest path through a graph of pixels, with edges only to the next column, is a dynamic
//! programme: exact, and linear in the number of pixels. Running it from both sides gives the cost of
//! the best line through every pixel, from which the confidence follows.

/// A band of rows in every column: costs of `count` rows from `first` on.
pub struct Band {
    /// Rows in each column's band.
    pub count: usize,
    /// The row each column's band begins at.
    pub first: Vec<i32>,
    /// `count` costs a column; infinite where the line must not pass.
    pub costs: Vec<f32>,
}

/// The line found.
pub struct Line {
    /// Row of every column, on the working grid.
    pub rows: Vec<f32>,
    /// 0..=1 for every column: how much better the line is than lines that pass elsewhere.
    pub confidence: Vec<f32>,
}

/// How rows may change from column to column.
#[derive(Clone, Copy)]
pub struct Smoothness {
    /// Most rows of change from a column to the next, relative to the change of the band's beginning.
    pub steepest: usize,
    /// Cost of a change by one row; more rows cost as many times as much.
    pub cost: f32,
}

/// Cost difference at which another place is `1/e` as likely as the best.
const TEMPERATURE: f32 = 0.9;
/// Rows around the line that still count as the same place.
const SAME_PLACE: usize = 2;

impl Band {
    /// The cheapest line through the band.
    pub fn cheapest(&self, smoothness: Smoothness) -> Line {
        let columns = self.first.len();
        let forward = self.best_from_left(smoothness, (0..columns).collect());
        let backward = self.best_from_left(smoothness, (0..columns).rev().collect());
        let mut line = Line { rows: vec![0.0; columns], confidence: vec![0.0; columns] };
        let through: Vec<f32> = (0..columns * self.count)
            .map(|i| forward[i] + backward[i] - if self.costs[i].is_finite() { self.costs[i] } else { 0.0 })
            .collect();
        for x in 0..columns {
            let costs = &through[x * self.count..(x + 1) * self.count];
            let best = (0..self.count).min_by(|&a, &b| costs[a].total_cmp(&costs[b])).unwrap_or(0);
            let likely = |row: usize| ((costs[best] - costs[row]) / TEMPERATURE).exp();
            let (mut here, mut all) = (0.0, 0.0);
            for row in (0..self.count).filter(|&row| costs[row].is_finite()) {
                all += likely(row);
                here += if row.abs_diff(best) <= SAME_PLACE { likely(row) } else { 0.0 };
            }
            line.rows[x] = (best as i32 + self.first[x]) as f32;
            line.confidence[x] = if all > 0.0 { here / all } else { 0.0 };
        }
        line
    }

    /// Cost of the best line that ends in each pixel, over the columns in the order given.
    fn best_from_left(&self, smoothness: Smoothness, order: Vec<usize>) -> Vec<f32> {
        let mut best = vec![f32::INFINITY; self.costs.len()];
        let mut before = vec![0.0_f32; self.count];
        let mut least = vec![0.0_f32; self.count];
        for x in order {
            // The band's own slope is free: a row of the column before stands for the same place of the band.
            least.copy_from_slice(&before);
            for rows in 1..=smoothness.steepest.min(self.count) {
                let change = rows as f32 * smoothness.cost;
                for (least, from) in least.iter_mut().zip(&before[rows..]) {
                    *least = least.min(from + change);
                }
                for (least, from) in least[rows..].iter_mut().zip(&before) {
                    *least = least.min(from + change);
                }
            }
            let own = x * self.count..(x + 1) * self.count;
            for ((before, least), cost) in before.iter_mut().zip(&least).zip(&self.costs[own.clone()]) {
                *before = least + cost;
            }
            best[own].copy_from_slice(&before);
        }
        best
    }
}

/// A line smoothed by a Gaussian over its columns.
pub fn smoothed(rows: &[f32], sigma: f32) -> Vec<f32> {
    let radius = (3.0 * sigma).ceil() as i64;
    let weight = |i: i64| (-0.5 * (i as f32 / sigma).powi(2)).exp();
    let last = rows.len() as i64 - 1;
    (0..rows.len() as i64)
        .map(|x| {
            let (mut sum, mut weights) = (0.0, 0.0);
            // Symmetric at the ends: fewer neighbours on both sides, so that slopes are kept.
            let reach = radius.min(x).min(last - x);
            for i in -reach..=reach {
                sum += weight(i) * rows[(x + i) as usize];
                weights += weight(i);
            }
            sum / weights
        })
        .collect()
}
