//! The strips of a run as files that another program can train on: grey values, labels, vessel shadows, styles, and what
//! each pixel counts, as safetensors. Noise, its levels, region masking and what is left out are drawn by whoever trains;
//! of the validation they are in its file, so that losses can be held against this program's.

use std::path::Path;
use std::sync::Arc;

use half::f16;
use safetensors::tensor::{Dtype, TensorView};

use super::batches::Batch;
use super::config::RunConfig;
use super::error::TrainingError;
use super::source::Source;
use super::strips_sheet::{hiding_nothing, lit_plane};
use crate::dataset::Manifest;

/// Batches of one file: some 400 MB.
const BATCHES_OF_A_FILE: u64 = 500;
/// A pixel without a plane that is lit.
const NO_PLANE: u8 = 255;

/// Strips of one size, one after the other.
#[derive(Default)]
struct Strips {
    count: usize,
    rows: usize,
    columns: usize,
    image: Vec<u8>,
    planes: Vec<u8>,
    shadow: Vec<u8>,
    style: Vec<u8>,
    loss_weights: Vec<u8>,
    noise: Vec<u8>,
    levels: Vec<u8>,
}

impl Strips {
    /// Adds the strips of a batch, which have the size of those before; with its noise and levels, if they are to be kept.
    fn add(&mut self, batch: &Batch, label_planes: usize, keeps_noise: bool) {
        (self.rows, self.columns) = (batch.rows, batch.columns);
        self.count += batch.strips;
        let halves = |values: &[f32]| -> Vec<u8> {
            values.iter().flat_map(|&value| f16::from_f32(value).to_le_bytes()).collect()
        };
        let pixels = batch.rows * batch.columns;
        self.image.extend(halves(&batch.image));
        self.loss_weights.extend(halves(&batch.loss_weights));
        self.style.extend(halves(&batch.style));
        for condition in batch.condition.chunks_exact((batch.planes * pixels).max(1)) {
            let (labels, shadow) = condition.split_at(label_planes * pixels);
            let lit = (0..pixels).map(|pixel| lit_plane(labels, label_planes, pixel, pixels));
            self.planes.extend(lit.map(|plane| plane.map_or(NO_PLANE, |plane| plane as u8)));
            // Every row of shadows says the same.
            self.shadow.extend(halves(shadow.get(..batch.columns).unwrap_or(&vec![0.0; batch.columns])));
        }
        if keeps_noise {
            self.noise.extend(halves(&batch.noise));
            let levels = batch.levels.iter().flat_map(|level| [level.time, level.alpha, level.sigma]);
            self.levels.extend(levels.flat_map(|value| (value as f32).to_le_bytes()));
        }
    }

    /// The tensors by name, after `prefix`.
    fn tensors(&self, prefix: &str) -> Vec<(String, Dtype, Vec<usize>, &[u8])> {
        let (strips, rows, columns) = (self.count, self.rows, self.columns);
        if strips == 0 {
            return Vec::new();
        }
        let mut tensors = vec![
            ("image", Dtype::F16, vec![strips, rows, columns], &self.image),
            ("loss_weights", Dtype::F16, vec![strips, rows, columns], &self.loss_weights),
            ("planes", Dtype::U8, vec![strips, rows, columns], &self.planes),
            ("shadow", Dtype::F16, vec![strips, columns], &self.shadow),
            ("style", Dtype::F16, vec![strips, self.style.len() / 2 / strips], &self.style),
        ];
        if !self.noise.is_empty() {
            tensors.push(("noise", Dtype::F16, vec![strips, rows, columns], &self.noise));
            tensors.push(("levels", Dtype::F32, vec![strips, 3], &self.levels));
        }
        let named = tensors.into_iter().filter(|(_, _, shape, _)| !shape.contains(&0));
        named
            .map(|(name, kind, shape, bytes)| (format!("{prefix}{name}"), kind, shape, bytes.as_slice()))
            .collect()
    }
}

/// Writes the first `batches` batches of a run into files of a folder, `strips-00000.safetensors` and so on, and what it
/// is validated on as `validation.safetensors`; `done` hears how many batches are written. In a file are `narrow.image`
/// and `wide.image` (in [-1, 1], `[strip, row, column]`), `.planes` (which plane of labels is lit; 255: none), `.shadow`
/// (`[strip, column]`), `.style` and `.loss_weights`; in the validation's `.noise` and `.levels` (time, alpha, sigma), too.
///
/// # Errors
/// If a scan cannot be read, a file not be written, or the network is given classes in another way than one plane each.
pub fn write_strips(
    config: &RunConfig,
    manifest: &Arc<Manifest>,
    batches: u64,
    folder: &Path,
    mut done: impl FnMut(u64),
) -> Result<(), TrainingError> {
    let whole = hiding_nothing(config, manifest, "which no file of strips can say")?;
    let source = Source::open(config, manifest)?;
    let label_planes = config.labels.plane_count();
    let mut validation = Strips::default();
    for batch in source.validation(&whole)?.batches {
        validation.add(&batch, label_planes, true);
    }
    write(folder, "validation", &[("narrow.", &validation)])?;
    for first in (0..batches).step_by(BATCHES_OF_A_FILE as usize) {
        let [mut narrow, mut wide] = [Strips::default(), Strips::default()];
        for step in first..batches.min(first + BATCHES_OF_A_FILE) {
            let batch = source.training_batch(&whole, step)?;
            let strips = if batch.columns == config.crop_columns { &mut narrow } else { &mut wide };
            strips.add(&batch, label_planes, false);
            done(step + 1);
        }
        let name = format!("strips-{:05}", first / BATCHES_OF_A_FILE);
        write(folder, &name, &[("narrow.", &narrow), ("wide.", &wide)])?;
    }
    Ok(())
}

fn write(folder: &Path, name: &str, groups: &[(&str, &Strips)]) -> Result<(), TrainingError> {
    let path = folder.join(format!("{name}.safetensors"));
    let tensors: Vec<_> = groups.iter().flat_map(|(prefix, strips)| strips.tensors(prefix)).collect();
    let views = tensors.iter().map(|(name, kind, shape, bytes)| {
        (name, TensorView::new(*kind, shape.clone(), bytes).expect("bytes of the tensor's shape"))
    });
    let bytes = safetensors::serialize(views, None).expect("a small header");
    Ok(crate::formats::write_file(&path, &bytes)?)
}
