//! Scans that the page of cases wishes for: one after the other, so that what is on show elsewhere is not kept waiting.

use std::collections::VecDeque;

use crate::formats::case_file::CasePicture;
use crate::mask::Mask;
use crate::scan::Spacing;

/// A synthetic scan that is wished for.
#[derive(Clone, Debug)]
pub struct StageScan {
    /// Comes back with the picture.
    pub number: u64,
    /// What the scan is to show.
    pub mask: Mask,
    /// Of the mask's pixels.
    pub spacing: Spacing,
    /// Seed and steps to draw it by.
    pub picture: CasePicture,
}

/// The wishes that are not met yet.
#[derive(Debug, Default)]
pub struct ScanQueue {
    waiting: VecDeque<StageScan>,
    /// The one that is being drawn.
    sent: Option<StageScan>,
    last: u64,
}

impl ScanQueue {
    /// Wishes for a scan. Returns the number it will have.
    pub fn wish(&mut self, mask: Mask, spacing: Spacing, picture: CasePicture) -> u64 {
        self.last += 1;
        self.waiting.push_back(StageScan { number: self.last, mask, spacing, picture });
        self.last
    }

    /// What is to be drawn next, if nothing is being drawn.
    pub fn take_next(&mut self) -> Option<StageScan> {
        if self.sent.is_some() {
            return None;
        }
        self.sent = self.waiting.pop_front();
        self.sent.clone()
    }

    /// A scan has come, or will not.
    pub fn done(&mut self, number: u64) {
        self.sent.take_if(|sent| sent.number == number);
    }

    /// What was being drawn is lost, with a graphics device for instance: it is drawn again.
    pub fn send_again(&mut self) {
        if let Some(lost) = self.sent.take() {
            self.waiting.push_front(lost);
        }
    }

    /// Takes back wishes that were not sent yet; pictures of others are of no use to whoever wished for them.
    pub fn take_back(&mut self, is_unwanted: impl Fn(u64) -> bool) {
        self.waiting.retain(|scan| !is_unwanted(scan.number));
    }

    /// Gives all wishes up: the numbers of those that will not be met.
    pub fn give_up(&mut self) -> Vec<u64> {
        self.sent.take().into_iter().chain(self.waiting.drain(..)).map(|scan| scan.number).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_met_one_after_the_other() {
        let mut queue = ScanQueue::default();
        let spacing = Spacing { axial_um_per_px: 4.0, lateral_um_per_px: 11.0 };
        let picture = CasePicture { seed: 1, steps: 4 };
        let [first, second, third, fourth] =
            [(); 4].map(|()| queue.wish(Mask::unannotated(4, 4), spacing, picture));
        assert_eq!(queue.take_next().map(|scan| scan.number), Some(first));
        assert!(queue.take_next().is_none(), "one at a time");
        queue.done(second);
        assert!(queue.take_next().is_none(), "that was none that is drawn");
        queue.send_again();
        assert_eq!(queue.take_next().map(|scan| scan.number), Some(first), "it was lost");
        queue.done(first);
        queue.take_back(|number| number == second);
        assert_eq!(queue.take_next().map(|scan| scan.number), Some(third));
        assert_eq!(queue.give_up(), [third, fourth]);
        assert!(queue.take_next().is_none());
    }
}
