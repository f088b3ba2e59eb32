//! Files that are missing, or not those that were scored, and scans with text in a corner.

use rayon::prelude::*;

use super::ReviewError;
use super::set::{PairLine, ReviewSet};
use crate::dataset::burnt_in;
use crate::formats::provenance::sha256_hex;

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileTrouble {
    /// It is not there.
    Missing,
    /// Its bytes are others than when it was scored.
    Changed,
}

/// A file of a pair that cannot be used as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TroubledFile {
    /// Of the pair.
    pub row: u32,
    /// Relative to the data set's folder.
    pub file: String,
    /// What is wrong with it.
    pub trouble: FileTrouble,
}

/// Looks at the files of some rows, on all cores: whether they are there and, where their hashes are known, the same.
///
/// # Errors
/// If the manifest was changed since it was loaded.
pub fn check(set: &ReviewSet, rows: &[u32]) -> Result<Vec<TroubledFile>, ReviewError> {
    let lines = set.lines(rows)?;
    let found: Vec<Vec<TroubledFile>> = rows
        .par_iter()
        .zip(&lines)
        .map(|(&row, line)| {
            files_of(line)
                .into_iter()
                .filter_map(|(file, expected)| {
                    let trouble = trouble_of(set, file, expected)?;
                    Some(TroubledFile { row, file: file.to_owned(), trouble })
                })
                .collect()
        })
        .collect();
    Ok(found.into_iter().flatten().collect())
}

/// Those of some rows in a corner of whose scan text seems to stand. Scans that cannot be read are left to [`check`].
///
/// # Errors
/// If the manifest was changed since it was loaded.
pub fn with_text_in_a_corner(set: &ReviewSet, rows: &[u32]) -> Result<Vec<u32>, ReviewError> {
    let lines = set.lines(rows)?;
    let has_text = |line| set.scan_of(line).is_ok_and(|scan| !burnt_in::find(&scan).is_empty());
    let found = rows.par_iter().zip(&lines).filter(|&(_, line)| has_text(line));
    Ok(found.map(|(&row, _)| row).collect())
}

/// The files of a pair with their hashes, empty where those are not known.
fn files_of(line: &PairLine) -> Vec<(&str, &str)> {
    let facts = line.generated.as_ref();
    let image = (line.image.as_str(), facts.map_or("", |facts| facts.image_file_sha256.as_str()));
    let label = line
        .label
        .as_deref()
        .map(|label| (label, facts.map_or("", |facts| facts.label_file_sha256.as_str())));
    [Some(image), label].into_iter().flatten().collect()
}

fn trouble_of(set: &ReviewSet, file: &str, expected: &str) -> Option<FileTrouble> {
    let path = set.dir.join(file);
    if expected.is_empty() {
        return (!path.is_file()).then_some(FileTrouble::Missing);
    }
    match std::fs::read(&path) {
        Err(_) => Some(FileTrouble::Missing),
        Ok(bytes) => (sha256_hex(&bytes) != expected).then_some(FileTrouble::Changed),
    }
}

#[cfg(test)]
mod tests {
    use super::super::set::tests::line;
    use super::*;
    use crate::formats::write_file;

    #[test]
    fn missing_and_changed_files_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, bytes: &[u8]| write_file(&folder.path().join(name), bytes).unwrap();
        let hash = sha256_hex(b"scan");
        let text: String = (0..4).map(|number| line(number, "a")).collect();
        let text = text.replace("\"image_file_sha256\":\"i\"", &format!("\"image_file_sha256\":\"{hash}\""));
        let text = text.replace("\"label_file_sha256\":\"l\"", "\"label_file_sha256\":\"\"");
        put("manifest.jsonl", text.as_bytes());
        for number in 0..4 {
            put(&format!("labels/pair-{number:07}.png"), b"mask");
            put(&format!("images/pair-{number:07}.png"), b"scan");
        }
        let set = ReviewSet::load(folder.path()).unwrap();
        let rows = [0, 1, 2, 3];
        assert!(check(&set, &rows).unwrap().is_empty());
        put("images/pair-0000001.png", b"another");
        std::fs::remove_file(folder.path().join("labels/pair-0000002.png")).unwrap();
        let found: Vec<(u32, FileTrouble)> =
            check(&set, &rows).unwrap().into_iter().map(|file| (file.row, file.trouble)).collect();
        assert_eq!(found, [(1, FileTrouble::Changed), (2, FileTrouble::Missing)]);
    }
}
