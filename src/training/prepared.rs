//! Batches prepared ahead, on a thread of their own, while the network works on the one before.

use std::sync::Arc;

use super::batches::Batch;
use super::config::RunConfig;
use super::error::TrainingError;
use super::source::Source;
use crate::background::{Receiver, queue, start_thread};

/// Batches that wait ahead of the one being trained on.
const AHEAD: usize = 2;

/// The training batches of a run from number `first` on, in order, prepared ahead: `count` times `accumulation` of them.
/// Dropping the receiver ends the thread, and so does a scan that cannot be read.
///
/// # Errors
/// If the operating system gives no thread.
pub fn prepare(
    config: Arc<RunConfig>,
    source: Arc<Source>,
    first: u64,
    count: u64,
) -> std::io::Result<Receiver<Result<Batch, TrainingError>>> {
    let (sender, receiver) = queue(AHEAD);
    let parts = config.accumulation as u64;
    start_thread("training-batches", move || {
        for part in first * parts..(first + count) * parts {
            let batch = source.training_batch(&config, part);
            let is_last = batch.is_err();
            if sender.send(batch).is_err() || is_last {
                return;
            }
        }
    })?;
    Ok(receiver)
}

#[cfg(test)]
mod tests {
    use super::super::batches::tests::{config, sample};
    use super::*;
    use crate::dataset::sample_set::Samples;

    #[test]
    fn the_thread_gives_the_batches_in_order_from_where_a_run_continues() {
        let config = Arc::new(RunConfig { steps: 7, ..config() });
        let samples = Samples { training: vec![sample()], ..Samples::default() };
        let source = Arc::new(Source::Labelled(samples));
        let batches: Vec<Batch> =
            prepare(config.clone(), source, 4, 3).unwrap().iter().map(Result::unwrap).collect();
        assert_eq!(batches.iter().map(|batch| batch.step).collect::<Vec<_>>(), [4, 5, 6]);
        assert_eq!(batches[1], Batch::for_training(&config, &[sample()], 5));
    }
}
