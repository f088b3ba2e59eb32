//! The mark of work under way: an arc that turns.
//!
//! egui's spinner asks for a new frame at once, for ever. Where a software driver draws the window, those frames take
//! the processor from the very work that is waited for: on two cores a picture took twice as long. So the arc
//! turns in steps, few of them there.

use std::time::Duration;

use eframe::egui::{
    Color32, Context, Id, Pos2, Response, Role, Sense, Shape, Stroke, Ui, Widget, WidgetInfo, vec2,
};
use eframe::egui_wgpu::RenderState;

/// Steps of a whole turn.
const STEPS: u32 = 8;
/// How much of the circle the arc covers.
const ARC: f32 = 0.7;
/// Points of the arc.
const POINTS: u32 = 24;
const STEP: Duration = Duration::from_millis(80);
const STEP_OF_SOFTWARE: Duration = Duration::from_millis(500);

/// The mark, of a size in points.
#[must_use = "a widget shows when it is added"]
pub struct BusyMark {
    size: f32,
    color: Color32,
}

impl BusyMark {
    /// A mark as wide and high as `size`, in points.
    pub fn new(size: f32, color: Color32) -> Self {
        Self { size, color }
    }
}

impl Widget for BusyMark {
    fn ui(self, ui: &mut Ui) -> Response {
        let (rect, response) = ui.allocate_exact_size(vec2(self.size, self.size), Sense::hover());
        response.widget_info(|| WidgetInfo::new(Role::ProgressIndicator));
        if ui.is_rect_visible(rect) {
            let step = step_of(ui.ctx());
            ui.ctx().request_repaint_after(step);
            let turned = (ui.input(|input| input.time) / step.as_secs_f64()) as u64 % u64::from(STEPS);
            let start = turned as f32 / STEPS as f32;
            let radius = 0.5 * self.size - 2.0;
            let point = |part: f32| {
                let (sin, cos) = ((start + ARC * part) * std::f32::consts::TAU).sin_cos();
                rect.center() + radius * vec2(cos, sin)
            };
            let points: Vec<Pos2> = (0..=POINTS).map(|at| point(at as f32 / POINTS as f32)).collect();
            ui.painter().add(Shape::line(points, Stroke::new(2.0, self.color)));
        }
        response
    }
}

/// Tells the marks what draws the window.
pub(in crate::studio) fn learn_driver(context: &Context, graphics: Option<&RenderState>) {
    let is_software =
        graphics.is_some_and(|graphics| graphics.adapter.get_info().device_type == wgpu::DeviceType::Cpu);
    context.data_mut(|data| data.insert_temp(pace_id(), if is_software { STEP_OF_SOFTWARE } else { STEP }));
}

fn step_of(context: &Context) -> Duration {
    context.data(|data| data.get_temp(pace_id())).unwrap_or(STEP)
}

fn pace_id() -> Id {
    Id::unique("pace of busy marks")
}
