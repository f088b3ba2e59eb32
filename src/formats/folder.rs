//! Folders of B-scans: Tian 2015, Duke DME, plain `images/` + `masks/` pairs by file stem, bare images.
//!
//! Duke B-scans are taken as they are: the white wedges outside the scanned area are found and marked, and
//! the first row, which in B-scans without labels repeats the second, does no harm.
//!
//! A folder is listed first (cheap) and its scans are read one by one: one that cannot be read is
//! reported by name and the rest still load.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::duke::AnnotatedScan;
pub use super::folder_kind::FolderKind;
use super::grey_range::GreyWindow;
use super::label_mapping::{LabelChoice, labels_of};
pub use super::labelled_scan::ImportedScan;
use super::{
    FormatError, duke, label_picture, pair_layout, read_file, registry, scan_image, scanned_area, tian,
};
use crate::anatomy::INTERFACE_COUNT;
use crate::scan::{BScan, GreyImage, Spacing};

/// Most files of a folder that are listed.
const MAX_FILES: usize = 1_000_000;

/// Folders of OCT2017.
const OCT2017_PARTS: [&str; 3] = ["train", "test", "val"];
const OCT2017_CLASSES: [&str; 4] = ["CNV", "DME", "DRUSEN", "NORMAL"];

impl FolderKind {
    /// The kind of a folder, by what lies in it.
    pub fn recognise(dir: &Path) -> Option<Self> {
        let has = |name: &str| dir.join(name).is_dir();
        match () {
            () if has("bscans") && has("boundaries") => Some(Self::Tian2015),
            () if has("bscans") && has("labels_grader1") => Some(Self::DukeDme),
            () if !pair_layout::of(dir).is_empty() => Some(Self::Pairs),
            () if OCT2017_PARTS
                .iter()
                .any(|part| OCT2017_CLASSES.iter().any(|class| dir.join(part).join(class).is_dir())) =>
            {
                Some(Self::Oct2017)
            }
            () => images(dir).is_ok_and(|images| !images.is_empty()).then_some(Self::Images),
        }
    }

    /// What manifests call the source.
    pub fn source(self) -> &'static str {
        match self {
            Self::Tian2015 => "tian2015",
            Self::DukeDme => "duke_dme",
            Self::Pairs => "pairs",
            Self::Oct2017 => "oct2017",
            Self::Images => "images",
        }
    }

    /// The citation that the licence of the data asks for.
    pub fn credit(self) -> Option<&'static str> {
        match self {
            Self::Tian2015 => Some("Tian et al., PLOS ONE 10(8): e0133908 (2015), CC BY 4.0"),
            Self::DukeDme => Some(
                "Chiu et al., Biomed. Opt. Express 6(4): 1172 (2015), research use, not to be redistributed",
            ),
            Self::Oct2017 => Some("Kermany et al., Cell 172(5): 1122 (2018), CC BY 4.0"),
            Self::Pairs | Self::Images => None,
        }
    }

    /// The size of a pixel where the files do not say but the publication does.
    fn nominal_spacing(self) -> Option<Spacing> {
        match self {
            Self::Tian2015 => Spacing::checked(3.9, 11.0),
            Self::DukeDme => Spacing::checked(3.87, 11.3),
            Self::Pairs | Self::Oct2017 | Self::Images => None,
        }
    }
}

/// How a folder is read.
#[derive(Clone, Debug, Default)]
pub struct FolderOptions {
    /// List scans without labels too.
    pub unlabelled: bool,
    /// What the values of label files mean (pairs only).
    pub labels: LabelChoice,
    /// Pairs: the subject is the part of the file stem before the last of these; without it, every file
    /// is its own subject.
    pub subject_separator: Option<char>,
    /// Pairs: the size of a pixel, where the user knows it.
    pub spacing: Option<Spacing>,
}

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Listing {
    /// The scans, in order.
    pub items: Vec<FolderItem>,
    /// What cannot be read or is left out, by name.
    pub problems: Vec<String>,
}

impl Listing {
    /// Puts the items into their order, and makes their ids differ in more than upper and lower case, so that
    /// files named by them are not overwritten anywhere.
    fn finished(mut self) -> Self {
        self.items.sort_by_cached_key(|item| natural_key(&item.order));
        let mut known = HashSet::new();
        for item in &mut self.items {
            let plain = item.id.clone();
            let mut number = 1;
            while !known.insert(item.id.to_lowercase()) {
                number += 1;
                item.id = format!("{plain}_{number}");
            }
            if item.subject == plain {
                item.subject.clone_from(&item.id);
            }
        }
        self
    }
}

/// One scan of a folder, not read yet.
#[derive(Clone, Debug)]
pub struct FolderItem {
    /// Unique in its source; made of letters, digits, `-`, `_` and `.`.
    pub id: String,
    /// What it is sorted by: the id, or the file's stem where the id lacks some of its characters.
    order: String,
    /// Its file.
    pub image: PathBuf,
    /// Whose eye.
    pub subject: String,
    /// Position in the subject's volume, from 1.
    pub b_scan: Option<u32>,
    spacing: Option<Spacing>,
    labels: LabelSource,
    second_grader: LabelSource,
    ignored_columns: Option<(PathBuf, AnnotatedScan)>,
    has_wedges: bool,
}

#[derive(Clone, Debug)]
enum LabelSource {
    None,
    File(PathBuf, LabelChoice),
    Boundaries { boundaries: Arc<[tian::Boundary; INTERFACE_COUNT]>, b_scan: usize },
}

/// Lists the scans of a folder, sorted by id, numbers in it by their value.
///
/// # Errors
/// If the folder cannot be read, or a file that says what is in it is missing or damaged.
pub fn list(dir: &Path, kind: FolderKind, options: &FolderOptions) -> Result<Listing, FormatError> {
    let listing = match kind {
        FolderKind::Tian2015 => list_tian(dir)?,
        FolderKind::DukeDme => list_duke(dir, options)?,
        FolderKind::Pairs => list_pairs(dir, options)?,
        FolderKind::Oct2017 => list_oct2017(dir, options)?,
        FolderKind::Images => list_images(dir, options)?,
    };
    Ok(listing.finished())
}

/// The window that the scans of a folder share, so that none is brighter than it was beside the others; `None`
/// where the first has no more than 8 bits or their values have nothing in common.
pub fn common_window(items: &[FolderItem]) -> Option<GreyWindow> {
    let window = |item: &FolderItem| {
        scan_image::window_of(&read_file(&item.image).ok()?, &item.image.display().to_string())
    };
    let first = window(items.first()?)?;
    items[1..].iter().filter_map(window).try_fold(first, GreyWindow::shared_with)
}

fn list_tian(dir: &Path) -> Result<Listing, FormatError> {
    let mut listing = Listing::default();
    let mut subjects: BTreeMap<u32, Option<Arc<[tian::Boundary; INTERFACE_COUNT]>>> = BTreeMap::new();
    for (stem, image) in
        unique_stems(&dir.join("bscans"), registry::is_scan_in_folder, &mut listing.problems)?
    {
        let numbers = stem.strip_prefix("Subject").and_then(|rest| rest.split_once('_'));
        let Some((Ok(subject), Ok(b_scan @ 1..))) =
            numbers.map(|(subject, b_scan)| (subject.parse::<u32>(), b_scan.parse::<u32>()))
        else {
            listing.problems.push(format!("{}: the name is not SubjectN_BB", image.display()));
            continue;
        };
        let boundaries = subjects.entry(subject).or_insert_with(|| {
            let read = read_tian_subject(&dir.join("boundaries"), subject);
            read.map_err(|e| listing.problems.push(e.to_string())).ok().map(Arc::new)
        });
        let Some(boundaries) = boundaries else {
            listing.problems.push(format!("{}: its boundaries cannot be read", image.display()));
            continue;
        };
        // Subjects 1 and 8 are the same eye: one subject, so that no split can part them.
        let eye = if subject == 8 { 1 } else { subject };
        listing.items.push(FolderItem {
            id: format!("tian_{subject}_{b_scan:02}"),
            order: format!("tian_{subject}_{b_scan:02}"),
            image,
            subject: format!("tian-{eye}"),
            b_scan: Some(b_scan),
            spacing: FolderKind::Tian2015.nominal_spacing(),
            labels: LabelSource::Boundaries { boundaries: boundaries.clone(), b_scan: b_scan as usize - 1 },
            second_grader: LabelSource::None,
            ignored_columns: None,
            has_wedges: false,
        });
    }
    Ok(listing)
}

fn read_tian_subject(dir: &Path, subject: u32) -> Result<[tian::Boundary; INTERFACE_COUNT], FormatError> {
    let mut boundaries = Vec::with_capacity(INTERFACE_COUNT);
    for k in 1..=INTERFACE_COUNT {
        let path = dir.join(format!("Subject{subject}_{k}.txt"));
        boundaries.push(tian::read_boundary(&read_file(&path)?, &path.display().to_string())?);
    }
    let count = boundaries.len();
    boundaries.try_into().map_err(|_| {
        FormatError::malformed(
            &dir.display().to_string(),
            "the folder",
            format!("{count} boundaries"),
            "expected 8",
        )
    })
}

fn list_duke(dir: &Path, options: &FolderOptions) -> Result<Listing, FormatError> {
    let mut listing = Listing::default();
    let index_path = dir.join("index.csv");
    let annotated = duke::read_index(&read_file(&index_path)?, &index_path.display().to_string())?;
    let annotated: BTreeMap<(u32, u32), AnnotatedScan> =
        annotated.into_iter().map(|scan| ((scan.subject, scan.b_scan), scan)).collect();
    for folder in folders(&dir.join("bscans"))? {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(Ok(subject)) = name.strip_prefix("subject_").map(str::parse::<u32>) else {
            listing.problems.push(format!("{}: the name is not subject_SS", folder.display()));
            continue;
        };
        for (stem, image) in unique_stems(&folder, registry::is_scan_in_folder, &mut listing.problems)? {
            let Some(Ok(b_scan)) = stem.strip_prefix("bscan_").map(str::parse::<u32>) else {
                listing.problems.push(format!("{}: the name is not bscan_NN", image.display()));
                continue;
            };
            let scan = annotated.get(&(subject, b_scan));
            if scan.is_none() && !options.unlabelled {
                continue;
            }
            let file = format!("subject_{subject:02}_bscan_{b_scan:02}.png");
            let label = dir.join("labels_grader1").join(&file);
            let second = dir.join("labels_grader2").join(&file);
            listing.items.push(FolderItem {
                id: format!("duke_{subject:02}_{b_scan:02}"),
                order: format!("duke_{subject:02}_{b_scan:02}"),
                image,
                subject: format!("duke-{subject}"),
                b_scan: Some(b_scan),
                spacing: FolderKind::DukeDme.nominal_spacing(),
                labels: scan.map_or(LabelSource::None, |_| LabelSource::File(label, LabelChoice::Unsaid)),
                second_grader: if second.is_file() {
                    LabelSource::File(second, LabelChoice::Unsaid)
                } else {
                    LabelSource::None
                },
                ignored_columns: scan.map(|scan| {
                    (dir.join("ignore_columns").join(format!("{}.png", scan.file)), scan.clone())
                }),
                has_wedges: true,
            });
        }
    }
    Ok(listing)
}

fn list_pairs(dir: &Path, options: &FolderOptions) -> Result<Listing, FormatError> {
    let mut listing = Listing::default();
    let layouts = pair_layout::of(dir);
    if layouts.is_empty() {
        // Asked for as pairs: scans may have no labels yet.
        for (stem, image) in
            unique_stems(&dir.join("images"), registry::is_scan_in_folder, &mut listing.problems)?
        {
            take_pair(&mut listing, &stem, image, LabelSource::None, options);
        }
    }
    for layout in layouts {
        let mut labels = unique_stems(&layout.labels, is_label_in_folder, &mut listing.problems)?;
        for (stem, image) in unique_stems(&layout.images, registry::is_scan_in_folder, &mut listing.problems)?
        {
            let label = layout.take_labels(&stem, &mut labels);
            let choice = layout.choice(&options.labels);
            let labels = label.map_or(LabelSource::None, |path| LabelSource::File(path, choice));
            take_pair(&mut listing, &stem, image, labels, options);
        }
        for path in labels.values() {
            listing.problems.push(format!("{}: it has no image of that stem", path.display()));
        }
    }
    Ok(listing)
}

/// Lists a scan with its labels; one without is a problem unless those are wanted, too.
fn take_pair(
    listing: &mut Listing,
    stem: &str,
    image: PathBuf,
    labels: LabelSource,
    options: &FolderOptions,
) {
    if matches!(labels, LabelSource::None) && !options.unlabelled {
        listing.problems.push(format!("{}: it has no label file of that stem", image.display()));
    } else {
        listing.items.push(plain_item(stem, image, labels, options));
    }
}

/// The patient is in the file's name; one patient's scans lie in several parts, so the parts are no split.
fn list_oct2017(dir: &Path, options: &FolderOptions) -> Result<Listing, FormatError> {
    let mut listing = Listing::default();
    let places =
        OCT2017_PARTS.iter().flat_map(|part| OCT2017_CLASSES.map(|class| dir.join(part).join(class)));
    for place in places.filter(|place| place.is_dir()) {
        for (stem, image) in unique_stems(&place, registry::is_scan_in_folder, &mut listing.problems)? {
            let mut parts = stem.split('-').skip(1);
            let Some(patient) = parts.next().filter(|patient| !patient.is_empty()) else {
                listing.problems.push(format!("{}: the name is not CLASS-PATIENT-N", image.display()));
                continue;
            };
            let subject = format!("oct2017-{}", plain_id(patient));
            let mut item = plain_item(&stem, image, LabelSource::None, options);
            item.id = format!("oct2017_{}", item.id);
            item.subject = subject;
            listing.items.push(item);
        }
    }
    Ok(listing)
}

fn list_images(dir: &Path, options: &FolderOptions) -> Result<Listing, FormatError> {
    let mut listing = Listing::default();
    let others: Vec<PathBuf> = entries(dir)?.into_iter().filter(|path| registry::is_volume(path)).collect();
    if let Some(first) = others.first() {
        let count = others.len();
        let first = first.file_name().unwrap_or_default().to_string_lossy();
        listing.problems.push(format!(
            "{}: left out: {count} files that are volumes or documents ({first}, ...); open them one by one",
            dir.display()
        ));
    }
    for (stem, image) in images(dir)? {
        if options.unlabelled {
            listing.items.push(plain_item(&stem, image, LabelSource::None, options));
        } else {
            listing.problems.push(format!("{}: it has no labels", image.display()));
        }
    }
    Ok(listing)
}

fn plain_item(stem: &str, image: PathBuf, labels: LabelSource, options: &FolderOptions) -> FolderItem {
    let id = plain_id(stem);
    let subject = options.subject_separator.and_then(|separator| stem.rsplit_once(separator));
    let subject = subject.map(|(subject, _)| plain_id(subject)).filter(|subject| !subject.is_empty());
    FolderItem {
        subject: subject.unwrap_or_else(|| id.clone()),
        id,
        order: stem.to_owned(),
        image,
        b_scan: None,
        spacing: options.spacing,
        labels,
        second_grader: LabelSource::None,
        ignored_columns: None,
        has_wedges: true,
    }
}

/// Sorts "b2" before "b10" and beside "B2": every run of digits is padded to one length, and letters count in
/// lower case first.
fn natural_key(id: &str) -> (String, String) {
    let mut key = String::new();
    for run in id.to_lowercase().split_inclusive(|c: char| !c.is_ascii_digit()) {
        let digits = run.trim_end_matches(|c: char| !c.is_ascii_digit());
        let padding = if digits.is_empty() { 0 } else { 20_usize.saturating_sub(digits.len()) };
        key.extend(std::iter::repeat_n('0', padding));
        key.push_str(run);
    }
    (key, id.to_owned())
}

/// A file stem as an id that is a safe file name everywhere.
fn plain_id(stem: &str) -> String {
    stem.chars().map(|c| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '-' }).collect()
}

impl FolderItem {
    /// Whether it has labels.
    pub fn is_labelled(&self) -> bool {
        !matches!(self.labels, LabelSource::None)
    }

    /// Reads the scan and its labels.
    ///
    /// # Errors
    /// If the scan, its labels or its list of columns without a trace cannot be read, or do not fit each other.
    pub fn read(&self) -> Result<ImportedScan, FormatError> {
        self.read_shown_by(None)
    }

    /// As [`read`](Self::read), values of more than 8 bits shown by `window` where there is one.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_shown_by(&self, window: Option<GreyWindow>) -> Result<ImportedScan, FormatError> {
        let (bytes, name) = (read_file(&self.image)?, self.image.display().to_string());
        let (image, mut warnings) = scan_image::read_one(&bytes, window, &name)?;
        let turned = scan_image::orientation(&bytes);
        let labels = self.read_labels(&self.labels, &image, turned, &mut warnings)?;
        // A second opinion that cannot be read is no reason to lose the first.
        let second_grader =
            self.read_labels(&self.second_grader, &image, turned, &mut warnings).unwrap_or_else(|error| {
                warnings.push(format!("second grader left out: {error}"));
                None
            });
        let ignored_columns = match &self.ignored_columns {
            Some((path, scan)) => {
                let name = path.display().to_string();
                let runs = duke::read_ignored_columns(&read_file(path)?, &name, scan)?;
                if runs.iter().any(|run| run[1] > image.width) {
                    return Err(FormatError::malformed(
                        &name,
                        "the image size",
                        "its columns lie beyond the B-scan",
                        "take both files from the same release of the data",
                    ));
                }
                runs
            }
            None => Vec::new(),
        };
        let scanned_area = if self.has_wedges { scanned_area::detect(&image) } else { None };
        let mut scan = BScan::from_image(image, self.order.clone());
        scan.spacing = self.spacing;
        scan.scanned_area = scanned_area.map(Arc::from);
        Ok(ImportedScan { scan, labels, second_grader, ignored_columns, warnings })
    }

    fn read_labels(
        &self,
        source: &LabelSource,
        scan: &GreyImage,
        turned: u8,
        warnings: &mut Vec<String>,
    ) -> Result<Option<Vec<u8>>, FormatError> {
        let (width, height) = (scan.width, scan.height);
        match source {
            LabelSource::None => Ok(None),
            LabelSource::File(path, choice) => {
                let name = path.display().to_string();
                let mut picture = label_picture::read(&read_file(path)?, &name)?;
                if width != height && [picture.width, picture.height] == [height, width] && turned >= 5 {
                    picture = picture.oriented(turned);
                    warnings.push(format!(
                        "{name}: turned as the orientation of its scan ({turned}) says, whose size it has then"
                    ));
                }
                label_picture::check_size([picture.width, picture.height], [width, height], &name)?;
                let labels = labels_of(&picture, &name, choice)?;
                warnings.extend(labels.warnings);
                warnings.extend(labels.disorder.map(|disorder| format!("{name}: {disorder}")));
                Ok(Some(labels.codes))
            }
            LabelSource::Boundaries { boundaries, b_scan } => {
                let name = self.image.display().to_string();
                let mut rows: [&[f32]; INTERFACE_COUNT] = [&[]; INTERFACE_COUNT];
                for (row, boundary) in rows.iter_mut().zip(boundaries.iter()) {
                    *row = boundary.rows.get(*b_scan).map_or(&[], Vec::as_slice);
                    if row.len() != width as usize {
                        return Err(FormatError::malformed(
                            &name,
                            "its boundaries",
                            format!("{} values where the scan has {width} columns", row.len()),
                            "take the boundaries and the scan from the same release of the data",
                        ));
                    }
                }
                let traced = tian::trace(rows);
                if traced.repaired_crossings > 0 {
                    let count = traced.repaired_crossings;
                    warnings.push(format!("{name}: {count} boundary points crossed and were repaired"));
                }
                Ok(Some(traced.interfaces.rasterised(height).to_pixels()))
            }
        }
    }
}

fn entries(dir: &Path) -> Result<Vec<PathBuf>, FormatError> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(FormatError::io(dir, "listing"))?.take(MAX_FILES) {
        paths.push(entry.map_err(FormatError::io(dir, "listing"))?.path());
    }
    paths.sort();
    Ok(paths)
}

fn folders(dir: &Path) -> Result<Vec<PathBuf>, FormatError> {
    Ok(entries(dir)?.into_iter().filter(|path| path.is_dir()).collect())
}

/// Image files (by extension) of a folder with their stems.
fn images(dir: &Path) -> Result<Vec<(String, PathBuf)>, FormatError> {
    with_stems(dir, registry::is_scan_in_folder)
}

/// A label file, by its name: an image, or a table of codes.
fn is_label_in_folder(path: &Path) -> bool {
    registry::is_scan_in_folder(path)
        || path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}

/// The wanted files of a folder with their stems.
fn with_stems(dir: &Path, is_wanted: fn(&Path) -> bool) -> Result<Vec<(String, PathBuf)>, FormatError> {
    let images = entries(dir)?.into_iter().filter(|path| is_wanted(path));
    let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(images.map(|path| (stem(&path), path)).collect())
}

/// The same where a stem stands for one scan: of several files with one stem the first, and a problem that names
/// the others.
fn unique_stems(
    dir: &Path,
    is_wanted: fn(&Path) -> bool,
    problems: &mut Vec<String>,
) -> Result<BTreeMap<String, PathBuf>, FormatError> {
    let mut unique: BTreeMap<String, PathBuf> = BTreeMap::new();
    for (stem, path) in with_stems(dir, is_wanted)? {
        match unique.entry(stem) {
            Entry::Vacant(vacant) => {
                vacant.insert(path);
            }
            Entry::Occupied(taken) => {
                let first = taken.get().file_name().unwrap_or_default().to_string_lossy();
                problems.push(format!(
                    "{}: left out, for {first} has the same stem; rename one of the two",
                    path.display()
                ));
            }
        }
    }
    Ok(unique)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_sort_by_value() {
        let mut ids = ["B10", "B2", "B1", "A3_12", "A3_2"];
        ids.sort_by_key(|id| natural_key(id));
        assert_eq!(ids, ["A3_2", "A3_12", "B1", "B2", "B10"]);
    }

    #[test]
    fn a_name_that_begins_with_the_separator_is_its_own_subject() {
        let options = FolderOptions { subject_separator: Some('_'), ..FolderOptions::default() };
        let subject = |stem| plain_item(stem, PathBuf::new(), LabelSource::None, &options).subject;
        assert_eq!((subject("anna_1"), subject("_1")), ("anna".to_owned(), "_1".to_owned()));
    }
}
