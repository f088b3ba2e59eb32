//! The middle of the window: both panes with their captions, the pointer on them, and what stands in for
//! a picture that is not there.

use eframe::egui::{
    Align, Event, Key, Label, Layout, Rect, Response, RichText, Ui, UiBuilder, Vec2, pos2, vec2,
};

use super::canvas::{self, Drawing, WheelTurn};
use super::comparison::{SyntheticScan, drawing};
use super::context::EditorContext;
use super::look::{Comparison, Tab};
use super::page::EditorPage;
use super::profile::{self, Profile};
use super::session::EditorSession;
use super::tools::{OverlayPainter, Pane, image_size};
use super::trace_state;
use crate::document::Command;
use crate::studio::shell::action::{Action, SynthesisAction, ViewAction, VolumeAction};
use crate::studio::shell::commands::keymap::hint;
use crate::studio::shell::settings::PanelSettings;
use crate::studio::shell::typing;
use crate::studio::synthesis::panel::{kind_of, time_of};
use crate::studio::synthesis::thread::{Status, Synthesis};
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{ButtonState, badge, icon_button_sized, text_button};
use crate::studio::widgets::icons;
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;
use crate::worker::PictureKind;

/// Name of the left pane for screen readers and tests.
pub fn editor_pane() -> &'static str {
    text!("pane-editor")
}
/// Name of the right pane for screen readers and tests.
pub fn synthetic_pane() -> &'static str {
    text!("pane-synthetic")
}
/// A pane must be so wide for its name to stand beside the marks of its state.
const NAMED_PANE: f32 = 270.0;
/// How much larger a scan must become for the panes to be stacked.
const STACK_GAIN: f32 = 1.35;
pub(in crate::studio) fn not_for_diagnosis() -> &'static str {
    text!("pane-not-for-diagnosis")
}

/// What a synthetic scan says that it is.
pub(in crate::studio) fn plate_of(synthesis: &Synthesis) -> &'static str {
    match synthesis.shown().map(|shown| shown.kind) {
        Some(PictureKind::RealScan) => text!("pane-real-scan"),
        _ => not_for_diagnosis(),
    }
}

impl EditorPage {
    /// Draws both panes and lets the pointer work on them.
    pub fn show_stage(&mut self, ui: &mut Ui, context: &mut EditorContext<'_>, actions: &mut Vec<Action>) {
        let stage = ui.max_rect();
        ui.painter().rect_filled(stage, 0.0, theme::LINE);
        let one_pane = context.settings.look.comparison.has_one_pane();
        let halves = self.halves(stage, context);
        let strip = if context.settings.look.profile { profile::HEIGHT } else { 0.0 };
        let mut panes = halves.map(|half| {
            Rect::from_min_max(half.min + vec2(0.0, theme::CAPTION_HEIGHT), half.max - vec2(0.0, strip))
        });
        if one_pane {
            panes[1] = halves[1];
        }
        self.panes = panes;
        for half in halves {
            ui.painter().rect_filled(half, 0.0, theme::CANVAS);
        }
        let size = image_size(context.session);
        let before = self.view;
        self.view.follow(panes[0], size);
        if self.view != before {
            // The status line was drawn with the zoom before.
            ui.ctx().request_repaint();
        }

        let responses =
            [canvas::allocate(ui, panes[0], editor_pane()), canvas::allocate(ui, panes[1], synthetic_pane())];
        self.take_pointer(ui, &responses, context, actions);
        self.refresh_textures(context);
        self.measure(context);

        self.paint_editor_pane(ui, panes[0], context, actions);
        self.show_comparison(ui, panes[0], context);
        self.show_fovea(ui, panes[0], context, actions);
        if !one_pane {
            self.paint_synthetic_pane(ui, panes[1], context);
        }
        self.paint_tools(ui, &responses, context);
        if strip > 0.0 {
            let beneath =
                |half: Rect| Rect::from_min_max(half.max - vec2(half.width(), strip - 1.0), half.max);
            let strips = if one_pane { split_strip(beneath(stage)) } else { halves.map(beneath) };
            self.show_profile(ui, strips, context);
        }
        for (index, half) in halves.into_iter().take(if one_pane { 1 } else { 2 }).enumerate() {
            let bar = Rect::from_min_size(half.min, vec2(half.width(), theme::CAPTION_HEIGHT));
            self.show_caption(ui, bar, index, context, actions);
        }
    }

    /// Both panes side by side; one above the other where that shows a wide scan much larger. Where there is
    /// one pane it has all, and the other one nothing.
    fn halves(&self, stage: Rect, context: &EditorContext<'_>) -> [Rect; 2] {
        if context.settings.look.comparison.has_one_pane() {
            return [stage, Rect::from_min_size(stage.max, Vec2::ZERO)];
        }
        let shown = image_size(context.session) * vec2(self.view.pixel_aspect(), 1.0);
        let strip = if context.settings.look.profile { profile::HEIGHT } else { 0.0 };
        let scale = |half: Vec2| ((half - vec2(0.0, theme::CAPTION_HEIGHT + strip)) / shown).min_elem();
        let beside = scale(stage.size() * vec2(0.5, 1.0));
        let stacked = scale(stage.size() * vec2(1.0, 0.5));
        if stacked > beside * STACK_GAIN {
            let middle = stage.center().y.round();
            let upper = Rect::from_min_max(stage.min, pos2(stage.max.x, middle - 1.0));
            return [upper, Rect::from_min_max(pos2(stage.min.x, middle), stage.max)];
        }
        let middle = stage.center().x.round();
        let left = Rect::from_min_max(stage.min, pos2(middle - 1.0, stage.max.y));
        [left, Rect::from_min_max(pos2(middle, stage.min.y), stage.max)]
    }

    /// Two fingers zoom and pan; whatever the first one began alone is taken back. Returns whether the
    /// pointer that follows the first finger means nothing until all are lifted.
    fn take_fingers(&mut self, ui: &Ui, context: &mut EditorContext<'_>, actions: &mut Vec<Action>) -> bool {
        let (pinch, any) = ui.input(|input| (input.multi_touch(), input.any_touches()));
        if let Some(pinch) = pinch {
            if !self.pinching && self.tools.is_holding() {
                self.with_tools(context, actions, |tools, context| tools.cancel(context));
            }
            let on = self.panes.iter().position(|pane| pane.contains(pinch.start_pos));
            if let Some(pane) = on.map(|index| self.panes[index]) {
                let size = image_size(context.session);
                self.view.zoom_at(pane, pinch.center_pos, pinch.zoom_delta, size);
                self.view.pan(pinch.translation_delta, size);
            }
            self.pinching = true;
        }
        self.pinching &= any;
        self.pinching || pinch.is_some()
    }

    fn take_pointer(
        &mut self,
        ui: &Ui,
        responses: &[Response; 2],
        context: &mut EditorContext<'_>,
        actions: &mut Vec<Action>,
    ) {
        if context.is_covered {
            self.pinching = false;
            self.with_tools(context, actions, |tools, context| tools.frame(context));
            return;
        }
        if self.take_fingers(ui, context, actions) {
            return;
        }
        let (events, space_held, modifiers, time) =
            ui.input(|input| (input.events.clone(), input.key_down(Key::Space), input.modifiers, input.time));
        // A slow frame holds the key's press and release with what the pointer did between them.
        let mut space_held = space_before(&events).unwrap_or(space_held);
        self.with_tools(context, actions, |tools, context| tools.frame(context));
        // A text field or a control that was reached by Tab has the first claim on keys.
        let keys_are_meant = !typing::belongs_to_field(ui.ctx());
        let control_focused =
            ui.memory(|memory| memory.focused().is_some_and(|id| responses.iter().all(|r| r.id != id)));
        let mut taken = Vec::new();
        for (number, event) in events.iter().enumerate() {
            if let Event::Key { key: Key::Space, pressed, .. } = *event {
                space_held = pressed;
            }
            if let Event::Key { key, pressed: true, modifiers, .. } = *event {
                let is_meant = keys_are_meant && !(control_focused && matches!(key, Key::Enter | Key::Space));
                if is_meant
                    && self.with_tools(context, actions, |tools, context| tools.key(key, modifiers, context))
                {
                    taken.push(number);
                }
                continue;
            }
            let is_press = matches!(event, Event::PointerButton { pressed: true, .. });
            let is_free = !self.tools.is_holding();
            if is_free && is_press {
                self.pointer_on_editor = !responses[1].contains_pointer();
            }
            let index = if is_free && !is_press {
                usize::from(responses[1].contains_pointer())
            } else {
                usize::from(!self.pointer_on_editor)
            };
            let pane = Pane {
                rect: self.panes[index],
                is_hovered: responses[index].contains_pointer() && !self.is_on_grip(ui),
                space_held,
                paints: index == 0,
                modifiers,
                time,
            };
            let mut view = self.view;
            self.with_tools(context, actions, |tools, context| tools.take(event, &pane, &mut view, context));
            self.view = view;
        }
        if !taken.is_empty() {
            ui.input_mut(|input| {
                let mut number = 0;
                input.events.retain(|_| {
                    number += 1;
                    !taken.contains(&(number - 1))
                });
            });
        }
        self.take_wheel(ui, responses, context, actions);
    }

    /// Takes the turns of the wheel over the panes, and double clicks.
    fn take_wheel(
        &mut self,
        ui: &Ui,
        responses: &[Response; 2],
        context: &EditorContext<'_>,
        actions: &mut Vec<Action>,
    ) {
        for (index, response) in responses.iter().enumerate() {
            let pages_first = context.settings.look.wheel_turns_pages && context.session.page_count() > 1;
            for turn in canvas::wheel_turns(ui, response, pages_first) {
                match turn {
                    WheelTurn::Zoom { at, factor } => {
                        self.view.zoom_at(self.panes[index], at, factor, image_size(context.session));
                    }
                    WheelTurn::Brush { factor } => actions.push(Action::ScaleBrush(factor)),
                    WheelTurn::Page { by } => actions.push(Action::Volume(VolumeAction::TurnPage(by))),
                }
            }
            let free_hand = index == 1 || self.tools.active().pans();
            if free_hand && response.double_clicked() {
                actions.push(Action::View(ViewAction::Fit));
            }
        }
    }

    fn paint_editor_pane(
        &self,
        ui: &mut Ui,
        pane: Rect,
        context: &EditorContext<'_>,
        actions: &mut Vec<Action>,
    ) {
        let labels = &context.settings.labels;
        let palette = theme::overlay_palette(|code| labels.get(usize::from(code)).is_some_and(|l| l.visible));
        let (fill_opacity, outline_opacity) = context.settings.overlay_opacities();
        if let Some(textures) = &self.textures {
            let mut palette = palette;
            if !context.settings.overlay_shown || self.facts.is_bare {
                palette[canvas::overlay::UNANNOTATED_ENTRY][3] = 0.0;
            }
            let drawing = drawing(palette, context.session.page(), context.settings);
            // Fills would drown the differences.
            let fill_opacity = if drawing.difference[3] > 0.0 { 0.0 } else { fill_opacity };
            let drawing = Drawing { fill_opacity, outline_opacity, ..drawing };
            canvas::paint_image(ui, pane, &self.view, &textures.editor, drawing);
        }
        let painter = ui.painter_at(pane);
        if context.synthesis.thread.comparison.picture().is_some() {
            let image = self.view.image_rect(pane, image_size(context.session)).intersect(pane);
            canvas::paint_plate(&painter, image, not_for_diagnosis(), theme::OVER_SCAN);
        } else if let Some(credit) = &context.session.editor.document().credit {
            let image = self.view.image_rect(pane, image_size(context.session));
            canvas::paint_footnote(&painter, pane, image, credit);
        }
        self.tracing.paint_doubts(&painter, pane, &self.view);
        if self.facts.is_bare {
            let size = trace_state::CARD.min(vec2(pane.width() - 16.0, pane.height()));
            let card = Rect::from_center_size(pane.center_bottom() - vec2(0.0, 90.0), size);
            trace_state::show_bare_card(ui, card, &self.tracing, actions);
        }
    }

    /// Draws the synthetic scan over the left pane, as far as it was asked for and is there.
    fn show_comparison(&mut self, ui: &mut Ui, pane: Rect, context: &mut EditorContext<'_>) {
        if context.synthesis.thread.shown().is_none() {
            self.wipe.hide();
            return;
        }
        let synthetic = SyntheticScan {
            plate: plate_of(&context.synthesis.thread),
            textures: self.textures.as_ref().map(|textures| &textures.synthetic),
            view: &self.view,
            session: context.session,
        };
        self.wipe.show_comparison(ui, pane, &synthetic, context.settings);
    }

    /// Draws the bracket over the fovea while figures are shown.
    fn show_fovea(
        &mut self,
        ui: &mut Ui,
        pane: Rect,
        context: &EditorContext<'_>,
        actions: &mut Vec<Action>,
    ) {
        self.fovea.hide();
        let is_wanted = context.settings.look.tab == Tab::Measure || context.settings.look.profile;
        if !is_wanted || self.facts.is_bare || self.measuring.is_behind(context.session) {
            return;
        }
        let Some(central) = self.measuring.central() else { return };
        self.fovea.show(ui, pane, &self.view, central, context.session, actions);
    }

    /// Draws the thickness profile and what it is of.
    fn show_profile(&self, ui: &mut Ui, [curve, facts]: [Rect; 2], context: &mut EditorContext<'_>) {
        let columns = self.measuring.live().columns();
        let spacing = context.session.page().scan.spacing;
        let extent = &mut context.settings.look.profile_extent;
        let (panes, view) = (self.panes, &self.view);
        Profile { columns, spacing, extent: *extent, panes, view }.paint(ui, curve);
        profile::show_facts(ui, facts, columns, spacing, extent, &context.settings.table);
    }

    /// Whether the pointer is on a grip.
    fn is_on_grip(&self, ui: &Ui) -> bool {
        let pointer = ui.input(|input| input.pointer.interact_pos());
        pointer.is_some_and(|pointer| self.wipe.is_at(pointer) || self.fovea.is_at(pointer))
    }

    fn paint_synthetic_pane(&self, ui: &mut Ui, pane: Rect, context: &EditorContext<'_>) {
        let shown = context.synthesis.thread.shown();
        if let (Some(textures), Some(_)) = (&self.textures, shown) {
            let mut palette = theme::overlay_palette(|code| code != 0);
            palette[canvas::overlay::UNANNOTATED_ENTRY][3] = 0.0;
            let outline_opacity = if context.settings.outline_on_synthetic { 0.8 } else { 0.0 };
            let drawing =
                Drawing { outline_opacity, ..drawing(palette, context.session.page(), context.settings) };
            canvas::paint_image(ui, pane, &self.view, &textures.synthetic, drawing);
            let image = self.view.image_rect(pane, image_size(context.session)).intersect(pane);
            let painter = ui.painter_at(pane);
            canvas::paint_plate(&painter, image, plate_of(&context.synthesis.thread), theme::OVER_SCAN);
            return;
        }
        let place =
            Rect::from_center_size(pane.center(), vec2((pane.width() - 60.0).clamp(120.0, 380.0), 120.0));
        let mut child =
            ui.new_child(UiBuilder::new().max_rect(place).layout(Layout::top_down(Align::Center)));
        match context.synthesis.thread.status() {
            Status::Unavailable(reason) => {
                let (mark, _) = child.allocate_exact_size(Vec2::splat(26.0), eframe::egui::Sense::hover());
                icons::paint(child.painter(), mark, Icon::Warning, theme::TEXT_WEAK);
                child.label(
                    RichText::new(text!("pane-no-synthetic"))
                        .font(theme::semibold(14.0))
                        .color(theme::TEXT_STRONG),
                );
                child.add(Label::new(theme::weak(reason.as_str())).wrap());
            }
            _ if self.facts.is_bare => {
                child.add_space(40.0);
                child.label(theme::weak(text!("pane-needs-labels")));
            }
            Status::Starting => waiting(&mut child, text!("pane-loading-model")),
            Status::Ready => waiting(&mut child, text!("pane-synthesising")),
        }
    }

    fn paint_tools(&self, ui: &Ui, responses: &[Response; 2], context: &EditorContext<'_>) {
        let session: &EditorSession = context.session;
        let settings: &PanelSettings = context.settings;
        let pointer = ui.input(|input| input.pointer.interact_pos());
        let (modifiers, space_held) = ui.input(|input| (input.modifiers, input.key_down(Key::Space)));
        let over = if self.tools.is_holding() {
            Some(usize::from(!self.pointer_on_editor))
        } else {
            responses.iter().position(|response| response.contains_pointer())
        };
        let at = |index: usize| {
            let (here, pointer) = (over?, pointer?);
            let mirrored = self.view.image_from_screen(self.panes[here], pointer);
            let at = self.view.screen_from_image(self.panes[index], mirrored);
            (here == index || self.panes[index].contains(at)).then_some(at)
        };
        let overlay = |index: usize| OverlayPainter {
            pane: self.panes[index],
            view: &self.view,
            pointer: at(index),
            modifiers,
            session,
            settings,
        };
        let (editor, synthetic) = (overlay(0), overlay(1));
        if let Some(index) = over {
            ui.ctx().set_cursor_icon(self.tools.cursor(&editor, space_held, index == 0));
        }
        let (on_editor, on_synthetic) = (ui.painter_at(self.panes[0]), ui.painter_at(self.panes[1]));
        let tool = self.tools.active();
        if over == Some(1) {
            let unseen = OverlayPainter { pointer: None, ..overlay(0) };
            tool.paint_feedback(&on_editor, &unseen);
            if let Some(mirrored) = editor.pointer {
                canvas::paint_crosshair(&on_editor, mirrored, theme::OVER_SCAN);
            }
            return;
        }
        let pans = space_held || self.tools.is_panning();
        tool.paint_feedback(
            &on_editor,
            &OverlayPainter { pointer: editor.pointer.filter(|_| !pans), ..overlay(0) },
        );
        if over == Some(0) {
            if pans {
                if let Some(mirrored) = synthetic.pointer {
                    canvas::paint_crosshair(&on_synthetic, mirrored, theme::OVER_SCAN);
                }
            } else {
                tool.paint_mirrored(&on_synthetic, &synthetic);
            }
        }
    }

    fn show_caption(
        &self,
        ui: &mut Ui,
        bar: Rect,
        index: usize,
        context: &EditorContext<'_>,
        actions: &mut Vec<Action>,
    ) {
        let synthesis = &context.synthesis.thread;
        ui.painter().rect_filled(bar, 0.0, theme::CHROME.gamma_multiply(0.6));
        let inner = bar.shrink2(vec2(12.0, 0.0));
        let mut child =
            ui.new_child(UiBuilder::new().max_rect(inner).layout(Layout::left_to_right(Align::Center)));
        let name = if index == 0 { text!("pane-mask") } else { text!("pane-synthetic-name") };
        if bar.width() >= NAMED_PANE {
            child.label(RichText::new(name).font(theme::semibold(12.0)).color(theme::TEXT));
        }
        if index == 0 {
            if let Some(comparison) = synthesis.comparison.picture() {
                badge(
                    &mut child,
                    &text!("pane-over", title = %comparison.title.to_uppercase()),
                    theme::ACCENT,
                );
            }
            if context.session.page().scan.is_placeholder {
                badge(&mut child, text!("pane-no-real-scan"), theme::WARNING)
                    .on_hover_text(text!("pane-no-real-scan-about"));
            }
            child.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if matches!(context.settings.look.comparison, Comparison::Wipe | Comparison::Flicker) {
                    show_picture_state(ui, synthesis, actions);
                }
                self.show_pager(ui, context.session, actions);
            });
            return;
        }
        child.with_layout(Layout::right_to_left(Align::Center), |ui| {
            show_picture_state(ui, synthesis, actions)
        });
    }

    /// Doubts, disorder and the page, from right to left.
    fn show_pager(&self, ui: &mut Ui, session: &EditorSession, actions: &mut Vec<Action>) {
        let count = session.page_count();
        trace_state::show_in_caption(ui, &self.tracing, session, actions);
        let disordered = self.facts.disordered_columns;
        if disordered > 0 {
            let size = Vec2::splat(22.0);
            let hint = text!("pane-repair-about");
            if icon_button_sized(ui, size, 16.0, Icon::Repair, text!("pane-repair"), hint, ButtonState::READY)
                .clicked()
            {
                actions.push(Action::Edit(Command::RepairOrder { page: session.page_index() }));
            }
            badge(ui, &text!("pane-out-of-order", %disordered), theme::WARNING);
        }
        if count < 2 {
            return;
        }
        let page = session.page_index();
        let size = Vec2::splat(22.0);
        let turn = |ui: &mut Ui, icon, name: &str, enabled: bool| {
            icon_button_sized(ui, size, 15.0, icon, name, name, ButtonState::enabled_if(enabled)).clicked()
        };
        if turn(ui, Icon::Next, text!("pane-next"), page + 1 < count) {
            actions.push(Action::Volume(VolumeAction::TurnPage(1)));
        }
        let place = text!("pane-b-scan-of", number = %page + 1, %count);
        // The arrow back lies at its other side.
        caption_if_it_fits(ui, &place, size.x);
        if turn(ui, Icon::Previous, text!("pane-previous"), page > 0) {
            actions.push(Action::Volume(VolumeAction::TurnPage(-1)));
        }
    }
}

/// What kind of picture the synthetic scan is, from right to left.
fn show_picture_state(ui: &mut Ui, synthesis: &Synthesis, actions: &mut Vec<Action>) {
    if let Some(shown) = synthesis.shown() {
        let keep = hint(ui, "synthesis.keep");
        let state = ButtonState::enabled_if(shown.complete && shown.current);
        if text_button(ui, text!("pane-keep"), 42.0, text!("pane-keep-spoken"), &keep, state).clicked() {
            actions.push(Action::Synthesis(SynthesisAction::KeepSynthesis));
        }
        let (text, color) = kind_of(&shown);
        badge(ui, &text, color);
        caption_if_it_fits(ui, &time_of(&shown), 0.0);
        if let Some(host) = synthesis.device().and_then(|device| device.host.as_deref()) {
            caption_if_it_fits(ui, &text!("synthesis-on-host", %host), 0.0);
        }
    }
    if synthesis.is_busy() && ui.available_width() >= 12.0 {
        ui.add(BusyMark::new(12.0, theme::ACCENT));
    }
}

/// Quiet words that stand only where there is room for them and for so many points beside them.
fn caption_if_it_fits(ui: &mut Ui, words: &str, beside: f32) {
    let galley = ui.painter().layout_no_wrap(words.to_owned(), theme::small(), theme::TEXT_WEAK);
    if galley.size().x + ui.spacing().item_spacing.x + beside <= ui.available_width() {
        ui.label(theme::caption(words));
    }
}

/// The strip under one pane, for the profile and its figures.
fn split_strip(strip: Rect) -> [Rect; 2] {
    let x = (strip.left() + strip.width() * 0.66).round();
    [
        Rect::from_min_max(strip.min, pos2(x - 1.0, strip.max.y)),
        Rect::from_min_max(pos2(x, strip.min.y), strip.max),
    ]
}

/// Whether the space bar was down before the events of a frame; `None` if they do not concern it.
fn space_before(events: &[Event]) -> Option<bool> {
    events.iter().find_map(|event| match event {
        Event::Key { key: Key::Space, pressed, repeat, .. } => Some(!pressed || *repeat),
        _ => None,
    })
}

fn waiting(ui: &mut Ui, what: &str) {
    ui.add(BusyMark::new(24.0, theme::ACCENT));
    ui.add_space(4.0);
    ui.label(RichText::new(what).color(theme::TEXT_WEAK));
}
