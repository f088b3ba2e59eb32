//! Every reader against truncated, flipped and lying input: an error or a value, never a panic, and never
//! an allocation that the size of the file does not justify.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use retidiff::cases::Frame;
use retidiff::cases::quiz::{Answer, QuestionFacts, QuizQuestion};
use retidiff::dataset::manifest;
use retidiff::document::Document;
use retidiff::formats::case_file::{CaseContent, CaseFile, CasePicture};
use retidiff::formats::label_mapping::{LabelChoice, read_labels};
use retidiff::formats::label_png::CodeScheme;
use retidiff::formats::quiz_page::{self, QuizCase};
use retidiff::formats::{duke, label_png, open, read_document, scan_image, tian, vol, write_document};
use retidiff::scan::{Laterality, Spacing};

use crate::fixtures::{self, Numbers};
use crate::volumes::{Stored, Way};

/// Notes the largest single allocation of each thread, and what the thread holds at most.
struct Watching;

thread_local! {
    static LARGEST: Cell<usize> = const { Cell::new(0) };
    /// Bytes that are held now and that were held at most since the thread began to be watched. What other threads
    /// free for this one is not seen, so the figures are those of work that stays on one thread.
    static HELD: Cell<[isize; 2]> = const { Cell::new([0; 2]) };
}

fn note(bytes: usize) {
    // During a thread's end the cells are gone; nothing is measured then.
    let _ = LARGEST.try_with(|largest| largest.set(largest.get().max(bytes)));
    hold(bytes as isize);
}

fn hold(bytes: isize) {
    let _ = HELD.try_with(|held| {
        let [now, most] = held.get();
        held.set([now + bytes, most.max(now + bytes)]);
    });
}

// SAFETY: every call is passed on to the system's allocator unchanged; noting a number allocates nothing.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both may be there while the bytes are moved.
        note(size);
        hold(-(layout.size() as isize));
        unsafe { System.realloc(old, layout, size) }
    }
    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        hold(-(layout.size() as isize));
        unsafe { System.dealloc(old, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

/// Largest single allocation that an input of some kilobytes may cause: its pixels at the greatest
/// compression in use, and the tables of the decoders.
const ALLOWED_BYTES: usize = 24 << 20;
const FLIPS: usize = 1500;
pub const NAME: &str = "input.bin";

pub type Reader = fn(&[u8]) -> Result<(), String>;

pub struct Format {
    pub name: &'static str,
    pub valid: Vec<u8>,
    pub read: Reader,
    /// Whether every truncation must be an error (not so for text, where a line may be missing).
    pub must_be_whole: bool,
}

pub fn formats() -> Vec<Format> {
    let scan: Reader = |bytes| scan_image::read(bytes, NAME).map(drop).map_err(|e| e.to_string());
    let labels: Reader =
        |bytes| label_png::read(bytes, NAME, CodeScheme::Studio).map(drop).map_err(|e| e.to_string());
    let paper: Reader =
        |bytes| label_png::read(bytes, NAME, CodeScheme::Paper).map(drop).map_err(|e| e.to_string());
    let document = Document::from_scan(
        open::open_bytes(&fixtures::grey_png(30, 20), Path::new("a.png")).unwrap().document.pages[0]
            .scan
            .as_ref()
            .clone(),
        retidiff::mask::Mask::from_composite(30, 20, &fixtures::codes(30, 20)).0,
    );
    let image = |format| fixtures::encoded(30, 20, format);
    let whole = |name, valid, read| Format { name, valid, read, must_be_whole: true };
    let text = |name, valid: &[u8], read| Format { name, valid: valid.to_vec(), read, must_be_whole: false };
    let anything: Reader =
        |bytes| open::open_bytes(bytes, Path::new(NAME)).map(drop).map_err(|e| e.to_string());
    let compressed = Way { is_compressed: true, ..Way::plain() };
    let wide = Way { stored: Stored::F32, is_big: true, is_second: true, ..Way::plain() };
    vec![
        whole("NIfTI", Way::plain().nifti(), anything),
        whole("NIfTI-2 of floating-point numbers, big-endian", wide.nifti(), anything),
        // The end of a gzip holds its checksum, which is not looked at.
        text("NIfTI in gzip", &compressed.nifti(), anything),
        whole("MetaImage", Way { stored: Stored::U16, ..Way::plain() }.metaimage(), anything),
        text("compressed MetaImage", &compressed.metaimage(), anything),
        whole("BigTIFF of floating-point numbers", wide.tiff(), anything),
        whole(
            "TIFF of 16 bits, compressed",
            Way { stored: Stored::U16, ..compressed.clone() }.tiff(),
            anything,
        ),
        whole("PNG scan", fixtures::grey_png(30, 20), scan),
        whole("JPEG scan", image(image::ImageFormat::Jpeg), scan),
        whole("BMP scan", image(image::ImageFormat::Bmp), scan),
        whole("TIFF scan", image(image::ImageFormat::Tiff), scan),
        whole("multi-page TIFF", fixtures::tiff_stack(&[(30, 20), (30, 20), (8, 9)]), |b| {
            scan_image::read_pages(b, NAME).map(drop).map_err(|e| e.to_string())
        }),
        whole("label PNG", fixtures::label_png(30, 20), labels),
        whole("TIFF labels, the paper's scheme", image(image::ImageFormat::Tiff), paper),
        whole("vol", fixtures::vol(12, 10, 2), |b| vol::read(b, NAME).map(drop).map_err(|e| e.to_string())),
        whole("document", write_document(&document), |b| {
            read_document(b, NAME).map(drop).map_err(|e| e.to_string())
        }),
        whole("anything opened", fixtures::vol(12, 10, 1), |b| {
            open::open_bytes(b, Path::new(NAME)).map(drop).map_err(|e| e.to_string())
        }),
        text("Tian boundaries", b"1.5,2.25,nan\n3,4e2,5\n-1,inf,7\n", |b| {
            tian::read_boundary(b, NAME)
                .map(|boundary| {
                    let line = &boundary.rows[0][..];
                    drop(tian::trace([line; 8]).interfaces.rasterised(50));
                })
                .map_err(|e| e.to_string())
        }),
        text("label table", b"0,1,9\n2,255,8\n", |b| {
            let choice =
                LabelChoice::Map("0=above,1=NFL,2=GCL-IPL,8=below,9=IRF,255=ignore".parse().unwrap());
            read_labels(b, "input.bin.csv", &choice).map(drop).map_err(|e| e.to_string())
        }),
        text("Duke index", b"file,subject,slice,x0,width,fluid_px\nSubject_01_00,1,11,118,536,538\n", |b| {
            duke::read_index(b, NAME).map(drop).map_err(|e| e.to_string())
        }),
        text("shared case", shared_case().as_bytes(), |b| {
            CaseFile::read(b, NAME).map(drop).map_err(|e| e.to_string())
        }),
        text("page of a quiz", quiz().as_bytes(), |b| {
            quiz_page::read(b, NAME).map(drop).map_err(|e| e.to_string())
        }),
        text("manifest", MANIFEST.as_bytes(), |b| {
            manifest::parse(b, NAME).map(drop).map_err(|e| e.to_string())
        }),
        #[cfg(feature = "cpu")]
        whole("what a remote studio says", crate::serve::conversation(), crate::serve::read_as_server),
    ]
}

/// A painted case of 30 x 20 pixels.
fn shared_case() -> String {
    let mask = retidiff::mask::Mask::from_composite(30, 20, &fixtures::codes(30, 20)).0;
    let frame = Frame {
        columns: 30,
        rows: 20,
        axial_um: 3.9,
        lateral_um: 11.5,
        fovea_column: 15.0,
        from_fovea_um: 0.0,
        eye: Laterality::Right,
    };
    let content = CaseContent::Mask { mask, frame };
    let (title, about) = ("A case".to_owned(), "Words".to_owned());
    let case = CaseFile { title, about, picture: CasePicture { seed: 3, steps: 4 }, content };
    case.to_text().expect("a case is written")
}

/// The page of a quiz with a question of every kind.
fn quiz() -> String {
    let options = vec!["Yes".to_owned(), "No".to_owned()];
    let answers = [
        ("irf", Answer::Choice { options, correct: 1 }),
        ("draw_ilm", Answer::Line { rows: (0..30).map(|x| (x != 4).then_some(x as f32 / 2.0)).collect() }),
        ("mark_fluid", Answer::Fluid { lesions: vec![vec![(3, 4, 9), (4, 4, 8)], vec![(19, 0, 30)]] }),
    ];
    let questions = answers.map(|(id, answer)| {
        let facts = Some(QuestionFacts::Regions { count: 2 });
        QuizQuestion { id, text: "What?".to_owned(), answer, explanation: "That.".to_owned(), facts }
    });
    let case = QuizCase {
        name: "Case 1".to_owned(),
        scan: fixtures::grey(30, 20),
        spacing: Spacing { axial_um_per_px: 3.9, lateral_um_per_px: 11.5 },
        synthetic: true,
        questions: questions.to_vec(),
    };
    quiz_page::write("A quiz", &[case]).expect("a page is written")
}

const MANIFEST: &str = concat!(
    r#"{"version":1,"id":"a","image":"images/a.png","label":"labels/a.png","width":30,"height":20,"#,
    r#""spacing":{"axial_um_per_px":3.9,"lateral_um_per_px":11.0},"laterality":"OD","subject":"s","#,
    r#""source":"pairs","ignored_columns":[[1,5]]}"#,
    "\n"
);

/// Begins to watch anew; [`survive`] does so, too.
pub fn forget_allocations() {
    LARGEST.set(0);
}

/// The largest allocation of this thread since it began to be watched.
pub fn largest_allocation() -> usize {
    LARGEST.get()
}

/// Most bytes that this thread held at once since [`survive`] began.
pub fn most_held() -> usize {
    HELD.get()[1].max(0) as usize
}

/// Reads hostile bytes; panics and large allocations fail the test with what was done to the file.
pub fn survive(format: &Format, bytes: &[u8], what: &str) -> Result<(), String> {
    LARGEST.set(0);
    HELD.set([0; 2]);
    let read = AssertUnwindSafe(|| (format.read)(bytes));
    let Ok(result) = catch_unwind(read) else { panic!("{}: {what}: the reader panicked", format.name) };
    let largest = LARGEST.get();
    assert!(largest <= ALLOWED_BYTES, "{}: {what}: one allocation of {largest} bytes", format.name);
    if let Err(message) = &result {
        assert!(message.contains(NAME), "{}: {what}: the message names no file: {message}", format.name);
        let words = message.split_whitespace().count();
        assert!(words >= 5, "{}: {what}: the message says too little: {message}", format.name);
    }
    result
}

#[test]
fn the_valid_inputs_are_valid() {
    for format in formats() {
        if format.name.contains("paper") {
            continue;
        }
        survive(&format, &format.valid, "as it is").unwrap_or_else(|e| panic!("{}: {e}", format.name));
    }
}

#[test]
fn truncation_at_any_offset_is_an_error() {
    for format in formats() {
        let length = format.valid.len();
        let step = length.div_ceil(4000).max(1);
        let offsets =
            (0..length.min(2200)).chain((0..length).step_by(step)).chain(length.saturating_sub(64)..length);
        for offset in offsets {
            let result = survive(&format, &format.valid[..offset], &format!("cut at byte {offset}"));
            assert!(
                result.is_err() || !format.must_be_whole,
                "{}: cut at byte {offset} of {length} passes for whole",
                format.name
            );
        }
    }
}

#[test]
fn flipped_bits_are_survived() {
    for (index, format) in formats().into_iter().enumerate() {
        let mut numbers = Numbers(0x5eed + index as u64);
        for round in 0..FLIPS {
            let mut bytes = format.valid.clone();
            for _ in 0..=round % 4 {
                // Half of the flips hit the first kilobyte, where the sizes are.
                let reach = if numbers.below(2) == 0 { bytes.len().min(1024) } else { bytes.len() };
                bytes[numbers.below(reach)] ^= 1 << numbers.below(8);
            }
            let _ = survive(&format, &bytes, &format!("round {round}"));
            if bytes.starts_with(b"\x89PNG") {
                // The checksums would stop most flips before the decoder sees them.
                mend_png_checksums(&mut bytes);
                let _ = survive(&format, &bytes, &format!("round {round}, mended checksums"));
            }
        }
    }
}

#[test]
fn random_bytes_behind_a_true_beginning_are_survived() {
    for (index, format) in formats().into_iter().enumerate() {
        let mut numbers = Numbers(77 + index as u64);
        for round in 0..200 {
            let kept = numbers.below(format.valid.len().min(2100));
            let mut bytes = format.valid[..kept].to_vec();
            bytes.extend((0..numbers.below(3000)).map(|_| numbers.next() as u8));
            let _ = survive(&format, &bytes, &format!("noise, round {round}"));
        }
    }
}

#[test]
fn sizes_that_the_bytes_cannot_hold_are_refused() {
    let scan: Reader = |bytes| scan_image::read(bytes, NAME).map(drop).map_err(|e| e.to_string());
    let labels: Reader =
        |bytes| label_png::read(bytes, NAME, CodeScheme::Studio).map(drop).map_err(|e| e.to_string());
    for (read, valid) in [(scan, fixtures::grey_png(30, 20)), (labels, fixtures::label_png(30, 20))] {
        for side in [0u32, 8000, 8192, 8193, 0x7fff_ffff, 0xffff_ffff] {
            let mut bytes = valid.clone();
            bytes[16..20].copy_from_slice(&side.to_be_bytes());
            bytes[20..24].copy_from_slice(&side.to_be_bytes());
            mend_png_checksums(&mut bytes);
            let format = Format { name: "PNG", valid: Vec::new(), read, must_be_whole: true };
            assert!(survive(&format, &bytes, &format!("claims {side}x{side}")).is_err());
        }
    }
    let read: Reader = |bytes| vol::read(bytes, NAME).map(drop).map_err(|e| e.to_string());
    let vol = Format { name: "vol", valid: fixtures::vol(12, 10, 2), read, must_be_whole: true };
    for at in [12, 16, 20, 48, 52, 100] {
        for value in [-1, 0, 8192, 4096, i32::MAX, i32::MIN] {
            let mut bytes = vol.valid.clone();
            bytes[at..at + 4].copy_from_slice(&i32::to_le_bytes(value));
            let error = survive(&vol, &bytes, &format!("{value} at {at}"));
            let harmless = match at {
                48 | 52 => value == 0,
                // Each B-scan repeats the size of its header, which is then believed.
                100 => value > 0,
                _ => false,
            };
            assert!(error.is_err() || harmless, "{value} at {at}");
        }
    }
}

#[test]
fn many_pages_over_the_same_bytes_are_refused() {
    let read: Reader = |bytes| scan_image::read_pages(bytes, NAME).map(drop).map_err(|e| e.to_string());
    let format = Format { name: "multi-page TIFF", valid: Vec::new(), read, must_be_whole: true };
    // A run of packed bits: 128 zeros in two bytes.
    let (width, height) = (4096_u32, 200_u32);
    let strip = [0x81_u8, 0].repeat((width * height / 128) as usize);
    let mut tiff = b"II\x2a\0".to_vec();
    tiff.extend((8 + strip.len() as u32).to_le_bytes());
    tiff.extend(&strip);
    let pages = 200;
    for page in 0..pages {
        fixtures::tiff_directory(&mut tiff, [width, height], 32773, [8, strip.len() as u32]);
        let next = if page + 1 < pages { tiff.len() as u32 + 4 } else { 0 };
        tiff.extend(next.to_le_bytes());
    }
    let pixels = u64::from(width * height) * pages;
    assert!(pixels > 2000 * tiff.len() as u64, "{pixels} pixels in {} bytes", tiff.len());
    let refusal = survive(&format, &tiff, "pages that share a strip").unwrap_err();
    assert!(refusal.contains("more pixels than"), "{refusal}");
}

/// Gives every chunk of a PNG the checksum it should have; stops where the chunks end.
fn mend_png_checksums(bytes: &mut [u8]) {
    let mut at = 8;
    while let Some(head) = bytes.get(at..at + 8) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let Some(end) = at.checked_add(8 + length).filter(|end| end + 4 <= bytes.len()) else { return };
        let checksum = crc32(&bytes[at + 4..end]);
        bytes[end..end + 4].copy_from_slice(&checksum.to_be_bytes());
        at = end + 4;
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[test]
fn volumes_that_claim_more_than_they_hold_are_refused_at_once() {
    let read: Reader = |bytes| open::open_bytes(bytes, Path::new(NAME)).map(drop).map_err(|e| e.to_string());
    let nifti = Format { name: "NIfTI", valid: Way::plain().nifti(), read, must_be_whole: true };
    for sides in [[30_000_i16; 3], [i16::MAX; 3], [0; 3], [-1; 3], [8192, 8192, 7]] {
        let mut bytes = nifti.valid.clone();
        sides
            .iter()
            .enumerate()
            .for_each(|(i, s)| bytes[42 + 2 * i..44 + 2 * i].copy_from_slice(&s.to_le_bytes()));
        let refusal = survive(&nifti, &bytes, &format!("claims {sides:?}")).unwrap_err();
        assert!(refusal.contains("voxels"), "{refusal}");
        let gzip = gzipped(&bytes);
        survive(&nifti, &gzip, &format!("claims {sides:?} in a gzip")).unwrap_err();
    }
    // A bomb: a megabyte of zeros for every kilobyte; only what the header counts is inflated.
    let mut bomb = nifti.valid.clone();
    bomb.resize(64 << 20, 0);
    survive(&nifti, &gzipped(&bomb), "zeros after the voxels").unwrap();
    let metaimage = Format { name: "MetaImage", valid: Vec::new(), read, must_be_whole: true };
    for sides in
        ["90000 90000 90000", "8192 8192 7", "1 1 0", "-3 4 5", "1e3 2 2", "4 4", "99999999999999999999 1 1"]
    {
        for compressed in ["True", "False"] {
            let text = format!(
                "NDims = 3\nCompressedData = {compressed}\nDimSize = {sides}\nElementType = MET_FLOAT\n\
                 ElementDataFile = LOCAL\nabc"
            );
            survive(&metaimage, text.as_bytes(), &format!("claims {sides}")).unwrap_err();
        }
    }
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn every_97th_truncation_of_the_cases_is_survived() {
    let Some(made) =
        fixtures::shared_data("truncated cases").and_then(|data| Some(data.parent()?.join("cases/made")))
    else {
        return;
    };
    let read: Reader = |bytes| open::open_bytes(bytes, Path::new(NAME)).map(drop).map_err(|e| e.to_string());
    for file in ["tiff/single_rgb_tiled_jpeg.tif", "jpeg/progressive.jpg", "nifti/labels_float64.nii.gz"] {
        let Ok(whole) = std::fs::read(made.join(file)) else {
            eprintln!("skipped: {file}: not among the cases");
            continue;
        };
        let format = Format { name: "a case", valid: Vec::new(), read, must_be_whole: false };
        for (round, end) in (0..whole.len()).step_by(97).enumerate() {
            // Each decodes most of a picture: every tenth of them, and all of the headers.
            if end < 2000 || round % 10 == 0 {
                let _ = survive(&format, &whole[..end], &format!("{file} cut at byte {end}"));
            }
        }
    }
}
