//! Lines of a manifest as a review reads them: all of them in little, one of them in full.

use std::borrow::Cow;
use std::path::{Component, Path};

use serde::Deserialize;

use super::row::{NO_GENERATION, Row};
use crate::dataset::manifest::MANIFEST_VERSION;
use crate::formats::json_problem;
use crate::generation::RequestedConditions;
use crate::generation::scores::Scores;
use crate::scan::{MAX_SIDE_PX, Spacing};

/// A line in full, read when its pair is looked at.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct PairLine {
    /// Its name in the set.
    pub id: String,
    /// The scan's file, from the set's folder.
    pub image: String,
    /// The label PNG, from the set's folder.
    #[serde(default)]
    pub label: Option<String>,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Size of a pixel, where known.
    #[serde(default)]
    pub spacing: Option<Spacing>,
    /// Whose eye it is; synthetic eyes have names of their own.
    pub subject: String,
    /// Position in the subject's volume, from 1.
    #[serde(default)]
    pub b_scan: Option<u32>,
    /// The data set it came from.
    pub source: String,
    /// Who recorded or made it.
    #[serde(default)]
    pub credit: Option<String>,
    /// What made it, where a program did.
    #[serde(default)]
    pub generated: Option<PairFacts>,
}

/// What a generated pair's line says beyond; older or foreign lines may say less.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct PairFacts {
    /// Of the plan it is part of.
    #[serde(default)]
    pub plan_sha256: String,
    /// Its number in the plan.
    #[serde(default)]
    pub index: u64,
    /// The seed it was made with.
    #[serde(default)]
    pub seed: u64,
    /// Of the composite codes.
    #[serde(default)]
    pub mask_sha256: String,
    /// Of the scan's file.
    #[serde(default)]
    pub image_file_sha256: String,
    /// Of the label's file.
    #[serde(default)]
    pub label_file_sha256: String,
    /// Of the tensor bytes of the model that drew the scan.
    #[serde(default)]
    pub model_sha256: String,
    /// What was requested of the mask.
    #[serde(default, rename = "asked")]
    pub requested: RequestedConditions,
    /// What was measured of it when it was made.
    #[serde(default)]
    pub scores: Option<Scores>,
}

#[derive(Deserialize)]
struct SlimLine<'a> {
    version: u32,
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(default, borrow)]
    label: Option<Cow<'a, str>>,
    width: u32,
    height: u32,
    #[serde(borrow)]
    subject: Cow<'a, str>,
    #[serde(borrow)]
    source: Cow<'a, str>,
    #[serde(default)]
    b_scan: Option<u32>,
    #[serde(default, borrow)]
    generated: Option<SlimFacts<'a>>,
}

#[derive(Deserialize)]
struct SlimFacts<'a> {
    #[serde(default, borrow)]
    plan_sha256: Cow<'a, str>,
    #[serde(default, borrow)]
    image_file_sha256: Cow<'a, str>,
    #[serde(default)]
    scores: Option<Scores>,
}

/// A line that was read, before its texts are numbered.
pub(super) struct Parsed<'a> {
    pub row: Row,
    pub id: Cow<'a, str>,
    pub subject: Cow<'a, str>,
    pub source: Cow<'a, str>,
    pub generation: Option<Cow<'a, str>>,
}

/// Number from 1, place and length of every line that is not empty.
pub(super) fn lines_of(bytes: &[u8]) -> Vec<(usize, usize, usize)> {
    let mut lines = Vec::new();
    let mut at = 0;
    for (index, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
        if !line.trim_ascii().is_empty() {
            lines.push((index + 1, at, line.len()));
        }
        at += line.len() + 1;
    }
    lines
}

/// Name of the file in a data set's folder whose lines stand in the place of the manifest's, where a mask was edited.
pub const EDITS_FILE: &str = "edits.jsonl";
/// How the problem of a newer line begins.
pub(super) const NEWER: &str = "version";

/// A line in little; it begins at byte `at` of the manifest.
pub(super) fn parse_line(line: &[u8], at: usize) -> Result<Parsed<'_>, String> {
    let slim: SlimLine = match serde_json::from_slice(line) {
        Ok(slim) => slim,
        Err(error) => return Err(newer_version(line).unwrap_or_else(|| json_problem(&error))),
    };
    if slim.version != MANIFEST_VERSION {
        return Err(format!("{NEWER} {} where this program knows {MANIFEST_VERSION}", slim.version));
    }
    let side = 1..=MAX_SIDE_PX;
    if !side.contains(&slim.width) || !side.contains(&slim.height) {
        return Err(format!("{}x{} pixels; a side must be 1 to {MAX_SIDE_PX}", slim.width, slim.height));
    }
    if !stays_inside(&slim.id) || slim.id.contains(['/', '\\']) || slim.id.len() > 255 {
        return Err("the id cannot be a file's name".to_owned());
    }
    let line_bytes = u32::try_from(line.len()).map_err(|_| "the line is too long".to_owned())?;
    let scores = slim.generated.as_ref().and_then(|facts| facts.scores.as_ref());
    let has_hashes = slim.generated.as_ref().is_some_and(|facts| !facts.image_file_sha256.is_empty());
    let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
    let known = |value: Option<f64>| value.map_or(f32::NAN, |value| value as f32);
    let agreement = scores.and_then(|scores| scores.agreement.as_ref());
    let row = Row {
        line_at: at as u64,
        line_bytes,
        id_at: 0,
        id_bytes: 0,
        source: 0,
        subject: 0,
        generation: NO_GENERATION,
        columns_out_of_order: scores.map_or(0, |s| s.columns_out_of_order.min(65_535) as u16),
        width: slim.width as u16,
        height: slim.height as u16,
        fluid_mm2: known(scores.map(Scores::fluid_mm2)),
        retina_um: known(scores.and_then(|s| s.retina_um)),
        central_um: known(scores.and_then(|s| s.central_um)),
        agreement: known(agreement.map(|agreement| agreement.dice)),
        boundary_um: known(agreement.map(|agreement| agreement.boundary_um)),
        nearest: f32::NAN,
        b_scan: slim.b_scan.unwrap_or(0).min(65_535) as u16,
        specks: scores.map_or(0, |s| s.specks.min(65_535) as u16),
        lesions: scores.map_or([0; 3], |s| s.lesions.map(|count| count.min(255) as u8)),
        flags: flag(slim.label.is_some(), Row::HAS_LABEL) | flag(has_hashes, Row::HAS_HASHES),
    };
    let generation = slim.generated.map(|facts| facts.plan_sha256);
    Ok(Parsed { row, id: slim.id, subject: slim.subject, source: slim.source, generation })
}

/// What to say of a line that is of a newer version and so may have other fields.
fn newer_version(line: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(line).ok()?;
    let version = value.get("version")?.as_u64()?;
    (version > u64::from(MANIFEST_VERSION))
        .then(|| format!("{NEWER} {version} where this program knows {MANIFEST_VERSION}"))
}

/// Whether a path cannot leave the folder it is relative to.
pub(super) fn stays_inside(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}
