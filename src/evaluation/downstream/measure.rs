//! A trained segmenter on the test set: figures image by image, kept in the folder of its run.

use std::path::Path;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::error::DownstreamError;
use super::test_set::TestSet;
use crate::anatomy::{INTERFACE_COUNT, LAYER_COUNT};
use crate::dataset::samples::LabelledScan;
use crate::formats::{label_png, read_file, write_file};
use crate::metrics::segmentation::confusion::Confusion;
use crate::metrics::segmentation::interfaces::GeometryErrors;
use crate::metrics::segmentation::lesion_detection::LesionDetection;
use crate::metrics::segmentation::outlines::Outlines;
use crate::metrics::segmentation::{CLASS_COUNT, LabelledPair};
use crate::segmentation::labeller::ASSUMED_SPACING;
use crate::segmentation::{Labeller, segmenter_file};
use crate::training::run_directory::MODEL_FILE;

/// Name of the figures in a run's folder.
pub(super) const FIGURES_FILE: &str = "downstream.json";
/// Name of the folder of labels in a run's folder.
const LABELS: &str = "downstream_labels";
/// 2: normalised surface Dice.
const FIGURES_VERSION: u32 = 2;

/// What one test image says of a segmenter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImageFigures {
    pub id: String,
    pub subject: String,
    pub confusion: Confusion,
    /// By class, in µm; `None` where one side lacks the class.
    pub hd95_um: [Option<f64>; CLASS_COUNT],
    /// By class, in µm.
    pub assd_um: [Option<f64>; CLASS_COUNT],
    /// By class: share of the outlines within one axial pixel of the other side's.
    pub nsd: [Option<f64>; CLASS_COUNT],
    /// Mean unsigned error of each interface, in µm.
    pub interfaces_um: [Option<f64>; INTERFACE_COUNT],
    /// Mean unsigned error of each layer's thickness, A-scan by A-scan, in µm.
    pub thickness_um: [Option<f64>; LAYER_COUNT],
    /// Unsigned error of the fluid area, in mm².
    pub fluid_mm2: f64,
    pub lesions: LesionDetection,
}

/// The figures of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunFigures {
    version: u32,
    /// Of the measured model.
    model_sha256: String,
    pub images: Vec<ImageFigures>,
}

impl RunFigures {
    /// Figures of runs on different eyes (the folds of one seed) as those of one run on all of them; `None` of none.
    pub(in crate::evaluation) fn joined(runs: Vec<Self>) -> Option<Self> {
        runs.into_iter().reduce(|mut all, run| {
            all.images.extend(run.images);
            all
        })
    }
}

#[cfg(test)]
impl RunFigures {
    /// Of a run that nobody trained.
    pub(super) fn of_images(images: Vec<ImageFigures>) -> Self {
        Self { version: FIGURES_VERSION, model_sha256: String::new(), images }
    }
}

/// The figures of a finished run, measured now unless they were before.
///
/// # Errors
/// If the run's model cannot be read, or the figures cannot be written.
pub fn measured(run: &Path, test: &TestSet, device: &Device) -> Result<RunFigures, DownstreamError> {
    let model = run.join(MODEL_FILE);
    let (network, info) = segmenter_file::load(&read_file(&model)?, &model.display().to_string(), device)?;
    let file = run.join(FIGURES_FILE);
    if let Some(known) = known(&file, &info.tensors_sha256, test) {
        return Ok(known);
    }
    let model_sha256 = info.tensors_sha256.clone();
    let labeller = Labeller::new(network, info, device.clone());
    let labels = run.join(LABELS);
    std::fs::create_dir_all(&labels).map_err(DownstreamError::io(&labels, "making the folder"))?;
    let mut images = Vec::new();
    for scan in &test.scans {
        let codes = labeller.label_graded(scan);
        let about =
            [("Comment", "labels of a segmenter, not corrected"), ("ModelSHA256", model_sha256.as_str())];
        let bytes = label_png::write(scan.image.width, scan.image.height, &codes, &about)?;
        write_file(&labels.join(format!("{}.png", scan.entry.id)), &bytes)?;
        images.push(image_figures(scan, &codes));
    }
    let figures = RunFigures { version: FIGURES_VERSION, model_sha256, images };
    let text = serde_json::to_vec(&figures).expect("figures are plain data");
    write_file(&file, &text)?;
    // As they are read from now on: a number may come back with another last digit, and a report would change with it.
    Ok(serde_json::from_slice(&text).unwrap_or(figures))
}

/// The labels that a measured run gave a scan, as composite codes.
///
/// # Errors
/// If they cannot be read.
pub fn labels_of(run: &Path, id: &str) -> Result<Vec<u8>, DownstreamError> {
    let file = run.join(LABELS).join(format!("{id}.png"));
    let labels =
        label_png::read(&read_file(&file)?, &file.display().to_string(), label_png::CodeScheme::Studio)?;
    Ok(labels.codes)
}

/// Figures that were measured before, of this model and these scans.
fn known(file: &Path, model_sha256: &str, test: &TestSet) -> Option<RunFigures> {
    let figures: RunFigures = serde_json::from_slice(&read_file(file).ok()?).ok()?;
    let is_same = figures.version == FIGURES_VERSION
        && figures.model_sha256 == model_sha256
        && figures.images.len() == test.scans.len()
        && figures.images.iter().zip(&test.scans).all(|(image, scan)| image.id == scan.entry.id);
    is_same.then_some(figures)
}

fn image_figures(scan: &LabelledScan, predicted: &[u8]) -> ImageFigures {
    let columns: Vec<bool> = (0..scan.image.width).map(|x| scan.is_column_valid(x)).collect();
    let pair = LabelledPair {
        size: [scan.image.width, scan.image.height],
        truth: &scan.labels,
        predicted,
        scanned: &scan.scanned,
        columns: &columns,
        spacing: scan.entry.spacing.unwrap_or(ASSUMED_SPACING),
    };
    let outlines: [Outlines; CLASS_COUNT] = std::array::from_fn(|class| Outlines::of(&pair, class));
    let geometry = GeometryErrors::of(&pair);
    let apart = |outlines: &Outlines| match outlines {
        Outlines::Apart(distances) => Some(*distances),
        Outlines::OneSided | Outlines::Absent => None,
    };
    ImageFigures {
        id: scan.entry.id.clone(),
        subject: scan.entry.subject.clone(),
        confusion: Confusion::of(&pair),
        hd95_um: std::array::from_fn(|class| apart(&outlines[class]).map(|distances| distances.hd95_um)),
        assd_um: std::array::from_fn(|class| apart(&outlines[class]).map(|distances| distances.assd_um)),
        nsd: std::array::from_fn(|class| apart(&outlines[class]).map(|distances| distances.nsd)),
        interfaces_um: std::array::from_fn(|k| geometry.interface(k).mean_um),
        thickness_um: std::array::from_fn(|layer| geometry.thickness(layer).mean_um),
        fluid_mm2: geometry.fluid_mm2().map_or(0.0, |[unsigned, _]| unsigned),
        lesions: LesionDetection::of(&pair),
    }
}
