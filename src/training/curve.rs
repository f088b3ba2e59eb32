//! A loss curve of bounded size: long runs are kept as means over ever wider spans of steps.

/// Points that are kept at most; a screen has fewer columns.
const MAX_POINTS: usize = 4096;

/// (step, value) in ascending steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    points: Vec<[f64; 2]>,
    /// Values a point is the mean of, as a power of two.
    doublings: u32,
    steps_sum: f64,
    values_sum: f64,
    count: u32,
}

impl Curve {
    /// Adds a value; one that is not finite leaves a gap.
    pub fn push(&mut self, step: u64, value: f64) {
        if !value.is_finite() {
            return;
        }
        self.steps_sum += step as f64;
        self.values_sum += value;
        self.count += 1;
        if self.count < 1 << self.doublings {
            return;
        }
        let count = f64::from(self.count);
        self.points.push([self.steps_sum / count, self.values_sum / count]);
        (self.steps_sum, self.values_sum, self.count) = (0.0, 0.0, 0);
        if self.points.len() >= MAX_POINTS {
            self.points = self
                .points
                .chunks(2)
                .map(|pair| {
                    let count = pair.len() as f64;
                    [0, 1].map(|axis| pair.iter().map(|point| point[axis]).sum::<f64>() / count)
                })
                .collect();
            self.doublings += 1;
        }
    }

    /// Drops what lies after a step: it will be computed again.
    pub fn truncate_after(&mut self, step: u64) {
        self.points.retain(|point| point[0] <= step as f64);
        (self.steps_sum, self.values_sum, self.count) = (0.0, 0.0, 0);
    }

    /// The points.
    pub fn points(&self) -> &[[f64; 2]] {
        &self.points
    }

    /// An exponential mean over about `window` points, from the first point on without delay.
    pub fn smoothed(&self, window: f64) -> Vec<[f64; 2]> {
        let keep = 1.0 - 1.0 / window.max(1.0);
        let (mut sum, mut weight) = (0.0, 0.0);
        let smooth = |&[step, value]: &[f64; 2]| {
            sum = keep * sum + value;
            weight = keep * weight + 1.0;
            [step, sum / weight]
        };
        self.points.iter().map(smooth).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_keeps_its_shape_in_bounded_memory() {
        let mut curve = Curve::default();
        for step in 1..=100_000_u64 {
            curve.push(step, step as f64);
        }
        curve.push(100_001, f64::NAN);
        assert!(curve.points().len() < MAX_POINTS);
        assert!(curve.points().iter().all(|[step, value]| step == value));
        assert!(curve.points().windows(2).all(|pair| pair[0][0] < pair[1][0]));
        assert!(curve.points().last().is_some_and(|point| point[0] > 99_900.0));
        curve.truncate_after(50_000);
        assert!(curve.points().last().is_some_and(|point| (49_900.0..=50_000.0).contains(&point[0])));
    }

    #[test]
    fn smoothing_keeps_a_constant_and_begins_at_the_first_value() {
        let mut curve = Curve::default();
        [4.0, 4.0, 4.0].into_iter().enumerate().for_each(|(step, value)| curve.push(step as u64, value));
        assert!(curve.smoothed(50.0).iter().all(|point| (point[1] - 4.0).abs() < 1e-12));
        curve.push(3, 0.0);
        let smoothed = curve.smoothed(4.0);
        assert!(smoothed[3][1] > 2.0 && smoothed[3][1] < 4.0);
        assert_eq!(curve.smoothed(1.0), curve.points());
    }
}
