//! What a data set holds, as a hash of its files: scans and labels can change under the same names, and figures of before
//! would then pass for those of now.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::manifest::{Manifest, ManifestEntry};
use crate::formats::FormatError;
use crate::formats::provenance::{hexadecimal, sha256_hex};

/// Bytes of a file that are held at once.
const PIECE_BYTES: usize = 1 << 16;

/// SHA-256 of the lines and of the files of some scans of the data set in `dir`, in their order, hexadecimal: the same
/// wherever the data set lies. Images, labels and scanned areas count.
///
/// # Errors
/// If a file cannot be read.
pub fn contents_sha256(dir: &Path, entries: &[&ManifestEntry]) -> Result<String, FormatError> {
    let of_entries: Vec<[u8; 32]> =
        entries.par_iter().map(|entry| sha256_of(dir, entry)).collect::<Result<_, FormatError>>()?;
    let mut all = Sha256::new();
    of_entries.iter().for_each(|of_entry| all.update(of_entry));
    Ok(hexadecimal(&all.finalize()))
}

/// Hash of a data set's entries: the same wherever the data set lies.
pub fn data_sha256(data: &Manifest) -> String {
    let lines: Vec<String> = data
        .entries
        .iter()
        .map(|entry| serde_json::to_string(entry).expect("an entry is plain data"))
        .collect();
    sha256_hex(lines.join("\n").as_bytes())
}

/// Of one scan.
fn sha256_of(dir: &Path, entry: &ManifestEntry) -> Result<[u8; 32], FormatError> {
    let mut hasher = Sha256::new();
    hasher.update(serde_json::to_vec(entry).expect("an entry is plain data"));
    let files = [Some(&entry.image), entry.label.as_ref(), entry.scanned_area.as_ref()];
    let mut piece = vec![0; PIECE_BYTES];
    for relative in files.into_iter().flatten() {
        let path = dir.join(relative);
        let mut file = File::open(&path).map_err(FormatError::io(&path, "opening"))?;
        let mut length = 0_u64;
        loop {
            let read = file.read(&mut piece).map_err(FormatError::io(&path, "reading"))?;
            if read == 0 {
                break;
            }
            hasher.update(&piece[..read]);
            length += read as u64;
        }
        // What moves from the end of one file to the beginning of the next is a change, too.
        hasher.update(length.to_le_bytes());
    }
    Ok(hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::write_file;

    #[test]
    fn what_changes_under_the_same_names_is_noticed_and_where_it_lies_is_not() {
        let entry: ManifestEntry = serde_json::from_value(serde_json::json!({
            "version": 1, "id": "a", "image": "a.png", "label": "b.png", "width": 8, "height": 4,
            "subject": "s", "source": "x"
        }))
        .unwrap();
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let put = |number: usize, name: &str, bytes: &[u8]| {
            write_file(&folders[number].path().join(name), bytes).unwrap();
        };
        let hash = |number: usize, entry: &ManifestEntry| {
            contents_sha256(folders[number].path(), &[entry]).map_err(|error| error.to_string())
        };
        let long = vec![7; PIECE_BYTES + 1];
        for number in [0, 1] {
            put(number, "a.png", &long);
            put(number, "b.png", b"label");
        }
        let before = hash(0, &entry).unwrap();
        assert_eq!(hash(1, &entry).unwrap(), before);
        put(1, "b.png", b"Label");
        assert_ne!(hash(1, &entry).unwrap(), before);
        put(1, "b.png", b"abel");
        put(1, "a.png", &[&long[..], b"l"].concat());
        assert_ne!(hash(1, &entry).unwrap(), before, "the same bytes, parted elsewhere");
        let ignored = ManifestEntry { ignored_columns: vec![[0, 2]], ..entry.clone() };
        assert_ne!(hash(0, &ignored).unwrap(), before);
        let missing = ManifestEntry { image: "c.png".to_owned(), ..entry };
        assert!(hash(0, &missing).unwrap_err().contains("c.png: opening failed"));
        assert_ne!(contents_sha256(folders[0].path(), &[]).unwrap(), before);
    }
}
