//! WebDataset: tar shards in which the files of a pair lie side by side under one key.

use std::path::Path;

use super::copying::ExportWatch;
use super::pair::ExportPair;
use super::parts::SplitPart;
use crate::formats::{FormatError, read_file, write_file};
use crate::generation::shard::add_file;
use crate::review::ReviewError;
use crate::review::set::ReviewSet;

/// Pairs of a shard: some hundred megabytes at most.
const PAIRS_OF_A_SHARD: usize = 1000;

pub(super) fn write(
    set: &ReviewSet,
    pairs: &[ExportPair],
    out: &Path,
    watch: &ExportWatch,
) -> Result<(), ReviewError> {
    let mut by_id: Vec<&ExportPair> = pairs.iter().collect();
    // Readers take what follows another key as the next sample: the order of names keeps samples together.
    by_id.sort_by(|a, b| a.line.id.cmp(&b.line.id));
    for part in SplitPart::ALL {
        let of_part: Vec<&ExportPair> = by_id.iter().copied().filter(|pair| pair.part == part).collect();
        for (number, shard) in of_part.chunks(PAIRS_OF_A_SHARD).enumerate() {
            let path = out.join(format!("{}-{number:06}.tar", part.name()));
            let mut tar = tar::Builder::new(Vec::new());
            for pair in shard {
                add_pair(&mut tar, set, pair, &path)?;
                watch.count()?;
            }
            let bytes = tar.into_inner().map_err(FormatError::io(&path, "packing"))?;
            write_file(&path, &bytes)?;
        }
    }
    Ok(())
}

fn add_pair(
    tar: &mut tar::Builder<Vec<u8>>,
    set: &ReviewSet,
    pair: &ExportPair,
    path: &Path,
) -> Result<(), ReviewError> {
    // A key ends at its first dot.
    let key = pair.line.id.replace('.', "_");
    let facts = pair.line.generated.as_ref();
    let line = serde_json::json!({
        "id": pair.line.id,
        "subject": pair.line.subject,
        "source": pair.line.source,
        "spacing": pair.line.spacing,
        "accepted_by": pair.ground,
        "seed": facts.map(|facts| facts.seed),
        "scores": facts.and_then(|facts| facts.scores.clone()),
    });
    let label = read_file(&set.dir.join(pair.line.label.as_deref().unwrap_or_default()))?;
    let json = serde_json::to_vec(&line).expect("a line becomes JSON");
    let mut add = |ending: &str, bytes: &[u8]| {
        add_file(tar, &format!("{key}.{ending}"), bytes).map_err(FormatError::io(path, "packing"))
    };
    add("json", &json)?;
    add("mask.png", &label)?;
    Ok(add("scan.png", &pair.scan_file(set)?)?)
}
