//! The undo history on disk: it survives a restart.
//!
//! Two places hold it, in one coding. A saved document has a file in the history folder of this program,
//! named by the [`fingerprint`] of the document, so that it is found again wherever the document was
//! moved, and never applied to another one. A journal session has a log to which each new step is
//! appended once.
//!
//! File: magic, version, fingerprint, number of undo and of redo steps, one record a step, the SHA-256 of
//! all that. Record: length, bytes. All numbers are little-endian.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::atomic::write_atomically;
use super::document_parts::{decode_grey, encode_grey};
use super::provenance::hexadecimal;
use crate::anatomy;
use crate::document::{
    Appearance, Beside, BesidePages, Document, HistorySnapshot, KeptSynthesis, LabelLook, LabelTable,
    PageDelta, Thumbnail, UndoStep,
};
use crate::mask::{Mask, Plane, PlaneDelta};
use crate::scan::{Calibration, GreyImage, Spacing};

const MAGIC: &[u8; 16] = b"RetiDiff undo\r\n\x1a";
/// The version this program writes, and the only one it reads: an undo history is not worth more.
const VERSION: u32 = 4;
const EXTENSION: &str = "undo";
/// A history never holds more than this; a file that does is not read.
const LARGEST_FILE_BYTES: u64 = 512 << 20;
/// The oldest files go when all together are larger.
const FOLDER_LIMIT_BYTES: u64 = 1 << 30;
const LONGEST_NAME_BYTES: usize = 4096;

/// Why a history cannot be used. The document is not concerned.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum HistoryError {
    #[error("the undo history {path} cannot be read: {source}. The document is not concerned")]
    Io { path: String, source: io::Error },
    #[error("the undo history {path} is damaged ({reason}) and was left out. The document is not concerned")]
    Damaged { path: String, reason: String },
    #[error(
        "the undo history {path} was written by another version of this program and was left out. The \
         document is not concerned"
    )]
    OtherVersion { path: String },
}

/// What a document is known by: the SHA-256 of everything a history depends on. Names and places of files
/// are not among it, and neither is which labels are shown.
pub fn fingerprint(document: &Document) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(document.noise_seed.to_le_bytes());
    for look in document.labels.looks() {
        hash.update((look.name.len() as u32).to_le_bytes());
        hash.update(&look.name);
        hash.update(look.color);
    }
    hash.update((document.pages.len() as u32).to_le_bytes());
    let mask = |hash: &mut Sha256, mask: &Mask| {
        hash.update(mask.layers.to_pixels());
        hash.update(mask.lesions.to_pixels());
    };
    for page in &document.pages {
        hash.update(page.scan.width().to_le_bytes());
        hash.update(page.scan.height().to_le_bytes());
        hash.update(&page.scan.image.pixels[..]);
        mask(&mut hash, &page.mask);
        hash.update([u8::from(page.synthesis.is_some()), u8::from(page.second_grader.is_some())]);
        if let Some(synthesis) = &page.synthesis {
            hash.update(&synthesis.image.pixels[..]);
        }
        if let Some(grader) = &page.second_grader {
            mask(&mut hash, grader);
        }
    }
    hash.finalize().into()
}

/// The file of a document's history in the history folder.
pub fn file_of(folder: &Path, fingerprint: &[u8; 32]) -> PathBuf {
    folder.join(hexadecimal(&fingerprint[..16])).with_extension(EXTENSION)
}

/// Keeps the history of a document beside what was saved. An empty history removes what was kept.
///
/// # Errors
/// If the folder cannot be written.
pub fn keep(folder: &Path, document: &Document, history: &HistorySnapshot) -> io::Result<()> {
    let fingerprint = fingerprint(document);
    let path = file_of(folder, &fingerprint);
    if history.is_empty() {
        return match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    fs::create_dir_all(folder)?;
    write_atomically(&path, &write(history, &fingerprint))?;
    forget_oldest(folder, &path);
    Ok(())
}

/// The history that was kept of a document; `None` if there is none.
///
/// # Errors
/// If there is one that cannot be used; the message says so to the user.
pub fn find(folder: &Path, document: &Document) -> Result<Option<HistorySnapshot>, HistoryError> {
    let fingerprint = fingerprint(document);
    let path = file_of(folder, &fingerprint);
    let shown = path.display().to_string();
    let bytes = match read_limited(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(HistoryError::Io { path: shown, source }),
    };
    read(&bytes, &fingerprint, document, &shown).map(Some)
}

/// A file as far as it may be long.
pub(super) fn read_limited(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(LARGEST_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_FILE_BYTES {
        return Err(io::Error::other(format!("it is longer than {LARGEST_FILE_BYTES} bytes")));
    }
    Ok(bytes)
}

/// Removes the histories that were written longest ago while all of them take too much room. A file that
/// cannot be removed wastes space and does no other harm.
fn forget_oldest(folder: &Path, newest: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == EXTENSION))
        .filter_map(|entry| {
            let data = entry.metadata().ok()?;
            Some((data.modified().ok()?, data.len(), entry.path()))
        })
        .collect();
    files.sort();
    let mut total: u64 = files.iter().map(|(_, length, _)| length).sum();
    for (_, length, path) in files {
        if total <= FOLDER_LIMIT_BYTES || path == newest {
            break;
        }
        let _ = fs::remove_file(path);
        total -= length;
    }
}

/// The bytes of a history file.
fn write(history: &HistorySnapshot, fingerprint: &[u8; 32]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(VERSION.to_le_bytes());
    bytes.extend(fingerprint);
    bytes.extend((history.undo.len() as u32).to_le_bytes());
    bytes.extend((history.redo.len() as u32).to_le_bytes());
    for step in history.undo.iter().chain(&history.redo) {
        let record = write_step(step);
        bytes.extend((record.len() as u32).to_le_bytes());
        bytes.extend(record);
    }
    let check = Sha256::digest(&bytes);
    bytes.extend(check);
    bytes
}

fn read(
    bytes: &[u8],
    fingerprint: &[u8; 32],
    document: &Document,
    path: &str,
) -> Result<HistorySnapshot, HistoryError> {
    let damaged = |reason: &str| HistoryError::Damaged { path: path.to_owned(), reason: reason.to_owned() };
    let mut input = Input { bytes };
    if input.take(MAGIC.len()) != Some(MAGIC) {
        return Err(damaged("it is no undo history"));
    }
    if input.u32() != Some(VERSION) {
        return Err(HistoryError::OtherVersion { path: path.to_owned() });
    }
    let body = bytes.len().checked_sub(32).ok_or_else(|| damaged("it ends early"))?;
    if Sha256::digest(&bytes[..body])[..] != bytes[body..] {
        return Err(damaged("its check sum is wrong"));
    }
    let counts = |input: &mut Input<'_>| {
        let own = input.take(32)? == fingerprint;
        own.then_some((input.u32()?, input.u32()?))
    };
    let (undo, redo) = counts(&mut input).ok_or_else(|| damaged("it belongs to another document"))?;
    let mut steps = |count: u32| -> Option<Vec<Arc<UndoStep>>> {
        (0..count)
            .map(|_| {
                let length = input.u32()? as usize;
                read_step(input.take(length)?, document).map(Arc::new)
            })
            .collect()
    };
    let history = steps(undo).zip(steps(redo)).map(|(undo, redo)| HistorySnapshot { undo, redo });
    history.ok_or_else(|| damaged("a step does not fit the document"))
}

/// The scalar part of a synthesis.
#[derive(Serialize, Deserialize)]
struct SynthesisFacts {
    model: String,
    model_sha256: String,
    seed: u64,
    steps: u32,
    sampler: String,
    /// Drafts were kept once; programs of then ask for it.
    #[serde(default)]
    draft: bool,
}

/// The bytes of one step.
pub(super) fn write_step(step: &UndoStep) -> Vec<u8> {
    let mut bytes = Vec::new();
    let part = |bytes: &mut Vec<u8>, part: &[u8]| {
        bytes.extend((part.len() as u32).to_le_bytes());
        bytes.extend(part);
    };
    part(&mut bytes, step.name.as_bytes());
    bytes.extend(step.beside_pages.noise_seed.to_le_bytes());
    bytes.extend(step.beside_pages.b_scan_distance_um.unwrap_or(f32::NAN).to_le_bytes());
    let looks = serde_json::to_vec(step.beside_pages.labels.looks()).expect("names and colours become JSON");
    part(&mut bytes, &looks);
    part(&mut bytes, step.thumbnail.as_ref().map_or(&[], Thumbnail::codes));
    bytes.extend((step.pages.len() as u32).to_le_bytes());
    for delta in &step.pages {
        bytes.extend((delta.page as u32).to_le_bytes());
        for plane in [&delta.layers, &delta.lesions] {
            let runs = plane.runs();
            bytes.extend((runs.len() as u32).to_le_bytes());
            for (index, runs) in runs {
                bytes.extend(index.to_le_bytes());
                part(&mut bytes, &runs);
            }
        }
        bytes.push(u8::from(delta.beside.is_some()));
        if let Some(beside) = &delta.beside {
            write_beside(&mut bytes, beside);
        }
    }
    bytes
}

fn write_beside(bytes: &mut Vec<u8>, beside: &Beside) {
    let mut part = |part: &[u8]| {
        bytes.extend((part.len() as u32).to_le_bytes());
        bytes.extend(part);
    };
    part(&serde_json::to_vec(&beside.calibration).expect("numbers and names become JSON"));
    part(&serde_json::to_vec(&beside.label_origin).expect("a name becomes JSON"));
    part(&serde_json::to_vec(&beside.appearance).expect("numbers become JSON"));
    // An empty part stands for nothing.
    match &beside.synthesis {
        None => part(&[]),
        Some(synthesis) => {
            let facts = SynthesisFacts {
                model: synthesis.model.clone(),
                model_sha256: synthesis.model_sha256.clone(),
                seed: synthesis.seed,
                steps: synthesis.steps,
                sampler: synthesis.sampler.clone(),
                draft: false,
            };
            part(&serde_json::to_vec(&facts).expect("strings and numbers become JSON"));
            let image = &synthesis.image;
            part(&encode_grey(image.width, image.height, &image.pixels, png::Compression::Fast));
        }
    }
    match &beside.second_grader {
        None => part(&[]),
        Some(mask) => {
            for plane in [&mask.layers, &mask.lesions] {
                let (width, height) = (plane.width(), plane.height());
                part(&encode_grey(width, height, &plane.to_pixels(), png::Compression::Fast));
            }
        }
    }
}

/// A step that fits the document; `None` if the bytes are none.
pub(super) fn read_step(bytes: &[u8], document: &Document) -> Option<UndoStep> {
    let mut input = Input { bytes };
    let name = input.part().filter(|name| name.len() <= LONGEST_NAME_BYTES)?;
    let name = String::from_utf8(name.to_vec()).ok()?;
    let noise_seed = input.u64()?;
    let distance = f32::from_le_bytes(input.take(4)?.try_into().ok()?);
    let b_scan_distance_um = Some(distance).filter(|um| um.is_finite() && *um > 0.0);
    let looks: Vec<LabelLook> = serde_json::from_slice(input.part()?).ok()?;
    let codes = input.part()?;
    let thumbnail = Thumbnail::from_codes(codes.to_vec());
    let mut pages = Vec::new();
    for _ in 0..input.u32()? {
        pages.push(read_page(&mut input, document)?);
    }
    let labels = Arc::new(LabelTable::from_looks(looks));
    input.bytes.is_empty().then(|| {
        UndoStep::kept(name, pages, BesidePages { noise_seed, labels, b_scan_distance_um }, thumbnail)
    })
}

fn read_page(input: &mut Input<'_>, document: &Document) -> Option<PageDelta> {
    let page = input.u32()? as usize;
    let mask = &document.pages.get(page)?.mask;
    let layers = read_delta(input, &mask.layers, anatomy::is_layer_plane_code)?;
    let is_lesion = |code: u8| code as usize <= anatomy::Lesion::ALL.len();
    let lesions = read_delta(input, &mask.lesions, is_lesion)?;
    let beside = match input.take(1)? {
        [0] => None,
        [1] => Some(read_beside(input, mask.width(), mask.height())?),
        _ => return None,
    };
    Some(PageDelta { page, layers, lesions, beside })
}

fn read_delta(input: &mut Input<'_>, plane: &Plane, is_code: impl Fn(u8) -> bool) -> Option<PlaneDelta> {
    let mut runs = Vec::new();
    for _ in 0..input.u32()? {
        runs.push((input.u32()?, input.part()?.into()));
    }
    PlaneDelta::from_runs(plane, runs, is_code)
}

fn read_beside(input: &mut Input<'_>, width: u32, height: u32) -> Option<Beside> {
    let calibration: Calibration = serde_json::from_slice(input.part()?).ok()?;
    let plausible = |s: Spacing| Spacing::checked(s.axial_um_per_px, s.lateral_um_per_px).is_some();
    let calibration = Some(calibration).filter(|known| known.spacing.is_none_or(plausible))?;
    let label_origin = serde_json::from_slice(input.part()?).ok()?;
    let appearance: Arc<Appearance> = serde_json::from_slice(input.part()?).ok()?;
    let appearance = Some(appearance).filter(|appearance| appearance.fits(width))?;
    let facts = input.part()?;
    let synthesis = if facts.is_empty() {
        None
    } else {
        let facts: SynthesisFacts = serde_json::from_slice(facts).ok()?;
        let pixels = decode_grey(input.part()?, width, height).ok()?;
        Some(Arc::new(KeptSynthesis {
            image: GreyImage::new(width, height, pixels),
            model: facts.model,
            model_sha256: facts.model_sha256,
            seed: facts.seed,
            steps: facts.steps,
            sampler: facts.sampler,
        }))
    };
    let layers = input.part()?;
    let second_grader = if layers.is_empty() {
        None
    } else {
        let plane = |bytes: &[u8]| {
            decode_grey(bytes, width, height).ok().map(|pixels| Plane::from_pixels(width, height, &pixels))
        };
        let mask = Mask { layers: plane(layers)?, lesions: plane(input.part()?)? };
        Some(Arc::new(Some(mask).filter(Mask::is_valid)?))
    };
    Some(Beside { synthesis, second_grader, calibration, label_origin, appearance })
}

/// Bytes that are read from the front; every length is checked against what is there.
struct Input<'a> {
    bytes: &'a [u8],
}

impl<'a> Input<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take(8)?.try_into().ok().map(u64::from_le_bytes)
    }

    fn part(&mut self) -> Option<&'a [u8]> {
        let length = self.u32()? as usize;
        self.take(length)
    }
}
