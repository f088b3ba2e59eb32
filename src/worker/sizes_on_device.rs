//! What a renderer on a graphics device leaves to the CPU: pictures of sizes that the device was not tested for, or
//! computes wrongly or slower (see [`super::size_classes`]).

use std::cell::{OnceCell, RefCell};

use super::model_renderer::ModelRenderer;
use super::models::ModelSource;
use super::protocol::{Event, LoadedModel};
use super::renderer::Failure;
use super::size_classes::{Sample, SizeClasses, device_for, stand_in};
use super::start::load;
use crate::device::self_tests::Verdict;
use crate::device::{self, DeviceInfo};
use crate::nn::{Arithmetic, pacing};

/// The sizes of one renderer.
pub(super) struct SizesOnDevice {
    classes: SizeClasses,
    source: ModelSource,
    /// Loaded when it is first needed.
    on_cpu: OnceCell<Box<ModelRenderer>>,
    /// What drew last, where that was not the device.
    drawn_by: RefCell<Option<DeviceInfo>>,
}

impl SizesOnDevice {
    /// For a renderer of this model.
    pub fn new(classes: SizeClasses, source: ModelSource) -> Self {
        Self { classes, source, on_cpu: OnceCell::new(), drawn_by: RefCell::new(None) }
    }

    /// What drew last, where that was not the device.
    pub fn drawn_by(&self) -> Option<DeviceInfo> {
        self.drawn_by.borrow().clone()
    }

    /// The renderer on the CPU for a picture that the device may not draw; `None` where it may. The window hears of a
    /// change.
    ///
    /// # Errors
    /// When the model cannot be loaded onto the CPU.
    pub fn left_to_cpu(
        &self,
        sample: Sample,
        device: &DeviceInfo,
        model: &LoadedModel,
    ) -> Result<Option<&ModelRenderer>, Failure> {
        let drawn_by = match self.classes.verdict(sample, &model.sha256) {
            Some(Verdict::Right { blocks_between_waits }) => {
                pacing::wait_after(blocks_between_waits);
                self.drawn_by.take();
                return Ok(None);
            }
            Some(verdict) => device_for(verdict, device.clone()),
            None => stand_in(device),
        };
        pacing::wait_after(0);
        if self.drawn_by.replace(Some(drawn_by.clone())).as_ref() != Some(&drawn_by) {
            self.classes.exchange().report(Event::Ready { device: drawn_by, model: model.clone() });
        }
        if self.on_cpu.get().is_none() {
            let renderer = load(&self.source, &device::cpu(None), Arithmetic::F32)?;
            // Nobody else is here: the renderer never leaves its thread.
            let _ = self.on_cpu.set(Box::new(renderer));
        }
        Ok(self.on_cpu.get().map(Box::as_ref))
    }
}
