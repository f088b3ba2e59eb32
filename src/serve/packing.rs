//! Masks and scans on their way: only the rectangle that changed, compressed, and never unpacked beyond its size.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use crate::scan::Rect;

/// Why bytes are not what they should be.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum PackingError {
    /// They cannot be unpacked.
    #[error("{what} cannot be unpacked ({reason}); it is asked for again")]
    Damaged { what: &'static str, reason: String },
    /// They unpack to another number of bytes.
    #[error("{what} unpacks to {found} where {wanted} bytes belong; it is asked for again")]
    Length { what: &'static str, found: String, wanted: usize },
}

/// Compressed bytes.
pub fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    // Memory takes everything.
    packed.write_all(bytes).unwrap_or_default();
    packed.finish().unwrap_or_default()
}

/// The bytes that were packed, which must be `wanted` many; `what` names them in messages.
///
/// # Errors
/// If they are damaged, too few or too many. No more than `wanted` bytes and one are ever unpacked.
pub fn unpack(packed: &[u8], wanted: usize, what: &'static str) -> Result<Vec<u8>, PackingError> {
    let mut bytes = Vec::new();
    ZlibDecoder::new(packed)
        .take(wanted as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| PackingError::Damaged { what, reason: error.to_string() })?;
    match bytes.len().cmp(&wanted) {
        std::cmp::Ordering::Equal => Ok(bytes),
        std::cmp::Ordering::Less => {
            Err(PackingError::Length { what, found: bytes.len().to_string(), wanted })
        }
        std::cmp::Ordering::Greater => Err(PackingError::Length { what, found: "more".to_owned(), wanted }),
    }
}

/// The smallest rectangle that holds every pixel in which two images of a width differ; empty where none does.
pub fn changed_rect(before: &[u8], after: &[u8], width: u32) -> Rect {
    let mut changed = Rect::EMPTY;
    let rows = before.chunks_exact(width as usize).zip(after.chunks_exact(width as usize));
    for (y, (old, new)) in (0u32..).zip(rows).filter(|(_, (old, new))| old != new) {
        let differs = |(a, b): (&u8, &u8)| a != b;
        let first = old.iter().zip(new).position(differs).unwrap_or(0) as u32;
        let last = old.iter().zip(new).rposition(differs).unwrap_or(0) as u32;
        changed = changed.union(Rect::new(first, y, last + 1, y + 1));
    }
    changed
}

/// The pixels of a rectangle inside an image of a width, row by row.
pub fn cut(pixels: &[u8], width: u32, rect: Rect) -> Vec<u8> {
    let mut part = Vec::with_capacity(rect.width() as usize * rect.height() as usize);
    for y in rect.y0..rect.y1 {
        let start = y as usize * width as usize + rect.x0 as usize;
        part.extend_from_slice(&pixels[start..start + rect.width() as usize]);
    }
    part
}

/// Puts the pixels of a rectangle into an image of a width that holds it.
pub fn paste(pixels: &mut [u8], width: u32, rect: Rect, part: &[u8]) {
    for (y, row) in (rect.y0..rect.y1).zip(part.chunks_exact(rect.width() as usize)) {
        let start = y as usize * width as usize + rect.x0 as usize;
        pixels[start..start + row.len()].copy_from_slice(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_travels_as_its_rectangle() {
        let (width, height) = (50u32, 40u32);
        let before: Vec<u8> = (0..width * height).map(|i| (i % 7) as u8).collect();
        let mut after = before.clone();
        for (x, y) in [(10, 5), (30, 5), (12, 20)] {
            after[y * width as usize + x] = 9;
        }
        let rect = changed_rect(&before, &after, width);
        assert_eq!(rect, Rect::new(10, 5, 31, 21));
        let packed = pack(&cut(&after, width, rect));
        let part = unpack(&packed, (rect.width() * rect.height()) as usize, "the mask").unwrap();
        let mut arrived = before.clone();
        paste(&mut arrived, width, rect, &part);
        assert_eq!(arrived, after);
        assert!(changed_rect(&before, &before, width).is_empty());
    }

    #[test]
    fn nothing_unpacks_beyond_its_size() {
        let bomb = pack(&vec![0; 100 << 20]);
        assert!(bomb.len() < 1 << 20);
        assert!(matches!(unpack(&bomb, 1000, "the mask"), Err(PackingError::Length { .. })));
        assert!(matches!(unpack(&pack(&[1; 9]), 10, "the mask"), Err(PackingError::Length { .. })));
        assert!(matches!(unpack(&[1, 2, 3], 10, "the mask"), Err(PackingError::Damaged { .. })));
    }
}
