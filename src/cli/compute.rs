//! The device a command computes on.

use burn::tensor::Device;

/// What to compute on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ComputeDevice {
    /// A GPU where there is one, else the CPU
    #[default]
    Auto,
    Gpu,
    Cpu,
    /// libtorch on the CPU, for training machines
    #[cfg(feature = "tch")]
    Tch,
}

impl ComputeDevice {
    /// The device and its name as shown to the user.
    pub fn pick(self) -> (Device, String) {
        match self {
            #[cfg(feature = "tch")]
            ComputeDevice::Tch => {
                // burn has deprecated this backend, but it trains faster on a CPU than any other it has.
                #[allow(deprecated)]
                let device = Device::libtorch();
                (device, "CPU (libtorch)".to_owned())
            }
            ComputeDevice::Auto | ComputeDevice::Gpu | ComputeDevice::Cpu => {
                (Device::flex(), "CPU (flex)".to_owned())
            }
        }
    }
}
