//! LPIPS, version 0.1 (Zhang et al. 2018): how differently two pictures look, by how the maps of a network that was
//! trained on photographs differ, each channel weighted as people judge.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::{Device, Tensor};

use super::{Published, Trunk, TrunkKind};
use crate::nn::fast_cpu;

/// The mean and the deviation of photographs in [-1, 1], red, green, blue.
const SHIFT: [f32; 3] = [-0.030, -0.088, -0.188];
const SCALE: [f32; 3] = [0.458, 0.448, 0.450];
/// Added to the length of a pixel's channels.
const EPSILON: f64 = 1e-10;
/// Added to the squares that it is the root of, so that a pixel where nothing is lit has a gradient.
const LEAST_SQUARES: f64 = 1e-20;

/// The network.
#[derive(Module, Debug)]
pub struct Lpips {
    trunk: Trunk,
    /// One weight a channel of each map, without bias.
    linear: Vec<Conv2d>,
}

impl Lpips {
    /// A network with fresh weights.
    pub fn new(kind: TrunkKind, device: &Device) -> Self {
        let linear = |channels| Conv2dConfig::new([channels, 1], [1, 1]).with_bias(false).init(device);
        Self { trunk: Trunk::new(kind, device), linear: kind.channels().into_iter().map(linear).collect() }
    }

    /// The maps of pictures `[batch, 3, height, width]` in [-1, 1], every pixel's channels at length 1.
    pub fn maps(&self, pictures: Tensor<4>) -> Vec<Tensor<4>> {
        let maps = self.trunk_maps(pictures).into_iter().map(|map| {
            let squares = (map.clone() * map.clone()).sum_dim(1);
            let length = squares.add_scalar(LEAST_SQUARES).sqrt();
            map / (length + EPSILON)
        });
        maps.collect()
    }

    /// The maps of pictures as the trunk has them.
    pub fn trunk_maps(&self, pictures: Tensor<4>) -> Vec<Tensor<4>> {
        let device = pictures.device();
        let of_channels = |values: [f32; 3]| -> Tensor<4> {
            Tensor::<1>::from_floats(values, &device).reshape([1, 3, 1, 1])
        };
        self.trunk.forward((pictures - of_channels(SHIFT)) / of_channels(SCALE))
    }

    /// What each map adds to the distance of pictures, `[batch]` each; the distance is their sum. Both are
    /// [`Lpips::maps`] of pictures of one size.
    pub fn parts(&self, first: &[Tensor<4>], second: &[Tensor<4>]) -> Vec<Tensor<1>> {
        let parts = self.linear.iter().zip(first.iter().zip(second)).map(|(linear, (first, second))| {
            let apart = first.clone() - second.clone();
            let weighted = fast_cpu::forward(linear, apart.clone() * apart);
            let [batch, _, height, width] = weighted.dims();
            weighted.reshape([batch, height * width]).mean_dim(1).reshape([batch])
        });
        parts.collect()
    }
}

impl Published for Lpips {
    // Behind the trunk torchvision has a classifier; LPIPS saves its constants, and its weights twice.
    const UNNEEDED: &'static [&'static str] = &["classifier.", "scaling_layer.", "lins."];

    fn published_names(&self, name: &str) -> Vec<String> {
        let parts: Vec<&str> = name.split('.').collect();
        match parts[..] {
            ["trunk", "conv", layer, part] => {
                layer.parse::<usize>().map_or(Vec::new(), |layer| self.trunk.published_names(layer, part))
            }
            ["linear", map, part] => {
                vec![format!("lin{map}.model.1.{part}"), format!("lin{map}.model.0.{part}")]
            }
            _ => Vec::new(),
        }
    }
}
