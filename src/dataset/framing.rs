//! Scans framed for training: cut to the annotated columns, brought to one size.

use super::manifest::ManifestEntry;
use super::samples::LabelledScan;
use crate::anatomy::UNANNOTATED;
use crate::encoding::resampling::{nearest_indices, resample};
use crate::scan::{GreyImage, Spacing};

/// How scans are framed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Framing {
    /// From the first to the last annotated column; scans without labels stay whole.
    pub crop: bool,
    /// Columns and rows of every scan; the scans' own without.
    pub size: Option<[u32; 2]>,
}

/// The scan in its frame: image antialiased, labels and scanned area by nearest pixel, spacing and ignored
/// columns along with them. The entry's paths stay as they are.
pub fn framed(scan: LabelledScan, framing: Framing) -> LabelledScan {
    let (width, height) = (scan.image.width, scan.image.height);
    let (first, end) = match framing.crop {
        true => annotated_columns(&scan.labels, width).unwrap_or((0, width)),
        false => (0, width),
    };
    let [columns, rows] = framing.size.unwrap_or([end - first, height]);
    if (first, end, columns, rows) == (0, width, width, height) {
        return scan;
    }
    let pixels: Vec<f32> = cut(&scan.image.pixels, width, first, end).map(|&grey| f32::from(grey)).collect();
    let image = resample(&pixels, (end - first, height), (columns, rows));
    let image: Vec<u8> = image.iter().map(|grey| grey.round().clamp(0.0, 255.0) as u8).collect();
    let (from_columns, from_rows) = (nearest_indices(end - first, columns), nearest_indices(height, rows));
    let place = |row: u32, column: u32| (row * width + first + column) as usize;
    let places: Vec<usize> = from_rows
        .iter()
        .flat_map(|&row| from_columns.iter().map(move |&column| place(row, column)))
        .collect();
    let scale = [f64::from(columns) / f64::from(end - first), f64::from(rows) / f64::from(height)];
    let entry = ManifestEntry {
        width: columns,
        height: rows,
        spacing: scan.entry.spacing.and_then(|spacing| {
            Spacing::checked(
                (f64::from(spacing.axial_um_per_px) / scale[1]) as f32,
                (f64::from(spacing.lateral_um_per_px) / scale[0]) as f32,
            )
        }),
        ignored_columns: ignored(&scan, &from_columns, first),
        ..scan.entry.clone()
    };
    LabelledScan {
        entry,
        image: GreyImage::new(columns, rows, image),
        labels: places.iter().map(|&at| scan.labels[at]).collect(),
        scanned: places.iter().map(|&at| scan.scanned[at]).collect(),
    }
}

fn cut(pixels: &[u8], width: u32, first: u32, end: u32) -> impl Iterator<Item = &u8> {
    pixels.chunks_exact(width as usize).flat_map(move |row| &row[first as usize..end as usize])
}

/// From the first to the last column with a label.
fn annotated_columns(labels: &[u8], width: u32) -> Option<(u32, u32)> {
    let is_annotated =
        |x: &u32| labels[*x as usize..].iter().step_by(width as usize).any(|&code| code != UNANNOTATED);
    Some(((0..width).find(is_annotated)?, (0..width).rfind(is_annotated)? + 1))
}

/// Runs of the new columns that show an ignored one.
fn ignored(scan: &LabelledScan, from_columns: &[u32], first: u32) -> Vec<[u32; 2]> {
    let mut runs: Vec<[u32; 2]> = Vec::new();
    for (column, &from) in (0..).zip(from_columns) {
        if scan.is_column_valid(first + from) {
            continue;
        }
        match runs.last_mut() {
            Some(run) if run[1] == column => run[1] += 1,
            _ => runs.push([column, column + 1]),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan() -> LabelledScan {
        let entry: ManifestEntry = serde_json::from_value(serde_json::json!({
            "version": 1, "id": "a", "image": "images/a.png", "width": 8, "height": 4,
            "spacing": {"axial_um_per_px": 4.0, "lateral_um_per_px": 10.0},
            "subject": "s", "source": "x", "ignored_columns": [[4, 5]]
        }))
        .unwrap();
        let labels = (0..32).map(|pixel| if pixel % 8 < 2 { 255 } else { (pixel / 8) as u8 }).collect();
        let image = GreyImage::new(8, 4, (0..32).map(|pixel| pixel as u8 % 8 * 10).collect::<Vec<u8>>());
        LabelledScan { entry, image, labels, scanned: vec![true; 32] }
    }

    #[test]
    fn a_frame_carries_everything_along() {
        let framing = Framing { crop: true, size: Some([12, 8]) };
        let framed = framed(scan(), framing);
        assert_eq!((framed.entry.width, framed.entry.height, framed.labels.len()), (12, 8, 96));
        assert_eq!(framed.entry.spacing, Spacing::checked(2.0, 5.0));
        assert_eq!(framed.entry.ignored_columns, [[4, 6]]);
        assert!(framed.labels.iter().all(|&code| code != UNANNOTATED));
        assert_eq!((framed.labels[0], framed.labels[95], framed.labels[2 * 12]), (0, 3, 1));
        assert_eq!((framed.image.pixels[0], framed.image.pixels[11]), (20, 70));
    }

    #[test]
    fn without_labels_or_wishes_a_scan_stays_as_it_is() {
        assert_eq!(framed(scan(), Framing::default()), scan());
        let mut bare = scan();
        bare.labels.fill(UNANNOTATED);
        assert_eq!(framed(bare.clone(), Framing { crop: true, size: None }), bare);
    }
}
