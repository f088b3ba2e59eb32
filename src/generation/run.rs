//! Making what is missing: several threads make pairs, one adds their lines in order.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::GenerationError;
use super::event::{EVENT_VERSION, GenerationEvent};
use super::folder::{GenerationFolder, PairFiles};
use super::line::GeneratedLine;
use super::pace::Pace;
use super::pair::PairMaker;
use crate::background::{Sender, queue, start_thread_within};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GenerationOutcome {
    /// Every pair is there.
    Finished,
    /// It was told to stop.
    Stopped,
}

type Made = (usize, Result<Option<GeneratedLine>, GenerationError>);

/// Makes the pairs that a folder does not hold, on `jobs` threads, each with a maker of its own. Events come in the
/// order of the pairs. Setting `stop` ends it after the pairs under way are dropped.
///
/// # Errors
/// The first pair that cannot be made or written; what was made before is kept.
pub fn run(
    folder: &mut GenerationFolder,
    jobs: usize,
    maker: &(dyn Fn() -> Result<PairMaker, GenerationError> + Sync),
    stop: &AtomicBool,
    on_event: &mut dyn FnMut(GenerationEvent),
) -> Result<GenerationOutcome, GenerationError> {
    let missing = folder.missing();
    let pairs = folder.plan().pairs;
    let plan_sha256 = folder.plan_sha256().to_owned();
    let there = pairs - missing.len() as u64;
    on_event(GenerationEvent::Started {
        version: EVENT_VERSION,
        plan_sha256: plan_sha256.clone(),
        pairs,
        made: there,
    });
    let shared = Shared {
        missing: &missing,
        units: folder.plan().best().map(|best| best.groups(&missing)),
        next: AtomicUsize::new(0),
        is_over: AtomicBool::new(false),
        stop,
        plan_sha256: &plan_sha256,
        files: folder.files(),
    };
    let began = Instant::now();
    let mut ordered = Ordered { folder, missing: &missing, waiting: BTreeMap::new(), next: 0, there };
    let (sender, receiver) = queue::<Made>(jobs.max(1));
    let result = std::thread::scope(|scope| {
        for job in 0..jobs.max(1).min(missing.len()) {
            let (sender, shared) = (sender.clone(), &shared);
            let work = move || shared.work(maker, &sender);
            let started = start_thread_within(scope, &format!("pairs {job}"), work);
            started.expect("a thread can be started");
        }
        drop(sender);
        let mut pace = Pace::default();
        let mut result = Ok(());
        for (position, made) in &receiver {
            // After a failure the rest is received and dropped, so that no thread waits to send.
            if result.is_ok() {
                result = ordered.take(position, made, &mut pace, began, on_event);
                shared.is_over.fetch_or(result.is_err(), Ordering::Relaxed);
            }
        }
        result
    });
    result?;
    let made_now = ordered.next as u64;
    let (made, secs) = (ordered.there + made_now, began.elapsed().as_secs_f64());
    if ordered.next < missing.len() {
        on_event(GenerationEvent::Stopped { made, pairs, secs, made_now });
        return Ok(GenerationOutcome::Stopped);
    }
    folder.finish()?;
    on_event(GenerationEvent::Finished { made, pairs, secs, made_now });
    Ok(GenerationOutcome::Finished)
}

/// What the threads share.
struct Shared<'a> {
    missing: &'a [u64],
    /// Where the best are kept: which of the missing are made together, because they are chosen from the same candidates.
    units: Option<Vec<Range<usize>>>,
    /// The next of the units, or else of the missing.
    next: AtomicUsize,
    /// A pair could not be made: the others need not be.
    is_over: AtomicBool,
    stop: &'a AtomicBool,
    plan_sha256: &'a str,
    files: PairFiles,
}

impl Shared<'_> {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.is_over.load(Ordering::Relaxed)
    }

    /// Which of the missing a thread makes next; `None` when all are taken.
    fn claim(&self, together: usize) -> Option<Range<usize>> {
        if let Some(units) = &self.units {
            return units.get(self.next.fetch_add(1, Ordering::Relaxed)).cloned();
        }
        let first = self.next.fetch_add(together, Ordering::Relaxed);
        let behind = (first + together).min(self.missing.len());
        (first < behind).then_some(first..behind)
    }

    fn work(&self, maker: &(dyn Fn() -> Result<PairMaker, GenerationError> + Sync), sender: &Sender<Made>) {
        let mut pairs = match maker() {
            Ok(pairs) => pairs,
            Err(error) => {
                // The receiver only goes when the run has failed already.
                let _ = sender.send((self.missing.len(), Err(error)));
                return;
            }
        };
        let together = pairs.scans.together().max(1);
        while !self.is_stopped() {
            let Some(positions) = self.claim(together) else { return };
            let indices = &self.missing[positions.clone()];
            let made = pairs.make_together(self.plan_sha256, indices, &|| self.is_stopped());
            for (position, made) in positions.zip(made) {
                let written = made.and_then(|made| match made {
                    Some(pair) => {
                        self.files.write(&pair)?;
                        Ok(Some(pair.line))
                    }
                    None => Ok(None),
                });
                if sender.send((position, written)).is_err() {
                    return;
                }
            }
        }
    }
}

/// Adds lines in the order of the pairs, whichever is made first.
struct Ordered<'a> {
    folder: &'a mut GenerationFolder,
    missing: &'a [u64],
    waiting: BTreeMap<usize, GeneratedLine>,
    next: usize,
    there: u64,
}

impl Ordered<'_> {
    fn take(
        &mut self,
        position: usize,
        made: Result<Option<GeneratedLine>, GenerationError>,
        pace: &mut Pace,
        began: Instant,
        on_event: &mut dyn FnMut(GenerationEvent),
    ) -> Result<(), GenerationError> {
        if let Some(line) = made? {
            self.waiting.insert(position, line);
        }
        while let Some(line) = self.waiting.remove(&self.next) {
            let (index, seed, rejected) =
                (line.generated.index, line.generated.seed, line.generated.rejected.values().sum());
            self.folder.add(line)?;
            self.next += 1;
            pace.done(began.elapsed().max(Duration::from_micros(1)));
            on_event(GenerationEvent::Pair {
                index,
                seed,
                rejected,
                made: self.there + self.next as u64,
                pairs: self.folder.plan().pairs,
                per_second: pace.per_second(),
                secs_left: pace.secs_left((self.missing.len() - self.next) as u64),
            });
        }
        Ok(())
    }
}
