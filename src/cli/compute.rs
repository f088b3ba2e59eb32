//! The device a command computes on.

use anyhow::bail;
use burn::tensor::Device;

use crate::device::{self, DeviceChoice, DeviceInfo};

/// What to compute on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ComputeDevice {
    /// A GPU where there is one, else the CPU
    #[default]
    Auto,
    Gpu,
    Cpu,
    /// An NVIDIA GPU through CUDA
    #[cfg(feature = "cuda")]
    Cuda,
    /// libtorch on the CPU, for training machines
    #[cfg(feature = "tch")]
    Tch,
}

impl ComputeDevice {
    /// The device and its name as shown to the user; a note on stderr says why it is not a GPU.
    ///
    /// # Errors
    /// If a GPU was asked for and there is none.
    pub fn pick(self) -> anyhow::Result<(Device, String)> {
        self.pick_with_kind().map(|(device, name, _)| (device, name))
    }

    /// As [`ComputeDevice::pick`], and whether it is a GPU.
    ///
    /// # Errors
    /// If a GPU was asked for and there is none.
    pub fn pick_with_kind(self) -> anyhow::Result<(Device, String, bool)> {
        let choice = match self {
            ComputeDevice::Auto => DeviceChoice::Auto,
            ComputeDevice::Gpu => DeviceChoice::Gpu,
            ComputeDevice::Cpu => DeviceChoice::Cpu,
            #[cfg(feature = "cuda")]
            ComputeDevice::Cuda => DeviceChoice::Cuda,
            #[cfg(feature = "tch")]
            ComputeDevice::Tch => {
                // burn has deprecated this backend, but it trains faster on a CPU than any other it has.
                #[allow(deprecated)]
                let device = Device::libtorch();
                return Ok((device, "CPU (libtorch)".to_owned(), false));
            }
        };
        let picked = device::pick(choice, None);
        refuse_other_device(choice, &picked.info)?;
        if let Some(note) = &picked.info.note {
            eprintln!("note: computing on the {}: {note}", picked.info.name);
        }
        let name = format!("{} ({})", picked.info.name, picked.info.backend);
        Ok((picked.device, name, picked.info.is_gpu))
    }
}

/// Refuses to compute on the CPU where a GPU was asked for by name.
///
/// # Errors
/// If a GPU was asked for and there is none.
pub fn refuse_other_device(choice: DeviceChoice, picked: &DeviceInfo) -> anyhow::Result<()> {
    if let (true, false, Some(note)) = (choice.names_a_gpu(), picked.is_gpu, &picked.note) {
        bail!("no GPU: {note}; leave out --device or give --device cpu");
    }
    Ok(())
}
