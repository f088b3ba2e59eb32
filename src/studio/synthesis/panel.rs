//! The lower part of the panel at the right: how the synthetic scan is made, and how that goes.

use eframe::egui::{Align, Color32, DragValue, Layout, Sense, Ui, vec2};

use crate::device::DeviceInfo;
use crate::diffusion::NoiseSpacing;
use crate::diffusion::samplers::Sampler;
use crate::document::Command;
use crate::studio::editor::session::EditorSession;
use crate::studio::shell::action::{Action, SynthesisAction, WindowAction};
use crate::studio::shell::commands::keymap;
use crate::studio::shell::settings::{
    GUIDANCE_RANGE, LESION_CONTRAST_RANGE, PanelSettings, QUALITIES, STEP_CHOICES,
};
use crate::studio::synthesis::looks::Looks;
use crate::studio::synthesis::quality::quality_of;
use crate::studio::synthesis::thread::{ShownPicture, Status, Synthesis};
use crate::studio::texts::{self, text};
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{
    ButtonState, badge, icon_button_sized, narrow_row, segments_about, slider, switch, text_button,
};
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;
use crate::worker::PictureKind;

/// Samplers in the order of their buttons: what a button chooses, shows and is called, by keys of the table of texts.
const SAMPLERS: [(Sampler, &str, &str); 3] = [
    (Sampler::DpmSolverPp2m, "advanced-dpm", "advanced-dpm-spoken"),
    (Sampler::Ddim, "advanced-ddim", "advanced-ddim-spoken"),
    (Sampler::Ddpm, "advanced-ddpm", "advanced-ddpm-spoken"),
];

/// Spacings of the noise levels, likewise.
const NOISE_SPACINGS: [(NoiseSpacing, &str, &str); 3] = [
    (NoiseSpacing::Time, "advanced-noise-time", "advanced-noise-time-spoken"),
    (NoiseSpacing::Karras, "advanced-noise-karras", "advanced-noise-karras-spoken"),
    (NoiseSpacing::LogSnr, "advanced-noise-log-snr", "advanced-noise-log-snr-spoken"),
];

/// Draws the section.
pub fn show(
    ui: &mut Ui,
    settings: &mut PanelSettings,
    synthesis: &Synthesis,
    session: &EditorSession,
    actions: &mut Vec<Action>,
) {
    let seed = session.editor.document().noise_seed;
    ui.horizontal(|ui| {
        ui.label(theme::heading(text!("synthesis-title")));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| state_mark(ui, synthesis));
    });
    narrow_row(ui, text!("synthesis-seed"), |ui| {
        let mut value = seed;
        ui.spacing_mut().interact_size = vec2(ui.available_width() - 34.0, 24.0);
        let response = ui.add(DragValue::new(&mut value).speed(0.2).update_while_editing(false));
        if response.changed() && value != seed {
            actions.push(Action::Edit(Command::RerollNoise { seed: value }));
        }
        response.on_hover_text(text!("synthesis-seed-about"));
        let hint = keymap::hint(ui, "synthesis.reroll");
        if icon_button_sized(
            ui,
            vec2(26.0, 24.0),
            17.0,
            Icon::Dice,
            text!("synthesis-reroll"),
            &hint,
            ButtonState::READY,
        )
        .clicked()
        {
            actions.push(Action::Synthesis(SynthesisAction::Reroll));
        }
    });
    quality_row(ui, settings);
    lesion_contrast_row(ui, settings);
    looks_rows(ui, session, synthesis, actions);
    narrow_row(ui, text!("synthesis-strength"), |ui| {
        let shown = match settings.strength {
            strength if strength <= 0.0 => text!("synthesis-real").to_owned(),
            strength if strength >= 1.0 => text!("synthesis-synthetic").to_owned(),
            strength => format!("{:.0} %", strength * 100.0),
        };
        // The setting stays as it is for the next page with a scan.
        let has_scan = !session.page().scan.is_placeholder;
        let slide = |ui: &mut Ui| slider(ui, &mut settings.strength, 0.0..=1.0, &shown);
        let response = ui.add_enabled_ui(has_scan, slide).inner;
        response
            .on_hover_text(text!("synthesis-strength-about"))
            .on_disabled_hover_text(text!("synthesis-strength-no-scan"));
    });
    ui.add_space(2.0);
    let hint = text!("advanced-about");
    if switch(ui, settings.advanced_shown, text!("synthesis-advanced"), hint) {
        settings.advanced_shown = !settings.advanced_shown;
    }
    if settings.advanced_shown {
        steps_row(ui, settings);
        sampler_row(ui, settings);
        noise_levels_row(ui, settings);
        guidance_row(ui, settings, synthesis);
        ui.add_space(2.0);
        facts(ui, synthesis);
        remote_row(ui, synthesis, actions);
    }
    why_no_gpu(ui, synthesis);
}

/// Style and vessel shadows, of models that know them.
fn looks_rows(ui: &mut Ui, session: &EditorSession, synthesis: &Synthesis, actions: &mut Vec<Action>) {
    let Some(model) = synthesis.model() else { return };
    let (page_index, labels) = (session.page_index(), &session.editor.document().labels);
    Looks { page_index, page: session.page(), labels, preview: synthesis.previewed() }
        .show(ui, model, actions);
}

/// How long the picture at rest may take for how good it gets.
fn quality_row(ui: &mut Ui, settings: &mut PanelSettings) {
    narrow_row(ui, text!("synthesis-quality"), |ui| {
        let choices = QUALITIES.map(|(shown, spoken, _)| (texts::plain(shown), texts::plain(spoken)));
        let chosen = QUALITIES.iter().position(|(.., steps)| *steps == settings.steps);
        let about = text!("synthesis-quality-about");
        if let Some(index) = segments_about(ui, ui.available_width(), &choices, chosen, about) {
            settings.steps = QUALITIES[index].2;
        }
    });
}

/// A slider that darkens lesions and nothing else, of every model: the contrast is met in the finished picture.
fn lesion_contrast_row(ui: &mut Ui, settings: &mut PanelSettings) {
    narrow_row(ui, text!("synthesis-contrast"), |ui| {
        let shown = match settings.lesion_contrast {
            contrast if contrast <= 1.0 => text!("synthesis-as-in-scans").to_owned(),
            contrast => format!("× {contrast:.1}"),
        };
        slider(ui, &mut settings.lesion_contrast, LESION_CONTRAST_RANGE, &shown)
            .on_hover_text(text!("synthesis-contrast-about"));
    });
}

/// The number of steps itself.
fn steps_row(ui: &mut Ui, settings: &mut PanelSettings) {
    narrow_row(ui, text!("advanced-steps"), |ui| {
        let names = STEP_CHOICES.map(|steps| steps.to_string());
        let spoken = STEP_CHOICES.map(|steps| text!("advanced-steps-spoken", %steps));
        let choices: Vec<(&str, &str)> =
            names.iter().zip(&spoken).map(|(name, spoken)| (name.as_str(), spoken.as_str())).collect();
        let chosen = STEP_CHOICES.iter().position(|steps| *steps == settings.steps);
        let about = text!("advanced-steps-about");
        if let Some(index) = segments_about(ui, ui.available_width(), &choices, chosen, about) {
            settings.steps = STEP_CHOICES[index];
        }
    });
}

fn sampler_row(ui: &mut Ui, settings: &mut PanelSettings) {
    narrow_row(ui, text!("advanced-sampler"), |ui| {
        let choices = SAMPLERS.map(|(_, shown, spoken)| (texts::plain(shown), texts::plain(spoken)));
        let chosen = SAMPLERS.iter().position(|(sampler, ..)| *sampler == settings.sampler).unwrap_or(0);
        let about = text!("advanced-sampler-about");
        if let Some(index) = segments_about(ui, ui.available_width(), &choices, chosen, about) {
            settings.sampler = SAMPLERS[index].0;
        }
    });
}

fn noise_levels_row(ui: &mut Ui, settings: &mut PanelSettings) {
    narrow_row(ui, text!("advanced-noise-levels"), |ui| {
        let choices = NOISE_SPACINGS.map(|(_, shown, spoken)| (texts::plain(shown), texts::plain(spoken)));
        let chosen = NOISE_SPACINGS.iter().position(|(spacing, ..)| *spacing == settings.noise_spacing);
        let about = text!("advanced-noise-levels-about");
        if let Some(index) = segments_about(ui, ui.available_width(), &choices, chosen.unwrap_or(0), about) {
            settings.noise_spacing = NOISE_SPACINGS[index].0;
        }
    });
}

/// A slider for models that were also trained without masks; for others nothing to promise.
fn guidance_row(ui: &mut Ui, settings: &mut PanelSettings, synthesis: &Synthesis) {
    let takes_guidance = synthesis.model().is_some_and(|model| model.takes_guidance);
    narrow_row(ui, text!("advanced-guidance"), |ui| {
        let shown = if takes_guidance { format!("{:.1}", settings.guidance) } else { "–".to_owned() };
        let hint =
            if takes_guidance { text!("advanced-guidance-about") } else { text!("advanced-no-guidance") };
        let slide = |ui: &mut Ui| slider(ui, &mut settings.guidance, GUIDANCE_RANGE, &shown);
        let response = ui.add_enabled_ui(takes_guidance, slide).inner;
        response.on_hover_text(hint).on_disabled_hover_text(hint);
    });
}

/// Busy mark and progress while it computes.
fn state_mark(ui: &mut Ui, synthesis: &Synthesis) {
    match synthesis.status() {
        Status::Unavailable(_) => {
            badge(ui, text!("synthesis-off"), theme::WARNING);
        }
        Status::Starting => {
            ui.add(BusyMark::new(13.0, theme::ACCENT));
            ui.label(theme::caption(text!("synthesis-loading")));
        }
        Status::Ready if synthesis.is_busy() => {
            ui.add(BusyMark::new(13.0, theme::ACCENT));
            if let Some((step, of)) = synthesis.progress().filter(|(_, of)| *of > 1) {
                ui.label(theme::caption(text!("synthesis-step-of", %step, %of)));
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
    let model = synthesis.model().map_or(text!("advanced-loading-model"), |model| model.name.as_str());
    let device = synthesis.device().map_or_else(|| "…".to_owned(), DeviceInfo::described);
    let note = synthesis.device().and_then(|device| device.note.as_deref()).unwrap_or(device.as_str());
    let lines = [
        (text!("advanced-model"), model, model),
        (text!("advanced-device"), device.as_str(), note),
        (text!("advanced-picture"), time.as_str(), text!("advanced-picture-about")),
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
    narrow_row(ui, text!("synthesis-drawn-on"), |ui| {
        let host = synthesis
            .device()
            .and_then(|device| device.host.as_deref())
            .unwrap_or(text!("synthesis-this-computer"));
        let hint = text!("synthesis-drawn-on-about");
        if text_button(ui, host, ui.available_width(), text!("remote-title"), hint, ButtonState::READY)
            .clicked()
        {
            actions.push(Action::Window(WindowAction::ToggleRemote));
        }
    });
}

/// Why the CPU draws, where that is not what was to be expected.
fn why_no_gpu(ui: &mut Ui, synthesis: &Synthesis) {
    if let Some(note) = synthesis.device().and_then(|device| device.note.as_deref()) {
        ui.add_space(2.0);
        match &synthesis.device().and_then(|device| device.host.as_deref()) {
            Some(host) => ui.label(theme::caption(text!("synthesis-why-no-gpu-on", %host, %note))),
            None => ui.label(theme::caption(text!("synthesis-why-no-gpu", %note))),
        };
    }
}

/// How long a picture took.
pub fn time_of(shown: &ShownPicture) -> String {
    if shown.duration.is_zero() {
        return text!("synthesis-remembered").to_owned();
    }
    let milliseconds = shown.duration.as_secs_f64() * 1e3;
    if milliseconds < 1000.0 {
        format!("{milliseconds:.0} ms")
    } else {
        format!("{:.1} s", milliseconds / 1e3)
    }
}

/// What kind of picture is shown, and in which colour to say so.
pub fn kind_of(shown: &ShownPicture) -> (String, Color32) {
    if !shown.current {
        return (text!("synthesis-updating").to_owned(), theme::ACCENT);
    }
    match shown.kind {
        PictureKind::Draft => (text!("synthesis-draft").to_owned(), theme::WARNING),
        PictureKind::RealScan => (text!("synthesis-real-scan").to_owned(), theme::TEXT_WEAK),
        PictureKind::Refined { steps } => {
            let color = if shown.complete { theme::GOOD } else { theme::ACCENT };
            let text = match quality_of(steps) {
                Some(quality) => text!("synthesis-at-quality", quality = %quality.to_uppercase()),
                None => text!("synthesis-refined", steps),
            };
            (text, color)
        }
    }
}
