//! The look of the studio, in one place: colours, type, spacing. No other file chooses a colour.
//!
//! The chrome is neutral and dark so that the eye judges the grey of the scan; one accent colour
//! says "this is what you hold"; warnings and errors have theirs and nothing else does.

use std::cell::RefCell;
use std::sync::Arc;

use eframe::egui::style::{HandleShape, ScrollStyle, WidgetVisuals, Widgets};
use eframe::egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, RichText, Shadow,
    Stroke, TextStyle, Theme, Vec2, Visuals,
};

use crate::anatomy;
use crate::document::LabelTable;
use crate::formats::figure;
use crate::studio::editor::canvas::overlay::UNANNOTATED_ENTRY;
use crate::studio::widgets::east_asian_font;

/// Behind the scans.
pub const CANVAS: Color32 = Color32::from_rgb(11, 12, 14);
/// Bars and panels.
pub const CHROME: Color32 = Color32::from_rgb(23, 25, 28);
/// Fields, cards and buttons on a panel.
pub const RAISED: Color32 = Color32::from_rgb(33, 36, 40);
/// A raised thing under the pointer.
pub const HOVER: Color32 = Color32::from_rgb(44, 48, 53);
/// A raised thing held down.
pub const PRESSED: Color32 = Color32::from_rgb(53, 58, 64);
/// Hairlines between regions.
pub const LINE: Color32 = Color32::from_rgb(42, 46, 51);
/// Body text: 11:1 on the chrome.
pub const TEXT: Color32 = Color32::from_rgb(214, 218, 224);
/// Captions and units: 6:1 on the chrome.
pub const TEXT_WEAK: Color32 = Color32::from_rgb(146, 153, 163);
/// Values and headings.
pub const TEXT_STRONG: Color32 = Color32::from_rgb(242, 244, 247);
/// What is selected or active.
pub const ACCENT: Color32 = Color32::from_rgb(110, 168, 254);
/// Behind what is selected.
pub const ACCENT_DIM: Color32 = Color32::from_rgb(35, 52, 79);
/// Text on the accent colour.
pub const ON_ACCENT: Color32 = Color32::from_rgb(11, 18, 30);
/// A finished state.
pub const GOOD: Color32 = Color32::from_rgb(111, 196, 148);
/// Worth a look.
pub const WARNING: Color32 = Color32::from_rgb(232, 184, 84);
/// Something failed.
pub const ERROR: Color32 = Color32::from_rgb(244, 124, 114);
/// Halo around lines drawn over a scan, so that they show on white and on black.
pub const OVER_SCAN_SHADOW: Color32 = Color32::from_rgba_premultiplied(0, 0, 0, 170);
/// Lines and text drawn over a scan.
pub const OVER_SCAN: Color32 = Color32::from_rgb(245, 247, 250);
/// Plate behind text drawn over a scan.
pub const OVER_SCAN_PLATE: Color32 = Color32::from_rgba_premultiplied(11, 12, 14, 200);
/// Behind a dialog.
pub const BACKDROP: Color32 = Color32::from_rgba_premultiplied(0, 0, 0, 140);

/// Height of the bar at the top.
pub const TOP_BAR_HEIGHT: f32 = 44.0;
/// Height of the bar with the options of a tool.
pub const OPTIONS_HEIGHT: f32 = 34.0;
/// Height of the line at the bottom.
pub const STATUS_HEIGHT: f32 = 26.0;
/// Width of the tool strip.
pub const STRIP_WIDTH: f32 = 46.0;
/// Width of the panel at the right.
pub const PANEL_WIDTH: f32 = 292.0;
/// Height of the caption over a pane.
pub const CAPTION_HEIGHT: f32 = 30.0;
/// Side of a square button that holds an icon.
pub const ICON_BUTTON: f32 = 30.0;
/// Corner radius of buttons, fields and rows.
pub const RADIUS: CornerRadius = CornerRadius::same(5);
/// Distance of a panel's content from its edge.
pub const PANEL_MARGIN: Margin = Margin { left: 14, right: 14, top: 10, bottom: 10 };

const SEMIBOLD: &str = "semibold";

/// Body size.
pub fn body() -> FontId {
    FontId::proportional(13.0)
}

/// Captions, units and key hints.
pub fn small() -> FontId {
    FontId::proportional(11.5)
}

/// Headings and what must stand out.
pub fn semibold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(SEMIBOLD.into()))
}

/// A quiet text.
pub fn weak(text: impl Into<String>) -> RichText {
    RichText::new(text).color(TEXT_WEAK)
}

/// A small quiet text.
pub fn caption(text: impl Into<String>) -> RichText {
    RichText::new(text).font(small()).color(TEXT_WEAK)
}

/// A heading inside a panel.
pub fn heading(text: impl Into<String>) -> RichText {
    RichText::new(text).font(semibold(12.0)).color(TEXT_STRONG)
}

/// The colour of a curve beside others; the first is the accent.
pub fn series_color(index: usize) -> Color32 {
    const OTHERS: [Color32; 5] = [
        Color32::from_rgb(232, 184, 84),
        Color32::from_rgb(111, 196, 148),
        Color32::from_rgb(214, 140, 220),
        Color32::from_rgb(244, 124, 114),
        Color32::from_rgb(120, 205, 215),
    ];
    index.checked_sub(1).map_or(ACCENT, |other| OTHERS[other % OTHERS.len()])
}

thread_local! {
    /// The label colours of the document shown. They are a part of the look like any other colour here, and
    /// only the thread of the window draws.
    static LABELS: RefCell<Arc<LabelTable>> = RefCell::default();
}

/// Draws labels in the colours of a table from now on.
pub fn use_labels(table: &Arc<LabelTable>) {
    LABELS.with_borrow_mut(|labels| {
        if !Arc::ptr_eq(labels, table) {
            labels.clone_from(table);
        }
    });
}

/// A colour from a file.
pub fn from_rgb([red, green, blue]: [u8; 3]) -> Color32 {
    Color32::from_rgb(red, green, blue)
}

/// The colour of a label in the document shown.
pub fn swatch_color(code: u8) -> Color32 {
    LABELS.with_borrow(|labels| labels.look(code).map_or(TEXT_WEAK, |look| from_rgb(look.color)))
}

/// A grey of a scan.
pub fn grey(level: u8) -> Color32 {
    Color32::from_gray(level)
}

/// The colour of a share (0..=1) on a map: that of its pictures in files.
pub fn map_color(share: f32) -> Color32 {
    from_rgb(figure::map_color(share))
}

/// The palette of the overlay pass: gamma-encoded colours with 1 where `visible` says so.
pub fn overlay_palette(visible: impl Fn(u8) -> bool) -> [[f32; 4]; 16] {
    let mut palette = [[0.0; 4]; 16];
    for label in &anatomy::LABELS {
        let [red, green, blue, _] = swatch_color(label.code).to_normalized_gamma_f32();
        palette[usize::from(label.code)] = [red, green, blue, f32::from(u8::from(visible(label.code)))];
    }
    let [red, green, blue, _] = TEXT_WEAK.to_normalized_gamma_f32();
    palette[UNANNOTATED_ENTRY] = [red, green, blue, 1.0];
    palette
}

/// Gives a window its fonts, colours and spacing.
pub fn install(context: &Context) {
    context.set_fonts(fonts());
    east_asian_font::install(context);
    context.set_theme(Theme::Dark);
    context.all_styles_mut(|style| {
        style.visuals = visuals();
        style.text_styles = [
            (TextStyle::Heading, semibold(16.0)),
            (TextStyle::Body, body()),
            (TextStyle::Button, body()),
            (TextStyle::Monospace, body()),
            (TextStyle::Small, small()),
        ]
        .into();
        let spacing = &mut style.spacing;
        spacing.item_spacing = Vec2::new(8.0, 6.0);
        spacing.button_padding = Vec2::new(10.0, 4.0);
        spacing.interact_size = Vec2::new(36.0, 24.0);
        spacing.icon_width = 16.0;
        spacing.icon_width_inner = 10.0;
        spacing.slider_rail_height = 4.0;
        spacing.menu_margin = Margin::same(6);
        spacing.scroll = ScrollStyle::floating();
        style.interaction.tooltip_delay = 0.45;
        style.interaction.selectable_labels = false;
        style.animation_time = 0.09;
    });
    context.options_mut(|options| options.zoom_with_keyboard = false);
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let files: [(&str, &[u8]); 2] = [
        ("inter", include_bytes!("../../../assets/fonts/Inter-Regular.otf")),
        (SEMIBOLD, include_bytes!("../../../assets/fonts/Inter-SemiBold.otf")),
    ];
    for (name, bytes) in files {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let fallbacks = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let stack = |first: &str| {
        let mut stack = vec![first.to_owned()];
        stack.extend(fallbacks.iter().cloned());
        stack
    };
    fonts.families.insert(FontFamily::Proportional, stack("inter"));
    // Digits of the face are tabular: numbers need no second face to stand still.
    fonts.families.insert(FontFamily::Monospace, stack("inter"));
    fonts.families.insert(FontFamily::Name(SEMIBOLD.into()), stack(SEMIBOLD));
    fonts
}

fn visuals() -> Visuals {
    let state = |fill: Color32, text: Color32, edge: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, edge),
        fg_stroke: Stroke::new(1.2, text),
        corner_radius: RADIUS,
        expansion: 0.0,
    };
    let mut visuals = Visuals::dark();
    visuals.widgets = Widgets {
        noninteractive: state(CHROME, TEXT, LINE),
        inactive: state(RAISED, TEXT, Color32::TRANSPARENT),
        hovered: state(HOVER, TEXT_STRONG, Color32::TRANSPARENT),
        active: state(PRESSED, TEXT_STRONG, Color32::TRANSPARENT),
        open: state(HOVER, TEXT_STRONG, Color32::TRANSPARENT),
    };
    visuals.selection.bg_fill = ACCENT;
    visuals.selection.stroke = Stroke::new(1.0, ON_ACCENT);
    visuals.weak_text_color = Some(TEXT_WEAK);
    visuals.hyperlink_color = ACCENT;
    visuals.panel_fill = CHROME;
    visuals.window_fill = CHROME;
    visuals.window_stroke = Stroke::new(1.0, LINE);
    visuals.window_corner_radius = CornerRadius::same(8);
    visuals.menu_corner_radius = CornerRadius::same(7);
    visuals.extreme_bg_color = CANVAS;
    visuals.faint_bg_color = RAISED;
    visuals.warn_fg_color = WARNING;
    visuals.error_fg_color = ERROR;
    visuals.slider_trailing_fill = true;
    visuals.handle_shape = HandleShape::Circle;
    let shadow = Shadow { offset: [0, 6], blur: 18, spread: 0, color: Color32::from_black_alpha(120) };
    visuals.popup_shadow = shadow;
    visuals.window_shadow = shadow;
    visuals
}
