//! Decisions as lines that are never changed: who, when, about which pair, what, and why.
//!
//! The file lies beside the manifest, can be read with any tool, compared line by line, and put together from two
//! computers with `cat`: the last word of a reviewer on a pair counts. Undoing is another line. Two programs may write
//! at once: each line is appended whole under a lock, and [`DecisionLog::refresh`] reads what others wrote.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{ReviewError, time};
use crate::formats::FormatError;

/// Name of the log in a data set's folder.
pub const DECISIONS_FILE: &str = "decisions.jsonl";
const LOCK_FILE: &str = "decisions.lock";
/// Version of the lines that this program writes; newer ones are counted and left alone.
pub const DECISION_VERSION: u32 = 1;
/// Longest name of a reviewer and longest reason.
pub const MAX_TEXT_CHARS: usize = 200;
/// Largest log that is read.
const MAX_LOG_BYTES: u64 = 1 << 30;

/// What a reviewer says of a pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Nothing, or nothing any more.
    #[default]
    Undecided,
    /// It goes into exports.
    Accept,
    /// It stays out.
    Reject,
    /// To be looked at again.
    Flag,
}

impl Decision {
    /// All of them, by number.
    pub const ALL: [Decision; 4] = [Decision::Undecided, Decision::Accept, Decision::Reject, Decision::Flag];

    /// As logs and reports write it.
    pub fn name(self) -> &'static str {
        ["undecided", "accept", "reject", "flag"][self as usize]
    }
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionEvent {
    /// [`DECISION_VERSION`].
    pub version: u32,
    /// RFC 3339, UTC.
    pub when: String,
    /// The reviewer.
    pub who: String,
    /// Its id.
    pub pair: String,
    /// What was decided.
    pub decision: Decision,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether it takes a decision back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undo: bool,
}

/// The log of a data set, read so far.
#[derive(Debug)]
pub struct DecisionLog {
    path: PathBuf,
    lock: PathBuf,
    /// Bytes of whole lines that were read.
    read_bytes: u64,
    /// In the order of the file.
    pub events: Vec<DecisionEvent>,
    /// Lines that cannot be read.
    pub problems: LogProblems,
}

/// What of a log could not be read. None of it is removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogProblems {
    /// Lines that are no decisions.
    pub lines: usize,
    /// Of these, lines of a newer version.
    pub newer: usize,
    /// Bytes of a last line without an end.
    pub torn_bytes: u64,
}

impl DecisionLog {
    /// Reads the log of a data set; a set that nobody reviewed has an empty one.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn open(dir: &Path) -> Result<Self, ReviewError> {
        let mut log = Self {
            path: dir.join(DECISIONS_FILE),
            lock: dir.join(LOCK_FILE),
            read_bytes: 0,
            events: Vec::new(),
            problems: LogProblems::default(),
        };
        log.refresh()?;
        Ok(log)
    }

    /// Reads what was appended since, by whomever. Returns how many decisions that were.
    ///
    /// # Errors
    /// If the file cannot be read, or has become shorter.
    pub fn refresh(&mut self) -> Result<usize, ReviewError> {
        if !self.path.exists() {
            return Ok(0);
        }
        let mut file = File::open(&self.path).map_err(FormatError::io(&self.path, "opening"))?;
        let length = file.metadata().map_err(FormatError::io(&self.path, "looking at the file"))?.len();
        if length > MAX_LOG_BYTES || length < self.read_bytes {
            let problem = match length < self.read_bytes {
                true => "it has become shorter while it was read",
                false => "it is larger than any review",
            };
            let place = self.path.display().to_string();
            let remedy = "lines are only ever appended: get back a copy of it, and open the set again";
            return Err(FormatError::malformed(&place, "the log", problem, remedy).into());
        }
        file.seek(SeekFrom::Start(self.read_bytes)).map_err(FormatError::io(&self.path, "reading"))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(FormatError::io(&self.path, "reading"))?;
        let before = self.events.len();
        self.take(&bytes);
        Ok(self.events.len() - before)
    }

    fn take(&mut self, bytes: &[u8]) {
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        self.problems.torn_bytes = (bytes.len() - whole) as u64;
        self.read_bytes += whole as u64;
        for line in bytes[..whole].split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
            match serde_json::from_slice::<DecisionEvent>(line) {
                Ok(event) if event.version == DECISION_VERSION => self.events.push(event),
                other => {
                    self.problems.lines += 1;
                    let version = other.map(|event| event.version).ok().or_else(|| {
                        let value: serde_json::Value = serde_json::from_slice(line).ok()?;
                        value.get("version")?.as_u64()?.try_into().ok()
                    });
                    let is_newer = version.is_some_and(|version| version > DECISION_VERSION);
                    self.problems.newer += usize::from(is_newer);
                }
            }
        }
    }

    /// Appends decisions, one line each, all of them or, where the disk is full, none that is half a line. What others
    /// wrote meanwhile is read first.
    ///
    /// # Errors
    /// If a name or a reason is too long, or the file cannot be written.
    pub fn append(&mut self, decisions: &[DecisionEvent]) -> Result<(), ReviewError> {
        let mut text = Vec::new();
        for event in decisions {
            check_text("the reviewer's name", &event.who)?;
            event.reason.as_deref().map_or(Ok(()), |reason| check_text("the reason", reason))?;
            serde_json::to_writer(&mut text, event).expect("a decision is strings and numbers");
            text.push(b'\n');
        }
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&self.lock)
            .map_err(FormatError::io(&self.lock, "opening"))?;
        // Without locks of the file system an append is still one write.
        let _ = lock.lock();
        self.refresh()?;
        if self.problems.torn_bytes > 0 {
            // What a killed program left becomes a line of its own: unreadable, counted, and not lost.
            text.insert(0, b'\n');
        }
        let io = |doing| FormatError::io(&self.path, doing);
        let mut file =
            OpenOptions::new().create(true).append(true).open(&self.path).map_err(io("opening"))?;
        let before = file.metadata().map_err(io("looking at the file"))?.len();
        if let Err(error) = file.write_all(&text).and_then(|()| file.sync_data()) {
            // Half a line would only be noise; where it cannot be cut off it is counted when read.
            let _ = file.set_len(before);
            return Err(io("appending")(error).into());
        }
        self.refresh()?;
        Ok(())
    }

    /// The event that takes back a reviewer's last decision that was not taken back, with what then stands; `None`
    /// where there is none.
    pub fn undo_of(&self, who: &str) -> Option<DecisionEvent> {
        let mut stack: Vec<&DecisionEvent> = Vec::new();
        for event in self.events.iter().filter(|event| event.who == who) {
            if event.undo {
                stack.pop();
            } else {
                stack.push(event);
            }
        }
        let last = stack.pop()?;
        let before = stack.iter().rev().find(|event| event.pair == last.pair);
        Some(DecisionEvent {
            decision: before.map_or(Decision::Undecided, |event| event.decision),
            reason: before.and_then(|event| event.reason.clone()),
            undo: true,
            ..DecisionEvent::now(who, &last.pair, Decision::Undecided, None)
        })
    }
}

impl DecisionEvent {
    /// A decision of this moment.
    pub fn now(who: &str, pair: &str, decision: Decision, reason: Option<&str>) -> Self {
        Self {
            version: DECISION_VERSION,
            when: time::now(),
            who: who.to_owned(),
            pair: pair.to_owned(),
            decision,
            reason: reason.map(str::to_owned),
            undo: false,
        }
    }
}

/// A name or a reason that can stand in a log.
fn check_text(what: &str, text: &str) -> Result<(), ReviewError> {
    let is_plain = !text.trim().is_empty() && !text.chars().any(char::is_control);
    if is_plain && text.chars().count() <= MAX_TEXT_CHARS {
        return Ok(());
    }
    let problem = format!("{what} is empty, holds control characters or more than {MAX_TEXT_CHARS} letters");
    Err(ReviewError::refused(problem, "write it shorter, on one line"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(who: &str, pair: &str, decision: Decision) -> DecisionEvent {
        DecisionEvent::now(who, pair, decision, None)
    }

    #[test]
    fn lines_are_appended_and_read_by_others() {
        let folder = tempfile::tempdir().unwrap();
        let mut mine = DecisionLog::open(folder.path()).unwrap();
        let mut theirs = DecisionLog::open(folder.path()).unwrap();
        mine.append(&[event("anna", "a", Decision::Accept), event("anna", "b", Decision::Reject)]).unwrap();
        theirs.append(&[event("ben", "a", Decision::Flag)]).unwrap();
        assert_eq!(theirs.events.len(), 3, "theirs reads mine before it writes");
        assert_eq!(mine.refresh().unwrap(), 1);
        assert_eq!(mine.events, theirs.events);
        assert_eq!(mine.problems, LogProblems::default());
    }

    #[test]
    fn a_torn_last_line_is_counted_kept_and_written_after() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(DECISIONS_FILE);
        let mut log = DecisionLog::open(folder.path()).unwrap();
        log.append(&[event("anna", "a", Decision::Accept)]).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.extend_from_slice(b"{\"version\":1,\"when\":\"2026");
        crate::formats::write_file(&path, &bytes).unwrap();
        let mut log = DecisionLog::open(folder.path()).unwrap();
        assert_eq!((log.events.len(), log.problems.torn_bytes), (1, 25));
        log.append(&[event("anna", "b", Decision::Accept)]).unwrap();
        assert_eq!((log.events.len(), log.problems.torn_bytes, log.problems.lines), (2, 0, 1));
        assert!(std::fs::read(&path).unwrap().starts_with(&bytes), "nothing is removed");
    }

    #[test]
    fn other_lines_are_counted_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let newer = "{\"version\":2,\"mood\":\"good\"}\nnonsense\n\n";
        crate::formats::write_file(&folder.path().join(DECISIONS_FILE), newer.as_bytes()).unwrap();
        let mut log = DecisionLog::open(folder.path()).unwrap();
        assert_eq!((log.problems.lines, log.problems.newer, log.events.len()), (2, 1, 0));
        assert!(log.append(&[event(" ", "a", Decision::Accept)]).is_err());
        assert!(log.append(&[event("a\nb", "a", Decision::Accept)]).is_err());
        crate::formats::write_file(&folder.path().join(DECISIONS_FILE), b"\n").unwrap();
        assert!(log.refresh().unwrap_err().to_string().contains("shorter"));
    }

    #[test]
    fn undoing_goes_back_step_by_step() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = DecisionLog::open(folder.path()).unwrap();
        log.append(&[
            event("anna", "a", Decision::Accept),
            event("anna", "a", Decision::Reject),
            event("ben", "a", Decision::Flag),
            event("anna", "b", Decision::Flag),
        ])
        .unwrap();
        let mut undone = Vec::new();
        while let Some(undo) = log.undo_of("anna") {
            undone.push((undo.pair.clone(), undo.decision));
            log.append(&[undo]).unwrap();
        }
        let expected = [("b", Decision::Undecided), ("a", Decision::Accept), ("a", Decision::Undecided)];
        assert_eq!(undone, expected.map(|(pair, decision)| (pair.to_owned(), decision)));
        log.append(&[event("anna", "c", Decision::Accept)]).unwrap();
        assert_eq!(log.undo_of("anna").unwrap().pair, "c");
        assert_eq!(log.undo_of("nobody"), None);
    }
}
