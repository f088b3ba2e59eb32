//! The form as it is drawn: usual settings first, the rest in groups as the configuration has them.

use eframe::egui::{
    Align, Button, CollapsingHeader, ComboBox, DragValue, Frame, Label, Layout, Margin, RichText, ScrollArea,
    TextEdit, Ui, vec2,
};
use serde_json::{Number, Value};

use super::field_names::words;
use super::fields::{USUAL, is_shown};
use super::form::{DataState, Form, FormStart, StartState};
use super::machine_lines::{gpu_line, machine_line};
use super::orders::TrainingAction;
use super::place::TrainingPlace;
use super::recipe_rows;
use crate::device::DeviceChoice;
use crate::serve::CommandLine;
use crate::studio::texts::text;
use crate::studio::widgets::controls::{row, rule, segments, switch};
use crate::studio::widgets::theme;
use crate::training::RunConfig;
use crate::training::config::Stage;
use crate::training::cost::Cost;
use crate::training::memory;
use crate::training::report::duration;
use crate::worker::models::{ModelPurpose, UserModel, image_models};

/// The estimate, what is missing, and the buttons.
const FOOT_HEIGHT: f32 = 248.0;
const PROBLEMS_HEIGHT: f32 = 40.0;

/// What the page knows beside the form.
pub(super) struct Known<'a> {
    /// This machine's pace in network operations a second, if a run was measured.
    pub pace: Option<f64>,
    /// A line for each GPU, once somebody looked.
    pub gpus: Option<&'a [String]>,
    /// Models that the user published.
    pub models: &'a [UserModel],
    /// The command that reaches the computer which draws, where that is another one.
    pub remote: Option<&'a CommandLine>,
}

/// Draws the form.
pub(super) fn show(ui: &mut Ui, form: &mut Form, known: &Known, actions: &mut Vec<TrainingAction>) {
    let title = match &form.start {
        FormStart::New => text!("training-new-run").to_owned(),
        FormStart::Resume => text!("training-resume-of", name = %form.name),
        FormStart::Branch { step, .. } => text!("training-branch-at", %step),
    };
    ui.label(RichText::new(title).font(theme::semibold(16.0)).color(theme::TEXT_STRONG));
    ui.add_space(4.0);
    let height = (ui.available_height() - FOOT_HEIGHT).max(120.0);
    ScrollArea::vertical().max_height(height).auto_shrink([false, false]).show(ui, |ui| {
        Frame::new()
            .inner_margin(Margin { right: 10, ..Margin::ZERO })
            .show(ui, |ui| fields(ui, form, known, actions));
    });
    rule(ui);
    estimate(ui, form, known);
    show_problems(ui, form);
    // In a line of its own: at the upper end of the rest a button's word stands above its middle.
    let line = vec2(ui.available_width(), 30.0);
    ui.allocate_ui_with_layout(line, Layout::right_to_left(Align::Center), |ui| {
        let verb = match form.start {
            FormStart::New => text!("training-start"),
            FormStart::Resume => text!("training-resume"),
            FormStart::Branch { .. } => text!("training-start-branch"),
        };
        let start = Button::new(RichText::new(verb).color(theme::ON_ACCENT)).fill(theme::ACCENT);
        let ready = form.problems().is_empty();
        if ui.add_enabled(ready, start.min_size(vec2(120.0, 30.0))).clicked() {
            actions.push(TrainingAction::Start);
        }
        if ui.add(Button::new(text!("shell-cancel")).min_size(vec2(80.0, 30.0))).clicked() {
            actions.push(TrainingAction::CloseForm);
        }
    });
}

/// Has its place whether there is a problem or not: what is found late must not move the buttons under the hand.
fn show_problems(ui: &mut Ui, form: &Form) {
    ui.allocate_ui(vec2(ui.available_width(), PROBLEMS_HEIGHT), |ui| {
        ui.set_min_height(PROBLEMS_HEIGHT);
        ScrollArea::vertical().id_salt("problems").auto_shrink([false, false]).show(ui, |ui| {
            for problem in form.problems() {
                ui.add(Label::new(RichText::new(problem).font(theme::small()).color(theme::WARNING)).wrap());
            }
        });
    });
}

fn fields(ui: &mut Ui, form: &mut Form, known: &Known, actions: &mut Vec<TrainingAction>) {
    if form.start == FormStart::New {
        recipe_rows::show(ui, form, actions);
    }
    if form.start != FormStart::Resume {
        row(ui, text!("training-name"), |ui| {
            ui.add(TextEdit::singleline(&mut form.name).desired_width(f32::INFINITY))
        });
    }
    if form.start == FormStart::New {
        data_row(ui, form, actions);
        if form.remote.is_none() {
            split_row(ui, form, actions);
        }
        if form.stage() != Some(Stage::Segment) {
            start_row(ui, form, known.models, actions);
        }
    }
    computer_row(ui, form, known.remote, actions);
    let hint = text!("training-watch-about-form");
    if form.can_watch() && switch(ui, form.live_sample, text!("training-watch"), hint) {
        form.live_sample = !form.live_sample;
    }
    rule(ui);
    let stage = form.stage();
    let mut values = std::mem::take(&mut form.values);
    if let Value::Object(fields) = &mut values {
        for name in USUAL {
            let path = format!("/{name}");
            if let Some(value) = fields.get_mut(name).filter(|value| is_shown(stage, &path, value)) {
                field(ui, form, name, &path, value);
            }
        }
        rule(ui);
        group(ui, text!("training-more"), "more", |ui| {
            for (name, value) in fields.iter_mut() {
                let path = format!("/{name}");
                let is_here = !value.is_object() && !USUAL.contains(&name.as_str());
                if is_here && is_shown(stage, &path, value) {
                    field(ui, form, name, &path, value);
                }
            }
        });
        for (name, value) in fields.iter_mut() {
            let path = format!("/{name}");
            if value.is_object() && is_shown(stage, &path, value) {
                group(ui, &words(name), &path, |ui| tree(ui, form, stage, &path, value));
            }
        }
    }
    form.values = values;
}

/// What trains: this computer's devices, or the computer that draws in its place.
fn computer_row(
    ui: &mut Ui,
    form: &mut Form,
    remote: Option<&CommandLine>,
    actions: &mut Vec<TrainingAction>,
) {
    let own = form.remote.as_deref().and_then(|text| CommandLine::parse(text).ok());
    row(ui, text!("training-compute-on"), |ui| {
        // A run that is there stays where it is.
        if let (Some(command), false) = (&own, form.start == FormStart::New) {
            ui.label(theme::caption(command.host()));
            return;
        }
        let devices = [DeviceChoice::Auto, DeviceChoice::Gpu, DeviceChoice::Cpu];
        let mut choices = vec![
            (text!("training-device-auto"), text!("training-device-auto-spoken")),
            (text!("training-device-gpu"), text!("training-device-gpu-spoken")),
            (text!("training-device-cpu"), text!("training-device-cpu-spoken")),
        ];
        let other = own.as_ref().or(remote.filter(|_| form.start == FormStart::New));
        let host = other.map(CommandLine::host);
        let spoken = host.as_ref().map(|host| text!("training-device-remote-spoken", %host));
        if let (Some(host), Some(spoken)) = (&host, &spoken) {
            choices.push((host.as_str(), spoken.as_str()));
        }
        let device = devices.iter().position(|device| *device == form.device).unwrap_or(0);
        let chosen = if own.is_some() { devices.len() } else { device };
        match segments(ui, ui.available_width(), &choices, chosen) {
            None => {}
            Some(index) if index < devices.len() => {
                form.device = devices[index];
                if form.remote.take().is_some() {
                    actions.push(TrainingAction::LookAtData);
                }
            }
            Some(_) => {
                form.remote = other.map(CommandLine::text);
                // A folder of this computer says nothing there.
                form.data.clear();
            }
        }
    });
}

fn data_row(ui: &mut Ui, form: &mut Form, actions: &mut Vec<TrainingAction>) {
    if form.remote.is_some() {
        row(ui, text!("training-data-set"), |ui| {
            let field = TextEdit::singleline(&mut form.data).hint_text(text!("training-remote-data"));
            let about = text!("training-remote-data-about");
            let field = ui.add(field.desired_width(f32::INFINITY)).on_hover_text(about);
            // Its placeholder would stand for its name.
            ui.ctx().accesskit_node_builder(field.id, |node| node.set_label(text!("training-data-set")));
        });
        return;
    }
    row(ui, text!("training-data-set"), |ui| {
        let width = ui.available_width() - 86.0;
        let response = ui
            .add(TextEdit::singleline(&mut form.data).hint_text(text!("shell-folder")).desired_width(width));
        if ui.add(Button::new(text!("shell-choose")).min_size(vec2(76.0, 24.0))).clicked() {
            actions.push(TrainingAction::Choose(TrainingPlace::Data));
        }
        if !response.has_focus() && form.needs_a_look() {
            // A folder that was typed, chosen or kept from the last run: looked at once.
            actions.push(TrainingAction::LookAtData);
        }
    });
    let said = match form.data_state() {
        // The line has its place before there is something to say.
        DataState::Unknown => String::new(),
        DataState::Looking => text!("training-looking").to_owned(),
        DataState::Known(facts) => {
            let split = if facts.split.is_some() && form.split_file().is_none() {
                text!("training-split-as-built")
            } else {
                ""
            };
            match form.stage() {
                Some(Stage::Pretrain) => {
                    let [training, validation] = facts.scans;
                    text!("training-scans", %training, %validation, %split)
                }
                _ => {
                    text!(
                        "training-labelled-scans",
                        count = form.labelled_to_train_on(facts),
                        traced = %traced(facts.pseudo_labelled, form.takes_pseudo_labelled()),
                        validation = %facts.validation,
                        %split
                    )
                }
            }
        }
        DataState::Wrong(_) => text!("training-no-data-set").to_owned(),
    };
    row(ui, "", |ui| {
        let make = Button::new(text!("data-open")).min_size(vec2(110.0, 24.0));
        if ui.add(make).on_hover_text(text!("data-open-about")).clicked() {
            actions.push(TrainingAction::MakeData);
        }
    });
    ui.add(Label::new(theme::caption(said)).truncate());
}

/// What the counts say of scans that the auto-trace labelled.
fn traced(count: usize, is_taken: bool) -> String {
    match (count, is_taken) {
        (0, _) => String::new(),
        (count, true) => text!("training-traced-taken", %count),
        (count, false) => text!("training-traced-left-out", %count),
    }
}

/// Which subjects validate and which are held out: as the data set was built, or as a file says.
fn split_row(ui: &mut Ui, form: &mut Form, actions: &mut Vec<TrainingAction>) {
    row(ui, text!("training-split"), |ui| {
        let file = form.split_file().map(std::path::Path::to_owned);
        let width = ui.available_width() - if file.is_some() { 150.0 } else { 86.0 };
        let shown = match (&file, form.data_state()) {
            (Some(file), _) => file.display().to_string(),
            (None, DataState::Known(facts)) if facts.split.is_some() => {
                text!("training-split-built").to_owned()
            }
            (None, _) => text!("training-split-own").to_owned(),
        };
        ui.allocate_ui_with_layout(vec2(width, 24.0), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(width);
            let label = ui.add(Label::new(theme::caption(shown.as_str())).truncate());
            label.on_hover_text(text!("training-split-about"));
        });
        let choose = ui.add(Button::new(text!("shell-choose")).min_size(vec2(76.0, 24.0)));
        if choose.accessible_name(text!("training-choose-split")).clicked() {
            actions.push(TrainingAction::Choose(TrainingPlace::Split));
        }
        if file.is_some() {
            let clear = ui.add(Button::new(text!("training-clear")).min_size(vec2(56.0, 24.0)));
            if clear.accessible_name(text!("training-clear-split")).clicked() {
                actions.push(TrainingAction::ClearSplit);
            }
        }
    });
}

/// The model that a new run begins with: fresh weights, one of the lists, or a file.
fn start_row(ui: &mut Ui, form: &mut Form, models: &[UserModel], actions: &mut Vec<TrainingAction>) {
    let is_student = form.stage() == Some(Stage::Distill);
    let none = if is_student { text!("training-choose-model") } else { text!("training-fresh") };
    row(ui, if is_student { text!("training-teacher") } else { text!("training-begin-with") }, |ui| {
        let width = ui.available_width() - 86.0;
        let path = std::path::Path::new(form.from.trim());
        let shown = match form.start_model() {
            None => none.to_owned(),
            Some(_) => path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        };
        ComboBox::from_id_salt("begin with").width(width).selected_text(shown).truncate().show_ui(ui, |ui| {
            ui.selectable_value(&mut form.from, String::new(), none);
            let is_of_masks = form.stage() == Some(Stage::Masks);
            for (name, _) in image_models().iter().filter(|_| !is_of_masks) {
                ui.selectable_value(
                    &mut form.from,
                    (*name).to_owned(),
                    text!("training-bundled-model", %name),
                );
            }
            let purpose = if is_of_masks { ModelPurpose::Masks } else { ModelPurpose::Scans };
            for model in models.iter().filter(|model| model.purpose == purpose) {
                ui.selectable_value(&mut form.from, model.path.display().to_string(), &model.name);
            }
        });
        let choose = ui.add(Button::new(text!("shell-choose")).min_size(vec2(76.0, 24.0)));
        if choose.accessible_name(text!("training-choose-model-file")).clicked() {
            actions.push(TrainingAction::Choose(TrainingPlace::Start));
        }
        if form.start_needs_a_look() {
            actions.push(TrainingAction::LookAtStart);
        }
    });
    if let StartState::Known(info) = form.start_state() {
        let said = match is_student {
            true => text!("training-network-taken", name = %info.name),
            false => info.name.clone(),
        };
        row(ui, "", |ui| ui.add(Label::new(theme::caption(said)).truncate()));
    }
}

fn group(ui: &mut Ui, title: &str, id: &str, body: impl FnOnce(&mut Ui)) {
    let title = RichText::new(title).font(theme::semibold(12.0));
    CollapsingHeader::new(title).id_salt(id).show_unindented(ui, body);
}

fn tree(ui: &mut Ui, form: &Form, stage: Option<Stage>, path: &str, value: &mut Value) {
    let Value::Object(fields) = value else { return };
    for (name, value) in fields.iter_mut() {
        let path = format!("{path}/{name}");
        if !is_shown(stage, &path, value) {
            continue;
        }
        if value.is_object() {
            group(ui, &words(name), &path, |ui| tree(ui, form, stage, &path, value));
        } else {
            field(ui, form, name, &path, value);
        }
    }
}

/// A line with the control that fits the value.
fn field(ui: &mut Ui, form: &Form, name: &str, path: &str, value: &mut Value) {
    if let Value::Bool(on) = value {
        if switch(ui, *on, &words(name), "") {
            *on = !*on;
        }
        return;
    }
    wide_row(ui, &words(name), |ui| match value {
        Value::String(text) => match form.choices(path) {
            Some(choices) => {
                ComboBox::from_id_salt(path).selected_text(words(text)).show_ui(ui, |ui| {
                    for choice in choices {
                        ui.selectable_value(text, choice.clone(), words(choice));
                    }
                });
            }
            None => {
                ui.add(TextEdit::singleline(text).desired_width(f32::INFINITY));
            }
        },
        Value::Number(number) => *number = edited(ui, number),
        other => json_field(ui, path, other),
    });
}

/// A number as it was, whole or not.
fn edited(ui: &mut Ui, number: &Number) -> Number {
    ui.spacing_mut().interact_size = vec2(ui.available_width(), 24.0);
    if let Some(mut whole) = number.as_u64() {
        let speed = (whole as f64 / 200.0).max(0.2);
        ui.add(DragValue::new(&mut whole).speed(speed).update_while_editing(false));
        return Number::from(whole);
    }
    let before = number.as_f64().unwrap_or_default();
    let mut real = before;
    let drag = DragValue::new(&mut real)
        .speed((before.abs() / 100.0).max(1e-7))
        .custom_formatter(|value, _| short(value))
        .custom_parser(|text| text.trim().replace(',', ".").parse().ok())
        .update_while_editing(false);
    ui.add(drag);
    Number::from_f64(real).filter(|_| real.to_bits() != before.to_bits()).unwrap_or_else(|| number.clone())
}

/// Lists and values that may be missing: as JSON, taken when the text can be read.
fn json_field(ui: &mut Ui, path: &str, value: &mut Value) {
    let id = ui.make_persistent_id(("json", path));
    let mut text = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_else(|| value.to_string());
    let response = ui.add(TextEdit::singleline(&mut text).desired_width(f32::INFINITY));
    if let Ok(read) = serde_json::from_str(&text) {
        *value = read;
    }
    ui.data_mut(|data| {
        if response.has_focus() {
            data.insert_temp(id, text);
        } else {
            data.remove::<String>(id);
        }
    });
}

/// As [`row`], with room for the names a configuration has.
fn wide_row(ui: &mut Ui, name: &str, control: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.allocate_ui_with_layout(vec2(168.0, 24.0), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(168.0);
            ui.add(Label::new(RichText::new(name).color(theme::TEXT)).truncate());
        });
        ui.name_inputs(name, control);
    });
}

/// Time and memory, as far as they can be told beforehand.
fn estimate(ui: &mut Ui, form: &Form, known: &Known) {
    ui.label(theme::heading(text!("training-estimate")));
    let Ok(config) = form.config() else {
        ui.label(theme::caption(text!("training-settings-unfit")));
        return;
    };
    match Cost::known(&config) {
        Some(cost) => tell_cost(ui, form, known, &config, &cost),
        None => {
            ui.add(Label::new(theme::caption(text!("training-cost-unknown"))).wrap());
        }
    }
    if form.remote.is_some() {
        return;
    }
    ui.label(theme::caption(text!("training-machine", machine = %machine_line())));
    ui.add(Label::new(theme::caption(gpu_line(known.gpus))).truncate());
    let is_on_cpu = form.device == DeviceChoice::Cpu || known.gpus.is_some_and(<[String]>::is_empty);
    if let Some(warning) = crate::platform::available_memory()
        .filter(|_| is_on_cpu)
        .and_then(|free| memory::warning(&config, free))
    {
        ui.add(Label::new(RichText::new(warning).font(theme::small()).color(theme::WARNING)).wrap());
    }
}

/// Time and memory of a run whose costs are known beforehand.
fn tell_cost(ui: &mut Ui, form: &Form, known: &Known, config: &RunConfig, cost: &Cost) {
    // What this computer takes says nothing of another one.
    let said = match known.pace.filter(|_| form.remote.is_none()) {
        Some(pace) => {
            let secs = cost.step_operations / pace;
            text!(
                "training-time",
                time = %duration(secs * config.steps as f64),
                steps = %config.steps,
                secs = format!("{secs:.2}")
            )
        }
        None => text!("training-operations", billions = format!("{:.0}", cost.step_operations / 1e9)),
    };
    ui.add(Label::new(theme::caption(said)).wrap());
    let memory = text!(
        "training-memory-needed",
        gigabytes = format!("{:.1}", cost.memory_bytes / 1e9),
        millions = format!("{:.1}", cost.parameters / 1e6)
    );
    ui.label(theme::caption(memory));
}

/// Six digits at most, as powers of ten where that is shorter.
fn short(value: f64) -> String {
    if value != 0.0 && (value.abs() < 1e-3 || value.abs() >= 1e6) {
        let text = format!("{value:.5e}");
        let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{power}", digits.trim_end_matches('0').trim_end_matches('.'));
    }
    let text = format!("{value:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!(short(6e-4), "6e-4");
        assert_eq!(short(0.999), "0.999");
        assert_eq!(short(0.0), "0");
        assert_eq!(short(f64::from(0.05_f32)), "0.05");
        assert_eq!(short(96.0), "96");
    }
}
