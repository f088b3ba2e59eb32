//! What the pointer does on the mask: one small state machine per tool, and the contract they keep.
//!
//! # How a tool is added
//! 1. A file here with a struct that implements [`CanvasTool`], its state between events and its options
//!    in its fields, and an [`About`] that names it.
//! 2. A variant of [`Tool`], a line in [`Toolbox::new`], an icon, a line in `commands`.
//!
//! # The contract
//! - Coordinates are image coordinates: pixel (x, y) covers `[x, x+1) x [y, y+1)`. [`OverlayPainter`] turns them into
//!   screen points for drawing; [`ToolContext::reach`] says how far "near the pointer" is in image pixels.
//! - A tool gets [`PointerEvent`]s only for what is meant for it. Panning (middle button, Space, the hand),
//!   zooming and the synthetic pane are the [`Toolbox`]'s business and may happen between any two events.
//!   Every Press is followed by Drags and one Release of the same button, unless `cancel` or `put_away`
//!   comes first; a window that loses the focus sends the Release. The right button and Alt mean "the
//!   opposite" ([`PointerEvent::inverted`]): erase, subtract, shrink.
//! - The document changes only through [`ToolContext::apply`]. A gesture calls `begin` first and `commit` at
//!   its end, so it is one step of the history; `abort` leaves no trace. `begin` commits what was open, a
//!   turned page too. Between gestures no step is open: the journal and undo would not see it.
//! - `cancel` (Esc, or undo while [`CanvasTool::is_busy`]) leaves the document as it was before the gesture.
//!   `finish` (Enter) completes what is under way. `put_away` comes when another tool is taken, another page
//!   or document is shown: what refers to the page must be dropped; the page may already be another one.
//! - Nothing here waits: a few milliseconds per event at most. What takes longer runs on a named thread and
//!   is collected in `frame`, which the tool in the hand gets once a frame.
//! - `paint_feedback` only draws. The options are plain controls with names; they are laid out in one row.

mod brush;
mod context;
mod cyst;
mod dome;
mod drawing_out;
pub mod feedback;
mod fill;
mod grow;
mod hand;
mod interfaces;
mod lasso;
mod lesion_hover;
pub mod options;
mod pick;
mod placed_box;
mod ruler;
mod select;
mod smooth;
mod toolbox;
mod vessel;

use std::borrow::Cow;

use eframe::egui::{CursorIcon, Key, Modifiers, Painter, PointerButton, Ui};

pub use context::{OverlayPainter, ToolContext};
pub use toolbox::{Pane, Toolbox, image_size};

use super::canvas;
use crate::mask::lesion::LesionRegion;
use crate::studio::shell::settings::Tool;
use crate::studio::texts;
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

/// What a tool is called, and where it stands in the strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// By which the settings know it.
    pub tool: Tool,
    /// Of its button in the strip.
    pub icon: Icon,
    /// Of its name in the table of texts.
    pub name_key: &'static str,
    /// Of what it does, there, too.
    pub does_key: &'static str,
    /// Tools of one group stand together in the strip.
    pub group: Group,
}

impl About {
    /// What it is called, on the screen and for screen readers.
    pub fn name(&self) -> &'static str {
        texts::plain(self.name_key)
    }

    /// What the tooltip says; the key is added to it.
    pub fn does(&self) -> &'static str {
        texts::plain(self.does_key)
    }
}

/// Groups of tools in the strip, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Paint and erase pixels.
    Paint,
    /// Shape lesions.
    Lesions,
    /// Draw and move interfaces.
    Interfaces,
    /// Only look.
    Look,
}

/// What the pointer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointerKind {
    /// A button went down.
    Press {
        /// 2 for the second press of a double click, otherwise 1.
        clicks: u8,
    },
    /// Moved with the button of the press held.
    Drag,
    /// The button of the press went up.
    Release,
    /// Moved over the pane with no button held.
    Hover,
}

/// One pointer event on the mask.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PointerEvent {
    /// What the pointer did.
    pub kind: PointerKind,
    /// Image coordinates; may lie outside the image.
    pub at: [f32; 2],
    /// Primary or secondary; primary for [`PointerKind::Hover`].
    pub button: PointerButton,
    /// The modifier keys held at that moment.
    pub modifiers: Modifiers,
}

impl PointerEvent {
    /// Whether the opposite is asked for: the right button, or Alt held.
    pub fn inverted(&self) -> bool {
        self.button == PointerButton::Secondary || self.modifiers.alt
    }
}

/// A lesion that was copied, to be pasted into any page of any document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedLesion {
    /// Its pixels and where they lay.
    pub lesion: LesionRegion,
    /// What its document calls its label.
    pub name: String,
}

/// A tool on the mask. See the module documentation for what it may rely on and what it owes.
pub trait CanvasTool {
    /// Its names and its place.
    fn about(&self) -> &'static About;

    /// Takes a pointer event.
    fn pointer(&mut self, event: PointerEvent, context: &mut ToolContext<'_>);

    /// Takes a key press, Enter and Esc only while it is not busy. Returns whether it was meant for this tool; then
    /// it does nothing else.
    fn key(&mut self, _key: Key, _modifiers: Modifiers, _context: &mut ToolContext<'_>) -> bool {
        false
    }

    /// Whether something is under way that Enter would finish and Esc would cancel.
    fn is_busy(&self) -> bool {
        false
    }

    /// Enter: completes what is under way.
    fn finish(&mut self, _context: &mut ToolContext<'_>) {}

    /// Esc: takes back what is under way.
    fn cancel(&mut self, _context: &mut ToolContext<'_>) {}

    /// Another tool is taken, or another page is shown.
    fn put_away(&mut self, context: &mut ToolContext<'_>) {
        self.cancel(context);
    }

    /// What it would copy.
    fn copied(&self) -> Option<CopiedLesion> {
        None
    }

    /// Puts a copied lesion into the page shown, where it was in its own. Only the tool that selects lesions
    /// is asked to.
    fn paste(&mut self, _copied: &CopiedLesion, _context: &mut ToolContext<'_>) {}

    /// Removes what it would copy.
    fn delete_held(&mut self, _context: &mut ToolContext<'_>) {}

    /// Once a frame while it is in the hand, before the drawing.
    fn frame(&mut self, _context: &mut ToolContext<'_>) {}

    /// Draws what shows where it would act, over the mask.
    fn paint_feedback(&self, _painter: &Painter, _overlay: &OverlayPainter<'_>) {}

    /// Draws its mark over the synthetic scan.
    fn paint_mirrored(&self, painter: &Painter, overlay: &OverlayPainter<'_>) {
        if let Some(pointer) = overlay.pointer {
            canvas::paint_crosshair(painter, pointer, theme::OVER_SCAN);
        }
    }

    /// The cursor over the mask.
    fn cursor(&self, _overlay: &OverlayPainter<'_>) -> CursorIcon {
        CursorIcon::Crosshair
    }

    /// Whether the primary button pans.
    fn pans(&self) -> bool {
        false
    }

    /// What to do next, in one short line.
    fn hint(&self) -> Cow<'static, str>;

    /// Draws its options into the bar above the scan.
    fn show_options(&mut self, _ui: &mut Ui, _context: &mut ToolContext<'_>) {}
}
