//! `.npz` files, as `numpy.load` opens them: a zip of arrays. Written, not read: the labels and scans of a document for
//! people who go on in Python.

use zip::CompressionMethod;

use super::retidiff::Archive;
use crate::document::Document;

/// Bytes to which numpy aligns the head of an array.
const ALIGNMENT: usize = 64;
/// Room that numpy leaves in the head for the first axis to grow.
const GROWTH_DIGITS: usize = 21;

/// The numbers of an array, in row-major order.
enum Numbers<'a> {
    U8(&'a [u8]),
    F32(&'a [f32]),
}

/// An array in numpy's own format (version 1.0).
fn npy(shape: &[usize], numbers: &Numbers) -> Vec<u8> {
    let (kind, bytes): (&str, Vec<u8>) = match numbers {
        Numbers::U8(all) => ("|u1", all.to_vec()),
        Numbers::F32(all) => ("<f4", all.iter().flat_map(|value| value.to_le_bytes()).collect()),
    };
    let shown = match shape {
        [one] => format!("({one},)"),
        axes => format!("({})", axes.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    };
    let mut head = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shown}, }}");
    let growth = shape.first().map_or(0, |first| GROWTH_DIGITS.saturating_sub(first.to_string().len()));
    head.push_str(&" ".repeat(growth));
    // Magic, version, length of the head, the head, a line feed.
    let length = (10 + head.len() + 1).next_multiple_of(ALIGNMENT) - 10;
    let mut array = b"\x93NUMPY\x01\x00".to_vec();
    array.extend((length as u16).to_le_bytes());
    array.extend(format!("{head:<width$}\n", width = length - 1).bytes());
    array.extend(bytes);
    array
}

/// The scans and labels of a document as arrays, the same bytes for the same document. B-scans of one size make
/// `scans`, `layers`, `lesions` and `labels` (composite codes), each uint8 `[b_scan, row, column]`; those of several
/// sizes one array each, `scan_001` and so on. `spacing_um` is float32 `[b_scan, 2]`: µm down and across, NaN where
/// unknown; `b_scan_distance_um` has one number where it is known.
pub fn write(document: &Document) -> Vec<u8> {
    let mut archive = Archive::new();
    let mut put = |name: &str, shape: &[usize], numbers: Numbers| {
        archive.add(&format!("{name}.npy"), &npy(shape, &numbers), CompressionMethod::Deflated);
    };
    let pages = &document.pages;
    let size = |index: usize| [pages[index].scan.height() as usize, pages[index].scan.width() as usize];
    let is_even = (1..pages.len()).all(|index| size(index) == size(0));
    let planes = pages.iter().map(|page| {
        let mask = &page.mask;
        let scan = page.scan.image.pixels.to_vec();
        [scan, mask.layers.to_pixels(), mask.lesions.to_pixels(), mask.composite_pixels()]
    });
    let names = ["scan", "layers", "lesions", "labels"];
    if is_even && !pages.is_empty() {
        let mut all: [Vec<u8>; 4] = Default::default();
        planes.for_each(|planes| all.iter_mut().zip(planes).for_each(|(all, plane)| all.extend(plane)));
        let [rows, columns] = size(0);
        for (name, plane) in ["scans", "layers", "lesions", "labels"].iter().zip(&all) {
            put(name, &[pages.len(), rows, columns], Numbers::U8(plane));
        }
    } else {
        for (index, planes) in planes.enumerate() {
            for (name, plane) in names.iter().zip(&planes) {
                put(&format!("{name}_{:03}", index + 1), &size(index), Numbers::U8(plane));
            }
        }
    }
    let spacing: Vec<f32> = pages
        .iter()
        .flat_map(|page| {
            page.scan.spacing.map_or([f32::NAN; 2], |um| [um.axial_um_per_px, um.lateral_um_per_px])
        })
        .collect();
    put("spacing_um", &[pages.len(), 2], Numbers::F32(&spacing));
    if let Some(distance) = document.b_scan_distance_um {
        put("b_scan_distance_um", &[1], Numbers::F32(&[distance]));
    }
    archive.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_has_the_bytes_that_numpy_writes() {
        // numpy 2.4: numpy.lib.format.write_array(file, numpy.arange(24, dtype='u1').reshape(2, 3, 4), (1, 0)).
        let numbers: Vec<u8> = (0..24).collect();
        let mut wanted =
            b"\x93NUMPY\x01\x00v\x00{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3, 4), }".to_vec();
        wanted.resize(127, b' ');
        wanted.push(b'\n');
        wanted.extend(&numbers);
        assert_eq!(npy(&[2, 3, 4], &Numbers::U8(&numbers)), wanted);
        let one = npy(&[1], &Numbers::F32(&[1.5]));
        assert!(one[10..].starts_with(b"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }   "));
        assert_eq!((one.len(), &one[128..]), (132, &1.5_f32.to_le_bytes()[..]));
    }
}
