//! The graphics adapters of this machine, as their drivers describe them.
//!
//! Asking may crash or hang a driver (AMD's Vulkan driver faults while it lists its matrix formats, AMDVLK#422): a
//! program that must not die asks through [`super::probe`] first.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use serde::{Deserialize, Serialize};

/// What an adapter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GpuKind {
    /// A card with memory of its own.
    Discrete,
    /// Part of the processor.
    Integrated,
    /// Of a virtual machine.
    Virtual,
    /// A driver that computes on the CPU.
    Software,
    /// Unknown.
    Other,
}

impl GpuKind {
    fn of(device_type: wgpu::DeviceType) -> Self {
        match device_type {
            wgpu::DeviceType::DiscreteGpu => Self::Discrete,
            wgpu::DeviceType::IntegratedGpu => Self::Integrated,
            wgpu::DeviceType::VirtualGpu => Self::Virtual,
            wgpu::DeviceType::Cpu => Self::Software,
            wgpu::DeviceType::Other => Self::Other,
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Discrete => "card of its own",
            Self::Integrated => "part of the processor",
            Self::Virtual => "virtual",
            Self::Software => "software driver",
            Self::Other => "unknown kind",
        }
    }
}

/// An adapter: one GPU through one graphics interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gpu {
    /// The number that `--gpu` takes.
    pub index: usize,
    /// As its driver calls it.
    pub name: String,
    /// "Vulkan", "Metal", "DirectX 12", "OpenGL".
    pub backend: String,
    /// Card, part of a processor, or else.
    pub kind: GpuKind,
    /// Name and version of its driver; empty where it says none.
    pub driver: String,
    /// The largest piece of memory it gives.
    pub max_buffer_bytes: u64,
    /// Whether shaders may compute in half precision.
    pub has_f16: bool,
    /// PCI number of who made it.
    pub vendor: u32,
    /// PCI number of the model.
    pub device: u32,
}

impl Gpu {
    /// What an adapter says of itself.
    pub fn of(index: usize, adapter: &wgpu::Adapter) -> Self {
        let info = adapter.get_info();
        Self {
            index,
            backend: backend_name(info.backend),
            kind: GpuKind::of(info.device_type),
            driver: format!("{} {}", info.driver, info.driver_info).trim().to_owned(),
            max_buffer_bytes: adapter.limits().max_buffer_size,
            has_f16: adapter.features().contains(wgpu::Features::SHADER_F16),
            vendor: info.vendor,
            device: info.device,
            name: info.name,
        }
    }

    /// One line: name, interface, driver, largest buffer.
    pub fn line(&self) -> String {
        let driver = if self.driver.is_empty() { String::new() } else { format!(", {}", self.driver) };
        format!(
            "{} ({}{driver}), up to {:.1} GB in one buffer",
            self.name,
            self.backend,
            self.max_buffer_bytes as f64 / 1e9
        )
    }
}

/// A graphics interface as people call it.
pub fn backend_name(backend: wgpu::Backend) -> String {
    match backend {
        wgpu::Backend::Dx12 => "DirectX 12".to_owned(),
        wgpu::Backend::Gl => "OpenGL".to_owned(),
        backend => format!("{backend:?}"),
    }
}

/// All adapters of the given interfaces, in the order that gives them their numbers.
pub fn enumerate(backends: wgpu::Backends) -> Vec<wgpu::Adapter> {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = backends;
    now(wgpu::Instance::new(descriptor).enumerate_adapters(backends)).unwrap_or_default()
}

/// [`enumerate`], described.
pub fn list(backends: wgpu::Backends) -> Vec<Gpu> {
    enumerate(backends).iter().enumerate().map(|(index, adapter)| Gpu::of(index, adapter)).collect()
}

/// The result of a future that is ready at once, as those of native wgpu are.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
