//! How long a curator's work takes the program: pairs generated, reviewed by keys, audited, exported, read back.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde::Serialize;

use crate::dataset::Manifest;
use crate::dataset::samples::LabelledScan;
use crate::device::{DeviceChoice, processor_share};
use crate::formats::label_png::{self, CodeScheme};
use crate::formats::{read_file, scan_image};
use crate::review::export::Layout;
use crate::studio::offscreen::curation::{Exported, curate, layout_name};

const LAYOUTS: [Layout; 3] = [Layout::NnUnet, Layout::Mirage, Layout::WebDataset];
/// How long any one thing in the window may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// What was done and how long it took.
#[derive(Debug, Serialize)]
struct Report {
    version: u32,
    pairs: u64,
    seconds: Vec<Part>,
    keys: usize,
    accepted: usize,
    rejected: usize,
    flagged: usize,
    /// Whether the audit had a group to record.
    audit_recorded: bool,
    /// Pairs that came back the same to the pixel, by layout.
    read_back: BTreeMap<String, usize>,
}

#[derive(Debug, Serialize)]
struct Part {
    part: String,
    seconds: f64,
}

/// Does all of it in a folder that is removed afterwards, and prints the seconds of each part.
///
/// # Errors
/// If a part fails, or an export comes back as anything else than what was accepted.
pub(super) fn measure(pairs: u64, device: DeviceChoice, quick: bool, json: bool) -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("making a folder for the pairs")?;
    let (set, out) = (folder.path().join("set"), folder.path().join("exports"));
    let mut seconds = Vec::new();
    let mut took = |part: String, time: Duration| {
        seconds.push(Part { part, seconds: (time.as_secs_f64() * 100.0).round() / 100.0 });
    };
    let began = Instant::now();
    generate(&set, pairs, device, quick)?;
    took("generate".to_owned(), began.elapsed());
    processor_share::leave_room_for_window();
    let found = curate(&set, &out, &LAYOUTS, PATIENCE)?;
    took("open for review".to_owned(), found.opened);
    took("review".to_owned(), found.reviewed);
    took("audit".to_owned(), found.audited);
    let [_, accepted, rejected, flagged] = found.standing;
    let expected = masks(&set)?;
    let mut read_back = BTreeMap::new();
    for exported in &found.exported {
        let name = layout_name(exported.layout).to_owned();
        took(format!("export {name}"), exported.took);
        let began = Instant::now();
        let same = read(exported, &expected).with_context(|| format!("reading {name} back"))?;
        took(format!("read {name} back"), began.elapsed());
        ensure!(same == accepted, "{name}: {same} pairs came back, {accepted} were accepted");
        read_back.insert(name, same);
    }
    let report = Report {
        version: 1,
        pairs,
        seconds,
        keys: found.keys,
        accepted,
        rejected,
        flagged,
        audit_recorded: found.is_recorded,
        read_back,
    };
    match json {
        true => println!("{}", serde_json::to_string_pretty(&report)?),
        false => print!("{}", report.table()),
    }
    Ok(())
}

/// By another process of this program, as a user begins it.
fn generate(set: &Path, pairs: u64, device: DeviceChoice, quick: bool) -> anyhow::Result<()> {
    let mut command = Command::new(std::env::current_exe().context("finding this program")?);
    command.args(["generate", "local", "--pairs", &pairs.to_string(), "--device", device.word(), "--out"]);
    command.arg(set);
    if quick {
        command.args(["--steps", "1", "--size", "128x128"]);
    }
    let output = command.output().context("starting the generation")?;
    ensure!(output.status.success(), "pairs were not generated: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// The mask of every pair, by its name.
fn masks(set: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let manifest = Manifest::read(set)?;
    let mut masks = BTreeMap::new();
    for entry in &manifest.entries {
        masks.insert(entry.id.clone(), LabelledScan::load(&manifest, entry)?.labels);
    }
    Ok(masks)
}

/// Pairs of an export whose scans can be read and whose masks are those of the set.
fn read(exported: &Exported, expected: &BTreeMap<String, Vec<u8>>) -> anyhow::Result<usize> {
    let out = &exported.out;
    match exported.layout {
        Layout::NnUnet => {
            let parts = ["Tr", "Ts"].map(|part| {
                let [scans, masks] = ["images", "labels"].map(|name| out.join(format!("{name}{part}")));
                folders(&scans, "_0000.png", &masks, expected)
            });
            parts.into_iter().sum()
        }
        Layout::Mirage => {
            let parts = ["train", "val", "test"].map(|part| {
                let [scans, masks] = ["bscan", "semseg"].map(|name| out.join(part).join(name));
                folders(&scans, ".png", &masks, expected)
            });
            parts.into_iter().sum()
        }
        _ => shards(out, expected),
    }
}

/// Pairs of two folders; masks are grey codes.
fn folders(
    scans: &Path,
    ending: &str,
    masks: &Path,
    expected: &BTreeMap<String, Vec<u8>>,
) -> anyhow::Result<usize> {
    let Ok(files) = std::fs::read_dir(masks) else { return Ok(0) };
    let mut same = 0;
    for file in files {
        let path = file?.path();
        let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let codes = image::load_from_memory(&read_file(&path)?)?.into_luma8().into_raw();
        ensure!(expected.get(&id) == Some(&codes), "{} is not the mask of {id}", path.display());
        let scan = scans.join(format!("{id}{ending}"));
        scan_image::read(&read_file(&scan)?, &scan.display().to_string())?;
        same += 1;
    }
    Ok(same)
}

/// Samples of tar shards.
fn shards(out: &Path, expected: &BTreeMap<String, Vec<u8>>) -> anyhow::Result<usize> {
    let (mut masks, mut scans) = (0, 0);
    for file in std::fs::read_dir(out)? {
        let path = file?.path();
        if path.extension().is_none_or(|ending| ending != "tar") {
            continue;
        }
        let bytes = read_file(&path)?;
        for entry in tar::Archive::new(bytes.as_slice()).entries()? {
            let mut entry = entry?;
            let name = entry.path()?.display().to_string();
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut bytes)?;
            if let Some(id) = name.strip_suffix(".mask.png") {
                let labels = label_png::read(&bytes, &name, CodeScheme::Studio)?;
                ensure!(expected.get(id) == Some(&labels.codes), "{name} is not the mask of {id}");
                masks += 1;
            } else if name.ends_with(".scan.png") {
                scan_image::read(&bytes, &name)?;
                scans += 1;
            }
        }
    }
    ensure!(masks == scans, "{masks} masks and {scans} scans");
    Ok(masks)
}

impl Report {
    fn table(&self) -> String {
        let mut text = format!(
            "{} pairs: {} accepted, {} rejected, {} flagged by {} keys; audit recorded: {}\n\n{:<28} {:>10}\n",
            self.pairs,
            self.accepted,
            self.rejected,
            self.flagged,
            self.keys,
            if self.audit_recorded { "yes" } else { "no group was accepted" },
            "part",
            "seconds"
        );
        for Part { part, seconds } in &self.seconds {
            text += &format!("{part:<28} {seconds:>10}\n");
        }
        for (layout, pairs) in &self.read_back {
            text += &format!("{layout}: {pairs} pairs came back the same to the pixel\n");
        }
        text
    }
}
