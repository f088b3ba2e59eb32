//! Work of many parts as somebody beside it sees it: how far it is, and that nobody wants it any more. For work that goes
//! through many hands, of which a [`Job`](super::Job) is the first; without knowing who watches, or whether somebody does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Work of many parts that somebody watches from another thread, and may give up. The work asks between its parts.
#[derive(Clone, Debug, Default)]
pub struct Watch(Arc<Watched>);

#[derive(Debug, Default)]
struct Watched {
    part: AtomicUsize,
    parts: AtomicUsize,
    is_cancelled: AtomicBool,
}

impl Watch {
    /// The work begins a part, counted from 0, of so many. Answers whether it is to go on.
    pub fn begins(&self, part: usize, parts: usize) -> bool {
        self.0.part.store(part, Ordering::Relaxed);
        self.0.parts.store(parts, Ordering::Relaxed);
        !self.is_cancelled()
    }

    /// The part that the work is at, counted from 0, and how many there are; `None` before the first.
    pub fn part(&self) -> Option<[usize; 2]> {
        let parts = self.0.parts.load(Ordering::Relaxed);
        (parts > 0).then(|| [self.0.part.load(Ordering::Relaxed), parts])
    }

    /// Nobody wants it any more: it ends after the part that it is at.
    pub fn cancel(&self) {
        self.0.is_cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether it was given up.
    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_watched_and_given_up() {
        let (watch, seen) = {
            let watch = Watch::default();
            (watch.clone(), watch)
        };
        assert_eq!(seen.part(), None);
        assert!(watch.begins(3, 61));
        assert_eq!(seen.part(), Some([3, 61]));
        seen.cancel();
        assert!(!watch.begins(4, 61) && watch.is_cancelled());
    }
}
