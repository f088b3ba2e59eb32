//! Graphics devices that burn makes itself, as SPIR-V kernels need them (see [`super`]).
//!
//! burn makes one device for each way of naming an adapter, once in a process. When the window has lost one, the
//! next name of the same adapter brings another; there are four.

use std::sync::{Arc, Mutex, PoisonError};

use burn::tensor::wgpu::{WgpuBackend, WgpuSetup};
use burn::tensor::{Device, DeviceKind};

use super::loss::DeviceLoss;
use super::tuning_store;

/// A device that burn has made.
pub(super) struct BurnMade {
    pub device: Device,
    pub setup: WgpuSetup,
    /// Heard of only where a window watches the device.
    pub loss: DeviceLoss,
}

/// All that were asked for, the newest last.
static MADE: Mutex<Vec<Result<Arc<BurnMade>, String>>> = Mutex::new(Vec::new());

/// The newest device, made if there is none or if it was lost; with so many kernels per submission. `place`: which of
/// the adapters of that kind and interface, where one was chosen by number.
pub(super) fn newest(
    gpu: &wgpu::AdapterInfo,
    place: Option<usize>,
    tasks: Option<usize>,
) -> Result<Arc<BurnMade>, String> {
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(newest) = made.last().filter(|newest| !is_lost(newest)) {
        return newest.clone();
    }
    let newest = make(gpu, place, tasks, made.len());
    made.push(newest.clone());
    newest
}

/// The one whose graphics device this is.
pub(super) fn of(device: &wgpu::Device) -> Option<Arc<BurnMade>> {
    let made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    made.iter().flatten().find(|made| made.setup.device == *device).cloned()
}

fn is_lost(made: &Result<Arc<BurnMade>, String>) -> bool {
    made.as_ref().is_ok_and(|made| made.loss.is_lost())
}

fn make(
    gpu: &wgpu::AdapterInfo,
    place: Option<usize>,
    tasks: Option<usize>,
    number: usize,
) -> Result<Arc<BurnMade>, String> {
    tuning_store::keep(gpu);
    let mut options = Device::wgpu_options();
    if let Some(tasks) = tasks {
        options = options.tasks_max(tasks);
    }
    let kind = kind_of(gpu, place.unwrap_or_default());
    options = match number {
        // One that was chosen has this one name.
        0 if place.is_some() => options.device_kind(kind).graphics_api(WgpuBackend::Vulkan),
        _ if place.is_some() => return Err("the chosen GPU was lost; start the program again".to_owned()),
        0 => options,
        1 => options.graphics_api(WgpuBackend::Vulkan),
        2 => options.device_kind(kind),
        3 => options.device_kind(kind).graphics_api(WgpuBackend::Vulkan),
        _ => return Err("burn makes no further graphics device in this process".to_owned()),
    };
    let (device, setup) =
        options.init_with_setup().map_err(|error| format!("no GPU could be used: {error}"))?;
    Ok(Arc::new(BurnMade { device, setup, loss: DeviceLoss::default() }))
}

/// How burn calls an adapter: the how-manieth of its kind.
fn kind_of(gpu: &wgpu::AdapterInfo, place: usize) -> DeviceKind {
    match gpu.device_type {
        wgpu::DeviceType::DiscreteGpu => DeviceKind::DiscreteGpu(place),
        wgpu::DeviceType::IntegratedGpu => DeviceKind::IntegratedGpu(place),
        wgpu::DeviceType::VirtualGpu => DeviceKind::VirtualGpu(place),
        wgpu::DeviceType::Cpu | wgpu::DeviceType::Other => DeviceKind::Cpu,
    }
}
