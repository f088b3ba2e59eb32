//! The demo mode for hours in minutes: drawn off-screen on an accelerated clock, with visitors who paint, play and go away.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{anyhow, ensure};
use eframe::egui::{Event, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use super::screenshot::open;
use crate::studio::shell::app::{AppOptions, Studio};
use crate::studio::stage::kiosk::{Figures, Kiosk, KioskOptions, Phase, QUESTIONS};
use crate::studio::texts::text;

const WINDOW: [u32; 2] = [1480, 920];
/// What a frame takes on the accelerated clock, at least.
const FRAME: Duration = Duration::from_millis(250);
/// The thread that draws has so much real time between frames while a scan is awaited.
const DRAWING: Duration = Duration::from_millis(20);
/// Somebody comes after so many eyes that the program has painted by itself.
const LOOPS_A_VISIT: u64 = 8;
/// Every so many visitors play.
const VISITS_A_GAME: u64 = 2;
/// Pointer samples of a stroke, and the columns from one to the next on the screen.
const SAMPLES: u32 = 12;
const SAMPLE_STEP: f32 = 9.0;

/// How long to go on: until all of it is reached.
#[derive(Clone, Copy, Debug)]
pub struct SoakGoal {
    /// By the kiosk's clock, which runs ahead of the wall's.
    pub simulated: Duration,
    /// Scans of one step that were shown.
    pub drafts: u64,
    /// Eyes that the program has painted by itself.
    pub loops: u64,
}

/// How far it is.
#[derive(Clone, Copy, Debug)]
pub struct SoakMoment {
    /// By the kiosk's clock.
    pub simulated: Duration,
    /// What the kiosk has counted.
    pub figures: Figures,
    /// Frames drawn since the start.
    pub frames: u64,
}

impl SoakGoal {
    fn is_reached(&self, moment: &SoakMoment) -> bool {
        moment.simulated >= self.simulated
            && moment.figures.drafts >= self.drafts
            && moment.figures.loops >= self.loops
    }
}

/// Runs the demo mode until the goal is reached. `on_loop` is called after every eye that it has painted by itself.
///
/// # Errors
/// When no graphics driver can draw, no scan comes within `patience` (of real time), or the demo mode ends by itself.
pub fn soak(
    options: AppOptions,
    kiosk: KioskOptions,
    goal: SoakGoal,
    patience: Duration,
    on_loop: &mut dyn FnMut(&SoakMoment),
) -> anyhow::Result<SoakMoment> {
    let mut harness = open(options, WINDOW, 1.0, patience)?;
    harness.state_mut().enter_kiosk(kiosk);
    let mut soak = Soak { harness, frames: 0, since_scan: Instant::now(), patience };
    let mut loops = 0;
    loop {
        soak.frame()?;
        let moment = soak.moment()?;
        if moment.figures.loops == loops {
            continue;
        }
        loops = moment.figures.loops;
        // What was written to the device is given to it by drawing, as in a window.
        soak.harness.render().map_err(|error| anyhow!("the window could not be drawn: {error}"))?;
        on_loop(&moment);
        if goal.is_reached(&moment) {
            return Ok(moment);
        }
        if loops.is_multiple_of(LOOPS_A_VISIT) {
            soak.visit((loops / LOOPS_A_VISIT).is_multiple_of(VISITS_A_GAME))?;
        }
    }
}

struct Soak {
    harness: Harness<'static, Studio>,
    frames: u64,
    since_scan: Instant,
    patience: Duration,
}

impl Soak {
    fn kiosk(&self) -> anyhow::Result<&Kiosk> {
        self.harness.state().kiosk().ok_or_else(|| anyhow!("the demo mode was left by itself"))
    }

    fn moment(&self) -> anyhow::Result<SoakMoment> {
        let kiosk = self.kiosk()?;
        Ok(SoakMoment { simulated: kiosk.now(), figures: kiosk.figures(), frames: self.frames })
    }

    /// A frame, and some real time for the thread that draws where a scan is awaited.
    fn frame(&mut self) -> anyhow::Result<()> {
        let before = self.kiosk()?.now();
        self.harness.step();
        self.frames += 1;
        let passed = self.kiosk()?.now().saturating_sub(before);
        if let Some(kiosk) = self.harness.state_mut().kiosk_mut() {
            kiosk.advance(FRAME.saturating_sub(passed));
        }
        if self.kiosk()?.has_scan() {
            self.since_scan = Instant::now();
        } else {
            ensure!(self.since_scan.elapsed() < self.patience, "no scan came in {:?}", self.patience);
            thread::sleep(DRAWING);
        }
        Ok(())
    }

    /// Somebody paints two cysts, takes one back, wishes for another eye, perhaps plays, and goes away.
    fn visit(&mut self, plays: bool) -> anyhow::Result<()> {
        let pane = self.harness.query_all_by_label(text!("kiosk-pane-labels")).next();
        let middle = pane.ok_or_else(|| anyhow!("there is nothing to paint on"))?.rect().center();
        self.stroke(middle - vec2(120.0, 0.0))?;
        self.stroke(middle + vec2(20.0, 20.0))?;
        self.touch(text!("kiosk-undo"))?;
        self.touch(text!("kiosk-another"))?;
        self.stroke(middle)?;
        if plays && self.kiosk()?.can_play() {
            self.touch(text!("kiosk-play"))?;
            for _ in 0..QUESTIONS {
                self.touch(text!("kiosk-drawn"))?;
                self.touch(text!("kiosk-next"))?;
            }
        }
        while !matches!(self.kiosk()?.phase(), Phase::Attract(_)) {
            self.frame()?;
        }
        Ok(())
    }

    fn stroke(&mut self, from: Pos2) -> anyhow::Result<()> {
        for sample in 0..SAMPLES {
            let pos = from + vec2(SAMPLE_STEP * sample as f32, 0.0);
            self.harness.event(Event::PointerMoved(pos));
            self.frame()?;
            if sample == 0 || sample + 1 == SAMPLES {
                let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
                self.harness.event(Event::PointerButton { pos, button, pressed: sample == 0, modifiers });
                self.frame()?;
            }
            // A hand is not so quick that the scan cannot follow.
            thread::sleep(DRAWING);
        }
        Ok(())
    }

    /// Touches what has a name, if it is there.
    fn touch(&mut self, name: &str) -> anyhow::Result<()> {
        if let Some(target) = self.harness.query_by_label(name) {
            target.click();
        }
        self.frame()?;
        self.frame()
    }
}
