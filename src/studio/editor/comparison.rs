//! The synthetic scan laid against the scan in one pane, and the second grader against the first.

use eframe::egui::{Color32, CursorIcon, Pos2, Rect, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::canvas::overlay::UNANNOTATED_ENTRY;
use super::canvas::pass::{PaneDrawing, PaneTextures};
use super::canvas::view::ViewTransform;
use super::canvas::{self, Drawing};
use super::look::Comparison;
use super::session::EditorSession;
use super::tools::image_size;
use crate::document::Page;
use crate::studio::shell::settings::PanelSettings;
use crate::studio::texts::text;
use crate::studio::widgets::theme;

/// Seconds each picture of a flicker stays.
const FLICKER_SECONDS: f64 = 0.5;
const GRIP: Vec2 = vec2(26.0, 26.0);
const OTHER_OUTLINE_OPACITY: f32 = 0.9;
const DIFFERENCE_OPACITY: f32 = 0.62;

/// How a page is drawn now; labels in these colours, neither filled nor outlined.
pub(super) fn drawing(palette: [[f32; 4]; 16], page: &Page, settings: &PanelSettings) -> Drawing {
    let look = &settings.look;
    let has_other = page.second_grader.is_some() && settings.overlay_shown;
    let opacity = |on: bool, opacity: f32| if has_other && on { opacity } else { 0.0 };
    let paint = |color: Color32, opacity: f32| {
        let [red, green, blue, _] = color.to_normalized_gamma_f32();
        [red, green, blue, opacity]
    };
    Drawing {
        palette,
        fill_opacity: 0.0,
        outline_opacity: 0.0,
        tone: look.tone.uniform(),
        other_outline: paint(theme::OVER_SCAN, opacity(look.grader.outline, OTHER_OUTLINE_OPACITY)),
        difference: paint(theme::WARNING, opacity(look.grader.difference, DIFFERENCE_OPACITY)),
    }
}

/// The synthetic scan, to be drawn over the scan.
pub(super) struct SyntheticScan<'a> {
    pub textures: Option<&'a PaneTextures>,
    pub view: &'a ViewTransform,
    pub session: &'a EditorSession,
    /// What it says that it is.
    pub plate: &'static str,
}

impl SyntheticScan<'_> {
    fn paint_over(&self, ui: &Ui, pane: Rect, clip: Rect, settings: &PanelSettings) {
        let Some(textures) = self.textures else { return };
        let labels = &settings.labels;
        let mut palette =
            theme::overlay_palette(|code| labels.get(usize::from(code)).is_some_and(|label| label.visible));
        palette[UNANNOTATED_ENTRY][3] = 0.0;
        let (fill_opacity, outline_opacity) = settings.overlay_opacities();
        let drawing =
            Drawing { fill_opacity, outline_opacity, ..drawing(palette, self.session.page(), settings) };
        canvas::paint_clipped(ui, pane, clip, self.view, textures, PaneDrawing::Compared, drawing);
        let image = self.view.image_rect(pane, image_size(self.session)).intersect(clip);
        if image.width() > 120.0 {
            canvas::paint_plate(&ui.painter_at(image), image, self.plate, theme::OVER_SCAN);
        }
    }
}

/// The grip of a wipe.
#[derive(Default)]
pub struct WipeGrip {
    /// Where it was drawn: what is pressed there is not meant for a tool.
    place: Option<Rect>,
}

impl WipeGrip {
    /// Nothing is drawn in this frame.
    pub fn hide(&mut self) {
        self.place = None;
    }

    /// Whether something pressed there is meant for it.
    pub fn is_at(&self, pointer: Pos2) -> bool {
        self.place.is_some_and(|place| place.contains(pointer))
    }

    /// Draws the synthetic scan over the left pane, as far as the settings want it, and lets the line of a wipe be moved.
    pub(super) fn show_comparison(
        &mut self,
        ui: &mut Ui,
        pane: Rect,
        synthetic: &SyntheticScan<'_>,
        settings: &mut PanelSettings,
    ) {
        self.hide();
        match settings.look.comparison {
            Comparison::Beside | Comparison::Alone => {}
            Comparison::Wipe => {
                let x = (pane.left() + pane.width() * settings.look.wipe_at).round();
                synthetic.paint_over(ui, pane, Rect::from_min_max(pos2(x, pane.top()), pane.max), settings);
                self.show(ui, pane, x, &mut settings.look.wipe_at);
            }
            Comparison::Flicker => {
                let turns = ui.input(|input| input.time) / FLICKER_SECONDS;
                let left = FLICKER_SECONDS * (1.0 - turns.fract());
                ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(left.max(0.01)));
                if turns as i64 % 2 == 1 {
                    synthetic.paint_over(ui, pane, pane, settings);
                }
            }
        }
    }

    /// The line of a wipe, a share of the pane from its left edge, and the grip that moves it.
    fn show(&mut self, ui: &mut Ui, pane: Rect, x: f32, wipe_at: &mut f32) {
        let grip = Rect::from_center_size(pos2(x, pane.top() + pane.height() * 0.82), GRIP);
        let response = ui.interact(grip, ui.scope_id().with("wipe grip"), Sense::drag());
        let share = *wipe_at;
        response.widget_info(|| WidgetInfo::slider(true, f64::from(share), text!("compare-wipe-line")));
        if let Some(pointer) = response.interact_pointer_pos().filter(|_| response.dragged()) {
            *wipe_at = ((pointer.x - pane.left()) / pane.width()).clamp(0.02, 0.98);
            ui.ctx().request_repaint();
        }
        self.place = Some(if response.dragged() { Rect::EVERYTHING } else { grip });
        if response.hovered() || response.dragged() {
            ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
        }
        let painter = ui.painter_at(pane);
        painter.vline(x, pane.y_range(), Stroke::new(3.0, theme::OVER_SCAN_SHADOW));
        painter.vline(x, pane.y_range(), Stroke::new(1.0, theme::OVER_SCAN));
        let fill = if response.hovered() || response.dragged() { theme::HOVER } else { theme::CHROME };
        painter.circle(grip.center(), 12.0, fill, Stroke::new(1.5, theme::OVER_SCAN));
        for side in [-1.0, 1.0] {
            let tip = grip.center() + vec2(7.0 * side, 0.0);
            let tail = vec2(-3.5 * side, 3.5);
            let arrow = vec![tip + tail, tip, tip + vec2(tail.x, -tail.y)];
            painter.add(Shape::line(arrow, Stroke::new(1.5, theme::OVER_SCAN)));
        }
    }
}
