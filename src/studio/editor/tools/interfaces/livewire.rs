//! Live-wire: clicks along an interface, joined along its edge while the pointer moves.

use std::borrow::Cow;
use std::time::Duration;

use eframe::egui::{Key, Modifiers, Painter, PointerButton, Ui};

use super::{
    PageLines, line_color, line_settings, meant, paint_line, paint_meant, show_shared_options, straight,
};
use crate::anatomy::Interface;
use crate::background::{Job, wake_nobody};
use crate::document::Command;
use crate::mask::livewire::{LiveWire, Segment};
use crate::studio::editor::canvas;
use crate::studio::editor::tools::{
    About, CanvasTool, Group, OverlayPainter, PointerEvent, PointerKind, ToolContext, feedback,
};
use crate::studio::shell::settings::Tool;
use crate::studio::texts::text;
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

const ABOUT: About = About {
    tool: Tool::LiveWire,
    icon: Icon::LiveWire,
    name_key: "tool-wire",
    does_key: "tool-wire-does",
    group: Group::Interfaces,
};

/// How soon it is looked again whether the edges are known; lines are straight until then.
const READING_TURN: Duration = Duration::from_millis(30);

/// The scan made ready, which takes longer than a frame.
enum Edges {
    Unread,
    Reading(u64, Job<Option<LiveWire>>),
    /// Of a page; `None` where the scan shows too little, then lines are straight.
    Ready(u64, Option<LiveWire>),
}

/// A line that is being clicked.
struct Wire {
    interface: Interface,
    points: Vec<[f32; 2]>,
    /// One between every point and the next.
    segments: Vec<Segment>,
    /// From the last point to the pointer.
    live: Option<Segment>,
    view_number: u64,
}

/// The live-wire.
pub struct LiveWireTool {
    edges: Edges,
    wire: Option<Wire>,
    hovered: Option<Interface>,
    lines: PageLines,
}

impl Default for LiveWireTool {
    fn default() -> Self {
        Self { edges: Edges::Unread, wire: None, hovered: None, lines: PageLines::default() }
    }
}

impl LiveWireTool {
    /// Reads the edges of the page shown on a thread of their own.
    fn read_edges(&mut self, context: &ToolContext<'_>) {
        let shown = context.session.view_number();
        match &self.edges {
            Edges::Ready(of, _) if *of == shown => {}
            Edges::Reading(of, job) if *of == shown => {
                if let Some(wire) = job.answer() {
                    self.edges = Edges::Ready(shown, wire.ok().flatten());
                }
            }
            _ => {
                let scan = context.session.page().scan.clone();
                let reading = Job::start("live-wire-edges", wake_nobody(), move |_| LiveWire::of(&scan));
                self.edges = match reading {
                    Ok(job) => Edges::Reading(shown, job),
                    Err(_) => Edges::Ready(shown, None),
                };
            }
        }
    }

    fn is_reading(&self) -> bool {
        matches!(self.edges, Edges::Reading(..))
    }

    fn ready(&self, view_number: u64) -> Option<&LiveWire> {
        match &self.edges {
            Edges::Ready(of, wire) if *of == view_number => wire.as_ref(),
            _ => None,
        }
    }

    fn snapped(&self, interface: Interface, at: [f32; 2], context: &ToolContext<'_>) -> [f32; 2] {
        self.ready(context.session.view_number()).map_or(at, |wire| wire.snapped(interface, at))
    }

    fn segment(
        &self,
        interface: Interface,
        from: [f32; 2],
        to: [f32; 2],
        context: &ToolContext<'_>,
    ) -> Segment {
        match self.ready(context.session.view_number()) {
            Some(wire) => wire.path(interface, self.lines.of_page(), from, to),
            None => {
                let (x0, rows) = straight(&context.mask().layers, from, to);
                Segment { x0, rows }
            }
        }
    }

    fn click(&mut self, at: [f32; 2], context: &mut ToolContext<'_>) {
        let width = context.mask().width() as f32;
        let at = [at[0].clamp(0.0, width - 0.5), at[1].clamp(0.0, context.mask().height() as f32)];
        let known = self.wire.as_ref().map(|wire| wire.interface);
        let chosen = known.or(context.settings.interface);
        let Some(interface) = meant(chosen, &context.mask().layers, at) else { return };
        let at = self.snapped(interface, at, context);
        let last = self.wire.as_ref().and_then(|wire| wire.points.last().copied());
        let segment = last.map(|last| self.segment(interface, last, at, context));
        let view_number = context.session.view_number();
        let wire = self.wire.get_or_insert_with(|| Wire {
            interface,
            points: Vec::new(),
            segments: Vec::new(),
            live: None,
            view_number,
        });
        wire.points.push(at);
        wire.segments.extend(segment);
        wire.live = None;
    }

    fn aim(&mut self, at: [f32; 2], context: &ToolContext<'_>) {
        self.hovered = meant(context.settings.interface, &context.mask().layers, at);
        let Some((interface, last)) =
            self.wire.as_ref().and_then(|wire| Some((wire.interface, *wire.points.last()?)))
        else {
            return;
        };
        let aim = self.snapped(interface, at, context);
        let live = self.segment(interface, last, aim, context);
        if let Some(wire) = &mut self.wire {
            wire.live = Some(live);
        }
    }
}

impl CanvasTool for LiveWireTool {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn pointer(&mut self, event: PointerEvent, context: &mut ToolContext<'_>) {
        match event.kind {
            PointerKind::Hover | PointerKind::Drag => self.aim(event.at, context),
            PointerKind::Press { clicks: 2 } if event.button == PointerButton::Primary => {
                self.finish(context)
            }
            PointerKind::Press { .. } if event.button == PointerButton::Primary => {
                self.click(event.at, context)
            }
            PointerKind::Press { .. } | PointerKind::Release => {}
        }
    }

    fn key(&mut self, key: Key, _modifiers: Modifiers, _context: &mut ToolContext<'_>) -> bool {
        let (Key::Backspace, Some(wire)) = (key, &mut self.wire) else { return false };
        wire.points.pop();
        wire.segments.pop();
        wire.live = None;
        if wire.points.is_empty() {
            self.wire = None;
        }
        true
    }

    fn is_busy(&self) -> bool {
        self.wire.is_some()
    }

    fn finish(&mut self, context: &mut ToolContext<'_>) {
        let Some(wire) = self.wire.take() else { return };
        if wire.segments.is_empty() || wire.view_number != context.session.view_number() {
            return;
        }
        let (page, settings) = (context.session.page_index(), line_settings(context));
        context.begin(text!("step-wire", interface = %wire.interface.name()));
        for Segment { x0, rows } in wire.segments {
            let interface = wire.interface;
            context.apply(Command::MoveInterface { page, interface, x0, rows: rows.into(), settings });
        }
        context.commit();
    }

    fn cancel(&mut self, _context: &mut ToolContext<'_>) {
        self.wire = None;
    }

    fn put_away(&mut self, context: &mut ToolContext<'_>) {
        // Taking another tool keeps what was clicked; another page has no use for it.
        self.finish(context);
        self.hovered = None;
    }

    fn frame(&mut self, context: &mut ToolContext<'_>) {
        self.read_edges(context);
        self.lines.follow(context.session);
    }

    fn paint_feedback(&self, painter: &Painter, overlay: &OverlayPainter<'_>) {
        if let Some(wire) = &self.wire {
            let color = line_color(wire.interface);
            for segment in &wire.segments {
                paint_line(painter, overlay, segment.x0, &segment.rows, color);
            }
            if let (Some(live), Some(_)) = (&wire.live, overlay.pointer) {
                paint_line(painter, overlay, live.x0, &live.rows, theme::OVER_SCAN);
            }
            for &point in &wire.points {
                feedback::knob(painter, overlay.screen(point), color);
            }
        } else if let (Some(interface), Some(_)) = (self.hovered, overlay.pointer) {
            paint_meant(painter, overlay, &self.lines, interface);
        }
        if let Some(pointer) = overlay.pointer {
            canvas::paint_crosshair(painter, pointer, theme::OVER_SCAN);
        }
    }

    fn hint(&self) -> Cow<'static, str> {
        if self.is_reading() {
            return text!("tool-wire-reading").into();
        }
        match (&self.wire, self.hovered) {
            (Some(wire), _) => text!("tool-wire-held-hint", interface = %wire.interface.name()).into(),
            (None, Some(interface)) => text!("tool-wire-chosen-hint", interface = %interface.name()).into(),
            (None, None) => text!("tool-wire-hint").into(),
        }
    }

    fn show_options(&mut self, ui: &mut Ui, context: &mut ToolContext<'_>) {
        if self.is_reading() {
            ui.ctx().request_repaint_after(READING_TURN);
        }
        show_shared_options(ui, context);
    }
}
