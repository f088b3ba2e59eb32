//! The pictures of the grid in a few textures of fixed size: those not seen for longest give way, so memory does not
//! grow with the set.
//!
//! Scans and labels lie in textures of their own, so blinking the labels draws nothing anew.

use std::collections::HashMap;
use std::sync::Arc;

use eframe::egui::{Color32, ColorImage, Context, Rect, TextureHandle, TextureId, TextureOptions, pos2};

use super::loader::Loader;
use super::picture_cache::PictureCache;
use super::small_pair::{SmallPair, load_small};
use crate::review::ReviewSet;
use crate::review::files::FileTrouble;

/// Pixels of a picture.
pub(super) const PICTURE: [usize; 2] = [176, 112];
/// Pictures beside and above each other in a texture: no side is past 2048 pixels, which every device has.
const COLUMNS: usize = 11;
const ROWS: usize = 18;
const PER_PAGE: usize = COLUMNS * ROWS;
/// Pairs of textures, at most: two for each take 31 MB.
const MAX_PAGES: usize = 4;
/// Pictures that are put into textures in one frame, so that a frame stays short.
const PUT_IN_A_FRAME: usize = 16;
const THREADS: usize = 2;

/// Where a picture lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SmallPicture {
    pub scan: TextureId,
    pub overlay: TextureId,
    pub uv: Rect,
    pub trouble: Option<FileTrouble>,
    pub is_unreadable: bool,
}

struct Page {
    scans: TextureHandle,
    overlays: TextureHandle,
}

#[derive(Clone, Copy)]
struct Place {
    row: u32,
    /// Frame in which it was in sight last.
    seen: u64,
    trouble: Option<FileTrouble>,
    is_unreadable: bool,
}

/// The pictures of the grid.
pub(super) struct SmallPictures {
    loader: Loader<SmallPair>,
    pages: Vec<Page>,
    places: Vec<Place>,
    by_row: HashMap<u32, usize>,
    frame: u64,
    /// Rows whose files were found missing or changed since the last time somebody asked.
    troubles: Vec<(u32, FileTrouble)>,
}

impl SmallPictures {
    /// `cache` holds pictures on the disk.
    pub fn new(context: &Context, cache: Option<Arc<PictureCache>>) -> Self {
        let read = move |set: &ReviewSet, row: u32| load_small(set, row, PICTURE, cache.as_deref());
        Self {
            loader: Loader::start("review-pictures", THREADS, context, read),
            pages: Vec::new(),
            places: Vec::new(),
            by_row: HashMap::new(),
            frame: 0,
            troubles: Vec::new(),
        }
    }

    /// Rows whose files were found missing or changed since the last call.
    pub fn new_troubles(&mut self) -> Vec<(u32, FileTrouble)> {
        std::mem::take(&mut self.troubles)
    }

    /// Shows another set, or the same one with more pairs; pictures of `changed` rows are read anew, all of them where
    /// `None`.
    pub fn use_set(&mut self, set: Arc<ReviewSet>, changed: Option<&[u32]>) {
        self.loader.use_set(set);
        match changed {
            Some(rows) => self.by_row.retain(|row, _| !rows.contains(row)),
            None => self.by_row.clear(),
        }
    }

    /// Pictures lie on a graphics device that is gone.
    pub fn forget(&mut self) {
        self.pages.clear();
        self.places.clear();
        self.by_row.clear();
    }

    /// Begins a frame in which these rows are in sight or near it, the most wanted first.
    pub fn begin_frame(&mut self, context: &Context, rows: &[u32]) {
        self.frame += 1;
        for row in rows {
            if let Some(&place) = self.by_row.get(row) {
                self.places[place].seen = self.frame;
            }
        }
        for (row, small) in self.loader.take(PUT_IN_A_FRAME) {
            self.put(context, row, small);
        }
        self.loader.want(rows.iter().copied().filter(|row| !self.by_row.contains_key(row)));
        if self.loader.is_busy() {
            // A result that found no room in this frame is taken in the next.
            context.request_repaint_after(std::time::Duration::from_millis(30));
        }
    }

    /// The picture of a row, once it is there.
    pub fn picture(&self, row: u32) -> Option<SmallPicture> {
        let &at = self.by_row.get(&row)?;
        let (place, page) = (&self.places[at], &self.pages[at / PER_PAGE]);
        let [x, y] = corner(at);
        let whole = [(COLUMNS * PICTURE[0]) as f32, (ROWS * PICTURE[1]) as f32];
        let uv = |x: f32, y: f32| pos2(x / whole[0], y / whole[1]);
        // Half a pixel inside, so that the neighbour does not shine in.
        let uv = Rect::from_min_max(
            uv(x as f32 + 0.5, y as f32 + 0.5),
            uv((x + PICTURE[0]) as f32 - 0.5, (y + PICTURE[1]) as f32 - 0.5),
        );
        Some(SmallPicture {
            scan: page.scans.id(),
            overlay: page.overlays.id(),
            uv,
            trouble: place.trouble,
            is_unreadable: place.is_unreadable,
        })
    }

    /// Whether pictures in sight are still being read.
    pub fn are_waiting(&self) -> bool {
        self.loader.is_busy()
    }

    fn put(&mut self, context: &Context, row: u32, small: Option<SmallPair>) {
        let empty = SmallPair { scan: None, overlay: None, trouble: None, is_unreadable: true };
        let small = small.unwrap_or(empty);
        self.troubles.extend(small.trouble.map(|trouble| (row, trouble)));
        let Some(at) = self.free_place(context) else { return };
        let place =
            Place { row, seen: self.frame, trouble: small.trouble, is_unreadable: small.is_unreadable };
        match self.places.get_mut(at) {
            Some(before) => {
                if self.by_row.get(&before.row) == Some(&at) {
                    self.by_row.remove(&before.row);
                }
                *before = place;
            }
            None => self.places.push(place),
        }
        self.by_row.insert(row, at);
        let page = &mut self.pages[at / PER_PAGE];
        let clear = || ColorImage::filled(PICTURE, Color32::TRANSPARENT);
        let at = corner(at);
        page.scans.set_partial(at, small.scan.unwrap_or_else(clear), TextureOptions::LINEAR);
        page.overlays.set_partial(at, small.overlay.unwrap_or_else(clear), TextureOptions::LINEAR);
    }

    /// A place that is free, or the one not seen for longest; `None` where all are in sight and no more may be made.
    fn free_place(&mut self, context: &Context) -> Option<usize> {
        if self.places.len() < self.pages.len() * PER_PAGE {
            return Some(self.places.len());
        }
        let oldest = (0..self.places.len()).min_by_key(|&at| self.places[at].seen);
        let oldest = oldest.filter(|&at| self.places[at].seen < self.frame);
        if oldest.is_some() || self.pages.len() == MAX_PAGES {
            return oldest;
        }
        let size = [COLUMNS * PICTURE[0], ROWS * PICTURE[1]];
        let load = |name: &str| {
            let empty = ColorImage::filled(size, Color32::TRANSPARENT);
            context.load_texture(name, empty, TextureOptions::LINEAR)
        };
        self.pages.push(Page { scans: load("review-scans"), overlays: load("review-labels") });
        Some(self.places.len())
    }
}

/// Upper left pixel of a place in its texture.
fn corner(at: usize) -> [usize; 2] {
    let at = at % PER_PAGE;
    [at % COLUMNS * PICTURE[0], at / COLUMNS * PICTURE[1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Option<SmallPair> {
        let grey = ColorImage::filled(PICTURE, Color32::WHITE);
        Some(SmallPair { scan: Some(grey.clone()), overlay: Some(grey), trouble: None, is_unreadable: false })
    }

    #[test]
    fn memory_is_bounded_and_what_was_not_seen_for_longest_gives_way() {
        let context = Context::default();
        let mut pictures = SmallPictures::new(&context, None);
        for row in 0..PER_PAGE as u32 {
            pictures.frame += 1;
            pictures.put(&context, row, small());
        }
        assert_eq!((pictures.pages.len(), pictures.places.len()), (1, PER_PAGE));
        pictures.begin_frame(&context, &[0, 5]);
        pictures.put(&context, 9999, small());
        assert_eq!(pictures.pages.len(), 1, "a place is taken over before a texture is added");
        assert!(pictures.picture(1).is_none() && pictures.picture(0).is_some());
        assert!(pictures.picture(9999).is_some());

        // More in sight than a texture holds.
        pictures.frame += 1;
        for row in 20_000..20_000 + (MAX_PAGES * PER_PAGE + 40) as u32 {
            pictures.put(&context, row, small());
        }
        assert_eq!((pictures.pages.len(), pictures.places.len()), (MAX_PAGES, MAX_PAGES * PER_PAGE));
    }

    #[test]
    fn pictures_do_not_overlap() {
        let mut seen = std::collections::HashSet::new();
        for at in 0..PER_PAGE {
            let [x, y] = corner(at);
            assert!(x + PICTURE[0] <= 2048 && y + PICTURE[1] <= 2048);
            assert!(seen.insert([x, y]));
        }
    }
}
