//! How often the batches of a run are seen: once, always equally often, or until they are learned.
//!
//! ReTree's "repetitive training" (Alimanov and Islam 2023; its published code) takes up to five optimiser steps on the
//! same noise in the same scans. It leaves a batch as soon as the loss of a step, taken before the step, was below the
//! best mean of an epoch so far; in the first epoch, which has none to be better than, after one step. The mean is that
//! of each batch's last loss. Here batches are drawn one by one, so an epoch is as many as would show every training scan
//! once.

use serde::{Deserialize, Serialize};

use super::batches::Batch;
use super::config::RunConfig;
use super::error::TrainingError;
use crate::background::Receiver;

/// Where a run is among its batches; of a run that leaves batches early, this goes into its checkpoints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchPlace {
    /// Number of the batch that the next step sees.
    pub batch: u64,
    /// Steps that were taken on it.
    pub seen: u64,
    /// The least mean loss of an epoch, by the bits of the number: as text it might come back rounded.
    best: Option<u64>,
    /// Losses of this epoch added up, by the bits of the number.
    sum: u64,
    /// Batches of this epoch that are done.
    done: u64,
}

/// When a batch gives way to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// The most steps on one batch.
    repeats: u64,
    leaves_early: bool,
    /// Batches of an epoch.
    epoch: u64,
}

impl Rule {
    /// Of a run with so many training scans.
    pub fn of(config: &RunConfig, training_scans: usize) -> Self {
        let task = config.baseline.as_ref();
        Self {
            repeats: task.map_or(1, |task| task.repeats.max(1)),
            leaves_early: task.is_some_and(|task| task.leaves_early),
            epoch: training_scans.div_ceil(config.batch * config.accumulation).max(1) as u64,
        }
    }

    /// Where a run is after so many steps that left nothing early.
    fn place_at(self, step: u64) -> BatchPlace {
        BatchPlace { batch: step / self.repeats, seen: step % self.repeats, ..BatchPlace::default() }
    }

    /// Where it is after one more step, whose loss was this.
    fn after(self, place: BatchPlace, loss: f64) -> BatchPlace {
        let best = place.best.map_or(f64::INFINITY, f64::from_bits);
        let is_learned = self.leaves_early && loss < best;
        if place.seen + 1 < self.repeats && !is_learned {
            return BatchPlace { seen: place.seen + 1, ..place };
        }
        let next = BatchPlace { batch: place.batch + 1, seen: 0, ..place };
        if !self.leaves_early {
            return next;
        }
        let (sum, done) = (f64::from_bits(place.sum) + loss, place.done + 1);
        if done < self.epoch {
            return BatchPlace { sum: sum.to_bits(), done, ..next };
        }
        let mean = sum / done as f64;
        // A loss that is no number makes a mean that is none, and is below nothing.
        let best = if mean < best { Some(mean.to_bits()) } else { place.best };
        BatchPlace { best, sum: 0, done: 0, ..next }
    }
}

/// The batches of a run's steps.
pub(super) struct Feed {
    prepared: Receiver<Result<Batch, TrainingError>>,
    /// Of the newest step.
    current: Vec<Batch>,
    rule: Rule,
    place: BatchPlace,
}

impl Feed {
    /// Where a run goes on that has done so many steps; `kept` is what its checkpoint says.
    pub fn place(rule: Rule, kept: Option<BatchPlace>, step: u64) -> BatchPlace {
        kept.filter(|_| rule.leaves_early).unwrap_or_else(|| rule.place_at(step))
    }

    /// `prepared` begins with the batch of `place`.
    pub fn new(prepared: Receiver<Result<Batch, TrainingError>>, rule: Rule, place: BatchPlace) -> Self {
        Self { prepared, current: Vec::new(), rule, place }
    }

    /// The batches of the next step, `count` whose gradients are averaged: those of the last step, or new ones.
    ///
    /// # Errors
    /// If a scan cannot be read, or whoever prepares them is gone.
    pub fn batches(&mut self, count: usize) -> Result<&[Batch], TrainingError> {
        if self.place.seen == 0 || self.current.is_empty() {
            self.current = (0..count)
                .map(|_| self.prepared.recv().map_err(|error| TrainingError::Batches(error.to_string()))?)
                .collect::<Result<_, TrainingError>>()?;
        }
        Ok(&self.current)
    }

    /// Takes the loss of a step, and answers what a checkpoint must keep of where the run is.
    pub fn take_step(&mut self, loss: f64) -> Option<BatchPlace> {
        self.place = self.rule.after(self.place, loss);
        self.rule.leaves_early.then_some(self.place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of the batches that steps with these losses see.
    fn seen(rule: Rule, losses: &[f64]) -> Vec<u64> {
        let mut place = BatchPlace::default();
        let mut batches = Vec::new();
        for &loss in losses {
            batches.push(place.batch);
            place = rule.after(place, loss);
        }
        batches
    }

    #[test]
    fn a_batch_is_left_as_soon_as_its_loss_is_below_the_best_epochs_mean() {
        let rule = Rule { repeats: 5, leaves_early: true, epoch: 2 };
        // The first epoch's mean is 3; the second's 2.5, of the last losses 2 and 3 of its batches.
        let losses = [2.0, 4.0, 3.5, 3.0, 2.0, 3.1, 3.2, 3.3, 3.4, 3.0, 2.6, 2.4, 9.0];
        assert_eq!(seen(rule, &losses), [0, 1, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 5]);
    }

    #[test]
    fn a_worse_epoch_or_one_without_a_number_leaves_the_best_as_it_was() {
        let rule = Rule { repeats: 2, leaves_early: true, epoch: 1 };
        // Means: 1, then 5, none, .5.
        let losses = [1.0, 5.0, 5.0, f64::NAN, f64::NAN, 0.5, 0.7, 0.8, 0.1];
        assert_eq!(seen(rule, &losses), [0, 1, 1, 2, 2, 3, 4, 4, 5]);
    }

    #[test]
    fn other_runs_see_each_batch_equally_often_wherever_they_go_on() {
        let rule = Rule { repeats: 3, leaves_early: false, epoch: 2 };
        assert_eq!(seen(rule, &[0.1; 7]), [0, 0, 0, 1, 1, 1, 2]);
        let mut place = rule.place_at(4);
        assert_eq!((place.batch, place.seen), (1, 1));
        for step in 5..9 {
            place = rule.after(place, 0.1);
            assert_eq!(place, rule.place_at(step));
        }
    }

    #[test]
    fn a_place_comes_back_from_its_text_to_the_bit() {
        let rule = Rule { repeats: 5, leaves_early: true, epoch: 3 };
        let place = [0.1, 0.7, 1.0 / 3.0, 2.0 / 7.0]
            .into_iter()
            .fold(BatchPlace::default(), |place, loss| rule.after(place, loss));
        let text = serde_json::to_string(&place).unwrap();
        assert_eq!(serde_json::from_str::<BatchPlace>(&text).unwrap(), place);
        assert!(place.best.is_some() && place.sum != 0);
    }
}
