//! LPIPS from a file of its published weights: what pictures are compared by, and what an autoencoder may learn by.

use burn::tensor::Device;

use super::published::PublishedFile;
use crate::formats::FormatError;
use crate::nn::perceptual::{Lpips, TrunkKind};

/// Names of the first weight, as LPIPS saves it and as torchvision does, and its shape in each network.
const FIRST_WEIGHT: [&str; 2] = ["net.slice1.0.weight", "features.0.weight"];
const SHAPES: [(TrunkKind, [usize; 4]); 2] =
    [(TrunkKind::Alex, [64, 3, 11, 11]), (TrunkKind::Vgg, [64, 3, 3, 3])];

/// How a file with all that LPIPS needs is made.
const MADE_BY: &str = "write it where LPIPS is installed: python -c \"import lpips; from safetensors.torch import \
    save_file; save_file({k: v.contiguous().clone() for k, v in lpips.LPIPS(net='alex').state_dict().items()}, \
    'lpips.safetensors')\"";

/// The network of a file with the weights of AlexNet or VGG16 and those of LPIPS's linear layers, version 0.1; `file` is its
/// name for messages.
///
/// # Errors
/// If it is no such file, or damaged.
pub fn load(bytes: &[u8], file: &str, device: &Device) -> Result<(Lpips, TrunkKind), FormatError> {
    let published = PublishedFile::open(bytes, file)?;
    let shape = FIRST_WEIGHT.iter().find_map(|name| published.shape(name));
    let kind = SHAPES.iter().find(|(_, of_kind)| shape.as_deref() == Some(&of_kind[..]));
    let Some((kind, _)) = kind else {
        let problem = "neither AlexNet nor VGG16, as LPIPS looks through";
        return Err(FormatError::malformed(file, "the tensors", problem, MADE_BY));
    };
    Ok((published.load_into(Lpips::new(*kind, device), MADE_BY)?, *kind))
}
