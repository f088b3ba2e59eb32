//! One way in for everything a user opens or drops: what a file is, is told by its content, then by its
//! extension, and it becomes a document.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::folder::{self, FolderKind, FolderOptions};
use super::label_mapping::{LabelChoice, labels_of};
use super::label_png::{CodeScheme, Labels, PossibleLabels};
use super::scan_image::Pages;
use super::{
    FormatError, label_picture, label_png, read_document, read_file, retidiff, scan_image, scanned_area,
    tian, vol,
};
use crate::anatomy::{INTERFACE_COUNT, Interface, LABELS};
use crate::document::{Document, Page};
use crate::mask::Mask;
use crate::scan::{BScan, GreyImage, Volume};

/// Most pages that a folder is opened with.
const MAX_PAGES: usize = 1024;
/// Warnings that are passed on one by one; more are counted.
const MAX_WARNINGS: usize = 20;
/// More different greys than there are label codes make no label map.
const MOST_CODES: usize = LABELS.len() + 1;

/// What was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// The project's own document.
    Document,
    /// A plain image, taken as a scan.
    Image,
    /// A TIFF of several pages, taken as the B-scans of a volume.
    MultiPageTiff,
    /// A label map on its own: its page has a black scan.
    LabelMap,
    /// A Heidelberg raw export.
    Vol,
    /// A folder of scans.
    Folder(FolderKind),
    /// A folder with a manifest: an imported data set.
    DataSet,
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Document => "RetiDiff document",
            Self::Image => "image",
            Self::MultiPageTiff => "multi-page TIFF",
            Self::LabelMap => "label map",
            Self::Vol => "Heidelberg .vol",
            Self::DataSet => "imported data set",
            Self::Folder(FolderKind::Tian2015) => "folder of Tian 2015",
            Self::Folder(FolderKind::DukeDme) => "folder of Duke DME",
            Self::Folder(FolderKind::Pairs) => "folder of image and label pairs",
            Self::Folder(FolderKind::Oct2017) => "folder of OCT2017",
            Self::Folder(FolderKind::Images) => "folder of images",
        })
    }
}

/// A document with how it came about.
#[derive(Clone, Debug)]
pub struct Opened {
    pub document: Document,
    pub kind: FileKind,
    /// What the reader assumed, repaired or skipped.
    pub warnings: Vec<String>,
    /// What an image that was taken as a scan holds if it is a label map after all.
    pub possible_labels: Option<PossibleLabels>,
}

impl Opened {
    /// What was opened, and is nothing else.
    pub fn new(document: Document, kind: FileKind, warnings: Vec<String>) -> Self {
        Self { document, kind, warnings, possible_labels: None }
    }
}

/// Opens a file or a folder.
pub fn open(path: &Path) -> Result<Opened, FormatError> {
    if path.is_dir() {
        return open_folder(path);
    }
    open_bytes(&read_file(path)?, path)
}

/// Opens what was read from `path`, which serves for messages, names and the extension.
pub fn open_bytes(bytes: &[u8], path: &Path) -> Result<Opened, FormatError> {
    let name = file_name(path);
    let has_extension = |wanted: &str| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(wanted));
    if retidiff::looks_like_document(bytes) || has_extension("retidiff") {
        let (document, warnings) = read_document(bytes, &name)?;
        return Ok(Opened::new(document, FileKind::Document, warnings));
    }
    if vol::is_vol(bytes) || has_extension("vol") {
        return vol::read(bytes, &name).map(vol_document);
    }
    if label_png::is_label_png(bytes) {
        return open_label_map(bytes, name);
    }
    if !scan_image::is_image(bytes) {
        if has_extension("txt") {
            match tian::read_boundary(bytes, &name) {
                Ok(_) => return Err(lone_boundary(path)),
                Err(error) if bytes.is_empty() || tian::is_boundary_name(&name) => return Err(error),
                Err(_) => {}
            }
        }
        return Err(FormatError::malformed(
            &path.display().to_string(),
            "the first bytes",
            if bytes.is_empty() { "the file is empty" } else { "this is no kind of file that is known here" },
            "open a .retidiff document, a PNG, JPEG, TIFF or BMP image, a Heidelberg .vol or a folder of scans",
        ));
    }
    let Pages { images, mut warnings } = scan_image::read_pages(bytes, &name)?;
    let count = images.len();
    let mut b_scans: Vec<BScan> = Vec::with_capacity(count);
    let mut possible_labels = None;
    for (number, image) in (1..).zip(images) {
        if count == 1 && different_greys(&image) <= MOST_CODES {
            possible_labels = label_png::possible_labels(bytes, &name);
        }
        let title = if count == 1 { name.clone() } else { format!("{name} {number}/{count}") };
        let mut scan = BScan::from_image(image, title);
        scan.scanned_area = scanned_area::detect(&scan.image).map(Into::into);
        b_scans.push(scan);
    }
    if possible_labels.is_some() {
        warnings.push(format!(
            "{name}: every value is a label code; if this is a label map, drop it on its open scan, or choose \
             \"Load labels onto this B-scan\" there"
        ));
    }
    let kind = if count == 1 { FileKind::Image } else { FileKind::MultiPageTiff };
    let mut document = Document::from_volume(Volume { b_scans, b_scan_distance_um: None });
    document.name = name;
    Ok(Opened { possible_labels, ..Opened::new(document, kind, warnings) })
}

fn different_greys(image: &GreyImage) -> usize {
    let mut seen = [false; 256];
    image.pixels.iter().for_each(|&value| seen[usize::from(value)] = true);
    seen.iter().filter(|seen| **seen).count()
}

/// The folder of Tian 2015 in whose `boundaries/` a boundary file lies.
pub fn folder_of_boundary(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    let boundaries = path.parent().filter(|parent| parent.ends_with("boundaries"))?;
    let folder = boundaries.parent()?;
    let is_one = tian::is_boundary_name(&file_name(&path))
        && FolderKind::recognise(folder) == Some(FolderKind::Tian2015);
    is_one.then(|| folder.to_owned())
}

/// What to do with one of the eight files that hold the boundaries of a subject.
fn lone_boundary(path: &Path) -> FormatError {
    let remedy = match folder_of_boundary(path) {
        Some(folder) => format!("open the folder {}, which holds its scans, too", folder.display()),
        None => "open the folder that holds bscans/ and, with this file in it, boundaries/".to_owned(),
    };
    let problem = "this is one interface of a subject of Tian 2015, traced in all its B-scans, and no scan";
    FormatError::malformed(&path.display().to_string(), "the file", problem, remedy)
}

/// Reads a label map for an open page, as the user said its values are to be read. Its size must be the page's.
pub fn open_label_onto(
    path: &Path,
    page: &Page,
    choice: impl Into<LabelChoice>,
) -> Result<(Mask, Vec<String>), FormatError> {
    let name = file_name(path);
    let picture = label_picture::read(&read_file(path)?, &name)?;
    let size = [page.scan.width(), page.scan.height()];
    label_picture::check_size([picture.width, picture.height], size, &name)?;
    labels_onto(labels_of(&picture, &name, &choice.into())?, page, &name)
}

/// The mask that labels are on a page of their size; labels of lesions alone leave its layers as they are. `name`
/// is their file's name for messages. What is out of order in them is known before, by [`Labels::disorder`].
pub fn labels_onto(labels: Labels, page: &Page, name: &str) -> Result<(Mask, Vec<String>), FormatError> {
    let (width, height) = (page.scan.width(), page.scan.height());
    label_picture::check_size([labels.width, labels.height], [width, height], name)?;
    let (mut mask, warnings) = Mask::from_composite(width, height, &labels.codes);
    if labels.only_lesions {
        mask.layers = page.mask.layers.clone();
        return Ok((mask, labels.warnings));
    }
    let warnings = warnings.into_iter().map(|warning| format!("{name}: {warning}"));
    Ok((mask, labels.warnings.into_iter().chain(warnings).collect()))
}

fn open_label_map(bytes: &[u8], name: String) -> Result<Opened, FormatError> {
    let labels = label_png::read(bytes, &name, CodeScheme::Studio)?;
    let (mask, mut warnings) = Mask::from_composite(labels.width, labels.height, &labels.codes);
    warnings.splice(0..0, labels.warnings);
    let black = vec![0; labels.codes.len()];
    let scan = BScan::from_image(GreyImage::new(labels.width, labels.height, black), name);
    Ok(Opened::new(Document::from_scan(scan, mask), FileKind::LabelMap, warnings))
}

fn vol_document(file: vol::VolFile) -> Opened {
    let mut warnings = file.warnings;
    let mut document = Document::from_volume(file.volume);
    let mut traced = [false; INTERFACE_COUNT];
    let mut is_partial = false;
    for (page, interfaces) in document.pages.iter_mut().zip(&file.interfaces) {
        for x in 0..interfaces.width() as usize {
            let known = interfaces.rows.each_ref().map(|line| line[x].is_finite());
            is_partial |= known.contains(&true) && known.contains(&false);
            traced.iter_mut().zip(known).for_each(|(traced, known)| *traced |= known);
        }
        page.mask.layers = interfaces.rasterised(page.scan.height());
    }
    if is_partial {
        let names = Interface::ALL.iter().filter(|interface| traced[interface.index()]).map(|i| i.name());
        let names: Vec<&str> = names.collect();
        warnings.push(format!(
            "{}: the device traced {}; columns without all eight interfaces start unannotated",
            document.name,
            names.join(", ")
        ));
    }
    Opened::new(document, FileKind::Vol, warnings)
}

fn open_folder(path: &Path) -> Result<Opened, FormatError> {
    let name = file_name(path);
    let Some(kind) = FolderKind::recognise(path) else {
        return Err(FormatError::malformed(
            &path.display().to_string(),
            "the folder",
            "it holds no scans that are recognised",
            "expected images, or images/ + masks/, or bscans/ + boundaries/, or bscans/ + labels_grader1/",
        ));
    };
    let options = FolderOptions { unlabelled: kind == FolderKind::Images, ..FolderOptions::default() };
    let listing = folder::list(path, kind, &options)?;
    let mut warnings = listing.problems;
    if listing.items.len() > MAX_PAGES {
        warnings.push(format!(
            "{name}: {} scans, of which the first {MAX_PAGES} are opened",
            listing.items.len()
        ));
    }
    let mut pages = Vec::new();
    for item in listing.items.iter().take(MAX_PAGES) {
        match item.read() {
            Ok(read) => {
                warnings.extend(read.warnings);
                let (width, height) = (read.scan.width(), read.scan.height());
                let mask = match &read.labels {
                    Some(codes) => {
                        let (mask, notes) = Mask::from_composite(width, height, codes);
                        warnings.extend(notes.into_iter().map(|note| format!("{}: {note}", item.id)));
                        mask
                    }
                    None => Mask::unannotated(width, height),
                };
                let mut page = Page::new(read.scan, mask);
                page.second_grader = read.second_grader.map(|codes| {
                    let (mask, notes) = Mask::from_composite(width, height, &codes);
                    warnings.extend(notes.into_iter().map(|note| format!("{} (grader 2): {note}", item.id)));
                    Arc::new(mask)
                });
                pages.push(page);
            }
            Err(error) => warnings.push(format!("skipped: {error}")),
        }
    }
    let more = warnings.len().saturating_sub(MAX_WARNINGS);
    if pages.is_empty() {
        let problem = warnings.into_iter().next().unwrap_or_else(|| "it is empty".to_owned());
        let remedy = "none of its scans could be read";
        return Err(FormatError::malformed(&path.display().to_string(), "the folder", problem, remedy));
    }
    if more > 0 {
        warnings.truncate(MAX_WARNINGS);
        warnings.push(format!("and {more} more notes"));
    }
    let credit = kind.credit().map(str::to_owned);
    let labels = std::sync::Arc::default();
    let document = Document { pages, b_scan_distance_um: None, noise_seed: 1, credit, name, labels };
    Ok(Opened::new(document, FileKind::Folder(kind), warnings))
}

/// The last part of a path; the whole path where there is none.
fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
