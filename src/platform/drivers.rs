//! Where graphics drivers lie: their files tell a driver that was updated without loading it.

use std::path::PathBuf;

/// Where Vulkan's loader looks for drivers on Linux (Vulkan-Loader, LoaderInterfaceArchitecture.md).
const FOLDERS: [&str; 4] = [
    "/etc/vulkan/icd.d",
    "/usr/local/etc/vulkan/icd.d",
    "/usr/local/share/vulkan/icd.d",
    "/usr/share/vulkan/icd.d",
];
/// The same, within the user's home.
const FOLDER_AT_HOME: &str = ".local/share/vulkan/icd.d";
/// Versions of drivers that are part of the kernel.
const KERNEL_VERSIONS: [&str; 2] = ["/sys/module/nvidia/version", "/proc/sys/kernel/osrelease"];

/// The folders with the drivers' descriptions, whether they exist or not; `None` where they are not known (all systems
/// but Linux).
pub fn driver_folders() -> Option<Vec<PathBuf>> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let mut folders: Vec<PathBuf> = FOLDERS.iter().map(PathBuf::from).collect();
    folders.extend(std::env::var_os("HOME").map(|home| PathBuf::from(home).join(FOLDER_AT_HOME)));
    Some(folders)
}

/// Files that hold the version of a driver in the kernel, each with what it says now: nothing where it is not there.
pub fn driver_versions() -> impl Iterator<Item = (&'static str, String)> {
    KERNEL_VERSIONS.into_iter().map(|file| {
        let version = std::fs::read_to_string(file).unwrap_or_default();
        (file, version.trim().to_owned())
    })
}
