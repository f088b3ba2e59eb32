//! The lower part of the panel at the right: how the synthetic scan is made, and how that goes.

use eframe::egui::{Align, Color32, DragValue, Layout, Sense, Ui, vec2};

use crate::diffusion::samplers::Sampler;
use crate::document::Command;
use crate::studio::shell::action::Action;
use crate::studio::shell::commands::keymap;
use crate::studio::shell::settings::{
    GUIDANCE_RANGE, LESION_CONTRAST_RANGE, QUALITIES, STEP_CHOICES, Settings,
};
use crate::studio::synthesis::thread::{Shown, Status, Synthesis};
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{
    ButtonState, badge, icon_button_sized, row, segments, slider, switch, text_button,
};
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;
use crate::worker::{DeviceInfo, PictureKind};

/// Samplers in the order of their buttons: what a button chooses, shows and is called.
const SAMPLERS: [(Sampler, &str, &str); 3] = [
    (Sampler::DpmSolverPp2m, "DPM++", "DPM-Solver++ sampler"),
    (Sampler::Ddim, "DDIM", "DDIM sampler"),
    (Sampler::Ddpm, "DDPM", "DDPM sampler"),
];

/// Draws the section.
pub fn show(
    ui: &mut Ui,
    settings: &mut Settings,
    synthesis: &Synthesis,
    seed: u64,
    actions: &mut Vec<Action>,
) {
    ui.horizontal(|ui| {
        ui.label(theme::heading("Synthesis"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| state_mark(ui, synthesis));
    });
    row(ui, "Seed", |ui| {
        let mut value = seed;
        ui.spacing_mut().interact_size = vec2(ui.available_width() - 34.0, 24.0);
        let response = ui.add(DragValue::new(&mut value).speed(0.2).update_while_editing(false));
        if response.changed() && value != seed {
            actions.push(Action::Edit(Command::RerollNoise { seed: value }));
        }
        response.on_hover_text("The noise of this document. The same seed and mask give the same scan.");
        let hint = keymap::hint(ui, "synthesis.reroll");
        if icon_button_sized(ui, vec2(26.0, 24.0), 17.0, Icon::Dice, "Reroll", &hint, ButtonState::READY)
            .clicked()
        {
            actions.push(Action::Reroll);
        }
    });
    quality_row(ui, settings);
    lesion_contrast_row(ui, settings, synthesis);
    row(ui, "Synthetic", |ui| {
        let shown = match settings.strength {
            strength if strength <= 0.0 => "real".to_owned(),
            strength if strength >= 1.0 => "synthetic".to_owned(),
            strength => format!("{:.0} %", strength * 100.0),
        };
        slider(ui, &mut settings.strength, 0.0..=1.0, false, &shown).on_hover_text(
            "How far the picture may go from the real scan: at the left end it is that scan, at the right end \
             pure synthesis. The number of steps stays as it is.",
        );
    });
    ui.add_space(2.0);
    let hint = "Number of steps, sampler, guidance, model and device";
    if switch(ui, settings.advanced_shown, "Advanced", hint) {
        settings.advanced_shown = !settings.advanced_shown;
    }
    if settings.advanced_shown {
        steps_row(ui, settings);
        sampler_row(ui, settings);
        guidance_row(ui, settings, synthesis);
        ui.add_space(2.0);
        facts(ui, synthesis);
        remote_row(ui, synthesis, actions);
    }
    why_no_gpu(ui, synthesis);
}

/// How long the picture at rest may take for how good it gets.
fn quality_row(ui: &mut Ui, settings: &mut Settings) {
    row(ui, "Quality", |ui| {
        let choices = QUALITIES.map(|(shown, spoken, _)| (shown, spoken));
        let chosen = QUALITIES.iter().position(|(.., steps)| *steps == settings.steps).unwrap_or(usize::MAX);
        if let Some(index) = segments(ui, ui.available_width(), &choices, chosen) {
            settings.steps = QUALITIES[index].2;
        }
    });
}

/// A slider that darkens lesions and nothing else.
fn lesion_contrast_row(ui: &mut Ui, settings: &mut Settings, synthesis: &Synthesis) {
    let takes_it = synthesis.model().is_none_or(|model| model.takes_guidance);
    row(ui, "Lesions", |ui| {
        let shown = match settings.lesion_contrast {
            contrast if contrast <= 1.0 => "as learned".to_owned(),
            contrast => format!("× {contrast:.1}"),
        };
        let hint = "Lesion contrast: how clearly cysts and fluid stand out, as the model learned it or more. Nothing else \
                    of the picture changes. Beyond the left end a step takes twice as long.";
        let slide =
            |ui: &mut Ui| slider(ui, &mut settings.lesion_contrast, LESION_CONTRAST_RANGE, false, &shown);
        let response = ui.name_inputs("Lesion contrast", |ui| ui.add_enabled_ui(takes_it, slide).inner);
        response.on_hover_text(hint).on_disabled_hover_text("This model does not take it.");
    });
}

/// The number of steps itself.
fn steps_row(ui: &mut Ui, settings: &mut Settings) {
    row(ui, "Steps", |ui| {
        let names = STEP_CHOICES.map(|steps| steps.to_string());
        let spoken = STEP_CHOICES.map(|steps| format!("{steps} steps"));
        let choices: Vec<(&str, &str)> =
            names.iter().zip(&spoken).map(|(name, spoken)| (name.as_str(), spoken.as_str())).collect();
        let chosen = STEP_CHOICES.iter().position(|steps| *steps == settings.steps).unwrap_or(usize::MAX);
        if let Some(index) = segments(ui, ui.available_width(), &choices, chosen) {
            settings.steps = STEP_CHOICES[index];
        }
    });
}

fn sampler_row(ui: &mut Ui, settings: &mut Settings) {
    row(ui, "Sampler", |ui| {
        let choices = SAMPLERS.map(|(_, shown, spoken)| (shown, spoken));
        let chosen = SAMPLERS.iter().position(|(sampler, ..)| *sampler == settings.sampler).unwrap_or(0);
        if let Some(index) = segments(ui, ui.available_width(), &choices, chosen) {
            settings.sampler = SAMPLERS[index].0;
        }
    });
}

/// A slider for models that were also trained without masks; for others nothing to promise.
fn guidance_row(ui: &mut Ui, settings: &mut Settings, synthesis: &Synthesis) {
    let takes_guidance = synthesis.model().is_some_and(|model| model.takes_guidance);
    row(ui, "Guidance", |ui| {
        let shown = if takes_guidance { format!("{:.1}", settings.guidance) } else { "–".to_owned() };
        let hint = if takes_guidance {
            "How far the picture is pushed towards its mask: 1 as the model was trained. Beyond 1 a step \
             takes twice as long."
        } else {
            "This model was never trained without masks, so there is nothing to guide away from."
        };
        let slide = |ui: &mut Ui| slider(ui, &mut settings.guidance, GUIDANCE_RANGE, false, &shown);
        let response = ui.add_enabled_ui(takes_guidance, slide).inner;
        response.on_hover_text(hint).on_disabled_hover_text(hint);
    });
}

/// Busy mark and progress while it computes.
fn state_mark(ui: &mut Ui, synthesis: &Synthesis) {
    match synthesis.status() {
        Status::Unavailable(_) => {
            badge(ui, "OFF", theme::WARNING);
        }
        Status::Starting => {
            ui.add(BusyMark::new(13.0, theme::ACCENT));
            ui.label(theme::caption("loading"));
        }
        Status::Ready if synthesis.is_busy() => {
            ui.add(BusyMark::new(13.0, theme::ACCENT));
            if let Some((step, of)) = synthesis.progress().filter(|(_, of)| *of > 1) {
                ui.label(theme::caption(format!("step {step} of {of}")));
            }
        }
        Status::Ready => {
            let (rect, _) = ui.allocate_exact_size(vec2(10.0, 13.0), Sense::hover());
            ui.painter().circle_filled(rect.center(), 3.5, theme::GOOD);
        }
    }
}

/// Model, device, time: two columns of quiet text.
fn facts(ui: &mut Ui, synthesis: &Synthesis) {
    if matches!(synthesis.status(), Status::Unavailable(_)) {
        // The reason stands where the picture would be.
        return;
    }
    let time = synthesis.shown().map_or_else(|| "–".to_owned(), |shown| time_of(&shown));
    let model = synthesis.model().map_or("loading…", |model| model.name.as_str());
    let device = synthesis.device().map_or_else(|| "…".to_owned(), DeviceInfo::described);
    let note = synthesis.device().and_then(|device| device.note.as_deref()).unwrap_or(device.as_str());
    let lines = [
        ("Model", model, model),
        ("Device", device.as_str(), note),
        ("Picture", time.as_str(), "Time the picture on screen took"),
    ];
    for (name, value, hint) in lines {
        ui.spacing_mut().interact_size.y = 16.0;
        ui.spacing_mut().item_spacing.y = 3.0;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            let (rect, _) = ui.allocate_exact_size(vec2(84.0, 16.0), Sense::hover());
            ui.painter().text(
                rect.left_center(),
                eframe::egui::Align2::LEFT_CENTER,
                name,
                theme::small(),
                theme::TEXT_WEAK,
            );
            let text = eframe::egui::RichText::new(value).font(theme::small()).color(theme::TEXT);
            ui.add(eframe::egui::Label::new(text).truncate()).on_hover_text(hint);
        });
    }
}

/// Which machine draws, and how to choose another one.
fn remote_row(ui: &mut Ui, synthesis: &Synthesis, actions: &mut Vec<Action>) {
    ui.add_space(2.0);
    row(ui, "Drawn on", |ui| {
        let host = synthesis.device().and_then(|device| device.host.as_deref()).unwrap_or("this computer");
        let hint = "Let a computer with a graphics card draw for this one";
        if text_button(ui, host, ui.available_width(), "Computer that draws", hint, ButtonState::READY)
            .clicked()
        {
            actions.push(Action::ToggleRemote);
        }
    });
}

/// Why the CPU draws, where that is not what was to be expected.
fn why_no_gpu(ui: &mut Ui, synthesis: &Synthesis) {
    if let Some(note) = synthesis.device().and_then(|device| device.note.as_deref()) {
        ui.add_space(2.0);
        match &synthesis.device().and_then(|device| device.host.as_deref()) {
            Some(host) => ui.label(theme::caption(format!("Why not a GPU on {host}: {note}."))),
            None => ui.label(theme::caption(format!("Why not a GPU: {note}."))),
        };
    }
}

/// How long a picture took.
pub fn time_of(shown: &Shown) -> String {
    if shown.duration.is_zero() {
        return "remembered".to_owned();
    }
    let milliseconds = shown.duration.as_secs_f64() * 1e3;
    if milliseconds < 1000.0 {
        format!("{milliseconds:.0} ms")
    } else {
        format!("{:.1} s", milliseconds / 1e3)
    }
}

/// What kind of picture is shown, and in which colour to say so.
pub fn kind_of(shown: &Shown) -> (String, Color32) {
    if !shown.current {
        return ("UPDATING".to_owned(), theme::ACCENT);
    }
    match shown.kind {
        PictureKind::Draft => ("DRAFT".to_owned(), theme::WARNING),
        PictureKind::RealScan => ("REAL SCAN".to_owned(), theme::TEXT_WEAK),
        PictureKind::Refined { steps } => {
            let color = if shown.complete { theme::GOOD } else { theme::ACCENT };
            (format!("REFINED · {steps} {}", if steps == 1 { "STEP" } else { "STEPS" }), color)
        }
    }
}
