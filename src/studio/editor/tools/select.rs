//! Select: takes hold of one lesion, moves, scales and turns it, copies and deletes it.
//!
//! A selection remembers the lesion's shape as it was found and the placement it has been given since, so
//! turning it ten times does not fray it, and what it covers comes back when it goes on. Any other change of
//! the document ends that memory: the lesion is then found anew where it lies.

use std::borrow::Cow;
use std::sync::Arc;

use eframe::egui::{Button, CursorIcon, Key, Modifiers, Painter, Pos2, Ui};

use super::context::REACH;
use super::lesion_hover::LesionHover;
use super::placed_box::{Grip, HANDLES, Handle, PlacedBox};
use super::{
    About, CanvasTool, CopiedLesion, Group, OverlayPainter, PointerEvent, PointerKind, ToolContext, feedback,
};
use crate::anatomy::LESION_BASE;
use crate::document::Command;
use crate::mask::lesion::LesionRegion;
use crate::mask::{LockedLabels, PaintSettings, PaintTarget, Placement, Region};
use crate::scan::Spacing;
use crate::studio::shell::action::Action;
use crate::studio::shell::commands::keymap::hint;
use crate::studio::shell::settings::Tool;
use crate::studio::texts::text;
use crate::studio::widgets::controls::divider;
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

const ABOUT: About = About {
    tool: Tool::Select,
    icon: Icon::Select,
    name_key: "tool-select",
    does_key: "tool-select-does",
    group: Group::Lesions,
};

/// The lesion that is held.
#[derive(Clone, Debug)]
struct Selection {
    code: u8,
    /// What the document calls it.
    name: String,
    /// As it was found.
    shape: Region,
    /// Its box, and where both have been placed.
    placed_box: PlacedBox,
    /// As it lies now.
    placed: Region,
    /// What it covers where it lies now.
    covered: Vec<LesionRegion>,
    view_number: u64,
    revision: u64,
    grip: Option<Grip>,
    /// Whether the grip has moved it.
    moved: bool,
}

/// The selection of a lesion.
#[derive(Debug, Default)]
pub struct Select {
    selection: Option<Selection>,
    /// The selection before the drag under way.
    before: Option<Selection>,
    hover: LesionHover,
}

impl Selection {
    fn of(lesion: LesionRegion, context: &ToolContext<'_>) -> Self {
        let aspect = aspect(context.session.page().scan.spacing);
        Self {
            code: lesion.code,
            name: context.labels().name(lesion.composite()).to_owned(),
            placed_box: PlacedBox::around(lesion.region.bounds(), aspect),
            placed: lesion.region.clone(),
            shape: lesion.region,
            covered: Vec::new(),
            view_number: context.session.view_number(),
            revision: context.session.editor.revision(),
            grip: None,
            moved: false,
        }
    }

    fn is_locked(&self, context: &ToolContext<'_>) -> bool {
        context.locked().contains(LESION_BASE + self.code)
    }
}

impl Select {
    fn select_at(&mut self, at: [f32; 2], context: &ToolContext<'_>) {
        let lesion = context.pixel_at(at).and_then(|(x, y)| LesionRegion::at(context.mask(), x, y));
        self.selection = lesion.map(|lesion| Selection::of(lesion, context));
    }

    /// A click inside the box of one lesion may mean another one there.
    fn select_other_at(&mut self, at: [f32; 2], context: &ToolContext<'_>) {
        let Some((x, y)) = context.pixel_at(at) else { return };
        let is_held = self.selection.as_ref().is_some_and(|held| held.placed.contains(x, y));
        if !is_held && let Some(other) = LesionRegion::at(context.mask(), x, y) {
            self.selection = Some(Selection::of(other, context));
        }
    }

    /// Lets go of a lesion that something else has changed; finds it anew if it still lies there.
    fn keep_true(&mut self, context: &ToolContext<'_>) {
        let now = (context.session.view_number(), context.session.editor.revision());
        let Some(selection) = self.selection.take_if(|held| (held.view_number, held.revision) != now) else {
            return;
        };
        if selection.view_number == now.0
            && let Some(&(y, x, _)) = selection.placed.runs().first()
            && let Some(found) = LesionRegion::at(context.mask(), x, y)
            && found.code == selection.code
        {
            self.selection = Some(Selection::of(found, context));
        }
    }

    /// Puts the lesion where its placement says, within the open step.
    fn put(selection: &mut Selection, placement: Placement, context: &mut ToolContext<'_>) {
        let (width, height) = (context.mask().width(), context.mask().height());
        paint(selection.placed.clone(), PaintTarget::EraseLesion, context);
        for covered in std::mem::take(&mut selection.covered) {
            restore(covered, context);
        }
        let placed = placement.place(&selection.shape, width, height);
        selection.covered = LesionRegion::beneath(context.mask(), &placed);
        paint(placed.clone(), PaintTarget::Lesion(selection.code), context);
        // What it does not cover, because it is locked or not annotated, is not taken away later.
        let mask = context.mask();
        selection.placed = placed.filtered(|x, y| mask.lesions.get(x, y) == selection.code);
        selection.placed_box.placement = placement;
    }

    fn drag(&mut self, at: [f32; 2], is_other: bool, context: &mut ToolContext<'_>) {
        let Some(selection) = &mut self.selection else { return };
        let Some(grip) = selection.grip else { return };
        let placement = selection.placed_box.dragged(&grip, at, is_other);
        if placement == selection.placed_box.placement || selection.is_locked(context) {
            return;
        }
        if !selection.moved {
            let name = selection.name.as_str();
            context.begin(match grip.handle {
                Handle::Inside => text!("step-move-lesion", name),
                Handle::Edge(_) => text!("step-scale-lesion", name),
                Handle::Turn => text!("step-turn-lesion", name),
            });
            self.before = Some(Selection { grip: None, ..selection.clone() });
            selection.moved = true;
        }
        Self::put(selection, placement, context);
        selection.revision = context.session.editor.revision();
    }

    fn delete(&mut self, context: &mut ToolContext<'_>) -> bool {
        let Some(selection) = self.selection.take_if(|held| !held.is_locked(context)) else { return false };
        context.begin(text!("step-delete-lesion", name = %selection.name));
        paint(selection.placed, PaintTarget::EraseLesion, context);
        for covered in selection.covered {
            restore(covered, context);
        }
        context.commit();
        true
    }

    /// Moves by whole pixels.
    fn nudge(&mut self, by: [f32; 2], context: &mut ToolContext<'_>) -> bool {
        let Some(selection) = self.selection.as_mut().filter(|held| !held.is_locked(context)) else {
            return false;
        };
        let placement = selection.placed_box.placement;
        let offset = [0, 1].map(|axis| placement.offset[axis] + by[axis]);
        context.begin(text!("step-move-lesion", name = %selection.name));
        Self::put(selection, Placement { offset, ..placement }, context);
        context.commit();
        selection.revision = context.session.editor.revision();
        true
    }
}

impl CanvasTool for Select {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn pointer(&mut self, event: PointerEvent, context: &mut ToolContext<'_>) {
        self.keep_true(context);
        match event.kind {
            PointerKind::Press { .. } => {
                let reach = context.reach();
                let held =
                    self.selection.as_ref().and_then(|held| held.placed_box.handle_at(event.at, reach));
                let handle = held.unwrap_or_else(|| {
                    self.select_at(event.at, context);
                    Handle::Inside
                });
                if let Some(selection) = &mut self.selection {
                    let placement = selection.placed_box.placement;
                    selection.grip = Some(Grip { handle, from: event.at, placement });
                    selection.moved = false;
                }
            }
            PointerKind::Drag => self.drag(event.at, event.modifiers.shift, context),
            PointerKind::Release => {
                let moved = self.selection.as_ref().is_some_and(|held| held.moved);
                self.finish(context);
                if !moved {
                    self.select_other_at(event.at, context);
                }
            }
            PointerKind::Hover => self.hover.follow(event.at, context.session),
        }
    }

    fn key(&mut self, key: Key, modifiers: Modifiers, context: &mut ToolContext<'_>) -> bool {
        self.keep_true(context);
        let far = if modifiers.shift { 10.0 } else { 1.0 };
        match key {
            Key::Escape => self.selection.take().is_some(),
            Key::Delete | Key::Backspace => self.delete(context),
            Key::ArrowLeft => self.nudge([-far, 0.0], context),
            Key::ArrowRight => self.nudge([far, 0.0], context),
            Key::ArrowUp => self.nudge([0.0, -far], context),
            Key::ArrowDown => self.nudge([0.0, far], context),
            _ => false,
        }
    }

    fn is_busy(&self) -> bool {
        self.selection.as_ref().is_some_and(|selection| selection.grip.is_some())
    }

    fn finish(&mut self, context: &mut ToolContext<'_>) {
        if let Some(selection) = &mut self.selection
            && selection.grip.take().is_some()
            && selection.moved
        {
            context.commit();
            selection.revision = context.session.editor.revision();
        }
    }

    fn cancel(&mut self, context: &mut ToolContext<'_>) {
        if let Some(selection) = &mut self.selection
            && selection.grip.take().is_some()
            && selection.moved
        {
            context.abort();
            let revision = context.session.editor.revision();
            self.selection = self.before.take().map(|before| Selection { revision, ..before });
        }
    }

    fn put_away(&mut self, context: &mut ToolContext<'_>) {
        self.finish(context);
        self.selection = None;
    }

    fn frame(&mut self, context: &mut ToolContext<'_>) {
        self.keep_true(context);
        self.hover.refresh(context.session);
    }

    fn copied(&self) -> Option<CopiedLesion> {
        let selection = self.selection.as_ref()?;
        let lesion = LesionRegion { code: selection.code, region: selection.placed.clone() };
        Some(CopiedLesion { lesion, name: selection.name.clone() })
    }

    fn paste(&mut self, copied: &CopiedLesion, context: &mut ToolContext<'_>) {
        self.put_away(context);
        let Some(region) =
            brought_inside(&copied.lesion.region, context.mask().width(), context.mask().height())
        else {
            return;
        };
        let covered = LesionRegion::beneath(context.mask(), &region);
        context.begin(text!("step-paste-lesion", name = %copied.name));
        paint(region.clone(), PaintTarget::Lesion(copied.lesion.code), context);
        context.commit();
        let mask = context.mask();
        let placed = region.filtered(|x, y| mask.lesions.get(x, y) == copied.lesion.code);
        if !placed.is_empty() {
            let pasted = LesionRegion { code: copied.lesion.code, region };
            self.selection = Some(Selection { placed, covered, ..Selection::of(pasted, context) });
        }
    }

    fn delete_held(&mut self, context: &mut ToolContext<'_>) {
        self.keep_true(context);
        self.delete(context);
    }

    fn paint_feedback(&self, painter: &Painter, overlay: &OverlayPainter<'_>) {
        let is_held =
            |lesion: &LesionRegion| self.selection.as_ref().is_some_and(|held| held.placed == lesion.region);
        if overlay.pointer.is_some()
            && !self.is_busy()
            && let Some(lesion) = self.hover.lesion().filter(|lesion| !is_held(lesion))
        {
            feedback::region_outline(painter, overlay, &lesion.region, theme::OVER_SCAN);
        }
        let Some(selection) = &self.selection else { return };
        let scale = overlay.view.scale();
        let px_per_point = [1.0 / scale.x, 1.0 / scale.y];
        let on_screen = |at: [f32; 2]| overlay.screen(selection.placed_box.handle_point(at, px_per_point));
        let corners: Vec<Pos2> = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]].map(on_screen).to_vec();
        feedback::closed_line(painter, &corners, theme::ACCENT);
        let knob = overlay.screen(selection.placed_box.turn_knob(px_per_point));
        feedback::line(painter, &[on_screen([0.0, -1.0]), knob], theme::ACCENT);
        feedback::knob(painter, knob, theme::ACCENT);
        for handle in HANDLES {
            feedback::square_knob(painter, on_screen(handle), theme::ACCENT);
        }
    }

    fn cursor(&self, overlay: &OverlayPainter<'_>) -> CursorIcon {
        let (Some(selection), Some(at)) = (&self.selection, overlay.pointer_in_image()) else {
            return if self.hover.lesion().is_some() {
                CursorIcon::PointingHand
            } else {
                CursorIcon::Default
            };
        };
        let scale = overlay.view.scale();
        let reach = [REACH / scale.x, REACH / scale.y];
        let held = selection.grip.map(|grip| grip.handle).or(selection.placed_box.handle_at(at, reach));
        match held {
            Some(Handle::Inside) => CursorIcon::Move,
            Some(Handle::Turn) => CursorIcon::Alias,
            Some(Handle::Edge(edge)) => {
                let on_screen = |at: [f32; 2]| overlay.screen(selection.placed_box.corner(at));
                let across = on_screen(edge) - on_screen([0.0, 0.0]);
                resize_cursor(across)
            }
            None if self.hover.lesion().is_some() => CursorIcon::PointingHand,
            None => CursorIcon::Default,
        }
    }

    fn hint(&self) -> Cow<'static, str> {
        if self.selection.is_some() {
            text!("tool-select-held-hint").into()
        } else {
            text!("tool-select-hint").into()
        }
    }

    fn show_options(&mut self, ui: &mut Ui, context: &mut ToolContext<'_>) {
        let spacing = context.session.page().scan.spacing;
        let is_locked = self.selection.as_ref().is_some_and(|held| held.is_locked(context));
        match &self.selection {
            None => ui.label(theme::weak(text!("tool-select-none"))),
            Some(held) if is_locked => ui.label(theme::weak(text!("tool-select-locked", name = %held.name))),
            Some(held) => ui.label(format!("{}   {}", held.name, extent(&held.placed, spacing))),
        };
        divider(ui);
        let button = |ui: &mut Ui, name: &str, key: &str, enabled: bool| {
            ui.add_enabled(enabled, Button::new(name)).on_hover_text(key).clicked()
        };
        let is_held = self.selection.is_some();
        let copy = hint(ui, "edit.copy_lesion");
        if button(ui, text!("tool-select-copy"), &copy, is_held) {
            context.actions.push(Action::CopyLesion);
        }
        let paste = hint(ui, "edit.paste_lesion");
        if button(ui, text!("tool-select-paste"), &paste, context.has_copied) {
            context.actions.push(Action::PasteLesion);
        }
        if button(ui, text!("tool-select-delete"), text!("tool-select-delete"), is_held && !is_locked) {
            self.delete(context);
        }
    }
}

fn paint(region: Region, target: PaintTarget, context: &mut ToolContext<'_>) {
    let locked = context.locked();
    paint_beside(region, target, locked, context);
}

/// Gives back what was covered, even if its label has been locked since.
fn restore(covered: LesionRegion, context: &mut ToolContext<'_>) {
    paint_beside(covered.region, PaintTarget::Lesion(covered.code), LockedLabels::NONE, context);
}

fn paint_beside(region: Region, target: PaintTarget, locked: LockedLabels, context: &mut ToolContext<'_>) {
    let settings = PaintSettings { target, radius_px: 0.0, ordered: true, locked };
    let (page, region) = (context.session.page_index(), Arc::new(region));
    context.apply(Command::PaintRegion { page, region, settings, name: text!("step-lesion").to_owned() });
}

/// Width of a pixel over its height in the eye; 1 where that is not known.
fn aspect(spacing: Option<Spacing>) -> f32 {
    spacing.map_or(1.0, |spacing| spacing.lateral_um_per_px / spacing.axial_um_per_px)
}

/// The region, moved as little as needed to lie in an image of this size; `None` if none of it can.
fn brought_inside(region: &Region, width: u32, height: u32) -> Option<Region> {
    let bounds = region.bounds();
    let back = |end: u32, limit: u32| -(end.saturating_sub(limit) as f32);
    let offset =
        [back(bounds.x1, width).max(-(bounds.x0 as f32)), back(bounds.y1, height).max(-(bounds.y0 as f32))];
    let moved = Placement { offset, ..Placement::identity([0.0, 0.0], 1.0) }.place(region, width, height);
    (!moved.is_empty()).then_some(moved)
}

/// "0.021 mm²   180 × 90 µm", or in pixels.
fn extent(region: &Region, spacing: Option<Spacing>) -> String {
    let (pixels, bounds) = (region.pixel_count(), region.bounds());
    match spacing {
        Some(spacing) => {
            let (x, y) = (spacing.lateral_um_per_px, spacing.axial_um_per_px);
            let (wide, high) = (bounds.width() as f32 * x, bounds.height() as f32 * y);
            format!("{:.4} mm²   {wide:.0} × {high:.0} µm", pixels as f64 * f64::from(x * y) / 1e6)
        }
        None => format!("{pixels} px   {} × {} px", bounds.width(), bounds.height()),
    }
}

fn resize_cursor(across: eframe::egui::Vec2) -> CursorIcon {
    let steps = (across.angle() / std::f32::consts::FRAC_PI_4).round() as i32;
    match steps.rem_euclid(4) {
        0 => CursorIcon::ResizeHorizontal,
        1 => CursorIcon::ResizeNwSe,
        2 => CursorIcon::ResizeVertical,
        _ => CursorIcon::ResizeNeSw,
    }
}
