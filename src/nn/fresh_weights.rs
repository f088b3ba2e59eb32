//! Fresh weights that depend on the seed and on nothing else.
//!
//! burn draws weights from one generator for the whole process, and only when they are first looked at: another
//! network that is made meanwhile changes them. A run that is to be repeated to the bit draws its own, the same
//! on every device.

use std::collections::BTreeMap;

use burn::module::Module;

use super::weights;
use crate::encoding::noise::{Rng, stream};

/// The module with its convolutions and linear layers drawn anew: uniform within `1 / sqrt(inputs)`, weights
/// and biases alike (PyTorch's and burn's default). Layers that start as zero, and norms, stay as they are.
pub fn drawn<M: Module>(module: M, seed: u64) -> M {
    let mut values = BTreeMap::new();
    let mut bound = 0.0;
    for (index, mut tensor) in weights::collect(&module).into_iter().enumerate() {
        let is_weight = tensor.name.ends_with(".weight");
        if is_weight {
            bound = 1.0 / (inputs_of(&tensor.shape) as f64).sqrt();
        }
        if !is_weight && !tensor.name.ends_with(".bias") || tensor.values.iter().all(|&value| value == 0.0) {
            continue;
        }
        let mut rng = Rng::new(seed, stream::FRESH_WEIGHTS, index as u64);
        tensor.values.fill_with(|| (bound * (2.0 * rng.uniform() - 1.0)) as f32);
        values.insert(tensor.name, tensor.values);
    }
    weights::assign(module, values)
}

/// Values that an output is summed from: of a convolution `[out, in, rows, columns]`, of a linear layer
/// `[in, out]`.
fn inputs_of(shape: &[usize]) -> usize {
    match *shape {
        [inputs, _] => inputs,
        [_, ref kernel @ ..] => kernel.iter().product(),
        [] => 1,
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::nn::UNetConfig;

    #[test]
    fn weights_depend_on_the_seed_alone_and_keep_their_range() {
        let device = Device::flex();
        let network = |seed| weights::collect(&drawn(UNetConfig::live().init(&device), seed));
        let (one, again, other) = (network(1), network(1), network(2));
        assert_eq!(one, again);
        assert_ne!(one, other);
        for tensor in &one {
            let largest = tensor.values.iter().fold(0.0f32, |most, value| most.max(value.abs()));
            let is_norm = tensor.name.ends_with("gamma") || tensor.name.ends_with("beta");
            let starts_as_zero = ["conv_2", "filters", "direct"]
                .iter()
                .any(|layer| tensor.name.contains(&format!("{layer}.")));
            if is_norm || starts_as_zero {
                assert!(tensor.values.iter().all(|&value| value == largest), "{}", tensor.name);
            } else if tensor.name.ends_with("weight") {
                let bound = 1.0 / (inputs_of(&tensor.shape) as f32).sqrt();
                assert!(largest <= bound && largest > 0.97 * bound, "{}: {largest} of {bound}", tensor.name);
                let mean = tensor.values.iter().sum::<f32>() / tensor.values.len() as f32;
                assert!(
                    mean.abs() < 4.0 * bound / (3.0 * tensor.values.len() as f32).sqrt(),
                    "{}",
                    tensor.name
                );
            }
        }
    }
}
