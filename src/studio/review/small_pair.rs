//! A pair at the size of a cell of the grid: read from its files, or from the pictures that were kept.

use std::io::{Read, Write};
use std::path::Path;
use std::time::UNIX_EPOCH;

use eframe::egui::ColorImage;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::loading::{PairParts, load, overlay_picture};
use super::picture_cache::PictureCache;
use crate::anatomy::is_lesion;
use crate::formats::provenance::sha256_hex;
use crate::review::ReviewSet;
use crate::review::files::FileTrouble;
use crate::scan::GreyImage;

/// Of the bytes that are kept; another one is read anew.
const VERSION: u8 = 1;

/// A pair as it is shown in the grid: scan and labels apart, so that the labels can be hidden without drawing anew.
pub(super) struct SmallPair {
    pub scan: Option<ColorImage>,
    pub overlay: Option<ColorImage>,
    pub trouble: Option<FileTrouble>,
    /// Whether a file cannot be read at all.
    pub is_unreadable: bool,
}

/// A pair at the size of a cell; from the cache where its files are as they were when it was kept.
pub(super) fn load_small(
    set: &ReviewSet,
    row: u32,
    size: [usize; 2],
    cache: Option<&PictureCache>,
) -> SmallPair {
    let place = cache.and_then(|cache| Some((cache, number_of(set, row, size)?)));
    if let Some((cache, number)) = place
        && let Some(pixels) = cache.get(number).and_then(|bytes| SmallPixels::decoded(&bytes, size))
    {
        return pixels.drawn(size);
    }
    let pixels = SmallPixels::read(set, row, size);
    if let Some((cache, number)) = place
        && let Some(bytes) = pixels.encoded()
    {
        cache.put(number, &bytes);
    }
    pixels.drawn(size)
}

/// What a cell shows, without the colours of labels, which may change.
#[derive(Debug, PartialEq, Eq)]
struct SmallPixels {
    /// Means of the greys.
    grey: Option<Vec<u8>>,
    /// The label in the middle of each block, lesions first.
    codes: Option<Vec<u8>>,
    trouble: Option<FileTrouble>,
    is_unreadable: bool,
}

impl SmallPixels {
    fn read(set: &ReviewSet, row: u32, size: [usize; 2]) -> Self {
        let pair = load(set, row, PairParts::Content);
        let grey = pair.scan.as_ref().map(|scan| small_scan(scan, size));
        let line = pair.line.as_ref();
        let codes = pair
            .codes
            .as_ref()
            .zip(line)
            .map(|(codes, line)| small_codes(codes, [line.width as usize, line.height as usize], size));
        let is_unreadable =
            grey.is_none() || (codes.is_none() && line.is_none_or(|line| line.label.is_some()));
        Self { grey, codes, trouble: pair.trouble, is_unreadable }
    }

    fn drawn(&self, size: [usize; 2]) -> SmallPair {
        SmallPair {
            scan: self.grey.as_ref().map(|grey| ColorImage::from_gray(size, grey)),
            overlay: self.codes.as_ref().map(|codes| overlay_picture(size, codes)),
            trouble: self.trouble,
            is_unreadable: self.is_unreadable,
        }
    }

    /// Version, what there is, then greys and labels, compressed.
    fn encoded(&self) -> Option<Vec<u8>> {
        let trouble = match self.trouble {
            None => 0,
            Some(FileTrouble::Missing) => 1,
            Some(FileTrouble::Changed) => 2,
        };
        let there = [self.grey.is_some(), self.codes.is_some(), self.is_unreadable].map(u8::from);
        let mut encoder =
            DeflateEncoder::new(vec![VERSION, there[0], there[1], there[2], trouble], Compression::fast());
        for plane in [&self.grey, &self.codes].into_iter().flatten() {
            encoder.write_all(plane).ok()?;
        }
        encoder.finish().ok()
    }

    fn decoded(bytes: &[u8], size: [usize; 2]) -> Option<Self> {
        let [VERSION, has_grey, has_codes, is_unreadable, trouble, packed @ ..] = bytes else { return None };
        let trouble = match trouble {
            0 => None,
            1 => Some(FileTrouble::Missing),
            2 => Some(FileTrouble::Changed),
            _ => return None,
        };
        let mut decoder = DeflateDecoder::new(packed);
        let mut plane = |is_there: u8| {
            if is_there == 0 {
                return Some(None);
            }
            let mut plane = vec![0; size[0] * size[1]];
            decoder.read_exact(&mut plane).ok()?;
            Some(Some(plane))
        };
        let (grey, codes) = (plane(*has_grey)?, plane(*has_codes)?);
        Some(Self { grey, codes, trouble, is_unreadable: *is_unreadable != 0 })
    }
}

/// What a picture is known by: its files, their sizes and times, and what they were scored as. `None` where a file is
/// missing, which is no picture to keep.
fn number_of(set: &ReviewSet, row: u32, size: [usize; 2]) -> Option<u128> {
    let lines = set.lines(&[row]).ok()?;
    let line = lines.first()?;
    let scored = line.generated.as_ref();
    let mut words = format!("{VERSION} {size:?} {}x{}", line.width, line.height);
    let of_image = scored.map_or("", |facts| facts.image_file_sha256.as_str());
    let of_label = scored.map_or("", |facts| facts.label_file_sha256.as_str());
    for (file, hash) in [(Some(line.image.as_str()), of_image), (line.label.as_deref(), of_label)] {
        let Some(file) = file else { continue };
        words += &format!("\n{} {hash}", facts_of(&set.dir.join(file))?);
    }
    u128::from_str_radix(sha256_hex(words.as_bytes()).get(..32)?, 16).ok()
}

/// Path, size and time of a file.
fn facts_of(path: &Path) -> Option<String> {
    let facts = std::fs::metadata(path).ok()?;
    let changed = facts.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} {} {}", path.display(), facts.len(), changed.as_nanos()))
}

/// The pixels of a side that make pixel `index` of `count`; never none.
fn span(index: usize, count: usize, side: usize) -> std::ops::Range<usize> {
    let from = index * side / count;
    from..((index + 1) * side / count).max(from + 1)
}

fn small_scan(scan: &GreyImage, [width, height]: [usize; 2]) -> Vec<u8> {
    let (columns, rows) = (scan.width as usize, scan.height as usize);
    let mut grey = Vec::with_capacity(width * height);
    for y in 0..height {
        let down = span(y, height, rows);
        for x in 0..width {
            let across = span(x, width, columns);
            let count = (across.len() * down.len()) as u32;
            let lines = down.clone().map(|row| &scan.pixels[row * columns..][across.clone()]);
            let sum: u32 = lines.flatten().map(|&grey| u32::from(grey)).sum();
            grey.push((sum / count) as u8);
        }
    }
    grey
}

fn small_codes(codes: &[u8], [columns, rows]: [usize; 2], [width, height]: [usize; 2]) -> Vec<u8> {
    let mut small = Vec::with_capacity(width * height);
    for y in 0..height {
        let down = span(y, height, rows);
        for x in 0..width {
            let across = span(x, width, columns);
            let mut block = down.clone().flat_map(|row| &codes[row * columns..][across.clone()]);
            let middle = codes[(down.start + down.len() / 2) * columns + across.start + across.len() / 2];
            small.push(block.find(|&&code| is_lesion(code)).copied().unwrap_or(middle));
        }
    }
    small
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{label_png, scan_image, write_file};

    #[test]
    fn what_is_kept_is_what_was_read_and_a_changed_file_is_read_anew() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("set");
        crate::review::made_rows::write(&dir, 2).unwrap();
        let set = ReviewSet::load(&dir).unwrap();
        let line = set.lines(&[0]).unwrap().remove(0);
        let write = |grey: u8| {
            let count = (line.width * line.height) as usize;
            let scan = GreyImage::new(line.width, line.height, vec![grey; count]);
            write_file(&dir.join(&line.image), &scan_image::write(&scan, &[]).unwrap()).unwrap();
            let labels = label_png::write(line.width, line.height, &vec![1; count], &[]).unwrap();
            write_file(&dir.join(line.label.as_ref().unwrap()), &labels).unwrap();
        };
        let size = [17, 11];
        let cache = PictureCache::new(folder.path().join("kept"), 1 << 20);
        assert_eq!(number_of(&set, 0, size), None, "its files are not there");
        write(50);
        let read = SmallPixels::read(&set, 0, size);
        let number = number_of(&set, 0, size).unwrap();
        let shown = load_small(&set, 0, size, Some(&cache));
        assert_eq!(shown.scan.unwrap().pixels[0], crate::studio::widgets::theme::grey(50));
        let kept = SmallPixels::decoded(&cache.get(number).unwrap(), size);
        assert_eq!(kept, Some(read));
        assert_eq!(SmallPixels::decoded(&cache.get(number).unwrap(), [400, 300]), None);
        std::thread::sleep(std::time::Duration::from_millis(20));
        write(90);
        assert_ne!(number_of(&set, 0, size), Some(number));
        let shown = load_small(&set, 0, size, Some(&cache));
        assert_eq!(shown.scan.unwrap().pixels[0], crate::studio::widgets::theme::grey(90));
    }

    #[test]
    fn small_pictures_keep_lesions_and_mean_greys() {
        let scan = GreyImage::new(4, 2, vec![0, 100, 10, 30, 100, 0, 30, 10]);
        assert_eq!(small_scan(&scan, [2, 1]), [50, 20]);
        let mut codes = vec![1; 64];
        codes[9] = 9;
        let small = small_codes(&codes, [8, 8], [2, 2]);
        assert_eq!(small, [9, 1, 1, 1]);
        assert_eq!(small_codes(&codes, [8, 8], [16, 16]).len(), 256, "smaller pairs are enlarged");
    }
}
