//! What the scheduler needs of a model: one picture, step by step.
//!
//! The scheduler's promises (drafts always, refinements only when nothing waits, edits local) have
//! nothing to do with tensors; behind this trait they are tested with a renderer that takes no time.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::local_edit::Halo;
use super::models::ModelSource;
use super::protocol::{LoadedModel, PictureImage, Recipe};
use crate::device::DeviceInfo;
use crate::scan::Spacing;

/// Everything a picture depends on but its steps.
#[derive(Clone, Debug)]
pub struct RenderScene {
    /// Composite codes, row-major, `width * height` of them.
    pub labels: Arc<[u8]>,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Size of a pixel, where known.
    pub spacing: Option<Spacing>,
    /// Of the noise.
    pub seed: u64,
    /// How it is drawn.
    pub recipe: Recipe,
}

/// Where a rendering may replace a picture that is there.
#[derive(Clone, Copy)]
pub struct Edit<'a> {
    /// The picture around the change.
    pub base: &'a PictureImage,
    /// Where it changes, and by how much.
    pub halo: &'a Halo,
}

/// Whether a picture is for the screen (wherever the device keeps it) or for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Where the window shows it: on its device, if that draws.
    Screen,
    /// In this program's memory.
    Memory,
}

/// Why there is no picture.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Called with (steps done, of) between two steps, and between two parts of one where a frame is drawn in several;
/// `Break` abandons the picture.
pub type BetweenSteps<'a> = &'a mut dyn FnMut(u32, u32) -> ControlFlow<()>;

/// A model on a device.
pub trait Renderer {
    /// The device it computes on.
    fn device(&self) -> DeviceInfo;

    /// The model it renders with.
    fn model(&self) -> LoadedModel;

    /// Renders the whole frame in `steps` steps and lays it over `edit.base` inside `edit.halo`, if given.
    /// `None` when `between_steps` broke off. May be called again from within `between_steps`.
    ///
    /// # Errors
    /// When the model cannot render such a frame.
    fn render(
        &self,
        scene: &RenderScene,
        steps: u32,
        edit: Option<Edit<'_>>,
        destination: Destination,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<PictureImage>, Failure>;

    /// The quickest picture: of the model's student, or the model's own in one step. `None` when `between_steps` broke
    /// off.
    ///
    /// # Errors
    /// As [`Renderer::render`].
    fn breakable_draft(
        &self,
        scene: &RenderScene,
        edit: Option<Edit<'_>>,
        destination: Destination,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<PictureImage>, Failure> {
        self.render(scene, 1, edit, destination, between_steps)
    }

    /// The quickest picture, whatever else comes.
    ///
    /// # Errors
    /// As [`Renderer::render`].
    fn draft(
        &self,
        scene: &RenderScene,
        edit: Option<Edit<'_>>,
        destination: Destination,
    ) -> Result<PictureImage, Failure> {
        let mut go_on = |_: u32, _: u32| ControlFlow::Continue(());
        let picture = self.breakable_draft(scene, edit, destination, &mut go_on)?;
        picture.ok_or_else(|| "the draft was abandoned".into())
    }

    /// Pixels of the network's grid for a frame of so many columns and rows: what a step costs grows with them.
    fn grid_pixels(&self, width: u32, height: u32, spacing: Option<Spacing>) -> usize {
        let _ = spacing;
        width as usize * height as usize
    }

    /// Another model on the same device, to compare with.
    ///
    /// # Errors
    /// When there is no such model, or this renderer knows only its own.
    fn with_model(&self, source: &ModelSource) -> Result<Self, Failure>
    where
        Self: Sized,
    {
        Err(format!("this renderer cannot load {source:?}").into())
    }

    /// Whether a better one can be made now: this one drew while the graphics device was being prepared, or on
    /// one that is gone.
    fn is_outdated(&self) -> bool {
        false
    }
}

/// Makes the renderer, and makes it anew after a panic.
pub type MakeRenderer<R> = Box<dyn FnMut() -> Result<R, Failure> + Send>;
