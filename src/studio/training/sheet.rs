//! The sheets of samples of a run, one at a time, by step.

use std::path::{Path, PathBuf};

use eframe::egui::{
    Align, Align2, Color32, ColorImage, Context, Layout, Rect, Slider, TextureHandle, TextureOptions, Ui,
    pos2, vec2,
};

use super::background::Background;
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{ButtonState, icon_button_sized};
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;
use crate::training::config::Stage;
use crate::training::run_record::RunRecord;

/// A sheet that is on screen or on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    run: PathBuf,
    step: u64,
}

/// Shows one sheet and reads the next while it does.
#[derive(Default)]
pub(super) struct SheetViewer {
    /// Step that was chosen; `None` follows the newest.
    chosen: Option<u64>,
    requested: Option<Key>,
    shown: Option<(Key, Result<TextureHandle, String>)>,
    arrived: Option<(Key, Result<ColorImage, String>)>,
}

impl SheetViewer {
    /// Forgets the sheet on screen, which is read anew.
    pub fn forget_picture(&mut self) {
        self.requested = None;
        self.shown = None;
    }

    /// A sheet was read.
    pub fn take(&mut self, run: PathBuf, step: u64, outcome: Result<ColorImage, String>) {
        let key = Key { run, step };
        if self.requested.as_ref() == Some(&key) {
            self.arrived = Some((key, outcome));
        }
    }

    /// Draws the sheet of the chosen step with its scrubber.
    pub fn show(&mut self, ui: &mut Ui, record: &RunRecord, background: &Background) {
        let Some(last) = record.samples.len().checked_sub(1) else {
            empty(ui, record);
            return;
        };
        if self.requested.as_ref().is_some_and(|requested| requested.run != record.path) {
            self.chosen = None;
        }
        let chosen = self.chosen.and_then(|step| record.samples.iter().position(|(at, _)| *at == step));
        let mut index = chosen.unwrap_or(last);
        self.scrubber(ui, record, &mut index);
        let (step, file) = &record.samples[index];
        self.ask(record, *step, file, background);
        self.upload(ui.ctx());
        let area = ui.available_rect_before_wrap();
        match &self.shown {
            Some((key, Ok(texture))) if key.run == record.path => picture(ui, area, texture),
            Some((key, Err(message))) if key.run == record.path => {
                let text = ui.painter().layout(
                    message.clone(),
                    theme::body(),
                    theme::WARNING,
                    (area.width() - 40.0).max(80.0),
                );
                ui.painter().galley(area.min + vec2(12.0, 12.0), text, theme::WARNING);
            }
            _ => {
                ui.put(area, BusyMark::new(18.0, theme::TEXT_WEAK));
            }
        }
    }

    fn scrubber(&mut self, ui: &mut Ui, record: &RunRecord, index: &mut usize) {
        let last = record.samples.len() - 1;
        ui.horizontal(|ui| {
            ui.label(theme::heading(text!("training-samples")));
            ui.label(theme::caption(order_of(record)));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let size = vec2(24.0, 24.0);
                let state = ButtonState::enabled_if(*index < last);
                if icon_button_sized(
                    ui,
                    size,
                    15.0,
                    Icon::Next,
                    text!("training-next-sheet"),
                    text!("training-next-sheet"),
                    state,
                )
                .clicked()
                {
                    *index += 1;
                }
                let state = ButtonState::enabled_if(*index > 0);
                if icon_button_sized(
                    ui,
                    size,
                    15.0,
                    Icon::Previous,
                    text!("training-sheet-before"),
                    text!("training-sheet-before"),
                    state,
                )
                .clicked()
                {
                    *index -= 1;
                }
                ui.label(theme::caption(text!("training-sheet-step", step = %record.samples[*index].0)));
                if last > 0 {
                    ui.spacing_mut().slider_width = (ui.available_width() - 16.0).clamp(60.0, 320.0);
                    let slider = Slider::new(index, 0..=last).show_value(false);
                    ui.add(slider).accessible_name(text!("training-sheet-slider"));
                }
            });
        });
        self.chosen = (*index < last).then(|| record.samples[*index].0);
    }

    fn ask(&mut self, record: &RunRecord, step: u64, file: &str, background: &Background) {
        let key = Key { run: record.path.clone(), step };
        if self.requested.as_ref() == Some(&key) {
            return;
        }
        if let Err(message) = background.read_sheet(record.path.clone(), step, file) {
            self.shown = Some((key.clone(), Err(message)));
        }
        self.requested = Some(key);
    }

    fn upload(&mut self, context: &Context) {
        if let Some((key, outcome)) = self.arrived.take() {
            let outcome = outcome.map(|image| context.load_texture("samples", image, TextureOptions::LINEAR));
            self.shown = Some((key, outcome));
        }
    }

    /// Whether the sheet that was asked for is on screen.
    pub fn is_settled(&self, run: &Path) -> bool {
        match (&self.requested, &self.shown) {
            (Some(requested), Some((shown, _))) => requested == shown || requested.run != run,
            (Some(_), None) => false,
            (None, _) => true,
        }
    }
}

/// As large as fits, never larger than two screen pixels a pixel.
fn picture(ui: &Ui, area: Rect, texture: &TextureHandle) {
    let size = texture.size_vec2();
    let scale = (area.size() / size).min_elem().min(2.0);
    let place = Align2::CENTER_TOP.align_size_within_rect(size * scale, area);
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    ui.painter().image(texture.id(), place, whole, Color32::WHITE);
}

/// What stands beside what on a sheet.
fn order_of(record: &RunRecord) -> &'static str {
    match record.config.as_ref().map(|config| config.stage) {
        Some(Stage::Segment) => text!("training-sheet-order-segment"),
        _ => text!("training-sheet-order"),
    }
}

fn empty(ui: &mut Ui, record: &RunRecord) {
    ui.label(theme::heading(text!("training-samples")));
    let every = record.config.as_ref().map_or(0, |config| config.sample_every);
    let text = match every {
        0 => text!("training-no-samples").to_owned(),
        every => text!("training-first-samples", %every),
    };
    ui.label(theme::weak(text));
}
