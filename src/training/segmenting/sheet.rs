//! The sheet of a segmenter's run: for a few validation strips the grader's labels and the segmenter's.

use burn::tensor::Device;

use super::learner::{pictures, predicted_codes, true_codes};
use crate::dataset::samples::Sample;
use crate::nn::Segmenter;
use crate::training::batches::Batch;
use crate::training::config::RunConfig;
use crate::training::samples_sheet;

/// A PNG with two strips in a row, each as the grader and then as the segmenter labelled it; `None` without scans.
///
/// # Errors
/// If the encoder refuses, which a sheet of ordinary size gives no reason for.
pub fn draw(
    network: &Segmenter,
    config: &RunConfig,
    scans: &[Sample],
    device: &Device,
) -> std::io::Result<Option<Vec<u8>>> {
    let mut masks = Vec::new();
    for batch in Batch::for_validation(config, scans) {
        let pixels = batch.rows * batch.columns;
        let truth = true_codes(&batch, &config.labels);
        let predicted = predicted_codes(network.forward(pictures(&batch, device)), &config.labels);
        for (truth, predicted) in truth.chunks_exact(pixels).zip(predicted.chunks_exact(pixels)) {
            masks.extend([truth.to_vec(), predicted.to_vec()]);
        }
    }
    if masks.is_empty() {
        return Ok(None);
    }
    samples_sheet::encode_masks(config.crop_columns as u32, config.crop_rows as u32, &masks).map(Some)
}
