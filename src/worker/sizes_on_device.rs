//! What a renderer on a graphics device leaves to the CPU: pictures of sizes that the device was not tested for, or
//! computes wrongly or slower (see [`super::size_classes`]).

use std::cell::{OnceCell, RefCell};

use super::protocol::{Event, LoadedModel};
use super::renderer::Failure;
use super::size_classes::{Sample, SizeClasses, device_for, stand_in};
use crate::device::DeviceInfo;
use crate::device::self_tests::Verdict;
use crate::nn::pacing;

/// Loads the same model onto the CPU.
pub(super) type LoadOntoCpu<R> = Box<dyn Fn() -> Result<R, Failure> + Send>;

/// The sizes of one renderer.
pub(super) struct SizesOnDevice<R> {
    classes: SizeClasses,
    load: LoadOntoCpu<R>,
    /// Loaded when it is first needed.
    on_cpu: OnceCell<Box<R>>,
    /// What drew last, where that was not the device.
    drawn_by: RefCell<Option<DeviceInfo>>,
}

impl<R> SizesOnDevice<R> {
    /// With what draws in the device's place.
    pub fn new(classes: SizeClasses, load: LoadOntoCpu<R>) -> Self {
        Self { classes, load, on_cpu: OnceCell::new(), drawn_by: RefCell::new(None) }
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
    ) -> Result<Option<&R>, Failure> {
        let drawn_by = match self.classes.verdict(sample, &model.sha256) {
            Some(Verdict::Right { blocks_between_waits }) => {
                pacing::wait_after(blocks_between_waits);
                if self.drawn_by.take().is_some() {
                    self.report(device.clone(), model);
                }
                return Ok(None);
            }
            Some(verdict) => device_for(verdict, device.clone()),
            None => stand_in(device),
        };
        pacing::wait_after(0);
        if self.drawn_by.replace(Some(drawn_by.clone())).as_ref() != Some(&drawn_by) {
            self.report(drawn_by, model);
        }
        if self.on_cpu.get().is_none() {
            let renderer = (self.load)()?;
            // Nobody else is here: the renderer never leaves its thread.
            let _ = self.on_cpu.set(Box::new(renderer));
        }
        Ok(self.on_cpu.get().map(Box::as_ref))
    }

    fn report(&self, device: DeviceInfo, model: &LoadedModel) {
        self.classes.mailbox().report(Event::Ready { device, model: model.clone() });
    }
}
