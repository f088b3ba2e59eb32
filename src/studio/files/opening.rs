//! What becomes of files that are opened or dropped: a document in place of the one shown, or labels for the
//! page shown. An image that may be either is asked about, and nothing takes the scan's place unasked.

use std::path::{Path, PathBuf};

use super::{FileNews, OpenedFile, with_history};
use crate::anatomy::UNANNOTATED;
use crate::dataset;
use crate::document::{Command, Document, Editor, Page};
use crate::formats::label_mapping::{LabelChoice, labels_of};
use crate::formats::label_png::CodeScheme;
use crate::formats::open::{self, FileKind, Opened};
use crate::formats::{FormatError, label_picture};
use crate::mask::Mask;
use crate::studio::editor::session::Session;
use crate::studio::label_mapping::AskedLabels;
use crate::studio::shell::action::Action;
use crate::studio::shell::app::Studio;
use crate::studio::shell::notices::Severity;
use crate::studio::stage::CasesAction;
use crate::studio::stage::quiz::is_quiz_page;
use crate::studio::texts::text;

/// Labels that an image may be.
pub struct SuspectedLabels {
    pub mask: Mask,
    /// What the reader assumed and repaired.
    pub warnings: Vec<String>,
    /// What its codes were taken for.
    pub scheme: CodeScheme,
    /// The labels it holds, as composite codes.
    pub codes: Vec<u8>,
    /// The same file as a scan.
    pub as_scan: OpenedFile,
}

/// What is shown while a file is read, and may get its labels.
#[derive(Clone)]
pub struct Shown {
    pub document: Document,
    /// Index of the page shown.
    pub page: usize,
    /// Of the page shown.
    pub view_number: u64,
}

impl Shown {
    /// The page shown.
    pub fn page(&self) -> &Page {
        &self.document.pages[self.page]
    }

    /// The pages that so many label pictures belong to: the one shown, or all of a volume.
    pub fn pages_of(&self, pictures: usize) -> Option<std::ops::Range<usize>> {
        match pictures {
            1 => Some(self.page..self.page + 1),
            _ if pictures == self.document.pages.len() => Some(0..pictures),
            _ => None,
        }
    }

    /// Whether another document could be the labels of the page shown, or of all pages, by its size.
    fn fits(&self, other: &Document) -> bool {
        let size = |page: &Page| (page.mask.width(), page.mask.height());
        let pages = self.pages_of(other.pages.len()).map(|range| &self.document.pages[range]);
        pages.is_some_and(|pages| pages.iter().zip(&other.pages).all(|(own, of)| size(own) == size(of)))
    }
}

/// An image the window asks about.
pub struct LabelQuestion {
    pub path: PathBuf,
    /// Of the page it was read for.
    view_number: u64,
    pub suspected: SuspectedLabels,
}

/// What the user says to a [`LabelQuestion`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelAnswer {
    Load,
    OpenAsScan,
    Cancel,
}

impl SuspectedLabels {
    fn of(read: (Mask, Vec<String>), scheme: CodeScheme, as_scan: OpenedFile) -> Self {
        let (mask, warnings) = read;
        let mut seen = [false; 256];
        mask.composite_pixels().into_iter().for_each(|code| seen[usize::from(code)] = true);
        let codes = (0..UNANNOTATED).filter(|code| seen[usize::from(*code)]).collect();
        Self { mask, warnings, scheme, codes, as_scan }
    }
}

/// Reads what was opened, or let go over the window together. A label image of the size of the page shown becomes
/// labels for it; dropped together with a scan, it becomes the labels of that scan.
pub(in crate::studio) fn open(mut paths: Vec<PathBuf>, shown: &Shown, histories: Option<&Path>) -> FileNews {
    if paths.len() > 1 {
        return open_together(paths, shown, histories);
    }
    let Some(path) = paths.pop() else { return FileNews::Done };
    if let Some(folder) = open::folder_of_boundary(&path) {
        let note = text!("open-folder-of-boundary", file = %name_of(&path));
        let event = opened(folder.clone(), dataset::open(&folder), histories);
        return with_notes(event, vec![note]);
    }
    match dataset::open(&path) {
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
    match AskedLabels::new(pictures, shown, &name) {
        Ok(asked) => FileNews::LabelsAsked { path, view_number, asked: Box::new(asked) },
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
        let Some(asked) = foreign_labels(&path, &found, shown) else {
            return opened(path, Ok(found), histories);
        };
        found.warnings.clear();
        let asked = AskedLabels { as_scan: Some(with_history(found, histories)), ..asked };
        return FileNews::LabelsAsked { path, view_number, asked: Box::new(asked) };
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
fn foreign_labels(path: &Path, found: &Opened, shown: &Shown) -> Option<AskedLabels> {
    let may_be_labels = matches!(found.kind, FileKind::Image | FileKind::Nifti | FileKind::MetaImage);
    let pictures = may_be_labels.then(|| open::label_pictures(path).ok())??;
    AskedLabels::new(pictures, shown, &name_of(path)).ok().filter(AskedLabels::look_like_labels)
}

/// The scan among the files is opened; labels among them go onto it, or onto `page` where no scan is among them.
fn open_together(paths: Vec<PathBuf>, shown: &Shown, histories: Option<&Path>) -> FileNews {
    let (mut scans, mut maps, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for path in paths {
        match dataset::open(&path) {
            Ok(found) if found.kind == FileKind::LabelMap || found.possible_labels.is_some() => {
                maps.push((path, found));
            }
            Ok(found) => scans.push((path, found)),
            Err(error) => errors.push(error.to_string()),
        }
    }
    let left_out = |path: &Path, why: &str| text!("open-left-out", file = %name_of(path), %why);
    let mut notes: Vec<String> =
        scans.iter().skip(1).map(|(path, _)| left_out(path, text!("open-one-document"))).collect();
    let (mut scans, mut maps) = (scans.into_iter(), maps.into_iter());
    let Some((path, found)) = scans.next() else {
        let Some((path, found)) = maps.next() else { return FileNews::Failed(errors.join("\n")) };
        notes.extend(maps.map(|(path, _)| left_out(&path, text!("open-one-set"))));
        notes.extend(errors);
        let event = become_labels_or_document(path, found, shown, histories);
        return with_notes(event, notes);
    };
    let mut file = with_history(found, histories);
    let mut has_labels = false;
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
        FileNews::LabelsAsked { asked, .. } => asked.notes.extend(notes),
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

impl Studio {
    /// Reads files that were opened or dropped.
    pub(in crate::studio) fn open_paths(&mut self, paths: Vec<PathBuf>) {
        if paths.iter().all(|path| is_quiz_page(path)) && !paths.is_empty() {
            self.perform(Action::Cases(CasesAction::PlayFiles(paths)));
            return;
        }
        let shown = self.shown();
        let outcome = self.documents.files.open(self.documents.flow.document(), paths, shown);
        self.report(outcome);
    }

    /// Reads a file as labels for the page shown.
    pub(in crate::studio) fn load_labels_from(&mut self, path: PathBuf) {
        let shown = self.shown();
        let outcome = self.documents.files.load_labels(self.documents.flow.document(), path, shown);
        self.report(outcome);
    }

    fn shown(&self) -> Shown {
        Shown {
            document: self.session.editor.document().clone(),
            page: self.session.page_index(),
            view_number: self.session.view_number(),
        }
    }

    /// Puts labels onto the page they were read for, if it is still shown.
    pub(in crate::studio) fn put_labels(
        &mut self,
        path: &Path,
        view_number: u64,
        (mask, warnings): (Mask, Vec<String>),
    ) {
        if view_number != self.session.view_number() {
            self.complain_of_another_b_scan(path);
            return;
        }
        self.with_tools(|tools, bench| tools.release(bench));
        self.replace_mask(mask, step_name(path));
        self.warn(warnings);
    }

    /// Labels came when another B-scan was shown than the one they were read for.
    pub(in crate::studio) fn complain_of_another_b_scan(&mut self, path: &Path) {
        let text = text!("open-another-b-scan", file = %name_of(path));
        self.chrome.notices.add(Severity::Warning, text);
    }

    /// Asks what an image is.
    pub(in crate::studio) fn ask_about_labels(
        &mut self,
        path: PathBuf,
        view_number: u64,
        suspected: SuspectedLabels,
    ) {
        self.documents.label_questions.push(LabelQuestion { path, view_number, suspected });
    }

    /// Does what the user said to the oldest question.
    pub(in crate::studio) fn answer_about_labels(&mut self, answer: LabelAnswer) {
        if self.documents.label_questions.is_empty() {
            return;
        }
        let LabelQuestion { path, view_number, suspected } = self.documents.label_questions.remove(0);
        match answer {
            LabelAnswer::Load => self.put_labels(&path, view_number, (suspected.mask, suspected.warnings)),
            LabelAnswer::OpenAsScan => self.show_opened(path, suspected.as_scan),
            LabelAnswer::Cancel => {}
        }
    }

    /// Shows a file in place of the document shown.
    pub(in crate::studio) fn show_opened(&mut self, path: PathBuf, file: OpenedFile) {
        let is_document = file.kind == FileKind::Document;
        self.chrome.preferences.remember(&path);
        let mut session = Session::of(file.editor, is_document.then(|| path.clone()));
        session.opened_from = Some(path);
        self.show_instead(session, file.warnings);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{label_png, scan_image, write_file};
    use crate::scan::{BScan, GreyImage};

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
        let FileNews::LabelsAsked { asked, .. } = load_labels(classes.clone(), &shown(&page(90), 1)) else {
            panic!("not asked about");
        };
        assert!(asked.look_like_labels() && asked.as_scan.is_none());
        let FileNews::LabelsSuspected { suspected, .. } = open(vec![classes], &shown(&page(90), 1), None)
        else {
            panic!("opened, it may be labels");
        };
        assert_eq!(suspected.scheme, CodeScheme::Paper);
        assert_eq!(suspected.mask.composite(0, 5), 8);
        let white = put(folder.path(), "white.png", &grey([[0; 6], [255; 6]].concat()));
        let FileNews::LabelsAsked { asked, .. } = open(vec![white], &shown(&page(90), 1), None) else {
            panic!("white on black is asked about, not opened as a scan");
        };
        assert!(asked.as_scan.is_some(), "and may be a scan");
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
