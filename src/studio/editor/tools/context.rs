//! What a tool may touch while it works, and what it may look at while it draws.

use std::sync::Arc;

use eframe::egui::{Modifiers, Pos2, Rect as ScreenRect, Vec2};

use crate::document::{Change, Command, LabelTable};
use crate::mask::{LockedLabels, Mask};
use crate::scan::Rect;
use crate::studio::editor::canvas::view::ViewTransform;
use crate::studio::editor::session::EditorSession;
use crate::studio::shell::action::Action;
use crate::studio::shell::settings::PanelSettings;

/// Screen points within which the pointer counts as being on something.
pub(super) const REACH: f32 = 8.0;

/// The document and the settings in the hands of a tool.
pub struct ToolContext<'a> {
    /// The open document, which only [`ToolContext::apply`] changes, and the page shown.
    pub session: &'a mut EditorSession,
    /// What the panels hold: label, brush, locks.
    pub settings: &'a mut PanelSettings,
    /// What the window is asked for beyond the document; carried out after the event.
    pub actions: Vec<Action>,
    /// Whether a lesion was copied that could be pasted.
    pub has_copied: bool,
    scale: Vec2,
    dirty: Rect,
    complaint: Option<String>,
}

/// What a tool left behind: see [`ToolContext::into_outcome`].
pub struct ToolOutcome {
    /// What to redraw of the page shown.
    pub dirty: Rect,
    pub actions: Vec<Action>,
    /// Why a command was refused.
    pub complaint: Option<String>,
}

impl<'a> ToolContext<'a> {
    /// `scale`: screen points per image pixel.
    pub fn new(session: &'a mut EditorSession, settings: &'a mut PanelSettings, scale: Vec2) -> Self {
        Self {
            session,
            settings,
            actions: Vec::new(),
            has_copied: false,
            scale,
            dirty: Rect::EMPTY,
            complaint: None,
        }
    }

    /// The mask of the page shown.
    pub fn mask(&self) -> &Mask {
        &self.session.page().mask
    }

    /// What the document calls its labels, and how they look.
    pub fn labels(&self) -> &Arc<LabelTable> {
        &self.session.editor.document().labels
    }

    /// The labels that must not change.
    pub fn locked(&self) -> LockedLabels {
        self.settings.locked()
    }

    /// How far from the pointer something may lie to be meant, in image pixels along x and y.
    pub fn reach(&self) -> [f32; 2] {
        [REACH / self.scale.x, REACH / self.scale.y]
    }

    /// The pixel at image coordinates.
    pub fn pixel_at(&self, point_in_image: [f32; 2]) -> Option<(u32, u32)> {
        self.session.pixel_at(point_in_image)
    }

    /// Opens a step of the history.
    pub fn begin(&mut self, name: impl Into<String>) {
        self.session.editor.begin(name);
    }

    /// Applies a command within the open step, or as a step of its own. `None` if it was refused, which is
    /// then shown to the user.
    pub fn apply(&mut self, command: Command) -> Option<Change> {
        match self.session.editor.apply(command) {
            Ok(change) => {
                if change.page == self.session.page_index() {
                    self.dirty = self.dirty.union(change.dirty);
                }
                Some(change)
            }
            Err(error) => {
                self.complaint = Some(error.to_string());
                None
            }
        }
    }

    /// Closes the open step.
    pub fn commit(&mut self) {
        self.session.editor.commit();
    }

    /// Takes the open step back.
    pub fn abort(&mut self) {
        self.dirty = self.dirty.union(self.session.abort());
    }

    /// What the window must do now.
    pub fn into_outcome(self) -> ToolOutcome {
        ToolOutcome { dirty: self.dirty, actions: self.actions, complaint: self.complaint }
    }
}

/// The pane a tool draws on, with everything it may look at.
pub struct OverlayPainter<'a> {
    /// In screen points.
    pub pane: ScreenRect,
    /// Which part of the image the pane shows, and how large.
    pub view: &'a ViewTransform,
    /// Where the pointer is on this pane; `None` while it is elsewhere.
    pub pointer: Option<Pos2>,
    /// The modifier keys held in this frame.
    pub modifiers: Modifiers,
    /// The open document and the page shown.
    pub session: &'a EditorSession,
    /// What the panels hold.
    pub settings: &'a PanelSettings,
}

impl OverlayPainter<'_> {
    /// Screen position of image coordinates.
    pub fn screen(&self, point_in_image: [f32; 2]) -> Pos2 {
        self.view.screen_from_image(self.pane, point_in_image)
    }

    /// The pointer in image coordinates.
    pub fn pointer_in_image(&self) -> Option<[f32; 2]> {
        self.pointer.map(|pointer| self.view.image_from_screen(self.pane, pointer))
    }

    /// The pixel under the pointer.
    pub fn pixel(&self) -> Option<(u32, u32)> {
        self.session.pixel_at(self.pointer_in_image()?)
    }
}
