//! A block of voxels with three axes becomes upright B-scans.
//!
//! Files order their axes as their writers liked, and say more or less about it: by a matrix, by the sizes of
//! a voxel, or not at all. The rules, from the surest to the weakest, with a note wherever one changes the
//! order of the file: the matrix; the smallest voxel size is the depth, as in every OCT device; the axis with
//! the fewest voxels counts the B-scans; and brightness changes more along the depth than across.

use std::sync::Arc;

use super::FormatError;
use super::grey_range::GreyWindow;
use super::opened::{FileKind, Opened};
use super::pixel_size::{self, LengthUnit};
use super::sample_values::SampleValues;
use super::scan_image::check_size;
use crate::document::Document;
use crate::scan::{BScan, GreyImage, Volume};

/// Most B-scans that a file is opened with.
const MAX_B_SCANS: usize = 1024;
/// Most voxels of a file: as `f32` they take 2 GiB.
pub(super) const MAX_VOXELS: u64 = 1 << 29;
/// Voxel sizes and numbers of voxels differ for certain from this ratio on.
const CLEAR_RATIO: f64 = 1.5;
/// Voxels looked at along an axis to compare the brightness along two.
const LOOKED_AT: usize = 256;

/// Voxels as a file holds them.
#[derive(Clone, Debug)]
pub(super) struct VoxelVolume {
    /// Along each axis, the fastest first; none is 0.
    pub dims: [usize; 3],
    /// `dims[0] * dims[1] * dims[2]` values.
    pub values: SampleValues,
    /// `direction[world][axis]`: where the axes of the file lead; world 0 runs across a B-scan, 1 down, 2 from
    /// B-scan to B-scan. Other numbers than a matrix has leave the axes as they are.
    pub direction: [[f64; 3]; 3],
    /// Size of a voxel along each axis of the file; 0 where it states none.
    pub lengths: [f64; 3],
    pub unit: Option<LengthUnit>,
    /// Values shown black and white, where the file states them.
    pub window: Option<[f32; 2]>,
}

/// Label codes of a volume, one map a B-scan.
#[derive(Clone, Debug)]
pub(super) struct CodeMaps {
    pub width: u32,
    pub height: u32,
    /// Row by row.
    pub maps: Vec<Vec<u8>>,
}

/// The first value that is no whole number from 0 to 255.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoCode {
    /// Among the voxels of the file.
    pub index: usize,
    pub value: f32,
}

/// Which axis of the file runs across, down and from B-scan to B-scan, and which are reversed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Layout {
    axes: [usize; 3],
    reversed: [bool; 3],
}

impl VoxelVolume {
    /// Number of voxels that sides have; refuses none and more than can be read. `name` and `place` are for
    /// the message.
    pub(super) fn checked_count(dims: [u64; 3], name: &str, place: &str) -> Result<usize, FormatError> {
        let count = dims.iter().try_fold(1_u64, |count, side| count.checked_mul(*side));
        match count.filter(|count| (1..=MAX_VOXELS).contains(count)) {
            Some(count) => Ok(count as usize),
            None => Err(FormatError::malformed(
                name,
                place,
                format!("{}x{}x{} voxels; 1 to {MAX_VOXELS} can be read", dims[0], dims[1], dims[2]),
                "get a fresh copy, or crop the volume",
            )),
        }
    }

    /// The volume as a document of unannotated B-scans. `name` is the file's name.
    pub(super) fn into_document(
        self,
        name: &str,
        kind: FileKind,
        mut warnings: Vec<String>,
    ) -> Result<Opened, FormatError> {
        let (layout, notes) = self.layout(name);
        warnings.extend(notes);
        let [width, height, found] = layout.axes.map(|axis| self.dims[axis]);
        check_size(width.try_into().unwrap_or(u32::MAX), height.try_into().unwrap_or(u32::MAX), name)?;
        if found > MAX_B_SCANS {
            warnings.push(format!("{name}: {found} B-scans, of which the first {MAX_B_SCANS} are read"));
        }
        let size = pixel_size::stated(name, layout.axes.map(|axis| self.lengths[axis]), self.unit);
        warnings.extend(size.note);
        let window = self.values.window(self.window);
        warnings.extend(window.map(|window: GreyWindow| window.note(name)));
        let dims = self.dims;
        let greys = self.values.greys(window);
        let count = found.min(MAX_B_SCANS);
        let b_scans = (0..count).map(|index| {
            let image = GreyImage::new(width as u32, height as u32, layout.b_scan(dims, index, &greys));
            let title = if count == 1 { name.to_owned() } else { format!("{name} {}/{count}", index + 1) };
            let mut scan = BScan::from_image(image, title);
            scan.spacing = size.spacing;
            scan.scanned_area = super::scanned_area::detect(&scan.image).map(Arc::from);
            scan
        });
        let volume = Volume { b_scans: b_scans.collect(), b_scan_distance_um: size.b_scan_distance_um };
        let mut document = Document::from_volume(volume);
        document.name = name.to_owned();
        Ok(Opened { spacing_state: size.state, window, ..Opened::new(document, kind, warnings) })
    }

    /// Whether the volume has at most so many different values, all whole and from 0 to 255.
    pub(super) fn has_few_values(&self, most: usize) -> bool {
        let mut seen = [false; 256];
        let mut different = 0;
        (0..self.values.len()).all(|index| {
            let value = self.values.get(index);
            if value.fract() != 0.0 || !(0.0..=255.0).contains(&value) {
                return false;
            }
            let seen = &mut seen[value as usize];
            different += usize::from(!*seen);
            *seen = true;
            different <= most
        })
    }

    /// The values as label codes.
    pub(super) fn codes(&self, name: &str) -> Result<CodeMaps, NoCode> {
        let code = |index: usize| {
            let value = self.values.get(index);
            let is_code = value.fract() == 0.0 && (0.0..=255.0).contains(&value);
            if is_code { Ok(value as u8) } else { Err(NoCode { index, value }) }
        };
        let codes: Vec<u8> = (0..self.values.len()).map(code).collect::<Result<_, _>>()?;
        let (layout, _) = self.layout(name);
        let [width, height, count] = layout.axes.map(|axis| self.dims[axis]);
        let maps = (0..count.min(MAX_B_SCANS)).map(|index| layout.b_scan(self.dims, index, &codes));
        Ok(CodeMaps { width: width as u32, height: height as u32, maps: maps.collect() })
    }

    fn layout(&self, name: &str) -> (Layout, Vec<String>) {
        let mut notes = Vec::new();
        let mut layout = stated_layout(&self.direction);
        if layout.reversed[0] && layout.reversed[1] {
            // ITK counts x and y the other way round than NIfTI: this is what it writes for an upright picture.
            layout.reversed[..2].fill(false);
        }
        let reversed = ["columns", "rows", "B-scans"].into_iter().zip(layout.reversed);
        let reversed: Vec<&str> = reversed.filter_map(|(what, is)| is.then_some(what)).collect();
        if !reversed.is_empty() {
            notes.push(format!("{name}: {} reversed, as its orientation says", reversed.join(" and ")));
        }
        let (order, why) = self.order_of(layout.axes);
        if order != [0, 1, 2] {
            layout = Layout {
                axes: order.map(|axis| layout.axes[axis]),
                reversed: order.map(|axis| layout.reversed[axis]),
            };
            let [across, down, between] = layout.axes.map(|axis| ["first", "second", "third"][axis]);
            notes.push(format!(
                "{name}: the {across} axis is taken across, the {down} down, the {between} from B-scan to B-scan: {why}"
            ));
        }
        (layout, notes)
    }

    /// Which of the axes, in the order that the file states, run across, down and between B-scans; and why.
    fn order_of(&self, axes: [usize; 3]) -> ([usize; 3], &'static str) {
        let length = |axis: usize| self.lengths[axes[axis]];
        let side = |axis: usize| self.dims[axes[axis]];
        let others = |axis: usize| [(axis + 1) % 3, (axis + 2) % 3];
        let are_known = (0..3).all(|axis| length(axis).is_finite() && length(axis) > 0.0);
        let is_single = |axis: usize| side(axis) == 1 && others(axis).iter().all(|other| side(*other) > 1);
        let single = (0..3).find(|axis| is_single(*axis));
        let depth = (0..3).find(|axis| {
            let is_smallest = others(*axis).iter().all(|other| length(*axis) * CLEAR_RATIO <= length(*other));
            are_known && is_smallest && single != Some(*axis)
        });
        if let Some(depth) = depth {
            let [mut one, mut other] = others(depth);
            if one > other {
                std::mem::swap(&mut one, &mut other);
            }
            let is_between = |axis: usize, than: usize| match single {
                Some(single) => axis == single,
                None if length(axis) >= length(than) * CLEAR_RATIO => true,
                None => length(than) < length(axis) * CLEAR_RATIO && side(axis) * 2 < side(than),
            };
            // Voxels as large one way as the other leave the order of the file.
            let order = if is_between(one, other) { [other, depth, one] } else { [one, depth, other] };
            return (order, "the smallest voxel size is the depth of an OCT scan");
        }
        let fewest = (0..3).find(|axis| others(*axis).iter().all(|other| side(*axis) * 2 <= side(*other)));
        let between = single.or(fewest).unwrap_or(2);
        let [mut across, mut down] = others(between);
        if across > down {
            std::mem::swap(&mut across, &mut down);
        }
        let [along_across, along_down] = [across, down].map(|axis| self.contrast_along(axes, axis, between));
        if along_across > 2.0 * along_down {
            return ([down, across, between], "brightness changes most along the depth");
        }
        ([across, down, between], "the fewest voxels count the B-scans")
    }

    /// How much the mean brightness differs along one axis of the middle B-scan.
    fn contrast_along(&self, axes: [usize; 3], axis: usize, between: usize) -> f64 {
        let strides = strides(self.dims);
        let other = 3 - axis - between;
        let [along, across] = [axis, other].map(|axis| (self.dims[axes[axis]], strides[axes[axis]]));
        let start = self.dims[axes[between]] / 2 * strides[axes[between]];
        let places = |(side, stride): (usize, usize)| {
            (0..side).step_by(side.div_ceil(LOOKED_AT).max(1)).map(move |at| at * stride)
        };
        let mean = |at: usize| {
            let values = places(across).map(|further| self.values.get(start + at + further));
            let (sum, count) = values
                .filter(|value| value.is_finite() && value.abs() < 1e30)
                .fold((0.0, 0_u32), |(sum, count), value| (sum + f64::from(value), count + 1));
            if count == 0 { 0.0 } else { sum / f64::from(count) }
        };
        let means: Vec<f64> = places(along).map(mean).collect();
        let centre = means.iter().sum::<f64>() / means.len().max(1) as f64;
        means.iter().map(|mean| (mean - centre).powi(2)).sum::<f64>() / means.len().max(1) as f64
    }
}

impl Layout {
    /// One B-scan of a block of values, row by row.
    fn b_scan(&self, dims: [usize; 3], index: usize, values: &[u8]) -> Vec<u8> {
        let strides = strides(dims);
        let place = |direction: usize, at: usize| {
            let axis = self.axes[direction];
            let at = if self.reversed[direction] { dims[axis] - 1 - at } else { at };
            at * strides[axis]
        };
        let start = place(2, index);
        let columns: Vec<usize> = (0..dims[self.axes[0]]).map(|x| place(0, x)).collect();
        (0..dims[self.axes[1]])
            .flat_map(|y| {
                let row = start + place(1, y);
                columns.iter().map(move |column| values[row + column])
            })
            .collect()
    }
}

fn strides(dims: [usize; 3]) -> [usize; 3] {
    [1, dims[0], dims[0] * dims[1]]
}

/// The layout that a matrix states: each axis goes where it leads most.
fn stated_layout(direction: &[[f64; 3]; 3]) -> Layout {
    let as_it_is = Layout { axes: [0, 1, 2], reversed: [false; 3] };
    let norm = |axis: usize| (0..3).map(|world| direction[world][axis].powi(2)).sum::<f64>().sqrt();
    let norms = [0, 1, 2].map(norm);
    if !norms.iter().all(|norm| norm.is_finite() && *norm > 0.0) {
        return as_it_is;
    }
    let share = |world: usize, axis: usize| direction[world][axis] / norms[axis];
    let permutations = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let fit = |axes: &[usize; 3]| (0..3).map(|world| share(world, axes[world]).powi(2)).sum::<f64>();
    let axes = permutations
        .into_iter()
        .reduce(|best, next| if fit(&next) > fit(&best) + 1e-9 { next } else { best });
    let axes = axes.unwrap_or([0, 1, 2]);
    Layout { axes, reversed: [0, 1, 2].map(|world| share(world, axes[world]) < 0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDENTITY: [[f64; 3]; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

    /// Six columns, eight rows, three B-scans, bands down: value 30 * row + 8 * b_scan + column.
    fn written(order: [usize; 3], lengths: [f64; 3], direction: [[f64; 3]; 3]) -> VoxelVolume {
        let sides = [6, 8, 3];
        let dims = order.map(|axis| sides[axis]);
        let mut values = Vec::new();
        for c in 0..dims[2] {
            for b in 0..dims[1] {
                for a in 0..dims[0] {
                    let mut at = [0; 3];
                    order.iter().zip([a, b, c]).for_each(|(axis, index)| at[*axis] = index);
                    values.push((30 * at[1] + 8 * at[2] + at[0]) as u8);
                }
            }
        }
        let lengths = order.map(|axis| lengths[axis]);
        let values = SampleValues::U8(values);
        VoxelVolume { dims, values, direction, lengths, unit: Some(LengthUnit::Millimetre), window: None }
    }

    fn upright(volume: VoxelVolume) -> bool {
        let opened = volume.into_document("a", FileKind::Nifti, Vec::new()).unwrap();
        let pages = opened.document.pages;
        pages.len() == 3
            && pages.iter().enumerate().all(|(k, page)| {
                let image = &page.scan.image;
                (image.width, image.height) == (6, 8)
                    && (0..8).all(|y| {
                        (0..6).all(|x| usize::from(image.get(x, y)) == 30 * y as usize + 8 * k + x as usize)
                    })
            })
    }

    #[test]
    fn every_order_of_axes_is_found_by_voxel_size() {
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        for order in orders {
            assert!(upright(written(order, [0.0117, 0.0039, 0.25], IDENTITY)), "{order:?}");
            // Without sizes, the fewest voxels and the bands tell.
            assert!(upright(written(order, [0.0; 3], IDENTITY)), "{order:?}, no sizes");
            assert!(upright(written(order, [1.0; 3], IDENTITY)), "{order:?}, sizes nobody set");
        }
    }

    #[test]
    fn the_matrix_permutes_and_reverses() {
        // The file's first axis leads down, its second from B-scan to B-scan, its third across.
        let direction = [[0.0, 0.0, 0.01], [0.004, 0.0, 0.0], [0.0, 0.25, 0.0]];
        assert!(upright(written([1, 2, 0], [0.01, 0.004, 0.25], direction)));
        let mut down = written([0, 1, 2], [0.0117, 0.0039, 0.25], IDENTITY);
        down.direction[1][1] = -1.0;
        let SampleValues::U8(values) = &mut down.values else { unreachable!() };
        for b_scan in values.chunks_mut(48) {
            b_scan.reverse();
            b_scan.chunks_mut(6).for_each(<[u8]>::reverse);
        }
        assert!(upright(down));
        let mut itk = written([0, 1, 2], [0.0117, 0.0039, 0.25], IDENTITY);
        (itk.direction[0][0], itk.direction[1][1]) = (-1.0, -1.0);
        assert!(upright(itk));
        let mut nonsense = written([0, 1, 2], [0.0117, 0.0039, 0.25], IDENTITY);
        nonsense.direction = [[f64::NAN; 3]; 3];
        assert!(upright(nonsense));
    }

    #[test]
    fn counts_are_checked_without_overflow() {
        assert_eq!(VoxelVolume::checked_count([6, 8, 3], "a", "dim").unwrap(), 144);
        for dims in [[0, 1, 1], [u64::MAX, 2, 2], [30_000; 3]] {
            let message = VoxelVolume::checked_count(dims, "a.nii", "byte 40").unwrap_err().to_string();
            assert!(message.starts_with("a.nii: byte 40: "), "{message}");
        }
    }
}
