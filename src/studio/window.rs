//! The real window: graphics, icon, folders, and what to say when there is no graphics at all.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::anyhow;
use eframe::egui::{IconData, ViewportBuilder};
#[cfg(feature = "gpu")]
use eframe::egui_wgpu::WgpuSetupExisting;
use eframe::egui_wgpu::{SurfaceConfig, WgpuConfiguration, WgpuSetup, WgpuSetupCreateNew};

use super::app::{AppOptions, Studio, SynthesisSource};
use crate::worker::{DeviceChoice, ModelSource, SynthesisWorker, WorkerOptions, processor_share};

/// Folder for the journal, the undo histories, the settings and the kernel store, instead of the system's place for them.
const DATA_FOLDER_VARIABLE: &str = "RETIDIFF_DATA";
const ICON: &[u8] = include_bytes!("../../assets/icon.png");

/// What the studio is started with.
#[derive(Clone, Debug, Default)]
pub struct StudioOptions {
    /// A file to open; without it the first sample.
    pub open: Option<PathBuf>,
    pub device: DeviceChoice,
    /// Name or file of the model; without it the bundled one.
    pub model: Option<String>,
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// When no graphics can be had; the message says what is missing.
pub fn run(options: StudioOptions) -> anyhow::Result<()> {
    run_with(options.open, synthesis_source(options.model, options.device))
}

/// Opens the window with synthetic scans from anywhere.
///
/// # Errors
/// As [`run`].
pub fn run_with(open: Option<PathBuf>, synthesis: SynthesisSource) -> anyhow::Result<()> {
    processor_share::leave_room_for_window();
    let app_options = AppOptions { open, data_folder: data_folder(), synthesis };
    let native_options = eframe::NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("RetiDiff Studio")
            .with_app_id("retidiff-studio")
            .with_inner_size([1480.0, 920.0])
            .with_min_inner_size([980.0, 640.0])
            .with_drag_and_drop(true)
            .with_icon(icon().unwrap_or_default()),
        renderer: eframe::Renderer::Wgpu,
        wgpu_options: graphics(),
        ..Default::default()
    };
    let create: eframe::AppCreator<'_> =
        Box::new(move |creation| Ok(Box::new(Studio::new(creation, app_options))));
    eframe::run_native("RetiDiff Studio", native_options, create).map_err(explain)
}

/// Where synthetic scans of a window come from: the worker's thread with a model, by name or file.
pub fn synthesis_source(model: Option<String>, device: DeviceChoice) -> SynthesisSource {
    let model = model.map_or(ModelSource::Default, |text| ModelSource::named(&text));
    SynthesisSource::Worker(Box::new(move |wake, shared_gpu| {
        SynthesisWorker::start(WorkerOptions { model, device, shared_gpu, wake })
    }))
}

/// Where the studio keeps its own files.
pub fn data_folder() -> Option<PathBuf> {
    std::env::var_os(DATA_FOLDER_VARIABLE).map(PathBuf::from).or_else(|| {
        directories::ProjectDirs::from("", "", "retidiff").map(|dirs| dirs.data_local_dir().to_path_buf())
    })
}

/// A device that the networks can share, and as few frames in flight as the system allows: the brush
/// must not lag behind the pointer.
pub fn graphics() -> WgpuConfiguration {
    WgpuConfiguration { wgpu_setup: shareable_setup(), ..Default::default() }
        .with_surface_config(SurfaceConfig::LOW_LATENCY)
}

/// A device that the networks can share.
pub(super) fn shareable_setup() -> WgpuSetup {
    #[cfg(feature = "gpu")]
    if let Some(gpu) = crate::worker::SharedGpu::made_by_burn() {
        let crate::worker::SharedGpu { instance, adapter, device, queue, .. } = gpu;
        return WgpuSetup::Existing(WgpuSetupExisting { instance, adapter, device, queue });
    }
    let mut setup = WgpuSetupCreateNew::without_display_handle();
    setup.device_descriptor = Arc::new(device_descriptor);
    WgpuSetup::CreateNew(setup)
}

#[cfg(feature = "gpu")]
fn device_descriptor(adapter: &wgpu::Adapter) -> wgpu::DeviceDescriptor<'static> {
    crate::worker::SharedGpu::device_descriptor(adapter)
}

#[cfg(not(feature = "gpu"))]
fn device_descriptor(adapter: &wgpu::Adapter) -> wgpu::DeviceDescriptor<'static> {
    wgpu::DeviceDescriptor {
        label: Some("retidiff"),
        required_limits: adapter.limits(),
        ..Default::default()
    }
}

fn icon() -> Option<IconData> {
    let image = image::load_from_memory_with_format(ICON, image::ImageFormat::Png).ok()?.into_rgba8();
    Some(IconData { width: image.width(), height: image.height(), rgba: image.into_raw() })
}

/// What is missing, and what works without it.
fn explain(error: eframe::Error) -> anyhow::Error {
    let missing = match &error {
        eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_) => {
            "there is no display to open a window on (on Linux, DISPLAY or WAYLAND_DISPLAY must name one)"
        }
        eframe::Error::Wgpu(_) => {
            "there is no graphics driver that can draw the window (Vulkan or OpenGL; on Debian and Ubuntu \
             the package mesa-vulkan-drivers brings one that needs no graphics card)"
        }
        _ => "the window could not be opened",
    };
    let words = error.to_string();
    let reason = match &error {
        // It puts the position in its own source before what it has to say.
        eframe::Error::WinitEventLoop(_) => words.rsplit(": ").next().unwrap_or(&words),
        _ => words.trim_end_matches(": {}"),
    };
    anyhow!(
        "{missing}: {reason}\nThe command line works without a window: `retidiff --help` lists what it does."
    )
}
