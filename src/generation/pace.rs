//! How fast pairs come and when they will all be there.

use std::collections::VecDeque;
use std::time::Duration;

/// Pairs over which the rate is taken: long enough for a steady figure, short enough to follow a machine that slows.
const WINDOW: usize = 32;

/// The times at which the last pairs were done, since the start of this run.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    times: VecDeque<Duration>,
}

impl Pace {
    /// Another pair is done, so long after the start.
    pub fn done(&mut self, since_start: Duration) {
        if self.times.len() > WINDOW {
            self.times.pop_front();
        }
        self.times.push_back(since_start);
    }

    /// Pairs a second of late; `None` before the first.
    pub fn per_second(&self) -> Option<f64> {
        let last = self.times.back()?.as_secs_f64();
        // Of the first pairs the start is the beginning.
        let (pairs, from) = match self.times.len() > WINDOW {
            true => (self.times.len() - 1, self.times.front()?.as_secs_f64()),
            false => (self.times.len(), 0.0),
        };
        let secs = last - from;
        (secs > 0.0).then(|| pairs as f64 / secs)
    }

    /// Seconds until so many more pairs are done.
    pub fn secs_left(&self, pairs: u64) -> Option<f64> {
        self.per_second().map(|rate| pairs as f64 / rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_pairs() {
        let mut pace = Pace::default();
        assert_eq!((pace.per_second(), pace.secs_left(4)), (None, None));
        pace.done(Duration::from_secs(2));
        assert_eq!((pace.per_second(), pace.secs_left(4)), (Some(0.5), Some(8.0)));
        for second in 3..100 {
            pace.done(Duration::from_secs(second));
        }
        assert_eq!(pace.per_second(), Some(1.0));
    }
}
