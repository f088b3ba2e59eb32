//! Volumes that come with labels of all their B-scans: a case of RETOUCH is a folder with `oct.mhd` and
//! `reference.mhd`, nnU-Net has `imagesTr/CASE_0000.nii.gz` and `labelsTr/CASE.nii.gz`, others `images/` and `masks/`,
//! or `EYE.nii.gz` beside `EYE_labels.nii.gz`.
//!
//! One volume becomes one document; a folder of many is opened by its first, and imported whole.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::label_mapping::{LabelChoice, SchemeKind};
use super::opened::{Opened, file_name};
use super::page_labels::all_onto;
use super::pair_layout::{self, plain_stem};
use super::{FormatError, label_picture, label_volume, read_file, registry};

/// Files of a folder that are looked at.
const MAX_FILES: usize = 10_000;
/// Folders that RETOUCH has above its cases: the set, and the device.
const MAX_DEPTH: usize = 2;
/// What names of volumes end in; of two files that are one volume, that of the header.
const ENDINGS: [&str; 10] =
    [".nii.gz", ".nii", ".mhd", ".mha", ".hdr.gz", ".hdr", ".vol", ".mat", ".dcm", ".retidiff"];

/// A volume, and the file of its labels.
#[derive(Clone, Debug)]
pub struct VolumePair {
    /// Its name among the others: of the file, or of the folder where files are called alike everywhere.
    pub id: String,
    scan: PathBuf,
    labels: Option<PathBuf>,
    choice: LabelChoice,
    /// What the choice comes from where nobody said it.
    because: Option<&'static str>,
}

/// The volumes of a folder, in the order of their names; none where it holds none, or plain scans beside them. `said`
/// is how labels are to be read.
pub fn of(dir: &Path, said: &LabelChoice) -> Vec<VolumePair> {
    let cases = retouch_cases(dir, said, MAX_DEPTH);
    if !cases.is_empty() {
        return cases;
    }
    let mut pairs = Vec::new();
    let layouts = pair_layout::of(dir);
    for layout in &layouts {
        let mut labels = volumes_of(&layout.labels);
        for (stem, scan) in volumes_of(&layout.images) {
            let labels = layout.take_labels(&stem, &mut labels);
            let id = stem.strip_suffix(layout.image_suffix).unwrap_or(&stem).to_owned();
            pairs.push(VolumePair { id, scan, labels, choice: layout.choice(said), because: None });
        }
    }
    if layouts.is_empty() { beside_each_other(dir, said) } else { pairs }
}

/// Volumes right in a folder, each with the one that is called like its labels.
fn beside_each_other(dir: &Path, said: &LabelChoice) -> Vec<VolumePair> {
    let mut volumes = volumes_of(dir);
    let names: Vec<String> = volumes.keys().cloned().collect();
    let mut labels: BTreeMap<String, PathBuf> = BTreeMap::new();
    for name in &names {
        let plain = plain_stem(name);
        let is_of_another = plain != name.to_lowercase() && names.iter().any(|n| n.to_lowercase() == plain);
        if is_of_another && let Some(path) = volumes.remove(name) {
            labels.entry(plain).or_insert(path);
        }
    }
    let pair = |(id, scan): (String, PathBuf)| {
        let labels = labels.get(&id.to_lowercase()).cloned();
        VolumePair { id, scan, labels, choice: said.clone(), because: None }
    };
    volumes.into_iter().map(pair).collect()
}

/// The cases of RETOUCH in a folder: itself, or folders in it.
fn retouch_cases(dir: &Path, said: &LabelChoice, depth: usize) -> Vec<VolumePair> {
    let volumes = volumes_of(dir);
    if let (Some(scan), Some(labels)) = (volumes.get("oct"), volumes.get("reference")) {
        let (choice, because) = match said {
            LabelChoice::Unsaid => (
                LabelChoice::Scheme(SchemeKind::Retouch.into()),
                Some(
                    "as RETOUCH's (1 IRF, 2 SRF, 3 PED), which names its files so; --scheme or --map says otherwise",
                ),
            ),
            said => (said.clone(), None),
        };
        let (scan, labels) = (scan.clone(), Some(labels.clone()));
        return vec![VolumePair { id: file_name(dir), scan, labels, choice, because }];
    }
    if depth == 0 {
        return Vec::new();
    }
    let folders = entries(dir).into_iter().filter(|path| path.is_dir());
    folders.flat_map(|folder| retouch_cases(&folder, said, depth - 1)).collect()
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().take(MAX_FILES);
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// The volumes of a folder by their names without endings; none where plain scans lie among them.
fn volumes_of(dir: &Path) -> BTreeMap<String, PathBuf> {
    let files: Vec<PathBuf> = entries(dir).into_iter().filter(|path| path.is_file()).collect();
    if files.iter().any(|file| registry::is_scan_in_folder(file)) {
        return BTreeMap::new();
    }
    let mut volumes = BTreeMap::new();
    for file in files {
        let name = file_name(&file);
        let lower = name.to_lowercase();
        if let Some(ending) = ENDINGS.iter().find(|ending| lower.ends_with(**ending))
            && let Some(stem) = name.get(..name.len() - ending.len()).filter(|stem| !stem.is_empty())
        {
            volumes.entry(stem.to_owned()).or_insert(file);
        }
    }
    volumes
}

/// Reads a volume with its labels. Labels that cannot be read are a warning, and the scans stay without. `open_file`
/// opens a file.
///
/// # Errors
/// If the scans cannot be read.
pub fn read(
    pair: &VolumePair,
    open_file: fn(&Path) -> Result<Opened, FormatError>,
) -> Result<Opened, FormatError> {
    let mut opened = open_file(&pair.scan)?;
    opened.document.name.clone_from(&pair.id);
    let Some(labels) = &pair.labels else { return Ok(opened) };
    let name = file_name(labels);
    let pictures = read_file(labels).and_then(|bytes| {
        label_volume::pictures(&bytes, labels, &name)
            .unwrap_or_else(|| label_picture::read(&bytes, &name).map(|picture| vec![picture]))
    });
    let pages = &mut opened.document.pages;
    match pictures.and_then(|pictures| all_onto(&pictures, pages, &pair.choice, &name)) {
        Ok(notes) => {
            opened.warnings.extend(notes);
            opened.warnings.extend(pair.because.map(|why| format!("{name}: its values are read {why}")));
        }
        Err(error) => opened.warnings.push(format!("{}: without labels: {error}", pair.id)),
    }
    Ok(opened)
}

/// Opens the first volume of a folder that can be read; `None` where the folder holds none.
pub(super) fn open(
    dir: &Path,
    open_file: fn(&Path) -> Result<Opened, FormatError>,
) -> Option<Result<Opened, FormatError>> {
    let pairs = of(dir, &LabelChoice::Unsaid);
    let mut problems = Vec::new();
    for (index, pair) in pairs.iter().enumerate() {
        match read(pair, open_file) {
            Ok(mut opened) => {
                opened.warnings.extend(problems);
                let others: Vec<&str> = pairs[index + 1..].iter().map(|other| &other.id[..]).collect();
                if let Some(first) = others.first() {
                    opened.warnings.push(format!(
                        "{}: {} volumes, of which {} is opened; open the others ({first}, ...) one by one, or import the \
                         folder",
                        dir.display(),
                        pairs.len(),
                        pair.id
                    ));
                }
                return Some(Ok(opened));
            }
            Err(error) => problems.push(format!("skipped: {error}")),
        }
    }
    let problem = problems.into_iter().next()?;
    let remedy = "none of its volumes could be read";
    Some(Err(FormatError::malformed(&dir.display().to_string(), "the folder", problem, remedy)))
}
