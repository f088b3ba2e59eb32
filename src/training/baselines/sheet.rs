//! The sheet of a compared method's run: for a few validation scans the labels, the scan, and what the network makes
//! of them: the scan drawn from its mask, or decoded from its code.

use std::ops::ControlFlow;

use burn::tensor::{Device, Tensor, TensorData};

use crate::dataset::samples::Sample;
use crate::diffusion::baseline::{BaselineDrawer, BaselineInfo};
use crate::nn::Baseline;
use crate::scan::GreyImage;
use crate::training::config::RunConfig;
use crate::training::samples_sheet::SheetRow;

/// The rows of the sheet; `None` if `is_stopped` says so on the way.
pub(in crate::training) fn rows(
    network: &Baseline,
    info: BaselineInfo,
    config: &RunConfig,
    scans: &[Sample],
    device: &Device,
    is_stopped: &dyn Fn() -> bool,
) -> Option<Vec<SheetRow>> {
    let drawer = BaselineDrawer::new(network.clone(), info, device.clone()).ok();
    let mut rows = Vec::new();
    for (index, scan) in scans.iter().enumerate() {
        let sides = [scan.height, scan.width];
        let values = match (&drawer, network) {
            (Some(drawer), _) => {
                let mut planes = vec![0.0; config.labels.plane_count() * scan.labels.len()];
                config.labels.planes(&scan.labels, &mut planes);
                let steps = config.sample_steps as u32;
                let drawn = drawer.draw(&planes, sides, config.seed + index as u64, steps, |_| {
                    if is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                });
                let ControlFlow::Continue(values) = drawn else { return None };
                values
            }
            (None, Baseline::Autoencoder(autoencoder)) => {
                let picture: Vec<f32> =
                    scan.image.iter().map(|&grey| f32::from(grey) / 127.5 - 1.0).collect();
                let picture = TensorData::new(picture, [1, 1, scan.height, scan.width]);
                let codes = autoencoder.encode(Tensor::from_data(picture, device)).mean;
                autoencoder.decode(codes).into_data_as::<f32>().iter::<f32>().collect()
            }
            (None, _) => return None,
        };
        let grey =
            values.iter().map(|value| ((value + 1.0) * 127.5).round().clamp(0.0, 255.0) as u8).collect();
        let image = |pixels| GreyImage::new(scan.width as u32, scan.height as u32, pixels);
        rows.push(SheetRow {
            labels: scan.labels.clone(),
            real: image(scan.image.clone()),
            synthetic: image(grey),
        });
    }
    Some(rows)
}
