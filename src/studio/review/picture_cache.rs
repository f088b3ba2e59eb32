//! Small pictures on the disk, so that a set that was looked at before scrolls at once when it is opened again.
//!
//! A picture is known by a number made of its files' names, sizes and times. Pictures are appended to a pack, and a
//! line about each to the index beside it. When the pack is half of what may be taken, it becomes the one before, and
//! what was the one before goes: the disk never holds more than was allowed, and what was seen lately stays.
//!
//! It is a cache: whatever is damaged, missing or full makes a picture be read from its own files, as without it. A
//! picture that was written half has no line, or a line whose sum does not fit. Of two programs at once, the second
//! reads and does not write.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// What a cache may take, in bytes: some 30 000 pictures.
pub(super) const MAX_BYTES: u64 = 512 << 20;
/// Bytes of a line of the index: number, offset, length, sum.
const LINE: usize = 32;
/// Largest picture that is kept; what is larger in an index is damaged.
const MAX_PICTURE: u32 = 1 << 20;

/// Pictures in a folder.
pub(super) struct PictureCache {
    folder: PathBuf,
    max_bytes: u64,
    packs: Mutex<Packs>,
}

/// What of the folder is open.
enum Packs {
    /// Nobody has asked yet.
    Unopened,
    Open(OpenPacks),
    /// The folder cannot be used.
    Without,
}

struct OpenPacks {
    current: Pack,
    before: Option<Pack>,
    /// Held while this program may write.
    lock: Option<File>,
}

struct Pack {
    pictures: File,
    index: File,
    places: HashMap<u128, Place>,
    end: u64,
}

#[derive(Clone, Copy)]
struct Place {
    offset: u64,
    length: u32,
    sum: u32,
}

impl PictureCache {
    /// In a folder, which is made when the first picture is asked for.
    pub fn new(folder: PathBuf, max_bytes: u64) -> Self {
        Self { folder, max_bytes, packs: Mutex::new(Packs::Unopened) }
    }

    /// A picture that was kept.
    pub fn get(&self, number: u128) -> Option<Vec<u8>> {
        self.with_packs(|packs| {
            let kept = packs.current.get(number);
            kept.or_else(|| packs.before.as_mut()?.get(number))
        })?
    }

    /// Keeps a picture, as far as that is possible.
    pub fn put(&self, number: u128, picture: &[u8]) {
        let (folder, half) = (&self.folder, self.max_bytes / 2);
        self.with_packs(|packs| {
            if packs.lock.is_none() || picture.len() > MAX_PICTURE as usize {
                return;
            }
            let kept = packs.put(folder, half, number, picture);
            if let Err(error) = kept {
                tracing::warn!("{}: small pictures are no longer kept: {error}", folder.display());
                packs.lock = None;
            }
        });
    }

    fn with_packs<R>(&self, work: impl FnOnce(&mut OpenPacks) -> R) -> Option<R> {
        let mut packs = self.packs.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*packs, Packs::Unopened) {
            *packs = match OpenPacks::open(&self.folder) {
                Ok(open) => Packs::Open(open),
                Err(error) => {
                    tracing::warn!("{}: small pictures are not kept: {error}", self.folder.display());
                    Packs::Without
                }
            };
        }
        match &mut *packs {
            Packs::Open(open) => Some(work(open)),
            Packs::Unopened | Packs::Without => None,
        }
    }
}

impl OpenPacks {
    fn open(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let lock = File::create(folder.join("lock"))?;
        let lock = lock.try_lock().is_ok().then_some(lock);
        let before = Pack::open(folder, "before").ok();
        Ok(Self { current: Pack::open(folder, "current")?, before, lock })
    }

    fn put(&mut self, folder: &Path, half: u64, number: u128, picture: &[u8]) -> io::Result<()> {
        let taken = self.current.end + (self.current.places.len() * LINE) as u64;
        if taken + picture.len() as u64 + LINE as u64 > half && !self.current.places.is_empty() {
            self.turn_over(folder)?;
        }
        self.current.put(number, picture)
    }

    /// The current pack becomes the one before.
    fn turn_over(&mut self, folder: &Path) -> io::Result<()> {
        // The one before is closed first: some systems keep open files.
        self.before = None;
        for part in PARTS {
            let [current, before] = ["current", "before"].map(|name| folder.join(format!("{name}.{part}")));
            std::fs::rename(current, before)?;
        }
        let new = Pack::open(folder, "current")?;
        self.before = Some(std::mem::replace(&mut self.current, new));
        Ok(())
    }
}

/// Endings of the two files of a pack.
const PARTS: [&str; 2] = ["pictures", "index"];

impl Pack {
    fn open(folder: &Path, name: &str) -> io::Result<Self> {
        let open = |part: &str| {
            let path = folder.join(format!("{name}.{part}"));
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
        };
        let [pictures, mut index] = [open(PARTS[0])?, open(PARTS[1])?];
        let (end, lines) = (pictures.metadata()?.len(), index.metadata()?.len() / LINE as u64);
        let mut places = HashMap::new();
        let mut reader = io::BufReader::new(&mut index);
        let mut line = [0; LINE];
        for _ in 0..lines {
            reader.read_exact(&mut line)?;
            let (number, place) = place_of(&line);
            let is_inside = place.offset.checked_add(u64::from(place.length)).is_some_and(|last| last <= end);
            if place.length <= MAX_PICTURE && is_inside {
                places.insert(number, place);
            }
        }
        // A line that was written half is written over by the next.
        index.seek(SeekFrom::Start(lines * LINE as u64))?;
        Ok(Self { pictures, index, places, end })
    }

    fn get(&mut self, number: u128) -> Option<Vec<u8>> {
        let place = *self.places.get(&number)?;
        let mut picture = vec![0; place.length as usize];
        self.pictures.seek(SeekFrom::Start(place.offset)).ok()?;
        self.pictures.read_exact(&mut picture).ok()?;
        let is_whole = sum_of(&picture) == place.sum;
        if !is_whole {
            self.places.remove(&number);
        }
        is_whole.then_some(picture)
    }

    fn put(&mut self, number: u128, picture: &[u8]) -> io::Result<()> {
        if self.places.contains_key(&number) {
            return Ok(());
        }
        let place = Place { offset: self.end, length: picture.len() as u32, sum: sum_of(picture) };
        self.pictures.seek(SeekFrom::Start(self.end))?;
        self.pictures.write_all(picture)?;
        self.end += picture.len() as u64;
        self.index.write_all(&line_of(number, place))?;
        self.places.insert(number, place);
        Ok(())
    }
}

fn line_of(number: u128, place: Place) -> [u8; LINE] {
    let mut line = [0; LINE];
    line[..16].copy_from_slice(&number.to_le_bytes());
    line[16..24].copy_from_slice(&place.offset.to_le_bytes());
    line[24..28].copy_from_slice(&place.length.to_le_bytes());
    line[28..].copy_from_slice(&place.sum.to_le_bytes());
    line
}

fn place_of(line: &[u8; LINE]) -> (u128, Place) {
    let word =
        |at: usize| line[at..at + 4].iter().rev().fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
    let number = line[..16].iter().rev().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    let offset = u64::from(word(20)) << 32 | u64::from(word(16));
    (number, Place { offset, length: word(24), sum: word(28) })
}

/// FNV-1a: tells what was written half from what is whole.
fn sum_of(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(number: u128) -> Vec<u8> {
        (0..100).map(|at| (number as u8).wrapping_mul(7).wrapping_add(at)).collect()
    }

    fn bytes_in(folder: &Path) -> u64 {
        let files = std::fs::read_dir(folder).unwrap().flatten();
        files.map(|file| file.metadata().unwrap().len()).sum()
    }

    #[test]
    fn pictures_are_there_again_and_the_disk_is_never_overrun() {
        let folder = tempfile::tempdir().unwrap();
        let max = 20 * (100 + LINE as u64);
        let cache = PictureCache::new(folder.path().to_owned(), max);
        assert_eq!(cache.get(1), None);
        for number in 0..95 {
            cache.put(number, &picture(number));
            assert_eq!(cache.get(number), Some(picture(number)));
            assert!(bytes_in(folder.path()) <= max, "{number}");
        }
        assert_eq!(cache.get(94 - 12), Some(picture(82)), "those of the last pack are there");
        assert_eq!(cache.get(0), None);
        drop(cache);
        let again = PictureCache::new(folder.path().to_owned(), max);
        assert_eq!(again.get(94), Some(picture(94)));
        assert_eq!(again.get(82), Some(picture(82)));
    }

    #[test]
    fn what_is_damaged_is_not_there_and_what_follows_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let open = || PictureCache::new(folder.path().to_owned(), MAX_BYTES);
        let cache = open();
        (0..3).for_each(|number| cache.put(number, &picture(number)));
        // A second program reads, and writes nothing.
        let second = open();
        second.put(9, &picture(9));
        assert_eq!((second.get(1), second.get(9)), (Some(picture(1)), None));
        drop((cache, second));
        let pictures = folder.path().join("current.pictures");
        let mut bytes = std::fs::read(&pictures).unwrap();
        bytes[150] ^= 1;
        bytes.truncate(250);
        crate::formats::write_file(&pictures, &bytes).unwrap();
        let index = folder.path().join("current.index");
        let mut lines = std::fs::read(&index).unwrap();
        lines.extend([7; 11]);
        crate::formats::write_file(&index, &lines).unwrap();
        let cache = open();
        assert_eq!((cache.get(0), cache.get(1), cache.get(2)), (Some(picture(0)), None, None));
        cache.put(5, &picture(5));
        drop(cache);
        assert_eq!(open().get(5), Some(picture(5)));
    }
}
