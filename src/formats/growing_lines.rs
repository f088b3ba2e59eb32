//! A file of lines that somebody else is still writing: what was added since the last look, whole lines only.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;

/// Most bytes of one look: a file of any length is read in parts.
const MAX_LOOK_BYTES: u64 = 4 << 20;

/// The whole lines that were added to a file since the last look.
#[derive(Debug)]
pub struct GrowingLines {
    path: PathBuf,
    /// Behind the last whole line that was read: a torn one is read again, whatever becomes of it.
    offset: u64,
}

impl GrowingLines {
    /// From the beginning of a file, which may not be there yet.
    pub fn new(path: PathBuf) -> Self {
        Self { path, offset: 0 }
    }

    /// Whether the file was replaced by a shorter one; it is then read from its beginning.
    pub fn was_replaced(&mut self) -> bool {
        let is_shorter = std::fs::metadata(&self.path).is_ok_and(|facts| facts.len() < self.offset);
        if is_shorter {
            self.offset = 0;
        }
        is_shorter
    }

    /// The next lines, of a few megabytes at most; none at the end, nor of a file that cannot be read: it may come yet.
    pub fn next_lines(&mut self) -> Vec<String> {
        let mut bytes = Vec::new();
        let read = File::open(&self.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(self.offset))?;
            file.take(MAX_LOOK_BYTES).read_to_end(&mut bytes)
        });
        if read.is_err() {
            return Vec::new();
        }
        let whole = match bytes.iter().rposition(|&byte| byte == b'\n') {
            Some(at) => at + 1,
            // No line of ours is so long: whatever it is, the reader goes on behind it.
            None if bytes.len() as u64 == MAX_LOOK_BYTES => bytes.len(),
            None => 0,
        };
        self.offset += whole as u64;
        String::from_utf8_lossy(&bytes[..whole]).lines().map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::write_atomically;

    #[test]
    fn whole_lines_come_once_and_a_shorter_file_is_read_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines");
        let mut lines = GrowingLines::new(path.clone());
        assert!(lines.next_lines().is_empty(), "it is not there yet");
        write_atomically(&path, b"one\ntwo\nth").unwrap();
        assert_eq!(lines.next_lines(), ["one", "two"]);
        write_atomically(&path, b"one\ntwo\nthree\n").unwrap();
        assert!(!lines.was_replaced());
        assert_eq!(lines.next_lines(), ["three"]);
        assert!(lines.next_lines().is_empty());
        write_atomically(&path, b"other\n").unwrap();
        assert!(lines.was_replaced());
        assert_eq!(lines.next_lines(), ["other"]);
    }
}
