//! Audits that were finished: which groups were accepted, by whom, on what sample and with what bound.
//!
//! A line names the hash of the audited ids and the rows it accepts as ranges, so it can be checked and used without
//! making the groups again, and stays small for a hundred thousand pairs.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::appending::append_lines;
use super::audit::{Audit, AuditTerms, GroupState};
use super::set::ReviewSet;
use super::{ReviewError, time};
use crate::formats::provenance::sha256_hex;
use crate::formats::read_file;
use crate::generation::numbers::ranges;

/// Name of the file in a data set's folder.
pub const AUDITS_FILE: &str = "audits.jsonl";
const AUDIT_VERSION: u32 = 1;

/// One group that was accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AcceptedGroup {
    /// Version of the line.
    pub version: u32,
    /// RFC 3339, UTC.
    pub when: String,
    /// The reviewer.
    pub who: String,
    /// Of the audit.
    pub terms: AuditTerms,
    /// Number of the group among the audit's.
    pub group: usize,
    /// Pairs of the group.
    pub pairs: usize,
    /// Pairs that were looked at, none of them bad.
    pub looked_at: usize,
    /// Share of bad pairs that the group stays under.
    pub bound: f64,
    /// Rows of the manifest, from 0, as ranges: "0-17,19".
    pub rows: String,
    /// Of the ids of those rows, a line each.
    pub ids_sha256: String,
}

/// Appends the groups of an audit that are accepted and were not recorded before. Returns how many those were.
///
/// # Errors
/// If the file cannot be read or written.
pub fn record(set: &ReviewSet, audit: &Audit) -> Result<usize, ReviewError> {
    let (known, _) = read(&set.dir)?;
    let mut text = Vec::new();
    let mut count = 0;
    for (number, group) in audit.groups.iter().enumerate() {
        let (GroupState::Accepted, Some(bound)) = (group.state, group.bound) else { continue };
        let ids_sha256 = ids_sha256(set, &group.rows);
        let is_known = |line: &AcceptedGroup| line.who == audit.reviewer && line.ids_sha256 == ids_sha256;
        if known.iter().any(is_known) {
            continue;
        }
        let line = AcceptedGroup {
            version: AUDIT_VERSION,
            when: time::now(),
            who: audit.reviewer.clone(),
            terms: audit.terms,
            group: number,
            pairs: group.rows.len(),
            looked_at: group.sample.len(),
            bound,
            rows: ranges(&group.rows.iter().map(|&row| u64::from(row)).collect::<Vec<_>>()),
            ids_sha256,
        };
        serde_json::to_writer(&mut text, &line).expect("a line is strings and numbers");
        text.push(b'\n');
        count += 1;
    }
    if count > 0 {
        append_lines(&set.dir.join(AUDITS_FILE), &text)?;
    }
    Ok(count)
}

/// The accepted groups of a folder, and how many lines could not be read.
///
/// # Errors
/// If the file cannot be read.
pub fn read(dir: &Path) -> Result<(Vec<AcceptedGroup>, usize), ReviewError> {
    let path = dir.join(AUDITS_FILE);
    if !path.exists() {
        return Ok((Vec::new(), 0));
    }
    let bytes = read_file(&path)?;
    let (mut groups, mut unreadable) = (Vec::new(), 0);
    for line in bytes.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        match serde_json::from_slice::<AcceptedGroup>(line) {
            Ok(group) if group.version == AUDIT_VERSION => groups.push(group),
            _ => unreadable += 1,
        }
    }
    Ok((groups, unreadable))
}

/// Which rows of a set are accepted by an audit. Groups whose rows are not the pairs they were are left out; their
/// number comes second.
pub fn audited_rows(set: &ReviewSet, groups: &[AcceptedGroup]) -> (Vec<bool>, usize) {
    let mut audited = vec![false; set.len()];
    let mut changed = 0;
    for group in groups {
        let rows = rows_of(&group.rows, set.len());
        match rows.filter(|rows| ids_sha256(set, rows) == group.ids_sha256) {
            Some(rows) => rows.iter().for_each(|&row| audited[row as usize] = true),
            None => changed += 1,
        }
    }
    (audited, changed)
}

/// Rows of ranges such as "0-17,19"; `None` where they are none, or lie outside.
fn rows_of(text: &str, count: usize) -> Option<Vec<u32>> {
    let mut rows = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        if first > last || last as usize >= count || rows.len() > count {
            return None;
        }
        rows.extend(first..=last);
    }
    Some(rows)
}

fn ids_sha256(set: &ReviewSet, rows: &[u32]) -> String {
    let ids: Vec<&str> = rows.iter().map(|&row| set.id(row)).collect();
    sha256_hex(ids.join("\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::super::audit::audit;
    use super::super::log::{Decision, DecisionEvent};
    use super::super::set::tests::line;
    use super::super::verdicts::Verdicts;
    use super::*;

    #[test]
    fn accepted_groups_are_recorded_once_and_used_while_the_pairs_are_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let text: String = (0..30).map(|number| line(number, "a")).collect();
        let path = folder.path().join("manifest.jsonl");
        crate::formats::write_file(&path, text.as_bytes()).unwrap();
        let set = ReviewSet::load(folder.path()).unwrap();
        let rows: Vec<u32> = (0..30).collect();
        let terms = AuditTerms { clusters: 2, bad_share: 0.5, ..AuditTerms::default() };
        let first = audit(&set, &Verdicts::default(), "anna", &rows, terms);
        let sample = &first.groups[0].sample;
        let events: Vec<DecisionEvent> = sample
            .iter()
            .map(|&row| DecisionEvent::now("anna", set.id(row), Decision::Accept, None))
            .collect();
        let done = audit(&set, &Verdicts::of(&set, &events), "anna", &rows, terms);
        assert_eq!((record(&set, &done).unwrap(), record(&set, &done).unwrap()), (1, 0));
        let (groups, unreadable) = read(folder.path()).unwrap();
        assert_eq!((groups.len(), unreadable), (1, 0));
        let (audited, changed) = audited_rows(&set, &groups);
        assert_eq!(changed, 0);
        assert_eq!(audited.iter().filter(|&&is| is).count(), done.groups[0].rows.len());
        // Another pair in the place of one: the audit does not speak for it.
        let other = text.replace("pair-0000003", "pair-1000003");
        crate::formats::write_file(&path, other.as_bytes()).unwrap();
        let set = ReviewSet::load(folder.path()).unwrap();
        let is_hit = done.groups[0].rows.contains(&3);
        assert_eq!(audited_rows(&set, &groups).1, usize::from(is_hit));
        assert_eq!(rows_of("0-2,5", 6), Some(vec![0, 1, 2, 5]));
        for wrong in ["", "3-1", "0-6", "a"] {
            assert_eq!(rows_of(wrong, 6), None, "{wrong}");
        }
    }
}
