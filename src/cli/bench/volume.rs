//! How long it takes from opening a volume of 61 B-scans to its first picture.

use std::path::Path;
use std::time::Instant;

use anyhow::ensure;

use super::masks::{QUICK_RUNS, layered_mask};
use super::report::{Times, VolumeTiming};
use crate::document::{Document, Page};
use crate::formats::{open, write_document, write_file};
use crate::scan::{BScan, GreyImage, Spacing};

const B_SCANS: usize = 61;
pub(super) const SIZE: (u32, u32) = (768, 496);
const VOL_HEADER_BYTES: usize = 2048;
const B_SCAN_HEADER_BYTES: usize = 256;

/// Times both kinds of file that hold a volume.
pub fn timings(quick: bool) -> anyhow::Result<Vec<VolumeTiming>> {
    let folder = tempfile::tempdir()?;
    let (vol, document) = (folder.path().join("bench.vol"), folder.path().join("bench.retidiff"));
    write_file(&vol, &vol_bytes())?;
    write_file(&document, &write_document(&annotated_volume()))?;
    let runs = if quick { QUICK_RUNS } else { 9 };
    [("vol", &vol), ("retidiff", &document)]
        .into_iter()
        .map(|(kind, path)| {
            let times =
                (0..runs).map(|_| first_picture(path, B_SCANS)).collect::<anyhow::Result<Vec<_>>>()?;
            let (width, height) = SIZE;
            Ok(VolumeTiming {
                kind: kind.to_owned(),
                b_scans: B_SCANS,
                width,
                height,
                times: Times::of(times),
            })
        })
        .collect()
}

/// From the path to what the window uploads of the first page: its greys and its composite codes.
///
/// # Errors
/// If the file does not open, or has another number of B-scans.
pub(super) fn first_picture(path: &Path, b_scans: usize) -> anyhow::Result<std::time::Duration> {
    let started = Instant::now();
    let opened = open::open(path)?;
    let page = &opened.document.pages[0];
    std::hint::black_box((page.scan.image.pixels.to_vec(), page.mask.composite_pixels()));
    let time = started.elapsed();
    ensure!(opened.document.pages.len() == b_scans, "the volume of the measurement has lost B-scans");
    Ok(time)
}

/// Speckle, brighter in a band across the middle; another one for every B-scan.
pub(super) fn greys(index: usize) -> impl Iterator<Item = u8> {
    let (width, height) = SIZE;
    let mut state = index as u32 * 7919 + 1;
    (0..width * height).map(move |at| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let speckle = (state >> 25) as u8;
        speckle / 2 + if (150..330).contains(&(at / width)) { 90 } else { 20 }
    })
}

/// Speckled B-scans, each with all layers.
pub(super) fn annotated_volume() -> Document {
    let (width, height) = SIZE;
    let mask = layered_mask(width, height);
    let page = |index: usize| {
        let pixels: Vec<u8> = greys(index).collect();
        let mut scan = BScan::from_image(GreyImage::new(width, height, pixels), format!("{index}"));
        scan.spacing = Spacing::checked(3.87, 11.3);
        Page::new(scan, mask.clone())
    };
    let mut document = Document::from_scan((*page(0).scan).clone(), mask.clone());
    document.pages = (0..B_SCANS).map(page).collect();
    document.b_scan_distance_um = Some(120.0);
    document
}

/// The same greys as a Spectralis raw export without lines.
fn vol_bytes() -> Vec<u8> {
    let (width, height) = SIZE;
    let mut file = vec![0; VOL_HEADER_BYTES];
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"HSF-OCT-103\0");
    let numbers =
        [(12, width), (16, B_SCANS as u32), (20, height), (96, 3), (100, B_SCAN_HEADER_BYTES as u32)];
    for (at, value) in numbers {
        put(at, &value.to_le_bytes());
    }
    for (at, value) in [(24, 0.0113_f64), (32, 0.12), (40, 0.00387)] {
        put(at, &value.to_le_bytes());
    }
    put(84, b"OD\0\0");
    for index in 0..B_SCANS {
        file.resize(file.len() + B_SCAN_HEADER_BYTES, 0);
        file.extend(greys(index).flat_map(|grey| (f32::from(grey) / 255.0).powi(4).to_le_bytes()));
    }
    file
}
