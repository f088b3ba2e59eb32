//! Layouts of plain folders: this program's own, and MIRAGE's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use super::copying::{ExportWatch, for_each, write_grey_codes};
use super::pair::ExportPair;
use super::parts::SplitPart;
use crate::anatomy::{LABELS, UNANNOTATED};
use crate::dataset::Split;
use crate::dataset::manifest::MANIFEST_FILE;
use crate::dataset::split::SPLIT_FILE;
use crate::formats::{FormatError, read_file, write_file};
use crate::review::ReviewError;
use crate::review::set::ReviewSet;

/// A data set of this program: the lines of before with the ground of their acceptance, and the split.
pub(super) fn pairs(
    set: &ReviewSet,
    pairs: &[ExportPair],
    out: &Path,
    watch: &ExportWatch,
) -> Result<(), ReviewError> {
    for_each(pairs, watch, |pair| {
        let label = pair.line.label.as_deref().unwrap_or_default();
        for file in [pair.line.image.as_str(), label] {
            write_file(&out.join(file), &read_file(&set.dir.join(file))?)?;
        }
        Ok(())
    })?;
    let rows: Vec<u32> = pairs.iter().map(|pair| pair.row).collect();
    let place = set.dir.join(MANIFEST_FILE).display().to_string();
    let mut text = Vec::new();
    for (pair, line) in pairs.iter().zip(set.raw_lines(&rows)?) {
        let changed =
            |_| FormatError::malformed(&place, "the manifest", "it was changed meanwhile", "export again");
        let mut value: Value = serde_json::from_slice(&line).map_err(changed)?;
        let ground = serde_json::to_value(pair.ground).unwrap_or_default();
        value["review"] = json!({ "accepted_by": ground, "part": pair.part.name() });
        serde_json::to_writer(&mut text, &value).expect("a value becomes JSON");
        text.push(b'\n');
    }
    write_file(&out.join(MANIFEST_FILE), &text)?;
    let subjects = |part: SplitPart| -> Vec<String> {
        let found: BTreeSet<&str> =
            pairs.iter().filter(|pair| pair.part == part).map(|pair| pair.line.subject.as_str()).collect();
        found.into_iter().map(str::to_owned).collect()
    };
    let split = Split { validation: subjects(SplitPart::Validation), held_out: subjects(SplitPart::Test) };
    let json = serde_json::to_vec_pretty(&split).expect("names become JSON");
    Ok(write_file(&out.join(SPLIT_FILE), &json)?)
}

/// MIRAGE: `train|val|test/{bscan,semseg}` with one name for both files, and `INFO.json` with the value of each class.
pub(super) fn mirage(
    set: &ReviewSet,
    pairs: &[ExportPair],
    out: &Path,
    watch: &ExportWatch,
) -> Result<(), ReviewError> {
    for part in SplitPart::ALL {
        for folder in ["bscan", "semseg"] {
            let folder = out.join(part.name()).join(folder);
            std::fs::create_dir_all(&folder).map_err(FormatError::io(&folder, "making the folder"))?;
        }
    }
    let is_unannotated = std::sync::atomic::AtomicBool::new(false);
    for_each(pairs, watch, |pair| {
        let (id, part) = (&pair.line.id, out.join(pair.part.name()));
        write_file(&part.join("bscan").join(format!("{id}.png")), &pair.scan_file(set)?)?;
        let codes = pair.codes(set)?;
        if codes.contains(&UNANNOTATED) {
            is_unannotated.store(true, std::sync::atomic::Ordering::Relaxed);
        }
        let path = part.join("semseg").join(format!("{id}.png"));
        write_grey_codes(&path, pair.line.width, pair.line.height, codes)
    })?;
    let mut info: BTreeMap<u32, Value> = BTreeMap::new();
    for label in &LABELS {
        info.insert(u32::from(label.code), json!({ "value": label.code, "label": label.name }));
    }
    if is_unannotated.into_inner() {
        // Every value that occurs must have a class.
        info.insert(LABELS.len() as u32, json!({ "value": UNANNOTATED, "label": "Unannotated" }));
    }
    let json = serde_json::to_vec_pretty(&info).expect("names become JSON");
    Ok(write_file(&out.join("INFO.json"), &json)?)
}
