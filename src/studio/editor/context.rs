//! What the editor's page is handed: the parts of the window that it draws and works on, beside its own state.

use eframe::egui::Context;

use super::canvas::pass::CanvasPass;
use super::session::EditorSession;
use crate::studio::shell::notices::Notices;
use crate::studio::shell::settings::PanelSettings;
use crate::studio::synthesis::pane::SynthesisPane;

/// The parts of the window that the editor's page works on.
pub(in crate::studio) struct EditorContext<'a> {
    /// The window, to be drawn anew and to wake from threads.
    pub window: &'a Context,
    /// The open document.
    pub session: &'a mut EditorSession,
    /// The state of the panels.
    pub settings: &'a mut PanelSettings,
    /// The synthetic side of the page.
    pub synthesis: &'a mut SynthesisPane,
    /// What the user must hear.
    pub notices: &'a mut Notices,
    /// Draws scans; `None` in a window without a graphics device.
    pub pass: Option<&'a CanvasPass>,
    /// Whether the panes lie beneath a dialog or behind another page: the pointer is not meant for them.
    pub is_covered: bool,
    /// Whether the panel at the right is shown.
    pub side_panel_shown: bool,
}
