//! The eleven jobs that the window was tried with, driven by script through the real window: what comes of each in the
//! document or on the disk, and the clicks, keys and seconds it takes (`cargo test jobs -- --nocapture`). A chooser of
//! the system counts as one click; its answer is handed to the window.

mod drawing;
mod whole;

use std::path::Path;
use std::time::Instant;

use eframe::egui::{Event, Key, Modifiers, PointerButton};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use retidiff::document::Document;
use retidiff::studio::shell::action::Action;
use retidiff::studio::shell::app::{AppOptions, Studio};

use crate::keeping_work::type_path;
use crate::studio::studio_with;

/// Whether the window asks for paths itself: a chooser of the system cannot be driven.
pub fn types_paths() -> bool {
    let types = cfg!(target_os = "linux") && std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none();
    if !types {
        eprintln!("skipped: this system would show a file chooser");
    }
    types
}

/// Somebody at the window, whose clicks and keys are counted.
struct Hand {
    harness: Harness<'static, Studio>,
    clicks: usize,
    keys: usize,
    began: Instant,
}

impl Hand {
    fn new(options: AppOptions) -> Self {
        let began = Instant::now();
        Self { harness: studio_with(options), clicks: 0, keys: 0, began }
    }

    /// Presses what has this name.
    fn click(&mut self, name: &str) {
        self.harness.get_by_label(name).click();
        self.harness.run_steps(3);
        self.clicks += 1;
    }

    /// What a chooser of the system answers, or a menu entry does.
    fn choose(&mut self, action: Action) {
        self.harness.state_mut().perform(action);
        self.harness.run_steps(3);
        self.clicks += 1;
    }

    fn key(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run_steps(2);
        self.keys += 1;
    }

    fn key_with(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run_steps(2);
        self.keys += 1;
    }

    /// One stroke on the scan.
    fn stroke(&mut self, points: &[[f32; 2]]) {
        crate::studio::stroke(&mut self.harness, points, PointerButton::Primary);
        self.harness.run_steps(2);
        self.clicks += 1;
    }

    fn type_text(&mut self, text: &str) {
        self.harness.event(Event::Text(text.to_owned()));
        self.harness.run_steps(2);
        self.keys += text.chars().count();
    }

    fn wait(&mut self, what: &str, is_so: impl Fn(&Studio) -> bool) {
        let began = Instant::now();
        while !is_so(self.harness.state()) {
            let error = self.harness.state().first_error().map(str::to_owned);
            assert!(began.elapsed().as_secs() < 180, "waited in vain until {what}: {error:?}");
            std::thread::sleep(std::time::Duration::from_millis(5));
            self.harness.step();
        }
        self.harness.run_steps(2);
    }

    /// Asks for a file to be written by an action, types where, and waits until it is there. `false`, with a note, where
    /// this system would show a chooser.
    fn write(&mut self, action: Action, path: &Path) -> bool {
        if !types_paths() {
            return false;
        }
        self.choose(action);
        self.wait("no chooser came", |studio| !studio.is_waiting_for_files());
        type_path(&mut self.harness, path);
        self.keys += path.display().to_string().len();
        self.wait("it is written", |studio| !studio.is_waiting_for_files());
        true
    }

    fn document(&self) -> Document {
        self.harness.state().session().editor.document().clone()
    }

    /// Prints what the job took.
    fn done(&self, job: &str) {
        let (clicks, keys) = (self.clicks, self.keys);
        eprintln!("job: {job}: {clicks} clicks, {keys} keys, {:.1} s", self.began.elapsed().as_secs_f32());
    }
}
