//! Where burn keeps what it found out about a GPU: which kernels are fastest for the shapes of the networks.
//!
//! Kept between runs only in builds with the feature `tuning-store`, which brings a small database into the
//! build; without it every start tunes anew, in the background, while the CPU draws. A store belongs to one
//! driver version and one version of this program: after an update of either, tuning starts afresh.

use std::path::PathBuf;

use cubecl::config::cache::CacheConfig;
use cubecl::config::{CubeClRuntimeConfig, RuntimeConfig};

/// By which a user names a store; it is obeyed.
const ENVIRONMENT_VARIABLE: &str = "CUBECL_ENVIRONMENT";

/// Tells burn where to keep its findings on a GPU. Counts once in a process, before burn's first use of any GPU.
/// All else is as a `cubecl.toml` of the folder and the variables `CUBECL_..` say, so that a slow or wrong kernel can
/// be looked into from outside.
pub(super) fn keep(adapter: &wgpu::AdapterInfo) {
    let Some(folder) = folder() else { return };
    let mut config = CubeClRuntimeConfig::from_current_dir().override_from_env();
    if std::env::var_os(ENVIRONMENT_VARIABLE).is_none() {
        config.environment.name = name(adapter);
        config.environment.path = CacheConfig::Directory(folder);
    }
    // Compiled kernels, too, or every start compiles them anew.
    #[cfg(feature = "tuning-store")]
    {
        config.compilation.cache = true;
    }
    // Where something else of the process was first, its answer holds: only the place differs.
    CubeClRuntimeConfig::try_set(config);
}

/// The folder of all stores, in the user's cache folder.
fn folder() -> Option<PathBuf> {
    crate::data_folder::cache_folder().map(|folder| folder.join("tuning"))
}

/// One store for a device, its driver's version, the graphics interface and the version of this program.
fn name(adapter: &wgpu::AdapterInfo) -> String {
    let wgpu::AdapterInfo { vendor, device, backend, driver, driver_info, .. } = adapter;
    let name =
        format!("{}-{backend:?}-{vendor:04x}-{device:04x}-{driver}-{driver_info}", env!("CARGO_PKG_VERSION"));
    let safe = |character: char| match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' | '-' => character,
        _ => '_',
    };
    name.chars().map(safe).take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_driver_version_has_another_store() {
        let mut adapter = wgpu::AdapterInfo::new(wgpu::DeviceType::DiscreteGpu, wgpu::Backend::Vulkan);
        adapter.vendor = 0x10de;
        adapter.device = 0x2330;
        adapter.driver = "NVIDIA".into();
        adapter.driver_info = "570.86/15".into();
        let first = name(&adapter);
        assert_eq!(first, format!("{}-Vulkan-10de-2330-NVIDIA-570.86_15", env!("CARGO_PKG_VERSION")));
        adapter.driver_info = "570.124".into();
        assert_ne!(first, name(&adapter));
    }
}
