//! The dialog that chooses the computer which draws: this one, or one that a command reaches.

use eframe::egui::{Button, Context, Frame, Id, Margin, Modal, RichText, Stroke, TextEdit, vec2};

use crate::device::DeviceInfo;
use crate::serve::CommandLine;
use crate::studio::shell::action::Action;
use crate::studio::texts::text;
use crate::studio::widgets::theme;

const WIDTH: f32 = 520.0;
/// What a command looks like.
const EXAMPLE: &str = "ssh gpu-host retidiff serve --stdio";

/// An open dialog.
#[derive(Debug, Default)]
pub struct RemoteDialog {
    text: String,
    /// Why the text is no command.
    problem: Option<String>,
    /// Whether the field was given the keyboard.
    is_ready: bool,
}

impl RemoteDialog {
    /// With the command in force, if there is one.
    pub fn new(command: Option<&str>) -> Self {
        Self { text: command.unwrap_or_default().to_owned(), ..Self::default() }
    }
}

/// Draws the dialog over the window.
pub fn show(
    context: &Context,
    dialog: &mut RemoteDialog,
    device: Option<&DeviceInfo>,
    actions: &mut Vec<Action>,
) {
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
        let field = TextEdit::singleline(&mut dialog.text)
            .hint_text(EXAMPLE)
            .font(theme::small())
            .desired_width(f32::INFINITY)
            .margin(Margin::symmetric(8, 6));
        let field = ui.add(field).accessible_name(text!("remote-command"));
        if !std::mem::replace(&mut dialog.is_ready, true) {
            field.request_focus();
        }
        if field.changed() {
            dialog.problem = None;
        }
        let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(eframe::egui::Key::Enter));
        ui.add_space(4.0);
        match (&dialog.problem, device) {
            (Some(problem), _) => ui.label(RichText::new(problem).font(theme::small()).color(theme::WARNING)),
            (None, Some(device)) => {
                ui.label(theme::caption(text!("remote-now", device = device.described())))
            }
            (None, None) => ui.label(theme::caption(text!("remote-now-none"))),
        };
        ui.add_space(10.0);
        ui.horizontal(|ui| {
            if ui.add(Button::new(text!("remote-use")).min_size(vec2(90.0, 28.0))).clicked() || is_entered {
                match CommandLine::parse(&dialog.text) {
                    Ok(command) => actions.push(Action::DrawOn(Some(command))),
                    Err(error) => dialog.problem = Some(error.to_string()),
                }
            }
            if ui.add(Button::new(text!("remote-here")).min_size(vec2(160.0, 28.0))).clicked() {
                actions.push(Action::DrawOn(None));
            }
            if ui.add(Button::new(text!("shell-close")).min_size(vec2(72.0, 28.0))).clicked() {
                actions.push(Action::ToggleRemote);
            }
        });
    });
    if response.should_close() {
        actions.push(Action::ToggleRemote);
    }
}
