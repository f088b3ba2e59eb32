//! The undo history of a journal session: a log to which every step is appended once.
//!
//! The session's JSON says how much of the log was whole and which of its steps make up the history, so
//! a crash in the middle of an append costs that step alone.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::document_parts::HistoryPart;
use super::undo_history::{read_limited, read_step, write_step};
use crate::document::{Document, HistorySnapshot, UndoStep};

const PREFIX: &str = "history-";
const CHECK_BYTES: usize = 8;
const HEAD_BYTES: usize = 4 + CHECK_BYTES;
/// A log begins anew when this much of it and as much again as is needed belongs to no step any more.
const TOLERATED_DEAD_BYTES: u64 = 64 << 20;

/// An open log.
#[derive(Debug)]
pub(super) struct HistoryLog {
    file: File,
    name: String,
    bytes: u64,
    /// Steps that are in the log: (number, bytes) by serial.
    written: HashMap<u64, (u32, u64)>,
}

impl HistoryLog {
    /// Brings the log of a session up to date, and begins a new one when the old one has become a waste.
    ///
    /// # Errors
    /// If the log cannot be written; it is then given up and begun anew by the next call.
    pub fn update(
        log: &mut Option<Self>,
        folder: &Path,
        history: &HistorySnapshot,
        number: &mut u64,
    ) -> io::Result<Option<HistoryPart>> {
        if history.is_empty() {
            return Ok(None);
        }
        if log.as_ref().is_some_and(|log| log.is_waste(history)) {
            *log = None;
        }
        let mut current = match log.take() {
            Some(log) => log,
            None => {
                let name = format!("{PREFIX}{number}.log");
                *number += 1;
                let file = File::create(folder.join(&name))?;
                Self { file, name, bytes: 0, written: HashMap::new() }
            }
        };
        let part = current.append(history)?;
        *log = Some(current);
        Ok(Some(part))
    }

    fn is_waste(&self, history: &HistorySnapshot) -> bool {
        let steps = history.undo.iter().chain(&history.redo);
        let alive: u64 =
            steps.filter_map(|step| self.written.get(&step.serial())).map(|(_, bytes)| bytes).sum();
        self.bytes > 2 * alive + TOLERATED_DEAD_BYTES
    }

    fn append(&mut self, history: &HistorySnapshot) -> io::Result<HistoryPart> {
        let mut fresh = Vec::new();
        let mut number = |step: &Arc<UndoStep>| {
            let next = self.written.len() as u32;
            let (number, _) = *self.written.entry(step.serial()).or_insert_with(|| {
                let record = write_step(step);
                fresh.extend((record.len() as u32).to_le_bytes());
                fresh.extend(&Sha256::digest(&record)[..CHECK_BYTES]);
                fresh.extend(&record);
                (next, (HEAD_BYTES + record.len()) as u64)
            });
            number
        };
        let undo = history.undo.iter().map(&mut number).collect();
        let redo = history.redo.iter().map(&mut number).collect();
        if !fresh.is_empty() {
            self.file.write_all(&fresh)?;
            self.file.sync_data()?;
            self.bytes += fresh.len() as u64;
        }
        Ok(HistoryPart { log: self.name.clone(), log_bytes: self.bytes, undo, redo })
    }
}

/// Removes the logs that a session no longer names. One that cannot be removed wastes space and does no
/// other harm.
pub(super) fn remove_others(folder: &Path, named: Option<&HistoryPart>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(PREFIX) && named.is_none_or(|part| part.log != name) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The undo history of a session.
///
/// # Errors
/// Why it cannot be used, to be shown as a warning: the document is not concerned.
pub(super) fn read(
    folder: &Path,
    part: &HistoryPart,
    document: &Document,
) -> Result<HistorySnapshot, String> {
    let is_plain_name = Path::new(&part.log).file_name() == Some(part.log.as_ref());
    if !is_plain_name || !part.log.starts_with(PREFIX) {
        return Err(format!("{} is no log of this session", part.log));
    }
    let bytes = read_limited(&folder.join(&part.log)).map_err(|error| error.to_string())?;
    let whole = usize::try_from(part.log_bytes).ok().and_then(|length| bytes.get(..length));
    let mut rest = whole.ok_or("the log is shorter than it was")?;
    let mut records = Vec::new();
    while !rest.is_empty() {
        let (head, after) = rest.split_at_checked(HEAD_BYTES).ok_or("the log ends in a step")?;
        let (length, check) = head.split_at(4);
        let length = length.try_into().map(u32::from_le_bytes).map_or(usize::MAX, |length| length as usize);
        let (record, after) = after.split_at_checked(length).ok_or("the log ends in a step")?;
        if &Sha256::digest(record)[..CHECK_BYTES] != check {
            return Err("the check sum of a step is wrong".to_owned());
        }
        records.push(record);
        rest = after;
    }
    let steps = |numbers: &[u32]| -> Result<Vec<Arc<UndoStep>>, String> {
        let step = |number: &u32| {
            let step = records.get(*number as usize).and_then(|record| read_step(record, document));
            step.map(Arc::new).ok_or_else(|| "a step does not fit the document".to_owned())
        };
        numbers.iter().map(step).collect()
    };
    Ok(HistorySnapshot { undo: steps(&part.undo)?, redo: steps(&part.redo)? })
}
