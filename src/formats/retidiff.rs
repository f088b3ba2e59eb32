//! The document file `.retidiff`: a zip of B-scans, masks and syntheses (PNG) and a versioned JSON.
//!
//! Timestamps are fixed, so the same document gives the same bytes; any zip program and image viewer
//! can open what is inside, should this program ever be gone.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

pub use super::document_parts::DocumentError;
use super::document_parts::{
    DOCUMENT_JSON, DocumentPart, GraderPart, LocalizerPart, PagePart, PartSource, SynthesisPart, encode_grey,
    read_parts,
};
use super::format::{Format, Input};
use super::opened::{FileKind, Opened};
use crate::document::{Document, Page};
use crate::scan::GreyImage;

/// The usual ending of the file name.
pub const EXTENSION: &str = "retidiff";

/// Name of the picture of the fundus inside.
const LOCALIZER_PNG: &str = "localizer.png";

/// The program's own document.
pub(super) static FORMAT: Format = Format {
    name: "RetiDiff document",
    endings: &[EXTENSION],
    is_in_folders: false,
    recognises: looks_like_document,
    read: |Input { bytes, name, .. }| {
        let (document, warnings) = read_document(bytes, name)?;
        Ok(Opened::new(document, FileKind::Document, warnings))
    },
};

/// Bytes at the end of a zip in which its list of parts lies, but for those of very many parts.
const LIST_BYTES: usize = 1 << 20;

/// Whether bytes are a zip whose list names the part that every document has; [`read_document`] says whether it is one.
pub fn looks_like_document(bytes: &[u8]) -> bool {
    let list = &bytes[bytes.len().saturating_sub(LIST_BYTES)..];
    let part = DOCUMENT_JSON.as_bytes();
    bytes.starts_with(b"PK\x03\x04") && list.windows(part.len()).any(|found| found == part)
}

/// The document as the bytes of a `.retidiff` file. The same document gives the same bytes.
pub fn write_document(document: &Document) -> Vec<u8> {
    let mut archive = Archive::new();
    let pages = document.pages.iter().enumerate();
    let pages = pages.map(|(index, page)| write_page(&mut archive, index, page)).collect();
    let mut json = DocumentPart::of(document, pages);
    json.localizer = document.localizer.as_ref().map(|localizer| {
        let GreyImage { width, height, pixels } = &localizer.image;
        let png = encode_grey(*width, *height, pixels, png::Compression::Balanced);
        archive.add(LOCALIZER_PNG, &png, CompressionMethod::Stored);
        LocalizerPart::of(localizer, LOCALIZER_PNG.to_owned())
    });
    archive.add(DOCUMENT_JSON, &json.to_json(), CompressionMethod::Deflated);
    archive.finish()
}

/// Reads a `.retidiff` file; `name` is what messages call it. Warnings say what was left out.
///
/// # Errors
/// If the bytes are no document, one of a newer version, damaged, or larger than the program opens.
pub fn read_document(bytes: &[u8], name: &str) -> Result<(Document, Vec<String>), DocumentError> {
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| DocumentError::NotADocument {
        name: name.to_owned(),
        reason: format!("it is not a whole zip file ({error})"),
    })?;
    read_parts(&ZipParts { archive }, name)
}

fn write_page(archive: &mut Archive, index: usize, page: &Page) -> PagePart {
    let (width, height) = (page.scan.width(), page.scan.height());
    let mut add = |what: &str, pixels: &[u8]| {
        let part = format!("pages/{index:04}/{what}.png");
        // A PNG is compressed already.
        let png = encode_grey(width, height, pixels, png::Compression::Balanced);
        archive.add(&part, &png, CompressionMethod::Stored);
        part
    };
    let scan = &page.scan;
    PagePart {
        name: scan.name.clone(),
        width,
        height,
        spacing: scan.spacing,
        laterality: scan.laterality,
        fovea_column: scan.fovea_column,
        is_placeholder: scan.is_placeholder,
        scan: add("scan", &scan.image.pixels),
        scanned_area: scan.scanned_area.as_ref().map(|area| add("scanned_area", area)),
        layers: add("layers", &page.mask.layers.to_pixels()),
        lesions: add("lesions", &page.mask.lesions.to_pixels()),
        synthesis: page
            .synthesis
            .as_ref()
            .map(|synthesis| SynthesisPart::of(synthesis, add("synthesis", &synthesis.image.pixels))),
        second_grader: page.second_grader.as_ref().map(|mask| GraderPart {
            layers: add("grader2_layers", &mask.layers.to_pixels()),
            lesions: add("grader2_lesions", &mask.lesions.to_pixels()),
        }),
        label_origin: page.label_origin,
        appearance: page.appearance.clone(),
    }
}

/// A zip being written to memory, which cannot fail.
pub(super) struct Archive {
    writer: ZipWriter<Cursor<Vec<u8>>>,
}

impl Archive {
    pub fn new() -> Self {
        Self { writer: ZipWriter::new(Cursor::new(Vec::new())) }
    }

    pub fn add(&mut self, part: &str, bytes: &[u8], method: CompressionMethod) {
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        self.writer.start_file(part, options).expect("a part's name is short and new");
        self.writer.write_all(bytes).expect("memory takes every byte");
    }

    pub fn finish(self) -> Vec<u8> {
        self.writer.finish().expect("memory takes every byte").into_inner()
    }
}

struct ZipParts<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
}

impl PartSource for ZipParts<'_> {
    fn read(&self, part: &str, limit: u64) -> Result<Vec<u8>, String> {
        // A clone shares the directory; several threads read at once.
        let mut archive = self.archive.clone();
        let file = archive.by_name(part).map_err(|error| format!("{part}: {error}"))?;
        let mut bytes = Vec::new();
        file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        if bytes.len() as u64 > limit {
            return Err(format!("{part} is longer than the {limit} bytes it may have"));
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::Mask;
    use crate::scan::BScan;

    fn document() -> Document {
        let scan = BScan::from_image(GreyImage::new(9, 5, vec![7; 45]), "small");
        Document::from_scan(scan, Mask::unannotated(9, 5))
    }

    fn with_json(edit: impl Fn(String) -> String) -> Vec<u8> {
        let bytes = write_document(&document());
        let mut parts = ZipArchive::new(Cursor::new(&bytes[..])).expect("a zip");
        let mut archive = Archive::new();
        for index in 0..parts.len() {
            let mut file = parts.by_index(index).expect("a part");
            let name = file.name().to_owned();
            let mut content = Vec::new();
            file.read_to_end(&mut content).expect("readable");
            if name == DOCUMENT_JSON {
                content = edit(String::from_utf8(content).expect("JSON is UTF-8")).into_bytes();
            }
            archive.add(&name, &content, CompressionMethod::Stored);
        }
        archive.finish()
    }

    fn message(bytes: &[u8]) -> String {
        read_document(bytes, "x.retidiff").map(|_| ()).expect_err("refused").to_string()
    }

    #[test]
    fn a_newer_version_is_refused_with_its_number_and_the_remedy() {
        let text = message(&with_json(|json| json.replace("\"version\": 2", "\"version\": 7, \"x\": {}")));
        assert!(
            text.contains("x.retidiff") && text.contains("version 7") && text.contains("update"),
            "{text}"
        );
    }

    #[test]
    fn a_page_of_before_without_a_scan_is_known_and_a_dark_scan_is_one() {
        let of_before = "New eye (no real scan)";
        for (name, grey, is_placeholder) in
            [(of_before, 14, true), (of_before, 15, false), ("dark", 14, false)]
        {
            let scan = BScan::from_image(GreyImage::new(9, 5, vec![grey; 45]), name);
            let bytes = write_document(&Document::from_scan(scan, Mask::unannotated(9, 5)));
            let (read, _) = read_document(&bytes, "x").expect("readable");
            assert_eq!(read.pages[0].scan.is_placeholder, is_placeholder, "{name}, {grey}");
        }
    }

    #[test]
    fn sizes_are_checked_before_pixels_are_made() {
        for (from, to) in [
            ("\"width\": 9", "\"width\": 4000000000"),
            ("\"width\": 9", "\"width\": 0"),
            ("\"width\": 9", "\"width\": 8"),
            ("\"height\": 5", "\"height\": 8192"),
            ("\"pages\": [", "\"pages\": [], \"_\": ["),
            ("layers.png", "nothing.png"),
            ("layers.png", "../../etc/passwd"),
        ] {
            let text = message(&with_json(|json| json.replace(from, to)));
            assert!(text.contains("x.retidiff"), "{text}");
        }
    }

    #[test]
    fn implausible_lengths_are_dropped_with_a_warning() {
        let spacing = "\"spacing\": {\"axial_um_per_px\": -1, \"lateral_um_per_px\": 11}";
        let bytes = with_json(|json| {
            json.replace("\"spacing\": null", spacing)
                .replace("\"b_scan_distance_um\": null", "\"b_scan_distance_um\": -3")
        });
        let (read, warnings) = read_document(&bytes, "x").expect("readable");
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        assert_eq!(read, document());
    }

    #[test]
    fn other_files_are_not_documents() {
        for bytes in [&b""[..], b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", &[0; 5000]] {
            assert!(message(bytes).contains("not a RetiDiff document"));
        }
        let mut archive = Archive::new();
        archive.add("readme.txt", b"hello", CompressionMethod::Stored);
        assert!(message(&archive.finish()).contains("not a RetiDiff document"));
    }
}
