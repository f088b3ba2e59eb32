//! Work that earlier processes left behind, from the offer until something safer holds it.

/// How far one of them has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Offered,
    /// It is being read, or waits for the answer about unsaved changes.
    Wanted,
}

/// What is on offer, and what the document shown came from.
#[derive(Clone, Debug)]
pub struct Recoveries<R> {
    left_behind: Vec<(R, Standing)>,
    /// What the document shown was read from, until its journal or a file holds it.
    shown: Option<R>,
}

impl<R> Default for Recoveries<R> {
    fn default() -> Self {
        Self { left_behind: Vec::new(), shown: None }
    }
}

impl<R: Clone + PartialEq> Recoveries<R> {
    /// More to offer, after what is there.
    pub fn found(&mut self, recoveries: Vec<R>) {
        for recovery in recoveries {
            if self.left_behind.iter().all(|(other, _)| *other != recovery) {
                self.left_behind.push((recovery, Standing::Offered));
            }
        }
    }

    /// The one on offer: the first, and none while another is on its way to be shown.
    pub fn offer(&self) -> Option<&R> {
        let is_free = self.left_behind.iter().all(|(_, standing)| *standing == Standing::Offered);
        self.left_behind.first().filter(|_| is_free).map(|(recovery, _)| recovery)
    }

    /// Takes the one on offer to be read.
    pub fn take_up(&mut self) -> Option<R> {
        let recovery = self.offer()?.clone();
        self.left_behind[0].1 = Standing::Wanted;
        Some(recovery)
    }

    /// It will not be shown now: it is on offer again.
    pub fn put_back(&mut self, recovery: &R) {
        for (other, standing) in &mut self.left_behind {
            if other == recovery {
                *standing = Standing::Offered;
            }
        }
    }

    /// Takes the one on offer to be removed.
    pub fn discard_offer(&mut self) -> Option<R> {
        self.offer()?;
        Some(self.left_behind.remove(0).0)
    }

    /// Another document is shown, read from this. Whatever the one before came from and nothing safer holds is
    /// on offer again.
    pub fn show(&mut self, recovery: Option<R>) {
        if let Some(recovery) = &recovery {
            self.left_behind.retain(|(other, _)| other != recovery);
        }
        if let Some(before) = std::mem::replace(&mut self.shown, recovery) {
            self.left_behind.push((before, Standing::Offered));
        }
    }

    /// What the document shown came from, once something safer holds it or it is not wanted: to be removed.
    pub fn release(&mut self) -> Option<R> {
        self.shown.take()
    }
}
