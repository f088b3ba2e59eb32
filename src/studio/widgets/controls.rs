//! The few controls the panels are made of, each with a name that a screen reader can say.

use std::sync::Arc;

use eframe::egui::text::Galley;
use eframe::egui::{
    Align, Align2, Color32, CursorIcon, DragValue, FontId, Layout, Rect, Response, Role, Sense, Stroke,
    StrokeKind, Ui, Vec2, WidgetInfo, vec2,
};

use super::icons::{self, Icon};
use super::theme;

/// How an icon button stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ButtonState {
    /// Whether it can be pressed.
    pub enabled: bool,
    /// Whether it is the chosen one of its group.
    pub selected: bool,
}

impl ButtonState {
    /// Can be pressed.
    pub const READY: ButtonState = ButtonState { enabled: true, selected: false };

    /// Can be pressed if `enabled`.
    pub fn enabled_if(enabled: bool) -> Self {
        Self { enabled, selected: false }
    }

    /// Is the chosen one of its group if `selected`.
    pub fn selected_if(selected: bool) -> Self {
        Self { enabled: true, selected }
    }
}

/// A square button with an icon. `name` is what it is called, `hint` what the tooltip says.
pub fn icon_button(ui: &mut Ui, icon: Icon, name: &str, hint: &str, state: ButtonState) -> Response {
    icon_button_sized(ui, Vec2::splat(theme::ICON_BUTTON), 20.0, icon, name, hint, state)
}

/// [`icon_button`] of another size.
pub fn icon_button_sized(
    ui: &mut Ui,
    size: Vec2,
    icon_side: f32,
    icon: Icon,
    name: &str,
    hint: &str,
    state: ButtonState,
) -> Response {
    let (rect, response) = allocate(ui, size, name, state);
    let color = plate(ui, rect, &response, state);
    icons::paint(ui.painter(), Rect::from_center_size(rect.center(), Vec2::splat(icon_side)), icon, color);
    explain(response, hint)
}

/// A button of the same look with a short text.
pub fn text_button(
    ui: &mut Ui,
    text: &str,
    width: f32,
    name: &str,
    hint: &str,
    state: ButtonState,
) -> Response {
    worded(ui, text, width, [name, hint], state, Align2::CENTER_CENTER)
}

/// A [`text_button`] whose text begins where texts above and below it do: its plate stands out to the left.
pub fn flush_button(
    ui: &mut Ui,
    text: &str,
    width: f32,
    name: &str,
    hint: &str,
    state: ButtonState,
) -> Response {
    worded(ui, text, width, [name, hint], state, Align2::LEFT_CENTER)
}

fn worded(ui: &mut Ui, text: &str, width: f32, said: [&str; 2], state: ButtonState, at: Align2) -> Response {
    let galley = ui.painter().layout_no_wrap(text.to_owned(), theme::semibold(11.5), Color32::PLACEHOLDER);
    // Languages differ in length: a word is never cut.
    let width = width.max((galley.size().x + 10.0).ceil());
    let (rect, response) = allocate(ui, vec2(width, theme::ICON_BUTTON), said[0], state);
    let beyond = if at == Align2::LEFT_CENTER { 8.0 } else { 0.0 };
    let color = plate(ui, rect.with_min_x(rect.left() - beyond), &response, state);
    let at = at.anchor_size(at.pos_in_rect(&rect), galley.size()).min;
    ui.painter().galley_with_override_text_color(at, galley, color);
    explain(response, said[1])
}

fn allocate(ui: &mut Ui, size: Vec2, name: &str, state: ButtonState) -> (Rect, Response) {
    let sense = if state.enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    response.widget_info(|| {
        if state.selected {
            WidgetInfo::selected(Role::Button, state.enabled, true, name)
        } else {
            WidgetInfo::labeled(Role::Button, state.enabled, name)
        }
    });
    (rect, response)
}

fn plate(ui: &Ui, rect: Rect, response: &Response, state: ButtonState) -> Color32 {
    let (fill, color) = if !state.enabled {
        (Color32::TRANSPARENT, theme::TEXT_WEAK.gamma_multiply(0.45))
    } else if state.selected {
        (theme::ACCENT_DIM, theme::ACCENT)
    } else if response.is_pointer_button_down_on() {
        (theme::PRESSED, theme::TEXT_STRONG)
    } else if response.hovered() {
        (theme::HOVER, theme::TEXT_STRONG)
    } else {
        (Color32::TRANSPARENT, theme::TEXT)
    };
    ui.painter().rect_filled(rect, theme::RADIUS, fill);
    if response.has_focus() {
        ui.painter().rect_stroke(rect, theme::RADIUS, Stroke::new(1.0, theme::ACCENT), StrokeKind::Inside);
    }
    color
}

fn explain(response: Response, hint: &str) -> Response {
    if hint.is_empty() {
        response
    } else if response.sense.senses_click() {
        response.on_hover_text(hint)
    } else {
        response.on_disabled_hover_text(hint)
    }
}

/// [`text_button`] of a fixed size, for a strip whose buttons are all alike.
pub fn text_button_sized(
    ui: &mut Ui,
    size: Vec2,
    text: &str,
    name: &str,
    hint: &str,
    state: ButtonState,
) -> Response {
    let (rect, response) = allocate(ui, size, name, state);
    let color = plate(ui, rect, &response, state);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, text, theme::semibold(11.5), color);
    explain(response, hint)
}

/// A vertical hairline in a bar.
pub fn divider(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(9.0, 20.0), Sense::hover());
    ui.painter().vline(rect.center().x, rect.y_range(), Stroke::new(1.0, theme::LINE));
}

/// A hairline across a panel, with air around it.
pub fn rule(ui: &mut Ui) {
    ui.add_space(6.0);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, Stroke::new(1.0, theme::LINE));
    ui.add_space(6.0);
}

/// A few words side by side, of which one may be chosen. Returns the index that was pressed.
pub fn segments(
    ui: &mut Ui,
    width: f32,
    choices: &[(&str, &str)],
    chosen: impl Into<Option<usize>>,
) -> Option<usize> {
    segments_about(ui, width, choices, chosen, "")
}

/// [`segments`] with a tooltip that says what is chosen; none where it is empty.
pub fn segments_about(
    ui: &mut Ui,
    width: f32,
    choices: &[(&str, &str)],
    chosen: impl Into<Option<usize>>,
    about: &str,
) -> Option<usize> {
    let chosen: Option<usize> = chosen.into();
    let (rect, _) = ui.allocate_exact_size(vec2(width, 24.0), Sense::hover());
    ui.painter().rect_filled(rect, theme::RADIUS, theme::CANVAS);
    let part = rect.width() / choices.len() as f32;
    let mut pressed = None;
    for (index, (text, name)) in choices.iter().enumerate() {
        let min = rect.min + vec2(part * index as f32, 0.0);
        let cell = Rect::from_min_size(min, vec2(part, rect.height())).shrink(2.0);
        let response = ui.interact(cell, ui.scope_id().with(name), Sense::click());
        let selected = chosen == Some(index);
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, selected, *name));
        let (fill, color) = match (selected, response.hovered()) {
            (true, _) => (theme::HOVER, theme::TEXT_STRONG),
            (false, true) => (theme::RAISED, theme::TEXT),
            (false, false) => (Color32::TRANSPARENT, theme::TEXT_WEAK),
        };
        ui.painter().rect_filled(cell, theme::RADIUS, fill);
        fitted(ui, cell, text, color);
        if response.clicked() {
            pressed = Some(index);
        }
        explain(response, about);
    }
    pressed
}

/// A small word in the middle of a cell, in smaller letters where it would leave it.
fn fitted(ui: &Ui, cell: Rect, text: &str, color: Color32) {
    let font = theme::small();
    let lay_out = |font| ui.painter().layout_no_wrap(text.to_owned(), font, color);
    let mut galley = lay_out(font.clone());
    let share = (cell.width() - 2.0) / galley.size().x.max(1.0);
    if share < 1.0 {
        galley = lay_out(FontId { size: font.size * share, ..font });
    }
    let at = Align2::CENTER_CENTER.anchor_size(cell.center(), galley.size()).min;
    ui.painter().galley(at, galley, color);
}

/// A switch with its name at the left. Returns whether it was pressed.
pub fn switch(ui: &mut Ui, on: bool, name: &str, hint: &str) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, name));
    let text_color = if response.hovered() { theme::TEXT_STRONG } else { theme::TEXT };
    ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, name, theme::body(), text_color);
    let track = Rect::from_center_size(rect.right_center() - vec2(15.0, 0.0), vec2(30.0, 16.0));
    let share = ui.ctx().animate_bool_responsive(response.id, on);
    let fill = theme::PRESSED.lerp_to_gamma(theme::ACCENT, share);
    ui.painter().rect_filled(track, 8.0, fill);
    let knob = track.left_center() + vec2(8.0 + 14.0 * share, 0.0);
    ui.painter().circle_filled(knob, 5.5, theme::TEXT_STRONG);
    let pressed = response.clicked();
    explain(response, hint);
    pressed
}

/// A heading with what belongs to it at the right end of its line, from right to left.
pub fn heading_row<R>(ui: &mut Ui, text: &str, right: impl FnOnce(&mut Ui) -> R) -> R {
    ui.horizontal(|ui| {
        // The line is as high as its buttons before the heading is centred in it.
        ui.set_min_height(theme::ICON_BUTTON);
        ui.label(theme::heading(text));
        ui.with_layout(Layout::right_to_left(Align::Center), right).inner
    })
    .inner
}

/// Width of the column of names in points, where none of them is wider.
const USUAL_NAME_WIDTH: f32 = 76.0;
/// Tag of what is drawn with a column of names of its own: its width in points.
pub(super) const NAME_COLUMN: &str = "name_column";

fn name_galley(ui: &Ui, name: &str) -> Arc<Galley> {
    ui.painter().layout_no_wrap(name.to_owned(), theme::body(), theme::TEXT)
}

/// Width in points that a name of a [`row`] needs.
pub(super) fn name_width(ui: &Ui, name: &str) -> f32 {
    name_galley(ui, name).size().x.ceil()
}

/// A line of a panel: a name at the left in a column of fixed width, a control at the right.
pub fn row<R>(ui: &mut Ui, name: &str, control: impl FnOnce(&mut Ui) -> R) -> R {
    let own = ui.stack().iter().find_map(|ui| ui.tags().get_downcast::<f32>(NAME_COLUMN).copied());
    let column = own.unwrap_or(0.0).max(USUAL_NAME_WIDTH);
    let galley = name_galley(ui, name);
    row_of(ui, name, galley.size().x.ceil().max(column), galley, control)
}

/// A [`row`] whose column keeps its width: a longer name goes on in another line, in smaller letters where one word is
/// wider.
pub fn narrow_row<R>(ui: &mut Ui, name: &str, control: impl FnOnce(&mut Ui) -> R) -> R {
    let words = name.split_inclusive([' ', '-']);
    let widest = words.map(|word| name_width(ui, word.trim_end())).fold(1.0, f32::max);
    let font = theme::body();
    let share = ((USUAL_NAME_WIDTH - 1.0) / widest).clamp(0.7, 1.0);
    let font = FontId { size: font.size * share, ..font };
    let galley = ui.painter().layout(name.to_owned(), font, theme::TEXT, USUAL_NAME_WIDTH);
    row_of(ui, name, USUAL_NAME_WIDTH, galley, control)
}

fn row_of<R>(
    ui: &mut Ui,
    name: &str,
    width: f32,
    galley: Arc<Galley>,
    control: impl FnOnce(&mut Ui) -> R,
) -> R {
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(width, galley.size().y.max(24.0)), Sense::hover());
        ui.painter().galley(rect.left_center() - vec2(0.0, galley.size().y / 2.0), galley, theme::TEXT);
        ui.name_inputs(name, control)
    })
    .inner
}

/// A line of a form with a whole number that is dragged or typed.
pub fn number_row(
    ui: &mut Ui,
    name: &str,
    hint: &str,
    value: &mut u64,
    limits: std::ops::RangeInclusive<u64>,
) {
    row(ui, name, |ui| {
        ui.spacing_mut().interact_size = vec2(110.0, 24.0);
        let speed = (*value as f64 / 100.0).max(0.2);
        let drag = DragValue::new(value).range(limits).speed(speed).update_while_editing(false);
        ui.add(drag).on_hover_text(hint).accessible_name(name);
    });
}

/// How the values lie along a slider.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SliderScale {
    /// Equal steps add the same.
    Linear,
    /// Equal steps multiply by the same.
    Logarithmic,
}

/// A slider over the rest of the line, its value at the right end in fixed width.
pub fn slider(ui: &mut Ui, value: &mut f32, range: std::ops::RangeInclusive<f32>, shown: &str) -> Response {
    slider_beside_value(ui, value, range, SliderScale::Linear, shown)
}

/// The same with a [`SliderScale::Logarithmic`].
pub fn logarithmic_slider(
    ui: &mut Ui,
    value: &mut f32,
    range: std::ops::RangeInclusive<f32>,
    shown: &str,
) -> Response {
    slider_beside_value(ui, value, range, SliderScale::Logarithmic, shown)
}

fn slider_beside_value(
    ui: &mut Ui,
    value: &mut f32,
    range: std::ops::RangeInclusive<f32>,
    scale: SliderScale,
    shown: &str,
) -> Response {
    let value_width = 68.0;
    let width = (ui.available_width() - value_width - 8.0).max(40.0);
    let response = slider_of(ui, value, range, scale, width);
    let (rect, _) = ui.allocate_exact_size(vec2(value_width, 24.0), Sense::hover());
    ui.painter().text(rect.right_center(), Align2::RIGHT_CENTER, shown, theme::body(), theme::TEXT_STRONG);
    response
}

/// [`slider`] whose value can be typed as well: for figures that are finer than a slider can be moved.
pub fn slider_with_field(
    ui: &mut Ui,
    value: &mut f32,
    range: std::ops::RangeInclusive<f32>,
    digits: usize,
    unit: &str,
) -> Response {
    // With the margins that a field has about its figure.
    let value_width = 78.0;
    let width = (ui.available_width() - value_width - 8.0).max(40.0);
    let slid = slider_of(ui, value, range.clone(), SliderScale::Linear, width);
    let typed = ui.scope(|ui| {
        ui.spacing_mut().interact_size = vec2(value_width, 22.0);
        let step = f64::from(range.end() - range.start()) / 400.0;
        let field = DragValue::new(value).range(range).clamp_existing_to_range(false);
        let field = field.speed(step).fixed_decimals(digits);
        let suffix = if unit.is_empty() { String::new() } else { format!(" {unit}") };
        ui.add(field.suffix(suffix).update_while_editing(false))
    });
    slid.union(typed.inner)
}

/// A slider of a width, without its value.
pub fn slider_of(
    ui: &mut Ui,
    value: &mut f32,
    range: std::ops::RangeInclusive<f32>,
    scale: SliderScale,
    width: f32,
) -> Response {
    ui.scope(|ui| {
        ui.spacing_mut().slider_width = width;
        // The knob's radius follows the height of a line; its fill is the rail's.
        ui.spacing_mut().interact_size.y = 15.0;
        let states = &mut ui.visuals_mut().widgets;
        for (state, ring) in [
            (&mut states.inactive, theme::TEXT),
            (&mut states.hovered, theme::TEXT_STRONG),
            (&mut states.active, theme::ACCENT),
        ] {
            state.bg_fill = theme::PRESSED;
            state.fg_stroke = Stroke::new(2.0, ring);
        }
        let slider = eframe::egui::Slider::new(value, range).show_value(false);
        ui.add(slider.logarithmic(scale == SliderScale::Logarithmic))
    })
    .inner
}

/// A small filled plate with a word.
pub fn badge(ui: &mut Ui, text: &str, color: Color32) -> Response {
    let response = plate_with(ui, text, color, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    response
}

/// A [`badge`] that can be pressed; `name` is what it is called.
pub fn badge_button(ui: &mut Ui, text: &str, name: &str, color: Color32) -> Response {
    let response = plate_with(ui, text, color, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    if response.has_focus() {
        let ring = Stroke::new(1.0, theme::ACCENT);
        ui.painter().rect_stroke(response.rect, theme::RADIUS, ring, StrokeKind::Outside);
    }
    response.on_hover_cursor(CursorIcon::PointingHand)
}

fn plate_with(ui: &mut Ui, text: &str, color: Color32, sense: Sense) -> Response {
    let galley = ui.painter().layout_no_wrap(text.to_owned(), theme::semibold(10.5), color);
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(12.0, 5.0), sense);
    let share = if response.hovered() && sense.senses_click() { 0.28 } else { 0.16 };
    ui.painter().rect_filled(rect, 4.0, color.gamma_multiply(share));
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, color);
    response
}
