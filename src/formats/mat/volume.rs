//! A MAT file as a volume: which of its arrays holds the B-scans, and how its numbers become greys.

use super::super::FormatError;
use super::super::grey_range::{GreyWindow, ValueFacts, WindowSource};
use super::axes::Axes;
use super::reader::{ArrayHeader, Class, Numbers, afford, list, numbers};
use crate::anatomy::LABELS;
use crate::scan::{BScan, GreyImage, Spacing, Volume};

/// B-scans of a volume.
const MAX_B_SCANS: usize = 4096;
/// Numbers of an array that are looked at to tell a scan from labels.
const SAMPLED_VALUES: usize = 1 << 16;

/// A volume as read.
#[derive(Clone, Debug)]
pub struct MatVolume {
    /// The B-scans.
    pub volume: Volume,
    /// How numbers became greys.
    pub window: GreyWindow,
    /// Which array was taken, how, and what was not.
    pub notes: Vec<String>,
}

/// Reads the array that holds B-scans: the one that is asked for, else the arrays `B0`, `B1` ... of a Spectralis
/// export, else the largest numeric one of three dimensions, else of two. Dimensions are rows, columns,
/// B-scans, as MATLAB shows an image, unless brightness speaks against it.
///
/// # Errors
/// If the file is damaged or of version 7.3, or holds no such array.
pub fn read(bytes: &[u8], wanted: Option<&str>, name: &str) -> Result<MatVolume, FormatError> {
    let arrays = list(bytes, name)?;
    let mut notes = Vec::new();
    let Chosen { taken, others } = choose(bytes, &arrays, wanted, name)?;
    afford(bytes, taken.iter().map(|(array, _)| *array), name)?;
    let mut pages: Vec<(Numbers, Axes)> = Vec::new();
    for (array, axes) in &taken {
        pages.push((numbers(bytes, array, name)?, *axes));
    }
    let (count, chosen) = (taken.len(), taken[0].0);
    if let [(numbers, axes)] = &mut pages[..] {
        let (judged, way) = axes.judged(numbers);
        *axes = judged;
        notes.push(format!("{name}: the array {} was taken as {way}{others}", described(chosen)));
    } else {
        notes.push(format!("{name}: {count} arrays from {} on were taken as B-scans", described(chosen)));
    }
    let total: usize = pages.iter().map(|(_, axes)| axes.b_scans).sum();
    if total == 0 || total > MAX_B_SCANS {
        let problem = format!("{total} B-scans; a volume has 1 to {MAX_B_SCANS}");
        return Err(FormatError::malformed(name, &*chosen.name, problem, "save a part of the volume"));
    }
    let window = choose_window(&pages, chosen.class);
    if window.source != WindowSource::NumberType || !pages[0].0.are_bytes() {
        notes.push(window.note(name));
    }
    let (spacing, distance_um) = heyex_fields(bytes, &arrays, name);
    let mut b_scans = Vec::with_capacity(total);
    for (numbers, axes) in &pages {
        for index in 0..axes.b_scans {
            let number = b_scans.len() + 1;
            let title = if total == 1 { name.to_owned() } else { format!("{name} {number}/{total}") };
            let image = grey_page(numbers, index, *axes, &window);
            let mut scan = BScan::from_image(image, title);
            scan.scanned_area = super::super::scanned_area::detect(&scan.image).map(Into::into);
            scan.spacing = spacing;
            b_scans.push(scan);
        }
    }
    Ok(MatVolume { volume: Volume { b_scans, b_scan_distance_um: distance_um }, window, notes })
}

/// One B-scan of an array.
pub fn grey_page(numbers: &Numbers, index: usize, axes: Axes, window: &GreyWindow) -> GreyImage {
    let pixels: Vec<u8> = axes.places(index).map(|at| window.grey(numbers.at(at) as f32)).collect();
    GreyImage::new(axes.columns as u32, axes.rows as u32, pixels)
}

/// The array and how it may be taken as B-scans, by its size; `None` where it cannot.
fn as_b_scans(array: &ArrayHeader) -> Option<(&ArrayHeader, Axes)> {
    let axes = Axes::of(&array.dimensions)?;
    (array.is_numeric() && !array.is_empty()).then_some((array, axes))
}

/// Its name and its sides.
fn described(array: &ArrayHeader) -> String {
    let sides: Vec<String> = array.dimensions.iter().map(usize::to_string).collect();
    format!("{} ({})", array.name, sides.join("x"))
}

/// What is read of a file.
struct Chosen<'a> {
    /// At least one.
    taken: Vec<(&'a ArrayHeader, Axes)>,
    /// How to open the arrays that are not, for a note; empty where there are none.
    others: String,
}

fn choose<'a>(
    bytes: &[u8],
    arrays: &'a [ArrayHeader],
    wanted: Option<&str>,
    name: &str,
) -> Result<Chosen<'a>, FormatError> {
    let candidates: Vec<(&ArrayHeader, Axes)> = arrays.iter().filter_map(as_b_scans).collect();
    let named = arrays.iter().filter(|array| array.is_numeric() && array.len() > 1);
    let listed: Vec<String> = named.take(20).map(described).collect();
    let refuse = |problem: String| {
        let remedy = "save the B-scans as one numeric array of rows x columns x B-scans";
        Err(FormatError::malformed(name, "the arrays", problem, remedy))
    };
    let alone = |taken| Chosen { taken, others: String::new() };
    if let Some(wanted) = wanted {
        return match candidates.iter().find(|(array, _)| array.name == wanted) {
            Some(candidate) => Ok(alone(vec![*candidate])),
            None => {
                refuse(format!("none is called {wanted} and can be B-scans; there are {}", listed.join(", ")))
            }
        };
    }
    let numbered = numbered_b_scans(&candidates);
    if !numbered.is_empty() {
        return Ok(alone(numbered));
    }
    let Some(chosen) = largest(bytes, &candidates, name) else {
        let insides: Vec<&str> =
            arrays.iter().filter(|array| !array.is_numeric()).take(20).map(|array| &array.name[..]).collect();
        let what = match (listed.is_empty(), insides.is_empty()) {
            (false, _) => format!("of {}, none can be B-scans", listed.join(", ")),
            (true, true) => "it holds none".to_owned(),
            (true, false) => format!(
                "it holds {}, which are structures, cells, texts or complex numbers: their insides are not read",
                insides.join(", ")
            ),
        };
        return refuse(what);
    };
    let rest: Vec<String> =
        candidates.iter().filter(|other| **other != chosen).map(|(array, _)| described(array)).collect();
    let others = match rest.is_empty() {
        true => String::new(),
        false => format!("; to open another of {}, name it as {name}:ARRAY", rest.join(", ")),
    };
    Ok(Chosen { taken: vec![chosen], others })
}

/// The largest candidate, volumes before pictures; of several of one size the first that holds more different values
/// than labels do.
fn largest<'a>(
    bytes: &[u8],
    candidates: &[(&'a ArrayHeader, Axes)],
    name: &str,
) -> Option<(&'a ArrayHeader, Axes)> {
    let size = |(array, axes): &(&ArrayHeader, Axes)| (axes.b_scans > 1, array.len());
    let largest = candidates.iter().map(size).max()?;
    let mut alike = candidates.iter().filter(|candidate| size(candidate) == largest);
    let first = alike.clone().next().copied();
    let is_scan = |(array, _): &&(&ArrayHeader, Axes)| {
        numbers(bytes, array, name).is_ok_and(|numbers| has_many_values(&numbers))
    };
    match alike.clone().count() {
        1 => first,
        _ => alike.find(is_scan).copied().or(first),
    }
}

/// Whether a regular sample of the numbers holds more different ones than there are labels.
fn has_many_values(numbers: &Numbers) -> bool {
    let step = numbers.len().div_ceil(SAMPLED_VALUES).max(1) | 1;
    let mut values: Vec<u64> = Vec::new();
    (0..numbers.len()).step_by(step).any(|index| {
        let value = numbers.at(index).to_bits();
        if !values.contains(&value) {
            values.push(value);
        }
        values.len() > LABELS.len() + 1
    })
}

/// The arrays `B0`, `B1` ... of a Spectralis export, which has one a B-scan beside a larger localizer.
fn numbered_b_scans<'a>(candidates: &[(&'a ArrayHeader, Axes)]) -> Vec<(&'a ArrayHeader, Axes)> {
    let number = |array: &ArrayHeader| array.name.strip_prefix('B').and_then(|rest| rest.parse::<u32>().ok());
    let is_one = |(array, _): &&(&ArrayHeader, Axes)| array.dimensions.len() == 2 && number(array).is_some();
    let mut numbered: Vec<(&ArrayHeader, Axes)> = candidates.iter().filter(is_one).copied().collect();
    numbered.sort_by_key(|(array, _)| number(array));
    if let Some((first, _)) = numbered.first().copied() {
        numbered.retain(|(array, _)| array.dimensions == first.dimensions && array.class == first.class);
    }
    numbered
}

fn choose_window(pages: &[(Numbers, Axes)], class: Class) -> GreyWindow {
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
