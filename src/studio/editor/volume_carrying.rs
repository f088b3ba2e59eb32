//! The labels of a volume in its tab: carried from B-scan to B-scan, interpolated, traced.

use eframe::egui::{Button, ProgressBar, Ui, vec2};

use super::labelled_pages::annotated_pages;
use super::session::EditorSession;
use crate::studio::shell::action::{Action, Neighbour, VolumeAction};
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::theme;

/// What is being done to the labels of the volume.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VolumeWork {
    pub is_interpolating: bool,
    /// B-scans traced and to be traced, while all are.
    pub tracing: Option<[usize; 2]>,
}

/// Draws it.
pub(super) fn show(ui: &mut Ui, session: &EditorSession, work: VolumeWork, actions: &mut Vec<Action>) {
    show_carrying(ui, session, work.is_interpolating, actions);
    show_tracing(ui, session, work.tracing, actions);
}

fn show_carrying(ui: &mut Ui, session: &EditorSession, is_busy: bool, actions: &mut Vec<Action>) {
    let (annotated, count) = (annotated_pages(session.editor.document()).len(), session.page_count());
    ui.horizontal(|ui| {
        ui.label(theme::heading(text!("volume-labels")));
        if is_busy {
            ui.add(BusyMark::new(12.0, theme::ACCENT));
            ui.label(theme::caption(text!("volume-interpolating")));
        }
    });
    ui.label(theme::caption(text!("volume-annotated", %annotated, %count)));
    let wide = (ui.available_width() - 8.0) / 2.0;
    // Without labels there is nothing to carry.
    let enabled = !is_busy && annotated > 0;
    let mut button = |ui: &mut Ui, text: &str, hint: &str, action: Action| {
        let button = Button::new(text).min_size(vec2(wide, 26.0));
        let why_not = text!("volume-none-yet");
        if ui.add_enabled(enabled, button).on_hover_text(hint).on_disabled_hover_text(why_not).clicked() {
            actions.push(action);
        }
    };
    ui.horizontal(|ui| {
        let hint = text!("volume-copy-before-about");
        button(
            ui,
            text!("volume-copy-before"),
            hint,
            Action::Volume(VolumeAction::CopyLayers(Neighbour::Before)),
        );
        let hint = text!("volume-copy-after-about");
        button(
            ui,
            text!("volume-copy-after"),
            hint,
            Action::Volume(VolumeAction::CopyLayers(Neighbour::After)),
        );
    });
    ui.horizontal(|ui| {
        let hint = text!("volume-this-about");
        button(
            ui,
            text!("volume-this"),
            hint,
            Action::Volume(VolumeAction::InterpolateSlices { all: false }),
        );
        let hint = text!("volume-gaps-about");
        button(ui, text!("volume-gaps"), hint, Action::Volume(VolumeAction::InterpolateSlices { all: true }));
    });
}

/// Tracing all B-scans: the button, or how far it is with Cancel beside it.
fn show_tracing(
    ui: &mut Ui,
    session: &EditorSession,
    tracing: Option<[usize; 2]>,
    actions: &mut Vec<Action>,
) {
    ui.horizontal(|ui| match tracing {
        Some([done, of]) => {
            let bar = ProgressBar::new(done as f32 / of.max(1) as f32).fill(theme::ACCENT);
            let text = text!("volume-tracing", number = %(done + 1).min(of), %of);
            ui.add(bar.desired_width(ui.available_width() - 78.0).desired_height(22.0).text(text));
            if ui.add(Button::new(text!("shell-cancel")).min_size(vec2(70.0, 26.0))).clicked() {
                actions.push(Action::Volume(VolumeAction::CancelLabelVolume));
            }
        }
        None => {
            let bare = session.page_count() - annotated_pages(session.editor.document()).len();
            let button = Button::new(text!("volume-trace-all")).min_size(vec2(ui.available_width(), 26.0));
            let hint = text!("volume-trace-all-about");
            let response = ui.add_enabled(bare > 0, button).on_hover_text(hint);
            if response.on_disabled_hover_text(text!("volume-trace-none")).clicked() {
                actions.push(Action::Volume(VolumeAction::LabelVolume));
            }
        }
    });
}
