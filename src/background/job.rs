//! Work that is done once and answers once.
//!
//! A thread of its own, because the window waits for nothing. The newest progress lies in a mailbox, so a window that
//! sleeps holds nobody up; a job that is dropped is cancelled, and one that breaks off answers that it did: without,
//! the window would wait for ever.

use std::any::Any;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Mailbox, Wake, start_thread};

/// A job under way, or one that has ended and whose answer was not taken yet. Dropping it cancels it.
#[derive(Debug)]
pub struct Job<T, P = ()> {
    answer: Arc<Mailbox<Option<Result<T, BrokeOff>>>>,
    progress: Arc<Mailbox<Option<P>>>,
    is_cancelled: Arc<AtomicBool>,
}

/// A job panicked; what it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokeOff(pub String);

impl fmt::Display for BrokeOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it broke off: {}", self.0)
    }
}

impl std::error::Error for BrokeOff {}

impl BrokeOff {
    fn of(panic: &(dyn Any + Send)) -> Self {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
        Self(said.unwrap_or("without a word").to_owned())
    }
}

/// What the work sees of who waits for it.
pub struct JobControl<P> {
    progress: Arc<Mailbox<Option<P>>>,
    is_cancelled: Arc<AtomicBool>,
    wake: Wake,
}

impl<P> JobControl<P> {
    /// Puts down how far it is, over what was put down before.
    pub fn report(&self, progress: P) {
        self.progress.put(progress);
        (self.wake)();
    }

    /// Whether nobody waits any more: the work may end with any answer.
    pub fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }

    /// The same as a flag, for those who look by themselves.
    pub fn cancel_flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.is_cancelled)
    }
}

impl<T: Send + 'static, P: Send + 'static> Job<T, P> {
    /// Starts some work on a thread of that name. `wake` is called after every report and after the answer.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn start(
        name: &str,
        wake: Wake,
        work: impl FnOnce(&JobControl<P>) -> T + Send + 'static,
    ) -> io::Result<Self> {
        let job = Self { answer: Arc::default(), progress: Arc::default(), is_cancelled: Arc::default() };
        let control =
            JobControl { progress: job.progress.clone(), is_cancelled: job.is_cancelled.clone(), wake };
        let answer = Arc::clone(&job.answer);
        start_thread(name, move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| work(&control)));
            // Nobody may wait for it any more.
            answer.put(outcome.map_err(|panic| BrokeOff::of(&*panic)));
            (control.wake)();
        })?;
        Ok(job)
    }
}

impl<T, P> Job<T, P> {
    /// A job that has its answer already: for work that turns out to need no thread, or gets none.
    pub fn done(answer: T) -> Self {
        let answer = Arc::new(Mailbox::new(Some(Ok(answer))));
        Self { answer, progress: Arc::default(), is_cancelled: Arc::default() }
    }

    /// The newest progress, if it was not taken yet.
    pub fn progress(&self) -> Option<P> {
        self.progress.take()
    }

    /// The answer, once; `None` until it is there.
    pub fn answer(&self) -> Option<Result<T, BrokeOff>> {
        self.answer.take()
    }

    /// Sleeps until the answer is there. For those who may: the end of the window, a thread.
    ///
    /// # Errors
    /// If the work broke off.
    pub fn wait(self) -> Result<T, BrokeOff> {
        self.answer.wait(Option::take)
    }

    /// Lets the work end at its next look.
    pub fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }
}

impl<T, P> Drop for Job<T, P> {
    fn drop(&mut self) {
        self.cancel();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::time::{Duration, Instant};

    use super::super::wake_nobody;
    use super::*;

    fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = found() {
                return found;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "{what} did not come");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn the_newest_progress_and_the_answer_come_once_and_wake_the_window() {
        let woken = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&woken);
        let wake: Wake = Arc::new(move || {
            count.fetch_add(1, Ordering::Relaxed);
        });
        let job = Job::start("adding", wake, |control| {
            (1..=3).for_each(|number| control.report(number));
            "done"
        });
        let job = job.unwrap();
        assert_eq!(until("the answer", || job.answer()), Ok("done"));
        assert_eq!((job.progress(), job.progress(), job.answer()), (Some(3), None, None));
        until("the last wake", || (woken.load(Ordering::Relaxed) == 4).then_some(()));
    }

    #[test]
    fn work_that_breaks_off_answers_so() {
        let job: Job<u32> = Job::start("breaking", wake_nobody(), |_| panic!("at {}", 7)).unwrap();
        assert_eq!(job.wait(), Err(BrokeOff("at 7".to_owned())));
    }

    #[test]
    fn a_job_that_is_dropped_is_cancelled() {
        let ended = Arc::new(AtomicBool::new(false));
        let of_thread = Arc::clone(&ended);
        let job: Job<()> = Job::start("waiting", wake_nobody(), move |control| {
            until("the word", || control.is_cancelled().then_some(()));
            of_thread.store(control.cancel_flag().load(Ordering::Relaxed), Ordering::Release);
        })
        .unwrap();
        drop(job);
        until("the end", || ended.load(Ordering::Acquire).then_some(()));
        assert_eq!(Job::<u32>::done(3).wait(), Ok(3));
    }
}
