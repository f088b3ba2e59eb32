//! Weights that others published, from a safetensors file with the names that they have in torch.
//!
//! Files of torch itself (`.pt`, `.pth`) are programs that are run to be read, so they are not; the refusal says how they
//! are converted.

use std::collections::BTreeMap;

use safetensors::SafeTensors;

use super::tensor_file::decode;
use crate::formats::FormatError;
use crate::nn::perceptual::Published;
use crate::nn::weights;

/// What files of torch begin with: a zip, or a pickle of the long number that marks one.
const TORCH_MAGIC: [&[u8]; 2] = [b"PK\x03\x04", b"\x80\x02\x8a\x0a"];

/// How a file of torch becomes one that is read.
pub const CONVERSION: &str = "convert it: python -c \"import sys, torch; from safetensors.torch import save_file; \
    save_file({k: v.contiguous().clone() for k, v in torch.load(sys.argv[1], map_location='cpu').items()}, sys.argv[2])\" \
    weights.pth weights.safetensors";

const COPY_AGAIN: &str = "copy or convert it again";

/// The tensors of a file of published weights.
pub struct PublishedFile<'a> {
    tensors: SafeTensors<'a>,
    file: &'a str,
}

impl<'a> PublishedFile<'a> {
    /// Looks at the header of a file; `file` is its name for messages.
    ///
    /// # Errors
    /// If it is no safetensors file, or claims what it does not hold.
    pub fn open(bytes: &'a [u8], file: &'a str) -> Result<Self, FormatError> {
        if TORCH_MAGIC.iter().any(|magic| bytes.starts_with(magic)) {
            let problem = "this is a file of torch (.pt, .pth)";
            return Err(FormatError::malformed(file, "the first bytes", problem, CONVERSION));
        }
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| {
            let problem = format!("no safetensors file ({error})");
            FormatError::malformed(file, "the header", problem, COPY_AGAIN)
        })?;
        Ok(Self { tensors, file })
    }

    /// The shape of a tensor; `None` where there is none of that name.
    pub fn shape(&self, name: &str) -> Option<Vec<usize>> {
        self.tensors.tensor(name).ok().map(|view| view.shape().to_vec())
    }

    /// The network with the file's tensors, every one checked. `remedy` says what to do about one that is missing.
    ///
    /// # Errors
    /// If a tensor is missing, foreign, of another shape or not finite.
    pub fn load_into<M: Published>(&self, network: M, remedy: &str) -> Result<M, FormatError> {
        let refuse = |name: &str, problem: String, remedy: &str| {
            FormatError::malformed(self.file, format!("the tensor `{name}`"), problem, remedy)
        };
        let mut found = BTreeMap::new();
        for (name, shape) in weights::shapes(&network) {
            let names = network.published_names(&name);
            let Some((of_file, view)) = self.first_of(&names) else {
                let missing = names.first().map_or(name.as_str(), String::as_str);
                return Err(refuse(missing, "it is missing".to_owned(), remedy));
            };
            if view.shape() != shape.as_slice() {
                let problem = format!("it has shape {:?}, the network needs {shape:?}", view.shape());
                return Err(refuse(of_file, problem, remedy));
            }
            found.insert(name, (of_file.to_owned(), view));
        }
        let is_known = |name: &str| {
            found.values().any(|(of_file, _)| of_file == name)
                || M::UNNEEDED.iter().any(|part| name.contains(part))
        };
        let mut names = self.tensors.names();
        names.sort_unstable();
        if let Some(foreign) = names.into_iter().find(|&name| !is_known(name)) {
            let problem = "it is no part of the network".to_owned();
            return Err(refuse(foreign, problem, remedy));
        }
        let mut values = BTreeMap::new();
        for (name, (of_file, view)) in found {
            let decoded =
                decode(&view).map_err(|problem| refuse(&of_file, format!("it {problem}"), COPY_AGAIN))?;
            values.insert(name, decoded);
        }
        Ok(weights::assign(network, values))
    }

    fn first_of<'n>(&self, names: &'n [String]) -> Option<(&'n str, safetensors::tensor::TensorView<'a>)> {
        names.iter().find_map(|name| Some((name.as_str(), self.tensors.tensor(name).ok()?)))
    }
}
