//! Masks that were changed in the editor, and the scans that were synthesised for them anew.
//!
//! The manifest belongs to whoever generated the set and is never rewritten here. An edit is a line of a file of its
//! own, whole like a line of the manifest, with files of its own; the last edit of a pair stands for the pair, and all
//! earlier ones stay where they are. So the history of a pair can be read, and taking an edit back is removing a line.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::appending::append_lines;
pub use super::lines::EDITS_FILE;
use super::lines::{lines_of, parse_line};
use super::row::Row;
use super::set::ReviewSet;
use super::{ReviewError, time};
use crate::formats::provenance::{Made, Provenance, borrowed, mask_sha256, sha256_hex};
use crate::formats::{FormatError, label_png, read_file, scan_image, write_file};
use crate::generation::scores::Scores;
use crate::mask::Mask;
use crate::scan::GreyImage;

/// Folder of the edited masks and their scans.
pub const EDITS_FOLDER: &str = "edits";
const EDIT_VERSION: u32 = 1;

/// What an edit says of itself, beside the line it stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditFacts {
    /// Version of the file.
    pub version: u32,
    /// RFC 3339, UTC: when the mask was handed back.
    pub when: String,
    /// The reviewer.
    pub who: String,
    /// From 1, for each pair.
    pub number: u32,
    /// Of the mask before.
    pub before_mask_sha256: String,
    /// What was done to it, as the editor names its steps.
    pub steps: Vec<String>,
}

/// A changed mask with the scan that was synthesised for it.
#[derive(Clone, Debug)]
pub struct Edit<'a> {
    /// Of the pair.
    pub row: u32,
    /// The reviewer.
    pub who: &'a str,
    /// As in the log.
    pub when: String,
    /// What it is now.
    pub mask: &'a Mask,
    /// The scan with what made it; `None` for a recorded scan, which stays as it is.
    pub scan: Option<(&'a GreyImage, &'a Provenance)>,
    /// What was done, by the names of the undo list.
    pub steps: Vec<String>,
}

/// What of the edits could not be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EditProblems {
    /// Lines that cannot be read.
    pub lines: usize,
    /// Edits of pairs that the set does not hold.
    pub strangers: usize,
}

#[derive(Deserialize)]
struct Edited {
    edited: EditFacts,
}

/// Puts the last edit of every pair in the place of its line.
///
/// # Errors
/// If the file is there and cannot be read.
pub fn attach(set: &mut ReviewSet) -> Result<EditProblems, ReviewError> {
    let path = set.dir.join(EDITS_FILE);
    let mut problems = EditProblems::default();
    if !path.exists() {
        return Ok(problems);
    }
    let bytes = read_file(&path)?;
    for (_, at, length) in lines_of(&bytes) {
        let line = &bytes[at..at + length];
        let facts = serde_json::from_slice::<Edited>(line).ok().map(|edited| edited.edited);
        let (Ok(parsed), Some(facts)) = (parse_line(line, at), facts.filter(|f| f.version == EDIT_VERSION))
        else {
            problems.lines += 1;
            continue;
        };
        let Some(number) = set.row_of(&parsed.id) else {
            problems.strangers += 1;
            continue;
        };
        let row = &mut set.rows[number as usize];
        *row = Row {
            id_at: row.id_at,
            id_bytes: row.id_bytes,
            subject: row.subject,
            source: row.source,
            generation: row.generation,
            flags: parsed.row.flags | Row::IS_EDITED,
            ..parsed.row
        };
        set.edited_at.insert(number, facts.when);
    }
    Ok(problems)
}

/// An edit with the pair that it is of.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct EditOfPair {
    /// Of the pair.
    pub id: String,
    #[serde(rename = "edited")]
    /// What the edit changed.
    pub facts: EditFacts,
}

/// The edits of all pairs of a folder, the first first.
///
/// # Errors
/// If the file is there and cannot be read.
pub fn all(dir: &Path) -> Result<Vec<EditOfPair>, ReviewError> {
    let path = dir.join(EDITS_FILE);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let bytes = read_file(&path)?;
    let lines = bytes.split(|&byte| byte == b'\n');
    // What cannot be read was counted when the set was loaded.
    Ok(lines.filter_map(|line| serde_json::from_slice(line).ok()).collect())
}

/// The edits of a pair, the first first.
///
/// # Errors
/// If the file is there and cannot be read.
pub fn history(set: &ReviewSet, id: &str) -> Result<Vec<EditFacts>, ReviewError> {
    Ok(all(&set.dir)?.into_iter().filter(|edit| edit.id == id).map(|edit| edit.facts).collect())
}

/// Writes an edit: first its files, then its line. The set must be loaded again to hold it.
///
/// # Errors
/// If a file cannot be read or written, or the mask has another size than the pair.
pub fn record(set: &ReviewSet, edit: &Edit) -> Result<EditFacts, ReviewError> {
    let line = set.lines(&[edit.row])?.remove(0);
    let (width, height) = (edit.mask.width(), edit.mask.height());
    if (width, height) != (line.width, line.height) {
        let problem =
            format!("the mask has {width}x{height} pixels, {} {}x{}", line.id, line.width, line.height);
        return Err(ReviewError::refused(problem, "open the pair again from the review"));
    }
    let number = history(set, &line.id)?.iter().map(|facts| facts.number).max().unwrap_or(0) + 1;
    let mut value: Value = serde_json::from_slice(&set.raw_lines(&[edit.row])?[0])
        .map_err(|_| ReviewError::refused("the line of the pair is no JSON", "load the set again"))?;
    let codes = edit.mask.composite_pixels();
    let pixel_um = line.spacing.map(|spacing| [spacing.axial_um_per_px, spacing.lateral_um_per_px]);
    let mask_hash = mask_sha256(width, height, &codes);
    let of_mask = Provenance {
        made: Made::DesignedMask,
        mask_sha256: Some(mask_hash.clone()),
        pixel_um,
        seed: line.generated.as_ref().map_or(0, |facts| facts.seed),
        ..Provenance::default()
    };
    let label_png = label_png::write(width, height, &codes, &borrowed(&of_mask.text()))?;
    let stem = format!("{EDITS_FOLDER}/{}-{number}", line.id);
    let label = format!("{stem}_mask.png");
    let folder = set.dir.join(EDITS_FOLDER);
    std::fs::create_dir_all(&folder).map_err(FormatError::io(&folder, "making the folder"))?;
    write_file(&set.dir.join(&label), &label_png)?;
    value["label"] = json!(label);
    let facts = &mut value["generated"];
    facts["label_file_sha256"] = json!(sha256_hex(&label_png));
    facts["mask_sha256"] = json!(mask_hash);
    if let Some([axial, lateral]) = pixel_um {
        facts["scores"] = json!(Scores::of(edit.mask, [axial, lateral], None));
    }
    if let Some((image, provenance)) = edit.scan {
        let bytes = scan_image::write(image, &borrowed(&provenance.text()))?;
        let scan = format!("{stem}_scan.png");
        write_file(&set.dir.join(&scan), &bytes)?;
        facts["image_file_sha256"] = json!(sha256_hex(&bytes));
        facts["seed"] = json!(provenance.seed);
        facts["arithmetic"] = json!(provenance.arithmetic);
        facts["model_sha256"] = json!(provenance.model.as_ref().map_or("", |model| model.sha256.as_str()));
        value["image"] = json!(scan);
    }
    let facts = EditFacts {
        version: EDIT_VERSION,
        when: edit.when.clone(),
        who: edit.who.to_owned(),
        number,
        before_mask_sha256: line.generated.map_or(String::new(), |facts| facts.mask_sha256),
        steps: edit.steps.clone(),
    };
    value["edited"] = serde_json::to_value(&facts).expect("facts are strings and numbers");
    let mut text = serde_json::to_vec(&value).expect("a value becomes JSON");
    text.push(b'\n');
    append_lines(&set.dir.join(EDITS_FILE), &text)?;
    Ok(facts)
}

/// The moment that an edit is handed back at.
pub fn now() -> String {
    time::now()
}

#[cfg(test)]
mod tests {
    use super::super::files::check;
    use super::super::log::{Decision, DecisionEvent};
    use super::super::verdicts::Verdicts;
    use super::*;
    use crate::formats::label_png::CodeScheme;

    const SIZE: (u32, u32) = (40, 45);

    fn bands() -> Mask {
        let codes: Vec<u8> = (0..SIZE.0 * SIZE.1).map(|at| (at / SIZE.0 / 5) as u8).collect();
        Mask::from_composite(SIZE.0, SIZE.1, &codes).0
    }

    fn set_in(dir: &Path) -> ReviewSet {
        let text: String = (0..3)
            .map(|number| super::super::set::tests::line(number, "a"))
            .collect::<String>()
            .replace("\"width\":512,\"height\":496", "\"width\":40,\"height\":45");
        write_file(&dir.join("manifest.jsonl"), text.as_bytes()).unwrap();
        let mut set = ReviewSet::load(dir).unwrap();
        attach(&mut set).unwrap();
        set
    }

    #[test]
    fn an_edit_stands_for_its_pair_keeps_its_history_and_outdates_decisions() {
        let folder = tempfile::tempdir().unwrap();
        set_in(folder.path());
        let mut mask = bands();
        let image = GreyImage::new(SIZE.0, SIZE.1, vec![7; (SIZE.0 * SIZE.1) as usize]);
        let provenance = Provenance { seed: 9, ..Provenance::default() };
        for number in 1..=2 {
            for y in 16..19 {
                mask.lesions.fill_run(y, 10, 10 + 4 * number, 1);
            }
            let when = format!("2026-01-0{number}T00:00:00Z");
            let steps = vec!["brush: IRF".to_owned()];
            let scan = Some((&image, &provenance));
            let set = set_in(folder.path());
            record(&set, &Edit { row: 1, who: "anna", when, mask: &mask, scan, steps }).unwrap();
        }
        let edited = set_in(folder.path());
        assert!(edited.rows[1].has(Row::IS_EDITED) && !edited.rows[0].has(Row::IS_EDITED));
        assert_eq!(edited.rows[1].lesions, [1, 0, 0]);
        assert!((f64::from(edited.rows[1].fluid_mm2) - 24.0 * 3.87 * 11.3 / 1e6).abs() < 1e-6);
        let line = &edited.lines(&[1]).unwrap()[0];
        assert_eq!(line.image, "edits/pair-0000001-2_scan.png");
        let label = read_file(&folder.path().join(line.label.as_ref().unwrap())).unwrap();
        let codes = label_png::read(&label, "l", CodeScheme::Studio).unwrap().codes;
        assert_eq!(codes, mask.composite_pixels());
        assert!(check(&edited, &[1]).unwrap().is_empty(), "the hashes are those of the new files");
        let history = history(&edited, "pair-0000001").unwrap();
        assert_eq!(history.iter().map(|facts| facts.number).collect::<Vec<_>>(), [1, 2]);
        assert!(folder.path().join("edits/pair-0000001-1_mask.png").exists());
        assert_eq!(edited.lines(&[0]).unwrap()[0].image, "images/pair-0000000.png");

        let says = |when: &str| DecisionEvent {
            when: when.to_owned(),
            ..DecisionEvent::now("anna", "pair-0000001", Decision::Accept, None)
        };
        let before = Verdicts::of(&edited, &[says("2026-01-01T12:00:00Z")]);
        assert_eq!((before.outdated, before.reviewers().len()), (1, 0));
        let after = Verdicts::of(&edited, &[says("2026-01-03T00:00:00Z")]);
        assert_eq!((after.outdated, after.word(0, 1).0), (0, Decision::Accept));
    }

    #[test]
    fn what_cannot_be_read_is_counted_and_a_torn_line_is_written_after() {
        let folder = tempfile::tempdir().unwrap();
        set_in(folder.path());
        let mut stray: Value = serde_json::from_str(&super::super::set::tests::line(7, "a")).unwrap();
        stray["edited"] = json!({ "version": 1, "when": "2026", "who": "a", "number": 1,
            "before_mask_sha256": "", "steps": [] });
        write_file(&folder.path().join(EDITS_FILE), format!("nonsense\n{stray}\n{{\"ver").as_bytes())
            .unwrap();
        let mut set = ReviewSet::load(folder.path()).unwrap();
        let problems = attach(&mut set).unwrap();
        assert_eq!(problems, EditProblems { lines: 2, strangers: 1 });
        let mask = bands();
        let edit = Edit { row: 0, who: "anna", when: now(), mask: &mask, scan: None, steps: Vec::new() };
        record(&set, &edit).unwrap();
        let again = set_in(folder.path());
        assert!(again.rows[0].has(Row::IS_EDITED));
        assert_eq!(again.lines(&[0]).unwrap()[0].image, "images/pair-0000000.png", "a scan may stay");
        let wide = Mask::unannotated(10, 10);
        assert!(record(&set, &Edit { mask: &wide, ..edit }).unwrap_err().to_string().contains("10x10"));
    }
}
