//! What another machine adds to a draft, and what a cut cable costs: a studio without its window, timed from here.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail, ensure};
use serde::Serialize;

use super::masks::{PICTURE_SIZES, QUICK_RUNS, layered_mask, paint_cyst};
use super::report::{Times, milliseconds};
use crate::device::DeviceChoice;
use crate::mask::Mask;
use crate::scan::GreyImage;
use crate::serve::{CommandLine, maker};
use crate::worker::{Event, ModelSource, Recipe, Request, SynthesisWorker, WorkerOptions};

const RUNS: usize = 40;
/// Edits that are painted while the cable is cut.
const EDITS_WITHOUT_SERVER: usize = 3;
const EXPORT_STEPS: u32 = 2;
/// A login, a model file on its way, and its loading may take this long.
const PATIENCE: Duration = Duration::from_secs(300);
const LOOK: Duration = Duration::from_micros(200);
const REPORT_VERSION: u32 = 1;

/// What is measured.
pub(super) struct Trial<'a> {
    pub command: &'a CommandLine,
    pub source: ModelSource,
    /// What draws here.
    pub device: DeviceChoice,
    pub quick: bool,
    /// Commands that cut the cable and mend it.
    pub cable: Option<(&'a str, &'a str)>,
}

/// Times are milliseconds.
#[derive(Debug, Serialize)]
struct Report {
    version: u32,
    host: String,
    width: u32,
    height: u32,
    /// From the changed mask to its first picture.
    here: Times,
    there: Times,
    /// Median of what the same edit takes more there than here, one after the other: whatever else the machine does
    /// slows both.
    more_ms: f64,
    cut: Option<CutReport>,
}

#[derive(Debug, Serialize)]
struct CutReport {
    /// From an edit made right after the cut to its picture, drawn here.
    picture_here_ms: f64,
    /// Edits made while the cable was cut; each got its picture.
    edits: usize,
    /// From the mended cable to the word that the server draws again.
    back_ms: f64,
    /// Whether the server's picture of the document is the one of before, to the byte.
    is_same_picture: bool,
}

/// Measures and prints it.
///
/// # Errors
/// If either side cannot draw, or the cut loses something.
pub(super) fn measure(trial: &Trial<'_>, as_json: bool) -> anyhow::Result<()> {
    let [width, height] = PICTURE_SIZES[1];
    let runs = if trial.quick { QUICK_RUNS } else { RUNS };
    let mut remote = Painter::there(trial)?;
    let (here, there) = drafts(&mut Painter::here(trial)?, &mut remote, runs)?;
    let more_ms = median_difference(&here, &there);
    let (here, there) = (Times::of(here), Times::of(there));
    let cut = trial.cable.map(|cable| cut_and_mend(&mut remote, cable)).transpose()?;
    let host = trial.command.host();
    let report = Report { version: REPORT_VERSION, host, width, height, here, there, more_ms, cut };
    match as_json {
        true => println!("{}", serde_json::to_string_pretty(&report)?),
        false => print!("{}", report.lines()),
    }
    Ok(())
}

impl Report {
    fn lines(&self) -> String {
        let Self { host, width, height, here, there, more_ms, .. } = self;
        let mut lines = format!(
            "a draft of an edit at {width} x {height}, median (99 %) of {}:\n  here   {:.1} ms ({:.1})\n  \
             {host}  {:.1} ms ({:.1}), {more_ms:+.1} ms for the same edit\n",
            there.runs, here.median_ms, here.p99_ms, there.median_ms, there.p99_ms
        );
        if let Some(cut) = &self.cut {
            lines += &format!(
                "the cable was cut: a picture drawn here after {:.0} ms, {} edits and as many pictures meanwhile;\n\
                 mended: {host} draws again after {:.0} ms, {}\n",
                cut.picture_here_ms,
                cut.edits,
                cut.back_ms,
                match cut.is_same_picture {
                    true => "the same picture to the byte",
                    false => "ANOTHER PICTURE than before",
                }
            );
        }
        lines
    }
}

/// Times to the first pictures of edits, in turns; the first of each, of a whole frame, is not counted.
fn drafts(
    here: &mut Painter,
    there: &mut Painter,
    runs: usize,
) -> anyhow::Result<(Vec<Duration>, Vec<Duration>)> {
    here.edit()?;
    there.edit()?;
    let pairs = (0..runs).map(|_| Ok((here.edit()?, there.edit()?)));
    Ok(pairs.collect::<anyhow::Result<Vec<_>>>()?.into_iter().unzip())
}

/// In milliseconds.
fn median_difference(here: &[Duration], there: &[Duration]) -> f64 {
    let mut more: Vec<f64> =
        here.iter().zip(there).map(|(here, there)| milliseconds(*there) - milliseconds(*here)).collect();
    more.sort_by(f64::total_cmp);
    more.get(more.len() / 2).copied().unwrap_or_default()
}

fn cut_and_mend(remote: &mut Painter, (cut, mend): (&str, &str)) -> anyhow::Result<CutReport> {
    let before = remote.export()?;
    run(cut).context("cutting the cable")?;
    let picture_here = remote.edit()?;
    for _ in 1..EDITS_WITHOUT_SERVER {
        remote.edit()?;
    }
    run(mend).context("mending the cable")?;
    let mended = Instant::now();
    remote.until("word of the server's return", |event| {
        matches!(event, Event::HostBack { .. }).then_some(())
    })?;
    let back = mended.elapsed();
    remote.edit()?;
    let after = remote.export()?;
    Ok(CutReport {
        picture_here_ms: milliseconds(picture_here),
        edits: EDITS_WITHOUT_SERVER,
        back_ms: milliseconds(back),
        is_same_picture: before == after,
    })
}

/// Runs a command, word by word, without a shell.
fn run(command: &str) -> anyhow::Result<()> {
    let words = shlex::split(command).filter(|words| !words.is_empty());
    let words = words.with_context(|| format!("{command:?} is no command"))?;
    let status = std::process::Command::new(&words[0]).args(&words[1..]).status();
    let status = status.with_context(|| format!("starting {command:?}"))?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(())
}

/// Who paints, and waits for pictures as a window does.
struct Painter {
    worker: SynthesisWorker,
    is_remote: bool,
    job: u64,
    mask: Mask,
    /// What exports are made of, whatever is painted.
    first_mask: Mask,
}

impl Painter {
    fn here(trial: &Trial<'_>) -> anyhow::Result<Self> {
        let worker = SynthesisWorker::start(WorkerOptions {
            model: trial.source.clone(),
            device: trial.device,
            arithmetic: None,
            shared_gpu: None,
            wake: Arc::new(|| {}),
        })?;
        Self::of(worker, false)
    }

    fn there(trial: &Trial<'_>) -> anyhow::Result<Self> {
        let (command, source) = (trial.command.clone(), trial.source.clone());
        let worker = SynthesisWorker::start_with(Arc::new(|| {}), |mailbox| {
            maker(command, source, Arc::clone(mailbox))
        })?;
        Self::of(worker, true)
    }

    fn of(worker: SynthesisWorker, is_remote: bool) -> anyhow::Result<Self> {
        let mask = layered_mask(PICTURE_SIZES[1][0], PICTURE_SIZES[1][1]);
        let painter = Self { worker, is_remote, job: 0, first_mask: mask.clone(), mask };
        painter.until("device", |event| match event {
            Event::Ready { device, .. } => (device.host.is_some() == is_remote).then_some(()),
            _ => None,
        })?;
        Ok(painter)
    }

    /// Waits for an event; a failure of the worker ends the wait.
    fn until<T>(&self, what: &str, found: impl Fn(&Event) -> Option<T>) -> anyhow::Result<T> {
        let began = Instant::now();
        let mut unreachable = None;
        while began.elapsed() < PATIENCE {
            for event in self.worker.events() {
                if let Some(found) = found(&event) {
                    return Ok(found);
                }
                match event {
                    Event::Failed { message, .. } => return Err(anyhow!(message)),
                    Event::HostUnreachable { host, why } => unreachable = Some(format!("{host}: {why}")),
                    _ => {}
                }
            }
            std::thread::sleep(LOOK);
        }
        let why = unreachable.unwrap_or_else(|| "nothing was said".to_owned());
        bail!("no {what} within {} s ({why})", PATIENCE.as_secs())
    }

    fn request(&mut self, mask: Mask, refine_steps: u32) -> Request {
        self.job += 1;
        let recipe = Recipe::default();
        Request {
            job: self.job,
            page: 0,
            mask,
            spacing: None,
            seed: 1,
            refine_steps,
            recipe,
            full_frame: false,
        }
    }

    /// Paints another cyst; returns the time to its first picture, once the last one has come.
    fn edit(&mut self) -> anyhow::Result<Duration> {
        paint_cyst(&mut self.mask, self.job as f32 % 100.0);
        let request = self.request(self.mask.clone(), 1);
        let began = Instant::now();
        self.worker.submit(request);
        let mut first = None;
        while began.elapsed() < PATIENCE {
            if let Some(picture) = self.worker.latest().filter(|picture| picture.job == self.job) {
                let first = *first.get_or_insert(began.elapsed());
                if picture.complete {
                    return Ok(first);
                }
            }
            std::thread::sleep(LOOK);
        }
        bail!("no picture of an edit within {} s", PATIENCE.as_secs())
    }

    /// The whole frame of the first mask, by the machine that is meant to draw it.
    fn export(&mut self) -> anyhow::Result<GreyImage> {
        let request = self.request(self.first_mask.clone(), EXPORT_STEPS);
        let wanted = self.job;
        ensure!(self.worker.submit_export(request), "the worker takes no export");
        let (image, is_remote) = self.until("picture of the whole frame", |event| match event {
            Event::Exported { job, image, device, .. } if *job == wanted => {
                Some((image.clone(), device.host.is_some()))
            }
            _ => None,
        })?;
        ensure!(is_remote == self.is_remote, "the picture was drawn by the other machine");
        Ok(image)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_more_is_the_middle_of_the_differences() {
        let ms = |times: [u64; 3]| times.map(Duration::from_millis);
        let (here, there) = (ms([10, 100, 20]), ms([15, 120, 19]));
        assert!((median_difference(&here, &there) - 5.0).abs() < 1e-9);
    }

    #[test]
    fn a_command_that_fails_is_named() {
        let error = run("false").unwrap_err().to_string();
        assert!(error.contains("\"false\" ended with"), "{error}");
        assert!(run("  ").unwrap_err().to_string().contains("is no command"));
        assert!(run("'open").unwrap_err().to_string().contains("is no command"));
    }
}
