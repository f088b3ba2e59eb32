//! Finished pictures of earlier masks, so that undo brings back the very picture that was there.
//!
//! A picture composed from local edits depends on the path that led to it: rendering its mask again
//! would give the same anatomy with slightly other grey values. Masks are copy-on-write snapshots, so
//! remembering one costs only the tiles it no longer shares, and finding it again compares pointers.

use std::collections::VecDeque;

use super::protocol::{PictureImage, Request};

const MAX_PICTURES: usize = 32;
const MAX_BYTES: usize = 64 << 20;

/// The most recently used complete pictures, bounded in number and bytes.
#[derive(Default)]
pub struct PictureCache {
    /// Oldest first.
    entries: VecDeque<(Request, PictureImage)>,
}

impl PictureCache {
    /// The picture that answered the same request, now the youngest.
    pub fn find(&mut self, request: &Request) -> Option<PictureImage> {
        let at = self.entries.iter().position(|(known, _)| known.asks_the_same(request))?;
        let entry = self.entries.remove(at)?;
        let image = entry.1.clone();
        self.entries.push_back(entry);
        Some(image)
    }

    /// Remembers a complete picture and forgets the oldest beyond the bounds (never this one).
    pub fn remember(&mut self, request: &Request, image: &PictureImage) {
        self.entries.retain(|(known, _)| !known.asks_the_same(request));
        self.entries.push_back((request.clone(), image.clone()));
        let bytes = |entries: &VecDeque<(Request, PictureImage)>| {
            entries.iter().map(|(_, image)| image.byte_count()).sum::<usize>()
        };
        while self.entries.len() > 1
            && (self.entries.len() > MAX_PICTURES || bytes(&self.entries) > MAX_BYTES)
        {
            self.entries.pop_front();
        }
    }

    /// Forgets everything: another model or device answers from now on.
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}
