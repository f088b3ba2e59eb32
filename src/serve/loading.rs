//! How a server makes a renderer of the model files it was told to use.

use super::session::LoadRenderer;
use crate::device::DeviceChoice;
use crate::device::{self, Picked};
use crate::worker::model_renderer::ModelRenderer;
use crate::worker::renderer::Renderer;

/// Loads models onto the device of choice, which is picked when the first one comes. A GPU is checked and warmed
/// before the studio hears that it is ready: the studio's own CPU draws until then.
pub fn load_on(choice: DeviceChoice) -> LoadRenderer<ModelRenderer> {
    let mut picked: Option<Picked> = None;
    Box::new(move |files| {
        let picked = picked.get_or_insert_with(|| device::pick(choice, None));
        let mut renderer = ModelRenderer::load_checked(&files.model, "the model sent", picked)?;
        if let Some(student) = &files.student {
            renderer.take_student(student, "the student sent")?;
        }
        if renderer.device().is_gpu {
            renderer.warm_up()?;
        }
        Ok(renderer)
    })
}
