//! Whether the demo mode runs for a day: hours on an accelerated clock, and the memory they take.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde::Serialize;

use super::report::Memory;
use crate::device::{DeviceChoice, processor_share};
use crate::studio::offscreen::kiosk_soak::{SoakGoal, SoakMoment, soak};
use crate::studio::shell::app::AppOptions;
use crate::studio::stage::kiosk::{KioskOptions, Pin};
use crate::studio::synthesis_source;

/// Of an hour: 5 000 drafts and 500 loops in eight of them.
const DRAFTS_AN_HOUR: f64 = 625.0;
const LOOPS_AN_HOUR: f64 = 62.5;
/// Memory at the start is that after so many loops: model, caches and pictures are there then.
const WARM_LOOPS: u64 = 24;
/// A line is said after so many loops.
const LOOPS_A_LINE: u64 = 100;
/// How long a first scan may take: a graphics device compiles its kernels before it.
const PATIENCE: Duration = Duration::from_secs(240);
const LONGEST_HOURS: f64 = 10_000.0;

/// What was found.
#[derive(Debug, Serialize)]
struct Report {
    version: u32,
    simulated_hours: f64,
    real_minutes: f64,
    frames: u64,
    /// Eyes that the program painted by itself, from the bare eye to its scan.
    loops: u64,
    /// Rounds through all templates.
    rounds: u64,
    visits: u64,
    games: u64,
    scans: u64,
    drafts: u64,
    /// Of this process, where the system tells it; `None` elsewhere.
    memory: Option<Taken>,
}

/// MiB.
#[derive(Clone, Copy, Debug, Serialize)]
struct Taken {
    start: f64,
    after: f64,
    /// The highest after a loop since the start.
    peak: f64,
}

impl Taken {
    fn growth_percent(&self) -> f64 {
        100.0 * (self.after - self.start) / self.start.max(1.0)
    }
}

/// Runs the demo mode for so many simulated hours and prints the figures.
///
/// # Errors
/// As [`soak`].
pub(super) fn measure(
    hours: f64,
    model: Option<String>,
    device: DeviceChoice,
    json: bool,
) -> anyhow::Result<()> {
    ensure!(
        hours > 0.0 && hours <= LONGEST_HOURS,
        "--kiosk takes more than 0 and up to {LONGEST_HOURS} hours"
    );
    processor_share::leave_room_for_window();
    let options = AppOptions { open: None, data_folder: None, synthesis: synthesis_source(model, device) };
    let folder = tempfile::tempdir().context("making a folder for the scores")?;
    // Nobody types here.
    let pin = Pin::parse("the demo mode is measured")?;
    let kiosk =
        KioskOptions { pin, scores: Some(folder.path().join("scores.json")), seed: 1, cases: Vec::new() };
    let goal = SoakGoal {
        simulated: Duration::from_secs_f64(3600.0 * hours),
        drafts: (DRAFTS_AN_HOUR * hours).ceil() as u64,
        loops: (LOOPS_AN_HOUR * hours).ceil() as u64,
    };
    let began = Instant::now();
    let mut memory: Option<Taken> = None;
    let end = soak(options, kiosk, goal, PATIENCE, &mut |moment| {
        memory = watched(memory, moment);
        if moment.figures.loops.is_multiple_of(LOOPS_A_LINE) {
            say(moment, memory);
        }
    })?;
    let report = Report::of(&end, began.elapsed(), memory);
    match json {
        true => println!("{}", serde_json::to_string_pretty(&report)?),
        false => print!("{}", report.table()),
    }
    Ok(())
}

/// The memory so far, with that of a loop.
fn watched(before: Option<Taken>, moment: &SoakMoment) -> Option<Taken> {
    let now = Memory::now()?.resident_mib;
    match before {
        Some(before) if moment.figures.loops > WARM_LOOPS => {
            Some(Taken { after: now, peak: before.peak.max(now), ..before })
        }
        _ => Some(Taken { start: now, after: now, peak: now }),
    }
}

fn say(moment: &SoakMoment, memory: Option<Taken>) {
    let hours = moment.simulated.as_secs_f64() / 3600.0;
    let memory = memory.map_or_else(String::new, |memory| format!(", {:.0} MiB", memory.after));
    eprintln!("{hours:.1} h, {} loops, {} drafts{memory}", moment.figures.loops, moment.figures.drafts);
}

impl Report {
    fn of(end: &SoakMoment, real: Duration, memory: Option<Taken>) -> Self {
        let figures = end.figures;
        let rounded = |value: f64| (value * 10.0).round() / 10.0;
        Self {
            version: 1,
            simulated_hours: rounded(end.simulated.as_secs_f64() / 3600.0),
            real_minutes: rounded(real.as_secs_f64() / 60.0),
            frames: end.frames,
            loops: figures.loops,
            rounds: figures.rounds,
            visits: figures.visits,
            games: figures.games,
            scans: figures.scans,
            drafts: figures.drafts,
            memory,
        }
    }

    fn table(&self) -> String {
        let mut text = format!(
            "demo mode      {} simulated hours in {} minutes, {} frames\n\
             loops          {} (rounds through all templates: {})\n\
             visits         {} (games: {})\n\
             scans          {} ({} of them drafts)\n",
            self.simulated_hours,
            self.real_minutes,
            self.frames,
            self.loops,
            self.rounds,
            self.visits,
            self.games,
            self.scans,
            self.drafts
        );
        if let Some(memory) = &self.memory {
            text += &format!(
                "memory         {:.0} MiB at the start, {:.0} after ({:+.1} %), {:.0} at the peak\n",
                memory.start,
                memory.after,
                memory.growth_percent(),
                memory.peak
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studio::stage::kiosk::Figures;

    #[test]
    fn the_report_says_how_far_memory_has_grown() {
        let figures = Figures {
            loops: 500,
            rounds: 41,
            visits: 62,
            games: 31,
            scans: 9000,
            drafts: 5000,
            ..Figures::default()
        };
        let end = SoakMoment { simulated: Duration::from_secs(28_800), figures, frames: 120_000 };
        let memory = Some(Taken { start: 400.0, after: 410.0, peak: 430.0 });
        let table = Report::of(&end, Duration::from_secs(1200), memory).table();
        for said in
            ["8 simulated hours in 20 minutes", "500 (rounds", "5000 of them", "410 after (+2.5 %), 430 at"]
        {
            assert!(table.contains(said), "{said}: {table}");
        }
    }
}
