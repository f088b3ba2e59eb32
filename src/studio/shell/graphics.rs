//! What the window is drawn with: the graphics interfaces whose drivers answered, and the adapter that `--gpu` names.

use std::sync::Arc;

#[cfg(feature = "gpu")]
use eframe::egui_wgpu::WgpuSetupExisting;
use eframe::egui_wgpu::{NativeAdapterSelectorMethod, WgpuSetup, WgpuSetupCreateNew};

use crate::device::adapters::Gpu;
use crate::device::{chosen_gpu, probe};
use crate::studio::texts::text;

/// A device that the networks can share.
pub(in crate::studio) fn shareable_setup() -> WgpuSetup {
    #[cfg(feature = "gpu")]
    if let Some(gpu) = crate::device::SharedGpu::made_by_burn() {
        let crate::device::SharedGpu { instance, adapter, device, queue, .. } = gpu;
        return WgpuSetup::Existing(WgpuSetupExisting { instance, adapter, device, queue });
    }
    own_setup()
}

/// A device of the window's own making.
fn own_setup() -> WgpuSetup {
    let found = probe::found();
    let mut setup = WgpuSetupCreateNew::without_display_handle();
    setup.instance_descriptor.backends &= found.backends();
    setup.native_adapter_selector = chosen_gpu::index().map(|index| selector(index, &found.gpus));
    setup.device_descriptor = Arc::new(device_descriptor);
    WgpuSetup::CreateNew(setup)
}

/// Takes the adapter of a number; a window that it cannot draw to is not opened on another one silently.
fn selector(index: usize, known: &[Gpu]) -> NativeAdapterSelectorMethod {
    let wanted = known.get(index).cloned().ok_or_else(|| chosen_gpu::no_such_gpu(index, known.len()));
    Arc::new(move |adapters, surface| {
        let wanted = wanted.clone()?;
        let is_wanted = |adapter: &&wgpu::Adapter| is_same(&Gpu::of(wanted.index, adapter), &wanted);
        let adapter = adapters
            .iter()
            .find(is_wanted)
            .ok_or_else(|| text!("device-gone", name = wanted.name.as_str()))?;
        match surface.is_none_or(|surface| adapter.is_surface_supported(surface)) {
            true => Ok(adapter.clone()),
            false => {
                Err(text!("device-no-window", name = wanted.name.as_str(), backend = wanted.backend.as_str()))
            }
        }
    })
}

/// Whether two descriptions are of one adapter through one interface.
fn is_same(one: &Gpu, other: &Gpu) -> bool {
    let identity = |gpu: &Gpu| (gpu.vendor, gpu.device, gpu.backend.clone(), gpu.name.clone());
    identity(one) == identity(other)
}

#[cfg(feature = "gpu")]
fn device_descriptor(adapter: &wgpu::Adapter) -> wgpu::DeviceDescriptor<'static> {
    crate::device::SharedGpu::device_descriptor(adapter)
}

#[cfg(not(feature = "gpu"))]
fn device_descriptor(adapter: &wgpu::Adapter) -> wgpu::DeviceDescriptor<'static> {
    wgpu::DeviceDescriptor {
        label: Some("retidiff"),
        required_limits: adapter.limits(),
        ..Default::default()
    }
}
