//! The window's graphics device: what the panes are drawn with, how synthesis shares it, and the news of its loss.

use eframe::egui::Context;
use eframe::egui_wgpu::RenderState;

use crate::device::SharedGpu;
use crate::device::loss::DeviceLoss;
use crate::studio::editor::canvas::pass::CanvasPass;

/// The window's graphics device: what the panes are drawn with, how synthesis shares it, and the news of its loss.
#[derive(Default)]
pub(in crate::studio) struct WindowGraphics {
    pub pass: Option<CanvasPass>,
    pub shared: Option<SharedGpu>,
    pub reopening: Reopening,
}

impl WindowGraphics {
    /// Of a window, which has none where it is drawn without a device.
    pub fn of(state: Option<&RenderState>) -> Self {
        let (shared, loss) = device_of(state);
        Self {
            pass: state.map(CanvasPass::new),
            shared,
            reopening: Reopening { loss, ..Reopening::default() },
        }
    }
}

/// What a studio knows of its window's device.
#[derive(Default)]
pub(in crate::studio) struct Reopening {
    pub(super) loss: DeviceLoss,
    /// Whether somebody opens the window anew; off-screen nobody does.
    pub(super) is_possible: bool,
    pub(super) is_requested: bool,
}

impl Reopening {
    /// Lets a loss wake the window.
    pub fn wake_with(&self, context: &Context) {
        let context = context.clone();
        self.loss.wake_with(std::sync::Arc::new(move || context.request_repaint()));
    }
}

/// The device of a window as the networks can share it, and the news of it.
#[cfg(feature = "gpu")]
fn device_of(graphics: Option<&RenderState>) -> (Option<SharedGpu>, DeviceLoss) {
    let Some(graphics) = graphics else { return (None, DeviceLoss::default()) };
    let gpu = SharedGpu::new(
        graphics.instance.clone(),
        graphics.adapter.clone(),
        graphics.device.clone(),
        graphics.queue.clone(),
    );
    let loss = gpu.loss().clone();
    (Some(gpu), loss)
}

/// In a build without networks on a GPU there is only the news.
#[cfg(not(feature = "gpu"))]
fn device_of(graphics: Option<&RenderState>) -> (Option<SharedGpu>, DeviceLoss) {
    (None, graphics.map_or_else(DeviceLoss::default, |graphics| DeviceLoss::of(&graphics.device)))
}
