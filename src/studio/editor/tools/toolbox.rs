//! All tools and the one in the hand: hands it the events that are meant for it, and pans.

use std::borrow::Cow;

use eframe::egui::{
    CursorIcon, Event, Key, Modifiers, PointerButton, Pos2, Rect as ScreenRect, Ui, Vec2, vec2,
};

use super::brush::Brush;
use super::cyst::Cyst;
use super::dome::DomeTool;
use super::fill::Fill;
use super::grow::Grow;
use super::hand::Hand;
use super::interfaces::{InterfacePen, InterfaceSpline, LayerWarpTool, LiveWireTool};
use super::lasso::Lasso;
use super::pick::Pick;
use super::ruler::Ruler;
use super::select::Select;
use super::smooth::Smooth;
use super::vessel::VesselTool;
use super::{About, CanvasTool, CopiedLesion, OverlayPainter, PointerEvent, PointerKind, ToolContext};
use crate::studio::editor::canvas::view::ViewTransform;
use crate::studio::editor::session::EditorSession;
use crate::studio::shell::settings::Tool;

/// Two presses within this time and distance are a double click.
const DOUBLE_CLICK_SECONDS: f64 = 0.35;
const DOUBLE_CLICK_POINTS: f32 = 6.0;

/// Who holds the pointer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Hold {
    #[default]
    None,
    Tool(ToolHold),
    /// A pan; the last sample on the screen, and the gesture it interrupts.
    Pan {
        button: PointerButton,
        last: Pos2,
        beneath: Option<ToolHold>,
    },
}

/// A gesture of the tool: its button, and the last sample in image coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
struct ToolHold {
    button: PointerButton,
    last: [f32; 2],
}

/// Where the pointer works in this frame.
pub struct Pane {
    /// In screen points.
    pub rect: ScreenRect,
    /// Whether a press on it is meant for it, and not for something above it.
    pub is_hovered: bool,
    /// Whether Space is held, with which every tool pans.
    pub space_held: bool,
    /// Whether the mask can be edited here; the synthetic pane only pans.
    pub paints: bool,
    /// The modifier keys held; a button event brings its own.
    pub modifiers: Modifiers,
    /// Seconds since the start.
    pub time: f64,
}

/// Every tool, and which is in the hand.
pub struct Toolbox {
    tools: Vec<Box<dyn CanvasTool>>,
    active: usize,
    /// View number of the session the tools work on.
    view_number: u64,
    hold: Hold,
    last_press: Option<(f64, Pos2, PointerButton)>,
    copied: Option<CopiedLesion>,
}

impl Default for Toolbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Toolbox {
    /// All tools, in the order in which they stand in the strip.
    pub fn new() -> Self {
        let tools: Vec<Box<dyn CanvasTool>> = vec![
            Box::new(Brush::painting()),
            Box::new(Brush::erasing()),
            Box::new(Lasso::default()),
            Box::new(Fill::default()),
            Box::new(Pick),
            Box::new(Smooth::default()),
            Box::new(Cyst::default()),
            Box::new(DomeTool::default()),
            Box::new(VesselTool::default()),
            Box::new(Select::default()),
            Box::new(Grow::default()),
            Box::new(InterfacePen::default()),
            Box::new(InterfaceSpline::default()),
            Box::new(LiveWireTool::default()),
            Box::new(LayerWarpTool::default()),
            Box::new(Hand),
            Box::new(Ruler::default()),
        ];
        Self { tools, active: 0, view_number: 0, hold: Hold::None, last_press: None, copied: None }
    }

    /// What each tool is called, in the order of the strip.
    pub fn tool_facts(&self) -> impl Iterator<Item = &'static About> {
        self.tools.iter().map(|tool| tool.about())
    }

    fn tool(&mut self) -> &mut dyn CanvasTool {
        self.tools[self.active].as_mut()
    }

    /// The tool in the hand.
    pub fn active(&self) -> &dyn CanvasTool {
        self.tools[self.active].as_ref()
    }

    /// Whether a button is held on a pane.
    pub fn is_holding(&self) -> bool {
        self.hold != Hold::None
    }

    /// Takes the chosen tool into the hand and lets go of a page that is no longer shown.
    pub fn follow(&mut self, context: &mut ToolContext<'_>) {
        let chosen = context.settings.tool;
        let position = self.tools.iter().position(|tool| tool.about().tool == chosen).unwrap_or(0);
        let view_number = context.session.view_number();
        if position != self.active || view_number != self.view_number {
            self.tool().put_away(context);
            if !matches!(self.hold, Hold::Pan { .. }) || view_number != self.view_number {
                self.hold = Hold::None;
            }
            (self.active, self.view_number) = (position, view_number);
        }
    }

    /// Once a frame.
    pub fn frame(&mut self, context: &mut ToolContext<'_>) {
        self.follow(context);
        self.tool().frame(context);
    }

    /// Takes a pointer event of the frame.
    pub fn take(
        &mut self,
        event: &Event,
        pane: &Pane,
        view: &mut ViewTransform,
        context: &mut ToolContext<'_>,
    ) {
        match *event {
            Event::PointerButton { pos, button, pressed: true, modifiers }
                if pane.is_hovered && pane.rect.contains(pos) =>
            {
                self.press(pos, button, modifiers, pane, view, context);
            }
            Event::PointerMoved(pos) => self.move_to(pos, pane, view, context),
            Event::PointerButton { button, pressed: false, modifiers, .. } => {
                self.button_released(button, modifiers, context);
            }
            Event::WindowFocused(false) => self.release(context),
            _ => {}
        }
    }

    fn press(
        &mut self,
        pos: Pos2,
        button: PointerButton,
        modifiers: Modifiers,
        pane: &Pane,
        view: &ViewTransform,
        context: &mut ToolContext<'_>,
    ) {
        let beneath = match self.hold {
            Hold::None => None,
            Hold::Tool(hold) if button == PointerButton::Middle => Some(hold),
            _ => return,
        };
        let pans = match button {
            PointerButton::Middle => true,
            PointerButton::Primary => pane.space_held || self.active().pans() || !pane.paints,
            PointerButton::Secondary if pane.paints && !self.active().pans() => false,
            _ => return,
        };
        if pans {
            self.hold = Hold::Pan { button, last: pos, beneath };
            return;
        }
        let is_double = self.last_press.take().is_some_and(|(time, at, before)| {
            before == button
                && pane.time - time < DOUBLE_CLICK_SECONDS
                && at.distance(pos) < DOUBLE_CLICK_POINTS
        });
        if !is_double {
            self.last_press = Some((pane.time, pos, button));
        }
        let at = view.image_from_screen(pane.rect, pos);
        self.hold = Hold::Tool(ToolHold { button, last: at });
        let kind = PointerKind::Press { clicks: if is_double { 2 } else { 1 } };
        self.tool().pointer(PointerEvent { kind, at, button, modifiers }, context);
    }

    fn move_to(&mut self, pos: Pos2, pane: &Pane, view: &mut ViewTransform, context: &mut ToolContext<'_>) {
        let modifiers = pane.modifiers;
        match &mut self.hold {
            Hold::None => {
                if pane.paints && pane.is_hovered && !pane.space_held {
                    let at = view.image_from_screen(pane.rect, pos);
                    let (kind, button) = (PointerKind::Hover, PointerButton::Primary);
                    self.tool().pointer(PointerEvent { kind, at, button, modifiers }, context);
                }
            }
            Hold::Pan { last, .. } => {
                let by = pos - *last;
                *last = pos;
                view.pan(by, image_size(context.session));
            }
            Hold::Tool(hold) if pane.space_held => {
                // The image follows the hand: what was under the pointer stays there.
                let before = view.screen_from_image(pane.rect, hold.last);
                view.pan(pos - before, image_size(context.session));
                hold.last = view.image_from_screen(pane.rect, pos);
            }
            Hold::Tool(hold) => {
                let at = view.image_from_screen(pane.rect, pos);
                hold.last = at;
                let button = hold.button;
                let kind = PointerKind::Drag;
                self.tool().pointer(PointerEvent { kind, at, button, modifiers }, context);
            }
        }
    }

    fn button_released(
        &mut self,
        released: PointerButton,
        modifiers: Modifiers,
        context: &mut ToolContext<'_>,
    ) {
        match self.hold {
            Hold::Tool(hold) if hold.button == released => {
                self.hold = Hold::None;
                self.release_tool(hold, modifiers, context);
            }
            Hold::Pan { button, beneath, .. } if button == released => {
                self.hold = beneath.map_or(Hold::None, Hold::Tool);
            }
            Hold::Pan { button, last, beneath: Some(hold) } if hold.button == released => {
                self.hold = Hold::Pan { button, last, beneath: None };
                self.release_tool(hold, modifiers, context);
            }
            _ => {}
        }
    }

    fn release_tool(&mut self, hold: ToolHold, modifiers: Modifiers, context: &mut ToolContext<'_>) {
        let (kind, at, button) = (PointerKind::Release, hold.last, hold.button);
        self.tool().pointer(PointerEvent { kind, at, button, modifiers }, context);
    }

    /// Ends the gesture under way as if the button had been released.
    pub fn release(&mut self, context: &mut ToolContext<'_>) {
        if let Hold::Tool(hold) | Hold::Pan { beneath: Some(hold), .. } = std::mem::take(&mut self.hold) {
            self.release_tool(hold, Modifiers::NONE, context);
        }
    }

    /// Completes what has changed the document so far: it is to be written as it is.
    pub fn settle(&mut self, context: &mut ToolContext<'_>) {
        self.release(context);
        if context.session.editor.is_step_open() {
            self.tool().finish(context);
        }
        context.commit();
    }

    /// Takes a key press. Returns whether it was meant for the tool.
    pub fn key(&mut self, key: Key, modifiers: Modifiers, context: &mut ToolContext<'_>) -> bool {
        self.follow(context);
        match key {
            Key::Escape => self.cancel(context) || self.tool().key(key, modifiers, context),
            Key::Enter if self.active().is_busy() => {
                self.hold = Hold::None;
                self.tool().finish(context);
                true
            }
            _ => self.tool().key(key, modifiers, context),
        }
    }

    /// Keeps the lesion that is selected. Returns its name and its size in pixels.
    pub fn copy(&mut self) -> Option<(String, u64)> {
        let copied = self.active().copied()?;
        let found = (copied.name.clone(), copied.lesion.region.pixel_count());
        self.copied = Some(copied);
        Some(found)
    }

    /// Keeps the lesion that is selected and removes it.
    pub fn cut(&mut self, context: &mut ToolContext<'_>) -> Option<(String, u64)> {
        let found = self.copy()?;
        self.tool().delete_held(context);
        Some(found)
    }

    /// Puts the lesion that was copied into the page shown, and selects it.
    pub fn paste(&mut self, context: &mut ToolContext<'_>) {
        if let Some(copied) = self.copied.clone() {
            context.settings.tool = Tool::Select;
            self.follow(context);
            self.tool().paste(&copied, context);
        }
    }

    /// Takes back what is under way. Returns whether there was anything.
    pub fn cancel(&mut self, context: &mut ToolContext<'_>) -> bool {
        let was_busy = self.active().is_busy();
        if was_busy {
            if !matches!(self.hold, Hold::Pan { beneath: None, .. }) {
                self.hold = Hold::None;
            }
            self.tool().cancel(context);
        }
        was_busy
    }

    /// The cursor over a pane.
    pub fn cursor(&self, overlay: &OverlayPainter<'_>, space_held: bool, paints: bool) -> CursorIcon {
        if matches!(self.hold, Hold::Pan { .. }) {
            CursorIcon::Grabbing
        } else if !paints {
            CursorIcon::Default
        } else if space_held {
            CursorIcon::Grab
        } else {
            self.active().cursor(overlay)
        }
    }

    /// Whether the pointer pans now, so that the tool's mark would only be in the way.
    pub fn is_panning(&self) -> bool {
        matches!(self.hold, Hold::Pan { .. })
    }

    /// What to do next.
    pub fn hint(&self) -> Cow<'static, str> {
        self.active().hint()
    }

    /// Draws the options of the tool in the hand.
    pub fn show_options(&mut self, ui: &mut Ui, context: &mut ToolContext<'_>) {
        self.follow(context);
        context.has_copied = self.copied.is_some();
        self.tool().show_options(ui, context);
    }
}

/// Size of the page shown, in image pixels.
pub fn image_size(session: &EditorSession) -> Vec2 {
    let scan = &session.page().scan;
    vec2(scan.width() as f32, scan.height() as f32)
}
