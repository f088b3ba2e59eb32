//! A MAT file as a volume: which of its arrays holds the B-scans, and how its numbers become greys.

use super::super::FormatError;
use super::super::grey_range::{GreyWindow, ValueFacts, WindowSource};
use super::reader::{ArrayHeader, Class, Numbers, list, numbers};
use crate::scan::{BScan, GreyImage, MAX_SIDE_PX, Spacing, Volume};

/// B-scans of a volume.
const MAX_B_SCANS: usize = 4096;
/// A side shorter than this is no side of a B-scan.
const MIN_SIDE_PX: usize = 16;

/// A volume as read.
#[derive(Clone, Debug)]
pub struct MatVolume {
    /// The B-scans.
    pub volume: Volume,
    /// Which array was taken, how, and what was not.
    pub notes: Vec<String>,
}

/// Reads the array that holds B-scans: the one that is asked for, else the arrays `B0`, `B1` ... of a Spectralis
/// export, else the largest numeric one of three dimensions, else of two. Dimensions are rows, columns,
/// B-scans, as MATLAB shows an image.
///
/// # Errors
/// If the file is damaged or of version 7.3, or holds no such array.
pub fn read(bytes: &[u8], wanted: Option<&str>, name: &str) -> Result<MatVolume, FormatError> {
    let arrays = list(bytes, name)?;
    let mut notes = Vec::new();
    let chosen = choose(&arrays, wanted, name, &mut notes)?;
    let mut pages: Vec<(Numbers, usize)> = Vec::new();
    let (rows, columns) = (chosen[0].dimensions[0], chosen[0].dimensions[1]);
    for array in &chosen {
        let count = array.dimensions.get(2).copied().unwrap_or(1);
        pages.push((numbers(bytes, array, name)?, count));
    }
    let total: usize = pages.iter().map(|(_, count)| count).sum();
    if total == 0 || total > MAX_B_SCANS {
        let problem = format!("{total} B-scans; a volume has 1 to {MAX_B_SCANS}");
        return Err(FormatError::malformed(name, &*chosen[0].name, problem, "save a part of the volume"));
    }
    let window = choose_window(&pages, chosen[0].class);
    if window.source != WindowSource::NumberType || !pages[0].0.are_bytes() {
        notes.push(window.note(name));
    }
    let (spacing, distance_um) = heyex_fields(bytes, &arrays, name);
    let mut b_scans = Vec::with_capacity(total);
    for (numbers, count) in &pages {
        for index in 0..*count {
            let number = b_scans.len() + 1;
            let title = if total == 1 { name.to_owned() } else { format!("{name} {number}/{total}") };
            let image = grey_page(numbers, index, rows, columns, &window);
            let mut scan = BScan::from_image(image, title);
            scan.scanned_area = super::super::scanned_area::detect(&scan.image).map(Into::into);
            scan.spacing = spacing;
            b_scans.push(scan);
        }
    }
    Ok(MatVolume { volume: Volume { b_scans, b_scan_distance_um: distance_um }, notes })
}

/// One B-scan of an array, whose columns lie one after the other.
pub fn grey_page(
    numbers: &Numbers,
    index: usize,
    rows: usize,
    columns: usize,
    window: &GreyWindow,
) -> GreyImage {
    let first = index * rows * columns;
    let pixels: Vec<u8> = (0..rows * columns)
        .map(|at| window.grey(numbers.at(first + at % columns * rows + at / columns) as f32))
        .collect();
    GreyImage::new(columns as u32, rows as u32, pixels)
}

/// Whether an array can be B-scans, by its size.
fn holds_b_scans(array: &ArrayHeader) -> bool {
    let sides = MIN_SIDE_PX..=MAX_SIDE_PX as usize;
    array.is_numeric()
        && matches!(array.dimensions.len(), 2 | 3)
        && array.dimensions[..2].iter().all(|side| sides.contains(side))
        && !array.is_empty()
}

fn choose<'a>(
    arrays: &'a [ArrayHeader],
    wanted: Option<&str>,
    name: &str,
    notes: &mut Vec<String>,
) -> Result<Vec<&'a ArrayHeader>, FormatError> {
    let described = |array: &ArrayHeader| {
        let sides: Vec<String> = array.dimensions.iter().map(usize::to_string).collect();
        format!("{} ({})", array.name, sides.join("x"))
    };
    let candidates: Vec<&ArrayHeader> = arrays.iter().filter(|array| holds_b_scans(array)).collect();
    let named = arrays.iter().filter(|array| array.is_numeric() && array.len() > 1);
    let others: Vec<String> = named.take(20).map(described).collect();
    let refuse = |problem: String| {
        let remedy = "save the B-scans as one numeric array of rows x columns x B-scans";
        Err(FormatError::malformed(name, "the arrays", problem, remedy))
    };
    if let Some(wanted) = wanted {
        return match candidates.iter().find(|array| array.name == wanted) {
            Some(array) => Ok(vec![array]),
            None => {
                refuse(format!("none is called {wanted} and can be B-scans; there are {}", others.join(", ")))
            }
        };
    }
    let numbered = numbered_b_scans(&candidates);
    if let Some(first) = numbered.first() {
        notes.push(format!(
            "{name}: {} arrays from {} on were taken as B-scans",
            numbered.len(),
            described(first)
        ));
        return Ok(numbered);
    }
    let Some(chosen) = candidates.iter().max_by_key(|array| (array.dimensions.len(), array.len())) else {
        let what = if others.is_empty() {
            "it holds none".to_owned()
        } else {
            format!("of {}, none can be B-scans", others.join(", "))
        };
        return refuse(what);
    };
    let rest: Vec<String> =
        candidates.iter().filter(|array| array != &chosen).map(|array| described(array)).collect();
    let rest = match rest.is_empty() {
        true => String::new(),
        false => format!("; to open another of {}, name it as {name}:ARRAY", rest.join(", ")),
    };
    notes
        .push(format!("{name}: the array {} was taken as rows x columns x B-scans{rest}", described(chosen)));
    Ok(vec![chosen])
}

/// The arrays `B0`, `B1` ... of a Spectralis export, which has one a B-scan beside a larger localizer.
fn numbered_b_scans<'a>(candidates: &[&'a ArrayHeader]) -> Vec<&'a ArrayHeader> {
    let number = |array: &ArrayHeader| array.name.strip_prefix('B').and_then(|rest| rest.parse::<u32>().ok());
    let is_one = |array: &&&ArrayHeader| array.dimensions.len() == 2 && number(array).is_some();
    let mut numbered: Vec<&ArrayHeader> = candidates.iter().filter(is_one).copied().collect();
    numbered.sort_by_key(|array| number(array));
    if let Some(first) = numbered.first().copied() {
        numbered.retain(|array| array.dimensions == first.dimensions && array.class == first.class);
    }
    numbered
}

fn choose_window(pages: &[(Numbers, usize)], class: Class) -> GreyWindow {
    let total: usize = pages.iter().map(|(numbers, _)| numbers.len()).sum();
    let each = pages[0].0.len().max(1);
    let value = |index: usize| pages[index / each].0.at(index % each) as f32;
    // Greys that were made double are still stored as bytes.
    let are_bytes = pages.iter().all(|(numbers, _)| numbers.are_bytes());
    let type_range = match class {
        _ if are_bytes => Some([0.0, 255.0]),
        Class::Integer(bits, false) => Some([0.0, 2f32.powi(bits as i32) - 1.0]),
        Class::Integer(bits, true) => Some([-(2f32.powi(bits as i32 - 1)), 2f32.powi(bits as i32 - 1) - 1.0]),
        _ => None,
    };
    if let (Some([black, white]), Class::Integer(8, false)) = (type_range, class) {
        return GreyWindow { black, white, source: WindowSource::NumberType };
    }
    GreyWindow::choose(total, value, ValueFacts { file_window: None, type_range })
}

/// Spacing and distance of B-scans, where the header of a Spectralis export was saved beside the scans.
fn heyex_fields(bytes: &[u8], arrays: &[ArrayHeader], name: &str) -> (Option<Spacing>, Option<f32>) {
    let um = |field: &str| {
        let array = arrays.iter().find(|array| array.name == field && array.len() == 1)?;
        let numbers = numbers(bytes, array, name).ok()?;
        Some((numbers.at(0) * 1000.0) as f32)
    };
    let spacing =
        um("ScaleZ").zip(um("ScaleX")).and_then(|(axial, lateral)| Spacing::checked(axial, lateral));
    (spacing, um("Distance").filter(|um| (0.1..=10_000.0).contains(um)))
}
