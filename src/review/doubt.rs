//! Where a segmenter that sees only the scan does not find the mask again: column by column in um, in one figure for
//! sorting, and in words.
//!
//! The doubt is not a fault of the mask: either the scan does not show what the mask says, or the segmenter is wrong.
//! Both are reasons to look, and at that place first.

use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::ReviewError;
use super::set::ReviewSet;
use crate::anatomy::{INTERFACE_COUNT, Interface, LABELS, LESION_BASE, Lesion, is_lesion};
use crate::formats::{read_file, write_file};
use crate::generation::scores::SegmenterAgreement;
use crate::mask::{Interfaces, Mask};
use crate::scan::Spacing;

/// Name of the file in a data set's folder with the verdicts of a segmenter.
pub const DOUBT_FILE: &str = "segmented.jsonl";
const DOUBT_VERSION: u32 = 1;
/// Columns over which the worst place is averaged: one stray column is noise.
const WORST_COLUMNS: usize = 24;

/// How far a segmenter's interfaces and lesions lie from a mask's.
#[derive(Clone, Debug, PartialEq)]
pub struct Doubt {
    /// By interface, column by column: distance in um, NaN where either does not have it.
    pub um: [Vec<f32>; INTERFACE_COUNT],
    strip: Vec<f32>,
    /// The figures of the whole pair.
    pub agreement: SegmenterAgreement,
    /// Dice of IRF, SRF and PED; `None` where neither has any.
    pub lesion_dice: [Option<f64>; Lesion::ALL.len()],
}

impl Doubt {
    /// Of a mask and of what a segmenter made of its scan.
    ///
    /// # Panics
    /// If the sizes differ.
    pub fn of(mask: &Mask, found: &Mask, spacing: Spacing, segmenter_sha256: &str) -> Self {
        assert_eq!(mask.layers.bounds(), found.layers.bounds(), "masks of one scan");
        let (of_mask, seen) = (Interfaces::from_layers(&mask.layers), Interfaces::from_layers(&found.layers));
        let um: [Vec<f32>; INTERFACE_COUNT] = std::array::from_fn(|k| {
            let pairs = of_mask.rows[k].iter().zip(&seen.rows[k]);
            pairs.map(|(a, b)| (a - b).abs() * spacing.axial_um_per_px).collect()
        });
        let (codes, others) = (mask.composite_pixels(), found.composite_pixels());
        let known: Vec<f64> =
            um.iter().flatten().filter(|um| um.is_finite()).map(|um| f64::from(*um)).collect();
        let boundary_um = known.iter().sum::<f64>() / known.len().max(1) as f64;
        let classes = 1..LABELS.len() as u8;
        let dice: Vec<f64> = classes
            .filter(|&code| code != LESION_BASE)
            .filter_map(|code| dice(&codes, &others, |c| c == code))
            .collect();
        let worst = worst_place(&um).map(|(k, columns, um)| {
            (Interface::ALL[k].name().to_owned(), [columns.start as u32, columns.end as u32 - 1], um)
        });
        let strip =
            (0..um[0].len()).map(|x| um.iter().map(|line| line[x]).fold(f32::NAN, f32::max)).collect();
        Self {
            um,
            strip,
            agreement: SegmenterAgreement {
                segmenter_sha256: segmenter_sha256.to_owned(),
                dice: dice.iter().sum::<f64>() / dice.len().max(1) as f64,
                fluid_dice: self::dice(&codes, &others, is_lesion),
                boundary_um,
                worst,
            },
            lesion_dice: Lesion::ALL
                .map(|lesion| self::dice(&codes, &others, |code| code == LESION_BASE + lesion.code())),
        }
    }

    /// The largest distance of any interface, column by column; NaN where none is known.
    pub fn strip(&self) -> &[f32] {
        &self.strip
    }
}

fn dice(a: &[u8], b: &[u8], is: impl Fn(u8) -> bool) -> Option<f64> {
    let (mut first, mut second, mut both) = (0_u64, 0_u64, 0_u64);
    for (&a, &b) in a.iter().zip(b) {
        let (in_a, in_b) = (is(a), is(b));
        first += u64::from(in_a);
        second += u64::from(in_b);
        both += u64::from(in_a && in_b);
    }
    (first + second > 0).then(|| 2.0 * both as f64 / (first + second) as f64)
}

/// The interface and the columns with the largest mean distance over [`WORST_COLUMNS`] columns, and that mean.
fn worst_place(um: &[Vec<f32>; INTERFACE_COUNT]) -> Option<(usize, Range<usize>, f64)> {
    let mut worst: Option<(usize, Range<usize>, f64)> = None;
    for (k, line) in um.iter().enumerate() {
        let width = WORST_COLUMNS.min(line.len());
        let (mut sum, mut count) = (0.0, 0_usize);
        for (x, value) in line.iter().enumerate() {
            if value.is_finite() {
                sum += f64::from(*value);
                count += 1;
            }
            if let Some(left) = x.checked_sub(width).map(|left| line[left]).filter(|left| left.is_finite()) {
                sum -= f64::from(left);
                count -= 1;
            }
            // Half of the columns at least: a mean of two is a stray.
            let is_whole = x + 1 >= width && 2 * count >= width && count > 0;
            let mean = sum / count.max(1) as f64;
            if is_whole && worst.as_ref().is_none_or(|(_, _, most)| mean > *most) {
                worst = Some((k, x + 1 - width..x + 1, mean));
            }
        }
    }
    worst
}

/// What a segmenter says of a pair, in one line for people.
pub fn in_words(agreement: &SegmenterAgreement) -> String {
    let mut text = match &agreement.worst {
        Some((interface, [first, last], um)) => {
            format!("{interface} {um:.0} µm off at columns {first}–{last}")
        }
        None => format!("interfaces {:.1} µm off on average", agreement.boundary_um),
    };
    if let Some(fluid) = agreement.fluid_dice {
        text += &format!("; fluid Dice {fluid:.2}");
    }
    text
}

/// What a segmenter says of a pair, as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DoubtLine {
    /// Version of the line.
    pub version: u32,
    /// Of the pair.
    pub id: String,
    /// Of the scan's file: a scan that was changed since is to be looked at again.
    pub image_file_sha256: String,
    /// What a segmenter says of it.
    pub agreement: SegmenterAgreement,
}

impl DoubtLine {
    /// Of a pair.
    pub fn new(id: &str, image_file_sha256: &str, agreement: SegmenterAgreement) -> Self {
        let (id, image_file_sha256) = (id.to_owned(), image_file_sha256.to_owned());
        Self { version: DOUBT_VERSION, id, image_file_sha256, agreement }
    }
}

/// Keeps verdicts beside the manifest, in place of those kept before.
///
/// # Errors
/// If the file cannot be written.
pub fn keep(dir: &Path, lines: &[DoubtLine]) -> Result<(), ReviewError> {
    let mut text = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut text, line).expect("a line is strings and numbers");
        text.push(b'\n');
    }
    Ok(write_file(&dir.join(DOUBT_FILE), &text)?)
}

/// The verdicts that were kept, by line; none where nobody looked.
///
/// # Errors
/// If the file is there and cannot be read.
pub fn read(dir: &Path) -> Result<Vec<DoubtLine>, ReviewError> {
    let path = dir.join(DOUBT_FILE);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let bytes = read_file(&path)?;
    let lines = bytes.split(|&byte| byte == b'\n');
    let read = lines.filter_map(|line| serde_json::from_slice::<DoubtLine>(line).ok());
    Ok(read.filter(|line| line.version == DOUBT_VERSION).collect())
}

/// Puts verdicts that were kept into a set's rows. Returns how many.
///
/// # Errors
/// If the file is there and cannot be read.
pub fn attach(set: &mut ReviewSet) -> Result<usize, ReviewError> {
    let mut count = 0;
    for line in read(&set.dir)? {
        // A verdict on the scan before an edit says nothing of the one after it.
        let Some(row) = set.row_of(&line.id).filter(|&row| set.edited_at(row).is_none()) else { continue };
        let row = &mut set.rows[row as usize];
        row.agreement = line.agreement.dice as f32;
        row.boundary_um = line.agreement.boundary_um as f32;
        count += 1;
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACING: Spacing = Spacing { axial_um_per_px: 4.0, lateral_um_per_px: 11.0 };

    /// Bands of ten rows from row 5 on, lower by `shift` in some columns.
    fn banded(shift: u32, columns: Range<u32>) -> Mask {
        let codes: Vec<u8> = (0..100_u32 * 90)
            .map(|at| {
                let (x, y) = (at % 100, at / 100);
                let down = if columns.contains(&x) { shift } else { 0 };
                (y + 5).saturating_sub(down).div_ceil(10).min(8) as u8
            })
            .collect();
        Mask::from_composite(100, 90, &codes).0
    }

    #[test]
    fn a_displaced_segment_is_the_worst_place_in_um() {
        let mask = banded(0, 0..0);
        let same = Doubt::of(&mask, &mask, SPACING, "s");
        assert_eq!((same.agreement.dice, same.agreement.boundary_um), (1.0, 0.0));
        assert_eq!(same.agreement.fluid_dice, None);
        let doubt = Doubt::of(&mask, &banded(3, 40..70), SPACING, "s");
        let strip = doubt.strip();
        assert_eq!((strip[39], strip[40], strip[69], strip[70]), (0.0, 12.0, 12.0, 0.0));
        let (_, [first, last], um) = doubt.agreement.worst.clone().unwrap();
        assert!(first >= 40 && last < 70 && (um - 12.0).abs() < 1e-6, "{first}-{last}: {um}");
        assert!(in_words(&doubt.agreement).contains("12 µm off at columns"));
    }

    #[test]
    fn half_a_cyst_has_the_dice_of_arithmetic() {
        let (mut mask, mut found) = (banded(0, 0..0), banded(0, 0..0));
        for y in 30..34 {
            mask.lesions.fill_run(y, 10, 20, 1);
            found.lesions.fill_run(y, 15, 25, 1);
        }
        let doubt = Doubt::of(&mask, &found, SPACING, "s");
        assert_eq!(doubt.lesion_dice, [Some(0.5), None, None]);
        assert_eq!(doubt.agreement.fluid_dice, Some(0.5));
        assert!(in_words(&doubt.agreement).ends_with("fluid Dice 0.50"));
    }

    #[test]
    fn verdicts_are_kept_and_sorted_by() {
        let folder = tempfile::tempdir().unwrap();
        let text: String = (0..3).map(|number| super::super::set::tests::line(number, "a")).collect();
        write_file(&folder.path().join("manifest.jsonl"), text.as_bytes()).unwrap();
        let mut set = ReviewSet::load(folder.path()).unwrap();
        assert_eq!(attach(&mut set).unwrap(), 0);
        let agreement = Doubt::of(&banded(0, 0..0), &banded(3, 40..70), SPACING, "s").agreement;
        let lines =
            [DoubtLine::new("pair-0000002", "i", agreement.clone()), DoubtLine::new("x", "i", agreement)];
        keep(folder.path(), &lines).unwrap();
        assert_eq!((attach(&mut set).unwrap(), read(folder.path()).unwrap().len()), (1, 2));
        assert!(set.rows[2].boundary_um > 0.0 && set.rows[2].doubt() > set.rows[1].doubt());
    }
}
