//! Small files that would become large ones: refused in bounded memory and time.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use retidiff::formats::open::open_bytes;
use retidiff::formats::{coco, dicom, heyex, mat, read_document, scan_image};

use crate::hostile::{NAME, Reader, forget_allocations, largest_allocation};

/// All of them are refused within this, on a loaded machine and without optimisation.
const LONGEST: Duration = Duration::from_secs(10);
/// The longest part of a document, read into a vector that doubles.
const LARGEST_BYTES: usize = 40 << 20;

/// Refuses a bomb; returns what was said.
fn refused(name: &'static str, bytes: &[u8], read: Reader) -> String {
    forget_allocations();
    let began = Instant::now();
    let refusal = read(bytes).expect_err(name);
    let took = began.elapsed();
    println!(
        "{name:<28} {:>8} bytes, refused in {:>6.1} ms, largest allocation {} KB",
        bytes.len(),
        took.as_secs_f64() * 1000.0,
        largest_allocation().div_ceil(1024)
    );
    assert!(took < LONGEST, "{name}: {took:?}");
    assert!(largest_allocation() <= LARGEST_BYTES, "{name}: {} bytes at once", largest_allocation());
    assert!(refusal.contains(NAME), "{name}: the message names no file: {refusal}");
    refusal
}

fn zeros_deflated(megabytes: usize) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    let block = vec![0; 1 << 20];
    (0..megabytes).for_each(|_| encoder.write_all(&block).unwrap());
    encoder.finish().unwrap()
}

#[test]
fn a_zip_of_zeros_is_refused() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("document.json", zip::write::SimpleFileOptions::default()).unwrap();
    let block = vec![b' '; 1 << 20];
    (0..300).for_each(|_| zip.write_all(&block).unwrap());
    let bytes = zip.finish().unwrap().into_inner();
    assert!(bytes.len() < 1 << 20, "{} bytes hold 300 MB", bytes.len());
    refused("zip bomb", &bytes, |b| read_document(b, NAME).map(drop).map_err(|e| e.to_string()));
}

#[test]
fn xml_that_multiplies_is_refused() {
    let mut xml = "<?xml version=\"1.0\"?><!DOCTYPE HEDX [<!ENTITY a \"ha\">".to_owned();
    for (letter, before) in ('b'..='n').zip('a'..='m') {
        xml += &format!("<!ENTITY {letter} \"{}\">", format!("&{before};").repeat(20));
    }
    xml += "]><HEDX><BODY><Patient><ID>&n;</ID></Patient></BODY></HEDX>";
    let read: Reader = |b| heyex::read(b, Path::new("a.xml"), NAME).map(drop).map_err(|e| e.to_string());
    refused("XML entities", xml.as_bytes(), read);
    let deep = "<HEDX>".repeat(100_000);
    let said = refused("XML 100 000 deep", deep.as_bytes(), read);
    assert!(said.contains("nest"), "{said}");
}

#[test]
fn json_that_nests_is_refused() {
    let deep = "[".repeat(200_000);
    refused("JSON 200 000 deep", deep.as_bytes(), |b| {
        coco::read(b, NAME).map(drop).map_err(|e| e.to_string())
    });
}

#[test]
fn a_png_of_black_is_held_to_what_a_file_can_hold() {
    // 8192 x 8192 pixels are claimed, and a kilobyte is there.
    let mut png = crate::fixtures::grey_png(30, 20);
    png[16..24].copy_from_slice(&[0, 0, 0x20, 0, 0, 0, 0x20, 0]);
    refused("PNG of 8192 x 8192", &png, |b| scan_image::read(b, NAME).map(drop).map_err(|e| e.to_string()));
}

/// A deflated array of a MAT file whose numbers are zeros, of which so many megabytes are there.
fn deflated_array(name: &str, sides: [usize; 3], kind: u32, megabytes: usize) -> Vec<u8> {
    let mut head = crate::cases_clinical::mat_array(name, sides, kind, &[]);
    let (end, zeros) = (head.len(), sides.iter().product::<usize>() * if kind == 9 { 8 } else { 1 });
    head[end - 4..].copy_from_slice(&(zeros as u32).to_le_bytes());
    head[4..8].copy_from_slice(&((end - 8 + zeros) as u32).to_le_bytes());
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&head).unwrap();
    let block = vec![0; 1 << 20];
    (0..megabytes).for_each(|_| encoder.write_all(&block).unwrap());
    let content = encoder.finish().unwrap();
    [&15_u32.to_le_bytes()[..], &(content.len() as u32).to_le_bytes(), &content].concat()
}

#[test]
fn mat_files_of_zeros_are_refused() {
    let file = |arrays: &[Vec<u8>]| {
        let mut file = b"MATLAB 5.0 MAT-file".to_vec();
        file.resize(124, b' ');
        file.extend([0, 1, b'I', b'M']);
        file.extend(arrays.concat());
        file
    };
    let volume = file(&[deflated_array("volume", [8192, 8192, 11], 2, 704)]);
    assert!(volume.len() < 8 << 20, "{} bytes hold 704 MB", volume.len());
    let said = refused("MAT volume", &volume, |b| {
        open_bytes(b, Path::new(NAME)).map(drop).map_err(|e| e.to_string())
    });
    assert!(said.contains("volume would inflate to 738197"), "{said}");
    // Each array alone could be held.
    let sides = [4096, 4096, 2];
    let arrays = ["images", "manualFluid1", "manualFluid2"].map(|name| deflated_array(name, sides, 9, 0));
    let read: Reader = |b| mat::read_duke(b, NAME).map(drop).map_err(|e| e.to_string());
    let said = refused("MAT subject", &file(&arrays), read);
    assert!(said.contains("images, manualFluid1, manualFluid2 would inflate to 805306"), "{said}");
    let many = file(&[deflated_array("images", [8192, 8192, 3], 2, 0)]);
    assert!(refused("MAT subject of many pixels", &many, read).contains("pixels in all"));
}

#[test]
fn deflated_zeros_are_no_dicom_volume() {
    let valid =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/clinical/opt_deflated.dcm"))
            .unwrap();
    // The file meta information stands as it is; a data set of zeros follows it.
    let length = u32::from_le_bytes(valid[140..144].try_into().unwrap()) as usize;
    let mut bytes = valid[..144 + length].to_vec();
    bytes.extend(zeros_deflated(400));
    assert!(bytes.len() < 1 << 20);
    let began = Instant::now();
    let said = dicom::read(&bytes, NAME).unwrap_err().to_string();
    println!("deflated DICOM: {} bytes, refused in {:?}: {said}", bytes.len(), began.elapsed());
    assert!(began.elapsed() < LONGEST && said.contains("when inflated"), "{said}");
    // A gzip that claims what no gzip of its size can hold.
    let mut nifti = crate::volumes::Way::plain().nifti();
    nifti[42..48].copy_from_slice(&[0, 0x20, 0, 0x20, 0, 1]);
    assert!(open_bytes(&nifti, Path::new(NAME)).is_err());
}
