//! Folders of scans and label pictures as people lay them out: `images/` with `masks/` under many names, nnU-Net's
//! `imagesTr/` with `labelsTr/`, MIRAGE's `train/bscan/` with `train/semseg/`; and which label file is whose.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::label_mapping::{LabelChoice, LabelMapping, Meaning};
use super::label_picture::LabelValue;
use super::read_file;
use crate::anatomy::UNANNOTATED;

/// Names of folders of scans and of labels, in lower case, those that say it most surely first.
const IMAGES: [&str; 7] = ["images", "image", "imgs", "img", "scans", "scan", "oct"];
const LABELS: [&str; 9] =
    ["masks", "mask", "labels", "label", "segmentations", "segmentation", "annotations", "gt", "groundtruth"];
/// What people add to a scan's stem to name its labels.
const SUFFIXES: [&str; 10] = [
    "_mask",
    "-mask",
    "_masks",
    "_label",
    "-label",
    "_labels",
    "_seg",
    "_segmentation",
    "_gt",
    "_annotation",
];
/// What nnU-Net adds to the stem of an image, for its channel.
const NNUNET_CHANNEL: &str = "_0000";
/// Files that describe labels are small.
const MAX_DESCRIPTION_BYTES: u64 = 1 << 20;

/// Scans and their labels in two folders.
#[derive(Clone, Debug)]
pub(super) struct PairLayout {
    pub images: PathBuf,
    pub labels: PathBuf,
    /// What the stem of an image ends in beyond that of its labels.
    pub image_suffix: &'static str,
    /// What the values of the labels are, where a description beside them says it.
    pub described: Option<LabelMapping>,
}

/// The layouts that a folder has; none where it is no folder of pairs.
pub(super) fn of(dir: &Path) -> Vec<PairLayout> {
    let folders = folders_by_name(dir);
    let pair = |parent: &BTreeMap<String, PathBuf>, images: &str, labels: &str| {
        let plain = |images: &PathBuf, labels: &PathBuf| PairLayout {
            images: images.clone(),
            labels: labels.clone(),
            image_suffix: "",
            described: None,
        };
        parent.get(images).zip(parent.get(labels)).map(|(images, labels)| plain(images, labels))
    };
    let nnunet = || description(&dir.join("dataset.json")).and_then(|about| nnunet_mapping(&about));
    let mut found: Vec<PairLayout> = [("imagestr", "labelstr"), ("imagests", "labelsts")]
        .into_iter()
        .filter_map(|(images, labels)| pair(&folders, images, labels))
        .map(|layout| PairLayout { image_suffix: NNUNET_CHANNEL, described: nnunet(), ..layout })
        .collect();
    let mirage = || description(&dir.join("INFO.json")).and_then(|about| mirage_mapping(&about));
    for part in ["train", "val", "test"] {
        let Some(part) = folders.get(part) else { continue };
        let layout = pair(&folders_by_name(part), "bscan", "semseg");
        found.extend(layout.map(|layout| PairLayout { described: mirage(), ..layout }));
    }
    if found.is_empty() {
        let mut plain = IMAGES.iter().flat_map(|images| LABELS.map(|labels| (*images, labels)));
        found.extend(plain.find_map(|(images, labels)| pair(&folders, images, labels)));
    }
    found
}

impl PairLayout {
    /// How label files are to be read: as the user said, else as the description beside them says.
    pub fn choice(&self, said: &LabelChoice) -> LabelChoice {
        match (said, &self.described) {
            (LabelChoice::Unsaid, Some(mapping)) => LabelChoice::Map(mapping.clone()),
            (said, _) => said.clone(),
        }
    }

    /// Takes the labels of an image out of those of the folder: of its stem, or the only ones whose stem differs in
    /// upper and lower case or by a word such as `_mask`.
    pub fn take_labels(&self, image: &str, labels: &mut BTreeMap<String, PathBuf>) -> Option<PathBuf> {
        let stem = image.strip_suffix(self.image_suffix).unwrap_or(image);
        if let Some(found) = labels.remove(stem) {
            return Some(found);
        }
        let plain = plain_stem(stem);
        let mut alike = labels.keys().filter(|label| plain_stem(label) == plain);
        let only = alike.next().filter(|_| alike.next().is_none())?.clone();
        labels.remove(&only)
    }
}

/// A stem in lower case, without a word that says that it is of labels.
pub(super) fn plain_stem(stem: &str) -> String {
    let stem = stem.to_lowercase();
    let plain = SUFFIXES.iter().find_map(|suffix| stem.strip_suffix(suffix)).filter(|rest| !rest.is_empty());
    plain.map_or(stem.clone(), str::to_owned)
}

/// The folders in a folder, by their names in lower case.
fn folders_by_name(dir: &Path) -> BTreeMap<String, PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path()).filter(|path| path.is_dir());
    paths
        .filter_map(|path| Some((path.file_name()?.to_string_lossy().to_lowercase(), path.clone())))
        .collect()
}

fn description(path: &Path) -> Option<Value> {
    let is_small = std::fs::metadata(path).is_ok_and(|found| found.len() <= MAX_DESCRIPTION_BYTES);
    is_small.then(|| read_file(path).ok()).flatten().and_then(|bytes| serde_json::from_slice(&bytes).ok())
}

/// What a class of this name and number is; `None` where no label is called so.
fn meaning(name: &str, number: i32) -> Option<Meaning> {
    if number == i32::from(UNANNOTATED) {
        return Some(Meaning::Unannotated);
    }
    name.parse().ok()
}

/// The classes of nnU-Net's `dataset.json`: name to number. `None` unless all of them are labels here.
fn nnunet_mapping(about: &Value) -> Option<LabelMapping> {
    let classes = about.get("labels")?.as_object()?;
    let one = |(name, number): (&String, &Value)| {
        let number = i32::try_from(number.as_i64()?).ok()?;
        Some((LabelValue::Code(number), meaning(name, number)?))
    };
    classes.iter().map(one).collect()
}

/// The classes of MIRAGE's `INFO.json`: `value` and `label` of each. `None` unless all of them are labels here.
fn mirage_mapping(about: &Value) -> Option<LabelMapping> {
    let one = |class: &Value| {
        let number = i32::try_from(class.get("value")?.as_i64()?).ok()?;
        Some((LabelValue::Code(number), meaning(class.get("label")?.as_str()?, number)?))
    };
    about.as_object()?.values().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn labels_are_found_by_stem_case_and_suffix_and_never_guessed() {
        let layout =
            PairLayout { images: PathBuf::new(), labels: PathBuf::new(), image_suffix: "", described: None };
        let mut labels: BTreeMap<String, PathBuf> = ["a", "B", "c_mask", "d_mask", "D_label", "_mask"]
            .map(|stem| (stem.to_owned(), PathBuf::from(stem)))
            .into();
        let mut take =
            |image: &str| layout.take_labels(image, &mut labels).map(|path| path.display().to_string());
        assert_eq!(take("a").as_deref(), Some("a"));
        assert_eq!(take("b").as_deref(), Some("B"));
        assert_eq!(take("C").as_deref(), Some("c_mask"));
        assert_eq!(take("d"), None, "two files could be meant");
        assert_eq!(take(""), None);
        let nnunet = PairLayout { image_suffix: NNUNET_CHANNEL, ..layout };
        let mut labels = BTreeMap::from([("case1".to_owned(), PathBuf::from("case1"))]);
        assert!(nnunet.take_labels("case1_0000", &mut labels).is_some());
    }

    #[test]
    fn descriptions_say_what_numbers_are_only_if_they_say_it_of_all() {
        let about = json!({"labels": {"background": 0, "NFL": 1, "IRF": 2, "ignore": 3}});
        let mapping = nnunet_mapping(&about).expect("all are labels");
        assert_eq!(mapping.meaning(LabelValue::Code(2)), Some(Meaning::Label(9)));
        assert_eq!(mapping.meaning(LabelValue::Code(3)), Some(Meaning::Unannotated));
        assert!(nnunet_mapping(&json!({"labels": {"background": 0, "tumour": 1}})).is_none());
        let about =
            json!({"0": {"value": 1, "label": "nfl"}, "1": {"value": 255, "label": "background (none)"}});
        let mapping = mirage_mapping(&about).expect("all are labels");
        assert_eq!(mapping.meaning(LabelValue::Code(255)), Some(Meaning::Unannotated));
    }
}
