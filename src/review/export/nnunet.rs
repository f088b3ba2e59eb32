//! nnU-Net v2 (documentation/dataset_format.md): `imagesTr/ID_0000.png`, `labelsTr/ID.png`, `dataset.json`; training and
//! validation lie together, and `splits_final.json` tells them apart.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::copying::{ExportWatch, for_each, write_grey_codes};
use super::pair::ExportPair;
use super::parts::SplitPart;
use crate::anatomy::{LABELS, UNANNOTATED};
use crate::formats::write_file;
use crate::review::ReviewError;
use crate::review::set::ReviewSet;

/// nnU-Net's labels are consecutive; the last may be one that is ignored.
const IGNORE: u8 = LABELS.len() as u8;

pub(super) fn write(
    set: &ReviewSet,
    pairs: &[ExportPair],
    out: &Path,
    watch: &ExportWatch,
) -> Result<(), ReviewError> {
    let has_ignored = std::sync::atomic::AtomicBool::new(false);
    for_each(pairs, watch, |pair| {
        let ending = if pair.part == SplitPart::Test { "Ts" } else { "Tr" };
        let id = &pair.line.id;
        write_file(&out.join(format!("images{ending}/{id}_0000.png")), &pair.scan_file(set)?)?;
        let mut codes = pair.codes(set)?;
        for code in codes.iter_mut().filter(|code| **code == UNANNOTATED) {
            *code = IGNORE;
            has_ignored.store(true, std::sync::atomic::Ordering::Relaxed);
        }
        let path = out.join(format!("labels{ending}/{id}.png"));
        write_grey_codes(&path, pair.line.width, pair.line.height, codes)
    })?;
    let mut labels = Map::new();
    for label in &LABELS {
        // nnU-Net wants its label 0 called so; here it is what lies above the ILM.
        let name = if label.code == 0 { "background" } else { label.name };
        labels.insert(name.to_owned(), json!(label.code));
    }
    if has_ignored.into_inner() {
        labels.insert("ignore".to_owned(), json!(IGNORE));
    }
    let ids = |part: SplitPart| -> Vec<&str> {
        pairs.iter().filter(|pair| pair.part == part).map(|pair| pair.line.id.as_str()).collect()
    };
    let (train, validation) = (ids(SplitPart::Train), ids(SplitPart::Validation));
    let dataset = json!({
        "channel_names": { "0": "OCT" },
        "labels": Value::Object(labels),
        "numTraining": train.len() + validation.len(),
        "file_ending": ".png",
        "name": "RetiDiff",
        "description": "Synthetic OCT B-scans with exact labels, reviewed in RetiDiff Studio. Not for diagnosis.",
    });
    let pretty = |value: &Value| serde_json::to_vec_pretty(value).expect("names become JSON");
    write_file(&out.join("dataset.json"), &pretty(&dataset))?;
    let splits = json!([{ "train": train, "val": validation }]);
    Ok(write_file(&out.join("splits_final.json"), &pretty(&splits))?)
}
