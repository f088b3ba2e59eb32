//! What the page does for its menu of editing: the history, lesions on the clipboard, what is known of the scan; and how
//! scan and overlay are seen.

use eframe::egui::Context;

use super::context::EditorContext;
use super::page::EditorPage;
use super::session::HistoryStep;
use crate::document::Command;
use crate::scan::Calibration;
use crate::studio::shell::action::{Action, ViewAction};
use crate::studio::texts::text;

impl EditorPage {
    /// Gives up what a tool has begun, or takes back the last step.
    pub fn undo(&mut self, context: &mut EditorContext<'_>, actions: &mut Vec<Action>) {
        if !self.with_tools(context, actions, |tools, context| tools.cancel(context)) {
            let dirty = context.session.undo();
            self.redraw(context.session, dirty);
        }
    }

    /// Does a step again that was taken back.
    pub fn redo(&mut self, context: &mut EditorContext<'_>, actions: &mut Vec<Action>) {
        self.release_tools(context, actions);
        let dirty = context.session.redo();
        self.redraw(context.session, dirty);
    }

    /// Goes to another step of the history.
    pub fn go_to_step(
        &mut self,
        step: HistoryStep,
        context: &mut EditorContext<'_>,
        actions: &mut Vec<Action>,
    ) {
        self.release_tools(context, actions);
        let dirty = context.session.go_to_step(step);
        self.redraw(context.session, dirty);
    }

    /// Keeps the selected lesion for pasting.
    pub fn copy_lesion(&mut self, context: &mut EditorContext<'_>, actions: &mut Vec<Action>) {
        let copied = self.with_tools(context, actions, |tools, _| tools.copy());
        tell_clipboard(context.window, copied);
    }

    /// Keeps the selected lesion for pasting, and removes it.
    pub fn cut_lesion(&mut self, context: &mut EditorContext<'_>, actions: &mut Vec<Action>) {
        let cut = self.with_tools(context, actions, |tools, context| tools.cut(context));
        tell_clipboard(context.window, cut);
    }

    /// What is known of every page's scan beyond its pixels, as one step.
    pub fn calibrate(
        &mut self,
        calibration: Calibration,
        context: &mut EditorContext<'_>,
        actions: &mut Vec<Action>,
    ) {
        self.release_tools(context, actions);
        context.session.editor.begin(text!("step-pixel-size"));
        for page in 0..context.session.page_count() {
            let fovea_column = context.session.editor.document().pages[page].scan.fovea_column;
            let calibration = Calibration { fovea_column, ..calibration };
            self.edit(context, Command::Calibrate { page, calibration });
        }
        context.session.editor.commit();
    }

    /// Does what is asked of how scan and overlay are seen.
    pub fn perform_view(&mut self, action: ViewAction, context: &mut EditorContext<'_>) {
        match action {
            ViewAction::ToggleOverlay => context.settings.overlay_shown = !context.settings.overlay_shown,
            ViewAction::Fade(by) => {
                let opacity = context.settings.overlay_opacity + by;
                context.settings.overlay_opacity = opacity.clamp(0.0, 1.0);
            }
            ViewAction::Fit => self.view.fit(),
            ViewAction::OneToOne => self.view.one_to_one(context.window.pixels_per_point()),
            ViewAction::ToggleProportions => {
                context.settings.true_proportions = !context.settings.true_proportions;
                self.apply_proportions(context.session, context.settings);
            }
            ViewAction::Solo => context.settings.solo(),
            ViewAction::FitGreys => {
                let scan = &context.session.page().scan;
                let tone = &mut context.settings.look.tone;
                *tone = tone.fitted(&scan.image, scan.scanned_area.as_deref());
            }
        }
    }
}

/// The desktop's clipboard gets words: some desktops report a paste only if there is text to paste.
fn tell_clipboard(window: &Context, copied: Option<(String, u64)>) {
    if let Some((name, pixels)) = copied {
        window.copy_text(text!("shell-lesion-copied", %name, %pixels));
    }
}
