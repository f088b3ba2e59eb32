//! What a process said last, for whoever asks how far it is or why it ended.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Longest message that is shown of a log's end.
const MAX_LAST_WORDS: u64 = 2048;

/// The last line that says something in the file of a process's standard error.
pub(super) fn last_words(log: &Path) -> Option<String> {
    let mut file = File::open(log).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(MAX_LAST_WORDS))).ok()?;
    let mut bytes = Vec::new();
    file.take(MAX_LAST_WORDS).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let lines = text.lines().rev().map(str::trim);
    let mut said = lines.filter(|line| !line.is_empty() && !line.starts_with("note:"));
    said.next().map(without_prefix)
}

/// Without the words that the program and its reader of arguments put before a message.
pub(super) fn without_prefix(line: &str) -> String {
    line.trim_start_matches("error: ").trim_start_matches("retidiff: ").to_owned()
}
