//! What becomes of files that are opened or dropped: a document in place of the one shown, or labels for the
//! page shown. An image that may be either is asked about, and nothing takes the scan's place unasked.

use std::path::{Path, PathBuf};

use super::news::FileNews;
use super::opened_file::with_history;
pub use super::shown::Shown;
pub use super::suspected_labels::{LabelAnswer, LabelQuestion, SuspectedLabels};
use crate::background::Watch;
use crate::dataset;
use crate::document::{Command, Editor};
use crate::formats::dicom::begins_like_dicom;
use crate::formats::label_mapping::{LabelChoice, labels_of};
use crate::formats::label_png::CodeScheme;
use crate::formats::open::{self, FileKind, Opened};
use crate::formats::{FormatError, clinical, label_picture};
use crate::studio::label_mapping::UnmappedLabels;
use crate::studio::shell::notices::Topic;
use crate::studio::texts::text;

/// Reads what was opened, or let go over the window together. A label image of the size of the page shown becomes
/// labels for it; dropped together with a scan, it becomes the labels of that scan.
pub(in crate::studio) fn open(
    mut paths: Vec<PathBuf>,
    shown: &Shown,
    histories: Option<&Path>,
    watch: &Watch,
) -> FileNews {
    if paths.len() > 1 {
        return open_together(paths, shown, histories, watch);
    }
    let Some(path) = paths.pop() else { return FileNews::Done };
    if let Some(folder) = open::folder_of_boundary(&path) {
        let note = text!("open-folder-of-boundary", file = %name_of(&path));
        let event = opened(folder.clone(), dataset::open_watched(&folder, watch), histories);
        return with_notes(event, vec![note]);
    }
    match dataset::open_watched(&path, watch) {
        Ok(found) => become_labels_or_document(path, found, shown, histories),
        failed => opened(path, failed, histories),
    }
}

/// Reads a label file for what is shown, whatever else it may be. What can be read in several ways, and the labels
/// of a whole volume, are asked about.
pub(in crate::studio) fn load_labels(path: PathBuf, shown: &Shown) -> FileNews {
    let view_number = shown.view_number;
    let failed = |path, error: FormatError| FileNews::LabelsRead {
        path,
        view_number,
        outcome: Err(error.to_string()),
    };
    let pictures = match open::label_pictures(&path) {
        Ok(pictures) => pictures,
        Err(error) => return failed(path, error),
    };
    let name = name_of(&path);
    if let [picture] = &pictures[..] {
        let page = shown.page();
        let size = [page.scan.width(), page.scan.height()];
        let read = label_picture::check_size([picture.width, picture.height], size, &name)
            .and_then(|()| labels_of(picture, &name, &LabelChoice::Unsaid))
            .and_then(|labels| open::labels_onto(labels, page, &name));
        match read {
            Err(FormatError::Ambiguous { .. }) => {}
            Ok(read) => return FileNews::LabelsRead { path, view_number, outcome: Ok(read) },
            Err(error) => return failed(path, error),
        }
    }
    match UnmappedLabels::new(pictures, shown, &name) {
        Ok(unmapped) => FileNews::LabelsUnmapped { path, view_number, unmapped: Box::new(unmapped) },
        Err(message) => FileNews::LabelsRead { path, view_number, outcome: Err(message) },
    }
}

fn become_labels_or_document(
    path: PathBuf,
    mut found: Opened,
    shown: &Shown,
    histories: Option<&Path>,
) -> FileNews {
    let possible = found.possible_labels.take();
    if !shown.fits(&found.document) {
        return opened(path, Ok(found), histories);
    }
    if found.kind == FileKind::LabelMap {
        return load_labels(path, shown);
    }
    let (view_number, name) = (shown.view_number, name_of(&path));
    let Some(possible) = possible else {
        let Some(unmapped) = foreign_labels(&path, &found, shown) else {
            return opened(path, Ok(found), histories);
        };
        found.warnings.clear();
        let unmapped = UnmappedLabels { as_scan: Some(with_history(found, histories)), ..unmapped };
        return FileNews::LabelsUnmapped { path, view_number, unmapped: Box::new(unmapped) };
    };
    match open::labels_onto(possible.labels, shown.page(), &name) {
        Ok(read) => {
            // What is asked about need not be warned of.
            found.warnings.clear();
            let as_scan = with_history(found, histories);
            let suspected = Box::new(SuspectedLabels::of(read, possible.scheme, as_scan));
            FileNews::LabelsSuspected { path, view_number, suspected }
        }
        Err(_) => opened(path, Ok(found), histories),
    }
}

/// What a file holds that was opened as a scan, if its values look like labels of another code.
fn foreign_labels(path: &Path, found: &Opened, shown: &Shown) -> Option<UnmappedLabels> {
    let may_be_labels = matches!(found.kind, FileKind::Image | FileKind::Nifti | FileKind::MetaImage);
    let pictures = may_be_labels.then(|| open::label_pictures(path).ok())??;
    UnmappedLabels::new(pictures, shown, &name_of(path)).ok().filter(UnmappedLabels::look_like_labels)
}

/// What was dropped together, sorted.
#[derive(Default)]
struct Dropped {
    scans: Vec<(PathBuf, Opened)>,
    /// Labels whose codes are known.
    maps: Vec<(PathBuf, Opened)>,
    errors: Vec<String>,
}

impl Dropped {
    fn of(paths: Vec<PathBuf>, watch: &Watch) -> Self {
        let mut dropped = Self::default();
        let (dicom, others): (Vec<PathBuf>, Vec<PathBuf>) =
            paths.into_iter().partition(|path| path.is_file() && begins_like_dicom(path));
        let files = match (clinical::open_dicom_files(&dicom), dicom.first()) {
            (Some(Ok(found)), Some(first)) => {
                dropped.scans.push((first.clone(), found));
                others
            }
            (Some(Err(error)), _) => {
                dropped.errors.push(error.to_string());
                others
            }
            _ => dicom.into_iter().chain(others).collect(),
        };
        for path in files {
            match dataset::open_watched(&path, watch) {
                Ok(found) if found.kind == FileKind::LabelMap || found.possible_labels.is_some() => {
                    dropped.maps.push((path, found));
                }
                Ok(found) => dropped.scans.push((path, found)),
                Err(error) => dropped.errors.push(error.to_string()),
            }
        }
        dropped
    }

    /// Takes out the file that looks like labels of another code for another of the scans, which is put first.
    fn take_foreign_labels(&mut self) -> Option<PathBuf> {
        let shown = |scan: usize| {
            let document = self.scans[scan].1.document.clone();
            Shown { document, page: 0, view_number: 0 }
        };
        let of_which = |labels: usize| {
            let (path, found) = &self.scans[labels];
            let others = (0..self.scans.len()).filter(|scan| *scan != labels);
            // Files are looked at once, however many came together.
            let (scan, shown) =
                others.map(|scan| (scan, shown(scan))).find(|(_, shown)| shown.fits(&found.document))?;
            foreign_labels(path, found, &shown).map(|_| (labels, scan))
        };
        let (labels, scan) = (0..self.scans.len()).find_map(of_which)?;
        self.scans.swap(0, scan);
        let labels = if labels == 0 { scan } else { labels };
        Some(self.scans.remove(labels).0)
    }
}

/// The scan among the files is opened; labels among them go onto it, or onto `page` where no scan is among them. Labels
/// of another code are asked about once their scan is shown.
fn open_together(paths: Vec<PathBuf>, shown: &Shown, histories: Option<&Path>, watch: &Watch) -> FileNews {
    let mut dropped = Dropped::of(paths, watch);
    let foreign = dropped.take_foreign_labels();
    let Dropped { scans, maps, errors } = dropped;
    let left_out = |path: &Path, why: &str| text!("open-left-out", file = %name_of(path), %why);
    let mut notes: Vec<String> =
        scans.iter().skip(1).map(|(path, _)| left_out(path, text!("open-one-document"))).collect();
    let (mut scans, mut maps) = (scans.into_iter(), maps.into_iter());
    let Some((path, found)) = scans.next() else {
        let Some((path, found)) = maps.next() else {
            return FileNews::Failed { topic: Topic::Open, message: errors.join("\n") };
        };
        notes.extend(maps.map(|(path, _)| left_out(&path, text!("open-one-set"))));
        notes.extend(errors);
        let event = become_labels_or_document(path, found, shown, histories);
        return with_notes(event, notes);
    };
    let mut file = with_history(found, histories);
    let mut has_labels = foreign.is_some();
    file.labels_to_ask_about = foreign;
    for (path, map) in maps {
        if has_labels {
            notes.push(left_out(&path, text!("open-one-set")));
            continue;
        }
        match put_onto_first_page(&mut file.editor, &path, map) {
            Ok(more) => {
                has_labels = true;
                notes.extend(more);
            }
            Err(message) => notes.push(message),
        }
    }
    file.warnings.extend(notes);
    file.warnings.extend(errors);
    FileNews::Opened { path, outcome: Ok(Box::new(file)) }
}

/// Puts a label image onto the first page of a document that is being opened, as a step that can be undone.
/// Returns what the user should hear.
fn put_onto_first_page(editor: &mut Editor, path: &Path, map: Opened) -> Result<Vec<String>, String> {
    let (name, page) = (name_of(path), &editor.document().pages[0]);
    let (read, scheme) = match map.possible_labels {
        Some(possible) => (open::labels_onto(possible.labels, page, &name), possible.scheme),
        None => (open::open_label_onto(path, page, CodeScheme::Studio), CodeScheme::Studio),
    };
    let (mask, mut notes) = read.map_err(|error| error.to_string())?;
    if scheme == CodeScheme::Paper {
        notes.push(text!("open-as-paper", %name));
    }
    let command = Command::ReplaceMask { page: 0, mask, name: step_name(path) };
    editor.apply(command).map_err(|error| format!("{name}: {error}"))?;
    Ok(notes)
}

fn opened(path: PathBuf, outcome: Result<Opened, FormatError>, histories: Option<&Path>) -> FileNews {
    let outcome = outcome.map(|found| Box::new(with_history(found, histories)));
    FileNews::Opened { path, outcome: outcome.map_err(|error| error.to_string()) }
}

fn with_notes(mut event: FileNews, notes: Vec<String>) -> FileNews {
    match &mut event {
        FileNews::Opened { outcome: Ok(file), .. } => file.warnings.extend(notes),
        FileNews::LabelsRead { outcome: Ok((_, warnings)), .. } => warnings.extend(notes),
        FileNews::LabelsSuspected { suspected, .. } => suspected.warnings.extend(notes),
        FileNews::LabelsUnmapped { unmapped, .. } => unmapped.notes.extend(notes),
        FileNews::Opened { outcome: Err(message), .. }
        | FileNews::LabelsRead { outcome: Err(message), .. } => {
            notes.iter().for_each(|note| message.push_str(&format!("\n{note}")));
        }
        _ => {}
    }
    event
}

pub(in crate::studio) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

pub(in crate::studio) fn step_name(path: &Path) -> String {
    text!("step-labels-from", file = %name_of(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Document, Page};
    use crate::formats::{label_png, scan_image, write_file};
    use crate::mask::Mask;
    use crate::scan::{BScan, GreyImage};

    /// Nobody watches.
    fn open(paths: Vec<PathBuf>, shown: &Shown, histories: Option<&Path>) -> FileNews {
        super::open(paths, shown, histories, &Watch::default())
    }

    const CODES: [u8; 12] = [0, 0, 1, 1, 3, 3, 9, 9, 7, 7, 8, 8];

    fn page(grey: u8) -> Page {
        let scan = BScan::from_image(GreyImage::new(2, 6, vec![grey; 12]), "page");
        Page::new(scan, Mask::unannotated(2, 6))
    }

    fn shown(page: &Page, view_number: u64) -> Shown {
        let (scan, mask) = ((*page.scan).clone(), page.mask.clone());
        Shown { document: Document::from_scan(scan, mask), page: 0, view_number }
    }

    fn put(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
        let path = folder.join(name);
        write_file(&path, bytes).expect("written");
        path
    }

    fn grey(pixels: Vec<u8>) -> Vec<u8> {
        scan_image::write(&GreyImage::new(2, 6, pixels), &[]).expect("a PNG")
    }

    #[test]
    fn grey_codes_of_the_size_of_the_page_are_asked_about_and_nothing_else_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let codes = put(folder.path(), "codes.png", &grey(CODES.to_vec()));
        let FileNews::LabelsSuspected { view_number: 4, suspected, .. } =
            open(vec![codes.clone()], &shown(&page(90), 4), None)
        else {
            panic!("not asked about");
        };
        assert_eq!(suspected.mask.composite_pixels(), CODES);
        assert_eq!((suspected.scheme, &suspected.codes[..]), (CodeScheme::Studio, &[0, 1, 3, 7, 8, 9][..]));

        let other =
            Page::new(BScan::from_image(GreyImage::new(3, 6, vec![1; 18]), "other"), Mask::unannotated(3, 6));
        let FileNews::Opened { outcome: Ok(file), .. } = open(vec![codes.clone()], &shown(&other, 4), None)
        else {
            panic!("it does not fit the page");
        };
        assert!(file.warnings[0].contains("every value is a label code"), "{:?}", file.warnings);

        let FileNews::LabelsRead { outcome: Ok((mask, _)), .. } = load_labels(codes, &shown(&page(90), 4))
        else {
            panic!("asked for as labels");
        };
        assert_eq!(mask.composite_pixels(), CODES);
        let picture = put(folder.path(), "scan.png", &grey((0..12).map(|i| i * 20).collect()));
        assert!(matches!(
            open(vec![picture.clone()], &shown(&page(90), 4), None),
            FileNews::Opened { outcome: Ok(_), .. }
        ));
        let FileNews::LabelsRead { outcome: Err(message), .. } = load_labels(picture, &shown(&page(90), 4))
        else {
            panic!("no labels");
        };
        assert!(message.contains("scan.png"), "{message}");
    }

    #[test]
    fn a_folder_opens_as_one_and_a_boundary_of_tian_opens_its_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let tian = folder.path().join("tian");
        put(&tian, "bscans/Subject1_01.png", &grey((0..12).map(|i| i * 20).collect()));
        for k in 1..=8 {
            put(&tian, &format!("boundaries/Subject1_{k}.txt"), format!("{k}\n{k}\n").as_bytes());
        }
        let FileNews::Opened { outcome: Ok(file), .. } = open(vec![tian.clone()], &shown(&page(3), 1), None)
        else {
            panic!("a folder of Tian");
        };
        assert_eq!(file.editor.document().pages[0].scan.name, "tian_1_01");
        let boundary = tian.join("boundaries/Subject1_3.txt");
        let FileNews::Opened { path, outcome: Ok(file) } = open(vec![boundary], &shown(&page(3), 1), None)
        else {
            panic!("the folder of the boundary");
        };
        assert_eq!((path, file.editor.document().pages.len()), (tian, 1));
        assert!(file.warnings.iter().any(|note| note.starts_with("Subject1_3.txt")), "{:?}", file.warnings);
    }

    #[test]
    fn the_papers_classes_are_asked_about_when_they_are_loaded() {
        let folder = tempfile::tempdir().expect("a folder");
        let classes = put(folder.path(), "classes.png", &grey(vec![0, 0, 1, 1, 8, 8, 5, 5, 7, 7, 0, 0]));
        let FileNews::LabelsUnmapped { unmapped, .. } = load_labels(classes.clone(), &shown(&page(90), 1))
        else {
            panic!("not asked about");
        };
        assert!(unmapped.look_like_labels() && unmapped.as_scan.is_none());
        let FileNews::LabelsSuspected { suspected, .. } = open(vec![classes], &shown(&page(90), 1), None)
        else {
            panic!("opened, it may be labels");
        };
        assert_eq!(suspected.scheme, CodeScheme::Paper);
        assert_eq!(suspected.mask.composite(0, 5), 8);
        let white = put(folder.path(), "white.png", &grey([[0; 6], [255; 6]].concat()));
        let FileNews::LabelsUnmapped { unmapped, .. } = open(vec![white], &shown(&page(90), 1), None) else {
            panic!("white on black is asked about, not opened as a scan");
        };
        assert!(unmapped.as_scan.is_some(), "and may be a scan");
    }

    #[test]
    fn labels_of_another_code_dropped_with_their_scan_are_asked_about_once_it_is_shown() {
        let folder = tempfile::tempdir().expect("a folder");
        let scan = put(folder.path(), "scan.png", &grey((0..12).map(|i| i * 20).collect()));
        let white = put(folder.path(), "white.png", &grey([[0; 6], [255; 6]].concat()));
        for paths in [vec![scan.clone(), white.clone()], vec![white.clone(), scan.clone()]] {
            let FileNews::Opened { path, outcome: Ok(file) } = open(paths, &shown(&page(3), 7), None) else {
                panic!("no document");
            };
            assert_eq!((path, file.labels_to_ask_about), (scan.clone(), Some(white.clone())));
            assert!(file.warnings.is_empty(), "{:?}", file.warnings);
            assert_eq!(file.editor.document().pages[0].mask, Mask::unannotated(2, 6));
        }
    }

    #[test]
    fn labels_dropped_with_their_scan_go_onto_it_in_any_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let scan = put(folder.path(), "scan.png", &grey((0..12).map(|i| i * 20).collect()));
        let indexed = label_png::write(2, 6, &CODES, &[]).expect("a PNG");
        for labels in [grey(CODES.to_vec()), indexed] {
            let labels = put(folder.path(), "labels.png", &labels);
            for paths in [vec![scan.clone(), labels.clone()], vec![labels, scan.clone()]] {
                let FileNews::Opened { path, outcome: Ok(mut file) } = open(paths, &shown(&page(3), 7), None)
                else {
                    panic!("no document");
                };
                assert_eq!(path, scan);
                assert_eq!(file.editor.document().pages[0].mask.composite_pixels(), CODES);
                assert_eq!(file.editor.undo_name(), Some("labels from labels.png"));
                assert!(file.editor.has_unsaved_changes());
                file.editor.undo();
                assert_eq!(file.editor.document().pages[0].mask, Mask::unannotated(2, 6));
            }
        }
        let second = put(folder.path(), "second.png", &grey((0..12).map(|i| i * 9).collect()));
        let gone = folder.path().join("gone.png");
        let FileNews::Opened { outcome: Ok(file), .. } =
            open(vec![scan, second, gone], &shown(&page(3), 7), None)
        else {
            panic!("no document");
        };
        assert!(file.warnings[0].starts_with("second.png: left out"), "{:?}", file.warnings);
        assert!(file.warnings[1].contains("gone.png"), "{:?}", file.warnings);
    }
}
