//! The blind test: real or synthetic? One scan at a time, a forced choice, timed; nothing is told before the end.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use eframe::egui::{
    Align, Color32, ColorImage, DragValue, Event, Key, Label, Layout, TextureHandle, TextureOptions, Ui, vec2,
};

use super::actions::{ReviewAction, ReviewPlace};
use super::blind_pictures::{self, RealScans, Trial};
use super::jobs::{Jobs, News};
use super::marks;
use super::open_set::OpenSet;
use super::set_panel::agreement_in_words;
use crate::background::{Receiver, queue, start_thread};
use crate::formats::write_file;
use crate::review::blind::{self, BlindAnswer, agreement, figures, trial_order};
use crate::review::row::NO_GENERATION;
use crate::review::{ReviewSet, time};
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{ButtonState, flush_button, row, text_button};
use crate::studio::widgets::form_lines::small;
use crate::studio::widgets::theme;

/// Scans that are read before they are shown.
const AHEAD: usize = 4;

/// What the view asks for.
pub(super) enum BlindEvent {
    Close,
    Action(ReviewAction),
}

/// A test under way.
struct Test {
    trials: Vec<Trial>,
    at: usize,
    pictures: Receiver<(usize, Option<Arc<ColorImage>>)>,
    read: HashMap<usize, Option<Arc<ColorImage>>>,
    texture: Option<(usize, TextureHandle)>,
    /// When the scan in view was shown.
    since: Option<Instant>,
}

/// The state of the view.
#[derive(Default)]
pub(super) struct BlindView {
    each: usize,
    seed: u64,
    real: Option<RealScans>,
    is_reading: bool,
    test: Option<Test>,
    /// All answers of the folder.
    answers: Vec<BlindAnswer>,
    problem: Option<String>,
}

impl BlindView {
    /// Opens the view, and has the answers read that were given so far.
    pub fn open(&mut self, dir: &Path, jobs: &Jobs) {
        if self.each == 0 {
            self.each = 20;
        }
        let dir = dir.to_owned();
        let work = move || News::Answers(blind::read(&dir).map_err(|error| error.to_string()));
        jobs.run(work, |why| News::Answers(Err(why)));
    }

    /// Takes the answers that were read.
    pub fn take_answers(&mut self, outcome: Result<(Vec<BlindAnswer>, usize), String>) {
        match outcome {
            Ok((answers, unreadable)) => {
                self.answers = answers;
                self.problem = (unreadable > 0).then(|| text!("review-blind-unreadable", unreadable));
            }
            Err(message) => self.problem = Some(message),
        }
    }

    /// Pictures lie on a graphics device that is gone.
    pub fn forget_pictures(&mut self) {
        if let Some(test) = &mut self.test {
            test.texture = None;
        }
    }

    /// Looks for the real scans of a folder.
    pub fn read(&mut self, dir: PathBuf, jobs: &Jobs) {
        self.is_reading = true;
        jobs.run(move || News::Blind(RealScans::find(&dir)), |why| News::Blind(Err(why)));
    }

    /// Takes the real scans that were found.
    ///
    /// # Errors
    /// In words, if there are none.
    pub fn take(&mut self, outcome: Result<RealScans, String>) -> Result<(), String> {
        self.is_reading = false;
        self.real = Some(outcome?);
        Ok(())
    }

    fn start(&mut self, open: &OpenSet, synthetic: &[u32], context: &eframe::egui::Context) {
        let Some(real) = &self.real else { return };
        self.seed = self.answers.len() as u64 + 1;
        let rows: Vec<u32> = (0..real.files.len() as u32).collect();
        let trials: Vec<Trial> = trial_order(&rows, synthetic, self.each, self.seed)
            .into_iter()
            .map(|(row, is_synthetic)| match is_synthetic {
                true => Trial::Synthetic(row),
                false => Trial::Real(real.files[row as usize].clone()),
            })
            .collect();
        let pictures = read_ahead(Arc::clone(&open.set), trials.clone(), context.clone());
        self.test = Some(Test { trials, at: 0, pictures, read: HashMap::new(), texture: None, since: None });
    }

    /// Answers about the scan in view: R real, S synthetic; Esc ends the test.
    pub fn press(&mut self, ui: &Ui, open: &OpenSet, jobs: &Jobs, actions: &mut Vec<ReviewAction>) {
        let pressed = |key: Key| {
            ui.input(|input| {
                input.events.iter().any(|event| {
                    matches!(event, Event::Key { key: other, pressed: true, repeat: false, .. } if *other == key)
                })
            })
        };
        let said = if pressed(Key::R) {
            Some(false)
        } else if pressed(Key::S) {
            Some(true)
        } else {
            None
        };
        if let Some(said_synthetic) = said {
            self.answer(said_synthetic, open, jobs, actions);
        } else if pressed(Key::Escape) {
            self.test = None;
        }
    }

    fn answer(&mut self, said_synthetic: bool, open: &OpenSet, jobs: &Jobs, actions: &mut Vec<ReviewAction>) {
        let who = open.reviewer.trim();
        let Some(test) = &mut self.test else { return };
        let (Some(trial), Some(since)) = (test.trials.get(test.at), test.since) else { return };
        if who.is_empty() {
            actions.push(ReviewAction::Complain(text!("review-blind-needs-name").to_owned()));
            return;
        }
        let answer = BlindAnswer {
            version: 1,
            when: time::now(),
            who: who.to_owned(),
            picture: blind_pictures::name_of(&open.set, trial),
            is_synthetic: matches!(trial, Trial::Synthetic(_)),
            said_synthetic,
            millis: since.elapsed().as_millis().min(u128::from(u32::MAX)) as u32,
        };
        let (dir, written) = (open.dir.clone(), answer.clone());
        let work = move || match blind::append(&dir, &written) {
            Ok(()) => News::Nothing,
            Err(error) => News::Written(Err(text!("review-blind-not-written", %error))),
        };
        jobs.run(work, |why| News::Written(Err(why)));
        self.answers.push(answer);
        test.read.remove(&test.at);
        (test.at, test.since) = (test.at + 1, None);
        if test.at == test.trials.len() {
            self.test = None;
        }
    }

    /// Draws the view.
    pub fn show(&mut self, ui: &mut Ui, open: &OpenSet, jobs: &Jobs) -> Option<BlindEvent> {
        if self.test.is_some() {
            return self.show_trial(ui, open, jobs);
        }
        let mut event = None;
        ui.horizontal(|ui| {
            ui.set_min_height(theme::ICON_BUTTON);
            ui.label(theme::heading(text!("review-blind-title")));
            if text_button(ui, text!("review-back"), 118.0, text!("review-back"), "", ButtonState::READY)
                .clicked()
            {
                event = Some(BlindEvent::Close);
            }
        });
        let about = text!("review-blind-about");
        ui.add(Label::new(theme::weak(about)).wrap());
        ui.add_space(6.0);
        row(ui, text!("review-blind-each"), |ui| {
            ui.add(DragValue::new(&mut self.each).range(2..=500))
                .accessible_name(text!("review-blind-each-spoken"));
        });
        if open.order.len() < open.set.len() {
            small(ui, text!("review-blind-filtered", count = open.order.len()), theme::WARNING);
        }
        event = self.show_real_scans(ui).or(event);
        let real = self.real.as_ref().map_or(0, |real| real.files.len());
        let is_synthetic = |row: &u32| open.set.rows[*row as usize].generation != NO_GENERATION;
        let synthetic = || open.order.iter().copied().filter(is_synthetic);
        let found = synthetic().count();
        let count = self.each.min(real).min(found);
        if real > 0 && count < self.each {
            small(ui, text!("review-blind-fewer", count, real, synthetic = found), theme::WARNING);
        }
        ui.add_space(6.0);
        let state = ButtonState::enabled_if(count > 0 && !open.reviewer.trim().is_empty());
        let hint = text!("review-blind-start-about");
        let (start, spoken) = (text!("review-blind-start"), text!("review-blind-start-spoken"));
        if flush_button(ui, start, 80.0, spoken, hint, state).clicked() {
            self.start(open, &synthetic().collect::<Vec<_>>(), ui.ctx());
        }
        ui.add_space(12.0);
        if let Some(action) = self.show_figures(ui) {
            event = Some(BlindEvent::Action(action));
        }
        event
    }

    /// Which real scans stand beside the pairs, with the button to choose them.
    fn show_real_scans(&self, ui: &mut Ui) -> Option<BlindEvent> {
        ui.horizontal(|ui| {
            ui.set_min_height(theme::ICON_BUTTON);
            let real = self.real.as_ref().map_or_else(
                || text!("review-blind-none-chosen").to_owned(),
                |real| {
                    let name = real.dir.file_name().unwrap_or_default().to_string_lossy();
                    text!("review-blind-real-in", count = real.files.len(), %name)
                },
            );
            let (text, name) = (text!("review-blind-real-scans"), text!("review-blind-real-scans-spoken"));
            let pressed = flush_button(ui, text, 96.0, name, "", ButtonState::READY).clicked();
            ui.label(theme::weak(real));
            if self.is_reading {
                ui.add(BusyMark::new(13.0, theme::ACCENT));
            }
            pressed.then_some(BlindEvent::Action(ReviewAction::Choose(ReviewPlace::RealScans)))
        })
        .inner
    }

    fn show_trial(&mut self, ui: &mut Ui, open: &OpenSet, jobs: &Jobs) -> Option<BlindEvent> {
        let test = self.test.as_mut()?;
        test.read.extend(test.pictures.try_iter());
        let mut said = None;
        ui.horizontal(|ui| {
            ui.set_min_height(theme::ICON_BUTTON);
            ui.label(theme::heading(text!("review-of", at = test.at + 1, count = test.trials.len())));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                for (text, name, is_synthetic) in [
                    (text!("review-blind-synthetic"), text!("review-blind-synthetic-spoken"), true),
                    (text!("review-blind-real"), text!("review-blind-real-spoken"), false),
                ] {
                    let state = ButtonState::enabled_if(test.since.is_some());
                    if text_button(ui, text, 110.0, name, "", state).clicked() {
                        said = Some(is_synthetic);
                    }
                }
            });
        });
        let place = ui.available_rect_before_wrap();
        match test.read.get(&test.at) {
            Some(Some(picture)) => {
                if test.texture.as_ref().is_none_or(|(at, _)| *at != test.at) {
                    let options = TextureOptions::LINEAR;
                    let texture = ui.ctx().load_texture("blind", Arc::clone(picture), options);
                    test.texture = Some((test.at, texture));
                    test.since = Some(Instant::now());
                }
                if let Some((_, texture)) = &test.texture {
                    let [width, height] = texture.size();
                    let rect = marks::fitted(vec2(width as f32, height as f32), place);
                    ui.painter().image(texture.id(), rect, marks::WHOLE, Color32::WHITE);
                }
            }
            // What cannot be read is no question.
            Some(None) => (test.at, test.since) = (test.at + 1, None),
            None => drop(ui.add(BusyMark::new(20.0, theme::ACCENT))),
        }
        if test.at >= test.trials.len() {
            self.test = None;
            return None;
        }
        let mut actions = Vec::new();
        if let Some(said) = said {
            self.answer(said, open, jobs, &mut actions);
        }
        actions.pop().map(BlindEvent::Action)
    }

    fn show_figures(&self, ui: &mut Ui) -> Option<ReviewAction> {
        if let Some(problem) = &self.problem {
            ui.label(theme::caption(problem).color(theme::WARNING));
        }
        let mut raters: Vec<&str> = self.answers.iter().map(|answer| answer.who.as_str()).collect();
        raters.sort_unstable();
        raters.dedup();
        for who in &raters {
            let theirs: Vec<&BlindAnswer> = self.answers.iter().filter(|answer| answer.who == *who).collect();
            let Some(found) = figures(&theirs) else { continue };
            let share = |share: Option<crate::review::proportion::Share>| match share {
                Some(share) => {
                    text!("review-blind-share", percent = format!("{:.0}", 100.0 * share.share), of = %share.of)
                }
                None => text!("review-blind-none-shown").to_owned(),
            };
            let accuracy = found.accuracy;
            let percent = |share: f64| format!("{:.0}", 100.0 * share);
            let text = text!(
                "review-blind-figures",
                %who,
                right = percent(accuracy.share),
                low = percent(accuracy.low),
                high = percent(accuracy.high),
                of = %accuracy.of,
                real = share(found.called_synthetic_of_real),
                synthetic = share(found.called_synthetic_of_synthetic),
                secs = format!("{:.1}", f64::from(found.median_millis) / 1000.0)
            );
            ui.add(Label::new(theme::weak(text).color(theme::TEXT)).wrap());
        }
        for (at, first) in raters.iter().enumerate() {
            for second in &raters[at + 1..] {
                if let Some(kappa) = agreement(&self.answers, first, second) {
                    ui.label(theme::weak(agreement_in_words(first, second, &kappa)));
                }
            }
        }
        let state = ButtonState::enabled_if(!self.answers.is_empty());
        let hint = text!("review-blind-csv-about");
        let pressed =
            flush_button(ui, text!("review-blind-csv"), 120.0, text!("review-blind-csv-spoken"), hint, state)
                .clicked();
        pressed.then_some(ReviewAction::Choose(ReviewPlace::BlindTable))
    }

    /// Writes all answers as a table.
    pub fn write_table(&self, path: PathBuf, dir: &Path, jobs: &Jobs) {
        let dir = dir.to_owned();
        let work = move || {
            let outcome = blind::read(&dir).map_err(|error| error.to_string()).and_then(|(answers, _)| {
                write_file(&path, blind::csv(&answers).as_bytes()).map_err(|error| error.to_string())?;
                Ok(text!("review-blind-written", count = answers.len(), file = %path.display()))
            });
            News::Written(outcome)
        };
        jobs.run(work, |why| News::Written(Err(why)));
    }
}

/// Reads the scans of a test in their order on a thread, a few ahead of the one in view.
fn read_ahead(
    set: Arc<ReviewSet>,
    trials: Vec<Trial>,
    context: eframe::egui::Context,
) -> Receiver<(usize, Option<Arc<ColorImage>>)> {
    let (sender, receiver) = queue(AHEAD);
    // Without a thread no scan comes, and Esc leaves the test.
    let _ = start_thread("blind-test", move || {
        for (at, trial) in trials.iter().enumerate() {
            if sender.send((at, blind_pictures::read(&set, trial))).is_err() {
                return;
            }
            context.request_repaint();
        }
    });
    receiver
}
