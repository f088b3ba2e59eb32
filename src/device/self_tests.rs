//! What a GPU's kernels were found to compute, against the CPU, at each size class of pictures.
//!
//! Kernels are chosen and tuned anew for each class (the sides, rounded up to powers of two), and known wrong ones are
//! wrong at some sizes only (burn#5626, cubek#519, cubek#434, mesa#15932): so a class is used when it has been tested,
//! not before. What was found is kept beside the tuning, by device, driver, program, model and precision; an update of
//! any of them begins anew.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::DeviceInfo;
use crate::data_folder::cache_folder;
use crate::formats::atomic::write_atomically;

/// Beside the tuning of kernels.
const FILE: &str = "tuning/self-tests.json";
const MAX_FILE_BYTES: u64 = 1 << 20;
/// A GPU counts as slower only when the CPU is ahead by more than the scatter of one run.
const CLEARLY_SLOWER: f64 = 1.2;

/// Sizes for which a device takes the same kernels: sides in pixels of the grid, rounded up to powers of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GridSizeClass {
    /// Columns, rounded up to a power of two.
    pub width: u32,
    /// Rows, likewise.
    pub height: u32,
}

impl GridSizeClass {
    /// Of a grid of so many values.
    pub fn of(grid_width: u32, grid_height: u32) -> Self {
        Self { width: grid_width.next_power_of_two(), height: grid_height.next_power_of_two() }
    }
}

/// What a test of a class found.
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It computes rightly, and waits for the device after so many blocks of the network.
    Right { blocks_between_waits: usize },
    /// Off by so many grey levels.
    Wrong { grey_levels: u8 },
    /// Right, but the CPU is quicker.
    Slower { gpu_ms: f64, cpu_ms: f64 },
    /// It failed altogether.
    Failed,
}

impl Verdict {
    /// Of a picture that differs by `grey_levels` where `allowed` may be, and of the times of both.
    pub fn of(grey_levels: u8, allowed: u8, [gpu_ms, cpu_ms]: [f64; 2], blocks_between_waits: usize) -> Self {
        if grey_levels > allowed {
            Self::Wrong { grey_levels }
        } else if gpu_ms > CLEARLY_SLOWER * cpu_ms {
            Self::Slower { gpu_ms, cpu_ms }
        } else {
            Self::Right { blocks_between_waits }
        }
    }

    /// Why the CPU draws instead of the device of this name; `None` where it does not.
    pub fn note(self, name: &str) -> Option<String> {
        match self {
            Self::Right { .. } => None,
            Self::Wrong { grey_levels } => Some(format!(
                "{name} computes pictures of this size wrongly (off by {grey_levels} grey levels in the self-test)"
            )),
            Self::Slower { gpu_ms, cpu_ms } => {
                Some(format!("{name} takes {gpu_ms:.0} ms for a step at this size, the CPU {cpu_ms:.0} ms"))
            }
            Self::Failed => Some(format!("{name} failed in the self-test at this size")),
        }
    }
}

/// All verdicts that are known, by what they hold for.
#[derive(Clone, Debug, Default)]
pub struct SelfTests {
    file: Option<PathBuf>,
    known: BTreeMap<String, Verdict>,
}

impl SelfTests {
    /// Those kept on this computer.
    pub fn kept() -> Self {
        cache_folder().map_or_else(Self::default, |folder| Self::open(folder.join(FILE)))
    }

    /// Those of a file; none where it cannot be read, for every test can be made again.
    pub fn open(file: PathBuf) -> Self {
        let known = read(&file).unwrap_or_default();
        Self { file: Some(file), known }
    }

    /// What is known of a class for a model on a device.
    pub fn find(&self, device: &DeviceInfo, model_sha256: &str, class: GridSizeClass) -> Option<Verdict> {
        self.known.get(&key(device, model_sha256, class)).copied()
    }

    /// Keeps a verdict; where the disk refuses, the next start tests again.
    pub fn keep(&mut self, device: &DeviceInfo, model_sha256: &str, class: GridSizeClass, verdict: Verdict) {
        let key = key(device, model_sha256, class);
        self.known.insert(key.clone(), verdict);
        let Some(file) = &self.file else { return };
        // Another window may have kept its own meanwhile.
        let mut all = read(file).unwrap_or_default();
        all.insert(key, verdict);
        let Ok(text) = serde_json::to_vec_pretty(&all) else { return };
        let kept = std::fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))
            .and_then(|()| write_atomically(file, &text));
        if let Err(error) = kept {
            tracing::debug!(file = %file.display(), %error, "a self-test is not kept");
        }
    }
}

fn read(file: &Path) -> Option<BTreeMap<String, Verdict>> {
    let mut text = Vec::new();
    std::fs::File::open(file).ok()?.take(MAX_FILE_BYTES).read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

fn key(device: &DeviceInfo, model_sha256: &str, class: GridSizeClass) -> String {
    let DeviceInfo { name, backend, arithmetic, driver, .. } = device;
    let driver = driver.as_deref().unwrap_or_default();
    let GridSizeClass { width, height } = class;
    let (program, precision) = (env!("CARGO_PKG_VERSION"), arithmetic.word());
    format!("{program} {name} {backend} {driver} {precision} {model_sha256} {width}x{height}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gpu(driver: &str) -> DeviceInfo {
        DeviceInfo {
            name: "A".into(),
            backend: "Vulkan".into(),
            is_gpu: true,
            driver: Some(driver.to_owned()),
            ..DeviceInfo::default()
        }
    }

    #[test]
    fn a_picture_that_is_off_or_late_leaves_the_class_to_the_cpu() {
        let right = Verdict::of(3, 3, [10.0, 100.0], 4);
        assert_eq!((right, right.note("A")), (Verdict::Right { blocks_between_waits: 4 }, None));
        let wrong = Verdict::of(4, 3, [10.0, 100.0], 4);
        assert!(wrong.note("A").unwrap().contains("off by 4 grey levels"));
        let slower = Verdict::of(0, 3, [200.0, 100.0], 4);
        assert!(slower.note("A").unwrap().contains("200 ms"));
        assert_eq!(Verdict::of(0, 3, [110.0, 100.0], 1).note("A"), None, "within the scatter");
    }

    #[test]
    fn a_verdict_holds_for_its_class_driver_and_model_and_is_kept() {
        assert_eq!(GridSizeClass::of(768, 496), GridSizeClass { width: 1024, height: 512 });
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cache/self-tests.json");
        let class = GridSizeClass::of(480, 480);
        let mut tests = SelfTests::open(file.clone());
        tests.keep(&gpu("1"), "abc", class, Verdict::Failed);
        let again = SelfTests::open(file.clone());
        assert_eq!(again.find(&gpu("1"), "abc", class), Some(Verdict::Failed));
        assert_eq!(again.find(&gpu("2"), "abc", class), None);
        assert_eq!(again.find(&gpu("1"), "def", class), None);
        assert_eq!(again.find(&gpu("1"), "abc", GridSizeClass::of(481, 600)), None);
        write_atomically(&file, b"torn").unwrap();
        assert_eq!(SelfTests::open(file).find(&gpu("1"), "abc", class), None);
    }
}
