//! How much the masks of a generation repeat each other, and those that their source was made of.
//!
//! A model that is asked for the same again and again draws the same again and again; a thousand such pairs teach a
//! segmenter no more than a few. So for every mask the nearest other one is looked for: the smaller these distances beside
//! those between real eyes, the less the set covers. A mask that lies very near a training mask is a copy of it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

use super::GenerationError;
use super::folder::GENERATION_FILE;
use super::line::GeneratedLine;
use crate::dataset::manifest::MANIFEST_FILE;
use crate::dataset::split::{Role, SPLIT_FILE};
use crate::dataset::{Manifest, Split};
use crate::formats::label_png::{self, CodeScheme};
use crate::formats::{FormatError, json_problem, read_file};
use crate::metrics::masks::MaskFigures;
use crate::scan::Spacing;

/// Most masks that are compared with each other, evenly spaced among all: the work grows with their square.
pub const MAX_COMPARED: usize = 400;

/// Distances to the nearest mask, in um: the mean distance of the interfaces once both masks lie on each other as well as
/// a shift and a mirror can bring them ([`MaskFigures::distance`]).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct NearestDistances {
    /// The nearest two of all.
    pub least_um: f64,
    /// A twentieth of the masks have a nearer one.
    pub fifth_percentile_um: f64,
    /// Half of the masks have a nearer one.
    pub median_um: f64,
    /// Masks of the other set.
    pub among: usize,
}

/// How much the masks of a generation repeat each other.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Coverage {
    /// Pairs in the folder.
    pub masks: usize,
    /// Of them, those that were compared.
    pub compared: usize,
    /// Masks that are another one to the pixel.
    pub copies: usize,
    /// From each to the nearest other; `None` of fewer than two.
    pub within: Option<NearestDistances>,
    /// From each to the nearest training mask of the data set that was named.
    pub to_training: Option<NearestDistances>,
    /// From each training mask to the nearest of another subject: what real eyes differ by.
    pub between_training: Option<NearestDistances>,
}

impl Coverage {
    /// In a few sentences.
    pub fn in_words(&self) -> String {
        let mut words = match &self.within {
            None => return "Coverage is measured from two masks on.".to_owned(),
            Some(within) => format!(
                "The nearest other mask is {:.1} µm away (median; least {:.1} µm)",
                within.median_um, within.least_um
            ),
        };
        if self.compared < self.masks {
            words += &format!(", among {} of {} masks", self.compared, self.masks);
        }
        if self.copies > 0 {
            words += &format!("; {} are copies of another", self.copies);
        }
        words.push('.');
        if let Some(training) = &self.to_training {
            words += &format!(
                " The nearest of {} training masks is {:.1} µm away (median; least {:.1} µm)",
                training.among, training.median_um, training.least_um
            );
            words += &match &self.between_training {
                Some(real) => format!("; between real eyes it is {:.1} µm.", real.median_um),
                None => ".".to_owned(),
            };
        }
        words
    }
}

/// Measures the coverage of a generation's folder, and its distance to the training masks of a data set.
///
/// # Errors
/// If a file cannot be read, or the data set has no labelled training scan.
pub fn of_folder(dir: &Path, reference: Option<&Path>) -> Result<Coverage, GenerationError> {
    if !dir.join(GENERATION_FILE).is_file() {
        return Err(GenerationError::Folder {
            place: dir.display().to_string(),
            problem: "it holds no generated pairs".to_owned(),
            remedy: "name a folder that `retidiff generate local` or `merge --unpack` made".to_owned(),
        });
    }
    let lines = lines_of(dir)?;
    let mut times: HashMap<&str, usize> = HashMap::new();
    for line in &lines {
        *times.entry(&line.generated.mask_sha256).or_default() += 1;
    }
    let copies = times.values().map(|count| count - 1).sum();
    let chosen = evenly(&lines, MAX_COMPARED);
    let figures = figures(&chosen, |line| mask_of(dir, line))?;
    let lateral = chosen.first().and_then(|line| line.entry.spacing).map(|spacing| spacing.lateral_um_per_px);
    let training = reference.map(|data| training_figures(data, lateral)).transpose()?;
    let of_training = |training: &Vec<(String, MaskFigures)>| {
        let masks: Vec<&MaskFigures> = training.iter().map(|(_, figures)| figures).collect();
        distances(&figures.iter().map(|mask| nearest(mask, &masks)).collect::<Vec<_>>(), masks.len())
    };
    Ok(Coverage {
        masks: lines.len(),
        compared: figures.len(),
        copies,
        within: within(&figures),
        to_training: training.as_ref().and_then(of_training),
        between_training: training.as_ref().and_then(|training| between(training)),
    })
}

/// From each of some masks to the nearest other one; each is a label PNG with the size of its pixels. Of more than `most`
/// so many are compared, evenly spaced; how many that were comes first.
///
/// # Errors
/// If a file cannot be read.
pub fn of_masks(
    masks: &[(PathBuf, Spacing)],
    most: usize,
) -> Result<(usize, Option<NearestDistances>), FormatError> {
    let figures = figures(&evenly(masks, most), |(path, spacing)| codes_at(path, Some(*spacing)))?;
    Ok((figures.len(), within(&figures)))
}

/// From each mask to the nearest other one.
fn within(figures: &[MaskFigures]) -> Option<NearestDistances> {
    let to_others: Vec<f64> = (0..figures.len())
        .into_par_iter()
        .map(|at| {
            let others = figures.iter().enumerate().filter(|(other, _)| *other != at);
            others.map(|(_, other)| figures[at].distance(other)).fold(f64::INFINITY, f64::min)
        })
        .collect();
    distances(&to_others, figures.len().saturating_sub(1))
}

fn lines_of(dir: &Path) -> Result<Vec<GeneratedLine>, GenerationError> {
    let path = dir.join(MANIFEST_FILE);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let bytes = read_file(&path)?;
    // A torn last line belongs to a pair that is being made.
    let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let lines = bytes[..whole].split(|&byte| byte == b'\n').enumerate();
    let mut read = Vec::new();
    for (number, line) in lines.filter(|(_, line)| !line.trim_ascii().is_empty()) {
        read.push(serde_json::from_slice(line).map_err(|error| {
            let place = format!("line {}", number + 1);
            let remedy = "correct the line, or generate into an empty folder";
            FormatError::malformed(&path.display().to_string(), place, json_problem(&error), remedy)
        })?);
    }
    Ok(read)
}

/// So many of a list at most, evenly spaced.
fn evenly<T>(all: &[T], most: usize) -> Vec<&T> {
    let count = all.len().min(most);
    (0..count).map(|at| &all[at * all.len() / count]).collect()
}

/// Composite codes, their size, and the size of a pixel.
type Codes = (u32, u32, Vec<u8>, [f32; 2]);

/// The figures of masks, read on all cores; those without an ordered column have none.
fn figures<T: Sync>(
    of: &[&T],
    read: impl Fn(&T) -> Result<Codes, FormatError> + Sync,
) -> Result<Vec<MaskFigures>, FormatError> {
    let read: Result<Vec<Option<MaskFigures>>, FormatError> = of
        .par_iter()
        .map(|one| {
            let (width, height, codes, pixel_um) = read(one)?;
            Ok(MaskFigures::of(width, height, &codes, pixel_um))
        })
        .collect();
    Ok(read?.into_iter().flatten().collect())
}

fn mask_of(dir: &Path, line: &GeneratedLine) -> Result<Codes, FormatError> {
    codes_at(&dir.join(line.entry.label.as_deref().unwrap_or_default()), line.entry.spacing)
}

fn codes_at(path: &Path, spacing: Option<Spacing>) -> Result<Codes, FormatError> {
    let labels = label_png::read(&read_file(path)?, &path.display().to_string(), CodeScheme::Studio)?;
    let pixel_um = spacing.map_or([1.0, 1.0], |spacing| [spacing.axial_um_per_px, spacing.lateral_um_per_px]);
    Ok((labels.width, labels.height, labels.codes, pixel_um))
}

/// Subject and figures of the training masks of a data set, their columns as wide as those of the generation.
fn training_figures(
    data: &Path,
    lateral_um_per_px: Option<f32>,
) -> Result<Vec<(String, MaskFigures)>, GenerationError> {
    let manifest = Manifest::read(data)?;
    let split_file = data.join(SPLIT_FILE);
    let split = match split_file.is_file() {
        true => serde_json::from_slice(&read_file(&split_file)?).map_err(|error| {
            let remedy = "build the data set again with `retidiff dataset build`";
            FormatError::malformed(&split_file.display().to_string(), "the split", error.to_string(), remedy)
        })?,
        false => Split::default(),
    };
    let is_training = |subject: &str| split.role(subject) == Role::Training;
    let labelled: Vec<_> = manifest
        .entries
        .iter()
        .filter(|entry| entry.label.is_some() && entry.spacing.is_some() && is_training(&entry.subject))
        .collect();
    if labelled.is_empty() {
        let problem = "it has no labelled training scan of a known pixel size";
        let remedy = "name the data set that the masks come from";
        return Err(
            FormatError::malformed(&data.display().to_string(), "the data set", problem, remedy).into()
        );
    }
    let read: Result<Vec<Option<(String, MaskFigures)>>, FormatError> = labelled
        .par_iter()
        .map(|entry| {
            let path = manifest.path(entry.label.as_deref().unwrap_or_default());
            let codes = with_columns(codes_at(&path, entry.spacing)?, lateral_um_per_px);
            let figures = MaskFigures::of(codes.0, codes.1, &codes.2, codes.3);
            Ok(figures.map(|figures| (entry.subject.clone(), figures)))
        })
        .collect();
    Ok(read?.into_iter().flatten().collect())
}

/// Codes with columns of another width, each the nearest of before.
fn with_columns((width, height, codes, pixel_um): Codes, lateral_um_per_px: Option<f32>) -> Codes {
    let Some(lateral) = lateral_um_per_px.filter(|lateral| (lateral / pixel_um[1] - 1.0).abs() > 0.01) else {
        return (width, height, codes, pixel_um);
    };
    let columns = ((width as f32 * pixel_um[1] / lateral).round() as u32).clamp(1, 8 * width);
    let from = |x: u32| (u64::from(x) * u64::from(width) / u64::from(columns)) as u32;
    let row = |y: u32| (0..columns).map(move |x| (y * width + from(x)) as usize);
    let codes = (0..height).flat_map(row).map(|at| codes[at]).collect();
    (columns, height, codes, [pixel_um[0], lateral])
}

fn nearest(mask: &MaskFigures, others: &[&MaskFigures]) -> f64 {
    others.par_iter().map(|other| mask.distance(other)).reduce(|| f64::INFINITY, f64::min)
}

/// From each training mask to the nearest of another subject.
fn between(training: &[(String, MaskFigures)]) -> Option<NearestDistances> {
    let chosen = evenly(training, MAX_COMPARED);
    let found: Vec<f64> = chosen
        .iter()
        .map(|(subject, mask)| {
            let others: Vec<&MaskFigures> =
                training.iter().filter(|(other, _)| other != subject).map(|(_, mask)| mask).collect();
            nearest(mask, &others)
        })
        .collect();
    distances(&found, training.len())
}

fn distances(nearest: &[f64], among: usize) -> Option<NearestDistances> {
    let mut sorted: Vec<f64> = nearest.iter().copied().filter(|um| um.is_finite()).collect();
    if sorted.is_empty() {
        return None;
    }
    sorted.sort_by(f64::total_cmp);
    let at = |part: f64| sorted[((sorted.len() - 1) as f64 * part).round() as usize];
    Some(NearestDistances { least_um: sorted[0], fifth_percentile_um: at(0.05), median_um: at(0.5), among })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wider_columns_are_the_nearest_of_before() {
        let codes: Vec<u8> = (0..12).map(|at| at % 6).collect();
        let (width, height, halved, pixel_um) = with_columns((6, 2, codes.clone(), [4.0, 5.0]), Some(10.0));
        assert_eq!((width, height, pixel_um), (3, 2, [4.0, 10.0]));
        assert_eq!(halved, [0, 2, 4, 0, 2, 4]);
        assert_eq!(with_columns((6, 2, codes.clone(), [4.0, 10.05]), Some(10.0)).2, codes, "near enough");
    }

    #[test]
    fn percentiles_are_those_of_what_was_found() {
        let found: Vec<f64> = (1..=21).map(f64::from).chain([f64::INFINITY]).collect();
        let expected =
            NearestDistances { least_um: 1.0, fifth_percentile_um: 2.0, median_um: 11.0, among: 5 };
        assert_eq!(distances(&found, 5), Some(expected));
        assert_eq!(distances(&[f64::INFINITY], 0), None);
        assert_eq!(evenly(&[0, 1, 2, 3, 4, 5], 3), [&0, &2, &4]);
    }
}
