//! How quick a review is, with and without its window: rows, orders, keys, frames, and the memory they take.

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use serde::Serialize;

use super::report::{Memory, Times, milliseconds};
use crate::formats::label_png::{self, CodeScheme};
use crate::formats::{read_file, scan_image, write_file};
use crate::mask::random::SeededRandom;
use crate::review::made_rows::{FILES, write};
use crate::review::select::{Direction, next_undecided};
use crate::review::{
    Decision, DecisionEvent, DecisionLog, Filter, ReviewSet, Row, SortKey, Verdicts, select,
};
use crate::scan::GreyImage;
#[cfg(feature = "studio")]
use crate::studio::offscreen::review_frames::{Script, review_frames};

/// Scripted keys.
const KEYS: usize = 1000;
/// What is done in the window.
#[cfg(feature = "studio")]
const SCRIPT: Script = Script { frames: 600, rounds: 20, keys: KEYS as u32 };
/// The system's file cache is dropped by writing to it (Linux, as root).
const DROP_CACHES: &str = "/proc/sys/vm/drop_caches";
#[cfg(feature = "studio")]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
const WIDTH: u32 = 512;
const HEIGHT: u32 = 496;
const REVIEWER: &str = "bench";

/// Times are milliseconds.
#[derive(Debug, Serialize)]
struct Report {
    version: u32,
    rows: usize,
    files: usize,
    manifest_mib: f64,
    /// From the path to the first row: the first reading after the file was written, and another.
    open_first_ms: f64,
    open_again_ms: f64,
    /// The same, and a key to a pair whose files nobody has read, after the system's file cache was dropped.
    cold: Option<ColdTimes>,
    row_bytes: usize,
    /// Of all rows by fluid, layer thickness and decision, sorted by doubt.
    filter_and_sort: Times,
    sort_alone: Times,
    /// From a key to the next pair's pixels and labels in memory, its decision in memory, nothing prefetched.
    key_to_next_pair: Times,
    /// Of that: reading and unpacking both files and their line.
    reading_files: Times,
    /// The decision on the disk, synced; a window does this beside.
    decision_on_disk: Times,
    jump_to_undecided: Times,
    /// Before the window was opened.
    memory_of_rows: Option<Memory>,
    /// Of the window, where there is one; a note says why it is missing.
    window: Option<WindowTimes>,
    memory: Option<Memory>,
}

/// With nothing in the system's file cache.
#[derive(Debug, Serialize)]
struct ColdTimes {
    open_ms: f64,
    /// Reading and unpacking both files of a pair, each file for the first time.
    key_to_next_pair: Times,
}

/// Work of the window's thread, presenting aside.
#[derive(Debug, Serialize)]
struct WindowTimes {
    /// From the wish to the first row on screen.
    open_ms: f64,
    /// Frames while the grid is scrolled.
    scrolling: Times,
    /// Frames after End, Home, Ctrl G with a number, and Tab.
    jumping: Times,
    /// From a key that decides to the frame with the next pair, read before.
    deciding: Times,
    /// Keys after which the next pair was not in memory yet, of so many.
    waited: usize,
    keys: u32,
    memory: Option<Memory>,
}

/// Makes a data set of so many rows over [`FILES`] files, reviews it with [`KEYS`] keys, and tells the times; with
/// `cold` also those of a disk whose files nobody has read.
///
/// # Errors
/// If the rows cannot be written or read, or the system's file cache cannot be dropped.
pub fn measure(rows: usize, cold: bool, json: bool) -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("making a folder for the rows")?;
    let dir = folder.path();
    write(dir, rows)?;
    write_files(dir)?;
    let manifest_mib = std::fs::metadata(dir.join("manifest.jsonl"))?.len() as f64 / (1 << 20) as f64;
    let began = Instant::now();
    drop(ReviewSet::load(dir)?);
    let open_first = began.elapsed();
    let began = Instant::now();
    let set = ReviewSet::load(dir)?;
    let open_again = began.elapsed();
    let (filter_and_sort, sort_alone) = orders(&set);
    let cold = cold.then(|| cold_times(dir, &set)).transpose()?;
    let keys = keys(&set)?;
    let memory_of_rows = Memory::now();
    let report = Report {
        version: 1,
        rows: set.len(),
        files: FILES,
        manifest_mib: (manifest_mib * 10.0).round() / 10.0,
        open_first_ms: milliseconds(open_first),
        open_again_ms: milliseconds(open_again),
        cold,
        row_bytes: size_of::<Row>(),
        filter_and_sort,
        sort_alone,
        key_to_next_pair: keys.next_pair,
        reading_files: keys.reading,
        decision_on_disk: keys.on_disk,
        jump_to_undecided: keys.jump,
        memory_of_rows,
        window: window_times(dir),
        memory: Memory::now(),
    };
    match json {
        true => println!("{}", serde_json::to_string_pretty(&report)?),
        false => print!("{}", report.table()),
    }
    Ok(())
}

#[cfg(feature = "studio")]
fn window_times(dir: &Path) -> Option<WindowTimes> {
    match review_frames(dir, SCRIPT, PATIENCE) {
        Ok(found) => Some(WindowTimes {
            open_ms: milliseconds(found.opened),
            scrolling: Times::of(found.scrolling),
            jumping: Times::of(found.jumping),
            deciding: Times::of(found.deciding),
            waited: found.waited,
            keys: SCRIPT.keys,
            memory: Memory::now(),
        }),
        Err(error) => {
            eprintln!("note: frames of the window are left out: {error}");
            None
        }
    }
}

#[cfg(not(feature = "studio"))]
fn window_times(_dir: &Path) -> Option<WindowTimes> {
    None
}

/// Small speckled scans and banded labels.
fn write_files(dir: &Path) -> anyhow::Result<()> {
    let mut random = SeededRandom::new(2);
    for number in 0..FILES {
        let top = random.between(100.0, 250.0) as u32;
        let codes: Vec<u8> = (0..WIDTH * HEIGHT)
            .map(|at| (at / WIDTH).saturating_sub(top).div_ceil(11).min(8) as u8)
            .collect();
        let pixels: Vec<u8> =
            codes.iter().map(|&code| 20 + 15 * code + (random.bits() >> 59) as u8).collect();
        let scan = scan_image::write(&GreyImage::new(WIDTH, HEIGHT, pixels), &[])?;
        write_file(&dir.join(format!("images/{number:04}.png")), &scan)?;
        let labels = label_png::write(WIDTH, HEIGHT, &codes, &[])?;
        write_file(&dir.join(format!("labels/{number:04}.png")), &labels)?;
    }
    Ok(())
}

fn orders(set: &ReviewSet) -> (Times, Times) {
    let verdicts = Verdicts::default();
    let mut filtered = Vec::new();
    let mut sorted = Vec::new();
    for run in 0..20 {
        let filter = Filter {
            fluid_mm2: Some([0.001 * run as f32, 1.0]),
            central_um: Some([250.0, 550.0]),
            ..Filter::default()
        };
        let began = Instant::now();
        std::hint::black_box(select(set, &verdicts, &filter, SortKey::Doubt, Direction::Falling));
        filtered.push(began.elapsed());
        let began = Instant::now();
        let key = if run % 2 == 0 { SortKey::Fluid } else { SortKey::CentralThickness };
        std::hint::black_box(select(set, &verdicts, &Filter::default(), key, Direction::Rising));
        sorted.push(began.elapsed());
    }
    (Times::of(filtered), Times::of(sorted))
}

/// Opens the set and goes through as many pairs as there are files, after the system's file cache was dropped.
fn cold_times(dir: &Path, set: &ReviewSet) -> anyhow::Result<ColdTimes> {
    drop_file_cache()?;
    let began = Instant::now();
    drop(ReviewSet::load(dir)?);
    let open_ms = milliseconds(began.elapsed());
    drop_file_cache()?;
    let mut times = Vec::new();
    for row in 0..FILES.min(set.len()) as u32 {
        let began = Instant::now();
        read_pair(set, row)?;
        times.push(began.elapsed());
    }
    Ok(ColdTimes { open_ms, key_to_next_pair: Times::of(times) })
}

/// What was written must be on the disk to leave the cache.
fn drop_file_cache() -> anyhow::Result<()> {
    std::process::Command::new("sync").status().context("writing what the system holds to the disk")?;
    let mut file = std::fs::OpenOptions::new().write(true).open(DROP_CACHES).with_context(refused)?;
    file.write_all(b"3\n").with_context(refused)
}

fn refused() -> String {
    format!("{DROP_CACHES} cannot be written: --cold needs Linux and root; leave it out elsewhere")
}

/// A pair's pixels and labels, from their files.
fn read_pair(set: &ReviewSet, row: u32) -> anyhow::Result<()> {
    let lines = set.lines(&[row])?;
    let line = &lines[0];
    let scan = scan_image::read(&read_file(&set.dir.join(&line.image))?, &line.image)?;
    let label = line.label.as_deref().unwrap_or_default();
    let labels = label_png::read(&read_file(&set.dir.join(label))?, label, CodeScheme::Studio)?;
    std::hint::black_box((scan, labels));
    Ok(())
}

struct KeyTimes {
    next_pair: Times,
    reading: Times,
    on_disk: Times,
    jump: Times,
}

fn keys(set: &ReviewSet) -> anyhow::Result<KeyTimes> {
    let mut log = DecisionLog::open(&set.dir)?;
    let mut verdicts = Verdicts::default();
    let order = select(set, &verdicts, &Filter::default(), SortKey::Doubt, Direction::Falling);
    let mut random = SeededRandom::new(3);
    let (mut next_pair, mut reading, mut on_disk, mut jump) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut place = 0;
    for key in 0..KEYS.min(order.len()) {
        // Now and then somebody jumps to another place.
        if key % 100 == 99 {
            place = random.index(order.len());
        }
        let decision = if key % 5 == 0 { Decision::Reject } else { Decision::Accept };
        let event = DecisionEvent::now(REVIEWER, set.id(order[place]), decision, None);
        let began = Instant::now();
        log.append(&[event])?;
        on_disk.push(began.elapsed());
        let began = Instant::now();
        verdicts.take(set, &log.events);
        let reviewer = verdicts.reviewer(REVIEWER);
        let jumping = Instant::now();
        let Some(next) = next_undecided(&order, place, &verdicts, reviewer) else { break };
        jump.push(jumping.elapsed());
        place = next;
        let reading_began = Instant::now();
        read_pair(set, order[place])?;
        reading.push(reading_began.elapsed());
        next_pair.push(began.elapsed());
    }
    Ok(KeyTimes {
        next_pair: Times::of(next_pair),
        reading: Times::of(reading),
        on_disk: Times::of(on_disk),
        jump: Times::of(jump),
    })
}

impl Report {
    fn table(&self) -> String {
        let mut text = format!(
            "{} rows of {} bytes over {} files, a manifest of {} MiB\n\n{:<34} {:>10} {:>10}\n",
            self.rows, self.row_bytes, self.files, self.manifest_mib, "milliseconds", "median", "p99"
        );
        let opened = [("open, first time", self.open_first_ms), ("open, again", self.open_again_ms)];
        for (name, ms) in opened {
            text += &format!("{name:<34} {ms:>10}\n");
        }
        if let Some(cold) = &self.cold {
            text += &format!("{:<34} {:>10}\n", "open, cold disk", cold.open_ms);
            let ColdTimes { key_to_next_pair: key, .. } = cold;
            text += &format!(
                "{:<34} {:>10} {:>10}\n",
                "key to the next pair, cold disk", key.median_ms, key.p99_ms
            );
        }
        let times = [
            ("filter and sort", &self.filter_and_sort),
            ("sort all", &self.sort_alone),
            ("key to the next pair in memory", &self.key_to_next_pair),
            ("  of that, both files", &self.reading_files),
            ("decision on the disk (beside)", &self.decision_on_disk),
            ("jump to the next undecided", &self.jump_to_undecided),
        ];
        for (name, times) in times {
            text += &format!("{name:<34} {:>10} {:>10}\n", times.median_ms, times.p99_ms);
        }
        if let Some(memory) = &self.memory_of_rows {
            text += &format!(
                "memory before the window {} MiB, at most {}\n",
                memory.resident_mib, memory.peak_resident_mib
            );
        }
        text += &self.window.as_ref().map(WindowTimes::table).unwrap_or_default();
        if let Some(memory) = &self.memory {
            text += &format!("memory {} MiB, at most {}\n", memory.resident_mib, memory.peak_resident_mib);
        }
        text
    }
}

impl WindowTimes {
    fn table(&self) -> String {
        let mut text = format!("{:<34} {:>10}\n", "window: open to the first row", self.open_ms);
        let times = [
            ("window: frame while scrolling", &self.scrolling),
            ("window: frame of End, Ctrl G, Tab", &self.jumping),
            ("window: key to the next pair", &self.deciding),
        ];
        for (name, times) in times {
            text += &format!("{name:<34} {:>10} {:>10}\n", times.median_ms, times.p99_ms);
        }
        text += &format!("window: {} of {} keys met a pair that was not read yet\n", self.waited, self.keys);
        if let Some(memory) = &self.memory {
            text += &format!("window: memory {} MiB\n", memory.resident_mib);
        }
        text
    }
}
