//! What a run trains on, to look at: its first strips with their labels and vessel shadows.

use std::sync::Arc;

use super::config::{RunConfig, StyleSettings};
use super::error::TrainingError;
use super::samples_sheet::SheetRow;
use super::source::Source;
use crate::anatomy::UNANNOTATED;
use crate::dataset::Manifest;
use crate::diffusion::drm::Drm;
use crate::encoding::labels::Coding;
use crate::scan::GreyImage;

/// The first `count` strips of a run as rows of labels, grey values and vessel shadows. Masks are shown whole: what
/// dynamic region masking and dropout would hide is in them.
///
/// # Errors
/// If a scan cannot be read, or the configuration's network is given classes in another way than one plane each.
pub fn first_strips(
    config: &RunConfig,
    manifest: &Arc<Manifest>,
    count: usize,
) -> Result<Vec<SheetRow>, TrainingError> {
    let whole = hiding_nothing(config, manifest, "which no picture is made of")?;
    let source = Source::open(config, manifest)?;
    let mut rows = Vec::new();
    for part in 0.. {
        let batch = source.training_batch(&whole, part)?;
        let pixels = batch.rows * batch.columns;
        let grey = |values: &[f32], scale: f32, offset: f32| {
            let greys = values.iter().map(|value| ((value + offset) * scale).round().clamp(0.0, 255.0) as u8);
            GreyImage::new(batch.columns as u32, batch.rows as u32, greys.collect::<Vec<u8>>())
        };
        for strip in 0..batch.strips {
            let condition = &batch.condition[strip * batch.planes * pixels..][..batch.planes * pixels];
            let (labels, shadow) = condition.split_at(config.labels.plane_count() * pixels);
            let shadow = if shadow.is_empty() { vec![0.0; pixels] } else { shadow.to_vec() };
            rows.push(SheetRow {
                labels: (0..pixels).map(|pixel| code_at(config, labels, pixel, pixels)).collect(),
                real: grey(&batch.image[strip * pixels..][..pixels], 127.5, 1.0),
                synthetic: grey(&shadow, 255.0, 0.0),
            });
            if rows.len() == count {
                return Ok(rows);
            }
        }
    }
    Ok(rows)
}

/// The configuration under which batches hide neither lesions nor masks nor styles. `why` ends the refusal of a network
/// that is not given one plane a class.
///
/// # Errors
/// For such a network.
pub(super) fn hiding_nothing(
    config: &RunConfig,
    manifest: &Manifest,
    why: &str,
) -> Result<RunConfig, TrainingError> {
    if config.labels.coding != Coding::OneHot {
        let reason = format!("its network is given all classes on one plane, {why}");
        return Err(TrainingError::NoSamples { path: manifest.dir.clone(), reason });
    }
    let drm = Drm { apply_probability: 0.0, ..config.drm };
    let style = StyleSettings { dropout: 0.0, ..config.style };
    Ok(RunConfig { drm, style, mask_dropout: 0.0, ..config.clone() })
}

/// Which of `count` planes of `pixels` pixels is lit at one.
pub(super) fn lit_plane(planes: &[f32], count: usize, pixel: usize, pixels: usize) -> Option<usize> {
    (0..count).find(|plane| planes[plane * pixels + pixel] > 0.5)
}

/// The code whose plane is lit at a pixel.
fn code_at(config: &RunConfig, planes: &[f32], pixel: usize, pixels: usize) -> u8 {
    let classes = &config.labels.classes;
    let lit = lit_plane(planes, classes.len(), pixel, pixels);
    lit.and_then(|plane| classes[plane].first().copied()).unwrap_or(UNANNOTATED)
}
