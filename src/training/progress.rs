//! How the steps of a session go: their pace, how many in a row changed nothing, and when the last one was saved.

use std::time::{Duration, Instant};

/// Weight of the newest step in the pace that tells the time left.
const PACE_SHARE: f64 = 0.1;

/// What the steps so far say of the next ones.
#[derive(Debug)]
pub(super) struct Progress {
    pace_secs: Option<f64>,
    bad_steps: u32,
    saved_at: Instant,
    saved_step: u64,
}

impl Progress {
    /// At the step that a session begins with, which is saved.
    pub fn at(step: u64) -> Self {
        Self { pace_secs: None, bad_steps: 0, saved_at: Instant::now(), saved_step: step }
    }

    /// Takes a step that took so long, and was skipped if its loss was not finite. Answers the pace in seconds a step.
    pub fn take_step(&mut self, secs: f64, is_skipped: bool) -> f64 {
        self.bad_steps = if is_skipped { self.bad_steps + 1 } else { 0 };
        let pace = self.pace_secs.map_or(secs, |pace| pace + PACE_SHARE * (secs - pace));
        self.pace_secs = Some(pace);
        pace
    }

    /// Steps in a row that changed nothing, the last one among them.
    pub fn bad_steps(&self) -> u32 {
        self.bad_steps
    }

    /// Whether the last save is so many minutes old.
    pub fn is_time_to_save(&self, checkpoint_minutes: f64) -> bool {
        self.saved_at.elapsed() >= Duration::from_secs_f64(60.0 * checkpoint_minutes)
    }

    /// Whether a step was done since the last save, and the last one was a good one.
    pub fn is_worth_saving(&self, step: u64) -> bool {
        self.saved_step != step && self.bad_steps == 0
    }

    /// The step was saved.
    pub fn mark_saved(&mut self, step: u64) {
        (self.saved_at, self.saved_step) = (Instant::now(), step);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_follows_slowly_and_one_good_step_ends_a_row_of_bad_ones() {
        let mut progress = Progress::at(4);
        assert!((progress.take_step(2.0, true) - 2.0).abs() < 1e-12);
        assert!((progress.take_step(3.0, true) - 2.1).abs() < 1e-12);
        assert_eq!(progress.bad_steps(), 2);
        assert!(!progress.is_worth_saving(6), "a network that has gone astray");
        progress.take_step(2.1, false);
        assert_eq!(progress.bad_steps(), 0);
        assert!(progress.is_worth_saving(7) && !progress.is_worth_saving(4));
        progress.mark_saved(7);
        assert!(!progress.is_worth_saving(7));
        assert!(progress.is_time_to_save(0.0) && !progress.is_time_to_save(60.0));
    }
}
