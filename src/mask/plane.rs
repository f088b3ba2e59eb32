//! One byte per pixel in 64x64 tiles behind `Arc`, copied on write.
//!
//! A clone costs a pointer per tile, so a snapshot for undo, for the journal or for the synthesis
//! thread is free; what two snapshots share is known by pointer, so their difference is cheap too.

use std::sync::Arc;

use crate::scan::Rect;

/// Side of a tile in pixels.
pub const TILE_SIDE: u32 = 64;
pub(super) const TILE_PIXELS: usize = (TILE_SIDE * TILE_SIDE) as usize;

pub(super) type Tile = [u8; TILE_PIXELS];

/// A plane of codes. Tiles at the right and bottom edge are padded with the fill value.
#[derive(Clone, Debug)]
pub struct Plane {
    width: u32,
    height: u32,
    pub(super) tiles: Vec<Arc<Tile>>,
}

impl Plane {
    /// A plane that holds one code everywhere; all tiles are one.
    pub fn filled(width: u32, height: u32, code: u8) -> Self {
        let count = width.div_ceil(TILE_SIDE) as usize * height.div_ceil(TILE_SIDE) as usize;
        let tile = Arc::new([code; TILE_PIXELS]);
        Self { width, height, tiles: std::iter::repeat_n(tile, count).collect() }
    }

    /// A plane from row-major pixels.
    ///
    /// # Panics
    /// If the number of pixels is not `width * height`.
    pub fn from_pixels(width: u32, height: u32, pixels: &[u8]) -> Self {
        assert_eq!(pixels.len(), width as usize * height as usize, "pixels of a {width}x{height} plane");
        // Tiles that hold the first code alone stay shared: a mask without annotations costs one tile.
        let mut plane = Self::filled(width, height, pixels.first().copied().unwrap_or(0));
        plane.write_rect(Rect::new(0, 0, width, height), pixels);
        plane
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The whole plane as a rectangle.
    pub fn bounds(&self) -> Rect {
        Rect::new(0, 0, self.width, self.height)
    }

    fn tiles_across(&self) -> usize {
        self.width.div_ceil(TILE_SIDE) as usize
    }

    fn tile_index(&self, x: u32, y: u32) -> usize {
        assert!(x < self.width && y < self.height, "({x}, {y}) outside {}x{}", self.width, self.height);
        (y / TILE_SIDE) as usize * self.tiles_across() + (x / TILE_SIDE) as usize
    }

    /// The code at a pixel.
    ///
    /// # Panics
    /// Outside the plane.
    pub fn get(&self, x: u32, y: u32) -> u8 {
        self.tiles[self.tile_index(x, y)][offset_in_tile(x, y)]
    }

    /// Writes one pixel; a tile that is shared and would not change stays shared.
    ///
    /// # Panics
    /// Outside the plane.
    pub fn set(&mut self, x: u32, y: u32, code: u8) {
        let (index, offset) = (self.tile_index(x, y), offset_in_tile(x, y));
        if self.tiles[index][offset] != code {
            Arc::make_mut(&mut self.tiles[index])[offset] = code;
        }
    }

    /// Like [`Plane::map_run`], and says which pixels changed: the smallest rectangle around them.
    pub fn edit_run(&mut self, y: u32, x0: u32, x1: u32, mut f: impl FnMut(u32, u8) -> u8) -> Rect {
        let (mut first, mut last) = (u32::MAX, 0);
        self.map_run(y, x0, x1, |x, old| {
            let new = f(x, old);
            if new != old {
                first = first.min(x);
                last = last.max(x);
            }
            new
        });
        if first > last { Rect::EMPTY } else { Rect::new(first, y, last + 1, y + 1) }
    }

    /// Calls `visit(x, y, codes)` for every segment of the columns `x0..x1` that lies in one row of one
    /// tile; the rows of a column are visited from top to bottom.
    pub fn visit_columns<'a>(&'a self, x0: u32, x1: u32, mut visit: impl FnMut(u32, u32, &'a [u8])) {
        let x1 = x1.min(self.width);
        let mut x = x0;
        while x < x1 {
            let end = ((x / TILE_SIDE + 1) * TILE_SIDE).min(x1);
            for y in 0..self.height {
                visit(x, y, self.row_segment(x, end, y));
            }
            x = end;
        }
    }

    /// The codes of `x0..x1` in row `y`, which must lie in one tile.
    pub(super) fn row_segment(&self, x0: u32, x1: u32, y: u32) -> &[u8] {
        let start = offset_in_tile(x0, y);
        &self.tiles[self.tile_index(x0, y)][start..start + (x1 - x0) as usize]
    }

    /// Writes a horizontal run `x0..x1` of row `y`, cut to the plane.
    pub fn fill_run(&mut self, y: u32, x0: u32, x1: u32, code: u8) {
        self.map_run(y, x0, x1, |_, _| code);
    }

    /// Replaces the codes of `x0..x1` in row `y` (cut to the plane) by `f(x, code)`.
    pub fn map_run(&mut self, y: u32, x0: u32, x1: u32, mut f: impl FnMut(u32, u8) -> u8) {
        let x1 = x1.min(self.width);
        if y >= self.height {
            return;
        }
        let mut x = x0;
        while x < x1 {
            let end = ((x / TILE_SIDE + 1) * TILE_SIDE).min(x1);
            let index = self.tile_index(x, y);
            let start = offset_in_tile(x, y);
            let tile = &self.tiles[index];
            let first_change = (x..end)
                .zip(&tile[start..start + (end - x) as usize])
                .position(|(at, &old)| f(at, old) != old);
            if let Some(skip) = first_change {
                let tile = Arc::make_mut(&mut self.tiles[index]);
                for at in x + skip as u32..end {
                    let code = &mut tile[start + (at - x) as usize];
                    *code = f(at, *code);
                }
            }
            x = end;
        }
    }

    /// Copies the pixels of a rectangle inside the plane, row-major.
    pub fn read_rect(&self, rect: Rect) -> Vec<u8> {
        let rect = rect.intersect(self.bounds());
        let mut pixels = Vec::with_capacity(rect.width() as usize * rect.height() as usize);
        for y in rect.y0..rect.y1 {
            let mut x = rect.x0;
            while x < rect.x1 {
                let end = ((x / TILE_SIDE + 1) * TILE_SIDE).min(rect.x1);
                pixels.extend_from_slice(self.row_segment(x, end, y));
                x = end;
            }
        }
        pixels
    }

    /// Writes row-major pixels into a rectangle inside the plane.
    ///
    /// # Panics
    /// If the rectangle leaves the plane or the number of pixels is wrong.
    pub fn write_rect(&mut self, rect: Rect, pixels: &[u8]) {
        assert_eq!(rect, rect.intersect(self.bounds()), "rectangle outside the plane");
        assert_eq!(pixels.len(), rect.width() as usize * rect.height() as usize);
        if rect.is_empty() {
            return;
        }
        for (y, row) in (rect.y0..rect.y1).zip(pixels.chunks_exact(rect.width() as usize)) {
            self.map_run(y, rect.x0, rect.x1, |x, _| row[(x - rect.x0) as usize]);
        }
    }

    /// All pixels, row-major.
    pub fn to_pixels(&self) -> Vec<u8> {
        self.read_rect(self.bounds())
    }

    /// The smallest union of whole tiles (cut to the plane) in which the two planes may differ.
    /// Tiles that share memory are equal without looking. The sizes must be equal.
    pub fn difference(&self, other: &Plane) -> Rect {
        assert_eq!((self.width, self.height), (other.width, other.height), "planes of different size");
        let mut changed = Rect::EMPTY;
        for (index, (a, b)) in self.tiles.iter().zip(&other.tiles).enumerate() {
            if !Arc::ptr_eq(a, b) && a != b {
                changed = changed.union(self.tile_rect(index));
            }
        }
        changed
    }

    /// The pixels of a tile, cut to the plane.
    pub(super) fn tile_rect(&self, index: usize) -> Rect {
        let across = self.tiles_across();
        let (x, y) = ((index % across) as u32 * TILE_SIDE, (index / across) as u32 * TILE_SIDE);
        Rect::new(x, y, x + TILE_SIDE, y + TILE_SIDE).intersect(self.bounds())
    }

    /// Whether every pixel's code is accepted; tiles that share memory with their neighbour are read once.
    pub fn holds_only(&self, accepted: impl Fn(u8) -> bool) -> bool {
        let table: [bool; 256] = std::array::from_fn(|code| accepted(code as u8));
        let mut previous: Option<&Arc<Tile>> = None;
        self.tiles.iter().enumerate().all(|(index, tile)| {
            let seen = previous.is_some_and(|previous| Arc::ptr_eq(previous, tile));
            previous = Some(tile);
            seen || tile.iter().all(|&code| table[code as usize])
                || self.read_rect(self.tile_rect(index)).iter().all(|&code| table[code as usize])
        })
    }

    /// Bytes of tiles that `self` holds and `other` does not share: what a snapshot costs beside another.
    pub fn unshared_bytes(&self, other: &Plane) -> usize {
        let unshared = self.tiles.iter().zip(&other.tiles).filter(|(a, b)| !Arc::ptr_eq(a, b)).count();
        unshared * TILE_PIXELS
    }

    /// How many pixels hold each code.
    pub fn histogram(&self) -> [u64; 256] {
        let mut counts = [0; 256];
        for code in self.to_pixels() {
            counts[code as usize] += 1;
        }
        counts
    }
}

impl PartialEq for Plane {
    /// Equal pixels; the padding of edge tiles does not count.
    fn eq(&self, other: &Self) -> bool {
        (self.width, self.height) == (other.width, other.height)
            && self.tiles.iter().zip(&other.tiles).enumerate().all(|(index, (a, b))| {
                Arc::ptr_eq(a, b) || a == b || {
                    let tile = self.tile_rect(index);
                    self.read_rect(tile) == other.read_rect(tile)
                }
            })
    }
}

/// Whether all codes of a segment are one (as fast as comparing memory).
pub(super) fn is_uniform(codes: &[u8]) -> bool {
    codes.is_empty() || codes[1..] == codes[..codes.len() - 1]
}

fn offset_in_tile(x: u32, y: u32) -> usize {
    ((y % TILE_SIDE) * TILE_SIDE + x % TILE_SIDE) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_copies_only_its_tile() {
        let before = Plane::filled(200, 130, 8);
        let mut after = before.clone();
        after.set(199, 129, 3);
        assert_eq!(after.get(199, 129), 3);
        assert_eq!(before.get(199, 129), 8);
        assert_eq!(after.unshared_bytes(&before), 64 * 64);
        assert_eq!(after.difference(&before), Rect::new(192, 128, 200, 130));
    }

    #[test]
    fn writing_what_is_there_copies_nothing() {
        let before = Plane::filled(100, 100, 2);
        let mut after = before.clone();
        after.fill_run(50, 0, 100, 2);
        assert_eq!(after.unshared_bytes(&before), 0);
    }

    #[test]
    fn pixels_round_trip_across_tile_borders() {
        let pixels: Vec<u8> = (0..130 * 67).map(|i| (i % 251) as u8).collect();
        let plane = Plane::from_pixels(130, 67, &pixels);
        assert_eq!(plane.to_pixels(), pixels);
        let rect = Rect::new(60, 62, 70, 66);
        let mut copy = Plane::filled(130, 67, 0);
        copy.write_rect(rect, &plane.read_rect(rect));
        assert_eq!(copy.read_rect(rect), plane.read_rect(rect));
        assert_eq!(copy.get(59, 62), 0);
    }
}
