//! One of the machines that share an experiment: the plan, and what it needs as this machine has it.

use std::path::Path;

use burn::tensor::Device;

use super::error::ExperimentError;
use super::plan::{ExperimentPlan, data_sha256};
use crate::dataset::Manifest;
use crate::training::Event;

/// Name of the figures in a run's folder.
pub(super) const FIGURES_FILE: &str = "figures.json";

/// A plan and what it needs, as this machine has it.
#[derive(Debug)]
pub struct Worker<'a> {
    /// The runs.
    pub plan: &'a ExperimentPlan,
    /// Folder of the plan.
    pub folder: &'a Path,
    /// The graded scans.
    pub data: &'a Manifest,
    /// Scans for stage 1, where they are others.
    pub pretraining: Option<&'a Manifest>,
    /// Where everything is computed.
    pub device: Device,
    /// As shown to the user.
    pub device_name: String,
}

/// Where the events of a training go.
pub(super) type EventSink<'a> = &'a mut dyn FnMut(&Event);

/// What happens on the way.
#[derive(Debug)]
pub enum WorkerStep<'a> {
    /// What a training reports.
    Training(&'a Event),
    /// Picture number so much is to be drawn.
    Picture(usize),
}

impl Worker<'_> {
    /// Refuses data that the plan was not made for.
    ///
    /// # Errors
    /// Names what differs.
    pub fn check(&self) -> Result<(), ExperimentError> {
        let differs = |place: &Manifest, what: &str| {
            let problem = format!("these are not the {what} that the plan was made for");
            ExperimentError::refused(
                place.dir.display(),
                problem,
                "name the same data, or make a plan for these",
            )
        };
        if data_sha256(self.data) != self.plan.data_sha256 {
            return Err(differs(self.data, "scans"));
        }
        match (&self.plan.pretraining_sha256, self.pretraining) {
            (None, _) => Ok(()),
            (Some(_), None) => Err(ExperimentError::refused(
                "the plan",
                "it pretrains on scans of their own",
                "name them with --pretrain-data",
            )),
            (Some(sha256), Some(scans)) if data_sha256(scans) == *sha256 => Ok(()),
            (Some(_), Some(scans)) => Err(differs(scans, "scans for stage 1")),
        }
    }
}
