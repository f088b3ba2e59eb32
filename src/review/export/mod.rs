//! A reviewed set leaves: in the layout that the reader's tools expect, with a data sheet.
//!
//! Only what somebody accepted, or an audit, goes out unless more is asked for. Subjects are never divided between
//! training, validation and test. Files whose bytes are not those that were scored are left out and counted. Scans are
//! copied byte for byte, so that what they say of their origin goes with them.

mod coco;
mod copying;
mod folders;
mod nifti;
mod nnunet;
mod pair;
mod parts;
#[cfg(feature = "c2pa")]
mod signing;
mod webdataset;

pub use copying::ExportWatch;
pub use pair::ExportPair;
pub use parts::{Shares, SplitPart};
#[cfg(feature = "c2pa")]
pub use signing::sign_scans;

use std::collections::HashMap;
use std::path::Path;

use serde::Serialize;

use super::ReviewError;
use super::audit::{Ground, ground};
use super::files::{FileTrouble, check};
use super::set::ReviewSet;
use super::verdicts::Verdicts;
use crate::formats::FormatError;

/// How an export is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
#[value(rename_all = "lowercase")]
pub enum Layout {
    /// A data set of this program: images/, labels/, manifest.jsonl, split.json
    Pairs,
    /// nnU-Net v2: imagesTr, labelsTr, imagesTs, labelsTs, dataset.json, splits_final.json
    NnUnet,
    /// MIRAGE: train|val|test/{bscan,semseg} and INFO.json
    Mirage,
    /// WebDataset: tar shards of scan, mask and line
    WebDataset,
    /// Images and COCO annotations with run-length coded masks
    Coco,
    /// Compressed NIfTI files of scans and labels
    Nifti,
}

/// What goes out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExportTerms {
    /// For which tool.
    pub layout: Layout,
    /// Whether pairs go out that nobody accepted, rejected ones aside.
    pub undecided_too: bool,
    /// Whether pairs go out that lie nearer to a reference scan than strangers do.
    pub near_too: bool,
    /// How subjects are divided.
    pub shares: Shares,
}

/// What an export did, for people and for its data sheet.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ExportReport {
    /// For which tool.
    pub layout: String,
    /// That were written.
    pub pairs: usize,
    /// Of these, by part: train, validation, test.
    pub parts: [usize; 3],
    /// Accepted by a look, by an audit, by nobody.
    pub looked: usize,
    /// Of them, accepted by a sample of their group.
    pub audited: usize,
    /// Left out: nobody decided.
    pub undecided: usize,
    /// Left out: rejected or flagged, not decided, too near to a reference scan, without a mask.
    pub rejected: usize,
    /// Left out: not every reviewer accepted.
    pub not_accepted: usize,
    /// Left out: too near to a reference scan.
    pub too_near: usize,
    /// Left out: the layout needs labels.
    pub without_mask: usize,
    /// Left out because a file is missing or changed.
    pub missing: usize,
    /// Left out: a file is not the one that was scored.
    pub changed: usize,
}

/// Writes an export into an empty folder.
///
/// # Errors
/// If the folder holds something, nothing is left to export, or a file cannot be read or written.
pub fn export(
    set: &ReviewSet,
    verdicts: &Verdicts,
    audited: &[bool],
    terms: &ExportTerms,
    out: &Path,
) -> Result<(ExportReport, Vec<ExportPair>), ReviewError> {
    export_watched(set, verdicts, audited, terms, out, &ExportWatch::default())
}

/// [`export`], with somebody who watches and may stop it. What was written until then stays in the folder.
///
/// # Errors
/// As [`export`], and if it was stopped.
pub fn export_watched(
    set: &ReviewSet,
    verdicts: &Verdicts,
    audited: &[bool],
    terms: &ExportTerms,
    out: &Path,
    watch: &ExportWatch,
) -> Result<(ExportReport, Vec<ExportPair>), ReviewError> {
    check_empty(out)?;
    let (mut report, pairs) = chosen(set, verdicts, audited, terms)?;
    if pairs.is_empty() {
        let problem = "no pair is left to export";
        return Err(ReviewError::refused(
            problem,
            "accept some, or export the undecided ones, too (--only all)",
        ));
    }
    std::fs::create_dir_all(out).map_err(FormatError::io(out, "making the folder"))?;
    report.layout = format!("{:?}", terms.layout).to_lowercase();
    match terms.layout {
        Layout::Pairs => folders::pairs(set, &pairs, out, watch)?,
        Layout::NnUnet => nnunet::write(set, &pairs, out, watch)?,
        Layout::Mirage => folders::mirage(set, &pairs, out, watch)?,
        Layout::WebDataset => webdataset::write(set, &pairs, out, watch)?,
        Layout::Coco => coco::write(set, &pairs, out, watch)?,
        Layout::Nifti => nifti::write(set, &pairs, out, watch)?,
    }
    Ok((report, pairs))
}

/// What an export would do, the look at the files aside: nothing is read and nothing written.
pub fn preview(set: &ReviewSet, verdicts: &Verdicts, audited: &[bool], terms: &ExportTerms) -> ExportReport {
    let (mut report, rows) = chosen_rows(set, verdicts, audited, terms);
    report.layout = format!("{:?}", terms.layout).to_lowercase();
    for &(row, ground) in &rows {
        report.take(terms.shares.part_of(set.subject(row)), ground);
    }
    report.pairs = rows.len();
    report
}

impl ExportReport {
    fn take(&mut self, part: SplitPart, ground: Option<Ground>) {
        self.parts[part as usize] += 1;
        match ground {
            Some(Ground::Looked) => self.looked += 1,
            Some(Ground::Audited) => self.audited += 1,
            None => self.undecided += 1,
        }
    }
}

/// The rows that may go out, each with the ground of its acceptance, and what stays out.
fn chosen_rows(
    set: &ReviewSet,
    verdicts: &Verdicts,
    audited: &[bool],
    terms: &ExportTerms,
) -> (ExportReport, Vec<(u32, Option<Ground>)>) {
    use super::verdicts::PairStanding;
    let mut report = ExportReport::default();
    let mut rows: Vec<(u32, Option<Ground>)> = Vec::new();
    for number in 0..set.len() as u32 {
        let row = &set.rows[number as usize];
        let found = ground(verdicts, audited, number);
        let is_refused = matches!(verdicts.standing(number), PairStanding::Rejected | PairStanding::Flagged);
        let is_near = row.has(super::Row::IS_NEAR) && !terms.near_too;
        if is_refused {
            report.rejected += 1;
        } else if found.is_none() && !terms.undecided_too {
            report.not_accepted += 1;
        } else if !row.has(super::Row::HAS_LABEL) {
            report.without_mask += 1;
        } else if is_near {
            report.too_near += 1;
        } else {
            rows.push((number, found));
        }
    }
    (report, rows)
}

/// The pairs that go out, in the manifest's order.
fn chosen(
    set: &ReviewSet,
    verdicts: &Verdicts,
    audited: &[bool],
    terms: &ExportTerms,
) -> Result<(ExportReport, Vec<ExportPair>), ReviewError> {
    let (mut report, rows) = chosen_rows(set, verdicts, audited, terms);
    let numbers: Vec<u32> = rows.iter().map(|(row, _)| *row).collect();
    let troubled = check(set, &numbers)?;
    let mut trouble: HashMap<u32, FileTrouble> = HashMap::new();
    for file in &troubled {
        // What is missing is told before what is changed.
        let worst = trouble.entry(file.row).or_insert(file.trouble);
        *worst = file.trouble.min(*worst);
    }
    let lines = set.lines(&numbers)?;
    let mut pairs = Vec::new();
    for ((row, ground), line) in rows.into_iter().zip(lines) {
        match trouble.get(&row) {
            Some(FileTrouble::Missing) => report.missing += 1,
            Some(FileTrouble::Changed) => report.changed += 1,
            None => {
                let part = terms.shares.part_of(&line.subject);
                report.take(part, ground);
                pairs.push(ExportPair { row, part, ground, line });
            }
        }
    }
    report.pairs = pairs.len();
    Ok((report, pairs))
}

fn check_empty(out: &Path) -> Result<(), ReviewError> {
    let is_empty = std::fs::read_dir(out).map_or(true, |mut entries| entries.next().is_none());
    if is_empty {
        return Ok(());
    }
    let problem = format!("{} holds something already", out.display());
    Err(ReviewError::refused(problem, "name an empty folder with --out"))
}
