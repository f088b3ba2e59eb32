//! Synthetic pairs as a data set: from this program's models, or from a folder that somebody made.

use std::ops::ControlFlow;
use std::path::Path;

use super::error::DownstreamError;
use super::plan::{ModelOrigin, PairOrigin};
use crate::dataset::manifest::{MANIFEST_VERSION, Manifest, ManifestEntry, SYNTHETIC};
use crate::dataset::samples::LabelledScan;
use crate::diffusion::mask_generator::{MaskGenerator, MaskSettings};
use crate::diffusion::samplers::Sampler;
use crate::diffusion::synthesizer::{SamplingSettings, Synthesizer};
use crate::diffusion::{Emphasis, Look, NoiseSpacing};
use crate::encoding::dmc::{self, DmcMode, Histogram, Repair};
use crate::encoding::drawn_looks::appearance_of_seed;
use crate::evaluation::SeenEyes;
use crate::formats::provenance::SOFTWARE;
use crate::formats::{FormatError, label_png, scan_image, write_file};
use crate::metrics::fidelity::{Mask, PictureSet};
use crate::metrics::painter::Painter;
use crate::scan::{GreyImage, Spacing};

/// Columns and rows of a sampled mask.
const MASK_SIZE: [u32; 2] = [512, 496];

/// The models that pairs are made with.
#[derive(Debug)]
pub struct PairModels {
    /// Draws masks.
    pub masks: MaskGenerator,
    /// Draws scans of them.
    pub image: Synthesizer,
    /// Network evaluations of a scan.
    pub synthesis_steps: u32,
}

/// Where an experiment takes its synthetic pairs from.
#[derive(Debug, Default)]
pub struct Pairs {
    /// Makes what no folder gives; `None` where no arm needs it.
    pub models: Option<Box<PairModels>>,
    /// A data set of sampled pairs, taken from its first on.
    pub folder: Option<Manifest>,
    /// What whoever reads the figures must know of how these pairs came about; it goes into the report.
    pub notes: Vec<String>,
    /// Whether the models behind them saw who is measured, as far as that is known.
    pub seen: SeenEyes,
}

impl Pairs {
    /// As the plan keeps it.
    pub fn origin(&self) -> PairOrigin {
        PairOrigin {
            folder: self.folder.as_ref().map(|folder| folder.dir.display().to_string()),
            models: self.models.as_ref().map(|models| ModelOrigin {
                image_sha256: models.image.info().tensors_sha256.clone(),
                masks_sha256: models.masks.info().tensors_sha256.clone(),
                synthesis_steps: models.synthesis_steps,
                software: Some(SOFTWARE.to_owned()),
                drawn_looks: true,
            }),
            contents: None,
        }
    }
}

/// A mask, its scan, and how large a pixel is.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    pub image: GreyImage,
    /// Composite codes, row-major, the size of the image.
    pub codes: Vec<u8>,
    pub spacing: Option<Spacing>,
}

impl PairModels {
    /// Pair number `index`: a sampled mask and its scan. The same models and number give the same pair.
    pub fn sampled(&self, index: usize) -> Pair {
        let [width, height] = MASK_SIZE;
        let plan = self.masks.plan(width, height, None);
        let settings = MaskSettings { seed: index as u64, ..MaskSettings::default() };
        let ControlFlow::Continue(drawn) =
            self.masks.draw(&plan, &settings, None, |_| ControlFlow::Continue(()))
        else {
            unreachable!("nothing breaks this drawing off")
        };
        let codes = drawn.codes(DmcMode::default(), &Histogram::default());
        let codes = dmc::repair(width, height, &codes, Repair::default()).0.composite_pixels();
        let spacing = Spacing::checked(plan.pixel_um[0], plan.pixel_um[1]);
        Pair { image: self.scan_of(&codes, MASK_SIZE, spacing, index), codes, spacing }
    }

    /// The synthetic scan of a mask; a network on a fixed grid is shown its annotated columns, as in training.
    pub fn scan_of(&self, codes: &[u8], size: [u32; 2], spacing: Option<Spacing>, seed: usize) -> GreyImage {
        scan_of(&self.image, codes, size, spacing, (seed as u64, self.synthesis_steps))
    }

    /// The synthetic scan of a graded scan's mask, unlabelled columns and all.
    pub fn of_graded(&self, scan: &LabelledScan, index: usize) -> Pair {
        let size = [scan.image.width, scan.image.height];
        let image = self.scan_of(&scan.labels, size, scan.entry.spacing, index);
        Pair { image, codes: scan.labels.clone(), spacing: scan.entry.spacing }
    }
}

fn scan_of(
    image: &Synthesizer,
    codes: &[u8],
    size: [u32; 2],
    spacing: Option<Spacing>,
    (seed, steps): (u64, u32),
) -> GreyImage {
    let plan = image.info().mapping.plan_of(codes, size, spacing);
    // What `generate local` gives its pairs, too.
    let info = image.info();
    let looks = appearance_of_seed(info.style.as_ref(), info.shadow, size[0], spacing, seed);
    let look = Look::of(&looks, &plan);
    let labels = plan.labels_to_grid(codes);
    let scene = image.scene_with_look(&labels, &plan, Emphasis::default(), &look, None);
    let noise = image.noise(seed, &plan);
    let settings = SamplingSettings { sampler: Sampler::default(), spacing: NoiseSpacing::USUAL, steps };
    match image.synthesize(&scene, &noise, settings, None, |_| ControlFlow::Continue(())) {
        ControlFlow::Continue(grid) => plan.grid_to_image(&grid),
        ControlFlow::Break(()) => unreachable!("nothing breaks this synthesis off"),
    }
}

/// The painter with the greys and the speckle of graded scans.
///
/// # Errors
/// If one of them cannot be read.
pub fn painter_of(
    scans: impl IntoIterator<Item = Result<LabelledScan, FormatError>>,
) -> Result<Painter, DownstreamError> {
    let mut pictures = PictureSet::default();
    for scan in scans {
        let scan = scan?;
        let valid = scan.valid_pixels();
        pictures.add(&scan.image, Mask { labels: &scan.labels, scanned: &scan.scanned, valid: &valid });
    }
    Ok(Painter::of(&pictures.class_means(), &pictures.textures()))
}

/// A pair's mask as the painter paints it.
pub fn painted(painter: &Painter, mask: &LabelledScan, index: usize) -> Pair {
    let size = [mask.image.width, mask.image.height];
    let image = painter.paint(&mask.labels, size, index as u64);
    Pair { image, codes: mask.labels.clone(), spacing: mask.entry.spacing }
}

/// Brings a folder to `count` pairs and reads it; those that are there stay. `pair` makes number `index`, and
/// `on_pair` is told how many there are, and whether to go on.
///
/// # Errors
/// If the folder cannot be written, `pair` cannot make one, or a stop is asked for.
pub fn fill(
    folder: &Path,
    what: &str,
    count: usize,
    mut pair: impl FnMut(usize) -> Result<Pair, DownstreamError>,
    mut on_pair: impl FnMut(usize) -> ControlFlow<()>,
) -> Result<Manifest, DownstreamError> {
    std::fs::create_dir_all(folder).map_err(DownstreamError::io(folder, "making the folder"))?;
    let mut manifest = Manifest::open_for_appending(folder)?;
    for index in manifest.entries.len()..count {
        if on_pair(index).is_break() {
            return Err(DownstreamError::Stopped);
        }
        let Pair { image, codes, spacing } = pair(index)?;
        let id = format!("{what}_{index:05}");
        let (scan, label) = (format!("images/{id}.png"), format!("labels/{id}.png"));
        let about = [
            ("Software", "RetiDiff Studio"),
            ("Synthetic", "true"),
            ("Comment", "SYNTHETIC, made by a model"),
        ];
        for part in ["images", "labels"].map(|part| folder.join(part)) {
            std::fs::create_dir_all(&part).map_err(DownstreamError::io(&part, "making the folder"))?;
        }
        write_file(&folder.join(&scan), &scan_image::write(&image, &about)?)?;
        write_file(&folder.join(&label), &label_png::write(image.width, image.height, &codes, &about)?)?;
        // The line comes last: what it names is whole.
        manifest.append(ManifestEntry {
            version: MANIFEST_VERSION,
            image: scan,
            label: Some(label),
            scanned_area: None,
            width: image.width,
            height: image.height,
            spacing,
            laterality: None,
            subject: format!("{what}-{index:05}"),
            b_scan: None,
            source: SYNTHETIC.to_owned(),
            credit: None,
            ignored_columns: Vec::new(),
            pseudo_labelled: false,
            outlines_of: None,
            id,
        })?;
    }
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::anatomy::UNANNOTATED;
    use crate::diffusion::ModelInfo;
    use crate::encoding::Mapping;
    use crate::nn::{UNetConfig, fresh_weights};
    use crate::training::RunConfig;

    /// An untrained network of the paper's arrangement on a grid of 32 x 32.
    fn on_a_fixed_grid() -> Synthesizer {
        let (device, base) = (Device::flex(), RunConfig::paper_small());
        let network = UNetConfig {
            widths: vec![8, 16],
            attention: vec![false; 2],
            groups: 4,
            head_channels: 8,
            sinusoid_channels: 8,
            time_channels: 16,
            zero_second_convolution: false,
            ..base.network
        };
        let info = ModelInfo {
            version: crate::diffusion::model_file::MODEL_FILE_VERSION,
            name: "test".to_owned(),
            kind: crate::diffusion::model_file::ModelKind::Image,
            preset: "paper-small".to_owned(),
            labels: base.labels,
            mapping: Mapping { fixed_size: Some([32; 2]), ..base.mapping },
            normalisation: Default::default(),
            schedule: base.schedule,
            prediction: base.prediction,
            style: None,
            shadow: false,
            mask: None,
            training: Default::default(),
            tensors_sha256: String::new(),
            network: network.clone(),
        };
        let network = fresh_weights::drawn(network.init(&device), 5);
        Synthesizer::new(network, info, device)
    }

    #[test]
    fn a_network_on_a_fixed_grid_draws_the_annotated_columns_of_a_graded_mask() {
        let (image, rows) = (on_a_fixed_grid(), 40);
        let code = |row: usize| (row * 9 / rows) as u8;
        let graded: Vec<u8> = (0..rows * 60)
            .map(|at| if (11..51).contains(&(at % 60)) { code(at / 60) } else { UNANNOTATED })
            .collect();
        let cropped: Vec<u8> = (0..rows * 40).map(|at| code(at / 40)).collect();
        let drawn = scan_of(&image, &graded, [60, rows as u32], None, (7, 2));
        let part = scan_of(&image, &cropped, [40, rows as u32], None, (7, 2));
        assert_eq!((drawn.width, drawn.height), (60, rows as u32));
        for (row, part) in drawn.pixels.chunks_exact(60).zip(part.pixels.chunks_exact(40)) {
            assert_eq!(row[11..51], *part, "the geometry of the training");
            assert!(row[..11].iter().all(|&grey| grey == part[0]));
            assert!(row[51..].iter().all(|&grey| grey == part[39]));
        }
        assert!(part.pixels.iter().any(|&grey| grey != part.pixels[0]), "something is drawn");
    }
}
