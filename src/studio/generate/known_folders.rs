//! Generations that lie elsewhere than in the studio's own folder: a list of them, so that they are found again.

use std::path::{Path, PathBuf};

use crate::formats::{read_file, write_file};
use crate::generation::folder::GENERATION_FILE;
use crate::studio::texts::text;

/// Name of the list in the studio's folder of generations.
const LIST_FILE: &str = "elsewhere.json";

/// The folders of all generations: those inside `folder`, and those of its list that are there. The second part says what
/// could not be read.
pub(super) fn all(folder: &Path) -> (Vec<PathBuf>, Vec<String>) {
    let inside = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let (listed, problem) = match listed(folder) {
        Ok(listed) => (listed, None),
        Err(problem) => (Vec::new(), Some(problem)),
    };
    let mut found: Vec<PathBuf> = Vec::new();
    for path in inside.chain(listed) {
        if path.join(GENERATION_FILE).is_file() && !found.contains(&path) {
            found.push(path);
        }
    }
    (found, problem.into_iter().collect())
}

/// Keeps a folder in the list, unless it lies in the studio's own.
///
/// # Errors
/// If the list cannot be read or written.
pub(super) fn keep(folder: &Path, generation: &Path) -> Result<(), String> {
    if generation.parent() == Some(folder) {
        return Ok(());
    }
    let mut list = listed(folder)?;
    if list.iter().any(|known| known == generation) {
        return Ok(());
    }
    list.push(generation.to_owned());
    let json =
        serde_json::to_vec_pretty(&list).map_err(|error| format!("{}: {error}", generation.display()))?;
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    write_file(&folder.join(LIST_FILE), &json).map_err(|error| error.to_string())
}

fn listed(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let path = folder.join(LIST_FILE);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let json = read_file(&path).map_err(|error| error.to_string())?;
    serde_json::from_slice(&json)
        .map_err(|error| text!("generate-list-damaged", file = %path.display(), %error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generation_elsewhere_is_found_again_and_a_damaged_list_is_told() {
        let home = tempfile::tempdir().unwrap();
        let (own, other) = (home.path().join("generations"), home.path().join("disk/set"));
        for folder in [own.join("first"), other.clone()] {
            std::fs::create_dir_all(&folder).unwrap();
            write_file(&folder.join(GENERATION_FILE), b"{}").unwrap();
        }
        keep(&own, &own.join("first")).unwrap();
        assert!(!own.join(LIST_FILE).exists(), "it is found without a list");
        keep(&own, &other).unwrap();
        keep(&own, &other).unwrap();
        assert_eq!(all(&own), (vec![own.join("first"), other], Vec::new()));
        write_file(&own.join(LIST_FILE), b"[").unwrap();
        let (found, problems) = all(&own);
        assert_eq!(found, [own.join("first")]);
        assert!(problems[0].contains("elsewhere.json") && problems[0].contains("remove it"), "{problems:?}");
    }
}
