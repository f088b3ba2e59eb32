//! What the bench found: one JSON object, a table, and a table beside a saved run.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

use crate::formats::read_file;
use crate::platform;

/// Version of the JSON report.
pub const REPORT_VERSION: u32 = 3;

/// Everything that was measured, and on what. Times are milliseconds.
#[derive(Debug, Serialize, Deserialize)]
pub struct BenchReport {
    /// Version of the report.
    pub version: u32,
    /// Version of RetiDiff.
    pub program: String,
    /// Name of what computed.
    pub device: String,
    /// Interface to it: Vulkan, Metal, DX12 or the CPU's own.
    pub backend: String,
    /// Name and version of the graphics driver.
    pub driver: Option<String>,
    /// Why it is not the device that was asked for.
    pub note: Option<String>,
    /// Threads that compute.
    pub threads: usize,
    /// Name of the model.
    pub model: String,
    /// Of its tensor bytes.
    pub model_sha256: String,
    /// `live`, `paper`, ...
    pub preset: String,
    /// Of the network.
    pub parameters: usize,
    /// From the program's start to the first picture.
    pub startup: Startup,
    /// Drafts, refined pictures and exports, by size.
    pub pictures: Vec<PictureTiming>,
    /// A stroke's events and frames, by size.
    pub paint: Vec<PaintTiming>,
    /// In builds with the studio, where a window could be drawn.
    #[serde(default)]
    pub frames: Option<FrameTiming>,
    /// A thousand strokes and their history.
    #[serde(default)]
    pub strokes: Option<StrokeTiming>,
    /// Opening a volume.
    #[serde(default)]
    pub volumes: Vec<VolumeTiming>,
    /// Of the process, where the system tells.
    pub memory: Option<Memory>,
}

/// From the start of the command, the process itself not counted.
#[derive(Debug, Serialize, Deserialize)]
pub struct Startup {
    pub model_ready_ms: f64,
    pub first_picture_ms: f64,
}

/// From the changed mask to the picture in memory.
#[derive(Debug, Serialize, Deserialize)]
pub struct PictureTiming {
    /// `draft`, `refined` or `export`.
    pub kind: String,
    pub width: u32,
    pub height: u32,
    pub steps: u32,
    #[serde(flatten)]
    pub times: Times,
}

/// One pointer event: what the window's thread does for it before the frame is drawn.
#[derive(Debug, Serialize, Deserialize)]
pub struct PaintTiming {
    pub width: u32,
    pub height: u32,
    pub brush_px: f32,
    pub during_synthesis: bool,
    #[serde(flatten)]
    pub times: Times,
}

/// Frames of the off-screen studio while a stroke is painted and the scan follows: input, panels, shapes and
/// uploads; neither triangles nor presentation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FrameTiming {
    /// Of the window.
    pub width: u32,
    pub height: u32,
    /// What drew the scan meanwhile.
    pub device: String,
    /// Pictures that came while the stroke went on.
    pub pictures: usize,
    #[serde(flatten)]
    pub times: Times,
}

/// Whole strokes in the undo history.
#[derive(Debug, Serialize, Deserialize)]
pub struct StrokeTiming {
    pub width: u32,
    pub height: u32,
    pub strokes: usize,
    /// How many of them the history holds.
    pub undoable: usize,
    /// What the undo history holds of memory.
    pub bytes: usize,
    pub undo_all_ms: f64,
    /// From press to release.
    #[serde(flatten)]
    pub times: Times,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VolumeTiming {
    /// Ending of the file.
    pub kind: String,
    pub b_scans: usize,
    pub width: u32,
    pub height: u32,
    /// From the file to the first picture.
    #[serde(flatten)]
    pub times: Times,
}

/// Median and 99th percentile of runs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Times {
    pub runs: usize,
    pub median_ms: f64,
    pub p99_ms: f64,
}

/// Of this process.
#[derive(Debug, Serialize, Deserialize)]
pub struct Memory {
    pub resident_mib: f64,
    pub peak_resident_mib: f64,
}

impl Times {
    /// The figures of some runs; the median of an even number lies between the two in the middle.
    ///
    /// # Panics
    /// If there is no run.
    pub fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let runs = times.len();
        let median = (times[(runs - 1) / 2] + times[runs / 2]) / 2;
        let p99 = times[((runs as f64 * 0.99).ceil() as usize).clamp(1, runs) - 1];
        Self { runs, median_ms: milliseconds(median), p99_ms: milliseconds(p99) }
    }
}

impl Memory {
    /// Resident memory now and at its highest, where the system tells (Linux).
    pub fn now() -> Option<Self> {
        let memory = platform::process_memory()?;
        let mib = |bytes: u64| (bytes as f64 / (1 << 20) as f64).round();
        Some(Memory { resident_mib: mib(memory.resident), peak_resident_mib: mib(memory.peak) })
    }
}

/// Milliseconds with two digits.
pub fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e5).round() / 100.0
}

/// A report saved with `--json`.
///
/// # Errors
/// When it cannot be read, is no report, or one of another version.
pub fn read(path: &Path) -> anyhow::Result<BenchReport> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    let bytes = read_file(path)?;
    let what = || format!("{}: no report of `retidiff bench --json`", path.display());
    let Versioned { version } = serde_json::from_slice(&bytes).with_context(what)?;
    ensure!(
        version == REPORT_VERSION,
        "{}: a report of version {version}, this program compares {REPORT_VERSION}; measure it again",
        path.display()
    );
    serde_json::from_slice(&bytes).with_context(what)
}

/// One line of the table: what, at which size, how often or how large.
struct Line {
    what: String,
    size: String,
    detail: String,
    times: Times,
}

impl BenchReport {
    fn lines(&self) -> Vec<Line> {
        let size = |width, height| format!("{width}x{height}");
        let pictures = self.pictures.iter().map(|timing| Line {
            what: timing.kind.clone(),
            size: size(timing.width, timing.height),
            detail: format!("{} {}", timing.steps, if timing.steps == 1 { "step" } else { "steps" }),
            times: timing.times,
        });
        let paint = self.paint.iter().map(|timing| Line {
            what: if timing.during_synthesis { "event while drawing" } else { "stroke event" }.to_owned(),
            size: size(timing.width, timing.height),
            detail: format!("{} px brush", timing.brush_px),
            times: timing.times,
        });
        let frames = self.frames.iter().map(|timing| Line {
            what: "frame while drawing".to_owned(),
            size: size(timing.width, timing.height),
            detail: "off-screen".to_owned(),
            times: timing.times,
        });
        let strokes = self.strokes.iter().map(|timing| Line {
            what: "whole stroke".to_owned(),
            size: size(timing.width, timing.height),
            detail: format!("{} strokes", timing.strokes),
            times: timing.times,
        });
        let volumes = self.volumes.iter().map(|timing| Line {
            what: format!("open a .{}", timing.kind),
            size: size(timing.width, timing.height),
            detail: format!("{} B-scans", timing.b_scans),
            times: timing.times,
        });
        pictures.chain(paint).chain(frames).chain(strokes).chain(volumes).collect()
    }

    /// The report for people.
    pub fn table(&self) -> String {
        let mut text = format!("RetiDiff {} on {}\n", self.program, self.machine());
        if let Some(note) = &self.note {
            let _ = writeln!(text, "note: {note}");
        }
        let _ = writeln!(
            text,
            "model {} ({}), preset {}, {} parameters\n",
            self.model,
            &self.model_sha256[..self.model_sha256.len().min(12)],
            self.preset,
            self.parameters
        );
        let _ = writeln!(
            text,
            "{:<20} {:>9}  {:<12} {:>10} {:>10} {:>5}",
            "what", "size", "how", "median ms", "p99 ms", "runs"
        );
        for Line { what, size, detail, times } in self.lines() {
            let Times { runs, median_ms, p99_ms } = times;
            let _ = writeln!(
                text,
                "{what:<20} {size:>9}  {detail:<12} {median_ms:>10.2} {p99_ms:>10.2} {runs:>5}"
            );
        }
        let _ = writeln!(
            text,
            "\nstroke event: the work of the window's thread when the brush moves; frame: all its work on one frame.\n\
             Neither is presented in it.\n\
             from the start of the command (the process and a window not counted): model ready after {:.0} ms, first \
             picture after {:.0} ms",
            self.startup.model_ready_ms, self.startup.first_picture_ms
        );
        if let Some(FrameTiming { pictures, device, .. }) = &self.frames {
            let _ = writeln!(text, "frames: {pictures} pictures came from {device} meanwhile");
        }
        if let Some(StrokeTiming { strokes, undoable, bytes, undo_all_ms, .. }) = &self.strokes {
            let _ = writeln!(
                text,
                "{strokes} strokes: {undoable} undoable in {:.1} MB, all undone in {undo_all_ms:.0} ms",
                *bytes as f64 / 1e6
            );
        }
        if let Some(memory) = &self.memory {
            let _ = writeln!(
                text,
                "memory {:.0} MiB resident, {:.0} MiB at most",
                memory.resident_mib, memory.peak_resident_mib
            );
        }
        text
    }

    fn machine(&self) -> String {
        let driver = self.driver.as_ref().map(|driver| format!(", {driver}")).unwrap_or_default();
        format!("{} ({}{driver}), {} threads", self.device, self.backend, self.threads)
    }

    /// The medians beside those of a saved run; a factor below 1 is faster now.
    pub fn comparison(&self, saved: &BenchReport, name: &str) -> String {
        let mut text = format!("compared with {name}: RetiDiff {} on {}\n", saved.program, saved.machine());
        if saved.machine() != self.machine() {
            text += "note: another device, driver or number of threads; the factors compare machines, too\n";
        }
        if saved.model_sha256 != self.model_sha256 {
            text += "note: another model\n";
        }
        let _ = writeln!(
            text,
            "{:<20} {:>9}  {:<12} {:>10} {:>10} {:>7}",
            "what", "size", "how", "now ms", "then ms", "factor"
        );
        let then = saved.lines();
        for now in self.lines() {
            let same =
                |line: &&Line| (&line.what, &line.size, &line.detail) == (&now.what, &now.size, &now.detail);
            let Some(then) = then.iter().find(same) else { continue };
            let (median, before) = (now.times.median_ms, then.times.median_ms);
            let _ = writeln!(
                text,
                "{:<20} {:>9}  {:<12} {median:>10.2} {before:>10.2} {:>7.2}",
                now.what,
                now.size,
                now.detail,
                median / before.max(1e-3)
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(median_ms: f64, threads: usize) -> BenchReport {
        let times = Times { runs: 3, median_ms, p99_ms: 2.0 * median_ms };
        BenchReport {
            version: REPORT_VERSION,
            program: "1".into(),
            device: "CPU".into(),
            backend: "flex".into(),
            driver: None,
            note: None,
            threads,
            model: "live".into(),
            model_sha256: "0".repeat(64),
            preset: "live".into(),
            parameters: 7,
            startup: Startup { model_ready_ms: 1.0, first_picture_ms: 2.0 },
            pictures: vec![PictureTiming { kind: "draft".into(), width: 480, height: 480, steps: 1, times }],
            paint: vec![PaintTiming { width: 9, height: 9, brush_px: 3.0, during_synthesis: true, times }],
            frames: None,
            strokes: None,
            volumes: Vec::new(),
            memory: None,
        }
    }

    #[test]
    fn percentiles_of_few_runs_are_runs() {
        let times = Times::of((1..=100).map(Duration::from_millis).collect());
        assert_eq!((times.median_ms, times.p99_ms), (50.5, 99.0));
        let of_two = Times::of([2, 4].map(Duration::from_millis).to_vec());
        assert_eq!((of_two.median_ms, of_two.p99_ms), (3.0, 4.0), "not the faster of two");
        assert_eq!(Times::of([1, 9, 5].map(Duration::from_millis).to_vec()).median_ms, 5.0);
        assert_eq!(Times::of(vec![Duration::from_millis(3)]).p99_ms, 3.0);
    }

    #[test]
    fn a_saved_report_is_set_beside_a_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bench.json");
        let json = serde_json::to_vec(&report(40.0, 2)).unwrap();
        crate::formats::write_file(&path, &json).unwrap();
        let saved = read(&path).unwrap();
        let same = report(10.0, 2).comparison(&saved, "bench.json");
        assert!(same.contains("draft") && same.contains("0.25") && !same.contains("note"), "{same}");
        assert!(report(10.0, 8).comparison(&saved, "bench.json").contains("compare machines"));
        crate::formats::write_file(&path, br#"{"version": 1}"#).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("version 1"));
        crate::formats::write_file(&path, b"[]").unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("no report"));
    }
}
