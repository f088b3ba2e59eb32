//! The dialog that chooses the computer which draws: this one, one that a command reaches, or one that was paired with it.

use std::sync::Arc;

use eframe::egui::{Button, Context, Frame, Id, Key, Margin, Modal, RichText, Stroke, TextEdit, Ui, vec2};

use crate::background::{Job, Wake};
use crate::device::DeviceInfo;
use crate::serve::{CommandLine, Reached, Trial, paired_addresses};
use crate::studio::shell::action::{Action, SynthesisAction, WindowAction};
use crate::studio::texts::text;
use crate::studio::widgets::theme;

const WIDTH: f32 = 520.0;
/// What a command looks like.
const EXAMPLE: &str = "ssh gpu-host retidiff serve --stdio";
/// Paired computers that are offered; more of them are named by their command.
const MAX_OFFERED: usize = 6;

/// An open dialog.
#[derive(Debug, Default)]
pub struct RemoteDialog {
    text: String,
    /// Why the text is no command, or the paired computers cannot be listed.
    problem: Option<String>,
    /// Whether the field was given the keyboard.
    is_ready: bool,
    trial: Tried,
    /// The paired computers, once they were read from the disk.
    paired: Vec<String>,
    paired_on_the_way: Option<Job<Result<Vec<String>, String>>>,
}

/// Whether the command in the field reaches somebody.
#[derive(Debug, Default)]
enum Tried {
    #[default]
    Not,
    Asking(Trial, String),
    Answered(Reached, String),
    Failed(String, String),
}

impl RemoteDialog {
    /// With the command in force, if there is one.
    pub fn new(command: Option<&str>) -> Self {
        Self { text: command.unwrap_or_default().to_owned(), ..Self::default() }
    }

    /// The command in the field; what is wrong with it is said under it.
    fn command(&mut self) -> Option<CommandLine> {
        match CommandLine::parse(&self.text) {
            Ok(command) => Some(command),
            Err(error) => {
                self.problem = Some(error.to_string());
                None
            }
        }
    }

    /// Forgets what was said of another text.
    fn text_changed(&mut self) {
        self.problem = None;
        self.trial = Tried::Not;
    }

    /// Asks whether somebody answers the command.
    fn ask(&mut self, wake: Wake) {
        let Some(command) = self.command() else { return };
        let host = command.host();
        self.trial = match Trial::start(command, wake) {
            Ok(trial) => Tried::Asking(trial, host),
            Err(error) => Tried::Failed(error.to_string(), host),
        };
    }

    /// Reads the paired computers beside the window.
    fn look_for_paired(&mut self, wake: Wake) {
        let look = |_: &_| paired_addresses().map_err(|error| error.to_string());
        match Job::start("paired-computers", wake, look) {
            Ok(job) => self.paired_on_the_way = Some(job),
            Err(error) => self.problem = Some(error.to_string()),
        }
    }

    /// Takes what came since the last frame.
    fn take_answers(&mut self) {
        if let Some(list) = self.paired_on_the_way.as_ref().and_then(Job::answer) {
            self.paired_on_the_way = None;
            match list {
                Ok(Ok(paired)) => self.paired = paired,
                Ok(Err(problem)) => self.problem = Some(problem),
                Err(broke_off) => self.problem = Some(broke_off.to_string()),
            }
        }
        if let Tried::Asking(trial, host) = &mut self.trial
            && let Some(answer) = trial.answer()
        {
            let host = std::mem::take(host);
            self.trial = match answer {
                Ok(reached) => Tried::Answered(reached, host),
                Err(why) => Tried::Failed(why, host),
            };
        }
    }
}

/// Draws the dialog over the window.
pub fn show(
    context: &Context,
    dialog: &mut RemoteDialog,
    device: Option<&DeviceInfo>,
    actions: &mut Vec<Action>,
) {
    dialog.take_answers();
    let frame = Frame::new()
        .fill(theme::CHROME)
        .stroke(Stroke::new(1.0, theme::LINE))
        .corner_radius(10.0)
        .inner_margin(Margin::symmetric(22, 18));
    let modal = Modal::new(Id::unique("remote")).frame(frame).backdrop_color(theme::BACKDROP);
    let response = modal.show(context, |ui| {
        ui.set_width(WIDTH);
        ui.label(RichText::new(text!("remote-title")).font(theme::semibold(17.0)).color(theme::TEXT_STRONG));
        ui.add_space(4.0);
        ui.label(theme::weak(text!("remote-about")));
        ui.add_space(8.0);
        let is_entered = command_field(ui, dialog);
        paired_row(ui, dialog);
        ui.add_space(4.0);
        state(ui, dialog, device);
        ui.add_space(10.0);
        buttons(ui, dialog, is_entered, actions);
    });
    if response.should_close() {
        actions.push(Action::Window(WindowAction::ToggleRemote));
    }
}

fn wake_of(ui: &Ui) -> Wake {
    let context = ui.ctx().clone();
    Arc::new(move || context.request_repaint())
}

/// The field of the command; whether Enter was pressed in it.
fn command_field(ui: &mut Ui, dialog: &mut RemoteDialog) -> bool {
    let field = TextEdit::singleline(&mut dialog.text)
        .hint_text(EXAMPLE)
        .font(theme::small())
        .desired_width(f32::INFINITY)
        .margin(Margin::symmetric(8, 6));
    let field = ui.add(field).accessible_name(text!("remote-command"));
    if !std::mem::replace(&mut dialog.is_ready, true) {
        field.request_focus();
        dialog.look_for_paired(wake_of(ui));
    }
    if field.changed() {
        dialog.text_changed();
    }
    field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
}

fn paired_row(ui: &mut Ui, dialog: &mut RemoteDialog) {
    if dialog.paired.is_empty() {
        return;
    }
    let mut chosen = None;
    ui.horizontal_wrapped(|ui| {
        ui.label(theme::caption(text!("remote-paired")));
        for address in dialog.paired.iter().take(MAX_OFFERED) {
            let button = ui.add(Button::new(RichText::new(address).font(theme::small())));
            if button.on_hover_text(text!("remote-paired-hint")).clicked() {
                chosen = Some(CommandLine::of_paired(address).text());
            }
        }
    });
    if let Some(text) = chosen {
        dialog.text = text;
        dialog.text_changed();
    }
}

/// What is wrong, how the test went, or what draws now.
fn state(ui: &mut Ui, dialog: &RemoteDialog, device: Option<&DeviceInfo>) {
    let warning = |text: String| RichText::new(text).font(theme::small()).color(theme::WARNING);
    if let Some(problem) = &dialog.problem {
        ui.label(warning(problem.clone()));
    }
    match &dialog.trial {
        Tried::Not => {}
        Tried::Asking(_, host) => {
            ui.label(theme::caption(text!("remote-trying", %host)));
        }
        Tried::Answered(Reached { program, took }, host) => {
            let ms = took.as_millis();
            ui.label(theme::caption(text!("remote-reached", %host, %ms, %program)));
        }
        Tried::Failed(why, host) => {
            ui.label(warning(text!("remote-not-reached", %host, %why)));
        }
    }
    match device {
        Some(device) => ui.label(theme::caption(text!("remote-now", device = device.described()))),
        None => ui.label(theme::caption(text!("remote-now-none"))),
    };
}

fn buttons(ui: &mut Ui, dialog: &mut RemoteDialog, is_entered: bool, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        if (ui.add(Button::new(text!("remote-use")).min_size(vec2(90.0, 28.0))).clicked() || is_entered)
            && let Some(command) = dialog.command()
        {
            actions.push(Action::Synthesis(SynthesisAction::DrawOn(Some(command))));
        }
        if ui.add(Button::new(text!("remote-try")).min_size(vec2(72.0, 28.0))).clicked() {
            let wake = wake_of(ui);
            dialog.ask(wake);
        }
        if ui.add(Button::new(text!("remote-here")).min_size(vec2(160.0, 28.0))).clicked() {
            actions.push(Action::Synthesis(SynthesisAction::DrawOn(None)));
        }
        if ui.add(Button::new(text!("shell-close")).min_size(vec2(72.0, 28.0))).clicked() {
            actions.push(Action::Window(WindowAction::ToggleRemote));
        }
    });
}
