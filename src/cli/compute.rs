//! The device a command computes on.

use anyhow::bail;
use burn::tensor::Device;

use crate::device::{self, DeviceChoice, DeviceInfo, chosen_gpu};

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

/// Refuses to compute on the CPU where a GPU was asked for, by name or by number, and the other way round.
///
/// # Errors
/// If another device was asked for.
pub fn refuse_other_device(choice: DeviceChoice, picked: &DeviceInfo) -> anyhow::Result<()> {
    refuse(choice, chosen_gpu::index(), picked)
}

fn refuse(choice: DeviceChoice, number: Option<usize>, picked: &DeviceInfo) -> anyhow::Result<()> {
    if let (DeviceChoice::Cpu, Some(number)) = (choice, number) {
        bail!("--device cpu and --gpu {number} contradict each other: leave out one of them");
    }
    if picked.is_gpu || !(choice.names_a_gpu() || number.is_some()) {
        return Ok(());
    }
    let why = picked.note.as_deref().unwrap_or("there is none");
    bail!("no GPU: {why}; leave out --device and --gpu, or give --device cpu")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_is_taken_or_refused_with_the_reason() {
        let cpu = DeviceInfo { note: Some("no driver".into()), ..DeviceInfo::default() };
        let gpu = DeviceInfo { is_gpu: true, ..DeviceInfo::default() };
        assert!(refuse(DeviceChoice::Auto, None, &cpu).is_ok());
        assert!(refuse(DeviceChoice::Cpu, None, &cpu).is_ok());
        assert!(refuse(DeviceChoice::Gpu, None, &gpu).is_ok());
        assert!(refuse(DeviceChoice::Auto, Some(1), &gpu).is_ok());
        let why = refuse(DeviceChoice::Gpu, None, &cpu).unwrap_err().to_string();
        assert!(why.contains("no driver") && why.contains("--device cpu"), "{why}");
        assert!(refuse(DeviceChoice::Auto, Some(1), &cpu).is_err());
        assert!(refuse(DeviceChoice::Gpu, None, &DeviceInfo::default()).is_err(), "without a reason, too");
        assert!(refuse(DeviceChoice::Cpu, Some(0), &cpu).unwrap_err().to_string().contains("contradict"));
    }
}
