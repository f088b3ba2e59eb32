//! Tiny inputs made in code, and the way to the real data where there is any.

use std::io::Cursor;
use std::path::PathBuf;

use retidiff::formats::{label_png, scan_image};
use retidiff::scan::GreyImage;

/// What stands in the patient fields of made-up `.vol` files.
pub const PATIENT_MARKER: &[u8] = b"PATIENT-MARKER-4711";

/// The folder with real data, or `None` with a note that the test is skipped.
pub fn shared_data(test: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("RETIDIFF_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    let data = shared.join("data");
    if !data.is_dir() {
        eprintln!("skipped: {test}: no real data (set RETIDIFF_SHARED to the folder that holds data/)");
        return None;
    }
    Some(data)
}

/// A reproducible sequence of numbers (splitmix64).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

/// A grey image with texture.
pub fn grey(width: u32, height: u32) -> GreyImage {
    let pixels: Vec<u8> = (0..width * height).map(|i| ((i * 37 + i / width * 11) % 200) as u8).collect();
    GreyImage::new(width, height, pixels)
}

/// Composite codes in order in every column: nine bands, IRF in the middle, the first column unannotated.
pub fn codes(width: u32, height: u32) -> Vec<u8> {
    let code = |x: u32, y: u32| match (x, y * 9 / height) {
        (0, _) => 255,
        (x, 5) if x > width / 2 => 9,
        (_, band) => band as u8,
    };
    (0..height).flat_map(|y| (0..width).map(move |x| code(x, y))).collect()
}

pub fn grey_png(width: u32, height: u32) -> Vec<u8> {
    scan_image::write(&grey(width, height), &[("Software", "RetiDiff Studio")]).unwrap()
}

pub fn label_png(width: u32, height: u32) -> Vec<u8> {
    label_png::write(width, height, &codes(width, height), &[]).unwrap()
}

/// The grey image in another format.
pub fn encoded(width: u32, height: u32, format: image::ImageFormat) -> Vec<u8> {
    let image = grey(width, height);
    let buffer = image::GrayImage::from_raw(width, height, image.pixels.to_vec()).unwrap();
    let mut bytes = Cursor::new(Vec::new());
    buffer.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A TIFF of uncompressed grey pages of these sizes; the pixels of page k (from 0) are those of [`grey`], brighter
/// by k.
pub fn tiff_stack(sizes: &[(u32, u32)]) -> Vec<u8> {
    let mut tiff = b"II\x2a\0\0\0\0\0".to_vec();
    let mut pointer = 4;
    for (page, &(width, height)) in sizes.iter().enumerate() {
        let strip = tiff.len() as u32;
        tiff.extend(grey(width, height).pixels.iter().map(|value| value + page as u8));
        tiff.resize(tiff.len().next_multiple_of(2), 0);
        let directory = tiff.len() as u32;
        tiff[pointer..pointer + 4].copy_from_slice(&directory.to_le_bytes());
        tiff_directory(&mut tiff, [width, height], 1, [strip, width * height]);
        pointer = tiff.len();
        tiff.extend([0; 4]);
    }
    tiff
}

/// Appends the directory of an 8-bit grey TIFF page of one strip, `[where it begins, its bytes]`, but not the place of
/// the next directory, which comes right after it. `compression`: 1 none, 32773 packed bits.
pub fn tiff_directory(tiff: &mut Vec<u8>, [width, height]: [u32; 2], compression: u32, strip: [u32; 2]) {
    // (tag, kind: 3 short, 4 long, value), in the order of the tags.
    let entries: [(u16, u16, u32); 9] = [
        (256, 4, width),
        (257, 4, height),
        (258, 3, 8),
        (259, 3, compression),
        (262, 3, 1),
        (273, 4, strip[0]),
        (277, 3, 1),
        (278, 4, height),
        (279, 4, strip[1]),
    ];
    tiff.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, value) in entries {
        tiff.extend(tag.to_le_bytes());
        tiff.extend(kind.to_le_bytes());
        tiff.extend(1_u32.to_le_bytes());
        tiff.extend(value.to_le_bytes());
    }
}

/// A `.vol` file: OS, 3.9 µm down, 11.5 µm across, 120 µm between B-scans, ILM and BM lines (rows 3 and
/// `rows - 3`), no value in the last column, and [`PATIENT_MARKER`] in every patient field.
pub fn vol(columns: usize, rows: usize, b_scans: usize) -> Vec<u8> {
    const LINES_AT: usize = 256;
    let header_bytes = LINES_AT + 3 * columns * 4;
    let (slo_columns, slo_rows) = (4, 4);
    let mut file = vec![0u8; 2048];
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"HSF-OCT-103\0");
    for (at, value) in [
        (12, columns),
        (16, b_scans),
        (20, rows),
        (48, slo_columns),
        (52, slo_rows),
        (96, 3),
        (100, header_bytes),
    ] {
        put(at, &(value as i32).to_le_bytes());
    }
    for (at, value) in [(24, 0.0115f64), (32, 0.12), (40, 0.0039), (164, 12345.0)] {
        put(at, &value.to_le_bytes());
    }
    put(84, b"OS\0\0");
    put(104, &PATIENT_MARKER[..16]);
    put(140, PATIENT_MARKER);
    put(176, PATIENT_MARKER);
    put(224, PATIENT_MARKER);
    file.resize(2048 + slo_columns * slo_rows, 7);
    for _ in 0..b_scans {
        let start = file.len();
        file.resize(start + header_bytes, 0);
        file[start..start + 12].copy_from_slice(b"HSF-BS-103\0\0");
        file[start + 12..start + 16].copy_from_slice(&(header_bytes as i32).to_le_bytes());
        file[start + 48..start + 52].copy_from_slice(&3i32.to_le_bytes());
        file[start + 52..start + 56].copy_from_slice(&(LINES_AT as i32).to_le_bytes());
        for (line, row) in [3.0, rows as f32 - 3.0, f32::MAX].into_iter().enumerate() {
            for x in 0..columns {
                let at = start + LINES_AT + (line * columns + x) * 4;
                file[at..at + 4].copy_from_slice(&row.to_le_bytes());
            }
        }
        for y in 0..rows {
            for x in 0..columns {
                let value = if x + 1 == columns { f32::MAX } else { (y as f32 / rows as f32).powi(4) };
                file.extend_from_slice(&value.to_le_bytes());
            }
        }
    }
    file
}
