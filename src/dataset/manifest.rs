//! The manifest of an imported data set: one JSON line per B-scan in `manifest.jsonl`, append-only.
//!
//! A data set is a folder with `images/ID.png`, `labels/ID.png` (indexed label PNGs), `scanned/ID.png`
//! (not 0 where the instrument recorded something; only when part of the image is outside) and the
//! manifest. A killed import leaves whole lines and is continued by importing again.

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::formats::{FormatError, json_problem, read_file, write_file};
use crate::scan::{Laterality, MAX_SIDE_PX, Spacing};

/// Name of the manifest in its folder.
pub const MANIFEST_FILE: &str = "manifest.jsonl";
/// What pairs that a program made give as their source.
pub const SYNTHETIC: &str = "synthetic";
/// Version of the lines this program writes and reads.
pub const MANIFEST_VERSION: u32 = 1;
/// Most runs of ignored columns in a line: one per two columns.
const MAX_IGNORED_RUNS: usize = MAX_SIDE_PX as usize / 2 + 1;

/// One B-scan of a data set. Paths are relative to the manifest's folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ManifestEntry {
    /// [`MANIFEST_VERSION`]; newer ones are refused.
    pub version: u32,
    /// Unique in the data set; the stem of its files.
    pub id: String,
    /// The scan's file, from the data set's folder.
    pub image: String,
    /// Composite codes of the studio's scheme; `None` for unlabelled scans.
    #[serde(default)]
    pub label: Option<String>,
    /// 0 where nothing was scanned; `None` when all of the image is.
    #[serde(default)]
    pub scanned_area: Option<String>,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Size of a pixel, where known.
    #[serde(default)]
    pub spacing: Option<Spacing>,
    /// Right or left eye, where known.
    #[serde(default)]
    pub laterality: Option<Laterality>,
    /// Whose eye: the unit of a split. Scans of the same eye share it, in whichever source they lie.
    pub subject: String,
    /// Position in the subject's volume, from 1.
    #[serde(default)]
    pub b_scan: Option<u32>,
    /// The data set it came from, such as "tian2015" or "duke_dme".
    pub source: String,
    /// The citation its licence asks for.
    #[serde(default)]
    pub credit: Option<String>,
    /// Half-open runs of columns whose labels must not be trained or measured on.
    #[serde(default)]
    pub ignored_columns: Vec<[u32; 2]>,
    /// Whether the labels came from a model instead of a person.
    #[serde(default)]
    pub pseudo_labelled: bool,
    /// Of pairs whose cysts were placed anew: the eyes whose outlines those are. (Pairs of before do not say it.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outlines_of: Option<Vec<String>>,
}

impl ManifestEntry {
    /// Whether it has labels that a person gave it.
    pub fn is_graded(&self) -> bool {
        self.label.is_some() && !self.pseudo_labelled
    }
}

/// The entries of a data set in the order they were added.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The folder the entries' paths are relative to.
    pub dir: PathBuf,
    /// A line each, in the order of the file.
    pub entries: Vec<ManifestEntry>,
}

impl Manifest {
    /// Reads `dir/manifest.jsonl`. Every line is checked: version, sizes, paths that stay in the folder,
    /// ids that occur once.
    ///
    /// # Errors
    /// If there is no manifest, it cannot be read, or a line of it is refused.
    pub fn read(dir: &Path) -> Result<Self, FormatError> {
        let bytes = bytes_of(dir)?;
        let entries = parse(&bytes, &dir.join(MANIFEST_FILE).display().to_string())?;
        Ok(Self { dir: dir.to_owned(), entries })
    }

    /// Like [`Manifest::read`], and empty where there is no manifest yet; a torn last line is cut off, so
    /// that what is appended starts a line of its own.
    ///
    /// # Errors
    /// If the manifest cannot be read, a line of it is refused, or a torn line not cut off.
    pub fn open_for_appending(dir: &Path) -> Result<Self, FormatError> {
        let path = dir.join(MANIFEST_FILE);
        if !path.exists() {
            return Ok(Self { dir: dir.to_owned(), entries: Vec::new() });
        }
        let bytes = read_file(&path)?;
        let entries = parse(&bytes, &path.display().to_string())?;
        if bytes.last().is_some_and(|&byte| byte != b'\n') {
            let last_line = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
            let torn = serde_json::from_slice::<serde::de::IgnoredAny>(&bytes[last_line..]).is_err();
            let whole = if torn { bytes[..last_line].to_vec() } else { [&bytes[..], b"\n"].concat() };
            write_file(&path, &whole)?;
        }
        Ok(Self { dir: dir.to_owned(), entries })
    }

    /// Appends an entry to the file and to `entries`.
    ///
    /// # Errors
    /// If the file cannot be opened or written; `entries` are then as they were.
    pub fn append(&mut self, entry: ManifestEntry) -> Result<(), FormatError> {
        let path = self.dir.join(MANIFEST_FILE);
        let mut line = serde_json::to_string(&entry).map_err(|e| {
            FormatError::malformed(&entry.id, "the manifest entry", e.to_string(), "report this")
        })?;
        line.push('\n');
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(FormatError::io(&path, "opening"))?;
        file.write_all(line.as_bytes()).map_err(FormatError::io(&path, "appending"))?;
        self.entries.push(entry);
        Ok(())
    }

    /// Those of some subjects of whom there is no scan that a person labelled: a figure over the others would pass for
    /// one over all of them.
    pub fn without_graded_scan<'a>(&self, subjects: &'a [String]) -> Vec<&'a str> {
        let is_graded =
            |subject: &str| self.entries.iter().any(|entry| entry.is_graded() && entry.subject == subject);
        subjects.iter().map(String::as_str).filter(|subject| !is_graded(subject)).collect()
    }

    /// The absolute path of a file named by an entry.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.dir.join(relative)
    }
}

/// The bytes of the manifest of a data set.
///
/// # Errors
/// If the folder is no data set, which is said in words, or its manifest cannot be read.
pub fn bytes_of(dir: &Path) -> Result<Vec<u8>, FormatError> {
    let path = dir.join(MANIFEST_FILE);
    let (place, problem, remedy) = match path.try_exists() {
        _ if dir.is_file() => (
            "the path",
            "this is a file, not the folder of a data set".to_owned(),
            "name the folder, or make one of the file with `retidiff import`",
        ),
        Ok(false) if dir.is_dir() => (
            "the folder",
            format!("it is no data set, for it has no {MANIFEST_FILE}"),
            "make one of scans with `retidiff import`, of synthetic pairs with `retidiff generate local`",
        ),
        Ok(false) => (
            "the folder",
            format!("it is not there, and so is no {MANIFEST_FILE} of a data set"),
            "look whether it was moved or renamed",
        ),
        Ok(true) | Err(_) => return read_file(&path),
    };
    Err(FormatError::malformed(&dir.display().to_string(), place, problem, remedy))
}

/// Parses manifest lines; `name` is the file's name for messages. A last line without its line end is what
/// a killed import leaves: it is dropped, and that scan is imported again.
///
/// # Errors
/// If a line is no entry of this version, has sizes or paths that cannot be, or an id that an earlier one has.
pub fn parse(bytes: &[u8], name: &str) -> Result<Vec<ManifestEntry>, FormatError> {
    let mut entries = Vec::new();
    let mut ids = HashSet::new();
    for (index, line) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
        if !line.ends_with(b"\n") && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_err() {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let said = |problem: String, remedy: &str| {
            Err(FormatError::malformed(name, format!("line {}", index + 1), problem, remedy))
        };
        let refuse = |problem: String| {
            said(problem, "correct the line or import the data set again into an empty folder")
        };
        // A line of a newer program may have what this one cannot read at all.
        let entry = serde_json::from_slice::<ManifestEntry>(line);
        let version = entry.as_ref().map_or_else(|_| version_of(line), |entry| u64::from(entry.version));
        if version > u64::from(MANIFEST_VERSION) {
            let problem = format!("version {version} where this program knows {MANIFEST_VERSION}");
            return said(problem, "update the program");
        }
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return refuse(json_problem(&error)),
        };
        if let Some(problem) = problem_of(&entry) {
            return refuse(problem);
        }
        if !ids.insert(entry.id.clone()) {
            return refuse(format!("the id \"{}\" occurs twice", entry.id));
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// The version that a line says it has, 0 where it says none.
fn version_of(line: &[u8]) -> u64 {
    let value: serde_json::Value = serde_json::from_slice(line).unwrap_or_default();
    value.get("version").and_then(serde_json::Value::as_u64).unwrap_or(0)
}

fn problem_of(entry: &ManifestEntry) -> Option<String> {
    if entry.version != MANIFEST_VERSION {
        return Some(format!("version {} where this program knows {MANIFEST_VERSION}", entry.version));
    }
    let side = 1..=MAX_SIDE_PX;
    if !side.contains(&entry.width) || !side.contains(&entry.height) {
        return Some(format!("{}x{} pixels; a side must be 1 to {MAX_SIDE_PX}", entry.width, entry.height));
    }
    if !stays_inside(&entry.id) || entry.id.contains(['/', '\\']) {
        return Some(format!("the id \"{}\" cannot be a file's name", entry.id));
    }
    if entry.subject.trim().is_empty() {
        return Some("no subject, so nobody knows whose eye it shows".to_owned());
    }
    let paths = [Some(&entry.image), entry.label.as_ref(), entry.scanned_area.as_ref()];
    if let Some(path) = paths.into_iter().flatten().find(|path| !stays_inside(path)) {
        return Some(format!("the path \"{path}\" leaves the data set's folder"));
    }
    let plausible = |s: Spacing| Spacing::checked(s.axial_um_per_px, s.lateral_um_per_px).is_some();
    if !entry.spacing.is_none_or(plausible) {
        return Some("the spacing is not between 0.1 and 1000 µm".to_owned());
    }
    let in_order = entry.ignored_columns.iter().all(|run| run[0] < run[1] && run[1] <= entry.width);
    if !in_order || entry.ignored_columns.len() > MAX_IGNORED_RUNS {
        return Some("ignored_columns lie outside the image".to_owned());
    }
    None
}

fn stays_inside(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str) -> ManifestEntry {
        ManifestEntry {
            version: MANIFEST_VERSION,
            id: id.to_owned(),
            image: format!("images/{id}.png"),
            label: Some(format!("labels/{id}.png")),
            scanned_area: None,
            width: 768,
            height: 496,
            spacing: Spacing::checked(3.87, 11.3),
            laterality: Some(Laterality::Left),
            subject: "duke-1".to_owned(),
            b_scan: Some(11),
            source: "duke_dme".to_owned(),
            credit: None,
            ignored_columns: vec![[100, 102]],
            pseudo_labelled: false,
            outlines_of: None,
        }
    }

    #[test]
    fn entries_are_appended_and_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let mut manifest = Manifest::open_for_appending(dir.path()).unwrap();
        manifest.append(entry("a")).unwrap();
        manifest.append(entry("b")).unwrap();
        assert_eq!(Manifest::read(dir.path()).unwrap(), manifest);
        let path = dir.path().join(MANIFEST_FILE);
        let whole = std::fs::read(&path).unwrap();
        for kept in [whole.len() - 1, whole.len() - 30] {
            write_file(&path, &whole[..kept]).unwrap();
            let mut continued = Manifest::open_for_appending(dir.path()).unwrap();
            continued.append(entry("c")).unwrap();
            assert_eq!(Manifest::read(dir.path()).unwrap(), continued);
        }
    }

    #[test]
    fn a_torn_last_line_is_dropped_and_a_torn_middle_one_is_an_error() {
        let line = serde_json::to_string(&entry("a")).unwrap();
        let torn = format!("{line}\n{}", &line[..40]);
        assert_eq!(parse(torn.as_bytes(), "m").unwrap().len(), 1);
        let middle = format!("{}\n{line}\n", &line[..40]);
        let error = parse(middle.as_bytes(), "m").unwrap_err().to_string();
        assert!(error.starts_with("m: line 1") && !error.contains("column"), "{error}");
    }

    #[test]
    fn a_line_of_a_newer_program_asks_for_that_program() {
        let newer = ManifestEntry { version: MANIFEST_VERSION + 1, ..entry("a") };
        let unreadable = format!("{{\"version\": {}, \"id\": [1, 2]}}", MANIFEST_VERSION + 1);
        for line in [serde_json::to_string(&newer).unwrap(), unreadable] {
            let error = parse(format!("{line}\n").as_bytes(), "m").unwrap_err().to_string();
            assert_eq!(error, "m: line 1: version 2 where this program knows 1; update the program");
        }
        let older = ManifestEntry { version: 0, ..entry("a") };
        let line = serde_json::to_string(&older).unwrap() + "\n";
        assert!(parse(line.as_bytes(), "m").unwrap_err().to_string().contains("correct the line"));
    }

    #[test]
    fn a_folder_that_is_no_data_set_is_said_to_be_none() {
        let folder = tempfile::tempdir().unwrap();
        let said = |dir: &Path| Manifest::read(dir).unwrap_err().to_string();
        let error = said(folder.path());
        assert!(error.contains("it is no data set, for it has no manifest.jsonl"), "{error}");
        assert!(
            error.contains("`retidiff import`") && error.contains("`retidiff generate local`"),
            "{error}"
        );
        let file = folder.path().join("scan.png");
        write_file(&file, b"x").unwrap();
        assert!(said(&file).contains("this is a file, not the folder of a data set"));
        assert!(said(&folder.path().join("nothing")).contains("it is not there"));
    }

    #[test]
    fn hostile_lines_are_refused() {
        let refused = |change: fn(&mut ManifestEntry)| {
            let mut bad = entry("a");
            change(&mut bad);
            parse((serde_json::to_string(&bad).unwrap() + "\n").as_bytes(), "m").is_err()
        };
        assert!(!refused(|_| ()));
        assert!(refused(|e| e.image = "../secret.png".to_owned()));
        assert!(refused(|e| e.label = Some("/etc/passwd".to_owned())));
        assert!(refused(|e| e.id = "../a".to_owned()));
        assert!(refused(|e| e.id = "a/b".to_owned()));
        assert!(refused(|e| e.width = 1_000_000));
        assert!(refused(|e| e.subject = " ".to_owned()));
        assert!(refused(|e| e.version = 2));
        assert!(refused(|e| e.ignored_columns = vec![[5, 5]]));
    }
}
