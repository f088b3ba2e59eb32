//! What a thread reported and nobody has read yet: in order, bounded, and what only says the same anew merged, so that a
//! window that sleeps cannot make it pile up.

use std::collections::VecDeque;

/// Reports that wait at most; the oldest give way.
const MAX_REPORTS: usize = 256;

/// Reports that wait to be read.
#[derive(Debug)]
pub struct Reports<R> {
    waiting: VecDeque<R>,
}

// Not derived: that would ask for a default report.
impl<R> Default for Reports<R> {
    fn default() -> Self {
        Self { waiting: VecDeque::new() }
    }
}

impl<R> Reports<R> {
    /// Adds a report. It takes the place of the last one if it `repeats` it: given the last and the new one.
    pub fn add(&mut self, report: R, repeats: impl FnOnce(&R, &R) -> bool) {
        if self.waiting.back().is_some_and(|last| repeats(last, &report)) {
            self.waiting.pop_back();
        } else if self.waiting.len() == MAX_REPORTS {
            self.waiting.pop_front();
        }
        self.waiting.push_back(report);
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Takes what waits, the oldest first.
    pub fn take(&mut self) -> Vec<R> {
        self.waiting.drain(..).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_the_last_takes_its_place_and_the_oldest_give_way() {
        let both_even = |last: &usize, new: &usize| last.is_multiple_of(2) && new.is_multiple_of(2);
        let mut reports = Reports::default();
        for report in [2, 4, 1, 6, 3, 5] {
            reports.add(report, both_even);
        }
        assert_eq!(reports.take(), [4, 1, 6, 3, 5]);
        assert!(reports.is_empty());
        (0..MAX_REPORTS + 3).for_each(|report| reports.add(report, |_, _| false));
        let kept = reports.take();
        assert_eq!((kept.len(), kept[0]), (MAX_REPORTS, 3));
    }
}
