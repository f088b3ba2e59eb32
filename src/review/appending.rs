//! Lines that are only ever appended: what a killed program or a full disk left of one must cost no other.

use std::fs::OpenOptions;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::formats::FormatError;

/// Appends whole lines to a file and syncs it. A last line without its end, which a killed program leaves, becomes a line
/// of its own: unreadable, counted by whoever reads, and not lost. Where the disk is full nothing of the new lines stays.
///
/// # Errors
/// If the file cannot be read or written.
pub(super) fn append_lines(path: &Path, lines: &[u8]) -> Result<(), FormatError> {
    let io = |doing| FormatError::io(path, doing);
    let mut file =
        OpenOptions::new().create(true).read(true).append(true).open(path).map_err(io("opening"))?;
    let before = file.metadata().map_err(io("looking at the file"))?.len();
    let mut last = [b'\n'];
    if before > 0 {
        file.seek(SeekFrom::Start(before - 1)).map_err(io("reading"))?;
        file.read_exact(&mut last).map_err(io("reading"))?;
    }
    // One write, so that two programs never mix their lines.
    let mut text = Vec::with_capacity(lines.len() + 1);
    if last != [b'\n'] {
        text.push(b'\n');
    }
    text.extend_from_slice(lines);
    if let Err(error) = file.write_all(&text).and_then(|()| file.sync_data()) {
        // Half a line would only be noise; where it cannot be cut off it is counted when read.
        let _ = file.set_len(before);
        return Err(io("appending")(error));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_line_costs_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines.jsonl");
        append_lines(&path, b"one\n").unwrap();
        append_lines(&path, b"two\nthree\n").unwrap();
        crate::formats::write_file(&path, b"one\ntwo\nthr").unwrap();
        append_lines(&path, b"four\n").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"one\ntwo\nthr\nfour\n");
        assert!(append_lines(folder.path(), b"five\n").is_err());
    }
}
